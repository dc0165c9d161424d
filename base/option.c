/*
 * One table, three readers: defaults, YAML, flags. All of them end in set_text or set_json, so that a value means the same
 * wherever it was written.
 */
#include "base/option.h"

#include "base/ctx.h"
#include "base/file.h"
#include "base/near.h"
#include "base/vec.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <string.h>

/* Where a value stands and how to speak of it. */
struct value_place {
    const struct tl_option *option;
    const struct tl_yaml *yaml; /* NULL: a flag or a default */
    struct tl_mark at;
    struct tl_ctx *ctx;
};

/* ---- words for messages ---- */

static const char *expected_words(char *out, size_t room, const struct tl_option *option)
{
    switch (option->kind) {
    case TL_KIND_FLAG:
        return "true or false";
    case TL_KIND_TEXT:
        return "a text";
    case TL_KIND_COUNT:
        return "a whole number such as 1000, 10k or 4Mi";
    case TL_KIND_SHARE:
        return "a share such as 0.8 or 80%";
    case TL_KIND_DURATION:
        return "a duration such as 500ms, 30s, 5m, 2h or 7d";
    case TL_KIND_LIST:
        return "a text or a list of texts";
    case TL_KIND_SECRET:
        return "${NAME} or {file: path}";
    case TL_KIND_CHOICE:
        break;
    }
    size_t n = (size_t)snprintf(out, room, "one of ");
    for (const char *c = option->choices; *c && n + 3 < room; c++) {
        if (*c == '|')
            out[n++] = ',';
        out[n++] = *c == '|' ? ' ' : *c;
    }
    out[n] = '\0';
    return out;
}

/* "--page-size" for flags, "page_size" in YAML. */
static const char *shown_name(char *out, size_t room, const struct tl_option *option,
                              bool as_flag)
{
    snprintf(out, room, "%s%s", as_flag ? "--" : "", option->name);
    for (char *c = out; as_flag && *c; c++)
        if (*c == '_')
            *c = '-';
    return out;
}

/* `found` is shown in quotes when it is the user's own text. */
static int wrong_value(const struct value_place *place, const char *found, bool is_text)
{
    char words[512];
    char name[128];
    const char *quote = is_text ? "'" : "";
    const char *expected = expected_words(words, sizeof words, place->option);

    shown_name(name, sizeof name, place->option, !place->yaml);
    if (place->yaml)
        return tl_yaml_fail(place->yaml, place->at, place->ctx,
                            "'%s' is %s%s%s, expected %s", name, quote, found, quote,
                            expected);
    return tl_fail(place->ctx, TL_EUSAGE, "'%s' is %s%s%s, expected %s", name, quote,
                   found, quote, expected);
}

/* ---- nearest word ---- */

const char *tl_nearest(const char *word, const char *const *known, size_t n)
{
    size_t length = strlen(word);
    unsigned most = length >= 6 ? (unsigned)(length / 3) : 1;
    const char *nearest = NULL;

    if (length == 0 || length > TL_NEAR_MOST)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        size_t n_known = strlen(known[i]);
        if (n_known > TL_NEAR_MOST || n_known > length + most || length > n_known + most)
            continue; /* as many edits at least as one is longer */
        unsigned far = tl_near_edits(word, length, known[i], n_known);
        if (far >= length)
            continue; /* nothing of the word is left */
        if (far < most || (far == most && !nearest)) {
            nearest = known[i];
            most = far;
        }
    }
    return nearest;
}

/* ---- values from text ---- */

/* Digits at the beginning of `text`, without sign or blank. False when there are none or too many. */
static bool read_digits(int64_t *out, const char *text, const char **rest)
{
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoll(text, &end, 10);
    *rest = end;
    return errno == 0;
}

struct unit {
    const char *name;
    int64_t size;
};

