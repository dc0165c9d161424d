#include "tests/world_belief.h"

void tl_draft_init(struct tl_draft *draft)
{
    *draft = (struct tl_draft){ .text = TL_STR_INIT(TL_STR_MOST) };
    tl_str_add_char(&draft->text, '\0'); /* at = 0 is absent */
}

void tl_draft_release(struct tl_draft *draft)
{
    tl_vec_release(&draft->datasets);
    tl_vec_release(&draft->columns);
    tl_vec_release(&draft->tags);
    tl_str_release(&draft->text);
}

struct tl_slice tl_draft_text(struct tl_draft *draft, const char *text)
{
    struct tl_slice slice = { 0 };

    if (!text)
        return slice;
    slice.at = (uint32_t)draft->text.n;
    slice.n = (uint32_t)strlen(text);
    tl_str_add_bytes(&draft->text, text, slice.n + 1);
    return slice;
}

struct tl_belief_dataset *tl_draft_dataset(struct tl_draft *draft, const char *platform,
                                           const char *database, const char *schema,
                                           const char *name)
{
    struct tl_belief_dataset dataset = {
        .source = tl_draft_text(draft, "shop"),
        .database = tl_draft_text(draft, database),
        .schema = tl_draft_text(draft, schema),
        .name = tl_draft_text(draft, name),
        .platform = tl_draft_text(draft, platform),
        .schema_digest = tl_draft_text(
            draft, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        .rows = -1,
        .first_column = (uint32_t)draft->columns.n,
        .kind = TL_TABLE,
    };

    tl_vec_push(&draft->datasets, dataset);
    return &draft->datasets.items[draft->datasets.n - 1];
}

struct tl_belief_column *tl_draft_column(struct tl_draft *draft, const char *path,
                                         const char *native)
{
    struct tl_belief_dataset *dataset = &draft->datasets.items[draft->datasets.n - 1];
    struct tl_belief_column column = {
        .path = tl_draft_text(draft, path),
        .native_type = tl_draft_text(draft, native),
        .ordinal = ++dataset->n_columns,
        .first_tag = (uint32_t)draft->tags.n,
        .logical = native ? (uint8_t)tl_logical_of(native) : TL_LOGICAL_UNKNOWN,
        .nullable = 1,
    };

    tl_vec_push(&draft->columns, column);
    return &draft->columns.items[draft->columns.n - 1];
}

struct tl_belief_tag *tl_draft_tag(struct tl_draft *draft, const char *info_type,
                                   enum tl_state state)
{
    struct tl_belief_tag tag = {
        .info_type = tl_draft_text(draft, info_type),
        .category = tl_draft_text(draft, "user.contact"),
        .span = tl_draft_text(draft, "00f067aa0ba902b7"),
        .trace = tl_draft_text(draft, "4bf92f3577b34da6a3ce929d0e0e4736"),
        .since = INT64_C(1767225600) * 1000000000,
        .confidence = 970,
        .sensitivity = TL_PERSONAL,
        .state = (uint8_t)state,
        .origin = TL_BY_RULE,
    };

    draft->columns.items[draft->columns.n - 1].n_tags++;
    tl_vec_push(&draft->tags, tag);
    return &draft->tags.items[draft->tags.n - 1];
}

const struct tl_belief *tl_draft_belief(struct tl_draft *draft)
{
    draft->belief = (struct tl_belief){ .datasets = draft->datasets.items,
                                        .columns = draft->columns.items,
                                        .tags = draft->tags.items,
                                        .text = draft->text.text,
                                        .n_datasets = (uint32_t)draft->datasets.n,
                                        .n_columns = (uint32_t)draft->columns.n,
                                        .n_tags = (uint32_t)draft->tags.n };
    return &draft->belief;
}
