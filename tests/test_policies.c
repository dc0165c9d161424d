#include "tests/check.h"

#include "base/digest.h"
#include "base/fault.h"
#include "base/file.h"
#include "classifiers/engine.h"
#include "policies/rule.h"

#include <glob.h>

/* ---- what the tests share ---- */

struct house {
    struct tl_ctx ctx;
    struct tl_policies *policies;
    struct tl_graph *graph;
    TL_VEC(struct tl_declaration) declared;
    struct tl_verdicts verdicts;
};

static void open_house(struct house *house)
{
    *house = (struct house){ 0 };
    tl_test_ctx_init(&house->ctx);
    house->graph = tl_graph_open();
}

static void close_house(struct house *house)
{
    tl_policies_close(house->policies);
    tl_graph_close(house->graph);
    tl_vec_release(&house->declared);
    tl_verdicts_release(&house->verdicts);
    tl_test_ctx_release(&house->ctx);
}

#define HEAD "pack: p\nversion: 1\nformat: 1\nrules:\n"

static int compile(struct house *house, const char *text,
                   const struct tl_policy_settings *settings)
{
    const struct tl_policy_text one = { "p.yaml", text, strlen(text) };

    return tl_policies_compile(&house->policies, &one, 1, settings, &house->ctx);
}

static void declare(struct house *house, const char *match, const char *zone)
{
    tl_vec_push(&house->declared,
                ((struct tl_declaration){ .match = match, .zone = zone }));
}

static void tag(struct house *house, const char *dataset, const char *path,
                const char *info_type)
{
    const struct tl_graph_tag own = { .info_type = info_type,
                                      .category = "user.contact.email",
                                      .confidence = 950,
                                      .sensitivity = TL_PERSONAL,
                                      .state = TL_PROPOSED };

    tl_graph_add_tag(house->graph, tl_graph_add(house->graph, dataset, path), &own);
}

static void flow(struct house *house, const char *source, const char *source_column,
                 const char *target, const char *target_column)
{
    const struct tl_edge edge = { .source = source,
                                  .source_column = source_column,
                                  .target = target,
                                  .target_column = target_column,
                                  .query = "etl/load.sql#2",
                                  .line = 3,
                                  .column = 12,
                                  .confidence = 1000,
                                  .kind = TL_IDENTITY,
                                  .effect = TL_KEEPS };

    tl_graph_add_edge(house->graph, &edge);
}

static void ask(struct house *house)
{
    CHECK_OK(tl_graph_carry(house->graph, NULL, 0, 100, &house->ctx), &house->ctx);
    CHECK_OK(tl_policies_check(&house->verdicts, house->policies, house->graph,
                               house->declared.items, house->declared.n, &house->ctx),
             &house->ctx);
}

static const struct tl_verdict *verdict(const struct house *house, size_t i)
{
    static const struct tl_verdict none = { .rule = "", .dataset = "", .why = "" };

    return i < house->verdicts.items.n ? &house->verdicts.items.items[i] : &none;
}

#define NO_MAIL_IN_EXPORT                                                                \
    HEAD "  - {id: no-mail, summary: s, in: {zones: [export]}, "                         \
         "looks_for: {info_types: [email_address]}}\n"
#define NO_MAIL HEAD "  - {id: no-mail, summary: s, looks_for: {info_types: [email*]}}\n"

/* ---- rules against their own examples ---- */

static int try_all(struct tl_policy_trials *out, const struct tl_policies *policies,
                   struct tl_ctx *ctx)
{
    static const struct tl_engine_settings plain;
    struct tl_policy_carrying carrying = { .floor = 100 };
    struct tl_engine *engine = NULL;

    CHECK_OK(tl_engine_open(&engine, &plain, ctx), ctx);
    carrying.n = tl_engine_carry_rules(&carrying.rules, engine);
    int rc = tl_policies_try(out, policies, &carrying, ctx);
    tl_engine_close(engine);
    return rc;
}

static void check_trials(const struct tl_policies *policies, size_t least,
                         struct tl_ctx *ctx)
{
    struct tl_policy_trials trials;

    CHECK_OK(try_all(&trials, policies, ctx), ctx);
    CHECK(trials.items.n >= least);
    for (size_t i = 0; i < trials.items.n; i++)
        if (!CHECK(trials.items.items[i].holds))
            printf("    %s:%u %s: %s: %s\n", trials.items.items[i].path,
                   trials.items.items[i].line, trials.items.items[i].rule,
                   trials.items.items[i].example, trials.items.items[i].why);
    tl_policy_trials_release(&trials);
}

static void built_in_rules_hold_their_examples(void)
{
    const struct tl_policy_rule *rules;
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, NULL, &house.ctx), &house.ctx);
    check_trials(house.policies, 40, &house.ctx);
    size_t n = tl_policies_rules(&rules, house.policies);
    CHECK(n >= 12);
    for (size_t i = 0; i < n; i++) {
        CHECK(rules[i].is_advisory);
        CHECK(rules[i].help != NULL);
        CHECK(rules[i].n_examples >= 2);
    }
    close_house(&house);
}

