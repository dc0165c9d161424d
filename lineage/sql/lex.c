/*
 * Words are most of a text. One is measured, folded and hashed sixteen bytes at a time where the processor allows it, and one probe
 * of the table of names then tells both its number and whether it is a keyword: keywords have the first numbers.
 */
#include "lineage/sql/lex.h"

#include "base/mem.h"
#include "lineage/sql/keywords.h"
#include "lineage/sql/names.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { LONGEST_FAST_NAME = 240, FIRST_TOKENS = 256 };

/* What a byte begins. */
enum class {
    ODD,
    SPC, /* space */
    LET, /* a letter, or a byte of one */
    PRE, /* a letter that may change how a quote behind it is read */
    DIG, /* a digit */
    SGL, /* a token of its own, see `single` */
    QUO, /* ' */
    DBL, /* " */
    BTK, /* ` */
    BRK, /* [ */
    DOT,
    COL, /* : */
    SEM, /* ; */
    DOL, /* $ */
    QUE, /* ? */
    AT_, /* @ */
    HSH, /* # */
    BSL, /* \ */
    DSH, /* - */
    SLA, /* / */
    OPR  /* begins an operator */
};

/* clang-format off */
static const uint8_t classes[256] = {
    ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, SPC, SPC, SPC, SPC, SPC, ODD, ODD,
    ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD, ODD,
    SPC, OPR, DBL, HSH, DOL, OPR, OPR, QUO, SGL, SGL, OPR, OPR, SGL, DSH, DOT, SLA,
    DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, DIG, COL, SEM, OPR, OPR, OPR, QUE,
    AT_, LET, PRE, LET, LET, PRE, LET, LET, LET, LET, LET, LET, LET, LET, PRE, LET,
    LET, LET, PRE, LET, LET, PRE, LET, LET, PRE, LET, LET, BRK, BSL, SGL, OPR, LET,
    BTK, LET, PRE, LET, LET, PRE, LET, LET, LET, LET, LET, LET, LET, LET, PRE, LET,
    LET, LET, PRE, LET, LET, PRE, LET, LET, PRE, LET, LET, SGL, OPR, SGL, OPR, ODD,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
    LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET, LET,
};
/* Tokens of one character. */
static const uint8_t single[256] = {
    [','] = TL_T_COMMA, ['('] = TL_T_OPEN, [')'] = TL_T_CLOSE, [']'] = TL_T_CLOSE_BRACKET,
    ['{'] = TL_T_OPEN_BRACE, ['}'] = TL_T_CLOSE_BRACE, ['.'] = TL_T_DOT,
    ['+'] = TL_T_PLUS, ['-'] = TL_T_MINUS, ['*'] = TL_T_STAR, ['/'] = TL_T_SLASH, ['%'] = TL_T_SLASH, ['^'] = TL_T_CARET,
    ['<'] = TL_T_COMPARE, ['>'] = TL_T_COMPARE, ['='] = TL_T_EQUAL,
};
/*
 * Where a bit of a byte and one of the byte behind it meet, the first one does not begin a token of the plainest sort: 1 never does;
 * 2 operators behind each other; 4 a letter before a quote; 8 a dot (met where nothing of a name stands before it); 16 r and b, which
 * together may stand before a quote.
 */
static const uint8_t leads[256] = {
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  2,  1,  1,  0,  0,  2,  2,  0,  2,  8,  2,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  2,  2,  2,  1,
     1,  0, 20,  0,  0,  4,  0,  0,  0,  0,  0,  0,  0,  0,  4,  0,
     0,  0, 20,  0,  0,  4,  0,  0,  4,  0,  0,  1,  1,  0,  2,  0,
     1,  0, 20,  0,  0,  4,  0,  0,  0,  0,  0,  0,  0,  0,  4,  0,
     0,  0, 20,  0,  0,  4,  0,  0,  4,  0,  0,  0,  1,  0,  1,  1,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
     0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,
};
static const uint8_t trails[256] = {
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  3,  5,  3,  1,  3,  7,  5,  1,  1,  3,  3,  1,  3,  1,  3,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  3,  3,  3,  3,
     3,  1, 17,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1, 17,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  3,  1,
     3,  1, 17,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1, 17,  1,  1,  1,  1,  1,  1,  1,  1,  1,  3,  1,  3,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
     1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,  1,
};
/* clang-format on */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    uint8_t class = classes[(unsigned char)c];

    return class == LET || class == PRE;
}

/* '$' may stand inside names in all dialects that know it. */
static bool is_name(char c)
{
    return is_name_start(c) || is_digit(c) || c == '$';
}

static char at(const struct tl_sql_lexer *l, uint32_t i)
{
    return i < l->n ? l->text[i] : '\0';
}

static bool is_at_line_start(const struct tl_sql_lexer *l, uint32_t i)
{
    return i == 0 || l->text[i - 1] == '\n' ||
           (i == 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0);
}

static void make_token_room(struct tl_sql_tree *tree)
{
    tree->token_room = tree->token_room ? tree->token_room * 2 : FIRST_TOKENS;
    tree->tokens = tl_realloc(tree->tokens, tree->token_room, sizeof *tree->tokens);
}

static void put(struct tl_sql_lexer *l, uint8_t kind, uint32_t from, uint32_t value)
{
    struct tl_sql_tree *tree = l->tree;

    if (tree->n_tokens == tree->token_room)
        make_token_room(tree);
    tree->tokens[tree->n_tokens++] =
        (struct tl_sql_token){ .at = from, .value = value, .kind = kind };
}

/* What was begun at `from` has no end: everything to the end of the text belongs to it. */
static void fail(struct tl_sql_lexer *l, const char *problem, uint32_t from)
{
    if (!l->problem) {
        l->problem = problem;
        l->problem_at = from;
    }
    l->at = l->n;
}

/* ---- words ---- */

static void put_word(struct tl_sql_lexer *l, uint32_t from, uint32_t name)
{
    put(l, TL_T_WORD, from, name);
    uint32_t key = l->names->entries[name].key;

    if (key < TL_K_END_OF_LIST)
        l->tree->tokens[l->tree->n_tokens - 1].word = (uint16_t)key;
}

