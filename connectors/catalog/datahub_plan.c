/*
 * What would change over there. Datasets are found in three passes, each only for what the pass before left: by the exact urn,
 * by the urn in lower case (both asked for at once), by listing every urn and comparing without case. Where two names differ
 * only by case, here or there, only the exact one counts: a guess would tag somebody else's table.
 */
#include "connectors/catalog/datahub.h"

#include "base/ctx.h"
#include "base/say.h"

/* A dataset on its way to being found. Texts are the context's. */
struct target {
    struct tl_datahub_subject
        subject; /* urn: ours until found, then the one over there */
    struct tl_datahub_place place;
    const char *lower;  /* urn in lower case; NULL: the same, or somebody else's */
    const char *listed; /* urn over there that is ours but for case */
    const char *alike;  /* name of a dataset over there that ends in ours */
    const char *rival;  /* key of another one of ours that has the very same urn */
    unsigned n_listed;
    bool has_wishes;   /* tags to be put on */
    bool is_settled;   /* found, or nothing is wanted of it */
    bool is_ambiguous; /* another one of ours differs only by case */
};

struct planner {
    struct tl_datahub *hub;
    const struct tl_belief *belief;
    struct tl_datahub_writer writer;
    struct tl_arena *scratch; /* of one dataset */
    TL_VEC(struct target) targets;
    struct tl_map by_urn;  /* urn, ours or lower -> target */
    struct tl_map by_name; /* folded "platform,name" -> target */
    struct tl_map made;    /* containers and tags that stand in the plan already */
    TL_VEC(struct tl_datahub_edit) new_tags;
    struct tl_ctx *ctx;
};

static const char *kept(struct planner *p, struct tl_str *text)
{
    const char *copy = tl_arena_dup(p->ctx->arena, text->text, text->n);

    tl_str_clear(text);
    return copy;
}

static void miss(struct planner *p, const char *dataset, const char *column,
                 const char *why)
{
    tl_vec_push(&p->writer.plan->misses,
                ((struct tl_plan_miss){
                    .dataset = dataset, .column = column, .why = why }));
}

static bool is_wish(const struct planner *p, const struct tl_belief_tag *tag)
{
    return (p->hub->states >> tag->state & 1u) != 0;
}

/* Only what was taken back in so many words: a log that knows nothing of a tag has no say in it. */
static bool is_taken_back(const struct tl_belief_tag *tag)
{
    return tag->state == TL_REJECTED || tag->state == TL_WITHDRAWN;
}

static const char *tag_urn(struct planner *p, const struct tl_belief_tag *tag)
{
    struct tl_str urn = TL_STR_INIT(4096);
    const char *type = tl_belief_text(p->belief, tag->info_type);

    tl_str_add(&urn, "urn:li:tag:");
    tl_datahub_encode(&urn, p->hub->config.tag_prefix);
    tl_datahub_encode(&urn, type ? type : "");
    const char *copy = tl_arena_dup(p->scratch, urn.text, urn.n);
    tl_str_release(&urn);
    return copy;
}

/* ---- which datasets, and what they may be called ---- */

static void look_at_tags(const struct planner *p, const struct tl_belief_dataset *dataset,
                         bool *has_wishes, bool *has_taken_back)
{
    const struct tl_belief_column *columns = p->belief->columns + dataset->first_column;

    *has_wishes = *has_taken_back = false;
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        for (uint32_t t = 0; t < columns[i].n_tags && !columns[i].is_absent; t++) {
            const struct tl_belief_tag *tag = p->belief->tags + columns[i].first_tag + t;

            *has_wishes |= is_wish(p, tag);
            *has_taken_back |= is_taken_back(tag);
        }
    }
}

static void add_name_key(struct tl_str *out, const char *platform, size_t n_platform,
                         const char *name, size_t n_name)
{
    struct tl_str raw = TL_STR_INIT(65536);

    tl_str_add_bytes(&raw, platform, n_platform);
    tl_str_add_char(&raw, ',');
    tl_str_add_bytes(&raw, name, n_name);
    tl_datahub_fold(out, raw.text);
    tl_str_release(&raw);
}

