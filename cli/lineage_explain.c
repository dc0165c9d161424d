/*
 * The clauses that make each edge, underlined in their lines of SQL, from what the statement gives inward; where a reference does nothing but hand
 * on, its place is told. Edges that go the same way stand above it together. What is shown of the text is its tokens, literals as placeholders;
 * comments and whatever is no token do not leave.
 */
#include "cli/lineage.h"

#include "base/say.h"
#include "cli/show.h"

#include <stdlib.h>
#include <string.h>

enum {
    WIDTH_WHERE_NONE = 120, /* of a line of SQL where no terminal says its own */
    GUTTER = 9,             /* "  1234 | " */
    LINES_IN_WHOLE = 4, /* a longer clause is shown where it begins and is referred to */
    TAB = 4,
    STEPS_AT_EITHER_END = 12 /* of a longer way what lies between is left out */
};

enum mark { PLAIN, IN_CLAUSE, IN_REFERENCE };

/* A character as it is shown. */
struct cell {
    const char *bytes;
    uint8_t n, width, mark;
};

struct reference {
    uint32_t at, n;
};

/* A clause on the way. */
struct link {
    struct tl_sql_spot clause;
    uint32_t from; /* where its statement begins */
    uint32_t line, column;
    TL_VEC(struct reference) references;
    bool is_shown; /* else its place is told */
    bool is_behind_gap;
};

/* Edges of one way, from the outermost clause inward. */
struct group {
    struct link *links;
    size_t n;
    TL_VEC(const struct tl_sql_edge *) edges;
};

struct explainer {
    struct tl_sql_clauses *clauses;
    const struct tl_lineage_file *file;
    const struct tl_ctx *ctx;
    struct tl_str *out;
    TL_VEC(struct group) groups;
    struct tl_map by_way;
    TL_VEC(struct link) way;   /* of the edge at hand */
    TL_VEC(struct cell) cells; /* of one line */
    struct tl_str escaped;     /* what stands for characters that must not be shown */
    const struct tl_sql_statement *statement;
    struct tl_arena *arena;
};

/* ---- words ---- */

const char *tl_lineage_doubt(const struct tl_sql_edge *edge)
{
    if (edge->flags & TL_SQL_CANDIDATE)
        return "one of several columns that the name may mean";
    switch (edge->confidence) {
    case 1000:
        return NULL;
    case 950:
        return "the columns of its table are not known";
    case 900:
        return "no other table can be meant, but not all of them are known";
    case 800:
        return "a query around it has a table whose columns are not known, too";
    case 700:
        return "through a function that is not known";
    default:
        return "several doubts on the way";
    }
}

static void add_shown(struct tl_str *out, const char *text)
{
    tl_str_add_shown(out, text, strlen(text));
}

/* Where an edge leads, unless it is where the head says: a statement may write several tables. */
static const char *table_beside(struct explainer *e, const struct tl_sql_edge *edge)
{
    return edge->target == e->statement->target
               ? NULL
               : tl_lineage_table(e->file->result, edge->target, e->arena);
}

static void add_target(struct explainer *e, const struct tl_sql_edge *edge)
{
    struct tl_str *out = e->out;
    const char *table = table_beside(e, edge);

    if (!edge->target_column) {
        tl_str_add(out, table ? "(the rows of " : "(the rows");
        add_shown(out, table ? table : "");
        tl_str_add_char(out, ')');
        return;
    }
    add_shown(out, table ? table : "");
    tl_str_add(out, table ? "." : "");
    add_shown(out, edge->target_column);
    if (edge->target_path) {
        tl_str_add_char(out, ':');
        add_shown(out, edge->target_path);
    }
}

