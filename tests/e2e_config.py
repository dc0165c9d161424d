"""Mistakes in the configuration and on the command line: where, what was found, what was expected, the nearest word."""
from drive import main, test


@test
def a_mistyped_section_gets_its_place_and_the_nearest_word(house):
    house.write("tagline.yaml", "actor: tester\nsorces:\n  - name: shop\n    type: sqlite\n    path: shop.db\n")
    house.fails(2, "scan", says=["tagline.yaml:2:1: ", "'sorces'", "'sources'"])


@test
def a_mistyped_setting_gets_its_place_and_the_nearest_word(house):
    house.shop().config(rest="scan:\n  sample_row: 10\n")
    house.fails(2, "scan", says=["tagline.yaml:4:3: ", "'sample_row'", "'sample_rows'"])


@test
def a_mistyped_key_of_a_source_gets_its_place_and_the_nearest_word(house):
    house.config([("shop", "sqlite", "pth: shop.db")])
    house.fails(2, "scan", says=["tagline.yaml:6:5: ", "'pth'", "'path'"])


@test
def a_value_of_the_wrong_kind_says_what_was_expected(house):
    house.shop().config(rest="scan:\n  sample_rows: many\n")
    house.fails(2, "scan", says=["tagline.yaml:4:16: ", "many"])


@test
def a_list_where_a_text_belongs_is_refused_at_its_place(house):
    house.config([("shop", "sqlite", "path: [a.db, b.db]")])
    house.fails(2, "scan", says="tagline.yaml:6:11: ")


@test
def an_unknown_connector_gets_the_nearest(house):
    house.config([("shop", "sqlit", "path: shop.db")])
    house.fails(2, "scan", says=["tagline.yaml:5:11: ", "'sqlit'", "'sqlite'"])


@test
def a_sink_is_no_source(house):
    house.config([("hub", "datahub", "url: http://127.0.0.1:1")])
    house.fails(2, "scan", says=["tagline.yaml:5:11: ", "'datahub'"])


@test
def init_takes_a_postgres_address_and_no_password(house):
    house.run("init", "postgres://tagline@db.example/ads?sslmode=verify-full")
    with open(house.at("tagline.yaml"), encoding="utf-8") as f:
        text = f.read()
    assert "name: ads\n    type: postgres\n    conninfo: 'postgres://tagline@db.example/ads?sslmode=verify-full'" in text, text
    answer = house.fails(2, "init", "--force", "postgres://tagline:hunter2@db.example/ads", says=["password", "pgpass"])
    assert "hunter2" not in answer.err


@test
def two_sources_of_one_name_are_refused(house):
    house.config([("shop", "sqlite", "path: a.db"), ("shop", "sqlite", "path: b.db")])
    house.fails(2, "scan", says=["tagline.yaml:7:", "'shop'"])


@test
def a_key_that_stands_twice_is_refused(house):
    house.write("tagline.yaml", "actor: one\nactor: two\n")
    house.fails(2, "scan", says=["tagline.yaml:2:1: ", "'actor'"])


@test
def broken_yaml_says_where(house):
    house.write("tagline.yaml", "actor: tester\nsources:\n  - name: [shop\n")
    house.fails(2, "scan", says="tagline.yaml:")


@test
def a_tab_for_indentation_says_where(house):
    house.write("tagline.yaml", "scan:\n\tseed: 1\n")
    house.fails(2, "scan", says="tagline.yaml:2:")


@test
def an_alias_is_refused(house):
    house.write("tagline.yaml", "actor: &a tester\nlog: *a\n")
    house.fails(2, "scan", says="tagline.yaml:")


@test
def bytes_that_are_no_text_are_refused(house):
    for content in (b"actor: \xff\xfe\n", b"\x00\x01\x02\x03" * 100, b"actor: a\x00b\n"):
        house.write("tagline.yaml", content)
        house.fails(2, "scan", says="tagline.yaml")


@test
def deep_nesting_is_refused_and_not_followed(house):
    house.write("tagline.yaml", "actor: " + "[" * 100000)
    house.fails(2, "scan", says="tagline.yaml:")


