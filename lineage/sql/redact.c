/*
 * One pass, token by token. The dialects quote differently and the text does not say whose it is, so a quoted piece is
 * measured under every reading that some dialect has of it. Where all agree on its end, the pass goes on behind it; where they
 * do not, from there on one dialect's code is another's string, and everything to the end is replaced. Each byte is measured
 * by a fixed number of readings, and a disagreement ends the pass: linear time on any bytes.
 */
#include "lineage/sql/redact.h"

#include "base/map.h"
#include "base/mem.h"
#include "lineage/sql/dialect.h"

#include <strings.h>

enum token { NOTHING, WORD, DOT, OPEN, OTHER };

struct redactor {
    struct tl_str *out;
    const char *sql;
    size_t n, at;
    const char *const *given;
    size_t n_names;
    enum { MAYBE, TEXT, NAME } double_quotes; /* what "..." is */
    struct tl_map names; /* the given ones folded to lower case, once one is asked for */
    struct tl_arena *memory; /* theirs; NULL until then */
    enum token last;
    struct {
        const char *text;
        size_t n;
    } words
        [2]; /* the last two tokens that were words, the newest first; forgotten by any other token */
    uint64_t queries; /* bit d: the parenthesis at depth d holds a query */
    unsigned depth;
};

/* ---- characters ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* What may stand inside a name; '$' and '@' do in one dialect or another. '#' does too, but begins a comment in others. */
static bool is_name(char c)
{
    return is_letter(c) || is_digit(c) || c == '$' || c == '@';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static char fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static char at(const struct redactor *r, size_t i)
{
    return i < r->n ? r->sql[i] : '\0';
}

static bool is_word(const char *text, size_t n, const char *word)
{
    return n == strlen(word) && strncasecmp(text, word, n) == 0;
}

/* ---- where quoted things end; r->n and beyond: unclosed ---- */

#define UNCLOSED SIZE_MAX

/* A doubled quote stands for itself; a backslash for nothing special, or for taking the next character along. */
static size_t end_of_quoted(const struct redactor *r, size_t from, bool escapes)
{
    char quote = r->sql[from];

    for (size_t i = from + 1; i < r->n; i++) {
        if (escapes && r->sql[i] == '\\')
            i++;
        else if (r->sql[i] != quote)
            continue;
        else if (at(r, i + 1) == quote && i + 1 < r->n)
            i++;
        else
            return i + 1;
    }
    return UNCLOSED;
}

/* BigQuery's '''...''' */
static size_t end_of_triple(const struct redactor *r, size_t from)
{
    char quote = r->sql[from];

    for (size_t i = from + 3; i + 2 < r->n; i++) {
        if (r->sql[i] == '\\')
            i++;
        else if (r->sql[i] == quote && r->sql[i + 1] == quote && r->sql[i + 2] == quote)
            return i + 3;
    }
    return UNCLOSED;
}

/* Oracle's q'[...]': up to the partner of the delimiter with a quote behind it. */
static size_t end_of_delimited(const struct redactor *r, size_t from)
{
    static const char opening[] = "[({<";
    static const char closing[] = "])}>";
    char close = at(r, from + 1);
    const char *bracket = close ? strchr(opening, close) : NULL;

    if (bracket)
        close = closing[bracket - opening];
    for (size_t i = from + 2; i + 1 < r->n; i++)
        if (r->sql[i] == close && r->sql[i + 1] == '\'')
            return i + 2;
    return UNCLOSED;
}

/* The end on which all dialects agree, or UNCLOSED. `prefix` is the word glued to the quote. */
static size_t end_of_text(const struct redactor *r, size_t from, const char *prefix,
                          size_t n_prefix)
{
    if (r->sql[from] == '\'' && is_word(prefix, n_prefix, "e"))
        return end_of_quoted(r, from, true); /* only PostgreSQL and its kin write this */
    size_t plain = end_of_quoted(r, from, false);
    /* LIKE 'x' ESCAPE '\': one character, so no other reading makes sense */
    if (plain == from + 3 && r->words[0].text &&
        is_word(r->words[0].text, r->words[0].n, "escape"))
        return plain;
    if (at(r, from + 1) == r->sql[from] && at(r, from + 2) == r->sql[from] &&
        end_of_triple(r, from) != plain)
        return UNCLOSED;
    if (is_word(prefix, n_prefix, "q") || is_word(prefix, n_prefix, "nq"))
        return end_of_delimited(r, from) == plain ? plain : UNCLOSED;
    return plain == end_of_quoted(r, from, true) ? plain : UNCLOSED;
}

/* $tag$ ... $tag$: 0 where none begins. */
static size_t end_of_dollars(const struct redactor *r, size_t from)
{
    size_t tag = from + 1;

    if (is_digit(at(r, tag)))
        return 0;
    while (is_letter(at(r, tag)) || is_digit(at(r, tag)))
        tag++;
    if (at(r, tag) != '$')
        return 0;
    size_t n = tag + 1 - from;
    /* the tag has no '$' inside, so a comparison that fails need not be looked at again */
    for (size_t i = tag + 1; i < r->n; i++) {
        size_t same = 0;

        while (same < n && i + same < r->n && r->sql[i + same] == r->sql[from + same])
            same++;
        if (same == n)
            return i + n;
        i += same > 1 ? same - 1 : 0;
    }
    return UNCLOSED;
}

/* Whether code from `from` has no quoted thing or comment open at `to`. */
static bool is_even(const struct redactor *r, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        char c = r->sql[i];

        if (c == '/' && i + 1 < to && r->sql[i + 1] == '*') {
            for (i += 2; i + 1 < to && !(r->sql[i] == '*' && r->sql[i + 1] == '/'); i++)
                ;
            if (++i >= to)
                return false;
            continue;
        }
        if (c == '$' || (c == '-' && at(r, i + 1) == '-'))
            return false;
        if (c != '\'' && c != '"' && c != '`')
            continue;
        size_t end = end_of_text(r, i, "", 0);
        if (end > to ||
            is_name(r->sql[i - 1])) /* E'...', q'[...]': not worth telling apart here */
            return false;
        i = end - 1;
    }
    return true;
}

