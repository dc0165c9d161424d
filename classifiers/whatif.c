/*
 * The column is laid first in a table of its own that says what its table says, and that table is decided as it is, then with one thing
 * changed at a time. How many values more or less it takes is found by halving: more of what speaks for a type never speaks against it.
 */
#include "classifiers/whatif.h"

#include "base/ctx.h"
#include "base/str.h"
#include "classifiers/rules.h"

#define NEUTRAL   "qzxq" /* a name in which no pack has a word */
#define ROWS_MOST 20000  /* of samples whose values are changed */
#define BUDGET                                                                           \
    (3 * 1000 *                                                                          \
     1000) /* rows decided over all questions, so that none takes longer than a second or two */
#define SEEDS_MOST        64
#define TRIES_MOST        20000
#define TURNED_BYTES_MOST (16 << 20) /* of all tries */
#define MORE_LEAST        200
#define MORE_MOST         4000
#define SIBLINGS_MOST     200

enum {
    CANDIDATES_OF_NOTHING = 3,
    CANDIDATES_BESIDE = 1,
    NAMES_TRIED = 3,
    SETTLED_MOST = 8
};

const char *tl_whatif_word(int kind)
{
    static const char *const words[TL_WHATIFS] = {
        "without_name",    "without_values",   "without_comment", "without_table",
        "without_sibling", "without_siblings", "with_misfits",    "with_name",
        "with_fits",       "without_misfits",
    };

    return kind >= 0 && kind < TL_WHATIFS ? words[kind] : words[0];
}

/* ---- asking ---- */

/* The types that are settled, the surest first. */
struct verdict {
    const char *types[SETTLED_MOST];
    uint16_t confidence[SETTLED_MOST];
    size_t n;
};

struct asking {
    const struct tl_engine *engine;
    struct tl_question question; /* about the table of its own */
    struct tl_snapshot snapshot;
    struct tl_sample sample;
    struct tl_value *values; /* those of the sample, and room for MORE_MOST */
    uint32_t n_rows;
    size_t budget;
    struct tl_arena *lasting, *passing; /* ours */
    struct tl_arena *into;              /* the asker's */
    struct tl_trials *trials;
    int rc;
    struct tl_ctx *ctx;
};

static struct verdict verdict_of(const struct tl_trials *trials)
{
    struct verdict verdict = { .n = 0 };

    for (uint32_t i = 0; i < trials->n && verdict.n < SETTLED_MOST; i++) {
        const struct tl_trial *trial = &trials->items[i];
        if (trial->fate != TL_FATE_SETTLED)
            continue;
        size_t at = verdict.n++;
        for (; at && verdict.confidence[at - 1] < trial->confidence; at--) {
            verdict.types[at] = verdict.types[at - 1];
            verdict.confidence[at] = verdict.confidence[at - 1];
        }
        verdict.types[at] = trial->info_type;
        verdict.confidence[at] = trial->confidence;
    }
    return verdict;
}

static int place_of(const struct verdict *verdict, const char *info_type)
{
    for (size_t i = 0; i < verdict->n; i++)
        if (strcmp(verdict->types[i], info_type) == 0)
            return (int)i;
    return -1;
}

/* False: it cannot be asked, as the budget is spent or something failed. */
static bool ask(struct verdict *out, struct asking *asking)
{
    size_t cost = asking->sample.n_rows + asking->snapshot.columns.n + 1;
    struct tl_trials trials = { 0 };

    if (asking->rc < 0 || asking->budget < cost)
        return false;
    asking->budget -= cost;
    tl_arena_reset(asking->passing);
    asking->rc = tl_engine_trials(&trials, asking->engine, &asking->question, 0,
                                  asking->passing, asking->ctx);
    *out = verdict_of(&trials);
    return asking->rc == TL_OK;
}

static void keep(struct asking *asking, struct tl_whatif found)
{
    if (asking->trials->n_changes < TL_WHATIFS_MOST)
        asking->trials->changes[asking->trials->n_changes++] = found;
}

/* Whether the change that was made takes the type away; then it is kept. */
static bool takes_away(struct asking *asking, struct tl_whatif found)
{
    struct verdict then;

    if (!ask(&then, asking) || place_of(&then, found.info_type) >= 0)
        return false;
    found.is_lost = true;
    found.instead = then.n ? then.types[0] : NULL;
    found.confidence = then.n ? then.confidence[0] : 0;
    keep(asking, found);
    return true;
}

