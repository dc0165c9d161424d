"""
PostgreSQL's own word on what a view's columns are made of: reads pg_rewrite.ev_action, the analysed query tree as text
(backend/nodes/outfuncs.c), and follows every Var of an output column down to the columns of relations. CASE and FILTER conditions
count, as they do in that tree; ORDER BY inside an aggregate, window clauses and EXISTS do not. Standard library only.
"""
import json
import re

TOKEN = re.compile(r"[(){}]|(?:\\.|[^\s(){}\\])+", re.S)
RELATION, SUBQUERY, JOIN, FUNCTION, TABLEFUNC, VALUES, CTE, GROUP = 0, 1, 2, 3, 4, 5, 6, 9  # enum RTEKind (nodes/parsenodes.h)
ALL, ANY, EXPRESSION, ARRAY = 1, 2, 4, 6  # enum SubLinkType (nodes/primnodes.h)

FACTS = """
select json_build_object(
  'relations', (select json_object_agg(c.oid, n.nspname || '.' || c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')),
  'columns', (select json_object_agg(oid, columns) from (select attrelid oid, json_object_agg(attnum, attname) columns from pg_attribute
              where attnum > 0 and not attisdropped group by 1) a),
  'trees', (select json_object_agg(c.oid, r.ev_action::text) from pg_rewrite r join pg_class c on c.oid = r.ev_class
            join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('v', 'm') and r.rulename = '_RETURN'
            and n.nspname not in ('pg_catalog', 'information_schema')))
"""


# All columns that a view names anywhere, as dropping one of them would ask (catalog pg_depend); a whole row stands for all of them.
USED = """
select coalesce(json_object_agg(view, pairs), '{}') from (
  select v.oid::regclass, vn.nspname || '.' || v.relname as view, json_agg(distinct jsonb_build_array(n.nspname || '.' || c.relname, a.attname)) pairs
  from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid join pg_class v on v.oid = r.ev_class
  join pg_namespace vn on vn.oid = v.relnamespace join pg_class c on d.refclassid = 'pg_class'::regclass and c.oid = d.refobjid and c.oid <> v.oid
  join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and d.refobjsubid in (0, a.attnum)
  where v.relkind in ('v', 'm') and n.nspname not in ('pg_catalog', 'information_schema') group by 1, 2) used
"""


def read(text):
    """Nested lists, and dicts that hold their node's name under None."""
    tokens = TOKEN.findall(text)[::-1]

    def value():
        token = tokens.pop()
        if token == "(":
            items = []
            while tokens[-1] != ")":
                items.append(value())
            tokens.pop()
            return items
        if token != "{":
            return None if token == "<>" else token
        node, field = {None: tokens.pop()}, None
        while tokens[-1] != "}":
            if tokens[-1].startswith(":"):
                field = tokens.pop()[1:]
                node[field] = None
            else:
                found = value()
                node[field] = found if node[field] is None else node[field]
        tokens.pop()
        return node

    return value()


def number(text):
    return int(text or 0)


