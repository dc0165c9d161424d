/*
 * Rules as code: trees of patterns, what backtracks, what chance lets pass, profiles, imports, columns that packs test themselves with.
 */
#include "tests/check.h"

#include "base/file.h"
#include "base/rx.h"
#include "classifiers/exam.h"
#include "classifiers/import.h"
#include "classifiers/lint.h"
#include "classifiers/pattern.h"

#include <string.h>

/* ---- patterns ---- */

static const char *const understood[] = {
    "a|b|",
    "(?:ab){2,5}c?",
    "[^a-z\\]]{3}",
    "[]a]+",
    "(?<year>\\d{4})-(?P<m>[01]\\d)",
    "(?i)abc(?-i)d",
    "(?<!\\w)x(?!y)(?=z)?",
    "\\p{L}[\\p{L}\\p{M}'-]*+",
    "(?>a+)b",
    "x{,5}",
    "\\x41\\x{e9}\\t",
    "[[:alpha:]_][[:digit:]]*",
    "é+ñ?",
    "a{2}{3}",
};

static void patterns_that_pcre2_takes_have_a_tree(void)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_pattern tree;

    for (size_t i = 0; i < sizeof understood / sizeof *understood; i++) {
        if (!CHECK(tl_pattern_parse(&tree, understood[i], arena)))
            printf("%s\n", understood[i]);
    }
    CHECK(!tl_pattern_parse(&tree, "(a", arena));
    CHECK(!tl_pattern_parse(&tree, "a)", arena));
    CHECK(!tl_pattern_parse(&tree, "[a", arena));
    CHECK(!tl_pattern_parse(&tree, "(?x) a", arena));
    CHECK(!tl_pattern_parse(&tree, "[a\\", arena));
    CHECK(!tl_pattern_parse(&tree, "(?<", arena));
    CHECK(!tl_pattern_parse(&tree, "a{2}{2}{2}{2}{2}{2}{2}{2}{2}", arena));
    tl_arena_close(arena);
}

/* What a tree writes must be what its pattern takes: else the lint would measure something else. */
static void what_a_tree_writes_its_pattern_takes(void)
{
    static const char *const patterns[] = {
        "\\d{3}-[A-F]{2}", "(?:ab|c[de]){1,3}", "[^\\W_]{4}",
        "\\p{Lu}\\p{Ll}+", "(?i)x[yz]",         "a?b*c+",
        "[[:xdigit:]]{8}",
    };
    struct tl_arena *arena = tl_arena_open();
    struct tl_str text = TL_STR_INIT(4096);
    struct tl_rx_scratch *scratch = tl_rx_scratch_open();
    uint64_t random = 1;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct tl_pattern tree;
        struct tl_rx *rx;

        CHECK(tl_pattern_parse(&tree, patterns[i], arena));
        CHECK_OK(tl_rx_open(&rx, patterns[i], TL_RX_WHOLE, &ctx), &ctx);
        for (unsigned k = 0; k < 50; k++) {
            tl_str_clear(&text);
            tl_pattern_write(&text, tree.root, 3, &random);
            CHECK_INT(tl_rx_match(rx, text.text, text.n, scratch), TL_RX_YES);
        }
        tl_rx_close(rx);
    }
    tl_rx_scratch_close(scratch);
    tl_str_release(&text);
    tl_arena_close(arena);
    tl_test_ctx_release(&ctx);
}

static void hostile_patterns_reach_a_limit_and_sound_ones_do_not(void)
{
    static const char *const hostile[] = { "(?:a+)+b",       "(?:a|a)*c",
                                           "(?:\\w+\\s?)*-", "(?:[a-z]+)*\\d",
                                           "(.*)*x",         "(?:(?:a?)*)*b" };
    static const char *const sound[] = {
        "[a-z]+@[a-z]+\\.com",  "(?:[a-z]+-)*x", "(?>a+)+b",
        "\\d{4}(?:-\\d{4}){3}", "(?:a++)*b",     ".{1,200}",
    };

    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        size_t bytes = tl_backtracking_of(hostile[i], false);
        if (!CHECK(bytes > 0 && bytes <= 1024))
            printf("%s: %zu\n", hostile[i], bytes);
    }
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        if (!CHECK_INT(tl_backtracking_of(sound[i], false), 0))
            printf("%s\n", sound[i]);
    }
}

