/*
 * Expressions: a Pratt parser. Chains of operators, of any length, are a loop; only nesting is recursion. Powers are PostgreSQL's
 * (manual, 4.1.6); where another system binds otherwise, the operands of an expression are still the same ones.
 */
#include "lineage/sql/names.h"
#include "lineage/sql/parse.h"

/* Tokens between or behind operands. */
static const uint8_t kind_powers[TL_T_KINDS] = {
    [TL_T_DOT] = TL_POWER_POSTFIX,       [TL_T_OPEN_BRACKET] = TL_POWER_POSTFIX,
    [TL_T_CAST] = TL_POWER_POSTFIX,      [TL_T_COLON] = TL_POWER_POSTFIX,
    [TL_T_STAR] = TL_POWER_MULTIPLY,     [TL_T_SLASH] = TL_POWER_MULTIPLY,
    [TL_T_PLUS] = TL_POWER_ADD,          [TL_T_MINUS] = TL_POWER_ADD,
    [TL_T_CARET] = TL_POWER_CARET,       [TL_T_EQUAL] = TL_POWER_COMPARE,
    [TL_T_COMPARE] = TL_POWER_COMPARE,   [TL_T_CONCAT] = TL_POWER_OPERATOR,
    [TL_T_ARROW] = TL_POWER_OPERATOR,    [TL_T_PATH] = TL_POWER_OPERATOR,
    [TL_T_OPERATOR] = TL_POWER_OPERATOR, [TL_T_PARAMETER] = TL_POWER_POSTFIX,
};

static const uint8_t word_powers[TL_K_END_OF_LIST] = {
    [TL_K_OR] = TL_POWER_OR,
    [TL_K_AND] = TL_POWER_AND,
    [TL_K_IS] = TL_POWER_IS,
    [TL_K_ISNULL] = TL_POWER_IS,
    [TL_K_NOTNULL] = TL_POWER_IS,
    [TL_K_NOT] = TL_POWER_IN,
    [TL_K_BETWEEN] = TL_POWER_IN,
    [TL_K_IN] = TL_POWER_IN,
    [TL_K_LIKE] = TL_POWER_IN,
    [TL_K_ILIKE] = TL_POWER_IN,
    [TL_K_SIMILAR] = TL_POWER_IN,
    [TL_K_GLOB] = TL_POWER_IN,
    [TL_K_MATCH] = TL_POWER_IN,
    [TL_K_REGEXP] = TL_POWER_IN,
    [TL_K_RLIKE] = TL_POWER_IN,
    [TL_K_OVERLAPS] = TL_POWER_OPERATOR,
    [TL_K_OPERATOR] = TL_POWER_OPERATOR,
    [TL_K_COLLATE] = TL_POWER_COLLATE,
    [TL_K_AT] = TL_POWER_AT,
    [TL_K_DIV] = TL_POWER_MULTIPLY,
    [TL_K_MOD] = TL_POWER_MULTIPLY,
    [TL_K_XOR] = TL_POWER_OR,
};

/* ---- what binds next ---- */

static bool is_like_word(const struct tl_sql_parser *p, uint16_t word)
{
    switch ((enum tl_sql_keyword)word) {
    case TL_K_LIKE:
    case TL_K_ILIKE:
    case TL_K_SIMILAR:
        return true;
    case TL_K_GLOB:
    case TL_K_MATCH:
    case TL_K_REGEXP:
        return p->grammar & TL_SQL_WORD_OPERATORS;
    case TL_K_RLIKE:
        return p->forms & TL_SQL_RLIKE;
    default:
        return false;
    }
}

static bool begins_operand(const struct tl_sql_parser *p,
                           const struct tl_sql_token *token)
{
    return token->kind == TL_T_NUMBER || token->kind == TL_T_TEXT ||
           token->kind == TL_T_OPEN || tl_parse_is_name(p, token);
}

/* Words that are operators in some places only. */
static unsigned word_power(const struct tl_sql_parser *p)
{
    uint16_t word = p->now->word;
    uint16_t next = p->now[1].word;
    unsigned power = word_powers[word];

    switch ((enum tl_sql_keyword)word) {
    case TL_K_NOT:
        if (next == TL_K_NULL)
            return p->grammar & TL_SQL_WORD_OPERATORS ? TL_POWER_IS : 0;
        return next == TL_K_BETWEEN || next == TL_K_IN || is_like_word(p, next) ? power
                                                                                : 0;
    case TL_K_ISNULL:
    case TL_K_NOTNULL:
        return p->forms & TL_SQL_ISNULL ? power : 0;
    case TL_K_AT:
        return next == TL_K_TIME || next == TL_K_LOCAL ? power : 0;
    case TL_K_OPERATOR:
        return p->now[1].kind == TL_T_OPEN && (p->forms & TL_SQL_WORDY_EXPRESSIONS)
                   ? power
                   : 0;
    case TL_K_OVERLAPS:
        return p->forms & TL_SQL_PLAIN_WORDS ? 0 : power;
    case TL_K_SIMILAR:
        return next == TL_K_TO ? power : 0;
    case TL_K_GLOB:
    case TL_K_MATCH:
    case TL_K_REGEXP:
    case TL_K_RLIKE:
        return is_like_word(p, word) ? power : 0;
    case TL_K_DIV:
        return p->forms & TL_SQL_RLIKE ? power : 0;
    case TL_K_MOD: /* MySQL: a mod b, a xor b; aliases elsewhere */
    case TL_K_XOR:
        return (p->forms & TL_SQL_COMMON_GROUND) && begins_operand(p, p->now + 1) ? power
                                                                                  : 0;
    default:
        return power;
    }
}

/* v:a, v:"a", v:['a']; neither a[1:2] nor json_object('a' : x) */
static bool is_colon_path(const struct tl_sql_parser *p)
{
    uint8_t next = p->now[1].kind;

    return (p->lexer.lexical & TL_SQL_COLON_PATHS) && p->now[-1].kind != TL_T_TEXT &&
           (next == TL_T_WORD || next == TL_T_QUOTED || next == TL_T_OPEN_BRACKET);
}

/* Databricks: a ?:: type */
static bool is_trying_cast(const struct tl_sql_parser *p)
{
    return p->now[1].kind == TL_T_CAST && p->lexer.text[p->now->at] == '?';
}

static unsigned next_power(const struct tl_sql_parser *p)
{
    if (p->now->kind == TL_T_WORD)
        return p->now->word && word_powers[p->now->word] ? word_power(p) : 0;
    unsigned power = kind_powers[p->now->kind];
    if (power == TL_POWER_OPERATOR) {
        if ((p->grammar & TL_SQL_TIGHT_CONCAT) && p->now->kind != TL_T_OPERATOR)
            return TL_POWER_TIGHT;
        if ((p->forms & TL_SQL_FLOWS) && tl_parse_is_flow(p))
            return 0;
    }
    if (power == TL_POWER_POSTFIX &&
        ((p->now->kind == TL_T_COLON && !is_colon_path(p)) ||
         (p->now->kind == TL_T_PARAMETER && !is_trying_cast(p))))
        return 0;
    return power;
}

