/*
 * The rules, once, in words:
 * - What a person confirmed, rejected or set stands whatever a scan says. A rejected type is not proposed again on that column; on a
 *   column with a confirmed type no further type is proposed.
 * - Where a scan settles otherwise than a person, and that was not known when the person spoke, the word keeps it beside: it stands all the
 *   same, and waits for a person again.
 * - A proposed type that is found again keeps its old line unless its state, category or confidence band changed.
 * - One that is no longer found is withdrawn and waits for a person; found again, it is proposed again.
 * - Where a sample failed or was too small nothing is withdrawn: not seen is not gone.
 * - A column that is gone goes with its tags, unless a person spoke of it: then it stays, marked absent.
 * - A carried tag is nobody's finding: it stays here until flows.c lays the graph's over it, and gives way to what is found or said
 *   of its type.
 */
#include "lineage/log/merge.h"

#include "base/ctx.h"
#include "base/digest.h"

/* On evidence of the column's own: a carried tag says nothing of what a sample held. */
static bool is_live(const struct tl_state_tag *tag)
{
    return tag->state == TL_PROPOSED || tag->state == TL_CONFIRMED;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void tl_merge_span_of(char out[17], const struct tl_merge *merge, const char *name,
                      size_t n)
{
    struct tl_span_id id;

    tl_span_id_of(&id, &merge->entry->trace, name, n);
    tl_hex(out, id.bytes, sizeof id.bytes);
}

/* ---- tags ---- */

static int rank(const struct tl_state_tag *tag)
{
    switch (tag->state) {
    case TL_REJECTED:
        return 0;
    case TL_WITHDRAWN:
        return 1;
    case TL_CARRIED:
        return 2;
    case TL_CONFIRMED:
        return tag->origin == TL_BY_PERSON ? 4 : 3;
    default:
        return 3;
    }
}

void tl_merge_sort(struct tl_state_column *column)
{
    for (uint32_t i = 1; i < column->n_tags; i++) {
        struct tl_state_tag tag = column->tags[i];
        uint32_t at = i;
        for (; at > 0 && rank(&column->tags[at - 1]) > rank(&tag); at--)
            column->tags[at] = column->tags[at - 1];
        column->tags[at] = tag;
    }
}

void tl_merge_mark(struct tl_state_tag *tag, const struct tl_state_tag *old,
                   const struct tl_merge *merge)
{
    tag->is_changed = true;
    tag->trace = merge->trace;
    tag->since = merge->since;
    tag->before_span = old ? old->span : NULL;
    tag->before_trace = old ? old->trace : NULL;
    tag->before_since = old ? old->since : 0;
}

static const struct tl_tag *find_found(const struct tl_decisions *decisions,
                                       const struct tl_decision *decision,
                                       const char *info_type)
{
    for (uint32_t i = 0; i < decision->n_tags; i++) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + i];
        if (strcmp(tag->info_type, info_type) == 0)
            return tag;
    }
    return NULL;
}

static void tag_from_found(struct tl_state_tag *out, const struct tl_tag *found,
                           const struct tl_state_tag *old, const struct tl_merge *merge)
{
    *out = (struct tl_state_tag){ .info_type = found->info_type,
                                  .category = found->category,
                                  .confidence = found->confidence,
                                  .sensitivity = found->sensitivity,
                                  .state = found->state ? found->state : TL_PROPOSED,
                                  .origin = found->origin,
                                  .is_inside = found->is_inside,
                                  .path = found->path };
    tl_merge_mark(out, old, merge);
}

/* Whether the line may stay as it is. */
static bool says_the_same(const struct tl_state_tag *old, const struct tl_tag *found)
{
    uint8_t state = found->state ? found->state : TL_PROPOSED;

    return old->state == state && old->sensitivity == found->sensitivity &&
           is_same_text(old->category, found->category) &&
           old->is_inside == found->is_inside && is_same_text(old->path, found->path) &&
           old->confidence / TL_CONFIDENCE_BAND == found->confidence / TL_CONFIDENCE_BAND;
}

