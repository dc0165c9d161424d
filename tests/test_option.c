#include "tests/check.h"

#include "base/file.h"
#include "base/option.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    bool dry_run;
    const char *name, *token;
    int64_t page, wait;
    unsigned floor;
    int mode;
    struct tl_list include;
};

static const struct tl_option table[] = {
    { "dry_run", TL_KIND_FLAG, offsetof(struct settings, dry_run), NULL,
      "show what would change", .letter = 'n' },
    { "name", TL_KIND_TEXT, offsetof(struct settings, name), NULL, "name of the thing" },
    { "token", TL_KIND_SECRET, offsetof(struct settings, token), NULL, "how to sign in" },
    { "page", TL_KIND_COUNT, offsetof(struct settings, page), "1k", "rows per request",
      .letter = 'p' },
    { "wait", TL_KIND_DURATION, offsetof(struct settings, wait), "30s",
      "how long to wait for another writer, in all, before giving up" },
    { "floor", TL_KIND_SHARE, offsetof(struct settings, floor), "0.5",
      "below it nothing is proposed" },
    { "mode", TL_KIND_CHOICE, offsetof(struct settings, mode), "enrich",
      "whose structure it is", "enrich|own" },
    { "include", TL_KIND_LIST, offsetof(struct settings, include), NULL,
      "what to look at", .argument = "GLOB", .letter = 'i' },
    { 0 },
};

/* A context, defaults, and then what `text` says. */
struct bench {
    struct tl_ctx ctx;
    struct settings got;
    struct tl_yaml yaml;
    int rc;
};

static const char *const others[] = { "type", "sources", NULL };

static struct bench bench_yaml(const char *text)
{
    struct bench b = { 0 };

    tl_test_ctx_init(&b.ctx);
    CHECK_OK(tl_option_defaults(&b.got, table, &b.ctx), &b.ctx);
    CHECK_OK(tl_yaml_parse(&b.yaml, text, strlen(text), "tagline.yaml", &b.ctx), &b.ctx);
    b.rc = tl_option_from_yaml(&b.got, table, &b.yaml, b.yaml.root, others, &b.ctx);
    return b;
}

static void bench_close(struct bench *b)
{
    tl_yaml_release(&b->yaml);
    tl_test_ctx_release(&b->ctx);
}

static void check_yaml_fails(const char *text, const char *part, const char *hint)
{
    struct bench b = bench_yaml(text);

    if (hint)
        CHECK_HAS(b.ctx.error.hint, hint);
    CHECK_FAILS(b.rc, TL_ECONFIG, part, &b.ctx);
    bench_close(&b);
}

static void defaults_are_read_as_they_would_be_written(void)
{
    struct bench b = bench_yaml("{}");

    CHECK_OK(b.rc, &b.ctx);
    CHECK(!b.got.dry_run);
    CHECK_TEXT(b.got.name, NULL);
    CHECK_INT(b.got.page, 1000);
    CHECK_INT(b.got.wait, INT64_C(30000000000));
    CHECK_INT(b.got.floor, 500);
    CHECK_INT(b.got.mode, 0);
    CHECK_INT(b.got.include.n, 0);
    bench_close(&b);
}

static void yaml_fills_every_kind(void)
{
    struct bench b =
        bench_yaml("type: x\ndry_run: true\nname: a$b$$c\npage: 4Ki\nwait: 500ms\n"
                   "floor: 33.3%\nmode: own\ninclude: [a/*, 'b']\n");

    CHECK_OK(b.rc, &b.ctx);
    CHECK(b.got.dry_run);
    CHECK_TEXT(b.got.name, "a$b$c");
    CHECK_INT(b.got.page, 4096);
    CHECK_INT(b.got.wait, 500000000);
    CHECK_INT(b.got.floor, 333);
    CHECK_INT(b.got.mode, 1);
    CHECK_INT(b.got.include.n, 2);
    CHECK_TEXT(b.got.include.items[0], "a/*");
    CHECK_TEXT(b.got.include.items[1], "b");
    bench_close(&b);
}