/* Likewise whether it brings it. */
static bool brings(struct asking *asking, struct tl_whatif found)
{
    struct verdict then;
    int at;

    if (!ask(&then, asking) || (at = place_of(&then, found.info_type)) < 0)
        return false;
    found.confidence = then.confidence[at];
    keep(asking, found);
    return true;
}

/* ---- the table of its own ---- */

static struct tl_text text_again(struct tl_snapshot *to, const struct tl_snapshot *from,
                                 struct tl_text text)
{
    return tl_text_of(to->texts, tl_snapshot_text(from, text));
}

static void copy_column(struct tl_snapshot *to, const struct tl_snapshot *from,
                        const struct tl_column *column)
{
    struct tl_column own = *column;

    own.path = text_again(to, from, column->path);
    own.native_type = text_again(to, from, column->native_type);
    own.comment = text_again(to, from, column->comment);
    tl_vec_push(&to->columns, own);
}

static void copy_keys(struct tl_snapshot *to, const struct tl_snapshot *from,
                      const struct tl_dataset *dataset)
{
    for (uint32_t i = 0; i < dataset->n_keys; i++) {
        const struct tl_foreign_key *key = &from->keys.items[dataset->first_key + i];
        struct tl_foreign_key own = { text_again(to, from, key->columns),
                                      text_again(to, from, key->target),
                                      text_again(to, from, key->target_columns) };
        tl_vec_push(&to->keys, own);
    }
}

/* The asked column first, then the others in their order. */
static void copy_table(struct tl_snapshot *to, const struct tl_snapshot *from,
                       const struct tl_dataset *dataset, uint32_t column)
{
    const struct tl_source *source = &from->sources.items[dataset->source.i];
    struct tl_dataset own = *dataset;

    tl_snapshot_init(to);
    tl_snapshot_add_source(to, tl_snapshot_text(from, source->name),
                           tl_snapshot_text(from, source->connector),
                           tl_snapshot_text(from, source->platform));
    own.source = (struct tl_source_id){ 0 };
    own.database = text_again(to, from, dataset->database);
    own.schema = text_again(to, from, dataset->schema);
    own.name = text_again(to, from, dataset->name);
    own.comment = text_again(to, from, dataset->comment);
    own.owner = own.view_sql = own.broken = TL_NO_TEXT;
    own.first_column = own.first_key = 0;
    tl_vec_push(&to->datasets, own);
    copy_column(to, from, &from->columns.items[dataset->first_column + column]);
    for (uint32_t c = 0; c < dataset->n_columns; c++)
        if (c != column)
            copy_column(to, from, &from->columns.items[dataset->first_column + c]);
    copy_keys(to, from, dataset);
}

static void copy_values(struct asking *asking, const struct tl_sample *sample,
                        uint32_t column)
{
    bool has_values =
        sample && (sample->state == TL_SAMPLE_READ || sample->state == TL_SAMPLE_WHOLE) &&
        column < sample->n_columns;

    asking->question.sample = sample ? &asking->sample : NULL;
    if (!sample)
        return;
    asking->sample = *sample;
    asking->sample.n_columns = has_values ? 1 : 0;
    asking->n_rows = has_values ? sample->n_rows : 0;
    asking->values = tl_arena_alloc(asking->lasting, (size_t)asking->n_rows + MORE_MOST,
                                    sizeof *asking->values);
    if (asking->n_rows)
        memcpy(asking->values, sample->values + (size_t)column * sample->n_rows,
               asking->n_rows * sizeof *asking->values);
    asking->sample.values = asking->values;
}

/* ---- names ---- */

static struct tl_text neutral(struct asking *asking)
{
    return tl_text_of(asking->snapshot.texts, NEUTRAL);
}

static void try_without_name(struct asking *asking, const char *type)
{
    struct tl_text *path = &asking->snapshot.columns.items[0].path;
    struct tl_text before = *path;

    *path = neutral(asking);
    takes_away(asking, (struct tl_whatif){ .kind = TL_WITHOUT_NAME, .info_type = type });
    *path = before;
}

static void try_without_comment(struct asking *asking, const char *type)
{
    struct tl_text *comment = &asking->snapshot.columns.items[0].comment;
    struct tl_text before = *comment;

    if (!before.i)
        return;
    *comment = TL_NO_TEXT;
    takes_away(asking,
               (struct tl_whatif){ .kind = TL_WITHOUT_COMMENT, .info_type = type });
    *comment = before;
}

