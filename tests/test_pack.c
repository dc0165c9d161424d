/*
 * Rule packs that are wrong, each with the place that is named; and how the user's packs stand to ours.
 */
#include "tests/check.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/file.h"
#include "classifiers/engine.h"

/* The pack stands in a file, so that the message names it. */
static int open_with(struct tl_engine **engine, const char *yaml, struct tl_ctx *ctx)
{
    const char *path = tl_path_join(tl_test_folder(), "mine.yaml", ctx);
    struct tl_engine_settings settings = { .packs = { &path, 1 } };

    CHECK_OK(tl_file_write(path, yaml, strlen(yaml), ctx), ctx);
    return tl_engine_open(engine, &settings, ctx);
}

#define HEAD "pack: mine\nversion: 1\ntypes:\n"
#define TYPE HEAD "  - info_type: badge\n    category: user.unique_id\n"

static const struct {
    const char *yaml, *part, *hint;
} broken[] = {
    { "[1, 2]", "mine.yaml:1:1: a pack must be a mapping", NULL },
    { "pack: mine\nversion: 1\ntypse: []\n", "mine.yaml:3:1: unknown key 'typse'",
      "'types'" },
    { "version: 1\n", "a pack needs 'pack'", NULL },
    { "pack: mine\n", "a pack needs 'version'", NULL },
    { "pack: mine\nversion: many\n", "mine.yaml:2:10: 'version' must be a number", NULL },
    { "pack: mine\nversion: 1\nformat: 2\n", "mine.yaml:3:9: this pack has format 2",
      NULL },
    { HEAD "  - badge\n", "mine.yaml:4:5: a type must be a mapping", NULL },
    { HEAD "  - summary: x\n", "mine.yaml:4:5: a type needs 'info_type'", NULL },
    { HEAD "  - info_type: Badge\n",
      "mine.yaml:4:16: an info type is written in lower case", NULL },
    { HEAD "  - info_type: badge\n", "mine.yaml:4:16: 'badge' needs a 'category'", NULL },
    { TYPE "    valu: x\n", "mine.yaml:6:5: unknown key 'valu'", "'value'" },
    { TYPE "    value: '(a'\n", "mine.yaml:6:12: 'value' of 'badge': ", NULL },
    { TYPE "    named_value: '[z'\n",
      "mine.yaml:6:18: 'named_value' of 'badge': ", NULL },
    { TYPE "    value: [a]\n", "mine.yaml:6:12: 'value' must be text", NULL },
    { TYPE "    validator: emial\n", "mine.yaml:6:16: unknown validator 'emial'",
      "'email'" },
    { TYPE "    sensitivity: personel\n",
      "mine.yaml:6:18: unknown sensitivity 'personel'", "'personal'" },
    { HEAD "  - info_type: badge\n    category: user.contact.emial\n",
      "mine.yaml:5:15: unknown category 'user.contact.emial'", "'user.contact.email'" },
    { TYPE "    logical: [txt]\n", "mine.yaml:6:15: unknown logical type 'txt'",
      "'text'" },
    { TYPE "    names: [ok, '--']\n", "mine.yaml:6:17: '--' holds no word", NULL },
    { TYPE "    not_names: [two words]\n", "mine.yaml:6:17: 'two words' is not one word",
      NULL },
    { TYPE "    prior: 2\n", "mine.yaml:6:12: 'prior' must be a number", NULL },
    { TYPE "    length: [5, 2]\n", "mine.yaml:6:13: 'length' must be two counts", NULL },
    { TYPE "    length: [a, b]\n", "mine.yaml:6:13: 'length' must be two counts", NULL },
    { TYPE "    search: true\n", "mine.yaml:6:13: 'search: true' needs a 'value'", NULL },
    { TYPE "    needs_name: maybe\n",
      "mine.yaml:6:17: 'needs_name' must be true or false", NULL },
    { TYPE "    letter_case: loud\n", "mine.yaml:6:18: unknown letter case 'loud'",
      NULL },
    { TYPE "    vocabulary: nouns\n", "mine.yaml:6:17: unknown vocabulary 'nouns'",
      NULL },
    { TYPE "    specialises: ipv4_adress\n",
      "mine.yaml:6:18: unknown info type 'ipv4_adress'", "'ipv4_address'" },
    { TYPE "    siblings: [emial_address]\n", "mine.yaml:6:16: unknown info type",
      "'email_address'" },
    { TYPE "    coarse: {value: '(', category: user.unique_id}\n",
      "mine.yaml:6:21: 'value' of 'coarse': ", NULL },
    { TYPE "    coarse: {value: x}\n", "mine.yaml:6:13: 'coarse' needs", NULL },
    { TYPE "    thing: {sensitivity: x}\n", "mine.yaml:6:26: unknown sensitivity 'x'",
      NULL },
    { TYPE "    law: {gdbr: [x]}\n", "mine.yaml:6:11: unknown key 'gdbr'", "'gdpr'" },
    { TYPE "    value: 'B\\d+'\n    examples: {match: [B1, C1]}\n",
      "mine.yaml:7:28: this example of 'badge' does not match", NULL },
    { TYPE "    value: 'B\\d+'\n    examples: {no_match: [B1]}\n",
      "mine.yaml:7:27: this example of 'badge' matches and should not", NULL },
    { TYPE "  - info_type: badge\n    category: user.unique_id\n",
      "mine.yaml:6:16: 'badge' stands in this pack twice", NULL },
    { "pack: mine\nversion: 1\ndeny_words: ['two words']\n",
      "mine.yaml:3:14: 'two words' is not one word", NULL },
    { "pack: mine\nversion: 1\ncategories: [{key: a.b}]\n",
      "mine.yaml:3:14: a category needs 'key' and", NULL },
    { "pack: mine\nversion: 1\ntypes: 5\n", "mine.yaml:3:8: 'types' must be a list",
      NULL },
};

