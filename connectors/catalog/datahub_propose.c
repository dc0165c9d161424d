/*
 * Proposals (MetadataChangeProposal). An aspect travels as a JSON text inside the proposal's JSON, and pegasus takes that
 * text for bytes, so it must be pure ASCII: it is written once with \uXXXX and once more as a string. No tree is built:
 * a hundred thousand proposals a second instead of ten.
 */
#include "connectors/catalog/datahub.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/say.h"

#include <strings.h>

void tl_datahub_writer_init(struct tl_datahub_writer *writer, struct tl_plan *plan,
                            struct tl_ctx *ctx)
{
    int64_t now = tl_now(ctx);
    struct tl_json json;
    unsigned char random[4];
    char when[21], run[64], hex[9];

    writer->plan = plan;
    writer->ctx = ctx;
    tl_str_init(&writer->aspect, TL_DATAHUB_ASPECT_MOST);
    tl_str_init(&writer->body, TL_STR_MOST);
    tl_str_init(&writer->stamp, 512);
    /* One run id a plan: DataHub rolls back by it. */
    tl_time_text(when, now);
    tl_random(random, sizeof random);
    snprintf(run, sizeof run, "tagline-%.10s-%.2s%.2s%.2s-%s", when, when + 11, when + 14,
             when + 17, tl_hex(hex, random, sizeof random));
    tl_json_init(&json, &writer->stamp);
    json.ascii = true;
    tl_json_object(&json);
    tl_json_put_int(&json, "lastObserved", now / 1000000);
    tl_json_key(&json, "properties");
    tl_json_object(&json);
    tl_json_put_text(&json, "clientId", "tagline");
    tl_json_put_text(&json, "clientVersion", TAGLINE_VERSION);
    tl_json_object_end(&json);
    tl_json_put_text(&json, "runId", run);
    tl_json_object_end(&json);
}

void tl_datahub_writer_release(struct tl_datahub_writer *writer)
{
    tl_str_release(&writer->aspect);
    tl_str_release(&writer->body);
    tl_str_release(&writer->stamp);
}

struct tl_json *tl_datahub_aspect(struct tl_datahub_writer *writer)
{
    tl_str_clear(&writer->aspect);
    tl_json_init(&writer->json, &writer->aspect);
    writer->json.ascii = true;
    return &writer->json;
}

void tl_datahub_propose(struct tl_datahub_writer *writer,
                        const struct tl_datahub_proposal *proposal)
{
    bool is_patch = strcmp(proposal->change, "PATCH") == 0;
    struct tl_json json;

    if (writer->aspect.failed) {
        const char *why =
            tl_arena_printf(writer->ctx->arena,
                            "its %s would be larger than the 16 MB DataHub takes",
                            proposal->aspect);
        tl_vec_push(&writer->plan->misses,
                    ((struct tl_plan_miss){ .dataset = proposal->dataset, .why = why }));
        return;
    }
    tl_str_clear(&writer->body);
    tl_json_init(&json, &writer->body);
    json.ascii = true;
    tl_json_object(&json);
    tl_json_key(&json, "aspect");
    tl_json_object(&json);
    tl_json_put_text(&json, "contentType",
                     is_patch ? "application/json-patch+json" : "application/json");
    tl_json_key(&json, "value");
    tl_json_bytes(&json, writer->aspect.text, writer->aspect.n);
    tl_json_object_end(&json);
    tl_json_put_text(&json, "aspectName", proposal->aspect);
    tl_json_put_text(&json, "changeType", proposal->change);
    tl_json_put_text(&json, "entityType", proposal->entity);
    tl_json_put_text(&json, "entityUrn", proposal->urn);
    if (proposal->header) {
        tl_json_key(&json, "headers");
        tl_json_object(&json);
        tl_json_put_text(&json, proposal->header, proposal->header_value);
        tl_json_object_end(&json);
    }
    tl_json_key(&json, "systemMetadata");
    tl_json_raw(&json, writer->stamp.text, writer->stamp.n);
    tl_json_object_end(&json);
    tl_vec_push(&writer->plan->items,
                ((struct tl_plan_item){ .dataset = proposal->dataset,
                                        .target = proposal->urn,
                                        .aspect = proposal->aspect,
                                        .change = proposal->change,
                                        .summary = proposal->summary,
                                        .body = tl_arena_dup(writer->ctx->arena,
                                                             writer->body.text,
                                                             writer->body.n),
                                        .n_body = writer->body.n }));
}

