/*
 * Asking a source about one column. What the operand stands for is looked up in the schemas; then the one dataset is read and decided
 * as a scan would: the same connector, sample, rules and seed.
 */
#include "cli/why.h"

#include "base/ctx.h"
#include "base/say.h"
#include "cli/show.h"

enum { CANDIDATES = 8 };

/* A column of the schemas that were pulled. */
struct found {
    struct tl_dataset_id dataset;
    uint32_t column; /* in it */
};

struct search {
    struct found hits[CANDIDATES];
    size_t n; /* in all */
};

static const char *path_of(const struct tl_snapshot *snapshot, const struct found *found)
{
    const struct tl_dataset *dataset = &snapshot->datasets.items[found->dataset.i];
    const char *path = tl_snapshot_text(
        snapshot, snapshot->columns.items[dataset->first_column + found->column].path);

    return path ? path : "";
}

static struct tl_key key_of(const struct tl_snapshot *snapshot, const struct found *found)
{
    struct tl_key key = tl_snapshot_key(snapshot, found->dataset);

    key.field = path_of(snapshot, found);
    return key;
}

static const char *key_text(const struct tl_key *key,
                            void (*add)(struct tl_str *out, const struct tl_key *key),
                            struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    add(&text, key);
    const char *kept = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept;
}

/* A key that outlives the snapshot it is from. */
static struct tl_key keep_key(const struct tl_key *key, struct tl_ctx *ctx)
{
    struct tl_arena *arena = ctx->arena;

    return (struct tl_key){ key->source ? tl_arena_strdup(arena, key->source) : NULL,
                            key->database ? tl_arena_strdup(arena, key->database) : NULL,
                            key->schema ? tl_arena_strdup(arena, key->schema) : NULL,
                            key->dataset ? tl_arena_strdup(arena, key->dataset) : NULL,
                            key->field ? tl_arena_strdup(arena, key->field) : NULL };
}

/* ---- pulling ---- */

static int pull(struct tl_scan *scan, const struct tl_why_question *question,
                const struct tl_system *systems, size_t n, struct tl_ctx *ctx)
{
    int rc = tl_scan_begin(scan, question->config, systems, n, ctx);

    if (rc == TL_OK)
        rc = tl_scan_pull(scan, ctx);
    if (rc == TL_OK && scan->troubles.n == scan->n_systems) {
        if (question->hit)
            tl_hint(ctx, "without --now the answer comes from the log");
        return tl_fail(ctx, TL_ESOURCE, "cannot read '%s': %s",
                       scan->troubles.items[0].where, scan->troubles.items[0].why);
    }
    return rc;
}

/* The source alone, and of it the dataset alone. A key as tl_key_add writes it has no sign that a glob knows. */
static void narrow(struct tl_system *out, const struct tl_system *system,
                   const struct tl_key *key, struct tl_ctx *ctx)
{
    struct tl_key dataset = *key;

    dataset.field = NULL;
    *out = *system;
    out->scope.include.items = tl_arena_alloc(ctx->arena, 1, sizeof(const char *));
    out->scope.include.items[0] = key_text(&dataset, tl_key_add, ctx);
    out->scope.include.n = 1;
}

/* ---- what the operand stands for ---- */

/* Whether the column is meant: all of its key, its end, or the plain name of a field. */
static bool is_meant(const struct tl_key *key, const struct tl_why_question *question,
                     const struct tl_key_pattern *pattern)
{
    return (question->is_plain && strcmp(key->field, question->text) == 0) ||
           (pattern->field && tl_key_ends_in(key, pattern, false));
}

static void search_columns(struct search *out, const struct tl_snapshot *snapshot,
                           const struct tl_why_question *question,
                           const struct tl_key_pattern *pattern)
{
    for (uint32_t d = 0; d < snapshot->datasets.n; d++)
        for (uint32_t c = 0; c < snapshot->datasets.items[d].n_columns; c++) {
            struct found found = { { d }, c };
            struct tl_key key = key_of(snapshot, &found);
            if (!is_meant(&key, question, pattern))
                continue;
            if (out->n < CANDIDATES)
                out->hits[out->n] = found;
            out->n++;
        }
}

