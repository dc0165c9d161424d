"""Rules as code: listing, lint, test, new packs, imports, switches by source, and packs that mean harm."""
import os
import time

from drive import main, test

BADGE = """pack: ours
version: 1
types:
  - info_type: badge
    summary: badge number
    category: user.unique_id
    names: [badge_no]
    value: 'B-\\d{5}'
    prior: 0.001
    examples: {match: [B-12345], no_match: [B-1]}
"""


def types_of(house, *words):
    return {line["info_type"]: line for line in house.run("rules", "list", "--json", *words).lines()}


def tagged(house, *words):
    return {line["column"]: line["info_type"] for line in house.run("classify", "--json", *words).lines()}


def badges(house, name="staff.csv"):
    return house.write(name, "badge_no,mail\n" + "".join(f"B-{i:05},person{i}@example.com\n" for i in range(40)))


@test
def list_tells_packs_and_types(house):
    answer = house.run("rules")
    for word in ("PACK", "core", "adtech", "built in", "email_address", "user.contact.email"):
        assert word in answer.out, answer
    assert house.run("rules", "list").out == answer.out


@test
def filters_leave_what_they_name(house):
    every = types_of(house)
    some = types_of(house, "--category", "user.contact", "--sensitivity", "personal")
    assert some and set(some) < set(every)
    assert all(t["category"].startswith("user.contact") and t["sensitivity"] == "personal" for t in some.values())
    assert set(types_of(house, "--pack", "adtech")) == {n for n, t in every.items() if t["pack"] == "adtech"}
    assert set(types_of(house, "--validator", "email")) == {n for n, t in every.items() if t["validator"] == "email"}


@test
def a_filter_that_takes_nothing_gets_the_nearest(house):
    house.fails(2, "rules", "list", "--pack", "adtecj", says=["'adtecj'", "'adtech'"])


@test
def show_tells_a_type_or_a_pack(house):
    shown = house.run("rules", "show", "email_address").out
    for word in ("user.contact.email", "GDPR", "validator", "accepts", "refuses", "pack         core"):
        assert word in shown, shown
    assert "email_address" in house.run("rules", "show", "core").out
    house.fails(2, "rules", "show", "email_adress", says="'email_address'")


@test
def keys_are_listed_with_what_they_take(house):
    keys = {(line["of"], line["key"]) for line in house.run("rules", "keys", "--json").lines()}
    assert {("a pack", "columns"), ("a type", "extends"), ("a type", "value"), ("a type", "examples")} <= keys, keys


@test
def a_new_pack_loads_lints_and_tests_clean(house):
    answer = house.run("rules", "new", "acme")
    assert "rules lint acme.yaml" in answer.out and "rules test acme.yaml" in answer.out, answer
    lint = house.run("rules", "lint", "acme.yaml")
    assert lint.out == "", lint
    assert "7 tests, 0 failed" in house.run("rules", "test", "acme.yaml").err
    house.fails(2, "rules", "new", "acme", says="'acme.yaml' is there already")
    house.fails(2, "rules", "new", "A b", says="'A b' cannot be a pack's name")


@test
def our_own_packs_have_no_error(house):
    answer = house.run("rules", "lint")
    assert " 0 errors," in " " + answer.err, answer


@test
def our_own_packs_keep_their_own_examples(house):
    answer = house.run("rules", "test")
    assert "tests, 0 failed" in answer.err, answer


@test
def lint_finds_patterns_that_backtrack_badly_and_measures_them(house):
    house.write("bad.yaml", """pack: bad
version: 1
types:
  - info_type: nested
    category: user.unique_id
    names: [nested_no]
    value: '(?:[a-z]+)*-'
    examples: {match: [abc-], no_match: ['1']}
  - info_type: alternatives
    category: user.unique_id
    names: [alternatives_no]
    value: '(?:a|aa|ab?)+x'
    examples: {match: [aaax], no_match: ['1']}
  - info_type: sound
    category: user.unique_id
    names: [sound_no]
    value: '(?:[a-z]++-)*\\d'
    examples: {match: [abc-1], no_match: ['-']}
""")
    lines = house.run("rules", "lint", "--json", "bad.yaml", code=1).lines()
    found = {line["info_type"]: line for line in lines if line["check"] == "backtracking"}
    assert set(found) == {"nested", "alternatives"}, lines
    assert found["nested"]["severity"] == "error" and found["nested"]["line"] == 7, found
    assert "a repeat within a repeat" in found["nested"]["text"], found
    assert "limit of a match" in found["nested"]["text"], found