/* An old tag on which no person spoke, and what was found of its type (NULL: nothing). */
static struct tl_state_tag merge_tag(const struct tl_state_tag *old,
                                     const struct tl_tag *found, bool cannot_tell,
                                     const struct tl_merge *merge)
{
    struct tl_state_tag tag = *old;

    if (found && says_the_same(old, found))
        return tag;
    if (found) {
        tag_from_found(&tag, found, old, merge);
        merge->counts->n_changed_tags++;
    } else if (old->state != TL_WITHDRAWN && !cannot_tell) {
        tag.state = TL_WITHDRAWN;
        tl_merge_mark(&tag, old, merge);
        merge->counts->n_withdrawn_tags++;
    }
    return tag;
}

/* What a confirmed type was said against: its own type where it was accepted, "none" where no rule ever spoke for it. */
static const char *known_of(const struct tl_state_tag *tag)
{
    if (tag->knew)
        return tag->knew;
    return tag->confidence == 1000 ? tl_state_word(TL_NOTHING) : tag->info_type;
}

/*
 * Whether a scan settles otherwise than a person did: a type that was rejected is now much surer than it was then; one that was
 * accepted is found no more; or another type stands where one was confirmed.
 */
static void hold_against(struct tl_state_tag *tag, const struct tl_decisions *decisions,
                         const struct tl_decision *decision)
{
    const struct tl_tag *found = find_found(decisions, decision, tag->info_type);
    const struct tl_tag *lead =
        decision->n_tags ? &decisions->tags[decision->first_tag + decision->n_tags - 1]
                         : NULL;
    const char *before = tag->against;
    uint16_t confidence_before = tag->against_confidence;

    tag->against = NULL;
    tag->against_confidence = 0;
    if (tag->state == TL_REJECTED) {
        if (found && found->confidence >= tag->confidence + TL_MUCH_SURER)
            tag->against = found->info_type;
        tag->against_confidence = tag->against ? found->confidence : 0;
    } else if (!found && (lead || tag->confidence < 1000)) {
        const char *says = lead ? lead->info_type : tl_state_word(TL_NOTHING);
        if (strcmp(says, known_of(tag)) != 0)
            tag->against = says;
        tag->against_confidence = tag->against && lead ? lead->confidence : 0;
    }
    if (is_same_text(before, tag->against) &&
        confidence_before / TL_CONFIDENCE_BAND ==
            tag->against_confidence / TL_CONFIDENCE_BAND)
        tag->against_confidence = confidence_before; /* the line stays as it is */
    else
        tag->is_news = tag->against != NULL;
}

static void merge_tags(struct tl_state_column *out, const struct tl_state_column *old,
                       const struct tl_decisions *decisions, bool cannot_tell,
                       const struct tl_merge *merge)
{
    const struct tl_decision *decision = out->decision;
    uint32_t n_old = old ? old->n_tags : 0;
    bool is_settled = false; /* by a person */

    out->tags = tl_arena_alloc(merge->into, n_old + decision->n_tags, sizeof *out->tags);
    for (uint32_t i = 0; i < n_old; i++) {
        const struct tl_state_tag *tag = &old->tags[i];
        bool is_persons = tag->origin == TL_BY_PERSON;
        const struct tl_tag *found = find_found(decisions, decision, tag->info_type);
        is_settled = is_settled || (is_persons && tag->state == TL_CONFIRMED);
        if (is_persons || (tag->state == TL_CARRIED && !found))
            out->tags[out->n_tags++] = *tag;
        if (is_persons && !cannot_tell)
            hold_against(&out->tags[out->n_tags - 1], decisions, decision);
        if (is_persons || (tag->state == TL_CARRIED && !found))
            continue;
        if (!found) /* those that were found follow in the order of the decision */
            out->tags[out->n_tags++] = merge_tag(tag, NULL, cannot_tell, merge);
    }
    for (uint32_t f = 0; f < decision->n_tags; f++) {
        const struct tl_tag *found = &decisions->tags[decision->first_tag + f];
        uint32_t i = 0;
        while (i < n_old && strcmp(old->tags[i].info_type, found->info_type) != 0)
            i++;
        if (i < n_old && old->tags[i].origin == TL_BY_PERSON)
            continue;
        if (i < n_old && old->tags[i].state == TL_CARRIED && is_settled) {
            out->tags[out->n_tags++] = old->tags[i];
        } else if (i < n_old) {
            merge->counts->n_owned_carried += old->tags[i].state == TL_CARRIED;
            out->tags[out->n_tags++] =
                merge_tag(&old->tags[i], found, cannot_tell, merge);
        } else if (!is_settled) {
            tag_from_found(&out->tags[out->n_tags++], found, NULL, merge);
            merge->counts->n_new_tags++;
        }
    }
    tl_merge_sort(out);
    out->is_unknown = cannot_tell;
    for (uint32_t i = 0; i < out->n_tags; i++)
        if (is_live(&out->tags[i]))
            out->is_unknown = false;
}

