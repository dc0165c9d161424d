/*
 * What moves rows between tables and files: copy, unload, load, export, put and get, and files as tables. Each is an insert of a query,
 * or of the files' columns, so that whoever reads trees knows it already. An address keeps no credentials.
 */
#include "lineage/sql/parse.h"

#include <string.h>

enum { MOST_ADDRESS = 300 };

/* ---- addresses ---- */

static const char *find(const char *bytes, uint32_t n, const char *what)
{
    return n ? memmem(bytes, n, what, strlen(what)) : NULL;
}

/* What Azure's addresses have before '@' is a container: it stays. */
static bool has_container(const char *bytes, uint32_t n)
{
    return n > 4 && (memcmp(bytes, "abfs", 4) == 0 || memcmp(bytes, "wasb", 4) == 0);
}

/* How many bytes of a written address are shown; `*hidden` and `*end_hidden` get what is left out of them: "user:password@". */
static uint32_t trim_address(const char *bytes, uint32_t n, uint32_t *hidden,
                             uint32_t *end_hidden)
{
    const char *query = n ? memchr(bytes, '?', n) : NULL;
    const char *host;

    *hidden = *end_hidden = 0;
    if (query)
        n = (uint32_t)(query - bytes);
    if ((host = find(bytes, n, "://")) != NULL) {
        uint32_t from = (uint32_t)(host - bytes) + 3;
        const char *slash = n > from ? memchr(bytes + from, '/', n - from) : NULL;
        uint32_t end = slash ? (uint32_t)(slash - bytes) : n;
        const char *at = end > from ? memrchr(bytes + from, '@', end - from) : NULL;

        if (at && (!has_container(bytes, n) ||
                   memchr(bytes + from, ':', (size_t)(at - bytes) - from))) {
            *hidden = from;
            *end_hidden = (uint32_t)(at - bytes) + 1;
        }
    }
    uint32_t most = MOST_ADDRESS + (*end_hidden - *hidden);
    if (n > most)
        for (n = most; n > 0 && ((unsigned char)bytes[n] & 0xc0) == 0x80;)
            n--;
    return n;
}

static uint32_t make_files(struct tl_sql_parser *p, uint32_t at, const char *bytes,
                           uint32_t n)
{
    char address[MOST_ADDRESS];
    uint32_t hidden, end_hidden;
    uint32_t end = trim_address(bytes, n, &hidden, &end_hidden);
    uint32_t node = tl_parse_node(p, TL_N_TABLE, at);

    memcpy(address, bytes, hidden);
    memcpy(address + hidden, bytes + end_hidden, end - end_hidden);
    uint32_t name = tl_sql_name_exact(p->names, address, hidden + end - end_hidden);
    tl_parse_get(p, node)->name = name;
    tl_parse_get(p, node)->flags = TL_F_FILES;
    return node;
}

/* What stands between the quotes of a text. */
static const char *inside(const struct tl_sql_parser *p, const struct tl_sql_token *text,
                          uint32_t *n)
{
    const char *bytes = p->lexer.text + text->at;
    uint32_t length = text->value - text->at;
    uint32_t from = 0, behind = 1;

    while (from < length && bytes[from] != '\'' && bytes[from] != '"' &&
           bytes[from] != '$')
        from++;
    if (from < length && bytes[from] == '$') { /* $tag$ ... $tag$ */
        do
            from++;
        while (from < length && bytes[from] != '$');
        behind = from + 1;
    }
    from++;
    *n = length >= from + behind ? length - from - behind : 0;
    return bytes + from;
}

/* @db.schema.stage/path, @~/path, @%table: up to space, a comma or a parenthesis */
static uint32_t parse_stage(struct tl_sql_parser *p)
{
    const char *text = p->lexer.text;
    uint32_t at = p->now->at, end = at;
    bool is_quoted = false;

    while (end < p->lexer.n && (is_quoted || !strchr(" \t\r\n,();", text[end]))) {
        is_quoted ^= text[end] == '"';
        end++;
    }
    while (!tl_parse_is(p, TL_T_END) && p->now->at < end)
        p->now++;
    return make_files(p, at, text + at, end - at);
}

