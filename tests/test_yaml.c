#include "tests/check.h"

#include "base/file.h"
#include "base/json.h"
#include "base/yaml.h"

#include <dirent.h>
#include <string.h>

#define FIXTURES TL_FIXTURES "/yaml"

static void read_fixture(struct tl_str *out, const char *name, const char *ending,
                         struct tl_ctx *ctx)
{
    char path[512];

    tl_str_init(out, 1 << 20);
    snprintf(path, sizeof path, FIXTURES "/%s%s", name, ending);
    CHECK_OK(tl_file_read(out, path, ctx), ctx);
}

/* name.yaml gives the canonical JSON, or the error, that stands in name.want. */
static void check_pair(const char *name)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml;
    struct tl_str text, want;
    struct tl_str got = TL_STR_INIT(1 << 20);

    tl_test_ctx_init(&ctx);
    read_fixture(&text, name, ".yaml", &ctx);
    read_fixture(&want, name, ".want", &ctx);
    int rc = tl_yaml_parse(&yaml, text.text, text.n, "doc", &ctx);
    if (rc)
        tl_str_add(&got, ctx.error.text);
    else if (yaml.root)
        tl_json_add_tree(&got, yaml.root);
    else
        tl_str_add(&got, "(empty)");
    tl_str_add(&got, "\n");
    CHECK_TEXT(got.text, want.text);
    CHECK(rc == 0 || rc == TL_ECONFIG);
    tl_yaml_release(&yaml);
    tl_str_release(&text);
    tl_str_release(&want);
    tl_str_release(&got);
    tl_test_ctx_release(&ctx);
}

static void every_pair_reads_as_it_says(void)
{
    DIR *folder = opendir(FIXTURES);
    unsigned n = 0;

    CHECK(folder != NULL);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char *ending = strstr(entry->d_name, ".yaml");
        if (!ending)
            continue;
        *ending = '\0';
        check_pair(entry->d_name);
        n++;
    }
    if (folder)
        closedir(folder);
    CHECK(n >= 35);
}

static struct tl_yaml parse(const char *text, struct tl_ctx *ctx)
{
    struct tl_yaml yaml;

    tl_test_ctx_init(ctx);
    CHECK_OK(tl_yaml_parse(&yaml, text, strlen(text), "tagline.yaml", ctx), ctx);
    return yaml;
}

static void check_mark(struct tl_mark got, unsigned line, unsigned column)
{
    CHECK_INT(got.line, line);
    CHECK_INT(got.column, column);
}

static void every_value_knows_its_place(void)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml = parse("a: true\nb:\n  - true\n  - {c: ~, d: true}\n", &ctx);
    const json_t *list = json_object_get(yaml.root, "b");
    const json_t *inner = json_array_get(list, 1);

    check_mark(tl_yaml_at(&yaml, yaml.root, "a"), 1, 4);
    check_mark(tl_yaml_key_at(&yaml, yaml.root, "b"), 2, 1);
    check_mark(tl_yaml_item_at(&yaml, list, 0), 3, 5);
    check_mark(tl_yaml_item_at(&yaml, list, 1), 4, 5);
    check_mark(tl_yaml_at(&yaml, inner, "c"), 4, 9);
    check_mark(tl_yaml_key_at(&yaml, inner, "d"), 4, 12);
    check_mark(tl_yaml_at(&yaml, inner, "d"), 4, 15);
    tl_yaml_release(&yaml);
    tl_test_ctx_release(&ctx);
}

static void what_is_not_there_has_no_place(void)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml = parse("a: 1\n", &ctx);

    check_mark(tl_yaml_at(&yaml, yaml.root, "b"), 0, 0);
    check_mark(tl_yaml_item_at(&yaml, yaml.root, 0), 0, 0);
    check_mark(tl_yaml_at(&yaml, NULL, "a"), 0, 0);
    tl_yaml_release(&yaml);
    check_mark(tl_yaml_at(&yaml, NULL, "a"), 0, 0);
    tl_test_ctx_release(&ctx);
}

static void a_very_long_key_has_a_place_too(void)
{
    struct tl_ctx ctx;
    char text[1005];

    memset(text, 'k', 1000);
    memcpy(text + 1000, ": 1", 4);
    struct tl_yaml yaml = parse(text, &ctx);
    text[1000] = '\0';
    check_mark(tl_yaml_at(&yaml, yaml.root, text), 1, 1003);
    tl_yaml_release(&yaml);
    tl_test_ctx_release(&ctx);
}

static void failures_name_file_line_and_column(void)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml = parse("a:\n  b: 1\n", &ctx);
    const json_t *a = json_object_get(yaml.root, "a");

    CHECK_FAILS(tl_yaml_fail(&yaml, tl_yaml_at(&yaml, a, "b"), &ctx, "'%s' is wrong",
                             "b"),
                TL_ECONFIG, "tagline.yaml:2:6: 'b' is wrong", &ctx);
    CHECK_FAILS(tl_yaml_fail(&yaml, (struct tl_mark){ 0 }, &ctx, "empty"), TL_ECONFIG,
                "tagline.yaml: empty", &ctx);
    tl_yaml_release(&yaml);
    tl_test_ctx_release(&ctx);
}

static void every_refusal_comes_with_a_hint(void)
{
    static const char *const texts[] = { "a: *x",        "a: &x 1",    "a: !x 1",
                                         "--- 1\n--- 2", "a: 1\na: 2", "[a]: 1",
                                         "a: .inf",      "a: @b",      "a: b: c" };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tl_ctx ctx;
        struct tl_yaml yaml;
        tl_test_ctx_init(&ctx);
        CHECK(tl_yaml_parse(&yaml, texts[i], strlen(texts[i]), "t", &ctx) == TL_ECONFIG);
        CHECK(ctx.error.hint[0] != '\0');
        tl_test_ctx_release(&ctx);
    }
}

static void a_file_that_is_not_there_is_named(void)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml;

    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_yaml_load(&yaml, "/nowhere/tagline.yaml", &ctx), TL_ENOTFOUND,
                "/nowhere/tagline.yaml", &ctx);
    tl_yaml_release(&yaml);
    tl_test_ctx_release(&ctx);
}

static void more_than_sixteen_mebibytes_are_refused(void)
{
    struct tl_ctx ctx;
    struct tl_yaml yaml;
    size_t n = ((size_t)16 << 20) + 1;
    char *text = tl_alloc(n, 1);

    memset(text, '#', n);
    tl_test_ctx_init(&ctx);
    CHECK_FAILS(tl_yaml_parse(&yaml, text, n, "big", &ctx), TL_ELIMIT, "'big' is larger",
                &ctx);
    tl_free(text);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("yaml", TEST(every_pair_reads_as_it_says), TEST(every_value_knows_its_place),
         TEST(what_is_not_there_has_no_place), TEST(a_very_long_key_has_a_place_too),
         TEST(failures_name_file_line_and_column), TEST(every_refusal_comes_with_a_hint),
         TEST(a_file_that_is_not_there_is_named),
         TEST(more_than_sixteen_mebibytes_are_refused))