static void every_rule_of_the_fixtures_holds_its_examples(void)
{
    glob_t files;

    CHECK_INT(glob(TL_FIXTURES "/policies/holds/*.yaml", 0, NULL, &files), 0);
    CHECK(files.gl_pathc >= 8);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        static const char *none[] = { "none" };
        const char *path = files.gl_pathv[i];
        const struct tl_policy_settings settings = { .packs = { none, 1 },
                                                     .files = { &path, 1 } };
        struct house house;

        open_house(&house);
        if (CHECK_OK(tl_policies_open(&house.policies, &settings, &house.ctx),
                     &house.ctx))
            check_trials(house.policies, 6, &house.ctx);
        close_house(&house);
    }
    globfree(&files);
}

static void check_refusal(const char *path)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_str want = TL_STR_INIT(TL_STR_MOST);
    struct tl_str got = TL_STR_INIT(TL_STR_MOST);
    struct tl_policies *policies;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_file_read(&text, path, &ctx), &ctx);
    CHECK_OK(tl_file_read(&want,
                          tl_arena_printf(ctx.arena, "%.*s.want", (int)strlen(path) - 5,
                                          path),
                          &ctx),
             &ctx);
    const struct tl_policy_text one = { strrchr(path, '/') + 1, text.text, text.n };
    CHECK_INT(tl_policies_compile(&policies, &one, 1, NULL, &ctx), TL_ECONFIG);
    CHECK(policies == NULL);
    tl_str_addf(&got, "%s\n", ctx.error.text);
    if (ctx.error.hint[0])
        tl_str_addf(&got, "hint: %s\n", ctx.error.hint);
    if (!CHECK_TEXT(got.text, want.text))
        printf("    in %s\n", path);
    tl_error_clear(&ctx.error);
    tl_str_release(&text);
    tl_str_release(&want);
    tl_str_release(&got);
    tl_test_ctx_release(&ctx);
}

static void a_wrong_file_is_refused_with_its_place_and_the_nearest_word(void)
{
    glob_t files;

    CHECK_INT(glob(TL_FIXTURES "/policies/wrong/*.yaml", 0, NULL, &files), 0);
    CHECK(files.gl_pathc >= 45);
    for (size_t i = 0; i < files.gl_pathc; i++)
        check_refusal(files.gl_pathv[i]);
    globfree(&files);
}

/* What comes of one example of a rule that is against e-mail addresses in exports. */
static void check_example(const char *expected, bool holds, const char *why)
{
    struct tl_policy_trials trials;
    struct house house;

    open_house(&house);
    const char *text = tl_arena_printf(
        house.ctx.arena,
        HEAD "  - id: no-mail\n    summary: s\n    in: {zones: [export]}\n"
             "    looks_for: {info_types: [email_address]}\n    tests:\n"
             "      - name: one\n        datasets:\n"
             "          a: {zone: export, columns: {m: {type: email_address, category: "
             "user.contact.email}}}\n"
             "        %s\n",
        expected);
    CHECK_OK(compile(&house, text, NULL), &house.ctx);
    CHECK_OK(try_all(&trials, house.policies, &house.ctx), &house.ctx);
    CHECK_INT(trials.items.n, 1);
    CHECK_INT(trials.n_failed, !holds);
    CHECK_INT(trials.items.items[0].holds, holds);
    CHECK_INT(trials.items.items[0].line, 10);
    if (why)
        CHECK_HAS(trials.items.items[0].why, why);
    tl_policy_trials_release(&trials);
    close_house(&house);
}

static void an_example_that_is_not_met_fails_and_says_why(void)
{
    check_example("violations: ['a#m']", true, NULL);
    check_example("", false, "a violation of 'a#m' came, expected none");
    check_example("gaps: ['a#m']", false, "no gap of 'a#m' came");
    check_example("violations: ['a#m', 'a#n']", false, "no violation of 'a#n' came");
}

static void an_example_may_say_what_the_path_is(void)
{
    check_example("violations: ['a#m']\n        path: ['a#m']", true, NULL);
    check_example("violations: ['a#m']\n        path: ['b#m']", false,
                  "station 1 of the path is 'a#m', expected 'b#m'");
    check_example("violations: ['a#m']\n        path: ['a#m', 'c#m']", false,
                  "station 2 of the path is 'its end', expected 'c#m'");
}

/* ---- settings ---- */

static size_t count_binding(const struct tl_policies *policies)
{
    const struct tl_policy_rule *rules;
    size_t n = tl_policies_rules(&rules, policies);
    size_t n_binding = 0;

    for (size_t i = 0; i < n; i++)
        n_binding += !rules[i].is_advisory;
    return n_binding;
}

static void check_binding(const char *word, size_t expected)
{
    const struct tl_policy_settings settings = { .binding = { &word, 1 } };
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, &settings, &house.ctx), &house.ctx);
    CHECK_INT(count_binding(house.policies), expected);
    close_house(&house);
}

