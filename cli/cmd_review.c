/*
 * What waits for a person, and a person's word on it: accept, reject, set. A word is a run of its own in the log and stands in
 * every later scan.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "cli/table.h"

struct review_options {
    struct tl_common common;
    const char *why, *type;
    bool all, dry_run;
};

static const struct tl_option options[] = {
    { "why", TL_KIND_TEXT, offsetof(struct review_options, why), NULL,
      "your reason; it is logged", .argument = "TEXT" },
    { "type", TL_KIND_TEXT, offsetof(struct review_options, type), NULL,
      "the info type meant, where a column has several", .argument = "INFO_TYPE" },
    { "all", TL_KIND_FLAG, offsetof(struct review_options, all), NULL,
      "list what was settled as well" },
    { "dry_run", TL_KIND_FLAG, offsetof(struct review_options, dry_run), NULL,
      "say what would be recorded, log nothing", .letter = 'n' },
    { 0 },
};

static bool is_waiting(const struct tl_belief_tag *tag)
{
    return tag->state == TL_PROPOSED || tag->state == TL_WITHDRAWN;
}

/* ---- listing ---- */

struct waiting {
    struct tl_belief_hit hit;
    const struct tl_belief_tag *tag;
};

struct listing {
    TL_VEC(struct waiting) items;
    bool all;
};

static void gather(void *self, const struct tl_belief_hit *hit,
                   const struct tl_belief_tag *tag)
{
    struct listing *listing = self;

    if (listing->all || is_waiting(tag))
        tl_vec_push(&listing->items, ((struct waiting){ *hit, tag }));
}

/* Most sensitive first, then most doubtful, then by name as the belief has them. */
static int by_need(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;

    if (x->tag->sensitivity != y->tag->sensitivity)
        return y->tag->sensitivity - x->tag->sensitivity;
    if (x->tag->confidence != y->tag->confidence)
        return x->tag->confidence - y->tag->confidence;
    return x->tag < y->tag ? -1 : x->tag > y->tag;
}

static void list_json(const struct listing *listing, const struct tl_belief *belief,
                      struct tl_ctx *ctx)
{
    for (size_t i = 0; i < listing->items.n; i++) {
        const struct waiting *item = &listing->items.items[i];
        struct tl_json_line line;
        struct tl_json *json = tl_json_line_begin(&line);

        tl_json_put_tag(json, belief, &item->hit, item->tag, ctx);
        tl_json_line_end(&line, ctx);
    }
}

static void list_table(const struct listing *listing, const struct tl_belief *belief,
                       struct tl_ctx *ctx)
{
    static const struct tl_head heads[] = {
        { "COLUMN", TL_LEFT }, { "INFO TYPE", TL_LEFT }, { "SENSITIVITY", TL_CUT },
        { "SURE", TL_RIGHT },  { "STATE", TL_LEFT },     { "BY", TL_CUT },
        { "SINCE", TL_CUT }
    };
    struct tl_table *table = tl_table_open(heads, 7, ctx);

    for (size_t i = 0; i < listing->items.n; i++) {
        const struct waiting *item = &listing->items.items[i];
        const char *actor = tl_belief_text(belief, item->tag->actor);
        bool is_gone = item->hit.column->is_absent || item->hit.dataset->is_absent;
        char since[21];

        tl_time_text(since, item->tag->since);
        tl_table_row(table);
        tl_table_cell(table, tl_hit_short(belief, &item->hit, ctx));
        tl_table_cell(table, tl_belief_text(belief, item->tag->info_type));
        tl_table_painted(table, tl_sensitivity_word(item->tag->sensitivity),
                         tl_paint_of_sensitivity(item->tag->sensitivity));
        tl_table_cellf(table, "%u%%", tl_percent(item->tag->confidence));
        if (is_gone)
            tl_table_cellf(table, "%s, gone", tl_state_word(item->tag->state));
        else
            tl_table_painted(table, tl_state_word(item->tag->state),
                             tl_paint_of_state(item->tag->state));
        tl_table_cell(table, actor ? actor : tl_origin_word(item->tag->origin));
        tl_table_cellf(table, "%.10s", since);
    }
    tl_table_close(table);
}

static int list_waiting(const struct tl_belief *belief, const struct review_options *o,
                        struct tl_ctx *ctx)
{
    struct listing listing = { .all = o->all };

