/*
 * The nouns: source, dataset, column, sample, opinion, tag, decision, belief. Plain structs over interned text; no logic but
 * adding and looking up. Everybody reads it; ids live only within a run.
 */
#ifndef TL_BASE_MODEL_H
#define TL_BASE_MODEL_H

#include "base/map.h"
#include "base/name.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct tl_source_id {
    uint32_t i;
};
struct tl_dataset_id {
    uint32_t i;
};
struct tl_column_id {
    uint32_t i;
};

/* DataHub's and OpenLineage's words. */
enum tl_dataset_kind {
    TL_TABLE,
    TL_VIEW,
    TL_MATERIALIZED_VIEW,
    TL_EXTERNAL_TABLE,
    TL_TOPIC,
    TL_FILE
};
/* "table", "view", "materialized_view", "external_table", "topic", "file" */
const char *tl_dataset_kind_word(int kind);

/* What a native type means, as far as deciding needs it. */
enum tl_logical {
    TL_LOGICAL_UNKNOWN,
    TL_LOGICAL_TEXT,
    TL_LOGICAL_INTEGER,
    TL_LOGICAL_REAL,
    TL_LOGICAL_BOOLEAN,
    TL_LOGICAL_DATE,
    TL_LOGICAL_TIME,
    TL_LOGICAL_BYTES,
    TL_LOGICAL_JSON,
    TL_LOGICAL_ARRAY,
    TL_LOGICAL_RECORD,
    TL_LOGICAL_UUID,
    TL_LOGICAL_INET,
};
const char *tl_logical_word(int logical);
/* From a native type's name as any warehouse writes it: "VARCHAR(20)", "timestamp with time zone", "STRUCT<...>". */
enum tl_logical tl_logical_of(const char *native);

enum tl_key_role { TL_KEY_PRIMARY = 1, TL_KEY_UNIQUE = 2, TL_KEY_FOREIGN = 4 }; /* bits */

struct tl_column {
    /* field path, exact bytes; nested levels joined by '.' */
    struct tl_text path;
    struct tl_text native_type; /* as the system writes it; TL_NO_TEXT: unknown */
    struct tl_text comment;
    uint32_t ordinal; /* from 1 */
    uint8_t logical;  /* enum tl_logical */
    int8_t nullable;  /* 1 yes, 0 no, -1 unknown */
    uint8_t roles;    /* enum tl_key_role bits */
};

struct tl_foreign_key {
    struct tl_text columns; /* field paths joined by ',' */
    struct tl_text target;  /* dataset as the system names it */
    struct tl_text target_columns;
};

struct tl_dataset {
    struct tl_source_id source;
    /* TL_NO_TEXT: the system has no such level */
    struct tl_text database, schema, name;
    struct tl_text comment, owner, view_sql;
    int64_t rows; /* estimate; -1 unknown */
    /* differs whenever its rows may have changed; 0: the source does not say */
    uint64_t version;
    uint32_t first_column, n_columns;
    uint32_t first_key, n_keys; /* foreign keys */
    uint8_t kind;               /* enum tl_dataset_kind */
    /* why it could not be read (a view that no longer compiles); TL_NO_TEXT: fine */
    struct tl_text broken;
};

enum tl_source_state { TL_SOURCE_READ, TL_SOURCE_FAILED };
struct tl_source {
    struct tl_text name, connector, platform; /* platform: DataHub's word, "sqlite" */
    uint8_t state;                            /* enum tl_source_state */
    /* of a failure; names the reason, never a secret */
    struct tl_text why;
    int64_t began, ended; /* ns: when it was pulled */
    /* what the source says we are signed in as; TL_NO_TEXT: nothing */
    struct tl_text actor;
};