static void add_edge(struct explainer *e, const struct tl_sql_edge *edge)
{
    struct tl_str *out = e->out;
    const char *source = tl_lineage_table(e->file->result, edge->source, e->arena);
    const char *doubt = tl_lineage_doubt(edge);

    tl_str_addf(out, "  %s", tl_paint(e->ctx, TL_BOLD));
    add_target(e, edge);
    tl_str_addf(out, "%s <- ", tl_paint(e->ctx, TL_PLAIN));
    add_shown(out, source ? source : "");
    tl_str_add(out, source ? "." : "");
    add_shown(out, edge->source_column);
    if (edge->source_path) {
        tl_str_add_char(out, ':');
        add_shown(out, edge->source_path);
    }
    tl_str_addf(out, "  %s", tl_edge_kind_word(edge->kind));
    if (edge->effect)
        tl_str_addf(out, ", %s", tl_effect_word(edge->effect));
    if (edge->function)
        tl_str_addf(out, " (%s)", edge->function);
    if (edge->flags & TL_SQL_MAY)
        tl_str_add(out, ", on some way through the program alone");
    if (doubt)
        tl_str_addf(out, ", %s%u%%: %s%s", tl_paint(e->ctx, TL_YELLOW),
                    tl_percent(edge->confidence), doubt, tl_paint(e->ctx, TL_PLAIN));
    tl_str_add_char(out, '\n');
}

/* ---- characters of a line ---- */

static void add_cell(struct explainer *e, const char *bytes, size_t n, uint8_t mark)
{
    struct cell cell = { .bytes = bytes,
                         .n = (uint8_t)n,
                         .width = (uint8_t)tl_utf8_width(bytes, n),
                         .mark = mark };

    tl_vec_push(&e->cells, cell);
}

static void add_word(struct explainer *e, const char *word, uint8_t mark)
{
    for (; *word; word++)
        add_cell(e, word, 1, mark);
}

static uint8_t mark_of(const struct link *link, uint32_t at)
{
    for (size_t i = 0; i < link->references.n; i++) {
        const struct reference *reference = &link->references.items[i];
        if (at >= reference->at && at - reference->at < reference->n)
            return IN_REFERENCE;
    }
    return at >= link->clause.at && at - link->clause.at < link->clause.n ? IN_CLAUSE
                                                                          : PLAIN;
}

static bool is_same_name(const char *quoted, uint32_t n, const char *name)
{
    return name && n >= 2 && strlen(name) == n - 2 &&
           strncasecmp(quoted + 1, name, n - 2) == 0;
}

/* Whether what stands in double quotes is a name that the statement's edges bear: else it may be a text. */
static bool is_name(const struct tl_sql_result *result, const struct tl_sql_statement *s,
                    const char *quoted, uint32_t n)
{

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++) {
        const struct tl_sql_edge *edge = &result->edges[i];
        if (is_same_name(quoted, n, edge->target_column) ||
            is_same_name(quoted, n, edge->source_column) ||
            is_same_name(quoted, n, result->tables[edge->source].name))
            return true;
    }
    for (uint32_t i = s->first_output; i < s->first_output + s->n_outputs; i++)
        if (is_same_name(quoted, n, result->outputs[i].name))
            return true;
    return s->target != TL_SQL_NO_TABLE &&
           is_same_name(quoted, n, result->tables[s->target].name);
}

/* A character of a token, escaped where it must not reach a terminal. */
static size_t add_character(struct explainer *e, const char *bytes, size_t n,
                            uint8_t mark)
{
    size_t step = tl_utf8_step(bytes, n);
    size_t taken = step ? step : 1;

    tl_str_clear(&e->escaped);
    tl_str_add_shown(&e->escaped, bytes, taken);
    if (step && e->escaped.n == step && memcmp(e->escaped.text, bytes, step) == 0)
        add_cell(e, bytes, step, mark);
    else
        add_word(e, tl_arena_strdup(e->arena, e->escaped.text), mark);
    return taken;
}

/* What was resolved as a reference is a name, whatever its quotes. */
static bool may_show(const struct explainer *e, const struct tl_sql_piece *piece,
                     const struct link *link)
{
    return piece->kind == TL_SQL_SHOWN ||
           (piece->kind == TL_SQL_IN_DOUBT &&
            (mark_of(link, piece->at) == IN_REFERENCE ||
             is_name(e->file->result, e->statement, e->file->text + piece->at,
                     piece->n)));
}

/* Of a literal that begins so. */
static const char *placeholder(char first)
{
    return (first >= '0' && first <= '9') || first == '.' ? "?" : "'?'";
}

