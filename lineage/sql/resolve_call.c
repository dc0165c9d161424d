/*
 * What a function call does to what it reads. Where the text does not prove that something is lost, it counts as kept.
 */
#include "lineage/sql/resolve_call.h"

#include "lineage/sql/effects.h"

#include <ctype.h>
#include <string.h>

enum { MOST_LEVELS = 64 }; /* of an argument that are searched for a salt */

/* ---- literals ---- */

/* Letters and digits of a literal, in lower case; "" of what is none or does not fit. */
void tl_rs_plain_text(char out[32], const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    size_t n = 0;

    while (node->kind == TL_N_CAST && node->a)
        node = tl_rs_node(rs, node->a);
    out[0] = '\0';
    if (node->kind != TL_N_LITERAL || (node->op != TL_L_TEXT && node->op != TL_L_NUMBER))
        return;
    /* The field of extract is a word, in quotes or not: it ends where "from" follows. */
    uint32_t end = node->end;
    if (node->end <= node->at && (rs->text[end] == '\'' || rs->text[end] == '"'))
        end++;
    for (; node->end <= node->at && isalpha((unsigned char)rs->text[end]); end++)
        ;
    for (uint32_t i = node->at; i < end; i++) {
        if (!isalnum((unsigned char)rs->text[i]))
            continue;
        if (n == 31) {
            out[0] = '\0';
            return;
        }
        out[n++] = (char)tolower((unsigned char)rs->text[i]);
    }
    out[n] = '\0';
}

bool tl_rs_is_constant(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    while (node->a && (node->kind == TL_N_CAST || node->kind == TL_N_UNARY ||
                       node->kind == TL_N_NAMED_ARGUMENT))
        node = tl_rs_node(rs, node->a);
    return node->kind == TL_N_LITERAL || node->kind == TL_N_NAME;
}

/* ---- units of time that are written like columns: datediff(day, a, b), date_trunc(a, month) ---- */

static bool is_word_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(words[i], text) == 0)
            return true;
    return false;
}

static bool is_unit_word(const char *text)
{
    static const char *const units[] = {
        "year",
        "years",
        "y",
        "yy",
        "yyyy",
        "yr",
        "quarter",
        "quarters",
        "qtr",
        "q",
        "month",
        "months",
        "mon",
        "mm",
        "week",
        "weeks",
        "wk",
        "w",
        "isoweek",
        "weekiso",
        "week_iso",
        "day",
        "days",
        "d",
        "dd",
        "dayofmonth",
        "dow",
        "dw",
        "dayofweek",
        "dayofweekiso",
        "doy",
        "dy",
        "dayofyear",
        "isoyear",
        "yearofweek",
        "hour",
        "hours",
        "hh",
        "h",
        "hr",
        "minute",
        "minutes",
        "mi",
        "min",
        "n",
        "m",
        "second",
        "seconds",
        "ss",
        "s",
        "sec",
        "ms",
        "millisecond",
        "milliseconds",
        "us",
        "microsecond",
        "microseconds",
        "ns",
        "nanosecond",
        "nanoseconds",
        "epoch",
        "epoch_second",
        "decade",
        "century",
    };

    return is_word_of(text, units, sizeof units / sizeof *units);
}

/* Where the manuals of the dialect have the unit, from 0; -1: it is a text there, or none. */
static int place_of_unit(const struct tl_rs *rs, const char *function)
{
    static const char *const first[] = { "datediff",  "dateadd",    "date_part",
                                         "datepart",  "date_trunc", "datetrunc",
                                         "timediff",  "timeadd",    "timestampdiff",
                                         "date_diff", "date_add",   "timestampadd" };
    static const char *const second[] = { "date_trunc", "datetime_trunc",
                                          "timestamp_trunc", "time_trunc" };
    static const char *const third[] = { "date_diff", "datetime_diff", "timestamp_diff",
                                         "time_diff" };
    if (strcasecmp(function, "last_day") == 0)
        return 1;
    if (!(rs->traits->meaning & TL_SQL_UNITS_LAST))
        return is_word_of(function, first, sizeof first / sizeof *first) ? 0 : -1;
    if (is_word_of(function, second, sizeof second / sizeof *second))
        return 1;
    return is_word_of(function, third, sizeof third / sizeof *third) ? 2 : -1;
}