/* ---- operators ---- */

/* Of operators that are tokens. What PostgreSQL's own give as a boolean compares; what picks from inside is a path. */
static enum tl_sql_operator operator_of(const struct tl_sql_parser *p,
                                        const struct tl_sql_token *token)
{
    static const char *const comparing[] = { "~",   "~*",   "!~",  "!~*", "~~",  "~~*",
                                             "!~~", "!~~*", "@>",  "<@",  "&&",  "?",
                                             "?|",  "?&",   "@?",  "@@",  "@@@", "^@",
                                             "&<",  "&>",   "-|-", "~=",  NULL };
    static const char *const counting[] = { "&", "|", "#", "<<", ">>", "**", "//", NULL };
    const char *text = p->lexer.text + token->at;
    size_t n = token->value - token->at;

    switch ((enum tl_sql_token_kind)token->kind) {
    case TL_T_EQUAL:
    case TL_T_COMPARE:
        return TL_O_COMPARE;
    case TL_T_CONCAT:
        return TL_O_CONCAT;
    case TL_T_ARROW:
    case TL_T_PATH:
        return TL_O_PATH;
    case TL_T_OPERATOR:
        break;
    default:
        return TL_O_ARITHMETIC;
    }
    for (size_t i = 0; comparing[i]; i++)
        if (strlen(comparing[i]) == n && memcmp(comparing[i], text, n) == 0)
            return TL_O_COMPARE;
    for (size_t i = 0; counting[i]; i++)
        if (strlen(counting[i]) == n && memcmp(counting[i], text, n) == 0)
            return TL_O_ARITHMETIC;
    return TL_O_OTHER;
}

static uint32_t make_unary(struct tl_sql_parser *p, uint32_t at, enum tl_sql_operator op,
                           uint32_t a)
{
    uint32_t node = tl_parse_node(p, TL_N_UNARY, at);

    tl_parse_get(p, node)->op = (uint16_t)op;
    tl_parse_get(p, node)->a = a;
    return node;
}

static uint32_t make_null_test(struct tl_sql_parser *p, uint32_t at, uint32_t a)
{
    uint32_t node = make_unary(p, at, TL_O_COMPARE, a);

    tl_parse_get(p, node)->flags = TL_F_NULL;
    return node;
}

static uint32_t make_binary(struct tl_sql_parser *p, uint32_t at, enum tl_sql_operator op,
                            uint32_t a, uint32_t b)
{
    uint32_t node = tl_parse_node(p, TL_N_BINARY, at);
    struct tl_sql_node *binary = tl_parse_get(p, node);

    binary->op = (uint16_t)op;
    binary->a = a;
    binary->b = b;
    return node;
}

static bool is_quantifier(const struct tl_sql_parser *p)
{
    return (tl_parse_is_word(p, TL_K_ANY) || tl_parse_is_word(p, TL_K_ALL) ||
            tl_parse_is_word(p, TL_K_SOME)) &&
           (p->now[1].kind == TL_T_OPEN ||
            (p->now[1].word == TL_K_UNNEST && p->now[2].kind == TL_T_OPEN));
}

/* The operand right of an operator, which may be any (...), and the whole. */
static uint32_t parse_right(struct tl_sql_parser *p, uint32_t at, enum tl_sql_operator op,
                            uint32_t left, unsigned power)
{
    if (p->now->word && is_quantifier(p)) {
        p->now += p->now[1].kind == TL_T_OPEN ? 2 : 3;
        uint32_t inside = tl_parse_inside_parens(p);
        uint32_t node = tl_parse_node(p, TL_N_QUANTIFIED, at);
        struct tl_sql_node *quantified = tl_parse_get(p, node);

        quantified->op = (uint16_t)op;
        quantified->a = left;
        quantified->b = inside;
        return node;
    }
    uint32_t right = tl_parse_above(p, power);
    return make_binary(p, at, op, left, right);
}

/* operator(schema.+) */
static uint32_t parse_qualified_operator(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;
    enum tl_sql_operator op = TL_O_OTHER;

    p->now += 2;
    while (!tl_parse_is(p, TL_T_CLOSE) && !tl_parse_is(p, TL_T_END)) {
        if (!tl_parse_is(p, TL_T_WORD) && !tl_parse_is(p, TL_T_QUOTED) &&
            !tl_parse_is(p, TL_T_DOT))
            op = operator_of(p, p->now);
        tl_parse_step(p);
    }
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    return left ? parse_right(p, at, op, left, TL_POWER_OPERATOR)
                : make_unary(p, at, op, tl_parse_above(p, TL_POWER_OPERATOR));
}

static uint32_t parse_like(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;

    if (tl_parse_accept_word(p, TL_K_SIMILAR))
        tl_parse_expect_word(p, TL_K_TO);
    else
        p->now++;
    uint32_t node = parse_right(p, at, TL_O_COMPARE, left, TL_POWER_IN);
    if (tl_parse_accept_word(p, TL_K_ESCAPE)) {
        uint32_t escape = tl_parse_above(p, TL_POWER_IN);

        if (tl_parse_get(p, escape)->kind != TL_N_LITERAL)
            node = make_binary(p, at, TL_O_COMPARE, node, escape);
    }
    return node;
}

static uint32_t parse_between(struct tl_sql_parser *p, uint32_t left, uint8_t flags)
{
    uint32_t at = p->now->at;

    p->now++;
    if (!tl_parse_accept_word(p, TL_K_SYMMETRIC) && (p->forms & TL_SQL_WORDY_EXPRESSIONS))
        tl_parse_accept_word(p, TL_K_ASYMMETRIC);
    uint32_t low = tl_parse_above(p, TL_POWER_IN);
    tl_parse_expect_word(p, TL_K_AND);
    uint32_t high = tl_parse_above(p, TL_POWER_IN);
    uint32_t node = tl_parse_node(p, TL_N_BETWEEN, at);
    struct tl_sql_node *between = tl_parse_get(p, node);
    between->a = left;
    between->b = low;
    between->c = high;
    between->flags = flags;
    return node;
}

/* SQLite's `in t` and `in f(x)`. */
static uint32_t parse_in_table(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t item = tl_parse_table_name(p);

    if (tl_parse_is(p, TL_T_OPEN)) {
        uint32_t name = tl_parse_get(p, item)->name;
        uint32_t schema = tl_parse_get(p, item)->b;
        uint32_t call = tl_parse_call(p, at, name, schema, 0);

        item = tl_parse_node(p, TL_N_FUNCTION, at);
        tl_parse_get(p, item)->a = call;
    }
    uint32_t query = tl_parse_query_of(p, at, item);
    uint32_t node = tl_parse_node(p, TL_N_SUBQUERY, at);
    tl_parse_get(p, node)->a = query;
    return node;
}

