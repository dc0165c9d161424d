/*
 * Every text of the fixtures, hurt in the ways in which scripts are: cut off at each token, one left out, said twice, two in the wrong order,
 * the beginning of one text with the end of another. Whatever comes, there is an answer that holds together, in steps that the
 * length of the text bounds. Each text stands in a block of exactly its size.
 */
#include "tests/check.h"
#include "tests/fuzz/sql_sound.h"

#include "base/ctx.h"
#include "base/file.h"

#include <ctype.h>
#include <glob.h>
#include <unistd.h>

#define DIALECTS "ansi postgres redshift snowflake trino sqlite duckdb bigquery spark"

struct sample {
    const char *text;
    size_t n;
    enum tl_sql_dialect dialect;
};

struct world {
    struct tl_ctx ctx;
    struct tl_sql *sql[TL_SQL_DIALECTS];
    TL_VEC(struct sample) samples;
    TL_VEC(uint32_t) tokens; /* where each begins, and the end */
    uint64_t done, most;     /* texts; steps for a byte, at most */
    const struct sample *trying;
    char *text; /* as hurt; its length */
    size_t n;
};

/* ---- samples ---- */

static void add_sample(struct world *w, const char *text, size_t n, int dialect)
{
    if (n && dialect >= 0)
        tl_vec_push(&w->samples, ((struct sample){ tl_arena_dup(w->ctx.arena, text, n), n,
                                                   (enum tl_sql_dialect)dialect }));
}

/* "postgres redshift" of a headline: each of them. */
static void add_samples(struct world *w, const char *text, size_t n, const char *dialects)
{
    char word[16];
    int length;

    if (strncmp(dialects, "all", 3) == 0)
        dialects = DIALECTS;
    for (; sscanf(dialects, "%15[a-z]%n", word, &length) == 1; dialects += length + 1) {
        add_sample(w, text, n, tl_sql_dialect_of(word));
        if (dialects[length] != ' ')
            break;
    }
}

/* "=== name | dialects", SQL, "---", edges. */
static void add_pairs(struct world *w, const char *text)
{
    for (const char *at = strstr(text, "=== "); at; at = strstr(at + 4, "\n=== ")) {
        const char *bar = strstr(at, " | "), *line = bar ? strchr(bar, '\n') : NULL;
        const char *end = line ? strstr(line, "\n---\n") : NULL;

        if (end)
            add_samples(w, line + 1, (size_t)(end - line - 1), bar + 3);
    }
}

/* "--- dialects", SQL, the next of them. */
static void add_spelled(struct world *w, const char *text)
{
    for (const char *at = strstr(text, "\n--- "); at; at = strstr(at + 4, "\n--- ")) {
        const char *line = strchr(at + 5, '\n');
        const char *end = strstr(line, "\n--- "), *other = strstr(line, "\n\n=== ");

        if (!end || (other && other < end))
            end = other ? other : line + strlen(line);
        add_samples(w, line + 1, (size_t)(end - line - (end > line)), at + 5);
    }
}

static const char *read_fixture(struct world *w, const char *path)
{
    struct tl_str text = TL_STR_INIT(1 << 24);

    CHECK_OK(tl_file_read(&text, path, &w->ctx), &w->ctx);
    const char *copy = tl_arena_strdup(w->ctx.arena, text.n ? text.text : "");
    tl_str_release(&text);
    return copy;
}

/* sql/<dialect>_x.sql is a script, sql/<dialect>.accepted holds statements with blank lines between. */
static void add_parsed(struct world *w, const char *path)
{
    const char *text = read_fixture(w, path), *name = strrchr(path, '/') + 1;
    char dialect[16];

    if (sscanf(name, "%15[a-z]", dialect) == 1)
        add_sample(w, text, strlen(text), tl_sql_dialect_of(dialect));
}