bool tl_parse_is_files(const struct tl_sql_parser *p)
{
    if (tl_parse_is(p, TL_T_TEXT))
        return true;
    return (p->traits->writing & TL_SQL_STAGES) && !tl_parse_is(p, TL_T_END) &&
           p->lexer.text[p->now->at] == '@';
}

uint32_t tl_parse_files(struct tl_sql_parser *p)
{
    if (!tl_parse_is(p, TL_T_TEXT))
        return parse_stage(p);
    uint32_t n;
    const char *bytes = inside(p, p->now, &n);
    uint32_t files = make_files(p, p->now->at, bytes, n);

    p->now++;
    return files;
}

/* Formats that a path can be read in as a table: parquet.`path`. */
bool tl_parse_is_path_name(const struct tl_sql_parser *p)
{
    static const char *const formats[] = { "parquet", "csv",   "json",   "orc",
                                           "avro",    "text",  "delta",  "binaryfile",
                                           "iceberg", "image", "libsvm", NULL };
    const struct tl_sql_token *t = p->now;

    if (!(p->traits->writing & TL_SQL_PATH_FILES) || t->kind != TL_T_WORD ||
        t[1].kind != TL_T_DOT || t[2].kind != TL_T_QUOTED || t[3].kind == TL_T_DOT)
        return false;
    const char *word = tl_sql_name_text(p->names, t->value);
    for (size_t i = 0; formats[i]; i++)
        if (strcasecmp(formats[i], word) == 0)
            return strchr(tl_sql_name_text(p->names, t[2].value), '/') != NULL ||
                   strcasecmp(word, "delta") != 0;
    return false;
}

uint32_t tl_parse_path_name(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    const char *path = tl_sql_name_text(p->names, p->now[2].value);

    p->now += 3;
    return make_files(p, at, path, (uint32_t)strlen(path));
}

/* read_csv('x.csv'), read_parquet(['a', 'b']): the files that the call names, or 0. */
uint32_t tl_parse_files_of_call(struct tl_sql_parser *p, uint32_t call)
{
    static const char *const readers[] = {
        "read_csv",     "read_csv_auto",    "read_parquet",
        "parquet_scan", "read_json",        "read_json_auto",
        "read_ndjson",  "read_ndjson_auto", "read_text",
        "read_blob",    "sniff_csv",        "read_json_objects",
        "iceberg_scan", "delta_scan",       "st_read",
        "read_xlsx",    "read_files",       NULL
    };
    const struct tl_sql_node *node = tl_parse_get(p, call);
    const char *name = tl_sql_name_text(p->names, node->name);
    size_t i = 0;

    while (readers[i] && strcasecmp(readers[i], name) != 0)
        i++;
    if (!readers[i] || !node->a)
        return 0;
    node = tl_parse_get(p, node->a);
    while (node->kind == TL_N_LIST && node->a)
        node = tl_parse_get(p, node->a);
    if (node->kind != TL_N_LITERAL || node->op != TL_L_TEXT)
        return 0;
    struct tl_sql_token text = { .at = node->at, .value = node->end };
    uint32_t n;
    const char *bytes = inside(p, &text, &n);
    return make_files(p, node->at, bytes, n);
}

/* ---- a statement inside a text ---- */

static bool is_doubled(const char *bytes, uint32_t n, uint32_t i)
{
    return i + 1 < n && bytes[i + 1] == '\'' && (bytes[i] == '\'' || bytes[i] == '\\');
}

/*
 * The tokens of the statement in a text take the place of the statement's own. Each pair of quotes that stands for one becomes that one and
 * a space, so that each token has its place in the whole text.
 */