static void what_is_named_binds_by_rule_or_by_pack(void)
{
    check_binding("privacy/no-direct-identifier-in-export", 1);
    check_binding("adtech", 9);
    check_binding("privacy", 8);
}

static void a_rule_of_the_users_own_binds_unless_it_says_otherwise(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, looks_for: {sensitivity: special}}\n"
                          "  - {id: b, summary: s, advisory: true, looks_for: "
                          "{sensitivity: special}}\n",
                     NULL),
             &house.ctx);
    CHECK_INT(count_binding(house.policies), 1);
    close_house(&house);
}

static void what_is_switched_off_is_not_there(void)
{
    static const char *off[] = { "adtech", "privacy/owner-is-declared" };
    const struct tl_policy_settings settings = { .without = { off, 2 } };
    const struct tl_policy_rule *rules;
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, &settings, &house.ctx), &house.ctx);
    CHECK_INT(tl_policies_rules(&rules, house.policies), 7);
    for (size_t i = 0; i < 7; i++)
        CHECK(strcmp(rules[i].name, off[1]) != 0 && strcmp(rules[i].pack, off[0]) != 0);
    close_house(&house);
}

static void check_setting(const struct tl_policy_settings *settings, const char *message,
                          const char *hint)
{
    struct house house;

    open_house(&house);
    int rc = tl_policies_open(&house.policies, settings, &house.ctx);
    CHECK_HAS(house.ctx.error.hint, hint);
    CHECK_FAILS(rc, TL_ECONFIG, message, &house.ctx);
    CHECK(house.policies == NULL);
    close_house(&house);
}

static void a_setting_that_names_nothing_is_refused(void)
{
    const char *pack = "privcy";
    const char *rule = "adtech/device-and-location-appart";
    const char *other = "none_of_them";

    check_setting(&(struct tl_policy_settings){ .packs = { &pack, 1 } },
                  "no built-in pack is named 'privcy'", "'privacy'");
    check_setting(&(struct tl_policy_settings){ .binding = { &rule, 1 } },
                  "policies.binding: no pack or rule",
                  "'adtech/device-and-location-apart'");
    check_setting(&(struct tl_policy_settings){ .without = { &other, 1 } },
                  "policies.without: no pack or rule", "tagline policy list");
}

static void packs_are_those_that_are_asked_for(void)
{
    const char *word = "adtech";
    const struct tl_policy_settings settings = { .packs = { &word, 1 } };
    const struct tl_policy_pack *packs;
    struct tl_sha256 digest;
    char hex[65];
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, &settings, &house.ctx), &house.ctx);
    CHECK_INT(tl_policies_packs(&packs, house.policies), 1);
    CHECK_TEXT(packs[0].name, "adtech");
    CHECK_TEXT(packs[0].path, "built in");
    tl_sha256_of(&digest, packs[0].text, packs[0].n);
    CHECK_TEXT(packs[0].digest, tl_hex(hex, digest.bytes, sizeof digest.bytes));
    close_house(&house);
}

static void none_is_no_built_in_pack(void)
{
    const char *word = "none";
    const struct tl_policy_settings settings = { .packs = { &word, 1 } };
    const struct tl_policy_pack *packs;
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, &settings, &house.ctx), &house.ctx);
    CHECK_INT(tl_policies_packs(&packs, house.policies), 0);
    tag(&house, "shop/a", "m", "email_address");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 0);
    close_house(&house);
}

static void two_packs_may_not_have_one_name(void)
{
    const struct tl_policy_text two[] = { { "one.yaml", NO_MAIL, strlen(NO_MAIL) },
                                          { "two.yaml", NO_MAIL, strlen(NO_MAIL) } };
    struct house house;

    open_house(&house);
    CHECK_FAILS(tl_policies_compile(&house.policies, two, 2, NULL, &house.ctx),
                TL_ECONFIG, "two.yaml:1:7: the policy pack 'p' (one.yaml)", &house.ctx);
    close_house(&house);
}

static void a_file_that_cannot_be_read_is_named(void)
{
    const char *path = TL_FIXTURES "/policies/holds/where.yaml";
    const struct tl_policy_settings settings = { .files = { &path, 1 } };

    for (unsigned nth = 1;; nth++) {
        struct house house;

        open_house(&house);
        tl_fault_arm(nth);
        int rc = tl_policies_open(&house.policies, &settings, &house.ctx);
        bool was_reached = tl_fault_disarm();
        if (was_reached)
            CHECK_FAILS(rc, rc, "where.yaml", &house.ctx);
        else
            CHECK_OK(rc, &house.ctx);
        CHECK(!house.policies == was_reached);
        close_house(&house);
        if (!was_reached)
            break;
        CHECK(nth < 100);
    }
}

static void check_ceiling(const struct tl_policy_text *texts, size_t n, const char *what)
{
    struct house house;

    open_house(&house);
    CHECK_FAILS(tl_policies_compile(&house.policies, texts, n, NULL, &house.ctx),
                TL_ELIMIT, what, &house.ctx);
    CHECK(house.policies == NULL);
    close_house(&house);
}