/* What was pulled. Datasets of one source stand together; columns of one dataset stand together, by ordinal. */
struct tl_snapshot {
    struct tl_texts *texts; /* one pool for the run */
    TL_VEC(struct tl_source) sources;
    TL_VEC(struct tl_dataset) datasets;
    TL_VEC(struct tl_column) columns;
    TL_VEC(struct tl_foreign_key) keys;
    /* column names of the last dataset once it is wide; nobody else's business */
    struct tl_map names;
};
void tl_snapshot_init(struct tl_snapshot *snapshot);
void tl_snapshot_release(struct tl_snapshot *snapshot);
struct tl_source_id tl_snapshot_add_source(struct tl_snapshot *snapshot, const char *name,
                                           const char *connector, const char *platform);
/* Adds an empty dataset to the last source; fill its fields through the pointer before adding the next thing. */
struct tl_dataset *tl_snapshot_add_dataset(struct tl_snapshot *snapshot,
                                           const char *database, const char *schema,
                                           const char *name, enum tl_dataset_kind kind);
/*
 * Adds a column to the last dataset. A name that stands there already (same bytes) gets "#2", "#3" ... appended.
 * `native_type` may be NULL. Ordinal is the next one.
 */
struct tl_column *tl_snapshot_add_column(struct tl_snapshot *snapshot, const char *path,
                                         size_t n, const char *native_type);
void tl_snapshot_add_foreign_key(struct tl_snapshot *snapshot, const char *columns,
                                 const char *target, const char *target_columns);
/* Takes back everything from source `id` on: its pull failed. The source itself stays, marked failed with `why`. */
void tl_snapshot_fail_source(struct tl_snapshot *snapshot, struct tl_source_id id,
                             const char *why);
/* The dataset's key (field NULL). Texts are the pool's. */
struct tl_key tl_snapshot_key(const struct tl_snapshot *snapshot,
                              struct tl_dataset_id id);
/* NULL for none */
const char *tl_snapshot_text(const struct tl_snapshot *snapshot, struct tl_text text);

/* ---- samples: live in scratch, reach only classifiers, are never written anywhere ---- */

struct tl_value {
    const char *bytes; /* NULL: SQL NULL. May hold NULs. Closed by a NUL beyond `n`. */
    uint32_t n;        /* bytes held here, at most the spec's `value_bytes` */
    bool is_cut;       /* the real value is longer */
};

enum tl_sample_state {
    TL_SAMPLE_NONE,   /* not asked for: names only */
    TL_SAMPLE_READ,   /* some rows */
    TL_SAMPLE_WHOLE,  /* every row there is */
    TL_SAMPLE_FAILED, /* asked for and refused */
};

struct tl_sample {
    enum tl_sample_state state;
    /* of TL_SAMPLE_FAILED; of READ and WHOLE what was malformed and how it was taken, NULL: nothing */
    const char *why;
    uint32_t n_columns; /* those of the dataset, in order */
    uint32_t n_rows;
    /*
     * The last of them, looked for because columns that are mostly NULL have a value there: in them only such columns hold
     * anything. They say what a column holds, not how often it is NULL, nor what stands beside what.
     */
    uint32_t n_extra;
    /* n_columns runs of n_rows: column c's values are values[c * n_rows ...] */
    struct tl_value *values;
};

struct tl_sample_spec {
    uint32_t rows;        /* most rows */
    uint32_t value_bytes; /* a longer value is cut there, by the server where it can */
    /* rows are chosen by this and the dataset's key, so that an unchanged table gives the same sample */
    uint64_t seed;
    /* of a text that has fewer values in the sample, and NULLs, more rows are looked for where that costs little; 0: never */
    uint32_t least_values;
};

/* ---- lineage: what flows where ---- */

/* OpenLineage's columnLineage words (spec/facets/ColumnLineageDatasetFacet.json): the first three move values, the rest steer. */
enum tl_edge_kind {
    TL_IDENTITY,
    TL_TRANSFORMATION,
    TL_AGGREGATION,
    TL_JOIN,
    TL_FILTER,
    TL_GROUP_BY,
    TL_SORT,
    TL_WINDOW,
    TL_CONDITIONAL,
    TL_EDGE_KINDS
};
/* "identity", "transformation", "aggregation", "join", "filter", "group_by", "sort", "window", "conditional" */
const char *tl_edge_kind_word(int kind);
int tl_edge_kind_of(const char *word); /* -1: no such word; likewise below */
static inline bool tl_edge_moves_values(int kind)
{
    return kind <= TL_AGGREGATION;
}