static bool enter_text(struct tl_sql_parser *p, const struct tl_sql_token *text)
{
    struct tl_sql_lexer outer = p->lexer;
    uint32_t n, at;
    const char *bytes = inside(p, text, &n);
    char *copy = tl_alloc(n + 1, 1);
    bool is_open = false;
    bool is_plain = outer.text[text->at] != '\'';

    if (n == 0) {
        tl_free(copy);
        return false;
    }
    at = (uint32_t)(bytes - outer.text);
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = bytes[i];
        if (is_plain || !is_doubled(bytes, n, i))
            continue;
        if (is_open && is_doubled(bytes, n, i + 2)) { /* a quote of that text */
            copy[i] = copy[i + 1] = '\'';
            copy[i + 2] = copy[i + 3] = ' ';
            i += 3;
            continue;
        }
        copy[i] = is_open ? '\'' : ' ';
        copy[i + 1] = is_open ? ' ' : '\'';
        is_open = !is_open;
        i++;
    }
    p->lexer.text = copy;
    p->lexer.n = n;
    p->lexer.at = 0;
    tl_sql_lex(&p->lexer);
    const char *problem = p->lexer.problem;
    uint32_t problem_at = p->lexer.problem_at + at;
    p->lexer = outer;
    tl_free(copy);
    for (uint32_t i = 0; i < p->tree->n_tokens; i++) {
        struct tl_sql_token *token = &p->tree->tokens[i];

        token->at += at;
        if (token->kind != TL_T_WORD && token->kind != TL_T_QUOTED)
            token->value += at;
    }
    p->now = p->tree->tokens;
    if (problem)
        tl_parse_refuse(p, problem_at, problem);
    return !problem && !tl_parse_is(p, TL_T_END);
}

/* ---- copy ---- */

static uint32_t make_insert(struct tl_sql_parser *p, uint32_t at, uint32_t target,
                            uint32_t columns, uint32_t query)
{
    uint32_t node = tl_parse_node(p, TL_N_INSERT, at);
    struct tl_sql_node *insert = tl_parse_get(p, node);

    insert->flags = TL_F_COPY;
    insert->a = target;
    insert->b = columns;
    insert->c = query;
    return node;
}

/* Whether the rest of the statement has the word, and where; NULL: it has not. */
static const struct tl_sql_token *find_word(const struct tl_sql_parser *p,
                                            enum tl_sql_keyword word)
{
    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++)
        if (t->word == word)
            return t;
    return NULL;
}

static bool is_text(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                    const char *what)
{
    uint32_t n;

    if (token->kind != TL_T_TEXT)
        return false;
    const char *bytes = inside(p, token, &n);
    return n >= strlen(what) && strncasecmp(bytes, what, strlen(what)) == 0;
}

static bool is_token(const struct tl_sql_parser *p, const struct tl_sql_token *token,
                     const char *what)
{
    if (token->kind != TL_T_WORD)
        return is_text(p, token, what);
    return strcasecmp(tl_sql_name_text(p->names, token->value), what) == 0;
}

/* DuckDB: fields of JSON go by their names; said, or told by the file's own. */
static bool reads_json(const struct tl_sql_parser *p)
{
    for (const struct tl_sql_token *t = p->now - 1; t->kind != TL_T_END; t++) {
        uint32_t n;
        const char *bytes = t->kind == TL_T_TEXT ? inside(p, t, &n) : NULL;

        if (is_token(p, t, "json") || (bytes && find(bytes, n, ".json")) ||
            (bytes && find(bytes, n, ".ndjson")))
            return true;
    }
    return false;
}

