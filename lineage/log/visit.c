/*
 * What becomes of each dataset when the entry is written. What was found unchanged costs two look-ups and a line of its source's
 * manifest, unless something else flows into it now: then its file is read, changed and written, and a span line says so.
 */
#include "lineage/log/entry.h"

#include "base/ctx.h"
#include "base/json.h"

struct writer {
    struct tl_writing *writing;
    const struct tl_flows *flows;
    struct tl_str line;
};

/* ---- accounts ---- */

static struct tl_source_account *account_of(const struct writer *writer,
                                            const struct tl_visit *visit)
{
    return &writer->writing->accounts[visit->source];
}

static const char *kept_text(const struct writer *writer, const struct tl_visit *visit)
{
    return tl_arena_strdup(writer->writing->lasting, visit->text);
}

/* One line of a source's manifest: ["<key>","<schema>","<sample>","<rules>"], all text. */
static void note_unchanged(struct writer *writer, const struct tl_visit *visit)
{
    const struct tl_belief *belief = writer->writing->merge.belief;
    const struct tl_belief_dataset *old = visit->old;
    const struct tl_slice digests[] = { old->schema_digest, old->sample_digest,
                                        old->rules_digest };
    struct tl_source_account *account = account_of(writer, visit);
    struct tl_str *line = &writer->line;

    tl_str_clear(line);
    tl_str_add(line, "[\"");
    tl_str_add(line,
               visit->text); /* percent-encoded: nothing in it that JSON would escape */
    for (size_t i = 0; i < sizeof digests / sizeof *digests; i++) {
        tl_str_add(line, "\",\"");
        tl_str_add_bytes(line, belief->text + digests[i].at, digests[i].n);
    }
    tl_str_add(line, "\"]\n");
    if (account->n_unchanged++ == 0)
        tl_digest_begin(&account->manifest, TL_DIGEST_SHA256);
    tl_digest_add(&account->manifest, line->text, line->n);
    writer->writing->done.n_unchanged++;
}

static void note_kept(struct writer *writer, const struct tl_visit *visit)
{
    if (visit->old && visit->old->is_absent)
        return; /* there is nothing of it to be kept */
    account_of(writer, visit)->n_kept++;
    writer->writing->done.n_kept++;
}

static void note_gone(struct writer *writer, const struct tl_visit *visit)
{
    struct tl_source_account *account = account_of(writer, visit);

    tl_vec_push(&account->gone, kept_text(writer, visit));
    account->n_gone++;
    writer->writing->done.n_gone++;
}

/* ---- one dataset ---- */

static int decide(struct writer *writer, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;
    struct tl_flow_change change;
    struct tl_state_file state;

    tl_merge_dataset(&state, &writing->merge, visit->seen, visit->old);
    tl_flows_apply(&change, &state, visit->text, writer->flows, &writing->merge);
    int rc = tl_writing_put(writing, &state, visit->place, !visit->old, ctx);
    if (rc == TL_OK)
        rc = tl_spans_dataset(&writing->trail, &writing->merge, visit->seen, &state,
                              &change, ctx);
    account_of(writer, visit)->n_decided++;
    writing->done.n_decided++;
    return rc;
}

/* Its file as it is now, with what flows there: `state` holds it already. */
static int reroute(struct writer *writer, const struct tl_visit *visit,
                   const struct tl_state_file *state, const struct tl_flow_change *change,
                   struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;
    int rc = tl_writing_put(writing, state, visit->place, !visit->old, ctx);

    if (rc == TL_OK)
        rc = tl_spans_reroute(&writing->trail, &writing->merge, visit->text, state,
                              change, ctx);
    writing->done.n_rerouted++;
    return rc;
}

/* Not decided anew: only what flows there can have changed. */
static int keep(struct writer *writer, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;
    const struct tl_belief *belief = writing->merge.belief;
    struct tl_merge trial = writing->merge;
    struct tl_appended counts = { 0 };
    struct tl_flow_change change;
    struct tl_state_file state;

    if (!tl_flows_may_change(writer->flows, belief, visit->old, visit->text)) {
        writing->done.n_edges += visit->old->n_edges;
        writing->done.n_problems += visit->old->n_problems;
        if (!writer->flows->graph)
            writing->done.n_carried_tags += tl_flows_carried(belief, visit->old);
        return TL_OK;
    }
    trial.counts = &counts;
    trial.is_trial = true;
    tl_state_from_belief(&state, belief, visit->old, writing->passing);
    tl_flows_apply(&change, &state, visit->text, writer->flows, &trial);
    if (!change.is_any) {
        writing->done.n_edges += counts.n_edges;
        writing->done.n_problems += counts.n_problems;
        writing->done.n_carried_tags += counts.n_carried_tags;
        return TL_OK;
    }
    int rc = tl_writing_read(&state, writing, visit->place, ctx);
    if (rc < 0)
        return rc;
    tl_flows_apply(&change, &state, visit->text, writer->flows, &writing->merge);
    return reroute(writer, visit, &state, &change, ctx);
}