static uint32_t parse_in(struct tl_sql_parser *p, uint32_t left, uint8_t flags)
{
    uint32_t at = p->now->at;
    uint32_t right;

    p->now++;
    if (tl_parse_accept(p, TL_T_OPEN))
        right = tl_parse_inside_parens(p);
    else if (p->grammar & TL_SQL_QUERY_TABLES)
        right = parse_in_table(p);
    else if (p->grammar & TL_SQL_BRACKET_LISTS)
        right = tl_parse_above(p, TL_POWER_IN);
    else {
        tl_parse_expect(p, TL_T_OPEN, "'('");
        return left;
    }
    uint32_t node = tl_parse_node(p, TL_N_IN, at);
    struct tl_sql_node *in = tl_parse_get(p, node);
    in->a = left;
    in->b = right;
    in->flags = flags;
    return node;
}

/* is json [value | scalar | array | object] [with | without unique [keys]] */
static void skip_json_kind(struct tl_sql_parser *p)
{
    if (tl_parse_is_word(p, TL_K_VALUE) || tl_parse_is_word(p, TL_K_ARRAY) ||
        tl_parse_is_word(p, TL_K_OBJECT) || tl_parse_is_word(p, TL_K_SCALAR))
        p->now++;
    if (tl_parse_accept_words(p, TL_K_WITH, TL_K_UNIQUE) ||
        tl_parse_accept_words(p, TL_K_WITHOUT, TL_K_UNIQUE))
        tl_parse_accept_word(p, TL_K_KEYS);
}

/* What may stand behind `is` and is no expression. */
static bool skip_is_word(struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_TRUE:
    case TL_K_FALSE:
    case TL_K_UNKNOWN:
    case TL_K_DOCUMENT:
    case TL_K_NORMALIZED:
        p->now++;
        return true;
    case TL_K_NFC:
    case TL_K_NFD:
    case TL_K_NFKC:
    case TL_K_NFKD:
        p->now++;
        return tl_parse_expect_word(p, TL_K_NORMALIZED);
    case TL_K_JSON:
        p->now++;
        skip_json_kind(p);
        return true;
    case TL_K_OF:
        p->now++;
        tl_parse_skip_parens(p);
        return true;
    default:
        return false;
    }
}

static uint32_t parse_is(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;

    p->now++;
    tl_parse_accept_word(p, TL_K_NOT);
    if (tl_parse_accept_word(p, TL_K_DISTINCT)) {
        tl_parse_expect_word(p, TL_K_FROM);
        return parse_right(p, at, TL_O_COMPARE, left, TL_POWER_IS);
    }
    if (tl_parse_accept_word(p, TL_K_NULL))
        return make_null_test(p, at, left);
    if (p->now->word && !(p->forms & TL_SQL_IS_COMPARES) && skip_is_word(p))
        return make_unary(p, at, TL_O_COMPARE, left);
    if (p->forms & TL_SQL_IS_COMPARES)
        return parse_right(p, at, TL_O_COMPARE, left, TL_POWER_IS);
    tl_parse_expected(p, "'null', 'true', 'false' or 'distinct from'");
    return left;
}

static uint32_t parse_at(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;

    p->now++;
    if (tl_parse_accept_word(p, TL_K_LOCAL))
        return make_unary(p, at, TL_O_COLLATE, left);
    p->now++;
    tl_parse_expect_word(p, TL_K_ZONE);
    uint32_t zone = tl_parse_above(p, TL_POWER_AT);
    return make_binary(p, at, TL_O_COLLATE, left, zone);
}

static uint32_t parse_collate(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;

    p->now++;
    do
        tl_parse_label(p, "a collation");
    while (tl_parse_accept(p, TL_T_DOT));
    return make_unary(p, at, TL_O_COLLATE, left);
}

static uint32_t parse_word_infix(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;
    uint8_t flags = 0;

    if (tl_parse_are_words(p, TL_K_NOT, TL_K_NULL)) {
        p->now += 2;
        return make_null_test(p, at, left);
    }
    if (tl_parse_accept_word(p, TL_K_NOT))
        flags = TL_F_NOT;
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_AND:
        p->now++;
        return make_binary(p, at, TL_O_LOGIC, left, tl_parse_above(p, TL_POWER_AND));
    case TL_K_OR:
        p->now++;
        return make_binary(p, at, TL_O_LOGIC, left, tl_parse_above(p, TL_POWER_OR));
    case TL_K_BETWEEN:
        return parse_between(p, left, flags);
    case TL_K_IN:
        return parse_in(p, left, flags);
    case TL_K_IS:
        return parse_is(p, left);
    case TL_K_ISNULL:
    case TL_K_NOTNULL:
        p->now++;
        return make_null_test(p, at, left);
    case TL_K_AT:
        return parse_at(p, left);
    case TL_K_COLLATE:
        return parse_collate(p, left);
    case TL_K_OPERATOR:
        return parse_qualified_operator(p, left);
    case TL_K_OVERLAPS:
        p->now++;
        return parse_right(p, at, TL_O_COMPARE, left, TL_POWER_OPERATOR);
    case TL_K_XOR:
        p->now++;
        return make_binary(p, at, TL_O_LOGIC, left, tl_parse_above(p, TL_POWER_OR));
    case TL_K_DIV:
    case TL_K_MOD:
        p->now++;
        return parse_right(p, at, TL_O_ARITHMETIC, left, TL_POWER_MULTIPLY);
    default:
        return parse_like(p, left);
    }
}

/* a[1], a[1:2], a[:2] */
static uint32_t parse_index(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;
    uint32_t low = 0;
    uint32_t high = 0;

    p->now++;
    if (tl_parse_is(p, TL_T_STAR) && p->now[1].kind == TL_T_CLOSE_BRACKET)
        p->now++; /* a[*]: all elements */
    else if (!tl_parse_is(p, TL_T_COLON))
        low = tl_parse_expression(p);
    if (tl_parse_accept(p, TL_T_COLON) && !tl_parse_is(p, TL_T_CLOSE_BRACKET)) {
        if (!tl_parse_is(p, TL_T_MINUS) || p->now[1].kind != TL_T_COLON)
            high = tl_parse_expression(p);
        else
            p->now++;                         /* DuckDB's a[1:-:2] */
        if (tl_parse_accept(p, TL_T_COLON)) { /* a step */
            uint32_t step = tl_parse_expression(p);

            if (high)
                tl_parse_get(p, high)->next = step;
            else
                high = step;
        }
    }
    tl_parse_expect(p, TL_T_CLOSE_BRACKET, "']'");
    uint32_t node = tl_parse_node(p, TL_N_INDEX, at);
    struct tl_sql_node *index = tl_parse_get(p, node);
    index->a = left;
    index->b = low;
    index->c = high;
    return node;
}

