/*
 * What `tagline lineage` shows of SQL: listing, --json, --explain, --openlineage, --summary, --dot and diff. Any bytes, and SQL that a grammar
 * makes of them: the same text shows the same, JSON is JSON, no literal is shown, and a text differs in nothing from itself.
 */
#include "base/json.h"
#include "base/say.h"
#include "cli/lineage.h"
#include "tests/fuzz/sql_grammar.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MUST(claim) ((claim) ? (void)0 : must_fail(#claim))

enum way { LISTED, JSON_LINES, EXPLAINED, OPENLINEAGE, SUMMED, DRAWN, WAYS };

static void must_fail(const char *claim)
{
    fprintf(stderr, "does not hold: %s\n", claim);
    abort();
}

/* A file of these bytes, without a disk. */
struct file {
    int fd;
    char path[64];
};

static struct file file_of(const char *bytes, size_t n)
{
    struct file file = { .fd = memfd_create("shown", 0) };

    MUST(file.fd >= 0 && write(file.fd, bytes, n) == (ssize_t)n);
    snprintf(file.path, sizeof file.path, "/proc/self/fd/%d", file.fd);
    return file;
}

static int show(enum way way, struct tl_lineage *lineage, const char *path,
                struct tl_ctx *ctx)
{
    struct tl_sql_path one = { .path = path };
    struct tl_sql_paths paths = { .items = { .items = &one, .n = 1, .room = 1 } };

    switch (way) {
    case EXPLAINED:
        return tl_lineage_explain(lineage, &paths, ctx);
    case OPENLINEAGE:
        return tl_lineage_openlineage(lineage, &paths, ctx);
    case SUMMED:
        return tl_lineage_summary(lineage, &paths, ctx);
    case DRAWN:
        return tl_lineage_draw(lineage, &paths, ctx);
    default:
        return tl_lineage_list(lineage, &paths, ctx);
    }
}

struct shown {
    char *text; /* results */
    size_t n;
    char *words;
    size_t n_words;
    int rc;
    bool differs;
};

static void shown_release(struct shown *shown)
{
    free(shown->text);
    free(shown->words);
}

/* With `other`, both are compared. */
static struct shown shown_as(enum way way, int dialect, const char *path,
                             const char *other)
{
    struct tl_lineage_options options = {
        .common.json = way == JSON_LINES,
        .dialect = dialect + 1,
        .openlineage = way == OPENLINEAGE,
        .explain = way == EXPLAINED,
        .summary = way == SUMMED,
        .walk.dot = way == DRAWN,
        .job_namespace = "jobs",
    };
    struct tl_lineage lineage = { .options = &options,
                                  .dialect = (enum tl_sql_dialect)dialect };
    struct shown shown = { 0 };
    struct tl_config config = { 0 };
    struct tl_run run = { 0 };
    struct tl_say say;
    struct tl_ctx ctx;

    tl_ctx_init(&ctx, &run);
    tl_say_init(&say, true, false);
    say.results = open_memstream(&shown.text, &shown.n);
    say.words = open_memstream(&shown.words, &shown.n_words);
    say.width = 0;
    ctx.say = &say;
    MUST(tl_config_defaults(&config, &ctx) == TL_OK);
    lineage.config = &config;
    shown.rc = other ? tl_lineage_diff(&shown.differs, &lineage, path, other, &ctx)
                     : show(way, &lineage, path, &ctx);
    tl_config_release(&config);
    fclose(say.results);
    fclose(say.words);
    tl_ctx_release(&ctx);
    return shown;
}

static void check_json_lines(const struct shown *shown)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    const char *at = shown->text;

    tl_ctx_init(&ctx, &run);
    while (at && *at) {
        const char *end = strchr(at, '\n');
        json_t *tree = NULL;

        MUST(end && tl_json_parse(&tree, at, (size_t)(end - at), "line", &ctx) == TL_OK);
        MUST(json_is_object(tree));
        json_decref(tree);
        at = end + 1;
    }
    tl_ctx_release(&ctx);
}

static void try_text(enum way way, int dialect, const char *text, size_t n,
                     bool may_show_secrets)
{
    struct file file = file_of(text, n);
    struct shown once = shown_as(way, dialect, file.path, NULL);
    struct shown twice = shown_as(way, dialect, file.path, NULL);

    MUST(once.rc == twice.rc);
    MUST(way == SUMMED || way == OPENLINEAGE || /* they say how long it took, and when */
         (once.n == twice.n && memcmp(once.text, twice.text, once.n) == 0));
    if (!may_show_secrets)
        MUST(!strstr(once.text, "secret") && !strstr(once.words, "secret"));
    if (way == JSON_LINES || way == OPENLINEAGE)
        check_json_lines(&once);
    shown_release(&once);
    shown_release(&twice);
    if (way == LISTED) {
        struct shown differences = shown_as(way, dialect, file.path, file.path);

        MUST(!differences.differs);
        shown_release(&differences);
    }
    close(file.fd);
}

/* An old text and a new one. */
static void try_two(int dialect, const char *old, size_t n_old, const char *new,
                    size_t n_new)
{
    struct file files[] = { file_of(old, n_old), file_of(new, n_new) };
    struct shown there = shown_as(JSON_LINES, dialect, files[0].path, files[1].path);
    struct shown back = shown_as(LISTED, dialect, files[1].path, files[0].path);

    MUST(there.rc == back.rc && there.differs == back.differs);
    check_json_lines(&there);
    MUST(!strstr(there.text, "secret") && !strstr(back.text, "secret"));
    shown_release(&there);
    shown_release(&back);
    close(files[0].fd);
    close(files[1].fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int dialect = n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES;
    struct tl_str made = TL_STR_INIT(1 << 20), other = TL_STR_INIT(1 << 20);
    enum way way = (enum way)(n % WAYS);

    if (n < 2 || n > 4000)
        return 0;
    tl_str_add(&made, grammar_ddl);
    tl_str_add(&made, ";\n");
    grammar_make(&made, 'x', (enum tl_sql_dialect)dialect, bytes + 1, n - 1);
    try_text(way, dialect, made.text, made.n, false);
    if (n % 4 == 0) {
        tl_str_add(&other, grammar_ddl);
        tl_str_add(&other, ";\n");
        grammar_make(&other, 'x', (enum tl_sql_dialect)dialect, bytes + n / 2, n / 2);
        try_two(dialect, made.text, made.n, other.text, other.n);
    } else {
        try_text(way, dialect, (const char *)bytes + 1, n - 1, true);
    }
    tl_str_release(&made);
    tl_str_release(&other);
    return 0;
}
