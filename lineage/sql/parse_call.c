/*
 * Function calls: arguments, what may stand between and behind them, and the functions to which SQL gives a syntax of their own. Those
 * come out as calls like any other, with their arguments in the order in which PostgreSQL's own function takes them.
 */
#include "lineage/sql/parse.h"

#include <strings.h>

/* ---- behind the arguments ---- */

static bool is_nulls_treatment(const struct tl_sql_parser *p)
{
    return (tl_parse_is_word(p, TL_K_IGNORE) || tl_parse_is_word(p, TL_K_RESPECT)) &&
           p->now[1].word == TL_K_NULLS;
}

static uint32_t make_tail(struct tl_sql_parser *p, uint32_t call)
{
    if (!tl_parse_get(p, call)->d) {
        uint32_t tail = tl_parse_node(p, TL_N_CALL_TAIL, p->now->at);

        tl_parse_get(p, call)->d = tail;
    }
    return tl_parse_get(p, call)->d;
}

static void parse_order_inside(struct tl_sql_parser *p, uint32_t call)
{
    if (tl_parse_is_word(p, TL_K_ALL) && (p->grammar & TL_SQL_GROUP_BY_ALL)) {
        p->now++; /* order by all: by the arguments */
        return;
    }
    uint32_t tail = make_tail(p, call);
    uint32_t order = tl_parse_order_list(p);

    tl_parse_get(p, tail)->b = order;
}

static void parse_over(struct tl_sql_parser *p, uint32_t call)
{
    uint32_t window;

    p->now++;
    if (tl_parse_is(p, TL_T_OPEN)) {
        window = tl_parse_window(p);
    } else {
        uint32_t at = p->now->at;
        uint32_t name = tl_parse_name(p, "a window");

        window = tl_parse_node(p, TL_N_WINDOW, at);
        tl_parse_get(p, window)->name = name;
    }
    tl_parse_get(p, call)->b = window;
}

/* Behind transform (...): [row format ...] using 'script' */
static bool is_script(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    if (t->word == TL_K_ROW && t[1].word != TL_K_FORMAT)
        return false;
    while (t->kind != TL_T_END && t->word != TL_K_USING && t->word != TL_K_FROM)
        t++;
    return t->word == TL_K_USING && t[1].kind == TL_T_TEXT;
}

