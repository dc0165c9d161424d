/*
 * People's words: on one column, on all that a pattern names, on a group of the listing, on what a file says. However many there are, they
 * are one entry of the log: all of them stand, or none.
 */
#include "cli/review.h"

#include "base/say.h"
#include "cli/pipeline.h"
#include "cli/show.h"

enum { NAMED_COLUMNS = 5, NAMED_TYPES = 8 };

static const char *verb_done(int kind)
{
    static const char *const verbs[] = { "accepted", "rejected", "set" };

    return verbs[kind];
}

/* ---- one word ---- */

const struct tl_belief_tag *tl_review_tag(const struct tl_belief *belief,
                                          const struct tl_belief_hit *hit,
                                          const char *info_type)
{
    for (uint32_t t = 0; t < hit->column->n_tags; t++) {
        const struct tl_belief_tag *tag = &belief->tags[hit->column->first_tag + t];
        if (strcmp(tl_belief_text(belief, tag->info_type), info_type) == 0)
            return tag;
    }
    return NULL;
}

bool tl_review_is_so(const struct tl_belief_tag *tag, int kind)
{
    return tag && tag->origin == TL_BY_PERSON && !tag->against.at &&
           tag->state == (kind == TL_WORD_REJECT ? TL_REJECTED : TL_CONFIRMED);
}

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

/*
 * What a set type puts aside: the tags of other types that stand, but for carried ones of another category, which still arrive. NULL:
 * none.
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

struct tl_review_said tl_review_word(const struct tl_review *review,
                                     const struct tl_belief_hit *hit,
                                     const struct tl_belief_tag *tag,
                                     const struct tl_info_type *type, int kind,
                                     struct tl_ctx *ctx)
{
    const struct tl_belief *belief = review->belief;
    struct tl_review_said said = { .word = { .key = kept_key(belief, hit, ctx),
                                             .kind = (uint8_t)kind } };
    struct tl_word *word = &said.word;

    if (kind == TL_WORD_SET) {
        word->info_type = type->name;
        word->category = type->category;
        word->sensitivity = type->sensitivity;
        tag = tl_review_tag(belief, hit, type->name);
    } else {
        word->info_type = kept(tl_belief_text(belief, tag->info_type), ctx);
        word->category = kept(tl_belief_text(belief, tag->category), ctx);
        word->sensitivity = tag->sensitivity;
    }
    said.column = tl_hit_text(belief, hit, ctx);
    said.displaced = displaced_by(word, belief, hit, ctx);
    said.took_over = tag && tag->state == TL_CARRIED;
    return said;
}

/* Masks what looks personal in a reason, and says so. */
static int take_reason(const char **out, const char *why, const struct tl_review *review,
                       struct tl_ctx *ctx)
{
    struct tl_engine_scratch *scratch;

    if (!why || !why[strspn(why, " \t\r\n")]) {
        tl_hint(ctx, "add --why \"...\": the log keeps it for whoever asks later");
        return tl_fail(ctx, TL_EUSAGE, "a person's word needs a reason");
    }
    /* People quote values when they explain: a reason is masked as a comment is. */
    scratch = tl_engine_scratch_open();
    *out = tl_engine_fit(review->engine, why, scratch, ctx->arena);
    tl_engine_scratch_close(scratch);
    if (strcmp(*out, why) != 0)
        tl_note(ctx, "what looks personal in the reason is masked: %s", *out);
    return TL_OK;
}

/* ---- into the log ---- */

static int append_words(struct tl_appended *done, const struct tl_review_speech *speech,
                        const struct tl_review *review, struct tl_ctx *ctx)
{
    struct tl_word *words = tl_alloc(speech->items.n, sizeof *words);
    struct tl_entry entry;

    for (size_t i = 0; i < speech->items.n; i++)
        words[i] = speech->items.items[i].word;
    tl_entry_begin(&entry, "review", review->config, ctx);
    entry.rules_digest = tl_engine_digest(review->engine);
    tl_entry_carry(&entry, review->engine, review->config);
    entry.words = words;
    entry.n_words = speech->items.n;
    entry.ended = tl_now(ctx);
    int rc = tl_log_append(done, review->log, &entry, review->config->scan.wait, ctx);
    tl_free(words);
    return rc;
}

