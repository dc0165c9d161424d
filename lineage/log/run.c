#include "lineage/log/run.h"

#include "base/ctx.h"
#include "lineage/log/commit.h"

/* ---- run.json ---- */

static void put_hash(struct tl_json *json, const struct tl_sha256 *hash)
{
    struct tl_str text = TL_STR_INIT(64);

    tl_base64_add(&text, hash->bytes, sizeof hash->bytes);
    tl_json_text(json, text.text);
    tl_str_release(&text);
}

static void put_counts(struct tl_json *json, const struct tl_appended *counts)
{
    tl_json_key(json, "counts");
    tl_json_object(json);
    tl_json_put_int(json, "carried_tags", (int64_t)counts->n_carried_tags);
    tl_json_put_int(json, "changed_carried", (int64_t)counts->n_changed_carried);
    tl_json_put_int(json, "changed_tags", (int64_t)counts->n_changed_tags);
    tl_json_put_int(json, "decided", (int64_t)counts->n_decided);
    tl_json_put_int(json, "edges", (int64_t)counts->n_edges);
    tl_json_put_int(json, "gone", (int64_t)counts->n_gone);
    tl_json_put_int(json, "gone_carried", (int64_t)counts->n_gone_carried);
    tl_json_put_int(json, "gone_edges", (int64_t)counts->n_gone_edges);
    tl_json_put_int(json, "kept", (int64_t)counts->n_kept);
    tl_json_put_int(json, "new_carried", (int64_t)counts->n_new_carried);
    tl_json_put_int(json, "new_edges", (int64_t)counts->n_new_edges);
    tl_json_put_int(json, "new_tags", (int64_t)counts->n_new_tags);
    tl_json_put_int(json, "owned_carried", (int64_t)counts->n_owned_carried);
    tl_json_put_int(json, "problems", (int64_t)counts->n_problems);
    tl_json_put_int(json, "rerouted", (int64_t)counts->n_rerouted);
    tl_json_put_int(json, "unchanged", (int64_t)counts->n_unchanged);
    tl_json_put_int(json, "withdrawn_tags", (int64_t)counts->n_withdrawn_tags);
    tl_json_object_end(json);
}