static void add_piece(struct explainer *e, const struct tl_sql_piece *piece,
                      const struct tl_sql_line *line, const struct link *link)
{
    const char *text = e->file->text;
    uint32_t at = piece->at > line->at ? piece->at : line->at;
    uint32_t end = piece->at + piece->n;

    if (!may_show(e, piece, link)) {
        if (piece->at < line->at)
            return; /* stands in the line where it begins */
        add_word(e, placeholder(text[piece->at]), mark_of(link, piece->at));
        return;
    }
    if (end > line->at + line->n)
        end = line->at + line->n;
    while (at < end)
        at += (uint32_t)add_character(e, text + at, end - at, mark_of(link, at));
}

/* Blanks stay, a comment becomes one. */
static void add_gap(struct explainer *e, uint32_t from, uint32_t to,
                    const struct link *link)
{
    const char *text = e->file->text;
    bool is_blank = true;

    for (uint32_t i = from; i < to; i++)
        is_blank = is_blank && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r');
    if (!is_blank) {
        add_word(e, " ", mark_of(link, from));
        return;
    }
    for (uint32_t i = from; i < to; i++)
        for (unsigned k = 0; k < (text[i] == '\t' ? TAB : 1); k++)
            add_word(e, " ", mark_of(link, i));
}

/* Where in `pieces` the first stands that ends behind a byte. */
static size_t first_behind(const struct tl_sql_piece *pieces, size_t n, uint32_t byte)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].at + pieces[middle].n <= byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void lay_line(struct explainer *e, const struct tl_sql_line *line,
                     const struct link *link)
{
    const struct tl_sql_piece *pieces;
    size_t n = tl_sql_clauses_pieces(&pieces, e->clauses);
    uint32_t at = line->at;

    e->cells.n = 0;
    for (size_t i = first_behind(pieces, n, line->at);
         i < n && pieces[i].at < line->at + line->n; i++) {
        if (pieces[i].at > at)
            add_gap(e, at, pieces[i].at, link);
        add_piece(e, &pieces[i], line, link);
        at = pieces[i].at + pieces[i].n;
    }
    while (e->cells.n && *e->cells.items[e->cells.n - 1].bytes == ' ')
        e->cells.n--;
}

/* ---- lines ---- */

/* What of a line that is too long is shown: where the clause begins, or better where it is referred to. */
static void find_window(size_t *first, size_t *behind, const struct explainer *e,
                        size_t room)
{
    const struct cell *cells = e->cells.items;
    size_t n = e->cells.n, width = 0, start = n, end = 0;

    for (size_t i = 0; i < n; i++)
        width += cells[i].width;
    *first = 0;
    *behind = n;
    if (width <= room)
        return;
    for (size_t i = 0; i < n; i++) {
        if (cells[i].mark != PLAIN && start == n)
            start = i;
        if (cells[i].mark == IN_REFERENCE && end == 0)
            end = i + 1;
    }
    if (start == n)
        start = 0;
    if (end > start + room * 2 / 3) /* the clause's beginning is too far away */
        start = end - room / 3;
    size_t lead = start < room / 4 ? start : room / 4;
    *first = start - lead;
    size_t used = 0, i = *first;
    for (; i < n && used + cells[i].width <= room; i++)
        used += cells[i].width;
    *behind = i;
}

static void put_cells(struct explainer *e, size_t first, size_t behind)
{
    bool is_bold = false;

    for (size_t i = first; i < behind; i++) {
        const struct cell *cell = &e->cells.items[i];
        if ((cell->mark == IN_REFERENCE) != is_bold) {
            is_bold = !is_bold;
            tl_str_add(e->out, tl_paint(e->ctx, is_bold ? TL_CYAN : TL_PLAIN));
        }
        tl_str_add_bytes(e->out, cell->bytes, cell->n);
    }
    if (is_bold)
        tl_str_add(e->out, tl_paint(e->ctx, TL_PLAIN));
}

