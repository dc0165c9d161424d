/*
 * What a connection is told before anything is asked of it.
 */
#include "connectors/warehouse/postgres_parts.h"

#include "base/ctx.h"

#include <limits.h>

/*
 * Values read the same whatever the role or the database has set, rows come in the same order (no parallel workers, no scan that joins
 * somebody else's half-way), and nothing can be written. Settings that the server does not have are left out.
 */
static void add_session(struct tl_str *sql, const struct tl_pg_config *config)
{
    static const char *const settings[][2] = {
        { "default_transaction_read_only", "on" },
        { "client_min_messages", "error" },
        { "DateStyle", "ISO" },
        { "IntervalStyle", "postgres" },
        { "TimeZone", "UTC" },
        { "extra_float_digits", "1" },
        { "synchronize_seqscans", "off" },
        { "max_parallel_workers_per_gather", "0" },
        { "jit", "off" },
    };

    tl_str_add(sql, "select pg_catalog.set_config(s.name, v.value, false) from "
                    "pg_catalog.pg_settings s join (values ");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        tl_str_addf(sql, "('%s', '%s'), ", settings[i][0], settings[i][1]);
    tl_str_addf(sql,
                "('lock_timeout', '%d'), ('statement_timeout', '%d')) v(name, value) on "
                "s.name = v.name",
                tl_pg_ms(config->lock_timeout), tl_pg_ms(config->statement_timeout));
}

int tl_pg_ms(int64_t ns)
{
    int64_t ms = ns / 1000000 + (ns % 1000000 != 0);

    return ms > INT_MAX ? INT_MAX : (int)ms;
}

int tl_pg_enter(struct tl_pg *conn, struct tl_ctx *ctx)
{
    struct tl_str sql = TL_STR_INIT(TL_STR_MOST);

    if (conn->link.db)
        return tl_ctx_check(ctx);
    conn->has_guard = false;
    conn->link.slow_option = "statement_timeout";
    conn->link.slow_after = conn->config.statement_timeout;
    int rc = tl_pg_connect(&conn->link, conn->keywords.items, conn->values.items,
                           conn->config.connect_timeout, ctx);
    if (rc)
        return rc;
    add_session(&sql, &conn->config);
    rc = tl_pg_run(&conn->link, sql.text, "cannot set up the connection", ctx);
    tl_str_release(&sql);
    if (rc)
        tl_pg_disconnect(&conn->link);
    return rc;
}
