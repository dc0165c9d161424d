"""
Random queries over a dense schema, of everything the judge can judge: joins of all kinds, CTEs, recursive ones, set operations, windows,
laterals, subqueries at every place, stars, grouping, values. Not all are accepted by PostgreSQL; those that are say what is right.
"""
TABLES = {
    "users": {"id": "int", "email": "text", "name": "text", "country": "text", "age": "int", "born": "date"},
    "orders": {"id": "int", "user_id": "int", "amount": "numeric", "placed": "timestamp", "note": "text", "country": "text"},
    "items": {"order_id": "int", "sku": "text", "amount": "numeric", "gift": "boolean"},
    "pairs": {"id": "int", "email": "text", "other": "int"},
    "mart.users": {"id": "int", "segment": "text", "score": "numeric"},
}
SCHEMA = "create schema mart;\n" + "".join(
    f"create table {table} ({', '.join(f'{c} {t}' for c, t in columns.items())});\n" for table, columns in TABLES.items())


class Scope:
    """What can be named: from items, each with its columns."""

    def __init__(self, outer=None):
        self.items, self.outer = [], outer

    def columns(self, kind=None, chance=None):
        found = [(f"{alias}.{name}", t) for alias, columns in self.items for name, t in columns if kind in (None, t)]
        if self.outer and (not found or (chance and chance.random() < 0.2)):
            found = found + self.outer.columns(kind)
        return found


