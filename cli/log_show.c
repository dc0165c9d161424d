#include "cli/log_show.h"

#include "base/yaml.h"
#include "cli/verdict.h"
#include "lineage/log/changes.h"

#include <stdlib.h>

enum { MOST_LISTED = 10, MOST_OF_A_RULE = 3 };

struct page {
    const json_t *body;
    const struct tl_log_run *run;
    struct tl_log *log;
    struct tl_run_changes changes;
    FILE *out;
    struct tl_ctx *ctx;
};

static const char *bold(const struct page *page)
{
    return tl_paint(page->ctx, TL_BOLD);
}

static const char *dim(const struct page *page)
{
    return tl_paint(page->ctx, TL_DIM);
}

static const char *plain(const struct page *page)
{
    return tl_paint(page->ctx, TL_PLAIN);
}

static void head(const struct page *page, const char *text)
{
    fprintf(page->out, "\n%s%s%s", bold(page), text, plain(page));
}

static long long count_of(const struct page *page, const char *name)
{
    char path[64];

    snprintf(path, sizeof path, "counts.%s", name);
    return (long long)tl_json_int_at(page->body, path, 0);
}

static const char *text_at(const struct page *page, const json_t *object,
                           const char *path)
{
    return tl_shown(tl_json_text_at(object, path, NULL), page->ctx);
}

static void and_more(const struct page *page, unsigned deep, size_t listed, size_t n)
{
    if (n > listed)
        fprintf(page->out, "%*s%sand %zu more%s\n", (int)deep, "", dim(page), n - listed,
                plain(page));
}

/* "  3 new, 1 gone": what there is none of is left out. */
struct count {
    const char *word;
    size_t n;
};
static void show_counts(const struct page *page, const struct count *counts, size_t n)
{
    const char *between = "  ";

    for (size_t i = 0; i < n; i++)
        if (counts[i].n) {
            fprintf(page->out, "%s%zu %s", between, counts[i].n, counts[i].word);
            between = ", ";
        }
    fprintf(page->out, "%s\n", between[0] == ' ' ? "  nothing new" : "");
}

/* "key#field" of the log as people read and type it. */
static const char *place_of(const struct page *page, const char *key)
{
    struct tl_str field = TL_STR_INIT(TL_STR_MOST);
    size_t n = strcspn(key, "#");
    const char *dataset = tl_arena_dup(page->ctx->arena, key, n);
    const char *place = key;

    if (!key[n])
        place = tl_place_text(dataset, NULL, page->ctx);
    else if (tl_name_decode(&field, key + n + 1, strlen(key + n + 1)))
        place = tl_place_text(dataset, field.text, page->ctx);
    tl_str_release(&field);
    return tl_shown(place, page->ctx);
}

/* ---- who, when, what ---- */

static void show_top(const struct page *page)
{
    const char *began = tl_json_text_at(page->body, "began", NULL);
    const char *ended = tl_json_text_at(page->body, "ended", NULL);
    int64_t from, to;
    char when[21];

    tl_time_text(when, page->run->when);
    fprintf(page->out, "%scommit %s%s\n", tl_paint(page->ctx, TL_YELLOW),
            page->run->commit, plain(page));
    if (page->run->run[0])
        fprintf(page->out, "run    %s\n", page->run->run);
    fprintf(page->out, "when   %s", when);
    if (began && ended && tl_time_read(&from, began) && tl_time_read(&to, ended) &&
        to > from)
        fprintf(page->out, ", took %lld s", (long long)(to - from) / 1000000000);
    fprintf(page->out, "\nwho    %s", tl_shown(page->run->actor, page->ctx));
    if (json_object_size(page->body))
        fprintf(page->out, ", with tagline %s", text_at(page, page->body, "version"));
    fprintf(page->out, "\nwhat   %s\n", tl_shown(page->run->subject, page->ctx));
}

