/*
 * Layout of the file, in this machine's byte order: struct header, datasets, tags, columns, edges, problems, facts, text. Text of one dataset stands
 * together, each distinct text of it once, and begins with its source's name: so a run of old datasets is copied by moving blocks and
 * adding one number to every offset, and the bytes depend on nothing but the state.
 */
#include "lineage/log/belief.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "lineage/log/run.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LAYOUT = 4 };

struct header {
    char magic[8]; /* "tlbelief", which also tells the byte order with `layout` */
    uint32_t layout;
    uint16_t dataset_size, column_size, tag_size, edge_size, problem_size, fact_size;
    /* no byte of the header is padding */
    uint32_t n_datasets, n_columns, n_tags, n_edges, n_problems, n_facts;
    uint64_t n_text;
    struct tl_sha1 tree;
    uint32_t
        crc; /* of the whole file, with this field 0: what is merged with a damaged belief would be logged */
};

/* ---- writing ---- */

/* A part of the index, gathered in memory and spilled to a file without a name. */
struct part {
    struct tl_str buffer;
    int fd; /* -1: nothing was spilled yet */
    uint64_t n;
};
enum { SPILL = 1 << 20 };

enum {
    DATASETS,
    TAGS,
    COLUMNS,
    EDGES,
    PROBLEMS,
    FACTS,
    TEXT,
    PARTS
}; /* as in the file: what is aligned to 8 bytes first */

struct index_text {
    const char *key;
    uint32_t n, at;
    uint32_t round; /* of the dataset it belongs to: old rounds count as empty */
};

struct tl_index {
    char folder[PATH_MAX];
    struct part parts[PARTS];
    uint32_t n_datasets, n_columns, n_tags, n_edges, n_problems, n_facts;
    bool failed;
    struct index_text *texts; /* texts of the dataset being added; open addressing */
    size_t room, n_texts;
    uint32_t round;
};

struct tl_index *tl_index_open(const struct tl_log *log)
{
    struct tl_index *index = tl_alloc(1, sizeof *index);

    snprintf(index->folder, sizeof index->folder, "%stagline", log->folder);
    for (int i = 0; i < PARTS; i++) {
        tl_str_init(&index->parts[i].buffer, TL_STR_MOST);
        index->parts[i].fd = -1;
    }
    index->room = 256;
    index->texts = tl_alloc(index->room, sizeof *index->texts);
    tl_str_add_char(&index->parts[TEXT].buffer, '\0'); /* offset 0 says "absent" */
    index->parts[TEXT].n = 1;
    return index;
}

void tl_index_close(struct tl_index *index)
{
    if (!index)
        return;
    for (int i = 0; i < PARTS; i++) {
        tl_str_release(&index->parts[i].buffer);
        if (index->parts[i].fd >= 0)
            close(index->parts[i].fd);
    }
    tl_free(index->texts);
    tl_free(index);
}

/* Where the folder cannot be written (a log on a read-only disk), memory has to do. */
static int nameless_file(const char *folder)
{
    int fd =
        tl_fault("index.open") ? -1 : open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    return fd >= 0 ? fd : memfd_create("tagline-belief", MFD_CLOEXEC);
}

static void spill(struct tl_index *index, struct part *part)
{
    if (part->fd < 0)
        part->fd = nameless_file(index->folder);
    if (part->fd < 0 || tl_write_all(part->fd, part->buffer.text, part->buffer.n) < 0)
        index->failed = true;
    tl_str_clear(&part->buffer);
}

static void add_part(struct tl_index *index, int which, const void *bytes, size_t n)
{
    struct part *part = &index->parts[which];

    tl_str_add_bytes(&part->buffer, bytes, n);
    part->n += n;
    if (part->buffer.n >= SPILL)
        spill(index, part);
}

static struct index_text *find_text(struct tl_index *index, const char *text, size_t n)
{
    uint32_t hash = 2166136261u; /* FNV-1a: the texts are short */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    for (size_t at = hash & (index->room - 1);; at = (at + 1) & (index->room - 1)) {
        struct index_text *slot = &index->texts[at];
        if (slot->round != index->round ||
            (slot->n == n && memcmp(slot->key, text, n) == 0))
            return slot;
    }
}