/* Where `week` takes the name of the day on which it begins. */
static bool is_weekday(const struct tl_rs *rs, uint32_t id)
{
    static const char *const days[] = { "sunday",   "monday", "tuesday", "wednesday",
                                        "thursday", "friday", "saturday" };
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (node->kind != TL_N_COLUMN || node->b || node->next)
        return false;
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        if (strcasecmp(days[i], tl_rs_text(rs, node->name)) == 0)
            return true;
    return false;
}

bool tl_rs_is_unit(const struct tl_rs *rs, uint32_t call, uint32_t id, unsigned i)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    bool has_units = rs->traits->meaning & (TL_SQL_UNITS_FIRST | TL_SQL_UNITS_LAST);
    bool is_plain = node->kind == TL_N_COLUMN && !(node->flags & TL_F_QUOTED);
    bool is_week = node->kind == TL_N_CALL && node->a && !node->c;

    if (i == 0 && rs->bodies.n_open && node->kind == TL_N_COLUMN &&
        strcasecmp(tl_rs_text(rs, tl_rs_node(rs, call)->name), "raise") == 0)
        return true; /* SQLite: abort, fail, rollback, ignore */
    return has_units && i < 3 && ((is_plain && !node->b) || is_week) &&
           is_unit_word(tl_rs_text(rs, node->name)) &&
           (is_plain || is_weekday(rs, node->a)) &&
           place_of_unit(rs, tl_rs_text(rs, tl_rs_node(rs, call)->name)) == (int)i;
}

uint32_t tl_rs_argument(const struct tl_rs *rs, const struct tl_sql_node *call,
                        unsigned n)
{
    uint32_t i = call->a;

    while (i && n--)
        i = tl_rs_node(rs, i)->next;
    return i;
}

/* ---- salts ---- */

static const struct tl_sql_function *find_once(struct tl_rs *rs, uint32_t name)
{
    struct tl_rs_known_function *known =
        &rs->known_functions[name % TL_RS_KNOWN_FUNCTIONS];
    const char *text = tl_rs_text(rs, name);

    if (known->name != name || known->text != rs->n_texts)
        *known =
            (struct tl_rs_known_function){ name, rs->n_texts,
                                           tl_sql_function_find(text, strlen(text)) };
    return known->function;
}

static const struct tl_sql_function *function_of(struct tl_rs *rs,
                                                 const struct tl_sql_node *call)
{
    static const char *const systems[] = {
        "pg_catalog", "public", "extensions", "safe", "main", "pgcrypto", "system", "sys"
    };
    const char *name = tl_rs_text(rs, call->name);
    const char *schema = tl_sql_name_text(rs->names, call->c);
    char whole[128];

    if (!schema)
        return find_once(rs, call->name);
    int n = snprintf(whole, sizeof whole, "%s.%s", schema, name);
    const struct tl_sql_function *own =
        n < (int)sizeof whole ? tl_sql_function_find(whole, (size_t)n) : NULL;
    if (own)
        return own;
    for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
        if (strcasecmp(schema, systems[i]) == 0)
            return tl_sql_function_find(name, strlen(name));
    return NULL;
}

/* Something that is not of the row and that somebody who has the hash does not know. A separator is none. */
static bool is_salt(struct tl_rs *rs, uint32_t id, unsigned levels)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    const struct tl_sql_function *function;
    char text[32];

    if (!id || levels > MOST_LEVELS)
        return false;
    switch (node->kind) {
    case TL_N_PARAMETER:
        return true;
    case TL_N_LITERAL:
        tl_rs_plain_text(text, rs, id);
        if (text[0])
            return true;
        return node->op == TL_L_TEXT && node->end - node->at > 32;
    case TL_N_CAST:
    case TL_N_UNARY:
    case TL_N_NAMED_ARGUMENT:
        return is_salt(rs, node->a, levels + 1);
    case TL_N_CALL:
        if (!node->a)
            return true;
        function = function_of(rs, node);
        for (uint32_t i = node->a; i; i = tl_rs_node(rs, i)->next)
            if (!tl_rs_is_constant(rs, i) && !is_salt(rs, i, levels + 1))
                return false;
        return !function || function->class == TL_FN_NOTHING ||
               is_salt(rs, node->a, levels + 1);
    default:
        return false;
    }
}