/* Behind the dot or the colon of a path. */
static uint32_t parse_field(struct tl_sql_parser *p, uint32_t left)
{
    uint32_t at = p->now->at;

    p->now++;
    if (tl_parse_is(p, TL_T_OPEN_BRACKET)) /* a:['b'], a:[0] */
        return parse_index(p, left);
    uint32_t name = 0;
    uint32_t written = 0;
    if (!tl_parse_accept(p, TL_T_STAR)) {
        const struct tl_sql_token *token = p->now;

        name = tl_parse_label(p, "a field");
        /* what is behind a colon is no identifier: it keeps its case */
        if (name && token->kind == TL_T_WORD && (p->lexer.lexical & TL_SQL_COLON_PATHS))
            written = tl_sql_name_exact(p->names, p->lexer.text + token->at,
                                        tl_sql_token_end(&p->lexer, token) - token->at);
    }
    if ((p->forms & TL_SQL_METHODS) && name && tl_parse_is(p, TL_T_OPEN))
        return tl_parse_method(p, at, name, left);
    uint32_t node = tl_parse_node(p, TL_N_FIELD, at);
    tl_parse_get(p, node)->a = left;
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->b = written;
    return node;
}

static uint32_t parse_infix(struct tl_sql_parser *p, uint32_t left, unsigned power)
{
    const struct tl_sql_token *token = p->now;

    switch ((enum tl_sql_token_kind)token->kind) {
    case TL_T_WORD:
        return parse_word_infix(p, left);
    case TL_T_OPEN_BRACKET:
        return parse_index(p, left);
    case TL_T_DOT:
    case TL_T_COLON:
        return parse_field(p, left);
    case TL_T_PARAMETER: /* ?:: */
    case TL_T_CAST: {
        p->now += token->kind == TL_T_PARAMETER ? 2 : 1;
        uint32_t type = tl_parse_type(p);
        uint32_t node = tl_parse_node(p, TL_N_CAST, token->at);

        tl_parse_get(p, node)->a = left;
        tl_parse_get(p, node)->name = type;
        return node;
    }
    default:
        p->now++;
        return parse_right(p, token->at, operator_of(p, token), left, power);
    }
}

/* ---- operands ---- */

uint32_t tl_parse_constant(struct tl_sql_parser *p, uint32_t at,
                           enum tl_sql_literal literal)
{
    uint32_t node = tl_parse_node(p, TL_N_LITERAL, at);

    tl_parse_get(p, node)->op = (uint16_t)literal;
    tl_parse_get(p, node)->end = at;
    return node;
}

static uint32_t take_literal(struct tl_sql_parser *p, enum tl_sql_literal literal)
{
    uint32_t node = tl_parse_constant(p, p->now->at, literal);

    tl_parse_get(p, node)->end = tl_sql_token_end(&p->lexer, p->now);
    p->now++;
    return node;
}

static uint32_t take_text(struct tl_sql_parser *p)
{
    uint32_t node = take_literal(p, TL_L_TEXT);

    if (tl_parse_accept_word(p, TL_K_UESCAPE))
        tl_parse_expect(p, TL_T_TEXT, "an escape character");
    while (tl_parse_is(p, TL_T_TEXT) && (p->forms & TL_SQL_ADJACENT_TEXTS)) {
        tl_parse_get(p, node)->end = p->now->value;
        p->now++;
    }
    return node;
}

static bool is_unit(const struct tl_sql_parser *p)
{
    static const char *const more[] = {
        "week",        "quarter",      "decade",       "century",     "millennium",
        "millisecond", "microsecond",  "nanosecond",   "years",       "months",
        "days",        "hours",        "minutes",      "seconds",     "weeks",
        "quarters",    "milliseconds", "microseconds", "nanoseconds", NULL
    };

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_YEAR:
    case TL_K_MONTH:
    case TL_K_DAY:
    case TL_K_HOUR:
    case TL_K_MINUTE:
    case TL_K_SECOND:
        return true;
    default:
        break;
    }
    if (!(p->grammar & TL_SQL_INTERVAL_UNITS) || p->now->kind != TL_T_WORD)
        return false;
    const char *text = tl_sql_name_text(p->names, p->now->value);
    for (size_t i = 0; more[i]; i++)
        if (strcasecmp(text, more[i]) == 0)
            return true;
    return false;
}

/* day, day to second(3) */
static void skip_units(struct tl_sql_parser *p)
{
    for (int i = 0; i < 2 && is_unit(p); i++) {
        p->now++;
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        if (i > 0 || !tl_parse_accept_word(p, TL_K_TO))
            return;
    }
}

/* interval '1' day; interval(3) '...'; interval 1 day; interval (x) day. 0: `interval` is a name here. */
static uint32_t parse_interval(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    const struct tl_sql_token *next = p->now + 1;

    if (next->kind == TL_T_OPEN && next[1].kind == TL_T_NUMBER &&
        next[2].kind == TL_T_CLOSE && next[3].kind == TL_T_TEXT)
        next += 3;
    if (next->kind == TL_T_TEXT && !(p->grammar & TL_SQL_TEXT_ALIASES)) {
        p->now = next + 1;
        uint32_t node = tl_parse_constant(p, at, TL_L_INTERVAL);

        tl_parse_get(p, node)->end = next->value;
        skip_units(p);
        return node;
    }
    if (!(p->grammar & TL_SQL_INTERVAL_UNITS))
        return 0;
    bool is_value = next->kind == TL_T_NUMBER || next->kind == TL_T_OPEN ||
                    next->kind == TL_T_MINUS || next->kind == TL_T_PARAMETER ||
                    (tl_parse_is_name(p, next) &&
                     (next[1].kind == TL_T_DOT || next[1].kind == TL_T_WORD) &&
                     !(next->word && tl_parse_limits(p, next->word)));
    if (!is_value)
        return 0;
    p->now++;
    uint32_t value = tl_parse_above(p, TL_POWER_MULTIPLY);
    skip_units(p);
    while (tl_parse_is(p, TL_T_NUMBER)) { /* interval 1 year 2 months */
        p->now++;
        skip_units(p);
    }
    if (tl_parse_get(p, value)->kind == TL_N_LITERAL) {
        tl_parse_get(p, value)->op = TL_L_INTERVAL;
        tl_parse_get(p, value)->at = at;
        return value;
    }
    return make_unary(p, at, TL_O_ARITHMETIC, value);
}