static bool read_scaled(int64_t *out, const char *text, const struct unit *units)
{
    const char *rest;

    if (!read_digits(out, text, &rest))
        return false;
    for (; units->name; units++)
        if (strcmp(rest, units->name) == 0)
            return !__builtin_mul_overflow(*out, units->size, out);
    return false;
}

static bool read_count(int64_t *out, const char *text)
{
    static const struct unit units[] = {
        { "", 1 },         { "k", 1000 },     { "M", 1000000 },  { "G", 1000000000 },
        { "Ki", 1 << 10 }, { "Mi", 1 << 20 }, { "Gi", 1 << 30 }, { NULL, 0 },
    };

    return read_scaled(out, text, units);
}

static bool read_duration(int64_t *out, const char *text)
{
    static const struct unit units[] = {
        { "ms", INT64_C(1000000) },       { "s", INT64_C(1000000000) },
        { "m", INT64_C(60000000000) },    { "h", INT64_C(3600000000000) },
        { "d", INT64_C(86400000000000) }, { NULL, 0 },
    };

    if (strcmp(text, "0") == 0) {
        *out = 0;
        return true;
    }
    return read_scaled(out, text, units);
}

static bool share_of(unsigned *out, double value)
{
    if (!(value >= 0 && value <= 1))
        return false;
    *out = (unsigned)(value * 1000 + 0.5);
    return true;
}

static bool read_share(unsigned *out, const char *text)
{
    char *end;

    /* No signs, blanks, hexadecimals or infinities, all of which strtod takes. */
    if (text[strspn(text, "0123456789.%")] || !*text || *text == '%')
        return false;
    double value = strtod(text, &end);
    if (strcmp(end, "%") == 0)
        return share_of(out, value / 100);
    return *end == '\0' && share_of(out, value);
}

static bool read_choice(int *out, const char *choices, const char *text)
{
    size_t n = strlen(text);
    int i = 0;

    for (const char *at = choices; *at; i++) {
        size_t length = strcspn(at, "|");
        if (length == n && memcmp(at, text, n) == 0) {
            *out = i;
            return true;
        }
        at += length + (at[length] == '|');
    }
    return false;
}

static void hint_choice(const struct value_place *place, const char *text)
{
    const char *words[64];
    size_t n = 0;
    char *copy = tl_arena_strdup(place->ctx->arena, place->option->choices);

    while (*copy && n < 64) {
        size_t length = strcspn(copy, "|");
        bool is_last = copy[length] == '\0';
        words[n++] = copy;
        copy[length] = '\0';
        copy += length + !is_last;
    }
    const char *nearest = tl_nearest(text, words, n);
    if (nearest)
        tl_hint(place->ctx, "did you mean '%s'?", nearest);
}

static void list_add(struct tl_list *list, const char *text, struct tl_ctx *ctx)
{
    const char **items = tl_arena_alloc(ctx->arena, list->n + 1, sizeof *items);

    if (list->n > 0)
        memcpy(items, list->items, list->n * sizeof *items);
    items[list->n++] = tl_arena_strdup(ctx->arena, text);
    list->items = items;
}

/* `found` is what stands there, for messages: `text` may hold what an environment variable holds. */
static int set_text(void *into, const struct value_place *place, const char *text,
                    const char *found)
{
    const struct tl_option *option = place->option;
    void *field = (char *)into + option->offset;
    bool is_good = true;

    switch (option->kind) {
    case TL_KIND_FLAG:
        is_good = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
        *(bool *)field = text[0] == 't';
        break;
    case TL_KIND_TEXT:
    case TL_KIND_SECRET:
        *(const char **)field = tl_arena_strdup(place->ctx->arena, text);
        break;
    case TL_KIND_COUNT:
        is_good = read_count(field, text);
        break;
    case TL_KIND_SHARE:
        is_good = read_share(field, text);
        break;
    case TL_KIND_DURATION:
        is_good = read_duration(field, text);
        break;
    case TL_KIND_CHOICE:
        is_good = read_choice(field, option->choices, text);
        if (!is_good)
            hint_choice(place, found);
        break;
    case TL_KIND_LIST:
        list_add(field, text, place->ctx);
        break;
    }
    return is_good ? TL_OK : wrong_value(place, found, true);
}

