#include "tests/world_log.h"

#include "base/digest.h"
#include "base/file.h"
#include "lineage/log/digest.h"

#include <sys/wait.h>

/* What one scan is made of: everything an entry borrows. */
struct made {
    struct tl_snapshot snapshot;
    TL_VEC(struct tl_entry_dataset) datasets;
    TL_VEC(struct tl_decision) decisions;
    TL_VEC(struct tl_tag) tags;
    TL_VEC(struct tl_opinion) opinions;
    TL_VEC(struct tl_fact) facts;
    struct tl_edges edges;
    bool has_edges;
    struct tl_ctx *ctx;
};

void log_world_open(struct log_world *world)
{
    memset(world, 0, sizeof *world);
    tl_test_ctx_init(&world->ctx);
    world->path = tl_path_join(tl_test_folder(), "log", &world->ctx);
    CHECK_OK(tl_log_create(world->path, &world->ctx), &world->ctx);
    CHECK_OK(tl_log_open(&world->log, world->path, &world->ctx), &world->ctx);
}

void log_world_close(struct log_world *world)
{
    tl_log_close(world->log);
    tl_test_ctx_release(&world->ctx);
}

static const char *word(const char **at, const char *ends, struct tl_ctx *ctx)
{
    while (**at == ' ')
        (*at)++;
    size_t n = strcspn(*at, ends);
    const char *text = tl_arena_dup(ctx->arena, *at, n);
    *at += n;
    return text;
}

/* ---- scans ---- */

static const char *decoded(const char *text, size_t n, struct tl_ctx *ctx)
{
    struct tl_str out = TL_STR_INIT(4096);

    CHECK(tl_name_decode(&out, text, n));
    const char *name = tl_arena_dup(ctx->arena, out.text, out.n);
    tl_str_release(&out);
    return name;
}

static void add_tags(struct made *made, const char *text)
{
    struct tl_decision *decision = &made->decisions.items[made->decisions.n - 1];
    char type[128];
    unsigned confidence;
    int n;

    decision->first_tag = (uint32_t)made->tags.n;
    decision->first_opinion = (uint32_t)made->opinions.n;
    while (sscanf(text, "%127[^:]:%u%n", type, &confidence, &n) == 2) {
        const char *name = tl_arena_strdup(made->ctx->arena, type);
        struct tl_tag tag = { .info_type = name,
                              .category = "user.test",
                              .confidence = (uint16_t)confidence,
                              .share = 1000,
                              .sensitivity = TL_PERSONAL,
                              .state = TL_PROPOSED };
        struct tl_opinion opinion = { .rule = tl_arena_printf(made->ctx->arena,
                                                              "test/%s#name", name),
                                      .info_type = name,
                                      .stance = TL_PROPOSES,
                                      .weight = (int16_t)confidence,
                                      .tried = 100,
                                      .matched = confidence / 10,
                                      .distinct = 7 };
        tl_vec_push(&made->tags, tag);
        tl_vec_push(&made->opinions, opinion);
        decision = &made->decisions.items[made->decisions.n - 1];
        decision->n_tags++;
        decision->n_opinions++;
        decision->state = TL_PROPOSED;
        text += n;
        text += *text == '+';
    }
}

/* "{f=9/10,g=3}" */
static void add_facts(struct made *made, const char *text)
{
    struct tl_decision *decision = &made->decisions.items[made->decisions.n - 1];
    char name[TL_FACT_NAME_MOST + 1];
    unsigned count;
    int n;

    decision->first_fact = (uint32_t)made->facts.n;
    while (text && sscanf(++text, "%64[^=]=%u%n", name, &count, &n) == 2) {
        struct tl_fact fact = { tl_arena_strdup(made->ctx->arena, name), count, 0 };

        text += n;
        if (*text == '/')
            fact.of = (uint32_t)strtoul(text + 1, NULL, 10);
        tl_vec_push(&made->facts, fact);
        made->decisions.items[made->decisions.n - 1].n_facts++;
        text = strchr(text, ',');
    }
}

