#include "tests/world.h"

#include "base/file.h"

#include <sqlite3.h>

void world_open(struct world *w)
{
    memset(w, 0, sizeof *w);
    tl_test_ctx_init(&w->ctx);
    w->folder = tl_test_folder();
    snprintf(w->config, sizeof w->config, "%s/tagline.yaml", w->folder);
    snprintf(w->warehouse, sizeof w->warehouse, "%s/shop.db", w->folder);
    snprintf(w->log, sizeof w->log, "%s/tagline-log", w->folder);
    world_write(w, "tagline.yaml",
                "actor: tester\nscan: {threads: 1}\nsources:\n"
                "  - {name: shop, type: sqlite, path: shop.db}\n");
}

void world_close(struct world *w)
{
    tl_test_ctx_release(&w->ctx);
}

void world_sql(struct world *w, const char *sql)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    CHECK_INT(sqlite3_open(w->warehouse, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        CHECK_TEXT(why, NULL);
    sqlite3_free(why);
    sqlite3_close(db);
}

void world_write(struct world *w, const char *name, const char *text)
{
    CHECK_OK(tl_file_write(tl_path_join(w->folder, name, &w->ctx), text, strlen(text),
                           &w->ctx),
             &w->ctx);
}

int world_scan(struct world *w, struct tl_appended *done, size_t *troubles)
{
    struct tl_config config = { 0 };
    struct tl_scan scan = { 0 };
    struct tl_log *log = NULL;
    int rc;

    memset(done, 0, sizeof *done);
    if ((rc = tl_config_load(&config, w->config, TL_CONFIG_SOURCES, &w->ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, true, &w->ctx)) == TL_OK)
        rc = tl_pipeline_run(&scan, done, log, &config, &w->ctx);
    if (troubles)
        *troubles = scan.troubles.n;
    tl_scan_release(&scan);
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

int world_word(struct world *w, int kind, const char *table, const char *column,
               const char *info_type)
{
    struct tl_word word = { .key = { "shop", "main", NULL, table, column },
                            .info_type = info_type,
                            .category = "user",
                            .sensitivity = TL_PERSONAL,
                            .kind = (uint8_t)kind,
                            .why = "the test says so" };
    struct tl_config config = { 0 };
    struct tl_appended done;
    struct tl_entry entry;
    struct tl_log *log = NULL;
    int rc;

    if ((rc = tl_config_load(&config, w->config, TL_CONFIG_SOURCES, &w->ctx)) == TL_OK &&
        (rc = tl_open_log(&log, &config, false, &w->ctx)) == TL_OK) {
        tl_entry_begin(&entry, "review", &config, &w->ctx);
        entry.rules_digest = "";
        entry.words = &word;
        entry.n_words = 1;
        entry.ended = tl_now(&w->ctx);
        rc = tl_log_append(&done, log, &entry, 0, &w->ctx);
    }
    tl_log_close(log);
    tl_config_release(&config);
    return rc;
}

const char *world_state(struct world *w, const char *table, const char *column,
                        const char *info_type)
{
    struct tl_key key = { "shop", "main", NULL, table, NULL };
    const struct tl_belief_dataset *dataset;
    const struct tl_belief_column *found;
    const struct tl_belief *belief;
    struct tl_log *log = NULL;
    const char *state = "absent";

    if (tl_log_open(&log, w->log, &w->ctx) == TL_OK &&
        tl_log_belief(&belief, log, &w->ctx) == TL_OK &&
        (dataset = tl_belief_find(belief, &key)) &&
        (found = tl_belief_column(belief, dataset, column))) {
        state = "";
        for (uint32_t t = 0; t < found->n_tags; t++) {
            const struct tl_belief_tag *tag = &belief->tags[found->first_tag + t];
            if (strcmp(tl_belief_text(belief, tag->info_type), info_type) == 0)
                state = tl_state_word(tag->state);
        }
    }
    tl_log_close(log);
    return state;
}

size_t world_commits(struct world *w)
{
    struct tl_log_run *runs;
    struct tl_log *log = NULL;
    size_t n = 0;

    if (!tl_path_exists(w->log))
        return 0;
    CHECK_OK(tl_log_open(&log, w->log, &w->ctx), &w->ctx);
    if (log)
        CHECK_OK(tl_log_runs(&runs, &n, 1 << 20, log, &w->ctx), &w->ctx);
    tl_log_close(log);
    return n;
}

bool world_shell(struct world *w, const char *command)
{
    char line[512];

    snprintf(line, sizeof line, "cd '%s' && { %s; } >/dev/null 2>&1", w->folder, command);
    return system(line) == 0;
}