int tl_option_defaults(void *into, const struct tl_option *table, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (const struct tl_option *option = table; option->name && rc == 0; option++) {
        struct value_place place = { .option = option, .ctx = ctx };
        if (option->fallback)
            rc = set_text(into, &place, option->fallback, option->fallback);
    }
    return rc;
}

/* ---- YAML ---- */

static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Length of the "${NAME}" at `text`, its name in `name`; 0 where there is none. */
static size_t reference(char *name, size_t room, const char *text)
{
    size_t n = 0;

    if (text[0] != '$' || text[1] != '{' || !is_name_start(text[2]))
        return 0;
    for (text += 2; is_name_start(*text) || (*text >= '0' && *text <= '9'); text++) {
        if (n + 1 == room)
            return 0;
        name[n++] = *text;
    }
    name[n] = '\0';
    return *text == '}' ? n + 3 : 0;
}

static int unset_variable(const struct value_place *place, const char *name,
                          const char *how)
{
    tl_hint(place->ctx, "set it before you start tagline: export %s=...", name);
    return tl_yaml_fail(place->yaml, place->at, place->ctx,
                        "the environment variable '%s' is %s", name, how);
}

/* Puts the environment's values in the place of ${NAME}; "$$" is a '$'. */
static int expand(struct tl_str *out, const struct value_place *place, const char *text)
{
    while (*text) {
        char name[128];
        size_t run = strcspn(text, "$");
        tl_str_add_bytes(out, text, run);
        text += run;
        size_t n = reference(name, sizeof name, text);
        if (n > 0) {
            const char *value = getenv(name);
            if (!value)
                return unset_variable(place, name, "not set");
            tl_str_add(out, value);
            text += n;
        } else if (text[0] == '$' && text[1] == '{') {
            tl_hint(place->ctx,
                    "write ${NAME} for the environment's value, $$ for a '$'");
            return tl_yaml_fail(place->yaml, place->at, place->ctx,
                                "'${' is not followed by a name and '}'");
        } else if (text[0] == '$') {
            tl_str_add_char(out, '$');
            text += 1 + (text[1] == '$');
        }
    }
    if (out->failed)
        return tl_yaml_fail(place->yaml, place->at, place->ctx, "the text is too long");
    return TL_OK;
}

#define VALUE_MOST  ((size_t)1 << 20)
#define SECRET_MOST ((size_t)64 << 10)

static int set_expanded(void *into, const struct value_place *place, const char *text)
{
    struct tl_str value;

    tl_str_init(&value, VALUE_MOST);
    int rc = expand(&value, place, text);
    if (rc == 0)
        rc = set_text(into, place, value.text, text);
    tl_str_release(&value);
    return rc;
}

/* A relative path is relative to the file that holds it. */
static const char *beside(const struct tl_yaml *yaml, const char *path,
                          struct tl_ctx *ctx)
{
    const char *slash = strrchr(yaml->path, '/');

    if (!slash)
        return path;
    return tl_path_join(tl_arena_dup(ctx->arena, yaml->path,
                                     (size_t)(slash - yaml->path) + 1),
                        path, ctx);
}