/* The system's own cut, at a whole character. */
static uint32_t cut_name(const struct tl_sql_lexer *l, const char *bytes, uint32_t n)
{
    if (l->name_bytes == 0 || n <= l->name_bytes)
        return n;
    n = l->name_bytes;
    while (n > 0 && ((unsigned char)bytes[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static uint32_t end_of_word(const struct tl_sql_lexer *l, uint32_t i)
{
    while (i < l->n && is_name(l->text[i]))
        i++;
    return i;
}

static void take_word_slowly(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    l->at = end_of_word(l, from);
    put_word(l, from,
             tl_sql_name_add(l->names, l->text + from,
                             cut_name(l, l->text + from, l->at - from), false));
}

#ifdef __SSE2__
/* Bit i: byte i may stand in a name. `letters` gets 0x20 where byte i is an ASCII letter. */
static inline unsigned name_mask(__m128i bytes, __m128i *letters)
{
    __m128i low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i is_letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                      _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    __m128i is_number = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)),
                                      _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    __m128i is_mark = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')),
                                   _mm_cmpeq_epi8(bytes, _mm_set1_epi8('$')));

    *letters = _mm_and_si128(is_letter, _mm_set1_epi8(0x20));
    /* a byte from 0x80 has its highest bit set already */
    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(_mm_or_si128(is_letter, is_number), _mm_or_si128(is_mark, bytes)));
}

static inline __m128i fold_block(__m128i bytes, __m128i letters, uint8_t fold)
{
    if (fold == TL_SQL_FOLD_NONE)
        return bytes;
    return fold == TL_SQL_FOLD_UPPER ? _mm_andnot_si128(letters, bytes)
                                     : _mm_or_si128(bytes, letters);
}

static const uint8_t first_bytes[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* Reads whole blocks only where they end before the text does. */
static void take_word(struct tl_sql_lexer *l)
{
    char blocks[LONGEST_FAST_NAME + TL_NAME_BLOCK] __attribute__((aligned(16)));
    const char *from = l->text + l->at;
    uint32_t most = l->n - l->at;
    uint32_t n = 0;

    for (;; n += 16) {
        if (n + 16 > most || n + 16 > LONGEST_FAST_NAME) {
            take_word_slowly(l);
            return;
        }
        __m128i letters;
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + n));
        unsigned mask = name_mask(bytes, &letters);
        __m128i folded = fold_block(bytes, letters, l->fold);

        if (mask == 0xffff) {
            _mm_store_si128((__m128i *)(void *)(blocks + n), folded);
            continue;
        }
        unsigned rest = (unsigned)__builtin_ctz(~mask);
        folded =
            _mm_and_si128(folded,
                          _mm_loadu_si128(
                              (const __m128i *)(const void *)(first_bytes + 16 - rest)));
        _mm_store_si128((__m128i *)(void *)(blocks + n), folded);
        n += rest;
        break;
    }
    if (l->name_bytes && n > l->name_bytes) {
        take_word_slowly(l);
        return;
    }
    uint32_t began = l->at;
    l->at += n;
    put_word(l, began, tl_sql_name_probe(l->names, blocks, n));
}
#else
static void take_word(struct tl_sql_lexer *l)
{
    take_word_slowly(l);
}
#endif

/* ---- quoted things ---- */

/*
 * Behind the closing quote, a doubled one standing for itself; 0: there is none. `escapes`: a backslash takes the next byte
 * along. `doubled` (may be NULL) tells whether there were doubled ones.
 */
static uint32_t end_of_quoted(const struct tl_sql_lexer *l, uint32_t from, bool escapes,
                              bool *doubled)
{
    char quote = l->text[from];

    for (uint32_t i = from + 1; i < l->n; i++) {
        if (escapes && l->text[i] == '\\') {
            i++;
            continue;
        }
        if (!escapes) {
            const char *next = memchr(l->text + i, quote, l->n - i);

            if (!next)
                return 0;
            i = (uint32_t)(next - l->text);
        } else if (l->text[i] != quote) {
            continue;
        }
        if (at(l, i + 1) != quote || i + 1 >= l->n)
            return i + 1;
        if (doubled)
            *doubled = true;
        i++;
    }
    return 0;
}

static uint32_t end_of_triple(const struct tl_sql_lexer *l, uint32_t from, bool escapes)
{
    char quote = l->text[from];

    for (uint32_t i = from + 3; i + 2 < l->n; i++) {
        if (escapes && l->text[i] == '\\')
            i++;
        else if (l->text[i] == quote && l->text[i + 1] == quote &&
                 l->text[i + 2] == quote)
            return i + 3;
    }
    return 0;
}

/*
 * Where a text that stopped at `end` goes on: on a later line, with nothing but space and comments of one line between. 0: nowhere.
 */
static uint32_t next_part(const struct tl_sql_lexer *l, uint32_t end)
{
    bool new_line = false;

    for (uint32_t i = end; i < l->n; i++) {
        char c = l->text[i];

        if (c == '\n' || c == '\r') {
            new_line = true;
        } else if (c == '-' && at(l, i + 1) == '-') {
            const char *line = memchr(l->text + i, '\n', l->n - i);

            if (!line)
                return 0;
            i = (uint32_t)(line - l->text) - 1;
        } else if (classes[(unsigned char)c] != SPC) {
            return c == '\'' && new_line ? i : 0;
        }
    }
    return 0;
}

/* A text whose quote stands at `quote`; its token begins at `from`, with the prefix. */
static void take_text(struct tl_sql_lexer *l, uint32_t from, uint32_t quote, bool escapes)
{
    char c = l->text[quote];
    uint32_t end;

    if ((l->lexical & TL_SQL_RAW_TEXT) && at(l, quote + 1) == c && at(l, quote + 2) == c)
        end = end_of_triple(l, quote, escapes);
    else
        end = end_of_quoted(l, quote, escapes, NULL);
    while (end && (l->lexical & TL_SQL_JOINED_TEXT) && c == '\'') {
        uint32_t next = next_part(l, end);

        if (next == 0)
            break;
        end = end_of_quoted(l, next, escapes, NULL);
    }
    if (end == 0) {
        fail(l, "a text has no closing quote", from);
        return;
    }
    l->at = end;
    put(l, TL_T_TEXT, from, end);
}

