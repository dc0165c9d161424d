"""
Holds proposals against DataHub's own models, and against what those let through.

    validate_proposals.py FILE          a JSON array of proposals, as `tagline push --to FILE` writes it
    validate_proposals.py --self-test   plants mistakes and must catch every one
    validate_proposals.py PROGRAM       the self-test, then the proposals of a scan by PROGRAM

DataHub's from_obj() and validate() alone accept unknown fields, unions without their tag, tags that are no urns and aspects
that the entity does not have: those are checked here from the same package's schemas. A patch is applied to an empty aspect
by the rules of GMS's template, and the outcome is checked like any other aspect.
"""
import copy
import json
import os
import sys
import urllib.parse

os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"
try:
    from avro.schema import (ArraySchema, EnumSchema, MapSchema, PrimitiveSchema, RecordSchema, UnionSchema)
    from datahub.emitter.aspect import ASPECT_MAP
    from datahub.emitter.mcp import MetadataChangeProposalWrapper
    from datahub.emitter.serialization_helper import post_json_transform, pre_json_transform
    from datahub.metadata.schema_classes import KEY_ASPECTS, MetadataChangeProposalClass
    from datahub.metadata.urns import Urn
except ImportError as why:
    print(f"SKIP: acryl-datahub is not installed for {sys.executable} ({why})")
    sys.exit(77)

CHANGES = {"UPSERT": "application/json", "CREATE": "application/json", "PATCH": "application/json-patch+json"}
PRIMITIVES = {"string": str, "boolean": bool, "int": int, "long": int, "double": (int, float), "float": (int, float),
              "bytes": str}
MOST_URN, MOST_ASPECT = 512, 16_000_000


class Wrong(Exception):
    """What is wrong with a proposal, and where."""


def wire_name(full):
    return full.replace("com.linkedin.pegasus2avro.", "com.linkedin.")


def check_urn(text, kind, at):
    """One urn: parses, writes itself again, is of the kind that is wanted, is within what GMS takes."""
    try:
        urn = Urn.from_string(text)
    except Exception as why:
        raise Wrong(f"{at}: {text!r} is no urn: {why}") from None
    if str(urn) != text:
        raise Wrong(f"{at}: {text!r} comes back as {str(urn)!r}")
    kinds = {"Urn": None, None: None}
    want = kinds.get(kind, kind and kind[0].lower() + kind[1:].removesuffix("Urn"))
    if want == "corpuser" or want == "corpUser":
        want = "corpuser"
    if want and urn.entity_type != want:
        raise Wrong(f"{at}: {text!r} is no {want}")
    if urn.entity_type != "schemaField" and len(urllib.parse.quote_plus(text, safe="*")) > MOST_URN:
        raise Wrong(f"{at}: the urn is longer than {MOST_URN} bytes")
    for part in urn.entity_ids:
        inner = part if not part.startswith("urn:li:") else ""
        if any(c in inner for c in "(),\u241f"):
            raise Wrong(f"{at}: a part of {text!r} holds what must be encoded")


def check_union(value, schema, at):
    """A union on the wire: null or the value itself when there is one choice, else an object with exactly one known key."""
    choices = [s for s in schema.schemas if s.type != "null"]
    if value is None:
        if len(choices) == len(schema.schemas):
            raise Wrong(f"{at}: is null")
        raise Wrong(f"{at}: is null: leave it out")
    if len(choices) == 1:
        check_value(value, choices[0], at)
        return
    if not isinstance(value, dict) or len(value) != 1:
        raise Wrong(f"{at}: a union has exactly one key")
    (name, inner), = value.items()
    for choice in choices:
        if name == (wire_name(choice.fullname) if isinstance(choice, RecordSchema) else choice.type):
            check_value(inner, choice, f"{at}.{name}")
            return
    raise Wrong(f"{at}: the union has no member {name!r}")


def check_record(value, schema, at):
    if not isinstance(value, dict):
        raise Wrong(f"{at}: is no object")
    known = {f.name: f for f in schema.fields}
    for name in value:
        if name not in known:
            raise Wrong(f"{at}: {schema.name} has no field {name!r}")
    for name, field in known.items():
        if name not in value:
            if not field.has_default:
                raise Wrong(f"{at}: {name!r} is missing")
            continue
        check_value(value[name], field.type, f"{at}.{name}")
        kind = field.other_props.get("Urn")
        if kind and isinstance(value[name], str):
            check_urn(value[name], kind, f"{at}.{name}")