@test
def a_variable_that_is_not_set_is_named(house):
    house.config([("shop", "sqlite", "path: ${TAGLINE_TEST_NO_SUCH}")])
    house.fails(2, "scan", says=["tagline.yaml:6:", "TAGLINE_TEST_NO_SUCH"])


@test
def a_variable_that_is_set_is_used(house):
    house.shop().config([("shop", "sqlite", "path: ${TAGLINE_TEST_DB}")])
    house.run("scan", env={"TAGLINE_TEST_DB": "shop.db"})


@test
def a_missing_configuration_names_init(house):
    house.fails(2, "scan", says=["'tagline.yaml'", "init"])
    house.fails(2, "scan", "--config", "other.yaml", says="'other.yaml'")


@test
def an_unreadable_actor_is_refused(house):
    house.shop()
    house.fails(2, "scan", env={"TAGLINE_ACTOR": "a b/../c"}, says="'a b/../c'")


@test
def a_mistyped_command_gets_the_nearest(house):
    house.fails(2, "scna", says=["'scna'", "scan"])


@test
def a_mistyped_flag_gets_the_nearest(house):
    house.shop()
    house.fails(2, "scan", "--jsn", says=["jsn", "--json"])
    house.fails(2, "scan", "-Z", says="Z")


@test
def an_operand_too_many_is_named(house):
    house.shop()
    house.fails(2, "connectors", "list", "more", "stuff", "here", says="'")


@test
def an_unknown_source_gets_the_nearest(house):
    house.shop()
    house.fails(2, "classify", "shpo", says="shpo")


PACK = """\
pack: mine
version: 1
format: 1
types:
  - info_type: badge
    summary: a badge number
    category: user.contact.email
    sensitivity: personal
    names: [badge]
    value: '%s'
    examples:
      match: [AB-1234]
      no_match: ["12"]
"""


@test
def a_wrong_pattern_in_a_pack_says_file_line_and_column(house):
    house.shop().config(rest="rules:\n  packs: [mine.yaml]\n")
    house.write("mine.yaml", PACK % "[A-Z]{2}-([0-9]{4}")
    house.fails(2, "scan", says="mine.yaml:10:12: ")


@test
def a_mistyped_key_in_a_pack_gets_the_nearest_word(house):
    house.shop().config(rest="rules:\n  packs: [mine.yaml]\n")
    house.write("mine.yaml", (PACK % "x").replace("sensitivity", "sensitvity"))
    house.fails(2, "scan", says=["mine.yaml:8:5: ", "'sensitvity'", "'sensitivity'"])


@test
def a_pack_that_contradicts_its_examples_is_refused(house):
    house.shop().config(rest="rules:\n  packs: [mine.yaml]\n")
    house.write("mine.yaml", PACK % "[0-9]+")
    house.fails(2, "scan", says="mine.yaml:12:")


@test
def a_pack_that_is_not_there_is_named(house):
    house.shop().config(rest="rules:\n  packs: [mine.yaml]\n")
    house.fails(2, "scan", says="mine.yaml")


@test
def a_good_pack_is_used_and_logged(house):
    house.shop().config(rest="rules:\n  packs: [mine.yaml]\n")
    house.write("mine.yaml", PACK % "[A-Z]{2}-[0-9]{4}")
    house.run("scan")
    packs = house.git("ls-tree", "--name-only", "main:rules").split()
    texts = [house.git("show", f"main:rules/{pack}") for pack in packs]
    assert any("a badge number" in text for text in texts), packs


@test
def what_a_sample_may_cost_is_bounded(house):
    house.shop()
    for key, value in (("sample_rows", "5000000000"), ("value_bytes", "4Gi"), ("threads", "100k")):
        house.config(rest=f"scan:\n  {key}: {value}\n")
        house.fails(2, "scan", says=["tagline.yaml:4:", key, "at most"])
    house.fails(2, "classify", "shop.db", "--rows", "5G", says="at most")


main()