/* Two of ours that differ only by case: neither may be found by a case-less comparison. */
static void enter_name(struct planner *p, uint32_t i, struct tl_str *word)
{
    struct tl_datahub_urn_parts parts;
    uint32_t other;

    if (!tl_datahub_urn_split(&parts, p->targets.items[i].subject.urn))
        return;
    tl_str_clear(word);
    add_name_key(word, parts.platform, parts.n_platform, parts.name, parts.n_name);
    if (tl_map_get(&p->by_name, word->text, word->n, &other)) {
        p->targets.items[i].is_ambiguous = p->targets.items[other].is_ambiguous = true;
        return;
    }
    size_t n = word->n;
    tl_map_put(&p->by_name, kept(p, word), n, i);
}

static void enter(struct planner *p, const struct tl_belief_dataset *dataset,
                  struct tl_str *word)
{
    const struct tl_datahub_config *config = &p->hub->config;
    struct tl_key key = tl_belief_key(p->belief, dataset);
    struct target target = { .subject = { .belief = p->belief, .dataset = dataset } };

    tl_key_add(word, &key);
    target.subject.key = kept(p, word);
    target.place = (struct tl_datahub_place){
        .platform = tl_belief_text(p->belief, dataset->platform),
        .instance = config->platform_instance,
        .env = config->env,
        .lowercase = config->lowercase || p->hub->lowers_urns
    };
    bool has_taken_back;
    look_at_tags(p, dataset, &target.has_wishes, &has_taken_back);
    bool is_owned = !p->hub->http || config->mode == TL_DATAHUB_OWN;
    bool is_wanted = target.has_wishes || has_taken_back || is_owned;

    if (!target.place.platform) {
        if (is_wanted)
            miss(p, target.subject.key, NULL, "its source has no platform");
        return;
    }
    tl_datahub_name(word, &target.place, &key);
    target.subject.name = kept(p, word);
    tl_datahub_dataset_urn(word, &target.place, target.subject.name);
    target.subject.urn = kept(p, word);
    const char *fault = tl_datahub_urn_fault(target.subject.urn);
    if (fault) {
        if (target.has_wishes || is_owned)
            miss(p, target.subject.key, NULL, fault);
        return;
    }
    /* Unwanted ones are entered all the same: they lay claim to their names. */
    target.is_settled = !is_wanted;
    tl_vec_push(&p->targets, target);
    enter_name(p, (uint32_t)p->targets.n - 1, word);
    tl_str_clear(word);
}

/* A urn names no source: two databases of one platform that hold tables of one name derive one urn, and neither may have it. */
static void claim_urn(struct planner *p, uint32_t i)
{
    struct target *target = &p->targets.items[i];
    const char *urn = target->subject.urn;
    uint32_t other;

    target->subject.place = &target->place;
    if (!tl_map_get(&p->by_urn, urn, strlen(urn), &other)) {
        tl_map_put(&p->by_urn, urn, strlen(urn), i);
        return;
    }
    struct target *first = &p->targets.items[other];
    target->rival = first->subject.key;
    if (!first->rival)
        first->rival = target->subject.key;
}

/* Before anything is asked for: what is over there is one of them, and nobody can tell which. */
static void refuse_rivals(struct planner *p)
{
    bool is_owner = !p->hub->http || p->hub->config.mode == TL_DATAHUB_OWN;

    for (size_t i = 0; i < p->targets.n; i++) {
        struct target *target = &p->targets.items[i];

        if (!target->rival)
            continue;
        if (target->has_wishes || is_owner)
            miss(p, target->subject.key, NULL,
                 tl_arena_printf(p->ctx->arena,
                                 "'%s' has the same urn: scan each into a log of its "
                                 "own, pushed under its own platform_instance",
                                 target->rival));
        target->is_settled = true;
    }
}