class Query:
    """A query of the tree, inside another or not."""

    def __init__(self, judge, node, outer=None):
        self.judge, self.node, self.outer = judge, node, outer
        self.entries = node["rtable"] or []

    def up(self, levels):
        return self if levels == 0 else self.outer.up(levels - 1)

    def output(self, place, seen):
        """Sources of output column `place`, from 1."""
        if self.node["setOperations"]:
            return self.arms(self.node["setOperations"], place, seen)
        found = [t for t in self.node["targetList"] if number(t["resno"]) == place and t["resjunk"] == "false"]
        return self.of(found[0]["expr"], seen) if found else set()

    def arms(self, operation, place, seen):
        if operation[None] == "RANGETBLREF":
            return Query(self.judge, self.entries[number(operation["rtindex"]) - 1]["subquery"], self).output(place, seen)
        return self.arms(operation["larg"], place, seen) | self.arms(operation["rarg"], place, seen)

    def of(self, node, seen):
        """Sources of an expression."""
        if isinstance(node, list):
            return set().union(*(self.of(item, seen) for item in node))
        if not isinstance(node, dict) or node[None] == "QUERY":
            return set()
        if node[None] == "VAR":
            query = self.up(number(node["varlevelsup"]))
            return query.column(query.entries[number(node["varno"]) - 1], number(node["varattno"]), seen)
        if node[None] == "SUBLINK":
            kind = number(node["subLinkType"])
            query = Query(self.judge, node["subselect"], self)
            inner = self.whole(query, 0 if kind in (ALL, ANY) else 1, seen) if kind in (ALL, ANY, EXPRESSION, ARRAY) else set()
            return inner | (self.of(node["testexpr"], seen) if kind in (ALL, ANY) else set())
        if node[None] == "AGGREF":
            arguments = [t for t in node["args"] or [] if t["resjunk"] == "false"]
            return self.of([arguments, node["aggdirectargs"], node["aggfilter"]], seen)
        return set().union(*(self.of(child, seen) for key, child in node.items() if key is not None))

    def column(self, entry, place, seen):
        kind = number(entry["rtekind"])
        if kind == RELATION:
            return self.judge.stored(number(entry["relid"]), place)
        if kind == SUBQUERY:
            return self.whole(Query(self.judge, entry["subquery"], self), place, seen)
        if kind == JOIN:
            return self.of(entry["joinaliasvars"] if place == 0 else entry["joinaliasvars"][place - 1], seen)
        if kind == GROUP:
            return self.of(entry["groupexprs"][place - 1], seen)
        if kind == VALUES:
            return set().union(*(self.of(row if place == 0 else row[place - 1], seen) for row in entry["values_lists"]))
        if kind == CTE:
            query = self.up(number(entry["ctelevelsup"]))
            found = [c for c in query.node["cteList"] if c["ctename"] == entry["ctename"]][0]
            if (id(found), place) in seen:
                return set()
            return self.whole(Query(self.judge, found["ctequery"], query), place, seen | {(id(found), place)})
        if kind == FUNCTION and entry["funcordinality"] == "true" and place == len(entry["eref"]["colnames"]):
            return set()  # a number of rows, whatever the function takes
        if kind in (FUNCTION, TABLEFUNC):
            return self.of(entry["functions"] or entry["tablefunc"], seen)
        return set()

    def steering(self, seen, is_outermost=False):
        """
        What decides which rows come out, and in what order, here and in every query that this one reads. Windows and queries within
        output columns count where all outputs do: of inner queries some are not taken.
        """
        node, found = self.node, set()
        keys = [c for clause in ("groupClause", "sortClause") for c in node[clause] or []]
        keys += [c for window in is_outermost and self.windows() or [] for clause in ("partitionClause", "orderClause") for c in window[clause] or []]
        keys += (node["distinctClause"] or []) if node["hasDistinctOn"] == "true" else []
        chosen = {c["tleSortGroupRef"] for c in keys}
        clauses = [t["expr"] for t in node["targetList"] if t["ressortgroupref"] in chosen] if chosen else []
        clauses += [node["jointree"], node["havingQual"], node["limitOffset"], node["limitCount"]]
        found |= self.of(clauses, frozenset())
        for entry in self.entries:
            kind = number(entry["rtekind"])
            if kind == SUBQUERY:
                found |= Query(self.judge, entry["subquery"], self).steering(seen)
            elif kind == CTE:
                query = self.up(number(entry["ctelevelsup"]))
                cte = [c for c in query.node["cteList"] if c["ctename"] == entry["ctename"]][0]
                if id(cte) not in seen:
                    found |= Query(self.judge, cte["ctequery"], query).steering(seen | {id(cte)})
        return found | self.beneath([node["targetList"] if is_outermost else None, node["jointree"], node["havingQual"]], seen)

    def windows(self):
        """Those that a function of the outputs or of the order asks for."""
        asked = set()

        def look(node):
            if isinstance(node, dict) and node[None] == "WINDOWFUNC":
                asked.add(node["winref"])
            if isinstance(node, (dict, list)):
                for child in node.values() if isinstance(node, dict) else node:
                    look(child)

        look(self.node["targetList"])
        return [w for w in self.node["windowClause"] or [] if w["winref"] in asked]

    def beneath(self, node, seen):
        """The same of the queries that expressions hold."""
        if isinstance(node, list):
            return set().union(*(self.beneath(item, seen) for item in node))
        if not isinstance(node, dict) or node[None] == "QUERY":
            return set()
        found = Query(self.judge, node["subselect"], self).steering(seen) if node[None] == "SUBLINK" else set()
        return found.union(*(self.beneath(child, seen) for key, child in node.items() if key is not None))

    def whole(self, query, place, seen):
        """Place 0 is the whole row."""
        places = [place] if place else [number(t["resno"]) for t in query.node["targetList"] if t["resjunk"] == "false"]
        return set().union(*(query.output(p, seen) for p in places))


class Judge:
    """All views of a database: {"schema.view": {column: {("schema.table", column), ...}}}."""

    def __init__(self, server, database):
        facts = json.loads(server.sql(FACTS, database))
        self.relations, self.columns = facts["relations"] or {}, facts["columns"]
        self.views, self.steering = {}, {}
        for oid, text in (facts["trees"] or {}).items():
            query = Query(self, read(text)[0])
            self.views[self.relations[oid]] = {
                name: query.output(int(place), frozenset()) for place, name in self.columns[oid].items()}
            self.steering[self.relations[oid]] = query.steering(frozenset(), True)
        self.used = {view: {tuple(pair) for pair in pairs} for view, pairs in json.loads(server.sql(USED, database)).items()}

    def stored(self, oid, place):
        columns = self.columns[str(oid)]
        if place < 0 or str(oid) not in self.relations:  # system columns and catalogues
            return set()
        names = columns.values() if place == 0 else [columns[str(place)]]
        return {(self.relations[str(oid)], name) for name in names}
