/*
 * Which columns of the log's graph a person means. The graph holds also what no source has and only SQL names; the belief also what nothing flows
 * into or out of: both are looked through. SQL's own way of writing it ("core.users.email", raw."Odd.Name") is read where a key of that name is not there.
 */
#include "cli/lineage_walk.h"
#include "cli/show.h"

#include <string.h>
#include <strings.h>

enum { SHOWN_CANDIDATES = 8, MOST_PARTS = 12, MOST_LEVELS = 4 };

/* Levels from the right. */
static bool ends_in(const struct tl_key_pattern *key, const struct tl_key_pattern *end)
{
    if (end->n_levels > key->n_levels)
        return false;
    for (unsigned i = 0; i < end->n_levels; i++)
        if (strcmp(key->levels[i], end->levels[i]) != 0)
            return false;
    return true;
}

static const char *whole_name(const struct tl_showing *showing, const char *dataset,
                              const char *field)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, dataset);
    if (field) {
        tl_str_add_char(&text, '#');
        tl_name_encode(&text, field);
    }
    const char *name =
        tl_key_text_readable(tl_arena_dup(showing->ctx->arena, text.text, text.n),
                             showing->ctx);
    tl_str_release(&text);
    return name;
}

struct search {
    struct tl_key_pattern pattern;
    struct tl_walk_columns *out;
    const char *names[SHOWN_CANDIDATES];
    size_t n; /* that fit */
};

/* A record that no edge names as a whole, but some of whose fields are named. */
static bool add_fields(struct tl_walk_columns *out, const struct tl_showing *showing,
                       const struct tl_graph_dataset_view *view, const char *record)
{
    size_t n = strlen(record), before = out->items.n;

    for (uint32_t c = 0; c < view->n_columns; c++) {
        struct tl_graph_node column;

        tl_graph_node(&column, showing->graph, view->columns[c]);
        if (strncmp(column.path, record, n) == 0 && column.path[n] == '.')
            tl_vec_push(&out->items, view->columns[c]);
    }
    return out->items.n > before;
}

static void search_dataset(struct search *search, const struct tl_showing *showing,
                           const struct tl_graph_dataset_view *view)
{
    const char *field = search->pattern.field;
    struct tl_walk_columns found = { 0 };
    struct tl_node_id node;

    if (!field) {
        for (uint32_t c = 0; c < view->n_columns; c++)
            tl_vec_push(&found.items, view->columns[c]);
    } else if ((node = tl_graph_find(showing->graph, view->dataset.key, field)).i !=
               TL_NO_NODE) {
        tl_vec_push(&found.items, node);
    } else if (!add_fields(&found, showing, view, field)) {
        return;
    }
    if (search->n < SHOWN_CANDIDATES)
        search->names[search->n] = whole_name(showing, view->dataset.key, field);
    if (search->n++ == 0) {
        tl_vec_release(&search->out->items);
        *search->out = found;
    } else {
        tl_vec_release(&found.items);
    }
}

/* All that edges or tags name. */
static void search_graph(struct search *search, const struct tl_showing *showing)
{
    struct tl_ctx *ctx = showing->ctx;

    search->n = 0;
    for (uint32_t d = 0; d < tl_graph_datasets(showing->graph); d++) {
        struct tl_graph_dataset_view view;
        struct tl_key_pattern key;

        tl_graph_dataset(&view, showing->graph, d);
        if (tl_key_parse(&key, view.dataset.key, ctx) < 0)
            tl_error_clear(&ctx->error); /* a key of another make */
        else if (ends_in(&key, &search->pattern))
            search_dataset(search, showing, &view);
    }
}

static bool is_found(struct search *search, const struct tl_showing *showing)
{
    struct tl_belief_hit hit;

    search_graph(search, showing);
    return search->n || tl_belief_search(&hit, 1, showing->belief, &search->pattern);
}

/* ---- as SQL writes it ---- */

struct parts {
    const char *items[MOST_PARTS];
    unsigned n;
};

/* core.users."Odd.Name" in its words, without their quotes. False: it is not written so. */
static bool split(struct parts *out, const char *text, struct tl_ctx *ctx)
{
    const char *at = text;

    for (out->n = 0; out->n < MOST_PARTS;) {
        struct tl_str word = TL_STR_INIT(1 << 16);
        bool is_quoted = *at == '"', is_closed = !is_quoted;

        for (at += is_quoted; *at && (is_quoted ? !is_closed : *at != '.'); at++) {
            if (!is_quoted || *at != '"' || *++at == '"')
                tl_str_add_char(&word, *at);
            else {
                is_closed = true;
                break;
            }
        }
        bool is_word = is_closed && (word.n || is_quoted) && (!*at || *at == '.');
        out->items[out->n++] = tl_arena_dup(ctx->arena, word.text, word.n);
        tl_str_release(&word);
        if (!is_word || !*at)
            return is_word && out->n > 1;
        at++;
    }
    return false;
}