def check_value(value, schema, at):
    if isinstance(schema, UnionSchema):
        check_union(value, schema, at)
    elif isinstance(schema, RecordSchema):
        check_record(value, schema, at)
    elif isinstance(schema, ArraySchema):
        if not isinstance(value, list):
            raise Wrong(f"{at}: is no array")
        for i, item in enumerate(value):
            check_value(item, schema.items, f"{at}[{i}]")
    elif isinstance(schema, MapSchema):
        if not isinstance(value, dict):
            raise Wrong(f"{at}: is no map")
        for key, item in value.items():
            check_value(item, schema.values, f"{at}.{key}")
    elif isinstance(schema, EnumSchema):
        if value not in schema.symbols:
            raise Wrong(f"{at}: {value!r} is none of {schema.name}")
    elif isinstance(schema, PrimitiveSchema):
        want = PRIMITIVES[schema.type]
        if not isinstance(value, want) or (isinstance(value, bool) and want is not bool):
            raise Wrong(f"{at}: {value!r} is no {schema.type}")
    else:
        raise Wrong(f"{at}: a {schema.type} is not known here")


def is_within(small, large):
    """Whether `large` is `small` with defaults filled in."""
    if isinstance(small, dict) and isinstance(large, dict):
        return all(k in large and is_within(v, large[k]) for k, v in small.items())
    if isinstance(small, list) and isinstance(large, list):
        return len(small) == len(large) and all(map(is_within, small, large))
    return small == large and type(small) is type(large)


def check_extra(value, aspect, at):
    """What Java validators of GMS refuse, and no schema says."""
    if aspect in ("schemaMetadata", "editableSchemaMetadata"):
        fields = value["fields" if aspect == "schemaMetadata" else "editableSchemaFieldInfo"]
        paths = [f["fieldPath"] for f in fields]
        if "" in paths:
            raise Wrong(f"{at}: a field path is empty")
        if len(set(paths)) != len(paths):
            raise Wrong(f"{at}: a field path stands twice")
        for key in value.get("primaryKeys", []):
            if key not in paths:
                raise Wrong(f"{at}: the key {key!r} is no field")
    if aspect == "browsePathsV2":
        for entry in value["path"]:
            if "urn" in entry and entry["urn"] != entry["id"]:
                raise Wrong(f"{at}: an id of the path is not its urn")


def check_aspect(value, aspect, at):
    model = ASPECT_MAP.get(aspect)
    if model is None:
        raise Wrong(f"{at}: there is no aspect {aspect!r}")
    check_value(value, model.RECORD_SCHEMA, at)
    made = model.from_obj(post_json_transform(copy.deepcopy(value)))
    if not made.validate():
        raise Wrong(f"{at}: DataHub's model does not validate")
    back = pre_json_transform(made.to_obj())
    if not is_within(value, back):
        raise Wrong(f"{at}: does not come back from DataHub's model as it went in")
    check_extra(value, aspect, at)


def unescape(segment):
    return segment.replace("~1", "/").replace("~0", "~")


def apply_editable(ops, fields=None):
    """
    A patch of editableSchemaMetadata on fields by path (EditableSchemaMetadataTemplate, before v1.6.0.14): the array becomes
    a map by fieldPath, each field's tags a map by urn; what an op needs above itself is made.
    """
    fields = {} if fields is None else fields
    for op in ops:
        if not isinstance(op, dict) or set(op) - {"op", "path", "value"} or op.get("op") not in ("add", "remove"):
            raise Wrong(f"patch: {op!r} is no operation that DataHub knows")
        steps = [unescape(s) for s in op["path"].split("/")]
        if steps[:2] != ["", "editableSchemaFieldInfo"] or len(steps) not in (4, 6):
            raise Wrong(f"patch: no place at {op['path']!r}")
        field = fields.setdefault(steps[2], {})
        if len(steps) == 4:
            if steps[3] not in ("fieldPath", "description") or op["op"] != "add":
                raise Wrong(f"patch: no place at {op['path']!r}")
            field[steps[3]] = op["value"]
            continue
        if steps[3:5] != ["globalTags", "tags"]:
            raise Wrong(f"patch: no place at {op['path']!r}")
        tags = field.setdefault("globalTags", {}).setdefault("tags", {})
        if op["op"] == "remove":
            tags.pop(steps[5], None)
        else:
            if op["value"].get("tag") != steps[5]:
                raise Wrong(f"patch: the tag {op['value'].get('tag')!r} is put at {steps[5]!r}")
            tags[steps[5]] = op["value"]
    return fields