static void chance_is_measured_in_the_shape_of_the_values(void)
{
    struct tl_chance chance;

    tl_chance_of_pattern(&chance, "\\d{6}");
    CHECK(chance.n == TL_CHANCE_TRIES && chance.most > 0.99 && chance.least > 0.99);
    tl_chance_of_pattern(&chance, "\\d{5}[05]");
    CHECK(chance.most > 0.15 && chance.most < 0.25);
    tl_chance_of_pattern(&chance, "EMP-\\d{6}");
    CHECK(chance.most < TL_CHANCE_LEAST && chance.least < TL_CHANCE_LEAST);
    /* long hex is hex by will: chance draws other letters */
    tl_chance_of_pattern(&chance, "[0-9a-f]{32}");
    CHECK(chance.most > 0.99 && chance.least < TL_CHANCE_LEAST);
    tl_chance_of_pattern(&chance, "(");
    CHECK_INT(chance.n, 0);
}

/* ---- profiles ---- */

static int open_pack(struct tl_engine **engine, const char *name, const char *text,
                     struct tl_ctx *ctx)
{
    const char *path = tl_path_join(tl_test_folder(), name, ctx);
    struct tl_engine_settings settings = { .packs = { &path, 1 } };

    CHECK_OK(tl_file_write(path, text, strlen(text), ctx), ctx);
    return tl_engine_open(engine, &settings, ctx);
}

#define AT                                                                               \
    "pack: at_only\nversion: 1\nlocales: [at]\ntypes:\n"                                 \
    "  - {info_type: at_badge, category: user.unique_id, names: [at_badge]}\n"

static void a_profile_says_which_types_are_on(void)
{
    static const char *at[] = { "AT" }, *core[] = { "core" }, *url[] = { "url" };
    struct tl_ctx ctx;
    struct tl_engine *engine = NULL;
    struct tl_profile *profile;

    tl_test_ctx_init(&ctx);
    CHECK_OK(open_pack(&engine, "at.yaml", AT, &ctx), &ctx);
    struct tl_switches none = { 0 };
    CHECK_OK(tl_profile_open(&profile, engine, &none, &ctx), &ctx);
    CHECK(tl_profile_has(profile, "url") && tl_profile_has(profile, "at_badge"));
    CHECK_TEXT(tl_profile_digest(profile), tl_engine_digest(engine));
    tl_profile_close(profile);
    struct tl_switches some = { .only = { core, 1 }, .without = { url, 1 } };
    CHECK_OK(tl_profile_open(&profile, engine, &some, &ctx), &ctx);
    CHECK(!tl_profile_has(profile, "url") && !tl_profile_has(profile, "at_badge"));
    CHECK(tl_profile_has(profile, "email_address"));
    CHECK(strcmp(tl_profile_digest(profile), tl_engine_digest(engine)) != 0);
    tl_profile_close(profile);
    struct tl_switches there = { .locales = { at, 1 } };
    CHECK_OK(tl_profile_open(&profile, engine, &there, &ctx), &ctx);
    CHECK(tl_profile_has(profile, "at_badge") && tl_profile_has(profile, "url"));
    tl_profile_close(profile);
    CHECK(tl_profile_has(NULL, "url"));
    tl_engine_close(engine);
    tl_test_ctx_release(&ctx);
}

/* ---- packs that test themselves ---- */