static void grow_texts(struct tl_index *index)
{
    struct index_text *old = index->texts;
    size_t n = index->room;

    index->room *= 2;
    index->texts = tl_alloc(index->room, sizeof *index->texts);
    for (size_t i = 0; i < n; i++)
        if (old[i].round == index->round)
            *find_text(index, old[i].key, old[i].n) = old[i];
    tl_free(old);
}

static struct tl_slice add_text(struct tl_index *index, const char *text)
{
    uint64_t at = index->parts[TEXT].n;

    if (!text)
        return (struct tl_slice){ 0, 0 };
    size_t n = strlen(text);
    struct index_text *slot = find_text(index, text, n);
    if (slot->round == index->round)
        return (struct tl_slice){ slot->at, slot->n };
    if (at + n + 1 > UINT32_MAX) {
        index->failed = true;
        return (struct tl_slice){ 0, 0 };
    }
    *slot = (struct index_text){ text, (uint32_t)n, (uint32_t)at, index->round };
    add_part(index, TEXT, text, n + 1);
    if (++index->n_texts * 2 > index->room)
        grow_texts(index);
    return (struct tl_slice){ (uint32_t)at, (uint32_t)n };
}

static void add_tag(struct tl_index *index, const struct tl_state_tag *tag)
{
    struct tl_belief_tag out;

    memset(&out, 0, sizeof out); /* padding too: equal states give equal bytes */
    out.info_type = add_text(index, tag->info_type);
    out.category = add_text(index, tag->category);
    out.span = add_text(index, tag->span);
    out.trace = add_text(index, tag->trace);
    out.actor = add_text(index, tag->actor);
    out.from = add_text(index, tag->from);
    out.from_type = add_text(index, tag->from_type);
    out.since = tag->since;
    out.confidence = tag->confidence;
    out.sensitivity = tag->sensitivity;
    out.state = tag->state;
    out.origin = tag->origin;
    out.effect = tag->effect;
    out.is_inside = tag->is_inside;
    out.path = add_text(index, tag->path);
    out.against = add_text(index, tag->against);
    out.knew = add_text(index, tag->knew);
    out.against_confidence = tag->against_confidence;
    add_part(index, TAGS, &out, sizeof out);
    index->n_tags++;
}

static void add_column(struct tl_index *index, const struct tl_state_column *column)
{
    struct tl_belief_column out;

    memset(&out, 0, sizeof out);
    out.path = add_text(index, column->path);
    out.native_type = add_text(index, column->native_type);
    out.comment = add_text(index, column->comment);
    out.ordinal = column->ordinal;
    out.first_tag = index->n_tags;
    out.n_tags = (uint16_t)column->n_tags;
    out.logical = column->logical;
    out.nullable = column->nullable;
    out.roles = column->roles;
    out.is_absent = column->is_absent;
    out.is_unknown = column->is_unknown;
    for (uint32_t i = 0; i < column->n_tags; i++)
        add_tag(index, &column->tags[i]);
    add_part(index, COLUMNS, &out, sizeof out);
    index->n_columns++;
}

static void add_edge(struct tl_index *index, const struct tl_edge *edge)
{
    struct tl_belief_edge out;

    memset(&out, 0, sizeof out);
    out.target_column = add_text(index, edge->target_column);
    out.source = add_text(index, edge->source);
    out.source_column = add_text(index, edge->source_column);
    out.query = add_text(index, edge->query);
    out.function = add_text(index, edge->function);
    out.line = edge->line;
    out.column = edge->column;
    out.confidence = edge->confidence;
    out.kind = edge->kind;
    out.effect = edge->effect;
    add_part(index, EDGES, &out, sizeof out);
    index->n_edges++;
}

static void add_problem(struct tl_index *index, const struct tl_edge_problem *problem)
{
    struct tl_belief_problem out;

    memset(&out, 0, sizeof out);
    out.query = add_text(index, problem->query);
    out.what = add_text(index, problem->what);
    out.line = problem->line;
    out.column = problem->column;
    add_part(index, PROBLEMS, &out, sizeof out);
    index->n_problems++;
}

static void add_fact(struct tl_index *index, const struct tl_state_fact *fact)
{
    struct tl_belief_fact out;

    memset(&out, 0, sizeof out);
    out.column = add_text(index, fact->column);
    out.name = add_text(index, fact->name);
    out.count = fact->count;
    out.of = fact->of;
    add_part(index, FACTS, &out, sizeof out);
    index->n_facts++;
}