/* within group (order by ...), filter (where ...), ignore nulls, from first, over ... */
static void parse_behind(struct tl_sql_parser *p, uint32_t call)
{
    while (p->now->word) {
        if (tl_parse_are_words(p, TL_K_WITHIN, TL_K_GROUP)) {
            p->now += 2;
            tl_parse_expect(p, TL_T_OPEN, "'('");
            if (tl_parse_expect_word(p, TL_K_ORDER) && tl_parse_expect_word(p, TL_K_BY))
                parse_order_inside(p, call);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else if (tl_parse_is_word(p, TL_K_FILTER) && p->now[1].kind == TL_T_OPEN) {
            p->now += 2;
            if (!(p->grammar & TL_SQL_FROM_FIRST) || tl_parse_is_word(p, TL_K_WHERE))
                tl_parse_expect_word(p, TL_K_WHERE);
            uint32_t condition = tl_parse_expression(p);
            uint32_t tail = make_tail(p, call);
            tl_parse_get(p, tail)->a = condition;
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else if (is_nulls_treatment(p)) {
            p->now += 2;
        } else if ((p->forms & TL_SQL_SEVERAL_ALIASES) &&
                   (p->now->word == TL_K_USING || p->now->word == TL_K_ROW) &&
                   tl_parse_get(p, call)->name != 0 && is_script(p)) {
            tl_parse_skip_row_format(p);
            p->now += 2; /* Hive: transform (a, b) using 'script' as (c, d) */
        } else if (tl_parse_is_word(p, TL_K_KEEP) && p->now[1].kind == TL_T_OPEN &&
                   tl_parse_is_text(p, p->now + 2, "dense_rank")) {
            p->now += 4; /* Oracle: keep (dense_rank first order by a) */
            if (tl_parse_expect_word(p, TL_K_ORDER) && tl_parse_expect_word(p, TL_K_BY))
                parse_order_inside(p, call);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else if (tl_parse_are_words(p, TL_K_FROM, TL_K_FIRST) ||
                   tl_parse_are_words(p, TL_K_FROM, TL_K_LAST)) {
            if (p->now[2].word != TL_K_OVER && p->now[2].word != TL_K_RESPECT &&
                p->now[2].word != TL_K_IGNORE)
                return;
            p->now += 2;
        } else if (tl_parse_is_word(p, TL_K_OVER) &&
                   (p->now[1].kind == TL_T_OPEN || tl_parse_is_name(p, p->now + 1))) {
            parse_over(p, call);
        } else {
            return;
        }
    }
}

/* ---- what SQL/JSON puts among arguments (SQL:2023; PostgreSQL 16 and up) ---- */

static bool is_on_event(const struct tl_sql_parser *p, const struct tl_sql_token *t)
{
    return t->word == TL_K_ON &&
           (t[1].word == TL_K_EMPTY || t[1].word == TL_K_ERROR ||
            t[1].word == TL_K_NULL) &&
           p->now->kind == TL_T_WORD;
}

/* null on null, error on empty, empty array on error, true on error */
static bool skip_behaviour(struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_NULL:
    case TL_K_ABSENT:
    case TL_K_ERROR:
    case TL_K_TRUE:
    case TL_K_FALSE:
    case TL_K_UNKNOWN:
    case TL_K_EMPTY:
        break;
    default:
        return false;
    }
    const struct tl_sql_token *t = p->now + 1;
    if (t->word == TL_K_ARRAY || t->word == TL_K_OBJECT)
        t++;
    if (!is_on_event(p, t))
        return false;
    p->now = t + 2;
    return true;
}

/* format json [encoding utf8] */
static bool skip_format(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_words(p, TL_K_FORMAT, TL_K_JSON))
        return false;
    if (tl_parse_accept_word(p, TL_K_ENCODING))
        tl_parse_label(p, "an encoding");
    return true;
}

/* with [conditional | unconditional] [array] wrapper, without wrapper, with unique keys */
static bool skip_wrapper(struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    if (t->word != TL_K_WITH && t->word != TL_K_WITHOUT)
        return false;
    t++;
    if (t->word == TL_K_UNIQUE) {
        p->now = t + 1;
        tl_parse_accept_word(p, TL_K_KEYS);
        return true;
    }
    if (t->word == TL_K_CONDITIONAL || t->word == TL_K_UNCONDITIONAL)
        t++;
    if (t->word == TL_K_ARRAY)
        t++;
    if (t->word != TL_K_WRAPPER)
        return false;
    p->now = t + 1;
    return true;
}

/* keep quotes, omit quotes [on scalar string] */
static bool skip_quotes(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_words(p, TL_K_KEEP, TL_K_QUOTES) &&
        !tl_parse_accept_words(p, TL_K_OMIT, TL_K_QUOTES))
        return false;
    if (tl_parse_accept_words(p, TL_K_ON, TL_K_SCALAR))
        tl_parse_label(p, "'string'");
    return true;
}

/* One such thing; those that hold expressions add them to the arguments. False: none is next. */
static bool parse_json_clause(struct tl_sql_parser *p, struct tl_parse_list *arguments)
{
    if (p->now->kind != TL_T_WORD || p->now->word == 0)
        return false;
    if (tl_parse_accept_word(p, TL_K_RETURNING)) {
        tl_parse_type(p);
        return true;
    }
    if (tl_parse_accept_word(p, TL_K_PASSING)) {
        do {
            tl_parse_append(p, arguments, tl_parse_expression(p));
            skip_format(p);
            if (tl_parse_accept_word(p, TL_K_AS))
                tl_parse_label(p, "a name");
        } while (tl_parse_accept(p, TL_T_COMMA));
        return true;
    }
    if (tl_parse_accept_word(p, TL_K_DEFAULT)) {
        tl_parse_append(p, arguments, tl_parse_expression(p));
        if (!is_on_event(p, p->now))
            tl_parse_expected(p, "'on empty' or 'on error'");
        else
            p->now += 2;
        return true;
    }
    if (tl_parse_is_word(p, TL_K_ON) && is_on_event(p, p->now)) {
        p->now += 2; /* of "null on null" whose null was read as an argument */
        return true;
    }
    return skip_behaviour(p) || skip_format(p) || skip_wrapper(p) || skip_quotes(p);
}