static void numbers_and_one_text_will_do_as_well(void)
{
    struct bench b = bench_yaml("page: 7\nfloor: 1\nwait: 0\ninclude: one\n");

    CHECK_OK(b.rc, &b.ctx);
    CHECK_INT(b.got.page, 7);
    CHECK_INT(b.got.floor, 1000);
    CHECK_INT(b.got.wait, 0);
    CHECK_INT(b.got.include.n, 1);
    CHECK_TEXT(b.got.include.items[0], "one");
    bench_close(&b);
}

static void a_boolean_is_a_word_of_a_choice(void)
{
    static const struct tl_option header[] = {
        { "mode", TL_KIND_CHOICE, offsetof(struct settings, mode), "auto", "h",
          "auto|true|false" },
        { 0 },
    };
    const char *text = "a: {mode: true}\nb: {mode: false}\nc: {mode: auto}\n";
    struct bench b = { 0 };

    tl_test_ctx_init(&b.ctx);
    CHECK_OK(tl_yaml_parse(&b.yaml, text, strlen(text), "t", &b.ctx), &b.ctx);
    const int want[] = { 1, 2, 0 };
    for (int i = 0; i < 3; i++) {
        const json_t *object =
            json_object_get(b.yaml.root, (const char[]){ "abc"[i], 0 });
        CHECK_OK(tl_option_from_yaml(&b.got, header, &b.yaml, object, NULL, &b.ctx),
                 &b.ctx);
        CHECK_INT(b.got.mode, want[i]);
    }
    bench_close(&b);
}

static void wrong_values_say_where_what_and_what_was_expected(void)
{
    check_yaml_fails("mode: true\n", "'mode' is true, expected one of enrich, own", NULL);
    check_yaml_fails("page: 1\nwait: soon\n",
                     "tagline.yaml:2:7: 'wait' is 'soon', expected a duration such as",
                     NULL);
    check_yaml_fails("page: -1\n",
                     "tagline.yaml:1:7: 'page' is a number, expected a whole number",
                     NULL);
    check_yaml_fails("page: 1.5\n", "'page' is a number, expected a whole number", NULL);
    check_yaml_fails("page: 99999999999G\n", "'page' is '99999999999G', expected", NULL);
    check_yaml_fails("page: 10 k\n", "'page' is '10 k', expected", NULL);
    check_yaml_fails(
        "floor: 80\n",
        "'floor' is a number outside 0..1, expected a share such as 0.8 or 80%", NULL);
    check_yaml_fails("floor: 101%\n", "'floor' is '101%', expected", NULL);
    check_yaml_fails("wait: 5\n", "'wait' is a number, expected a duration", NULL);
    check_yaml_fails("name: 12\n", "'name' is a number, expected a text", "in quotes");
    check_yaml_fails("name:\n", "'name' is empty, expected a text", "leave the key out");
    check_yaml_fails("name: [a]\n", "'name' is a list, expected a text", NULL);
    check_yaml_fails("dry_run: yes\n", "'dry_run' is 'yes', expected true or false",
                     NULL);
    check_yaml_fails("dry_run: 1\n", "'dry_run' is a number, expected true or false",
                     NULL);
    check_yaml_fails("mode: ownn\n", "'mode' is 'ownn', expected one of enrich, own",
                     "did you mean 'own'?");
    check_yaml_fails("include:\n  - a\n  - {b: c}\n",
                     "tagline.yaml:3:5: 'include' is a mapping, expected a text", NULL);
    check_yaml_fails("[a]", "tagline.yaml: settings are a list, expected a mapping",
                     NULL);
}

static void an_unknown_key_gets_the_nearest_one(void)
{
    check_yaml_fails("name: x\npgae: 1\n",
                     "tagline.yaml:2:1: the key 'pgae' is not known here",
                     "did you mean 'page'? known here: type, sources, dry_run, name");
    check_yaml_fails("source: 1\n", "the key 'source' is not known here",
                     "did you mean 'sources'?");
    check_yaml_fails("quite_another: 1\n", "the key 'quite_another' is not known here",
                     "known here: type");
}

static void the_environment_fills_texts(void)
{
    setenv("TAGLINE_TEST_HOST", "db.example", 1);
    setenv("TAGLINE_TEST_PAGE", "12", 1);
    struct bench b = bench_yaml(
        "name: \"https://${TAGLINE_TEST_HOST}/$${x}\"\npage: ${TAGLINE_TEST_PAGE}\n");

    CHECK_OK(b.rc, &b.ctx);
    CHECK_TEXT(b.got.name, "https://db.example/${x}");
    CHECK_INT(b.got.page, 12);
    bench_close(&b);
}

