/*
 * PostgreSQL: connects as libpq's users know it (service files, .pgpass, PGHOST and the rest of the environment), reads and never
 * writes. Whose functions a view may call, nobody knows: every transaction is read-only.
 */
#include "connectors/warehouse/postgres_parts.h"

#include "base/ctx.h"

/* ---- settings of libpq ---- */

static void add_setting(struct tl_pg *conn, const char *keyword, const char *value)
{
    if (!value)
        return;
    tl_vec_push(&conn->keywords, tl_arena_strdup(conn->arena, keyword));
    tl_vec_push(&conn->values, tl_arena_strdup(conn->arena, value));
}

/* libpq's words about what it cannot read may quote a part of a password, so they are not used. */
static int take_conninfo(struct tl_pg *conn, const char *conninfo, struct tl_ctx *ctx)
{
    char *words = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &words);
    bool has_password = false;

    PQfreemem(words);
    if (!options) {
        tl_hint(ctx,
                "it is 'keyword=value ...' or 'postgresql://host:port/database?keyword="
                "value', with the keywords of libpq");
        return tl_fail(ctx, TL_ECONFIG, "'conninfo' cannot be read");
    }
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        bool is_secret = strcmp(option->keyword, "password") == 0 ||
                         strcmp(option->keyword, "sslpassword") == 0;
        has_password |= is_secret && option->val;
        if (!is_secret)
            add_setting(conn, option->keyword, option->val);
    }
    PQconninfoFree(options);
    if (!has_password)
        return TL_OK;
    tl_hint(ctx,
            "write 'password: ${NAME}', with NAME in the environment, or use ~/.pgpass");
    return tl_fail(ctx, TL_ECONFIG, "'conninfo' holds a password");
}

static int check_sslmode(const char *mode, struct tl_ctx *ctx)
{
    static const char *const modes[] = { "disable", "allow",     "prefer",
                                         "require", "verify-ca", "verify-full" };
    size_t n = sizeof modes / sizeof *modes;

    for (size_t i = 0; i < n; i++)
        if (!mode || strcmp(mode, modes[i]) == 0)
            return TL_OK;
    const char *nearest = tl_nearest(mode, modes, n);
    if (nearest)
        tl_hint(ctx, "did you mean '%s'?", nearest);
    else
        tl_hint(ctx, "one of disable, allow, prefer, require, verify-ca, verify-full");
    return tl_fail(ctx, TL_ECONFIG, "'sslmode' is '%s', which libpq does not know", mode);
}

static int take_settings(struct tl_pg *conn, struct tl_ctx *ctx)
{
    const struct tl_pg_config *config = &conn->config;
    int rc = check_sslmode(config->sslmode, ctx);

    if (!rc && config->port > 65535)
        rc = tl_fail(ctx, TL_ECONFIG, "'port' is %lld, beyond 65535",
                     (long long)config->port);
    if (!rc && config->conninfo)
        rc = take_conninfo(conn, config->conninfo, ctx);
    if (rc)
        return rc;
    const struct {
        const char *keyword, *value;
    } settings[] = {
        { "service", config->service },
        { "host", config->host },
        { "user", config->user },
        { "password", config->password },
        { "passfile", config->passfile },
        { "dbname", config->database },
        { "sslmode", config->sslmode },
        { "sslrootcert", config->sslrootcert },
        { "sslcert", config->sslcert },
        { "sslkey", config->sslkey },
        { "application_name", config->application_name },
        { "client_encoding", "UTF8" },
    };
    /* libpq takes the last of several. */
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        add_setting(conn, settings[i].keyword, settings[i].value);
    if (config->port)
        add_setting(conn, "port",
                    tl_arena_printf(conn->arena, "%lld", (long long)config->port));
    tl_vec_push(&conn->keywords, NULL);
    tl_vec_push(&conn->values, NULL);
    return TL_OK;
}

/* ---- connections ---- */

static void pg_close(void *self)
{
    struct tl_pg *conn = self;

    if (!conn)
        return;
    tl_pg_samples_release(conn);
    tl_pg_disconnect(&conn->link);
    tl_vec_release(&conn->keywords);
    tl_vec_release(&conn->values);
    tl_arena_close(conn->arena);
    tl_free(conn);
}