static bool has_salt(struct tl_rs *rs, uint32_t id, unsigned levels);

static bool is_or_has_salt(struct tl_rs *rs, uint32_t id, unsigned levels)
{
    return is_salt(rs, id, levels) || has_salt(rs, id, levels);
}

static bool call_has_salt(struct tl_rs *rs, const struct tl_sql_node *call,
                          unsigned levels)
{
    const char *name = tl_rs_text(rs, call->name);
    const struct tl_sql_function *function = function_of(rs, call);
    bool is_concat = strcasecmp(name, "concat") == 0;
    bool is_joined = strcasecmp(name, "concat_ws") == 0;
    uint32_t i = call->a;

    if (!function || function->class != TL_FN_KEEPS)
        return false;
    if (is_joined && i)
        i = tl_rs_node(rs, i)->next;
    for (; i; i = tl_rs_node(rs, i)->next)
        if (is_concat || is_joined ? is_or_has_salt(rs, i, levels + 1)
                                   : has_salt(rs, i, levels + 1))
            return true;
    return false;
}

/* Whether a salt is put together with whatever else the expression is made of. */
static bool has_salt(struct tl_rs *rs, uint32_t id, unsigned levels)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (levels > MOST_LEVELS)
        return false;
    while (id) {
        node = tl_rs_node(rs, id);
        if (node->kind == TL_N_BINARY && node->op == TL_O_CONCAT) {
            if (is_or_has_salt(rs, node->b, levels + 1) || is_salt(rs, node->a, levels))
                return true;
            id = node->a;
        } else if (node->kind == TL_N_CAST || node->kind == TL_N_NAMED_ARGUMENT ||
                   ((node->kind == TL_N_UNARY || node->kind == TL_N_BINARY) &&
                    node->op == TL_O_COLLATE)) {
            id = node->a;
        } else {
            return node->kind == TL_N_CALL && call_has_salt(rs, node, levels + 1);
        }
    }
    return false;
}

bool tl_rs_is_value(const struct tl_sql_function *function, unsigned i)
{
    return !function->values || i >= 8 || (function->values >> i & 1);
}

static bool is_salted(struct tl_rs *rs, const struct tl_sql_node *call,
                      const struct tl_sql_function *function)
{
    bool has_many = call->a && tl_rs_node(rs, call->a)->next && !function->values;
    unsigned i = 0;

    for (uint32_t at = call->a; at; at = tl_rs_node(rs, at)->next, i++) {
        if (!tl_rs_is_value(function, i))
            continue;
        if (has_salt(rs, at, 0))
            return true;
        if (has_many && is_salt(rs, at, 0) &&
            !(tl_rs_node(rs, at)->kind == TL_N_LITERAL &&
              tl_rs_node(rs, at)->op == TL_L_NUMBER))
            return true;
    }
    return false;
}

/* "sha256" of digest(x, 'sha256'), hashbytes('SHA2_256', x), sha2(x, 256). */
static const char *digest_by_argument(const struct tl_rs *rs,
                                      const struct tl_sql_node *call,
                                      const struct tl_sql_function *function)
{
    static const struct {
        const char *word, *digest;
    } words[] = {
        { "md5", "md5" },       { "sha", "sha1" },       { "sha1", "sha1" },
        { "224", "sha224" },    { "sha224", "sha224" },  { "0", "sha256" },
        { "256", "sha256" },    { "sha256", "sha256" },  { "sha2256", "sha256" },
        { "384", "sha384" },    { "sha384", "sha384" },  { "512", "sha512" },
        { "sha512", "sha512" }, { "sha2512", "sha512" },
    };
    unsigned other = function->values == 2 ? 0 : 1;
    uint32_t at = tl_rs_argument(rs, call, other);
    char text[32];

    if (!function->values)
        return NULL;
    if (!at && strncmp(function->name, "sha2", 4) == 0)
        return "sha256";
    if (!at && strcmp(function->name, "standard_hash") == 0)
        return "sha1";
    if (!at)
        return NULL;
    tl_rs_plain_text(text, rs, at);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, text) == 0)
            return words[i].digest;
    return NULL;
}