static void what_comes_from_outside_meets_a_ceiling(void)
{
    struct tl_policy_text texts[TL_POLICY_PACKS_MOST + 1] = { { "p.yaml", NULL, 0 } };
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    check_ceiling(texts, TL_POLICY_PACKS_MOST + 1, "more than 64 policy packs");
    tl_str_add(&text, HEAD);
    for (int i = 0; i <= TL_POLICY_RULES_MOST; i++)
        tl_str_addf(&text,
                    "  - {id: r%d, summary: s, looks_for: {sensitivity: special}}\n", i);
    check_ceiling(&(struct tl_policy_text){ "p.yaml", text.text, text.n }, 1,
                  "more than 1000 policy rules");
    while (text.n <= TL_POLICY_BYTES_MOST)
        tl_str_add(&text, "# and so on, and so on, and so on, and so on\n");
    check_ceiling(&(struct tl_policy_text){ "p.yaml", text.text, text.n }, 1,
                  "'p.yaml' has more than 1048576 bytes");
    tl_str_release(&text);
}

static void a_rule_is_shown_as_it_was_written(void)
{
    const char *text = HEAD "  # about a\n  - id: a\n    summary: s\n    looks_for: "
                            "{sensitivity: special}\n\n  # about b\n  - {id: b, summary: "
                            "s, looks_for: g}\ngroups: {g: {sensitivity: special}}\n";
    const struct tl_policy_rule *rules;
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, text, NULL), &house.ctx);
    CHECK_INT(tl_policies_rules(&rules, house.policies), 2);
    CHECK_INT(rules[0].line, 6);
    CHECK_TEXT(tl_arena_dup(house.ctx.arena, rules[0].text, rules[0].n_text),
               "  - id: a\n    summary: s\n    looks_for: {sensitivity: special}\n");
    CHECK_TEXT(tl_arena_dup(house.ctx.arena, rules[1].text, rules[1].n_text),
               "  - {id: b, summary: s, looks_for: g}\n");
    close_house(&house);
}

/* ---- verdicts ---- */

static void a_verdict_names_column_tag_zone_and_way(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tag(&house, "shop/users", "e mail", "email_address");
    flow(&house, "shop/users", "e mail", "shop/leads", "m");
    flow(&house, "shop/leads", "m", "shop/out", "mail");
    declare(&house, "**", "core");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_TEXT(verdict(&house, 0)->rule, "p/no-mail");
    CHECK_TEXT(verdict(&house, 0)->dataset, "shop/out");
    CHECK_TEXT(verdict(&house, 0)->path, "mail");
    CHECK_TEXT(verdict(&house, 0)->severity, "error");
    CHECK_TEXT(verdict(&house, 0)->why,
               "'shop/out#mail' holds email_address (95%) in zone 'export', unchanged "
               "over 2 steps from 'shop/users#e mail'");
    CHECK(verdict(&house, 0)->fix != NULL);
    close_house(&house);
}

static void a_path_says_how_each_station_was_reached(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tag(&house, "shop/users", "m", "email_address");
    flow(&house, "shop/users", "m", "shop/out", "m");
    declare(&house, "out", "export");
    declare(&house, "users", "core");
    ask(&house);
    CHECK_INT(verdict(&house, 0)->n_steps, 2);
    const struct tl_step *steps = verdict(&house, 0)->steps;
    CHECK_TEXT(steps[0].dataset, "shop/users");
    CHECK_TEXT(steps[0].info_type, "email_address");
    CHECK_INT(steps[0].effect, TL_NO_EFFECT);
    CHECK_TEXT(steps[1].query, "etl/load.sql#2");
    CHECK_INT(steps[1].line, 3);
    CHECK_INT(steps[1].column, 12);
    CHECK_INT(steps[1].effect, TL_KEEPS);
    close_house(&house);
}

static void of_a_path_that_nobody_would_read_both_ends_are_shown(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tag(&house, "shop/t0", "m", "email_address");
    for (int i = 0; i < 150; i++)
        flow(&house, tl_arena_printf(house.ctx.arena, "shop/t%d", i), "m",
             tl_arena_printf(house.ctx.arena, "shop/t%d", i + 1), "m");
    declare(&house, "**", "core");
    declare(&house, "t150", "export");
    ask(&house);
    CHECK_INT(verdict(&house, 0)->n_steps, 2);
    CHECK_TEXT(verdict(&house, 0)->steps[0].dataset, "shop/t0");
    CHECK_TEXT(verdict(&house, 0)->steps[1].dataset, "shop/t150");
    CHECK_HAS(verdict(&house, 0)->why, "over 150 steps from 'shop/t0#m'");
    close_house(&house);
}

static void steer(struct house *house, const char *source, const char *column,
                  const char *target)
{
    const struct tl_edge edge = { .source = source,
                                  .source_column = column,
                                  .target = target,
                                  .line = 7,
                                  .column = 2,
                                  .confidence = 1000,
                                  .kind = TL_FILTER };

    tl_graph_add_edge(house->graph, &edge);
}