/*
 * Block comments nest in some dialects and not in others: what stands between the first closing mark and the outermost one
 * must leave nothing open, else the readings part.
 */
static size_t end_of_block(const struct redactor *r, size_t from)
{
    size_t first = 0;
    unsigned open = 1;

    for (size_t i = from + 2; i + 1 < r->n; i++) {
        if (r->sql[i] == '/' && r->sql[i + 1] == '*') {
            open++;
            i++;
        } else if (r->sql[i] == '*' && r->sql[i + 1] == '/') {
            if (first == 0)
                first = i + 2;
            i++;
            if (--open == 0)
                return first == i + 1 || is_even(r, first, i - 1) ? i + 1 : UNCLOSED;
        }
    }
    return UNCLOSED;
}

static size_t end_of_line(const struct redactor *r, size_t from)
{
    const char *end = memchr(r->sql + from, '\n', r->n - from);

    return end ? (size_t)(end - r->sql) : r->n;
}

/*
 * '#' begins a comment in MySQL and BigQuery and is an operator in PostgreSQL. The rest of the line goes; and unless it
 * stands like a comment on a line of its own, it must leave nothing open.
 */
static size_t end_of_hash(const struct redactor *r, size_t from)
{
    size_t end = end_of_line(r, from);
    size_t i = from;

    while (i > 0 && (r->sql[i - 1] == ' ' || r->sql[i - 1] == '\t'))
        i--;
    char next = at(r, from + 1);
    if ((i == 0 || r->sql[i - 1] == '\n') &&
        (is_blank(next) || is_letter(next) || next == '#'))
        return end;
    return is_even(r, from + 1, end) ? end : UNCLOSED;
}

/* ---- writing ---- */

static void note(struct redactor *r, enum token token)
{
    r->last = token;
    r->words[0].text = NULL;
    r->words[1].text = NULL;
}

static void keep(struct redactor *r, size_t end)
{
    tl_str_add_bytes(r->out, r->sql + r->at, end - r->at);
    r->at = end;
}