static uint32_t parse_case(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t operand = 0;
    uint32_t otherwise = 0;
    struct tl_parse_list whens = { 0 };

    p->now++;
    if (!tl_parse_is_word(p, TL_K_WHEN))
        operand = tl_parse_expression(p);
    if (!tl_parse_is_word(p, TL_K_WHEN))
        tl_parse_expected(p, "'when'");
    while (tl_parse_is_word(p, TL_K_WHEN)) {
        uint32_t began = p->now->at;

        p->now++;
        uint32_t condition = tl_parse_expression(p);
        tl_parse_expect_word(p, TL_K_THEN);
        uint32_t result = tl_parse_expression(p);
        uint32_t when = tl_parse_node(p, TL_N_WHEN, began);
        tl_parse_get(p, when)->a = condition;
        tl_parse_get(p, when)->b = result;
        tl_parse_append(p, &whens, when);
    }
    if (tl_parse_accept_word(p, TL_K_ELSE))
        otherwise = tl_parse_expression(p);
    tl_parse_expect_word(p, TL_K_END);
    uint32_t node = tl_parse_node(p, TL_N_CASE, at);
    struct tl_sql_node *chosen = tl_parse_get(p, node);
    chosen->a = operand;
    chosen->b = whens.first;
    chosen->c = otherwise;
    return node;
}

static uint32_t make_list(struct tl_sql_parser *p, uint32_t at, uint32_t list)
{
    uint32_t node = tl_parse_node(p, TL_N_LIST, at);

    tl_parse_get(p, node)->a = list;
    return node;
}

static uint32_t make_over_query(struct tl_sql_parser *p, enum tl_sql_node_kind kind,
                                uint32_t at)
{
    uint32_t query = tl_parse_query(p);
    uint32_t node = tl_parse_node(p, kind, at);

    tl_parse_get(p, node)->a = query;
    return node;
}

uint32_t tl_parse_inside_parens(struct tl_sql_parser *p)
{
    uint32_t at = p->now[-1].at;
    struct tl_parse_list list = { 0 };

    if (tl_parse_accept(p, TL_T_CLOSE))
        return 0;
    if (tl_parse_is_query(p)) {
        uint32_t node = make_over_query(p, TL_N_SUBQUERY, at);

        tl_parse_expect(p, TL_T_CLOSE, "')'");
        return node;
    }
    bool is_parens = tl_parse_is(p, TL_T_OPEN);
    uint32_t first = tl_parse_expression(p);
    if (is_parens && tl_parse_get(p, first)->kind == TL_N_SUBQUERY &&
        tl_parse_is_more_query(p)) {
        uint32_t query = tl_parse_query_behind(p, tl_parse_get(p, first)->a);

        tl_parse_get(p, first)->a = query;
    }
    tl_parse_append(p, &list, first);
    while (tl_parse_accept(p, TL_T_COMMA)) {
        if ((p->grammar & TL_SQL_TRAILING_COMMA) && tl_parse_is(p, TL_T_CLOSE))
            break;
        tl_parse_append(p, &list, tl_parse_expression(p));
    }
    tl_parse_expect(p, TL_T_CLOSE, "',' or ')'");
    return list.first;
}

/* (a), (a, b), (select ...); (x, y) -> z */
static uint32_t parse_parens(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now++;
    uint32_t inside = tl_parse_inside_parens(p);
    if (inside && !tl_parse_get(p, inside)->next)
        return inside;
    return make_list(p, at, inside);
}

static uint32_t parse_brackets(struct tl_sql_parser *p)
{
    bool is_list =
        p->grammar & TL_SQL_BRACKET_LISTS; /* then one may stand in any expression */
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };

    p->now++;
    if (!tl_parse_enter(p))
        return 0;
    while (!tl_parse_is(p, TL_T_CLOSE_BRACKET) && !tl_parse_is(p, TL_T_END)) {
        tl_parse_append(p, &list,
                        !is_list && tl_parse_is(p, TL_T_OPEN_BRACKET)
                            ? parse_brackets(p)
                            : tl_parse_expression(p));
        if (is_list && tl_parse_is_word(p, TL_K_FOR) && list.first == list.last) {
            uint32_t call = tl_parse_comprehension(p, at, list.first);

            p->depth--;
            tl_parse_expect(p, TL_T_CLOSE_BRACKET, "']'");
            return call;
        }
        if (!tl_parse_accept(p, TL_T_COMMA))
            break;
    }
    p->depth--;
    tl_parse_expect(p, TL_T_CLOSE_BRACKET, "',' or ']'");
    return make_list(p, at, list.first);
}

/* 'a' or a before a colon: the name of a field; 0: it is none that can be told */
static uint32_t name_of_key(struct tl_sql_parser *p)
{
    const struct tl_sql_token *key = p->now;
    const char *text = p->lexer.text + key->at;
    uint32_t n = tl_sql_token_end(&p->lexer, key) - key->at;

    if (key->kind == TL_T_WORD || key->kind == TL_T_QUOTED)
        return key->value;
    if (key->kind != TL_T_TEXT || n < 3 || (text[0] != '\'' && text[0] != '"') ||
        memchr(text + 1, text[0], n - 2) || memchr(text, '\\', n))
        return 0;
    return tl_sql_name_exact(p->names, text + 1, n - 2);
}

/* {*}, {* exclude a}, {t.*}: object_construct(*) */
static uint32_t parse_star_object(struct tl_sql_parser *p)
{
    uint32_t call = tl_parse_node(p, TL_N_CALL, p->now->at);

    p->now++;
    uint32_t star = tl_parse_item_value(p);
    if (!p->failed && tl_parse_get(p, star)->kind != TL_N_STAR)
        tl_parse_expected(p, "':'");
    tl_parse_expect(p, TL_T_CLOSE_BRACE, "'}'");
    tl_parse_get(p, call)->name = tl_sql_name_exact(p->names, "object_construct", 16);
    tl_parse_get(p, call)->a = star;
    return call;
}

/* {'a': x, 'b': y}: a list of TL_N_NAMED_ARGUMENT, and of what has a key that is computed, behind that key */
static uint32_t parse_braces(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    bool is_map = at > 0 && p->now[-1].word == TL_K_MAP;
    struct tl_parse_list list = { 0 };

    if (p->now[1].kind == TL_T_STAR || p->now[2].kind == TL_T_DOT)
        return parse_star_object(p);
    p->now++;
    do {
        uint32_t began = p->now->at;
        uint32_t name = 0;

        if (tl_parse_is(p, TL_T_CLOSE_BRACE))
            break;
        if (p->now[1].kind == TL_T_COLON && !(is_map && tl_parse_is(p, TL_T_WORD))) {
            name = name_of_key(p);
            tl_parse_step(p);
        } else {
            tl_parse_append(p, &list, tl_parse_expression(p));
        }
        tl_parse_expect(p, TL_T_COLON, "':'");
        uint32_t value = tl_parse_expression(p);
        if (name) {
            uint32_t field = tl_parse_node(p, TL_N_NAMED_ARGUMENT, began);

            tl_parse_get(p, field)->name = name;
            tl_parse_get(p, field)->a = value;
            value = field;
        }
        tl_parse_append(p, &list, value);
    } while (tl_parse_accept(p, TL_T_COMMA));
    tl_parse_expect(p, TL_T_CLOSE_BRACE, "',' or '}'");
    return make_list(p, at, list.first);
}