/* Not in its source any more: stays, as absent, what a person spoke of or SQL still names. */
static int go(struct writer *writer, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;
    const struct tl_belief *belief = writing->merge.belief;
    bool is_told = tl_flows_tells(writer->flows, visit->key.source);
    bool is_named = tl_flows_name(writer->flows, visit->text);
    struct tl_flow_change change;
    struct tl_state_file state;

    note_gone(writer, visit);
    if (!is_named && !tl_merge_is_spoken_of(belief, visit->old)) {
        writing->done.n_gone_edges += visit->old->n_edges;
        writing->done.n_gone_carried += tl_flows_carried(belief, visit->old);
        tl_writing_drop(writing, visit->place);
        return TL_OK;
    }
    int rc = tl_writing_read(&state, writing, visit->place, ctx);
    if (rc < 0)
        return rc;
    tl_merge_gone(&state, &writing->merge);
    if (!is_told) {
        writing->done.n_gone_edges += state.n_edges;
        state.n_edges = state.n_problems = 0;
    }
    tl_flows_apply(&change, &state, visit->text, writer->flows, &writing->merge);
    rc = tl_writing_put(writing, &state, visit->place, false, ctx);
    if (rc == TL_OK && change.is_any)
        rc = tl_spans_reroute(&writing->trail, &writing->merge, visit->text, &state,
                              &change, ctx);
    return rc;
}

/*
 * Was gone before. Where only SQL named it, it goes with the last edge; or when the source has it, whose key may have other levels and
 * the same text.
 */
static int stay_absent(struct writer *writer, const struct tl_visit *visit,
                       struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;

    if (tl_flows_tells(writer->flows, visit->key.source) &&
        !tl_flows_name(writer->flows, visit->text) &&
        !tl_merge_is_spoken_of(writing->merge.belief, visit->old)) {
        writing->done.n_gone_edges += visit->old->n_edges;
        tl_writing_drop(writing, visit->place);
        return TL_OK;
    }
    return keep(writer, visit, ctx);
}

static int name_only(struct writer *writer, const struct tl_visit *visit,
                     struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = writer->writing->entry->snapshot;
    const struct tl_source *source = &snapshot->sources.items[visit->source];
    struct tl_state_file state = { .key = visit->key,
                                   .platform =
                                       tl_snapshot_text(snapshot, source->platform),
                                   .schema_digest = "",
                                   .sample_digest = "",
                                   .rules_digest = "",
                                   .rows = -1,
                                   .kind = TL_TABLE,
                                   .is_absent = true };
    struct tl_flow_change change;

    tl_flows_apply(&change, &state, visit->text, writer->flows, &writer->writing->merge);
    return reroute(writer, visit, &state, &change, ctx);
}

static int speak(struct writer *writer, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct tl_writing *writing = writer->writing;
    struct tl_flow_change change;
    struct tl_state_file state;
    int rc = tl_writing_read(&state, writing, visit->place, ctx);

    if (rc == TL_OK)
        rc = tl_words_apply(&state, visit, &writing->merge, &writing->trail, ctx);
    if (rc < 0)
        return rc;
    tl_flows_apply(&change, &state, visit->text, writer->flows, &writing->merge);
    rc = tl_writing_put(writing, &state, visit->place, false, ctx);
    if (rc == TL_OK && change.is_any)
        rc = tl_spans_reroute(&writing->trail, &writing->merge, visit->text, &state,
                              &change, ctx);
    return rc;
}

static int write_visited(void *self, const struct tl_visit *visit, struct tl_ctx *ctx)
{
    struct writer *writer = self;
    int rc = TL_OK;

    switch (visit->fate) {
    case TL_FATE_DECIDED:
        rc = decide(writer, visit, ctx);
        break;
    case TL_FATE_UNCHANGED:
        note_unchanged(writer, visit);
        rc = keep(writer, visit, ctx);
        break;
    case TL_FATE_LEFT_OUT:
        tl_vec_push(&account_of(writer, visit)->left_out, kept_text(writer, visit));
        note_kept(writer, visit);
        if (visit->old)
            rc = keep(writer, visit, ctx);
        else if (tl_flows_find(writer->flows, visit->text))
            rc = name_only(writer, visit, ctx); /* until it is decided */
        break;
    case TL_FATE_FAILED:
        note_kept(writer, visit);
        rc = keep(writer, visit, ctx);
        break;
    case TL_FATE_GONE:
        rc = go(writer, visit, ctx);
        break;
    case TL_FATE_ABSENT:
        rc = stay_absent(writer, visit, ctx);
        break;
    case TL_FATE_NAMED:
        rc = name_only(writer, visit, ctx);
        break;
    case TL_FATE_SPOKEN:
        rc = speak(writer, visit, ctx);
        break;
    case TL_FATE_ASIDE:
        rc = keep(writer, visit, ctx);
    }
    tl_arena_reset(writer->writing->passing);
    return rc;
}

/* ---- all of them ---- */

static int write_sources(struct tl_writing *writing, struct tl_ctx *ctx)
{
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < writing->entry->snapshot->sources.n; i++) {
        struct tl_source_account *account = &writing->accounts[i];
        struct tl_sha256 manifest;
        if (account->n_unchanged) {
            tl_digest_end(&account->manifest, manifest.bytes);
            tl_hex(account->manifest_hex, manifest.bytes, sizeof manifest.bytes);
        }
        rc = tl_spans_source(&writing->trail, &writing->merge, account, ctx);
    }
    return rc;
}

int tl_writing_datasets(struct tl_writing *writing, struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = writing->entry->snapshot;
    struct writer writer = { .writing = writing,
                             .flows = &writing->settling.flows,
                             .line = TL_STR_INIT(TL_STR_MOST) };

    if (snapshot)
        writing->accounts = tl_arena_alloc(writing->lasting, snapshot->sources.n,
                                           sizeof *writing->accounts);
    for (uint32_t i = 0; snapshot && i < snapshot->sources.n; i++)
        writing->accounts[i].source = &snapshot->sources.items[i];
    writing->done.n_problems += writing->settling.flows.n_loose;
    int rc = tl_walk_each(&writing->settling.walk, write_visited, &writer, ctx);
    tl_str_release(&writer.line);
    return rc == TL_OK && snapshot ? write_sources(writing, ctx) : rc;
}