#define CHOSEN_BY_MAIL                                                                   \
    HEAD "  - {id: a, summary: s, in: {datasets: [out]}, looks_for: {info_types: "       \
         "[email*]}, steering: filter}\n"

static void what_steers_is_named_with_what_it_steers(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, CHOSEN_BY_MAIL, NULL), &house.ctx);
    tag(&house, "shop/users", "m", "email_address");
    steer(&house, "shop/users", "m", "shop/best");
    flow(&house, "shop/best", "id", "shop/out", "id");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(verdict(&house, 0)->n_steps, 3);
    CHECK_INT(verdict(&house, 0)->steps[1].kind, TL_FILTER);
    CHECK_INT(verdict(&house, 0)->steps[1].line, 7);
    CHECK_TEXT(verdict(&house, 0)->why,
               "'shop/users#m' holds email_address (95%), and chooses the rows of "
               "'shop/best', which reach 'shop/out' over 1 step in zone 'export'; being "
               "in it tells something of a person");
    close_house(&house);
}

static void a_long_way_of_chosen_rows_is_shown_by_its_ends(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, CHOSEN_BY_MAIL, NULL), &house.ctx);
    tag(&house, "shop/users", "m", "email_address");
    steer(&house, "shop/users", "m", "shop/t0");
    for (int i = 0; i < 150; i++)
        flow(&house, tl_arena_printf(house.ctx.arena, "shop/t%d", i), "id",
             i == 149 ? "shop/out" : tl_arena_printf(house.ctx.arena, "shop/t%d", i + 1),
             "id");
    ask(&house);
    CHECK_INT(verdict(&house, 0)->n_steps, 3);
    CHECK_TEXT(verdict(&house, 0)->steps[2].dataset, "shop/out");
    CHECK_HAS(verdict(&house, 0)->why, "which reach 'shop/out' over 150 steps");
    close_house(&house);
}

static void a_meeting_names_all_that_meets(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, looks_for: [{info_types: [email*]}, "
                          "{info_types: [gaid]}], message: not both}\n",
                     NULL),
             &house.ctx);
    tag(&house, "shop/users", "m", "email_address");
    tag(&house, "shop/out", "g", "gaid");
    flow(&house, "shop/users", "m", "shop/out", "m");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK(verdict(&house, 0)->path == NULL);
    CHECK_TEXT(verdict(&house, 0)->why,
               "'shop/out' holds email_address (95%) in 'm', unchanged over 1 step from "
               "'shop/users#m' and gaid (95%) in 'g'; not both");
    CHECK_INT(verdict(&house, 0)->n_steps, 3);
    close_house(&house);
}

static void sql_that_was_not_understood_is_named_with_its_place(void)
{
    struct tl_edge_problem problem = { .target = "shop/mid",
                                       .query = "etl/load.sql#2",
                                       .what = "no table 'x'",
                                       .line = 4,
                                       .column = 9 };
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tl_graph_add_problem(house.graph, &problem);
    problem.line = 6;
    tl_graph_add_problem(house.graph, &problem);
    flow(&house, "shop/mid", "m", "shop/out", "m");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(house.verdicts.counts[TL_GAP], 1);
    CHECK_TEXT(verdict(&house, 0)->why,
               "'shop/out' in zone 'export' may hold more than is known: what fills "
               "'shop/mid', from which values come here, was not understood "
               "(etl/load.sql#2:4:9: no table 'x', and 1 more), so whether this rule is "
               "kept cannot be told");
    close_house(&house);
}

static void unknown(struct house *house, const char *dataset, const char *path)
{
    const struct tl_graph_dataset known = { .key = dataset, .is_known = true };

    tl_graph_add_dataset(house->graph, &known);
    tl_graph_add_unknown(house->graph, dataset, path);
    flow(house, dataset, path, "shop/out", path);
}

static void what_could_not_be_told_is_named_with_its_way(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    unknown(&house, "crm/leads", "contact");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_INT(verdict(&house, 0)->outcome, TL_GAP);
    CHECK_HAS(verdict(&house, 0)->why, "from 'crm/leads#contact', which could not be");
    CHECK_HAS(verdict(&house, 0)->fix, "tagline review set");
    CHECK(verdict(&house, 0)->path == NULL);
    CHECK_INT(verdict(&house, 0)->n_steps, 2);
    CHECK_INT(verdict(&house, 0)->steps[1].line, 3);
    close_house(&house);
}

static void of_many_columns_that_could_not_be_told_three_are_named(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    for (int i = 0; i < 7; i++)
        unknown(&house, "crm/leads", tl_arena_printf(house.ctx.arena, "c%d", i));
    flow(&house, "crm/leads", "c0", "shop/out", "again");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_HAS(verdict(&house, 0)->why, "'crm/leads#c0', 'crm/leads#c1', 'crm/leads#c2' "
                                       "and 4 more, which could not be told");
    close_house(&house);
}

