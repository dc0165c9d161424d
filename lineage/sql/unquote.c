/*
 * What a quoted text says. Escapes that name a character by its number are left as they are: SQL that is put together of them is not
 * read, and nothing else depends on it.
 */
#include "lineage/sql/lex.h"

#include <string.h>

/* The letter behind a backslash, as most systems have it. */
static char unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    default:
        return c;
    }
}

static uint32_t copy_dollars(char *out, const char *token, uint32_t n)
{
    const char *tag = memchr(token + 1, '$', n - 1);
    uint32_t length = tag ? (uint32_t)(tag - token) + 1 : 1;

    if (n < 2 * length)
        return 0;
    memcpy(out, token + length, n - 2 * length);
    return n - 2 * length;
}

uint32_t tl_sql_unquote(char *out, const char *token, uint32_t n, uint32_t lexical)
{
    uint32_t i = 0, n_out = 0, n_quotes = 1;
    bool escapes = lexical & TL_SQL_BACKSLASH;

    if (n < 2)
        return 0;
    if (token[0] == '$')
        return copy_dollars(out, token, n);
    for (; i < n && token[i] != '\'' && token[i] != '"'; i++) {
        if ((token[i] | 0x20) == 'e' && (lexical & TL_SQL_ESCAPE_TEXT))
            escapes = true;
        if ((token[i] | 0x20) == 'r' && (lexical & TL_SQL_RAW_TEXT))
            escapes = false;
    }
    char quote = i < n ? token[i] : '\'';
    if ((lexical & TL_SQL_RAW_TEXT) && n >= i + 6 && token[i + 1] == quote &&
        token[i + 2] == quote)
        n_quotes = 3;
    uint32_t end = n >= n_quotes ? n - n_quotes : 0;
    for (i += n_quotes; i < end; i++) {
        if (token[i] == '\\' && escapes && i + 1 < end) {
            out[n_out++] = unescape(token[++i]);
            continue;
        }
        out[n_out++] = token[i];
        if (token[i] == quote && n_quotes == 1 && i + 1 < end && token[i + 1] == quote)
            i++;
    }
    return n_out;
}