static void enter_all(struct planner *p)
{
    struct tl_str word = TL_STR_INIT(65536);

    for (uint32_t i = 0; i < p->belief->n_datasets; i++)
        if (!p->belief->datasets[i].is_absent)
            enter(p, &p->belief->datasets[i], &word);
    /* The targets stand still from here on. */
    for (uint32_t i = 0; i < p->targets.n; i++)
        claim_urn(p, i);
    refuse_rivals(p);
    for (uint32_t i = 0; i < p->targets.n; i++) {
        struct target *target = &p->targets.items[i];
        uint32_t other;

        if (target->is_ambiguous)
            continue;
        tl_datahub_fold(&word, target->subject.name);
        const char *name = tl_arena_dup(p->scratch, word.text, word.n);
        tl_str_clear(&word);
        tl_datahub_dataset_urn(&word, &target->place, name);
        if (!tl_map_get(&p->by_urn, word.text, word.n, &other)) {
            size_t n = word.n;
            target->lower = kept(p, &word);
            tl_map_put(&p->by_urn, target->lower, n, i);
        }
        tl_str_clear(&word);
        tl_arena_reset(p->scratch);
    }
    tl_str_release(&word);
}

/* ---- the fields over there ---- */

struct field {
    const char *path; /* as stored */
    const json_t *json;
};

/* The fields of one dataset over there, by simple path. Lives in the planner's scratch arena but for the maps. */
struct fields {
    struct field *items;
    size_t n;
    struct tl_map exact,
        folded;         /* to the item; to `several` where more than one has that name */
    struct tl_map ours; /* our own columns, folded: how many of that name, 1 or 2 */
    struct tl_map edited; /* stored path -> editableSchemaFieldInfo item */
    const json_t *edits;
};
static const uint32_t several = UINT32_MAX;

static void put_once(struct tl_map *map, const char *key, uint32_t i)
{
    uint32_t other;
    size_t n = strlen(key);

    tl_map_put(map, key, n, tl_map_get(map, key, n, &other) && other != i ? several : i);
}

static const char *scratch_text(struct planner *p, struct tl_str *text)
{
    const char *copy = tl_arena_dup(p->scratch, text->text, text->n);

    tl_str_clear(text);
    return copy;
}

static const char *column_path(const struct planner *p,
                               const struct tl_belief_column *column)
{
    const char *path = column->is_absent ? NULL : tl_belief_text(p->belief, column->path);

    return path && *path ? path : NULL;
}

static void add_field(struct fields *out, struct planner *p, struct tl_str *word,
                      const char *path, const json_t *json)
{
    uint32_t i = (uint32_t)out->n++;

    out->items[i] = (struct field){ .path = path, .json = json };
    tl_datahub_simple_path(word, path);
    const char *simple = scratch_text(p, word);
    put_once(&out->exact, simple, i);
    tl_datahub_fold(word, simple);
    put_once(&out->folded, scratch_text(p, word), i);
}

/* `is_ours`: the schema over there is, or is about to be, the one we write. */
static void read_fields(struct fields *out, struct planner *p, const json_t *entity,
                        const struct tl_belief_dataset *dataset, bool is_ours)
{
    const json_t *stored = tl_json_at(entity, "schemaMetadata.value.fields");
    size_t n_stored = is_ours ? 0 : json_array_size(stored);
    struct tl_str word = TL_STR_INIT(TL_STR_MOST);

    *out = (struct fields){ 0 };
    out->items =
        tl_arena_alloc(p->scratch, n_stored + dataset->n_columns, sizeof *out->items);
    for (uint32_t i = 0; i < n_stored; i++) {
        const json_t *json = json_array_get(stored, i);

        tl_datahub_text(&word, json_object_get(json, "fieldPath"));
        add_field(out, p, &word, scratch_text(p, &word), json);
    }
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const char *path = column_path(p, &p->belief->columns[dataset->first_column + i]);

        if (!path)
            continue;
        tl_datahub_fold(&word, path);
        put_once(&out->ours, scratch_text(p, &word), i);
        if (is_ours)
            add_field(out, p, &word, path, NULL);
    }
    out->edits =
        tl_json_at(entity, "editableSchemaMetadata.value.editableSchemaFieldInfo");
    for (uint32_t i = 0; i < json_array_size(out->edits); i++) {
        tl_datahub_text(&word,
                        json_object_get(json_array_get(out->edits, i), "fieldPath"));
        const char *path = scratch_text(p, &word);
        tl_map_put(&out->edited, path, strlen(path), i);
    }
    tl_str_release(&word);
}

