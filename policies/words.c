/*
 * How what was found is put into words: names, tags, zones and lengths of ways. Never a value.
 */
#include "policies/check.h"

#include "base/ctx.h"

const char *tl_asking_here(struct tl_asking *asking)
{
    if (!asking->readable)
        asking->readable = tl_key_text_readable(asking->view.dataset.key, asking->ctx);
    return asking->readable;
}

const char *tl_asking_place(struct tl_asking *asking, const char *dataset,
                            const char *path)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    struct tl_key column = { .field = path };

    tl_str_add(&text, tl_key_text_readable(dataset, asking->ctx));
    if (path)
        tl_key_add_readable(&text, &column); /* begins with its '#' */
    return tl_words_end(&text, asking->ctx);
}

const char *tl_words_end(struct tl_str *text, struct tl_ctx *ctx)
{
    const char *kept = tl_arena_dup(ctx->arena, text->text, text->n);

    tl_str_release(text);
    return kept;
}

void tl_words_tag(struct tl_str *out, const struct tl_graph_tag *tag)
{
    unsigned percent = (tag->confidence + 5u) / 10;

    if (tag->state == TL_CONFIRMED) {
        tl_str_addf(out, "%s (confirmed)", tag->info_type);
        return;
    }
    /* only what is certain is 100 */
    tl_str_addf(out, "%s (%u%%)", tag->info_type,
                percent >= 100 && tag->confidence < 1000 ? 99 : percent);
}

void tl_words_zone(struct tl_str *out, const struct tl_place *place)
{
    if (place->zone)
        tl_str_addf(out, " in zone '%s'", place->zone);
}

static const char *effect_words(int effect)
{
    switch (effect) {
    case TL_KEEPS:
        return "unchanged";
    case TL_PARTIAL:
        return "in part";
    case TL_MASKS:
        return "masked";
    case TL_ENCRYPTS:
        return "encrypted";
    case TL_TOKENISES:
        return "tokenised";
    case TL_HASHES:
        return "hashed";
    case TL_HASHES_SALTED:
        return "hashed with a salt";
    case TL_AGGREGATES:
        return "aggregated";
    case TL_COUNTS:
        return "counted";
    case TL_ADDS_NOISE:
        return "with noise added";
    default:
        return NULL;
    }
}

void tl_words_way(struct tl_str *out, struct tl_asking *asking,
                  const struct tl_trace *trace)
{
    const char *effect = effect_words(trace->effect);

    if (!trace->hops)
        return;
    tl_str_addf(out, ", %s%sover %u step%s from '%s'", effect ? effect : "",
                effect ? " " : "", trace->hops, trace->hops == 1 ? "" : "s",
                tl_asking_place(asking, trace->steps[0].dataset, trace->steps[0].path));
}

void tl_words_list(struct tl_str *out, const struct tl_list *words)
{
    enum { SHOWN = 3 };

    for (size_t i = 0; i < words->n && i < SHOWN; i++)
        tl_str_addf(out, "%s'%s'", i == 0 ? "" : ", ", words->items[i]);
    if (words->n > SHOWN)
        tl_str_addf(out, " and %zu more", words->n - SHOWN);
}