/* The name's bytes without its quotes and with single ones for doubled ones. */
static uint32_t name_of_quoted(struct tl_sql_lexer *l, const char *bytes, uint32_t n,
                               char quote, bool doubled)
{
    if (!doubled)
        return tl_sql_name_add(l->names, bytes, cut_name(l, bytes, n), true);
    char *single_ones = tl_alloc(n, 1);
    uint32_t length = 0;

    for (uint32_t i = 0; i < n; i++) {
        single_ones[length++] = bytes[i];
        if (bytes[i] == quote)
            i++;
    }
    uint32_t name =
        tl_sql_name_add(l->names, single_ones, cut_name(l, single_ones, length), true);
    tl_free(single_ones);
    return name;
}

static void take_quoted_name(struct tl_sql_lexer *l, uint32_t from, uint32_t quote)
{
    bool doubled = false;
    uint32_t end = end_of_quoted(l, quote, false, &doubled);

    if (end == 0) {
        fail(l, "a name has no closing quote", from);
        return;
    }
    l->at = end;
    put(l, TL_T_QUOTED, from,
        name_of_quoted(l, l->text + quote + 1, end - quote - 2, l->text[quote], doubled));
}

static bool may_be_in_name(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           (c & 0x80) || (c && strchr("_ $#@-.&/%", c));
}

/*
 * [Order ID] where lists and indexes have brackets too: words alone inside, and in front no value that it could pick from. What is told
 * apart so is a name in the systems that have such names, and the list of one column elsewhere, which is the same to lineage.
 */
static bool is_bracketed_name(const struct tl_sql_lexer *l)
{
    enum { LONGEST = 128 };
    const char *text = l->text;
    uint32_t i = l->at + 1;

    if (!(at(l, i) == '_' || ((at(l, i) | 0x20) >= 'a' && (at(l, i) | 0x20) <= 'z')))
        return false;
    while (i < l->n && i - l->at < LONGEST && may_be_in_name(text[i]))
        i++;
    if (at(l, i) != ']')
        return false;
    for (uint32_t k = l->at + 1; k + 5 < i; k++)
        if (strncasecmp(text + k, " for ", 5) == 0) /* [x for x in list] */
            return false;
    if (l->tree->n_tokens == 0)
        return true;
    const struct tl_sql_token *last = &l->tree->tokens[l->tree->n_tokens - 1];
    char before = l->at ? text[l->at - 1] : ' ';
    bool is_near = before != ' ' && before != '\t' && before != '\n' && before != '\r';
    switch ((enum tl_sql_token_kind)last->kind) {
    case TL_T_WORD:
        return !is_near && last->word && last->word != TL_K_ARRAY;
    case TL_T_QUOTED:
        return !is_near && text[last->at] == '['; /* [a] [int] */
    case TL_T_CLOSE:
        return !is_near;
    case TL_T_CLOSE_BRACKET:
    case TL_T_TEXT:
    case TL_T_PARAMETER:
        return false;
    default:
        return true;
    }
}

static void take_bracketed_name(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    const char *close = memchr(l->text + from, ']', l->n - from);

    if (!close) {
        fail(l, "a name has no closing bracket", from);
        return;
    }
    l->at = (uint32_t)(close - l->text) + 1;
    put(l, TL_T_QUOTED, from,
        tl_sql_name_add(l->names, l->text + from + 1, l->at - from - 2, true));
}

static void take_double_quoted(struct tl_sql_lexer *l)
{
    if (l->lexical & TL_SQL_DOUBLE_QUOTED_TEXT)
        take_text(l, l->at, l->at, l->lexical & TL_SQL_BACKSLASH);
    else
        take_quoted_name(l, l->at, l->at);
}

/* ---- U&"..." ---- */

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The number of `n` hexadecimal digits at i; UINT32_MAX: they are not there. */
static uint32_t hex_number(const struct tl_sql_lexer *l, uint32_t i, uint32_t n)
{
    uint32_t number = 0;

    for (uint32_t k = 0; k < n; k++) {
        int digit = hex_digit(at(l, i + k));

        if (digit < 0)
            return UINT32_MAX;
        number = number << 4 | (uint32_t)digit;
    }
    return number;
}

static uint32_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    uint32_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (uint32_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)((0xf00 >> n & 0xff) | c);
    return n;
}

/* One escape at i (behind the backslash): its character, and how many bytes it took. 0 bytes: it is none. */
static uint32_t read_escape(const struct tl_sql_lexer *l, uint32_t i, uint32_t *character)
{
    bool is_long = at(l, i) == '+';

    *character = is_long ? hex_number(l, i + 1, 6) : hex_number(l, i, 4);
    if (*character == UINT32_MAX || *character > 0x10ffff)
        return 0;
    if (!is_long && *character >> 10 == 0x36 && at(l, i + 4) == '\\') {
        uint32_t second = hex_number(l, i + 5, 4);

        if (second != UINT32_MAX && second >> 10 == 0x37) {
            *character = 0x10000 + ((*character & 0x3ff) << 10 | (second & 0x3ff));
            return 9;
        }
    }
    return is_long ? 7 : 4;
}

static void take_unicode_name(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    uint32_t quote = from + 2;
    uint32_t end = end_of_quoted(l, quote, false, NULL);

    if (end == 0) {
        fail(l, "a name has no closing quote", from);
        return;
    }
    char *bytes = tl_alloc(end - quote, 1); /* no escape is shorter than its character */
    uint32_t n = 0;
    for (uint32_t i = quote + 1; i < end - 1; i++) {
        uint32_t character;
        uint32_t taken = l->text[i] == '\\' ? read_escape(l, i + 1, &character) : 0;

        if (taken) {
            n += put_utf8(bytes + n, character);
            i += taken;
            continue;
        }
        bytes[n++] = l->text[i];
        if (l->text[i] == '"' || (l->text[i] == '\\' && l->text[i + 1] == '\\'))
            i++;
    }
    l->at = end;
    put(l, TL_T_QUOTED, from,
        tl_sql_name_add(l->names, bytes, cut_name(l, bytes, n), true));
    tl_free(bytes);
}

