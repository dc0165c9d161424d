"""
A strict stand-in for DataHub's metadata service (GMS), on the loopback, standard library only.

    fake_gms.py [--seed FILE] [--token TOKEN] [--old]     prints its port, serves until it is stopped
    with FakeGms(seed, token="...") as gms: ...           the same in a thread

It is stricter than GMS where GMS loses things silently (unknown fields of an aspect), and as strict where it refuses: `async` is
a text, an aspect's value is ASCII, a batch with one bad item fails whole, CREATE needs absence, If-Version-Match holds, a patch
follows EditableSchemaMetadataTemplate. --old answers as servers before v1.6.0.14 do where a patch gives a field no key.

State: {urn: {aspect: value}} to seed; GET /_state gives it back, GET /_requests what was asked. POST /_faults takes a list of
{"kind": ..., "path": prefix, "times": N (forever), ...}:
  down; cut; html; slow (seconds); status (status, retry_after, message); too_large (bytes); marked (urn: part of a urn)
"""
import argparse
import copy
import json
import re
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENVELOPE = {"auditHeader", "entityType", "entityUrn", "entityKeyAspect", "changeType", "aspectName", "aspect",
            "systemMetadata", "headers"}
SYSTEM = {"lastObserved", "runId", "lastRunId", "pipelineName", "registryName", "registryVersion", "properties", "version",
          "schemaVersion", "aspectCreated", "aspectModified"}
# What each aspect must have, and may have beside it.
ASPECTS = {
    "dataset": {
        "datasetKey": ({"platform", "name", "origin"}, set()),
        "status": (set(), {"removed"}),
        "container": ({"container"}, set()),
        "subTypes": ({"typeNames"}, set()),
        "browsePathsV2": ({"path"}, set()),
        "dataPlatformInstance": ({"platform"}, {"instance"}),
        "globalTags": ({"tags"}, set()),
        "datasetProperties": (set(), {"name", "qualifiedName", "description", "customProperties", "tags"}),
        "viewProperties": ({"materialized", "viewLanguage", "viewLogic"}, set()),
        "schemaMetadata": ({"schemaName", "platform", "version", "hash", "platformSchema", "fields"},
                           {"primaryKeys", "foreignKeys", "created", "lastModified"}),
        "editableSchemaMetadata": ({"editableSchemaFieldInfo"}, {"created", "lastModified"}),
    },
    "container": {
        "containerProperties": ({"name"}, {"customProperties", "env", "description", "qualifiedName"}),
        "status": (set(), {"removed"}),
        "container": ({"container"}, set()),
        "subTypes": ({"typeNames"}, set()),
        "browsePathsV2": ({"path"}, set()),
        "dataPlatformInstance": ({"platform"}, {"instance"}),
    },
    "tag": {"tagKey": ({"name"}, set()), "tagProperties": ({"name"}, {"description", "colorHex"}), "status": (set(), {"removed"})},
}
CLASSES = {"editableSchemaMetadata": "com.linkedin.schema.EditableSchemaMetadata",
           "schemaMetadata": "com.linkedin.schema.SchemaMetadata", "status": "com.linkedin.common.Status",
           "tagProperties": "com.linkedin.tag.TagProperties", "datasetProperties": "com.linkedin.dataset.DatasetProperties"}


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


def need(holds, message, status=422):
    if not holds:
        raise Refused(status, message)


def entity_of(urn):
    match = re.fullmatch(r"urn:li:([A-Za-z]+):(.+)", urn, re.DOTALL) if isinstance(urn, str) else None
    need(match, f"Invalid urn: {urn}", 400)
    entity, rest = match.groups()
    need(urn == urn.strip() and "\u241f" not in urn, f"Invalid urn: {urn}", 400)
    need(entity == "schemaField" or len(urllib.parse.quote_plus(urn, safe="*")) <= 512,
         "Error: URN cannot be longer than 512 bytes", 400)
    if entity == "dataset":
        need(re.fullmatch(r"\(urn:li:dataPlatform:[^,()]+,[^,()]+,[A-Z_]+\)", rest, re.DOTALL), f"Invalid urn: {urn}", 400)
    elif not rest.startswith("(urn:li:"):
        need(not set(rest) & set("(),"), f"Invalid urn: {urn}", 400)
    return entity