/* ---- the own form ---- */

static void propose_own(struct tl_datahub_writer *writer,
                        const struct tl_datahub_subject *subject, const char *aspect,
                        const char *summary)
{
    tl_datahub_propose(writer, &(struct tl_datahub_proposal){ .entity = "dataset",
                                                              .urn = subject->urn,
                                                              .aspect = aspect,
                                                              .change = "UPSERT",
                                                              .dataset = subject->key,
                                                              .summary = summary });
}

/*
 * As acryl-datahub 1.7 says them, where addresses are text (ingestion/source/sql/sql_common.py, _field_type_mapping) and NullType stands
 * for what it does not know.
 */
static const char *field_type(int logical, const char *native)
{
    switch (logical) {
    case TL_LOGICAL_TEXT:
    case TL_LOGICAL_UUID:
    case TL_LOGICAL_INET:
        return "com.linkedin.schema.StringType";
    case TL_LOGICAL_INTEGER:
    case TL_LOGICAL_REAL:
        return "com.linkedin.schema.NumberType";
    case TL_LOGICAL_BOOLEAN:
        return "com.linkedin.schema.BooleanType";
    case TL_LOGICAL_DATE:
        return "com.linkedin.schema.DateType";
    case TL_LOGICAL_TIME:
        return "com.linkedin.schema.TimeType";
    case TL_LOGICAL_BYTES:
        return "com.linkedin.schema.BytesType";
    case TL_LOGICAL_ARRAY:
        return "com.linkedin.schema.ArrayType";
    case TL_LOGICAL_JSON:
    case TL_LOGICAL_RECORD:
        return native && strncasecmp(native, "map", 3) == 0
                   ? "com.linkedin.schema.MapType"
                   : "com.linkedin.schema.RecordType";
    default:
        return "com.linkedin.schema.NullType";
    }
}

static void write_field(struct tl_json *json, const struct tl_belief *belief,
                        const struct tl_belief_column *column)
{
    const char *comment = tl_belief_text(belief, column->comment);
    const char *native = tl_belief_text(belief, column->native_type);

    tl_json_object(json);
    if (comment)
        tl_json_put_text(json, "description", comment);
    tl_json_put_text(json, "fieldPath", tl_belief_text(belief, column->path));
    if (column->roles & TL_KEY_PRIMARY)
        tl_json_put_bool(json, "isPartOfKey", true);
    tl_json_put_text(json, "nativeDataType", native ? native : "");
    tl_json_put_bool(json, "nullable", column->nullable != 0);
    tl_json_key(json, "type");
    tl_json_object(json);
    tl_json_key(json, "type");
    tl_json_object(json);
    tl_json_key(json, field_type(column->logical, native));
    tl_json_object(json);
    tl_json_object_end(json);
    tl_json_object_end(json);
    tl_json_object_end(json);
    tl_json_object_end(json);
}

/* FieldPathValidator.java refuses a schema with an empty field path. */
static bool is_field(const struct tl_belief *belief,
                     const struct tl_belief_column *column)
{
    const char *path = tl_belief_text(belief, column->path);

    return !column->is_absent && path && *path;
}

static void put_urn(struct tl_json *json, const char *key, struct tl_str *urn)
{
    tl_json_put_text(json, key, urn->text);
    tl_str_clear(urn);
}

static void write_keys(struct tl_json *json, const struct tl_belief *belief,
                       const struct tl_belief_column *columns, uint32_t n)
{
    bool begun = false;

    for (uint32_t i = 0; i < n; i++) {
        if (!(columns[i].roles & TL_KEY_PRIMARY) || !is_field(belief, &columns[i]))
            continue;
        if (!begun) {
            tl_json_key(json, "primaryKeys");
            tl_json_array(json);
            begun = true;
        }
        tl_json_text(json, tl_belief_text(belief, columns[i].path));
    }
    if (begun)
        tl_json_array_end(json);
}