/* What the words did to other columns, in the same commit. */
static void tell_downstream(const struct tl_appended *done, size_t n_own,
                            struct tl_ctx *ctx)
{
    size_t n_gone = done->n_gone_carried -
                    (n_own < done->n_gone_carried ? n_own : done->n_gone_carried);

    if (done->n_new_carried || done->n_changed_carried || n_gone)
        tl_note(ctx, "carried along its lineage: %zu new, %zu changed, %zu gone",
                done->n_new_carried, done->n_changed_carried, n_gone);
}

/* "3 accepted, 2 rejected" */
static const char *counts_of(const struct tl_review_speech *speech, struct tl_ctx *ctx)
{
    size_t counts[TL_WORD_SET + 1] = { 0 };
    struct tl_str text = TL_STR_INIT(256);

    for (size_t i = 0; i < speech->items.n; i++)
        counts[speech->items.items[i].word.kind]++;
    for (int kind = 0; kind <= TL_WORD_SET; kind++)
        if (counts[kind])
            tl_str_addf(&text, "%s%zu %s", text.n ? ", " : "", counts[kind],
                        verb_done(kind));
    const char *kept_text = tl_arena_dup(ctx->arena, text.text, text.n);
    tl_str_release(&text);
    return kept_text;
}

static void tell_done(const struct tl_review_speech *speech,
                      const struct tl_appended *done, struct tl_ctx *ctx)
{
    const struct tl_review_said *first = &speech->items.items[0];
    size_t n_own = 0, n_displaced = 0;

    for (size_t i = 0; i < speech->items.n; i++) {
        n_own += speech->items.items[i].took_over;
        n_displaced += speech->items.items[i].displaced != NULL;
    }
    if (speech->items.n == 1)
        tl_note(ctx, "%s: %s %s, logged as %.12s", first->column,
                verb_done(first->word.kind), first->word.info_type, done->commit);
    else
        tl_note(ctx, "%s, logged as %.12s", counts_of(speech, ctx), done->commit);
    if (speech->items.n == 1 && first->displaced)
        tl_note(ctx, "it takes the place of %s", first->displaced);
    else if (n_displaced)
        tl_note(ctx, "%zu of them take the place of other types", n_displaced);
    tell_downstream(done, n_own, ctx);
}

int tl_review_record(const struct tl_review_speech *speech,
                     const struct tl_review *review, struct tl_ctx *ctx)
{
    const struct tl_review_said *first = speech->items.items;
    struct tl_appended done;

    if (speech->n_so)
        tl_note(ctx, "%zu %s decided so already", speech->n_so,
                speech->n_so == 1 ? "is" : "are");
    if (!speech->items.n)
        return TL_OK;
    if (review->options->dry_run) {
        if (speech->items.n == 1)
            tl_note(ctx, "would be recorded: '%s' %s %s", first->column,
                    verb_done(first->word.kind), first->word.info_type);
        else
            tl_note(ctx, "would be recorded: %s", counts_of(speech, ctx));
        return TL_OK;
    }
    int rc = append_words(&done, speech, review, ctx);
    if (rc == TL_OK)
        tell_done(speech, &done, ctx);
    return rc;
}

/* ---- one column ---- */