static void release_fields(struct fields *fields)
{
    tl_map_release(&fields->exact);
    tl_map_release(&fields->folded);
    tl_map_release(&fields->ours);
    tl_map_release(&fields->edited);
}

/* NULL and `*why` where there is none, or more than one. */
static const struct field *find_field(const struct fields *fields, const char *path,
                                      const char **why)
{
    struct tl_str word = TL_STR_INIT(TL_STR_MOST);
    uint32_t i = several, mine = several;

    *why = "no such column over there";
    if (!tl_map_get(&fields->exact, path, strlen(path), &i)) {
        tl_datahub_fold(&word, path);
        bool is_there = tl_map_get(&fields->folded, word.text, word.n, &i);

        tl_map_get(&fields->ours, word.text, word.n, &mine);
        if (is_there && (i == several || mine == several))
            *why = "several columns differ from it only by case";
        if (!is_there || mine == several)
            i = several;
    } else if (i == several) {
        *why = "several columns over there have this path";
    }
    tl_str_release(&word);
    return i == several ? NULL : &fields->items[i];
}

static const json_t *find_tag(const json_t *holder, const char *urn)
{
    const json_t *tags = tl_json_at(holder, "globalTags.tags");

    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *association = json_array_get(tags, i);

        if (strcmp(tl_json_text_at(association, "tag", ""), urn) == 0)
            return association;
    }
    return NULL;
}

static bool is_put_by_us(const json_t *association)
{
    return strcmp(tl_json_text_at(association, "attribution.source", ""),
                  TL_DATAHUB_SOURCE) == 0;
}

/* ---- what to change ---- */

struct edits {
    TL_VEC(struct tl_datahub_edit) list;
    bool removes;
};

static void note_new_tag(struct planner *p, const struct tl_datahub_edit *edit)
{
    uint32_t at;
    size_t n = strlen(edit->tag);

    if (tl_map_get(&p->made, edit->tag, n, &at))
        return;
    struct tl_datahub_edit copy = *edit;
    copy.path = NULL;
    copy.tag = tl_arena_dup(p->ctx->arena, edit->tag, n);
    tl_map_put(&p->made, copy.tag, n, 0);
    tl_vec_push(&p->new_tags, copy);
}

static void want_tag(struct edits *edits, struct planner *p, const struct field *field,
                     const json_t *edited, const struct tl_belief_tag *tag)
{
    const char *urn = tag_urn(p, tag);
    const json_t *there = find_tag(edited, urn);
    struct tl_datahub_edit edit = { .path = field->path, .tag = urn, .belief = tag };

    /* Adding replaces whatever association stands there, so it is done only over nothing, or over an older state of ours. */
    if (there && (!is_put_by_us(there) ||
                  strcmp(tl_json_text_at(there, "attribution.sourceDetail.state", ""),
                         tl_state_word(tag->state)) == 0)) {
        p->writer.plan->n_unchanged++;
        return;
    }
    if (!there && find_tag(field->json, urn)) {
        p->writer.plan->n_unchanged++;
        return;
    }
    tl_vec_push(&edits->list, edit);
    note_new_tag(p, &edit);
}