void tl_index_add(struct tl_index *index, const struct tl_state_file *state)
{
    struct tl_belief_dataset out;

    memset(&out, 0, sizeof out);
    index->round++;
    index->n_texts = 0;
    out.source = add_text(index, state->key.source);
    out.database = add_text(index, state->key.database);
    out.schema = add_text(index, state->key.schema);
    out.name = add_text(index, state->key.dataset);
    out.platform = add_text(index, state->platform);
    out.comment = add_text(index, state->comment);
    out.owner = add_text(index, state->owner);
    out.view_sql = add_text(index, state->view_sql);
    out.schema_digest = add_text(index, state->schema_digest);
    out.sample_digest = add_text(index, state->sample_digest);
    out.rules_digest = add_text(index, state->rules_digest);
    out.rows = state->rows;
    out.first_column = index->n_columns;
    out.n_columns = state->n_columns;
    out.first_edge = index->n_edges;
    out.n_edges = state->n_edges;
    out.first_problem = index->n_problems;
    out.n_problems = state->n_problems;
    out.first_fact = index->n_facts;
    out.n_facts = state->n_facts;
    out.kind = state->kind;
    out.is_absent = state->is_absent;
    for (uint32_t i = 0; i < state->n_columns; i++)
        add_column(index, &state->columns[i]);
    for (uint32_t i = 0; i < state->n_edges; i++)
        add_edge(index, &state->edges[i]);
    for (uint32_t i = 0; i < state->n_problems; i++)
        add_problem(index, &state->problems[i]);
    for (uint32_t i = 0; i < state->n_facts; i++)
        add_fact(index, &state->facts[i]);
    add_part(index, DATASETS, &out, sizeof out);
    index->n_datasets++;
}

/* ---- copying ---- */

static void shift(struct tl_slice *slice, uint32_t by)
{
    if (slice->at)
        slice->at += by; /* modulo 2^32: text may also have moved down */
}

/* By how much the numbers of a copied run differ from the old ones; modulo 2^32. */
struct moved {
    uint32_t text, columns, tags, edges, problems, facts;
};

static void copy_dataset(struct tl_index *index, struct tl_belief_dataset dataset,
                         const struct moved *by)
{
    struct tl_slice *slices[] = { &dataset.source,        &dataset.database,
                                  &dataset.schema,        &dataset.name,
                                  &dataset.platform,      &dataset.comment,
                                  &dataset.owner,         &dataset.view_sql,
                                  &dataset.schema_digest, &dataset.sample_digest,
                                  &dataset.rules_digest };

    for (size_t i = 0; i < sizeof slices / sizeof *slices; i++)
        shift(slices[i], by->text);
    dataset.first_column += by->columns;
    dataset.first_edge += by->edges;
    dataset.first_problem += by->problems;
    dataset.first_fact += by->facts;
    add_part(index, DATASETS, &dataset, sizeof dataset);
}

static void copy_column(struct tl_index *index, struct tl_belief_column column,
                        const struct moved *by)
{
    shift(&column.path, by->text);
    shift(&column.native_type, by->text);
    shift(&column.comment, by->text);
    column.first_tag += by->tags;
    add_part(index, COLUMNS, &column, sizeof column);
}

static void copy_tag(struct tl_index *index, struct tl_belief_tag tag, uint32_t by)
{
    shift(&tag.info_type, by);
    shift(&tag.category, by);
    shift(&tag.span, by);
    shift(&tag.trace, by);
    shift(&tag.actor, by);
    shift(&tag.from, by);
    shift(&tag.from_type, by);
    shift(&tag.path, by);
    shift(&tag.against, by);
    shift(&tag.knew, by);
    add_part(index, TAGS, &tag, sizeof tag);
}

static void copy_edge(struct tl_index *index, struct tl_belief_edge edge, uint32_t by)
{
    shift(&edge.target_column, by);
    shift(&edge.source, by);
    shift(&edge.source_column, by);
    shift(&edge.query, by);
    shift(&edge.function, by);
    add_part(index, EDGES, &edge, sizeof edge);
}

static void copy_problem(struct tl_index *index, struct tl_belief_problem problem,
                         uint32_t by)
{
    shift(&problem.query, by);
    shift(&problem.what, by);
    add_part(index, PROBLEMS, &problem, sizeof problem);
}