static void each_file(struct world *w, const char *pattern,
                      void (*add)(struct world *w, const char *path))
{
    glob_t files;

    CHECK_INT(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        add(w, files.gl_pathv[i]);
    globfree(&files);
}

static void add_lineage(struct world *w, const char *path)
{
    add_pairs(w, read_fixture(w, path));
}

static struct world world_open(void)
{
    struct world w = { .done = 0 };

    tl_test_ctx_init(&w.ctx);
    const char *ddl = read_fixture(&w, TL_FIXTURES "/lineage/schema.sql");
    for (int d = 0; d < TL_SQL_DIALECTS; d++) {
        w.sql[d] = tl_sql_open((enum tl_sql_dialect)d);
        CHECK_OK(tl_sql_learn(NULL, w.sql[d], ddl, strlen(ddl), &w.ctx), &w.ctx);
    }
    each_file(&w, TL_FIXTURES "/lineage/*.txt", add_lineage);
    each_file(&w, TL_FIXTURES "/sql/*.sql", add_parsed);
    add_spelled(&w, read_fixture(&w, TL_FIXTURES "/same/queries.txt"));
    CHECK(w.samples.n >= 1500);
    return w;
}

static void world_close(struct world *w)
{
    for (int d = 0; d < TL_SQL_DIALECTS; d++)
        tl_sql_close(w->sql[d]);
    tl_vec_release(&w->samples);
    tl_vec_release(&w->tokens);
    tl_test_ctx_release(&w->ctx);
}

/* ---- trying ---- */

static void try_hurt(struct world *w, const char *way)
{
    struct tl_sql *sql = w->sql[w->trying->dialect];
    uint64_t before = tl_sql_work(sql);
    struct tl_sql_result result;

    if (getenv("TAGLINE_SHOW")) /* the last one shown is the one that broke */
        fprintf(stderr, "\f%s %s\n%.*s\n", way,
                tl_sql_dialect_word((int)w->trying->dialect), (int)w->n, w->text);
    alarm(10);
    if (!CHECK_OK(tl_sql_lineage(&result, sql, w->text, w->n, &w->ctx), &w->ctx))
        return;
    alarm(0);
    sound_result(&result, w->text, w->n);
    uint64_t steps = (tl_sql_work(sql) - before) / (w->n + 16);
    if (steps > w->most)
        w->most = steps;
    if (steps > 200 && !CHECK_INT(0, steps))
        printf("    %s, %s: %.*s\n", way, tl_sql_dialect_word((int)w->trying->dialect),
               (int)w->n, w->text);
    w->done++;
}

/* Up to four pieces of texts, one behind the other, in a block of their own. */
struct piece {
    const char *text;
    size_t n;
};
static void try_pieces(struct world *w, const struct piece *pieces, unsigned n_pieces,
                       const char *way)
{
    w->n = 0;
    for (unsigned i = 0; i < n_pieces; i++)
        w->n += pieces[i].n;
    w->text = tl_alloc(w->n ? w->n : 1, 1);
    size_t at = 0;
    for (unsigned i = 0; i < n_pieces; at += pieces[i++].n)
        memcpy(w->text + at, pieces[i].text, pieces[i].n);
    try_hurt(w, way);
    tl_free(w->text);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Words, runs of blanks, and single signs: quotes are signs too, so that texts break open. */
static void find_tokens(struct world *w, const struct sample *sample)
{
    w->tokens.n = 0;
    for (size_t i = 0; i < sample->n;) {
        tl_vec_push(&w->tokens, (uint32_t)i);
        if (is_word(sample->text[i]))
            while (i < sample->n && is_word(sample->text[i]))
                i++;
        else if (isspace((unsigned char)sample->text[i]))
            while (i < sample->n && isspace((unsigned char)sample->text[i]))
                i++;
        else
            i++;
    }
    tl_vec_push(&w->tokens, (uint32_t)sample->n);
}

static void hurt(struct world *w, const struct sample *sample, const struct sample *other,
                 size_t token)
{
    const char *text = sample->text;
    const uint32_t *at = w->tokens.items + token;
    size_t last = w->tokens.n - 1 - token, n = sample->n;
    size_t far = at[last > 2 ? 3 : last];
    struct piece head = { text, at[0] }, this = { text + at[0], at[1] - at[0] };
    struct piece next = { text + at[1], far - at[1] },
                 behind = { text + at[1], n - at[1] };
    struct piece rest = { text + far, n - far };
    size_t middle = other->n * (token % 7) / 7;
    struct piece strange = { other->text + middle, other->n - middle };

    w->trying = sample;
    try_pieces(w, (struct piece[]){ head }, 1, "cut off");
    try_pieces(w, (struct piece[]){ this, behind }, 2, "begun late");
    try_pieces(w, (struct piece[]){ head, behind }, 2, "left out");
    try_pieces(w, (struct piece[]){ head, this, this, behind }, 4, "said twice");
    try_pieces(w, (struct piece[]){ head, next, this, rest }, 4, "in the wrong order");
    try_pieces(w, (struct piece[]){ head, strange }, 2, "with the end of another");
    try_pieces(w, (struct piece[]){ head, strange, behind }, 3, "with another within");
}

/* In a run every so many-th token of every so many-th text; in soak all. */
static void texts_that_are_hurt_have_answers_that_hold(void)
{
    struct world w = world_open();
    size_t step = getenv("TAGLINE_SOAK") ? 1 : 8;

    for (size_t i = 0; i < w.samples.n; i++) {
        const struct sample *sample = &w.samples.items[i];

        find_tokens(&w, sample);
        for (size_t t = i % step; t + 1 < w.tokens.n; t += step)
            hurt(&w, sample, &w.samples.items[(i * 31 + t * 17) % w.samples.n], t);
    }
    printf("    %llu texts, at most %llu steps a byte\n", (unsigned long long)w.done,
           (unsigned long long)w.most);
    CHECK(w.done >= 10000);
    world_close(&w);
}

TL_TESTS("sql_hurt", TEST(texts_that_are_hurt_have_answers_that_hold))