static void a_pack_s_columns_go_through_the_whole_engine(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine = NULL;
    struct tl_exam exam;

    tl_test_ctx_init(&ctx);
    CHECK_OK(open_pack(&engine, "exam.yaml",
                       AT "columns:\n"
                          "  - {name: at_badge, table: staff, expect: at_badge}\n"
                          "  - {name: mail, values: [a@example.com, b@example.org], "
                          "expect: email_address}\n"
                          "  - {name: colour, values: [red, blue], expect: at_badge}\n",
                       &ctx),
             &ctx);
    CHECK_OK(tl_exam_run(&exam, engine, "at_only", &ctx), &ctx);
    CHECK_INT(exam.n, 3);
    if (CHECK_INT(exam.failed, 1)) {
        CHECK_TEXT(exam.misses.items[0].text,
                   "the column 'colour' is 'none', expected 'at_badge'");
        CHECK_INT(exam.misses.items[0].line, 9);
    }
    tl_exam_release(&exam);
    tl_engine_close(engine);
    tl_test_ctx_release(&ctx);
}

/* ---- imports ---- */

static const struct {
    const char *pattern, *names; /* joined by a blank */
} names[] = {
    { "^.*mail.*id.*$", "mail_id" },
    { "e?mail", "mail email" },
    { ".*phone.*(num|no).*", "phone_num phone_no" },
    { "cust[_ -]?(id|nr)", "cust_id cust_nr" },
    { "gr[ae]y", "gray grey" },
    { "(?:[a-z]+)x", "x" },
    { "(?:ab)+", "" },
    { "", "" },
};

static void patterns_of_names_become_names(void)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tl_ctx ctx;
        struct tl_import import;
        struct tl_str out = TL_STR_INIT(TL_IMPORT_BYTES_MOST);

        tl_test_ctx_init(&ctx);
        const char *text =
            tl_arena_printf(ctx.arena,
                            "info_types_config:\n  Zz_Top:\n    "
                            "Prediction_Factors_and_Weights: {Name: 1}\n    Name: "
                            "{regex: ['%s']}\n",
                            names[i].pattern);
        CHECK_OK(tl_import_pack(&out, &import, text, strlen(text), "x.yaml",
                                TL_PACK_DATAHUB, &ctx),
                 &ctx);
        char *wanted = tl_arena_strdup(ctx.arena, names[i].names);
        for (char *rest = wanted, *word; (word = strsep(&rest, " ")) && *word;)
            CHECK_HAS(out.text, tl_arena_printf(ctx.arena, "- '%s'\n", word));
        if (!*names[i].names)
            CHECK_INT(import.n_types, 0);
        tl_import_release(&import);
        tl_str_release(&out);
        tl_test_ctx_release(&ctx);
    }
}

static void what_is_imported_is_a_pack_of_ours(void)
{
    static const char text[] =
        "recognizers:\n"
        "  - {name: Odd 'one', supported_entity: ODD, patterns: [{name: p, regex: "
        "\"it's\\\\u0020\\\"(?P<x>a)(?P=x)\\\\Z\", score: 0.9}], deny_list: ['a.b', "
        "'tab\\there']}\n";
    struct tl_ctx ctx;
    struct tl_import import;
    struct tl_engine *engine = NULL;
    struct tl_str out = TL_STR_INIT(TL_IMPORT_BYTES_MOST);

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_import_pack(&out, &import, text, sizeof text - 1, "odd.yaml",
                            TL_PACK_PRESIDIO, &ctx),
             &ctx);
    CHECK_INT(import.n_types, 1);
    if (CHECK_OK(open_pack(&engine, "odd.yaml", out.text, &ctx), &ctx)) {
        const struct tl_info_type *type = tl_engine_type(engine, "odd");
        if (CHECK(type != NULL)) {
            CHECK_HAS(type->value, "(?P=x)\\z");
            CHECK_HAS(type->value, "a\\.b");
            CHECK_TEXT(type->summary, "Odd 'one'");
        }
        tl_engine_close(engine);
    }
    tl_import_release(&import);
    tl_str_release(&out);
    tl_test_ctx_release(&ctx);
}