static bool is_json_word(uint16_t word)
{
    switch ((enum tl_sql_keyword)word) {
    case TL_K_JSON:
    case TL_K_JSON_ARRAY:
    case TL_K_JSON_ARRAYAGG:
    case TL_K_JSON_EXISTS:
    case TL_K_JSON_OBJECT:
    case TL_K_JSON_OBJECTAGG:
    case TL_K_JSON_QUERY:
    case TL_K_JSON_SCALAR:
    case TL_K_JSON_SERIALIZE:
    case TL_K_JSON_TABLE:
    case TL_K_JSON_VALUE:
        return true;
    default:
        return false;
    }
}

/* ---- arguments ---- */

static bool is_named_argument(const struct tl_sql_parser *p)
{
    return (p->now->kind == TL_T_WORD || p->now->kind == TL_T_QUOTED) &&
           (p->now[1].kind == TL_T_NAMED || p->now[1].kind == TL_T_ASSIGN);
}

static uint32_t make_named(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                           uint32_t value)
{
    uint32_t node = tl_parse_node(p, TL_N_NAMED_ARGUMENT, at);

    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->a = value;
    return node;
}

static uint32_t parse_argument(struct tl_sql_parser *p, bool takes_query)
{
    uint32_t at = p->now->at;

    if (is_named_argument(p)) {
        uint32_t name = p->now->value;

        p->now += 2;
        uint32_t given = tl_parse_is_word(p, TL_K_TABLE) ? tl_parse_table_argument(p)
                                                         : tl_parse_descriptor(p);
        return make_named(p, at, name, given ? given : tl_parse_expression(p));
    }
    uint32_t value = 0;
    if (tl_parse_is_word(p, TL_K_TABLE))
        value = tl_parse_table_argument(p);
    else if ((p->forms & TL_SQL_MODELS) && p->now->kind == TL_T_WORD)
        value = tl_parse_model_argument(p);
    if (value)
        return value;
    if (tl_parse_is_query(p) &&
        (takes_query || (p->forms & TL_SQL_LOOSE_CALLS))) { /* json_array(select ...) */
        uint32_t query = tl_parse_query(p);

        value = tl_parse_node(p, TL_N_SUBQUERY, at);
        tl_parse_get(p, value)->a = query;
    } else {
        value = tl_parse_expression(p);
    }
    if (tl_parse_accept_word(p, TL_K_AS)) {
        uint32_t name = tl_parse_label(p, "a name");

        return make_named(p, at, name, value);
    }
    return value;
}

/* listagg(a, ',' on overflow truncate '...' with count) */
static void skip_overflow(struct tl_sql_parser *p)
{
    if (tl_parse_accept_word(p, TL_K_ERROR))
        return;
    tl_parse_expect_word(p, TL_K_TRUNCATE);
    tl_parse_accept(p, TL_T_TEXT);
    if (!tl_parse_accept_words(p, TL_K_WITH, TL_K_COUNT))
        tl_parse_accept_words(p, TL_K_WITHOUT, TL_K_COUNT);
}

/* BigQuery: any_value(a having max b): b picks the row, as an order does */
static void parse_having_inside(struct tl_sql_parser *p, uint32_t call)
{
    if (!tl_parse_accept_words(p, TL_K_HAVING, TL_K_MAX) &&
        !tl_parse_accept_words(p, TL_K_HAVING, TL_K_MIN))
        return;
    uint32_t tail = make_tail(p, call);
    uint32_t order = tl_parse_node(p, TL_N_ORDER, p->now->at);
    uint32_t value = tl_parse_expression(p);
    tl_parse_get(p, order)->a = value;
    tl_parse_get(p, tail)->b = order;
}