/* Whether columns meet by name: said by an option, or by a format whose files have names. */
static bool is_by_name(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *match = find_word(p, TL_K_MATCH_BY_COLUMN_NAME);

    if (match)
        return match[1].kind == TL_T_EQUAL && match[2].word != TL_K_NONE_AT_ALL;
    if (p->grammar & TL_SQL_FILE_TABLES)
        return reads_json(p);
    if (!(p->traits->writing & TL_SQL_COPY_AUTO))
        return (p->traits->writing & TL_SQL_COPY_BY_NAME) != 0;
    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++)
        if ((is_token(p, t, "json") || is_token(p, t, "avro")) && t->kind == TL_T_WORD)
            return t[t[1].word == TL_K_AS ? 2 : 1].kind != TL_T_TEXT ||
                   is_text(p, t + (t[1].word == TL_K_AS ? 2 : 1), "auto");
    return false;
}

/* from @stage | 'file' | (select ... from @stage) | a table: the insert of it into the target. */
static uint32_t parse_copy_source(struct tl_sql_parser *p, uint32_t at, uint32_t target,
                                  uint32_t columns, uint8_t flags)
{
    uint32_t query;

    if (tl_parse_is(p, TL_T_OPEN)) {
        bool reads = p->reads_files;

        p->now++;
        p->reads_files = true;
        query = tl_parse_is_change(p) ? tl_parse_change(p, 0, 0) : tl_parse_query(p);
        p->reads_files = reads;
        tl_parse_expect(p, TL_T_CLOSE, "')'");
    } else if (tl_parse_is_files(p)) {
        query = tl_parse_files(p);
        if (is_by_name(p))
            flags |= TL_F_BY_NAME;
    } else if (tl_parse_is_word(p, TL_K_FROM)) { /* DuckDB's query of its own order */
        query = tl_parse_query(p);
    } else {
        uint32_t from = p->now->at;

        query = tl_parse_query_of(p, from, tl_parse_table_name(p));
    }
    uint32_t insert = make_insert(p, at, target, columns, query);
    tl_parse_get(p, insert)->flags |= flags;
    return insert;
}

/* What is left are options of files and of storage. */
static uint32_t end_of_copy(struct tl_sql_parser *p, uint32_t node)
{
    if (!p->failed)
        tl_parse_go_to_end(p);
    return node;
}

/* copy into t [(a, b)] from ...; copy into @stage from ... */
static uint32_t parse_copy_into(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t target, columns = 0;
    bool is_placed = false;
    uint8_t flags = 0;

    p->now += 2;
    if (tl_parse_is_files(p)) {
        target = tl_parse_files(p);
        tl_parse_expect_word(p, TL_K_FROM);
        return end_of_copy(p, parse_copy_source(p, at, target, 0, 0));
    }
    target = tl_parse_is_path_name(p) ? tl_parse_path_name(p) : tl_parse_table_name(p);
    if (tl_parse_is(p, TL_T_OPEN))
        columns = tl_parse_insert_columns(p);
    else if (tl_parse_is_word(p, TL_K_BY) && p->now[1].word == TL_K_POSITION) {
        p->now += 2;
        is_placed = true;
    } else if (p->traits->writing & TL_SQL_COPY_BY_NAME)
        flags |= TL_F_BY_NAME;
    tl_parse_expect_word(p, TL_K_FROM);
    bool is_query = tl_parse_is(p, TL_T_OPEN);
    uint32_t insert = parse_copy_source(p, at, target, columns, flags);
    is_placed = is_placed || (columns && !find_word(p, TL_K_MATCH_BY_COLUMN_NAME));
    if (is_placed && !is_query && !p->failed)
        tl_parse_get(p, insert)->flags &= (uint8_t)~TL_F_BY_NAME;
    return end_of_copy(p, insert);
}

/* \copy t from dir/file.csv: psql's, on the machine it runs on, which needs no quotes */
static bool is_bare_path(const struct tl_sql_parser *p, uint32_t at)
{
    static const char *const others[] = { "stdin", "stdout", "pstdin", "pstdout",
                                          "program" };

    if (at == 0 || p->lexer.text[at - 1] != '\\' || tl_parse_is_files(p) ||
        tl_parse_is(p, TL_T_END))
        return false;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (tl_parse_is_text(p, p->now, others[i]))
            return false;
    return true;
}

