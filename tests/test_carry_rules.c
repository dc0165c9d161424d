/*
 * The rules by which tags change on their way: those of the built-in packs, and what is said of a wrong section.
 */
#include "tests/check.h"

#include "base/file.h"
#include "base/str.h"
#include "classifiers/engine.h"
#include "lineage/graph/graph.h"

#define HEAD "pack: mine\nversion: 1\n"

struct bench {
    struct tl_ctx ctx;
    struct tl_engine *engine;
    const struct tl_carry_rule *rules;
    size_t n_rules;
};

/* The built-in packs, and a pack of the user's unless `pack` is NULL. */
static int open_engine(struct bench *b, const char *pack)
{
    const char *path;
    struct tl_engine_settings settings = { 0 };

    *b = (struct bench){ 0 };
    tl_test_ctx_init(&b->ctx);
    path = tl_arena_printf(b->ctx.arena, "%s/mine.yaml", tl_test_folder());
    if (pack) {
        FILE *file = fopen(path, "w");
        fputs(pack, file);
        fclose(file);
        settings.packs = (struct tl_list){ &path, 1 };
    }
    int rc = tl_engine_open(&b->engine, &settings, &b->ctx);
    if (!rc)
        b->n_rules = tl_engine_carry_rules(&b->rules, b->engine);
    return rc;
}

static void close_engine(struct bench *b)
{
    tl_engine_close(b->engine);
    tl_test_ctx_release(&b->ctx);
}

/* What a tag of 1000 per mille becomes: "hashed_email_md5 1000 personal", "" for nothing. */
static const char *becomes(struct bench *b, const char *type, enum tl_effect effect,
                           const char *function)
{
    struct tl_graph *graph = tl_graph_open();
    const struct tl_info_type *known = tl_engine_type(b->engine, type);
    struct tl_edge edge = { .target = "s/v",
                            .target_column = "x",
                            .source = "s/t",
                            .source_column = "y",
                            .function = function,
                            .confidence = 1000,
                            .effect = (uint8_t)effect };
    struct tl_graph_tag tag = { .info_type = type,
                                .category = known ? known->category : "",
                                .confidence = 1000,
                                .sensitivity = known ? known->sensitivity : 0,
                                .state = TL_PROPOSED };
    struct tl_graph_node node;
    const char *said = "";

    tl_graph_add_tag(graph, tl_graph_add(graph, "s/t", "y"), &tag);
    tl_graph_add_edge(graph, &edge);
    CHECK_OK(tl_graph_carry(graph, b->rules, b->n_rules, 0, &b->ctx), &b->ctx);
    tl_graph_node(&node, graph, tl_graph_find(graph, "s/v", "x"));
    if (node.n_tags)
        said = tl_arena_printf(b->ctx.arena, "%s %u %s", node.tags[0].info_type,
                               node.tags[0].confidence,
                               tl_sensitivity_word(node.tags[0].sensitivity));
    tl_graph_close(graph);
    return said;
}

static void an_unsalted_hash_of_contact_data_is_a_hashed_one(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "sha256"),
               "hashed_email_sha256_hex 1000 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "sha1"),
               "hashed_email_sha1 1000 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "md5"),
               "hashed_email_md5 1000 personal");
    CHECK_TEXT(becomes(&b, "phone_e164", TL_HASHES, "sha256"),
               "hashed_phone 1000 personal");
    CHECK_TEXT(becomes(&b, "phone_national", TL_HASHES, NULL),
               "hashed_phone 1000 personal");
    close_engine(&b);
}

static void other_hashes_ciphers_and_tokens_are_pseudonyms(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "sha512"),
               "pseudonymous_id 900 personal");
    CHECK_TEXT(becomes(&b, "hashed_email_sha256_hex", TL_HASHES, "sha256"),
               "pseudonymous_id 900 personal");
    CHECK_TEXT(becomes(&b, "hashed_phone", TL_HASHES, "md5"),
               "pseudonymous_id 900 personal");
    CHECK_TEXT(becomes(&b, "ipv4_address", TL_HASHES, "md5"),
               "pseudonymous_id 900 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES_SALTED, "sha256"),
               "pseudonymous_id 700 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_ENCRYPTS, NULL),
               "pseudonymous_id 700 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_TOKENISES, NULL),
               "pseudonymous_id 700 personal");
    CHECK_TEXT(becomes(&b, "us_ssn", TL_HASHES, "sha256"),
               "pseudonymous_id 900 sensitive");
    close_engine(&b);
}