/*
 * A column's span decides its dominant type; each further tag that changed gets a span of its own below it, so that every
 * history is its own chain of links.
 */
static void name_spans(struct tl_state_column *column,
                       const struct tl_decisions *decisions, struct tl_str *name,
                       const struct tl_merge *merge)
{
    const struct tl_decision *decision = column->decision;
    size_t n = name->n;
    bool speaks = decision->n_opinions > 0;
    char span[17];

    for (uint32_t i = 0; i < column->n_tags; i++)
        speaks = speaks || column->tags[i].is_changed || column->tags[i].is_news;
    if (!speaks)
        return;
    tl_name_encode(name, column->path);
    tl_merge_span_of(span, merge, name->text, name->n);
    column->span = tl_arena_strdup(merge->into, span);
    const char *lead =
        decision->n_tags
            ? decisions->tags[decision->first_tag + decision->n_tags - 1].info_type
            : NULL;
    for (uint32_t i = 0; i < column->n_tags; i++) {
        struct tl_state_tag *tag = &column->tags[i];
        if (!tag->is_changed)
            continue;
        tag->span = column->span;
        if (lead && strcmp(lead, tag->info_type) == 0)
            continue;
        size_t end = name->n;
        tl_str_addf(name, " tag %s", tag->info_type);
        tl_merge_span_of(span, merge, name->text, name->n);
        tag->span = tl_arena_strdup(merge->into, span);
        name->n = end;
    }
    name->n = n;
}

/* ---- columns ---- */

/* Columns mostly stand where they stood, so the same place is tried first. */
struct finder {
    const struct tl_state_file *old;
    struct tl_map by_path;
};

static const struct tl_state_column *find_column(struct finder *finder, uint32_t place,
                                                 const char *path)
{
    const struct tl_state_file *old = finder->old;
    uint32_t i;

    if (!old)
        return NULL;
    if (place < old->n_columns && strcmp(old->columns[place].path, path) == 0)
        return &old->columns[place];
    if (!finder->by_path.n)
        for (i = 0; i < old->n_columns; i++)
            tl_map_put(&finder->by_path, old->columns[i].path,
                       strlen(old->columns[i].path), i);
    return tl_map_get(&finder->by_path, path, strlen(path), &i) ? &old->columns[i] : NULL;
}

static bool column_is_spoken_of(const struct tl_state_column *column)
{
    for (uint32_t i = 0; i < column->n_tags; i++)
        if (column->tags[i].origin == TL_BY_PERSON)
            return true;
    return false;
}