/* from stdin: its data may stand behind the statement. A program's command is nobody's name. */
static uint32_t parse_copy_from(struct tl_sql_parser *p, uint32_t at, uint32_t table,
                                uint32_t columns)
{
    p->now++;
    if (tl_parse_is_files(p) || tl_parse_is(p, TL_T_OPEN))
        return end_of_copy(p, parse_copy_source(p, at, table, columns, 0));
    if (is_bare_path(p, at)) {
        uint32_t files = parse_stage(p);

        return end_of_copy(p, make_insert(p, at, table, columns, files));
    }
    bool has_data = tl_parse_is_word(p, TL_K_STDIN);
    if (!has_data && !tl_parse_is_word(p, TL_K_PROGRAM) &&
        !tl_parse_is(p, TL_T_PARAMETER) && !tl_parse_is(p, TL_T_WORD)) {
        tl_parse_expected(p, "a file, 'stdin' or 'program'");
        return 0;
    }
    tl_parse_go_to_end(p);
    if (has_data && !(p->now->flags & TL_TF_SHELL) && p->lexer.at < p->lexer.n)
        tl_sql_lex_skip_data(&p->lexer);
    return make_insert(p, at, table, columns, 0);
}

/* Items that name the columns. */
static uint32_t make_items(struct tl_sql_parser *p, uint32_t names)
{
    struct tl_parse_list items = { 0 };

    for (uint32_t i = names; i; i = tl_parse_get(p, i)->next) {
        uint32_t at = tl_parse_get(p, i)->at;
        uint32_t column = tl_parse_node(p, TL_N_COLUMN, at);

        tl_parse_get(p, column)->name = tl_parse_get(p, i)->name;
        uint32_t item = tl_parse_node(p, TL_N_ITEM, at);
        tl_parse_get(p, item)->a = column;
        tl_parse_append(p, &items, item);
    }
    return items.first;
}

/* to 'file': an insert into it; to stdout, to a program: the query alone. */
static uint32_t parse_copy_to(struct tl_sql_parser *p, uint32_t at, uint32_t query)
{
    uint32_t node = query;

    tl_parse_expect_word(p, TL_K_TO);
    if (tl_parse_is_files(p))
        node = make_insert(p, at, tl_parse_files(p), 0, query);
    else if (is_bare_path(p, at))
        node = make_insert(p, at, parse_stage(p), 0, query);
    else if (!tl_parse_is_word(p, TL_K_STDOUT) && !tl_parse_is_word(p, TL_K_PROGRAM) &&
             !tl_parse_is(p, TL_T_WORD) && !tl_parse_is(p, TL_T_PARAMETER))
        tl_parse_expected(p, "a file, 'stdout' or 'program'");
    return end_of_copy(p, node);
}

/* copy job run j, copy job list */
static bool is_copy_command(const struct tl_sql_parser *p)
{
    const struct tl_sql_token *verb = p->now + 2;

    return tl_parse_is_text(p, p->now + 1, "job") &&
           (verb->word == TL_K_ALTER || verb->word == TL_K_DROP ||
            verb->word == TL_K_LIST || verb->word == TL_K_SHOW ||
            tl_parse_is_text(p, verb, "run"));
}

/* copy files into @a from @b */
static uint32_t parse_copy_files(struct tl_sql_parser *p, uint32_t at)
{
    p->now += 2;
    if (!tl_parse_is_files(p)) {
        tl_parse_expected(p, "an address");
        return 0;
    }
    uint32_t target = tl_parse_files(p);
    tl_parse_expect_word(p, TL_K_FROM);
    if (tl_parse_is(p, TL_T_OPEN))
        return end_of_copy(p, parse_copy_source(p, at, target, 0, 0));
    if (!tl_parse_is_files(p)) {
        tl_parse_expected(p, "an address");
        return 0;
    }
    uint32_t source = tl_parse_files(p);
    uint32_t query = tl_parse_query_of(p, tl_parse_get(p, source)->at, source);
    return end_of_copy(p, make_insert(p, at, target, 0, query));
}

