"""
More of PostgreSQL's language than sql_random: stars of every kind, natural joins, grouping sets, "distinct on", named windows and frames,
ordered aggregates, functions in FROM, subqueries in ORDER BY, LIMIT and GROUP BY, set operations three deep, searched and cycled
recursion, views over views, names in quotes, rows that are compared, JSON, samples, joins in parentheses. Not what we
tell apart and PostgreSQL does not: the fields of a value that is built, the columns that several functions give.
"""
from sql_random import SCHEMA as PLAIN
from sql_random import TABLES, Generator, Scope

MORE = {
    '"Big Mart"."Order Lines"': {'"Id"': "int", '"E-Mail"': "text", "id": "int", '"select"': "text"},
    "shared": {"id": "int", "label": "text", "worth": "numeric"},  # on the search path
    "grown": {"id": "int", "mail": "text", "age": "int"},  # a view
    "grown_more": {"mail": "text", "n": "int"},  # a view of it
}
SCHEMA = PLAIN + """
create schema "Big Mart";
create table "Big Mart"."Order Lines" ("Id" int, "E-Mail" text, id int, "select" text);
create table shared (id int, label text, worth numeric);
create view grown as select id, lower(email) as mail, age + 1 as age from users where country is not null;
create view grown_more (mail, n) as select g.mail, (select count(*)::int from orders o where o.user_id = g.id) from grown g;
"""
FRAMES = ["", " rows between 2 preceding and current row", " rows unbounded preceding", " groups between 1 preceding and 1 following exclude ties"]