    tl_each_tag(belief, gather, &listing);
    if (listing.items.n)
        qsort(listing.items.items, listing.items.n, sizeof *listing.items.items, by_need);
    if (o->common.json)
        list_json(&listing, belief, ctx);
    else if (listing.items.n)
        list_table(&listing, belief, ctx);
    fflush(ctx->say->results);
    if (listing.items.n)
        tl_note(ctx,
                "%zu %s; next: tagline review accept|reject|set COLUMN --why \"...\"",
                listing.items.n, o->all ? "tags" : "wait");
    else
        tl_note(ctx, "nothing waits");
    tl_vec_release(&listing.items);
    return TL_OK;
}

/* ---- a word ---- */

/* The tag that accept or reject speaks of: the named one, or the only one there is. */
static int choose_tag(const struct tl_belief_tag **out, const struct tl_belief *belief,
                      const struct tl_belief_hit *hit, const char *type,
                      struct tl_ctx *ctx)
{
    const struct tl_belief_tag *tags = &belief->tags[hit->column->first_tag];
    const char *column = tl_hit_text(belief, hit, ctx);
    struct tl_str names = TL_STR_INIT(400), rejected = TL_STR_INIT(400);
    size_t n = 0;
    int rc = TL_OK;

    for (uint32_t t = 0; t < hit->column->n_tags; t++) {
        const char *name = tl_belief_text(belief, tags[t].info_type);
        if (type ? strcmp(name, type) != 0 : tags[t].state == TL_REJECTED) {
            if (!type)
                tl_str_addf(&rejected, "%s%s", rejected.n ? ", " : "", name);
            continue;
        }
        tl_str_addf(&names, "%s%s", n++ ? ", " : "", name);
        *out = &tags[t];
    }
    if (n > 1) {
        tl_hint(ctx, "say which with --type: %s", names.text);
        rc = tl_fail(ctx, TL_EUSAGE, "'%s' has %zu tags", column, n);
    } else if (n == 0 && rejected.n) {
        tl_hint(ctx, "to take that back: tagline review accept COLUMN --type INFO_TYPE "
                     "--why \"...\"");
        rc = tl_fail(ctx, TL_ENOTFOUND,
                     "'%s' has no tag that stands; rejected already: %s", column,
                     rejected.text);
    } else if (n == 0) {
        tl_hint(ctx, "'tagline review set COLUMN INFO_TYPE --why ...' gives it one");
        rc = tl_fail(ctx, TL_ENOTFOUND, "'%s' has no %s%s", column, type ? "tag " : "tag",
                     type ? type : "");
    }
    tl_str_release(&names);
    tl_str_release(&rejected);
    return rc;
}

/* Another writer may move the log on while we wait for it: a word must not point into the belief it was found in. */
static const char *kept(const char *text, struct tl_ctx *ctx)
{
    return text ? tl_arena_strdup(ctx->arena, text) : NULL;
}

static struct tl_key kept_key(const struct tl_belief *belief,
                              const struct tl_belief_hit *hit, struct tl_ctx *ctx)
{
    struct tl_key key = tl_belief_key(belief, hit->dataset);

    return (struct tl_key){ kept(key.source, ctx), kept(key.database, ctx),
                            kept(key.schema, ctx), kept(key.dataset, ctx),
                            kept(tl_belief_text(belief, hit->column->path), ctx) };
}

static int make_word(struct tl_word *word, const struct tl_belief *belief,
                     const struct tl_belief_hit *hit, const struct tl_engine *engine,
                     const struct tl_call *call, struct tl_ctx *ctx)
{
    const struct review_options *o = call->options;
    const char *named =
        word->kind == TL_WORD_SET && call->n_operands > 2 ? call->operands[2] : o->type;
    const struct tl_belief_tag *tag = NULL;
    int rc;

    word->key = kept_key(belief, hit, ctx);
    if (word->kind == TL_WORD_SET) {
        const struct tl_info_type *type = named ? tl_engine_type(engine, named) : NULL;
        if (!named) {
            tl_hint(ctx, "usage: tagline review set COLUMN INFO_TYPE --why \"...\"");
            return tl_fail(ctx, TL_EUSAGE, "'set' needs an info type");
        }
        if (!type)
            return tl_no_such_type(engine, named, ctx);
        word->info_type = type->name;
        word->category = type->category;
        word->sensitivity = type->sensitivity;
        return TL_OK;
    }
    if ((rc = choose_tag(&tag, belief, hit, named, ctx)) < 0)
        return rc;
    word->info_type = kept(tl_belief_text(belief, tag->info_type), ctx);
    word->category = kept(tl_belief_text(belief, tag->category), ctx);
    word->sensitivity = tag->sensitivity;
    return TL_OK;
}