/* '?' for everything up to `end`. Glued to a word or to another one it would be read otherwise: a space keeps them apart. */
static void replace_text(struct redactor *r, size_t end)
{
    char before = r->out->n ? r->out->text[r->out->n - 1] : ' ';

    if (before == '\'' || is_name(before))
        tl_str_add_char(r->out, ' ');
    tl_str_add(r->out, "'?'");
    r->at = end < r->n ? end : r->n;
    note(r, OTHER);
}

static void drop_comment(struct redactor *r, size_t end)
{
    tl_str_add_char(r->out, ' ');
    r->at = end < r->n ? end : r->n;
}

/* ---- tokens ---- */

static bool is_any_of(const struct redactor *r, unsigned which, const char *const *words)
{
    for (size_t i = 0; r->words[which].text && words[i]; i++)
        if (is_word(r->words[which].text, r->words[which].n, words[i]))
            return true;
    return false;
}

/* Whether only a name can follow the last token. FROM also stands in trim(from "x") and in "is distinct from". */
static bool awaits_name(const struct redactor *r)
{
    static const char *const before_names[] = { "as",     "join",       "into",
                                                "table",  "view",       "update",
                                                "exists", "references", "constraint",
                                                NULL };
    static const char *const from[] = { "from", NULL };
    static const char *const distinct[] = { "distinct", NULL };
    static const char *const as[] = { "as", NULL };
    static const char *const languages[] = { "js",    "javascript", "python", "java",
                                             "scala", "sql",        NULL };

    if (is_any_of(r, 0, as) && is_any_of(r, 1, languages))
        return false; /* language js as "...": a program */
    if (r->last == DOT || is_any_of(r, 0, before_names))
        return true;
    return is_any_of(r, 0, from) && !is_any_of(r, 1, distinct) &&
           (r->depth == 0 || (r->depth < 64 && (r->queries >> r->depth & 1)));
}

/* Only for a text that holds something in doubt: a catalogue has many more names than a view has quotes. */
static void learn_names(struct redactor *r)
{
    r->memory = tl_arena_open();
    for (size_t i = 0; i < r->n_names; i++) {
        size_t n = strlen(r->given[i]);
        char *folded = tl_arena_dup(r->memory, r->given[i], n);

        for (size_t k = 0; k < n; k++)
            folded[k] = fold(folded[k]);
        tl_map_put(&r->names, folded, n, 1);
    }
}

static bool is_known(struct redactor *r, const char *name, size_t n)
{
    char folded[256];
    uint32_t value;

    if (n > sizeof folded)
        return false;
    for (size_t i = 0; i < n; i++)
        folded[i] = fold(name[i]);
    if (!r->memory)
        learn_names(r);
    return tl_map_get(&r->names, folded, n, &value);
}

static bool is_dot_next(const struct redactor *r, size_t from)
{
    while (from < r->n && is_blank(r->sql[from]))
        from++;
    return at(r, from) == '.' && !is_digit(at(r, from + 1));
}

/* "..." from `from` to `end` */
static bool may_be_name(struct redactor *r, size_t from, size_t end)
{
    if (r->double_quotes == TEXT)
        return false;
    return r->double_quotes == NAME || awaits_name(r) || is_dot_next(r, end) ||
           is_known(r, r->sql + from + 1, end - from - 2);
}

/* '...' or "...", standing at r->at + n_prefix; the prefix (E, N, x ...) goes with a text and stays with a name. */
static void take_quoted(struct redactor *r, size_t n_prefix)
{
    size_t from = r->at + n_prefix;
    size_t end = end_of_text(r, from, r->sql + r->at, n_prefix);

    if (r->sql[from] == '"' && end != UNCLOSED && at(r, from + 1) != '"' &&
        may_be_name(r, from, end)) {
        keep(r, end);
        note(r, OTHER);
        return;
    }
    replace_text(r, end);
}

static void take_backticks(struct redactor *r)
{
    size_t end = end_of_text(r, r->at, "", 0);

    if (end == UNCLOSED) {
        replace_text(r, end);
        return;
    }
    keep(r, end);
    note(r, OTHER);
}

/* Letters that can stand glued to a quote and change how it is read. */
static bool is_prefix(const char *word, size_t n)
{
    static const char *const prefixes[] = { "e",  "n",  "x", "b",  "r",
                                            "br", "rb", "q", "nq", NULL };

    for (size_t i = 0; prefixes[i]; i++)
        if (is_word(word, n, prefixes[i]))
            return true;
    return false;
}