int tl_review_choose(const struct tl_belief_tag **out, const struct tl_belief *belief,
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

/* The type of `set`: the last operand, or --type. */
static int choose_type(const struct tl_info_type **out, const char *named,
                       const struct tl_review *review, struct tl_ctx *ctx)
{
    if (!named) {
        tl_hint(ctx, "usage: tagline review set COLUMN INFO_TYPE --why \"...\"");
        return tl_fail(ctx, TL_EUSAGE, "'set' needs an info type");
    }
    *out = tl_engine_type(review->engine, named);
    return *out ? TL_OK : tl_no_such_type(review->engine, named, ctx);
}

static int speak_of_column(struct tl_review_speech *out, const char *column,
                           const char *named, int kind, const struct tl_review *review,
                           struct tl_ctx *ctx)
{
    const struct tl_belief_tag *tag = NULL;
    const struct tl_info_type *type = NULL;
    struct tl_belief_hit hit;
    int rc = tl_find_column(&hit, review->belief, column, ctx);

    if (rc == TL_OK)
        rc = kind == TL_WORD_SET
                 ? choose_type(&type, named, review, ctx)
                 : tl_review_choose(&tag, review->belief, &hit, named, ctx);
    if (rc == TL_OK)
        tl_vec_push(&out->items, tl_review_word(review, &hit, tag, type, kind, ctx));
    return rc;
}

/* ---- many columns ---- */

/* Several tags of one column may wait; a set type is said of it once. */
static void speak_of_items(struct tl_review_speech *out,
                           const struct tl_review_list *list,
                           const struct tl_info_type *type, int kind,
                           const struct tl_review *review, struct tl_ctx *ctx)
{
    struct tl_map seen = TL_MAP_INIT;

    for (size_t i = 0; i < list->items.n; i++) {
        const struct tl_review_item *item = &list->items.items[i];
        const struct tl_belief_column *column = item->hit.column;
        const struct tl_belief_tag *tag = item->tag;
        uint32_t at;

        if (type) {
            if (tl_map_get(&seen, &list->items.items[i].hit.column, sizeof column, &at))
                continue;
            tl_map_put(&seen, &list->items.items[i].hit.column, sizeof column, 0);
            tag = tl_review_tag(review->belief, &item->hit, type->name);
        }
        if (tl_review_is_so(tag, kind))
            out->n_so++;
        else
            tl_vec_push(&out->items,
                        tl_review_word(review, &item->hit, tag, type, kind, ctx));
    }
    tl_map_release(&seen);
}

/* `set` by pattern is said of columns that have no tag as well, but for those of which a person spoke. */
static void speak_of_columns(struct tl_review_speech *out,
                             const struct tl_review_filter *filter,
                             const struct tl_info_type *type,
                             const struct tl_review *review, struct tl_ctx *ctx)
{
    const struct tl_belief *belief = review->belief;

    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        struct tl_key key = tl_belief_key(belief, &belief->datasets[d]);
        if ((filter->source && strcmp(key.source, filter->source) != 0) ||
            (filter->dataset && !tl_key_matches(&key, filter->dataset)))
            continue;
        for (uint32_t c = 0; c < belief->datasets[d].n_columns; c++) {
            struct tl_belief_hit hit = {
                &belief->datasets[d],
                &belief->columns[belief->datasets[d].first_column + c]
            };
            struct tl_key field = { .dataset = tl_belief_text(belief, hit.column->path) };
            bool is_settled = false;
            if (hit.column->is_absent || hit.dataset->is_absent ||
                !tl_key_matches(&field, filter->field))
                continue;
            for (uint32_t t = 0; t < hit.column->n_tags; t++)
                is_settled |=
                    belief->tags[hit.column->first_tag + t].origin == TL_BY_PERSON &&
                    belief->tags[hit.column->first_tag + t].state == TL_CONFIRMED;
            if (is_settled && !filter->all)
                out->n_so++;
            else
                tl_vec_push(&out->items,
                            tl_review_word(review, &hit, NULL, type, TL_WORD_SET, ctx));
        }
    }
}