uint32_t tl_parse_copy(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    uint32_t columns = 0;

    if (p->now[1].word == TL_K_INTO)
        return parse_copy_into(p, at);
    if (is_copy_command(p))
        return tl_parse_other(p, at);
    p->now++;
    if (tl_parse_is_text(p, p->now, "files") && p->now[1].word == TL_K_INTO)
        return parse_copy_files(p, at);
    if (tl_parse_is(p, TL_T_OPEN)) {
        p->now++;
        uint32_t query =
            tl_parse_is_change(p) ? tl_parse_change(p, 0, 0) : tl_parse_query(p);

        tl_parse_expect(p, TL_T_CLOSE, "')'");
        return parse_copy_to(p, at, query);
    }
    if (tl_parse_are_words(p, TL_K_FROM, TL_K_DATABASE)) {
        tl_parse_refuse(p, at, "a copy of a whole database is not followed");
        return 0;
    }
    tl_parse_accept_word(p, TL_K_BINARY);
    uint32_t table = tl_parse_table_name(p);
    if (tl_parse_is(p, TL_T_OPEN))
        columns = tl_parse_insert_columns(p);
    if (tl_parse_is_word(p, TL_K_FROM))
        return parse_copy_from(p, at, table, columns);
    if (!tl_parse_is_word(p, TL_K_TO)) {
        tl_parse_expected(p, "'from' or 'to'");
        return 0;
    }
    uint32_t query = tl_parse_query_of(p, tl_parse_get(p, table)->at, table);
    if (columns) {
        uint32_t items = make_items(p, columns); /* before: nodes move */

        tl_parse_get(p, tl_parse_get(p, query)->b)->a = items;
    }
    return parse_copy_to(p, at, query);
}

/* ---- unload, load, export ---- */

/* Redshift: unload ('select ...') to 's3://...'; Athena: unload (select ...) to 's3://...' with (...) */
uint32_t tl_parse_unload(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, target = 0, query = 0;
    const struct tl_sql_token *text = NULL;

    p->now++;
    tl_parse_expect(p, TL_T_OPEN, "'('");
    if (tl_parse_is(p, TL_T_TEXT))
        text = p->now++;
    else
        query = tl_parse_query(p);
    tl_parse_expect(p, TL_T_CLOSE, "')'");
    tl_parse_expect_word(p, TL_K_TO);
    if (tl_parse_is_files(p))
        target = tl_parse_files(p);
    else
        tl_parse_expected(p, "an address");
    if (p->failed)
        return 0;
    if (text) {
        struct tl_sql_token inner = *text;

        if (p->n_windows) { /* the tokens around are still needed */
            query = tl_parse_text(p, &inner, true, tl_parse_query);
            return make_insert(p, at, target, 0, query);
        }
        if (!enter_text(p, &inner)) {
            if (!p->failed)
                tl_parse_refuse(p, inner.at, "expected a query in the text");
            return 0;
        }
        query = tl_parse_query(p);
        if (!p->failed && !tl_parse_is(p, TL_T_END))
            tl_parse_expected(p, "the end of the statement");
        return make_insert(p, at, target, 0, query);
    }
    return end_of_copy(p, make_insert(p, at, target, 0, query));
}

/* uri = 'x', uris = ['x', ...] between parentheses: the first text behind such a word; 0: there is none. */
uint32_t tl_parse_uri(struct tl_sql_parser *p)
{
    const struct tl_sql_token *t = p->now;
    uint32_t files = 0;

    for (; t->kind != TL_T_END && t->kind != TL_T_CLOSE && !files; t++) {
        if (!is_token(p, t, "uri") && !is_token(p, t, "uris"))
            continue;
        for (t++; t->kind == TL_T_EQUAL || t->kind == TL_T_OPEN_BRACKET; t++)
            ;
        if (t->kind != TL_T_TEXT)
            break;
        p->now = t;
        files = tl_parse_files(p);
    }
    return files;
}