class Generator:
    def __init__(self, chance):
        self.chance, self.made, self.ctes = chance, 0, []

    def name(self, stem):
        self.made += 1
        return f"{stem}{self.made}"

    def pick(self, *ways):
        return self.chance.choice(ways)

    # ---- expressions ----

    def leaf(self, kind, scope):
        found = scope.columns(kind, self.chance)
        if found and self.chance.random() < 0.9:
            return self.chance.choice(found)[0]
        return {"int": "7", "text": "'x'", "numeric": "1.5", "date": "date '2020-01-01'", "timestamp": "timestamp '2020-01-01'",
                "boolean": "true"}[kind]

    def expression(self, kind, scope, depth):
        if depth <= 0 or self.chance.random() < 0.3:
            return self.leaf(kind, scope)
        again = lambda k=kind: self.expression(k, scope, depth - 1)  # noqa: E731
        if self.chance.random() < 0.25:
            return self.pick(
                lambda: f"case when {self.condition(scope, depth - 1)} then {again()} else {again()} end",
                lambda: f"case {again('text')} when 'a' then {again()} when {again('text')} then {again()} end",
                lambda: f"coalesce({again()}, {again()})",
                lambda: f"nullif({again()}, {again()})",
                lambda: f"greatest({again()}, {again()})",
                lambda: f"(array[{again()}, {again()}])[1]",
                lambda: f"({self.scalar(kind, scope, depth - 1)})",
            )()
        return {
            "text": lambda: self.pick(
                lambda: f"upper({again()})", lambda: f"{again()} || '-' || {again()}", lambda: f"substr({again()}, 1, 3)",
                lambda: f"cast({again('int')} as text)", lambda: f"{again('numeric')}::text", lambda: f"md5({again()})",
                lambda: f"trim(both from {again()})", lambda: f"split_part({again()}, '@', 2)", lambda: f"to_char({again('date')}, 'YYYY')",
                lambda: f'({again()} collate "C")', lambda: f"overlay({again()} placing 'zz' from 2)")(),
            "int": lambda: self.pick(
                lambda: f"({again()} + {again()})", lambda: f"length({again('text')})", lambda: f"abs({again()})",
                lambda: f"extract(year from {again('date')})::int", lambda: f"({again()} % 7)", lambda: f"-({again()})",
                lambda: f"position('a' in {again('text')})")(),
            "numeric": lambda: self.pick(
                lambda: f"({again()} * {again('int')})", lambda: f"round({again()}, 1)", lambda: f"{again('int')}::numeric")(),
            "date": lambda: self.pick(lambda: f"date_trunc('month', {again()})::date", lambda: f"({again()} + {again('int')})")(),
            "timestamp": lambda: self.pick(lambda: f"({again()} + interval '1 day')", lambda: f"date_trunc('hour', {again()})")(),
            "boolean": lambda: f"({self.condition(scope, depth - 1)})",
        }[kind]()

    def condition(self, scope, depth):
        kind = self.pick("int", "text", "numeric", "date")
        one = lambda k=kind: self.expression(k, scope, depth - 1)  # noqa: E731
        return self.pick(
            lambda: f"{one()} = {one()}", lambda: f"{one()} > {one()}", lambda: f"{one()} is null", lambda: f"{one('text')} like 'a%'",
            lambda: f"{one()} between {one()} and {one()}", lambda: f"{one()} in ({one()}, {one()})",
            lambda: f"{one()} is distinct from {one()}", lambda: f"not ({self.condition(scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"{one()} in ({self.scalar(kind, scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"exists ({self.scalar(kind, scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"{one()} = any ({self.scalar(kind, scope, depth - 1)})" if depth > 0 else "true",
            lambda: f"({one()} > 1 and {one()} < 5)" if kind in ("int", "numeric") else "true",
        )()

    def aggregated(self, scope):
        """What an aggregate of that query may be made of."""
        return scope

    def scalar(self, kind, scope, depth):
        """A query of one column."""
        inner = Scope(scope)
        source = self.sources(inner, depth - 1)
        if self.chance.random() < 0.4:
            return f"select max({self.expression(kind, self.aggregated(inner), depth - 1)}) from {source}" if kind != "boolean" else f"select bool_or({self.expression(kind, inner, 0)}) from {source}"
        where = f" where {self.condition(inner, depth - 1)}" if self.chance.random() < 0.6 else ""
        return f"select {self.expression(kind, inner, depth - 1)} from {source}{where} limit 1"

    def window(self, argument, over):
        return self.pick(f"lag({argument}) {over}", f"first_value({argument}) {over}", f"last_value({argument}) {over}")

    def aggregate(self, kind, argument, scope):
        return {"int": self.pick(f"count({argument})::int", f"max({argument})", f"sum({argument})::int"),
                "text": self.pick(f"min({argument})", f"string_agg({argument}, ',')"),
                "numeric": self.pick(f"avg({argument})", f"sum({argument}) filter (where {self.condition(scope, 1)})"),
                "boolean": f"bool_and({argument})"}.get(kind, f"max({argument})")

    # ---- from ----

    def relation(self, scope, depth):
        """(SQL, alias, columns) of one from item."""
        alias = self.name("t")
        way = self.chance.random()
        if self.ctes and way < 0.25:
            name, columns = self.chance.choice(self.ctes)
            return f"{name} {alias}", alias, columns
        if way < 0.65 or depth <= 0:
            table = self.chance.choice(list(TABLES))
            columns = list(TABLES[table].items())
            if self.chance.random() < 0.15:
                columns = [(self.name("r"), t) for _, t in columns]
                return f"{table} as {alias} ({', '.join(n for n, _ in columns)})", alias, columns
            return f"{table} {alias}", alias, columns
        if way < 0.72:
            columns = [(self.name("v"), "int"), (self.name("v"), "text")]
            rows = ", ".join(f"({self.leaf('int', Scope())}, {self.leaf('text', Scope())})" for _ in range(2))
            return f"(values {rows}) as {alias} ({columns[0][0]}, {columns[1][0]})", alias, columns
        lateral = scope.items and self.chance.random() < 0.5
        sql, columns = self.query(depth - 1, scope if lateral else None)
        return f"{'lateral ' if lateral else ''}({sql}) {alias}", alias, columns

    def sources(self, scope, depth):
        sql, alias, columns = self.relation(scope, depth)
        scope.items.append((alias, columns))
        for _ in range(self.chance.choice((0, 0, 1, 1, 2))):
            way = self.chance.random()
            more, other, others = self.relation(scope, depth)
            if way < 0.2:
                sql += f", {more}" if "join" not in sql else f" cross join {more}"
                scope.items.append((other, others))
                continue
            before = {n for _, cs in scope.items for n, _ in cs}
            shared = [n for n, _ in others if n in before and sum(n == m for _, cs in scope.items for m, _ in cs) == 1]
            kind = self.pick("join", "left join", "right join", "full join") if not more.startswith("lateral") else self.pick("join", "left join")
            if shared and way < 0.45:
                sql += f" {kind} {more} using ({', '.join(shared[:2])})"
                scope.items.append((other, others))
                continue
            scope.items.append((other, others))
            condition = "true" if kind != "full join" and self.chance.random() < 0.1 else None
            if condition is None:
                mine, theirs = Scope(), Scope()
                mine.items, theirs.items = scope.items[:-1], scope.items[-1:]
                t = self.pick("int", "text")
                condition = f"{self.leaf(t, mine)} = {self.leaf(t, theirs)}"
            sql += f" {kind} {more} on {condition}"
        return sql

    # ---- queries ----

    def select(self, depth, outer, kinds=None):
        scope = Scope(outer)
        source = self.sources(scope, depth)
        kinds = kinds or [self.pick("int", "text", "text", "numeric", "date", "boolean") for _ in range(self.chance.randint(1, 4))]
        grouped = self.chance.random() < 0.25
        windowed = not grouped and self.chance.random() < 0.3
        keys = [self.leaf(self.pick("int", "text"), scope) for _ in range(self.chance.randint(0, 2))] if grouped else []
        keys = [k for k in keys if "." in k]
        items, columns = [], []
        if not grouped and len(kinds) > 1 and self.chance.random() < 0.1:
            alias, cols = self.chance.choice(scope.items)
            if kinds == [t for _, t in cols]:
                items.append(f"{alias}.*")
                columns += cols
                kinds = []
        for kind in kinds:
            if grouped:
                argument = self.expression(kind, scope, depth - 1)
                text = self.aggregate(kind, argument, scope)
            elif windowed and self.chance.random() < 0.5:
                argument = self.expression(kind, scope, 1)
                over = f"over (partition by {self.leaf('text', scope)} order by {self.leaf('int', scope)})"
                text = self.window(argument, over)
            else:
                text = self.expression(kind, scope, depth)
            name = self.name("c")
            items.append(f"{text} as {name}")
            columns.append((name, kind))
        for key in keys:
            if outer is None and self.chance.random() < 0.0:
                items.append(key)
        sql = f"select {'distinct ' if not grouped and self.chance.random() < 0.1 else ''}{', '.join(items)} from {source}"
        if self.chance.random() < 0.5:
            sql += f" where {self.condition(scope, depth)}"
        if keys:
            sql += f" group by {', '.join(keys)}"
            if self.chance.random() < 0.3:
                sql += f" having count(*) > 1 and max({self.leaf('int', scope)}) > 3"
        return sql, columns

    def query(self, depth, outer=None):
        mark, prefix = len(self.ctes), ""
        if depth > 0 and self.chance.random() < 0.3:
            parts = []
            for _ in range(self.chance.choice((1, 1, 2))):
                name = self.name("w")
                if self.chance.random() < 0.2:
                    columns = [(self.name("a"), "int"), (self.name("a"), "text")]
                    parts.append(f"{name} ({columns[0][0]}, {columns[1][0]}) as (select id, email from users union all select p.other, "
                                 f"{name}.{columns[1][0]} || p.email from {name} join pairs p on p.id = {name}.{columns[0][0]})")
                    prefix = "recursive "
                else:
                    sql, columns = self.query(depth - 1)
                    parts.append(f"{name} as {self.pick('', '', 'materialized ')}({sql})")
                self.ctes.append((name, columns))
            prefix = f"with {prefix}{', '.join(parts)} "
        sql, columns = self.select(depth, outer)
        if depth > 0 and self.chance.random() < 0.2:
            kinds = [t for _, t in columns]
            more, _ = self.select(depth - 1, outer, kinds)
            sql = f"{sql} {self.pick('union', 'union all', 'except', 'intersect')} {more}"
        elif self.chance.random() < 0.15:
            sql += f" order by {self.pick('1', columns[0][0])} limit 5"
        if self.chance.random() < 0.1:
            outer_alias = self.name("s")
            sql = f"select {outer_alias}.* from ({sql}) {outer_alias}"
        del self.ctes[mark:]
        return prefix + sql, columns