static void try_without_table(struct asking *asking, const char *type, bool is_settled)
{
    struct tl_text *name = &asking->snapshot.datasets.items[0].name;
    struct tl_text before = *name;
    struct tl_whatif found = { .kind = TL_WITHOUT_TABLE, .info_type = type };

    *name = neutral(asking);
    if (is_settled)
        takes_away(asking, found);
    else
        brings(asking, found);
    *name = before;
}

/* All of them first: mostly none matters. */
static void try_without_siblings(struct asking *asking, const char *type)
{
    struct tl_column *columns = asking->snapshot.columns.items;
    size_t n = asking->snapshot.columns.n;
    struct tl_whatif found = { .kind = TL_WITHOUT_SIBLING, .info_type = type };
    struct tl_text *before = tl_arena_alloc(asking->lasting, n, sizeof *before);
    struct verdict then;
    bool is_told = false;

    for (size_t i = 1; i < n; i++) {
        before[i] = columns[i].path;
        columns[i].path = neutral(asking);
    }
    bool matters = n > 1 && ask(&then, asking) && place_of(&then, type) < 0;
    for (size_t i = 1; i < n; i++)
        columns[i].path = before[i];
    for (size_t i = 1; matters && !is_told && i < n && i < SIBLINGS_MOST; i++) {
        const char *path = tl_snapshot_text(&asking->snapshot, before[i]);
        found.what = tl_arena_strdup(asking->into, path ? path : "");
        columns[i].path = neutral(asking);
        is_told = takes_away(asking, found);
        columns[i].path = before[i];
    }
    if (matters && !is_told)
        keep(asking, (struct tl_whatif){ .kind = TL_WITHOUT_SIBLINGS,
                                         .is_lost = true,
                                         .info_type = type,
                                         .instead = then.n ? then.types[0] : NULL,
                                         .confidence = then.n ? then.confidence[0] : 0 });
}

static void try_name(struct asking *asking, const struct tl_info_type *type)
{
    struct tl_text *path = &asking->snapshot.columns.items[0].path;
    struct tl_text before = *path;
    bool is_told = false;

    for (size_t i = 0; !is_told && i < type->names.n && i < NAMES_TRIED; i++) {
        *path = tl_text_of(asking->snapshot.texts, type->names.items[i]);
        is_told = brings(asking, (struct tl_whatif){ .kind = TL_WITH_NAME,
                                                     .info_type = type->name,
                                                     .what = type->names.items[i] });
    }
    *path = before;
}

/* ---- values ---- */

static void try_without_values(struct asking *asking, const char *type)
{
    const struct tl_sample *before = asking->question.sample;

    if (!before || !asking->n_rows)
        return;
    asking->question.sample = NULL;
    takes_away(asking,
               (struct tl_whatif){ .kind = TL_WITHOUT_VALUES, .info_type = type });
    asking->question.sample = before;
}

static struct tl_value trimmed(const struct tl_value *value)
{
    struct tl_value out = *value;

    while (out.n && strchr(" \t\r\n", out.bytes[out.n - 1]) && out.bytes[out.n - 1])
        out.n--;
    while (out.n && *out.bytes && strchr(" \t\r\n", *out.bytes)) {
        out.bytes++;
        out.n--;
    }
    return out;
}

static bool fits(const struct tl_value *value, const struct tl_rule *rule, bool is_named,
                 struct tl_rx_scratch *rx)
{
    struct tl_shape shape;
    size_t begin, end;

    tl_shape_of(&shape, value->bytes, value->n, value->is_cut);
    return tl_rule_takes(rule, value->bytes, &shape, is_named, rx) ||
           (is_named && tl_rule_takes_named(rule, value->bytes, &shape, rx)) ||
           (rule->search &&
            tl_rule_finds(rule, value->bytes, &shape, 0, &begin, &end, rx));
}

/* Places of the rows that hold a value which fits, or one which does not. */
static uint32_t *rows_that(uint32_t *n, bool want, struct asking *asking,
                           const struct tl_rule *rule, bool is_named)
{
    uint32_t *rows = tl_arena_alloc(asking->lasting, asking->n_rows, sizeof *rows);

    *n = 0;
    for (uint32_t i = 0; i < asking->n_rows; i++) {
        if (!asking->values[i].bytes)
            continue;
        struct tl_value value = trimmed(&asking->values[i]);
        if (value.n && fits(&value, rule, is_named, asking->question.scratch->rx) == want)
            rows[(*n)++] = i;
    }
    return rows;
}