static void put_underline(struct explainer *e, size_t first, size_t behind)
{
    size_t last = behind;

    while (last > first && e->cells.items[last - 1].mark == PLAIN)
        last--;
    tl_str_addf(e->out, "%*s| %s", GUTTER - 2, "", tl_paint(e->ctx, TL_CYAN));
    if (first)
        tl_str_add(e->out, "   ");
    for (size_t i = first; i < last; i++)
        for (unsigned k = 0; k < e->cells.items[i].width; k++)
            tl_str_add_char(e->out, " ~^"[e->cells.items[i].mark]);
    tl_str_addf(e->out, "%s\n", tl_paint(e->ctx, TL_PLAIN));
}

static size_t width_of_lines(const struct explainer *e)
{
    return e->ctx->say->width ? (size_t)e->ctx->say->width : WIDTH_WHERE_NONE;
}

static void put_line(struct explainer *e, const struct tl_sql_line *line,
                     const struct link *link)
{
    size_t width = width_of_lines(e);
    size_t room = width > GUTTER + 26 ? width - GUTTER - 6 : 20, first, behind;

    lay_line(e, line, link);
    if (e->cells.n == 0)
        return;
    find_window(&first, &behind, e, room);
    tl_str_addf(e->out, "%s%6u |%s ", tl_paint(e->ctx, TL_DIM), (unsigned)line->number,
                tl_paint(e->ctx, TL_PLAIN));
    tl_str_add(e->out, first ? "..." : "");
    put_cells(e, first, behind);
    tl_str_add(e->out, behind < e->cells.n ? "...\n" : "\n");
    put_underline(e, first, behind);
}

static bool has_reference(const struct link *link, const struct tl_sql_line *line)
{
    for (size_t i = 0; i < link->references.n; i++)
        if (link->references.items[i].at >= line->at &&
            link->references.items[i].at < line->at + line->n)
            return true;
    return false;
}

static void put_clause(struct explainer *e, const struct link *link)
{
    uint32_t end = link->clause.at + link->clause.n;
    struct tl_sql_line first = tl_sql_clauses_line(e->clauses, link->clause.at);
    struct tl_sql_line last = tl_sql_clauses_line(e->clauses, end - 1);
    bool shows_all = last.number - first.number < LINES_IN_WHOLE, was_left_out = false;

    for (struct tl_sql_line line = first;;) {
        if (shows_all || line.number == first.number || has_reference(link, &line)) {
            if (was_left_out)
                tl_str_addf(e->out, "%*s...\n", GUTTER - 4, "");
            put_line(e, &line, link);
            was_left_out = false;
        } else {
            was_left_out = true;
        }
        if (line.number == last.number)
            break;
        /* The next one begins behind a line feed, and behind a carriage return before it. */
        uint32_t next = line.at + line.n;
        while (next < end && e->file->text[next] != '\n')
            next++;
        line = tl_sql_clauses_line(e->clauses, next + 1);
    }
}

/* ---- ways ---- */

/* The statement that has a byte: what a temporary table was filled by stands in an earlier one. */
static uint32_t begin_of_statement(const struct tl_sql_result *result, uint32_t byte)
{
    uint32_t low = 0, high = result->n_statements;

    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (result->statements[middle].at <= byte)
            low = middle;
        else
            high = middle;
    }
    return result->statements[low].at;
}

static bool add_link(struct explainer *e, uint32_t line, uint32_t column,
                     const struct tl_sql_edge *edge)
{
    struct link link = { .line = line, .column = column };
    uint32_t at = tl_sql_clauses_byte(e->clauses, line, column);

    link.from = begin_of_statement(e->file->result, at);
    if (!tl_sql_spot_find(&link.clause, e->clauses, link.from, at,
                          (enum tl_edge_kind)edge->kind))
        return false;
    if (e->way.n) {
        const struct tl_sql_spot *before = &e->way.items[e->way.n - 1].clause;

        if (before->at == link.clause.at && before->n == link.clause.n)
            return true;
    }
    link.is_shown = link.clause.n > link.clause.n_reference;
    tl_vec_push(&e->way, link);
    return true;
}