static void copy_fact(struct tl_index *index, struct tl_belief_fact fact, uint32_t by)
{
    shift(&fact.column, by);
    shift(&fact.name, by);
    add_part(index, FACTS, &fact, sizeof fact);
}

/* What stands in front of dataset `i` in each part; behind the last one, all there is. */
static void before(uint32_t out[PARTS], const struct tl_belief *belief, uint32_t i,
                   size_t n_text)
{
    bool is_end = i == belief->n_datasets;

    out[COLUMNS] = is_end ? belief->n_columns : belief->datasets[i].first_column;
    out[TAGS] = out[COLUMNS] == belief->n_columns
                    ? belief->n_tags
                    : belief->columns[out[COLUMNS]].first_tag;
    out[EDGES] = is_end ? belief->n_edges : belief->datasets[i].first_edge;
    out[PROBLEMS] = is_end ? belief->n_problems : belief->datasets[i].first_problem;
    out[FACTS] = is_end ? belief->n_facts : belief->datasets[i].first_fact;
    out[TEXT] = is_end ? (uint32_t)n_text : belief->datasets[i].source.at;
}

static const struct header *header_of(const struct tl_belief *belief)
{
    return (const struct header *)(const void *)belief->datasets - 1;
}

void tl_index_copy(struct tl_index *index, const struct tl_belief *belief, uint32_t from,
                   uint32_t to)
{
    uint32_t lo[PARTS], hi[PARTS];

    if (from >= to)
        return;
    before(lo, belief, from, header_of(belief)->n_text);
    before(hi, belief, to, header_of(belief)->n_text);
    struct moved by = { .text = (uint32_t)index->parts[TEXT].n - lo[TEXT],
                        .columns = index->n_columns - lo[COLUMNS],
                        .tags = index->n_tags - lo[TAGS],
                        .edges = index->n_edges - lo[EDGES],
                        .problems = index->n_problems - lo[PROBLEMS],
                        .facts = index->n_facts - lo[FACTS] };
    if (index->parts[TEXT].n + (hi[TEXT] - lo[TEXT]) > UINT32_MAX)
        index->failed = true;
    for (uint32_t i = lo[TAGS]; i < hi[TAGS]; i++)
        copy_tag(index, belief->tags[i], by.text);
    for (uint32_t i = lo[COLUMNS]; i < hi[COLUMNS]; i++)
        copy_column(index, belief->columns[i], &by);
    for (uint32_t i = lo[EDGES]; i < hi[EDGES]; i++)
        copy_edge(index, belief->edges[i], by.text);
    for (uint32_t i = lo[PROBLEMS]; i < hi[PROBLEMS]; i++)
        copy_problem(index, belief->problems[i], by.text);
    for (uint32_t i = lo[FACTS]; i < hi[FACTS]; i++)
        copy_fact(index, belief->facts[i], by.text);
    for (uint32_t i = from; i < to; i++)
        copy_dataset(index, belief->datasets[i], &by);
    for (uint32_t at = lo[TEXT]; at < hi[TEXT];) {
        uint32_t n = hi[TEXT] - at < SPILL ? hi[TEXT] - at : SPILL;
        add_part(index, TEXT, belief->text + at, n);
        at += n;
    }
    index->n_tags += hi[TAGS] - lo[TAGS];
    index->n_columns += hi[COLUMNS] - lo[COLUMNS];
    index->n_edges += hi[EDGES] - lo[EDGES];
    index->n_problems += hi[PROBLEMS] - lo[PROBLEMS];
    index->n_facts += hi[FACTS] - lo[FACTS];
    index->n_datasets += to - from;
}

/* ---- the end of writing ---- */

static bool put(int to, uint32_t *crc, const void *bytes, size_t n)
{
    *crc = libdeflate_crc32(*crc, bytes, n);
    return tl_write_all(to, bytes, n) == 0;
}

static bool pour(int to, uint32_t *crc, struct part *part)
{
    char buffer[64 * 1024];

    if (part->fd >= 0)
        for (off_t at = 0;;) {
            ssize_t n = pread(part->fd, buffer, sizeof buffer, at);
            if (n < 0 || (n > 0 && !put(to, crc, buffer, (size_t)n)))
                return false;
            if (n == 0)
                break;
            at += n;
        }
    return put(to, crc, part->buffer.text, part->buffer.n);
}