/* What becomes of personal data on the way; from what leaves most to what leaves nothing. */
enum tl_effect {
    TL_NO_EFFECT, /* of kinds that only steer */
    TL_KEEPS,
    TL_PARTIAL,       /* a part or a coarser form: left(x, 3), date_trunc('year', x) */
    TL_MASKS,         /* overwritten by a constant pattern */
    TL_ENCRYPTS,      /* who has the key has it back */
    TL_TOKENISES,     /* who has the table has it back */
    TL_HASHES,        /* without a key: can be looked up again */
    TL_HASHES_SALTED, /* with a key or a salt that is not in the row */
    TL_AGGREGATES,    /* a figure over rows: sum, avg */
    TL_COUNTS,
    TL_ADDS_NOISE, /* a figure over rows that is differentially private */
    TL_EFFECTS
};
/* "keeps", "partial", "masks", "encrypts", "tokenises", "hashes", "hashes_salted", "aggregates", "counts", "adds_noise"; NULL for TL_NO_EFFECT */
const char *tl_effect_word(int effect);
int tl_effect_of(const char *word);
/* `outer` applied to what `inner` left: the one that leaves less; TL_NO_EFFECT gives way. */
enum tl_effect tl_effect_compose(enum tl_effect inner, enum tl_effect outer);
/* Two ways into the same column: the one that leaves more. */
enum tl_effect tl_effect_join(enum tl_effect a, enum tl_effect b);

/* Texts are borrowed: the run's arena or the belief's text. Datasets are named by their key's text (tl_key_add, no field). */
struct tl_edge {
    const char *target;
    const char *target_column; /* NULL: steers all of it */
    const char *source, *source_column;
    const char *
        query; /* what makes it flow: "etl/load.sql#2" (file and statement); NULL: the target's own view SQL */
    const char *
        function; /* of hashes: "md5", "sha1", "sha256", "sha512", or the function's name in lower case; of parts: "year", "first_3", "email_domain", "presence" ... (lineage/sql/resolve_call.h), else NULL */
    uint32_t line, column; /* of the source reference in that SQL, from 1 */
    uint16_t confidence;   /* per mille */
    uint8_t kind, effect;  /* enum tl_edge_kind, enum tl_effect */
};

/* What of a query was not understood: its target may receive more than the edges say. */
struct tl_edge_problem {
    const char *target; /* dataset; NULL: not even that is known */
    const char *query;  /* as in struct tl_edge */
    const char *what;   /* names and SQL words, never a literal */
    uint32_t line, column;
};

/* Edges by target, target column (absent first), source, source column, kind, query. */
struct tl_edges {
    TL_VEC(struct tl_edge) items;
    TL_VEC(struct tl_edge_problem) problems;
};
int tl_edge_compare(const struct tl_edge *a, const struct tl_edge *b);
/* Of edges that say the same the surest stays; of those the first in its text. */
void tl_edges_sort(struct tl_edges *edges);
void tl_edges_release(struct tl_edges *edges);

/* What a tag becomes behind an effect. The most special rule that fits counts: info type and function before either alone. */
struct tl_carry_rule {
    const char *from;     /* info type; NULL: any */
    const char *function; /* as in struct tl_edge; NULL: any */
    const char *to;       /* info type; NULL: it stays what it is */
    const char *category; /* of `to` */
    uint16_t
        share; /* per mille of the confidence that is left; 0: nothing is carried on */
    uint8_t effect;      /* enum tl_effect */
    uint8_t sensitivity; /* of `to` */
};

/* ---- verdicts ---- */

enum tl_outcome { TL_PASS, TL_VIOLATION, TL_GAP, TL_WAIVED };
/* "pass", "violation", "gap", "waived" */
const char *tl_outcome_word(int outcome);