/* ---- masks ---- */

static bool is_literal(const struct tl_rs *rs, uint32_t id, const char *const *texts,
                       size_t n)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (!id || node->kind != TL_N_LITERAL || node->op != TL_L_TEXT ||
        node->end < node->at + 2)
        return false;
    const char *text = rs->text + node->at + 1;
    size_t length = node->end - node->at - 2;
    for (size_t i = 0; i < n; i++)
        if (strlen(texts[i]) == length && memcmp(texts[i], text, length) == 0)
            return true;
    return false;
}

static bool is_plain_replacement(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);

    if (!id || node->kind != TL_N_LITERAL || node->op != TL_L_TEXT)
        return false;
    for (uint32_t i = node->at; i < node->end; i++)
        if (rs->text[i] == '\\' || rs->text[i] == '$')
            return false;
    return true;
}

/* regexp_replace(x, '.*', '***') and, where every match is replaced, regexp_replace(x, '.', '*'). */
static bool replaces_all(const struct tl_rs *rs, const struct tl_sql_node *call)
{
    static const char *const whole[] = {
        ".*",  ".+",  "^.*$", "^.+$", "^.*",    "^.+",
        ".*$", ".+$", "(.*)", "(.+)", "^(.*)$", "^(.+)$"
    };
    static const char *const each[] = { ".", "(.)", "[\\s\\S]" };
    static const char *const global[] = { "g", "gi", "ig", "gs", "sg" };
    uint32_t pattern = tl_rs_argument(rs, call, 1), flags = tl_rs_argument(rs, call, 3);
    bool is_global = is_literal(rs, flags, global, sizeof global / sizeof *global);

    if (!flags)
        is_global = rs->traits->meaning & TL_SQL_REPLACES_EVERY;
    if (!is_plain_replacement(rs, tl_rs_argument(rs, call, 2)))
        return false;
    if (is_global && is_literal(rs, pattern, each, sizeof each / sizeof *each))
        return true;
    /* PostgreSQL's dot meets line feeds too: the first match is all there is. */
    return (is_global || (rs->traits->meaning & TL_SQL_DOT_MEETS_LINES)) &&
           is_literal(rs, pattern, whole, sizeof whole / sizeof *whole);
}

/* ---- the whole ---- */

static uint32_t name_in_lower_case(struct tl_rs *rs, uint32_t name)
{
    const char *text = tl_rs_text(rs, name);
    char lower[128];
    size_t n = strlen(text);

    if (n >= sizeof lower)
        return name;
    for (size_t i = 0; i <= n; i++)
        lower[i] = (char)tolower((unsigned char)text[i]);
    return tl_sql_name_exact(rs->names, lower, (uint32_t)n);
}

static bool is_hash(uint8_t effect)
{
    return effect == TL_HASHES || effect == TL_HASHES_SALTED;
}

static void set_hash(struct tl_rs *rs, struct tl_rs_call *out,
                     const struct tl_sql_node *call,
                     const struct tl_sql_function *function)
{
    const char *digest = function->digest;

    out->effect = is_salted(rs, call, function) ? TL_HASHES_SALTED : TL_HASHES;
    if (!digest)
        digest = digest_by_argument(rs, call, function);
    out->function = digest
                        ? tl_sql_name_exact(rs->names, digest, (uint32_t)strlen(digest))
                        : name_in_lower_case(rs, call->name);
}

static bool is_users_own(struct tl_rs *rs, struct tl_rs_call *out,
                         const struct tl_sql_node *call)
{
    enum tl_effect effect =
        tl_schema_function(rs->schema, tl_rs_key(rs, call->c), tl_rs_key(rs, call->name));

    if (effect == TL_NO_EFFECT)
        return false;
    out->effect = (uint8_t)effect;
    if (effect >= TL_AGGREGATES)
        out->kind = TL_AGGREGATION;
    if (is_hash(out->effect))
        out->function = name_in_lower_case(rs, call->name);
    return true;
}