/* What is underlined where no clause does more than hand on: the outermost one that names the column, else the outermost. */
static void show_one(struct explainer *e)
{
    size_t shown = 0;

    for (size_t i = 0; i < e->way.n; i++)
        if (e->way.items[i].is_shown)
            return;
    while (
        shown < e->way.n &&
        e->file->text[e->way.items[shown].clause.at + e->way.items[shown].clause.n - 1] ==
            '*')
        shown++;
    if (e->way.n)
        e->way.items[shown < e->way.n ? shown : 0].is_shown = true;
}

static void find_way(struct explainer *e, const struct tl_sql_edge *edge)
{
    const struct tl_sql_result *result = e->file->result;
    uint32_t i = (uint32_t)(edge - result->edges);
    uint32_t first = result->first_steps[i], n = result->first_steps[i + 1] - first;

    e->way.n = 0;
    for (uint32_t k = 0; k < n; k++) {
        if (k == STEPS_AT_EITHER_END && n > 2 * STEPS_AT_EITHER_END)
            k = n - STEPS_AT_EITHER_END;
        size_t before = e->way.n;
        add_link(e, result->steps[first + k].line, result->steps[first + k].column, edge);
        if (k == n - STEPS_AT_EITHER_END && e->way.n > before)
            e->way.items[before].is_behind_gap = n > 2 * STEPS_AT_EITHER_END;
    }
    show_one(e);
}

static struct group *group_of_way(struct explainer *e)
{
    size_t n = e->way.n, bytes = (n * 2 + 1) * sizeof(uint32_t);
    uint32_t *key = tl_arena_alloc(e->arena, n * 2 + 1, sizeof *key), at;

    for (size_t i = 0; i < n; i++) {
        key[i * 2] = e->way.items[i].clause.at;
        key[i * 2 + 1] = e->way.items[i].clause.n;
    }
    if (tl_map_get(&e->by_way, key, bytes, &at))
        return &e->groups.items[at];
    at = (uint32_t)e->groups.n;
    tl_map_put(&e->by_way, key, bytes, at);
    struct group group = { .links = tl_arena_alloc(e->arena, n + 1, sizeof *group.links),
                           .n = n };
    for (size_t i = 0; i < n; i++)
        group.links[i] = e->way.items[i];
    tl_vec_push(&e->groups, group);
    return &e->groups.items[at];
}

static void add_reference(struct link *link, const struct tl_sql_spot *clause)
{
    struct reference reference = { clause->reference, clause->n_reference };

    for (size_t i = 0; i < link->references.n; i++)
        if (link->references.items[i].at == reference.at)
            return;
    tl_vec_push(&link->references, reference);
}

static void group_edge(struct explainer *e, const struct tl_sql_edge *edge)
{
    find_way(e, edge);
    struct group *group = group_of_way(e);
    tl_vec_push(&group->edges, edge);
    for (size_t i = 0; i < group->n; i++)
        add_reference(&group->links[i], &e->way.items[i].clause);
}

static void forget_groups(struct explainer *e)
{
    for (size_t i = 0; i < e->groups.n; i++) {
        struct group *group = &e->groups.items[i];

        for (size_t k = 0; k < group->n; k++)
            tl_vec_release(&group->links[k].references);
        tl_vec_release(&group->edges);
    }
    tl_vec_release(&e->groups);
    tl_map_release(&e->by_way);
}

/* "email (3:31)" */
static void add_place(struct tl_str *out, const struct explainer *e,
                      const struct link *link)
{
    const struct tl_sql_spot *clause = &link->clause;

    tl_str_add_shown(out, e->file->text + clause->reference, clause->n_reference);
    tl_str_addf(out, " (%u:%u)", (unsigned)link->line, (unsigned)link->column);
}