class Wide(Generator):
    def expression(self, kind, scope, depth):
        if depth <= 0 or self.chance.random() < 0.75:
            return super().expression(kind, scope, depth)
        again = lambda k=kind: self.expression(k, scope, depth - 1)  # noqa: E731
        text, whole = (lambda: again("text")), (lambda: again("int"))
        return {
            "text": lambda: self.pick(
                lambda: f"(array(select {again()} from users) || {text()})[1]",
                lambda: f"(jsonb_build_object('a', {text()}, 'b', {whole()})::text)",
                lambda: f"(json_build_array({text()}, {whole()})::text)", lambda: f"concat_ws('-', {text()}, {text()}, {whole()})",
                lambda: f"format('%s %s', {text()}, {again('date')})", lambda: f"regexp_replace({text()}, 'a', {text()}, 'g')",
                lambda: f"substring({text()} from {whole()} for 2)", lambda: f"translate({text()}, 'ab', {text()})",
                lambda: f"row({text()}, {whole()})::text", lambda: f"cast({again('timestamp')} as date)::text",
                lambda: f"({text()}::varchar(20))::text", lambda: f"encode(sha256({text()}::bytea), 'hex')",
                lambda: f"case {whole()} when {whole()} then {text()} when 3 then null else {text()} end",
                lambda: f"({whole()}::text::varchar::char(9)::text)", lambda: f"(select {text()} union select {text()} limit 1)",
                lambda: f"(values ({text()}))", lambda: f"(with z as (select {text()} as zz) select zz from z)", lambda: f"coalesce(nullif({text()}, ''), {text()}, {whole()}::text)",
                lambda: f"initcap({text()})", lambda: f"xmlserialize(content xmlelement(name e, {text()}) as text)",
                lambda: f"normalize({text()}, nfc)", lambda: f"least({text()}, {text()}, 'z')")(),
            "int": lambda: self.pick(
                lambda: f"({whole()} # {whole()})", lambda: f"cardinality(array[{whole()}, {whole()}])",
                lambda: f"(({text()})::numeric)::int", lambda: f"char_length({text()})", lambda: f"date_part('day', {again('timestamp')})::int",
                lambda: f"(select count(*)::int from unnest(array[{text()}, {text()}]) as u(x) where x > {text()})",
                lambda: f"coalesce({whole()}, (select max(id) from shared where label = {text()}))",
                lambda: f"({again('date')} - {again('date')})", lambda: f"width_bucket({whole()}, 0, 10, 5)")(),
            "numeric": lambda: self.pick(lambda: f"trunc({again()}, 1)", lambda: f"({again()} / nullif({again()}, 0))", lambda: f"power({again()}, 2)")(),
            "date": lambda: self.pick(lambda: f"make_date({whole()}, 1, 1)", lambda: f"to_date({text()}, 'YYYY')", lambda: f"greatest({again()}, {again()})")(),
            "timestamp": lambda: self.pick(lambda: f"make_timestamp({whole()}, 1, 1, 1, 1, 1)", lambda: f"({again()} at time zone 'utc')::timestamp")(),
            "boolean": lambda: f"({self.condition(scope, depth - 1)})",
        }[kind]()

    def condition(self, scope, depth):
        if depth <= 0 or self.chance.random() < 0.7:
            return super().condition(scope, depth)
        one = lambda k="int": self.expression(k, scope, depth - 1)  # noqa: E731
        return self.pick(
            lambda: f"({one()}, {one('text')}) = ({one()}, {one('text')})", lambda: f"({one()}, {one('text')}) > ({one()}, {one('text')})",
            lambda: f"({one()}, {one('text')}) in (select id, label from shared where worth > {one('numeric')})",
            lambda: f"({one()}, {one('text')}) is distinct from ({one()}, {one('text')})", lambda: f"({one('date')}, {one('date')}) overlaps ({one('date')}, {one('date')})",
            lambda: f"{one()} = any (array[{one()}, {one()}])", lambda: f"{one('text')} similar to 'a%'", lambda: f"{one('text')} ~* {one('text')}",
            lambda: f"{one()} > all ({self.scalar('int', scope, depth - 1)})", lambda: f"({self.condition(scope, depth - 1)}) is not true",
            lambda: f"{one()} between symmetric {one()} and {one()}", lambda: f"row({one()}, {one('text')}) is not null",
            lambda: f"{one('text')} ilike {one('text')} escape '!'", lambda: f"{one('text')} not in ({one('text')}, 'q')",
            lambda: f"{one()} in (values ({one()}), (3))", lambda: f"exists (select from shared where id = {one()})", lambda: f"{one('text')} is not distinct from {one('text')}",
            lambda: f"{one('text')} > some (array[{one('text')}, 'k'])", lambda: f"({one()}, {one('text')}) = any (select id, email from users)",
            lambda: f"array[{one()}] && array(select id from shared)", lambda: f"jsonb_build_object('k', {one('text')}) @> '{{\"k\": 1}}'",
            lambda: f"({self.condition(scope, depth - 1)} or {self.condition(scope, depth - 1)})")()

    def aggregate(self, kind, argument, scope):
        if self.chance.random() < 0.5:
            return super().aggregate(kind, argument, scope)
        order, whole = self.leaf("text", scope), self.leaf("int", scope)
        return {"int": self.pick(f"percentile_disc(0.5) within group (order by {argument})", f"count(distinct {argument})::int",
                                 f"mode() within group (order by {argument} desc)", f"(array_agg({argument} order by {order}))[1]",
                                 f"(grouping({whole}))", f"rank({argument}) within group (order by {whole})::int"),
                "text": self.pick(f"string_agg(distinct {argument}, ',')", f"string_agg({argument}, ',' order by {order} desc, {whole})",
                                  f"json_agg({argument} order by {whole})::text", f"jsonb_object_agg(coalesce({argument}, 'k'), {whole})::text",
                                  f"max({argument}) filter (where {self.condition(scope, 1)})"),
                "numeric": self.pick(f"percentile_cont(0.5) within group (order by {argument}::float8)::numeric", f"regr_slope({argument}, {whole})::numeric",
                                     f"sum(distinct {argument})"),
                "boolean": f"every({argument})"}.get(kind, f"min({argument})")

    def window(self, argument, over):
        whole = over[len("over ("):-1]
        frame = self.pick(*FRAMES)
        return self.pick(f"lag({argument}, 2) {over}", f"nth_value({argument}, 2) over ({whole}{frame})", f"first_value({argument}) over ({whole}{frame})",
                         f"max({argument}) filter (where true) over ({whole}{frame})")

    def function(self, scope, alias):
        """A function in FROM: (SQL, columns)."""
        whole, text = (lambda: self.expression("int", scope, 1)), (lambda: self.expression("text", scope, 1))
        a, b = self.name("f"), self.name("f")
        return self.pick(
            lambda: (f"generate_series(1, {whole()}) as {alias} ({a})", [(a, "int")]),
            lambda: (f"unnest(array[{text()}, {text()}]) as {alias} ({a})", [(a, "text")]),
            lambda: (f"unnest(array[{text()}, {text()}]) with ordinality as {alias} ({a}, {b})", [(a, "text")]),
            lambda: (f"json_to_recordset((lower({self.leaf('text', scope)}))::json) as {alias} ({a} int, {b} text)", [(a, "int"), (b, "text")]),
            lambda: (f"jsonb_each_text(to_jsonb({text()})) as {alias} ({a}, {b})", [(a, "text"), (b, "text")]),
            lambda: (f"jsonb_each_text({text()}::jsonb) {alias}", [("key", "text"), ("value", "text")]),
            lambda: (f"rows from (generate_series(1, {whole()})) with ordinality as {alias} ({a}, {b})", [(a, "int")]),
            lambda: (f"regexp_split_to_table({text()}, ',') {alias}", [(alias, "text")]),
            lambda: (f"string_to_table({text()}, ',') as {alias} ({a})", [(a, "text")]))()

    def relation(self, scope, depth):
        way = self.chance.random()
        alias = self.name(self.pick("t", "t", "t", '"T ')) + ""
        alias = alias + '"' if alias.startswith('"') else alias
        if way < 0.1 and scope.items:
            sql, columns = self.function(Scope() if self.is_outer else scope, alias)
            return f"lateral {sql}" if not self.is_outer else sql, alias, columns
        if way < 0.25:
            table = self.chance.choice(list(MORE))
            sample = self.pick("", "", " tablesample system (50)", " tablesample bernoulli (10) repeatable (3)") if "grown" not in table else ""
            return f"{self.pick('', 'only ') if 'grown' not in table else ''}{table} {self.pick('', 'as ')}{alias}{sample}", alias, list(MORE[table].items())
        if way < 0.27:
            return self.joined(alias)
        if way < 0.32 and depth > 0:
            sql, columns = self.compound(depth - 1, ["int", "text"], None)
            return f"({sql}) as {alias}", alias, columns
        return super().relation(scope, depth)

    is_outer = False

    def joined(self, alias):
        """A join in parentheses by a name of its own, which hides those inside."""
        one, two, whole = self.name("t"), self.name("t"), list(TABLES["users"].items())
        kind = self.pick("join", "left join", "full join")
        rest = [c for c in whole if c[0] not in ("id", "email")]
        columns = [("id", "int"), ("email", "text")] + rest + [("other", "int")]
        if self.chance.random() < 0.5:
            columns = [(self.name("r"), t) for _, t in columns]
            return f"(users {one} {kind} pairs {two} using (id, email)) as {alias} ({', '.join(n for n, _ in columns)})", alias, columns
        return f"(users {one} {kind} pairs {two} using (id, email)) as {alias}", alias, columns

    def sources(self, scope, depth):
        sql = super().sources(scope, depth)
        if self.chance.random() < 0.12 and depth > 0:
            more, other, others = self.relation(Scope(), 0)
            if not more.startswith("lateral"):
                names = [n for _, columns in scope.items for n, _ in columns]
                # Natural joins need each shared name once on the left.
                if all(names.count(n) <= 1 for n, _ in others) and "using" not in sql and "," not in sql.split(" on ")[0]:
                    sql += f" natural {self.pick('', 'left ', 'full ')}join {more}"
                    scope.items.append((other, others))
        return sql

    def starred(self, scope):
        """(item, columns) of a star whose names are its own, or None."""
        alias, columns = self.chance.choice(scope.items)
        if len(scope.items) == 1 and self.chance.random() < 0.4:
            return "*", columns
        return self.pick(f"{alias}.*", f"({alias}).*"), columns

    def select(self, depth, outer, kinds=None):
        if kinds is not None and self.chance.random() < 0.6 or depth <= 0:
            return super().select(depth, outer, kinds)
        way = self.chance.random()
        if way < 0.4:
            return super().select(depth, outer, kinds)
        scope = Scope(outer)
        source = self.sources(scope, depth)
        where = f" where {self.condition(scope, depth)}" if self.chance.random() < 0.4 else ""
        if kinds is None and way < 0.55:
            item, columns = self.starred(scope)
            name = self.name("c")
            more = f", {self.expression('text', scope, depth - 1)} as {name}" if self.chance.random() < 0.5 else ""
            return f"select {item}{more} from {source}{where}", list(columns) + ([(name, "text")] if more else [])
        kinds = kinds or [self.pick("int", "text", "numeric") for _ in range(self.chance.randint(1, 3))]
        names = [self.name("c") for _ in kinds]
        columns = list(zip(names, kinds))
        if way < 0.75:
            a, b = self.leaf("text", scope), self.leaf("int", scope)
            grouping = self.pick(f"grouping sets (({a}), ({a}, {b}), ())", f"rollup ({a}, {b})", f"cube ({a}, {b})", f"{a}, rollup ({b})",
                                 f"upper({a}), ({b})", f"distinct grouping sets (({a}), ({a}))", f"(select max(label) from shared where id = {b}), {a}")
            items = [f"{self.aggregate(k, self.expression(k, scope, 1), scope)} as {n}" for n, k in columns]
            return f"select {', '.join(items)} from {source}{where} group by {grouping}", columns
        if way < 0.85:
            keys = [self.leaf("text", scope), self.leaf("int", scope)]
            items = [f"{self.expression(k, scope, depth - 1)} as {n}" for n, k in columns]
            return f"(select distinct on ({keys[0]}) {', '.join(items)} from {source}{where} order by {', '.join(keys)})", columns
        items = [self.pick(f"first_value({self.expression(k, scope, 1)}) over v", f"max({self.expression(k, scope, 1)}) over (v rows unbounded preceding)",
                           f"lead({self.expression(k, scope, 1)}) over (v rows 1 preceding)") if k != "boolean" else "true" for _, k in columns]
        windows = f"w as (partition by {self.leaf('text', scope)}), v as (w order by {self.expression('int', scope, 1)})"
        return f"select {', '.join(f'{i} as {n}' for i, (n, _) in zip(items, columns))} from {source}{where} window {windows}", columns

    def compound(self, depth, kinds, outer):
        """Set operations within set operations, each of its own order."""
        if depth <= 0 or self.chance.random() < 0.35:
            return super().select(max(depth, 0), outer, kinds)
        left, columns = self.compound(depth - 1, kinds, outer)
        right, _ = self.compound(depth - 1, kinds, outer)
        end = lambda: self.pick("", "", f" order by 1 limit {self.pick('3', '(select max(id) from shared)')}")  # noqa: E731
        return f"({left}{end()}) {self.pick('union', 'union all', 'except', 'intersect', 'except all')} ({right}{end()})", columns

    def searched(self, depth):
        """A recursion that is searched or cycled."""
        w, a, b, s, c, p = (self.name(x) for x in "wabscp")
        inner, _ = self.compound(depth - 1, ["int", "text"], None)
        way = self.pick(f"search depth first by {a} set {s}", f"search breadth first by {a}, {b} set {s}", f"cycle {a} set {c} using {p}",
                        f"search depth first by {a} set {s} cycle {a} set {c} to 'y' default 'n' using {p}", "")
        return (f"with recursive {w} ({a}, {b}) as (({inner}) {self.pick('union', 'union all')} select p.other, {w}.{b} || p.email from {w} join pairs p on p.id = {w}.{a}) {way} "
                f"select {a}, {b}{f', {c}' if 'cycle' in way else ''} from {w} where {a} > 3"), [(a, "int"), (b, "text")]

    def query(self, depth, outer=None):
        way = self.chance.random()
        if depth > 1 and way < 0.08 and outer is None:
            return self.searched(depth)
        if depth > 1 and way < 0.2:
            kinds = [self.pick("int", "text", "numeric") for _ in range(self.chance.randint(1, 3))]
            sql, columns = self.compound(3, kinds, outer)
            return sql, columns
        if depth > 0 and way < 0.32:
            kinds = ["int", "text"]
            scope = Scope(outer)
            source = self.sources(scope, depth - 1)
            names = [self.name("c"), self.name("c")]
            items = ", ".join(f"{self.expression(k, scope, depth - 1)} as {n}" for n, k in zip(names, kinds))
            order = self.pick(f"({self.scalar('int', scope, depth - 1)})", f"{self.expression('text', scope, 1)} desc nulls last", f"2, {self.leaf('int', scope)}")
            limit = self.pick("", " limit (select count(*) from shared where worth > 2)", f" offset (select min(id) from users) rows fetch first 3 rows only")
            return f"select {items} from {source} order by {order}{limit}", list(zip(names, kinds))
        return super().query(depth, outer)
