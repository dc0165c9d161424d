/*
 * Adding to a snapshot, looking up in a belief, and the words of the enumerations.
 */
#include "base/model.h"

#include <assert.h>
#include <strings.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- words ---- */

static const char *const dataset_kind_words[] = {
    "table", "view", "materialized_view", "external_table", "topic", "file"
};
static const char *const logical_words[] = { "unknown", "text",  "integer", "real",
                                             "boolean", "date",  "time",    "bytes",
                                             "json",    "array", "record",  "uuid",
                                             "inet" };
static const char *const origin_words[] = { "rule", "validator", "llm", "lineage",
                                            "person" };
static const char *const state_words[] = { "none",      "unknown",  "proposed",
                                           "confirmed", "rejected", "withdrawn",
                                           "carried" };
static const char *const sensitivity_words[] = { "public", "internal", "personal",
                                                 "sensitive", "special" };
static const char *const stance_words[] = { "abstains", "proposes", "confirms",
                                            "refutes" };
static const char *const evidence_words[] = { "name",    "type",   "comment",   "table",
                                              "sibling", "values", "validator", "proof" };

static const char *const edge_kind_words[] = {
    "identity", "transformation", "aggregation", "join",       "filter",
    "group_by", "sort",           "window",      "conditional"
};
static const char *const effect_words[] = { NULL,     "keeps",         "partial",
                                            "masks",  "encrypts",      "tokenises",
                                            "hashes", "hashes_salted", "aggregates",
                                            "counts", "adds_noise" };
static const char *const outcome_words[] = { "pass", "violation", "gap", "waived" };

/* Numbers may come from a log that a later version wrote. */
static const char *word_at(const char *const *words, size_t n, int i)
{
    return i >= 0 && (size_t)i < n ? words[i] : "unknown";
}

static int word_find(const char *const *words, size_t n, const char *word)
{
    for (size_t i = 0; word && i < n; i++)
        if (words[i] && strcmp(words[i], word) == 0)
            return (int)i;
    return -1;
}

const char *tl_dataset_kind_word(int kind)
{
    return word_at(dataset_kind_words, COUNT(dataset_kind_words), kind);
}

const char *tl_logical_word(int logical)
{
    return word_at(logical_words, COUNT(logical_words), logical);
}

const char *tl_origin_word(int origin)
{
    return word_at(origin_words, COUNT(origin_words), origin);
}

const char *tl_state_word(int state)
{
    return word_at(state_words, COUNT(state_words), state);
}

const char *tl_sensitivity_word(int sensitivity)
{
    return word_at(sensitivity_words, COUNT(sensitivity_words), sensitivity);
}

const char *tl_evidence_word(int evidence)
{
    return word_at(evidence_words, COUNT(evidence_words), evidence);
}

const char *tl_stance_word(int stance)
{
    return word_at(stance_words, COUNT(stance_words), stance);
}

const char *tl_edge_kind_word(int kind)
{
    return word_at(edge_kind_words, COUNT(edge_kind_words), kind);
}

const char *tl_effect_word(int effect)
{
    return word_at(effect_words, COUNT(effect_words), effect);
}

const char *tl_outcome_word(int outcome)
{
    return word_at(outcome_words, COUNT(outcome_words), outcome);
}

int tl_edge_kind_of(const char *word)
{
    return word_find(edge_kind_words, COUNT(edge_kind_words), word);
}

int tl_effect_of(const char *word)
{
    return word_find(effect_words, COUNT(effect_words), word);
}

int tl_state_of(const char *word)
{
    return word_find(state_words, COUNT(state_words), word);
}

int tl_origin_of(const char *word)
{
    return word_find(origin_words, COUNT(origin_words), word);
}

int tl_sensitivity_of(const char *word)
{
    return word_find(sensitivity_words, COUNT(sensitivity_words), word);
}

/* ---- native types ---- */

struct type_word {
    const char *word;
    enum tl_logical logical;
};