static int read_secret_file(void *into, const struct value_place *place,
                            const json_t *object)
{
    const char *path = json_string_value(json_object_get(object, "file"));
    struct tl_str name;
    struct tl_str secret;

    if (!path || json_object_size(object) != 1)
        return wrong_value(place, "another mapping", false);
    tl_str_init(&name, VALUE_MOST);
    tl_str_init(&secret, SECRET_MOST);
    int rc = expand(&name, place, path);
    if (rc == 0) {
        rc =
            tl_file_read(&secret, beside(place->yaml, name.text, place->ctx), place->ctx);
        if (rc)
            tl_explain(place->ctx, "%s:%u:%u", place->yaml->path, place->at.line,
                       place->at.column);
    }
    if (rc == 0) {
        size_t n = secret.n;
        if (n > 0 && secret.text[n - 1] == '\n')
            n--;
        if (n < secret.n && n > 0 && secret.text[n - 1] == '\r')
            n--;
        secret.text[n] = '\0';
        if (n == 0 || strlen(secret.text) != n)
            rc = tl_yaml_fail(place->yaml, place->at, place->ctx, "the file '%s' %s",
                              path, n == 0 ? "is empty" : "holds a NUL");
        else
            rc = set_text(into, place, secret.text, "a secret");
    }
    memset(secret.text, 0, secret.n);
    tl_str_release(&secret);
    tl_str_release(&name);
    return rc;
}

static int set_secret(void *into, const struct value_place *place, const json_t *value)
{
    char name[128];

    if (json_is_object(value))
        return read_secret_file(into, place, value);
    const char *text = json_string_value(value);
    size_t n = text ? reference(name, sizeof name, text) : 0;
    if (n == 0 || text[n]) {
        /* What stands there may be the secret itself: it is not shown. */
        tl_hint(
            place->ctx,
            "keep secrets out of the file: write ${NAME} for an environment variable, "
            "or {file: path}");
        return wrong_value(place, "written out", false);
    }
    const char *secret = getenv(name);
    if (!secret || !*secret)
        return unset_variable(place, name, secret ? "empty" : "not set");
    return set_text(into, place, secret, "a secret");
}

static const char *found_words(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "a mapping";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        break;
    }
    return "empty";
}

static int wrong_kind(const struct value_place *place, const json_t *value)
{
    bool is_plain = json_is_number(value) || json_is_boolean(value);

    if (json_is_null(value))
        tl_hint(place->ctx, "leave the key out to take the default");
    else if (is_plain &&
             (place->option->kind == TL_KIND_TEXT || place->option->kind == TL_KIND_LIST))
        tl_hint(place->ctx, "put it in quotes if it is meant as text");
    return wrong_value(place, found_words(value), false);
}

static int set_list(void *into, struct value_place place, const json_t *value)
{
    struct tl_list *list = (struct tl_list *)((char *)into + place.option->offset);

    *list = (struct tl_list){ 0 };
    if (json_is_string(value))
        return set_expanded(into, &place, json_string_value(value));
    if (!json_is_array(value))
        return wrong_kind(&place, value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        place.at = tl_yaml_item_at(place.yaml, value, i);
        int rc = json_is_string(item)
                     ? set_expanded(into, &place, json_string_value(item))
                     : wrong_kind(&place, item);
        if (rc)
            return rc;
    }
    return TL_OK;
}

static int set_json(void *into, const struct value_place *place, const json_t *value)
{
    void *field = (char *)into + place->option->offset;
    enum tl_kind kind = place->option->kind;

    if (kind == TL_KIND_SECRET)
        return set_secret(into, place, value);
    if (kind == TL_KIND_LIST)
        return set_list(into, *place, value);
    if (json_is_boolean(value) && kind == TL_KIND_FLAG) {
        *(bool *)field = json_is_true(value);
        return TL_OK;
    }
    /* true and false may be words of a choice: no need for quotes. */
    if (json_is_boolean(value) && kind == TL_KIND_CHOICE &&
        read_choice(field, place->option->choices,
                    json_is_true(value) ? "true" : "false"))
        return TL_OK;
    if (json_is_integer(value) && kind == TL_KIND_COUNT &&
        json_integer_value(value) >= 0) {
        *(int64_t *)field = json_integer_value(value);
        return TL_OK;
    }
    if (json_is_integer(value) && kind == TL_KIND_DURATION &&
        json_integer_value(value) == 0) {
        *(int64_t *)field = 0;
        return TL_OK;
    }
    if (json_is_number(value) && kind == TL_KIND_SHARE) {
        if (share_of(field, json_number_value(value)))
            return TL_OK;
        return wrong_value(place, "a number outside 0..1", false);
    }
    if (json_is_string(value) && kind != TL_KIND_FLAG)
        return set_expanded(into, place, json_string_value(value));
    if (json_is_string(value))
        return wrong_value(place, json_string_value(value), true);
    return wrong_kind(place, value);
}