/* A column as the operand would have to name it. */
static const char *typed_text(const struct tl_snapshot *snapshot,
                              const struct found *found,
                              const struct tl_why_question *question, struct tl_ctx *ctx)
{
    struct tl_key key = key_of(snapshot, found);
    const char *file = question->is_plain ? key.source : NULL;

    if (!file)
        return key_text(&key, tl_key_add_readable, ctx);
    if (snapshot->datasets.n == 1)
        return tl_arena_printf(ctx->arena, "%s:%s", file, key.field);
    key.source = NULL;
    return tl_arena_printf(ctx->arena, "%s:%s", file,
                           key_text(&key, tl_key_add_readable, ctx));
}

/* A column of that name elsewhere, else the first whose name is near. */
static const char *nearest(const struct tl_snapshot *snapshot,
                           const struct tl_why_question *question, const char *field,
                           struct tl_ctx *ctx)
{
    struct found near = { { 0 }, 0 };
    bool is_near = false;

    for (uint32_t d = 0; d < snapshot->datasets.n; d++)
        for (uint32_t c = 0; c < snapshot->datasets.items[d].n_columns; c++) {
            struct found found = { { d }, c };
            const char *path = path_of(snapshot, &found);
            if (strcmp(path, field) == 0)
                return typed_text(snapshot, &found, question, ctx);
            if (!is_near && tl_nearest(field, &path, 1)) {
                near = found;
                is_near = true;
            }
        }
    return is_near ? typed_text(snapshot, &near, question, ctx) : NULL;
}

static int not_found(const struct tl_snapshot *snapshot,
                     const struct tl_why_question *question,
                     const struct tl_key_pattern *pattern, struct tl_ctx *ctx)
{
    const char *field = pattern->field ? pattern->field : question->text;
    const char *near = nearest(snapshot, question, field, ctx);

    if (near)
        tl_hint(ctx, "did you mean '%s'?", near);
    else
        tl_hint(ctx, "'tagline classify %s' lists its columns",
                question->n_systems == 1 ? question->systems->name : "SOURCE");
    return tl_fail(ctx, TL_ENOTFOUND, "there is no column '%s'", question->text);
}

static int choose(struct tl_key *out, const struct tl_scan *scan,
                  const struct tl_why_question *question, struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = &scan->snapshot;
    const char *names[CANDIDATES];
    struct tl_key_pattern pattern = { 0 };
    struct search search = { .n = 0 };
    int rc = question->is_plain && !strchr(question->text, '#')
                 ? TL_OK
                 : tl_key_parse(&pattern, question->text, ctx);

    if (rc < 0 && question->is_plain) { /* then it can only be a field's name */
        tl_error_clear(&ctx->error);
        pattern.field = NULL;
    } else if (rc < 0) {
        return rc;
    }
    if (!question->is_plain && !pattern.field)
        return tl_no_field(question->text, ctx);
    search_columns(&search, snapshot, question, &pattern);
    if (search.n == 0)
        return not_found(snapshot, question, &pattern, ctx);
    for (size_t i = 0; i < search.n && i < CANDIDATES; i++)
        names[i] = typed_text(snapshot, &search.hits[i], question, ctx);
    if (search.n > 1)
        return tl_ambiguous(question->text, names, search.n, CANDIDATES, ctx);
    struct tl_key key = key_of(snapshot, &search.hits[0]);
    *out = keep_key(&key, ctx);
    return TL_OK;
}

/* Reads the schemas of all systems, to know which column is meant. */
static int resolve(struct tl_key *out, const struct tl_why_question *question,
                   struct tl_ctx *ctx)
{
    struct tl_scan scan = { 0 };
    int rc = pull(&scan, question, question->systems, question->n_systems, ctx);

    if (rc == TL_OK)
        rc = choose(out, &scan, question, ctx);
    for (size_t i = 0; i < scan.troubles.n && scan.troubles.n < scan.n_systems; i++)
        tl_warn(ctx, "cannot read '%s', so it was not looked for there: %s",
                scan.troubles.items[i].where, scan.troubles.items[i].why);
    tl_scan_release(&scan);
    return rc;
}

static int find_system(const struct tl_system **out, const struct tl_key *key,
                       const struct tl_why_question *question, struct tl_ctx *ctx)
{
    for (size_t i = 0; i < question->n_systems; i++)
        if (strcmp(question->systems[i].name, key->source) == 0) {
            *out = &question->systems[i];
            return TL_OK;
        }
    tl_hint(ctx, "without --now the answer comes from the log");
    return tl_fail(ctx, TL_ENOTFOUND, "'%s' is no source of the configuration any more",
                   key->source);
}

/* ---- asking ---- */