static bool is_wished_elsewhere(const struct planner *p,
                                const struct tl_belief_column *column,
                                const struct tl_belief_tag *tag)
{
    const char *type = tl_belief_text(p->belief, tag->info_type);

    for (uint32_t t = 0; t < column->n_tags; t++) {
        const struct tl_belief_tag *other = p->belief->tags + column->first_tag + t;
        const char *other_type = tl_belief_text(p->belief, other->info_type);

        if (is_wish(p, other) && type && other_type && strcmp(type, other_type) == 0)
            return true;
    }
    return false;
}

static void unwant_tag(struct edits *edits, struct planner *p, const struct field *field,
                       const json_t *edited, const struct tl_belief_tag *tag)
{
    const char *urn = tag_urn(p, tag);
    const json_t *there = find_tag(edited, urn);

    if (!there || !is_put_by_us(there))
        return;
    tl_vec_push(&edits->list,
                ((struct tl_datahub_edit){ .path = field->path, .tag = urn }));
    edits->removes = true;
}

static void edit_column(struct edits *edits, struct planner *p,
                        const struct fields *fields,
                        const struct tl_datahub_subject *subject,
                        const struct tl_belief_column *column)
{
    const struct tl_belief_tag *tags = p->belief->tags + column->first_tag;
    const char *path = column_path(p, column);
    const struct field *field = NULL;
    const char *why = NULL;
    bool is_missed = false;
    uint32_t at;

    for (uint32_t t = 0; t < column->n_tags && path; t++) {
        bool is_wished = is_wish(p, &tags[t]);

        if (!is_wished && !is_taken_back(&tags[t]))
            continue;
        if (!field)
            field = find_field(fields, path, &why);
        if (!field) {
            is_missed |= is_wished;
            continue;
        }
        const json_t *edited =
            tl_map_get(&fields->edited, field->path, strlen(field->path), &at)
                ? json_array_get(fields->edits, at)
                : NULL;
        if (is_wished)
            want_tag(edits, p, field, edited, &tags[t]);
        else if (!is_wished_elsewhere(p, column, &tags[t]))
            unwant_tag(edits, p, field, edited, &tags[t]);
    }
    if (is_missed)
        miss(p, subject->key, path, why);
}

/* The version a removal must meet: what we saw is what is taken off. NULL where the server says none. */
static const char *version_of(struct planner *p, const json_t *entity)
{
    const char *version =
        tl_json_text_at(entity, "editableSchemaMetadata.systemMetadata.version", NULL);

    return version ? tl_arena_strdup(p->ctx->arena, version) : NULL;
}

/* `entity` NULL: nothing is over there. */
static void enrich(struct planner *p, const struct tl_datahub_subject *subject,
                   const json_t *entity, bool is_ours)
{
    const struct tl_belief_dataset *dataset = subject->dataset;
    struct edits edits = { 0 };
    struct fields fields;

    read_fields(&fields, p, entity, dataset, is_ours);
    for (uint32_t i = 0; i < dataset->n_columns; i++)
        edit_column(&edits, p, &fields, subject,
                    &p->belief->columns[dataset->first_column + i]);
    if (edits.list.n > 0)
        tl_datahub_patch(&p->writer, subject, edits.list.items, edits.list.n,
                         edits.removes ? version_of(p, entity) : NULL);
    tl_vec_release(&edits.list);
    release_fields(&fields);
    tl_arena_reset(p->scratch);
}

/* ---- the own form ---- */

static void make_container(struct planner *p, const struct tl_datahub_place *place,
                           const char *database, const char *schema)
{
    struct tl_str urn = TL_STR_INIT(4096);
    uint32_t at;

    tl_datahub_container_urn(&urn, place, database, schema);
    if (!tl_map_get(&p->made, urn.text, urn.n, &at)) {
        size_t n = urn.n;
        const char *copy = kept(p, &urn);

        tl_map_put(&p->made, copy, n, 0);
        tl_datahub_own_container(&p->writer, place, database, schema, copy);
    }
    tl_str_release(&urn);
}