static bool write_index(int fd, struct tl_index *index, const struct tl_sha1 *tree)
{
    struct header header;

    memset(&header, 0, sizeof header);
    memcpy(header.magic, "tlbelief", 8);
    header.layout = LAYOUT;
    header.dataset_size = sizeof(struct tl_belief_dataset);
    header.column_size = sizeof(struct tl_belief_column);
    header.tag_size = sizeof(struct tl_belief_tag);
    header.edge_size = sizeof(struct tl_belief_edge);
    header.problem_size = sizeof(struct tl_belief_problem);
    header.fact_size = sizeof(struct tl_belief_fact);
    header.n_datasets = index->n_datasets;
    header.n_columns = index->n_columns;
    header.n_tags = index->n_tags;
    header.n_edges = index->n_edges;
    header.n_problems = index->n_problems;
    header.n_facts = index->n_facts;
    header.n_text = index->parts[TEXT].n;
    header.tree = *tree;
    uint32_t crc = 0;
    if (!put(fd, &crc, &header, sizeof header))
        return false;
    for (int i = 0; i < PARTS; i++)
        if (!pour(fd, &crc, &index->parts[i]))
            return false;
    header.crc = crc;
    return pwrite(fd, &header, sizeof header, 0) == sizeof header;
}

/* Synced before it gets its name: a torn index would be believed. */
static bool name_index(const struct tl_index *index, const struct tl_sha1 *tree)
{
    char temporary[PATH_MAX + 64], path[PATH_MAX + 64];

    snprintf(temporary, sizeof temporary, "%s/belief.tmp-%ld", index->folder,
             (long)getpid());
    snprintf(path, sizeof path, "%s/belief.idx", index->folder);
    int fd = tl_fault("index.open")
                 ? -1
                 : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    bool ok = write_index(fd, (struct tl_index *)(uintptr_t)index, tree) &&
              !tl_fault("index.sync") && fdatasync(fd) == 0;
    close(fd);
    ok = ok && !tl_fault("index.rename") && rename(temporary, path) == 0;
    if (!ok)
        unlink(temporary);
    return ok;
}

void tl_index_end_take(struct tl_index *index, const struct tl_sha1 *tree)
{
    if (index && !index->failed)
        name_index(index, tree);
    tl_index_close(index);
}

/* ---- mapping ---- */

static bool slice_fits(struct tl_slice slice, uint64_t n_text)
{
    return slice.at == 0 || (uint64_t)slice.at + slice.n < n_text;
}

static bool tags_fit(const struct tl_belief *belief, uint64_t n_text)
{
    for (uint32_t i = 0; i < belief->n_tags; i++) {
        const struct tl_belief_tag *tag = &belief->tags[i];
        if (!slice_fits(tag->info_type, n_text) || !slice_fits(tag->category, n_text) ||
            !slice_fits(tag->span, n_text) || !slice_fits(tag->trace, n_text) ||
            !slice_fits(tag->actor, n_text) || !slice_fits(tag->from, n_text) ||
            !slice_fits(tag->from_type, n_text) || !slice_fits(tag->path, n_text) ||
            !slice_fits(tag->against, n_text) || !slice_fits(tag->knew, n_text) ||
            !tag->info_type.at || !tag->span.at || !tag->trace.at)
            return false;
    }
    return true;
}

static bool edges_fit(const struct tl_belief *belief, uint64_t n_text)
{
    for (uint32_t i = 0; i < belief->n_edges; i++) {
        const struct tl_belief_edge *edge = &belief->edges[i];
        if (!slice_fits(edge->target_column, n_text) ||
            !slice_fits(edge->source, n_text) ||
            !slice_fits(edge->source_column, n_text) ||
            !slice_fits(edge->query, n_text) || !slice_fits(edge->function, n_text) ||
            !edge->source.at)
            return false;
    }
    for (uint32_t i = 0; i < belief->n_problems; i++) {
        const struct tl_belief_problem *problem = &belief->problems[i];
        if (!slice_fits(problem->query, n_text) || !slice_fits(problem->what, n_text) ||
            !problem->what.at)
            return false;
    }
    return true;
}

static bool facts_fit(const struct tl_belief *belief, uint64_t n_text)
{
    for (uint32_t i = 0; i < belief->n_facts; i++) {
        const struct tl_belief_fact *fact = &belief->facts[i];
        if (!slice_fits(fact->column, n_text) || !slice_fits(fact->name, n_text) ||
            !fact->name.at)
            return false;
    }
    return true;
}