/* What is about to be said, for whoever has to answer for it: how many of which type, and the first few by name. */
static void tell_plan(const struct tl_review_speech *speech, int kind, struct tl_ctx *ctx)
{
    static const char *const verbs[] = { "accept", "reject", "set" };
    const char *types[NAMED_TYPES];
    size_t counts[NAMED_TYPES] = { 0 }, n_types = 0, n_others = 0;
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    for (size_t i = 0; i < speech->items.n; i++) {
        const char *type = speech->items.items[i].word.info_type;
        size_t t = 0;
        while (t < n_types && strcmp(types[t], type) != 0)
            t++;
        if (t == NAMED_TYPES) {
            n_others++;
            continue;
        }
        if (t == n_types)
            types[n_types++] = type;
        counts[t]++;
    }
    for (size_t t = 0; t < n_types; t++)
        tl_str_addf(&text, "%s%s on %zu column%s", t ? ", " : "", types[t], counts[t],
                    counts[t] == 1 ? "" : "s");
    if (n_others)
        tl_str_addf(&text, ", and %zu of other types", n_others);
    tl_note(ctx, "%s %s: %s", speech->items.n == 1 ? "this would" : "these would all",
            verbs[kind], text.text);
    for (size_t i = 0; i < speech->items.n && i < NAMED_COLUMNS; i++)
        tl_note(ctx, "  %s", speech->items.items[i].column);
    if (speech->items.n > NAMED_COLUMNS)
        tl_note(ctx, "  and %zu more", speech->items.n - NAMED_COLUMNS);
    tl_str_release(&text);
}

static int make_sure(const struct tl_review_speech *speech, int kind,
                     const struct tl_review_options *o, struct tl_ctx *ctx)
{
    tell_plan(speech, kind, ctx);
    if (o->yes || o->dry_run)
        return TL_OK;
    int answer = tl_ask(ctx, "record that?");
    if (answer > 0)
        return TL_OK;
    if (answer == 0)
        return tl_fail(ctx, TL_EUSAGE, "nothing was recorded");
    tl_hint(ctx, "add --yes, or look first with --dry-run");
    return speech->items.n == 1
               ? tl_fail(ctx, TL_EUSAGE, "what a group or pattern finds needs a yes")
               : tl_fail(ctx, TL_EUSAGE, "%zu words at once need a yes", speech->items.n);
}

static int speak_of_many(struct tl_review_speech *out,
                         const struct tl_review_filter *filter, const char *named,
                         int kind, const struct tl_review *review, struct tl_ctx *ctx)
{
    const struct tl_info_type *type = NULL;
    struct tl_review_list list = { { 0 }, { 0 } };
    int rc = kind == TL_WORD_SET ? choose_type(&type, named, review, ctx) : TL_OK;

    if (rc < 0)
        return rc;
    if (type && filter->field) {
        speak_of_columns(out, filter, type, review, ctx);
    } else {
        tl_review_gather(&list, review->belief, filter, ctx->arena);
        if (filter->group && list.groups.n > 1) {
            tl_hint(ctx, "write more of its digits");
            rc = tl_fail(ctx, TL_EUSAGE, "'%s' may be any of %zu groups", filter->group,
                         list.groups.n);
        } else {
            speak_of_items(out, &list, type, kind, review, ctx);
        }
        tl_review_release(&list);
    }
    if (rc == TL_OK && !out->items.n && !out->n_so) {
        tl_hint(ctx, filter->all ? "'tagline review --all' lists all tags"
                                 : "'tagline review' lists what waits; --all takes in "
                                   "what was settled");
        rc = tl_fail(ctx, TL_ENOTFOUND, "nothing that waits is like that");
    }
    return rc == TL_OK && out->items.n ? make_sure(out, kind, review->options, ctx) : rc;
}

/* ---- which of these ---- */

static bool is_group(const char *operand)
{
    size_t n = strlen(operand);

    return n >= 4 && n <= 8 && strspn(operand, "0123456789abcdef") == n;
}

/* "shop/main/[a-f]*#email"; without a '#' of all columns. */
static void split_pattern(struct tl_review_filter *filter, const char *operand,
                          struct tl_ctx *ctx)
{
    const char *hash = strrchr(operand, '#');