static void merge_columns(struct tl_state_file *out, const struct tl_state_file *old,
                          const struct tl_merge *merge,
                          const struct tl_entry_dataset *seen)
{
    const struct tl_snapshot *snapshot = merge->entry->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[seen->id.i];
    struct finder finder = { .old = old };
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);

    tl_key_add(&name, &out->key);
    tl_str_add_char(&name, '#');
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_column *column =
            &snapshot->columns.items[dataset->first_column + i];
        struct tl_state_column *to = &out->columns[out->n_columns++];
        *to = (struct tl_state_column){
            .path = tl_snapshot_text(snapshot, column->path),
            .native_type = tl_snapshot_text(snapshot, column->native_type),
            .comment = seen->column_comments ? seen->column_comments[i] : NULL,
            .ordinal = column->ordinal,
            .logical = column->logical,
            .nullable = column->nullable,
            .roles = column->roles,
            .decision = &seen->decisions->columns[i],
        };
        if (!to->path)
            to->path = "";
        bool cannot_tell =
            seen->sample_state == TL_SAMPLE_FAILED || to->decision->state == TL_UNKNOWN;
        merge_tags(to, find_column(&finder, i, to->path), seen->decisions, cannot_tell,
                   merge);
        if (!merge->is_trial)
            name_spans(to, seen->decisions, &name, merge);
    }
    tl_map_release(&finder.by_path);
    tl_str_release(&name);
}

/* What a person spoke of and the source no longer has. */
static void keep_absent_columns(struct tl_state_file *out,
                                const struct tl_state_file *old, uint32_t n_present)
{
    struct finder finder = { .old = out };
    uint32_t i;

    for (i = 0; i < n_present; i++)
        tl_map_put(&finder.by_path, out->columns[i].path, strlen(out->columns[i].path),
                   i);
    for (i = 0; i < old->n_columns; i++) {
        const struct tl_state_column *column = &old->columns[i];
        uint32_t at;
        if (!column_is_spoken_of(column) ||
            tl_map_get(&finder.by_path, column->path, strlen(column->path), &at))
            continue;
        out->columns[out->n_columns] = *column;
        out->columns[out->n_columns++].is_absent = true;
    }
    tl_map_release(&finder.by_path);
}

/* ---- facts ---- */

static unsigned share_of(uint32_t count, uint32_t of)
{
    return of ? (unsigned)((uint64_t)count * 1000 / of) : 0;
}

/* Nothing or all is another thing than a little or nearly all, however near. */
static bool counts_the_same(const struct tl_state_fact *old, const struct tl_fact *now)
{
    if (!old->of || !now->of)
        return old->of == now->of && old->count == now->count;
    unsigned before = share_of(old->count, old->of);
    unsigned after = share_of(now->count, now->of);
    return (old->count == 0) == (now->count == 0) &&
           (old->count == old->of) == (now->count == now->of) &&
           (before > after ? before - after : after - before) < TL_FACT_BAND;
}

/* "name#column": of the dataset itself nothing stands behind the '#'; a field path may be empty, so its '#' is doubled. */
static const char *fact_key(const char *column, const char *name, size_t *n,
                            struct tl_arena *into)
{
    const char *key =
        tl_arena_printf(into, "%s%s%s", name, column ? "##" : "#", column ? column : "");

    *n = strlen(key);
    return key;
}

struct fact_merge {
    struct tl_state_file *out;
    struct tl_state_fact *into;
    const struct tl_state_file *old;
    struct tl_map known; /* key -> place in the old facts */
    struct tl_arena *arena;
};

static void merge_facts_of(struct fact_merge *facts, const char *column,
                           const struct tl_fact *found, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct tl_state_fact *fact = &facts->into[facts->out->n_facts++];
        uint32_t at;
        size_t n_key;
        *fact =
            (struct tl_state_fact){ column, found[i].name, found[i].count, found[i].of };
        if (!facts->known.n)
            continue;
        const char *key = fact_key(column, fact->name, &n_key, facts->arena);
        if (tl_map_get(&facts->known, key, n_key, &at) &&
            counts_the_same(&facts->old->facts[at], &found[i]))
            *fact = facts->old->facts[at];
    }
}