/* A letter that may change how the quote behind it is read. */
static void take_prefixed(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    char c = (char)(l->text[from] | 0x20);
    char next = at(l, from + 1);
    bool escapes = l->lexical & TL_SQL_BACKSLASH;

    if ((next == '\'' && (c == 'b' || c == 'n' || c == 'x')) ||
        (next == '"' && c == 'b' && (l->lexical & TL_SQL_RAW_TEXT))) {
        take_text(l, from, from + 1, escapes && c != 'x');
        return;
    }
    if (next == '\'' && c == 'e' && (l->lexical & TL_SQL_ESCAPE_TEXT)) {
        take_text(l, from, from + 1, true);
        return;
    }
    if (l->lexical & TL_SQL_RAW_TEXT) {
        char other = (char)(next | 0x20);
        uint32_t quote =
            from + 1 + ((c == 'r' && other == 'b') || (c == 'b' && other == 'r'));

        if ((at(l, quote) == '\'' || at(l, quote) == '"') &&
            (c == 'r' || quote > from + 1)) {
            take_text(l, from, quote, true); /* raw: a backslash still guards a quote */
            return;
        }
    }
    if (c == 'u' && next == '&' && (l->lexical & TL_SQL_UNICODE_TEXT)) {
        if (at(l, from + 2) == '\'') {
            take_text(l, from, from + 2, false);
            return;
        }
        if (at(l, from + 2) == '"') {
            take_unicode_name(l);
            return;
        }
    }
    take_word(l);
}

/* ---- dollars, numbers, parameters ---- */

/* Behind $tag$ ... $tag$. 0: none begins here. UINT32_MAX: it has no end. */
static uint32_t end_of_dollars(const struct tl_sql_lexer *l, uint32_t from)
{
    uint32_t tag = from + 1;

    if (is_digit(at(l, tag)))
        return 0;
    while (at(l, tag) != '$' && is_name(at(l, tag)))
        tag++;
    if (at(l, tag) != '$')
        return 0;
    uint32_t n = tag + 1 - from;
    const char *close = memmem(l->text + tag + 1, l->n - tag - 1, l->text + from, n);
    return close ? (uint32_t)(close - l->text) + n : UINT32_MAX;
}

/* Behind ${name}, where a shell or Spark puts a text; behind the dollar where it is none. */
static uint32_t end_of_place(const struct tl_sql_lexer *l, uint32_t from)
{
    uint32_t i = from + 2;

    while (is_name(at(l, i)) || at(l, i) == '.' || at(l, i) == ':' || at(l, i) == '-')
        i++;
    return at(l, i) == '}' && i > from + 2 ? i + 1 : from + 1;
}

static void take_dollar(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    uint32_t end = l->lexical & TL_SQL_DOLLAR_TEXT ? end_of_dollars(l, from) : 0;

    if (end == UINT32_MAX) {
        fail(l, "a text in dollar quotes has no end", from);
        return;
    }
    if (end) {
        l->at = end;
        put(l, TL_T_TEXT, from, end);
        return;
    }
    l->at = at(l, from + 1) == '{' ? end_of_place(l, from) : end_of_word(l, from + 1);
    if (l->at == from + 1)
        put(l, TL_T_ODD, from, l->at);
    else if ((l->lexical & TL_SQL_DOLLAR_COLUMNS) && is_digit(l->text[from + 1]))
        put(l, TL_T_QUOTED, from,
            tl_sql_name_exact(l->names, l->text + from, l->at - from));
    else
        put(l, TL_T_PARAMETER, from, l->at);
}

/* Digits and whatever is glued to them: 1.5e-3, 0x1F, 1_000, 10L. */
static void take_number(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    uint32_t i = from;
    bool is_hex = at(l, i) == '0' && (at(l, i + 1) | 0x20) == 'x';
    bool has_dot = is_hex;

    for (; i < l->n; i++) {
        char c = l->text[i];

        if (c == '.' && !has_dot && at(l, i + 1) != '.')
            has_dot = true;
        else if ((c == '+' || c == '-') && !is_hex && i > from &&
                 (l->text[i - 1] | 0x20) == 'e' && is_digit(at(l, i + 1)))
            has_dot = true;
        else if (!is_name(c))
            break;
    }
    l->at = i;
    put(l, TL_T_NUMBER, from, i);
}

static void take_parameter(struct tl_sql_lexer *l, uint32_t n_marks)
{
    uint32_t from = l->at;

    l->at = end_of_word(l, from + n_marks);
    put(l, TL_T_PARAMETER, from, l->at);
}

static void take_colon(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    char next = at(l, from + 1);

    if (next == ':' || next == '=') {
        l->at += 2;
        put(l, next == ':' ? TL_T_CAST : TL_T_ASSIGN, from, l->at);
        return;
    }
    l->at++;
    put(l, TL_T_COLON, from, l->at);
}

static void take_dot(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    if (is_digit(at(l, from + 1)) &&
        (from == 0 ||
         (!is_name(l->text[from - 1]) && !strchr(")]\"`", l->text[from - 1])))) {
        take_number(l);
        return;
    }
    l->at++;
    put(l, TL_T_DOT, from, l->at);
}

/* Redshift's #t: not behind an operand, where # is an operator. */
static bool is_hash_name(const struct tl_sql_lexer *l)
{
    uint32_t begins = l->at + 1 + (at(l, l->at + 1) == '#'); /* ##t: seen by all */

    return (l->lexical & TL_SQL_HASH_NAMES) && is_name_start(at(l, begins)) &&
           (l->at == 0 || !is_name(l->text[l->at - 1]));
}

static void take_hash_name(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    l->at = end_of_word(l, from + 1 + (at(l, from + 1) == '#'));
    put(l, TL_T_WORD, from,
        tl_sql_name_add(l->names, l->text + from, l->at - from, false));
}

/* ---- comments ---- */

static void skip_line(struct tl_sql_lexer *l)
{
    const char *end = memchr(l->text + l->at, '\n', l->n - l->at);

    l->at = end ? (uint32_t)(end - l->text) + 1 : l->n;
}

static void skip_block(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    unsigned open = 1;

    for (uint32_t i = from + 2; i + 1 < l->n; i++) {
        if (l->text[i] == '*' && l->text[i + 1] == '/') {
            i++;
            if (--open == 0) {
                l->at = i + 1;
                return;
            }
        } else if ((l->lexical & TL_SQL_NESTED_COMMENTS) && l->text[i] == '/' &&
                   l->text[i + 1] == '*') {
            i++;
            open++;
        }
    }
    fail(l, "a comment has no end", from);
}