/* One station of a path, the origin first. `kind`, `effect`, `query`, `line`, `column` say how the data came here from the one before. */
struct tl_step {
    const char *dataset, *path; /* key text, field path */
    const char *info_type;      /* what it is tagged as here */
    const char *query;
    uint32_t line, column;
    uint16_t confidence;
    uint8_t kind, effect;
};

struct tl_verdict {
    const char *rule;     /* "adtech/no-direct-identifier-in-export": pack and rule */
    const char *severity; /* "error", "warning", "note" */
    const char *dataset;  /* key text */
    const char *path;     /* field path; NULL: the dataset as a whole */
    const char *why;      /* one sentence for people: names, tags, zones */
    const char *fix;      /* what to do; NULL: nothing to say */
    const struct tl_step *steps;
    uint32_t n_steps;
    uint8_t outcome; /* enum tl_outcome */
    bool is_advisory;
};
struct tl_verdicts {
    TL_VEC(struct tl_verdict) items; /* no passes: they are only counted */
    size_t counts[4];                /* by enum tl_outcome */
    size_t n_binding;                /* violations that are not advisory */
};

/* ---- what is thought of a column ---- */

enum tl_stance { TL_ABSTAINS, TL_PROPOSES, TL_CONFIRMS, TL_REFUTES };
/* "abstains", "proposes", "confirms", "refutes" */
const char *tl_stance_word(int stance);
enum tl_origin { TL_BY_RULE, TL_BY_VALIDATOR, TL_BY_LLM, TL_BY_LINEAGE, TL_BY_PERSON };
/* "rule", "validator", "llm", "lineage", "person" */
const char *tl_origin_word(int origin);
enum tl_state {
    TL_NOTHING,
    TL_UNKNOWN,
    TL_PROPOSED,
    TL_CONFIRMED,
    TL_REJECTED,
    TL_WITHDRAWN,
    TL_CARRIED
};
/* "none", "unknown", "proposed", "confirmed", "rejected", "withdrawn", "carried" */
const char *tl_state_word(int state);
int tl_state_of(const char *word); /* -1: no such word; likewise below */
/* It stands, as far as is known: neither rejected nor withdrawn. */
static inline bool tl_state_is_live(int state)
{
    return state == TL_PROPOSED || state == TL_CONFIRMED || state == TL_CARRIED;
}
int tl_origin_of(const char *word);
enum tl_sensitivity { TL_PUBLIC, TL_INTERNAL, TL_PERSONAL, TL_SENSITIVE, TL_SPECIAL };
/* "public", "internal", "personal", "sensitive", "special" */
const char *tl_sensitivity_word(int sensitivity);
int tl_sensitivity_of(const char *word);

/* What kind of evidence an opinion rests on. */
enum tl_evidence {
    TL_FROM_NAME,
    TL_FROM_TYPE,
    TL_FROM_COMMENT,
    TL_FROM_TABLE,
    TL_FROM_SIBLING,
    TL_FROM_VALUES,
    TL_FROM_VALIDATOR,
    TL_FROM_PROOF, /* shown to be made of values that stand elsewhere in the clear */
    TL_EVIDENCES
};
/* "name", "type", "comment", "table", "sibling", "values", "validator", "proof" */
const char *tl_evidence_word(int evidence);

/* What one rule says of one column. Strings belong to the rule packs. */
struct tl_opinion {
    /* "core/email_address#name": pack, type, which of its rules */
    const char *rule;
    const char *info_type;
    uint8_t stance;   /* enum tl_stance */
    uint8_t evidence; /* enum tl_evidence */
    int16_t weight;   /* per mille, negative against */
    /* values looked at, accepted, distinct among the accepted; 0 for names */
    uint32_t tried, matched, distinct;
};