/* array[...], array(select ...) */
static uint32_t parse_array(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now++;
    const struct tl_sql_token *began = p->now;
    tl_parse_skip_angles(p);
    uint32_t n = p->now > began ? tl_sql_token_end(&p->lexer, p->now - 1) - at : 0;
    if (tl_parse_is(p, TL_T_OPEN_BRACKET)) {
        uint32_t list = parse_brackets(p);

        tl_parse_get(p, list)->at = at;
        if (n && tl_parse_get(p, list)->kind == TL_N_LIST)
            tl_parse_get(p, list)->name =
                tl_sql_name_exact(p->names, p->lexer.text + at, n);
        return list;
    }
    if (!tl_parse_expect(p, TL_T_OPEN, "'(' or '['"))
        return 0;
    uint32_t inside = tl_parse_inside_parens(p);
    if (tl_parse_get(p, inside)->kind != TL_N_SUBQUERY)
        return make_list(p, at, inside);
    tl_parse_get(p, inside)->kind = TL_N_ARRAY_QUERY;
    tl_parse_get(p, inside)->at = at;
    return inside;
}

/* exists (select ...), and parentheses around it */
static uint32_t parse_exists(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now += 2;
    const struct tl_sql_token *began = p->now;
    if ((p->grammar & TL_SQL_LAMBDAS) && !tl_parse_is_query(p) &&
        !tl_parse_is(p, TL_T_OPEN)) { /* exists(list, x -> ...) */
        p->now--;
        return tl_parse_call(p, at, TL_K_EXISTS, 0, TL_K_EXISTS);
    }
    uint32_t inside = tl_parse_inside_parens(p);
    if (tl_parse_get(p, inside)->kind != TL_N_SUBQUERY) {
        if (!p->failed) {
            p->now = began;
            tl_parse_expected(p, "a query");
        }
        return inside;
    }
    tl_parse_get(p, inside)->kind = TL_N_EXISTS;
    tl_parse_get(p, inside)->at = at;
    return inside;
}

static uint32_t make_call_of_word(struct tl_sql_parser *p)
{
    uint32_t node = tl_parse_node(p, TL_N_CALL, p->now->at);

    tl_parse_get(p, node)->name = p->now->value;
    p->now++;
    return node;
}

/* current_date, current_timestamp(3) and their like: calls without arguments. */
static uint32_t parse_current(struct tl_sql_parser *p)
{
    uint32_t node = make_call_of_word(p);

    if (tl_parse_is(p, TL_T_OPEN))
        tl_parse_skip_parens(p);
    return node;
}

/* A type's name before a text: the text in that type. */
static uint32_t parse_typed_text(struct tl_sql_parser *p, uint32_t at, uint32_t type_end)
{
    uint32_t type = tl_sql_name_exact(p->names, p->lexer.text + at, type_end - at);
    uint32_t text = take_text(p);
    uint32_t node = tl_parse_node(p, TL_N_CAST, at);

    tl_parse_get(p, node)->a = text;
    tl_parse_get(p, node)->name = type;
    return node;
}

static bool is_text_of_type(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_TEXT) && !(p->grammar & TL_SQL_TEXT_ALIASES);
}

/* timestamp with time zone '...', double precision '...', bit varying '...': 0 where no such thing is next. */
static uint32_t parse_long_typed_text(struct tl_sql_parser *p)
{
    const struct tl_sql_token *began = p->now;
    const struct tl_sql_token *t = p->now + 1;

    if (t->kind == TL_T_OPEN && t[1].kind == TL_T_NUMBER && t[2].kind == TL_T_CLOSE)
        t += 3;
    if ((t->word == TL_K_WITH || t->word == TL_K_WITHOUT) && t[1].word == TL_K_TIME)
        t += t[2].word == TL_K_ZONE ? 3 : 0;
    else if (t->word == TL_K_PRECISION || t->word == TL_K_VARYING)
        t++;
    if (t->kind == TL_T_OPEN && t[1].kind == TL_T_NUMBER && t[2].kind == TL_T_CLOSE)
        t += 3;
    if (t->kind != TL_T_TEXT || t == began + 1 || (p->grammar & TL_SQL_TEXT_ALIASES))
        return 0;
    p->now = t;
    return parse_typed_text(p, began->at, tl_sql_token_end(&p->lexer, t - 1));
}

static uint32_t parse_lambda(struct tl_sql_parser *p, uint32_t at)
{
    struct tl_parse_list names = { 0 };
    bool has_parens = tl_parse_accept(p, TL_T_OPEN);

    do {
        if (has_parens && tl_parse_is(p, TL_T_CLOSE)) /* () -> x */
            break;
        uint32_t name = tl_parse_node(p, TL_N_NAME, p->now->at);
        uint32_t id = tl_parse_name(p, "a name");

        tl_parse_get(p, name)->name = id;
        tl_parse_append(p, &names, name);
        if ((p->forms & TL_SQL_TYPED_LAMBDAS) && tl_parse_is(p, TL_T_WORD))
            tl_parse_type(p);
    } while (tl_parse_accept(p, TL_T_COMMA));
    if (has_parens)
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    tl_parse_expect(p, TL_T_ARROW, "'->'");
    uint32_t body = tl_parse_expression(p);
    uint32_t node = tl_parse_node(p, TL_N_LAMBDA, at);
    tl_parse_get(p, node)->a = names.first;
    tl_parse_get(p, node)->b = body;
    return node;
}

/* x -> ..., (x, y) -> ...; where -> is an operator too, only what cannot be a path. */
static bool is_lambda(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;

    if (!(p->grammar & TL_SQL_LAMBDAS))
        return false;
    bool has_types = p->forms & TL_SQL_TYPED_LAMBDAS;
    if (t->kind == TL_T_OPEN) {
        for (t++; tl_parse_is_name(p, t); t++) {
            t += has_types && t[1].kind == TL_T_WORD;
            if (t[1].kind != TL_T_COMMA) {
                t++;
                break;
            }
            t++;
        }
        return t->kind == TL_T_CLOSE && t[1].kind == TL_T_ARROW;
    }
    if (!tl_parse_is_name(p, t))
        return false;
    if (has_types && t[1].kind == TL_T_WORD && t[2].kind == TL_T_ARROW)
        return !(p->lexer.lexical & TL_SQL_ARROWS);
    if (t[1].kind != TL_T_ARROW)
        return false;
    return !(p->lexer.lexical & TL_SQL_ARROWS) ||
           (t[2].kind != TL_T_TEXT && t[2].kind != TL_T_NUMBER);
}