/* The first `n_levels` words are the dataset's, the others its column and places within. */
static void lay_pattern(struct tl_key_pattern *out, const struct parts *parts,
                        unsigned n_levels, struct tl_ctx *ctx)
{
    *out = (struct tl_key_pattern){ .n_levels = n_levels };
    for (unsigned i = 0; i < n_levels; i++)
        out->levels[i] = parts->items[n_levels - 1 - i];
    for (unsigned i = n_levels; i < parts->n; i++)
        out->field =
            out->field ? tl_arena_printf(ctx->arena, "%s.%s", out->field, parts->items[i])
                       : parts->items[i];
}

static bool find_as_sql(struct search *search, const struct tl_showing *showing,
                        const char *text)
{
    struct parts parts;

    if (strpbrk(text, "/#") && !strchr(text, '"'))
        return false;
    if (!split(&parts, text, showing->ctx))
        return false;
    for (unsigned n = parts.n; n > 0; n--) {
        /* A column of all levels before it first, then all of it as a dataset. */
        unsigned n_levels = n == 1 ? parts.n : n - 1;

        if (n_levels > MOST_LEVELS)
            continue;
        lay_pattern(&search->pattern, &parts, n_levels, showing->ctx);
        if (is_found(search, showing))
            return true;
    }
    return false;
}

/* ---- what was asked for ---- */

/* The dataset that was likely meant. */
static void hint_dataset(const struct tl_showing *showing,
                         const struct tl_key_pattern *pattern)
{
    const struct tl_belief *belief = showing->belief;
    struct tl_ctx *ctx = showing->ctx;

    for (uint32_t d = 0; pattern->n_levels && d < belief->n_datasets; d++) {
        const char *name = tl_belief_text(belief, belief->datasets[d].name);
        struct tl_belief_hit hit = { &belief->datasets[d], NULL };

        if (strcasecmp(name, pattern->levels[0]) == 0 ||
            tl_nearest(pattern->levels[0], &name, 1)) {
            tl_hint(ctx, "did you mean '%s'?", tl_hit_text(belief, &hit, ctx));
            return;
        }
    }
    tl_hint(ctx,
            "a column is written DATASET#FIELD, for instance users#email; SQL is read "
            "from files and folders");
}

/* The belief is less strict about capitals: what it means is looked for in the graph by its own name. */
static void search_meant(struct search *search, const struct tl_showing *showing,
                         const struct tl_belief_hit *hit)
{
    struct tl_key key = tl_belief_key(showing->belief, hit->dataset);
    const char *levels[] = { key.dataset, key.schema, key.database, key.source };

    search->pattern = (struct tl_key_pattern){ 0 };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i])
            search->pattern.levels[search->pattern.n_levels++] = levels[i];
    if (hit->column)
        search->pattern.field = tl_belief_text(showing->belief, hit->column->path);
    search_graph(search, showing);
}

/* What the graph lacks, the log may know: a column that nothing flows into or out of. */
static int find_in_belief(struct search *search, const struct tl_showing *showing,
                          const char *text)
{
    const struct tl_key_pattern *pattern = &search->pattern;
    struct tl_belief_hit hit;
    struct tl_ctx *ctx = showing->ctx;

    if (pattern->field) {
        int rc = tl_find_pattern(&hit, showing->belief, pattern, text, ctx);
        if (rc < 0)
            return rc;
    } else {
        size_t n = tl_belief_search(&hit, 1, showing->belief, pattern);
        if (n > 1) {
            tl_hint(ctx, "write more of its levels, for instance '%s'",
                    tl_hit_text(showing->belief, &hit, ctx));
            return tl_fail(ctx, TL_EUSAGE, "'%s' may be any of %zu datasets", text, n);
        }
        if (n == 0) {
            hint_dataset(showing, pattern);
            return tl_fail(ctx, TL_ENOTFOUND, "there is no file and no dataset '%s'",
                           text);
        }
    }
    search_meant(search, showing, &hit);
    return TL_OK;
}

/* Another one of that name, that nothing flows into or out of. */
static bool is_more_in_belief(const struct search *search,
                              const struct tl_showing *showing)
{
    struct tl_belief_hit hit;

    return tl_belief_search(&hit, 1, showing->belief, &search->pattern) > 1;
}

int tl_walk_find(struct tl_walk_columns *out, const struct tl_showing *showing,
                 const char *text)
{
    struct search search = { .out = out };
    struct tl_ctx *ctx = showing->ctx;
    struct tl_key_pattern typed;
    int rc = tl_key_parse(&typed, text, ctx);

    search.pattern = typed;
    if (rc < 0 || !is_found(&search, showing)) {
        struct tl_error error = ctx->error;

        tl_error_clear(&ctx->error);
        if (find_as_sql(&search, showing, text)) {
            rc = TL_OK;
        } else if (rc < 0) {
            ctx->error = error;
            return rc;
        } else {
            search.pattern = typed;
        }
    }
    if (search.n == 0 || (search.n == 1 && is_more_in_belief(&search, showing)))
        return find_in_belief(&search, showing, text);
    if (search.n == 1)
        return TL_OK;
    if (search.pattern.field)
        return tl_ambiguous(text, search.names, search.n, SHOWN_CANDIDATES, ctx);
    tl_hint(ctx, "write one of: %s, %s%s", search.names[0], search.names[1],
            search.n > 2 ? " ..." : "");
    return tl_fail(ctx, TL_EUSAGE, "'%s' may be any of %zu datasets", text, search.n);
}