static bool is_csv(const struct tl_sql_parser *p)
{
    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++)
        if (is_text(p, t, "csv"))
            return true;
    return false;
}

/* load data into t [(a int, ...)] from files (format = 'CSV', uris = ['gs://...']) */
static uint32_t parse_load_files(struct tl_sql_parser *p, uint32_t at, uint32_t table,
                                 uint8_t flags)
{
    struct tl_parse_list columns = { 0 };

    if (tl_parse_accept(p, TL_T_OPEN))
        do {
            uint32_t name = tl_parse_node(p, TL_N_NAME, p->now->at);
            uint32_t text = tl_parse_name(p, "a column");

            tl_parse_get(p, name)->name = text;
            tl_parse_append(p, &columns, name);
            while (!tl_parse_is(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_CLOSE) &&
                   !tl_parse_is(p, TL_T_END))
                if (tl_parse_is(p, TL_T_OPEN))
                    tl_parse_skip_parens(p);
                else if (!tl_parse_skip_angles(p))
                    tl_parse_step(p);
        } while (tl_parse_accept(p, TL_T_COMMA) && !tl_parse_is(p, TL_T_END));
    while (!tl_parse_is_word(p, TL_K_FROM) && !tl_parse_is(p, TL_T_END))
        tl_parse_step(p);
    tl_parse_expect_word(p, TL_K_FROM);
    tl_parse_expect_word(p, TL_K_FILES);
    tl_parse_expect(p, TL_T_OPEN, "'('");
    bool is_placed = is_csv(p);
    uint32_t files = tl_parse_uri(p);
    if (!files)
        tl_parse_expected(p, "'uris'");
    uint32_t insert = make_insert(p, at, table, columns.first, files);
    tl_parse_get(p, insert)->flags |= flags;
    if (!is_placed)
        tl_parse_get(p, insert)->flags |= TL_F_BY_NAME;
    return end_of_copy(p, insert);
}

/* load data [local] inpath 'x' [overwrite] into table t; load data into | overwrite t from files (...) */
uint32_t tl_parse_load(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at, files = 0;
    uint8_t flags = 0;

    if (p->now[1].word != TL_K_DATA)
        return tl_parse_other(p, at);
    p->now += 2;
    tl_parse_accept_word(p, TL_K_LOCAL);
    bool is_infile = (p->forms & TL_SQL_COMMON_GROUND) &&
                     tl_parse_is_text(p, p->now, "infile"); /* MySQL */
    p->now += is_infile;
    if (is_infile || tl_parse_accept_word(p, TL_K_INPATH)) {
        if (!tl_parse_is(p, TL_T_TEXT)) {
            tl_parse_expected(p, "a path");
            return 0;
        }
        files = tl_parse_files(p);
        if (is_infile && !tl_parse_accept_word(p, TL_K_REPLACE))
            tl_parse_accept_word(p, TL_K_IGNORE);
    }
    if (tl_parse_accept_word(p, TL_K_OVERWRITE)) {
        flags = TL_F_OVERWRITE;
        tl_parse_accept_word(p, TL_K_INTO);
    } else {
        tl_parse_expect_word(p, TL_K_INTO);
    }
    while (tl_parse_is_word(p, TL_K_TEMP) || tl_parse_is_word(p, TL_K_TEMPORARY))
        p->now++;
    tl_parse_accept_word(p, TL_K_TABLE);
    uint32_t table = tl_parse_table_name(p);
    if (!files)
        return parse_load_files(p, at, table, flags);
    if (tl_parse_is_word(p, TL_K_PARTITION))
        flags = 0;
    uint32_t insert = make_insert(p, at, table, 0, files);
    tl_parse_get(p, insert)->flags |= flags;
    return end_of_copy(p, insert);
}

