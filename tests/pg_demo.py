"""
The demo warehouse in PostgreSQL: reads the SQLite file that `tagline demo` makes, says its DDL in PostgreSQL's words, and copies
its rows. Comments become COMMENT ON, for PostgreSQL keeps none of those in DDL. Standard library only.
"""
import re
import sqlite3

TYPES = {"INTEGER": "bigint", "REAL": "double precision", "TEXT": "text", "DATE": "date", "TIMESTAMP": "timestamp"}
LAYERS = ("raw", "core", "mart", "export")

# What SQLite lets pass and PostgreSQL does not: max() of two values, and a name grouped by another table's key.
VIEWS = (
    ("max(sum(d.impressions), 1)", "greatest(sum(d.impressions), 1)"),
    (" GROUP BY c.campaign_id", " GROUP BY c.campaign_id, a.name"),
)


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def split(line):
    """(code, comment or None) of a line; no literal of the demo holds two dashes."""
    code, dashes, comment = line.partition("--")
    return code.rstrip(), comment.strip() if dashes else None


def cell(value):
    """In COPY's text format."""
    if value is None:
        return "\\N"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Translation:
    """`layered`: raw_clicks becomes raw.clicks, else all stands in public under its own name."""

    def __init__(self, path, layered):
        self.db = sqlite3.connect(path)
        self.layered = layered
        rows = self.db.execute("select name, type, sql from sqlite_master where sql is not null and type in ('table', 'view') "
                               "order by rowid").fetchall()
        self.things = [row for row in rows if not row[0].startswith("sqlite_")]
        self.names = re.compile(r"\b(" + "|".join(name for name, _, _ in self.things) + r")\b")

    def named(self, name):
        layer, _, rest = name.partition("_")
        return f"{layer}.{rest}" if self.layered and layer in LAYERS else name

    def renamed(self, code):
        return self.names.sub(lambda m: self.named(m[1]), code)

    def types(self, code):
        return re.sub(r"(?<![\w\"])(" + "|".join(TYPES) + r")\b", lambda m: TYPES[m[1]], code)

    def table(self, name, sql):
        code, comments = [], []
        for number, line in enumerate(sql.split("\n")):
            text, comment = split(line)
            code.append(self.types(text))
            if comment and number == 0:
                comments.append(f"comment on table {self.named(name)} is {literal(comment)};")
            elif comment:
                column = re.match(r'\s*("[^"]+"|\w+)', text)[1]
                comments.append(f"comment on column {self.named(name)}.{column} is {literal(comment)};")
        yield self.renamed("\n".join(code)) + ";"
        yield from comments
        yield f"copy {self.named(name)} from stdin;"
        for row in self.db.execute(f'select * from "{name}"'):
            yield "\t".join(cell(value) for value in row)
        yield "\\."

    def view(self, name, sql):
        lines = [split(line) for line in sql.split("\n")]
        code = "\n".join(text for text, _ in lines)
        for old, new in VIEWS:
            code = re.sub(re.escape(old) + r"(?=$|\W)", new, code)
        yield self.renamed(code) + ";"
        if lines[0][1]:
            yield f"comment on view {self.named(name)} is {literal(lines[0][1])};"

    def script(self):
        if self.layered:
            for layer in LAYERS:
                yield f"create schema {layer};"
        for name, kind, sql in self.things:
            yield from self.table(name, sql) if kind == "table" else self.view(name, sql)
        yield "analyze;"


def load(server, path, layered=True):
    """Into a fresh database, whose name it gives."""
    return server.database("\n".join(Translation(path, layered).script()))
