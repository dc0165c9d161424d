/*
 * The one order in which an entry is written: lock, tip, what will be believed, objects into the pack, index of the pack, what is about to happen into the
 * lock file, pack to its name, ref by compare-and-swap. Up to the last step the log is as before; from it on nothing can fail.
 */
#include "lineage/log/entry.h"

#include "base/ctx.h"
#include "lineage/log/commit.h"

#include <limits.h>

/* ---- state ---- */

/* The index begins with the first change: a run that changes nothing leaves it alone. */
static struct tl_index *index_up_to(struct tl_writing *writing, uint32_t place)
{
    if (!writing->index)
        writing->index = tl_index_open(writing->log);
    tl_index_copy(writing->index, writing->merge.belief, writing->n_copied, place);
    writing->n_copied = place;
    return writing->index;
}

int tl_writing_put(struct tl_writing *writing, const struct tl_state_file *state,
                   uint32_t place, bool is_new, struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(4096);
    struct tl_change change = { .is_new = is_new };
    struct tl_sha1 known;
    git_oid old;

    tl_state_path(&path, &state->key);
    change.path = tl_arena_dup(writing->lasting, path.text, path.n);
    tl_str_release(&path);
    tl_str_clear(&writing->text);
    tl_state_write(&writing->text, state);
    if (writing->text.failed)
        return tl_fail(ctx, TL_ELIMIT, "'%s' of the log would be too big", change.path);
    struct tl_object object = { TL_OBJECT_BLOB, writing->text.text, writing->text.n,
                                NULL };
    if (!is_new && tl_tree_has(&old, writing->tip.root, change.path)) {
        memcpy(&known, old.id, sizeof known);
        object.known = &known;
    }
    int rc = tl_pack_add(&change.id, writing->pack, &object, ctx);
    tl_vec_push(&writing->changes.list, change);
    tl_index_add(index_up_to(writing, place), state);
    writing->n_copied += !is_new;
    return rc;
}

void tl_writing_drop(struct tl_writing *writing, uint32_t place)
{
    const struct tl_belief *belief = writing->merge.belief;
    struct tl_str path = TL_STR_INIT(4096);
    struct tl_change change = { .is_gone = true };
    struct tl_key key = tl_belief_key(belief, &belief->datasets[place]);

    tl_state_path(&path, &key);
    change.path = tl_arena_dup(writing->lasting, path.text, path.n);
    tl_str_release(&path);
    tl_vec_push(&writing->changes.list, change);
    index_up_to(writing, place);
    writing->n_copied++;
}

int tl_writing_read(struct tl_state_file *out, struct tl_writing *writing, uint32_t place,
                    struct tl_ctx *ctx)
{
    const struct tl_belief *belief = writing->merge.belief;
    struct tl_str path = TL_STR_INIT(4096);
    struct tl_key key = tl_belief_key(belief, &belief->datasets[place]);

    tl_state_path(&path, &key);
    tl_str_clear(&writing->text);
    int rc = tl_tree_read(&writing->text, writing->tip.root, path.text, ctx);
    if (rc == TL_OK)
        rc = tl_state_read(out, writing->text.text, writing->text.n, path.text,
                           writing->passing, ctx);
    tl_str_release(&path);
    return rc;
}

/* ---- what every entry has ---- */

static int add_file(struct tl_writing *writing, const char *path, const char *text,
                    size_t n, struct tl_ctx *ctx)
{
    struct tl_change change = { .path = tl_arena_strdup(writing->lasting, path) };
    struct tl_object object = { TL_OBJECT_BLOB, text, n, NULL };
    int rc = tl_pack_add(&change.id, writing->pack, &object, ctx);

    tl_vec_push(&writing->changes.list, change);
    return rc;
}

static int write_rules(struct tl_writing *writing, struct tl_ctx *ctx)
{
    const struct tl_entry *entry = writing->entry;
    struct tl_map seen = TL_MAP_INIT;
    int rc = TL_OK;

    for (size_t i = 0; rc == TL_OK && i < entry->n_rules; i++) {
        const struct tl_entry_rule *rule = &entry->rules[i];
        char path[128];
        uint32_t before;
        snprintf(path, sizeof path, "rules/%s.yaml", rule->digest);
        if (tl_map_get(&seen, rule->digest, strlen(rule->digest), &before) ||
            tl_tree_has(NULL, writing->tip.root, path))
            continue;
        tl_map_put(&seen, rule->digest, strlen(rule->digest), 0);
        rc = add_file(writing, path, rule->text, rule->n, ctx);
    }
    tl_map_release(&seen);
    return rc;
}