/* What may stand behind the last argument. */
static void parse_arguments_end(struct tl_sql_parser *p, uint32_t call)
{
    if (is_nulls_treatment(p))
        p->now += 2;
    parse_having_inside(p, call);
    if (p->now[1].word == TL_K_BETWEEN && tl_parse_is_text(p, p->now, "clamped")) {
        p->now += 2; /* BigQuery: sum(a clamped between 0 and 100) */
        tl_parse_above(p, TL_POWER_AND);
        tl_parse_expect_word(p, TL_K_AND);
        tl_parse_above(p, TL_POWER_AND);
    }
    if (tl_parse_are_words(p, TL_K_ORDER, TL_K_BY)) {
        p->now += 2;
        parse_order_inside(p, call);
    }
    if (is_nulls_treatment(p))
        p->now += 2;
    if ((p->forms & TL_SQL_LOOSE_CALLS) && tl_parse_accept_word(p, TL_K_LIMIT))
        tl_parse_expression(p);
    if (tl_parse_accept_words(p, TL_K_ON, TL_K_OVERFLOW))
        skip_overflow(p);
    if ((p->forms & TL_SQL_COMMON_GROUND) && p->now[1].kind == TL_T_TEXT &&
        tl_parse_is_text(p, p->now, "separator"))
        p->now += 2;
}

/* object_transform(o keep 'a', 'b' set 'c', x) */
static bool accept_change_of_object(struct tl_sql_parser *p, uint32_t call)
{
    if ((!tl_parse_is_word(p, TL_K_KEEP) && !tl_parse_is_word(p, TL_K_SET)) ||
        !(p->forms & TL_SQL_PLACES_OF_ITEMS) ||
        strcasecmp(tl_sql_name_text(p->names, tl_parse_get(p, call)->name),
                   "object_transform") != 0)
        return false;
    p->now++;
    return true;
}

static void parse_arguments(struct tl_sql_parser *p, uint32_t call, uint16_t word)
{
    struct tl_parse_list arguments = { 0 };
    bool is_json = is_json_word(word);

    do {
        if (tl_parse_is(p, TL_T_CLOSE) &&
            (is_json || (p->grammar & TL_SQL_TRAILING_COMMA)))
            break;
        if (is_json && parse_json_clause(p, &arguments))
            continue;
        tl_parse_accept_word(p, TL_K_VARIADIC);
        if (is_json && tl_parse_is_word(p, TL_K_KEY) &&
            (p->now[1].kind == TL_T_TEXT || p->now[1].kind == TL_T_QUOTED ||
             (p->now[1].kind == TL_T_WORD && p->now[1].word != TL_K_VALUE)))
            p->now++; /* key a value b */
        tl_parse_append(p, &arguments, parse_argument(p, is_json));
        if (is_json &&
            (tl_parse_accept(p, TL_T_COLON) || tl_parse_accept_word(p, TL_K_VALUE)))
            tl_parse_append(p, &arguments, tl_parse_expression(p));
        while (is_json && parse_json_clause(p, &arguments))
            ;
    } while (tl_parse_accept(p, TL_T_COMMA) || accept_change_of_object(p, call));
    tl_parse_get(p, call)->a = arguments.first;
    parse_arguments_end(p, call);
    while (is_json && parse_json_clause(p, &arguments))
        tl_parse_get(p, call)->a = arguments.first;
}

uint32_t tl_parse_call(struct tl_sql_parser *p, uint32_t at, uint32_t name,
                       uint32_t schema, uint16_t word)
{
    uint32_t node = tl_parse_node(p, TL_N_CALL, at);

    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->c = schema;
    p->now++;
    if (tl_parse_accept_word(p, TL_K_DISTINCT))
        tl_parse_get(p, node)->flags |= TL_F_DISTINCT;
    else if (tl_parse_is_word(p, TL_K_ALL) && p->now[1].kind != TL_T_OPEN)
        p->now++;
    if (tl_parse_is(p, TL_T_STAR) && p->now[1].word != TL_K_COLUMNS) {
        uint32_t star = p->now[1].kind == TL_T_CLOSE ? 0 : tl_parse_item_value(p);

        if (star && tl_parse_get(p, star)->a)
            tl_parse_get(p, node)->a = star; /* f(* exclude a) */
        else
            tl_parse_get(p, node)->flags |= TL_F_STAR;
        p->now += star == 0;
    } else if (!tl_parse_is(p, TL_T_CLOSE)) {
        parse_arguments(p, node, word);
    }
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    parse_behind(p, node);
    return node;
}

/* ---- functions with a syntax of their own ---- */

/* A call of the word that is next; its parenthesis is read too. */
static uint32_t begin_call(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_CALL, p->now->at);

    tl_parse_get(p, node)->name = p->now->value;
    p->now += 2;
    return node;
}