static void what_weakens_keeps_the_type_and_figures_carry_nothing(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    CHECK_TEXT(becomes(&b, "email_address", TL_KEEPS, NULL),
               "email_address 1000 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_PARTIAL, NULL),
               "email_address 600 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_MASKS, NULL),
               "email_address 400 personal");
    CHECK_TEXT(becomes(&b, "salary_income", TL_AGGREGATES, NULL), "");
    CHECK_TEXT(becomes(&b, "email_address", TL_COUNTS, NULL), "");
    close_engine(&b);
}

static void a_part_becomes_what_it_is(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    CHECK_TEXT(becomes(&b, "date_of_birth", TL_PARTIAL, "year"),
               "year_of_birth 900 personal");
    CHECK_TEXT(becomes(&b, "date_of_birth", TL_PARTIAL, "month"),
               "date_of_birth 200 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_PARTIAL, "presence"), "");
    CHECK_TEXT(becomes(&b, "email_address", TL_PARTIAL, "length"), "");
    CHECK_TEXT(becomes(&b, "health_condition", TL_PARTIAL, "presence"),
               "health_condition 600 special");
    CHECK_TEXT(becomes(&b, "email_address", TL_PARTIAL, "email_domain"),
               "hostname 900 internal");
    CHECK_TEXT(becomes(&b, "geo_precise", TL_PARTIAL, "decimals_2"),
               "geo_coarse 900 personal");
    CHECK_TEXT(becomes(&b, "geo_precise", TL_PARTIAL, "decimals_5"),
               "geo_precise 1000 sensitive");
    CHECK_TEXT(becomes(&b, "person_first_name", TL_PARTIAL, "first_3"),
               "person_first_name 600 personal");
    close_engine(&b);
}

static void a_hash_hides_little_where_values_are_few(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    CHECK_TEXT(becomes(&b, "gender", TL_HASHES, "md5"), "gender 800 personal");
    CHECK_TEXT(becomes(&b, "health_condition", TL_HASHES, "md5"),
               "health_condition 800 special");
    CHECK_TEXT(becomes(&b, "password_or_hash", TL_HASHES_SALTED, "crypt"),
               "password_or_hash 1000 sensitive");
    CHECK_TEXT(becomes(&b, "record_id", TL_HASHES, "md5"), "record_id 900 internal");
    close_engine(&b);
}

static void a_later_pack_speaks_first(void)
{
    struct bench b;

    CHECK_OK(
        open_engine(&b, HEAD
                    "types:\n"
                    "  - {info_type: hashed_login, category: user.account.username}\n"
                    "carry:\n"
                    "  - {effect: partial, share: 0.25}\n"
                    "  - {effect: hashes, from: [username_handle, email_address],\n"
                    "     function: [md5, our_hash], to: hashed_login}\n"),
        &b.ctx);
    CHECK_TEXT(becomes(&b, "email_address", TL_PARTIAL, NULL),
               "email_address 250 personal");
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "md5"),
               "hashed_login 1000 personal");
    CHECK_TEXT(becomes(&b, "username_handle", TL_HASHES, "our_hash"),
               "hashed_login 1000 personal");
    CHECK_TEXT(becomes(&b, "username_handle", TL_HASHES, "sha1"),
               "pseudonymous_id 900 personal");
    close_engine(&b);
}