def key_of(urn):
    """The key aspect that GMS keeps of whatever was ever written."""
    if urn.startswith("urn:li:dataset:("):
        platform, rest = urn[len("urn:li:dataset:("):-1].split(",", 1)
        name, origin = rest.rsplit(",", 1)
        return "datasetKey", {"platform": platform, "name": name, "origin": origin}
    if urn.startswith("urn:li:tag:"):
        return "tagKey", {"name": urn[len("urn:li:tag:"):]}
    return None, None


def unescape(segment):
    return segment.replace("~1", "/").replace("~0", "~")


def patch_editable(value, ops, is_old):
    """EditableSchemaMetadataTemplate: the array as a map by fieldPath, tags and terms of a field as maps by urn."""
    fields = {}
    for info in value.get("editableSchemaFieldInfo", []):
        field = copy.deepcopy(info)
        for holder, items, key in (("globalTags", "tags", "tag"), ("glossaryTerms", "terms", "urn")):
            if holder in field:
                field[holder][items] = {t[key]: t for t in field[holder].get(items, [])}
        fields[field["fieldPath"]] = field
    for op in ops:
        need(isinstance(op, dict) and op.get("op") in ("add", "remove", "replace") and set(op) <= {"op", "path", "value"},
             f"Unsupported patch operation: {op}")
        steps = [unescape(s) for s in op["path"].split("/")][1:]
        need(len(steps) >= 2 and steps[0] == "editableSchemaFieldInfo", f"no such path in the target JSON document: {op['path']}")
        at = fields.setdefault(steps[1], {} if is_old else {"fieldPath": steps[1]})
        for step in steps[2:-1]:
            at = at.setdefault(step, {})
        need(len(steps) > 2, f"no such path in the target JSON document: {op['path']}")
        if op["op"] == "remove":
            at.pop(steps[-1], None)
        else:
            at[steps[-1]] = op["value"]
    infos = []
    for path, field in fields.items():
        need(field.get("fieldPath") == path,
             "ERROR :: /editableSchemaFieldInfo/0/fieldPath :: field is required but not found and has no default value")
        for holder, items, _ in (("globalTags", "tags", "tag"), ("glossaryTerms", "terms", "urn")):
            if holder in field:
                field[holder][items] = list(field[holder].get(items, {}).values())
        infos.append(field)
    return {**value, "editableSchemaFieldInfo": infos}


def check_association(tag):
    need(isinstance(tag, dict) and set(tag) <= {"tag", "context", "attribution"} and "tag" in tag, f"tag association: {tag}")
    need(entity_of(tag["tag"]) == "tag", f"Invalid urn for a tag: {tag['tag']}")
    attribution = tag.get("attribution")
    if attribution is not None:
        need(set(attribution) <= {"time", "actor", "source", "sourceDetail"} and {"time", "actor"} <= set(attribution),
             f"attribution: {attribution}")
        need(isinstance(attribution["time"], int), "attribution.time is no long")
        need(all(isinstance(v, str) for v in attribution.get("sourceDetail", {}).values()), "sourceDetail holds no text")


def check_value(entity, aspect, value):
    need(aspect in ASPECTS.get(entity, {}), f"Unknown aspect {aspect} for entity {entity}")
    must, may = ASPECTS[entity][aspect]
    need(isinstance(value, dict), f"{aspect} is no record")
    need(must <= set(value), f"ERROR :: /{sorted(must - set(value))[:1]} :: field is required but not found")
    need(set(value) <= must | may, f"ERROR :: unrecognized field found but not allowed: {sorted(set(value) - must - may)}")
    if aspect in ("schemaMetadata", "editableSchemaMetadata"):
        infos = value["fields" if aspect == "schemaMetadata" else "editableSchemaFieldInfo"]
        paths = [i.get("fieldPath") for i in infos]
        need(all(paths), f"{aspect} has an empty field path")
        need(len(set(paths)) == len(paths), f"{aspect} has duplicate field paths")
        for info in infos:
            for tag in info.get("globalTags", {}).get("tags", []):
                check_association(tag)
            if aspect == "schemaMetadata":
                need(isinstance(info.get("nativeDataType"), str) and len(info["type"]["type"]) == 1, f"field: {info}")
    if aspect == "schemaMetadata":
        need(len(value["platformSchema"]) == 1 and next(iter(value["platformSchema"])).startswith("com.linkedin.schema."),
             "platformSchema is no union")