void tl_datahub_own_schema(struct tl_datahub_writer *writer,
                           const struct tl_datahub_subject *subject)
{
    const struct tl_belief *belief = subject->belief;
    const struct tl_belief_dataset *dataset = subject->dataset;
    const struct tl_belief_column *columns = belief->columns + dataset->first_column;
    const char *digest = tl_belief_text(belief, dataset->schema_digest);
    struct tl_str urn = TL_STR_INIT(4096);
    struct tl_json *json = tl_datahub_aspect(writer);
    unsigned n = 0;

    tl_json_object(json);
    tl_json_key(json, "fields");
    tl_json_array(json);
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const char *path = tl_belief_text(belief, columns[i].path);

        if (is_field(belief, &columns[i])) {
            write_field(json, belief, &columns[i]);
            n++;
        } else if (!columns[i].is_absent) {
            tl_vec_push(&writer->plan->misses,
                        ((struct tl_plan_miss){
                            .dataset = subject->key,
                            .column = path ? path : "",
                            .why = "DataHub takes no column without a name" }));
        }
    }
    tl_json_array_end(json);
    /* The digest of our own schema: tells the next push whether the columns changed. */
    tl_json_put_text(json, "hash", digest ? digest : "");
    tl_datahub_platform_urn(&urn, subject->place->platform);
    put_urn(json, "platform", &urn);
    tl_json_key(json, "platformSchema");
    tl_json_object(json);
    /* What DataHub's own SQL sources send, whatever the platform. */
    tl_json_key(json, "com.linkedin.schema.MySqlDDL");
    tl_json_object(json);
    tl_json_put_text(json, "tableSchema", "");
    tl_json_object_end(json);
    tl_json_object_end(json);
    write_keys(json, belief, columns, dataset->n_columns);
    tl_json_put_text(json, "schemaName", subject->name);
    tl_json_put_int(json, "version", 0);
    tl_json_object_end(json);
    tl_str_release(&urn);
    propose_own(writer, subject, "schemaMetadata",
                tl_arena_printf(writer->ctx->arena, "schema of %u column%s", n,
                                n == 1 ? "" : "s"));
}

static void own_properties(struct tl_datahub_writer *writer,
                           const struct tl_datahub_subject *subject)
{
    const char *comment = tl_belief_text(subject->belief, subject->dataset->comment);
    const char *name = tl_belief_text(subject->belief, subject->dataset->name);
    struct tl_json *json = tl_datahub_aspect(writer);

    tl_json_object(json);
    if (comment)
        tl_json_put_text(json, "description", comment);
    tl_json_put_text(json, "name", name ? name : subject->name);
    tl_json_put_text(json, "qualifiedName", subject->name);
    tl_json_object_end(json);
    propose_own(writer, subject, "datasetProperties", "name and comment");
}

static const char *kind_word(int kind)
{
    switch (kind) {
    case TL_VIEW:
        return "View";
    case TL_MATERIALIZED_VIEW:
        return "Materialized View";
    case TL_EXTERNAL_TABLE:
        return "External Table";
    case TL_TOPIC:
        return "Topic";
    case TL_FILE:
        return "File";
    default:
        return "Table";
    }
}

static struct tl_json *kind_aspect(struct tl_datahub_writer *writer, const char *word)
{
    struct tl_json *json = tl_datahub_aspect(writer);

    tl_json_object(json);
    tl_json_key(json, "typeNames");
    tl_json_array(json);
    tl_json_text(json, word);
    tl_json_array_end(json);
    tl_json_object_end(json);
    return json;
}

static void instance_aspect(struct tl_datahub_writer *writer,
                            const struct tl_datahub_place *place)
{
    struct tl_json *json = tl_datahub_aspect(writer);
    struct tl_str urn = TL_STR_INIT(4096);

    tl_json_object(json);
    if (place->instance) {
        tl_datahub_instance_urn(&urn, place);
        put_urn(json, "instance", &urn);
    }
    tl_datahub_platform_urn(&urn, place->platform);
    put_urn(json, "platform", &urn);
    tl_json_object_end(json);
    tl_str_release(&urn);
}

static void status_aspect(struct tl_datahub_writer *writer)
{
    struct tl_json *json = tl_datahub_aspect(writer);

    tl_json_object(json);
    tl_json_put_bool(json, "removed", false);
    tl_json_object_end(json);
}

