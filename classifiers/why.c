/*
 * A decision as one sentence. It is made from opinions and counts alone, so that it can be told again from the log.
 */
#include "classifiers/rules.h"

#include "base/str.h"

static void add_words(struct tl_str *out, const char *info_type)
{
    for (const char *c = info_type; *c; c++)
        tl_str_add_char(out, *c == '_' ? ' ' : *c);
}

static void add_part(struct tl_str *out, size_t begin)
{
    if (out->n > begin)
        tl_str_add(out, ", ");
}

static void add_counts(struct tl_str *out, const struct tl_opinion *opinion)
{
    tl_str_add_uint(out, opinion->matched);
    tl_str_add(out, " of ");
    tl_str_add_uint(out, opinion->tried);
    tl_str_add(out, opinion->tried == 1 ? " value" : " values");
}

static void add_values(struct tl_str *out, const struct tl_opinion *opinion,
                       bool is_named)
{
    if (opinion->stance == TL_ABSTAINS && !opinion->distinct) {
        add_counts(out, opinion);
        tl_str_add(out, opinion->tried == 1 ? " is a constant that stands for nobody"
                                            : " are constants that stand for nobody");
        return;
    }
    if (opinion->stance == TL_REFUTES) {
        tl_str_add(out, "but ");
        if (opinion->tried) {
            tl_str_add(out, opinion->matched ? "only " : "");
            add_counts(out, opinion);
            tl_str_add(out, opinion->tried == 1 ? " fits" : " fit");
        } else {
            const char *words = tl_nature_words(opinion->rule);
            tl_str_add(out, words ? words : "the values are yes and no");
        }
        return;
    }
    add_counts(out, opinion);
    if (opinion->evidence == TL_FROM_VALIDATOR)
        tl_str_add(out, opinion->tried == 1 ? " is valid" : " are valid");
    else
        tl_str_add(out, opinion->tried == 1 ? " fits" : " fit");
    if (!is_named) {
        tl_str_add(out, " as ");
        add_words(out, opinion->info_type);
        if (opinion->stance == TL_ABSTAINS) {
            tl_str_add(out, ", which may be chance");
            return;
        }
        tl_str_add(out, ", ");
        tl_str_add_uint(out, opinion->distinct);
        tl_str_add(out, " of them distinct: chance would not do that");
    }
}

static bool says_same(const char *a, const char *b)
{
    return a == b || !strcmp(a, b);
}

static void add_opinion(struct tl_str *out, const struct tl_opinion *opinion,
                        bool is_named)
{
    switch (opinion->evidence) {
    case TL_FROM_NAME:
        if (opinion->stance == TL_REFUTES && opinion->weight == -1000)
            tl_str_add(out, "but a word in the name rules that out");
        else
            tl_str_add(out,
                       opinion->stance == TL_REFUTES ? "name mentions " : "name says ");
        if (opinion->weight != -1000)
            add_words(out, opinion->info_type);
        if (opinion->stance == TL_REFUTES && opinion->weight != -1000)
            tl_str_add(out, " but another word in it says it is only about one");
        break;
    case TL_FROM_TYPE:
        tl_str_add(out, "but the column's type cannot hold it");
        break;
    case TL_FROM_COMMENT:
        tl_str_add(out, is_named ? "the comment agrees" : "the comment says ");
        if (!is_named)
            add_words(out, opinion->info_type);
        break;
    case TL_FROM_TABLE:
        tl_str_add(out,
                   opinion->stance == TL_REFUTES ? "but the table is about something else"
                   : tl_subject_words(opinion->rule) ? tl_subject_words(opinion->rule)
                                                     : "the table is about such things");
        break;
    case TL_FROM_SIBLING:
        tl_str_add(out, "a column beside it supports that");
        break;
    case TL_FROM_PROOF:
        tl_str_addf(out, "%u of %u distinct digests %s of ", opinion->matched,
                    opinion->tried,
                    strstr(opinion->rule, "#proof_kept")
                        ? "were in an earlier run shown to be"
                        : "are");
        tl_str_add(out, strstr(opinion->info_type, "phone") ? "telephone numbers"
                                                            : "addresses");
        tl_str_add(out, " that stand in the clear in the same source");
        break;
    default:
        add_values(out, opinion, is_named);
        break;
    }
}