static void what_the_environment_lacks_is_named(void)
{
    unsetenv("TAGLINE_TEST_UNSET");
    check_yaml_fails(
        "name: x${TAGLINE_TEST_UNSET}\n",
        "tagline.yaml:1:7: the environment variable 'TAGLINE_TEST_UNSET' is not set",
        "export TAGLINE_TEST_UNSET");
    check_yaml_fails("name: ${\n", "'${' is not followed by a name", "$$ for a '$'");
    check_yaml_fails("name: ${A:-b}\n", "'${' is not followed by a name", NULL);
    check_yaml_fails("include: [\"${1A}\"]\n", "tagline.yaml:1:11: '${' is not", NULL);
}

static void what_came_from_the_environment_is_not_shown(void)
{
    setenv("TAGLINE_TEST_SECRET", "hunter2", 1);
    struct bench b = bench_yaml("page: ${TAGLINE_TEST_SECRET}\n");

    CHECK(strstr(b.ctx.error.text, "hunter2") == NULL);
    CHECK_FAILS(b.rc, TL_ECONFIG, "'page' is '${TAGLINE_TEST_SECRET}', expected", &b.ctx);
    bench_close(&b);
}

static void a_secret_comes_from_the_environment(void)
{
    setenv("TAGLINE_TEST_SECRET", "hunter2${x}", 1);
    struct bench b = bench_yaml("token: ${TAGLINE_TEST_SECRET}\n");

    CHECK_OK(b.rc, &b.ctx);
    CHECK_TEXT(b.got.token, "hunter2${x}");
    bench_close(&b);
    setenv("TAGLINE_TEST_SECRET", "", 1);
    check_yaml_fails("token: ${TAGLINE_TEST_SECRET}\n",
                     "variable 'TAGLINE_TEST_SECRET' is empty", NULL);
}

static void a_secret_comes_from_a_file_less_one_newline(void)
{
    struct tl_ctx ctx;
    char text[256];

    tl_test_ctx_init(&ctx);
    const char *path = tl_path_join(tl_test_folder(), "token", &ctx);
    CHECK_OK(tl_file_write(path, "hunter2\n\r\n", 10, &ctx), &ctx);
    snprintf(text, sizeof text, "token: {file: %s}\n", path);
    struct bench b = bench_yaml(text);
    CHECK_OK(b.rc, &b.ctx);
    CHECK_TEXT(b.got.token, "hunter2\n");
    bench_close(&b);
    tl_test_ctx_release(&ctx);
}

static void a_secrets_file_stands_beside_the_configuration(void)
{
    struct bench b = { 0 };
    const char *text = "token: {file: secrets/token}\n";

    tl_test_ctx_init(&b.ctx);
    const char *folder = tl_test_folder();
    CHECK_OK(tl_dir_make(tl_path_join(folder, "secrets", &b.ctx), &b.ctx), &b.ctx);
    CHECK_OK(tl_file_write(tl_path_join(folder, "secrets/token", &b.ctx), "abc", 3,
                           &b.ctx),
             &b.ctx);
    CHECK_OK(tl_yaml_parse(&b.yaml, text, strlen(text),
                           tl_path_join(folder, "tagline.yaml", &b.ctx), &b.ctx),
             &b.ctx);
    CHECK_OK(tl_option_from_yaml(&b.got, table, &b.yaml, b.yaml.root, NULL, &b.ctx),
             &b.ctx);
    CHECK_TEXT(b.got.token, "abc");
    bench_close(&b);
}

static void a_secret_that_is_written_out_is_refused_and_not_shown(void)
{
    struct bench b = bench_yaml("token: hunter2\n");

    CHECK(strstr(b.ctx.error.text, "hunter2") == NULL);
    CHECK_HAS(b.ctx.error.hint, "keep secrets out of the file");
    CHECK_FAILS(
        b.rc, TL_ECONFIG,
        "tagline.yaml:1:8: 'token' is written out, expected ${NAME} or {file: path}",
        &b.ctx);
    bench_close(&b);
    check_yaml_fails("token: x${HOME}\n", "'token' is written out", NULL);
    check_yaml_fails("token: ${HOME}x\n", "'token' is written out", NULL);
    check_yaml_fails("token: {path: x}\n", "'token' is another mapping, expected ${NAME}",
                     NULL);
}