def editable_value(fields):
    """The map as the aspect it stands for. 422 fieldPath is required: where no op gave a field its key."""
    infos = []
    for path, field in fields.items():
        if field.get("fieldPath") != path:
            raise Wrong(f"patch: fieldPath is required at {path!r}")
        info = dict(field)
        if "globalTags" in info:
            info["globalTags"] = {"tags": list(info["globalTags"]["tags"].values())}
        infos.append(info)
    return {"editableSchemaFieldInfo": infos}


def check_envelope(proposal, at):
    known = {f.name for f in MetadataChangeProposalClass.RECORD_SCHEMA.fields}
    for name in proposal:
        if name not in known:
            raise Wrong(f"{at}: a proposal has no field {name!r}")
    for name in ("entityType", "entityUrn", "changeType", "aspectName", "aspect"):
        if name not in proposal:
            raise Wrong(f"{at}: {name!r} is missing")
    change, aspect = proposal["changeType"], proposal["aspect"]
    if change not in CHANGES:
        raise Wrong(f"{at}: the change {change!r} is not supported")
    if set(aspect) != {"value", "contentType"} or aspect["contentType"] != CHANGES[change]:
        raise Wrong(f"{at}: the aspect's envelope is wrong for {change}")
    if not isinstance(aspect["value"], str) or not aspect["value"].isascii():
        raise Wrong(f"{at}: the aspect's value is no ASCII text")
    if len(aspect["value"]) > MOST_ASPECT:
        raise Wrong(f"{at}: the aspect is longer than {MOST_ASPECT} characters")
    for part in ("headers", "systemMetadata"):
        if part in proposal:
            field, = (f for f in MetadataChangeProposalClass.RECORD_SCHEMA.fields if f.name == part)
            check_value(proposal[part], field.type, f"{at}.{part}")


def check_proposal(proposal):
    """Raises Wrong. Returns nothing: silence is consent."""
    at = f"{proposal.get('entityUrn')} {proposal.get('aspectName')}"
    check_envelope(proposal, at)
    entity, name = proposal["entityType"], proposal["aspectName"]
    if entity not in KEY_ASPECTS:
        raise Wrong(f"{at}: there is no entity {entity!r}")
    check_urn(proposal["entityUrn"], entity[0].upper() + entity[1:] + "Urn", at)
    if name not in KEY_ASPECTS[entity].ASPECT_INFO["entityAspects"]:
        raise Wrong(f"{at}: a {entity} has no aspect {name!r}")
    try:
        value = json.loads(proposal["aspect"]["value"])
    except ValueError as why:
        raise Wrong(f"{at}: the aspect's value is no JSON: {why}") from None
    if proposal["changeType"] == "PATCH":
        if name != "editableSchemaMetadata" or not isinstance(value, list) or not value:
            raise Wrong(f"{at}: not a patch that is known here")
        check_aspect(editable_value(apply_editable(value)), name, at)
        return
    check_aspect(value, name, at)
    if proposal["changeType"] == "UPSERT":
        made = MetadataChangeProposalWrapper.from_obj_require_wrapper(post_json_transform(copy.deepcopy(proposal)))
        if not made.validate():
            raise Wrong(f"{at}: DataHub's wrapper does not validate")


def check_order(proposals):
    """Tags and containers are made before what points at them."""
    made = set()
    for proposal in proposals:
        value = json.loads(proposal["aspect"]["value"])
        if proposal["aspectName"] == "container" and value["container"] not in made:
            raise Wrong(f"{proposal['entityUrn']}: lies in a container that is made later")
        made.add(proposal["entityUrn"])


def check_file(path):
    with open(path, encoding="utf-8") as f:
        proposals = json.load(f)
    if not isinstance(proposals, list) or not proposals:
        raise Wrong("not a list of proposals")
    wrong = 0
    for proposal in proposals:
        try:
            check_proposal(proposal)
        except Wrong as why:
            wrong += 1
            print(f"wrong: {why}")
    check_order(proposals)
    if wrong:
        raise Wrong(f"{wrong} of {len(proposals)} proposals are wrong")
    return proposals


