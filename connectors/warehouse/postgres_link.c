/*
 * Time is counted in waits that ended without anything having come: no clock is asked, and every byte that arrives starts the count
 * anew, so that a long answer is never taken for silence.
 */
#include "connectors/warehouse/postgres_link.h"

#include "base/ctx.h"
#include "base/fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

enum {
    TICK = 50,         /* ms: how long a cancelled run may go unseen */
    GRACE = 5000,      /* ms beyond the server's own time-out */
    CANCEL_MOST = 100, /* ms that are waited for a cancel request to have left */
    LOOK_EVERY =
        1 << 10 /* results between looks at the run where nothing has to be waited for */
};

/* ---- waiting ---- */

/*
 * libpq 15 can only block while it asks the server to cancel, on a connection of its own: a thread does, and is left behind when
 * the server does not answer.
 */
struct canceller {
    PGcancel *cancel;
    int done;
};

static void *send_cancel(void *self)
{
    struct canceller *canceller = self;
    char ignored[256];

    PQcancel(canceller->cancel, ignored, sizeof ignored);
    PQfreeCancel(canceller->cancel);
    close(canceller->done);
    tl_free(canceller);
    return NULL;
}

static void cancel_statement(struct tl_pg_link *link)
{
    int ends[2];
    pthread_t thread;
    PGcancel *cancel = tl_fault("postgres.cancel") ? NULL : PQgetCancel(link->db);

    if (!cancel || pipe(ends)) {
        PQfreeCancel(cancel);
        return;
    }
    struct canceller *canceller = tl_alloc(1, sizeof *canceller);
    *canceller = (struct canceller){ cancel, ends[1] };
    if (pthread_create(&thread, NULL, send_cancel, canceller)) {
        PQfreeCancel(cancel);
        tl_free(canceller);
        close(ends[1]);
    } else {
        pthread_detach(thread);
        struct pollfd end = { .fd = ends[0], .events = POLLIN };
        poll(&end, 1, CANCEL_MOST);
    }
    close(ends[0]);
}

void tl_pg_disconnect(struct tl_pg_link *link)
{
    if (!link->db)
        return;
    if (PQstatus(link->db) == CONNECTION_OK &&
        PQtransactionStatus(link->db) == PQTRANS_ACTIVE)
        cancel_statement(link);
    PQfinish(link->db);
    link->db = NULL;
}

/* Waits until the socket is ready. `*left`: ms of silence that are left; below 0: any. 1 ready, 0 no more left. */
static int wait_for(PGconn *db, short events, int64_t *left, struct tl_ctx *ctx)
{
    for (;;) {
        struct pollfd end = { .fd = PQsocket(db), .events = events };
        int tick = *left >= 0 && *left < TICK ? (int)*left : TICK;
        int rc = tl_ctx_check(ctx);
        if (rc)
            return rc;
        int n = poll(&end, 1, tick);
        if (n > 0 || (n < 0 && errno != EINTR))
            return 1; /* what is wrong with the socket, libpq says */
        if (n == 0 && *left >= 0 && (*left -= tick) <= 0)
            return 0;
    }
}

/* ---- connecting ---- */

static void ignore_notice(void *self, const PGresult *result)
{
    (void)self;
    (void)result;
}

