/*
 * Decisions that stand in a file: a spreadsheet that was filled in, YAML, or JSON lines. All rows are read and checked before anything is
 * said of any; one that is wrong keeps all from being recorded. A row that names the span it was written from is left out where another
 * decision stands now: its writer did not know that.
 */
#include "cli/review.h"

#include "base/file.h"
#include "base/json.h"
#include "base/say.h"
#include "base/yaml.h"
#include "cli/pipeline.h"
#include "cli/show.h"

#include <strings.h>

enum { TOLD_MOST = 20 };

enum field { FIELD_COLUMN, FIELD_TYPE, FIELD_DECISION, FIELD_WHY, FIELD_SPAN, FIELDS };

/* A decision as it was written, with the place of each of its parts. */
struct row {
    const char *text[FIELDS]; /* NULL or "": nothing */
    struct tl_mark at[FIELDS];
    struct tl_mark mark;
};

struct rows {
    TL_VEC(struct row) items;
};

static bool is_given(const struct row *row, enum field field)
{
    return row->text[field] && *row->text[field];
}

/* ---- names of fields ---- */

/* Two names of one field: the first counts where both are there. In a listing `why` is what the rules say, and `reason` a person's. */
static const struct {
    const char *name;
    enum field field;
    bool is_second;
} names[] = {
    { "key", FIELD_COLUMN, false },     { "column", FIELD_COLUMN, true },
    { "info_type", FIELD_TYPE, false }, { "info type", FIELD_TYPE, false },
    { "type", FIELD_TYPE, true },       { "decision", FIELD_DECISION, false },
    { "reason", FIELD_WHY, false },     { "why", FIELD_WHY, true },
    { "span", FIELD_SPAN, false },
};
enum { NAMES = sizeof names / sizeof *names };

static int name_of(const char *text)
{
    for (int i = 0; i < NAMES; i++)
        if (strcasecmp(names[i].name, text) == 0)
            return i;
    return -1;
}

/* ---- a spreadsheet ---- */

static int read_heading(int places[FIELDS], const struct tl_sheet *sheet,
                        const char *path, struct tl_ctx *ctx)
{
    int taken[FIELDS];

    for (int f = 0; f < FIELDS; f++)
        places[f] = taken[f] = -1;
    for (uint32_t i = 0; sheet->n && i < sheet->rows->n; i++) {
        const struct tl_sheet_cell *cell = &sheet->rows->cells[i];
        int name = name_of(cell->text);
        if (name < 0)
            continue;
        enum field field = names[name].field;
        if (taken[field] >= 0 && names[taken[field]].is_second == names[name].is_second)
            return tl_fail(ctx, TL_EUSAGE, "%s:%u:%u: a second column '%s'", path,
                           cell->line, cell->column, names[name].name);
        if (taken[field] >= 0 && names[name].is_second)
            continue;
        taken[field] = name;
        places[field] = (int)i;
    }
    if (places[FIELD_COLUMN] >= 0 && places[FIELD_DECISION] >= 0)
        return TL_OK;
    tl_hint(ctx, "its first row names the columns: column, info_type, decision, reason; "
                 "'tagline review --csv' writes such a file");
    return tl_fail(ctx, TL_EUSAGE, "%s:1:1: there is no column '%s'", path,
                   places[FIELD_COLUMN] < 0 ? "column" : "decision");
}

static int read_sheet(struct rows *out, const char *text, size_t n, const char *path,
                      struct tl_ctx *ctx)
{
    int places[FIELDS];
    struct tl_sheet sheet;
    int rc = tl_sheet_read(&sheet, text, n, path, ctx);

    if (rc == TL_OK)
        rc = read_heading(places, &sheet, path, ctx);
    for (size_t r = 1; rc == TL_OK && r < sheet.n; r++) {
        const struct tl_sheet_row *from = &sheet.rows[r];
        struct row row = { .mark = { from->line, 1 } };
        for (int f = 0; f < FIELDS; f++) {
            if (places[f] < 0 || places[f] >= (int)from->n)
                continue;
            const struct tl_sheet_cell *cell = &from->cells[places[f]];
            row.text[f] = cell->text;
            row.at[f] = (struct tl_mark){ cell->line, cell->column };
        }
        tl_vec_push(&out->items, row);
    }
    return rc;
}

/* ---- YAML and JSON lines ---- */