/* file:///tmp/x, @stage//a, a star behind such a slash: an address without quotes has no comments in it. */
static bool is_in_address(const struct tl_sql_lexer *l, uint32_t from)
{
    enum { LONGEST = 400 };
    uint32_t i = from;

    while (i > 0 && from - i < LONGEST && classes[(unsigned char)l->text[i - 1]] != SPC &&
           l->text[i - 1] != '(' && l->text[i - 1] != ',')
        i--;
    return i < from && (l->text[i] == '@' || l->text[from - 1] == ':' ||
                        (from - i > 4 && strncasecmp(l->text + i, "file:", 5) == 0));
}

/* ---- operators ---- */

static bool is_operator(char c)
{
    const uint32_t kinds =
        1u << OPR | 1u << DSH | 1u << SLA | 1u << AT_ | 1u << HSH | 1u << QUE | 1u << BTK;

    return kinds >> classes[(unsigned char)c] & 1;
}

/*
 * PostgreSQL's rule (manual, 4.1.3): the longest run, cut where a comment begins; a + or - at the end of several stays with it only
 * where one of ~ ! @ # % ^ & | ` ? is among them.
 */
static uint32_t end_of_user_operator(const struct tl_sql_lexer *l, uint32_t from)
{
    uint32_t end = from;
    bool keeps_signs = false;

    while (is_operator(at(l, end))) {
        char c = l->text[end];
        char next = at(l, end + 1);

        if (end > from && ((c == '-' && next == '-') || (c == '/' && next == '*')))
            break;
        if (single[(unsigned char)c] < TL_T_STAR || c == '%' || c == '^')
            keeps_signs = true;
        end++;
    }
    while (!keeps_signs && end > from + 1 &&
           (l->text[end - 1] == '+' || l->text[end - 1] == '-'))
        end--;
    return end;
}

static uint32_t end_of_fixed_operator(const struct tl_sql_lexer *l, uint32_t from)
{
    static const char *const several[] = {
        "->>", "<=>", "!~~*", "!~*", "!~~", "~~*", ">>>", "#>>", "#>", "@>", "<@",
        "~~~", "~~",  "||/",  "|/",  "//",  "||",  "->",  "=>",  "<=", ">=", "<>",
        "!=",  "==",  "<<",   ">>",  "&&",  "**",  "!~",  "~*",  "|>", NULL
    };

    for (size_t i = 0; several[i]; i++) {
        size_t n = strlen(several[i]);

        if (l->n - from >= n && memcmp(l->text + from, several[i], n) == 0)
            return from + (uint32_t)n;
    }
    return from + 1;
}

static uint8_t kind_of_operator(const char *text, uint32_t n)
{
    if (n == 1 && (unsigned char)text[0] < 128 && single[(unsigned char)text[0]])
        return single[(unsigned char)text[0]];
    if (n == 2) {
        if (text[1] == '=' &&
            (text[0] == '<' || text[0] == '>' || text[0] == '!' || text[0] == '='))
            return TL_T_COMPARE;
        if (text[0] == '<' && text[1] == '>')
            return TL_T_COMPARE;
        if (text[1] == '>' && text[0] == '=')
            return TL_T_NAMED;
        if (text[1] == '>' && text[0] == '-')
            return TL_T_ARROW;
        if (text[1] == '>' && text[0] == '#')
            return TL_T_PATH;
        if (text[0] == '|' && text[1] == '|')
            return TL_T_CONCAT;
        if (text[0] == '|' && text[1] == '>')
            return TL_T_PIPE;
    }
    if (n == 3 && text[1] == '>' && text[2] == '>' && (text[0] == '-' || text[0] == '#'))
        return TL_T_PATH;
    if (n == 3 && memcmp(text, "<=>", 3) == 0)
        return TL_T_COMPARE;
    return TL_T_OPERATOR;
}

static void take_operator(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    l->at = l->lexical & TL_SQL_USER_OPERATORS ? end_of_user_operator(l, from)
                                               : end_of_fixed_operator(l, from);
    uint8_t kind = kind_of_operator(l->text + from, l->at - from);
    if (kind == TL_T_PIPE && (l->lexical & TL_SQL_USER_OPERATORS))
        kind = TL_T_OPERATOR;
    put(l, kind, from, l->at);
}

/* ---- the statement ---- */

static void put_ends(struct tl_sql_lexer *l, uint32_t from, uint8_t flags)
{
    for (int i = 0; i < 3; i++) {
        put(l, TL_T_END, from, l->at);
        l->tree->tokens[l->tree->n_tokens - 1].flags = flags;
    }
}

static void lex_to_end(struct tl_sql_lexer *l);

/* \copy of psql: a statement that ends with its line. */
static bool is_copy_line(const struct tl_sql_lexer *l, uint32_t from)
{
    return l->n - from > 6 && memcmp(l->text + from, "\\copy", 5) == 0 &&
           (classes[(unsigned char)l->text[from + 5]] == SPC || l->text[from + 5] == '(');
}

static bool take_copy_line(struct tl_sql_lexer *l)
{
    uint32_t from = l->at, whole = l->n, lexical = l->lexical;

    skip_line(l);
    l->n = l->at - (l->text[l->at - 1] == '\n');
    l->at = from + 1;
    l->lexical &= ~(uint32_t)TL_SQL_SHELL_LINES;
    lex_to_end(l);
    l->lexical = lexical;
    l->at = l->n;
    l->n = whole;
    return true;
}

/* A backslash command of psql, or a dot command of sqlite3 and duckdb at the start of a line. True: the statement ends here. */
static bool take_shell_line(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    if (!(l->lexical & TL_SQL_SHELL_LINES))
        return false;
    if (l->text[from] == '.' && (l->tree->n_tokens > 0 || !is_at_line_start(l, from) ||
                                 !is_name_start(at(l, from + 1))))
        return false;
    if (!is_copy_line(l, from)) /* else it is the next statement */
        skip_line(l);
    else if (l->tree->n_tokens == 0)
        return take_copy_line(l);
    put_ends(l, from, TL_TF_SHELL);
    return true;
}

/* !set x=y, !source file: a line for snowsql or beeline, where a statement would begin. */
static bool take_bang_line(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;

    if (!(l->lexical & TL_SQL_BANG_LINES) || l->tree->n_tokens > 0 ||
        !is_at_line_start(l, from) || !is_name_start(at(l, from + 1)))
        return false;
    skip_line(l);
    put_ends(l, from, TL_TF_SHELL);
    return true;
}