/* A letter stays one of its case, a digit a digit. */
static char turned(char c, uint32_t chance)
{
    if (c >= '0' && c <= '9')
        return (char)('0' + chance % 10);
    if (c >= 'a' && c <= 'z')
        return (char)('a' + chance % 26);
    return c >= 'A' && c <= 'Z' ? (char)('A' + chance % 26) : c;
}

/* Knuth's multiplier (TAOCP 2, 3.3.4): the same values each time. */
static uint32_t next_chance(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/*
 * Different values that fit: the examples of the type and what fits in the column, with letters and digits turned until enough of them
 * pass. They live as long as this question and are shown to nobody.
 */
static struct tl_value *fitting_values(size_t *n, struct asking *asking,
                                       const struct tl_rule *rule, bool is_named)
{
    struct tl_value *out = tl_arena_alloc(asking->lasting, MORE_MOST, sizeof *out);
    struct tl_map seen = TL_MAP_INIT;
    uint32_t n_rows, before;
    const uint32_t *rows = rows_that(&n_rows, true, asking, rule, is_named);
    uint64_t chance = 1;
    size_t n_seeds = 0;
    size_t longest = 0;

    *n = 0;
    for (size_t i = 0; i < rule->type->match.n && *n < SEEDS_MOST; i++) {
        const char *text = rule->type->match.items[i];
        struct tl_value value = { text, (uint32_t)strlen(text), false };
        if (fits(&value, rule, is_named, asking->question.scratch->rx))
            out[(*n)++] = value;
    }
    for (uint32_t i = 0; i < n_rows && *n < SEEDS_MOST; i++)
        out[(*n)++] = trimmed(&asking->values[rows[i]]);
    n_seeds = *n;
    for (size_t i = 0; i < n_seeds; i++) {
        tl_map_put(&seen, out[i].bytes, out[i].n, 0);
        longest = out[i].n > longest ? out[i].n : longest;
    }
    char *bytes = tl_arena_alloc(asking->lasting, longest, 1); /* most are of no use */
    for (size_t t = 0, read = 0;
         n_seeds && t < TRIES_MOST && *n < MORE_MOST && read < TURNED_BYTES_MOST; t++) {
        const struct tl_value *seed = &out[t % n_seeds];
        struct tl_value value = { bytes, seed->n, false };
        if (seed->n)
            memcpy(bytes, seed->bytes, seed->n);
        read += seed->n;
        for (int turns = 0; turns < 4 && seed->n; turns++) {
            uint32_t at = next_chance(&chance) % seed->n;
            bytes[at] = turned(bytes[at], next_chance(&chance));
        }
        if (!tl_map_get(&seen, bytes, value.n, &before) &&
            fits(&value, rule, is_named, asking->question.scratch->rx)) {
            value.bytes = tl_arena_dup(asking->lasting, bytes, value.n);
            tl_map_put(&seen, value.bytes, value.n, 0);
            out[(*n)++] = value;
        }
    }
    tl_map_release(&seen);
    return out;
}

/* A change of the values that comes in sizes. */
struct change {
    enum tl_whatif_kind kind;
    const char *type;
    const struct tl_value *more; /* to be added, again and again where they do not last */
    size_t n_more;
    const uint32_t *rows; /* to be emptied */
    uint32_t most;
    bool wants_type;
};

static bool works(struct verdict *then, struct asking *asking,
                  const struct change *change, uint32_t size)
{
    struct tl_value *values = asking->values;
    struct tl_value *before = NULL;

    if (change->rows) {
        before = tl_alloc(size, sizeof *before);
        for (uint32_t i = 0; i < size; i++) {
            before[i] = values[change->rows[i]];
            values[change->rows[i]] = (struct tl_value){ NULL, 0, false };
        }
    } else {
        for (uint32_t i = 0; i < size; i++)
            values[asking->n_rows + i] = change->more[i % change->n_more];
        asking->sample.n_rows = asking->n_rows + size;
    }
    bool is_asked = ask(then, asking);
    asking->sample.n_rows = asking->n_rows;
    for (uint32_t i = 0; before && i < size; i++)
        values[change->rows[i]] = before[i];
    tl_free(before);
    return is_asked && (place_of(then, change->type) >= 0) == change->wants_type;
}

/* The smallest size that works. */
static void try_sizes(struct asking *asking, const struct change *change)
{
    uint32_t low = 0, high = 1;
    struct verdict then, last = { .n = 0 };

    if (!change->most)
        return;
    while (high < change->most && !works(&then, asking, change, high)) {
        low = high;
        high = high * 2 < change->most ? high * 2 : change->most;
    }
    if (!works(&last, asking, change, high))
        return;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (works(&then, asking, change, middle)) {
            high = middle;
            last = then;
        } else {
            low = middle;
        }
    }
    int at = change->wants_type ? place_of(&last, change->type) : last.n ? 0 : -1;
    keep(asking, (struct tl_whatif){
                     .kind = (uint8_t)change->kind,
                     .is_lost = !change->wants_type,
                     .info_type = change->type,
                     .instead = !change->wants_type && last.n ? last.types[0] : NULL,
                     .n = high,
                     .of = change->rows ? change->most : 0,
                     .confidence = at >= 0 ? last.confidence[at] : 0 });
}