static void a_long_way_of_what_could_not_be_told_is_shown_by_its_ends(void)
{
    enum { N = 150 };
    char from[16] = "shop/t0", to[16];
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    unknown(&house, from, "m");
    for (int i = 1; i <= N; i++) {
        snprintf(to, sizeof to, "shop/t%d", i);
        flow(&house, from, "m", to, "m");
        memcpy(from, to, sizeof from);
    }
    declare(&house, "t150", "export");
    ask(&house);
    CHECK_INT(verdict(&house, 0)->outcome, TL_GAP);
    CHECK_INT(verdict(&house, 0)->n_steps, 2);
    CHECK_TEXT(verdict(&house, 0)->steps[0].dataset, "shop/t0");
    CHECK_TEXT(verdict(&house, 0)->steps[1].dataset, "shop/t150");
    close_house(&house);
}

static void rules_that_share_a_gap_are_named(void)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct house house;

    open_house(&house);
    tl_str_add(&text, HEAD);
    for (int i = 0; i < 9; i++)
        tl_str_addf(&text,
                    "  - {id: r%d, summary: s, advisory: %s, in: {zones: [export]}, "
                    "looks_for: {info_types: [email*]}}\n",
                    i, i == 8 ? "false" : "true");
    CHECK_OK(compile(&house, text.text, NULL), &house.ctx);
    unknown(&house, "crm/leads", "contact");
    declare(&house, "out", "export");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_TEXT(verdict(&house, 0)->rule, "p/r8");
    CHECK_HAS(verdict(&house, 0)->why, "nor can 8 other rules ('p/r0', 'p/r1', 'p/r2', "
                                       "'p/r3', 'p/r4' and 3 more)");
    tl_str_release(&text);
    close_house(&house);
}

/* One column that all of 100,200 others flow into, none of them from where the rule says. */
static void more_columns_than_are_looked_at_are_a_gap(void)
{
    static char path[16];
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, in: {zones: [export]}, from: {zones: "
                          "[raw]}, looks_for: {info_types: [email*]}}\n",
                     NULL),
             &house.ctx);
    for (int i = 0; i < 100200; i++) {
        snprintf(path, sizeof path, "c%d", i);
        tag(&house, "shop/wide", path, "email_address");
        flow(&house, "shop/wide", path, "shop/out", "m");
    }
    declare(&house, "out", "export");
    declare(&house, "wide", "core");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_INT(verdict(&house, 0)->outcome, TL_GAP);
    CHECK_HAS(verdict(&house, 0)->why, "more columns lead here than are looked at");
    close_house(&house);
}

static void verdicts_outlive_graph_and_policies(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tag(&house, "shop/users", "m", "email_address");
    flow(&house, "shop/users", "m", "shop/out", "m");
    declare(&house, "out", "export");
    ask(&house);
    tl_policies_close(house.policies);
    tl_graph_close(house.graph);
    house.policies = NULL;
    house.graph = NULL;
    CHECK_INT(house.verdicts.items.n, 2); /* and the gap of 'users', which has no zone */
    CHECK_TEXT(verdict(&house, 0)->rule, "p/no-mail");
    CHECK_TEXT(verdict(&house, 0)->steps[1].query, "etl/load.sql#2");
    CHECK_TEXT(verdict(&house, 0)->steps[1].path, "m");
    close_house(&house);
}

static void a_later_declaration_has_the_last_word(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL_IN_EXPORT, NULL), &house.ctx);
    tag(&house, "shop/a", "m", "email_address");
    tag(&house, "shop/b", "m", "email_address");
    declare(&house, "**", "export");
    declare(&house, "a", "core");
    declare(&house, "a", NULL); /* says nothing of the zone, takes nothing away */
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 1);
    CHECK_TEXT(verdict(&house, 0)->dataset, "shop/b");
    close_house(&house);
}

static void datasets_without_a_zone_share_one_gap_each(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, advisory: true, in: {zones: [x]}, "
                          "looks_for: {info_types: [email*]}}\n"
                          "  - {id: b, summary: s, in: {not_zones: [x]}, looks_for: "
                          "{info_types: [email*]}}\n",
                     NULL),
             &house.ctx);
    tag(&house, "shop/one", "m", "email_address");
    tag(&house, "shop/two", "m", "email_address");
    declare(&house, "three", "x");
    ask(&house);
    CHECK_INT(house.verdicts.items.n, 2);
    CHECK_INT(house.verdicts.counts[TL_GAP], 2);
    CHECK_TEXT(verdict(&house, 0)->rule, "p/b"); /* the one that binds speaks for both */
    CHECK_HAS(verdict(&house, 0)->why, "nor can 1 other rule");
    CHECK_HAS(verdict(&house, 1)->fix, "declare the zones of datasets");
    close_house(&house);
}