@test
def lint_finds_types_in_each_others_way(house):
    house.write("a.yaml", BADGE.replace("pack: ours", "pack: a"))
    house.write("b.yaml", BADGE.replace("pack: ours", "pack: b").replace("info_type: badge", "info_type: pass"))
    checks = {line["check"] for line in house.run("rules", "lint", "--json", "a.yaml", "b.yaml").lines()}
    assert {"overlap", "shared-name"} <= checks, checks


@test
def lint_finds_a_type_without_evidence_and_without_examples(house):
    house.write("bad.yaml", """pack: bad
version: 1
types:
  - info_type: ghost
    category: user.unique_id
  - info_type: bare
    category: user.unique_id
    names: [bare_no]
    value: 'X\\d'
    prior: 0.000001
""")
    lines = house.run("rules", "lint", "--json", "bad.yaml", code=1).lines()
    assert [l["check"] for l in lines if l["info_type"] == "ghost"] == ["no-evidence"], lines
    assert sum(l["check"] == "no-example" for l in lines) == 2, lines
    assert any(l["check"] == "prior" and l["info_type"] == "bare" for l in lines), lines


@test
def lint_tells_a_pack_that_cannot_be_read_as_a_finding(house):
    house.write("bad.yaml", "pack: bad\nversion: 1\ntypse: []\n")
    answer = house.run("rules", "lint", "bad.yaml", code=1)
    assert "bad.yaml:3:1" in answer.out and "error" in answer.out and "'types'" in answer.out, answer


@test
def test_runs_columns_through_the_whole_engine(house):
    house.write("ours.yaml", BADGE + """columns:
  - {name: badge_no, table: staff, values: [B-00001, B-00002, B-00003], expect: badge}
  - {name: colour, table: cars, values: [red, blue, green], expect: badge}
""")
    answer = house.run("rules", "test", "-v", "ours.yaml", code=1)
    assert "ours.yaml:13:5: the column 'colour' is 'none', expected 'badge'" in answer.out, answer
    assert "FAILED ours/columns: 1 of 2" in answer.out and "ok     ours/badge: 2 of 2" in answer.out, answer


@test
def a_column_that_expects_what_nobody_knows_is_told(house):
    house.write("ours.yaml", BADGE + "columns:\n  - {name: x, expect: bagde}\n")
    house.fails(2, "rules", "test", "ours.yaml", says=["ours.yaml:12:23", "'bagde'", "'badge'"])


@test
def an_extension_adds_a_name_and_keeps_the_rest(house):
    badges(house)
    house.write("more.yaml", "pack: more\nversion: 1\ntypes:\n  - {info_type: email_address, extends: true, names: [zuschrift]}\n")
    house.write("t.csv", "zuschrift\n")
    assert tagged(house, "--names-only", "t.csv") == {"zuschrift": None}
    assert tagged(house, "--names-only", "--packs", "more.yaml", "t.csv") == {"zuschrift": "email_address"}
    assert tagged(house, "--packs", "more.yaml", "staff.csv")["mail"] == "email_address"
    house.config(rest="rules: {packs: [more.yaml]}\n")
    assert "email_address of core is extended by more" in house.run("rules").out


@test
def an_extension_of_nothing_and_of_more_than_words_is_refused(house):
    house.write("a.yaml", "pack: a\nversion: 1\ntypes:\n  - {info_type: email_adress, extends: true, names: [x]}\n")
    house.fails(2, "classify", "--packs", "a.yaml", badges(house), says=["a.yaml:4:17", "'email_address'"])
    house.write("a.yaml", "pack: a\nversion: 1\ntypes:\n  - {info_type: url, extends: true, value: x}\n")
    house.fails(2, "classify", "--packs", "a.yaml", "staff.csv", says=["a.yaml:4:37", "'value' cannot be added"])