static uint32_t most_more(const struct asking *asking)
{
    uint32_t most = asking->n_rows * 4;

    return most < MORE_LEAST ? MORE_LEAST : most > MORE_MOST ? MORE_MOST : most;
}

static bool may_change_values(const struct asking *asking)
{
    return asking->question.sample && asking->n_rows && asking->n_rows <= ROWS_MOST;
}

static void try_fits(struct asking *asking, const struct tl_rule *rule, bool is_named)
{
    size_t n;

    if (!may_change_values(asking) || (!rule->value && !rule->named_value))
        return;
    const struct tl_value *more = fitting_values(&n, asking, rule, is_named);
    if (n)
        try_sizes(asking, &(struct change){ .kind = TL_WITH_FITS,
                                            .type = rule->type->name,
                                            .more = more,
                                            .n_more = n,
                                            .most = most_more(asking),
                                            .wants_type = true });
}

static void try_without_misfits(struct asking *asking, const struct tl_rule *rule,
                                bool is_named)
{
    uint32_t n;

    if (!may_change_values(asking) || (!rule->value && !rule->named_value))
        return;
    const uint32_t *rows = rows_that(&n, false, asking, rule, is_named);
    try_sizes(asking, &(struct change){ .kind = TL_WITHOUT_MISFITS,
                                        .type = rule->type->name,
                                        .rows = rows,
                                        .most = n,
                                        .wants_type = true });
}

static void try_misfits(struct asking *asking, const char *type)
{
    static const char *const junk[] = { "~", "~~", "~~~", "~ ~", "~ ~~", "~~ ~", "~~~~" };
    enum { JUNK = sizeof junk / sizeof *junk };
    struct tl_value values[JUNK];

    for (size_t i = 0; i < JUNK; i++)
        values[i] = (struct tl_value){ junk[i], (uint32_t)strlen(junk[i]), false };
    if (may_change_values(asking))
        try_sizes(asking, &(struct change){ .kind = TL_WITH_MISFITS,
                                            .type = type,
                                            .more = values,
                                            .n_more = JUNK,
                                            .most = most_more(asking) });
}

/* ---- all of it ---- */

static void unsettle(struct asking *asking, const char *type)
{
    try_without_name(asking, type);
    try_without_comment(asking, type);
    try_without_table(asking, type, true);
    try_without_siblings(asking, type);
    try_without_values(asking, type);
    try_misfits(asking, type);
}

/* A type that may have been meant: something speaks for it, or it came second. */
static bool is_near(const struct tl_trial *trial)
{
    return trial->is_runner_up || trial->fate == TL_FATE_WEAK ||
           trial->fate == TL_FATE_REFUTED ||
           (trial->fate == TL_FATE_CHANCE && trial->matched > 1) ||
           (trial->fate == TL_FATE_IMPOSSIBLE && trial->is_named);
}

static void settle(struct asking *asking, const struct tl_trial *trial)
{
    int place = tl_rule_find(asking->engine, trial->info_type);
    uint32_t before = asking->trials->n_changes;

    if (place < 0)
        return;
    const struct tl_rule *rule = &asking->engine->rules[place];
    if (trial->fate == TL_FATE_IMPOSSIBLE && trial->evidence == TL_FROM_TABLE)
        try_without_table(asking, trial->info_type, false);
    if (!trial->is_named)
        try_name(asking, rule->type);
    if (trial->fate == TL_FATE_IMPOSSIBLE)
        return;
    try_fits(asking, rule, trial->is_named);
    if (trial->matched || asking->trials->n_changes == before)
        try_without_misfits(asking, rule, trial->is_named);
}