/* What was settled of one type on one column. */
struct tl_tag {
    const char *info_type; /* canonical name of facts: "email_address" */
    const char *category;  /* fideslang key: "user.contact.email" */
    uint16_t confidence;   /* per mille */
    /* per mille of the values that hold it; 1000 for names only */
    uint16_t share;
    uint32_t matched;    /* values */
    uint8_t sensitivity; /* enum tl_sensitivity */
    uint8_t state;       /* enum tl_state */
    uint8_t origin;      /* enum tl_origin */
    /* it stands among other things in the values (an address in a note, a field of JSON), of which `share` is how many hold it */
    bool is_inside;
    /* where inside: "user.email" of JSON, "?email" of a URL's query; made of words of the schema only. NULL: the whole value, or anywhere */
    const char *path;
};

/*
 * What was counted on a column, or on a whole dataset, beside its types: what a policy can ask for. Counts, never values.
 * `of` 0: `count` is the fact itself: a number, or a day as days since 1970-01-01.
 */
#define TL_FACT_NAME_MOST 64 /* bytes */
struct tl_fact {
    const char *
        name; /* "tcf.purpose_1.consent": [a-z0-9_.]; classifiers/facts.md lists the names */
    uint32_t count, of; /* rows for which it holds, of those that could tell */
};

/* What was decided of one column. Tags that stand inside first, then by share ascending: the dominant type is last. */
struct tl_decision {
    uint32_t first_opinion, n_opinions; /* in tl_decisions.opinions */
    uint32_t first_tag, n_tags;
    uint32_t first_fact, n_facts; /* by name */
    /* values seen that are not NULL; NULLs; distinct values, at most `sampled` */
    uint32_t sampled, nulls, distinct;
    const char *runner_up; /* info type that came second; NULL: none */
    uint16_t runner_up_confidence;
    uint8_t state; /* TL_PROPOSED where there are tags, TL_NOTHING, or TL_UNKNOWN */
    /* the comment holds something personal: log it masked */
    uint8_t comment_is_personal;
};

/* Of one dataset: a decision per column, in order. */
struct tl_decisions {
    struct tl_decision *columns;
    uint32_t n_columns;
    struct tl_opinion *opinions;
    uint32_t n_opinions;
    struct tl_tag *tags;
    uint32_t n_tags;
    struct tl_fact *facts; /* the columns' */
    uint32_t n_facts;
    struct tl_fact *dataset_facts; /* by name: "k_anonymity.smallest_group" */
    uint32_t n_dataset_facts;
};

/* What a person said of one column. */
enum tl_word_kind { TL_WORD_ACCEPT, TL_WORD_REJECT, TL_WORD_SET };
struct tl_word {
    struct tl_key key;
    const char *info_type, *category; /* of the tag accepted, rejected or set */
    uint8_t sensitivity;
    uint8_t kind;    /* enum tl_word_kind */
    const char *why; /* redacted like a comment */
};

/* ---- what a sink would do, and what came of it ---- */

struct tl_plan_item {
    const char *dataset; /* key text */
    const char *target;  /* the other side's name: a urn */
    const char *aspect;
    const char *change;  /* "UPSERT", "PATCH", "CREATE" */
    const char *summary; /* for people: "tag 3 columns" */
    const char *body;    /* ready to send */
    size_t n_body;
};
struct tl_plan_miss {
    const char *dataset; /* key text */
    const char *column;  /* NULL: the whole dataset has no match over there */
    const char *why;
};
struct tl_plan {
    TL_VEC(struct tl_plan_item) items;
    TL_VEC(struct tl_plan_miss) misses;
    size_t n_unchanged; /* tags that stand there already */
};
struct tl_refusal {
    /* why: the other side's words, cut at 300 bytes, no values of ours */
    const char *target, *aspect, *why;
    int status; /* HTTP status; 0: none */
};
struct tl_receipt {
    const char *sink;
    size_t n_sent, n_accepted;
    TL_VEC(struct tl_refusal) refusals;
};

/* ---- belief: the whole state at a commit, as the log holds it; also the layout of the log's disposable index ---- */

/* Bytes of belief->text, closed by a NUL there. at = 0: absent. */
struct tl_slice {
    uint32_t at, n;
};

