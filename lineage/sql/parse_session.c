/*
 * What holds for the statements behind it: transactions, truncate, and what a bare name means (use, search_path).
 */
#include "lineage/sql/parse.h"

#include <string.h>

/* ---- transactions ---- */

static uint32_t make_transaction(struct tl_sql_parser *p, uint32_t at,
                                 enum tl_sql_transaction op, uint32_t name)
{
    uint32_t node = tl_parse_node(p, TL_N_TRANSACTION, at);

    tl_parse_get(p, node)->op = (uint16_t)op;
    tl_parse_get(p, node)->name = name;
    tl_parse_go_to_end(p);
    return node;
}

static void skip_transaction_word(struct tl_sql_parser *p)
{
    if (tl_parse_is_word(p, TL_K_TRANSACTION) || tl_parse_is_word(p, TL_K_WORK) ||
        tl_parse_is_word(p, TL_K_TRAN))
        p->now++;
}

/* Behind `begin`: nothing, or the words of a transaction; a block begins otherwise. */
static bool begins_transaction(const struct tl_sql_token *t)
{
    switch ((enum tl_sql_keyword)t->word) {
    case TL_K_DEFERRABLE:
    case TL_K_DEFERRED:
    case TL_K_EXCLUSIVE:
    case TL_K_IMMEDIATE:
    case TL_K_ISOLATION:
    case TL_K_NAME:
    case TL_K_READ:
    case TL_K_TRAN:
    case TL_K_TRANSACTION:
    case TL_K_WORK:
        return true;
    default:
        return t->kind == TL_T_END;
    }
}

/* rollback [work] [to [savepoint] a] */
static uint32_t parse_rollback(struct tl_sql_parser *p, uint32_t at)
{
    p->now++;
    skip_transaction_word(p);
    if (!tl_parse_accept_word(p, TL_K_TO))
        return make_transaction(p, at, TL_X_ROLLBACK, 0);
    tl_parse_accept_word(p, TL_K_SAVEPOINT);
    return make_transaction(p, at, TL_X_ROLLBACK_TO, tl_parse_label(p, "a savepoint"));
}

static uint32_t parse_transaction(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    const struct tl_sql_token *next = p->now + 1;

    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_BEGIN:
        return begins_transaction(next) ? make_transaction(p, at, TL_X_BEGIN, 0) : 0;
    case TL_K_START:
        return next->word == TL_K_TRANSACTION ? make_transaction(p, at, TL_X_BEGIN, 0)
                                              : 0;
    case TL_K_END:
        return begins_transaction(next) ? make_transaction(p, at, TL_X_COMMIT, 0) : 0;
    case TL_K_COMMIT:
        return next->kind == TL_T_END || next->word == TL_K_AND ||
                       begins_transaction(next)
                   ? make_transaction(p, at, TL_X_COMMIT, 0)
                   : 0;
    case TL_K_ABORT:
        return make_transaction(p, at, TL_X_ROLLBACK, 0);
    case TL_K_ROLLBACK:
        if (next->kind != TL_T_END && next->word != TL_K_TO && next->word != TL_K_AND &&
            !begins_transaction(next))
            return 0;
        return parse_rollback(p, at);
    case TL_K_SAVEPOINT:
        p->now++;
        return make_transaction(p, at, TL_X_SAVEPOINT, tl_parse_label(p, "a savepoint"));
    case TL_K_RELEASE:
        p->now++;
        tl_parse_accept_word(p, TL_K_SAVEPOINT);
        return make_transaction(p, at, TL_X_RELEASE, tl_parse_label(p, "a savepoint"));
    default:
        return 0;
    }
}

/* ---- truncate ---- */

/* truncate [table] [if exists] [only] a [*], b ...; of a partition alone nothing is known to be gone. */
static uint32_t parse_truncate(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    struct tl_parse_list list = { 0 };

    p->now++;
    tl_parse_accept_word(p, TL_K_TABLE);
    if (tl_parse_accept_word(p, TL_K_IF))
        tl_parse_expect_word(p, TL_K_EXISTS);
    do {
        if (tl_parse_is_word(p, TL_K_ONLY) && tl_parse_is_name(p, p->now + 1))
            p->now++;
        tl_parse_append(p, &list, tl_parse_table_name(p));
        tl_parse_accept(p, TL_T_STAR);
    } while (tl_parse_accept(p, TL_T_COMMA));
    if (tl_parse_is_word(p, TL_K_PARTITION))
        return tl_parse_other(p, at);
    while (tl_parse_is(p, TL_T_WORD)) /* restart identity, cascade */
        p->now++;
    uint32_t node = tl_parse_node(p, TL_N_TRUNCATE, at);
    tl_parse_get(p, node)->a = list.first;
    return node;
}

