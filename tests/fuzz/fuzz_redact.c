/*
 * Redaction of SQL. Any bytes: what comes out holds no text but '?', no number and no comment, and comes out the same when it
 * goes in again. And the bytes as a list of pieces of SQL, each of which hides a word, or as what a grammar of each dialect makes of them:
 * the word is gone.
 */
#include "lineage/sql/redact.h"
#include "tests/fuzz/sql_grammar.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = { "email", "First Name" };

static const char *const pieces[] = {
    "'canary'",
    "'a''canary'",
    "E'\\'canary'",
    "'\\'canary'",
    "'\\\\' , 'canary'",
    "x'canary'",
    "N'canary'",
    "q'[it's canary]'",
    "$$canary$$",
    "$t$ it's canary $t$",
    "'''it's canary'''",
    "'''canary'''",
    "-- canary\n",
    "-- it's canary\n",
    "/* canary */",
    "/* /* */ canary */",
    "/* /* */ 'x */ canary'",
    "a # '\ncanary'",
    "/* it's \" canary */",
    "# canary\n",
    "\n# it's canary\n",
    "0xcanary",
    "9canary",
    "= \"canary\"",
    "( \"canary\" )",
    "r\"canary\"",
    "array['canary']",
    "m['a']['canary']",
    "trim(from \"canary\")",
    "like '%' escape '\\'",
    "select",
    "from t1 ",
    "\"First Name\"",
    "as \"odd \"\"name\"",
    "`it's`",
    "[email]",
    ",",
    "(",
    ")",
    "- 5",
    "a#b",
    "$1",
    "/",
    "*",
};

static void redact(struct tl_str *out, const char *sql, size_t n)
{
    tl_sql_redact(out, sql, n,
                  &(struct tl_sql_known){ names, sizeof names / sizeof *names, 0 });
}

static size_t skip_name(const char *text, size_t i, size_t n)
{
    char quote = text[i++];

    while (i < n && text[i] != quote)
        i++;
    return i;
}

/* An own small reading of the result: whatever is not inside a quoted name. */
static void check_clean(const struct tl_str *s)
{
    bool in_name = false;

    for (size_t i = 0; i < s->n; i++) {
        char c = s->text[i];
        char next = s->text[i + 1];
        bool is_digit = c >= '0' && c <= '9';

        if (c == '"' || c == '`') {
            i = skip_name(s->text, i, s->n);
            in_name = false;
            continue;
        }
        if (c == '\'') {
            if (next != '?' || s->text[i + 2] != '\'')
                abort();
            i += 2;
            in_name = false;
            continue;
        }
        if ((is_digit && !in_name) || (c == '-' && next == '-') ||
            (c == '/' && next == '*') || c == '#')
            abort();
        in_name = is_digit || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '_' || c == '@' || (unsigned char)c >= 0x80 ||
                  (c == '$' && in_name);
    }
}

static void try_bytes(const char *bytes, size_t n)
{
    struct tl_str once = TL_STR_INIT(TL_STR_MOST);
    struct tl_str twice = TL_STR_INIT(TL_STR_MOST);

    redact(&once, bytes, n);
    check_clean(&once);
    redact(&twice, once.text, once.n);
    if (once.n != twice.n || memcmp(once.text, twice.text, once.n) != 0)
        abort();
    tl_str_release(&once);
    tl_str_release(&twice);
}

static void try_pieces(const uint8_t *bytes, size_t n)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < n && i < 400; i++) {
        tl_str_add(&sql, pieces[bytes[i] % (sizeof pieces / sizeof *pieces)]);
        tl_str_add_char(&sql, ' ');
    }
    redact(&out, sql.text, sql.n);
    if (strstr(out.text, "canary"))
        abort();
    tl_str_release(&sql);
    tl_str_release(&out);
}

static void try_made(const uint8_t *bytes, size_t n)
{
    struct tl_str sql = TL_STR_INIT(1 << 20);
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);

    grammar_make(&sql, 'x', (enum tl_sql_dialect)(bytes[0] % TL_SQL_DIALECTS), bytes + 1,
                 n - 1);
    if (!strstr(sql.text, "stdin")) { /* data behind a copy are no SQL */
        redact(&out, sql.text, sql.n);
        if (strstr(out.text, "secret"))
            abort();
    }
    tl_str_release(&sql);
    tl_str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    try_bytes((const char *)bytes, n);
    try_pieces(bytes, n);
    if (n > 1 && n < 4000)
        try_made(bytes, n);
    return 0;
}