/* Of a sample that could not be read the old counts are the last that are known. */
static void merge_facts(struct tl_state_file *out, const struct tl_state_file *old,
                        const struct tl_merge *merge, const struct tl_entry_dataset *seen)
{
    const struct tl_decisions *decisions = seen->decisions;
    uint32_t n = decisions->n_facts + decisions->n_dataset_facts;
    struct fact_merge facts = { .out = out, .old = old, .arena = merge->into };

    if (seen->sample_state == TL_SAMPLE_FAILED) {
        out->facts = old->facts;
        out->n_facts = old->n_facts;
        return;
    }
    facts.into = tl_arena_alloc(merge->into, n, sizeof *facts.into);
    for (uint32_t k = 0; n && k < old->n_facts; k++) {
        size_t n_key;
        const char *key =
            fact_key(old->facts[k].column, old->facts[k].name, &n_key, merge->into);
        tl_map_put(&facts.known, key, n_key, k);
    }
    merge_facts_of(&facts, NULL, decisions->dataset_facts, decisions->n_dataset_facts);
    for (uint32_t i = 0; i < decisions->n_columns; i++)
        if (decisions->columns[i].n_facts)
            merge_facts_of(&facts, out->columns[i].path,
                           &decisions->facts[decisions->columns[i].first_fact],
                           decisions->columns[i].n_facts);
    tl_map_release(&facts.known);
    out->facts = facts.into;
}

/* ---- datasets ---- */

/* Estimates move at every scan: only the order of magnitude is believed, and it does not flutter at a border. */
static int64_t row_band(int64_t rows, int64_t old)
{
    int64_t band = 1;

    if (rows <= 0)
        return rows < 0 ? -1 : 0;
    if (old > 0 && rows >= old / 2 && rows / 4 < old)
        return old;
    while (band <= rows / 2)
        band *= 2;
    return band;
}

/* A role's name may be logged, a person's address may not. */
static const char *fit_owner(const char *owner)
{
    return owner && strchr(owner, '@') ? NULL : owner;
}

static void copy_keys(struct tl_state_file *out, const struct tl_snapshot *snapshot,
                      const struct tl_dataset *dataset, struct tl_arena *into)
{
    out->n_keys = dataset->n_keys;
    out->keys = tl_arena_alloc(into, dataset->n_keys, sizeof *out->keys);
    for (uint32_t i = 0; i < dataset->n_keys; i++) {
        const struct tl_foreign_key *key = &snapshot->keys.items[dataset->first_key + i];
        out->keys[i].columns = tl_snapshot_text(snapshot, key->columns);
        out->keys[i].target = tl_snapshot_text(snapshot, key->target);
        out->keys[i].target_columns = tl_snapshot_text(snapshot, key->target_columns);
    }
}

static size_t count_carried(const struct tl_state_file *state)
{
    size_t n = 0;

    for (uint32_t i = 0; i < state->n_columns; i++)
        for (uint32_t t = 0; t < state->columns[i].n_tags; t++)
            n += state->columns[i].tags[t].state == TL_CARRIED;
    return n;
}