static void every_mistake_is_told_with_its_place(void)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct tl_ctx ctx;
        struct tl_engine *engine = NULL;

        tl_test_ctx_init(&ctx);
        int rc = open_with(&engine, broken[i].yaml, &ctx);
        if (broken[i].hint)
            CHECK_HAS(ctx.error.hint, broken[i].hint);
        if (!CHECK_FAILS(rc, TL_ECONFIG, broken[i].part, &ctx))
            printf("%s", broken[i].yaml);
        CHECK(engine == NULL);
        tl_test_ctx_release(&ctx);
    }
}

static void our_own_packs_are_sound(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine;
    const struct tl_pack *packs;
    const struct tl_info_type *types;

    tl_test_ctx_init(&ctx);
    if (CHECK_OK(tl_engine_open(&engine, NULL, &ctx), &ctx)) {
        size_t n_types = tl_engine_types(&types, engine);

        CHECK(n_types >= 60);
        CHECK(tl_engine_packs(&packs, engine) > 4);
        for (size_t i = 1; i < n_types; i++)
            CHECK(strcmp(types[i - 1].name, types[i].name) < 0);
        CHECK_INT(strlen(packs[0].digest), 64);
        CHECK_TEXT(packs[0].path, "built in");
        tl_engine_close(engine);
    }
    tl_test_ctx_release(&ctx);
}

static void a_type_carries_its_class(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine;

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_engine_open(&engine, NULL, &ctx), &ctx);
    const struct tl_info_type *type = tl_engine_type(engine, "hashed_email_sha256_hex");
    CHECK_TEXT(type->category, "user.contact.email");
    CHECK_TEXT(type->gdpr.items[0], "pseudonymous_art_4_5");
    CHECK_INT(type->sensitivity, TL_PERSONAL);
    CHECK_INT(type->prior_ppm, 1);
    CHECK_INT(tl_engine_type(engine, "race_ethnicity")->sensitivity, TL_SPECIAL);
    CHECK(tl_engine_type(engine, "nonsense") == NULL);
    tl_engine_close(engine);
    tl_test_ctx_release(&ctx);
}

static void a_users_type_replaces_ours(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine;

    tl_test_ctx_init(&ctx);
    if (CHECK_OK(
            open_with(&engine,
                      HEAD
                      "  - info_type: email_address\n    category: user.contact.email\n"
                      "    sensitivity: special\n    names: [elpost]\n",
                      &ctx),
            &ctx)) {
        const struct tl_info_type *type = tl_engine_type(engine, "email_address");

        CHECK_TEXT(type->pack, "mine");
        CHECK_INT(type->sensitivity, TL_SPECIAL);
        CHECK_TEXT(type->names.items[0], "elpost");
        tl_engine_close(engine);
    }
    tl_test_ctx_release(&ctx);
}

static void a_type_that_is_switched_off_is_gone(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine;
    const char *off[] = { "url", "urll" };
    struct tl_engine_settings settings = { .without = { off, 1 } };

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_engine_open(&engine, &settings, &ctx), &ctx);
    CHECK(tl_engine_type(engine, "url") == NULL);
    tl_engine_close(engine);
    settings.without.n = 2;
    int rc = tl_engine_open(&engine, &settings, &ctx);
    CHECK_TEXT(ctx.error.hint, "did you mean 'url'?");
    CHECK_FAILS(rc, TL_ECONFIG, "cannot switch off 'urll'", &ctx);
    tl_test_ctx_release(&ctx);
}

static void whatever_decides_otherwise_has_another_digest(void)
{
    struct tl_ctx ctx;
    struct tl_engine *plain;
    struct tl_engine *again;
    struct tl_engine *other;
    struct tl_engine_settings settings = { .floor = 700 };

    tl_test_ctx_init(&ctx);
    CHECK_OK(tl_engine_open(&plain, NULL, &ctx), &ctx);
    CHECK_OK(tl_engine_open(&again, NULL, &ctx), &ctx);
    CHECK_OK(tl_engine_open(&other, &settings, &ctx), &ctx);
    CHECK_TEXT(tl_engine_digest(plain), tl_engine_digest(again));
    CHECK(strcmp(tl_engine_digest(plain), tl_engine_digest(other)) != 0);
    tl_engine_close(plain);
    tl_engine_close(again);
    tl_engine_close(other);
    tl_test_ctx_release(&ctx);
}

static void a_pack_that_cannot_be_read_fails_whole(void)
{
    struct tl_ctx ctx;
    struct tl_engine *engine = NULL;

    tl_test_ctx_init(&ctx);
    for (unsigned nth = 1; nth < 20; nth++) {
        const char *path = tl_path_join(tl_test_folder(), "mine.yaml", &ctx);
        struct tl_engine_settings settings = { .packs = { &path, 1 } };

        CHECK_OK(tl_file_write(path, TYPE, strlen(TYPE), &ctx), &ctx);
        tl_fault_arm(nth);
        int rc = tl_engine_open(&engine, &settings, &ctx);
        if (!tl_fault_disarm()) {
            CHECK_OK(rc, &ctx);
            tl_engine_close(engine);
            break;
        }
        CHECK(rc < 0 && engine == NULL);
        tl_error_clear(&ctx.error);
    }
    tl_test_ctx_release(&ctx);
}

TL_TESTS("pack", TEST(every_mistake_is_told_with_its_place),
         TEST(our_own_packs_are_sound), TEST(a_type_carries_its_class),
         TEST(a_users_type_replaces_ours), TEST(a_type_that_is_switched_off_is_gone),
         TEST(whatever_decides_otherwise_has_another_digest),
         TEST(a_pack_that_cannot_be_read_fails_whole))