static void show_sources(const struct page *page)
{
    const json_t *sources = json_object_get(page->body, "sources");

    if (json_array_size(sources))
        head(page, "looked at\n");
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *source = json_array_get(sources, i);
        long long gone = (long long)tl_json_int_at(source, "gone", 0);
        long long kept = (long long)tl_json_int_at(source, "kept", 0);
        fprintf(page->out, "  %s: ", text_at(page, source, "name"));
        if (strcmp(tl_json_text_at(source, "state", ""), "failed") == 0) {
            fprintf(page->out,
                    "%scould not be read%s: %s; %lld datasets stay as they "
                    "were\n",
                    tl_paint(page->ctx, TL_RED), plain(page),
                    text_at(page, source, "why"), kept);
            continue;
        }
        fprintf(page->out, "%lld datasets decided anew, %lld unchanged",
                (long long)tl_json_int_at(source, "decided", 0),
                (long long)tl_json_int_at(source, "unchanged", 0));
        if (gone)
            fprintf(page->out, ", %lld gone", gone);
        if (kept)
            fprintf(page->out, ", %lld not seen", kept);
        fputc('\n', page->out);
    }
}

static void show_words(const struct page *page)
{
    const json_t *words = json_object_get(page->body, "words");

    if (json_array_size(words))
        head(page, "said\n");
    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *word = json_array_get(words, i);
        fprintf(page->out, "  %s  %s %s%s%s\n", text_at(page, word, "word"),
                place_of(page, tl_json_text_at(word, "column", "")), bold(page),
                text_at(page, word, "info_type"), plain(page));
        if (tl_json_text_at(word, "why", NULL))
            fprintf(page->out, "    %s\n", text_at(page, word, "why"));
    }
}

static void show_receipt(const struct page *page)
{
    const json_t *receipt = json_object_get(page->body, "receipt");
    const json_t *refusals = json_object_get(receipt, "refusals");
    size_t i;

    if (!receipt)
        return;
    head(page, "pushed");
    fprintf(page->out, "  %lld of %lld accepted by %s\n",
            (long long)tl_json_int_at(receipt, "accepted", 0),
            (long long)tl_json_int_at(receipt, "sent", 0),
            text_at(page, receipt, "sink"));
    for (i = 0; i < json_array_size(refusals) && i < MOST_LISTED; i++) {
        const json_t *refusal = json_array_get(refusals, i);
        fprintf(page->out, "  refused  %s %s\n    %s\n", text_at(page, refusal, "target"),
                text_at(page, refusal, "aspect"), text_at(page, refusal, "why"));
    }
    and_more(page, 2, i, json_array_size(refusals));
}

/* ---- what changed ---- */

static void show_tag(const struct page *page, enum tl_change_kind kind,
                     const struct tl_run_change *change)
{
    fprintf(page->out, "%s%s%s", bold(page), tl_shown(change->info_type, page->ctx),
            plain(page));
    if (change->state != TL_CONFIRMED && change->state != TL_REJECTED)
        fprintf(page->out, " %u%%", tl_percent(change->confidence));
    if (change->from) {
        fprintf(page->out, "  from %s", place_of(page, change->from));
        if (change->from_type && strcmp(change->from_type, change->info_type) != 0)
            fprintf(page->out, " (%s)", tl_shown(change->from_type, page->ctx));
        if (change->effect)
            fprintf(page->out, ", %s", tl_effect_word(change->effect));
    }
    if (kind == TL_TAG_SAID)
        fprintf(page->out, " %s", tl_state_word(change->state));
    if (change->was && change->state && change->was != change->state)
        fprintf(page->out, ", was %s", tl_state_word(change->was));
    else if (kind == TL_TAG_CHANGED || kind == TL_CARRIED_CHANGED)
        fprintf(page->out, ", was %u%%", tl_percent(change->confidence_was));
}

static void show_flow(const struct page *page, const struct tl_run_change *change)
{
    fprintf(page->out, "  from %s  %s", place_of(page, change->from ? change->from : ""),
            tl_edge_kind_word(change->edge_kind));
    if (change->effect)
        fprintf(page->out, ", %s", tl_effect_word(change->effect));
}