/* Where libpq's verbose words name a SQLSTATE: "FATAL:  28P01: password ...". NULL: the words are libpq's own. */
static const char *find_state(const char *text)
{
    const char *found = NULL;

    for (const char *at = text; (at = strchr(at, ':'));) {
        at++;
        const char *word = at + strspn(at, " ");
        size_t n = strspn(word, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (word > at && n == 5 && word[5] == ':')
            found = word;
    }
    return found;
}

/* A line of libpq's as we say things: without who was connected to, in our quotes, from a small letter on. */
static void add_reason(struct tl_str *out, const char *line, size_t n)
{
    static const char after[] = " failed: ";
    const char *end = line + n;
    const char *failed = memmem(line, n, after, strlen(after));

    if (failed)
        line = failed + strlen(after);
    const char *copy = strndup(line, (size_t)(end - line));
    if (!copy)
        abort();
    const char *state = find_state(copy);
    const char *text = state ? state + strlen("28P01: ") : copy;
    size_t from = out->n;
    for (; *text; text++)
        tl_str_add_char(out, *text == '"' ? '\'' : *text);
    while (out->n > from &&
           (out->text[out->n - 1] == '.' || out->text[out->n - 1] == ' '))
        out->text[--out->n] = 0;
    char *first = out->text + from;
    if (out->n > from + 1 && first[0] >= 'A' && first[0] <= 'Z' && first[1] >= 'a' &&
        first[1] <= 'z')
        first[0] = (char)(first[0] - 'A' + 'a');
    free((void *)copy);
}

/* Several hosts or addresses give a line each; what follows a line, indented or named, is advice. */
static void add_reasons(struct tl_str *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        bool is_advice = *text == '\t' || *text == ' ' ||
                         strncmp(text, "LOCATION:", strlen("LOCATION:")) == 0 ||
                         strncmp(text, "DETAIL:", strlen("DETAIL:")) == 0 ||
                         strncmp(text, "HINT:", strlen("HINT:")) == 0 ||
                         strncmp(text, "Either ", strlen("Either ")) == 0;
        if (n && !is_advice) {
            struct tl_str reason = TL_STR_INIT(1024);
            add_reason(&reason, text, n);
            if (!strstr(out->text, reason.text)) {
                tl_str_add(out, out->n ? "; " : "");
                tl_str_add(out, reason.text);
            }
            tl_str_release(&reason);
        }
        text += n + (text[n] == '\n');
    }
}

struct door {
    const char *word; /* SQLSTATE, its class, or a word of libpq's */
    int code;
    const char *hint; /* NULL: none */
};

static const struct door doors_of_server[] = {
    { "28", TL_EAUTH,
      "the role, its password and the server's pg_hba.conf decide; the password is read "
      "from "
      "'password: ${NAME}', PGPASSWORD or ~/.pgpass" },
    { "3D000", TL_ENOTFOUND, "'database' names the database, not the host" },
    { "42501", TL_EREFUSE, "the role needs CONNECT on the database" },
    { "55000", TL_EREFUSE, NULL },
    { "53300", TL_EREMOTE, "the server has no connection left: fewer 'threads' help" },
    { "", TL_EREMOTE, NULL },
};
static const struct door doors_of_libpq[] = {
    { "no password supplied", TL_EAUTH,
      "give it as 'password: ${NAME}', in PGPASSWORD or in ~/.pgpass" },
    { "SSL", TL_EREFUSE,
      "'sslmode' says how much TLS is asked for; 'verify-full' needs 'sslrootcert'" },
    { "certificate", TL_EREFUSE,
      "'sslmode' says how much TLS is asked for; 'verify-full' needs 'sslrootcert'" },
    { "private key", TL_EREFUSE, "'sslkey' names the key that belongs to 'sslcert'" },
    { "definition of service", TL_ECONFIG, "services stand in ~/.pg_service.conf" },
    { "service file", TL_ECONFIG, "services stand in ~/.pg_service.conf" },
    { "invalid ", TL_ECONFIG, NULL },
    { "Connection refused", TL_EREMOTE, "does the server run, on that host and port?" },
    { "No such file", TL_EREMOTE,
      "does the server run, with its socket in that folder?" },
    { "", TL_EREMOTE, NULL },
};