static int find_again(struct found *out, const struct tl_scan *scan,
                      const struct tl_key *key, struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = &scan->snapshot;

    for (uint32_t d = 0; d < snapshot->datasets.n; d++)
        for (uint32_t c = 0; c < snapshot->datasets.items[d].n_columns; c++) {
            *out = (struct found){ { d }, c };
            struct tl_key other = key_of(snapshot, out);
            if (tl_key_compare(&other, key) == 0)
                return TL_OK;
        }
    for (uint32_t d = 0; d < snapshot->datasets.n; d++) {
        struct tl_key other = tl_snapshot_key(snapshot, (struct tl_dataset_id){ d });
        const char *broken =
            tl_snapshot_text(snapshot, snapshot->datasets.items[d].broken);
        other.field = key->field;
        if (broken && tl_key_compare(&other, key) == 0)
            return tl_fail(ctx, TL_ESOURCE, "cannot read '%s': %s",
                           key_text(key, tl_key_add_readable, ctx), broken);
    }
    tl_hint(ctx, "without --now the answer comes from the log; see also 'include' and "
                 "'exclude' of the source");
    return tl_fail(ctx, TL_ENOTFOUND, "source '%s' does not show '%s'", key->source,
                   key_text(key, tl_key_add_readable, ctx));
}

static void take_tags(struct tl_why *out, struct tl_ctx *ctx)
{
    const struct tl_decisions *decisions = out->decisions;
    const struct tl_decision *decision = &decisions->columns[out->column];

    out->tags = tl_arena_alloc(ctx->arena, decision->n_tags, sizeof *out->tags);
    for (uint32_t i = decision->n_tags; i-- > 0;) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + i];
        const char *at = tag->path ? tag->path : "";
        out->tags[out->n_tags++] =
            (struct tl_why_tag){ .info_type = tag->info_type,
                                 .category = tag->category,
                                 .confidence = tag->confidence,
                                 .sensitivity = tag->sensitivity,
                                 .inside = tag->is_inside ? at : NULL,
                                 .state = tag->state,
                                 .origin = tag->origin };
    }
}

static void take_answer(struct tl_why *out, const struct found *found, struct tl_ctx *ctx)
{
    const struct tl_scan *scan = &out->scan;
    const struct tl_snapshot *snapshot = &scan->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[found->dataset.i];
    const struct tl_column *column =
        &snapshot->columns.items[dataset->first_column + found->column];
    const struct tl_entry_dataset *entry = &scan->datasets[found->dataset.i];
    struct tl_key key = key_of(snapshot, found);

    out->shown = key_text(&key, tl_key_add_readable, ctx);
    out->key = key_text(&key, tl_key_add, ctx);
    out->kind = tl_dataset_kind_word(dataset->kind);
    out->native_type = tl_snapshot_text(snapshot, column->native_type);
    out->rows = dataset->rows;
    out->nullable = column->nullable;
    out->sample_state = entry->sample_state;
    out->sampled_rows = entry->sampled_rows;
    out->sample_why = entry->sample_why;
    out->decisions = &scan->decisions[found->dataset.i];
    out->column = found->column;
    out->is_unknown = out->decisions->columns[found->column].state == TL_UNKNOWN ||
                      entry->sample_state == TL_SAMPLE_FAILED;
    out->floor = tl_engine_floor(scan->engine);
    out->rules_digest =
        entry->rules_digest ? entry->rules_digest : tl_engine_digest(scan->engine);
    out->trials = &scan->trials[found->dataset.i];
    take_tags(out, ctx);
}

int tl_why_asked(struct tl_why *out, const struct tl_why_question *question,
                 struct tl_ctx *ctx)
{
    struct tl_system *only = tl_arena_alloc(ctx->arena, 1, sizeof *only);
    const struct tl_system *system = NULL;
    struct found found;
    struct tl_key key = { .source = "" };
    int rc = TL_OK;

    if (question->hit) {
        key = tl_belief_key(question->belief, question->hit->dataset);
        key.field = tl_belief_text(question->belief, question->hit->column->path);
        key = keep_key(&key, ctx);
    } else {
        rc = resolve(&key, question, ctx);
    }
    if (rc == TL_OK)
        rc = find_system(&system, &key, question, ctx);
    if (rc < 0)
        return rc;
    /* What the configuration leaves out is not read, whoever asks. */
    if (!tl_scope_takes(&system->scope, &key) ||
        !tl_scope_takes_column(&system->scope, &key))
        return tl_fail(ctx, TL_ENOTFOUND, "'%s' is left out of source '%s'",
                       key_text(&key, tl_key_add_readable, ctx), system->name);
    narrow(only, system, &key, ctx);
    if ((rc = pull(&out->scan, question, only, 1, ctx)) < 0 ||
        (rc = find_again(&found, &out->scan, &key, ctx)) < 0)
        return rc;
    out->scan.asked = key.field;
    if ((rc = tl_scan_classify(&out->scan, NULL, ctx)) < 0)
        return rc;
    if (!out->scan.decisions[found.dataset.i].n_columns)
        return tl_fail(ctx, TL_ESOURCE, "cannot read '%s'",
                       key_text(&key, tl_key_add_readable, ctx));
    take_answer(out, &found, ctx);
    return TL_OK;
}