/* `yaml` NULL: the object is JSON, of which only the line is known. */
static int take_object(struct row *row, json_t *object, const struct tl_yaml *yaml,
                       const char *path, struct tl_ctx *ctx)
{
    int taken[FIELDS] = { -1, -1, -1, -1, -1 };
    const char *key;
    json_t *value;

    if (!json_is_object(object))
        return tl_fail(ctx, TL_EUSAGE,
                       "%s:%u:%u: a decision has column, decision, type "
                       "and why",
                       path, row->mark.line, row->mark.column);
    json_object_foreach(object, key, value)
    {
        int name = name_of(key);
        struct tl_mark at = yaml ? tl_yaml_at(yaml, object, key) : row->mark;
        if (name < 0 || json_is_null(value))
            continue;
        enum field field = names[name].field;
        if (!json_is_string(value))
            return tl_fail(ctx, TL_EUSAGE, "%s:%u:%u: '%s' is not a text", path, at.line,
                           at.column, key);
        if (taken[field] >= 0 && names[name].is_second)
            continue;
        taken[field] = name;
        row->text[field] = tl_arena_strdup(ctx->arena, json_string_value(value));
        row->at[field] = at;
    }
    return TL_OK;
}

static int read_yaml(struct rows *out, const char *text, size_t n, const char *path,
                     struct tl_ctx *ctx)
{
    struct tl_yaml yaml = { 0 };
    int rc = tl_yaml_parse(&yaml, text, n, path, ctx);

    if (rc == TL_OK && yaml.root && !json_is_array(yaml.root)) {
        tl_hint(ctx, "one decision is '- {column: users#email, decision: accept, type: "
                     "email_address, why: ...}'");
        rc = tl_fail(ctx, TL_EUSAGE, "%s:1:1: this is not a list of decisions", path);
    }
    for (size_t i = 0; rc == TL_OK && i < json_array_size(yaml.root); i++) {
        struct row row = { .mark = tl_yaml_item_at(&yaml, yaml.root, i) };
        rc = take_object(&row, json_array_get(yaml.root, i), &yaml, path, ctx);
        tl_vec_push(&out->items, row);
    }
    tl_yaml_release(&yaml);
    return rc;
}

static int read_json(struct rows *out, const char *text, size_t n, const char *path,
                     struct tl_ctx *ctx)
{
    unsigned line = 1;
    int rc = TL_OK;

    for (size_t at = 0; rc == TL_OK && at < n; line++) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t length = end ? (size_t)(end - text) - at : n - at;
        struct row row = { .mark = { line, 1 } };
        json_error_t error;
        bool is_empty = true;
        for (size_t i = 0; i < length; i++)
            is_empty = is_empty && strchr(" \t\r", text[at + i]) && text[at + i];
        if (!is_empty) {
            json_t *object =
                json_loadb(text + at, length, JSON_REJECT_DUPLICATES, &error);
            rc = object ? take_object(&row, object, NULL, path, ctx)
                        : tl_fail(ctx, TL_EUSAGE, "%s:%u:%d: this is no JSON object",
                                  path, line, error.column);
            json_decref(object);
            tl_vec_push(&out->items, row);
        }
        at += length + 1;
    }
    return rc;
}

static bool ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);

    return n > m && strcasecmp(path + n - m, end) == 0;
}

/* A name tells; where it does not, the first sign that is no blank. */
static int read_rows(struct rows *out, const char *path, const struct tl_str *text,
                     struct tl_ctx *ctx)
{
    const char *first = text->text + strspn(text->text, "\xef\xbb\xbf \t\r\n");
    bool is_item = *first == '-' && (first[1] == ' ' || first[1] == '\n');

    if (ends_in(path, ".yaml") || ends_in(path, ".yml") ||
        (!ends_in(path, ".csv") && (is_item || *first == '[')))
        return read_yaml(out, text->text, text->n, path, ctx);
    if (ends_in(path, ".json") || ends_in(path, ".jsonl") || *first == '{')
        return read_json(out, text->text, text->n, path, ctx);
    return read_sheet(out, text->text, text->n, path, ctx);
}

/* ---- what a row means ---- */

struct importing {
    struct tl_review *review;
    const char *path;
    struct tl_review_speech speech;
    struct tl_map datasets; /* key text -> place in the belief */
    struct tl_map tags;     /* column and type -> row that decided it */
    struct tl_map types;    /* column -> row that gave it a type */
    struct tl_engine_scratch *scratch;
    const struct rows *rows;
    size_t n_wrong, n_conflicts, n_open, n_masked;
};

static int fail_row(const struct importing *importing, const struct row *row,
                    enum field field, struct tl_ctx *ctx, const char *what,
                    const char *name)
{
    struct tl_mark at = row->at[field].line ? row->at[field] : row->mark;

    return tl_fail(ctx, TL_EUSAGE, "%s:%u:%u: %s%s%s%s", importing->path, at.line,
                   at.column, what, name ? " '" : "", name ? name : "", name ? "'" : "");
}

