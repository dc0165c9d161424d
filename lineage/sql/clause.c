/*
 * Walks outward from a reference: in each pair of parentheses around it, from its beginning, the tokens that stand directly in it say which
 * clause is open when the reference comes. The innermost parentheses with an open clause have it; where it ends, the next one begins.
 */
#include "lineage/sql/clause.h"

#include "base/vec.h"
#include "lineage/sql/lex.h"

#include <string.h>
#include <strings.h>

enum { CASES_MOST = 64 };
#define NO_TOKEN UINT32_MAX

enum word {
    W_NONE,
    W_AGGREGATE,
    W_ALL,
    W_BREAK, /* what ends a clause and begins none of ours */
    W_BY,
    W_CASE,
    W_CONFLICT,
    W_DELETE,
    W_DISTINCT,
    W_DUPLICATE,
    W_END,
    W_FROM,
    W_GROUP,
    W_HAVING,
    W_JOIN,
    W_LIMIT,
    W_MERGE,
    W_ON,
    W_ORDER,
    W_PARTITION,
    W_CONNECT,
    W_SORT,
    W_QUALIFY,
    W_RETURNING,
    W_SELECT,
    W_SET,
    W_SIDE, /* of a join; a function where a parenthesis follows */
    W_START,
    W_THEN,
    W_USING,
    W_VALUES,
    W_WHEN,
    W_WHERE,
    W_WINDOW,
    W_WITH,
};

static const struct {
    const char *text;
    enum word word;
} words[] = {
    { "aggregate", W_AGGREGATE },
    { "all", W_ALL },
    { "anti", W_SIDE },
    { "asof", W_SIDE },
    { "by", W_BY },
    { "case", W_CASE },
    { "cluster", W_SORT },
    { "conflict", W_CONFLICT },
    { "connect", W_CONNECT },
    { "create", W_BREAK },
    { "cross", W_SIDE },
    { "delete", W_DELETE },
    { "distinct", W_DISTINCT },
    { "distribute", W_SORT },
    { "do", W_BREAK },
    { "duplicate", W_DUPLICATE },
    { "end", W_END },
    { "except", W_BREAK },
    { "extend", W_AGGREGATE },
    { "fetch", W_LIMIT },
    { "from", W_FROM },
    { "full", W_SIDE },
    { "group", W_GROUP },
    { "having", W_HAVING },
    { "inner", W_SIDE },
    { "insert", W_BREAK },
    { "intersect", W_BREAK },
    { "into", W_BREAK },
    { "join", W_JOIN },
    { "lateral", W_SIDE },
    { "left", W_SIDE },
    { "limit", W_LIMIT },
    { "merge", W_MERGE },
    { "minus", W_BREAK },
    { "natural", W_SIDE },
    { "offset", W_LIMIT },
    { "on", W_ON },
    { "order", W_ORDER },
    { "partition", W_PARTITION },
    { "qualify", W_QUALIFY },
    { "returning", W_RETURNING },
    { "right", W_SIDE },
    { "select", W_SELECT },
    { "semi", W_SIDE },
    { "set", W_SET },
    { "sort", W_SORT },
    { "start", W_START },
    { "then", W_THEN },
    { "union", W_BREAK },
    { "update", W_BREAK },
    { "using", W_USING },
    { "values", W_VALUES },
    { "when", W_WHEN },
    { "where", W_WHERE },
    { "window", W_WINDOW },
    { "with", W_WITH },
};

struct token {
    uint32_t at, end;  /* in the text */
    uint32_t in, n_in; /* in the layer that it was read from */
    uint32_t around;   /* the parenthesis it stands in; NO_TOKEN: none */
    uint32_t close;    /* of an opening one: its closing one, or the number of tokens */
    uint8_t kind;      /* enum tl_sql_token_kind */
    uint8_t word;      /* enum word */
};

/*
 * What tokens are read from: the text from `base` on, or a body in it, freed of its doubled quotes and escapes; then `origins` say where in the
 * text each of its bytes comes from, and what comes behind the last.
 */
struct layer {
    const char *bytes;
    const uint32_t *origins; /* NULL: from `base` on, one by one */
    uint32_t n, base;
};