static void write_step(struct tl_json *json, struct tl_str *urn)
{
    tl_json_object(json);
    tl_json_put_text(json, "id", urn->text);
    put_urn(json, "urn", urn);
    tl_json_object_end(json);
}

/* The way from the root, outermost first; the thing itself is not in it. */
static void path_aspect(struct tl_datahub_writer *writer,
                        const struct tl_datahub_place *place, const char *database,
                        const char *schema)
{
    struct tl_json *json = tl_datahub_aspect(writer);
    struct tl_str urn = TL_STR_INIT(4096);

    tl_json_object(json);
    tl_json_key(json, "path");
    tl_json_array(json);
    if (place->instance) {
        tl_datahub_instance_urn(&urn, place);
        write_step(json, &urn);
    }
    if (database) {
        tl_datahub_container_urn(&urn, place, database, NULL);
        write_step(json, &urn);
    }
    if (schema) {
        tl_datahub_container_urn(&urn, place, database, schema);
        write_step(json, &urn);
    }
    tl_json_array_end(json);
    tl_json_object_end(json);
    tl_str_release(&urn);
}

static void parent_aspect(struct tl_datahub_writer *writer,
                          const struct tl_datahub_place *place, const char *database,
                          const char *schema)
{
    struct tl_json *json = tl_datahub_aspect(writer);
    struct tl_str urn = TL_STR_INIT(4096);

    tl_datahub_container_urn(&urn, place, database, schema);
    tl_json_object(json);
    put_urn(json, "container", &urn);
    tl_json_object_end(json);
    tl_str_release(&urn);
}

static void own_view(struct tl_datahub_writer *writer,
                     const struct tl_datahub_subject *subject)
{
    const char *sql = tl_belief_text(subject->belief, subject->dataset->view_sql);

    if (!sql)
        return;
    struct tl_json *json = tl_datahub_aspect(writer);

    tl_json_object(json);
    tl_json_put_bool(json, "materialized",
                     subject->dataset->kind == TL_MATERIALIZED_VIEW);
    tl_json_put_text(json, "viewLanguage", "SQL");
    tl_json_put_text(json, "viewLogic", sql);
    tl_json_object_end(json);
    propose_own(writer, subject, "viewProperties",
                "SQL of the view, without its literals");
}

void tl_datahub_levels(const char **database, const char **schema,
                       const struct tl_key *key)
{
    *database = key->database ? key->database : key->schema;
    *schema = key->database ? key->schema : NULL;
}

void tl_datahub_own(struct tl_datahub_writer *writer,
                    const struct tl_datahub_subject *subject)
{
    const struct tl_datahub_place *place = subject->place;
    struct tl_key key = tl_belief_key(subject->belief, subject->dataset);
    const char *database;
    const char *schema;

    tl_datahub_levels(&database, &schema, &key);
    if (database) {
        parent_aspect(writer, place, database, schema);
        propose_own(writer, subject, "container", "where it lies");
    }
    status_aspect(writer);
    propose_own(writer, subject, "status", "is there");
    own_properties(writer, subject);
    tl_datahub_own_schema(writer, subject);
    instance_aspect(writer, place);
    propose_own(writer, subject, "dataPlatformInstance", "platform");
    kind_aspect(writer, kind_word(subject->dataset->kind));
    propose_own(writer, subject, "subTypes",
                tl_dataset_kind_word(subject->dataset->kind));
    own_view(writer, subject);
    path_aspect(writer, place, database, schema);
    propose_own(writer, subject, "browsePathsV2", "where to find it");
}