static bool columns_fit(const struct tl_belief *belief, uint64_t n_text)
{
    for (uint32_t i = 0; i < belief->n_columns; i++) {
        const struct tl_belief_column *column = &belief->columns[i];
        if (!slice_fits(column->path, n_text) ||
            !slice_fits(column->native_type, n_text) ||
            !slice_fits(column->comment, n_text) || !column->path.at ||
            column->first_tag > belief->n_tags ||
            column->n_tags > belief->n_tags - column->first_tag)
            return false;
    }
    return true;
}

static bool datasets_fit(const struct tl_belief *belief, uint64_t n_text)
{
    for (uint32_t i = 0; i < belief->n_datasets; i++) {
        const struct tl_belief_dataset *d = &belief->datasets[i];
        if (!slice_fits(d->source, n_text) || !slice_fits(d->database, n_text) ||
            !slice_fits(d->schema, n_text) || !slice_fits(d->name, n_text) ||
            !slice_fits(d->platform, n_text) || !slice_fits(d->comment, n_text) ||
            !slice_fits(d->owner, n_text) || !slice_fits(d->view_sql, n_text) ||
            !slice_fits(d->schema_digest, n_text) ||
            !slice_fits(d->sample_digest, n_text) ||
            !slice_fits(d->rules_digest, n_text) || !d->source.at || !d->name.at ||
            !d->schema_digest.at || !d->sample_digest.at || !d->rules_digest.at ||
            d->first_column > belief->n_columns ||
            d->n_columns > belief->n_columns - d->first_column ||
            d->first_edge > belief->n_edges ||
            d->n_edges > belief->n_edges - d->first_edge ||
            d->first_problem > belief->n_problems ||
            d->n_problems > belief->n_problems - d->first_problem ||
            d->first_fact > belief->n_facts ||
            d->n_facts > belief->n_facts - d->first_fact)
            return false;
    }
    return true;
}

static bool header_fits(const struct header *header, uint64_t n,
                        const struct tl_sha1 *tree)
{
    return memcmp(header->magic, "tlbelief", 8) == 0 && header->layout == LAYOUT &&
           header->dataset_size == sizeof(struct tl_belief_dataset) &&
           header->column_size == sizeof(struct tl_belief_column) &&
           header->tag_size == sizeof(struct tl_belief_tag) &&
           header->edge_size == sizeof(struct tl_belief_edge) &&
           header->problem_size == sizeof(struct tl_belief_problem) &&
           header->fact_size == sizeof(struct tl_belief_fact) &&
           memcmp(&header->tree, tree, sizeof *tree) == 0 && header->n_text > 0 &&
           header->n_text <= UINT32_MAX &&
           n == sizeof *header +
                    (uint64_t)header->n_datasets * sizeof(struct tl_belief_dataset) +
                    (uint64_t)header->n_columns * sizeof(struct tl_belief_column) +
                    (uint64_t)header->n_tags * sizeof(struct tl_belief_tag) +
                    (uint64_t)header->n_edges * sizeof(struct tl_belief_edge) +
                    (uint64_t)header->n_problems * sizeof(struct tl_belief_problem) +
                    (uint64_t)header->n_facts * sizeof(struct tl_belief_fact) +
                    header->n_text;
}

static bool is_whole(const struct header *header, size_t n)
{
    struct header without = *header;

    without.crc = 0;
    uint32_t crc = libdeflate_crc32(0, &without, sizeof without);
    return libdeflate_crc32(crc, header + 1, n - sizeof *header) == header->crc;
}