static uint32_t end_call(struct tl_sql_parser *p, uint32_t call,
                         const struct tl_parse_list *arguments)
{
    tl_parse_get(p, call)->a = arguments->first;
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    parse_behind(p, call);
    return call;
}

/* cast(a as type), cast(a as type format 'x'), treat(a as type) */
static uint32_t parse_cast(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now += 2;
    uint32_t value = tl_parse_expression(p);
    tl_parse_expect_word(p, TL_K_AS);
    uint32_t type = tl_parse_type(p);
    if (tl_parse_accept_word(p, TL_K_FORMAT))
        tl_parse_expression(p);
    while ((tl_parse_is_word(p, TL_K_RENAME) || tl_parse_is_word(p, TL_K_ADD)) &&
           tl_parse_is_text(p, p->now + 1, "fields")) {
        p->now += 2; /* of a structure: by place, more of them */
        tl_parse_accept(p, TL_T_COMMA);
    }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    uint32_t node = tl_parse_node(p, TL_N_CAST, at);
    tl_parse_get(p, node)->a = value;
    tl_parse_get(p, node)->name = type;
    return node;
}

/* extract(year from a): the field's name is a constant. */
static uint32_t parse_extract(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    const struct tl_sql_token *field = p->now + 2;
    bool has_parens = field[1].kind == TL_T_OPEN && field[2].kind == TL_T_WORD &&
                      field[3].kind == TL_T_CLOSE; /* week(monday) */

    if (field[has_parens ? 4 : 1].word != TL_K_FROM)
        return 0;
    uint32_t call = begin_call(p);
    if (field->kind != TL_T_WORD && field->kind != TL_T_TEXT &&
        field->kind != TL_T_QUOTED)
        tl_parse_expected(p, "a field of a date");
    tl_parse_append(p, &arguments, tl_parse_constant(p, field->at, TL_L_TEXT));
    if (!p->failed)
        p->now += has_parens ? 5 : 2;
    tl_parse_append(p, &arguments, tl_parse_expression(p));
    return end_call(p, call, &arguments);
}

static void parse_plain_rest(struct tl_sql_parser *p, struct tl_parse_list *arguments)
{
    while (tl_parse_accept(p, TL_T_COMMA))
        tl_parse_append(p, arguments, tl_parse_expression(p));
}

/* position(a in b); with a comma in its place, and where to begin behind another */
static uint32_t parse_position(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_above(p, TL_POWER_IN));
    if (tl_parse_accept_word(p, TL_K_IN) || tl_parse_accept(p, TL_T_COMMA))
        tl_parse_append(p, &arguments, tl_parse_expression(p));
    else
        tl_parse_expected(p, "'in'");
    parse_plain_rest(p, &arguments);
    return end_call(p, call, &arguments);
}

/* substring(a from 2 for 3), substring(a for 3), substring(a similar b escape c), substring(a, 2, 3) */
static uint32_t parse_substring(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);
    uint32_t from = 0;
    uint32_t length = 0;

    tl_parse_append(p, &arguments, tl_parse_above(p, TL_POWER_IN));
    if (tl_parse_accept_word(p, TL_K_SIMILAR)) {
        tl_parse_append(p, &arguments, tl_parse_above(p, TL_POWER_IN));
        tl_parse_expect_word(p, TL_K_ESCAPE);
        tl_parse_append(p, &arguments, tl_parse_expression(p));
        return end_call(p, call, &arguments);
    }
    while (tl_parse_is_word(p, TL_K_FROM) || tl_parse_is_word(p, TL_K_FOR)) {
        bool is_from = tl_parse_is_word(p, TL_K_FROM);

        p->now++;
        uint32_t value = tl_parse_expression(p);
        if (is_from)
            from = value;
        else
            length = value;
    }
    if (length && !from) /* from the first one on, as PostgreSQL has it */
        from = tl_parse_constant(p, tl_parse_get(p, length)->at, TL_L_NUMBER);
    tl_parse_append(p, &arguments, from);
    tl_parse_append(p, &arguments, length);
    parse_plain_rest(p, &arguments);
    return end_call(p, call, &arguments);
}