static void put_receipt(struct tl_json *json, const struct tl_receipt *receipt)
{
    tl_json_key(json, "receipt");
    tl_json_object(json);
    tl_json_put_int(json, "accepted", (int64_t)receipt->n_accepted);
    tl_json_key(json, "refusals");
    tl_json_array(json);
    for (size_t i = 0; i < receipt->refusals.n; i++) {
        const struct tl_refusal *refusal = &receipt->refusals.items[i];
        tl_json_object(json);
        tl_json_put_some(json, "aspect", refusal->aspect);
        if (refusal->status)
            tl_json_put_int(json, "status", refusal->status);
        tl_json_put_some(json, "target", refusal->target);
        tl_json_put_some(json, "why", refusal->why);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
    tl_json_put_int(json, "sent", (int64_t)receipt->n_sent);
    tl_json_put_some(json, "sink", receipt->sink);
    tl_json_object_end(json);
}

static void put_rules(struct tl_json *json, const struct tl_entry *entry)
{
    tl_json_key(json, "rules");
    tl_json_object(json);
    tl_json_put_some(json, "digest", entry->rules_digest);
    tl_json_key(json, "packs");
    tl_json_array(json);
    for (size_t i = 0; i < entry->n_rules; i++) {
        tl_json_object(json);
        tl_json_put_text(json, "digest", entry->rules[i].digest);
        tl_json_put_some(json, "name", entry->rules[i].name);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
    tl_json_object_end(json);
}

static void put_sources(struct tl_json *json, const struct tl_snapshot *snapshot,
                        const struct tl_source_account *accounts)
{
    tl_json_key(json, "sources");
    tl_json_array(json);
    for (size_t i = 0; i < snapshot->sources.n; i++) {
        const struct tl_source *source = &snapshot->sources.items[i];
        bool failed = source->state == TL_SOURCE_FAILED;
        tl_json_object(json);
        tl_json_put_int(json, "decided", (int64_t)accounts[i].n_decided);
        tl_json_put_int(json, "gone", (int64_t)accounts[i].n_gone);
        tl_json_put_int(json, "kept", (int64_t)accounts[i].n_kept);
        if (accounts[i].manifest_hex[0])
            tl_json_put_text(json, "manifest", accounts[i].manifest_hex);
        tl_json_put_some(json, "name", tl_snapshot_text(snapshot, source->name));
        tl_json_put_text(json, "state", failed ? "failed" : "read");
        tl_json_put_int(json, "unchanged", (int64_t)accounts[i].n_unchanged);
        if (failed)
            tl_json_put_some(json, "why", tl_snapshot_text(snapshot, source->why));
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
}

static void put_tree(struct tl_json *json, const struct tl_trail *trail)
{
    const struct tl_merkle_edge *edge = &trail->edge;
    struct tl_sha256 root;

    tl_json_key(json, "tree");
    tl_json_object(json);
    tl_json_key(json, "edge");
    tl_json_array(json);
    for (unsigned i = 0; i < edge->n; i++)
        put_hash(json, &edge->hashes[i]);
    tl_json_array_end(json);
    tl_json_put_int(json, "first_leaf", (int64_t)trail->first_leaf);
    tl_json_put_int(json, "n_leaves", (int64_t)(edge->size - trail->first_leaf));
    tl_merkle_edge_root(&root, edge);
    tl_json_key(json, "root");
    put_hash(json, &root);
    tl_json_put_int(json, "size", (int64_t)edge->size);
    tl_json_object_end(json);
}

static void put_verdicts(struct tl_json *json, const struct tl_verdicts *verdicts)
{
    tl_json_key(json, "verdicts");
    tl_json_object(json);
    tl_json_put_int(json, "binding", (int64_t)verdicts->n_binding);
    tl_json_put_int(json, "gap", (int64_t)verdicts->counts[TL_GAP]);
    tl_json_put_int(json, "pass", (int64_t)verdicts->counts[TL_PASS]);
    tl_json_put_int(json, "violation", (int64_t)verdicts->counts[TL_VIOLATION]);
    tl_json_put_int(json, "waived", (int64_t)verdicts->counts[TL_WAIVED]);
    tl_json_object_end(json);
}

static void put_words(struct tl_json *json, const struct tl_entry *entry)
{
    static const char *const kinds[] = { "accept", "reject", "set" };
    struct tl_str name = TL_STR_INIT(TL_STR_MOST);

    tl_json_key(json, "words");
    tl_json_array(json);
    for (size_t i = 0; i < entry->n_words; i++) {
        const struct tl_word *word = &entry->words[i];
        tl_str_clear(&name);
        tl_key_add(&name, &word->key);
        tl_json_object(json);
        tl_json_put_text(json, "column", name.text);
        tl_json_put_text(json, "info_type", word->info_type);
        tl_json_put_some(json, "why", word->why);
        tl_json_put_text(json, "word", kinds[word->kind]);
        tl_json_object_end(json);
    }
    tl_json_array_end(json);
    tl_str_release(&name);
}

void tl_run_write(struct tl_str *out, const struct tl_merge *merge,
                  const struct tl_trail *trail, const struct tl_source_account *accounts)
{
    const struct tl_entry *entry = merge->entry;
    struct tl_json json;
    char seed[24];

    snprintf(seed, sizeof seed, "%llu", (unsigned long long)entry->seed);
    tl_json_init(&json, out);
    tl_json_object(&json);
    tl_json_put_text(&json, "actor", entry->actor);
    tl_json_put_time(&json, "began", entry->began);
    tl_json_put_some(&json, "config", entry->config_digest);
    put_counts(&json, merge->counts);
    tl_json_put_int(&json, "decision_version", entry->decision_version);
    tl_json_put_time(&json, "ended", entry->ended);
    tl_json_put_text(&json, "kind", entry->kind);
    if (entry->receipt)
        put_receipt(&json, entry->receipt);
    put_rules(&json, entry);
    tl_json_put_text(&json, "run", merge->trace);
    tl_json_put_text(&json, "seed", seed); /* 64 bits do not fit a JSON number */
    if (accounts)
        put_sources(&json, entry->snapshot, accounts);
    put_tree(&json, trail);
    if (merge->verdicts)
        put_verdicts(&json, merge->verdicts);
    tl_json_put_some(&json, "version", entry->version);
    if (entry->n_words)
        put_words(&json, entry);
    tl_json_object_end(&json);
    tl_str_add_char(out, '\n');
}

/* ---- reading the tree back ---- */

static int base64_digit(char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Exactly 32 bytes: 43 digits and one '='. */
static bool read_hash(struct tl_sha256 *out, const char *text)
{
    uint32_t bits = 0;
    unsigned n_bits = 0, n = 0;

    if (!text || strlen(text) != 44 || text[43] != '=')
        return false;
    for (int i = 0; i < 43; i++) {
        int digit = base64_digit(text[i]);
        if (digit < 0)
            return false;
        bits = (bits << 6 | (uint32_t)digit) & 0xffff;
        n_bits += 6;
        if (n_bits >= 8 && n < sizeof out->bytes) {
            n_bits -= 8;
            out->bytes[n++] = (unsigned char)(bits >> n_bits);
        }
    }
    return true;
}

static bool read_edge(struct tl_merkle_edge *edge, const json_t *run)
{
    const json_t *hashes = tl_json_at(run, "tree.edge");
    int64_t size = tl_json_int_at(run, "tree.size", -1);
    struct tl_sha256 root, stated;

    memset(edge, 0, sizeof *edge);
    if (size < 0 ||
        json_array_size(hashes) != (size_t)__builtin_popcountll((uint64_t)size))
        return false;
    edge->size = (uint64_t)size;
    for (size_t i = 0; i < json_array_size(hashes); i++)
        if (!read_hash(&edge->hashes[edge->n++],
                       json_string_value(json_array_get(hashes, i))))
            return false;
    tl_merkle_edge_root(&root, edge);
    return read_hash(&stated, tl_json_text_at(run, "tree.root", NULL)) &&
           memcmp(&root, &stated, sizeof root) == 0;
}

static int read_tip_run(json_t **out, const struct tl_tip *tip, const char *run,
                        struct tl_ctx *ctx)
{
    struct tl_str path = TL_STR_INIT(512);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_run_folder(&path, (int64_t)git_commit_time(tip->commit) * 1000000000, run);
    tl_str_add(&path, "/run.json");
    int rc = tl_tree_read(&text, tip->root, path.text, ctx);
    if (rc == TL_OK && tl_json_parse(out, text.text, text.n, path.text, ctx) < 0) {
        tl_error_clear(&ctx->error);
        rc = tl_fail(ctx, TL_ELOG, "'%s' in the log is no JSON", path.text);
    }
    tl_str_release(&text);
    tl_str_release(&path);
    return rc;
}

int tl_run_edge(struct tl_merkle_edge *edge, const struct tl_tip *tip, struct tl_ctx *ctx)
{
    struct tl_str root_text = TL_STR_INIT(64);
    char run[64], kind[32], size[32], root[64], edge_size[32];
    struct tl_sha256 root_hash;
    json_t *json = NULL;

    memset(edge, 0, sizeof *edge);
    tl_commit_trailer(kind, sizeof kind, tip->commit, "Tagline-Kind");
    tl_commit_trailer(run, sizeof run, tip->commit, "Tagline-Run");
    if (strcmp(kind, "init") == 0)
        return TL_OK;
    if (run[0] == '\0') {
        tl_hint(ctx, "look at it with: git log main");
        return tl_fail(ctx, TL_ELOG,
                       "the last commit of the log was not written by tagline");
    }
    int rc = read_tip_run(&json, tip, run, ctx);
    if (rc < 0)
        return rc;
    bool holds = read_edge(edge, json);
    json_decref(json);
    tl_merkle_edge_root(&root_hash, edge);
    tl_base64_add(&root_text, root_hash.bytes, sizeof root_hash.bytes);
    snprintf(edge_size, sizeof edge_size, "%llu", (unsigned long long)edge->size);
    tl_commit_trailer(size, sizeof size, tip->commit, "Tagline-Tree-Size");
    tl_commit_trailer(root, sizeof root, tip->commit, "Tagline-Root");
    holds = holds && strcmp(size, edge_size) == 0 && strcmp(root, root_text.text) == 0;
    tl_str_release(&root_text);
    return holds
               ? TL_OK
               : tl_fail(ctx, TL_ELOG, "the last run of the log and its commit disagree");
}

/* ---- the commit's words ---- */

static void add_count(struct tl_str *out, size_t n, const char *one, const char *many)
{
    if (n)
        tl_str_addf(out, ", %zu %s", n, n == 1 ? one : many);
}

/* A carried tag that a person accepted or a rule found did not go: it is told as what it is now. */
static size_t count_lost(const struct tl_appended *counts)
{
    return counts->n_gone_carried - counts->n_owned_carried;
}

static void add_carried(struct tl_str *out, const struct tl_appended *counts)
{
    add_count(out, counts->n_new_carried, "new carried tag", "new carried tags");
    add_count(out, count_lost(counts), "carried tag gone", "carried tags gone");
}

static void scan_subject(struct tl_str *out, const struct tl_appended *counts)
{
    size_t n = counts->n_decided + counts->n_unchanged;

    tl_str_addf(out, "scan: %zu %s", n, n == 1 ? "dataset" : "datasets");
    if (counts->n_decided == 0 && counts->n_gone == 0 && counts->n_kept == 0 &&
        counts->n_rerouted == 0) {
        tl_str_add(out, ", nothing changed");
        return;
    }
    add_count(out, counts->n_new_tags, "new tag", "new tags");
    add_count(out, counts->n_changed_tags, "changed tag", "changed tags");
    add_count(out, counts->n_withdrawn_tags, "withdrawn tag", "withdrawn tags");
    add_carried(out, counts);
    add_count(out, counts->n_gone, "dataset gone", "datasets gone");
    if (counts->n_kept)
        tl_str_addf(out, ", %zu not seen", counts->n_kept);
}

void tl_run_subject(struct tl_str *out, const struct tl_merge *merge)
{
    const struct tl_entry *entry = merge->entry;
    const char *words[] = { "accept", "reject", "set" };
    size_t n[3] = { 0 };
    bool begun = false;

    if (entry->snapshot) {
        scan_subject(out, merge->counts);
    } else if (entry->receipt) {
        tl_str_addf(out, "push: %zu of %zu accepted", entry->receipt->n_accepted,
                    entry->receipt->n_sent);
    } else {
        tl_str_addf(out, "%s:", entry->kind);
        for (size_t i = 0; i < entry->n_words; i++)
            n[entry->words[i].kind]++;
        for (size_t k = 0; k < 3; k++)
            if (n[k]) {
                tl_str_addf(out, "%s %s %zu", begun ? "," : "", words[k], n[k]);
                begun = true;
            }
        add_carried(out, merge->counts);
    }
    if (merge->verdicts)
        add_count(out, merge->verdicts->counts[TL_VIOLATION], "violation", "violations");
}

static void add_carried_counts(struct tl_str *out, const struct tl_appended *counts)
{
    tl_str_addf(out, "carried tags: %zu (%zu new, %zu changed, %zu gone",
                counts->n_carried_tags, counts->n_new_carried, counts->n_changed_carried,
                count_lost(counts));
    if (counts->n_owned_carried)
        tl_str_addf(out, ", %zu the column's own now", counts->n_owned_carried);
    tl_str_add(out, ")\n");
}

/* A scan says what there is; other entries only what they changed. */
static void add_lineage(struct tl_str *out, const struct tl_merge *merge)
{
    const struct tl_appended *counts = merge->counts;
    const struct tl_verdicts *verdicts = merge->verdicts;
    bool is_scan = merge->entry->snapshot != NULL;

    if (counts->n_new_edges || counts->n_gone_edges ||
        (is_scan && (counts->n_edges || counts->n_problems)))
        tl_str_addf(out, "lineage: %zu edges (%zu new, %zu gone), %zu not understood\n",
                    counts->n_edges, counts->n_new_edges, counts->n_gone_edges,
                    counts->n_problems);
    if (counts->n_new_carried || counts->n_changed_carried || counts->n_gone_carried ||
        (is_scan && counts->n_carried_tags))
        add_carried_counts(out, counts);
    if (verdicts)
        tl_str_addf(out,
                    "policies: %zu violations (%zu binding), %zu gaps, %zu waived, "
                    "%zu passed\n",
                    verdicts->counts[TL_VIOLATION], verdicts->n_binding,
                    verdicts->counts[TL_GAP], verdicts->counts[TL_WAIVED],
                    verdicts->counts[TL_PASS]);
}

enum { REASON_BYTES = 500 };

/* Names are written as in keys: no line break of a name can forge a trailer. */
void tl_run_body(struct tl_str *out, const struct tl_merge *merge,
                 const struct tl_source_account *accounts)
{
    const struct tl_entry *entry = merge->entry;

    for (size_t i = 0; accounts && i < entry->snapshot->sources.n; i++) {
        const struct tl_source *source = &entry->snapshot->sources.items[i];
        const char *name = tl_snapshot_text(entry->snapshot, source->name);
        tl_name_encode(out, name ? name : "");
        if (source->state == TL_SOURCE_FAILED)
            tl_str_addf(out, ": failed, %zu %s as before\n", accounts[i].n_kept,
                        accounts[i].n_kept == 1 ? "dataset stays" : "datasets stay");
        else
            tl_str_addf(out,
                        ": %zu decided anew, %zu unchanged, %zu gone, %zu not seen\n",
                        accounts[i].n_decided, accounts[i].n_unchanged,
                        accounts[i].n_gone, accounts[i].n_kept);
    }
    add_lineage(out, merge);
    if (entry->receipt && entry->receipt->sink) {
        tl_str_add(out, "to ");
        tl_name_encode(out, entry->receipt->sink);
        tl_str_addf(out, ": %zu refused\n", entry->receipt->refusals.n);
    }
    for (size_t i = 0; i < entry->n_words && i < 20; i++) {
        tl_key_add(out, &entry->words[i].key);
        tl_str_addf(out, ": %s %s\n",
                    entry->words[i].kind == TL_WORD_ACCEPT   ? "accept"
                    : entry->words[i].kind == TL_WORD_REJECT ? "reject"
                                                             : "set",
                    entry->words[i].info_type);
        if (entry->words[i].why) {
            /* One line, set in: no reason can pass for a trailer. */
            tl_str_add(out, "    ");
            tl_str_add_shown(out, entry->words[i].why,
                             strnlen(entry->words[i].why, REASON_BYTES));
            tl_str_add_char(out, '\n');
        }
    }
    if (entry->n_words > 20)
        tl_str_addf(out, "and %zu more\n", entry->n_words - 20);
}

void tl_run_trailers(struct tl_str *out, const struct tl_merge *merge,
                     const struct tl_trail *trail)
{
    struct tl_sha256 root;

    tl_merkle_edge_root(&root, &trail->edge);
    tl_str_addf(
        out, "Tagline-Run: %s\nTagline-Kind: %s\nTagline-Tree-Size: %llu\nTagline-Root: ",
        merge->trace, merge->entry->kind, (unsigned long long)trail->edge.size);
    tl_base64_add(out, root.bytes, sizeof root.bytes);
    tl_str_add_char(out, '\n');
}