static void add_column(struct made *made, const char *text)
{
    size_t n = strcspn(text, "=?{");
    struct tl_decision decision = { .sampled = 100, .distinct = 90, .state = TL_NOTHING };

    const char *name = decoded(text, n, made->ctx);
    tl_snapshot_add_column(&made->snapshot, name, strlen(name), "TEXT");
    if (text[n] == '?')
        decision.state = TL_UNKNOWN;
    tl_vec_push(&made->decisions, decision);
    if (text[n] == '=')
        add_tags(made, text + n + 1);
    if (strchr(text, '{'))
        add_facts(made, strchr(text, '{'));
}

static void need_source(struct made *made, const char *name)
{
    for (size_t i = 0; i < made->snapshot.sources.n; i++)
        if (strcmp(tl_snapshot_text(&made->snapshot,
                                    made->snapshot.sources.items[i].name),
                   name) == 0)
            return;
    tl_snapshot_add_source(&made->snapshot, name, "test", "sqlite");
}

static void add_dataset(struct made *made, const char *text)
{
    struct tl_ctx *ctx = made->ctx;
    char *name = tl_arena_strdup(ctx->arena, word(&text, " ", ctx));
    char *schema = strchr(name, '/');
    struct tl_entry_dataset dataset = { .sample_state = TL_SAMPLE_READ,
                                        .sampled_rows = 100 };
    struct tl_sha256 sample;

    if (name[0] == '!' || !schema) {
        need_source(made, name + (name[0] == '!'));
        if (name[0] == '!')
            tl_snapshot_fail_source(&made->snapshot,
                                    (struct tl_source_id){
                                        (uint32_t)made->snapshot.sources.n - 1 },
                                    "it was down");
        return;
    }
    *schema++ = '\0';
    char *table = strchr(schema, '/');
    *table++ = '\0';
    need_source(made, name);
    struct tl_dataset *added =
        tl_snapshot_add_dataset(&made->snapshot, NULL,
                                decoded(schema, strlen(schema), ctx),
                                decoded(table, strlen(table), ctx), TL_TABLE);
    added->rows = 1000;
    dataset.id.i = (uint32_t)made->snapshot.datasets.n - 1;
    bool left_out = false;
    for (const char *token; *(token = word(&text, " ", ctx));) {
        if (strcmp(token, "~") == 0)
            dataset.is_unchanged = true;
        else if (strcmp(token, "-") == 0)
            left_out = true;
        else if (strcmp(token, "*") == 0)
            dataset.sample_state = TL_SAMPLE_FAILED, dataset.sample_why = "refused";
        else
            add_column(made, token);
    }
    tl_log_schema_digest(dataset.schema_digest, &made->snapshot, dataset.id);
    tl_sha256_of(&sample, schema, strlen(schema));
    tl_hex(dataset.sample_digest, sample.bytes, sizeof sample.bytes);
    if (!left_out)
        tl_vec_push(&made->datasets, dataset);
}

/* ---- edges ---- */

/* "key#column" parted: the column decoded, NULL where there is none. */
static const char *part_column(char *text, struct tl_ctx *ctx)
{
    char *column = strchr(text, '#');

    if (!column)
        return NULL;
    *column++ = '\0';
    return decoded(column, strlen(column), ctx);
}

static const char *word_or_null(const char **at, const char *ends, struct tl_ctx *ctx)
{
    const char *text = word(at, ends, ctx);

    return *text ? text : NULL;
}

static void add_edge(struct made *made, const char *text)
{
    struct tl_ctx *ctx = made->ctx;
    char *source = tl_arena_strdup(ctx->arena, word(&text, " ", ctx));
    char *target = tl_arena_strdup(ctx->arena, word(&text, " ", ctx));
    char *how = tl_arena_strdup(ctx->arena, word(&text, " ", ctx));
    char *function = strchr(how, ':'), *sure = strchr(how, '@');
    struct tl_edge edge = { .line = 1, .column = 8, .confidence = 1000 };

    made->has_edges = true;
    if (!*source)
        return;
    if (function)
        *function++ = '\0';
    if (sure)
        edge.confidence = (uint16_t)strtoul(sure + 1, NULL, 10), *sure = '\0';
    edge.source_column = part_column(source, ctx);
    edge.source = source;
    edge.target_column = part_column(target, ctx);
    edge.target = target;
    edge.function = function;
    edge.query = word_or_null(&text, " ", ctx);
    if (tl_effect_of(how) > 0) {
        edge.effect = (uint8_t)tl_effect_of(how);
        edge.kind = edge.effect == TL_KEEPS ? TL_IDENTITY : TL_TRANSFORMATION;
    } else {
        edge.kind = (uint8_t)tl_edge_kind_of(how);
    }
    tl_vec_push(&made->edges.items, edge);
}