static int write_content(struct tl_writing *writing, struct tl_ctx *ctx)
{
    const struct tl_flows *flows = &writing->settling.flows;
    int rc = tl_writing_datasets(writing, ctx);

    if (rc == TL_OK)
        rc = tl_spans_loose(&writing->trail, &writing->merge, flows->problems.items,
                            flows->n_loose, ctx);
    if (rc == TL_OK && writing->entry->receipt)
        rc = tl_spans_push(&writing->trail, &writing->merge, ctx);
    if (rc == TL_OK && writing->merge.verdicts)
        rc = tl_spans_policy(&writing->trail, &writing->merge, writing->merge.verdicts,
                             ctx);
    if (rc == TL_OK)
        rc = tl_spans_run(&writing->trail, &writing->merge, ctx);
    if (rc == TL_OK)
        rc = tl_trail_end(&writing->trail, ctx);
    if (rc == TL_OK)
        rc = write_rules(writing, ctx);
    if (rc < 0)
        return rc;
    struct tl_str path = TL_STR_INIT(512);
    tl_str_clear(&writing->text);
    tl_run_write(&writing->text, &writing->merge, &writing->trail, writing->accounts);
    tl_str_addf(&path, "%s/run.json", writing->trail.folder);
    rc = writing->text.failed
             ? tl_fail(ctx, TL_ELIMIT, "'%s' of the log would be too big", path.text)
             : add_file(writing, path.text, writing->text.text, writing->text.n, ctx);
    tl_str_release(&path);
    return rc;
}

static int write_commit(struct tl_sha1 *id, struct tl_writing *writing,
                        struct tl_ctx *ctx)
{
    struct tl_str subject = TL_STR_INIT(4096), body = TL_STR_INIT(TL_STR_MOST),
                  trailers = TL_STR_INIT(4096);
    struct tl_sha1 parent;
    struct tl_commit commit = { .parent = &parent,
                                .actor = writing->entry->actor,
                                .when = writing->entry->ended };

    memcpy(&parent, &writing->tip.id, sizeof parent);
    int rc = tl_tree_apply(&commit.tree, writing->pack, &writing->changes,
                           writing->tip.root, ctx);
    tl_run_subject(&subject, &writing->merge);
    tl_run_body(&body, &writing->merge, writing->accounts);
    tl_run_trailers(&trailers, &writing->merge, &writing->trail);
    commit.subject = subject.text;
    commit.body = body.text;
    commit.trailers = trailers.text;
    if (rc == TL_OK)
        rc = tl_commit_add(id, writing->pack, &commit, ctx);
    tl_str_release(&subject);
    tl_str_release(&body);
    tl_str_release(&trailers);
    return rc;
}

/* From files that nobody sees to the tip of the log. */
static int publish(struct tl_writing *writing, const struct tl_sha1 *commit, int lock,
                   struct tl_ctx *ctx)
{
    bool is_in_doubt = false;
    int rc = tl_pack_finish(writing->pack, ctx);

    if (rc == TL_OK)
        rc = tl_log_lock_note(lock, tl_pack_name(writing->pack), commit, ctx);
    if (rc == TL_OK)
        rc = tl_pack_publish(writing->pack, ctx);
    if (rc == TL_OK)
        rc = tl_tip_move(&is_in_doubt, writing->log, &writing->tip.id, commit, ctx);
    /* In doubt the pack stays: one too many harms nobody, a tip without its objects is the end of the log. */
    if (rc == TL_OK || is_in_doubt)
        tl_pack_keep(writing->pack);
    if (rc == TL_OK)
        writing->done.bytes = tl_pack_size(writing->pack);
    return rc;
}

/* The index is named by the tree id of state/ in the commit just written, which need not be the tip any more. */
static void end_index(struct tl_writing *writing, const struct tl_sha1 *commit)
{
    struct tl_ctx *none = &(struct tl_ctx){ 0 };
    struct tl_index *index = writing->index;
    struct tl_tip tip;

    if (!index)
        return;
    writing->index = NULL;
    tl_index_copy(index, writing->merge.belief, writing->n_copied,
                  writing->merge.belief->n_datasets);
    if (tl_tip_read_at(&tip, writing->log, commit, none) == TL_OK)
        tl_index_end_take(index, &tip.state);
    else
        tl_index_close(index);
    tl_tip_release(&tip);
}

/* ---- begin and end ---- */

static int begin_writing(struct tl_writing *writing, struct tl_ctx *ctx)
{
    const struct tl_entry *entry = writing->entry;
    struct tl_log *log = writing->log;
    struct tl_str folder = TL_STR_INIT(512);
    char packs[PATH_MAX + 16];

    int rc = tl_tip_read(&writing->tip, log, ctx);
    if (rc == TL_OK)
        rc = tl_belief_load(log, &writing->tip, ctx);
    if (rc == TL_OK)
        rc = tl_run_edge(&writing->trail.edge, &writing->tip, ctx);
    snprintf(packs, sizeof packs, "%sobjects/pack", log->folder);
    if (rc == TL_OK)
        rc = tl_pack_open(&writing->pack, packs, ctx);
    tl_hex(writing->run, entry->trace.bytes, sizeof entry->trace.bytes);
    tl_run_folder(&folder, entry->ended, writing->run);
    writing->trail.folder = tl_arena_strdup(writing->lasting, folder.text);
    tl_str_release(&folder);
    writing->trail.pack = writing->pack;
    writing->trail.changes = &writing->changes;
    writing->trail.into = writing->lasting;
    tl_trail_open(&writing->trail);
    writing->merge = (struct tl_merge){ .entry = entry,
                                        .belief = &log->belief,
                                        .trace = writing->run,
                                        .since = entry->ended / 1000000000 * 1000000000,
                                        .into = writing->passing,
                                        .counts = &writing->done };
    if (rc == TL_OK && tl_tree_has(NULL, writing->tip.root, writing->trail.folder)) {
        tl_hint(ctx, "where TAGLINE_SEED is set, each run needs another one");
        rc = tl_fail(ctx, TL_EUSAGE, "a run %s stands in the log already", writing->run);
    }
    return rc;
}