static int append_word(struct tl_appended *done, const struct tl_word *word,
                       const struct tl_engine *engine, const struct tl_config *config,
                       struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_entry entry;

    tl_entry_begin(&entry, "review", config, ctx);
    entry.rules_digest = tl_engine_digest(engine);
    tl_entry_carry(&entry, engine, config);
    entry.words = word;
    entry.n_words = 1;
    entry.ended = tl_now(ctx);
    return tl_log_append(done, log, &entry, config->scan.wait, ctx);
}

static int check_speech(const struct tl_call *call, int kind, struct tl_ctx *ctx)
{
    const char *verb = call->operands[0];
    const char *usage = kind == TL_WORD_SET ? "COLUMN INFO_TYPE" : "COLUMN";

    if (call->n_operands < 2) {
        tl_hint(ctx, "usage: tagline review %s %s --why \"...\"", verb, usage);
        return tl_fail(ctx, TL_EUSAGE, "'%s' needs a column", verb);
    }
    if (kind != TL_WORD_SET && call->n_operands > 2) {
        tl_hint(ctx, "usage: tagline review %s COLUMN --why \"...\", one column a call",
                verb);
        return tl_fail(ctx, TL_EUSAGE, "'%s' does not know what to do with '%s'", verb,
                       call->operands[2]);
    }
    return TL_OK;
}

/*
 * What a set type puts aside: the tags of other types that stand, but for carried ones of another category, which still arrive. NULL: none.
 */
static const char *displaced_by(const struct tl_word *word,
                                const struct tl_belief *belief,
                                const struct tl_belief_hit *hit, struct tl_ctx *ctx)
{
    struct tl_str names = TL_STR_INIT(1 << 12);
    const char *list = NULL;

    for (uint32_t t = 0; word->kind == TL_WORD_SET && t < hit->column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[hit->column->first_tag + t];
        const char *name = tl_belief_text(belief, tag->info_type);
        bool still_arrives =
            tag->state == TL_CARRIED && strcmp(tl_belief_text(belief, tag->category),
                                               word->category ? word->category : "") != 0;
        if (tag->state != TL_REJECTED && !still_arrives &&
            strcmp(name, word->info_type) != 0)
            tl_str_addf(&names, "%s%s", names.n ? ", " : "", name);
    }
    if (names.n)
        list = tl_arena_dup(ctx->arena, names.text, names.n);
    tl_str_release(&names);
    return list;
}

/* Whether the word is about a tag that was carried here: it stands by the word now, and the log counts it as gone. */
static bool takes_over(const struct tl_word *word, const struct tl_belief *belief,
                       const struct tl_belief_hit *hit)
{
    for (uint32_t t = 0; t < hit->column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[hit->column->first_tag + t];
        if (tag->state == TL_CARRIED &&
            strcmp(tl_belief_text(belief, tag->info_type), word->info_type) == 0)
            return true;
    }
    return false;
}

/* What the word did to other columns, in the same commit. */
static void tell_downstream(const struct tl_appended *done, bool took_over,
                            struct tl_ctx *ctx)
{
    size_t n_gone = done->n_gone_carried - (took_over && done->n_gone_carried);

    if (done->n_new_carried || done->n_changed_carried || n_gone)
        tl_note(ctx, "carried along its lineage: %zu new, %zu changed, %zu gone",
                done->n_new_carried, done->n_changed_carried, n_gone);
}

/* A word on its way into the log. */
struct speech {
    struct tl_word word; /* complete but for the reason */
    const char *column;
    const char *displaced; /* see displaced_by */
    bool took_over;        /* see takes_over */
};

/* Takes the reason, and logs it with the word. */
static int record(struct speech *speech, const struct review_options *o,
                  const struct tl_engine *engine, const struct tl_config *config,
                  struct tl_log *log, struct tl_ctx *ctx)
{
    static const char *const verbs[] = { "accepted", "rejected", "set" };
    struct tl_word *word = &speech->word;
    struct tl_engine_scratch *scratch;
    struct tl_appended done;
    int rc;