static void add_problem(struct made *made, const char *text)
{
    struct tl_edge_problem problem = { .line = 2, .column = 5 };

    made->has_edges = true;
    problem.target = word(&text, " ", made->ctx);
    if (strcmp(problem.target, "-") == 0)
        problem.target = NULL;
    problem.query = word(&text, " ", made->ctx);
    problem.what = text + strspn(text, " ");
    tl_vec_push(&made->edges.problems, problem);
}

static void make(struct made *made, const char *text, struct tl_ctx *ctx)
{
    *made = (struct made){ .ctx = ctx };
    tl_snapshot_init(&made->snapshot);
    for (const char *at = text; *at;) {
        const char *dataset = word(&at, ";", ctx);
        if (*dataset == '>')
            add_edge(made, dataset + 1);
        else if (*dataset == '?')
            add_problem(made, dataset + 1);
        else if (*dataset)
            add_dataset(made, dataset);
        at += *at == ';';
    }
    tl_edges_sort(&made->edges);
    for (size_t i = 0; i < made->datasets.n; i++) {
        struct tl_entry_dataset *dataset = &made->datasets.items[i];
        const struct tl_dataset *of = &made->snapshot.datasets.items[dataset->id.i];
        struct tl_decisions *decisions = tl_arena_alloc(ctx->arena, 1, sizeof *decisions);
        decisions->columns = made->decisions.items + of->first_column;
        decisions->n_columns = of->n_columns;
        decisions->opinions = made->opinions.items;
        decisions->n_opinions = (uint32_t)made->opinions.n;
        decisions->tags = made->tags.items;
        decisions->facts = made->facts.items;
        decisions->n_facts = (uint32_t)made->facts.n;
        decisions->n_tags = (uint32_t)made->tags.n;
        dataset->decisions = dataset->is_unchanged ? NULL : decisions;
    }
}

static void unmake(struct made *made)
{
    tl_snapshot_release(&made->snapshot);
    tl_vec_release(&made->datasets);
    tl_vec_release(&made->decisions);
    tl_vec_release(&made->tags);
    tl_vec_release(&made->opinions);
    tl_vec_release(&made->facts);
    tl_edges_release(&made->edges);
}

static const struct tl_carry_rule carry[] = {
    { .effect = TL_KEEPS, .share = 1000 },
    { .effect = TL_PARTIAL, .share = 600 },
    { .from = "email",
      .effect = TL_HASHES,
      .to = "hashed_email",
      .category = "user.hashed",
      .share = 900,
      .sensitivity = TL_INTERNAL },
};

static void begin_entry(struct tl_entry *entry, struct log_world *world, const char *kind)
{
    *entry = (struct tl_entry){ .kind = kind,
                                .began = tl_now(&world->ctx),
                                .actor = "tester",
                                .version = "0",
                                .decision_version = 1,
                                .rules_digest = "f00d",
                                .seed = 7 };
    entry->ended = tl_now(&world->ctx);
    if (!world->carries_not) {
        entry->carry = carry;
        entry->n_carry = sizeof carry / sizeof *carry;
        entry->carry_floor = 300;
    }
    if (world->real_ids)
        tl_trace_id_new(&entry->trace);
    else
        memcpy(entry->trace.bytes, &(uint64_t[2]){ 0xfeed, ++world->n_runs }, 16);
}

static int append(struct log_world *world, const struct tl_entry *entry)
{
    struct tl_settled *settled;

    if (!world->verdicts)
        return tl_log_append(&world->done, world->log, entry, world->wait, &world->ctx);
    int rc = tl_log_settle(&settled, world->log, entry, world->wait, &world->ctx);
    return rc < 0 ? rc
                  : tl_log_write(&world->done, settled, world->verdicts, &world->ctx);
}

static void begin_scan(struct tl_entry *entry, struct log_world *world,
                       const struct made *made)
{
    static const struct tl_entry_rule rule = {
        .digest = "aa11", .name = "core", .text = "rules: []\n", .n = 10
    };

    begin_entry(entry, world, "scan");
    entry->snapshot = &made->snapshot;
    entry->datasets = made->datasets.items;
    entry->n_datasets = made->datasets.n;
    entry->rules = &rule;
    entry->n_rules = 1;
    if (made->has_edges)
        entry->edges = &made->edges;
}