static int fail_connect(struct tl_pg_link *link, struct tl_ctx *ctx)
{
    const char *text = PQerrorMessage(link->db);
    const char *state = find_state(text);
    const struct door *door = state ? doors_of_server : doors_of_libpq;
    struct tl_str reasons = TL_STR_INIT(800);

    while (state ? strncmp(state, door->word, strlen(door->word)) != 0
                 : !strstr(text, door->word))
        door++;
    if (PQconnectionNeedsPassword(link->db))
        door = doors_of_libpq;
    if (door == doors_of_libpq)
        tl_str_add(&reasons, "the server asks for a password, and none is given");
    else
        add_reasons(&reasons, text);
    if (state && strstr(text, "no encryption"))
        tl_hint(ctx, "the server may want TLS: set 'sslmode: require'");
    else if (door->hint)
        tl_hint(ctx, "%s", door->hint);
    int rc = tl_fail(ctx, door->code, "cannot connect to '%s': %s", link->where,
                     reasons.n ? reasons.text : "no reason is given");
    tl_str_release(&reasons);
    return rc;
}

static int poll_connection(struct tl_pg_link *link, int64_t timeout, struct tl_ctx *ctx)
{
    int64_t left = timeout ? timeout / 1000000 + 1 : -1;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    if (PQstatus(link->db) == CONNECTION_BAD)
        return fail_connect(link, ctx);
    while (state != PGRES_POLLING_OK) {
        int ready = wait_for(link->db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
                             &left, ctx);
        if (ready < 0)
            return ready;
        if (!ready) {
            tl_hint(ctx, "'connect_timeout' says how long to wait");
            return tl_fail(ctx, TL_EREMOTE,
                           "cannot connect to '%s': no answer within %lld ms",
                           link->where, (long long)(timeout / 1000000));
        }
        state = PQconnectPoll(link->db);
        if (state == PGRES_POLLING_FAILED)
            return fail_connect(link, ctx);
    }
    return TL_OK;
}

static const char *word_or(const char *word, const char *other)
{
    return word && *word ? word : other;
}

int tl_pg_connect(struct tl_pg_link *link, const char *const *keywords,
                  const char *const *values, int64_t timeout, struct tl_ctx *ctx)
{
    int rc = tl_ctx_check(ctx);

    if (rc)
        return rc;
    link->where = "PostgreSQL";
    link->db =
        tl_fault("postgres.connect") ? NULL : PQconnectStartParams(keywords, values, 0);
    if (!link->db)
        return tl_fail(ctx, TL_EREMOTE, "cannot connect to '%s'", link->where);
    /* Its words would go to standard error, and may hold values. */
    PQsetNoticeReceiver(link->db, ignore_notice, NULL);
    /* With it, what the server says carries its SQLSTATE, which nothing else tells of a connection that failed. */
    PQsetErrorVerbosity(link->db, PQERRORS_VERBOSE);
    link->where =
        tl_arena_printf(link->arena, "%s:%s/%s", word_or(PQhost(link->db), "localhost"),
                        word_or(PQport(link->db), "5432"), word_or(PQdb(link->db), ""));
    rc = poll_connection(link, timeout, ctx);
    if (rc) {
        PQfinish(link->db);
        link->db = NULL;
        return rc;
    }
    PQsetErrorVerbosity(link->db, PQERRORS_DEFAULT);
    PQsetnonblocking(link->db, 1);
    return TL_OK;
}

/* ---- failures ---- */

static void set_state(struct tl_pg_link *link, const char *state)
{
    snprintf(link->state, sizeof link->state, "%s", state ? state : "");
}

bool tl_pg_failed_of(const struct tl_pg_link *link, const char *state)
{
    return strcmp(link->state, state) == 0;
}

/* untranslatable_character, character_not_in_repertoire */
bool tl_pg_failed_to_convert(const struct tl_pg_link *link)
{
    return tl_pg_failed_of(link, "22P05") || tl_pg_failed_of(link, "22021");
}

static int fail_lost(struct tl_pg_link *link, const char *state, struct tl_ctx *ctx)
{
    set_state(link, state ? state : "08006");
    if (link->db)
        PQfinish(link->db);
    link->db = NULL;
    if (state)
        return tl_fail(ctx, TL_EREMOTE, "the server ended the connection to '%s' (%s)",
                       link->where, state);
    return tl_fail(ctx, TL_EREMOTE, "the connection to '%s' was lost", link->where);
}