/* What is open at a token, among those that stand directly in the same parentheses. */
struct open {
    const char *what; /* NULL: none of ours */
    uint32_t start;   /* its first token */
    bool is_list;     /* each item is one of its own */
    bool is_query;    /* the parentheses hold one, or there are none */
    bool has_join, takes_using;
    unsigned cases; /* CASE without END */
    /* of each: the CASE while its operand is open, the WHEN while its condition is */
    uint32_t operand[CASES_MOST], condition[CASES_MOST];
};

/* What was open at some tokens of the same parentheses, in their order: a question begins at the last one before it. */
struct mark {
    uint32_t i;
    struct open open;
};
struct level {
    uint32_t first; /* of the tokens inside, from 1; 0: none */
    TL_VEC(struct mark) marks;
    /* the clause that was found last, NULL: none, and the token behind it */
    const char *what;
    uint32_t start, end;
};
enum { LEVELS = 16, MARK_EACH = 64 };

struct tl_sql_clauses {
    struct tl_arena *arena; /* for layers of the last question */
    const struct tl_sql_traits *traits;
    struct tl_sql_names *names;
    struct tl_sql_tree tree; /* for the lexer's tokens */
    uint32_t mark;
    const char *text;
    uint32_t n;
    TL_VEC(uint32_t) lines;
    TL_VEC(struct token) tokens; /* of the statement that was read last */
    TL_VEC(struct tl_sql_piece) pieces;
    struct level levels[LEVELS]; /* that questions were about last */
    uint32_t from, begin, end;   /* what was asked for, and the bytes it has */
    bool is_read;
};

struct tl_sql_clauses *tl_sql_clauses_open(enum tl_sql_dialect dialect)
{
    struct tl_sql_clauses *clauses = tl_alloc(1, sizeof *clauses);

    clauses->arena = tl_arena_open();
    clauses->traits = &tl_sql_traits[dialect];
    clauses->names = tl_sql_names_open(clauses->traits);
    clauses->mark = tl_sql_names_mark(clauses->names);
    tl_sql_tree_init(&clauses->tree);
    return clauses;
}

void tl_sql_clauses_close(struct tl_sql_clauses *clauses)
{
    if (!clauses)
        return;
    tl_arena_close(clauses->arena);
    tl_sql_tree_release(&clauses->tree);
    tl_sql_names_close(clauses->names);
    tl_vec_release(&clauses->lines);
    tl_vec_release(&clauses->tokens);
    for (unsigned i = 0; i < LEVELS; i++)
        tl_vec_release(&clauses->levels[i].marks);
    tl_vec_release(&clauses->pieces);
    tl_free(clauses);
}

/* ---- places ---- */

void tl_sql_clauses_text(struct tl_sql_clauses *clauses, const char *text, size_t n)
{
    const char *at = text, *end = text + n;

    clauses->text = text;
    clauses->n = (uint32_t)n;
    clauses->is_read = false;
    clauses->tokens.n = clauses->pieces.n = clauses->lines.n = 0;
    tl_vec_push(&clauses->lines, 0);
    while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
        at++;
        tl_vec_push(&clauses->lines, (uint32_t)(at - text));
    }
}

uint32_t tl_sql_clauses_byte(const struct tl_sql_clauses *clauses, uint32_t line,
                             uint32_t column)
{
    if (line == 0 || line > clauses->lines.n)
        return clauses->n;
    uint64_t byte = (uint64_t)clauses->lines.items[line - 1] + (column ? column - 1 : 0);

    return byte < clauses->n ? (uint32_t)byte : clauses->n;
}

struct tl_sql_line tl_sql_clauses_line(const struct tl_sql_clauses *clauses,
                                       uint32_t byte)
{
    size_t low = 0, high = clauses->lines.n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (clauses->lines.items[middle] <= byte)
            low = middle;
        else
            high = middle;
    }
    struct tl_sql_line line = { .number = (uint32_t)low + 1,
                                .at = clauses->lines.items[low] };
    uint32_t end =
        low + 1 < clauses->lines.n ? clauses->lines.items[low + 1] - 1 : clauses->n;

    if (end > line.at && clauses->text[end - 1] == '\r')
        end--;
    line.n = end - line.at;
    return line;
}

/* ---- tokens ---- */