/* ---- what a bare name means ---- */

static uint32_t make_place(struct tl_sql_parser *p, uint32_t at, uint32_t schema,
                           uint32_t database)
{
    uint32_t node = tl_parse_node(p, TL_N_TABLE, at);

    tl_parse_get(p, node)->b = schema;
    tl_parse_get(p, node)->c = database;
    return node;
}

static uint32_t make_path(struct tl_sql_parser *p, uint32_t at, uint32_t list,
                          bool is_local)
{
    uint32_t node = tl_parse_node(p, TL_N_PATH, at);

    tl_parse_get(p, node)->a = list;
    tl_parse_get(p, node)->flags = is_local ? TL_F_LOCAL : 0;
    return node;
}

/* The names in 'a, "B"': what a text of a search path says. */
static void add_places(struct tl_sql_parser *p, struct tl_parse_list *list, uint32_t at,
                       const char *bytes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = i;
        bool is_quoted = bytes[i] == '"';

        while (i < n && bytes[i] != ',')
            i++;
        uint32_t end = i;
        while (from < end && strchr(" \t\r\n\"", bytes[from])) {
            is_quoted = is_quoted || bytes[from] == '"';
            from++;
        }
        while (end > from && strchr(" \t\r\n\"", bytes[end - 1]))
            end--;
        if (end == from || bytes[from] == '$')
            continue;
        uint32_t name = tl_sql_name_add(p->names, bytes + from, end - from, is_quoted);
        tl_parse_append(p, list, make_place(p, at, name, 0));
    }
}

/* = | to a, "b", 'c' */
static uint32_t parse_search_path(struct tl_sql_parser *p, uint32_t at, bool is_local)
{
    struct tl_parse_list list = { 0 };

    if (!tl_parse_accept_word(p, TL_K_TO))
        tl_parse_expect(p, TL_T_EQUAL, "'=' or 'to'");
    do {
        const struct tl_sql_token *token = p->now;

        if (token->kind == TL_T_TEXT) {
            add_places(p, &list, token->at, p->lexer.text + token->at + 1,
                       token->value - token->at - 2);
            p->now++;
            continue;
        }
        uint32_t name = tl_parse_label(p, "a schema");
        if (name && tl_sql_name_text(p->names, name)[0] != '$' &&
            (token->word != TL_K_DEFAULT || token->kind == TL_T_QUOTED))
            tl_parse_append(p, &list, make_place(p, token->at, name, 0));
    } while (tl_parse_accept(p, TL_T_COMMA));
    return make_path(p, at, list.first, is_local);
}

/* set @@dataset_id = 'p.d' */
static uint32_t parse_dataset(struct tl_sql_parser *p, uint32_t at)
{
    struct tl_parse_list list = { 0 };
    const struct tl_sql_token *value = p->now + 2;

    const char *bytes = p->lexer.text + value->at + 1;
    uint32_t n = value->value - value->at - 2;
    const char *dot = n ? memchr(bytes, '.', n) : NULL;
    uint32_t skipped = dot ? (uint32_t)(dot - bytes) + 1 : 0;
    uint32_t schema = tl_sql_name_exact(p->names, bytes + skipped, n - skipped);
    uint32_t database = dot ? tl_sql_name_exact(p->names, bytes, skipped - 1) : 0;
    tl_parse_append(p, &list, make_place(p, value->at, schema, database));
    p->now += 3;
    return make_path(p, at, list.first, false);
}

static bool is_dataset(const struct tl_sql_parser *p)
{
    static const char word[] = "@@dataset_id";
    const struct tl_sql_token *t = p->now;

    return t->kind == TL_T_PARAMETER && t[1].kind == TL_T_EQUAL &&
           t[2].kind == TL_T_TEXT && t[2].value > t[2].at + 2 &&
           t->value - t->at == sizeof word - 1 &&
           strncasecmp(p->lexer.text + t->at, word, sizeof word - 1) == 0;
}

