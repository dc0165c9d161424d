"""Policies from the command line: what is in force, whether it is kept, what it rests on, and what the exit code says."""
from drive import main, test

DECLARED = """datasets:
  - {match: "**", zone: core, owner: crm, retention: 30 days}
  - {match: mails, zone: export, recipients: [acme]}
"""
BINDING = "policies:\n  binding: [privacy/no-direct-identifier-in-export]\n"
OURS = """pack: ours
version: 1
format: 1
rules:
  - id: no-mail
    summary: users have no addresses
    in: {datasets: [users]}
    looks_for: {info_types: [email_address]}
    tests:
      - name: one that has
        datasets: {users: {columns: {m: {type: email_address, category: user.contact.email}}}}
        violations: ['users#m']
"""


def scanned(house, rest=DECLARED):
    """A shop whose view 'mails' copies addresses, declared an export."""
    house.shop()
    house.config(rest=rest)
    house.run("scan")
    return house


@test
def a_violation_is_shown_with_the_path_from_the_origin(house):
    scanned(house)
    answer = house.run("policy", "check", code=0)  # built-in rules advise
    assert "privacy/no-direct-identifier-in-export (error, advisory)" in answer.out, answer
    lines = [line.strip() for line in answer.out.splitlines()]
    begin = next(i for i, line in enumerate(lines) if line.startswith("violation"))
    assert "users#email" in lines[begin + 1], answer
    assert lines[begin + 2].startswith("-> ") and "mails#contact_email" in lines[begin + 2], answer
    assert "identity, keeps" in lines[begin + 2], answer
    assert answer.out.splitlines()[-1].startswith("17 rules, 3 datasets: 1 violation (0 binding)"), answer


@test
def a_binding_rule_that_is_broken_makes_exit_code_1(house):
    scanned(house, DECLARED + BINDING)
    answer = house.run("policy", "check", code=1)
    assert "(error, binding)" in answer.out and "(1 binding)" in answer.out, answer


@test
def every_verdict_is_a_json_line(house):
    scanned(house)
    verdicts = house.run("policy", "check", "--json").lines()
    broken = [v for v in verdicts if v["outcome"] == "violation"]
    assert [v["rule"] for v in broken] == ["privacy/no-direct-identifier-in-export"], verdicts
    assert broken[0]["key"].endswith("mails#contact_email") and broken[0]["advisory"] is True, broken
    assert [s["key"].split("/")[-1] for s in broken[0]["path"]] == ["users#email", "mails#contact_email"], broken
    assert broken[0]["path"][1]["effect"] == "keeps", broken
    assert "kind" not in broken[0]["path"][0], broken


@test
def what_cannot_be_told_is_a_gap_and_fails_only_when_asked(house):
    scanned(house, rest="")
    answer = house.run("policy", "check")
    assert "0 violations" in answer.out and "no 'zone' is declared for any dataset" in answer.out, answer
    house.run("policy", "check", "--on-unknown", "fail", code=3)
    whole = [v for v in house.run("policy", "check", "--json").lines() if "zone" in v["why"]]
    assert len(whole) == 1 and "key" not in whole[0], whole


@test
def a_break_outweighs_a_gap(house):
    scanned(house, DECLARED.replace("owner: crm, ", "") + BINDING)
    house.run("policy", "check", "--on-unknown", "fail", code=1)


@test
def a_person_who_rejects_the_tag_settles_it(house):
    scanned(house, DECLARED + BINDING)
    house.run("policy", "check", code=1)
    house.run("review", "reject", "mails#contact_email", "--why", "made-up addresses")
    house.run("policy", "check", code=0)


@test
def without_a_log_there_is_nothing_to_check(house):
    house.shop()
    house.fails(2, "policy", "check", says="log")


@test
def built_in_rules_need_no_configuration(house):
    listed = house.run("policy", "list", "--json").lines()
    assert len(listed) == 17 and all(rule["advisory"] for rule in listed), listed
    assert {rule["pack"] for rule in listed} == {"adtech", "privacy"}, listed
    assert "STANDING" in house.run("policy").out
    assert " 0 failed" in house.run("policy", "test").out
    assert house.run("policy", "lint").out.endswith(" 0 findings\n")