/* First words of type names, sorted by strcmp. SQLite, PostgreSQL, Redshift, Snowflake, Trino, BigQuery, MySQL, ClickHouse, Hive. */
static const struct type_word type_words[] = {
    { "array", TL_LOGICAL_ARRAY },
    { "bfile", TL_LOGICAL_BYTES },
    { "bigdecimal", TL_LOGICAL_REAL },
    { "bigint", TL_LOGICAL_INTEGER },
    { "bignumeric", TL_LOGICAL_REAL },
    { "bigserial", TL_LOGICAL_INTEGER },
    { "binary", TL_LOGICAL_BYTES },
    { "binary_double", TL_LOGICAL_REAL },
    { "binary_float", TL_LOGICAL_REAL },
    { "bit", TL_LOGICAL_BYTES },
    { "blob", TL_LOGICAL_BYTES },
    { "bool", TL_LOGICAL_BOOLEAN },
    { "boolean", TL_LOGICAL_BOOLEAN },
    { "bpchar", TL_LOGICAL_TEXT },
    { "bytea", TL_LOGICAL_BYTES },
    { "byteint", TL_LOGICAL_INTEGER },
    { "bytes", TL_LOGICAL_BYTES },
    { "char", TL_LOGICAL_TEXT },
    { "character", TL_LOGICAL_TEXT },
    { "cidr", TL_LOGICAL_INET },
    { "citext", TL_LOGICAL_TEXT },
    { "clob", TL_LOGICAL_TEXT },
    { "date", TL_LOGICAL_DATE },
    { "date32", TL_LOGICAL_DATE },
    { "datetime", TL_LOGICAL_TIME },
    { "datetime2", TL_LOGICAL_TIME },
    { "datetime64", TL_LOGICAL_TIME },
    { "datetimeoffset", TL_LOGICAL_TIME },
    { "dec", TL_LOGICAL_REAL },
    { "decimal", TL_LOGICAL_REAL },
    { "double", TL_LOGICAL_REAL },
    { "enum", TL_LOGICAL_TEXT },
    { "enum16", TL_LOGICAL_TEXT },
    { "enum8", TL_LOGICAL_TEXT },
    { "fixed", TL_LOGICAL_REAL },
    { "fixedstring", TL_LOGICAL_TEXT },
    { "float", TL_LOGICAL_REAL },
    { "float32", TL_LOGICAL_REAL },
    { "float4", TL_LOGICAL_REAL },
    { "float64", TL_LOGICAL_REAL },
    { "float8", TL_LOGICAL_REAL },
    { "geography", TL_LOGICAL_UNKNOWN },
    { "geometry", TL_LOGICAL_UNKNOWN },
    { "hstore", TL_LOGICAL_JSON },
    { "hugeint", TL_LOGICAL_INTEGER },
    { "image", TL_LOGICAL_BYTES },
    { "inet", TL_LOGICAL_INET },
    { "int", TL_LOGICAL_INTEGER },
    { "int128", TL_LOGICAL_INTEGER },
    { "int16", TL_LOGICAL_INTEGER },
    { "int2", TL_LOGICAL_INTEGER },
    { "int256", TL_LOGICAL_INTEGER },
    { "int32", TL_LOGICAL_INTEGER },
    { "int4", TL_LOGICAL_INTEGER },
    { "int64", TL_LOGICAL_INTEGER },
    { "int8", TL_LOGICAL_INTEGER },
    { "integer", TL_LOGICAL_INTEGER },
    { "interval", TL_LOGICAL_TIME },
    { "ipaddress", TL_LOGICAL_INET },
    { "ipv4", TL_LOGICAL_INET },
    { "ipv6", TL_LOGICAL_INET },
    { "json", TL_LOGICAL_JSON },
    { "jsonb", TL_LOGICAL_JSON },
    { "list", TL_LOGICAL_ARRAY },
    { "long", TL_LOGICAL_INTEGER },
    { "longblob", TL_LOGICAL_BYTES },
    { "longtext", TL_LOGICAL_TEXT },
    { "macaddr", TL_LOGICAL_TEXT },
    { "macaddr8", TL_LOGICAL_TEXT },
    { "map", TL_LOGICAL_RECORD },
    { "mediumblob", TL_LOGICAL_BYTES },
    { "mediumint", TL_LOGICAL_INTEGER },
    { "mediumtext", TL_LOGICAL_TEXT },
    { "money", TL_LOGICAL_REAL },
    { "name", TL_LOGICAL_TEXT },
    { "national", TL_LOGICAL_TEXT },
    { "native", TL_LOGICAL_TEXT },
    { "nchar", TL_LOGICAL_TEXT },
    { "nclob", TL_LOGICAL_TEXT },
    { "ntext", TL_LOGICAL_TEXT },
    { "number", TL_LOGICAL_INTEGER },
    { "numeric", TL_LOGICAL_REAL },
    { "nvarchar", TL_LOGICAL_TEXT },
    { "nvarchar2", TL_LOGICAL_TEXT },
    { "object", TL_LOGICAL_JSON },
    { "oid", TL_LOGICAL_INTEGER },
    { "point", TL_LOGICAL_UNKNOWN },
    { "raw", TL_LOGICAL_BYTES },
    { "real", TL_LOGICAL_REAL },
    { "record", TL_LOGICAL_RECORD },
    { "row", TL_LOGICAL_RECORD },
    { "serial", TL_LOGICAL_INTEGER },
    { "serial2", TL_LOGICAL_INTEGER },
    { "serial4", TL_LOGICAL_INTEGER },
    { "serial8", TL_LOGICAL_INTEGER },
    { "set", TL_LOGICAL_TEXT },
    { "short", TL_LOGICAL_INTEGER },
    { "smalldatetime", TL_LOGICAL_TIME },
    { "smallint", TL_LOGICAL_INTEGER },
    { "smallmoney", TL_LOGICAL_REAL },
    { "smallserial", TL_LOGICAL_INTEGER },
    { "string", TL_LOGICAL_TEXT },
    { "struct", TL_LOGICAL_RECORD },
    { "super", TL_LOGICAL_JSON },
    { "text", TL_LOGICAL_TEXT },
    { "time", TL_LOGICAL_TIME },
    { "timestamp", TL_LOGICAL_TIME },
    { "timestamp_ltz", TL_LOGICAL_TIME },
    { "timestamp_ntz", TL_LOGICAL_TIME },
    { "timestamp_tz", TL_LOGICAL_TIME },
    { "timestampltz", TL_LOGICAL_TIME },
    { "timestampntz", TL_LOGICAL_TIME },
    { "timestamptz", TL_LOGICAL_TIME },
    { "timetz", TL_LOGICAL_TIME },
    { "tinyblob", TL_LOGICAL_BYTES },
    { "tinyint", TL_LOGICAL_INTEGER },
    { "tinytext", TL_LOGICAL_TEXT },
    { "tuple", TL_LOGICAL_RECORD },
    { "uint128", TL_LOGICAL_INTEGER },
    { "uint16", TL_LOGICAL_INTEGER },
    { "uint256", TL_LOGICAL_INTEGER },
    { "uint32", TL_LOGICAL_INTEGER },
    { "uint64", TL_LOGICAL_INTEGER },
    { "uint8", TL_LOGICAL_INTEGER },
    { "uniqueidentifier", TL_LOGICAL_UUID },
    { "unsigned", TL_LOGICAL_INTEGER },
    { "uuid", TL_LOGICAL_UUID },
    { "varbinary", TL_LOGICAL_BYTES },
    { "varbit", TL_LOGICAL_BYTES },
    { "varbyte", TL_LOGICAL_BYTES },
    { "varchar", TL_LOGICAL_TEXT },
    { "varchar2", TL_LOGICAL_TEXT },
    { "variant", TL_LOGICAL_JSON },
    { "varying", TL_LOGICAL_TEXT },
    { "vector", TL_LOGICAL_ARRAY },
    { "xml", TL_LOGICAL_TEXT },
    { "year", TL_LOGICAL_INTEGER },
};