static void what_nobody_declared_at_all_is_one_gap_for_everything(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, NULL, &house.ctx), &house.ctx);
    for (int i = 0; i < 50; i++)
        tag(&house, tl_arena_printf(house.ctx.arena, "shop/t%02d", i), "m",
            "email_address");
    ask(&house);
    CHECK_INT(house.verdicts.counts[TL_VIOLATION], 0);
    CHECK_INT(house.verdicts.counts[TL_GAP], 3); /* of zones, owners, retention */
    for (size_t i = 0; i < 3; i++) {
        CHECK_TEXT(verdict(&house, i)->dataset, "");
        CHECK_HAS(verdict(&house, i)->why, "50 datasets, 'shop/t00' first");
    }
    CHECK_HAS(verdict(&house, 0)->why, "no 'zone' is declared for any dataset");
    close_house(&house);
}

static void what_was_asked_is_counted_rule_by_rule(void)
{
    struct tl_policy_tally tallies[2];
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, looks_for: {info_types: [email*]}}\n"
                          "  - {id: b, summary: s, in: {datasets: [x*]}, looks_for: "
                          "{info_types: [email*]}}\n",
                     NULL),
             &house.ctx);
    tag(&house, "x1", "m", "email_address");
    tag(&house, "x1", "n", "email_address");
    tag(&house, "x2", "m", "phone");
    tag(&house, "y", "m", "phone");
    const struct tl_policy_question question = { .graph = house.graph,
                                                 .tallies = tallies };
    CHECK_OK(tl_policies_ask(&house.verdicts, house.policies, &question, &house.ctx),
             &house.ctx);
    CHECK_INT(tallies[0].n_asked, 3);
    CHECK_INT(tallies[0].counts[TL_PASS], 2);
    CHECK_INT(tallies[0].counts[TL_VIOLATION], 2);
    CHECK_INT(tallies[1].n_asked, 2);
    CHECK_INT(tallies[1].counts[TL_PASS], 1);
    CHECK_INT(house.verdicts.counts[TL_PASS], 3);
    CHECK_INT(house.verdicts.n_binding, 4);
    close_house(&house);
}

/* The same small world, said in one order or in the other. */
static void say_world(struct house *house, bool backwards)
{
    static const char *const tables[] = { "shop/b", "shop/a", "shop/d", "shop/c" };

    for (size_t i = 0; i < 4; i++) {
        const char *table = tables[backwards ? 3 - i : i];

        tag(house, table, backwards ? "m" : "n", "email_address");
        tag(house, table, backwards ? "n" : "m", "email_address");
        flow(house, table, "n", "shop/out", "z");
        flow(house, table, "m", "shop/out", "a");
    }
    declare(house, "out", "export");
}

static void add_verdicts(struct tl_str *out, const struct house *house)
{
    for (size_t i = 0; i < house->verdicts.items.n; i++) {
        const struct tl_verdict *one = verdict(house, i);

        tl_str_addf(out, "%s %s %s %d: %s\n", one->rule, one->dataset,
                    one->path ? one->path : "-", one->outcome, one->why);
        for (uint32_t k = 0; k < one->n_steps; k++)
            tl_str_addf(out, "  %s %s\n", one->steps[k].dataset, one->steps[k].path);
    }
}

static void the_order_of_adding_changes_nothing(void)
{
    struct tl_str texts[2] = { TL_STR_INIT(TL_STR_MOST), TL_STR_INIT(TL_STR_MOST) };

    for (int i = 0; i < 2; i++) {
        struct house house;

        open_house(&house);
        CHECK_OK(tl_policies_open(&house.policies, NULL, &house.ctx), &house.ctx);
        say_world(&house, i);
        ask(&house);
        CHECK(house.verdicts.items.n > 8);
        add_verdicts(&texts[i], &house);
        close_house(&house);
    }
    CHECK_TEXT(texts[0].text, texts[1].text);
    tl_str_release(&texts[0]);
    tl_str_release(&texts[1]);
}

static void verdicts_stand_by_rule_dataset_and_path(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(tl_policies_open(&house.policies, NULL, &house.ctx), &house.ctx);
    say_world(&house, false);
    ask(&house);
    for (size_t i = 1; i < house.verdicts.items.n; i++) {
        const struct tl_verdict *a = verdict(&house, i - 1);
        const struct tl_verdict *b = verdict(&house, i);
        int rule = strcmp(a->rule, b->rule);
        int dataset = strcmp(a->dataset, b->dataset);

        CHECK(rule < 0 || (rule == 0 && dataset <= 0));
        if (rule == 0 && dataset == 0)
            CHECK(!a->path || (b->path && strcmp(a->path, b->path) <= 0));
    }
    close_house(&house);
}

static void a_run_that_is_stopped_stops(void)
{
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house, NO_MAIL, NULL), &house.ctx);
    tag(&house, "shop/a", "m", "email_address");
    atomic_store(&house.ctx.run->cancelled, true);
    CHECK_FAILS(tl_policies_check(&house.verdicts, house.policies, house.graph, NULL, 0,
                                  &house.ctx),
                TL_ECANCEL, "stopped", &house.ctx);
    CHECK_INT(house.verdicts.items.n, 0);
    atomic_store(&house.ctx.run->cancelled, false);
    close_house(&house);
}

