"""tagline check: what a change of SQL would do, before it runs. Nothing is asked of a warehouse and nothing is written."""
import hashlib
import os

from drive import main, test

ZONES = "datasets:\n  - {match: '*', zone: core}\n  - {match: export_*, zone: export}\n"


def scanned(house, rest=ZONES):
    house.shop().config(rest=rest)
    house.run("scan")
    return house


def findings(answer, kind):
    return [line for line in answer.lines() if line["finding"] == kind]


@test
def a_leak_is_named_with_its_flow_column_and_verdict(house):
    scanned(house)
    house.write("change.sql", "create view export_mail as\nselect u.email as address\n  from users u;\n")
    answer = house.run("check", "--json", "change.sql")
    flow, = findings(answer, "flow")
    assert (flow["source"], flow["target"]) == ("shop/main/users#email", "shop/main/export_mail#address"), flow
    assert (flow["query"], flow["line"], flow["column"]) == ("change.sql", 2, 8)
    assert flow["info_type"] == "email_address" and flow["effect"] == "keeps"
    column, = findings(answer, "column")
    assert column["key"] == "shop/main/export_mail#address"
    violated = [v for v in findings(answer, "verdict") if v["outcome"] == "violation" and v["new"]]
    assert any(v["key"] == "shop/main/export_mail#address" for v in violated), violated


@test
def a_binding_policy_makes_it_a_failure(house):
    scanned(house, ZONES + "policies: {binding: [privacy, adtech]}\n")
    house.write("change.sql", "create view export_mail as select email as address from users;\n")
    answer = house.run("check", "change.sql", code=1)
    assert "export_mail#address" in answer.out and "violation" in answer.out, answer
    house.run("check", "--fail-on", "none", "change.sql")


@test
def an_advisory_one_is_shown_and_passes(house):
    scanned(house)
    house.write("change.sql", "create view export_mail as select email as address from users;\n")
    answer = house.run("check", "change.sql")
    assert "advisory" in answer.out, answer
    house.run("check", "--fail-on", "advisory", "change.sql", code=1)


@test
def a_person_in_a_literal_is_told_without_being_named(house):
    scanned(house)
    house.write("change.sql", "delete from users\nwhere email in ('bob.miller@example.org', 'x');\n"
                "update users set country = 'DE' where id = 7;\n")
    answer = house.run("check", "change.sql")
    assert "change.sql:2:17: a literal holds personal data: email_address" in answer.err and "1 literal" in answer.err, answer
    assert "miller" not in answer.err + answer.out
    answer = house.run("check", "--json", "--fail-on", "flow", "change.sql", code=1)
    literal, = findings(answer, "literal")
    assert (literal["info_type"], literal["query"], literal["line"], literal["column"]) == ("email_address", "change.sql", 2, 17)
    assert "miller" not in answer.err + answer.out


@test
def a_harmless_change_says_so(house):
    scanned(house)
    house.write("change.sql", "create view mart_n as select country, count(*) as n from users group by country;\n")
    answer = house.run("check", "--fail-on", "flow", "change.sql")
    assert answer.out == "" and "0 new flows" in answer.err, answer


@test
def what_was_there_before_is_not_new(house):
    scanned(house)
    house.write("change.sql", "create or replace view mails as select email as contact_email from users;\n")
    answer = house.run("check", "--json", "change.sql")
    assert findings(answer, "flow") == [] and findings(answer, "column") == [], answer


@test
def a_new_table_is_decided_by_its_names_and_types(house):
    scanned(house)
    house.write("change.sql", "create table people (id bigint primary key, email_address varchar(200), height real);\n")
    columns = {c["key"]: c for c in findings(house.run("check", "--json", "change.sql"), "column")}
    assert columns["shop/main/people#email_address"]["state"] == "proposed", columns
    assert "shop/main/people#height" not in columns


@test
def later_statements_see_what_earlier_ones_make(house):
    scanned(house)
    house.write("change.sql", "create table step1 as select email as e from users;\ncreate view export_x as select e as y from step1;\n")
    columns = {c["key"] for c in findings(house.run("check", "--json", "change.sql"), "column")}
    assert "shop/main/export_x#y" in columns, columns


@test
def a_renamed_column_and_a_renamed_table_are_followed(house):
    scanned(house)
    house.write("change.sql", "alter table users rename column email to m2;\nalter table users rename to people;\n"
                              "create view export_x as select m2 as y from people;\n")
    columns = {c["key"] for c in findings(house.run("check", "--json", "change.sql"), "column")}
    assert "shop/main/export_x#y" in columns, columns


@test
def sql_that_is_not_understood_is_no_pass(house):
    scanned(house)
    house.write("change.sql", "select 1;\ncreate view v as selec email from users;\n")
    answer = house.run("check", "change.sql", code=3)
    assert "change.sql:2:" in answer.err, answer


@test
def an_unknown_table_is_no_pass_but_the_systems_own_are(house):
    scanned(house)
    house.write("change.sql", "create table export_z as select hobby from nothere;\n")
    answer = house.run("check", "change.sql", code=3)
    assert "change.sql:1:33" in answer.err and "nothere" in answer.err, answer
    house.write("change.sql", "create table names as select name as n from sqlite_master;\n")
    house.run("check", "change.sql")


