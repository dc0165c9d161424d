/*
 * SQL to edges: any bytes, and SQL that a grammar makes of them, in the dialect that the first byte names. Edges point to tables that
 * there are and to places of the text, only values have effects, nothing leads to or from a temporary table, no literal leaves, and
 * the same text gives the same again.
 */
#include "base/ctx.h"
#include "lineage/sql/sql.h"
#include "tests/fuzz/sql_sound.h"

#define MUST(claim) ((claim) ? (void)0 : abort())

static const char ddl[] =
    "create table t (id int, a text, b text, v int); create table s.u (id int, a text, "
    "c text); create table w (d int, e text)";

/* What a letter may stand for. Lower-case letters behind a % are expanded again, all else stands for itself. */
static const struct {
    char letter;
    const char *forms[24];
} grammar[] = {
    { 'x', /* a text */
      { "%s", "%s; %s", "%s; %s; %s", "create temp table y as %q; %s; %s" } },
    { 's', /* a statement */
      { "%q", "create view v as %q", "create table x (a, b) as %q", "insert into t %q",
        "insert into w (d, e) %q", "insert into y %q",
        "update t set a = %e, b = %e from %f where %c", "delete from t using %f where %c",
        "create temp table y as %q", "select * from y", "drop table y",
        "alter table t rename column a to z", "alter table y rename to t",
        "insert into t (id, a) %q on conflict (id) do update set a = excluded.a, b = %e",
        "with d as (delete from t where %c returning *) insert into w select id, a from "
        "d",
        "merge into t using s.u on %c when matched then update set a = %e when not "
        "matched then "
        "insert (id) values (%e)" } },
    { 'q', /* a query */
      { "select %i from %f", "select %i from %f where %c",
        "select %i from %f group by %e", "select %i, %i from %f order by %e",
        "with k as (%q) select %i from k, %f",
        "with k (m, n) as (%q) select m from k where %c", "%q union all %q",
        "%q except %q",
        "with recursive r as (select id, a from t union all select %e, %e from r join t "
        "using "
        "(id)) select %i from r",
        "select distinct on (%e) %i from %f", "values (%e, %e)",
        "select %i from %f window n as (partition by %e order by %e)", "select %i",
        "(%q order by 1 limit 3)", "table t",
        "select %i from %f group by rollup (%e, 1)" } },
    { 'f', /* from items */
      { "t",
        "s.u",
        "w",
        "nowhere",
        "t as o",
        "t, s.u",
        "t join s.u using (id)",
        "%f",
        "t natural join s.u",
        "(%q) p",
        "t left join w on %c",
        "(%q) as p (m, n)",
        "t, lateral (%q) l",
        "unnest(array[%e]) g",
        "t, f(a) g",
        "t full join s.u using (id, a)",
        "k",
        "y",
        "r",
        "t o cross join t",
        "(t join w on %c) as j",
        "g(%e) as z (a, m)" } },
    { 'i', /* items */
      { "%e", "*", "t.*", "%e as m, %e as n", "a, b", "%e as a", "sum(v), %e", "p.*",
        "id", "count(*) filter (where %c)",
        "rank() over (partition by %e order by %e) as n", "sum(v) over n",
        "string_agg(a, ',' order by %e)" } },
    { 'e', /* an expression */
      { "a",
        "id",
        "t.a",
        "v",
        "%e",
        "%e || %e",
        "'secret'",
        "lower(%e)",
        "md5(%e || 'secret')",
        "case when %c then %e else %e end",
        "(select %e from %f)",
        "coalesce(%e, 'secret')",
        "max(%e)",
        "u.c",
        "o.b",
        "m",
        "p.n",
        "unknown(%e, 7)",
        "%e::text",
        "substr(%e, 1, 2)",
        "t",
        "(t).b",
        "array(%q)" } },
    { 'c', /* a condition */
      { "%e = %e", "%e = 'secret'", "%c and %c", "%e in (%e, 1)", "%e in (%q)",
        "exists (%q)", "%e is null", "not %c", "%e > any (%q)", "%e between %e and %e",
        "true" } },
};

struct maker {
    const uint8_t *bytes;
    size_t n, at;
    struct tl_str text;
    unsigned depth;
};

static unsigned choose(struct maker *m, unsigned n)
{
    return m->at < m->n && m->depth < 12 ? m->bytes[m->at++] % n : 0;
}

static void expand(struct maker *m, char letter)
{
    const char *const *forms = NULL;
    unsigned n = 0;

    for (size_t i = 0; i < sizeof grammar / sizeof *grammar; i++)
        if (grammar[i].letter == letter)
            forms = grammar[i].forms;
    while (n < 24 && forms[n])
        n++;
    /* The first forms hold nothing that is expanded again, or a query of columns: where it ends. */
    const char *form = forms[choose(m, n)];
    m->depth++;
    for (const char *c = form; *c && m->text.n < 60000; c++) {
        if (*c == '%' && m->depth < 40)
            expand(m, *++c);
        else
            tl_str_add_char(&m->text, *c);
    }
    m->depth--;
}

/* No literal leaves; of any bytes nobody can say what is one. */
static uint64_t check_result(const struct tl_sql_result *result, const char *text,
                             size_t n, bool may_name_secrets)
{
    for (uint32_t i = 0; i < result->n_problems; i++)
        MUST(may_name_secrets || !strstr(result->problems[i].what, "secret"));
    return sound_result(result, text, n);
}

static void try_text(int dialect, const char *text, size_t n, bool may_name_secrets)
{
    static struct tl_sql *opened[TL_SQL_DIALECTS]; /* kept: no text may change them */
    struct tl_run run = { 0 };
    struct tl_sql_result result;
    struct tl_ctx ctx;
    uint64_t sums[2];

    tl_ctx_init(&ctx, &run);
    if (!opened[dialect]) {
        opened[dialect] = tl_sql_open((enum tl_sql_dialect)dialect);
        MUST(tl_sql_learn(NULL, opened[dialect], ddl, strlen(ddl), &ctx) == TL_OK);
    }
    for (int again = 0; again < 2; again++) {
        MUST(tl_sql_lineage(&result, opened[dialect], text, n, &ctx) == TL_OK);
        sums[again] = check_result(&result, text, n, may_name_secrets);
    }
    MUST(sums[0] == sums[1]);
    MUST(tl_sql_lineage(&result, opened[dialect], "select a from t", 15, &ctx) == TL_OK);
    MUST(result.n_edges == 1 && result.edges[0].confidence == 1000);
    tl_ctx_release(&ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    int dialect = n ? bytes[0] % TL_SQL_DIALECTS : TL_SQL_POSTGRES;
    struct maker maker = {
        .bytes = bytes, .n = n, .at = 1, .text = TL_STR_INIT(1 << 20)
    };

    size_t skip = n && bytes[0] < TL_SQL_DIALECTS; /* a dialect's number is no text */

    try_text(dialect, (const char *)bytes + skip, n - skip, true);
    if (n > 1 && n < 4000) {
        expand(&maker, 'x');
        char *exact = tl_alloc(maker.text.n + 1, 1);
        memcpy(exact, maker.text.text, maker.text.n);
        try_text(dialect, exact, maker.text.n, false);
        tl_free(exact);
    }
    tl_str_release(&maker.text);
    return 0;
}
