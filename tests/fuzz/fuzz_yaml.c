/*
 * Any bytes as YAML: read or refused with a place; whatever was read knows where each value stands and can be offered to an
 * option table.
 */
#include "base/ctx.h"
#include "base/option.h"
#include "base/yaml.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct settings {
    bool flag;
    const char *text;
    int64_t count, wait;
    unsigned share;
    int choice;
    struct tl_list list;
};

static const struct tl_option table[] = {
    { "f", TL_KIND_FLAG, offsetof(struct settings, flag), NULL, "a flag" },
    { "t", TL_KIND_TEXT, offsetof(struct settings, text), NULL, "a text" },
    { "c", TL_KIND_COUNT, offsetof(struct settings, count), NULL, "a count" },
    { "d", TL_KIND_DURATION, offsetof(struct settings, wait), NULL, "a duration" },
    { "s", TL_KIND_SHARE, offsetof(struct settings, share), NULL, "a share" },
    { "w", TL_KIND_CHOICE, offsetof(struct settings, choice), NULL, "a word", "one|two" },
    { "l", TL_KIND_LIST, offsetof(struct settings, list), NULL, "a list" },
    { 0 },
};

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_places(const struct tl_yaml *yaml, json_t *tree)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_object(tree)) {
        json_object_foreach(tree, key, value)
        {
            must(tl_yaml_at(yaml, tree, key).line > 0);
            must(tl_yaml_key_at(yaml, tree, key).column > 0);
            check_places(yaml, value);
        }
    } else {
        json_array_foreach(tree, i, value)
        {
            must(tl_yaml_item_at(yaml, tree, i).line > 0);
            check_places(yaml, value);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct tl_run run;
    struct tl_ctx ctx;
    struct tl_yaml yaml;
    struct settings settings = { 0 };

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    if (tl_yaml_parse(&yaml, (const char *)bytes, n, "fuzz", &ctx) == 0) {
        check_places(&yaml, yaml.root);
        if (tl_option_from_yaml(&settings, table, &yaml, yaml.root, NULL, &ctx))
            must(strncmp(ctx.error.text, "fuzz:", 5) == 0);
    } else {
        must(ctx.error.text[0]);
    }
    tl_yaml_release(&yaml);
    tl_ctx_release(&ctx);
    return 0;
}
