#include "tests/check.h"

#include "base/map.h"

#include <stdint.h>

enum { MILLION = 1000000 };

static size_t column_name(char out[32], unsigned i)
{
    return (size_t)snprintf(out, 32, "column_%u", i);
}

static void a_key_is_found_with_its_last_value(void)
{
    struct tl_map map = TL_MAP_INIT;
    uint32_t value = 7;

    CHECK(!tl_map_get(&map, "a", 1, &value));
    tl_map_put(&map, "a", 1, 1);
    tl_map_put(&map, "ab", 2, 2);
    tl_map_put(&map, "a", 1, 3);
    CHECK(tl_map_get(&map, "a", 1, &value) && value == 3);
    CHECK(tl_map_get(&map, "ab", 2, &value) && value == 2);
    CHECK(!tl_map_get(&map, "b", 1, &value) && value == 2);
    CHECK_INT(map.n, 2);
    tl_map_release(&map);
    CHECK(!tl_map_get(&map, "a", 1, &value));
}

static void keys_are_bytes_of_any_kind_and_number(void)
{
    struct tl_map map = TL_MAP_INIT;
    static const char zeros[64];
    uint32_t value;

    for (uint32_t n = 0; n < sizeof zeros; n++)
        tl_map_put(&map, n ? zeros : NULL, n, n);
    CHECK_INT(map.n, sizeof zeros);
    for (uint32_t n = 0; n < sizeof zeros; n++)
        CHECK(tl_map_get(&map, zeros, n, &value) && value == n);
    tl_map_release(&map);
}

static void a_million_keys_are_all_found(void)
{
    struct tl_map map = TL_MAP_INIT;
    uint32_t *keys = tl_alloc(MILLION, sizeof *keys);
    unsigned found = 0;

    for (uint32_t i = 0; i < MILLION; i++) {
        keys[i] = i;
        tl_map_put(&map, &keys[i], sizeof keys[i], i * 2);
    }
    for (uint32_t i = 0; i < 2 * MILLION; i++) {
        uint32_t value;
        if (tl_map_get(&map, &i, sizeof i, &value))
            found += value == i * 2 && i < MILLION;
    }
    CHECK_INT(map.n, MILLION);
    CHECK_INT(found, MILLION);
    tl_map_release(&map);
    tl_free(keys);
}

static void the_same_bytes_have_the_same_id(void)
{
    struct tl_texts *texts = tl_texts_open();
    struct tl_text email = tl_text_of(texts, "email");

    CHECK(email.i != 0);
    CHECK_INT(tl_text_add(texts, "emails", 5).i, email.i);
    CHECK(tl_text_of(texts, "Email").i != email.i);
    CHECK_TEXT(tl_text_get(texts, email, NULL), "email");
    tl_texts_close(texts);
}

static void no_text_is_not_the_empty_text(void)
{
    struct tl_texts *texts = tl_texts_open();
    struct tl_text empty = tl_text_of(texts, "");
    size_t n = 9;

    CHECK(empty.i != 0);
    CHECK_INT(tl_text_add(texts, NULL, 0).i, empty.i);
    CHECK_TEXT(tl_text_get(texts, empty, &n), "");
    CHECK_INT(n, 0);
    CHECK_INT(tl_text_of(texts, NULL).i, 0);
    CHECK(tl_text_get(texts, TL_NO_TEXT, &n) == NULL);
    tl_texts_close(texts);
}

static void texts_keep_their_nul_bytes(void)
{
    struct tl_texts *texts = tl_texts_open();
    size_t n;

    struct tl_text text = tl_text_add(texts, "a\0b", 3);
    CHECK(tl_text_of(texts, "a").i != text.i);
    const char *bytes = tl_text_get(texts, text, &n);
    CHECK_INT(n, 3);
    CHECK(memcmp(bytes, "a\0b", 4) == 0);
    tl_texts_close(texts);
}

/* Lengths around the borders of LEB128 and of the chunks. */
static void texts_of_every_length_come_back(void)
{
    static const size_t lengths[] = { 1,     127,   128,     4095,   4096,
                                      16383, 16384, 1 << 20, 3 << 20 };
    struct tl_texts *texts = tl_texts_open();
    char *bytes = tl_alloc(3 << 20, 1);

    memset(bytes, 'x', 3 << 20);
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            size_t n;
            struct tl_text text = tl_text_add(texts, bytes, lengths[i]);
            CHECK_INT(text.i, i + 1);
            const char *got = tl_text_get(texts, text, &n);
            CHECK(n == lengths[i] && memcmp(got, bytes, n) == 0 && !got[n]);
        }
    tl_free(bytes);
    tl_texts_close(texts);
}

static void a_million_texts_take_at_most_24_bytes_beside_their_own(void)
{
    struct tl_texts *texts = tl_texts_open();
    size_t bytes = 0;
    size_t right = 0;
    char name[32];

    for (unsigned i = 0; i < MILLION; i++) {
        size_t n = column_name(name, i);
        right += tl_text_add(texts, name, n).i == i + 1;
        bytes += n;
    }
    CHECK((tl_texts_size(texts) - bytes) / MILLION <= 24);
    for (unsigned i = 0; i < MILLION; i++) {
        size_t n = column_name(name, i);
        right += tl_text_add(texts, name, n).i == i + 1;
        right += strcmp(tl_text_get(texts, (struct tl_text){ i + 1 }, NULL), name) == 0;
    }
    CHECK_INT(right, 3 * MILLION);
    tl_texts_close(texts);
}

static void a_text_stays_where_it_is(void)
{
    struct tl_texts *texts = tl_texts_open();
    const char *first = tl_text_get(texts, tl_text_of(texts, "first"), NULL);
    char name[32];

    for (unsigned i = 0; i < 100000; i++)
        tl_text_add(texts, name, column_name(name, i));
    CHECK(tl_text_get(texts, tl_text_of(texts, "first"), NULL) == first);
    CHECK_TEXT(first, "first");
    tl_texts_close(texts);
}

TL_TESTS("map", TEST(a_key_is_found_with_its_last_value),
         TEST(keys_are_bytes_of_any_kind_and_number), TEST(a_million_keys_are_all_found),
         TEST(the_same_bytes_have_the_same_id), TEST(no_text_is_not_the_empty_text),
         TEST(texts_keep_their_nul_bytes), TEST(texts_of_every_length_come_back),
         TEST(a_million_texts_take_at_most_24_bytes_beside_their_own),
         TEST(a_text_stays_where_it_is))