/* "accept", "reject", "set", "set household_id". */
static int read_decision(int *kind, const char **type, const struct importing *importing,
                         const struct row *row, struct tl_ctx *ctx)
{
    static const char *const words[] = { "accept", "reject", "set" };
    const char *text = row->text[FIELD_DECISION];
    size_t n = strcspn(text, " \t");

    *type = is_given(row, FIELD_TYPE) ? row->text[FIELD_TYPE] : NULL;
    for (*kind = 0; *kind < 3; ++*kind)
        if (strlen(words[*kind]) == n && strncasecmp(text, words[*kind], n) == 0)
            break;
    const char *more = text + n + strspn(text + n, " \t");
    if (*kind == 3 || (*more && *kind != TL_WORD_SET)) {
        const char *nearest = tl_nearest(text, words, 3);
        tl_hint(ctx, "did you mean '%s'? it is accept, reject or set TYPE",
                nearest ? nearest : "accept");
        return fail_row(importing, row, FIELD_DECISION, ctx, "there is no decision",
                        text);
    }
    if (*more)
        *type = more;
    if (*kind == TL_WORD_SET && !*type)
        return fail_row(importing, row, FIELD_DECISION, ctx, "'set' needs an info type",
                        NULL);
    return TL_OK;
}

/* By its whole key, as listings write it: a look-up. Else as a COLUMN argument: a search. */
static int find_column(struct tl_belief_hit *out, struct importing *importing,
                       const char *text, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = importing->review->belief;
    const char *hash = strchr(text, '#');
    struct tl_str field = TL_STR_INIT(TL_STR_MOST);
    uint32_t at;

    if (!importing->datasets.n) {
        struct tl_str key = TL_STR_INIT(TL_STR_MOST);
        for (uint32_t d = 0; d < belief->n_datasets; d++) {
            struct tl_key levels = tl_belief_key(belief, &belief->datasets[d]);
            tl_str_clear(&key);
            tl_key_add(&key, &levels);
            tl_map_put(&importing->datasets, tl_arena_dup(ctx->arena, key.text, key.n),
                       key.n, d);
        }
        tl_str_release(&key);
    }
    *out = (struct tl_belief_hit){ NULL, NULL };
    if (hash && tl_map_get(&importing->datasets, text, (size_t)(hash - text), &at) &&
        tl_name_decode(&field, hash + 1, strlen(hash + 1))) {
        out->dataset = &belief->datasets[at];
        out->column = tl_belief_column(belief, out->dataset, field.text);
    }
    tl_str_release(&field);
    return out->column ? TL_OK : tl_find_column(out, belief, text, ctx);
}

static const struct tl_belief_tag *tag_of_span(const struct tl_belief *belief,
                                               const struct tl_belief_hit *hit,
                                               const char *span)
{
    for (uint32_t t = 0; t < hit->column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[hit->column->first_tag + t];
        if (strcmp(tl_belief_text(belief, tag->span), span) == 0)
            return tag;
    }
    return NULL;
}

static void tell_conflict(struct importing *importing, const struct row *row,
                          const struct tl_belief_tag *tag, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = importing->review->belief;
    const char *actor = tag ? tl_belief_text(belief, tag->actor) : NULL;
    char when[21] = "";

    if (importing->n_conflicts++ >= TOLD_MOST)
        return;
    if (tag)
        tl_time_text(when, tag->since);
    if (!tag)
        tl_warn(ctx, "%s:%u: left out, as '%s' has no such tag any more", importing->path,
                row->mark.line, row->text[FIELD_COLUMN]);
    else
        tl_warn(ctx, "%s:%u: left out, as '%s' was decided anew meanwhile: %s %s%s%s, %s",
                importing->path, row->mark.line, row->text[FIELD_COLUMN],
                tl_belief_text(belief, tag->info_type), tl_state_word(tag->state),
                actor ? " by " : "", actor ? actor : "", when);
}

/* Whether another decision stands than the one that the row was written from. */
static bool is_overtaken(struct importing *importing, const struct row *row,
                         const struct tl_belief_hit *hit, const struct tl_belief_tag *tag,
                         int kind, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = importing->review->belief;
    const struct tl_belief_tag *from = tag_of_span(belief, hit, row->text[FIELD_SPAN]);

    if (kind == TL_WORD_SET ? from != NULL : from && from == tag)
        return false;
    if (!tag && hit->column->n_tags)
        tag = &belief->tags[hit->column->first_tag + hit->column->n_tags - 1];
    tell_conflict(importing, row, tag, ctx);
    return true;
}