static int compare_type_word(const void *word, const void *entry)
{
    return strcmp(word, ((const struct type_word *)entry)->word);
}

/* "(38,0)" and "(38)" have no fraction, "(38,2)" has one; -1 where nothing is said. */
static int scale_of(const char *rest)
{
    while (*rest == ' ')
        rest++;
    if (*rest != '(')
        return -1;
    const char *comma = strchr(rest, ',');
    return comma ? (int)strtol(comma + 1, NULL, 10) : 0;
}

/* What SQLite's affinity rules (datatype3.html section 3.1) say of a made-up name, less "INT", which "POINT" holds too. */
static enum tl_logical affinity_of(const char *word)
{
    if (strstr(word, "char") || strstr(word, "clob") || strstr(word, "text"))
        return TL_LOGICAL_TEXT;
    if (strstr(word, "blob"))
        return TL_LOGICAL_BYTES;
    if (strstr(word, "floa") || strstr(word, "doub"))
        return TL_LOGICAL_REAL;
    return TL_LOGICAL_UNKNOWN;
}

/* The first word in lower case, without quotes and without the schema in front. Returns what follows it. */
static const char *first_word(char *word, size_t room, const char *native)
{
    size_t n = 0;

    for (; *native; native++) {
        char c = *native;
        if (c == '.') {
            n = 0;
            continue;
        }
        if (c == '"' || (c == ' ' && n == 0))
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
            break;
        if (n + 1 < room)
            word[n++] = c;
    }
    word[n] = '\0';
    return native;
}