/* Oracle's a.b (+), which Redshift and Snowflake know too: the outer side of a join */
static bool is_outer_mark(const struct tl_sql_parser *p)
{
    return tl_parse_is(p, TL_T_OPEN) && p->now[1].kind == TL_T_PLUS &&
           p->now[2].kind == TL_T_CLOSE;
}

/* Of the last part and up to two before it. */
static uint32_t make_column(struct tl_sql_parser *p, uint32_t at, const uint32_t *parts)
{
    uint32_t node = tl_parse_node(p, TL_N_COLUMN, at);
    struct tl_sql_node *column = tl_parse_get(p, node);

    column->name = parts[0];
    column->b = parts[1];
    column->c = parts[2];
    return node;
}

/* a, a.b, a.b.c.d, a.*, f(...), s.f(...), type 'text' */
static uint32_t parse_path(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t parts[4] = { p->now->value }; /* the last one first */
    uint16_t word = p->now->word;
    const struct tl_sql_token *last = p->now;
    unsigned n = 1;

    p->now++;
    while (tl_parse_is(p, TL_T_DOT) && n < 4) {
        bool is_star = p->now[1].kind == TL_T_STAR;

        if (n == 1 && p->now[1].kind == TL_T_DOT && /* database..table.column */
            (p->now[2].kind == TL_T_WORD || p->now[2].kind == TL_T_QUOTED)) {
            p->now++;
            parts[0] = 0;
            continue;
        }
        if (!is_star && p->now[1].kind != TL_T_WORD && p->now[1].kind != TL_T_QUOTED) {
            p->now++;
            tl_parse_expected(p, "a name");
            return 0;
        }
        if (is_star) {
            p->now += 2;
            uint32_t node = tl_parse_node(p, TL_N_STAR, at);
            struct tl_sql_node *star = tl_parse_get(p, node);

            star->b = parts[0];
            star->c = parts[1];
            star->d = parts[2];
            return node;
        }
        parts[3] = parts[2];
        parts[2] = parts[1];
        parts[1] = parts[0];
        parts[0] = p->now[1].value;
        last = p->now + 1;
        p->now += 2;
        word = 0;
        n++;
    }
    if (is_outer_mark(p)) {
        p->now += 3;
    } else if (tl_parse_is(p, TL_T_OPEN)) {
        if (n > 1 && tl_parse_is_method(p, parts[1]))
            return tl_parse_method(p, at, parts[0], make_column(p, at, parts + 1));
        uint32_t call = tl_parse_call(p, at, parts[0], parts[1], word);

        if (!is_text_of_type(p))
            return call;
        return parse_typed_text(p, at, tl_sql_token_end(&p->lexer, p->now - 1));
    }
    if (is_text_of_type(p) && !p->failed)
        return parse_typed_text(p, at, tl_sql_token_end(&p->lexer, last));
    uint32_t node = make_column(p, at, parts);
    struct tl_sql_node *column = tl_parse_get(p, node);
    if (n == 4)
        column->d = parts[3];
    column->flags = last->kind == TL_T_QUOTED ? TL_F_QUOTED : 0;
    return node;
}

/* array<...> and struct<...> as constructors */
static bool is_angle_type(const struct tl_sql_parser *p)
{
    return (p->grammar & TL_SQL_ANGLE_TYPES) && p->now[1].kind == TL_T_COMPARE &&
           p->lexer.text[p->now[1].at] == '<' && tl_parse_has_angles(p);
}

/* struct<a int64>(1): a row */
static uint32_t parse_typed_struct(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now++;
    tl_parse_skip_angles(p);
    uint32_t type = tl_sql_name_exact(p->names, p->lexer.text + at,
                                      tl_sql_token_end(&p->lexer, p->now - 1) - at);
    if (!tl_parse_expect(p, TL_T_OPEN, "'('"))
        return 0;
    uint32_t list = make_list(p, at, tl_parse_inside_parens(p));
    tl_parse_get(p, list)->name = type;
    return list;
}

static uint32_t parse_row(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now += 2;
    return make_list(p, at, tl_parse_inside_parens(p));
}

static uint32_t parse_not(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    p->now++;
    return make_unary(p, at, TL_O_LOGIC, tl_parse_above(p, TL_POWER_NOT));
}

/* columns(*), columns('re'), columns(c -> c like 'a%'), columns(['a', 'b']) */
static uint32_t parse_columns(struct tl_sql_parser *p, uint8_t flags)
{
    uint32_t node = tl_parse_node(p, TL_N_COLUMNS, p->now->at);

    p->now += 2;
    uint32_t of = tl_parse_item_value(p);
    tl_parse_get(p, node)->a = of;
    tl_parse_get(p, node)->flags = flags;
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    if (!flags)
        p->has_columns = true;
    return node;
}