/* Two rows that do not go together: what counted would be a matter of their order. `*is_double`: it says the same again. */
static int check_double(bool *is_double, struct importing *importing, uint32_t place,
                        const struct tl_belief_hit *hit, const char *type, int kind,
                        struct tl_ctx *ctx)
{
    const struct tl_belief *belief = importing->review->belief;
    const struct row *row = &importing->rows->items.items[place];
    uint32_t column = (uint32_t)(hit->column - belief->columns), before;
    const char *key = tl_arena_printf(ctx->arena, "%u %s", column, type);
    const char *own = tl_arena_printf(ctx->arena, "%u", column);

    *is_double = tl_map_get(&importing->tags, key, strlen(key), &before);
    if (*is_double && (before & 3) == (uint32_t)kind)
        return TL_OK;
    bool is_against = *is_double;
    if (!is_against && kind != TL_WORD_REJECT &&
        tl_map_get(&importing->types, own, strlen(own), &before))
        is_against = kind == TL_WORD_SET || (before & 3) == TL_WORD_SET;
    if (is_against)
        return fail_row(
            importing, row, FIELD_DECISION, ctx,
            tl_arena_printf(ctx->arena, "line %u decides otherwise on",
                            importing->rows->items.items[before >> 2].mark.line),
            row->text[FIELD_COLUMN]);
    tl_map_put(&importing->tags, key, strlen(key), place << 2 | (uint32_t)kind);
    if (kind != TL_WORD_REJECT)
        tl_map_put(&importing->types, own, strlen(own), place << 2 | (uint32_t)kind);
    return TL_OK;
}

static int take_reason(const char **out, struct importing *importing,
                       const struct row *row, struct tl_ctx *ctx)
{
    const char *why =
        is_given(row, FIELD_WHY) ? row->text[FIELD_WHY] : importing->review->options->why;

    if (!why || !why[strspn(why, " \t\r\n")]) {
        tl_hint(ctx, "fill in 'reason', or give --why for all rows that have none");
        return fail_row(importing, row, FIELD_WHY, ctx, "a person's word needs a reason",
                        NULL);
    }
    *out = tl_engine_fit(importing->review->engine, why, importing->scratch, ctx->arena);
    importing->n_masked += strcmp(*out, why) != 0;
    return TL_OK;
}

/* What the row is about. `*is_left_out`: nothing to say, for a reason that was told or counted. */
struct meaning {
    struct tl_belief_hit hit;
    const struct tl_belief_tag *tag;
    const struct tl_info_type *type;
    int kind;
};

static int understand(struct meaning *out, bool *is_left_out, struct importing *importing,
                      const struct row *row, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = importing->review->belief;
    const char *named;
    int rc;

    if (!is_given(row, FIELD_COLUMN))
        return fail_row(importing, row, FIELD_COLUMN, ctx, "there is no column", NULL);
    if ((rc = read_decision(&out->kind, &named, importing, row, ctx)) < 0)
        return rc;
    if (out->kind == TL_WORD_SET) {
        out->type = tl_engine_type(importing->review->engine, named);
        if (!out->type)
            return tl_no_such_type(importing->review->engine, named, ctx);
    }
    rc = find_column(&out->hit, importing, row->text[FIELD_COLUMN], ctx);
    if (rc == TL_ENOTFOUND && is_given(row, FIELD_SPAN)) {
        tl_error_clear(&ctx->error);
        tell_conflict(importing, row, NULL, ctx);
        *is_left_out = true;
        return TL_OK;
    }
    if (rc < 0)
        return rc;
    out->tag = named ? tl_review_tag(belief, &out->hit, named) : NULL;
    if (out->kind != TL_WORD_SET && !named)
        rc = tl_review_choose(&out->tag, belief, &out->hit, NULL, ctx);
    if (rc < 0)
        return rc;
    if (tl_review_is_so(out->tag, out->kind)) {
        importing->speech.n_so++;
        *is_left_out = true;
    } else if (is_given(row, FIELD_SPAN)) {
        *is_left_out = is_overtaken(importing, row, &out->hit, out->tag, out->kind, ctx);
    } else if (out->kind != TL_WORD_SET && !out->tag) {
        rc = tl_review_choose(&out->tag, belief, &out->hit, named, ctx);
    }
    return rc;
}