enum tl_logical tl_logical_of(const char *native)
{
    char word[64];

    if (!native)
        return TL_LOGICAL_UNKNOWN;
    const char *rest = first_word(word, sizeof word, native);
    /* ClickHouse's wrappers say nothing about the content. */
    while (*rest == '(' &&
           (strcmp(word, "nullable") == 0 || strcmp(word, "lowcardinality") == 0))
        rest = first_word(word, sizeof word, rest + 1);
    size_t n = strlen(rest);
    /* PostgreSQL: "integer[]" to people, "_int4" in pg_type. */
    if ((n >= 2 && strcmp(rest + n - 2, "[]") == 0) || (n == 0 && word[0] == '_'))
        return TL_LOGICAL_ARRAY;

    const struct type_word *known = bsearch(word, type_words, COUNT(type_words),
                                            sizeof *type_words, compare_type_word);
    if (!known)
        return affinity_of(word);
    int scale = scale_of(rest);
    bool is_decimal = strcmp(word, "number") == 0 || strcmp(word, "numeric") == 0 ||
                      strcmp(word, "decimal") == 0 || strcmp(word, "dec") == 0;
    if (is_decimal && scale >= 0)
        return scale > 0 ? TL_LOGICAL_REAL : TL_LOGICAL_INTEGER;
    /* Snowflake's structured OBJECT(street VARCHAR, ...) names its fields. */
    if (scale >= 0 && strcmp(word, "object") == 0)
        return TL_LOGICAL_RECORD;
    if (strcmp(word, "long") == 0 && *rest == ' ') {
        first_word(word, sizeof word, rest); /* LONG VARCHAR */
        return affinity_of(word);
    }
    return known->logical;
}

/* ---- snapshot ---- */

void tl_snapshot_init(struct tl_snapshot *snapshot)
{
    *snapshot = (struct tl_snapshot){ .texts = tl_texts_open() };
}

void tl_snapshot_release(struct tl_snapshot *snapshot)
{
    tl_vec_release(&snapshot->sources);
    tl_vec_release(&snapshot->datasets);
    tl_vec_release(&snapshot->columns);
    tl_vec_release(&snapshot->keys);
    tl_map_release(&snapshot->names);
    tl_texts_close(snapshot->texts);
    snapshot->texts = NULL;
}