static void show_change(const struct page *page, enum tl_change_kind kind,
                        const struct tl_run_change *change)
{
    if (change->dataset)
        fprintf(page->out, "  %s",
                tl_shown(tl_place_text(change->dataset, change->path, page->ctx),
                         page->ctx));
    if (change->info_type) {
        fprintf(page->out, "  ");
        show_tag(page, kind, change);
    }
    if (kind == TL_FLOW_NEW || kind == TL_FLOW_GONE)
        show_flow(page, change);
    if (change->query)
        fprintf(page->out, "  (%s)",
                tl_shown(tl_query_place(change->query, change->line, change->column,
                                        page->ctx),
                         page->ctx));
    else if (kind == TL_PROBLEM_NEW && change->line)
        fprintf(page->out, "  (line %u, column %u of its SQL)", change->line,
                change->column);
    fputc('\n', page->out);
    if (change->why)
        fprintf(page->out, "    %s\n", tl_shown(change->why, page->ctx));
}

static void show_list(const struct page *page, enum tl_change_kind kind, const char *word)
{
    const struct tl_run_changes *changes = &page->changes;
    size_t listed = tl_run_changes_held(changes, kind);

    for (size_t i = 0; i < listed; i++) {
        fprintf(page->out, "  %s%s%s", dim(page), word, plain(page));
        show_change(page, kind, &changes->items[kind][i]);
    }
    and_more(page, 2, listed, changes->n[kind]);
}

static void show_datasets(const struct page *page)
{
    const size_t *n = page->changes.n;

    if (!n[TL_DATASET_NEW] && !n[TL_DATASET_GONE])
        return;
    head(page, "datasets");
    const struct count counts[] = { { "new", n[TL_DATASET_NEW] },
                                    { "gone", n[TL_DATASET_GONE] } };
    show_counts(page, counts, sizeof counts / sizeof *counts);
    show_list(page, TL_DATASET_NEW, "new");
    show_list(page, TL_DATASET_GONE, "gone");
}

static void show_tags(const struct page *page)
{
    const size_t *n = page->changes.n;

    const struct count counts[] = { { "found", n[TL_TAG_NEW] },
                                    { "changed", n[TL_TAG_CHANGED] },
                                    { "withdrawn", n[TL_TAG_WITHDRAWN] },
                                    { "said by a person", n[TL_TAG_SAID] },
                                    { "gone", n[TL_TAG_GONE] } };

    if (n[TL_TAG_NEW] + n[TL_TAG_CHANGED] + n[TL_TAG_WITHDRAWN] + n[TL_TAG_SAID] +
            n[TL_TAG_GONE] ==
        0)
        return;
    head(page, "tags");
    show_counts(page, counts, sizeof counts / sizeof *counts);
    show_list(page, TL_TAG_NEW, "found");
    show_list(page, TL_TAG_CHANGED, "changed");
    show_list(page, TL_TAG_WITHDRAWN, "withdrawn");
    show_list(page, TL_TAG_SAID, "said");
    show_list(page, TL_TAG_GONE, "gone");
}

static void show_carried(const struct page *page)
{
    const size_t *n = page->changes.n;

    if (!n[TL_CARRIED_NEW] && !n[TL_CARRIED_CHANGED] && !n[TL_CARRIED_GONE] &&
        !count_of(page, "carried_tags"))
        return;
    head(page, "carried tags");
    fprintf(page->out, "  %lld now: %zu new, %zu changed, %zu gone\n",
            count_of(page, "carried_tags"), n[TL_CARRIED_NEW], n[TL_CARRIED_CHANGED],
            n[TL_CARRIED_GONE]);
    show_list(page, TL_CARRIED_NEW, "new");
    show_list(page, TL_CARRIED_CHANGED, "changed");
    show_list(page, TL_CARRIED_GONE, "gone");
}

static void show_flows(const struct page *page)
{
    const size_t *n = page->changes.n;

    if (!count_of(page, "edges") && !count_of(page, "problems") && !n[TL_FLOW_GONE])
        return;
    head(page, "what flows where");
    fprintf(page->out, "  %lld edges now: %zu new, %zu gone; %lld not understood\n",
            count_of(page, "edges"), n[TL_FLOW_NEW], n[TL_FLOW_GONE],
            count_of(page, "problems"));
    show_list(page, TL_FLOW_NEW, "new");
    show_list(page, TL_FLOW_GONE, "gone");
    show_list(page, TL_PROBLEM_NEW, "not understood");
}