static void end_writing(struct tl_writing *writing)
{
    size_t n = writing->entry->snapshot ? writing->entry->snapshot->sources.n : 0;

    for (size_t i = 0; writing->accounts && i < n; i++) {
        tl_digest_release(&writing->accounts[i].manifest);
        tl_vec_release(&writing->accounts[i].left_out);
        tl_vec_release(&writing->accounts[i].gone);
    }
    tl_settle_release(&writing->settling);
    tl_index_close(writing->index);
    tl_pack_close(writing->pack);
    tl_tip_release(&writing->tip);
    tl_trail_close(&writing->trail);
    tl_vec_release(&writing->changes.list);
    tl_str_release(&writing->text);
    tl_arena_close(writing->lasting);
    tl_arena_close(writing->passing);
}

/* ---- settling and writing ---- */

struct tl_settled {
    struct tl_writing writing;
    int lock;
};

static int settle(struct tl_settled *settled, struct tl_log *log,
                  const struct tl_entry *entry, bool needs_graph, int64_t wait_ns,
                  struct tl_ctx *ctx)
{
    struct tl_writing *writing = &settled->writing;

    *settled = (struct tl_settled){ .lock = -1 };
    int rc = tl_entry_check(entry, ctx);
    if (rc == TL_OK)
        rc = tl_log_lock(&settled->lock, log, wait_ns, ctx);
    if (rc < 0)
        return rc;
    log->is_settled = true;
    writing->log = log;
    writing->entry = entry;
    writing->lasting = tl_arena_open();
    writing->passing = tl_arena_open();
    tl_str_init(&writing->text, TL_STR_MOST);
    rc = begin_writing(writing, ctx);
    if (rc == TL_OK)
        rc =
            tl_settle(&writing->settling, entry, writing->merge.belief, needs_graph, ctx);
    return rc;
}

/* Whatever became of it. */
static void unsettle(struct tl_settled *settled)
{
    if (settled->lock < 0)
        return;
    settled->writing.log->is_settled = false;
    end_writing(&settled->writing);
    tl_log_unlock(settled->lock);
}

static int write_entry(struct tl_writing *writing, int lock, struct tl_ctx *ctx)
{
    struct tl_sha1 commit;
    int rc = write_content(writing, ctx);

    if (rc == TL_OK)
        rc = write_commit(&commit, writing, ctx);
    if (rc == TL_OK)
        rc = publish(writing, &commit, lock, ctx);
    if (rc < 0)
        return rc;
    end_index(writing, &commit);
    tl_hex(writing->done.commit, &commit, sizeof commit);
    writing->done.first_leaf = writing->trail.first_leaf;
    writing->done.tree_size = writing->trail.edge.size;
    writing->done.n_leaves = writing->trail.edge.size - writing->trail.first_leaf;
    return TL_OK;
}

int tl_log_settle(struct tl_settled **out, struct tl_log *log,
                  const struct tl_entry *entry, int64_t wait_ns, struct tl_ctx *ctx)
{
    struct tl_settled *settled = tl_alloc(1, sizeof *settled);
    int rc = settle(settled, log, entry, true, wait_ns, ctx);

    *out = NULL;
    if (rc == TL_OK)
        *out = settled;
    else
        tl_log_abandon(settled);
    return rc;
}

const struct tl_graph *tl_settled_graph(const struct tl_settled *settled)
{
    return settled->writing.settling.graph;
}

int tl_log_write(struct tl_appended *out, struct tl_settled *settled,
                 const struct tl_verdicts *verdicts, struct tl_ctx *ctx)
{
    memset(out, 0, sizeof *out);
    settled->writing.merge.verdicts = verdicts;
    int rc = write_entry(&settled->writing, settled->lock, ctx);
    if (rc == TL_OK)
        *out = settled->writing.done;
    tl_log_abandon(settled);
    return rc;
}

void tl_log_abandon(struct tl_settled *settled)
{
    if (settled)
        unsettle(settled);
    tl_free(settled);
}

int tl_log_append(struct tl_appended *out, struct tl_log *log,
                  const struct tl_entry *entry, int64_t wait_ns, struct tl_ctx *ctx)
{
    struct tl_settled settled;

    memset(out, 0, sizeof *out);
    int rc = settle(&settled, log, entry, false, wait_ns, ctx);
    if (rc == TL_OK)
        rc = write_entry(&settled.writing, settled.lock, ctx);
    if (rc == TL_OK)
        *out = settled.writing.done;
    unsettle(&settled);
    return rc;
}