static void ask_all(struct asking *asking)
{
    struct verdict now = verdict_of(asking->trials), again;
    size_t n_left = now.n ? CANDIDATES_BESIDE : CANDIDATES_OF_NOTHING;

    /* Where the table of its own decides otherwise, something was asked that it does not have: then nothing can be said. */
    if (!ask(&again, asking) || again.n != now.n)
        return;
    for (size_t i = 0; i < now.n; i++)
        if (place_of(&again, now.types[i]) < 0)
            return;
    if (now.n)
        unsettle(asking, now.types[0]);
    for (uint32_t i = 0; i < asking->trials->n && n_left; i++)
        if (asking->trials->items[i].fate != TL_FATE_SETTLED &&
            is_near(&asking->trials->items[i])) {
            settle(asking, &asking->trials->items[i]);
            n_left--;
        }
}

int tl_engine_whatif(struct tl_trials *trials, const struct tl_engine *engine,
                     const struct tl_question *question, uint32_t column,
                     struct tl_arena *into, struct tl_ctx *ctx)
{
    const struct tl_snapshot *snapshot = question->snapshot;
    struct asking asking = { .engine = engine,
                             .question = *question,
                             .budget = BUDGET,
                             .lasting = tl_arena_open(),
                             .passing = tl_arena_open(),
                             .into = into,
                             .trials = trials,
                             .ctx = ctx };

    trials->changes = tl_arena_alloc(into, TL_WHATIFS_MOST, sizeof *trials->changes);
    trials->n_changes = 0;
    copy_table(&asking.snapshot, snapshot, &snapshot->datasets.items[question->dataset.i],
               column);
    asking.question.snapshot = &asking.snapshot;
    asking.question.dataset = (struct tl_dataset_id){ 0 };
    copy_values(&asking, question->sample, column);
    ask_all(&asking);
    tl_snapshot_release(&asking.snapshot);
    tl_arena_close(asking.lasting);
    tl_arena_close(asking.passing);
    return asking.rc;
}

/* ---- in words ---- */

static void add_condition(struct tl_str *out, const struct tl_whatif *whatif)
{
    const char *s = whatif->n == 1 ? "" : "s";

    switch (whatif->kind) {
    case TL_WITHOUT_NAME:
        tl_str_add(out, "under a name that says nothing");
        break;
    case TL_WITHOUT_VALUES:
        tl_str_add(out, "without a look at its values");
        break;
    case TL_WITHOUT_COMMENT:
        tl_str_add(out, "without its comment");
        break;
    case TL_WITHOUT_TABLE:
        tl_str_add(out, "in a table whose name says nothing");
        break;
    case TL_WITHOUT_SIBLING:
        tl_str_addf(out, "without the column '%s' beside it", whatif->what);
        break;
    case TL_WITHOUT_SIBLINGS:
        tl_str_add(out, "without the columns beside it");
        break;
    case TL_WITH_MISFITS:
        tl_str_addf(out, "with %u more value%s that do%s not fit", whatif->n, s,
                    whatif->n == 1 ? "es" : "");
        break;
    case TL_WITH_NAME:
        tl_str_addf(out, "under a name such as '%s'", whatif->what);
        break;
    case TL_WITH_FITS:
        tl_str_addf(out, "with %u more value%s that fit%s", whatif->n, s,
                    whatif->n == 1 ? "s" : "");
        break;
    default:
        tl_str_addf(out, "without %u of the %u value%s that do not fit", whatif->n,
                    whatif->of, whatif->of == 1 ? "" : "s");
    }
}

void tl_whatif_why(struct tl_str *out, const struct tl_whatif *whatif)
{
    add_condition(out, whatif);
    if (!whatif->is_lost)
        tl_str_addf(out, " it would be %s", whatif->info_type);
    else if (whatif->instead)
        tl_str_addf(out, " it would be %s instead of %s", whatif->instead,
                    whatif->info_type);
    else
        tl_str_addf(out, " it would not be %s", whatif->info_type);
    if (whatif->confidence)
        tl_str_addf(out, ", %u%% sure", whatif->confidence / 10);
}