struct tl_source_id tl_snapshot_add_source(struct tl_snapshot *snapshot, const char *name,
                                           const char *connector, const char *platform)
{
    struct tl_source source = {
        .name = tl_text_of(snapshot->texts, name),
        .connector = tl_text_of(snapshot->texts, connector),
        .platform = tl_text_of(snapshot->texts, platform),
    };

    tl_vec_push(&snapshot->sources, source);
    return (struct tl_source_id){ (uint32_t)(snapshot->sources.n - 1) };
}

struct tl_dataset *tl_snapshot_add_dataset(struct tl_snapshot *snapshot,
                                           const char *database, const char *schema,
                                           const char *name, enum tl_dataset_kind kind)
{
    assert(snapshot->sources.n > 0);
    struct tl_dataset dataset = {
        .source = { (uint32_t)(snapshot->sources.n - 1) },
        .database = tl_text_of(snapshot->texts, database),
        .schema = tl_text_of(snapshot->texts, schema),
        .name = tl_text_of(snapshot->texts, name),
        .rows = -1,
        .first_column = (uint32_t)snapshot->columns.n,
        .first_key = (uint32_t)snapshot->keys.n,
        .kind = (uint8_t)kind,
    };

    if (snapshot->names.n > 0)
        tl_map_release(&snapshot->names);
    tl_vec_push(&snapshot->datasets, dataset);
    return &snapshot->datasets.items[snapshot->datasets.n - 1];
}

/* Up to here a scan over interned ids beats hashing the name. */
#define WIDE 64

static bool name_is_taken(const struct tl_snapshot *snapshot,
                          const struct tl_dataset *dataset, struct tl_text path)
{
    if (dataset->n_columns > WIDE) {
        size_t n;
        uint32_t last;
        const char *bytes = tl_text_get(snapshot->texts, path, &n);
        return tl_map_get(&snapshot->names, bytes, n, &last);
    }
    for (uint32_t i = 0; i < dataset->n_columns; i++)
        if (snapshot->columns.items[dataset->first_column + i].path.i == path.i)
            return true;
    return false;
}

/* The map's value is the last number given to a name, so that 10,000 columns of one name need no 50,000,000 tries. */
static void note_name(struct tl_snapshot *snapshot, struct tl_text path, uint32_t last)
{
    size_t n;
    const char *bytes = tl_text_get(snapshot->texts, path, &n);

    tl_map_put(&snapshot->names, bytes, n, last);
}

static struct tl_text numbered_name(struct tl_snapshot *snapshot,
                                    const struct tl_dataset *dataset, struct tl_text path)
{
    size_t n;
    const char *bytes = tl_text_get(snapshot->texts, path, &n);
    uint32_t last = 1;
    struct tl_str name;
    struct tl_text text;

    if (dataset->n_columns > WIDE)
        tl_map_get(&snapshot->names, bytes, n, &last);
    tl_str_init(&name, TL_STR_MOST);
    do {
        tl_str_clear(&name);
        tl_str_add_bytes(&name, bytes, n);
        tl_str_add_char(&name, '#');
        tl_str_add_uint(&name, ++last);
        text = tl_text_add(snapshot->texts, name.text, name.n);
    } while (name_is_taken(snapshot, dataset, text));
    tl_str_release(&name);
    if (dataset->n_columns > WIDE)
        note_name(snapshot, path, last);
    return text;
}

struct tl_column *tl_snapshot_add_column(struct tl_snapshot *snapshot, const char *path,
                                         size_t n, const char *native_type)
{
    assert(snapshot->datasets.n > 0);
    struct tl_dataset *dataset = &snapshot->datasets.items[snapshot->datasets.n - 1];
    struct tl_text name = tl_text_add(snapshot->texts, path, n);

    if (name_is_taken(snapshot, dataset, name))
        name = numbered_name(snapshot, dataset, name);
    struct tl_column column = {
        .path = name,
        .native_type = tl_text_of(snapshot->texts, native_type),
        .ordinal = ++dataset->n_columns,
        .logical = (uint8_t)tl_logical_of(native_type),
        .nullable = -1,
    };
    tl_vec_push(&snapshot->columns, column);

    if (dataset->n_columns == WIDE + 1)
        for (uint32_t i = 0; i < dataset->n_columns; i++)
            note_name(snapshot, snapshot->columns.items[dataset->first_column + i].path,
                      1);
    else if (dataset->n_columns > WIDE)
        note_name(snapshot, name, 1);
    return &snapshot->columns.items[snapshot->columns.n - 1];
}