/* A rule that makes a type which is switched off is as if it were not there: the next one counts, or the tag stays. */
static void a_type_that_is_switched_off_is_not_made(void)
{
    static const char *const off[] = { "hashed_email_md5", "hashed_phone",
                                       "pseudonymous_id" };
    struct bench b = { 0 };
    struct tl_engine_settings settings = { .without = { (const char **)off, 1 } };

    tl_test_ctx_init(&b.ctx);
    CHECK_OK(tl_engine_open(&b.engine, &settings, &b.ctx), &b.ctx);
    b.n_rules = tl_engine_carry_rules(&b.rules, b.engine);
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "md5"),
               "pseudonymous_id 900 personal");
    tl_engine_close(b.engine);
    settings.without.n = 3;
    CHECK_OK(tl_engine_open(&b.engine, &settings, &b.ctx), &b.ctx);
    b.n_rules = tl_engine_carry_rules(&b.rules, b.engine);
    CHECK_TEXT(becomes(&b, "email_address", TL_HASHES, "md5"),
               "email_address 1000 personal");
    CHECK_TEXT(becomes(&b, "phone_e164", TL_HASHES, "md5"), "phone_e164 1000 personal");
    close_engine(&b);
}

/* Of every built-in type and effect it is told what becomes of it, by a rule and not for want of one. */
static void every_effect_has_a_general_rule(void)
{
    struct bench b;

    CHECK_OK(open_engine(&b, NULL), &b.ctx);
    for (int effect = TL_KEEPS; effect < TL_EFFECTS; effect++) {
        bool is_told = false;

        for (size_t i = 0; i < b.n_rules; i++)
            is_told |=
                b.rules[i].effect == effect && !b.rules[i].from && !b.rules[i].function;
        if (!CHECK(is_told))
            printf("    of %s\n", tl_effect_word(effect));
    }
    close_engine(&b);
}

static void a_wrong_section_is_refused_with_its_place(void)
{
    static const struct {
        const char *section, *message, *hint;
    } cases[] = {
        { "carry: {effect: keeps}", "mine.yaml:3:8: 'carry' must be a list", "" },
        { "carry: [keeps]", "mine.yaml:3:9: a rule for carrying must be a mapping", "" },
        { "carry: [{share: 1}]", "3:9: a rule for carrying needs 'effect'", "" },
        { "carry: [{effect: keep}]", "3:18: unknown effect 'keep'", "'keeps'" },
        { "carry: [{effect: [keeps, masks]}]", "'effect' must be text", "" },
        { "carry: [{effect: keeps, form: age}]", "unknown key 'form'", "'from'" },
        { "carry: [{effect: keeps, from: [age, agee]}]", "3:37: unknown info type 'agee'",
          "'age'" },
        { "carry: [{effect: keeps, from: []}]", "'from' is empty", "" },
        { "carry: [{effect: keeps, from: [3]}]", "'from' must hold texts", "" },
        { "carry: [{effect: hashes, to: hashed_emil}]", "unknown info type 'hashed_emil'",
          "" },
        { "carry: [{effect: hashes, function: MD5}]", "written in lower case", "" },
        { "carry: [{effect: keeps, share: 1.5}]", "must be a number from 0 to 1", "" },
        { "carry: [{effect: keeps, share: half}]", "must be a number from 0 to 1", "" },
        { "carry: [{effect: masks, sensitivity: personal}]",
          "'sensitivity' is that of the type in 'to'", "" },
        { "carry: [{effect: masks, to: age, sensitivity: persnal}]",
          "unknown sensitivity 'persnal'", "'personal'" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b;
        struct tl_str pack = TL_STR_INIT(TL_STR_MOST);

        tl_str_addf(&pack, HEAD "%s\n", cases[i].section);
        int rc = open_engine(&b, pack.text);
        CHECK_HAS(b.ctx.error.hint, cases[i].hint);
        CHECK_FAILS(rc, TL_ECONFIG, cases[i].message, &b.ctx);
        tl_str_release(&pack);
        close_engine(&b);
    }
}

TL_TESTS("carry_rules", TEST(an_unsalted_hash_of_contact_data_is_a_hashed_one),
         TEST(other_hashes_ciphers_and_tokens_are_pseudonyms),
         TEST(what_weakens_keeps_the_type_and_figures_carry_nothing),
         TEST(a_part_becomes_what_it_is), TEST(a_hash_hides_little_where_values_are_few),
         TEST(a_later_pack_speaks_first), TEST(a_type_that_is_switched_off_is_not_made),
         TEST(every_effect_has_a_general_rule),
         TEST(a_wrong_section_is_refused_with_its_place))