@test
def a_folder_and_a_pattern_of_packs_are_read_by_name(house):
    house.write("packs/b.yaml", BADGE.replace("badge", "second").replace("pack: ours", "pack: b"))
    house.write("packs/a.yml", BADGE.replace("badge", "first").replace("pack: ours", "pack: a"))
    house.write("packs/note.txt", "no pack")
    for packs in ("packs", "packs/*.y*ml"):
        house.config(rest=f"rules: {{packs: ['{packs}']}}\n")
        types = types_of(house)
        assert types["first"]["pack"] == "a" and types["second"]["pack"] == "b", types["first"]
    house.config(rest="rules: {packs: ['packs/*.none']}\n")
    house.fails(2, "rules", says="'packs/*.none'")


@test
def a_folder_of_too_many_packs_is_refused_not_cut(house):
    for i in range(65):
        house.write(f"packs/p{i}.yaml", BADGE.replace("badge", f"badge{i}").replace("pack: ours", f"pack: p{i}"))
    house.config(rest="rules: {packs: [packs]}\n")
    house.fails(3, "rules", says=["'packs' holds more than 64 packs"])


@test
def a_later_pack_replaces_and_the_listing_says_so(house):
    house.write("a.yaml", BADGE)
    house.write("b.yaml", BADGE.replace("pack: ours", "pack: theirs"))
    house.config(rest="rules: {packs: [a.yaml, b.yaml]}\n")
    assert "badge of theirs replaces that of ours" in house.run("rules").out
    assert types_of(house)["badge"]["replaces"] == "ours"


@test
def packs_and_types_are_switched_by_source(house):
    house.shop()
    house.config([("shop", "sqlite", "path: shop.db\nrules: {without: [email_address]}"), ("other", "sqlite", "path: shop.db")])
    found = {(l["dataset"].split("/")[0], l["column"]): l["info_type"] for l in house.run("scan", "--dry-run", "--json").lines()}
    assert ("other", "email") in found and ("shop", "email") not in found, found
    assert types_of(house)["email_address"]["off_in"] == ["shop"]
    assert "off in       shop" in house.run("rules", "show", "email_address").out


@test
def a_switch_decides_its_source_again_and_no_other(house):
    house.shop()
    both = [("shop", "sqlite", "path: shop.db"), ("other", "sqlite", "path: shop.db")]
    house.config(both)
    house.run("scan")
    house.config([("shop", "sqlite", "path: shop.db\nrules: {only: [adtech]}"), both[1]])
    house.run("scan")
    last = house.run("log", "--json").lines()[0]["run"]
    run = house.run("log", "show", "--json", last).lines()[0]
    assert run["counts"]["decided"] == 3 and run["counts"]["unchanged"] == 3, run


@test
def countries_are_switched(house):
    house.write("at.yaml", BADGE.replace("pack: ours", "pack: at_only\nlocales: [at]"))
    house.write("staff.csv", "badge_no\n" + "".join(f"B-{i:05}\n" for i in range(40)))
    assert tagged(house, "--packs", "at.yaml", "--locales", "at", "staff.csv") == {"badge_no": "badge"}
    assert tagged(house, "--packs", "at.yaml", "staff.csv") == {"badge_no": "badge"}
    house.write("de.yaml", BADGE.replace("pack: ours", "pack: de_only\nlocales: [de]").replace("badge", "ausweis"))
    assert tagged(house, "--packs", "at.yaml", "--packs", "de.yaml", "--locales", "de", "staff.csv") != {"badge_no": "badge"}


@test
def an_unknown_switch_gets_the_nearest(house):
    badges(house)
    house.fails(2, "classify", "--only", "adtehc", "staff.csv", says=["'adtehc'", "'adtech'"])
    house.fails(2, "classify", "--without", "email_adress", "staff.csv", says=["'email_adress'", "'email_address'"])
    house.fails(2, "classify", "--locales", "zz", "staff.csv", says="'zz'")
    house.config([("shop", "sqlite", "path: shop.db\nrules: {wihtout: [url]}")])
    house.fails(2, "scan", says=["'wihtout'", "'without'"])
    house.config([("shop", "sqlite", "path: shop.db\nrules: {packs: [a.yaml]}")])
    house.fails(2, "scan", says=["tagline.yaml:7:13", "a source reads no packs of its own", "'only'"])