/* Words that begin an operand of their own kind. 0: this one does not, here. */
static uint32_t parse_word_operand(struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_NULL:
        return take_literal(p, TL_L_NULL);
    case TL_K_TRUE:
    case TL_K_FALSE:
        return next->kind == TL_T_DOT ? 0 : take_literal(p, TL_L_BOOLEAN);
    case TL_K_DEFAULT:
        return next->kind == TL_T_DOT ? 0 : take_literal(p, TL_L_OTHER);
    case TL_K_CASE:
        return parse_case(p);
    case TL_K_NOT:
        return parse_not(p);
    case TL_K_EXISTS:
        return next->kind == TL_T_OPEN ? parse_exists(p) : 0;
    case TL_K_ARRAY:
        return next->kind == TL_T_OPEN_BRACKET || next->kind == TL_T_OPEN ||
                       is_angle_type(p)
                   ? parse_array(p)
                   : 0;
    case TL_K_STRUCT:
        return is_angle_type(p) ? parse_typed_struct(p) : 0;
    case TL_K_ROW:
        return next->kind == TL_T_OPEN && !(p->forms & TL_SQL_PLAIN_WORDS) ? parse_row(p)
                                                                           : 0;
    case TL_K_INTERVAL:
        return parse_interval(p);
    case TL_K_TIMESTAMP:
    case TL_K_TIME:
    case TL_K_DOUBLE:
    case TL_K_CHARACTER:
    case TL_K_CHAR:
    case TL_K_BIT:
    case TL_K_NATIONAL:
        return parse_long_typed_text(p);
    case TL_K_CURRENT_DATE:
    case TL_K_CURRENT_TIME:
    case TL_K_CURRENT_TIMESTAMP:
        return next->kind == TL_T_DOT ? 0 : parse_current(p);
    case TL_K_CURRENT_CATALOG:
    case TL_K_CURRENT_ROLE:
    case TL_K_CURRENT_USER:
    case TL_K_CURRENT_SCHEMA:
    case TL_K_LOCALTIME:
    case TL_K_LOCALTIMESTAMP:
    case TL_K_SESSION_USER:
    case TL_K_SYSTEM_USER:
    case TL_K_USER:
        if (next->kind == TL_T_DOT || (p->forms & TL_SQL_PLAIN_WORDS))
            return 0;
        if (p->now->word == TL_K_USER && (p->forms & TL_SQL_USER_COLUMNS) &&
            next->kind != TL_T_OPEN)
            return 0;
        return parse_current(p);
    case TL_K_OPERATOR:
        return next->kind == TL_T_OPEN && (p->forms & TL_SQL_WORDY_EXPRESSIONS)
                   ? parse_qualified_operator(p, 0)
                   : 0;
    case TL_K_COLLATION:
        return next->word == TL_K_FOR && next[1].kind == TL_T_OPEN
                   ? tl_parse_collation_for(p)
                   : 0;
    case TL_K_LAMBDA:
        if (!(p->grammar & TL_SQL_LAMBDAS) || !tl_parse_is_name(p, next) ||
            (next[1].kind != TL_T_COLON && next[1].kind != TL_T_COMMA))
            return 0;
        return tl_parse_word_lambda(p);
    case TL_K_MAP:
        if (next->kind != TL_T_OPEN_BRACE)
            return 0;
        p->now++;
        return parse_braces(p);
    case TL_K_COLUMNS: /* DuckDB: any number of columns */
        return next->kind == TL_T_OPEN && (p->clauses & TL_SQL_COLUMN_LAMBDAS)
                   ? parse_columns(p, 0)
                   : 0;
    case TL_K_FINAL: /* of a row pattern: before a call */
    case TL_K_RUNNING:
    case TL_K_APPROXIMATE: /* Redshift: before count(distinct ...) */
        if (next->kind != TL_T_WORD || next[1].kind != TL_T_OPEN)
            return 0;
        p->now++;
        return parse_path(p);
    case TL_K_CONNECT_BY_ROOT:
    case TL_K_PRIOR:
        if (!(p->forms & TL_SQL_HIERARCHIES) || !tl_parse_is_name(p, next))
            return 0;
        p->now++;
        return tl_parse_above(p, TL_POWER_SIGN);
    default:
        return next->kind == TL_T_OPEN ? tl_parse_special_call(p) : 0;
    }
}

static uint32_t parse_word(struct tl_sql_parser *p)
{
    if (p->now->word == 0)
        return parse_path(p);
    uint32_t node = parse_word_operand(p);
    if (node || p->failed)
        return node;
    unsigned limits = tl_parse_limits(p, p->now->word);
    if (!(limits & TL_KW_NOT_NAME) ||
        (!(limits & TL_KW_NOT_FUNCTION) &&
         (p->now[1].kind == TL_T_OPEN || p->now[1].kind == TL_T_DOT)))
        return parse_path(p);
    tl_parse_expected(p, "an expression");
    return 0;
}

/* :name, :'name' and :"name" of psql */
static uint32_t parse_shell_variable(struct tl_sql_parser *p)
{
    const struct tl_sql_token *next = p->now + 1;

    if (next->at != p->now->at + 1 ||
        (next->kind != TL_T_WORD && next->kind != TL_T_TEXT &&
         next->kind != TL_T_QUOTED && next->kind != TL_T_NUMBER)) {
        tl_parse_expected(p, "an expression");
        return 0;
    }
    uint32_t node = tl_parse_node(p, TL_N_PARAMETER, p->now->at);
    p->now += 2;
    return node;
}

static uint32_t parse_prefix_operator(struct tl_sql_parser *p)
{
    const struct tl_sql_token *token = p->now;
    bool is_sign = token->kind == TL_T_PLUS || token->kind == TL_T_MINUS;

    p->now++;
    if (token->kind == TL_T_OPERATOR && p->lexer.text[token->at] == '?' &&
        token->value == token->at + 1)
        return tl_parse_node(p, TL_N_PARAMETER, token->at);
    uint32_t operand = tl_parse_above(p, is_sign ? TL_POWER_SIGN : TL_POWER_OPERATOR);
    /* the ones PostgreSQL has in front count: ~ @ |/ ||/ */
    return make_unary(p, token->at, TL_O_ARITHMETIC, operand);
}

static uint32_t parse_operand(struct tl_sql_parser *p)
{
    switch ((enum tl_sql_token_kind)p->now->kind) {
    case TL_T_WORD:
        if ((p->grammar & TL_SQL_LAMBDAS) && is_lambda(p))
            return parse_lambda(p, p->now->at);
        return parse_word(p);
    case TL_T_QUOTED:
        return parse_path(p);
    case TL_T_NUMBER:
        return take_literal(p, TL_L_NUMBER);
    case TL_T_TEXT:
        return take_text(p);
    case TL_T_PARAMETER: {
        uint32_t node = tl_parse_node(p, TL_N_PARAMETER, p->now->at);

        p->now++;
        return node;
    }
    case TL_T_OPEN:
        return is_lambda(p) ? parse_lambda(p, p->now->at) : parse_parens(p);
    case TL_T_PLUS:
    case TL_T_MINUS:
    case TL_T_OPERATOR:
        return parse_prefix_operator(p);
    case TL_T_OPEN_BRACKET:
        if (p->grammar & TL_SQL_BRACKET_LISTS)
            return parse_brackets(p);
        break;
    case TL_T_OPEN_BRACE:
        if (p->grammar & TL_SQL_BRACKET_LISTS)
            return parse_braces(p);
        break;
    case TL_T_COLON:
        return parse_shell_variable(p);
    case TL_T_STAR:
        if (p->now[1].word != TL_K_COLUMNS || p->now[2].kind != TL_T_OPEN ||
            !(p->clauses & TL_SQL_COLUMN_LAMBDAS))
            break;
        p->now++;
        return parse_columns(p, TL_F_STAR);
    default:
        break;
    }
    uint32_t place = tl_parse_template_place(p);
    if (!place)
        tl_parse_expected(p, "an expression");
    return place;
}

uint32_t tl_parse_above(struct tl_sql_parser *p, unsigned power)
{
    if (!tl_parse_enter(p))
        return 0;
    uint32_t left = parse_operand(p);
    for (;;) {
        unsigned binds = next_power(p);

        if (binds <= power)
            break;
        left = parse_infix(p, left, binds);
    }
    p->depth--;
    return left;
}

uint32_t tl_parse_expression(struct tl_sql_parser *p)
{
    return tl_parse_above(p, TL_POWER_NONE);
}

uint32_t tl_parse_expressions(struct tl_sql_parser *p)
{
    struct tl_parse_list list = { 0 };

    do
        tl_parse_append(p, &list, tl_parse_expression(p));
    while (tl_parse_accept(p, TL_T_COMMA));
    return list.first;
}