static void a_secrets_file_that_cannot_be_read_is_named_with_its_place(void)
{
    struct bench b = bench_yaml("token: {file: /nowhere/token}\n");

    CHECK_FAILS(b.rc, TL_ENOTFOUND, "tagline.yaml:1:8: cannot read '/nowhere/token'",
                &b.ctx);
    bench_close(&b);
}

/* ---- flags ---- */

struct flags {
    struct tl_ctx ctx;
    struct settings got;
    char *argv[16];
    int argc, operands, rc;
};

#define FLAGS(...) flags_of((const char *const[]){ "scan", __VA_ARGS__, NULL })

static struct flags flags_of(const char *const *words)
{
    struct flags f = { 0 };

    tl_test_ctx_init(&f.ctx);
    CHECK_OK(tl_option_defaults(&f.got, table, &f.ctx), &f.ctx);
    f.got.include.items = tl_arena_alloc(f.ctx.arena, 1, sizeof(char *));
    f.got.include.items[0] = "from the configuration";
    f.got.include.n = 1;
    for (; words[f.argc]; f.argc++)
        f.argv[f.argc] = tl_arena_strdup(f.ctx.arena, words[f.argc]);
    f.rc = tl_option_from_args(&f.got, table, f.argc, f.argv, &f.operands, &f.ctx);
    return f;
}

static void check_flags_fail(struct flags f, const char *part, const char *hint)
{
    CHECK_HAS(f.ctx.error.hint, hint);
    CHECK_FAILS(f.rc, TL_EUSAGE, part, &f.ctx);
    tl_test_ctx_release(&f.ctx);
}

static void flags_and_operands_may_mix(void)
{
    struct flags f =
        FLAGS("one", "--dry-run", "-p", "2k", "two", "--mode=own", "--", "--three");

    CHECK_OK(f.rc, &f.ctx);
    CHECK(f.got.dry_run);
    CHECK_INT(f.got.page, 2000);
    CHECK_INT(f.got.mode, 1);
    CHECK_INT(f.argc - f.operands, 3);
    CHECK_TEXT(f.argv[f.operands], "one");
    CHECK_TEXT(f.argv[f.operands + 2], "--three");
    tl_test_ctx_release(&f.ctx);
}

static void a_second_command_line_starts_afresh(void)
{
    for (int i = 0; i < 2; i++) {
        struct flags f = FLAGS("-np7", "x");
        CHECK_OK(f.rc, &f.ctx);
        CHECK(f.got.dry_run);
        CHECK_INT(f.got.page, 7);
        CHECK_TEXT(f.argv[f.operands], "x");
        tl_test_ctx_release(&f.ctx);
    }
}

static void repeated_flags_make_a_list_that_replaces_the_configurations(void)
{
    struct flags f = FLAGS("-i", "a", "--include", "b", "-ic");

    CHECK_OK(f.rc, &f.ctx);
    CHECK_INT(f.got.include.n, 3);
    CHECK_TEXT(f.got.include.items[0], "a");
    CHECK_TEXT(f.got.include.items[2], "c");
    tl_test_ctx_release(&f.ctx);
}

static void flags_take_texts_as_they_are(void)
{
    struct flags f = FLAGS("--name", "${HOME}$$");

    CHECK_OK(f.rc, &f.ctx);
    CHECK_TEXT(f.got.name, "${HOME}$$");
    CHECK_INT(f.got.include.n, 1);
    tl_test_ctx_release(&f.ctx);
}