DATAHUB = """source:
  type: x
  config:
    classification:
      classifiers:
        - type: datahub
          config:
            info_types_config:
              Email_Address:
                prediction_factors_and_weights: {name: 0.4, description: 0, datatype: 0, values: 0.6}
                name: {regex: ['^.*elektro.*post.*$', 'zuschrift']}
                values: {prediction_type: regex, regex: ['.+@.+'], library: []}
              Staff_Number:
                Prediction_Factors_and_Weights: {Name: 0.3, Description: 0, Datatype: 0, Values: 0.7}
                ExcludeName: [staff_number_old]
                Name: {regex: ['staff.*(num|no)']}
                Values: {prediction_type: regex, regex: ['S-[0-9]{6}', '(?P<a>T)-[0-9]{6}']}
              Full_Name:
                Prediction_Factors_and_Weights: {Name: 0.3, Description: 0, Datatype: 0, Values: 0.7}
                Name: {regex: ['voller_name']}
                Values: {prediction_type: library, library: [spacy]}
"""


@test
def datahubs_config_is_carried_over(house):
    house.write("recipe.yaml", DATAHUB)
    answer = house.run("rules", "import", "recipe.yaml")
    assert "info_type: staff_number" in answer.out and "'staff_num'" in answer.out and "extends: true" in answer.out, answer
    for why in ("recipe.yaml:21:", "'spacy'", "'staff_number_old'", "a check of its own"):
        assert why in answer.err, answer
    house.write("made.yaml", answer.out)
    house.run("rules", "lint", "made.yaml")
    house.write("t.csv", "staff_no,zuschrift\n" + "".join(f"S-{i:06},p{i}@example.com\n" for i in range(40)))
    expected = {"staff_no": "staff_number", "zuschrift": "email_address"}
    assert tagged(house, "--packs", "made.yaml", "t.csv") == expected
    direct = house.run("classify", "--json", "--packs", "recipe.yaml", "t.csv")
    assert {l["column"]: l["info_type"] for l in direct.lines()} == expected
    assert "could not be carried over" in direct.err, direct


PRESIDIO = """global_regex_flags: 26
recognizers:
  - name: Staff recognizer
    supported_entity: STAFF_NUMBER
    supported_language: en
    patterns:
      - {name: strong, regex: '\\bS-(?P<n>\\d{6})\\Z', score: 0.8}
      - {name: broken, regex: '(', score: 0.8}
    context: [staff, personnel]
  - name: Titles
    supported_entity: TITLE
    deny_list: [Mr., Mrs., Dr.]
  - name: SpacyRecognizer
    type: predefined
  - name: CreditCardRecognizer
    type: predefined
    enabled: false
"""


@test
def presidios_recognizers_are_carried_over(house):
    house.write("recognizers.yaml", PRESIDIO)
    answer = house.run("rules", "import", "--as", "presidio", "recognizers.yaml")
    assert "info_type: staff_number" in answer.out and "info_type: title" in answer.out, answer
    for why in ("recognizers.yaml:8:31", "recognizers.yaml:13:5", "'Spacy'", "switched off"):
        assert why in answer.err, answer
    house.write("t.csv", "code\n" + "".join(f"S-{i:06}\n" for i in range(40)))
    house.config(rest="rules: {packs: [{path: recognizers.yaml, format: presidio}]}\n")
    assert types_of(house)["staff_number"]["pack"] == "recognizers"
    assert tagged(house, "--packs", "presidio:recognizers.yaml", "t.csv") == {"code": "staff_number"}


@test
def a_list_of_names_is_carried_over(house):
    house.write("names.csv", "column_name,info_type,category,sensitivity\nelpost,email_address,,\nkd_nr,customer_number,user.unique_id,sensitive\n"
                             "x,,,\nkd_code,customer_number,no.such,loud\n")
    answer = house.run("rules", "import", "names.csv")
    assert "names.csv:4:1" in answer.err and "'loud'" in answer.err, answer
    house.write("t.csv", "elpost,kd_nr\n")
    assert tagged(house, "--names-only", "--packs", "names.csv", "t.csv") == {"elpost": "email_address", "kd_nr": "customer_number"}
    house.write("bad.csv", "a,b\n1,2\n")
    house.fails(2, "rules", "import", "bad.csv", says=["bad.csv:1:1", "column_name,info_type"])
    house.write("odd.yaml", "a: 1\n")
    house.fails(2, "rules", "import", "odd.yaml", says="--as")