void tl_why_release(struct tl_why *why)
{
    tl_scan_release(&why->scan);
}

/* ---- beside the log ---- */

/* "email_address 98%, phone_e164"; only lead types have figures everywhere. */
static void add_types(struct tl_str *out, const struct tl_why *why)
{
    const struct tl_decision *decision = &why->decisions->columns[why->column];

    for (uint32_t i = decision->n_tags; i-- > 0;) {
        const struct tl_tag *tag = &why->decisions->tags[decision->first_tag + i];
        tl_str_addf(out, "%s%s", i + 1 < decision->n_tags ? ", " : "", tag->info_type);
        if (i + 1 == decision->n_tags)
            tl_str_addf(out, " %u%%", tl_percent(tag->confidence));
    }
    if (!decision->n_tags)
        tl_str_add(out, why->is_unknown ? "unknown" : "nothing personal");
}

static const struct tl_tag *lead_of(const struct tl_why *why)
{
    const struct tl_decision *decision = &why->decisions->columns[why->column];

    return decision->n_tags
               ? &why->decisions->tags[decision->first_tag + decision->n_tags - 1]
               : NULL;
}

static bool has_type(const struct tl_why *why, const char *info_type)
{
    const struct tl_decision *decision = &why->decisions->columns[why->column];

    for (uint32_t i = 0; i < decision->n_tags; i++)
        if (strcmp(why->decisions->tags[decision->first_tag + i].info_type, info_type) ==
            0)
            return true;
    return false;
}

/* The same types, and the same to a whole per cent. */
static bool is_same(const struct tl_why *a, const struct tl_why *b)
{
    const struct tl_decision *x = &a->decisions->columns[a->column];
    const struct tl_decision *y = &b->decisions->columns[b->column];
    const struct tl_tag *lead = lead_of(a), *other = lead_of(b);

    if (x->n_tags != y->n_tags || a->is_unknown != b->is_unknown)
        return false;
    for (uint32_t i = 0; i < x->n_tags; i++)
        if (!has_type(b, a->decisions->tags[x->first_tag + i].info_type))
            return false;
    return !lead || (strcmp(lead->info_type, other->info_type) == 0 &&
                     tl_percent(lead->confidence) == tl_percent(other->confidence));
}

/* What stands whatever the rules say now: a person's word, and what is carried there. */
static void add_standing(struct tl_why *why, const struct tl_why *logged,
                         struct tl_ctx *ctx)
{
    uint32_t n = why->n_tags;
    struct tl_why_tag *tags =
        tl_arena_alloc(ctx->arena, n + logged->n_tags, sizeof *tags);

    if (n)
        memcpy(tags, why->tags, n * sizeof *tags);
    for (uint32_t i = 0; i < logged->n_tags; i++)
        if (logged->tags[i].origin == TL_BY_PERSON || logged->tags[i].state == TL_CARRIED)
            tags[n++] = logged->tags[i];
    why->tags = tags;
    why->n_tags = n;
}

void tl_why_compare(struct tl_why *why, const struct tl_why *logged, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    why->evidence = logged->evidence;
    add_standing(why, logged, ctx);
    if (!logged->decisions)
        return;
    if (!is_same(why, logged)) {
        tl_str_add(&text, "the log has ");
        add_types(&text, logged);
        tl_str_add(&text, ", now it is ");
        add_types(&text, why);
        if (logged->rules_digest && strcmp(logged->rules_digest, why->rules_digest) != 0)
            tl_str_add(&text, "; the rules are others");
        if (logged->sampled_rows != why->sampled_rows)
            tl_str_addf(&text, "; %u rows were looked at then, %u now",
                        logged->sampled_rows, why->sampled_rows);
        why->difference = tl_arena_dup(ctx->arena, text.text, text.n);
    }
    tl_str_release(&text);
}