/* Hive: export table t [partition (...)] to 'path' */
static uint32_t parse_export_table(struct tl_sql_parser *p, uint32_t at)
{
    p->now += 2;
    uint32_t table = tl_parse_table_name(p);
    if (tl_parse_accept_word(p, TL_K_PARTITION))
        tl_parse_skip_parens(p);
    tl_parse_expect_word(p, TL_K_TO);
    if (!tl_parse_is(p, TL_T_TEXT)) {
        tl_parse_expected(p, "a path");
        return 0;
    }
    uint32_t files = tl_parse_files(p);
    uint32_t query = tl_parse_query_of(p, tl_parse_get(p, table)->at, table);
    uint32_t insert = make_insert(p, at, files, 0, query);
    return end_of_copy(p, insert);
}

/* export data [with connection c] options (uri = '...') as select ... */
uint32_t tl_parse_export(struct tl_sql_parser *p, uint32_t query)
{
    uint32_t at = p->now->at;

    if (p->now[1].word == TL_K_TABLE && (p->traits->writing & TL_SQL_LOOSE_WRITES))
        return parse_export_table(p, at);
    if ((p->forms & TL_SQL_MODELS) && tl_parse_is_text(p, p->now + 1, "model"))
        return tl_parse_other(p, at);
    if (p->now[1].word != TL_K_DATA) {
        tl_parse_refuse(p, at, "an export of a whole database is not followed");
        return 0;
    }
    p->now += 2;
    while (!tl_parse_is(p, TL_T_OPEN) && !tl_parse_is(p, TL_T_END))
        p->now++;
    const struct tl_sql_token *options = p->now;
    tl_parse_expect(p, TL_T_OPEN, "'('");
    uint32_t files = tl_parse_uri(p);
    if (!files)
        tl_parse_expected(p, "'uri'");
    if (p->failed)
        return 0;
    p->now = options;
    tl_parse_skip_parens(p);
    if (!query) {
        tl_parse_expect_word(p, TL_K_AS);
        query = tl_parse_query(p);
    }
    return make_insert(p, at, files, 0, query);
}

/* insert overwrite [local] directory 'path' [using x] [options (...)] [stored as x] select ... : 'directory' is next */
/* path '/x', 'path' = '/x': the key of the option */
static const struct tl_sql_token *find_path(const struct tl_sql_parser *p)
{
    static const char key[] = "path";

    for (const struct tl_sql_token *t = p->now; t->kind != TL_T_END; t++)
        if (t->word == TL_K_PATH ||
            (t->kind == TL_T_TEXT && t->value - t->at == sizeof key + 1 &&
             memcmp(p->lexer.text + t->at + 1, key, sizeof key - 1) == 0))
            return t->kind == TL_T_TEXT ? t + 1 : t;
    return NULL;
}

uint32_t tl_parse_directory(struct tl_sql_parser *p, uint32_t at)
{
    uint32_t files = 0;

    tl_parse_accept_word(p, TL_K_LOCAL);
    tl_parse_expect_word(p, TL_K_DIRECTORY);
    if (tl_parse_is(p, TL_T_TEXT)) {
        files = tl_parse_files(p);
    } else { /* the path is an option */
        const struct tl_sql_token *t = find_path(p);

        while (t && t->kind != TL_T_TEXT && t->kind != TL_T_END)
            t++;
        if (!t || t->kind != TL_T_TEXT) {
            tl_parse_expected(p, "a path");
            return 0;
        }
        uint32_t n;
        const char *bytes = inside(p, t, &n);
        files = make_files(p, t->at, bytes, n);
    }
    while (!tl_parse_is_query(p) && !tl_parse_is(p, TL_T_END))
        if (tl_parse_is(p, TL_T_OPEN))
            tl_parse_skip_parens(p);
        else
            tl_parse_step(p);
    uint32_t query = tl_parse_query(p);
    uint32_t insert = make_insert(p, at, files, 0, query);
    tl_parse_get(p, insert)->flags |= TL_F_OVERWRITE;
    return insert;
}