static enum word word_of(const char *bytes, uint32_t n)
{
    for (size_t i = 0; n > 1 && i < sizeof words / sizeof *words; i++)
        if ((bytes[0] | 0x20) == words[i].text[0] && strlen(words[i].text) == n &&
            strncasecmp(bytes, words[i].text, n) == 0)
            return words[i].word;
    return W_NONE;
}

static uint8_t piece_kind(const struct tl_sql_clauses *clauses, const struct token *token)
{
    if (token->kind == TL_T_TEXT || token->kind == TL_T_NUMBER || token->kind == TL_T_ODD)
        return TL_SQL_LITERAL;
    if (token->kind == TL_T_QUOTED && clauses->text[token->at] == '"' &&
        (clauses->traits->lexical &
         (TL_SQL_DOUBLE_QUOTED_MAYBE | TL_SQL_DOUBLE_QUOTED_TEXT)))
        return TL_SQL_IN_DOUBT;
    return TL_SQL_SHOWN;
}

/* Finds which parenthesis each token stands in. One that nothing closes is closed by the end. */
static void nest(struct tl_sql_clauses *clauses)
{
    uint32_t open = NO_TOKEN;

    for (uint32_t i = 0; i < clauses->tokens.n; i++) {
        struct token *token = &clauses->tokens.items[i];

        token->close = (uint32_t)clauses->tokens.n;
        if (open != NO_TOKEN &&
            (token->kind == TL_T_CLOSE || token->kind == TL_T_CLOSE_BRACKET ||
             token->kind == TL_T_CLOSE_BRACE)) {
            clauses->tokens.items[open].close = i;
            open = clauses->tokens.items[open].around;
        }
        token->around = open;
        if (token->kind == TL_T_OPEN || token->kind == TL_T_OPEN_BRACKET ||
            token->kind == TL_T_OPEN_BRACE)
            open = i;
    }
}

static uint32_t origin_of(const struct layer *layer, uint32_t at)
{
    return layer->origins ? layer->origins[at] : layer->base + at;
}

/* The tokens of the statement at the lexer. */
static void take_tokens(struct tl_sql_clauses *clauses, const struct tl_sql_lexer *lexer,
                        const struct layer *layer)
{
    clauses->tokens.n = clauses->pieces.n = 0;
    for (unsigned i = 0; i < LEVELS; i++)
        clauses->levels[i].first = 0;
    for (uint32_t i = 0; i < clauses->tree.n_tokens; i++) {
        const struct tl_sql_token *from = &clauses->tree.tokens[i];

        if (from->kind == TL_T_END)
            break;
        uint32_t end = tl_sql_token_end(lexer, from);
        struct token token = { .at = origin_of(layer, from->at),
                               .end = origin_of(layer, end),
                               .in = from->at,
                               .n_in = end - from->at,
                               .kind = from->kind };

        if (from->kind == TL_T_WORD)
            token.word = (uint8_t)word_of(layer->bytes + token.in, token.n_in);
        tl_vec_push(&clauses->tokens, token);
        struct tl_sql_piece piece = { .at = token.at,
                                      .n = token.end - token.at,
                                      .kind = piece_kind(clauses, &token) };
        tl_vec_push(&clauses->pieces, piece);
    }
    nest(clauses);
}

/* The token that a byte belongs to; NO_TOKEN: none. */
static uint32_t token_at(const struct tl_sql_clauses *clauses, uint32_t at)
{
    size_t low = 0, high = clauses->tokens.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clauses->tokens.items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == clauses->tokens.n || clauses->tokens.items[low].at > at)
        return NO_TOKEN;
    return (uint32_t)low;
}

/* Reads statement by statement up to the one that has the byte of the text. */
static uint32_t read_around(struct tl_sql_clauses *clauses, const struct layer *layer,
                            uint32_t at)
{
    struct tl_sql_lexer lexer =
        tl_sql_lexer_of(clauses->traits, clauses->names, &clauses->tree, layer->bytes, 0,
                        layer->n);
    uint32_t found = NO_TOKEN;

    tl_sql_names_undo(clauses->names, clauses->mark);
    while (found == NO_TOKEN && tl_sql_lex(&lexer)) {
        const struct tl_sql_token *first = &clauses->tree.tokens[0];

        if (origin_of(layer, first->at) > at)
            break;
        if (lexer.at >= lexer.n || origin_of(layer, lexer.at) > at) {
            take_tokens(clauses, &lexer, layer);
            found = token_at(clauses, at);
        }
    }
    return found;
}

