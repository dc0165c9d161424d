"""
What Spark's analyzer says of a query, from the JSON of its analyzed plan: of which columns of tables each output is made, which of those
decide it alone, and what the query uses anywhere.
"""
SUBQUERIES = ("ScalarSubquery", "Exists", "ListQuery", "LateralSubquery")


class Node:
    """A plan or an expression: its class's short name, its fields, its children."""

    def __init__(self, fields):
        self.kind = fields["class"].rsplit(".", 1)[1]
        self.fields, self.children = fields, []

    def __getitem__(self, field):
        return read(self.fields[field], self.children)

    def get(self, field):
        return self[field] if field in self.fields else None


def is_tree(value):
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "num-children" in value[0]


def read(value, children=()):
    """A field's value: trees as nodes, the numbers of children as these."""
    if is_tree(value):
        nodes = iter(value)
        return build(nodes)
    if isinstance(value, list):
        return [read(v, children) for v in value]
    if isinstance(value, int) and not isinstance(value, bool) and value < len(children):
        return children[value]
    return value


def build(nodes):
    node = Node(next(nodes))
    node.children = [build(nodes) for _ in range(node.fields["num-children"])]
    return node


def id_of(attribute):
    return attribute.fields["exprId"]["id"]


class Plan:
    """`outputs` is a list of (name, values, conditions), the latter two sets of (table, column); `least` what decides or is given, `most` all that is named."""

    def __init__(self, tree, names):
        self.ctes, self.least, self.most, self.by_id = {}, set(), set(), {}
        outputs = self.plan(read(tree), {})
        self.outputs = [(name, *self.by_id_or(outputs, i)) for name, i in zip(names, outputs)]
        for _, values, conditions in self.outputs:
            self.least |= values | conditions
        self.most |= self.least

    @staticmethod
    def by_id_or(outputs, i):
        values, conditions = outputs[i]
        return set(values), set(conditions)

    # ---- expressions ----

    def expression(self, node, scope):
        """(values, conditions) of what an expression gives."""
        kind, children = node.kind, node.children
        if kind in ("AttributeReference", "OuterReference"):
            at = children[0] if kind == "OuterReference" and children else node.get("e") if kind == "OuterReference" else node
            return scope.get(id_of(at), (set(), set())) if at.kind == "AttributeReference" else self.expression(at, scope)
        values, conditions = set(), set()
        if kind in ("Rank", "DenseRank", "PercentRank"):  # its children are what the window orders by
            return values, conditions
        if kind in SUBQUERIES:
            inner = self.plan(node["plan"], scope)
            if kind in ("ScalarSubquery", "ListQuery"):
                v, c = next(iter(inner.values()))
                return set(v), set(c)
            return values, conditions
        decides = {"If": [0], "CaseWhen": range(0, len(children) // 2 * 2, 2), "AggregateExpression": range(1, len(children)),
                   "WindowExpression": [1], "MaxBy": [1], "MinBy": [1]}.get(kind, [])
        for i, child in enumerate(children):
            v, c = self.expression(child, scope)
            conditions |= c
            (conditions if i in decides else values).update(v)
        for field in ("query", "function"):  # the right side of in (select ...)
            more = node.get(field)
            if isinstance(more, Node) and more not in children:
                v, c = self.expression(more, scope)
                values |= v
                conditions |= c
        return values, conditions

    def decided(self, scope, *expressions):
        """What stands in a clause: it steers the query."""
        for e in expressions:
            for one in e if isinstance(e, list) else [e]:
                if isinstance(one, list):
                    self.decided(scope, one)
                elif isinstance(one, Node):
                    for found in self.expression(one, scope):
                        self.least |= found

    def named(self, scope, expressions):
        """The outputs that a list of expressions makes, by id in order."""
        made = {}
        for e in expressions:
            found = self.expression(e, scope)
            for part in found:
                self.most |= part
            made[id_of(e)] = found
        return made

    # ---- plans: each gives {id: (values, conditions)} in the order of its output ----

    def plan(self, node, outer):
        way = getattr(self, node.kind, None)
        if way:
            return way(node, outer)
        if len(node.children) != 1 and not node.children:
            return {id_of(a): (set(), set()) for a in node.get("output") or [] if isinstance(a, Node)}
        return self.passing(node, outer)

    def passing(self, node, outer):
        """What gives on what it gets: its expressions only steer."""
        got = [self.plan(child, outer) for child in node.children]
        scope = {**outer, **{i: f for one in got for i, f in one.items()}}
        for field, value in node.fields.items():
            value = read(value)
            if isinstance(value, (Node, list)) and field not in ("child", "left", "right", "children"):
                self.decided(scope, *(value if isinstance(value, list) else [value]))
        return got[0]

    def WithCTE(self, node, outer):
        for definition in node["cteDefs"]:
            self.ctes[definition.fields["id"]] = self.plan(definition.children[0], outer)
        return self.plan(node["plan"], outer)

    def CTERelationRef(self, node, _):
        return dict(zip(map(id_of, node["output"]), self.ctes[node.fields["cteId"]].values()))

    def SubqueryAlias(self, node, outer):
        child = node.children[0]
        if child.kind == "LogicalRelation":
            name = node.fields["identifier"]
            schema = [q for q in name["qualifier"].strip("[]").split(", ") if q not in ("spark_catalog", "default")]
            table = ".".join([*schema, name["name"]])
            return {id_of(a): ({(table, a.fields["name"])}, set()) for a in child["output"]}
        return self.plan(child, outer)

    def Project(self, node, outer):
        got = self.plan(node.children[0], outer)
        return self.named({**outer, **got}, node["projectList"])

    def Aggregate(self, node, outer):
        got = {**outer, **self.plan(node.children[0], outer)}
        self.decided(got, node["groupingExpressions"])
        return self.named(got, node["aggregateExpressions"])

    def Window(self, node, outer):
        got = self.plan(node.children[0], outer)
        return {**got, **self.named({**outer, **got}, node["windowExpressions"])}

    def Generate(self, node, outer):
        got = self.plan(node.children[0], outer)
        found = self.expression(node["generator"], {**outer, **got})
        self.most |= found[0] | found[1]
        made = {id_of(a): found for a in node["generatorOutput"]}
        if node["generator"].kind == "PosExplode":  # a position is nothing of it
            made[next(iter(made))] = (set(), set())
        return {**got, **made}

    def Expand(self, node, outer):
        got = self.plan(node.children[0], outer)
        scope, made = {**outer, **got}, {}
        for row in node["projections"]:
            for attribute, e in zip(node["output"], row):
                values, conditions = made.setdefault(id_of(attribute), (set(), set()))
                v, c = self.expression(e, scope)
                values |= v
                conditions |= c
        for values, conditions in made.values():
            self.most |= values | conditions
        return made

    def Union(self, node, outer):
        got = [self.plan(child, outer) for child in node.children]
        merged = [(set().union(*(v for v, _ in row)), set().union(*(c for _, c in row))) for row in zip(*(one.values() for one in got))]
        return dict(zip(got[0], merged))

    def compared(self, node, outer, is_union):
        left, right = (self.plan(child, outer) for child in node.children)
        for found in (*left.values(), *right.values()):
            self.least |= found[0] | found[1]
        if is_union:
            return {i: (v | w, c | d) for (i, (v, c)), (w, d) in zip(left.items(), right.values())}
        return left

    def Except(self, node, outer):
        return self.compared(node, outer, False)

    def Intersect(self, node, outer):
        return self.compared(node, outer, True)

    def Distinct(self, node, outer):
        got = self.plan(node.children[0], outer)
        for values, conditions in got.values():
            self.least |= values | conditions
        return got

    def Join(self, node, outer):
        left, right = (self.plan(child, outer) for child in node.children)
        self.decided({**outer, **left, **right}, node.get("condition"))
        how = str(node.fields["joinType"])
        return left if "Semi" in how or "Anti" in how else {**left, **right}

    def LateralJoin(self, node, outer):
        left = self.plan(node.children[0], outer)
        right = self.plan(node["right"]["plan"], {**outer, **left})
        self.decided({**outer, **left, **right}, node.get("condition"))
        return {**left, **right}