void tl_snapshot_add_foreign_key(struct tl_snapshot *snapshot, const char *columns,
                                 const char *target, const char *target_columns)
{
    assert(snapshot->datasets.n > 0);
    struct tl_foreign_key key = {
        .columns = tl_text_of(snapshot->texts, columns),
        .target = tl_text_of(snapshot->texts, target),
        .target_columns = tl_text_of(snapshot->texts, target_columns),
    };

    tl_vec_push(&snapshot->keys, key);
    snapshot->datasets.items[snapshot->datasets.n - 1].n_keys++;
}

void tl_snapshot_fail_source(struct tl_snapshot *snapshot, struct tl_source_id id,
                             const char *why)
{
    assert(id.i < snapshot->sources.n);
    snapshot->sources.n = (size_t)id.i + 1;
    while (snapshot->datasets.n > 0 &&
           snapshot->datasets.items[snapshot->datasets.n - 1].source.i >= id.i) {
        const struct tl_dataset *last = &snapshot->datasets.items[--snapshot->datasets.n];
        snapshot->columns.n = last->first_column;
        snapshot->keys.n = last->first_key;
    }
    tl_map_release(&snapshot->names);
    snapshot->sources.items[id.i].state = TL_SOURCE_FAILED;
    snapshot->sources.items[id.i].why = tl_text_of(snapshot->texts, why);
}

const char *tl_snapshot_text(const struct tl_snapshot *snapshot, struct tl_text text)
{
    return tl_text_get(snapshot->texts, text, NULL);
}

struct tl_key tl_snapshot_key(const struct tl_snapshot *snapshot, struct tl_dataset_id id)
{
    assert(id.i < snapshot->datasets.n);
    const struct tl_dataset *dataset = &snapshot->datasets.items[id.i];

    return (struct tl_key){
        .source =
            tl_snapshot_text(snapshot, snapshot->sources.items[dataset->source.i].name),
        .database = tl_snapshot_text(snapshot, dataset->database),
        .schema = tl_snapshot_text(snapshot, dataset->schema),
        .dataset = tl_snapshot_text(snapshot, dataset->name),
    };
}

/* ---- belief ---- */

const char *tl_belief_text(const struct tl_belief *belief, struct tl_slice slice)
{
    return slice.at ? belief->text + slice.at : NULL;
}

struct tl_key tl_belief_key(const struct tl_belief *belief,
                            const struct tl_belief_dataset *dataset)
{
    return (struct tl_key){
        .source = tl_belief_text(belief, dataset->source),
        .database = tl_belief_text(belief, dataset->database),
        .schema = tl_belief_text(belief, dataset->schema),
        .dataset = tl_belief_text(belief, dataset->name),
    };
}