static int take_row(struct importing *importing, uint32_t place, struct tl_ctx *ctx)
{
    const struct row *row = &importing->rows->items.items[place];
    struct meaning meaning = { .tag = NULL };
    bool is_left_out = false, is_double;
    const char *why = NULL;

    if (!is_given(row, FIELD_DECISION)) {
        importing->n_open++;
        return TL_OK;
    }
    int rc = understand(&meaning, &is_left_out, importing, row, ctx);
    if (rc < 0 || is_left_out)
        return rc;
    const struct tl_belief *belief = importing->review->belief;
    const char *type = meaning.type ? meaning.type->name
                                    : tl_belief_text(belief, meaning.tag->info_type);
    if ((rc = take_reason(&why, importing, row, ctx)) < 0 ||
        (rc = check_double(&is_double, importing, place, &meaning.hit, type, meaning.kind,
                           ctx)) < 0 ||
        is_double)
        return rc;
    struct tl_review_said said =
        tl_review_word(importing->review, &meaning.hit, meaning.tag, meaning.type,
                       meaning.kind, ctx);
    said.word.why = why;
    tl_vec_push(&importing->speech.items, said);
    return TL_OK;
}

/* A row's error, with its place where the one who found it did not know that. */
static void tell_wrong(struct importing *importing, const struct row *row,
                       struct tl_ctx *ctx)
{
    const char *text = ctx->error.text;
    bool is_placed = strncmp(text, importing->path, strlen(importing->path)) == 0;

    if (importing->n_wrong++ < TOLD_MOST) {
        if (is_placed)
            tl_warn(ctx, "%s%s%s", text, ctx->error.hint[0] ? "; " : "", ctx->error.hint);
        else
            tl_warn(ctx, "%s:%u:%u: %s%s%s", importing->path, row->mark.line,
                    row->mark.column, text, ctx->error.hint[0] ? "; " : "",
                    ctx->error.hint);
    }
    tl_error_clear(&ctx->error);
}

static int take_rows(struct importing *importing, int *exit, struct tl_ctx *ctx)
{
    const struct rows *rows = importing->rows;

    for (size_t i = 0; i < rows->items.n; i++)
        if (take_row(importing, (uint32_t)i, ctx) < 0)
            tell_wrong(importing, &rows->items.items[i], ctx);
    if (importing->n_wrong)
        return tl_fail(ctx, TL_EUSAGE, "%zu row%s of '%s' %s wrong: nothing was recorded",
                       importing->n_wrong, importing->n_wrong == 1 ? "" : "s",
                       importing->path, importing->n_wrong == 1 ? "is" : "are");
    if (importing->n_masked)
        tl_note(ctx, "what looks personal in %zu reason%s is masked", importing->n_masked,
                importing->n_masked == 1 ? "" : "s");
    if (importing->n_open)
        tl_note(ctx, "%zu row%s without a decision", importing->n_open,
                importing->n_open == 1 ? " is" : "s are");
    if (importing->n_conflicts > TOLD_MOST)
        tl_warn(ctx, "and %zu more rows were left out so",
                importing->n_conflicts - TOLD_MOST);
    int rc = tl_review_record(&importing->speech, importing->review, ctx);
    if (rc == TL_OK && !importing->speech.items.n)
        tl_note(ctx, "nothing to record");
    if (rc == TL_OK && importing->n_conflicts)
        *exit = 3;
    return rc;
}

int tl_review_import(const char *path, struct tl_review *review, int *exit,
                     struct tl_ctx *ctx)
{
    struct rows rows = { { 0 } };
    struct importing importing = { .review = review,
                                   .path =
                                       strcmp(path, "-") == 0 ? "standard input" : path,
                                   .datasets = TL_MAP_INIT,
                                   .tags = TL_MAP_INIT,
                                   .types = TL_MAP_INIT,
                                   .rows = &rows };
    struct tl_str text = TL_STR_INIT(TL_SHEET_BYTES_MOST);
    int rc = tl_config_need_actor(review->config, ctx);

    if (rc == TL_OK)
        rc = tl_file_read(&text, path, ctx);
    if (rc == TL_OK)
        rc = read_rows(&rows, importing.path, &text, ctx);
    importing.scratch = tl_engine_scratch_open();
    if (rc == TL_OK)
        rc = take_rows(&importing, exit, ctx);
    tl_engine_scratch_close(importing.scratch);
    tl_map_release(&importing.datasets);
    tl_map_release(&importing.tags);
    tl_map_release(&importing.types);
    tl_vec_release(&importing.speech.items);
    tl_vec_release(&rows.items);
    tl_str_release(&text);
    return rc;
}