# ---- the self-test: a good proposal of each aspect, and mistakes that must be caught ----

URN = "urn:li:dataset:(urn:li:dataPlatform:sqlite,main.users,PROD)"
TAG = {"tag": "urn:li:tag:tagline.email_address",
       "attribution": {"time": 1, "actor": "urn:li:corpuser:tagline", "source": "urn:li:dataHubAction:tagline",
                       "sourceDetail": {"confidence": "0.97"}}}
FIELD = {"fieldPath": "email", "nativeDataType": "TEXT", "nullable": True,
         "type": {"type": {"com.linkedin.schema.StringType": {}}}}
SCHEMA = {"fields": [FIELD], "hash": "", "platform": "urn:li:dataPlatform:sqlite",
          "platformSchema": {"com.linkedin.schema.MySqlDDL": {"tableSchema": ""}}, "schemaName": "main.users",
          "version": 0}
PATCH = [{"op": "add", "path": "/editableSchemaFieldInfo/email/fieldPath", "value": "email"},
         {"op": "add", "path": f"/editableSchemaFieldInfo/email/globalTags/tags/{TAG['tag']}", "value": TAG}]


def proposal(aspect, value, change="UPSERT", entity="dataset", urn=URN, **more):
    return {"entityType": entity, "entityUrn": urn, "changeType": change, "aspectName": aspect,
            "aspect": {"value": json.dumps(value), "contentType": CHANGES.get(change, "application/json")}, **more}


def changed(value, *path_and_new):
    """A deep copy with one place changed; `...` as the new value takes it out."""
    *path, new = path_and_new
    copied = copy.deepcopy(value)
    at = copied
    for step in path[:-1]:
        at = at[step]
    if new is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = new
    return copied


def mistakes():
    schema = lambda *p: proposal("schemaMetadata", changed(SCHEMA, *p))
    patch = lambda *p: proposal("editableSchemaMetadata", changed(PATCH, *p), "PATCH")
    yield "a union without its tag", schema("platformSchema", {"tableSchema": ""})
    yield "a union of two", schema("platformSchema", {"com.linkedin.schema.MySqlDDL": {"tableSchema": ""},
                                                      "com.linkedin.schema.Schemaless": {}})
    yield "a union with an unknown member", schema("fields", 0, "type", "type", {"com.linkedin.schema.NoneType": {}})
    yield "a union with Avro's name", schema("fields", 0, "type", "type",
                                             {"com.linkedin.pegasus2avro.schema.StringType": {}})
    yield "a missing hash", schema("hash", ...)
    yield "a missing native type", schema("fields", 0, "nativeDataType", ...)
    yield "an unknown field", schema("colour", "red")
    yield "a misspelt optional field", schema("fields", 0, "descripton", "x")
    yield "a null", schema("fields", 0, "description", None)
    yield "a number for a text", schema("schemaName", 7)
    yield "a text for a boolean", schema("fields", 0, "nullable", "true")
    yield "a truth for a number", schema("version", True)
    yield "a platform that is none", schema("platform", "urn:li:tag:sqlite")
    yield "a platform that is no urn", schema("platform", "sqlite")
    yield "an empty field path", schema("fields", 0, "fieldPath", "")
    yield "a field path twice", schema("fields", [FIELD, FIELD])
    yield "a key that is no field", schema("primaryKeys", ["id"])
    yield "a tag that is no urn", patch(1, "value", "tag", "tagline.email_address")
    yield "a tag that is a term", proposal("editableSchemaMetadata", json.loads(
        json.dumps(PATCH).replace("urn:li:tag:", "urn:li:glossaryTerm:")), "PATCH")
    yield "a tag at another's place", patch(1, "value", "tag", "urn:li:tag:other")
    yield "an attribution without time", patch(1, "value", "attribution", "time", ...)
    yield "an attribution without actor", patch(1, "value", "attribution", "actor", ...)
    yield "a number among the details", patch(1, "value", "attribution", "sourceDetail", "confidence", 0.97)
    yield "a patch without the key", proposal("editableSchemaMetadata", PATCH[1:], "PATCH")
    yield "a patch with a strange operation", patch(0, "op", "move")
    yield "a patch to nowhere", patch(0, "path", "/fields/email/fieldPath")
    yield "a patch that is no list", proposal("editableSchemaMetadata", {"patch": PATCH}, "PATCH")
    yield "a patch sent as an upsert", {**proposal("editableSchemaMetadata", PATCH, "PATCH"), "changeType": "UPSERT"}
    yield "an aspect that does not exist", proposal("schemaMeta", SCHEMA)
    yield "an aspect of another entity", proposal("containerProperties", {"name": "x"})
    yield "an entity that does not exist", proposal("status", {"removed": False}, entity="table")
    yield "a urn of another entity", proposal("status", {"removed": False}, urn="urn:li:container:1")
    yield "a urn cut off", proposal("status", {"removed": False}, urn=URN[:-7])
    yield "a urn with a bare paren", proposal("status", {"removed": False}, urn=URN.replace("users", "us(ers"))
    yield "a urn with a bare comma", proposal("status", {"removed": False}, urn=URN.replace("users", "us,ers"))
    yield "a urn too long", proposal("status", {"removed": False}, urn=URN.replace("users", "u" * 600))
    yield "an environment that is none", proposal("containerProperties", {"name": "x", "env": "MOON"},
                                                  entity="container", urn="urn:li:container:1")
    yield "an envelope with an unknown field", proposal("status", {"removed": False}, runId="x")
    yield "an envelope without a change", {k: v for k, v in proposal("status", {}).items() if k != "changeType"}
    yield "a change that is not supported", {**proposal("status", {"removed": False}), "changeType": "REPLACE"}
    yield "a header that is no text", proposal("status", {"removed": False}, headers={"If-Version-Match": 3})
    yield "system metadata with an unknown field", proposal("status", {"removed": False}, systemMetadata={"run": "x"})
    raw = proposal("status", {"removed": False})
    yield "a value that is an object", {**raw, "aspect": {"value": {"removed": False}, "contentType": "application/json"}}
    yield "a value that is not ASCII", {**raw, "aspect": {"value": '{"removed":false,"ä":1}',
                                                          "contentType": "application/json"}}
    yield "a value that breaks off", {**raw, "aspect": {"value": '{"removed"', "contentType": "application/json"}}