/* Bytes at either end of a text that holds a body: $tag$, or a quote. 0: it holds none. */
static uint32_t fence_of(const struct layer *layer, const struct token *token)
{
    const char *bytes = layer->bytes + token->in;
    uint32_t n = token->n_in;

    if (token->kind != TL_T_TEXT || n < 2)
        return 0;
    if (bytes[0] == '\'')
        return 1;
    const char *second = bytes[0] == '$' ? memchr(bytes + 1, '$', n - 1) : NULL;
    uint32_t fence = second ? (uint32_t)(second - bytes) + 1 : 0;

    return fence * 2 <= n ? fence : 0;
}

/* What stands between a token's fences, as it is read there. */
static struct layer inside(struct tl_sql_clauses *clauses, const struct layer *layer,
                           const struct token *token, uint32_t fence)
{
    uint32_t from = token->in + fence, n = token->n_in - 2 * fence, n_out = 0;
    const char *bytes = layer->bytes + from;
    bool escapes = clauses->traits->lexical & TL_SQL_BACKSLASH;
    struct layer plain = { .bytes = bytes,
                           .n = n,
                           .base = layer->base + from,
                           .origins = layer->origins ? layer->origins + from : NULL };

    if (bytes[-1] == '$' ||
        (!memchr(bytes, '\'', n) && !(escapes && memchr(bytes, '\\', n))))
        return plain;
    char *out = tl_arena_alloc(clauses->arena, n, 1);
    uint32_t *origins = tl_arena_alloc(clauses->arena, n + 1, sizeof *origins);
    for (uint32_t i = 0; i < n; i++) {
        origins[n_out] = origin_of(&plain, i);
        i += i + 1 < n && ((escapes && bytes[i] == '\\') ||
                           (bytes[i] == '\'' && bytes[i + 1] == '\''));
        out[n_out++] = bytes[i];
    }
    origins[n_out] = origin_of(&plain, n);
    return (struct layer){ .bytes = out, .origins = origins, .n = n_out };
}

/* The token at a byte, inside bodies too. */
static uint32_t find_token(struct tl_sql_clauses *clauses, uint32_t from, uint32_t at)
{
    uint32_t found = NO_TOKEN;

    if (at >= clauses->n || from > at)
        return NO_TOKEN;
    if (clauses->is_read && clauses->from == from && clauses->begin <= at &&
        at < clauses->end)
        found = token_at(clauses, at);
    bool is_again = found != NO_TOKEN && clauses->tokens.items[found].kind != TL_T_TEXT;
    struct layer layer = { .bytes = clauses->text + from,
                           .n = clauses->n - from,
                           .base = from };
    if (!is_again) {
        tl_arena_reset(clauses->arena);
        found = read_around(clauses, &layer, at);
    }
    while (!is_again) {
        uint32_t fence =
            found == NO_TOKEN ? 0 : fence_of(&layer, &clauses->tokens.items[found]);
        if (!fence)
            break;
        layer = inside(clauses, &layer, &clauses->tokens.items[found], fence);
        if (at < origin_of(&layer, 0) || at >= origin_of(&layer, layer.n))
            break;
        found = read_around(clauses, &layer, at);
    }
    clauses->is_read = found != NO_TOKEN;
    clauses->from = from;
    if (clauses->is_read) {
        clauses->begin = clauses->tokens.items[0].at;
        clauses->end = clauses->tokens.items[clauses->tokens.n - 1].end;
    }
    return found;
}

/* ---- clauses ---- */

static bool is_kind(const struct tl_sql_clauses *clauses, uint32_t i, uint8_t kind)
{
    return i < clauses->tokens.n && clauses->tokens.items[i].kind == kind;
}

/* |> begins the next step of a query that is written as a pipe. */
static bool is_pipe(const struct tl_sql_clauses *clauses, uint32_t i)
{
    const struct token *token = &clauses->tokens.items[i];

    return token->end - token->at == 2 && memcmp(clauses->text + token->at, "|>", 2) == 0;
}