/* ---- what policies said ---- */

static int by_rule(const void *a, const void *b)
{
    const struct tl_verdict *left = a, *right = b;
    int order = strcmp(left->rule ? left->rule : "", right->rule ? right->rule : "");

    if (order == 0)
        order = left->outcome - right->outcome; /* violations before gaps */
    if (order == 0)
        order = strcmp(left->dataset ? left->dataset : "",
                       right->dataset ? right->dataset : "");
    return order ? order
                 : strcmp(left->path ? left->path : "", right->path ? right->path : "");
}

/* A rule that could be kept for no dataset says so once, of none. */
static const char *object_of(const struct page *page, const struct tl_verdict *verdict)
{
    if (!verdict->dataset || !verdict->dataset[0])
        return "no dataset in particular";
    return tl_shown(tl_place_text(verdict->dataset, verdict->path, page->ctx), page->ctx);
}

static void show_verdict(const struct page *page, const struct tl_verdict *verdict)
{
    bool is_bad = verdict->outcome == TL_VIOLATION && !verdict->is_advisory;

    fprintf(page->out, "    %s%s%s  %s\n      %s\n",
            tl_paint(page->ctx, is_bad ? TL_RED : TL_YELLOW),
            tl_outcome_word(verdict->outcome), plain(page), object_of(page, verdict),
            tl_shown(verdict->why, page->ctx));
}

static void show_fix(const struct page *page, const struct tl_verdict *verdict)
{
    if (verdict->fix)
        fprintf(page->out, "      %sfix:%s %s\n", dim(page), plain(page),
                tl_shown(verdict->fix, page->ctx));
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The verdicts of one rule: its counts, then a few of each outcome. What to do is said once where it is the same. */
static void show_rule(const struct page *page, const struct tl_verdict *verdicts,
                      size_t n)
{
    struct count counts[] = {
        { "passed", 0 }, { "violated", 0 }, { "could not be told", 0 }, { "waived", 0 }
    };

    for (size_t i = 0; i < n; i++)
        counts[verdicts[i].outcome].n++;
    fprintf(page->out, "  %s%s%s%s", bold(page), tl_shown(verdicts->rule, page->ctx),
            plain(page), verdicts->is_advisory ? " (advisory)" : "");
    show_counts(page, counts, sizeof counts / sizeof *counts);
    for (size_t i = 0; i < n;) {
        size_t of_outcome = counts[verdicts[i].outcome].n, shown = 0;
        size_t most = of_outcome < MOST_OF_A_RULE ? of_outcome : MOST_OF_A_RULE;
        for (; shown < most; shown++) {
            const struct tl_verdict *verdict = &verdicts[i + shown];
            show_verdict(page, verdict);
            if (shown + 1 == most || !is_same_text(verdict->fix, verdict[1].fix))
                show_fix(page, verdict);
        }
        and_more(page, 4, shown, of_outcome);
        i += of_outcome;
    }
}

static void show_policies(const struct page *page)
{
    const json_t *counts = json_object_get(page->body, "verdicts");
    struct tl_verdict *items = page->changes.verdicts.items.items;
    size_t n = page->changes.verdicts.items.n;

    if (!counts)
        return;
    head(page, "policies");
    fprintf(page->out,
            "  %lld violated (%lld binding), %lld could not be told, %lld waived, %lld "
            "passed\n",
            (long long)tl_json_int_at(counts, "violation", 0),
            (long long)tl_json_int_at(counts, "binding", 0),
            (long long)tl_json_int_at(counts, "gap", 0),
            (long long)tl_json_int_at(counts, "waived", 0),
            (long long)tl_json_int_at(counts, "pass", 0));
    if (n)
        qsort(items, n, sizeof *items, by_rule);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && is_same_text(items[end].rule, items[i].rule);)
            end++;
        show_rule(page, &items[i], end - i);
    }
}