/* Connects later: what is wrong with the settings shows here, what is wrong with the server when it is asked. */
static int pg_open(void **out, const void *config, struct tl_ctx *ctx)
{
    struct tl_pg *conn = tl_alloc(1, sizeof *conn);

    *out = NULL;
    conn->config = *(const struct tl_pg_config *)config;
    conn->arena = tl_arena_open();
    conn->link.arena = conn->arena;
    int rc = take_settings(conn, ctx);
    /* The caller's memory; what is needed of it stands among the values. */
    conn->config = (struct tl_pg_config){
        .connect_timeout = conn->config.connect_timeout,
        .statement_timeout = conn->config.statement_timeout,
        .sample_timeout = conn->config.sample_timeout,
        .lock_timeout = conn->config.lock_timeout,
    };
    if (rc)
        pg_close(conn);
    else
        *out = conn;
    return rc;
}

/* Being let in is the proof; where we are in already, that the server still answers. */
static int pg_check(void *self, struct tl_ctx *ctx)
{
    struct tl_pg *conn = self;

    if (!conn->link.db)
        return tl_pg_enter(conn, ctx);
    int rc = tl_pg_samples_end(conn, ctx);
    if (!rc)
        rc = tl_pg_enter(conn, ctx);
    return rc ? rc
              : tl_pg_run(&conn->link, "select 1", "the server does not answer", ctx);
}

#define AT(field) offsetof(struct tl_pg_config, field)
static const struct tl_option pg_options[] = {
    { "service", TL_KIND_TEXT, AT(service), NULL, "entry of a service file of libpq",
      NULL, NULL, 0 },
    { "host", TL_KIND_TEXT, AT(host), NULL,
      "host, or folder of the server's socket; without it, what psql would take", NULL,
      NULL, 0 },
    { "port", TL_KIND_COUNT, AT(port), NULL, "port; without it, what psql would take",
      NULL, NULL, 0 },
    { "user", TL_KIND_TEXT, AT(user), NULL, "role to sign in as", NULL, NULL, 0 },
    { "password", TL_KIND_SECRET, AT(password), NULL,
      "its password, where ~/.pgpass does not have it", NULL, NULL, 0 },
    { "passfile", TL_KIND_TEXT, AT(passfile), NULL, "file like ~/.pgpass", NULL, "FILE",
      0 },
    { "database", TL_KIND_TEXT, AT(database), NULL, "database to read", NULL, NULL, 0 },
    { "sslmode", TL_KIND_TEXT, AT(sslmode), NULL,
      "disable, allow, prefer, require, verify-ca or verify-full, as libpq has them",
      NULL, NULL, 0 },
    { "sslrootcert", TL_KIND_TEXT, AT(sslrootcert), NULL,
      "certificates that the server's must come from", NULL, "FILE", 0 },
    { "sslcert", TL_KIND_TEXT, AT(sslcert), NULL, "our own certificate", NULL, "FILE",
      0 },
    { "sslkey", TL_KIND_TEXT, AT(sslkey), NULL, "the key of our certificate", NULL,
      "FILE", 0 },
    { "conninfo", TL_KIND_TEXT, AT(conninfo), NULL,
      "what else libpq understands, as keyword=value or URI, without a password", NULL,
      NULL, 0 },
    { "connect_timeout", TL_KIND_DURATION, AT(connect_timeout), "10s",
      "how long connecting may take", NULL, NULL, 0 },
    { "statement_timeout", TL_KIND_DURATION, AT(statement_timeout), "60s",
      "how long a query of the catalogue may take; 0s for no limit", NULL, NULL, 0 },
    { "sample_timeout", TL_KIND_DURATION, AT(sample_timeout), "10s",
      "how long sampling one table or view may take; 0s for no limit", NULL, NULL, 0 },
    { "lock_timeout", TL_KIND_DURATION, AT(lock_timeout), "2s",
      "how long to wait for a table that somebody else has locked; 0s for no limit", NULL,
      NULL, 0 },
    { "application_name", TL_KIND_TEXT, AT(application_name), "tagline",
      "what the server's administrators see", NULL, NULL, 0 },
    { 0 },
};

static const char *const pg_paths[] = { "passfile", "sslrootcert", "sslcert", "sslkey",
                                        NULL };

static const struct tl_source_ops pg_source = {
    .gives = TL_GIVES_SCHEMA | TL_GIVES_SAMPLES,
    .pull = tl_pg_pull,
    .sample = tl_pg_sample,
    .ahead = tl_pg_ahead,
};

const struct tl_connector tl_connector_postgres = {
    .name = "postgres",
    .summary = "reads schemas, view SQL and samples from a PostgreSQL database",
    .platform = "postgres",
    .options = pg_options,
    .config_size = sizeof(struct tl_pg_config),
    .paths = pg_paths,
    .open = pg_open,
    .check = pg_check,
    .close = pg_close,
    .source = &pg_source,
};