/* Takes over the file at `fd` when it is an index of this tree and every number in it points inside. */
static bool map_index(struct tl_log *log, int fd, const struct tl_sha1 *tree)
{
    struct stat st;

    if (fstat(fd, &st) < 0 || (uint64_t)st.st_size < sizeof(struct header))
        return false;
    size_t n = (size_t)st.st_size;
    void *map = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED)
        return false;
    const struct header *header = map;
    struct tl_belief belief = { .n_datasets = header->n_datasets,
                                .n_columns = header->n_columns,
                                .n_tags = header->n_tags,
                                .n_edges = header->n_edges,
                                .n_problems = header->n_problems,
                                .n_facts = header->n_facts };
    if (header_fits(header, n, tree) && is_whole(header, n)) {
        belief.datasets = (const void *)(header + 1);
        belief.tags = (const void *)(belief.datasets + belief.n_datasets);
        belief.columns = (const void *)(belief.tags + belief.n_tags);
        belief.edges = (const void *)(belief.columns + belief.n_columns);
        belief.problems = (const void *)(belief.edges + belief.n_edges);
        belief.facts = (const void *)(belief.problems + belief.n_problems);
        belief.text = (const void *)(belief.facts + belief.n_facts);
    }
    if (!belief.text || belief.text[header->n_text - 1] != '\0' ||
        !datasets_fit(&belief, header->n_text) || !columns_fit(&belief, header->n_text) ||
        !tags_fit(&belief, header->n_text) || !edges_fit(&belief, header->n_text) ||
        !facts_fit(&belief, header->n_text)) {
        munmap(map, n);
        return false;
    }
    tl_belief_unmap(log);
    log->belief = belief;
    log->map = map;
    log->n_map = n;
    log->belief_tree = *tree;
    return true;
}

void tl_belief_unmap(struct tl_log *log)
{
    if (log->map)
        munmap(log->map, log->n_map);
    log->map = NULL;
    memset(&log->belief, 0, sizeof log->belief);
}

/* ---- building it from the state files ---- */

/* The files come in the order of their paths, which is mostly, but not always, that of their keys. */
struct gathering {
    struct tl_log *log;
    struct tl_index *index;
    struct tl_arena *passing; /* one dataset */
    struct tl_ctx *ctx;
    int rc;
};

static int gather_file(const char *folder, const git_tree_entry *entry, void *of)
{
    struct gathering *gathering = of;
    const char *name = git_tree_entry_name(entry);
    git_blob *blob = NULL;
    struct tl_state_file state;
    size_t n = strlen(name);

    if (git_tree_entry_type(entry) != GIT_OBJECT_BLOB || n < 5 ||
        strcmp(name + n - 5, ".json") != 0)
        return 0;
    if (tl_fault("git.read") ||
        git_blob_lookup(&blob, gathering->log->repo, git_tree_entry_id(entry)) < 0) {
        gathering->rc = tl_git_fail(gathering->ctx, TL_ELOG,
                                    "cannot read 'state/%s%s' in the log", folder, name);
        return -1;
    }
    gathering->rc =
        tl_state_read(&state, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob),
                      name, gathering->passing, gathering->ctx);
    git_blob_free(blob);
    if (gathering->rc == TL_OK)
        tl_index_add(gathering->index, &state);
    tl_arena_reset(gathering->passing);
    if (gathering->rc == TL_OK)
        gathering->rc = tl_ctx_check(gathering->ctx);
    return gathering->rc < 0 ? -1 : 0;
}

static int gather(struct gathering *gathering, const struct tl_tip *tip,
                  struct tl_ctx *ctx)
{
    git_tree *tree = NULL;
    git_oid id;

    git_oid_fromraw(&id, tip->state.bytes);
    if (git_oid_is_zero(&id))
        return TL_OK;
    if (git_tree_lookup(&tree, gathering->log->repo, &id) < 0)
        return tl_git_fail(ctx, TL_ELOG, "cannot read 'state' in the log");
    int rc = git_tree_walk(tree, GIT_TREEWALK_PRE, gather_file, gathering);
    git_tree_free(tree);
    if (gathering->rc < 0)
        return gathering->rc;
    return rc < 0 ? tl_git_fail(ctx, TL_ELOG, "cannot read 'state' in the log") : TL_OK;
}

struct placed {
    struct tl_key key;
    uint32_t place;
};

static int by_key(const void *a, const void *b)
{
    const struct placed *left = a, *right = b;

    return tl_key_compare(&left->key, &right->key);
}

/* Writes the datasets of `from` in the order of their keys. */
static void copy_sorted(struct tl_index *to, const struct tl_belief *from)
{
    struct placed *placed = tl_alloc(from->n_datasets, sizeof *placed);

    for (uint32_t i = 0; i < from->n_datasets; i++)
        placed[i] = (struct placed){ tl_belief_key(from, &from->datasets[i]), i };
    if (from->n_datasets)
        qsort(placed, from->n_datasets, sizeof *placed, by_key);
    for (uint32_t i = 0; i < from->n_datasets; i++)
        tl_index_copy(to, from, placed[i].place, placed[i].place + 1);
    tl_free(placed);
}