static enum word word_at(const struct tl_sql_clauses *clauses, uint32_t i)
{
    if (i >= clauses->tokens.n)
        return W_NONE;
    /* t.order, order.x: a name */
    if ((i > 0 && is_kind(clauses, i - 1, TL_T_DOT)) || is_kind(clauses, i + 1, TL_T_DOT))
        return W_NONE;
    return (enum word)clauses->tokens.items[i].word;
}

/* The next that stands in the same parentheses. */
static uint32_t next_beside(const struct tl_sql_clauses *clauses, uint32_t i)
{
    const struct token *token = &clauses->tokens.items[i];

    if (token->kind == TL_T_OPEN || token->kind == TL_T_OPEN_BRACKET ||
        token->kind == TL_T_OPEN_BRACE)
        i = token->close;
    return i < clauses->tokens.n ? i + 1 : i;
}

static void begin(struct open *open, const char *what, uint32_t start, bool is_list)
{
    open->what = what;
    open->start = start;
    open->is_list = is_list;
}

/* Behind select: distinct, all, distinct on (...). */
static uint32_t behind_modifiers(const struct tl_sql_clauses *clauses, uint32_t i)
{
    while (word_at(clauses, i) == W_DISTINCT || word_at(clauses, i) == W_ALL)
        i++;
    if (word_at(clauses, i) == W_ON && is_kind(clauses, i + 1, TL_T_OPEN))
        i = next_beside(clauses, i + 1);
    return i;
}

/* Inside a CASE nothing but its own words counts. True: the token was one of them, or is inside. */
static bool step_case(struct open *open, enum word word, uint32_t i)
{
    unsigned depth = open->cases;

    if (word == W_CASE) {
        if (depth < CASES_MOST) {
            open->operand[depth] = i;
            open->condition[depth] = NO_TOKEN;
        }
        open->cases++;
        return true;
    }
    if (depth == 0)
        return false;
    if (word == W_END)
        open->cases--;
    if (depth <= CASES_MOST && (word == W_WHEN || word == W_THEN)) {
        open->operand[depth - 1] = NO_TOKEN;
        open->condition[depth - 1] = word == W_WHEN ? i : NO_TOKEN;
    }
    return true;
}

/* Two words that begin a clause wherever they stand, in the parentheses of a window or of an aggregate too. */
static bool step_by(struct open *open, const struct tl_sql_clauses *clauses, uint32_t i)
{
    static const struct {
        enum word word;
        const char *what;
    } by[] = { { W_GROUP, "group by" },
               { W_ORDER, "order by" },
               { W_PARTITION, "partition by" },
               { W_CONNECT, "connect by" },
               { W_SORT, "sort by" } };

    if (word_at(clauses, i + 1) != W_BY)
        return false;
    for (size_t b = 0; b < sizeof by / sizeof *by; b++)
        if (word_at(clauses, i) == by[b].word) {
            begin(open, by[b].what, i, false);
            return true;
        }
    return false;
}

static void step_join(struct open *open, const struct tl_sql_clauses *clauses,
                      enum word word, uint32_t i)
{
    enum word next = word_at(clauses, i + 1);

    switch (word) {
    case W_SIDE:
        if (is_kind(clauses, i + 1, TL_T_OPEN) || (open->is_query && !open->what))
            break;
        /* fall through */
    case W_JOIN:
        if (open->what && strcmp(open->what, "from") == 0 && i == open->start + 1)
            break; /* left join, cross join */
        open->has_join = true;
        begin(open, "from", i, false);
        break;
    case W_ON:
        if (next == W_CONFLICT || next == W_DUPLICATE)
            begin(open, NULL, i, false);
        else if (open->has_join)
            begin(open, "on", i, false);
        break;
    case W_USING:
        if (open->takes_using || open->has_join)
            begin(open, open->takes_using ? "from" : "using", i, false);
        break;
    default:
        break;
    }
}