struct reason {
    const char *state; /* SQLSTATE or its class: the first that fits counts */
    int code;
    const char *text; /* ours; NULL: the server's, where they may be used */
    const char *hint; /* NULL: none */
};

/* https://www.postgresql.org/docs/current/errcodes-appendix.html */
static const struct reason reasons[] = {
    { "42501", TL_EREFUSE, NULL,
      "grant what is missing ('grant select', 'grant usage on schema'), or leave it out "
      "with "
      "'exclude'" },
    { "42", TL_ESOURCE, NULL, NULL },
    { "XX", TL_ESOURCE, NULL, NULL },
    { "55P03", TL_EREMOTE, "somebody else holds it locked",
      "try again later, or raise 'lock_timeout'" },
    { "55000", TL_ESOURCE, "it is not ready to be read",
      "a materialized view may want 'refresh materialized view'" },
    { "40", TL_EREMOTE, "the server gave it up for the sake of others", NULL },
    { "53", TL_EREMOTE, "the server is short of memory, room or connections", NULL },
    { "57", TL_EREMOTE, "the server is being stopped", NULL },
    { "58", TL_EREMOTE, "the server could not read its files", NULL },
    { "08", TL_EREMOTE, "the server could not reach another one", NULL },
    { "HV", TL_EREMOTE, "the server could not read a foreign table", NULL },
    { "25006", TL_EREFUSE, "reading it would write", NULL },
    { "22P05", TL_ESOURCE, "a text cannot be converted to UTF-8", NULL },
    { "22021", TL_ESOURCE, "a text is not in the encoding it should be in", NULL },
    { "22", TL_ESOURCE, "a value of it cannot be computed", NULL },
    { "23", TL_ESOURCE, "a value of it is against the rules", NULL },
    { "54", TL_ELIMIT, "it is too large for the server", NULL },
    { "0A", TL_ESOURCE, "the server cannot do that", NULL },
    { "2F", TL_ESOURCE, "a function of it failed", NULL },
    { "38", TL_ESOURCE, "a function of it failed", NULL },
    { "39", TL_ESOURCE, "a function of it failed", NULL },
    { "P0", TL_ESOURCE, "a function of it failed", NULL },
    { "", TL_ESOURCE, "the server refused", NULL },
};

/*
 * Class 42 speaks of the schema where it points at a place of the statement, which is ours, or refuses a right. Without, it may quote
 * values: dynamic SQL is made of them (such failures come with a context), and a text can be cast to the table it names.
 */
static const char *words_of(const PGresult *result, const char *state, bool is_catalogue)
{
    bool is_of_function = PQresultErrorField(result, PG_DIAG_CONTEXT) != NULL;
    bool has_place = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) != NULL;
    bool is_of_schema = strcmp(state, "42501") == 0 ||
                        (strncmp(state, "42", 2) == 0 && (has_place || is_catalogue)) ||
                        (strncmp(state, "XX", 2) == 0 && is_catalogue);
    const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    return is_of_schema && !is_of_function && words && *words ? words : NULL;
}

static int fail_slow(const struct tl_pg_link *link, const char *what, struct tl_ctx *ctx)
{
    if (!link->slow_after)
        return tl_fail(ctx, TL_ELIMIT, "%s: somebody cancelled it over there (57014)",
                       what);
    tl_hint(ctx, "raise '%s', or leave it out with 'exclude'", link->slow_option);
    return tl_fail(ctx, TL_ELIMIT, "%s: it took longer than %lld ms", what,
                   (long long)(link->slow_after / 1000000));
}