@test
def a_count_of_people_is_no_flow_of_their_data(house):
    scanned(house)
    house.write("change.sql", "create view mart_n as select count(distinct email) as n from users;\n")
    answer = house.run("check", "--fail-on", "flow", "change.sql")
    assert "0 new flows" in answer.err, answer


@test
def a_violation_that_would_end_is_counted(house):
    house.shop()
    with house.db() as db:
        db.execute("create view export_mail as select email || '' as a from users where 1 = 0")
    house.config(rest=ZONES)
    house.run("scan")
    house.write("change.sql", "create or replace view export_mail as select 1 as a;\n")
    assert "1 would end" in house.run("check", "change.sql").err


@test
def an_unknown_column_is_no_pass(house):
    scanned(house)
    house.write("change.sql", "create view v as select mail_adress from users;\n")
    answer = house.run("check", "change.sql", code=3)
    assert "change.sql:1:25" in answer.err and "mail_adress" in answer.err, answer


@test
def plain_addresses_in_a_column_of_hashes_are_found(house):
    house.shop()
    with house.db() as db:
        db.execute("create table export_audience (hem text)")
        db.executemany("insert into export_audience values (?)", [(hashlib.sha256(b"%d@mail.example" % i).hexdigest(),) for i in range(300)])
    house.config(rest=ZONES + "policies: {binding: [privacy]}\n")
    house.run("scan")
    house.write("change.sql", "insert into export_audience select lower(email) from users;\n")
    answer = house.run("check", "change.sql", code=1)
    assert "export_audience#hem' holds email_address" in answer.out, answer


@test
def standard_input_is_a_file_too(house):
    import subprocess
    from drive import PROGRAM
    scanned(house)
    done = subprocess.run([PROGRAM, "check", "-", "--json"], cwd=house.path, input=b"create view v as select email as z from users", capture_output=True)
    assert done.returncode == 0 and b'"v' in done.stdout.replace(b"main/", b'"'), done


@test
def without_files_those_of_the_configuration_are_meant(house):
    house.write("etl/a.sql", "create view export_a as select email from users;\n")
    scanned(house)
    house.config(rest=ZONES + "queries:\n  - files: etl/*.sql\n")
    assert findings(house.run("check", "--json"), "flow")[0]["query"] == "etl/a.sql"


@test
def what_is_dropped_and_made_again_is_still_known(house):
    scanned(house)
    house.write("change.sql", "drop table users;\ncreate table users (id integer, email text, country text);\ncreate view export_mail as select email as address from users;\n")
    answer = house.run("check", "--json", "change.sql")
    assert [f["source"] for f in findings(answer, "flow")] == ["shop/main/users#email"], answer
    assert [c["key"] for c in findings(answer, "column")] == ["shop/main/export_mail#address"], answer


@test
def another_thing_in_a_column_that_is_in_breach_is_a_breach_of_its_own(house):
    house.shop()
    with house.db() as db:
        db.execute("create table export_list (contact text)")
        db.execute("create table phones (phone text)")
        db.executemany("insert into export_list values (?)", [(f"user{n}@mail{n % 7}.example" if n % 20 else "-",) for n in range(200)])
        db.executemany("insert into phones values (?)", [(f"+4930123{n:05d}",) for n in range(200)])
    house.config(rest=ZONES + "policies: {binding: [privacy]}\n")
    house.run("scan")
    house.write("change.sql", "insert into export_list (contact) select phone from phones;\n")
    house.run("check", "change.sql", code=1)


@test
def a_table_that_nobody_knows_is_named(house):
    scanned(house)
    house.write("change.sql", "create table export_a as\n  select email from usres;\ncreate table b as select email from export_a;\n")
    unknown, = findings(house.run("check", "--json", "change.sql", code=3), "unknown")
    assert (unknown["key"], unknown["query"], unknown["line"]) == ("shop/main/usres", "change.sql#1", 2), unknown
    answer = house.run("check", "--on-unknown", "fail", "change.sql", code=3)
    assert "warning: change.sql:2:10: the log knows no 'shop/main/usres'" in answer.err, answer


@test
def flags_hold_for_the_files_of_the_configuration_too(house):
    house.write("etl/a.sql", "create view export_a as select email from users where country = \"DE\";\n")
    scanned(house)
    house.config(rest=ZONES + "queries:\n  - {files: etl/*.sql, dialect: ansi}\n")
    house.run("check", code=3)
    house.run("check", "--dialect", "sqlite")


@test
def three_mistakes_have_three_answers(house):
    house.shop()
    house.write("change.sql", "select 1;\n")
    house.fails(2, "check", "change.sql", says=["no log", "tagline scan"])
    house.run("scan")
    house.fails(2, "check", says=["no SQL files", "queries:"])
    house.fails(2, "check", "missing.sql", says="missing.sql")
    house.fails(2, "check", "--source", "nowhere", "change.sql", says=["nowhere", "'shop'"])


@test
def nothing_is_written(house):
    scanned(house)
    house.write("change.sql", "create view export_mail as select email as address from users;\n")
    before = house.git("rev-parse", "main"), sorted(os.listdir(house.at("log")))
    house.run("check", "change.sql")
    assert (house.git("rev-parse", "main"), sorted(os.listdir(house.at("log")))) == before


main()