const struct tl_belief_dataset *tl_belief_find(const struct tl_belief *belief,
                                               const struct tl_key *key)
{
    struct tl_key wanted = *key;
    uint32_t low = 0;
    uint32_t high = belief->n_datasets;

    wanted.field = NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct tl_key there = tl_belief_key(belief, &belief->datasets[middle]);
        int order = tl_key_compare(&wanted, &there);
        if (order == 0)
            return &belief->datasets[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct tl_belief_column *tl_belief_column(const struct tl_belief *belief,
                                                const struct tl_belief_dataset *dataset,
                                                const char *path)
{
    size_t n = strlen(path);

    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &belief->columns[dataset->first_column + i];
        if (column->path.n == n && memcmp(belief->text + column->path.at, path, n) == 0)
            return column;
    }
    return NULL;
}

struct search {
    struct tl_belief_hit *out;
    size_t most, found;
    const struct tl_belief *belief;
    const struct tl_key_pattern *pattern;
    bool fold;
};

static void search_hit(struct search *search, const struct tl_belief_dataset *dataset,
                       const struct tl_belief_column *column)
{
    if (search->found < search->most)
        search->out[search->found] = (struct tl_belief_hit){ dataset, column };
    search->found++;
}

static void search_columns(struct search *search, const struct tl_belief_dataset *dataset)
{
    const char *field = search->pattern->field;

    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_belief_column *column =
            &search->belief->columns[dataset->first_column + i];
        const char *path = tl_belief_text(search->belief, column->path);
        if (path && (search->fold ? strcasecmp(path, field) : strcmp(path, field)) == 0)
            search_hit(search, dataset, column);
    }
}

size_t tl_belief_search(struct tl_belief_hit *out, size_t most,
                        const struct tl_belief *belief,
                        const struct tl_key_pattern *pattern)
{
    struct search search = {
        .out = out, .most = most, .belief = belief, .pattern = pattern
    };
    struct tl_key_pattern levels = *pattern;

    levels.field = NULL;
    /* Only when nothing has exactly that name is the case of letters overlooked. */
    for (int fold = 0; fold < 2 && search.found == 0; fold++) {
        search.fold = fold;
        for (uint32_t i = 0; i < belief->n_datasets; i++) {
            const struct tl_belief_dataset *dataset = &belief->datasets[i];
            struct tl_key key = tl_belief_key(belief, dataset);
            if (!tl_key_ends_in(&key, &levels, fold))
                continue;
            if (pattern->field)
                search_columns(&search, dataset);
            else
                search_hit(&search, dataset, NULL);
        }
    }
    return search.found;
}

/* ---- lineage ---- */

enum tl_effect tl_effect_compose(enum tl_effect inner, enum tl_effect outer)
{
    return inner > outer ? inner : outer;
}

enum tl_effect tl_effect_join(enum tl_effect a, enum tl_effect b)
{
    if (!a || !b)
        return a ? a : b;
    return a < b ? a : b;
}

static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return a == b ? 0 : strcmp(a, b);
}

int tl_edge_compare(const struct tl_edge *a, const struct tl_edge *b)
{
    int order;

    if ((order = compare_texts(a->target, b->target)) != 0 ||
        (order = compare_texts(a->target_column, b->target_column)) != 0 ||
        (order = compare_texts(a->source, b->source)) != 0 ||
        (order = compare_texts(a->source_column, b->source_column)) != 0)
        return order;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if ((order = compare_texts(a->query, b->query)) != 0 ||
        (order = compare_texts(a->function, b->function)) != 0)
        return order;
    return (a->effect > b->effect) - (a->effect < b->effect);
}

static int by_edge_and_surest(const void *a, const void *b)
{
    const struct tl_edge *left = a, *right = b;
    int order = tl_edge_compare(left, right);

    if (order == 0)
        order = (left->confidence < right->confidence) -
                (left->confidence > right->confidence);
    if (order == 0)
        order = (left->line > right->line) - (left->line < right->line);
    if (order == 0)
        order = (left->column > right->column) - (left->column < right->column);
    return order;
}

void tl_edges_sort(struct tl_edges *edges)
{
    size_t n = 0;

    if (edges->items.n)
        qsort(edges->items.items, edges->items.n, sizeof *edges->items.items,
              by_edge_and_surest);
    for (size_t i = 0; i < edges->items.n; i++) {
        const struct tl_edge *edge = &edges->items.items[i];
        if (n == 0 || tl_edge_compare(&edges->items.items[n - 1], edge) != 0)
            edges->items.items[n++] = *edge;
    }
    edges->items.n = n;
}

void tl_edges_release(struct tl_edges *edges)
{
    tl_vec_release(&edges->items);
    tl_vec_release(&edges->problems);
}