struct tl_belief_tag {
    struct tl_slice info_type, category;
    struct tl_slice span, trace; /* hex: the span that decided it, and its run */
    struct tl_slice actor;       /* of a person's word */
    /* of a carried tag: the column it comes from (key text with field) and what it is tagged as there */
    struct tl_slice from, from_type;
    /* ns since 1970: when that span ended; names the folder of its run */
    int64_t since;
    uint16_t confidence;
    uint8_t sensitivity, state, origin;
    uint8_t effect;    /* of a carried tag: all of its path's, enum tl_effect */
    uint8_t is_inside; /* as in struct tl_tag, and `path` */
    uint8_t spare[1];
    struct tl_slice path;
    /* of a person's word: as in struct tl_state_tag of lineage/log */
    struct tl_slice against, knew;
    uint16_t against_confidence;
    uint8_t spare_too[6];
};

/* An edge into the dataset it stands with; fields as in struct tl_edge. */
struct tl_belief_edge {
    struct tl_slice target_column, source, source_column, query, function;
    uint32_t line, column;
    uint16_t confidence;
    uint8_t kind, effect;
};
/* What of a query into the dataset was not understood. */
struct tl_belief_problem {
    struct tl_slice query, what;
    uint32_t line, column;
};

/* A fact of the dataset it stands with, or of a column of it; as in struct tl_fact. */
struct tl_belief_fact {
    struct tl_slice column; /* field path; absent: the dataset's own */
    struct tl_slice name;
    uint32_t count, of;
};

struct tl_belief_column {
    struct tl_slice path, native_type, comment;
    uint32_t ordinal;
    uint32_t first_tag;
    uint16_t n_tags;
    uint8_t logical;
    int8_t nullable;
    uint8_t roles;
    uint8_t is_absent;  /* gone from the source, kept because a person spoke of it */
    uint8_t is_unknown; /* its sample failed or was too small */
    uint8_t spare[5];
};

struct tl_belief_dataset {
    struct tl_slice source, database, schema, name;
    /* comment and SQL as logged: redacted */
    struct tl_slice platform, comment, owner, view_sql;
    /* 64 hex digits; sample "" for names only */
    struct tl_slice schema_digest, sample_digest, rules_digest;
    int64_t rows;
    uint32_t first_column, n_columns;
    uint32_t first_edge, n_edges;
    uint32_t first_problem, n_problems;
    uint32_t first_fact, n_facts; /* the dataset's own first, then by column and name */
    uint8_t kind;
    uint8_t is_absent;
    uint8_t spare[6];
};

/* Datasets sorted by tl_key_compare. Borrowed from the log that gave it; valid until its next append or close. */
struct tl_belief {
    const struct tl_belief_dataset *datasets;
    const struct tl_belief_column *columns;
    const struct tl_belief_tag *tags;
    const struct tl_belief_edge *edges;
    const struct tl_belief_problem *problems;
    const struct tl_belief_fact *facts;
    const char *text;
    uint32_t n_datasets, n_columns, n_tags, n_edges, n_problems, n_facts;
    char commit[65]; /* hex; "" for an empty log */
};

/* NULL when absent. */
const char *tl_belief_text(const struct tl_belief *belief, struct tl_slice slice);
struct tl_key tl_belief_key(const struct tl_belief *belief,
                            const struct tl_belief_dataset *dataset);
const struct tl_belief_dataset *tl_belief_find(const struct tl_belief *belief,
                                               const struct tl_key *key);
const struct tl_belief_column *tl_belief_column(const struct tl_belief *belief,
                                                const struct tl_belief_dataset *dataset,
                                                const char *path);

/* Columns (field given) or datasets that end in the pattern; stops at `most`. Returns how many there are in all. */
struct tl_belief_hit {
    const struct tl_belief_dataset *dataset;
    const struct tl_belief_column *column; /* NULL when the pattern has no field */
};
size_t tl_belief_search(struct tl_belief_hit *out, size_t most,
                        const struct tl_belief *belief,
                        const struct tl_key_pattern *pattern);

#endif