static void set_by_class(struct tl_rs *rs, struct tl_rs_call *out, uint32_t id,
                         const struct tl_sql_function *function)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);

    switch ((enum tl_sql_function_class)function->class) {
    case TL_FN_PARTIAL:
        if (tl_rs_leaves_a_part(rs, id, function)) {
            out->effect = TL_PARTIAL;
            out->function = tl_rs_part_name(rs, id, function);
        }
        break;
    case TL_FN_FORMATS:
        out->function = tl_rs_part_name(rs, id, function);
        out->effect = out->function ? TL_PARTIAL : TL_KEEPS;
        break;
    case TL_FN_MASKS:
        out->effect = TL_MASKS;
        break;
    case TL_FN_REPLACES:
        if (replaces_all(rs, call))
            out->effect = TL_MASKS;
        break;
    case TL_FN_HASHES:
        set_hash(rs, out, call, function);
        break;
    case TL_FN_KEYED:
        out->effect = TL_HASHES_SALTED;
        out->function = name_in_lower_case(rs, call->name);
        break;
    case TL_FN_ENCRYPTS:
        out->effect = TL_ENCRYPTS;
        break;
    case TL_FN_DECRYPTS:
        out->opens = true;
        break;
    case TL_FN_TOKENISES:
        out->effect = TL_TOKENISES;
        break;
    case TL_FN_AGGREGATE:
        out->kind = TL_AGGREGATION;
        out->effect = rs->adds_noise ? TL_ADDS_NOISE : TL_AGGREGATES;
        break;
    case TL_FN_COUNT:
        out->kind = TL_AGGREGATION;
        out->effect = rs->adds_noise ? TL_ADDS_NOISE : TL_COUNTS;
        break;
    case TL_FN_NOISE:
        out->kind = TL_AGGREGATION;
        out->effect = TL_ADDS_NOISE;
        break;
    case TL_FN_PICK_BY:
        out->has_order = true;
        out->kind = TL_AGGREGATION;
        out->shape = TL_SHAPE_SAME;
        break;
    case TL_FN_PICK:
        out->kind = TL_AGGREGATION;
        if (!out->shape)
            out->shape = TL_SHAPE_SAME;
        break;
    case TL_FN_PREDICATE:
        out->function = tl_rs_presence_name(rs, function);
        out->effect = TL_PARTIAL;
        break;
    case TL_FN_WINDOW:
        out->effect = TL_PARTIAL;
        break;
    case TL_FN_NOTHING:
        out->gives_nothing = true;
        break;
    case TL_FN_CHOICE:
        out->n_conditions = 1;
        out->shape = TL_SHAPE_SAME;
        break;
    case TL_FN_DECODE:
        out->is_decode = tl_rs_argument(rs, call, 2) != 0;
        out->shape = TL_SHAPE_SAME;
        break;
    case TL_FN_WINDOW_PICK:
        out->shape = TL_SHAPE_SAME;
        break;
    case TL_FN_UNKNOWN:
    case TL_FN_KEEPS:
    default:
        break;
    }
}

struct tl_rs_call tl_rs_call_of(struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    struct tl_rs_call out = { .kind = TL_TRANSFORMATION,
                              .effect = TL_KEEPS,
                              .confidence = 1000 };

    if (is_users_own(rs, &out, call))
        return out;
    const struct tl_sql_function *function = function_of(rs, call);
    if (!function) {
        out.confidence = TL_RS_UNKNOWN_FUNCTION;
        if (call->d && (tl_rs_node(rs, call->d)->a || tl_rs_node(rs, call->d)->b))
            out.kind =
                TL_AGGREGATION; /* only aggregates are filtered or ordered inside */
        return out;
    }
    out.values = function->values;
    out.takes_order = function->takes_order;
    out.shape = function->shape;
    set_by_class(rs, &out, id, function);
    return out;
}