/* set [local | session] search_path ...; any other set moves nothing. */
static uint32_t parse_set(struct tl_sql_parser *p)
{
    const struct tl_sql_token *began = p->now;
    bool is_local = false;

    p->now++;
    if (is_dataset(p))
        return parse_dataset(p, began->at);
    if (tl_parse_is_word(p, TL_K_LOCAL) || tl_parse_is_word(p, TL_K_SESSION)) {
        is_local = tl_parse_is_word(p, TL_K_LOCAL);
        p->now++;
    }
    if (tl_parse_accept_word(p, TL_K_SEARCH_PATH))
        return parse_search_path(p, began->at, is_local);
    if (tl_parse_is_word(p, TL_K_SCHEMA) && p->now[1].kind == TL_T_TEXT) {
        struct tl_parse_list list = { 0 };
        const struct tl_sql_token *name = ++p->now;

        add_places(p, &list, name->at, p->lexer.text + name->at + 1,
                   name->value - name->at - 2);
        p->now++;
        return make_path(p, began->at, list.first, is_local);
    }
    if (tl_parse_is_word(p, TL_K_SCHEMA) && p->now[1].kind == TL_T_EQUAL) {
        p->now++; /* DuckDB: set schema = 's' */
        return parse_search_path(p, began->at, false);
    }
    p->now = began;
    return 0;
}

/* reset search_path, reset all, discard all */
static uint32_t parse_reset(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;

    if (p->now[1].word != TL_K_SEARCH_PATH && p->now[1].word != TL_K_ALL)
        return 0;
    tl_parse_go_to_end(p);
    return make_path(p, at, 0, false);
}

/* use [catalog | database | schema] a[.b]; roles and warehouses hold no names. */
static uint32_t parse_use(struct tl_sql_parser *p)
{
    uint32_t at = p->now->at;
    bool is_database = (p->traits->writing & TL_SQL_USE_DATABASE) != 0;
    const struct tl_sql_token *what = ++p->now;

    if (tl_parse_is_name(p, what + 1) || what[1].kind == TL_T_TEXT) {
        switch ((enum tl_sql_keyword)what->word) {
        case TL_K_ROLE:
        case TL_K_WAREHOUSE:
        case TL_K_SECONDARY:
            return tl_parse_other(p, at);
        case TL_K_CATALOG:
            is_database = true;
            p->now++;
            break;
        case TL_K_DATABASE:
            p->now++;
            break;
        case TL_K_SCHEMA:
        case TL_K_NAMESPACE:
            is_database = false;
            p->now++;
            break;
        default:
            break;
        }
    }
    uint32_t named = tl_parse_table_name(p);
    const struct tl_sql_node *node = tl_parse_get(p, named);
    uint32_t schema = node->b || !is_database ? node->name : 0;
    uint32_t database = node->b ? node->b : is_database ? node->name : 0;
    if (p->failed)
        return 0;
    return make_path(p, at, make_place(p, at, schema, database), false);
}

/* select [pg_catalog.]set_config('search_path', 'a, b', false) */
static uint32_t parse_set_config(struct tl_sql_parser *p)
{
    static const char path[] = "'search_path'";
    const struct tl_sql_token *t = p->now + 1;
    struct tl_parse_list list = { 0 };

    if (t->kind == TL_T_WORD && t[1].kind == TL_T_DOT)
        t += 2;
    if (t->kind != TL_T_WORD || t[1].kind != TL_T_OPEN || t[2].kind != TL_T_TEXT ||
        t[2].value - t[2].at != sizeof path - 1 ||
        memcmp(p->lexer.text + t[2].at, path, sizeof path - 1) != 0 ||
        strcasecmp(tl_sql_name_text(p->names, t->value), "set_config") != 0 ||
        t[3].kind != TL_T_COMMA || t[4].kind != TL_T_TEXT)
        return 0;
    uint32_t at = p->now->at;
    add_places(p, &list, t[4].at, p->lexer.text + t[4].at + 1, t[4].value - t[4].at - 2);
    tl_parse_go_to_end(p);
    return make_path(p, at, list.first, false);
}

uint32_t tl_parse_session(struct tl_sql_parser *p)
{
    switch ((enum tl_sql_keyword)p->now->word) {
    case TL_K_TRUNCATE:
        return parse_truncate(p);
    case TL_K_SET:
        return parse_set(p);
    case TL_K_USE:
        return parse_use(p);
    case TL_K_RESET:
    case TL_K_DISCARD:
        return parse_reset(p);
    case TL_K_SELECT:
        return parse_set_config(p);
    default:
        return parse_transaction(p);
    }
}