/* overlay(a placing b from 2 for 3) */
static uint32_t parse_overlay(struct tl_sql_parser *p)
{
    static const uint16_t between[] = { TL_K_PLACING, TL_K_FROM, TL_K_FOR };
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_expression(p));
    for (size_t i = 0; i < sizeof between / sizeof *between; i++)
        if (tl_parse_accept_word(p, between[i]))
            tl_parse_append(p, &arguments, tl_parse_expression(p));
    parse_plain_rest(p, &arguments);
    return end_call(p, call, &arguments);
}

/* trim(both 'x' from a): a comes first. */
static uint32_t parse_trim(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    struct tl_parse_list removed = { 0 };
    uint32_t call = begin_call(p);

    if (tl_parse_is_word(p, TL_K_BOTH) || tl_parse_is_word(p, TL_K_LEADING) ||
        tl_parse_is_word(p, TL_K_TRAILING))
        p->now++;
    if (!tl_parse_is_word(p, TL_K_FROM))
        tl_parse_append(p, &arguments, tl_parse_expression(p));
    if (tl_parse_accept_word(p, TL_K_FROM)) {
        removed = arguments;
        arguments = (struct tl_parse_list){ 0 };
        tl_parse_append(p, &arguments, tl_parse_expression(p));
    }
    tl_parse_append(p, &arguments, removed.first);
    parse_plain_rest(p, &arguments);
    return end_call(p, call, &arguments);
}

/* normalize(a, nfc) */
static uint32_t parse_normalize(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_expression(p));
    if (tl_parse_accept(p, TL_T_COMMA)) {
        tl_parse_append(p, &arguments, tl_parse_constant(p, p->now->at, TL_L_TEXT));
        tl_parse_label(p, "a normal form");
    }
    return end_call(p, call, &arguments);
}

/* convert(a using b), and plainly */
static uint32_t parse_convert(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_expression(p));
    if (tl_parse_accept_word(p, TL_K_USING))
        tl_parse_label(p, "an encoding");
    parse_plain_rest(p, &arguments);
    return end_call(p, call, &arguments);
}

/* ---- XML (SQL/XML; PostgreSQL manual 9.15) ---- */

static void skip_passing_way(struct tl_sql_parser *p)
{
    if (tl_parse_accept_word(p, TL_K_BY))
        tl_parse_label(p, "'ref' or 'value'");
}

static void parse_passing(struct tl_sql_parser *p, struct tl_parse_list *arguments)
{
    if (!tl_parse_accept_word(p, TL_K_PASSING))
        return;
    do {
        skip_passing_way(p);
        tl_parse_append(p, arguments, tl_parse_above(p, TL_POWER_POSTFIX - 1));
        skip_passing_way(p);
        if (tl_parse_accept_word(p, TL_K_AS))
            tl_parse_label(p, "a name");
    } while (tl_parse_accept(p, TL_T_COMMA));
    if (tl_parse_is_word(p, TL_K_RETURNING) &&
        tl_parse_is_text(p, p->now + 1, "sequence")) {
        p->now += 2; /* by ref or by value */
        skip_passing_way(p);
    }
}

/* xmlforest(a as b, c), xmlattributes(...): the arguments of a list in parentheses that is read up to its end */
static void parse_xml_list(struct tl_sql_parser *p, struct tl_parse_list *arguments)
{
    do
        tl_parse_append(p, arguments, parse_argument(p, false));
    while (tl_parse_accept(p, TL_T_COMMA));
}

/* xmlelement(name a, xmlattributes(b as c), d ...), xmlpi(name a, b) */
static uint32_t parse_xml_element(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_expect_word(p, TL_K_NAME);
    tl_parse_label(p, "a name");
    while (tl_parse_accept(p, TL_T_COMMA)) {
        if (tl_parse_is_word(p, TL_K_XMLATTRIBUTES) && p->now[1].kind == TL_T_OPEN) {
            p->now += 2;
            parse_xml_list(p, &arguments);
            tl_parse_expect(p, TL_T_CLOSE, "')'");
        } else {
            tl_parse_append(p, &arguments, tl_parse_expression(p));
        }
    }
    return end_call(p, call, &arguments);
}

static uint32_t parse_xml_forest(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    parse_xml_list(p, &arguments);
    return end_call(p, call, &arguments);
}