/* What DataHub's and Presidio's words are taken for must be there. */
static void what_others_know_is_known_here(void)
{
    static const char *const theirs[] = { "Email_Address",
                                          "Credit_Debit_Card_Number",
                                          "Phone_Number",
                                          "Full_Name",
                                          "US_Social_Security_Number",
                                          "IP_Address_v4",
                                          "Swift_Code",
                                          "Vehicle_Identification_Number",
                                          "IBAN_CODE",
                                          "US_SSN",
                                          "CRYPTO",
                                          "PERSON",
                                          "UK_NHS",
                                          "IT_FISCAL_CODE",
                                          "US_DRIVER_LICENSE" };
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        struct tl_ctx ctx;
        struct tl_import import;
        struct tl_str out = TL_STR_INIT(TL_IMPORT_BYTES_MOST);

        tl_test_ctx_init(&ctx);
        const char *text =
            tl_arena_printf(ctx.arena, "column_name,info_type\nzz_top,%s\n", theirs[i]);
        CHECK_OK(tl_import_pack(&out, &import, text, strlen(text), "x.csv", TL_PACK_CSV,
                                &ctx),
                 &ctx);
        if (!CHECK_HAS(out.text, "extends: true"))
            printf("%s\n", theirs[i]);
        tl_import_release(&import);
        tl_str_release(&out);
        tl_test_ctx_release(&ctx);
    }
}

static void a_place_keeps_its_format_and_its_folder(void)
{
    struct tl_ctx ctx;
    enum tl_pack_format format;

    tl_test_ctx_init(&ctx);
    const char *place = tl_pack_place("a.yaml", TL_PACK_PRESIDIO, "/etc/x", &ctx);
    CHECK_TEXT(place, "presidio:/etc/x/a.yaml");
    CHECK_TEXT(tl_pack_path(&format, place), "/etc/x/a.yaml");
    CHECK_INT(format, TL_PACK_PRESIDIO);
    CHECK_TEXT(tl_pack_place("csv:a", TL_PACK_BY_LOOK, "/b", &ctx), "csv:/b/a");
    CHECK_TEXT(tl_pack_place("a.yaml", TL_PACK_BY_LOOK, ".", &ctx), "a.yaml");
    CHECK_TEXT(tl_pack_path(&format, "odd:name.yaml"), "odd:name.yaml");
    CHECK_INT(format, TL_PACK_BY_LOOK);
    tl_test_ctx_release(&ctx);
}

static void a_file_is_known_by_its_look(void)
{
    static const struct {
        const char *text, *path;
        int format;
    } looks[] = {
        { "pack: x\nversion: 1\n", "x.yaml", TL_PACK_OURS },
        { "recognizers:\n  - name: x\n", "x.yaml", TL_PACK_PRESIDIO },
        { "source:\n  info_types_config:\n", "x.yml", TL_PACK_DATAHUB },
        { "{\"recognizers\": []}", "x.json", TL_PACK_OURS },
        { "a,b\n", "x.CSV", TL_PACK_CSV },
        { "", "x", TL_PACK_OURS },
    };

    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        CHECK_INT(tl_pack_look(looks[i].text, strlen(looks[i].text), looks[i].path),
                  looks[i].format);
}

TL_TESTS("rules", TEST(patterns_that_pcre2_takes_have_a_tree),
         TEST(what_a_tree_writes_its_pattern_takes),
         TEST(hostile_patterns_reach_a_limit_and_sound_ones_do_not),
         TEST(chance_is_measured_in_the_shape_of_the_values),
         TEST(a_profile_says_which_types_are_on),
         TEST(a_pack_s_columns_go_through_the_whole_engine),
         TEST(patterns_of_names_become_names), TEST(what_is_imported_is_a_pack_of_ours),
         TEST(what_others_know_is_known_here),
         TEST(a_place_keeps_its_format_and_its_folder), TEST(a_file_is_known_by_its_look))
