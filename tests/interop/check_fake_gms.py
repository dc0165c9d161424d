"""
Holds tests/fake_gms.py against DataHub's own client: what DatahubRestEmitter and DataHubGraph send is taken and comes back, and
what GMS refuses is refused. Takes the path of the program, as all here do, and does not need it.
"""
import json
import os
import sys

os.environ["DATAHUB_TELEMETRY_ENABLED"] = "false"
try:
    from datahub.configuration.common import OperationalError
    from datahub.emitter.mcp import MetadataChangeProposalWrapper
    from datahub.emitter.rest_emitter import DatahubRestEmitter
    from datahub.ingestion.graph.client import DataHubGraph
    from datahub.ingestion.graph.config import DatahubClientConfig
    from datahub.metadata.schema_classes import (
        ChangeTypeClass, EditableSchemaMetadataClass, SchemaFieldClass, SchemaFieldDataTypeClass, SchemaMetadataClass,
        MySqlDDLClass, StatusClass, StringTypeClass, TagAssociationClass, TagPropertiesClass)
    from datahub.specific.dataset import DatasetPatchBuilder
except ImportError as why:
    print(f"SKIP: acryl-datahub is not installed for {sys.executable} ({why})")
    sys.exit(77)
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from fake_gms import FakeGms

URN = "urn:li:dataset:(urn:li:dataPlatform:sqlite,main.users,PROD)"
TAG = "urn:li:tag:tagline.email_address"
W = MetadataChangeProposalWrapper


def schema():
    field = SchemaFieldClass(fieldPath="email 😀", type=SchemaFieldDataTypeClass(type=StringTypeClass()), nativeDataType="TEXT")
    return SchemaMetadataClass(schemaName="main.users", platform="urn:li:dataPlatform:sqlite", version=0, hash="",
                               platformSchema=MySqlDDLClass(tableSchema=""), fields=[field])


def emitter(gms, token="t0ken"):
    return DatahubRestEmitter(gms.url, token=token, retry_max_times=0)


def refused(call, part):
    try:
        call()
    except OperationalError as why:
        assert part in json.dumps(why.info) + str(why), f"{part!r} is not in {why} {why.info}"
        return
    raise AssertionError(f"not refused: {part}")


def upserts_come_back(gms):
    emitter(gms).emit_mcp(W(entityUrn=URN, aspect=schema()))
    with DataHubGraph(DatahubClientConfig(server=gms.url, token="t0ken")) as graph:
        back = graph.get_aspect(URN, SchemaMetadataClass)
    assert back.fields[0].fieldPath == "email 😀" and back.to_obj() == schema().to_obj()


def batches_go_in_whole_or_not_at_all(gms):
    good = W(entityUrn="urn:li:container:1", aspect=StatusClass(removed=False))
    bad = W(entityUrn=TAG, aspect=schema())
    refused(lambda: emitter(gms).emit_mcps([good, bad]), "Unknown aspect")
    assert gms.value("urn:li:container:1", "status") is None
    emitter(gms).emit_mcps([good, good])
    assert gms.state["urn:li:container:1"]["status"]["version"] == 2


def create_is_for_what_is_absent(gms):
    make = lambda name, **more: emitter(gms).emit_mcp(W(entityUrn=TAG, aspect=TagPropertiesClass(name=name),
                                                        changeType=ChangeTypeClass.CREATE, **more))
    make("first")
    refused(lambda: make("second"), "already exists")
    make("third", headers={"If-None-Match": "*"})
    assert gms.value(TAG, "tagProperties")["name"] == "first"


def patches_of_datahubs_builder_work(gms):
    patch = DatasetPatchBuilder(URN)
    patch.for_field("email 😀").add_tag(TagAssociationClass(tag=TAG))
    if gms.is_old:
        # Newer builders left the key's operation out, which is what an old server refuses (datahub-project/datahub#18138).
        refused(lambda: [emitter(gms).emit_mcp(m) for m in patch.build()], "fieldPath")
        return
    for mcp in patch.build():
        emitter(gms).emit_mcp(mcp)
    assert gms.tags(URN, "email 😀") == {TAG: None}
    with DataHubGraph(DatahubClientConfig(server=gms.url, token="t0ken")) as graph:
        back = graph.get_aspect(URN, EditableSchemaMetadataClass)
    assert back.editableSchemaFieldInfo[0].globalTags.tags[0].tag == TAG


def versions_are_conditions(gms):
    put = lambda version: emitter(gms).emit_mcp(W(entityUrn="urn:li:container:2", aspect=StatusClass(removed=False),
                                                  headers={"If-Version-Match": version}))
    refused(lambda: put("1"), "Expected version 1, actual version -1")
    put("-1")
    put("1")
    refused(lambda: put("1"), "Expected version 1, actual version 2")


def tokens_are_asked_for(gms):
    refused(lambda: emitter(gms, "wrong").emit_mcp(W(entityUrn=URN, aspect=StatusClass(removed=False))), "401")


def main():
    checks = [upserts_come_back, batches_go_in_whole_or_not_at_all, create_is_for_what_is_absent,
              patches_of_datahubs_builder_work, versions_are_conditions, tokens_are_asked_for]
    for check in checks:
        for is_old in (False, True):
            with FakeGms(token="t0ken", is_old=is_old) as gms:
                check(gms)
        print(f"ok    {check.__name__.replace('_', ' ')}")


if __name__ == "__main__":
    main()
