/*
 * Calls that leave a part of a value: whether they surely do, and which part it is.
 */
#include "lineage/sql/resolve_call.h"

#include "lineage/sql/effects.h"

#include <string.h>

/* substr(x, 1) is x; what is asked for by something that is not constant may be all of it; an epoch is the whole time. */
bool tl_rs_leaves_a_part(const struct tl_rs *rs, uint32_t id,
                         const struct tl_sql_function *function)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    static const char *const first[] = { "substr", "substring", "mid" };
    unsigned i = 0, n_variable = 0, n_bounds = 0;
    char text[32] = "";

    for (uint32_t at = call->a; at; at = tl_rs_node(rs, at)->next, i++) {
        bool is_unit = tl_rs_is_unit(rs, id, at, i);
        bool constant = is_unit || tl_rs_is_constant(rs, at);

        if (is_unit && strcasecmp(tl_rs_text(rs, tl_rs_node(rs, at)->name), "epoch") == 0)
            return false;
        if (!function->values)
            n_variable += !constant;
        else if (!tl_rs_is_value(function, i)) {
            n_bounds++;
            if (!constant)
                return false;
        }
        if (constant)
            tl_rs_plain_text(text, rs, at);
        if (strcmp(text, "epoch") == 0)
            return false;
    }
    if (n_bounds == 1 && (strcmp(text, "1") == 0 || strcmp(text, "0") == 0))
        for (size_t f = 0; f < sizeof first / sizeof *first; f++)
            if (strcmp(function->name, first[f]) == 0)
                return false;
    return n_variable <= 1;
}

/* ---- which part ---- */

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i], text) == 0)
            return true;
    return false;
}

/* A column, at most in another case or type, or without blanks around: its parts are those of the value. */
static bool is_a_column(const struct tl_rs *rs, uint32_t id)
{
    static const char *const dresses[] = { "lower", "upper", "trim",
                                           "btrim", "ltrim", "rtrim" };

    for (unsigned levels = 0; id && levels < 8; levels++) {
        const struct tl_sql_node *node = tl_rs_node(rs, id);
        if (node->kind == TL_N_COLUMN || node->kind == TL_N_FIELD)
            return true;
        if (node->kind == TL_N_CALL && !tl_rs_argument(rs, node, 1)) {
            const char *name = tl_sql_name_text(rs->names, node->name);
            char lower[8] = "";
            if (strlen(name) >= sizeof lower)
                return false;
            for (size_t i = 0; name[i]; i++)
                lower[i] = (char)(name[i] | 0x20);
            if (!is_one_of(lower, dresses, sizeof dresses / sizeof *dresses))
                return false;
        } else if (node->kind != TL_N_CAST) {
            return false;
        }
        id = node->a;
    }
    return false;
}

/* A unit of time as written: quoted, a word, or the letters of a pattern. */
static const char *calendar_part(const char *unit, bool is_cut)
{
    static const struct {
        const char *word, *part;
        bool
            when_cut; /* date_trunc('month', x) leaves the year too: only of these it is the same */
    } parts[] = {
        { "year", "year", true },       { "years", "year", true },
        { "y", "year", true },          { "yy", "year", true },
        { "yyyy", "year", true },       { "yr", "year", true },
        { "isoyear", "year", true },    { "decade", "decade", true },
        { "century", "century", true }, { "month", "month", false },
        { "months", "month", false },   { "mon", "month", false },
        { "mm", "month", false },       { "day", "day", false },
        { "days", "day", false },       { "dd", "day", false },
        { "dayofmonth", "day", false }, { "dow", "dow", false },
        { "dayofweek", "dow", false },  { "doy", "doy", false },
        { "dayofyear", "doy", false },  { "hour", "hour", false },
        { "hours", "hour", false },     { "hh24", "hour", false },
        { "hh", "hour", false },        { "minute", "minute", false },
        { "mi", "minute", false },      { "second", "second", false },
        { "ss", "second", false },
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].word, unit) == 0 && (!is_cut || parts[i].when_cut))
            return parts[i].part;
    return NULL;
}

/* The only argument beside the column: "" where there is none, or more. */
static void other_argument(char out[32], uint32_t *column, const struct tl_rs *rs,
                           uint32_t id)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    uint32_t first = tl_rs_argument(rs, call, 0), second = tl_rs_argument(rs, call, 1);
    uint32_t other = 0;
    unsigned place = 1;

    out[0] = '\0';
    *column = 0;
    if (!first || tl_rs_argument(rs, call, 2))
        return;
    *column = first;
    if (!second)
        return;
    other = second;
    if (tl_rs_is_constant(rs, first) || tl_rs_is_unit(rs, id, first, 0)) {
        *column = second;
        other = first;
        place = 0;
    }
    if (tl_rs_is_unit(rs, id, other, place)) {
        const char *word = tl_sql_name_text(rs->names, tl_rs_node(rs, other)->name);
        for (size_t i = 0; i < 31 && word[i]; i++, out[i] = '\0')
            out[i] = (char)(word[i] | 0x20);
    } else {
        tl_rs_plain_text(out, rs, other);
    }
}