static void container_properties(struct tl_datahub_writer *writer,
                                 const struct tl_datahub_place *place,
                                 const char *database, const char *schema)
{
    struct tl_str word = TL_STR_INIT(65536);
    struct tl_json *json = tl_datahub_aspect(writer);
    const char *names[] = { database, schema };

    for (size_t i = 0; i < 2; i++) {
        if (!names[i] || !place->lowercase)
            continue;
        tl_datahub_fold(&word, names[i]);
        names[i] = tl_arena_dup(writer->ctx->arena, word.text, word.n);
        tl_str_clear(&word);
    }
    tl_str_release(&word);
    tl_json_object(json);
    tl_json_key(json, "customProperties");
    tl_json_object(json);
    tl_json_put_text(json, "database", names[0]);
    tl_json_put_text(json, "env", place->env);
    if (place->instance)
        tl_json_put_text(json, "instance", place->instance);
    tl_json_put_text(json, "platform", place->platform);
    if (schema)
        tl_json_put_text(json, "schema", names[1]);
    tl_json_object_end(json);
    tl_json_put_text(json, "env", place->env);
    tl_json_put_text(json, "name", schema ? names[1] : names[0]);
    tl_json_object_end(json);
}

void tl_datahub_own_container(struct tl_datahub_writer *writer,
                              const struct tl_datahub_place *place, const char *database,
                              const char *schema, const char *urn)
{
    const char *word = schema ? "schema" : "database";
    struct tl_datahub_proposal proposal = { .entity = "container",
                                            .urn = urn,
                                            .change = "UPSERT",
                                            .dataset = "",
                                            .summary = word };

    /* The parent first, as DataHub's own sources send it: browse paths are computed from it. */
    if (schema) {
        parent_aspect(writer, place, database, NULL);
        proposal.aspect = "container";
        tl_datahub_propose(writer, &proposal);
    }
    container_properties(writer, place, database, schema);
    proposal.aspect = "containerProperties";
    tl_datahub_propose(writer, &proposal);
    status_aspect(writer);
    proposal.aspect = "status";
    tl_datahub_propose(writer, &proposal);
    instance_aspect(writer, place);
    proposal.aspect = "dataPlatformInstance";
    tl_datahub_propose(writer, &proposal);
    kind_aspect(writer, schema ? "Schema" : "Database");
    proposal.aspect = "subTypes";
    tl_datahub_propose(writer, &proposal);
    path_aspect(writer, place, schema ? database : NULL, NULL);
    proposal.aspect = "browsePathsV2";
    tl_datahub_propose(writer, &proposal);
}

/* ---- tags ---- */

/* 970 as "0.97": attribution details are texts. */
static const char *share_text(char out[8], unsigned per_mille)
{
    snprintf(out, 8, "%u.%03u", per_mille / 1000 % 10, per_mille % 1000);
    for (size_t n = 4; n > 0 && out[n] == '0'; n--)
        out[n] = '\0';
    if (out[1] == '.' && !out[2])
        out[1] = '\0';
    return out;
}

static void put_known(struct tl_json *json, const char *key, const char *text)
{
    if (text && *text)
        tl_json_put_text(json, key, text);
}

static void write_association(struct tl_json *json, const struct tl_belief *belief,
                              const struct tl_belief_tag *tag, const char *urn)
{
    char share[8];

    tl_json_object(json);
    tl_json_key(json, "attribution");
    tl_json_object(json);
    tl_json_put_text(json, "actor", TL_DATAHUB_ACTOR);
    tl_json_put_text(json, "source", TL_DATAHUB_SOURCE);
    tl_json_key(json, "sourceDetail");
    tl_json_object(json);
    put_known(json, "category", tl_belief_text(belief, tag->category));
    tl_json_put_text(json, "confidence", share_text(share, tag->confidence));
    tl_json_put_text(json, "origin", tl_origin_word(tag->origin));
    tl_json_put_text(json, "sensitivity", tl_sensitivity_word(tag->sensitivity));
    put_known(json, "span", tl_belief_text(belief, tag->span));
    tl_json_put_text(json, "state", tl_state_word(tag->state));
    put_known(json, "trace", tl_belief_text(belief, tag->trace));
    tl_json_object_end(json);
    tl_json_put_int(json, "time", tag->since / 1000000);
    tl_json_object_end(json);
    tl_json_put_text(json, "tag", urn);
    tl_json_object_end(json);
}

