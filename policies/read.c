#include "policies/read.h"

#include "base/ctx.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

static const char *const kind_words[] = { "table",          "view",  "materialized_view",
                                          "external_table", "topic", "file" };
static const char *const effect_words[] = { "keeps",         "partial",    "masks",
                                            "encrypts",      "tokenises",  "hashes",
                                            "hashes_salted", "aggregates", "counts",
                                            "adds_noise" };
static const char *const sensitivity_words[] = { "public", "internal", "personal",
                                                 "sensitive", "special" };
const struct tl_policy_words tl_policy_kinds =
    TL_POLICY_WORDS(kind_words, "kind of dataset");
const struct tl_policy_words tl_policy_effects = TL_POLICY_WORDS(effect_words, "effect");
const struct tl_policy_words tl_policy_sensitivities =
    TL_POLICY_WORDS(sensitivity_words, "sensitivity");

int tl_policy_wrong(const struct tl_policy_reader *reader, struct tl_mark at,
                    const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return tl_yaml_fail(&reader->yaml, at, reader->ctx, "%s", text);
}

int tl_policy_unknown(const struct tl_policy_reader *reader, struct tl_mark at,
                      const char *word, const struct tl_policy_words *known)
{
    const char *nearest = tl_nearest(word, known->items, known->n);
    struct tl_str list = TL_STR_INIT(400);

    for (size_t i = 0; i < known->n; i++)
        tl_str_addf(&list, "%s%s", i ? ", " : "", known->items[i]);
    if (nearest)
        tl_hint(reader->ctx, "did you mean '%s'? known here: %s", nearest, list.text);
    else if (known->n)
        tl_hint(reader->ctx, "known here: %s", list.text);
    tl_str_release(&list);
    return tl_policy_wrong(reader, at, "unknown %s '%.100s'", known->what, word);
}

int tl_policy_keys(const struct tl_policy_reader *reader, const json_t *object,
                   struct tl_mark at, const struct tl_policy_words *known)
{
    const struct tl_policy_words keys = { known->items, known->n, "key" };
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return tl_policy_wrong(reader, at, "%s must be a mapping", known->what);
    json_object_foreach((json_t *)object, key, value)
    {
        size_t i = 0;

        while (i < known->n && strcmp(known->items[i], key) != 0)
            i++;
        if (i == known->n)
            return tl_policy_unknown(reader, tl_yaml_key_at(&reader->yaml, object, key),
                                     key, &keys);
    }
    return TL_OK;
}

/* A value, and how to speak of it. */
struct found {
    const json_t *value;
    struct tl_mark at;
    const char *key;
};

static struct found find(const struct tl_policy_reader *reader, const json_t *object,
                         const char *key)
{
    return (struct found){ json_object_get(object, key),
                           tl_yaml_at(&reader->yaml, object, key), key };
}

static struct found find_item(const struct tl_policy_reader *reader, const json_t *object,
                              const char *key, size_t i)
{
    return (struct found){ tl_policy_item(object, key, i),
                           tl_policy_item_at(reader, object, key, i), key };
}

/* ---- texts ---- */

static bool is_id(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

    return n > 0 && n <= 64 && text[n] == 0;
}

/* ethyca/fideslang: FidesKey is ^[a-zA-Z0-9_.<>-]+$; a parent is what stands before a dot. */
static bool is_category(const char *text)
{
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("_.<>-", text[i]))
            return false;
        if (text[i] == '.' && (i == 0 || i + 1 == n || text[i + 1] == '.'))
            return false;
    }
    return n > 0;
}

static bool has_control(const char *text, bool line_feed_is_fine)
{
    for (; *text; text++)
        if (((unsigned char)*text < 32 && !(line_feed_is_fine && *text == '\n')) ||
            *text == 127)
            return true;
    return false;
}

/* What was expected instead; NULL: it is as it should be. */
static const char *expected_form(const char *text, enum tl_policy_form form)
{
    bool is_sound = text[0] != 0 && !has_control(text, false);

    switch (form) {
    case TL_FORM_FREE:
        return has_control(text, true) ? "text without control characters" : NULL;
    case TL_FORM_LINE:
        return has_control(text, false) ? "one line" : NULL;
    case TL_FORM_ID:
        return is_id(text) ? NULL : "up to 64 lower case letters, digits, '-' and '_'";
    case TL_FORM_CATEGORY:
        return is_category(text) ? NULL : "a key such as user.contact.email";
    case TL_FORM_GLOB:
        return is_sound && !strchr(text, '/') ? NULL : "a word or pattern without '/'";
    case TL_FORM_PATH:
        return is_sound ? NULL : "the name of a dataset or column";
    }
    return NULL;
}