/* References that only hand on, from the one at `i` to before the next that is underlined. How many. */
static size_t put_places(struct explainer *e, const struct group *group, size_t i)
{
    struct tl_str place = TL_STR_INIT(1 << 20);
    size_t first = i, width = width_of_lines(e), used = GUTTER + 8;

    tl_str_addf(e->out, "%s%*s= through ", tl_paint(e->ctx, TL_DIM), GUTTER - 2, "");
    for (; i < group->n && !group->links[i].is_shown; i++) {
        tl_str_clear(&place);
        if (group->links[i].is_behind_gap)
            tl_str_add(&place, "..., ");
        add_place(&place, e, &group->links[i]);
        size_t own = tl_utf8_width(place.text, place.n);
        if (i > first && used + own + 2 > width) {
            tl_str_addf(e->out, ",\n%*s", GUTTER + 8, "");
            used = GUTTER + 8;
        } else if (i > first) {
            tl_str_add(e->out, ", ");
            used += 2;
        }
        tl_str_add_bytes(e->out, place.text, place.n);
        used += own;
    }
    tl_str_addf(e->out, "%s\n", tl_paint(e->ctx, TL_PLAIN));
    tl_str_release(&place);
    return i - first;
}

static void put_group(struct explainer *e, const struct group *group)
{
    struct tl_sql_spot again;

    for (size_t i = 0; i < group->edges.n; i++)
        add_edge(e, group->edges.items[i]);
    for (size_t i = 0; i < group->n;) {
        const struct link *link = &group->links[i];

        /* The tokens of its statement may have been left since, for those of a body. */
        if (!link->is_shown)
            i += put_places(e, group, i);
        else if (i++, tl_sql_spot_find(&again, e->clauses, link->from,
                                       link->clause.reference, TL_IDENTITY))
            put_clause(e, link);
    }
}

/* ---- statements ---- */

static void put_head(struct explainer *e)
{
    const struct tl_sql_statement *s = e->statement;
    const char *target = tl_lineage_table(e->file->result, s->target, e->arena);
    const char *word = tl_sql_statement_word(s->kind);

    if (e->out->n)
        tl_str_add_char(e->out, '\n');
    tl_str_add(e->out, tl_paint(e->ctx, TL_BOLD));
    add_shown(e->out, e->file->path);
    tl_str_addf(e->out, ":%u:%u%s  ", (unsigned)s->line, (unsigned)s->column,
                tl_paint(e->ctx, TL_PLAIN));
    for (; *word; word++)
        tl_str_add_char(e->out, *word == '_' ? ' ' : *word);
    if (target) {
        tl_str_add_char(e->out, ' ');
        add_shown(e->out, target);
    }
    tl_str_add_char(e->out, '\n');
}

static void explain_statement(struct explainer *e, const struct tl_lineage *lineage)
{
    const struct tl_sql_statement *s = e->statement;
    bool has_head = false;

    for (uint32_t i = s->first_edge; i < s->first_edge + s->n_edges; i++) {
        const struct tl_sql_edge *edge = &e->file->result->edges[i];
        if (!tl_lineage_is_asked(lineage, e->file->result, edge, e->arena))
            continue;
        if (!has_head)
            put_head(e);
        has_head = true;
        group_edge(e, edge);
    }
    for (size_t g = 0; g < e->groups.n; g++)
        put_group(e, &e->groups.items[g]);
    forget_groups(e);
}

/* ---- JSON ---- */

/* Tokens of the clause, literals as placeholders. */
static void add_clause(struct tl_str *shown, struct explainer *e, const struct link *link)
{
    const struct tl_sql_spot *spot = &link->clause;
    const struct tl_sql_piece *pieces;
    struct tl_sql_spot again;

    tl_str_clear(shown);
    if (!tl_sql_spot_find(&again, e->clauses, link->from, spot->reference, TL_IDENTITY))
        return;
    size_t n = tl_sql_clauses_pieces(&pieces, e->clauses);
    for (size_t i = first_behind(pieces, n, spot->at);
         i < n && pieces[i].at < spot->at + spot->n; i++) {
        const char *bytes = e->file->text + pieces[i].at;

        if (shown->n && pieces[i - 1].at + pieces[i - 1].n < pieces[i].at)
            tl_str_add_char(shown, ' ');
        if (may_show(e, &pieces[i], link))
            tl_str_add_bytes(shown, bytes, pieces[i].n);
        else
            tl_str_add(shown, placeholder(*bytes));
    }
}

