#include "tests/pg.h"

#include "base/str.h"
#include "tests/check.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct pg {
    pid_t keeper;
    FILE *words, *answers;
    char folder[256];
    unsigned port, made;
};

struct pg_held {
    PGconn *conn;
};

/* ---- texts that live as long as the process ---- */

static struct tl_arena *texts;

static void forget_texts(void)
{
    tl_arena_close(texts);
}

static struct tl_arena *texts_arena(void)
{
    if (!texts) {
        texts = tl_arena_open();
        atexit(forget_texts);
    }
    return texts;
}

/* ---- the keeper ---- */

enum { WORDS_MOST = 16 };

/* Both pipes close on exec, so that nothing else the test starts keeps the server alive. */
static pid_t spawn_keeper(const char *options, int *words, int *answers)
{
    const char *argv[WORDS_MOST + 1] = { "python3", "-B", TL_PG_SCRIPT, "serve" };
    size_t n = 4;
    int in[2];
    int out[2];
    posix_spawn_file_actions_t actions;
    pid_t keeper = -1;
    char *rest = tl_arena_strdup(texts_arena(), options ? options : "");

    while (n < WORDS_MOST && (argv[n] = strsep(&rest, " ")))
        n += argv[n][0] != '\0';
    argv[n] = NULL;
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
        abort();
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    if (posix_spawnp(&keeper, argv[0], &actions, NULL, (char **)argv, environ))
        abort();
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    *words = in[1];
    *answers = out[0];
    return keeper;
}

/* {"folder": "/tmp/...", "port": 5432, ...}; no folder of ours holds a quote. */
static bool read_place(struct pg *pg, const char *line)
{
    return sscanf(line, "READY {\"folder\": \"%255[^\"]\", \"port\": %u", pg->folder,
                  &pg->port) == 2;
}

struct pg *pg_start(const char *options)
{
    struct pg *pg = tl_alloc(1, sizeof *pg);
    char line[4096];
    int words;
    int answers;

    pg->keeper = spawn_keeper(options, &words, &answers);
    pg->words = fdopen(words, "w");
    pg->answers = fdopen(answers, "r");
    if (!fgets(line, sizeof line, pg->answers))
        snprintf(line, sizeof line, "pg.py said nothing\n");
    if (read_place(pg, line))
        return pg;
    if (strncmp(line, "SKIP ", 5) == 0)
        printf("SKIP: %s", line + 5);
    else if (!CHECK(!"PostgreSQL starts"))
        printf("    %s", line);
    pg_stop(pg);
    return NULL;
}

void pg_stop(struct pg *pg)
{
    if (!pg)
        return;
    fclose(pg->words);
    fclose(pg->answers);
    waitpid(pg->keeper, NULL, 0);
    tl_free(pg);
}

static struct pg *shared;

static void stop_shared(void)
{
    pg_stop(shared);
}

struct pg *pg_shared(void)
{
    if (!shared && (shared = pg_start(NULL)))
        atexit(stop_shared);
    return shared;
}

struct pg *pg_shared_or_skip(void)
{
    if (!pg_shared()) {
        fflush(stdout);
        exit(77);
    }
    return shared;
}

static void tell(struct pg *pg, const char *word)
{
    char line[4096] = "";

    fprintf(pg->words, "%s\n", word);
    fflush(pg->words);
    CHECK_TEXT(fgets(line, sizeof line, pg->answers), "DONE\n");
}

void pg_down(struct pg *pg)
{
    tell(pg, "stop");
}

void pg_up(struct pg *pg)
{
    tell(pg, "start");
}

const char *pg_folder(const struct pg *pg)
{
    return pg->folder;
}

unsigned pg_port(const struct pg *pg)
{
    return pg->port;
}

/* ---- SQL ---- */

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

static PGconn *connect_to(const struct pg *pg, const char *database)
{
    char port[16];

    snprintf(port, sizeof port, "%u", pg->port);
    const char *const names[] = { "host", "port", "user", "dbname", NULL };
    const char *const values[] = { pg->folder, port, "owner", database, NULL };
    PGconn *conn = PQconnectdbParams(names, values, 0);
    PQsetNoticeReceiver(conn, ignore_notice, NULL);
    if (!CHECK(PQstatus(conn) == CONNECTION_OK))
        printf("    %s", PQerrorMessage(conn));
    return conn;
}

static PGresult *run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);

    if (!CHECK(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK))
        printf("    %s", PQerrorMessage(conn));
    return result;
}

const char *pg_ask(struct pg *pg, const char *database, const char *sql)
{
    struct tl_str rows = TL_STR_INIT(TL_STR_MOST);
    PGconn *conn = connect_to(pg, database);
    PGresult *result = run(conn, sql);

    for (int r = 0; r < PQntuples(result); r++)
        for (int c = 0; c < PQnfields(result); c++) {
            tl_str_add(&rows, PQgetvalue(result, r, c));
            tl_str_add_char(&rows, c + 1 < PQnfields(result) ? '|' : '\n');
        }
    PQclear(result);
    PQfinish(conn);
    const char *copy = tl_arena_dup(texts_arena(), rows.text, rows.n);
    tl_str_release(&rows);
    return copy;
}

void pg_sql(struct pg *pg, const char *database, const char *sql)
{
    PGconn *conn = connect_to(pg, database);

    PQclear(run(conn, sql));
    PQfinish(conn);
}

const char *pg_database(struct pg *pg, const char *sql)
{
    const char *name = tl_arena_printf(texts_arena(), "db%u", ++pg->made);

    pg_sql(pg, "postgres", tl_arena_printf(texts_arena(), "create database %s", name));
    if (sql)
        pg_sql(pg, name, sql);
    return name;
}

const char *pg_yaml(const struct pg *pg, const char *database)
{
    return tl_arena_printf(texts_arena(),
                           "host: %s\nport: %u\nuser: owner\ndatabase: %s\n", pg->folder,
                           pg->port, database);
}

struct pg_held *pg_hold(struct pg *pg, const char *database, const char *sql)
{
    struct pg_held *held = tl_alloc(1, sizeof *held);

    held->conn = connect_to(pg, database);
    PQclear(run(held->conn, "begin"));
    PQclear(run(held->conn, sql));
    return held;
}

void pg_let_go(struct pg_held *held)
{
    if (!held)
        return;
    PQfinish(held->conn);
    tl_free(held);
}