int log_world_scan(struct log_world *world, const char *text)
{
    struct tl_entry entry;
    struct made made;

    make(&made, text, &world->ctx);
    begin_scan(&entry, world, &made);
    int rc = append(world, &entry);
    unmake(&made);
    return rc;
}

struct tl_graph *log_world_foresee(struct log_world *world, const char *text)
{
    const struct tl_belief *belief;
    struct tl_graph *graph = NULL;
    struct tl_entry entry;
    struct made made;

    make(&made, text, &world->ctx);
    begin_scan(&entry, world, &made);
    CHECK_OK(tl_log_belief(&belief, world->log, &world->ctx), &world->ctx);
    CHECK_OK(tl_log_foresee(&graph, &entry, belief, &world->ctx), &world->ctx);
    unmake(&made);
    return graph;
}

/* ---- reviews ---- */

static struct tl_word read_word(const char *text, struct tl_ctx *ctx)
{
    static const char *const kinds[] = { "accept", "reject", "set" };
    const char *kind = word(&text, " ", ctx);
    struct tl_key_pattern pattern;
    struct tl_word out = { .category = "user.test",
                           .sensitivity = TL_SENSITIVE,
                           .why = "I know it" };

    while (strcmp(kinds[out.kind], kind) != 0)
        out.kind++;
    CHECK_OK(tl_key_parse(&pattern, word(&text, " ", ctx), ctx), ctx);
    out.key = (struct tl_key){ .source = pattern.levels[2],
                               .schema = pattern.levels[1],
                               .dataset = pattern.levels[0],
                               .field = pattern.field };
    out.info_type = word(&text, " ", ctx);
    return out;
}

int log_world_review(struct log_world *world, const char *text)
{
    TL_VEC(struct tl_word) words = { 0 };
    struct tl_entry entry;

    for (const char *at = text; *at; at += *at == ';')
        tl_vec_push(&words, read_word(word(&at, ";", &world->ctx), &world->ctx));
    begin_entry(&entry, world, "review");
    entry.words = words.items;
    entry.n_words = words.n;
    int rc = append(world, &entry);
    tl_vec_release(&words);
    return rc;
}

/* ---- the belief as text ---- */

static void tell_facts(struct tl_str *out, const struct tl_belief *belief,
                       const struct tl_belief_dataset *dataset, const char *column)
{
    bool is_any = false;

    for (uint32_t i = 0; i < dataset->n_facts; i++) {
        const struct tl_belief_fact *fact = &belief->facts[dataset->first_fact + i];
        const char *of = tl_belief_text(belief, fact->column);
        if (!of || strcmp(of, column) != 0)
            continue;
        tl_str_addf(out, fact->of ? "%s%s=%u/%u" : "%s%s=%u", is_any ? "," : "{",
                    tl_belief_text(belief, fact->name), fact->count, fact->of);
        is_any = true;
    }
    tl_str_add(out, is_any ? "}" : "");
}

static void tell_column(struct tl_str *out, const struct tl_belief *belief,
                        const struct tl_belief_dataset *dataset,
                        const struct tl_belief_column *column)
{
    static const char *const letters[] = { "0", "?", "", "+", "-", "w", "c" };

    tl_str_add_char(out, ' ');
    tl_name_encode(out, tl_belief_text(belief, column->path));
    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + i];
        tl_str_addf(out, "%s%s:%u%s", i ? "," : "=",
                    tl_belief_text(belief, tag->info_type), tag->confidence,
                    letters[tag->state]);
    }
    tl_str_add(out, column->is_unknown ? "?" : "");
    tell_facts(out, belief, dataset, tl_belief_text(belief, column->path));
    tl_str_add(out, column->is_absent ? "(gone)" : "");
}