    if (!o->why || !o->why[strspn(o->why, " \t\n")]) {
        tl_hint(ctx, "add --why \"...\": the log keeps it for whoever asks later");
        return tl_fail(ctx, TL_EUSAGE, "a person's word needs a reason");
    }
    /* People quote values when they explain: a reason is masked as a comment is. */
    scratch = tl_engine_scratch_open();
    word->why = tl_engine_fit(engine, o->why, scratch, ctx->arena);
    tl_engine_scratch_close(scratch);
    if (strcmp(word->why, o->why) != 0)
        tl_note(ctx, "what looks personal in the reason is masked: %s", word->why);
    if (o->dry_run) {
        tl_note(ctx, "would be recorded: '%s' %s %s", speech->column, verbs[word->kind],
                word->info_type);
        return TL_OK;
    }
    if ((rc = append_word(&done, word, engine, config, log, ctx)) < 0)
        return rc;
    tl_note(ctx, "%s: %s %s, logged as %.12s", speech->column, verbs[word->kind],
            word->info_type, done.commit);
    if (speech->displaced)
        tl_note(ctx, "it takes the place of %s", speech->displaced);
    tell_downstream(&done, speech->took_over, ctx);
    return TL_OK;
}

static int speak(const struct tl_call *call, const struct tl_config *config,
                 struct tl_log *log, const struct tl_belief *belief, int kind,
                 struct tl_ctx *ctx)
{
    const struct review_options *o = call->options;
    struct speech speech = { .word.kind = (uint8_t)kind };
    struct tl_engine *engine = NULL;
    struct tl_belief_hit hit;
    int rc;

    if ((rc = check_speech(call, kind, ctx)) == TL_OK &&
        (rc = tl_config_need_actor(config, ctx)) == TL_OK &&
        (rc = tl_engine_open(&engine, &config->rules, ctx)) == TL_OK &&
        (rc = tl_find_column(&hit, belief, call->operands[1], ctx)) == TL_OK &&
        (rc = make_word(&speech.word, belief, &hit, engine, call, ctx)) == TL_OK) {
        speech.column = tl_hit_text(belief, &hit, ctx);
        speech.displaced = displaced_by(&speech.word, belief, &hit, ctx);
        speech.took_over = takes_over(&speech.word, belief, &hit);
        rc = record(&speech, o, engine, config, log, ctx);
    }
    tl_engine_close(engine);
    return rc;
}

static int run_review(struct tl_call *call, struct tl_ctx *ctx)
{
    static const char *const words[] = { "accept", "reject", "set" };
    const struct review_options *o = call->options;
    const struct tl_belief *belief;
    struct tl_config config = { 0 };
    struct tl_log *log = NULL;
    int kind = -1;
    int rc;

    for (int i = 0; call->n_operands && i < 3; i++)
        if (strcmp(call->operands[0], words[i]) == 0)
            kind = i;
    if (call->n_operands && kind < 0) {
        const char *nearest = tl_nearest(call->operands[0], words, 3);
        if (nearest)
            tl_hint(ctx, "did you mean '%s'?", nearest);
        else
            tl_hint(ctx, "it knows accept, reject and set");
        return tl_fail(ctx, TL_EUSAGE, "'review' does not know what '%s' is",
                       call->operands[0]);
    }
    if ((rc = tl_config_load(&config, o->common.config, 0, ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, ctx)) == TL_OK &&
        (rc = tl_log_belief(&belief, log, ctx)) == TL_OK)
        rc = kind < 0 ? list_waiting(belief, o, ctx)
                      : speak(call, &config, log, belief, kind, ctx);
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const struct tl_cmd tl_cmd_review = {
    .name = "review",
    .summary = "what waits for a person; accept, reject or set a tag",
    .operands = "[accept|reject COLUMN | set COLUMN INFO_TYPE]",
    .text = "Without operands lists the proposals, most sensitive and most doubtful "
            "first. A word on a column is\n"
            "logged with your actor id and your reason, and stands in every later scan.",
    .examples =
        "  $ tagline review\n  $ tagline review accept users#email --why \"checked with "
        "the CRM team\"\n"
        "  $ tagline review set users#ref household_id --why \"billing joins on it\"\n",
    .options = options,
    .options_size = sizeof(struct review_options),
    .most_operands = 3,
    .run = run_review,
};