@test
def a_rule_is_shown_by_its_name_with_or_without_the_pack(house):
    whole = house.run("policy", "show", "adtech/device-and-location-apart").out
    assert whole == house.run("policy", "show", "device-and-location-apart").out
    assert "- id: device-and-location-apart" in whole and "tests:" in whole, whole
    assert "- id: hashed" not in whole, whole
    house.fails(2, "policy", "show", "device-and-location-appart", says="'device-and-location-apart'")
    house.fails(2, "policy", "show", says="needs a rule")


@test
def rules_of_ones_own_stand_beside_the_others_and_bind(house):
    house.write("policies/ours.yaml", OURS)
    scanned(house, DECLARED + "policies:\n  packs: [none]\n  files: [policies/ours.yaml]\n")
    assert "1 example of 1 rule, 0 failed" in house.run("policy", "test").out
    answer = house.run("policy", "check", code=1)
    assert "ours/no-mail (error, binding)" in answer.out and "privacy/" not in answer.out, answer


@test
def an_example_that_fails_fails_the_test(house):
    house.write("ours.yaml", OURS.replace("violations", "gaps"))
    answer = house.run("policy", "test", "ours.yaml", code=1)
    assert "ours.yaml:10" in answer.out and "no gap of 'users#m' came" in answer.out, answer
    trial = house.run("policy", "test", "ours.yaml", "--json", code=1).lines()
    assert trial[0]["holds"] is False and trial[0]["line"] == 10, trial


@test
def lint_finds_what_no_column_can_ever_be(house):
    house.write("ours.yaml", OURS)
    assert house.run("policy", "lint", "ours.yaml").out == "1 rule, 0 findings\n"
    house.write("ours.yaml", OURS.replace("[email_address]", "[emial_address, 'geo_*']"))
    answer = house.run("policy", "lint", "ours.yaml", code=1)
    assert "no info type has a name like 'emial_address' (did you mean 'email_address'?)" in answer.out, answer
    assert "its example 'one that has' fails" in answer.out and "geo" not in answer.out, answer
    assert len(house.run("policy", "lint", "ours.yaml", "--json", code=1).lines()) == 2


@test
def lint_finds_facts_that_nobody_counts(house):
    house.write("ours.yaml", OURS.replace("[email_address]", "[email_address], facts: {k_anonymity.smallest_groop: {below: 5}, tcf.decodes: {below: 1}}"))
    answer = house.run("policy", "lint", "ours.yaml", code=1)
    assert "no fact is called 'k_anonymity.smallest_groop' (did you mean 'k_anonymity.smallest_group'?)" in answer.out, answer
    assert "'tcf.decodes'" not in answer.out, answer


@test
def a_mistake_in_a_file_is_shown_with_its_place(house):
    house.write("ours.yaml", OURS.replace("looks_for", "lookfor"))
    house.fails(2, "policy", "test", "ours.yaml", says=["ours.yaml:8:5", "'looks_for'"])
    house.fails(2, "policy", "test", "nowhere.yaml", says="nowhere.yaml")


@test
def a_setting_that_names_no_rule_is_refused(house):
    scanned(house)
    house.config(rest=DECLARED + "policies: {binding: [privacy/no-direct-identifer-in-export]}\n")
    house.fails(2, "policy", "check", says="'privacy/no-direct-identifier-in-export'")
    house.fails(2, "policy", "chek", says="'tagline policy check'")


@test
def a_declaration_that_covers_nothing_is_named(house):
    scanned(house, DECLARED.replace("match: mails", "match: mials"))
    answer = house.run("policy", "check")
    assert "no dataset matches 'mials'" in answer.err and "'**'" not in answer.err, answer


@test
def a_rule_that_cannot_be_read_is_hinted_at_where_rules_are_explained(house):
    scanned(house)
    house.write("ours.yaml", OURS.replace("[email_address]}\n", "[email_address], sensitivity: [special]}\n"))
    house.fails(2, "policy", "lint", "ours.yaml", says=["ours.yaml:8:", "tagline help policy"])