static void own(struct planner *p, const struct tl_datahub_subject *subject)
{
    struct tl_key key = tl_belief_key(p->belief, subject->dataset);
    const char *database;
    const char *schema;

    tl_datahub_levels(&database, &schema, &key);
    if (database)
        make_container(p, subject->place, database, NULL);
    if (schema)
        make_container(p, subject->place, database, schema);
    tl_datahub_own(&p->writer, subject);
    enrich(p, subject, NULL, true);
}

/* A schema of ours is kept up; one that somebody else wrote is theirs. */
static bool is_schema_stale(const struct planner *p, const struct target *target,
                            const json_t *entity)
{
    const char *digest =
        tl_belief_text(p->belief, target->subject.dataset->schema_digest);

    if (p->hub->config.mode != TL_DATAHUB_OWN)
        return false;
    if (!json_object_get(entity, "schemaMetadata"))
        return true;
    return strcmp(tl_json_text_at(entity,
                                  "schemaMetadata.systemMetadata.properties.clientId",
                                  ""),
                  "tagline") == 0 &&
           strcmp(tl_json_text_at(entity, "schemaMetadata.value.hash", ""),
                  digest ? digest : "") != 0;
}

/* ---- finding ---- */

static void meet(struct planner *p, struct target *target, const json_t *entity)
{
    const char *fault = NULL;

    target->is_settled = true;
    if (json_is_true(tl_json_at(entity, "status.value.removed"))) {
        fault = "marked as removed over there";
    } else if (is_schema_stale(p, target, entity)) {
        tl_datahub_own_schema(&p->writer, &target->subject);
        enrich(p, &target->subject, entity, true);
    } else if (!json_object_get(entity, "schemaMetadata")) {
        fault = "has no columns over there";
    } else {
        enrich(p, &target->subject, entity, false);
    }
    if (fault && target->has_wishes)
        miss(p, target->subject.key, NULL, fault);
}

/* Of one answer: the exact urns first, then those in lower case whose exact one did not come. */
static int meet_all(void *self, const json_t *entities, struct tl_ctx *ctx)
{
    struct planner *p = self;
    struct tl_str urn = TL_STR_INIT(65536);
    size_t n = json_array_size(entities);

    (void)ctx;
    for (int by_lower = 0; by_lower < 2; by_lower++) {
        for (size_t i = 0; i < n; i++) {
            const json_t *entity = json_array_get(entities, i);
            uint32_t at;

            tl_str_clear(&urn);
            tl_datahub_text(&urn, json_object_get(entity, "urn"));
            if (!tl_map_get(&p->by_urn, urn.text, urn.n, &at) ||
                p->targets.items[at].is_settled)
                continue;
            struct target *target = &p->targets.items[at];
            bool is_exact = strcmp(target->subject.urn, urn.text) == 0;

            if (is_exact == (by_lower != 0))
                continue;
            if (!is_exact)
                target->subject.urn = target->lower;
            meet(p, target, entity);
        }
    }
    tl_str_release(&urn);
    return TL_OK;
}

static int read_targets(struct planner *p, bool is_listed)
{
    static const char *const aspects[] = { "datasetKey", "editableSchemaMetadata",
                                           "schemaMetadata", "status" };
    TL_VEC(const char *) urns = { 0 };

    for (size_t i = 0; i < p->targets.n; i++) {
        const struct target *target = &p->targets.items[i];

        if (target->is_settled || (is_listed && target->n_listed != 1))
            continue;
        /* the exact one before the lower one: whichever page they come in, it is met first */
        tl_vec_push(&urns, target->subject.urn);
        if (target->lower && !is_listed)
            tl_vec_push(&urns, target->lower);
    }
    int rc = tl_datahub_read(p->hub,
                             &(struct tl_datahub_reading){ .entity = "dataset",
                                                           .aspects = aspects,
                                                           .n_aspects = sizeof aspects /
                                                                        sizeof *aspects,
                                                           .urns = urns.items,
                                                           .n_urns = urns.n,
                                                           .each = meet_all,
                                                           .self = p },
                             p->ctx);
    tl_vec_release(&urns);
    return rc;
}