void tl_merge_dataset(struct tl_state_file *out, const struct tl_merge *merge,
                      const struct tl_entry_dataset *seen,
                      const struct tl_belief_dataset *old)
{
    const struct tl_snapshot *snapshot = merge->entry->snapshot;
    const struct tl_dataset *dataset = &snapshot->datasets.items[seen->id.i];
    struct tl_state_file before = { .rows = -1 };
    const char *rules =
        seen->rules_digest ? seen->rules_digest : merge->entry->rules_digest;

    if (old)
        tl_state_from_belief(&before, merge->belief, old, merge->into);
    *out = (struct tl_state_file){
        .key = tl_snapshot_key(snapshot, seen->id),
        .platform = tl_snapshot_text(snapshot,
                                     snapshot->sources.items[dataset->source.i].platform),
        .comment = seen->comment,
        .owner = fit_owner(tl_snapshot_text(snapshot, dataset->owner)),
        .view_sql = seen->view_sql,
        .schema_digest = seen->schema_digest,
        .sample_digest = seen->sample_digest,
        .rules_digest = rules ? rules : "",
        .rows = row_band(dataset->rows, before.rows),
        .kind = dataset->kind,
        .edges = before.edges,
        .problems = before.problems,
        .n_edges = before.n_edges,
        .n_problems = before.n_problems,
    };
    out->columns = tl_arena_alloc(merge->into, dataset->n_columns + before.n_columns,
                                  sizeof *out->columns);
    merge_columns(out, old ? &before : NULL, merge, seen);
    merge_facts(out, &before, merge, seen);
    if (old)
        keep_absent_columns(out, &before, dataset->n_columns);
    merge->counts->n_gone_carried += count_carried(&before) - count_carried(out);
    copy_keys(out, snapshot, dataset, merge->into);
}

bool tl_merge_is_spoken_of(const struct tl_belief *belief,
                           const struct tl_belief_dataset *old)
{
    for (uint32_t c = 0; c < old->n_columns; c++) {
        const struct tl_belief_column *column = &belief->columns[old->first_column + c];
        for (uint32_t t = 0; t < column->n_tags; t++)
            if (belief->tags[column->first_tag + t].origin == TL_BY_PERSON)
                return true;
    }
    return false;
}

void tl_merge_gone(struct tl_state_file *state, const struct tl_merge *merge)
{
    size_t n_carried = count_carried(state);
    uint32_t n = 0;

    for (uint32_t i = 0; i < state->n_columns; i++)
        if (column_is_spoken_of(&state->columns[i])) {
            state->columns[n] = state->columns[i];
            state->columns[n++].is_absent = true;
        }
    state->n_columns = n;
    state->n_facts = 0;
    state->is_absent = true;
    merge->counts->n_gone_carried += n_carried - count_carried(state);
}

/* ---- a person's word ---- */

static int no_such(const struct tl_word *word, const char *what, struct tl_ctx *ctx)
{
    struct tl_str name = TL_STR_INIT(4096);

    tl_key_add(&name, &word->key);
    int rc = tl_fail(ctx, TL_ENOTFOUND, "%s '%s'", what, name.text);
    tl_str_release(&name);
    return rc;
}

/* The tag of that type, made at the end where there is none. */
static struct tl_state_tag *take_tag(struct tl_state_column *column,
                                     const struct tl_word *word, bool *is_new,
                                     const struct tl_merge *merge)
{
    for (uint32_t i = 0; i < column->n_tags; i++)
        if (strcmp(column->tags[i].info_type, word->info_type) == 0) {
            *is_new = false;
            return &column->tags[i];
        }
    struct tl_state_tag *tags =
        tl_arena_alloc(merge->into, column->n_tags + 1, sizeof *column->tags);
    if (column->n_tags)
        memcpy(tags, column->tags, column->n_tags * sizeof *tags);
    column->tags = tags;
    tags[column->n_tags] = (struct tl_state_tag){ .info_type = word->info_type };
    *is_new = true;
    return &tags[column->n_tags++];
}

/* "It is this": every other type that was thought of goes, but for what was rejected; what is carried there is the graph's to say. */
static void drop_others(struct tl_state_column *column, const char *info_type)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < column->n_tags; i++)
        if (column->tags[i].state == TL_REJECTED || column->tags[i].state == TL_CARRIED ||
            strcmp(column->tags[i].info_type, info_type) == 0)
            column->tags[n++] = column->tags[i];
    column->n_tags = n;
}

/* What a new word of another type takes the place of: what a person said before, else the dominant type. NULL: nothing. */
static const struct tl_state_tag *standing_tag(const struct tl_state_column *column,
                                               const char *info_type)
{
    const struct tl_state_tag *found = NULL;

    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_state_tag *tag = &column->tags[i];
        if (tag->state == TL_REJECTED || strcmp(tag->info_type, info_type) == 0)
            continue;
        if (!found || tag->state == TL_CONFIRMED || found->state != TL_CONFIRMED)
            found = tag;
    }
    return found;
}