    filter->field = hash ? hash + 1 : "*";
    if (!hash)
        filter->dataset = operand;
    else if (hash > operand)
        filter->dataset = tl_arena_dup(ctx->arena, operand, (size_t)(hash - operand));
}

static int check_speech(const struct tl_call *call, int kind, bool is_filtered,
                        struct tl_ctx *ctx)
{
    const char *verb = call->operands[0];
    const char *usage = kind == TL_WORD_SET ? "COLUMN INFO_TYPE" : "COLUMN";

    if (call->n_operands < 2 && !is_filtered) {
        tl_hint(ctx,
                "usage: tagline review %s %s --why \"...\"; a pattern, a group of the "
                "listing or --dataset and its like name many",
                verb, usage);
        return tl_fail(ctx, TL_EUSAGE, "'%s' needs a column", verb);
    }
    if (kind != TL_WORD_SET && call->n_operands > 2) {
        tl_hint(ctx,
                "usage: tagline review %s %s --why \"...\", one column or pattern a call",
                verb, usage);
        return tl_fail(ctx, TL_EUSAGE, "'%s' does not know what to do with '%s'", verb,
                       call->operands[2]);
    }
    return TL_OK;
}

/* A key may hold what looks like a glob: what is there by that very name is meant. */
static bool is_pattern(const char *operand, const struct tl_belief *belief,
                       struct tl_ctx *ctx)
{
    struct tl_key_pattern pattern;
    struct tl_belief_hit hit;

    if (!strpbrk(operand, TL_REVIEW_GLOB))
        return false;
    bool is_column = tl_key_parse(&pattern, operand, ctx) == TL_OK && pattern.field &&
                     tl_belief_search(&hit, 1, belief, &pattern) > 0;
    tl_error_clear(&ctx->error);
    return !is_column;
}

static int gather_words(struct tl_review_speech *out, const struct tl_call *call,
                        int kind, const struct tl_review *review, struct tl_ctx *ctx)
{
    struct tl_review_filter filter = tl_review_filter_of(review->options);
    const char *operand = call->n_operands > 1 ? call->operands[1] : NULL;
    const char *named = kind == TL_WORD_SET && call->n_operands > 2 ? call->operands[2]
                                                                    : filter.info_type;

    if (kind == TL_WORD_SET && call->n_operands == 2 && !strchr(operand, '#') &&
        tl_review_filters(&filter) && tl_engine_type(review->engine, operand)) {
        named = operand; /* of all that the filter names */
        return speak_of_many(out, &filter, named, kind, review, ctx);
    }
    /* Of a set type --type is the new one, unless that is said as an operand: then it is what the columns are now. */
    if (kind == TL_WORD_SET && call->n_operands < 3)
        filter.info_type = NULL;
    if (operand && is_pattern(operand, review->belief, ctx))
        split_pattern(&filter, operand, ctx);
    else if (operand && is_group(operand))
        filter.group = operand;
    else if (operand)
        return speak_of_column(out, operand, named, kind, review, ctx);
    return speak_of_many(out, &filter, named, kind, review, ctx);
}

int tl_review_speak(const struct tl_call *call, struct tl_review *review, int kind,
                    struct tl_ctx *ctx)
{
    struct tl_review_filter filter = tl_review_filter_of(review->options);
    struct tl_review_speech speech = { { 0 }, 0 };
    const char *why = NULL;
    int rc = check_speech(call, kind, tl_review_filters(&filter), ctx);

    if (rc == TL_OK)
        rc = tl_config_need_actor(review->config, ctx);
    if (rc == TL_OK)
        rc = gather_words(&speech, call, kind, review, ctx);
    if (rc == TL_OK && speech.items.n)
        rc = take_reason(&why, review->options->why, review, ctx);
    for (size_t i = 0; i < speech.items.n; i++)
        speech.items.items[i].word.why = why;
    if (rc == TL_OK)
        rc = tl_review_record(&speech, review, ctx);
    tl_vec_release(&speech.items);
    return rc;
}