int tl_pg_refused(struct tl_pg_link *link, const PGresult *result, bool is_catalogue,
                  const char *what, struct tl_ctx *ctx)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const struct reason *reason = reasons;
    struct tl_str text = TL_STR_INIT(300);

    state = state ? state : "";
    set_state(link, state);
    if (strcmp(state, "57014") == 0)
        return fail_slow(link, what, ctx);
    while (strncmp(state, reason->state, strlen(reason->state)) != 0)
        reason++;
    const char *words = reason->text ? NULL : words_of(result, state, is_catalogue);
    for (const char *at = words; at && *at; at++)
        tl_str_add_char(&text, *at == '"' ? '\'' : *at);
    if (!text.n)
        tl_str_add(&text, reason->text                   ? reason->text
                          : strcmp(state, "42501") == 0  ? "permission denied"
                          : strncmp(state, "42", 2) == 0 ? "it does not fit the schema"
                                                         : "the server failed");
    if (reason->hint)
        tl_hint(ctx, "%s", reason->hint);
    int rc = tl_fail(ctx, reason->code, "%s: %s (%s)", what, text.text, state);
    tl_str_release(&text);
    return rc;
}

/* ---- asking and hearing ---- */

int tl_pg_fail_send(struct tl_pg_link *link, struct tl_ctx *ctx)
{
    return fail_lost(link, NULL, ctx);
}

int tl_pg_flush(struct tl_pg_link *link, struct tl_ctx *ctx)
{
    return PQflush(link->db) < 0 ? fail_lost(link, NULL, ctx) : TL_OK;
}

int tl_pg_send(struct tl_pg_link *link, const char *sql, const char *const *parameters,
               int n, struct tl_ctx *ctx)
{
    enum { BINARY = 1 };
    int rc = tl_ctx_check(ctx);

    if (rc)
        return rc;
    if (tl_fault("postgres.send") ||
        !PQsendQueryParams(link->db, sql, n, NULL, parameters, NULL, NULL, BINARY))
        return fail_lost(link, NULL, ctx);
    if (PQpipelineStatus(link->db) == PQ_PIPELINE_OFF)
        PQsetSingleRowMode(link->db);
    return TL_OK;
}

static int wait_for_result(struct tl_pg_link *link, struct tl_ctx *ctx)
{
    int64_t patience = link->slow_after ? link->slow_after / 1000000 + GRACE : -1;
    int64_t left = patience;

    while (PQisBusy(link->db)) {
        int unsent = PQflush(link->db);
        if (unsent < 0)
            return fail_lost(link, NULL, ctx);
        int ready =
            wait_for(link->db, (short)(POLLIN | (unsent ? POLLOUT : 0)), &left, ctx);
        if (ready > 0 && !PQconsumeInput(link->db))
            return fail_lost(link, NULL, ctx);
        if (ready > 0) {
            left = patience;
            continue;
        }
        tl_pg_disconnect(link);
        return ready < 0 ? ready
                         : tl_fail(ctx, TL_EREMOTE, "'%s' has not answered for %lld ms",
                                   link->where, (long long)patience);
    }
    return TL_OK;
}

static bool is_fatal(const PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);

    return severity && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

int tl_pg_next(PGresult **out, struct tl_pg_link *link, struct tl_ctx *ctx)
{
    *out = NULL;
    int rc = ++link->n_results % LOOK_EVERY ? TL_OK : tl_ctx_check(ctx);
    if (rc) {
        tl_pg_disconnect(link);
        return rc;
    }
    rc = wait_for_result(link, ctx);
    if (rc)
        return rc;
    PGresult *result = PQgetResult(link->db);
    ExecStatusType status = PQresultStatus(result);
    bool is_end = result && status != PGRES_SINGLE_TUPLE && status != PGRES_PIPELINE_SYNC;
    char state[6] = "";
    if (status == PGRES_FATAL_ERROR && is_fatal(result))
        snprintf(state, sizeof state, "%s",
                 word_or(PQresultErrorField(result, PG_DIAG_SQLSTATE), ""));
    if (PQstatus(link->db) == CONNECTION_BAD || *state ||
        (is_end && tl_fault("postgres.read"))) {
        PQclear(result);
        return fail_lost(link, *state ? state : NULL, ctx);
    }
    *out = result;
    return TL_OK;
}