static void skip_space(struct tl_sql_lexer *l)
{
#ifdef __SSE2__
    while (l->at + 16 <= l->n) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(l->text + l->at));
        __m128i is_space =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                         _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('\t' - 1)),
                                       _mm_cmplt_epi8(bytes, _mm_set1_epi8('\r' + 1))));
        unsigned mask = (unsigned)_mm_movemask_epi8(is_space);

        if (mask != 0xffff) {
            l->at += (uint32_t)__builtin_ctz(~mask);
            return;
        }
        l->at += 16;
    }
#endif
    while (l->at < l->n && classes[(unsigned char)l->text[l->at]] == SPC)
        l->at++;
}

/* One token, comment or run of space. True where it ended the statement. */
static bool take_token(struct tl_sql_lexer *l)
{
    uint32_t from = l->at;
    char c = l->text[from], next;

    switch ((enum class)classes[(unsigned char)c]) {
    case SPC:
        l->at++;
        if (classes[(unsigned char)at(l, l->at)] == SPC)
            skip_space(l);
        return false;
    case LET:
        take_word(l);
        return false;
    case PRE:
        next = at(l, from + 1);
        if (next == '\'' || next == '"' || next == '&' || (l->lexical & TL_SQL_RAW_TEXT))
            take_prefixed(l);
        else
            take_word(l);
        return false;
    case SGL:
        l->at++;
        put(l, single[(unsigned char)c], from, l->at);
        return false;
    case DIG:
        take_number(l);
        return false;
    case DOT:
        if (take_shell_line(l))
            return true;
        take_dot(l);
        return false;
    case QUO:
        take_text(l, from, from, l->lexical & TL_SQL_BACKSLASH);
        return false;
    case DBL:
        take_double_quoted(l);
        return false;
    case BTK:
        if (l->lexical & TL_SQL_BACKTICK_NAMES)
            take_quoted_name(l, from, from);
        else
            take_operator(l);
        return false;
    case BRK:
        if ((l->lexical & TL_SQL_BRACKET_NAMES) ||
            ((l->lexical & TL_SQL_BRACKET_NAMES_TOO) && is_bracketed_name(l))) {
            take_bracketed_name(l);
            return false;
        }
        l->at++;
        put(l, TL_T_OPEN_BRACKET, from, l->at);
        return false;
    case COL:
        if (l->lexical & (TL_SQL_USER_OPERATORS | TL_SQL_COLON_PATHS) ||
            !(is_name(at(l, from + 1))))
            take_colon(l);
        else
            take_parameter(l, 1);
        return false;
    case SEM:
        l->at++;
        put_ends(l, from, 0);
        return true;
    case DOL:
        take_dollar(l);
        return false;
    case QUE:
        if (l->lexical & TL_SQL_USER_OPERATORS)
            take_operator(l);
        else
            take_parameter(l, 1);
        return false;
    case AT_:
        if (l->lexical & TL_SQL_USER_OPERATORS)
            take_operator(l);
        else
            take_parameter(l, at(l, from + 1) == '@' ? 2 : 1);
        return false;
    case HSH:
        if (l->lexical & TL_SQL_HASH_COMMENTS)
            skip_line(l);
        else if (is_hash_name(l))
            take_hash_name(l);
        else
            take_operator(l);
        return false;
    case BSL:
        if (take_shell_line(l))
            return true;
        l->at++;
        put(l, TL_T_ODD, from, l->at);
        return false;
    case DSH:
        if (at(l, from + 1) == '-')
            skip_line(l);
        else
            take_operator(l);
        return false;
    case SLA:
        next = at(l, from + 1);
        if ((l->lexical & TL_SQL_SLASH_COMMENTS) && (next == '/' || next == '*') &&
            is_in_address(l, from))
            take_operator(l);
        else if (next == '*')
            skip_block(l);
        else if (next == '/' && (l->lexical & TL_SQL_SLASH_COMMENTS))
            skip_line(l);
        else
            take_operator(l);
        return false;
    case OPR:
        if (c == '!' && take_bang_line(l))
            return true;
        take_operator(l);
        return false;
    case ODD:
        break;
    }
    l->at++;
    put(l, TL_T_ODD, from, l->at);
    return false;
}

#ifdef __SSE2__
/*
 * The forms that most tokens have: words, single characters, numbers, short texts. A block of the text is looked at as a whole, its
 * bytes as bits: which may stand in a name, which are space, and so where tokens begin. Where the next one begins then does not wait
 * for where this one ends, and runs of space cost nothing. Where a token may be more than that, this stops: take_token knows all rules.
 *
 * Reads BLOCK + REACH bytes from the first of a block; the end of a text is read from a copy with zeros behind it, which are no token.
 */
enum { BLOCK = 64, REACH = 48, FAST_TAIL = BLOCK + REACH };
struct fast {
    const char *text; /* the lexer's, or the copy of its end */
    uint32_t at;      /* in it */
    uint32_t shift;   /* from there to the lexer's */
    struct tl_sql_token *out;
};

static inline void put_fast(struct fast *f, uint8_t kind, uint32_t end)
{
    *f->out++ = (struct tl_sql_token){ .at = f->at + f->shift,
                                       .value = end + f->shift,
                                       .kind = kind };
    f->at = end;
}

static inline unsigned space_mask(__m128i bytes)
{
    __m128i is_space =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                     _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('\t' - 1)),
                                   _mm_cmplt_epi8(bytes, _mm_set1_epi8('\r' + 1))));

    return (unsigned)_mm_movemask_epi8(is_space);
}

/* The first `n` bytes of a block, folded; zeros behind them. */
static inline __m128i folded_first(const char *from, uint8_t fold, unsigned n)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i is_letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                      _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    __m128i letters = _mm_and_si128(is_letter, _mm_set1_epi8(0x20));

    return _mm_and_si128(fold_block(bytes, letters, fold),
                         _mm_loadu_si128(
                             (const __m128i *)(const void *)(first_bytes + 16 - n)));
}