static bool is_among(const char *word, const char *const *words)
{
    for (; words && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static const struct tl_option *find_option(const struct tl_option *table,
                                           const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

static int unknown_key(const struct tl_yaml *yaml, const json_t *object, const char *key,
                       const struct tl_option *table, const char *const *except,
                       struct tl_ctx *ctx)
{
    TL_VEC(const char *) known = { 0 };
    struct tl_str list;

    for (const char *const *word = except; word && *word; word++)
        tl_vec_push(&known, *word);
    for (; table->name; table++)
        tl_vec_push(&known, table->name);
    tl_str_init(&list, sizeof ctx->error.hint);
    for (size_t i = 0; i < known.n; i++) {
        tl_str_add(&list, i ? ", " : "");
        tl_str_add(&list, known.items[i]);
    }
    const char *nearest = tl_nearest(key, known.items, known.n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'? known here: %s", nearest, list.text);
    else
        tl_hint(ctx, "known here: %s", known.n ? list.text : "nothing");
    tl_str_release(&list);
    tl_vec_release(&known);
    return tl_yaml_fail(yaml, tl_yaml_key_at(yaml, object, key), ctx,
                        "the key '%s' is not known here", key);
}

int tl_option_from_yaml(void *into, const struct tl_option *table,
                        const struct tl_yaml *yaml, const json_t *object,
                        const char *const *except, struct tl_ctx *ctx)
{
    json_t *mapping = (json_t *)(uintptr_t)
        object; /* jansson's iterators want it writable; nothing is written */

    if (!json_is_object(object))
        return tl_yaml_fail(yaml, (struct tl_mark){ 0 }, ctx,
                            "settings are %s, expected a mapping of names to values",
                            object ? found_words(object) : "empty");
    for (void *at = json_object_iter(mapping); at;
         at = json_object_iter_next(mapping, at)) {
        const char *key = json_object_iter_key(at);
        struct value_place place = { find_option(table, key), yaml,
                                     tl_yaml_at(yaml, object, key), ctx };
        int rc = TL_OK;
        if (place.option)
            rc = set_json(into, &place, json_object_iter_value(at));
        else if (!is_among(key, except))
            rc = unknown_key(yaml, object, key, table, except, ctx);
        if (rc)
            return rc;
    }
    return TL_OK;
}

/* ---- flags ---- */

/* getopt_long's answer for the long form of table entry i is LONG + i. */
#define LONG 256

struct flags {
    const struct tl_option *table;
    size_t n;
    struct option *longs;
    char (*names)[128];
    char letters[2 * 64 + 2];
    bool *given;
};

static void flags_open(struct flags *flags, const struct tl_option *table)
{
    size_t letter = 0;
    size_t n_longs = 0;

    *flags = (struct flags){ .table = table };
    while (table[flags->n].name)
        flags->n++;
    flags->longs = tl_alloc(flags->n + 1, sizeof *flags->longs);
    flags->names = tl_alloc(flags->n + 1, sizeof *flags->names);
    flags->given = tl_alloc(flags->n + 1, sizeof *flags->given);
    flags->letters[letter++] =
        ':'; /* a missing value is told apart from an unknown flag */
    for (size_t i = 0; i < flags->n; i++) {
        if (table[i].kind == TL_KIND_SECRET)
            continue;
        bool takes_value = table[i].kind != TL_KIND_FLAG;
        shown_name(flags->names[i], sizeof flags->names[i], &table[i], true);
        flags->longs[n_longs++] =
            (struct option){ flags->names[i] + 2,
                             takes_value ? required_argument : no_argument, NULL,
                             LONG + (int)i };
        if (table[i].letter && letter + 3 < sizeof flags->letters) {
            flags->letters[letter++] = table[i].letter;
            if (takes_value)
                flags->letters[letter++] = ':';
        }
    }
}

static void flags_close(struct flags *flags)
{
    tl_free(flags->longs);
    tl_free(flags->names);
    tl_free(flags->given);
}

static const struct tl_option *flag_of(const struct flags *flags, int answer)
{
    if (answer >= LONG)
        return &flags->table[answer - LONG];
    for (size_t i = 0; i < flags->n; i++)
        if (flags->table[i].letter == answer && answer)
            return &flags->table[i];
    return NULL;
}

static int unknown_flag(const struct flags *flags, const char *command,
                        const char *argument, struct tl_ctx *ctx)
{
    char name[128];
    const char **known;
    size_t n = 0;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument, "="), argument);
    known = tl_alloc(flags->n + 1, sizeof *known);
    for (size_t i = 0; i < flags->n; i++)
        if (flags->names[i][0])
            known[n++] = flags->names[i];
    const char *nearest = tl_nearest(name, known, n);
    tl_free(known);
    for (size_t i = 0; i < flags->n; i++) {
        char secret[128];
        if (flags->table[i].kind == TL_KIND_SECRET &&
            strcmp(name, shown_name(secret, sizeof secret, &flags->table[i], true)) ==
                0) {
            tl_hint(ctx, "write '%s: ${NAME}' or '%s: {file: path}' in tagline.yaml",
                    flags->table[i].name, flags->table[i].name);
            return tl_fail(ctx, TL_EUSAGE,
                           "'%s' is a secret, and secrets are not taken from flags",
                           name);
        }
    }
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    else
        tl_hint(ctx, "see 'tagline help %s'", command);
    return tl_fail(ctx, TL_EUSAGE, "'%s' has no flag '%s'", command, name);
}

static int wrong_flag(const struct flags *flags, int answer, char **argv,
                      struct tl_ctx *ctx)
{
    const struct tl_option *option = flag_of(flags, optopt);
    char name[128];

    if (!option) {
        char letter[3] = { '-', (char)optopt, '\0' };
        return unknown_flag(flags, argv[0], optopt ? letter : argv[optind - 1], ctx);
    }
    shown_name(name, sizeof name, option, true);
    if (answer != ':')
        return tl_fail(ctx, TL_EUSAGE, "'%s' takes no value", name);
    char words[512];
    tl_hint(ctx, "write %s followed by %s", name,
            expected_words(words, sizeof words, option));
    return tl_fail(ctx, TL_EUSAGE, "'%s' lacks its value", name);
}

static int set_flag(void *into, struct flags *flags, const struct tl_option *option,
                    struct tl_ctx *ctx)
{
    struct value_place place = { .option = option, .ctx = ctx };
    bool *given = &flags->given[option - flags->table];

    if (option->kind == TL_KIND_FLAG) {
        *(bool *)((char *)into + option->offset) = true;
        return TL_OK;
    }
    /* The first of a repeated flag replaces what the configuration or the default said. */
    if (option->kind == TL_KIND_LIST && !*given)
        *(struct tl_list *)((char *)into + option->offset) = (struct tl_list){ 0 };
    *given = true;
    return set_text(into, &place, optarg, optarg);
}

int tl_option_from_args(void *into, const struct tl_option *table, int argc, char **argv,
                        int *operands, struct tl_ctx *ctx)
{
    struct flags flags;
    int rc = TL_OK;

    flags_open(&flags, table);
    optind = 0; /* glibc: forget the last command line altogether */
    opterr = 0;
    while (rc == 0) {
        optopt = 0;
        int answer = getopt_long(argc, argv, flags.letters, flags.longs, NULL);
        if (answer == -1)
            break;
        if (answer == '?' || answer == ':')
            rc = wrong_flag(&flags, answer, argv, ctx);
        else
            rc = set_flag(into, &flags, flag_of(&flags, answer), ctx);
    }
    *operands = optind;
    flags_close(&flags);
    return rc;
}

/* ---- help ---- */

static const char *argument_word(const struct tl_option *option, bool as_flags)
{
    if (option->argument)
        return option->argument;
    switch (option->kind) {
    case TL_KIND_FLAG:
        return as_flags ? "" : "true|false";
    case TL_KIND_TEXT:
        return "WORD";
    case TL_KIND_COUNT:
        return "N";
    case TL_KIND_SHARE:
        return "SHARE";
    case TL_KIND_DURATION:
        return "TIME";
    case TL_KIND_CHOICE:
        return option->choices;
    case TL_KIND_LIST:
        return as_flags ? "WORD" : "[WORD, ...]";
    case TL_KIND_SECRET:
        return "${NAME}";
    }
    return "";
}

static void help_name(struct tl_str *out, const struct tl_option *option, bool as_flags)
{
    char name[128];
    const char *argument = argument_word(option, as_flags);

    tl_str_add(out, "  ");
    if (as_flags && option->letter)
        tl_str_addf(out, "-%c, ", option->letter);
    else if (as_flags)
        tl_str_add(out, "    ");
    tl_str_add(out, shown_name(name, sizeof name, option, as_flags));
    if (*argument)
        tl_str_addf(out, "%s %s", as_flags ? "" : ":", argument);
}

/* Names wider than this put their help on the next line. */
#define NAME_MOST 30

static void help_text(struct tl_str *out, const char *text, size_t indent, size_t width)
{
    size_t column = indent;

    while (*text) {
        size_t n = strcspn(text, " ");
        if (column > indent && column + 1 + n > width) {
            tl_str_addf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            tl_str_add_char(out, ' ');
            column++;
        }
        tl_str_add_bytes(out, text, n);
        column += n;
        text += n;
        text += strspn(text, " ");
    }
    tl_str_add_char(out, '\n');
}

static bool is_shown(const struct tl_option *option, bool as_flags)
{
    return !as_flags || option->kind != TL_KIND_SECRET;
}

void tl_option_help(struct tl_str *out, const struct tl_option *table, bool as_flags,
                    unsigned width)
{
    struct tl_str name;
    struct tl_str text;
    size_t indent = 0;

    tl_str_init(&name, 1024);
    tl_str_init(&text, 4096);
    for (const struct tl_option *option = table; option->name; option++) {
        tl_str_clear(&name);
        help_name(&name, option, as_flags);
        if (is_shown(option, as_flags) && name.n <= NAME_MOST && name.n + 2 > indent)
            indent = name.n + 2;
    }
    if (indent == 0)
        indent = 8;
    if (width < indent + 20)
        width = (unsigned)indent +
                60; /* too narrow a terminal, or none: wrapping would not help */
    for (const struct tl_option *option = table; option->name; option++) {
        if (!is_shown(option, as_flags))
            continue;
        tl_str_clear(&name);
        tl_str_clear(&text);
        help_name(&name, option, as_flags);
        tl_str_add(out, name.text);
        if (name.n + 2 > indent)
            tl_str_addf(out, "\n%*s", (int)indent, "");
        else
            tl_str_addf(out, "%*s", (int)(indent - name.n), "");
        tl_str_add(&text, option->help ? option->help : "");
        if (option->fallback && option->kind != TL_KIND_FLAG)
            tl_str_addf(&text, " (default %s)", option->fallback);
        if (as_flags && option->kind == TL_KIND_LIST)
            tl_str_add(&text, "; may be repeated");
        help_text(out, text.text, indent, width);
    }
    tl_str_release(&name);
    tl_str_release(&text);
}