def self_test():
    good = [proposal("schemaMetadata", SCHEMA), proposal("editableSchemaMetadata", PATCH, "PATCH"),
            proposal("status", {"removed": False}, headers={"If-Version-Match": "3"},
                     systemMetadata={"runId": "r", "lastObserved": 1, "properties": {"clientId": "tagline"}}),
            proposal("tagProperties", {"name": "x"}, "CREATE", "tag", TAG["tag"], headers={"If-None-Match": "*"})]
    for one in good:
        check_proposal(one)
    n, missed = 0, []
    for name, one in mistakes():
        n += 1
        try:
            check_proposal(one)
            missed.append(name)
        except Wrong:
            pass
    print(f"self-test: {n - len(missed)} of {n} mistakes caught")
    if missed:
        raise Wrong("not caught: " + "; ".join(missed))


def scan_and_check(program):
    """The proposals of a real scan, with the ugliest names that SQLite takes."""
    sys.argv[1:] = [program]
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    from drive import House

    house = House()
    try:
        with house.shop().db() as db:
            db.execute('create table "Mails (old), näch, 😀/~" ("E-Mail" text, "a.b/c~d" text, "quo""te\\" text)')
            db.executemany('insert into "Mails (old), näch, 😀/~" values (?, ?, ?)', [
                (f"p{i}@example.org", f"q{i}@example.org", f"r{i}@example.org") for i in range(50)])
        house.run("scan")
        house.run("push", "--to", "proposals.json")
        proposals = check_file(house.at("proposals.json"))
        tags = sum(json.dumps(p).count("/globalTags/tags/") for p in proposals)
        if tags < 5 or not any("%28old%29%2C" in p["entityUrn"] for p in proposals):
            raise Wrong(f"the scan's proposals hold {tags} tags, or not the table with the ugly name")
        print(f"{len(proposals)} proposals of a scan, {tags} tags: DataHub's models take them")
    finally:
        house.close()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        if sys.argv[1] == "--self-test":
            self_test()
        elif os.access(sys.argv[1], os.X_OK):
            self_test()
            scan_and_check(sys.argv[1])
        else:
            print(f"{len(check_file(sys.argv[1]))} proposals: DataHub's models take them")
    except Wrong as why:
        sys.exit(f"validate_proposals: {why}")


if __name__ == "__main__":
    main()