static void write_edit(struct tl_json *json, struct tl_str *path,
                       const struct tl_belief *belief, const struct tl_datahub_edit *edit)
{
    tl_str_clear(path);
    tl_str_add(path, "/editableSchemaFieldInfo/");
    tl_datahub_pointer(path, edit->path);
    tl_str_add(path, "/globalTags/tags/");
    tl_datahub_pointer(path, edit->tag);
    tl_json_object(json);
    tl_json_put_text(json, "op", edit->belief ? "add" : "remove");
    tl_json_put_text(json, "path", path->text);
    tl_json_key(json, "value");
    if (edit->belief) {
        write_association(json, belief, edit->belief, edit->tag);
    } else { /* what DataHub's own client sends with a removal */
        tl_json_object(json);
        tl_json_object_end(json);
    }
    tl_json_object_end(json);
}

/* Servers before v1.6.0.14 refuse to tag a column without an editable entry unless its key is added first (#18138). */
static void write_key_edit(struct tl_json *json, struct tl_str *path, const char *field)
{
    tl_str_clear(path);
    tl_str_add(path, "/editableSchemaFieldInfo/");
    tl_datahub_pointer(path, field);
    tl_str_add(path, "/fieldPath");
    tl_json_object(json);
    tl_json_put_text(json, "op", "add");
    tl_json_put_text(json, "path", path->text);
    tl_json_put_text(json, "value", field);
    tl_json_object_end(json);
}

static const char *edit_summary(const struct tl_datahub_edit *edits, size_t n,
                                struct tl_ctx *ctx)
{
    size_t n_on = 0, n_off = 0;

    for (size_t i = 0; i < n; i++)
        *(edits[i].belief ? &n_on : &n_off) += 1;
    if (n_off == 0)
        return tl_arena_printf(ctx->arena, "add %zu tag%s", n_on, n_on == 1 ? "" : "s");
    if (n_on == 0)
        return tl_arena_printf(ctx->arena, "remove %zu tag%s", n_off,
                               n_off == 1 ? "" : "s");
    return tl_arena_printf(ctx->arena, "add %zu tag%s, remove %zu", n_on,
                           n_on == 1 ? "" : "s", n_off);
}

void tl_datahub_patch(struct tl_datahub_writer *writer,
                      const struct tl_datahub_subject *subject,
                      const struct tl_datahub_edit *edits, size_t n, const char *version)
{
    struct tl_json *json = tl_datahub_aspect(writer);
    struct tl_str path = TL_STR_INIT(TL_DATAHUB_ASPECT_MOST);

    tl_json_array(json);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(edits[i].path, edits[i - 1].path) != 0)
            write_key_edit(json, &path, edits[i].path);
        write_edit(json, &path, subject->belief, &edits[i]);
    }
    tl_json_array_end(json);
    writer->aspect.failed |= path.failed;
    tl_str_release(&path);
    tl_datahub_propose(writer, &(struct tl_datahub_proposal){
                                   .entity = "dataset",
                                   .urn = subject->urn,
                                   .aspect = "editableSchemaMetadata",
                                   .change = "PATCH",
                                   .dataset = subject->key,
                                   .summary = edit_summary(edits, n, writer->ctx),
                                   .header = version ? "If-Version-Match" : NULL,
                                   .header_value = version });
}

void tl_datahub_make_tag(struct tl_datahub_writer *writer, const char *urn,
                         const struct tl_belief *belief, const struct tl_belief_tag *tag)
{
    struct tl_str text = TL_STR_INIT(4096);
    struct tl_json *json = tl_datahub_aspect(writer);
    const char *category = tl_belief_text(belief, tag->category);

    tl_str_addf(&text, "%s data", tl_sensitivity_word(tag->sensitivity));
    if (category)
        tl_str_addf(&text, ", %s", category);
    tl_str_add(&text, "; columns that tagline found to hold it");
    tl_json_object(json);
    tl_json_put_text(json, "description", text.text);
    tl_json_put_text(json, "name", urn + strlen("urn:li:tag:"));
    tl_json_object_end(json);
    tl_str_release(&text);
    /* CREATE that is dropped when it is there: a steward's name, words and colour stay. */
    tl_datahub_propose(writer, &(struct tl_datahub_proposal){ .entity = "tag",
                                                              .urn = urn,
                                                              .aspect = "tagProperties",
                                                              .change = "CREATE",
                                                              .dataset = "",
                                                              .summary = "make the tag",
                                                              .header = "If-None-Match",
                                                              .header_value = "*" });
}