static int keep_text(const char **out, const struct tl_policy_reader *reader,
                     const struct found *found, enum tl_policy_form form)
{
    const char *text = json_string_value(found->value);

    if (!text || strlen(text) != json_string_length(found->value))
        return tl_policy_wrong(reader, found->at, "'%s' must be text (quote it)",
                               found->key);
    if (strlen(text) > TL_POLICY_TEXT_MOST)
        return tl_policy_wrong(reader, found->at, "'%s' is longer than %d bytes",
                               found->key, TL_POLICY_TEXT_MOST);
    const char *expected = expected_form(text, form);
    if (expected)
        return tl_policy_wrong(reader, found->at, "'%.100s' cannot be '%s', expected %s",
                               text, found->key, expected);
    *out = tl_arena_strdup(reader->arena, text);
    return TL_OK;
}

int tl_policy_text(const char **out, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key, enum tl_policy_form form)
{
    struct found found = find(reader, object, key);

    return found.value ? keep_text(out, reader, &found, form) : TL_OK;
}

/* ---- lists ---- */

const json_t *tl_policy_item(const json_t *object, const char *key, size_t i)
{
    const json_t *value = json_object_get(object, key);

    return json_is_array(value) ? json_array_get(value, i) : value;
}

struct tl_mark tl_policy_item_at(const struct tl_policy_reader *reader,
                                 const json_t *object, const char *key, size_t i)
{
    const json_t *value = json_object_get(object, key);

    return json_is_array(value) ? tl_yaml_item_at(&reader->yaml, value, i)
                                : tl_yaml_at(&reader->yaml, object, key);
}

int tl_policy_list(const json_t **out, size_t *n, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    *out = value;
    *n = !value ? 0 : json_is_array(value) ? json_array_size(value) : 1;
    if (value && *n == 0)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, key),
                               "'%s' is an empty list", key);
    if (*n > TL_POLICY_LIST_MOST)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, key),
                               "'%s' has more than %d entries", key, TL_POLICY_LIST_MOST);
    return TL_OK;
}

int tl_policy_texts(struct tl_list *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key, enum tl_policy_form form)
{
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, reader, object, key);

    if (rc < 0 || !value)
        return rc;
    out->items = tl_arena_alloc(reader->arena, n, sizeof *out->items);
    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        struct found found = find_item(reader, object, key, i);

        rc = keep_text(&out->items[out->n++], reader, &found, form);
    }
    return rc;
}

/* ---- words of a fixed list ---- */

static int word_of(int *out, const struct tl_policy_reader *reader,
                   const struct found *found, const struct tl_policy_words *known)
{
    const char *word = json_string_value(found->value);

    if (!word)
        return tl_policy_wrong(reader, found->at, "'%s' must be a word (quote it)",
                               found->key);
    for (size_t i = 0; i < known->n; i++) {
        if (strcmp(known->items[i], word) == 0) {
            *out = (int)i;
            return TL_OK;
        }
    }
    return tl_policy_unknown(reader, found->at, word, known);
}

int tl_policy_bits(unsigned *out, const struct tl_policy_reader *reader,
                   const json_t *object, const char *key,
                   const struct tl_policy_words *known)
{
    const json_t *value;
    size_t n;
    int rc = tl_policy_list(&value, &n, reader, object, key);

    if (rc == TL_OK && value)
        *out = 0;
    for (size_t i = 0; rc == TL_OK && i < n; i++) {
        struct found found = find_item(reader, object, key, i);
        int word = 0;

        rc = word_of(&word, reader, &found, known);
        *out |= 1u << word;
    }
    return rc;
}

int tl_policy_choice(int *out, const struct tl_policy_reader *reader,
                     const json_t *object, const char *key,
                     const struct tl_policy_words *known)
{
    struct found found = find(reader, object, key);

    return found.value ? word_of(out, reader, &found, known) : TL_OK;
}

/* ---- the rest ---- */

int tl_policy_flag(bool *out, const struct tl_policy_reader *reader, const json_t *object,
                   const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value && !json_is_boolean(value))
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, key),
                               "'%s' must be true or false", key);
    if (value)
        *out = json_is_true(value);
    return TL_OK;
}

int tl_policy_share(uint16_t *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    double number = json_is_number(value) ? json_number_value(value) : -1;

    if (!value)
        return TL_OK;
    if (!(number >= 0 && number <= 1))
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, key),
                               "'%s' must be a number from 0 to 1", key);
    *out = (uint16_t)(number * 1000 + 0.5);
    return TL_OK;
}

int tl_policy_count(int64_t *out, const struct tl_policy_reader *reader,
                    const json_t *object, const char *key, int64_t most)
{
    const json_t *value = json_object_get(object, key);

    if (!value)
        return TL_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 1 ||
        json_integer_value(value) > most)
        return tl_policy_wrong(reader, tl_yaml_at(&reader->yaml, object, key),
                               "'%s' must be a whole number from 1 to %lld", key,
                               (long long)most);
    *out = json_integer_value(value);
    return TL_OK;
}