/* tl_sql_name_probe for one block, which never leaves its register. */
static inline uint32_t probe_block(struct tl_sql_names *names, __m128i block, unsigned n)
{
    uint64_t head = (uint64_t)_mm_cvtsi128_si64(block);
    uint64_t tail = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(block, block));
    uint32_t hash = (uint32_t)tl_name_hash_step(names->seed ^ n, head, tail);

    for (uint32_t i = hash & names->mask;; i = (i + 1) & names->mask) {
        const struct tl_name_slot slot = names->slots[i];
        const struct tl_name_entry *entry = &names->entries[slot.name];

        if (slot.hash == hash && entry->head[0] == head && entry->head[1] == tail &&
            entry->n == n)
            return slot.name;
        if (slot.name == 0) {
            char blocks[TL_NAME_BLOCK];

            _mm_storeu_si128((__m128i *)(void *)blocks, block);
            return tl_sql_name_new(names, blocks, n, hash);
        }
    }
}

/* A word of n bytes, more than one block's. */
static uint32_t long_name(const struct tl_sql_lexer *l, const char *from, uint32_t n)
{
    char blocks[BLOCK + TL_NAME_BLOCK] __attribute__((aligned(16)));
    uint32_t i = 0;

    for (; i + TL_NAME_BLOCK <= n; i += TL_NAME_BLOCK)
        _mm_store_si128((__m128i *)(void *)(blocks + i),
                        folded_first(from + i, l->fold, TL_NAME_BLOCK));
    if (i < n)
        _mm_store_si128((__m128i *)(void *)(blocks + i),
                        folded_first(from + i, l->fold, n - i));
    return tl_sql_name_probe(l->names, blocks, n);
}

/* A text without anything doubled or escaped in it, that ends soon and cannot go on behind it. */
static inline bool take_fast_text(struct fast *f, const struct tl_sql_lexer *l)
{
    const char *from = f->text + f->at + 1;
    __m128i quote = _mm_set1_epi8('\'');
    __m128i head = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i tail = _mm_loadu_si128((const __m128i *)(const void *)(from + 16));
    unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(head, quote)) |
                      (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(tail, quote)) << 16;

    if (!quotes || (l->lexical & (TL_SQL_BACKSLASH | TL_SQL_RAW_TEXT)))
        return false;
    uint32_t end = f->at + 2 + (uint32_t)__builtin_ctz(quotes);
    char next = f->text[end];
    if (next == '\'' || next == '\n' || next == '\r' ||
        (next == ' ' && classes[(unsigned char)f->text[end + 1]] <= SPC))
        return false;
    if (next == ' ' && f->text[end + 1] == '-')
        return false;
    if (next != ' ' && (classes[(unsigned char)next] == SPC || next == '-'))
        return false;
    put_fast(f, TL_T_TEXT, end);
    return true;
}

/* An operator of one character, or one that compares, that no other character of one follows. */
static inline bool take_fast_operator(struct fast *f)
{
    char c = f->text[f->at], next = f->text[f->at + 1];
    uint8_t kind = single[(unsigned char)c];

    if (kind && !is_operator(next)) {
        put_fast(f, kind, f->at + 1);
        return true;
    }
    if (is_operator(f->text[f->at + 2]))
        return false;
    if ((next == '=' && (c == '<' || c == '>')) || (next == '>' && c == '<')) {
        put_fast(f, TL_T_COMPARE, f->at + 2);
        return true;
    }
    return false;
}

/* 12, 1.25 */
static inline bool take_fast_number(struct fast *f)
{
    const char *from = f->text + f->at;
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i is_digit_byte = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)),
                                          _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    unsigned others = ~(unsigned)_mm_movemask_epi8(is_digit_byte);
    unsigned n = (unsigned)__builtin_ctz(others);

    if (from[n] == '.' && is_digit(from[n + 1]))
        n = (unsigned)__builtin_ctz(others & (others - 1));
    if (n >= 16 || from[n] == '.' || is_name(from[n]))
        return false;
    put_fast(f, TL_T_NUMBER, f->at + n);
    return true;
}

static inline bool take_fast(struct fast *f, struct tl_sql_lexer *l, uint8_t class)
{
    unsigned char c = (unsigned char)f->text[f->at];

    switch ((enum class) class) {
    case SGL:
        put_fast(f, single[c], f->at + 1);
        return true;
    case DOT:
        if (f->at == 0 || !is_name(f->text[f->at - 1]))
            return false;
        put_fast(f, TL_T_DOT, f->at + 1);
        return true;
    case DIG:
        return take_fast_number(f);
    case QUO:
        return take_fast_text(f, l);
    case OPR:
    case DSH: /* no comment: that would be two characters of an operator */
    case SLA:
        return take_fast_operator(f);
    default:
        return false;
    }
}

/* Bits of a block's bytes. */
struct bits {
    uint64_t names, spaces;
};

static inline struct bits look(const char *from)
{
    struct bits bits = { 0 };

    for (unsigned i = 0; i < BLOCK; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        __m128i letters;

        bits.names |= (uint64_t)name_mask(bytes, &letters) << i;
        bits.spaces |= (uint64_t)space_mask(bytes) << i;
    }
    return bits;
}

/* What was found in a block. */
struct block {
    uint32_t base;
    struct bits bits;
    uint8_t words
        [BLOCK]; /* which tokens, from the first one, are words that have no number yet */
    unsigned n_words;
};

/*
 * Numbers the words: none waits for the one before it. A word within a block has 63 bytes at most, which no system cuts.
 */
static inline void name_words(struct tl_sql_token *first, const struct fast *f,
                              const struct tl_sql_lexer *l, const struct block *block)
{
    const char *text = f->text + block->base;
    uint32_t base = block->base + f->shift;

    for (unsigned k = 0; k < block->n_words; k++) {
        struct tl_sql_token *token = &first[block->words[k]];
        uint32_t i = token->at - base;
        unsigned n = (unsigned)__builtin_ctzll(~(block->bits.names >> i));
        uint32_t name = n <= TL_NAME_BLOCK
                            ? probe_block(l->names, folded_first(text + i, l->fold, n), n)
                            : long_name(l, text + i, n);
        uint32_t key = l->names->entries[name].key;

        token->value = name;
        token->word = key < TL_K_END_OF_LIST ? (uint16_t)key : 0;
    }
}

/*
 * The tokens of one block; false: what is next is not for here. `f->at` goes behind the last one. Which sort of token comes next cannot be
 * foretold, so words and single characters are put alike, without asking, and the words looked up when the block is done.
 */