static bool is_sorted(const struct tl_belief *belief)
{
    for (uint32_t i = 1; i < belief->n_datasets; i++) {
        struct tl_key left = tl_belief_key(belief, &belief->datasets[i - 1]);
        struct tl_key right = tl_belief_key(belief, &belief->datasets[i]);
        if (tl_key_compare(&left, &right) > 0)
            return false;
    }
    return true;
}

static int open_index(const struct tl_log *log)
{
    char path[PATH_MAX + 64];

    snprintf(path, sizeof path, "%stagline/belief.idx", log->folder);
    return tl_fault("index.open") ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

static bool map_named(struct tl_log *log, const struct tl_sha1 *tree)
{
    int fd = open_index(log);
    bool fits = fd >= 0 && map_index(log, fd, tree);

    if (fd >= 0)
        close(fd);
    return fits;
}

/* Maps an index that has no name: for as long as the log is open. */
static bool map_nameless(struct tl_log *log, struct tl_index *index,
                         const struct tl_sha1 *tree)
{
    int fd = nameless_file(index->folder);
    bool fits = !index->failed && fd >= 0 && write_index(fd, index, tree) &&
                map_index(log, fd, tree);

    if (fd >= 0)
        close(fd);
    return fits;
}

/* Names the index and maps it; where no file can be written, what has no name must do. The one of the tip keeps its name when the past is read. */
static bool take_index(struct tl_log *log, struct tl_index *index,
                       const struct tl_sha1 *tree, bool is_past)
{
    return (!is_past && !index->failed && name_index(index, tree) &&
            map_named(log, tree)) ||
           map_nameless(log, index, tree);
}

static bool sort_and_take(struct tl_log *log, struct tl_index *index,
                          const struct tl_sha1 *tree, bool is_past)
{
    struct tl_index *sorted = tl_index_open(log);
    struct tl_log unsorted = { .folder = log->folder };
    bool fits = map_nameless(&unsorted, index, tree);
    bool is_done = fits && is_sorted(&unsorted.belief);

    if (fits && !is_done)
        copy_sorted(sorted, &unsorted.belief);
    tl_belief_unmap(&unsorted);
    if (fits)
        fits = take_index(log, is_done ? index : sorted, tree, is_past);
    tl_index_close(sorted);
    return fits;
}

static int build(struct tl_log *log, const struct tl_tip *tip, bool is_past,
                 struct tl_ctx *ctx)
{
    struct gathering gathering = {
        .log = log, .index = tl_index_open(log), .passing = tl_arena_open(), .ctx = ctx
    };
    int rc = gather(&gathering, tip, ctx);

    if (rc == TL_OK && !sort_and_take(log, gathering.index, &tip->state, is_past))
        rc = tl_fail(ctx, TL_EWRITE, "there is no room for the index of the log '%s'",
                     log->path);
    tl_index_close(gathering.index);
    tl_arena_close(gathering.passing);
    return rc;
}

static int load(struct tl_log *log, const struct tl_tip *tip, bool is_past,
                struct tl_ctx *ctx)
{
    bool fits =
        log->map && memcmp(&log->belief_tree, &tip->state, sizeof tip->state) == 0;
    int rc = TL_OK;

    if (!fits && !map_named(log, &tip->state))
        rc = build(log, tip, is_past, ctx);
    if (rc == TL_OK)
        git_oid_tostr(log->belief.commit, sizeof log->belief.commit, &tip->id);
    return rc;
}

int tl_belief_load(struct tl_log *log, const struct tl_tip *tip, struct tl_ctx *ctx)
{
    return load(log, tip, false, ctx);
}

int tl_belief_load_past(struct tl_log *log, const struct tl_tip *tip, struct tl_ctx *ctx)
{
    return load(log, tip, true, ctx);
}

int tl_log_belief(const struct tl_belief **out, struct tl_log *log, struct tl_ctx *ctx)
{
    struct tl_merkle_edge edge;
    struct tl_tip tip;

    *out = &log->belief;
    if (log->is_settled)
        return TL_OK;
    int rc = tl_tip_read(&tip, log, ctx);
    /* A commit that no run wrote may hold anything: it is nobody's belief. */
    if (rc == TL_OK)
        rc = tl_run_edge(&edge, &tip, ctx);
    if (rc == TL_OK)
        rc = tl_belief_load(log, &tip, ctx);
    tl_tip_release(&tip);
    return rc;
}
