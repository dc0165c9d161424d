/*
 * Patterns of users' packs that backtrack without end, and values that nobody expects: the decision ends, says what it could not tell, and
 * is right about the rest.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "base/file.h"

#include <sys/mman.h>

/* Behind a 'z', each 'a' can be taken in two ways, and the 'z' that is to follow never does. */
#define HOSTILE                                                                          \
    "pack: mine\nversion: 1\ntypes:\n  - info_type: badge\n    category: "               \
    "user.unique_id\n"                                                                   \
    "    names: [badge]\n    value: '(?:[az]|[az])*(?=z).'\n    prior: 0.0001\n"

static void open_with(struct tl_columns *w, const char *yaml)
{
    tl_columns_open(w, "visits", 64);
    const char *path = tl_path_join(tl_test_folder(), "mine.yaml", &w->ctx);
    struct tl_engine_settings settings = { .packs = { &path, 1 } };

    CHECK_OK(tl_file_write(path, yaml, strlen(yaml), &w->ctx), &w->ctx);
    tl_engine_close(w->engine);
    w->engine = NULL;
    CHECK_OK(tl_engine_open(&w->engine, &settings, &w->ctx), &w->ctx);
}

static void a_trap(char out[256], unsigned i)
{
    snprintf(out, 256, "z%.*s", (int)(40 + i),
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, "user.%u@example.com", i);
}

static void a_pattern_without_end_leaves_its_column_unknown(void)
{
    struct tl_columns w;
    struct tl_give_up *items;

    open_with(&w, HOSTILE);
    tl_columns_make(&w, "badge", "TEXT", a_trap);
    tl_columns_make(&w, "contact", "TEXT", an_email);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_INT(w.decisions.columns[0].state, TL_UNKNOWN);
    CHECK_TEXT(tl_columns_types(&w, 1), "email_address");
    if (CHECK_INT(tl_engine_give_ups(&items, w.engine, w.ctx.arena), 1)) {
        CHECK_TEXT(items[0].pack, "mine");
        CHECK_TEXT(items[0].info_type, "badge");
        CHECK_TEXT(items[0].key, "value");
    }
    tl_columns_close(&w);
}

static void a_pattern_that_ends_gives_nothing_up(void)
{
    struct tl_columns w;
    struct tl_give_up *items;

    tl_columns_open(&w, "visits", 64);
    tl_columns_make(&w, "badge", "TEXT", a_trap);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_INT(w.decisions.columns[0].state, TL_NOTHING);
    CHECK_INT(tl_engine_give_ups(&items, w.engine, w.ctx.arena), 0);
    tl_columns_close(&w);
}

/* ---- values ---- */

static void decide_values(struct tl_columns *w, const char *name,
                          const struct tl_value *values, uint32_t n)
{
    tl_columns_open(w, "visits", 64);
    tl_columns_add(w, name, "TEXT", "x", TL_LAST);
    for (uint32_t i = 0; i < w->rows; i++)
        w->values.items[0][i] = values[i % n];
    CHECK(tl_columns_decide(w, TL_SAMPLE_READ));
}

#define VALUE(text)                                                                      \
    {                                                                                    \
        text, sizeof(text) - 1, false                                                    \
    }

static void what_only_looks_like_an_address_is_none(void)
{
    static const struct tl_value values[] = {
        VALUE("ann\0@example.com"),
        VALUE("ann@exam\0ple.com"),
        VALUE("\xFF\xFE@example.com"),
        VALUE("ann@\xC0\xAF.com"),
        VALUE("ann@example.\xE2\x80\xAE"),
        VALUE("\xE2\x80\xAEmoc.elpmaxe@nna\xE2\x80\xAC"),
        VALUE("\xED\xA0\x80@example.com"),
        VALUE("ann\xCC\x81@\xCC\x81.com"),
    };
    struct tl_columns w;

    decide_values(&w, "x1", values, sizeof values / sizeof *values);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    tl_columns_close(&w);
}

static void marks_that_combine_leave_a_name_a_name(void)
{
    static const struct tl_value values[] = {
        VALUE("Jose\xCC\x81 Nu\xCC\x81n\xCC\x83"
              "ez"),
        VALUE("Zoe\xCC\x88 Mu\xCC\x88ller"),
        VALUE("Rene\xCC\x81 Dvor\xCC\x8C"
              "ak"),
        VALUE("\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A"),
    };
    struct tl_columns w;

    decide_values(&w, "full_name", values, sizeof values / sizeof *values);
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    tl_columns_close(&w);
}

/* A value of one gigabyte; under sanitizers, whose shadow memory such a value would need too, of 64 megabytes. */
#if defined(__SANITIZE_ADDRESS__)
#define HUGE_VALUE ((size_t)64 << 20)
#else
#define HUGE_VALUE ((size_t)1 << 30)
#endif

static void a_huge_value_is_one_value(void)
{
    char *bytes = mmap(NULL, HUGE_VALUE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct tl_columns w;

    if (!CHECK(bytes != MAP_FAILED))
        return;
    struct tl_value values[] = { { bytes, (uint32_t)HUGE_VALUE, false },
                                 VALUE("ann@example.com"),
                                 VALUE("bob@example.com") };
    decide_values(&w, "x1", values, 3);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_INT(w.decisions.columns[0].distinct, 3);
    tl_columns_close(&w);
    munmap(bytes, HUGE_VALUE);
}

TL_TESTS("hostile", TEST(a_pattern_without_end_leaves_its_column_unknown),
         TEST(a_pattern_that_ends_gives_nothing_up),
         TEST(what_only_looks_like_an_address_is_none),
         TEST(marks_that_combine_leave_a_name_a_name), TEST(a_huge_value_is_one_value))