static inline bool lex_block(struct fast *f, struct tl_sql_lexer *l)
{
    const unsigned char *text = (const unsigned char *)f->text + f->at;
    struct tl_sql_token *first = f->out, *out = first;
    uint32_t place = f->at + f->shift;
    unsigned odd_pairs = l->odd_pairs;
    bool goes_on = true;
    struct block block;

    block.base = f->at;
    block.bits = look(f->text + f->at);
    block.n_words = 0;
    if (!~block.bits.names)
        return false;
    uint64_t names = block.bits.names;
    uint64_t alone = ~(names << 1); /* has nothing of a name before it */
    /* a name that may go on behind the block: begin the next one with it */
    unsigned cut = BLOCK - (unsigned)__builtin_clzll(~names);
    uint64_t starts =
        ~block.bits.spaces & (~names | alone) & ~UINT64_C(0) >> (BLOCK - cut);
    while (starts) {
        unsigned i = (unsigned)__builtin_ctzll(starts);
        unsigned is_alone = alone >> i & 1, is_word = names >> i & 1;

        if (leads[text[i]] & (trails[text[i + 1]] | is_alone << 3) & odd_pairs) {
            f->at = block.base + i;
            f->out = out;
            goes_on = take_fast(f, l, classes[text[i]]);
            out = f->out;
            if (!goes_on || f->at - block.base >= BLOCK)
                break;
            starts &= ~UINT64_C(0) << (f->at - block.base);
            continue;
        }
        block.words[block.n_words] = (uint8_t)(out - first);
        block.n_words += is_word;
        *out++ = (struct tl_sql_token){
            .at = place + i,
            .value = place + i + 1,
            .kind = (uint8_t)(single[text[i]] | is_word * TL_T_WORD),
        };
        starts &= starts - 1;
    }
    name_words(first, f, l, &block);
    f->out = out;
    if (goes_on && f->at < block.base + cut)
        f->at = block.base + cut;
    return goes_on;
}

/* Up to `stop`, as far as it gets. */
static void lex_fast(struct fast *f, struct tl_sql_lexer *l, uint32_t stop)
{
    struct tl_sql_tree *tree = l->tree;
    bool goes_on = true;

    while (goes_on && f->at < stop) {
        if (tree->token_room - tree->n_tokens < BLOCK)
            make_token_room(tree);
        f->out = tree->tokens + tree->n_tokens;
        goes_on = lex_block(f, l);
        tree->n_tokens = (uint32_t)(f->out - tree->tokens);
    }
    l->at = f->at + f->shift;
    if (l->at > l->n)
        l->at = l->n;
}

/* The end of the text, where whole blocks cannot be read. */
static void lex_fast_tail(struct tl_sql_lexer *l)
{
    char copy[FAST_TAIL + BLOCK + REACH] = { 0 };
    uint32_t n = l->n - l->at;
    struct fast f = { .text = copy, .shift = l->at };

    memcpy(copy, l->text + l->at, n);
    lex_fast(&f, l, n);
}
#endif

static void lex_to_end(struct tl_sql_lexer *l)
{
    while (l->at < l->n) {
#ifdef __SSE2__
        if (l->n - l->at > FAST_TAIL) {
            struct fast f = { .text = l->text, .at = l->at };

            lex_fast(&f, l, l->n - FAST_TAIL);
        }
        if (l->n - l->at <= FAST_TAIL)
            lex_fast_tail(l);
        if (l->at >= l->n)
            break;
#endif
        if (take_token(l))
            return;
    }
    put_ends(l, l->n, 0);
}

struct tl_sql_lexer tl_sql_lexer_of(const struct tl_sql_traits *traits,
                                    struct tl_sql_names *names, struct tl_sql_tree *tree,
                                    const char *text, uint32_t from, uint32_t n)
{
    return (struct tl_sql_lexer){
        .text = text,
        .n = n,
        .at = from,
        .lexical = traits->lexical,
        .name_bytes = traits->name_bytes,
        .odd_pairs = traits->lexical & TL_SQL_RAW_TEXT ? 31 : 15,
        .fold = traits->fold == TL_SQL_FOLD_LOWER_ALL ? TL_SQL_FOLD_LOWER : traits->fold,
        .names = names,
        .tree = tree,
    };
}

bool tl_sql_lex(struct tl_sql_lexer *l)
{
    l->tree->n_tokens = 0;
    l->problem = NULL;
    if (l->tree->token_room == 0)
        make_token_room(l->tree);
    if (l->at == 0 && l->n >= 3 && memcmp(l->text, "\xef\xbb\xbf", 3) == 0)
        l->at = 3;
    if (l->at >= l->n)
        return false;
    lex_to_end(l);
    return true;
}

bool tl_sql_lex_more(struct tl_sql_lexer *l)
{
    struct tl_sql_tree *tree = l->tree;
    struct tl_sql_token *end = &tree->tokens[tree->n_tokens - 3];

    if (end->at >= l->n || (end->flags & TL_TF_SHELL))
        return false;
    end->kind = TL_T_SEMICOLON;
    tree->n_tokens -= 2;
    lex_to_end(l);
    return true;
}

bool tl_sql_lex_skip_data(struct tl_sql_lexer *l)
{
    uint32_t began = l->at;

    if (l->has_no_data)
        return false;
    skip_line(l);
    while (l->at < l->n) {
        uint32_t from = l->at;

        skip_line(l);
        if (l->text[from] == '\\' && at(l, from + 1) == '.' &&
            (from + 2 >= l->n || l->text[from + 2] == '\n' || l->text[from + 2] == '\r'))
            return true;
    }
    l->at = began;
    l->has_no_data = true;
    return false;
}

uint32_t tl_sql_token_end(const struct tl_sql_lexer *l, const struct tl_sql_token *token)
{
    uint32_t i = token->at;

    if (token->kind != TL_T_WORD && token->kind != TL_T_QUOTED)
        return token->value;
    if (token->kind == TL_T_WORD) {
        /* A name is as long as its word, unless it was cut: then within the last character's bytes of the most there may be. */
        uint32_t n = l->names->entries[token->value].n;

        if (l->name_bytes == 0 || n + 4 <= l->name_bytes)
            return i + n;
    }
    if (token->kind == TL_T_WORD || l->text[i] == '$')
        return end_of_word(l, i + 1);
    if (l->text[i] == '[')
        return (uint32_t)((const char *)memchr(l->text + i, ']', l->n - i) - l->text) + 1;
    if ((l->text[i] | 0x20) == 'u')
        i += 2;
    return end_of_quoted(l, i, false, NULL);
}