@test
def what_comes_from_a_table_that_nobody_knows_is_a_gap(house):
    house.shop()
    house.write("load.sql", "insert into mails_out (a) select contact from far_users;\n"
                            "insert into far_copy (a) select email from users;\ninsert into copy_out (a) select a from far_copy;\n")
    house.config(rest="queries: [{files: load.sql}]\ndatasets:\n  - {match: '**', zone: core, owner: crm, retention: 30 days}\n"
                      "  - {match: '*_out', zone: export, recipients: [acme], uses: [marketing]}\n")
    house.run("scan")
    verdicts = house.run("policy", "check", "--json").lines()
    gaps = [v for v in verdicts if v["outcome"] == "gap"]
    assert [g["key"].split("/")[-1] for g in gaps] == ["mails_out"] and "far_users" in gaps[0]["why"], verdicts
    assert any(v["outcome"] == "violation" and v["key"].endswith("copy_out#a") for v in verdicts), verdicts
    house.run("policy", "check", "--on-unknown", "fail", code=3)


@test
def what_comes_from_a_column_that_could_not_be_told_is_a_gap(house):
    house.shop()
    with house.db() as db:
        db.execute("create table empty_contacts (contact text, email text)")
        db.execute("create table export_mails (m text)")
        db.executemany("insert into export_mails values (?)", [("blue",), ("green",), ("red",), ("grey",)])
    house.write("load.sql", "insert into export_mails (m) select contact from empty_contacts;\n")
    house.config(rest="queries: [{files: load.sql}]\n" + DECLARED + "  - {match: 'export_*', zone: export, recipients: [acme]}\n")
    house.run("scan")
    gaps = [v for v in house.run("policy", "check", "--json").lines() if v["outcome"] == "gap"]
    assert len(gaps) == 1 and gaps[0]["key"].endswith("export_mails"), gaps
    assert "empty_contacts#contact', which could not be told" in gaps[0]["why"] and "nor can 3 other rules ('" in gaps[0]["why"], gaps
    assert [s["key"].split("/")[-1] for s in gaps[0]["path"]] == ["empty_contacts#contact", "export_mails#m"], gaps
    shown = house.run("policy", "check").out
    assert shown.index("violation  ") < shown.index("gap  ") and "    -> " in shown[shown.index("gap  "):], shown
    house.write("load.sql", "insert into export_mails (m) select md5(contact) from empty_contacts;\n")
    house.run("scan")
    gaps = [v for v in house.run("policy", "check", "--json").lines() if v["outcome"] == "gap"]
    assert len(gaps) == 1 and "privacy/no-secret-leaves-core" in gaps[0]["why"], gaps
    assert "no-direct-identifier-in-export" not in gaps[0]["why"] + gaps[0]["rule"], gaps  # that would be excused


@test
def what_binds_stands_before_what_advises_and_both_before_gaps(house):
    house.write("a.yaml", OURS.replace("pack: ours", "pack: aaa").replace("rules:", "advisory: true\nrules:"))
    house.write("b.yaml", OURS.replace("pack: ours", "pack: bbb"))
    scanned(house, "policies: {files: [a.yaml, b.yaml]}\n")
    answer = house.run("policy", "check", code=1).out
    assert answer.index("bbb/no-mail (") < answer.index("aaa/no-mail (") < answer.index("gap  "), answer
    verdicts = house.run("policy", "check", "--json", code=1).lines()
    kinds = [(v["outcome"] != "violation", v["advisory"]) for v in verdicts]
    assert kinds[:2] == [(False, False), (False, True)] and all(k[0] for k in kinds[2:]) and kinds[2:], verdicts


@test
def no_rule_at_all_is_said(house):
    scanned(house, "policies: {packs: [none]}\n")
    for words in (["list"], ["list", "--json"], ["check"]):
        assert "no rule is in force" in house.run("policy", *words).err, words
    assert house.run("policy", "list", "--json").out == ""


@test
def a_use_that_is_misspelt_is_a_warning(house):
    scanned(house, DECLARED.replace("recipients:", "uses: [marketing.advertisng, essential.service], recipients:"))
    answer = house.run("policy", "check")
    assert "use 'marketing.advertisng' of 'mails'" in answer.err and "did you mean 'marketing.advertising'?" in answer.err, answer
    assert "essential" not in answer.err, answer


main()