static void remember_alike(struct planner *p, const struct tl_datahub_urn_parts *parts,
                           struct tl_str *word)
{
    for (size_t at = 0; at < parts->n_name; at++) {
        uint32_t i;

        if (parts->name[at] != '.')
            continue;
        tl_str_clear(word);
        add_name_key(word, parts->platform, parts->n_platform, parts->name + at + 1,
                     parts->n_name - at - 1);
        if (tl_map_get(&p->by_name, word->text, word->n, &i) &&
            !p->targets.items[i].is_settled && !p->targets.items[i].alike)
            p->targets.items[i].alike =
                tl_arena_dup(p->ctx->arena, parts->name, parts->n_name);
    }
}

static void compare_listed(void *self, const char *urn)
{
    struct planner *p = self;
    struct tl_datahub_urn_parts parts;
    struct tl_str word = TL_STR_INIT(65536);
    const char *env = p->hub->config.env;
    uint32_t i;

    if (!tl_datahub_urn_split(&parts, urn) || parts.n_env != strlen(env) ||
        strncmp(parts.env, env, parts.n_env) != 0)
        return;
    add_name_key(&word, parts.platform, parts.n_platform, parts.name, parts.n_name);
    if (!tl_map_get(&p->by_name, word.text, word.n, &i)) {
        remember_alike(p, &parts, &word);
    } else if (!p->targets.items[i].is_settled && !p->targets.items[i].is_ambiguous) {
        p->targets.items[i].listed = tl_arena_strdup(p->ctx->arena, urn);
        p->targets.items[i].n_listed++;
    }
    tl_str_release(&word);
}

/* Every dataset over there, without case: for those that neither spelling of ours found. */
static int list_targets(struct planner *p, bool *is_whole)
{
    size_t n_left = 0;

    *is_whole = true;
    for (size_t i = 0; i < p->targets.n; i++)
        n_left += !p->targets.items[i].is_settled;
    if (n_left == 0)
        return TL_OK;
    int rc = tl_datahub_scroll(is_whole, p->hub, compare_listed, p, p->ctx);
    if (rc)
        return rc;
    for (uint32_t i = 0; i < p->targets.n; i++) {
        struct target *target = &p->targets.items[i];

        if (target->is_settled || target->n_listed != 1)
            continue;
        target->subject.urn = target->listed;
        tl_map_put(&p->by_urn, target->listed, strlen(target->listed), i);
    }
    return read_targets(p, true);
}

static const char *why_not_found(struct planner *p, const struct target *target,
                                 bool is_whole)
{
    if (target->n_listed > 1)
        return "several datasets over there differ from it only by case";
    if (target->is_ambiguous)
        return "not there under this spelling, and another dataset of ours differs from "
               "it only by case";
    if (!is_whole)
        return "not among the datasets that could be listed";
    if (target->alike)
        return tl_arena_printf(
            p->ctx->arena,
            "no such dataset over there; '%s' ends alike: is it of a platform_instance?",
            target->alike);
    return "no such dataset over there";
}

static void settle_rest(struct planner *p, bool is_whole)
{
    bool is_owner = !p->hub->http || p->hub->config.mode == TL_DATAHUB_OWN;

    for (size_t i = 0; i < p->targets.n; i++) {
        struct target *target = &p->targets.items[i];

        if (target->is_settled)
            continue;
        if (is_owner && is_whole && target->n_listed == 0)
            own(p, &target->subject);
        else if (target->has_wishes || is_owner)
            miss(p, target->subject.key, NULL, why_not_found(p, target, is_whole));
    }
}

/* ---- tags ---- */