/* xmlparse(document a preserve whitespace), xmlserialize(content a as type [no indent]) */
static uint32_t parse_xml_text(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    if (!tl_parse_accept_word(p, TL_K_DOCUMENT))
        tl_parse_expect_word(p, TL_K_CONTENT);
    tl_parse_append(p, &arguments, tl_parse_expression(p));
    if (tl_parse_accept_word(p, TL_K_AS))
        tl_parse_type(p);
    while (tl_parse_is(p, TL_T_WORD)) /* preserve whitespace, no indent */
        p->now++;
    return end_call(p, call, &arguments);
}

/* xmlroot(a, version b, standalone yes) */
static uint32_t parse_xml_root(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_expression(p));
    while (tl_parse_accept(p, TL_T_COMMA)) {
        bool is_version = tl_parse_accept_word(p, TL_K_VERSION);

        if (is_version && tl_parse_accept_words(p, TL_K_NO, TL_K_VALUE))
            continue;
        if (is_version) {
            tl_parse_append(p, &arguments, tl_parse_expression(p));
            continue;
        }
        tl_parse_expect_word(p, TL_K_STANDALONE);
        if (tl_parse_accept_word(p, TL_K_NO))
            tl_parse_accept_word(p, TL_K_VALUE);
        else
            tl_parse_expect_word(p, TL_K_YES);
    }
    return end_call(p, call, &arguments);
}

static uint32_t parse_xml_exists(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_append(p, &arguments, tl_parse_above(p, TL_POWER_POSTFIX));
    parse_passing(p, &arguments);
    return end_call(p, call, &arguments);
}

uint32_t tl_parse_special_call(struct tl_sql_parser *p)
{
    if ((p->forms & TL_SQL_PLAIN_WORDS) && p->now->word != TL_K_CAST)
        return 0;
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_CAST:
    case TL_K_TRY_CAST:
    case TL_K_SAFE_CAST:
    case TL_K_TREAT:
        return parse_cast(p);
    case TL_K_EXTRACT:
        return parse_extract(p);
    case TL_K_POSITION:
        return parse_position(p);
    case TL_K_SUBSTRING:
    case TL_K_SUBSTR:
        return parse_substring(p);
    case TL_K_OVERLAY:
        return parse_overlay(p);
    case TL_K_TRIM:
        return parse_trim(p);
    case TL_K_NORMALIZE:
        return (p->forms & TL_SQL_WORDY_EXPRESSIONS) ? parse_normalize(p) : 0;
    case TL_K_CONVERT:
        return parse_convert(p);
    case TL_K_WITH:
        return tl_parse_with_expression(p);
    case TL_K_XMLELEMENT:
    case TL_K_XMLPI:
        return parse_xml_element(p);
    case TL_K_XMLFOREST:
        return parse_xml_forest(p);
    case TL_K_XMLPARSE:
    case TL_K_XMLSERIALIZE:
        return parse_xml_text(p);
    case TL_K_XMLROOT:
        return parse_xml_root(p);
    case TL_K_XMLEXISTS:
        return parse_xml_exists(p);
    default:
        return 0;
    }
}

uint32_t tl_parse_collation_for(struct tl_sql_parser *p)
{
    struct tl_parse_list arguments = { 0 };
    uint32_t call = begin_call(p);

    tl_parse_expect(p, TL_T_OPEN, "'('");
    tl_parse_append(p, &arguments, tl_parse_expression(p));
    return end_call(p, call, &arguments);
}

/* ---- table functions whose columns are written inside ---- */

static void parse_table_columns(struct tl_sql_parser *p, struct tl_parse_list *columns,
                                struct tl_parse_list *arguments, uint32_t part);

/* Behind a column's type: path 'x', default y, not null, format json, wrappers, behaviours. */
static void parse_column_options(struct tl_sql_parser *p, uint32_t column,
                                 struct tl_parse_list *arguments)
{
    for (;;) {
        if (tl_parse_accept_word(p, TL_K_PATH)) {
            uint32_t path = tl_parse_above(p, TL_POWER_POSTFIX);

            tl_parse_get(p, column)->c = path;
        } else if (tl_parse_accept_words(p, TL_K_NOT, TL_K_NULL) ||
                   tl_parse_accept_word(p, TL_K_EXISTS)) {
            continue;
        } else if (tl_parse_is_word(p, TL_K_DEFAULT)) {
            p->now++;
            tl_parse_append(p, arguments, tl_parse_above(p, TL_POWER_IN));
            if (tl_parse_is_word(p, TL_K_ON))
                p->now += 2;
        } else if (tl_parse_is_word(p, TL_K_NULL) && p->now[1].word != TL_K_ON) {
            p->now++;
        } else if (!parse_json_clause(p, arguments)) {
            return;
        }
    }
}