static void patterns_tell_what_no_type_can_be(void)
{
    const struct tl_policy_pattern *patterns;
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, looks_for: {info_types: [hash*], "
                          "categories: [user.contact]}}\n",
                     NULL),
             &house.ctx);
    CHECK_INT(tl_policies_patterns(&patterns, house.policies, &house.ctx), 2);
    CHECK(tl_policy_pattern_fits(&patterns[0], "hashed_phone", NULL));
    CHECK(!tl_policy_pattern_fits(&patterns[0], "phone", NULL));
    CHECK(tl_policy_pattern_fits(&patterns[1], "x", "user.contact.email"));
    CHECK(!tl_policy_pattern_fits(&patterns[1], "x", "user.contacts"));
    close_house(&house);
}

static void a_use_that_looks_like_a_slip_is_told_with_the_nearest(void)
{
    static const struct {
        const char *use, *nearest;
        bool is_strange;
    } cases[] = {
        { "marketing.advertisng", "marketing.advertising", true },
        { "marketng.advertising", "marketing.advertising", true },
        { "marketing.advertising.thrd_party.targeted",
          "marketing.advertising.third_party.targeted", true },
        { "zoology", NULL, true },
        { "marketing", NULL, false },
        { "analytics.reporting.system", NULL, false },
        { "third_party_sharing.legal_obligation.court", NULL, false },
        { "marketing.loyalty", NULL, false },
        { "ours.research.weather", NULL, false }, /* below what a rule names */
        { "ours", NULL, false },
        { "marketng.newest", "marketing", true },
        { "ours.reserch", "ours.research", true },
    };
    struct house house;

    open_house(&house);
    CHECK_OK(compile(&house,
                     HEAD "  - {id: a, summary: s, looks_for: {info_types: [email*]}, "
                          "needs: {not_uses: [ours.research]}}\n",
                     NULL),
             &house.ctx);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *use = cases[i].use;
        const struct tl_declaration declared[] = {
            { .match = "t", .uses = { &use, 1 } }, { .match = "u", .uses = { &use, 1 } }
        };
        const struct tl_policy_use *uses;
        size_t n =
            tl_policies_strange_uses(&uses, house.policies, declared, 2, &house.ctx);

        if (!CHECK_INT(n, cases[i].is_strange))
            printf("    %s\n", use);
        if (n)
            CHECK_TEXT(uses[0].nearest, cases[i].nearest);
    }
    close_house(&house);
}

TL_TESTS("policies", TEST(built_in_rules_hold_their_examples),
         TEST(every_rule_of_the_fixtures_holds_its_examples),
         TEST(a_wrong_file_is_refused_with_its_place_and_the_nearest_word),
         TEST(an_example_that_is_not_met_fails_and_says_why),
         TEST(an_example_may_say_what_the_path_is),
         TEST(what_is_named_binds_by_rule_or_by_pack),
         TEST(a_rule_of_the_users_own_binds_unless_it_says_otherwise),
         TEST(what_is_switched_off_is_not_there),
         TEST(a_setting_that_names_nothing_is_refused),
         TEST(packs_are_those_that_are_asked_for), TEST(none_is_no_built_in_pack),
         TEST(two_packs_may_not_have_one_name), TEST(a_file_that_cannot_be_read_is_named),
         TEST(what_comes_from_outside_meets_a_ceiling),
         TEST(a_rule_is_shown_as_it_was_written),
         TEST(a_verdict_names_column_tag_zone_and_way),
         TEST(a_path_says_how_each_station_was_reached),
         TEST(of_a_path_that_nobody_would_read_both_ends_are_shown),
         TEST(what_steers_is_named_with_what_it_steers),
         TEST(a_long_way_of_chosen_rows_is_shown_by_its_ends),
         TEST(a_meeting_names_all_that_meets),
         TEST(sql_that_was_not_understood_is_named_with_its_place),
         TEST(what_could_not_be_told_is_named_with_its_way),
         TEST(of_many_columns_that_could_not_be_told_three_are_named),
         TEST(a_long_way_of_what_could_not_be_told_is_shown_by_its_ends),
         TEST(rules_that_share_a_gap_are_named),
         TEST(more_columns_than_are_looked_at_are_a_gap),
         TEST(verdicts_outlive_graph_and_policies),
         TEST(a_later_declaration_has_the_last_word),
         TEST(datasets_without_a_zone_share_one_gap_each),
         TEST(what_nobody_declared_at_all_is_one_gap_for_everything),
         TEST(what_was_asked_is_counted_rule_by_rule),
         TEST(the_order_of_adding_changes_nothing),
         TEST(verdicts_stand_by_rule_dataset_and_path), TEST(a_run_that_is_stopped_stops),
         TEST(patterns_tell_what_no_type_can_be),
         TEST(a_use_that_looks_like_a_slip_is_told_with_the_nearest))