class FakeGms:
    """The service: state, what was asked, and what is to go wrong."""

    def __init__(self, seed=None, token=None, is_old=False, config=None):
        self.lock = threading.RLock()
        self.token, self.is_old = token, is_old
        self.config = {"noCode": "true", "retention": "true", "patchCapable": True, "datasetUrnNameCasing": False,
                       "versions": {"acryldata/datahub": {"version": "v1.2.0", "commit": "0"}},
                       "datahub": {"serverType": "quickstart", "serverEnv": "core"}, **(config or {})}
        self.state, self.requests, self.bodies, self.faults = {}, [], [], []
        for urn, aspects in (seed or {}).items():
            for aspect, value in aspects.items():
                self.put(urn, aspect, copy.deepcopy(value), {})

    # ---- running ----

    def __enter__(self):
        gms = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                gms.serve(self)
            do_POST = do_GET
            do_PATCH = do_GET

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # ---- what is held ----

    def put(self, urn, aspect, value, system):
        held = self.state.setdefault(urn, {})
        key, key_value = key_of(urn)
        if key and key not in held:
            held[key] = {"value": key_value, "version": 1, "system": {}}
        version = held[aspect]["version"] + 1 if aspect in held else 1
        held[aspect] = {"value": value, "version": version, "system": system}

    def value(self, urn, aspect):
        """What a test looks at: the value, or None."""
        with self.lock:
            held = self.state.get(urn, {}).get(aspect)
            return copy.deepcopy(held["value"]) if held else None

    def tags(self, urn, path):
        """Tag urns of a field, with who put them there (the attribution's source, or None)."""
        editable = self.value(urn, "editableSchemaMetadata") or {}
        for info in editable.get("editableSchemaFieldInfo", []):
            if info["fieldPath"] == path:
                return {t["tag"]: t.get("attribution", {}).get("source") for t in info.get("globalTags", {}).get("tags", [])}
        return {}

    def dump(self):
        with self.lock:
            return {urn: {a: h["value"] for a, h in aspects.items()} for urn, aspects in self.state.items()}

    # ---- writing ----

    def prepare(self, proposal, staged):
        """The change a proposal makes: (urn, aspect, value or None for nothing, system metadata). Refuses what GMS refuses."""
        need(isinstance(proposal, dict), "Parameter 'proposal' is invalid", 400)
        need(set(proposal) <= ENVELOPE, "Parameters of method 'ingestProposal' failed validation with error 'ERROR :: "
             f"/proposal/{sorted(set(proposal) - ENVELOPE)} :: unrecognized field found but not allowed'", 400)
        for name in ("entityType", "entityUrn", "changeType", "aspectName", "aspect"):
            need(name in proposal, f"ERROR :: /proposal/{name} :: field is required but not found", 400)
        system, headers, aspect = (proposal.get("systemMetadata", {}), proposal.get("headers", {}), proposal["aspect"])
        need(set(system) <= SYSTEM, "/proposal/systemMetadata :: unrecognized field found but not allowed", 400)
        need(all(isinstance(v, str) for v in [*headers.values(), *system.get("properties", {}).values()]),
             "/proposal/headers :: cannot be coerced to String", 400)
        need(isinstance(aspect, dict) and set(aspect) == {"value", "contentType"}, "/proposal/aspect", 400)
        need(isinstance(aspect["value"], str) and aspect["value"].isascii(),
             "/proposal/aspect/value :: is not a valid string representation of bytes", 400)
        urn, name, change = proposal["entityUrn"], proposal["aspectName"], proposal["changeType"]
        entity = entity_of(urn)
        need(entity == proposal["entityType"], f"urn {urn} is not of the entity {proposal['entityType']}")
        try:
            value = json.loads(aspect["value"])
        except ValueError:
            raise Refused(422, f"Could not parse the aspect {name}") from None
        is_patch = change == "PATCH"
        need(aspect["contentType"] == ("application/json-patch+json" if is_patch else "application/json"),
             f"Invalid content type {aspect['contentType']}")
        held = staged.get((urn, name), self.state.get(urn, {}).get(name))
        wanted = headers.get("If-Version-Match")
        actual = str(held["version"]) if held else "-1"
        need(wanted is None or wanted == actual, f"Expected version {wanted}, actual version {actual}")
        if is_patch:
            need(name == "editableSchemaMetadata" and isinstance(value, list), f"Patch not supported for {name}")
            value = patch_editable(held["value"] if held else {}, value, self.is_old)
        elif change == "CREATE":
            if held and headers.get("If-None-Match") == "*":
                return None
            need(not held, f"Cannot perform CREATE since the aspect {name} already exists")
        else:
            need(change == "UPSERT", f"Unsupported change type {change}")
        check_value(entity, name, value)
        staged[(urn, name)] = {"value": value, "version": int(actual) + 1 if held else 1}
        return urn, name, value, system

    def ingest(self, body, is_batch):
        need(isinstance(body, dict) and set(body) <= {"proposals" if is_batch else "proposal", "async"},
             "Parameters of method failed validation: unrecognized field found but not allowed", 400)
        need(body.get("async", "false") in ("true", "false"), "Parameter 'async' is invalid", 400)
        proposals = body.get("proposals") if is_batch else [body.get("proposal")]
        need(isinstance(proposals, list), "Parameter 'proposals' is required", 400)
        for fault in self.faults:
            if fault["kind"] == "marked":
                for proposal in proposals:
                    need(fault["urn"] not in proposal.get("entityUrn", ""),
                         fault.get("message", f"Failed to validate {proposal['entityUrn']}"), fault.get("status", 422))
        staged = {}
        for change in [self.prepare(p, staged) for p in proposals]:
            if change:
                self.put(*change)
        return {"value": "success"}

    # ---- reading ----

    def shown(self, urn, aspects, with_system):
        held = self.state.get(urn, {})
        entity = {}
        for aspect in aspects or held:
            if aspect in held:
                entity[aspect] = {"value": held[aspect]["value"]}
                if with_system:
                    entity[aspect]["systemMetadata"] = {**held[aspect]["system"], "version": str(held[aspect]["version"])}
        return {"urn": urn, **entity} if entity else None

    def batch_get(self, body, query):
        need(isinstance(body, list), "Malformed request body", 400)
        found = []
        for one in body:
            entity_of(one.get("urn"))
            found.append(self.shown(one["urn"], [a for a in one if a != "urn"], query.get("systemMetadata") == ["true"]))
        return [f for f in found if f]

    def scroll(self, entity, query):
        urns = sorted(u for u in self.state if u.startswith(f"urn:li:{entity}:")
                      and not (self.value(u, "status") or {}).get("removed"))
        begin, count = int(query.get("scrollId", ["0"])[0]), int(query.get("count", ["10"])[0])
        page = [self.shown(u, query.get("aspects"), False) for u in urns[begin:begin + count]]
        more = begin + count < len(urns)
        return {"scrollId": str(begin + count) if more else None, "entities": [p for p in page if p]}

    def one_aspect(self, urn, query):
        aspect = query.get("aspect", [""])[0]
        value = self.value(urn, aspect)
        need(value is not None, "no such aspect", 404)
        return {"version": 0, "aspect": {CLASSES.get(aspect, aspect): value}}

    def route(self, method, path, query, body):
        if path == "/config":
            return self.config
        if path == "/_state":
            return self.dump()
        if path == "/_requests":
            return self.requests
        if path == "/_faults":
            self.faults = body
            return {}
        if method == "POST" and path == "/aspects":
            action = query.get("action", [""])[0]
            need(action in ("ingestProposal", "ingestProposalBatch"), f"POST operation named {action} not supported", 400)
            return self.ingest(body, action == "ingestProposalBatch")
        if method == "GET" and path.startswith("/aspects/"):
            return self.one_aspect(urllib.parse.unquote(path[len("/aspects/"):]), query)
        match = re.fullmatch(r"/openapi/v3/entity/([a-zA-Z]+)(/batchGet)?", path)
        need(match, "not found", 404)
        if match[2]:
            return self.batch_get(body, query)
        return self.scroll(match[1], query)

    # ---- the wire ----

    def fault_for(self, path, n_body):
        for fault in self.faults:
            if fault["kind"] == "marked" or not path.startswith(fault.get("path", "/aspects")):
                continue
            if fault["kind"] == "too_large" and n_body <= fault["bytes"]:
                continue
            if fault.get("times", 1) <= 0:
                continue
            if "times" in fault:
                fault["times"] -= 1
            return fault
        return None

    def answer(self, handler, status, body, headers=(), n=None):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        kind = "text/html" if isinstance(body, bytes) and body[:1] == b"<" else "application/json"
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(raw) if n is None else n)), *headers]:
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(raw)

    def break_as(self, fault, handler):
        """Does what the fault says. False: it only took its time, and the answer is to be given as usual."""
        kind = fault["kind"]
        if kind == "slow":
            time.sleep(fault.get("seconds", 1))
            return False
        if kind == "down":
            handler.close_connection = True
        elif kind == "cut":
            self.answer(handler, 200, b'{"val', n=20)
            handler.close_connection = True
        elif kind == "html":
            self.answer(handler, 200, b"<!doctype html><title>DataHub</title>")
        elif kind == "too_large":
            self.answer(handler, 413, b"<html><h1>413 Request Entity Too Large</h1></html>")
        else:
            more = [("Retry-After", str(fault["retry_after"]))] if "retry_after" in fault else []
            self.answer(handler, fault["status"], {"message": fault.get("message", "scripted"), "status": fault["status"]}, more)
        return True

    def respond(self, handler, path, query, raw):
        is_ours = path.startswith("/_")
        if not is_ours and path != "/config" and self.token is not None:
            need(handler.headers.get("Authorization") == f"Bearer {self.token}", "Unauthorized", 401)
        if path == "/aspects" or path.startswith("/aspects/"):
            need(handler.headers.get("X-RestLi-Protocol-Version") == "2.0.0", "no such protocol version", 400)
        body = None
        if handler.command == "POST":
            need(handler.headers.get("Content-Type", "").startswith("application/json"), "Unsupported Media Type", 415)
            try:
                body = json.loads(raw)
            except ValueError:
                raise Refused(400, "Malformed request body") from None
        return self.route(handler.command, path, query, body)

    def serve(self, handler):
        target = urllib.parse.urlsplit(handler.path)
        path, query = target.path, urllib.parse.parse_qs(target.query)
        raw = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            fault = None if path.startswith("/_") else self.fault_for(path, len(raw))
            note = {"method": handler.command, "path": handler.path, "n_body": len(raw), "status": 0}
            if not path.startswith("/_"):
                self.requests.append(note)
                self.bodies.append(raw)
        if fault and self.break_as(fault, handler):
            note["status"] = 413 if fault["kind"] == "too_large" else fault.get("status", -1)
            return
        try:
            with self.lock:
                answer = self.respond(handler, path, query, raw)
            note["status"] = 200
            self.answer(handler, 200, answer)
        except Refused as why:
            note["status"] = why.status
            self.answer(handler, why.status, {"exceptionClass": "com.linkedin.restli.server.RestLiServiceException",
                                              "message": why.message, "status": why.status, "stackTrace": "..."})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed")
    parser.add_argument("--token")
    parser.add_argument("--old", action="store_true")
    words = parser.parse_args()
    seed = None
    if words.seed:
        with open(words.seed, encoding="utf-8") as f:
            seed = json.load(f)
    with FakeGms(seed, words.token, words.old) as gms:
        print(gms.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