static void put_link(struct tl_json *json, struct explainer *e, const struct link *link)
{
    struct tl_str shown = TL_STR_INIT(TL_STR_MOST);

    add_clause(&shown, e, link);
    tl_json_put_text(json, "clause", link->clause.what);
    tl_json_key(json, "clause_sql");
    tl_json_bytes(json, shown.text, shown.n);
    tl_str_release(&shown);
}

void tl_lineage_put_clause(struct tl_json *json, struct tl_sql_clauses *clauses,
                           const struct tl_lineage_file *file,
                           const struct tl_sql_edge *edge)
{
    struct tl_arena *arena = tl_arena_open();
    struct explainer e = { .file = file,
                           .clauses = clauses,
                           .statement = &file->result->statements[edge->statement - 1],
                           .arena = arena };

    find_way(&e, edge);
    for (size_t i = 0; i < e.way.n; i++)
        add_reference(&e.way.items[i], &e.way.items[i].clause);
    for (size_t i = 0; i < e.way.n; i++)
        if (e.way.items[i].is_shown) {
            put_link(json, &e, &e.way.items[i]);
            break;
        }
    if (e.way.n > 1) {
        tl_json_key(json, "clauses");
        tl_json_array(json);
        for (size_t i = 0; i < e.way.n; i++) {
            tl_json_object(json);
            put_link(json, &e, &e.way.items[i]);
            tl_json_put_int(json, "column", e.way.items[i].column);
            tl_json_put_int(json, "line", e.way.items[i].line);
            tl_json_object_end(json);
        }
        tl_json_array_end(json);
    }
    for (size_t i = 0; i < e.way.n; i++)
        tl_vec_release(&e.way.items[i].references);
    tl_vec_release(&e.way);
    tl_arena_close(arena);
}

/* ---- files ---- */

struct digest {
    const char *text;
    size_t n;
    const char **problems;
    size_t n_problems;
};

static void *digest_file(const struct tl_lineage_file *file,
                         const struct tl_lineage *lineage, struct tl_arena *arena,
                         struct tl_ctx *ctx)
{
    struct digest *digest = tl_arena_alloc(arena, 1, sizeof *digest);
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    struct explainer e = { .file = file,
                           .ctx = ctx,
                           .out = &out,
                           .escaped = TL_STR_INIT(256),
                           .arena = ctx->scratch };

    digest->problems = tl_lineage_problems(&digest->n_problems, file, arena);
    if (file->result) {
        e.clauses = tl_sql_clauses_open(lineage->dialect);
        tl_sql_clauses_text(e.clauses, file->text, file->n);
        for (uint32_t i = 0; i < file->result->n_statements; i++) {
            e.statement = &file->result->statements[i];
            explain_statement(&e, lineage);
            tl_arena_reset(ctx->scratch);
        }
        tl_sql_clauses_close(e.clauses);
    }
    digest->text = tl_arena_dup(arena, out.text, out.n);
    digest->n = out.n;
    tl_vec_release(&e.cells);
    tl_vec_release(&e.way);
    tl_str_release(&e.escaped);
    tl_str_release(&out);
    return digest;
}

static int show_file(void *self, const void *of, struct tl_lineage *lineage,
                     struct tl_ctx *ctx)
{
    const struct digest *digest = of;
    bool *has_begun = self;

    (void)lineage;
    if (digest->n && *has_begun)
        fputc('\n', ctx->say->results);
    *has_begun = *has_begun || digest->n;
    fwrite(digest->text, 1, digest->n, ctx->say->results);
    if (digest->n_problems)
        fflush(ctx->say->results); /* words that follow stand below it */
    for (size_t i = 0; i < digest->n_problems; i++)
        tl_warn(ctx, "%s", digest->problems[i]);
    return TL_OK;
}

int tl_lineage_explain(struct tl_lineage *lineage, const struct tl_sql_paths *paths,
                       struct tl_ctx *ctx)
{
    bool has_begun = false;
    const struct tl_lineage_shower shower = { .digest = digest_file,
                                              .show = show_file,
                                              .self = &has_begun };

    return tl_lineage_read(lineage, paths, &shower, ctx);
}
