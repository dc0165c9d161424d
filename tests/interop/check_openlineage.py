"""check_openlineage.py PROGRAM: `lineage --openlineage` against OpenLineage's own client (PyPI openlineage-python): every event is built anew from
its classes, which know the members, what is required and the facets' schema addresses, and must come out the same."""
import json
import subprocess
import sys
import tempfile

try:
    from openlineage.client import set_producer
    from openlineage.client.generated import base, column_lineage_dataset as columns, job_type_job, schema_dataset, sql_job
    from openlineage.client.serde import Serde
except ImportError as why:
    print(f"SKIP: openlineage-python is not there: {why}")
    sys.exit(77)

SQL = """
create table raw.users (id int, email text, phone text, country text, data jsonb);
create view mart.v as select lower(email) m, sha256(phone::bytea) h, count(*) over (partition by country order by id) n,
  case when country = 'DE' then id end d, data->>'mail' j from raw.users where id > 3 and phone = '+49 30 1234567';
insert into mart.w (a) select max(m) from mart.v group by n having count(*) > 1 order by 1;
update mart.w set a = u.email from raw.users u where u.id = w.b;
merge into mart.w using raw.users u on w.b = u.id when matched then update set a = u.phone when not matched then insert (a) values (u.email);
delete from mart.w where a in (select email from raw.users);
select * from unknown.t;
select 1;
drop table mart.w;
"""


def without(facet):
    """A facet's own members. The two that all have are the class's business."""
    return {key: value for key, value in facet.items() if not key.startswith("_")}


def field(one):
    return columns.InputField(one["namespace"], one["name"], one["field"],
                              [columns.Transformation(**each) for each in one["transformations"]])


def lineage(facet):
    own = without(facet)
    return columns.ColumnLineageDatasetFacet(
        fields={name: columns.Fields([field(one) for one in of["inputFields"]]) for name, of in own.pop("fields").items()},
        dataset=[field(one) for one in own.pop("dataset", [])], **own)


def schema(facet):
    return schema_dataset.SchemaDatasetFacet(fields=[schema_dataset.SchemaDatasetFacetFields(**one) for one in facet["fields"]])


def facets(given, makers):
    return {name: makers[name](facet) for name, facet in given.items()}


def rebuilt(event):
    job = event["job"]
    return base.JobEvent(
        eventTime=event["eventTime"], producer=event["producer"],
        job=base.Job(job["namespace"], job["name"], facets(job["facets"], {
            "sql": lambda f: sql_job.SQLJobFacet(**without(f)), "jobType": lambda f: job_type_job.JobTypeJobFacet(**without(f))})),
        inputs=[base.InputDataset(one["namespace"], one["name"], facets=facets(one["facets"], {"schema": schema})) for one in event["inputs"]],
        outputs=[base.OutputDataset(one["namespace"], one["name"], facets=facets(one["facets"], {"schema": schema, "columnLineage": lineage}))
                 for one in event["outputs"]])


def plain(value):
    """Without what is empty: the client leaves that out."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items() if one not in ([], {}, None)}
    return [plain(one) for one in value] if isinstance(value, list) else value


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(SQL)
        file.flush()
        done = subprocess.run([sys.argv[1], "lineage", "--openlineage", "--dialect", "postgres", "--namespace", "postgres://db:5432", file.name],
                              stdout=subprocess.PIPE, check=False)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) == 7, len(events)
    n_fields = 0
    for event in events:
        set_producer(event["producer"])
        theirs = json.loads(Serde.to_json(rebuilt(event)))
        assert plain(theirs) == plain(event), f"{json.dumps(plain(theirs), indent=1, sort_keys=True)}\n--- ours:\n{json.dumps(plain(event), indent=1, sort_keys=True)}"
        for output in event["outputs"]:
            n_fields += len(output["facets"].get("columnLineage", {"fields": {}})["fields"])
    assert n_fields >= 8, n_fields
    assert b"1234567" not in done.stdout
    print(f"ok    {len(events)} events, {n_fields} fields, as openlineage-python writes them")


main()