static void wrong_flags_say_what_is_near(void)
{
    check_flags_fail(FLAGS("x", "--dryrun"), "'scan' has no flag '--dryrun'",
                     "did you mean '--dry-run'?");
    check_flags_fail(FLAGS("--modes=own"), "'scan' has no flag '--modes'",
                     "did you mean '--mode'?");
    check_flags_fail(FLAGS("--quite-another"), "no flag '--quite-another'",
                     "see 'tagline help scan'");
    check_flags_fail(FLAGS("-x"), "'scan' has no flag '-x'", "");
    check_flags_fail(FLAGS("-nx"), "'scan' has no flag '-x'", "");
    check_flags_fail(FLAGS("--page"), "'--page' lacks its value", "a whole number");
    check_flags_fail(FLAGS("-p"), "'--page' lacks its value", "a whole number");
    check_flags_fail(FLAGS("--dry-run=yes"), "'--dry-run' takes no value", "");
    check_flags_fail(FLAGS("--page", "many"),
                     "'--page' is 'many', expected a whole number", "");
    check_flags_fail(FLAGS("--mode", "enirch"),
                     "'--mode' is 'enirch', expected one of enrich, own",
                     "did you mean 'enrich'?");
    check_flags_fail(FLAGS("--token", "hunter2"),
                     "'--token' is a secret, and secrets are not taken from flags",
                     "token: ${NAME}");
}

static void help_is_aligned_and_wrapped(void)
{
    struct tl_str out = TL_STR_INIT(4096);

    tl_option_help(&out, table, true, 60);
    CHECK_TEXT(out.text, "  -n, --dry-run          show what would change\n"
                         "      --name WORD        name of the thing\n"
                         "  -p, --page N           rows per request (default 1k)\n"
                         "      --wait TIME        how long to wait for another\n"
                         "                         writer, in all, before giving up\n"
                         "                         (default 30s)\n"
                         "      --floor SHARE      below it nothing is proposed\n"
                         "                         (default 0.5)\n"
                         "      --mode enrich|own  whose structure it is (default\n"
                         "                         enrich)\n"
                         "  -i, --include GLOB     what to look at; may be repeated\n");
    tl_str_release(&out);
}

static void help_speaks_yaml_too(void)
{
    struct tl_str out = TL_STR_INIT(4096);

    tl_option_help(&out, table, false, 0);
    CHECK_HAS(out.text, "  dry_run: true|false  show what would change\n");
    CHECK_HAS(out.text, "  token: ${NAME}       how to sign in\n");
    CHECK_HAS(out.text, "  include: GLOB        what to look at\n");
    tl_str_release(&out);
}

static const char *near(const char *word)
{
    static const char *const known[] = { "scan", "classify", "review", "push" };

    return tl_nearest(word, known, 4);
}

static void the_nearest_word_is_near_or_none(void)
{
    CHECK_TEXT(near("sacn"), "scan");
    CHECK_TEXT(near("scann"), "scan");
    CHECK_TEXT(near("SCAN"), "scan");
    CHECK_TEXT(near("clasify"), "classify");
    CHECK_TEXT(near("clsasfiy"), "classify");
    CHECK_TEXT(near("rewiev"), "review");
    CHECK_TEXT(near("trace"), NULL);
    CHECK_TEXT(near("pull"), NULL);
    CHECK_TEXT(near("x"), NULL);
    CHECK_TEXT(near(""), NULL);
    CHECK_TEXT(near("a-word-that-is-longer-than-any-flag-or-key-or-command-that-will-"
                    "ever-be-known"),
               NULL);
}

TL_TESTS("option", TEST(defaults_are_read_as_they_would_be_written),
         TEST(yaml_fills_every_kind), TEST(numbers_and_one_text_will_do_as_well),
         TEST(a_boolean_is_a_word_of_a_choice),
         TEST(wrong_values_say_where_what_and_what_was_expected),
         TEST(an_unknown_key_gets_the_nearest_one), TEST(the_environment_fills_texts),
         TEST(what_the_environment_lacks_is_named),
         TEST(what_came_from_the_environment_is_not_shown),
         TEST(a_secret_comes_from_the_environment),
         TEST(a_secret_comes_from_a_file_less_one_newline),
         TEST(a_secrets_file_stands_beside_the_configuration),
         TEST(a_secret_that_is_written_out_is_refused_and_not_shown),
         TEST(a_secrets_file_that_cannot_be_read_is_named_with_its_place),
         TEST(flags_and_operands_may_mix), TEST(a_second_command_line_starts_afresh),
         TEST(repeated_flags_make_a_list_that_replaces_the_configurations),
         TEST(flags_take_texts_as_they_are), TEST(wrong_flags_say_what_is_near),
         TEST(help_is_aligned_and_wrapped), TEST(help_speaks_yaml_too),
         TEST(the_nearest_word_is_near_or_none))