const char *log_world_belief(struct log_world *world)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    const struct tl_belief *belief;

    if (!CHECK_OK(tl_log_belief(&belief, world->log, &world->ctx), &world->ctx))
        return "";
    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];
        struct tl_key key = tl_belief_key(belief, dataset);
        tl_str_add(&out, d ? "\n" : "");
        tl_key_add(&out, &key);
        tl_str_add(&out, dataset->is_absent ? "(gone)" : "");
        for (uint32_t c = 0; c < dataset->n_columns; c++)
            tell_column(&out, belief, dataset,
                        &belief->columns[dataset->first_column + c]);
    }
    const char *text = tl_arena_dup(world->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

/* ---- what flows, as text ---- */

static void tell_edges(struct tl_str *out, const struct tl_belief *belief,
                       const struct tl_belief_dataset *dataset, const char *key)
{
    for (uint32_t i = 0; i < dataset->n_edges; i++) {
        const struct tl_belief_edge *edge = &belief->edges[dataset->first_edge + i];
        const char *column = tl_belief_text(belief, edge->target_column);
        const char *function = tl_belief_text(belief, edge->function);
        const char *query = tl_belief_text(belief, edge->query);
        tl_str_addf(out, "> %s#%s %s%s%s %s%s%s%s%s\n",
                    tl_belief_text(belief, edge->source),
                    tl_belief_text(belief, edge->source_column), key, column ? "#" : "",
                    column ? column : "",
                    edge->effect ? tl_effect_word(edge->effect)
                                 : tl_edge_kind_word(edge->kind),
                    function ? ":" : "", function ? function : "", query ? " " : "",
                    query ? query : "");
    }
    for (uint32_t i = 0; i < dataset->n_problems; i++) {
        const struct tl_belief_problem *problem =
            &belief->problems[dataset->first_problem + i];
        tl_str_addf(out, "? %s %s %s\n", key, tl_belief_text(belief, problem->query),
                    tl_belief_text(belief, problem->what));
    }
}

static void tell_carried(struct tl_str *out, const struct tl_belief *belief,
                         const struct tl_belief_column *column, const char *key)
{
    for (uint32_t i = 0; i < column->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[column->first_tag + i];
        if (tag->state != TL_CARRIED)
            continue;
        CHECK_INT(tag->origin, TL_BY_LINEAGE);
        tl_str_addf(out, "%s#%s %s c%u %s %s %s\n", key,
                    tl_belief_text(belief, column->path),
                    tl_belief_text(belief, tag->info_type), tag->confidence,
                    tl_effect_word(tag->effect), tl_belief_text(belief, tag->from),
                    tl_belief_text(belief, tag->from_type));
    }
}

const char *log_world_flows(struct log_world *world)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST), name = TL_STR_INIT(TL_STR_MOST);
    const struct tl_belief *belief;

    if (!CHECK_OK(tl_log_belief(&belief, world->log, &world->ctx), &world->ctx))
        return "";
    for (uint32_t d = 0; d < belief->n_datasets; d++) {
        const struct tl_belief_dataset *dataset = &belief->datasets[d];
        struct tl_key key = tl_belief_key(belief, dataset);
        tl_str_clear(&name);
        tl_key_add(&name, &key);
        tell_edges(&out, belief, dataset, name.text);
        for (uint32_t c = 0; c < dataset->n_columns; c++)
            tell_carried(&out, belief, &belief->columns[dataset->first_column + c],
                         name.text);
    }
    const char *text = tl_arena_dup(world->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    tl_str_release(&name);
    return text;
}

const char *log_world_shell(struct log_world *world, const char *command, int *rc)
{
    struct tl_str out = TL_STR_INIT(TL_STR_MOST);
    char piece[4096];

    setenv("GIT_DIR", world->path, 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
    setenv("GIT_AUTHOR_NAME", "other", 1);
    setenv("GIT_AUTHOR_EMAIL", "other@invalid", 1);
    setenv("GIT_COMMITTER_NAME", "other", 1);
    setenv("GIT_COMMITTER_EMAIL", "other@invalid", 1);
    FILE *pipe = popen(tl_arena_printf(world->ctx.arena, "{ %s; } 2>&1", command), "r");
    for (size_t n; (n = fread(piece, 1, sizeof piece, pipe)) > 0;)
        tl_str_add_bytes(&out, piece, n);
    int status = pclose(pipe);
    unsetenv("GIT_DIR");
    if (rc)
        *rc = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    const char *text = tl_arena_dup(world->ctx.arena, out.text, out.n);
    tl_str_release(&out);
    return text;
}

const char *log_world_git(struct log_world *world, const char *arguments, int *rc)
{
    return log_world_shell(world, tl_arena_printf(world->ctx.arena, "git %s", arguments),
                           rc);
}