/* What the rules say of the column as a type is set: what a scan said otherwise, what is proposed, or what was known before. */
static const char *knowledge(const struct tl_state_column *column)
{
    const char *knew = NULL;

    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_state_tag *tag = &column->tags[i];
        bool is_word = tag->origin == TL_BY_PERSON && tag->state == TL_CONFIRMED;
        if (is_word)
            knew = tag->against ? tag->against : known_of(tag);
        else if (tag->state == TL_PROPOSED)
            knew = tag->info_type;
    }
    return knew ? knew : tl_state_word(TL_NOTHING);
}

/* Who speaks now knows what a scan said otherwise. */
static void take_notice(struct tl_state_tag *tag, int kind, const char *knew)
{
    if (kind == TL_WORD_REJECT && tag->against_confidence)
        tag->confidence = tag->against_confidence;
    if (kind == TL_WORD_ACCEPT && tag->against && tag->state == TL_CONFIRMED)
        tag->knew = tag->against;
    if (kind == TL_WORD_SET)
        tag->knew = strcmp(knew, tl_state_word(TL_NOTHING)) != 0 ? knew : NULL;
    tag->against = NULL;
    tag->against_confidence = 0;
}

int tl_merge_word(struct tl_state_tag **said, struct tl_state_file *state,
                  const struct tl_word *word, const char *span,
                  const struct tl_merge *merge, struct tl_ctx *ctx)
{
    uint32_t i = 0;
    bool is_new;

    while (i < state->n_columns && !is_same_text(state->columns[i].path, word->key.field))
        i++;
    if (i == state->n_columns)
        return no_such(word, "the log knows no column", ctx);
    struct tl_state_column *column = &state->columns[i];
    const char *knew = knowledge(column);
    struct tl_state_tag *tag = take_tag(column, word, &is_new, merge);
    if (is_new && word->kind == TL_WORD_ACCEPT) {
        tl_hint(ctx, "say what it is with 'tagline review set'");
        return no_such(word, "nothing of that type is proposed on", ctx);
    }
    struct tl_state_tag old = *tag;
    tl_merge_mark(tag, is_new ? standing_tag(column, word->info_type) : &old, merge);
    take_notice(tag, word->kind, knew);
    tag->span = span;
    merge->counts->n_gone_carried += tag->state == TL_CARRIED;
    merge->counts->n_owned_carried += tag->state == TL_CARRIED;
    tag->from = tag->from_type = NULL;
    tag->effect = TL_NO_EFFECT;
    tag->actor = merge->entry->actor;
    tag->origin = TL_BY_PERSON;
    tag->state = word->kind == TL_WORD_REJECT ? TL_REJECTED : TL_CONFIRMED;
    if (word->category)
        tag->category = word->category;
    if (is_new || word->kind == TL_WORD_SET)
        tag->sensitivity = word->sensitivity;
    if (word->kind == TL_WORD_SET)
        tag->confidence = 1000;
    merge->counts->n_new_tags += is_new && word->kind == TL_WORD_SET;
    merge->counts->n_changed_tags += !is_new || word->kind == TL_WORD_REJECT;
    if (word->kind == TL_WORD_SET)
        drop_others(column, word->info_type);
    /* What a set type had displaced is asked for again once that is taken back: the next scan decides anew. */
    if (word->kind == TL_WORD_REJECT && !is_new && old.origin == TL_BY_PERSON)
        state->rules_digest = "";
    column->is_unknown = column->is_unknown && tag->state == TL_REJECTED;
    tl_merge_sort(column);
    for (i = 0; i < column->n_tags; i++)
        if (strcmp(column->tags[i].info_type, word->info_type) == 0)
            *said = &column->tags[i];
    return TL_OK;
}