/* Words that count only where a query or a statement stands. */
static void step_query(struct open *open, const struct tl_sql_clauses *clauses,
                       enum word word, uint32_t i)
{
    switch (word) {
    case W_SELECT:
        open->has_join = false;
        begin(open, "select item", behind_modifiers(clauses, i + 1), true);
        break;
    case W_AGGREGATE: /* |> aggregate, |> extend */
        if (i > 0 && is_pipe(clauses, i - 1))
            begin(open, "select item", i + 1, true);
        break;
    case W_FROM:
        if (i == 0 || word_at(clauses, i - 1) != W_DISTINCT) /* is distinct from */
            begin(open, "from", i, false);
        break;
    case W_HAVING:
        begin(open, "having", i, false);
        break;
    case W_QUALIFY:
        begin(open, "qualify", i, false);
        break;
    case W_WINDOW:
        begin(open, "window", i, false);
        break;
    case W_LIMIT:
        begin(open, "limit", i, false);
        break;
    case W_SET:
        begin(open, "set", i + 1, true);
        break;
    case W_VALUES:
        begin(open, "values", i + 1, true);
        break;
    case W_RETURNING:
        begin(open, "returning item", i + 1, true);
        break;
    case W_START:
        if (word_at(clauses, i + 1) == W_WITH)
            begin(open, "start with", i, false);
        break;
    case W_WHEN:
        begin(open, "when", i, false);
        break;
    case W_MERGE:
    case W_DELETE:
        open->takes_using = true;
        open->has_join = word == W_MERGE;
        begin(open, NULL, i, false);
        break;
    case W_BREAK:
        /* * except (a), insert(a, 1, 2, 'x') */
        if (i > 0 && (is_kind(clauses, i - 1, TL_T_STAR) ||
                      (open->what && is_kind(clauses, i + 1, TL_T_OPEN) &&
                       is_kind(clauses, i - 1, TL_T_COMMA))))
            break;
        begin(open, NULL, i, false);
        break;
    case W_THEN:
        begin(open, NULL, i, false);
        break;
    default:
        break;
    }
}

static void step(struct open *open, const struct tl_sql_clauses *clauses, uint32_t i)
{
    enum word word = word_at(clauses, i);

    if (step_case(open, word, i))
        return;
    if (is_kind(clauses, i, TL_T_COMMA)) {
        if (open->is_list)
            open->start = i + 1;
        else if (open->has_join || (open->what && strcmp(open->what, "from") == 0))
            begin(open, open->is_query ? "from" : NULL, i + 1, false);
        return;
    }
    if (is_pipe(clauses, i))
        begin(open, NULL, i, false);
    if (word == W_NONE || step_by(open, clauses, i))
        return;
    if (word == W_WHERE) {
        begin(open, "where", i, false);
        return;
    }
    step_join(open, clauses, word, i);
    if (open->is_query)
        step_query(open, clauses, word, i);
}

/* Whether a query begins at the first token inside parentheses. */
static bool begins_query(const struct tl_sql_clauses *clauses, uint32_t i)
{
    enum word word = word_at(clauses, i);

    return word == W_SELECT || word == W_WITH || word == W_FROM || word == W_VALUES ||
           word == W_MERGE || word == W_DELETE || word == W_BREAK ||
           is_kind(clauses, i, TL_T_OPEN);
}

static void set_span(struct tl_sql_spot *out, const struct tl_sql_clauses *clauses,
                     uint32_t first, uint32_t behind)
{
    out->at = clauses->tokens.items[first].at;
    out->n = clauses->tokens.items[behind - 1].end - out->at;
}

/*
 * The condition or the operand of the innermost CASE that has the reference there; it ends at the next word of that CASE.
 */
static bool find_in_case(struct tl_sql_spot *out, const struct tl_sql_clauses *clauses,
                         const struct open *at, uint32_t reference, uint32_t end)
{
    uint32_t operand = NO_TOKEN, condition = NO_TOKEN;
    unsigned depth = at->cases < CASES_MOST ? at->cases : CASES_MOST;

    for (; depth > 0; depth--) {
        operand = at->operand[depth - 1];
        condition = at->condition[depth - 1];
        if (operand != NO_TOKEN || condition != NO_TOKEN)
            break;
    }
    if (depth == 0)
        return false;
    struct open open = *at;
    uint32_t i = next_beside(clauses, reference);
    for (; i < end; i = next_beside(clauses, i)) {
        enum word word = word_at(clauses, i);
        if (open.cases == depth && (word == W_WHEN || word == W_THEN || word == W_END))
            break;
        step_case(&open, word, i);
    }
    out->what = condition == NO_TOKEN ? "case" : "when";
    set_span(out, clauses, condition == NO_TOKEN ? operand : condition, i);
    return true;
}