/* Hears a statement out whose rows do not matter. */
static int hear_out(struct tl_pg_link *link, const char *what, struct tl_ctx *ctx)
{
    PGresult *result;
    int refused = TL_OK;
    int rc;

    while ((rc = tl_pg_next(&result, link, ctx)) == TL_OK && result) {
        if (PQresultStatus(result) == PGRES_FATAL_ERROR && !refused)
            refused = tl_pg_refused(link, result, true, what, ctx);
        PQclear(result);
    }
    return rc ? rc : refused;
}

int tl_pg_run(struct tl_pg_link *link, const char *sql, const char *what,
              struct tl_ctx *ctx)
{
    int rc = tl_ctx_check(ctx);

    if (rc)
        return rc;
    if (tl_fault("postgres.send") || !PQsendQuery(link->db, sql))
        return fail_lost(link, NULL, ctx);
    return hear_out(link, what, ctx);
}

int tl_pg_prepare(struct tl_pg_link *link, const char *name, const char *sql,
                  struct tl_ctx *ctx)
{
    int rc = tl_ctx_check(ctx);

    if (rc)
        return rc;
    if (tl_fault("postgres.send") || !PQsendPrepare(link->db, name, sql, 0, NULL))
        return fail_lost(link, NULL, ctx);
    return hear_out(link, "cannot set up the connection", ctx);
}

/* ---- SQL texts ---- */

void tl_pg_add_name(struct tl_str *out, const char *name)
{
    tl_str_add_char(out, '"');
    for (; *name; name++) {
        if (*name == '"')
            tl_str_add_char(out, '"');
        tl_str_add_char(out, *name);
    }
    tl_str_add_char(out, '"');
}

/* The form with E means the same whatever standard_conforming_strings says. */
void tl_pg_add_literal(struct tl_str *out, const char *text)
{
    tl_str_add(out, strchr(text, '\\') ? "E'" : "'");
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            tl_str_add_char(out, *text);
        tl_str_add_char(out, *text);
    }
    tl_str_add_char(out, '\'');
}

/* ---- values in binary form ---- */

static uint32_t load32(const char *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return ntohl(value);
}

uint32_t tl_pg_u32(const PGresult *result, int column)
{
    return PQgetlength(result, 0, column) == 4 ? load32(PQgetvalue(result, 0, column))
                                               : 0;
}

int64_t tl_pg_i64(const PGresult *result, int column)
{
    const char *bytes = PQgetvalue(result, 0, column);

    if (PQgetlength(result, 0, column) != 8)
        return 0;
    return (int64_t)((uint64_t)load32(bytes) << 32 | load32(bytes + 4));
}

bool tl_pg_bool(const PGresult *result, int column)
{
    return tl_pg_char(result, column) != 0;
}

char tl_pg_char(const PGresult *result, int column)
{
    return PQgetlength(result, 0, column) == 1 ? *PQgetvalue(result, 0, column) : 0;
}

int16_t tl_pg_i16(const PGresult *result, int column)
{
    uint16_t value = 0;

    if (PQgetlength(result, 0, column) == 2)
        memcpy(&value, PQgetvalue(result, 0, column), sizeof value);
    return (int16_t)ntohs(value);
}

float tl_pg_float(const PGresult *result, int column)
{
    uint32_t bits = tl_pg_u32(result, column);
    float value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * An array in binary form (src/backend/utils/adt/arrayfuncs.c, array_send): dimensions, flags and type, then length and lower bound
 * of each dimension, then each element's length and bytes.
 */
unsigned tl_pg_numbers(int16_t *out, unsigned most, const PGresult *result, int column)
{
    enum { HEAD = 20, ELEMENT = 6 };
    const char *bytes = PQgetvalue(result, 0, column);
    int n = PQgetlength(result, 0, column);

    if (n < HEAD || load32(bytes) != 1)
        return 0;
    uint32_t length = load32(bytes + 12);
    if (length > (uint32_t)(n - HEAD) / ELEMENT)
        return 0;
    for (uint32_t i = 0; i < length && i < most; i++) {
        uint16_t value;
        memcpy(&value, bytes + HEAD + i * ELEMENT + 4, sizeof value);
        out[i] = (int16_t)ntohs(value);
    }
    return length;
}