static const char *part_of_time(const struct tl_rs *rs, uint32_t id, const char *function)
{
    static const char *const cuts[] = { "date_trunc", "datetrunc", "trunc",
                                        "datetime_trunc", "timestamp_trunc" };
    static const char *const picks[] = { "extract",     "date_part",       "datepart",
                                         "to_char",     "date_format",     "strftime",
                                         "format_date", "format_timestamp" };
    bool is_cut = is_one_of(function, cuts, sizeof cuts / sizeof *cuts);
    char unit[32];
    uint32_t column;

    other_argument(unit, &column, rs, id);
    if (!is_a_column(rs, column))
        return NULL;
    if (is_cut || is_one_of(function, picks, sizeof picks / sizeof *picks))
        return calendar_part(unit, is_cut);
    return unit[0] ? NULL : calendar_part(function, false);
}

static int number_at(const struct tl_rs *rs, uint32_t id)
{
    const struct tl_sql_node *node = tl_rs_node(rs, id);
    char text[32];
    int number = 0;

    if (!id || node->kind != TL_N_LITERAL || node->op != TL_L_NUMBER)
        return -1;
    tl_rs_plain_text(text, rs, id);
    for (const char *c = text; *c; c++) {
        if (*c < '0' || *c > '9' || number > 99)
            return -1;
        number = number * 10 + (*c - '0');
    }
    return number;
}

/* split_part(x, '@', 2) */
static bool is_domain(const struct tl_rs *rs, const struct tl_sql_node *call)
{
    const struct tl_sql_node *by = tl_rs_node(rs, tl_rs_argument(rs, call, 1));

    return by->kind == TL_N_LITERAL && by->op == TL_L_TEXT && by->end == by->at + 3 &&
           rs->text[by->at + 1] == '@' && number_at(rs, tl_rs_argument(rs, call, 2)) == 2;
}

/* How long a text is says nothing about where it came from: it need not be that of a column as it is. */
static bool is_length(const char *function)
{
    static const char *const lengths[] = { "length",           "len",
                                           "strlen",           "char_length",
                                           "character_length", "octet_length",
                                           "byte_length",      "bit_length",
                                           "length_grapheme",  "rtrimmed_length" };

    return is_one_of(function, lengths, sizeof lengths / sizeof *lengths);
}

uint32_t tl_rs_presence(struct tl_rs *rs)
{
    return tl_sql_name_exact(rs->names, "presence", 8);
}

uint32_t tl_rs_presence_name(struct tl_rs *rs, const struct tl_sql_function *function)
{
    static const char *const asks[] = { "isnull", "isnotnull", "is_null" };

    return is_one_of(function->name, asks, sizeof asks / sizeof *asks)
               ? tl_rs_presence(rs)
               : 0;
}

uint32_t tl_rs_part_name(struct tl_rs *rs, uint32_t id,
                         const struct tl_sql_function *function)
{
    const struct tl_sql_node *call = tl_rs_node(rs, id);
    const char *name = function->name, *part = NULL;
    char text[32] = "";
    int first = number_at(rs, tl_rs_argument(rs, call, 1)),
        second = number_at(rs, tl_rs_argument(rs, call, 2));
    bool is_plain = is_a_column(rs, call->a);

    if (strcmp(name, "split_part") == 0) {
        part = is_plain && is_domain(rs, call) ? "email_domain" : NULL;
    } else if (strcmp(name, "left") == 0 && first >= 0) {
        snprintf(text, sizeof text, "first_%d", first);
    } else if (strcmp(name, "right") == 0 && first >= 0) {
        snprintf(text, sizeof text, "last_%d", first);
    } else if (strncmp(name, "substr", 6) == 0 && first == 1 && second >= 0) {
        snprintf(text, sizeof text, "first_%d", second);
    } else if ((strcmp(name, "round") == 0 || strncmp(name, "trunc", 5) == 0) &&
               first >= 0) {
        snprintf(text, sizeof text, "decimals_%d", first);
    } else if (is_length(name)) {
        part = "length";
    } else {
        part = part_of_time(rs, id, name);
    }
    if (!part && is_plain && text[0])
        part = text;
    return part ? tl_sql_name_exact(rs->names, part, (uint32_t)strlen(part)) : 0;
}