def quickly(house, name, text, says, seconds=20):
    """A pack that means harm is refused, with its place, in bounded time."""
    house.write(name, text)
    began = time.monotonic()
    house.fails(2, "classify", "--packs", name, badges(house), says=says)
    assert time.monotonic() - began < seconds


@test
def packs_that_mean_harm_are_refused_with_their_place(house):
    laughs = "a: &a [x, x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a, *a]\n" for i in range(9))
    quickly(house, "laughs.yaml", laughs, "laughs.yaml:1:4")
    quickly(house, "cycle.yaml", "pack: a\nversion: 1\ntypes: &t [*t]\n", "cycle.yaml:3:8")
    quickly(house, "deep.yaml", "pack: a\nversion: 1\ntypes: " + "[" * 5000 + "]" * 5000 + "\n", "deep.yaml:3:")
    quickly(house, "twice.yaml", "pack: a\nversion: 1\npack: b\n", ["twice.yaml:3:1", "twice"])
    quickly(house, "tab.yaml", "pack: a\nversion: 1\ntypes:\n\t- info_type: x\n", "tab.yaml:4:1")
    quickly(house, "nul.yaml", "pack: a\0b\n", "nul.yaml:1:")
    quickly(house, "bytes.yaml", b"pack: \xff\xfe\n", "bytes.yaml:1:")


@test
def a_pack_of_100_mb_is_refused_before_it_is_held(house):
    house.write("big.yaml", b"pack: a\nversion: 1\n" + b"# x" * (34 << 20))
    badges(house)
    house.run("classify", "--packs", "big.yaml", "staff.csv", code=None)
    answer = house.run("classify", "--packs", "big.yaml", "staff.csv", code=None)
    assert answer.code in (2, 3) and "big.yaml" in answer.err, answer
    ask = house.run("rules", "import", "--as", "presidio", "big.yaml", code=None)
    assert ask.code in (2, 3) and "big.yaml" in ask.err, ask
    os.remove(house.at("big.yaml"))


@test
def a_byte_order_mark_and_utf_16_are_read_as_yaml_says(house):
    badges(house)
    for name, text in (("bom.yaml", b"\xef\xbb\xbf" + BADGE.encode()), ("wide.yaml", BADGE.encode("utf-16"))):
        house.write(name, text)
        assert tagged(house, "--packs", name, "staff.csv")["badge_no"] == "badge"


@test
def a_broken_pack_names_where_its_keys_are_listed(house):
    house.write("bad.yaml", "pack: bad\nversion: 1\ntypes:\n  - {info_type: t, category: user.unique_id, names: [t], value: '([a-z'}\n")
    house.write("t.csv", "t\nx\n")
    house.fails(2, "classify", "--packs", "bad.yaml", "t.csv", says=["bad.yaml:4:", "tagline rules keys"])


@test
def a_hostile_pattern_does_not_hold_up_a_scan(house):
    house.write("evil.yaml", """pack: evil
version: 1
types:
  - info_type: evil
    category: user.unique_id
    names: [evil_no]
    value: '(?:[a-z]+)*-'
    prior: 0.001
    examples: {match: [abc-], no_match: ['1']}
""")
    words = ["".join(chr(97 + int(digit)) for digit in str(i)) for i in range(200)]
    house.write("t.csv", "evil_no,mail\n" + "".join(f"{'a' * 60}-{w}-,person.{w}@example.com\n" for w in words))
    began = time.monotonic()
    answer = house.run("classify", "--json", "--packs", "evil.yaml", "t.csv", code=3)
    assert time.monotonic() - began < 60
    found = {l["column"]: l for l in answer.lines()}
    assert found["mail"]["info_type"] == "email_address", found
    assert found["evil_no"]["state"] == "unknown", found
    assert "'evil/evil'" in answer.err and "aaaa" not in answer.err, answer


@test
def a_type_that_is_called_like_a_number_or_a_flag_is_carried_over(house):
    house.write("names.csv", "column_name,info_type\nroom,26\nanswer,no\n")
    answer = house.run("rules", "import", "--as", "csv", "names.csv")
    house.write("made.yaml", answer.out)
    house.run("rules", "test", "made.yaml")
    assert "info_type: '26'" in answer.out and "info_type: 'no'" in answer.out, answer


main()