static int strike_known_tags(void *self, const json_t *entities, struct tl_ctx *ctx)
{
    struct planner *p = self;

    (void)ctx;
    for (size_t i = 0; i < json_array_size(entities); i++) {
        const json_t *entity = json_array_get(entities, i);
        const char *urn = tl_json_text_at(entity, "urn", "");

        for (size_t t = 0; t < p->new_tags.n && json_object_get(entity, "tagProperties");
             t++)
            if (strcmp(p->new_tags.items[t].tag, urn) == 0)
                p->new_tags.items[t].belief = NULL;
    }
    return TL_OK;
}

static int find_known_tags(struct planner *p)
{
    static const char *const aspects[] = { "tagProperties" };
    TL_VEC(const char *) urns = { 0 };

    for (size_t i = 0; i < p->new_tags.n; i++)
        tl_vec_push(&urns, p->new_tags.items[i].tag);
    int rc = tl_datahub_read(p->hub,
                             &(struct tl_datahub_reading){ .entity = "tag",
                                                           .aspects = aspects,
                                                           .n_aspects = 1,
                                                           .urns = urns.items,
                                                           .n_urns = urns.n,
                                                           .each = strike_known_tags,
                                                           .self = p },
                             p->ctx);
    tl_vec_release(&urns);
    return rc;
}

static int compare_tags(const void *a, const void *b)
{
    return strcmp(((const struct tl_datahub_edit *)a)->tag,
                  ((const struct tl_datahub_edit *)b)->tag);
}

/* Tags before whatever points at them: made last, because only now we know which; moved to the front. */
static void put_tags_first(struct planner *p)
{
    struct tl_plan *plan = p->writer.plan;
    struct tl_plan rest = { 0 };

    rest.items.items = plan->items.items;
    rest.items.n = plan->items.n;
    plan->items.items = NULL;
    plan->items.n = plan->items.room = 0;
    if (p->new_tags.n > 1)
        qsort(p->new_tags.items, p->new_tags.n, sizeof *p->new_tags.items, compare_tags);
    for (size_t i = 0; i < p->new_tags.n; i++)
        if (p->new_tags.items[i].belief)
            tl_datahub_make_tag(&p->writer, p->new_tags.items[i].tag, p->belief,
                                p->new_tags.items[i].belief);
    for (size_t i = 0; i < rest.items.n; i++)
        tl_vec_push(&plan->items, rest.items.items[i]);
    tl_vec_release(&rest.items);
}

static int make_plan(struct planner *p)
{
    bool is_whole = true;
    int rc = TL_OK;

    if (p->hub->http)
        rc = tl_datahub_probe(p->hub, p->ctx);
    if (rc)
        return rc;
    enter_all(p);
    if (p->hub->http)
        rc = read_targets(p, false);
    if (rc == TL_OK && p->hub->http)
        rc = list_targets(p, &is_whole);
    if (rc == TL_OK)
        settle_rest(p, is_whole);
    if (rc == TL_OK && p->hub->http)
        rc = find_known_tags(p);
    if (rc == TL_OK)
        put_tags_first(p);
    tl_progress_end(p->ctx);
    return rc;
}

int tl_datahub_plan(struct tl_plan *out, void *conn, const struct tl_belief *belief,
                    struct tl_ctx *ctx)
{
    struct planner planner = {
        .hub = conn, .belief = belief, .scratch = tl_arena_open(), .ctx = ctx
    };

    *out = (struct tl_plan){ 0 };
    tl_datahub_writer_init(&planner.writer, out, ctx);
    int rc = make_plan(&planner);
    tl_datahub_writer_release(&planner.writer);
    tl_vec_release(&planner.targets);
    tl_vec_release(&planner.new_tags);
    tl_map_release(&planner.by_urn);
    tl_map_release(&planner.by_name);
    tl_map_release(&planner.made);
    tl_arena_close(planner.scratch);
    return rc;
}