static void parse_table_column(struct tl_sql_parser *p, struct tl_parse_list *columns,
                               struct tl_parse_list *arguments, uint32_t part)
{
    if (tl_parse_is_word(p, TL_K_NESTED) &&
        (p->now[1].word == TL_K_PATH || p->now[1].kind == TL_T_TEXT)) {
        p->now++;
        tl_parse_accept_word(p, TL_K_PATH);
        uint32_t nested = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t path = 0;

        if (tl_parse_is(p, TL_T_TEXT))
            path = tl_parse_above(p, TL_POWER_POSTFIX);
        else
            tl_parse_expected(p, "a path");
        tl_parse_get(p, nested)->c = path;
        tl_parse_get(p, nested)->d = part;
        if (tl_parse_accept_word(p, TL_K_AS))
            tl_parse_label(p, "a name");
        parse_table_columns(p, columns, arguments, nested);
        return;
    }
    uint32_t column = tl_parse_node(p, TL_N_NAME, p->now->at);
    uint32_t name = tl_parse_name(p, "a column");
    tl_parse_get(p, column)->name = name;
    tl_parse_get(p, column)->d = part;
    tl_parse_append(p, columns, column);
    if (tl_parse_accept_words(p, TL_K_FOR, TL_K_ORDINALITY)) {
        tl_parse_get(p, column)->flags |= TL_F_ORDINALITY;
        return;
    }
    uint32_t type = tl_parse_type(p);
    tl_parse_get(p, column)->b = type;
    parse_column_options(p, column, arguments);
}

/* columns (...) or columns a, b */
static void parse_table_columns(struct tl_sql_parser *p, struct tl_parse_list *columns,
                                struct tl_parse_list *arguments, uint32_t part)
{
    tl_parse_expect_word(p, TL_K_COLUMNS);
    if (!tl_parse_enter(p))
        return;
    bool has_parens = tl_parse_accept(p, TL_T_OPEN);
    do
        parse_table_column(p, columns, arguments, part);
    while (tl_parse_accept(p, TL_T_COMMA));
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    p->depth--;
}

static void parse_xml_namespaces(struct tl_sql_parser *p)
{
    if (!tl_parse_accept_word(p, TL_K_XMLNAMESPACES))
        return;
    tl_parse_skip_parens(p);
    tl_parse_expect(p, TL_T_COMMA, "','");
}

uint32_t tl_parse_table_call(struct tl_sql_parser *p, uint32_t at, uint32_t name)
{
    struct tl_parse_list arguments = { 0 };
    struct tl_parse_list columns = { 0 };
    uint32_t call = tl_parse_node(p, TL_N_CALL, at);

    tl_parse_get(p, call)->name = name;
    p->now++;
    parse_xml_namespaces(p);
    tl_parse_append(p, &arguments, tl_parse_expression(p));
    while (tl_parse_accept(p, TL_T_COMMA)) { /* json_table's path */
        tl_parse_append(p, &arguments, tl_parse_expression(p));
        if (tl_parse_accept_word(p, TL_K_AS))
            tl_parse_label(p, "a name");
    }
    skip_format(p);
    if (tl_parse_is_word(p, TL_K_PASSING) &&
        tl_sql_name_key(p->names, name) == TL_K_XMLTABLE)
        parse_passing(p, &arguments);
    while (!tl_parse_is_word(p, TL_K_COLUMNS) && parse_json_clause(p, &arguments))
        ;
    parse_table_columns(p, &columns, &arguments, 0);
    if (tl_parse_is_text(p, p->now, "plan")) { /* how nested ones are joined */
        p->now++;
        tl_parse_accept_word(p, TL_K_DEFAULT);
        tl_parse_skip_parens(p);
    }
    while (parse_json_clause(p, &arguments))
        ;
    uint32_t tail = make_tail(p, call);
    tl_parse_get(p, tail)->c = columns.first;
    return end_call(p, call, &arguments);
}