static void take_word(struct redactor *r)
{
    size_t end = r->at;

    while (end < r->n && is_name(r->sql[end]))
        end++;
    size_t n = end - r->at;
    if ((at(r, end) == '\'' || at(r, end) == '"') && is_prefix(r->sql + r->at, n)) {
        take_quoted(r, n);
        return;
    }
    if (r->last == OPEN && r->depth < 64 &&
        (is_word(r->sql + r->at, n, "select") || is_word(r->sql + r->at, n, "with")))
        r->queries |= UINT64_C(1) << r->depth;
    r->words[1] = r->words[0];
    r->words[0].text = r->sql + r->at;
    r->words[0].n = n;
    r->last = WORD;
    keep(r, end);
}

/* Digits and whatever is glued to them: 1.5e-3, 0x1F, 1_000, 10L. */
static void take_number(struct redactor *r)
{
    size_t end = r->at;

    while (end < r->n && (is_name(r->sql[end]) || r->sql[end] == '.')) {
        bool is_exponent = (r->sql[end] == 'e' || r->sql[end] == 'E') &&
                           (at(r, end + 1) == '-' || at(r, end + 1) == '+') &&
                           is_digit(at(r, end + 2));
        end += is_exponent ? 2 : 1;
    }
    tl_str_add_char(r->out, '?');
    r->at = end;
    note(r, OTHER);
}

/* Brackets are names in SQLite and SQL Server, arrays and subscripts elsewhere: only a known name stays as a whole. */
static bool take_known_brackets(struct redactor *r)
{
    const char *close =
        memchr(r->sql + r->at, ']', r->n - r->at < 300 ? r->n - r->at : 300);

    if (!close || is_digit(at(r, r->at + 1)) ||
        !is_known(r, r->sql + r->at + 1, (size_t)(close - r->sql) - r->at - 1))
        return false;
    keep(r, (size_t)(close - r->sql) + 1);
    note(r, OTHER);
    return true;
}

static void take_punctuation(struct redactor *r)
{
    char c = r->sql[r->at];

    if (c == '[' && take_known_brackets(r))
        return;
    if (c == '(') {
        r->depth++;
        if (r->depth < 64)
            r->queries &= ~(UINT64_C(1) << r->depth);
    } else if (c == ')' && r->depth > 0) {
        r->depth--;
    }
    keep(r, r->at + 1);
    note(r, c == '.' ? DOT : c == '(' ? OPEN : OTHER);
}

static void take_token(struct redactor *r)
{
    char c = r->sql[r->at];
    char next = at(r, r->at + 1);
    size_t end;

    if (is_blank(c))
        keep(r, r->at + 1);
    else if (is_digit(c) || (c == '.' && is_digit(next)))
        take_number(r);
    else if (is_letter(c))
        take_word(r);
    else if (c == '\'' || c == '"')
        take_quoted(r, 0);
    else if (c == '`')
        take_backticks(r);
    else if (c == '$' && (end = end_of_dollars(r, r->at)) > 0)
        replace_text(r, end);
    else if (c == '-' && next == '-')
        drop_comment(r, end_of_line(r, r->at));
    else if (c == '/' && next == '*')
        drop_comment(r, end_of_block(r, r->at));
    else if (c == '#')
        drop_comment(r, end_of_hash(r, r->at));
    else
        take_punctuation(r);
}

void tl_sql_redact(struct tl_str *out, const char *sql, size_t n,
                   const struct tl_sql_known *known)
{
    struct redactor r = {
        .out = out, .sql = sql, .n = n, .given = known->items, .n_names = known->n
    };

    if (known->dialect) {
        uint32_t lexical = tl_sql_traits[known->dialect - 1].lexical;

        r.double_quotes = lexical & TL_SQL_DOUBLE_QUOTED_TEXT    ? TEXT
                          : lexical & TL_SQL_DOUBLE_QUOTED_MAYBE ? MAYBE
                                                                 : NAME;
    }

    while (r.at < n)
        take_token(&r);
    tl_map_release(&r.names);
    tl_arena_close(r.memory);
}