static struct level *level_of(struct tl_sql_clauses *clauses, uint32_t first)
{
    struct level *level = &clauses->levels[first % LEVELS];

    if (level->first != first + 1) {
        struct mark mark = { .i = first };

        mark.open.is_query = first == 0 || begins_query(clauses, first);
        level->first = first + 1;
        level->what = NULL;
        level->marks.n = 0;
        tl_vec_push(&level->marks, mark);
    }
    return level;
}

/* What is open at the reference, it being told. Texts are asked about from front to end and again: steps are taken once. */
static struct open open_at(struct level *level, const struct tl_sql_clauses *clauses,
                           uint32_t reference, uint32_t end)
{
    size_t low = 0, high = level->marks.n;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (level->marks.items[middle].i <= reference)
            low = middle;
        else
            high = middle;
    }
    struct open open = level->marks.items[low].open;
    uint32_t n = 0;
    for (uint32_t i = level->marks.items[low].i; i <= reference && i < end;
         i = next_beside(clauses, i), n++) {
        if (n >= MARK_EACH && low + 1 == level->marks.n) {
            tl_vec_push(&level->marks, ((struct mark){ i, open }));
            low++;
            n = 0;
        }
        step(&open, clauses, i);
    }
    return open;
}

/* The clause among the tokens first .. end - 1 that stand directly in one pair of parentheses; `reference` is one of them. */
static bool find_among(struct tl_sql_spot *out, struct tl_sql_clauses *clauses,
                       uint32_t first, uint32_t end, uint32_t reference,
                       enum tl_edge_kind kind)
{
    struct level *level = level_of(clauses, first);
    struct open open = open_at(level, clauses, reference, end);

    if (kind == TL_CONDITIONAL && find_in_case(out, clauses, &open, reference, end))
        return true;
    if (!open.what || open.start > reference)
        return false;
    if (level->what != open.what || level->start != open.start) {
        struct open later = open;
        uint32_t i = next_beside(clauses, reference);
        for (; i < end; i = next_beside(clauses, i)) {
            step(&later, clauses, i);
            if (later.start != open.start || later.what != open.what)
                break;
        }
        level->what = open.what;
        level->start = open.start;
        level->end = i;
    }
    out->what = open.what;
    set_span(out, clauses, open.start, level->end);
    return true;
}

/* a.b.c, t.*: from its first part. */
static uint32_t behind_name(const struct tl_sql_clauses *clauses, uint32_t i)
{
    if (!is_kind(clauses, i, TL_T_WORD) && !is_kind(clauses, i, TL_T_QUOTED))
        return i + 1;
    i++;
    while (is_kind(clauses, i, TL_T_DOT) &&
           (is_kind(clauses, i + 1, TL_T_WORD) || is_kind(clauses, i + 1, TL_T_QUOTED) ||
            is_kind(clauses, i + 1, TL_T_STAR)))
        i += 2;
    return i;
}

bool tl_sql_spot_find(struct tl_sql_spot *out, struct tl_sql_clauses *clauses,
                      uint32_t from, uint32_t at, enum tl_edge_kind kind)
{
    uint32_t reference = find_token(clauses, from, at);

    memset(out, 0, sizeof *out);
    if (reference == NO_TOKEN)
        return false;
    set_span(out, clauses, reference, behind_name(clauses, reference));
    out->reference = out->at;
    out->n_reference = out->n;
    out->what = "";
    for (uint32_t inside = reference;;) {
        uint32_t around = clauses->tokens.items[inside].around;
        uint32_t first = around == NO_TOKEN ? 0 : around + 1;
        uint32_t end = around == NO_TOKEN ? (uint32_t)clauses->tokens.n
                                          : clauses->tokens.items[around].close;

        if (find_among(out, clauses, first, end, inside, kind) || around == NO_TOKEN)
            return true;
        inside = around;
    }
}

size_t tl_sql_clauses_pieces(const struct tl_sql_piece **out,
                             const struct tl_sql_clauses *clauses)
{
    *out = clauses->pieces.items;
    return clauses->pieces.n;
}