/* ---- under which rules ---- */

static const char *kind_of(const json_t *pack)
{
    static const char *const kinds[][2] = {
        { "taxonomy", "taxonomy" },       { "rules", "policies" },
        { "types", "info types" },        { "carry", "carrying" },
        { "vocabularies", "vocabulary" }, { "decision_version", "settings" }
    };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (json_object_get(pack, kinds[i][0]))
            return kinds[i][1];
    return "rules";
}

/* A pack that cannot be read any more is still named. */
static json_t *read_pack(const char *digest, const struct tl_log_run *run,
                         struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT((size_t)16 << 20);
    struct tl_yaml yaml = { .root = NULL };
    struct tl_ctx child;
    json_t *pack = NULL;

    tl_ctx_child(&child, ctx);
    if (tl_run_rule(&text, run, digest, log, &child) == TL_OK &&
        tl_yaml_parse(&yaml, text.text, text.n, digest, &child) == TL_OK) {
        pack = json_incref(yaml.root);
        tl_yaml_release(&yaml);
    }
    tl_ctx_release(&child);
    tl_str_release(&text);
    return pack;
}

const char *tl_rule_kind(const char *digest, const struct tl_log_run *run,
                         struct tl_log *log, struct tl_ctx *ctx)
{
    json_t *pack = read_pack(digest, run, log, ctx);
    const char *kind = kind_of(pack);

    json_decref(pack);
    return kind;
}

static void show_rules(const struct page *page)
{
    const json_t *packs = tl_json_at(page->body, "rules.packs");

    if (!json_array_size(packs))
        return;
    head(page, "rules");
    fprintf(page->out, "  digest %.12s, decision version %lld\n",
            tl_json_text_at(page->body, "rules.digest", "-"),
            (long long)tl_json_int_at(page->body, "decision_version", 0));
    for (size_t i = 0; i < json_array_size(packs); i++) {
        const json_t *named = json_array_get(packs, i);
        const char *digest = tl_json_text_at(named, "digest", "");
        json_t *pack = read_pack(digest, page->run, page->log, page->ctx);
        fprintf(page->out, "  %-10s  %-8s  %s%.12s%s", kind_of(pack),
                text_at(page, named, "name"), dim(page), tl_shown(digest, page->ctx),
                plain(page));
        if (tl_json_text_at(pack, "summary", NULL))
            fprintf(page->out, "  %s", text_at(page, pack, "summary"));
        fputc('\n', page->out);
        json_decref(pack);
    }
}

static void show_proof(const struct page *page)
{
    long long first = (long long)tl_json_int_at(page->body, "tree.first_leaf", 0);
    long long n = (long long)tl_json_int_at(page->body, "tree.n_leaves", 0);

    if (!json_object_get(page->body, "tree"))
        return;
    head(page, "proof");
    fprintf(page->out, "  %lld span lines, %lld to %lld of a tree of %lld, root %s\n", n,
            first, first + n - 1, (long long)tl_json_int_at(page->body, "tree.size", 0),
            text_at(page, page->body, "tree.root"));
    if (tl_json_text_at(page->body, "config", NULL))
        fprintf(page->out, "  tagline.yaml %s\n", text_at(page, page->body, "config"));
}

/* ---- all of it ---- */

int tl_show_run(const json_t *body, const struct tl_log_run *run, struct tl_log *log,
                struct tl_ctx *ctx)
{
    struct page page = {
        .body = body, .run = run, .log = log, .out = ctx->say->results, .ctx = ctx
    };
    int rc = run->run[0] ? tl_run_changes_read(&page.changes, MOST_LISTED, run, log, ctx)
                         : TL_OK;

    if (rc == TL_OK) {
        show_top(&page);
        show_sources(&page);
        show_words(&page);
        show_receipt(&page);
        show_datasets(&page);
        show_tags(&page);
        show_carried(&page);
        show_flows(&page);
        show_policies(&page);
        show_rules(&page);
        show_proof(&page);
    }
    tl_run_changes_release(&page.changes);
    return rc;
}