/* All that was said of one type on one column. */
static void add_story(struct tl_str *out, const struct tl_decisions *decisions,
                      const struct tl_decision *decision, const char *info_type)
{
    size_t begin = out->n;
    bool is_named = false;

    for (uint32_t i = 0; i < decision->n_opinions; i++) {
        const struct tl_opinion *opinion =
            &decisions->opinions[decision->first_opinion + i];

        if (!says_same(opinion->info_type, info_type))
            continue;
        add_part(out, begin);
        add_opinion(out, opinion, is_named);
        is_named |=
            opinion->evidence == TL_FROM_NAME || opinion->evidence == TL_FROM_COMMENT;
    }
}

/* The type that won although it is nobody's: it has opinions, none of them against, and no tag. */
static const char *winner_without_tag(const struct tl_decisions *decisions,
                                      const struct tl_decision *decision)
{
    if (!decision->n_opinions || decision->n_tags)
        return NULL;
    const struct tl_opinion *first = &decisions->opinions[decision->first_opinion];
    if (decision->runner_up && says_same(first->info_type, decision->runner_up))
        return NULL;
    for (uint32_t i = 0; i < decision->n_opinions; i++) {
        if (says_same(first[i].info_type, first->info_type) &&
            first[i].stance == TL_REFUTES)
            return NULL;
    }
    return first->info_type;
}

static void add_nothing(struct tl_str *out, const struct tl_decisions *decisions,
                        const struct tl_decision *decision)
{
    const char *winner = winner_without_tag(decisions, decision);

    if (winner) {
        add_story(out, decisions, decision, winner);
        tl_str_add(out, ": nothing personal by itself");
        return;
    }
    if (decision->n_opinions) {
        add_story(out, decisions, decision,
                  decisions->opinions[decision->first_opinion].info_type);
        if (decision->state == TL_UNKNOWN)
            tl_str_add(out, "; ");
    }
    if (decision->state == TL_UNKNOWN) {
        if (!decision->sampled)
            tl_str_add(out, decision->nulls ? "all values are empty"
                                            : "no values were looked at");
        else if (decision->sampled >= 10) /* enough to look at (engine.c) */
            tl_str_add(out, "a pattern gave up on some of its values");
        else
            tl_str_addf(out, "only %u value%s to look at", decision->sampled,
                        decision->sampled == 1 ? "" : "s");
    } else if (!decision->n_opinions) {
        tl_str_addf(out, "neither the name nor %u value%s say%s anything",
                    decision->sampled, decision->sampled == 1 ? "" : "s",
                    decision->sampled == 1 ? "s" : "");
    } else if (decision->runner_up) {
        tl_str_add(out, "; that is not enough");
    }
}

void tl_engine_why(struct tl_str *out, const struct tl_decisions *decisions, uint32_t i)
{
    const struct tl_decision *decision = &decisions->columns[i];

    if (!decision->n_tags) {
        add_nothing(out, decisions, decision);
        return;
    }
    /* the dominant type first: it stands last */
    for (uint32_t t = decision->n_tags; t-- > 0;) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + t];

        if (t + 1 < decision->n_tags)
            tl_str_add(out, "; also ");
        if (tag->path)
            tl_str_addf(out, "inside the values, at '%s': ", tag->path);
        add_story(out, decisions, decision, tag->info_type);
    }
}

void tl_engine_story(struct tl_str *out, const struct tl_decisions *decisions, uint32_t i,
                     const char *info_type)
{
    add_story(out, decisions, &decisions->columns[i], info_type);
}
