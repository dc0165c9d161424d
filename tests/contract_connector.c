#include "tests/contract_connector.h"

#include "base/say.h"

#include "base/fault.h"
#include "tests/pg.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <unistd.h>

/* ---- probes ---- */

static struct tl_arena *words;

static void forget_words(void)
{
    tl_arena_close(words);
}

static struct tl_arena *words_arena(void)
{
    if (!words) {
        words = tl_arena_open();
        atexit(forget_words);
    }
    return words;
}

const char *probe_words(const char *format, ...)
{
    va_list arguments;
    char text[4096];

    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof text)
        abort();
    return tl_arena_dup(words_arena(), text, (size_t)n);
}

const char *probe_file(const char *folder, const char *name, const void *bytes, size_t n)
{
    const char *path = probe_words("%s/%s", folder, name);
    FILE *file = fopen(path, "wb");

    if (!file || fwrite(bytes, 1, n, file) != n || fclose(file))
        abort();
    return path;
}

const char *probe_sqlite(const char *folder, const char *name, const char *sql)
{
    const char *path = probe_words("%s/%s", folder, name);
    sqlite3 *db = NULL;
    char *message = NULL;

    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    if (!CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, &message), SQLITE_OK))
        printf("    %s\n", message);
    sqlite3_free(message);
    sqlite3_close(db);
    return path;
}

int probe_open(struct probe *p, const struct tl_connector *connector, const char *yaml)
{
    struct tl_yaml parsed = { 0 };

    *p = (struct probe){ .connector = connector };
    tl_test_ctx_init(&p->ctx);
    tl_str_init(&p->text, TL_STR_MOST);
    tl_snapshot_init(&p->snapshot);
    p->config = tl_alloc(1, connector->config_size);
    int rc = tl_option_defaults(p->config, connector->options, &p->ctx);
    if (!rc)
        rc = tl_yaml_parse(&parsed, yaml, strlen(yaml), "config", &p->ctx);
    if (!rc)
        rc = tl_option_from_yaml(p->config, connector->options, &parsed, parsed.root,
                                 NULL, &p->ctx);
    tl_yaml_release(&parsed);
    return rc ? rc : connector->open(&p->conn, p->config, &p->ctx);
}

void probe_close(struct probe *p)
{
    p->connector->close(p->conn);
    tl_free(p->config);
    tl_snapshot_release(&p->snapshot);
    tl_str_release(&p->text);
    tl_test_ctx_release(&p->ctx);
}

int probe_pull(struct probe *p)
{
    tl_snapshot_release(&p->snapshot);
    tl_snapshot_init(&p->snapshot);
    tl_snapshot_add_source(&p->snapshot, "src", p->connector->name,
                           p->connector->platform);
    return p->connector->source->pull(&p->snapshot, p->conn, &p->scope, &p->ctx);
}

void probe_read(struct probe *p, const struct tl_connector *connector, const char *yaml)
{
    CHECK_OK(probe_open(p, connector, yaml), &p->ctx);
    CHECK_OK(p->conn ? probe_pull(p) : TL_EINTERNAL, &p->ctx);
}

static int sample_at(struct probe *p, uint32_t i, uint32_t rows)
{
    struct tl_sample_spec spec = { .rows = rows, .value_bytes = 256, .seed = 7 };

    p->sample = (struct tl_sample){ 0 };
    return p->connector->source->sample(&p->sample, p->conn, &p->snapshot,
                                        (struct tl_dataset_id){ i }, &spec, &p->ctx);
}

const char *probe_said(struct probe *p)
{
    char *heard = NULL;
    size_t n = 0;
    struct tl_say say = { .words = open_memstream(&heard, &n), .results = stdout };

    p->ctx.say = &say;
    CHECK_OK(probe_pull(p), &p->ctx);
    for (uint32_t i = 0; i < p->snapshot.datasets.n; i++)
        CHECK_OK(sample_at(p, i, 1000), &p->ctx);
    p->ctx.say = NULL;
    fclose(say.words);
    const char *said = probe_words("%s", heard);
    free(heard);
    return said;
}

const char *probe_text(const struct probe *p, struct tl_text text)
{
    return tl_snapshot_text(&p->snapshot, text);
}

int probe_find(const struct probe *p, const char *name)
{
    for (uint32_t i = 0; i < p->snapshot.datasets.n; i++) {
        struct tl_key key = tl_snapshot_key(&p->snapshot, (struct tl_dataset_id){ i });
        if (strcmp(key.dataset, name) == 0)
            return (int)i;
        if (key.database &&
            strcmp(probe_words("%s/%s", key.database, key.dataset), name) == 0)
            return (int)i;
    }
    return -1;
}

const struct tl_dataset *probe_dataset(const struct probe *p, const char *name)
{
    static const struct tl_dataset none;
    int i = probe_find(p, name);

    return CHECK(i >= 0) ? &p->snapshot.datasets.items[i] : &none;
}

const struct tl_column *probe_column(const struct probe *p, const char *dataset,
                                     const char *column)
{
    static const struct tl_column none;
    const struct tl_dataset *of = probe_dataset(p, dataset);

    for (uint32_t i = 0; i < of->n_columns; i++)
        if (strcmp(probe_text(p, p->snapshot.columns.items[of->first_column + i].path),
                   column) == 0)
            return &p->snapshot.columns.items[of->first_column + i];
    CHECK(!"the column is there");
    return &none;
}

void probe_sample(struct probe *p, const char *dataset, uint32_t rows)
{
    int i = probe_find(p, dataset);

    CHECK(i >= 0);
    if (i >= 0)
        CHECK_OK(sample_at(p, (uint32_t)i, rows), &p->ctx);
}

static void add_values(struct tl_str *out, const struct tl_sample *sample,
                       uint32_t column)
{
    for (uint32_t r = 0; r < sample->n_rows; r++) {
        const struct tl_value *value =
            &sample->values[(size_t)column * sample->n_rows + r];
        if (value->bytes)
            tl_str_add_bytes(out, value->bytes, value->n);
        else
            tl_str_add(out, "NULL");
        tl_str_add(out, value->is_cut ? "...|" : "|");
    }
}

const char *probe_values(struct probe *p, const char *dataset, const char *column)
{
    const struct tl_dataset *of = probe_dataset(p, dataset);
    const struct tl_column *which = probe_column(p, dataset, column);

    tl_str_clear(&p->text);
    if (of->n_columns && which->ordinal)
        add_values(&p->text, &p->sample,
                   (uint32_t)(which - &p->snapshot.columns.items[of->first_column]));
    return p->text.text;
}

static void add_shown(struct tl_str *out, const struct probe *p, struct tl_text text)
{
    size_t n = 0;
    const char *bytes = tl_text_get(p->snapshot.texts, text, &n);

    tl_str_add_shown(out, bytes ? bytes : "-", bytes ? n : 1);
    tl_str_add_char(out, ' ');
}

static void add_dataset(struct tl_str *out, const struct probe *p,
                        const struct tl_dataset *dataset)
{
    tl_str_addf(out, "%s rows=%lld ", tl_dataset_kind_word(dataset->kind),
                (long long)dataset->rows);
    add_shown(out, p, dataset->database);
    add_shown(out, p, dataset->schema);
    add_shown(out, p, dataset->name);
    add_shown(out, p, dataset->comment);
    add_shown(out, p, dataset->view_sql);
    tl_str_add_char(out, '\n');
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        const struct tl_column *column =
            &p->snapshot.columns.items[dataset->first_column + i];
        tl_str_addf(out, "  %u ", column->ordinal);
        add_shown(out, p, column->path);
        add_shown(out, p, column->native_type);
        add_shown(out, p, column->comment);
        tl_str_addf(out, "%s null=%d roles=%u\n", tl_logical_word(column->logical),
                    column->nullable, column->roles);
    }
    for (uint32_t i = 0; i < dataset->n_keys; i++) {
        const struct tl_foreign_key *key =
            &p->snapshot.keys.items[dataset->first_key + i];
        tl_str_add(out, "  key ");
        add_shown(out, p, key->columns);
        add_shown(out, p, key->target);
        add_shown(out, p, key->target_columns);
        tl_str_add_char(out, '\n');
    }
}

const char *probe_schema(struct probe *p)
{
    tl_str_clear(&p->text);
    for (size_t i = 0; i < p->snapshot.datasets.n; i++)
        add_dataset(&p->text, p, &p->snapshot.datasets.items[i]);
    return p->text.text;
}

/* ---- cases ---- */

static bool sqlite_case(struct contract *out)
{
    const char *folder = tl_test_folder();
    const char *path = probe_sqlite(
        folder, "shop.db",
        "create table users(id integer primary key, email text, note blob);"
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)"
        " insert into users select i, 'u' || i || '@example.org', 'note ' || i from n;"
        "create table bills(id text primary key, user int references users, sum "
        "numeric(10, 2)) without rowid;"
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)"
        " insert into bills select 'b' || i, i, i / 4.0 from n;"
        "create table huge(id int, body text); insert into huge values(1, "
        "zeroblob(9000000)), (2, 'small');"
        "create view mails as select email from users;"
        "create view gone as select missing from nowhere");

    probe_sqlite(folder, "more.db",
                 "create table extra(a, b); insert into extra values(1, NULL), (2, 'x')");
    out->good = probe_words("path: %s\nattach: [more=more.db]\n", path);
    out->wrong = "attach: [more.db]\n";
    out->unreachable = probe_words("path: %s/none.db\n", folder);
    return true;
}

/* 500 lines, each with its number twice: before NUMBER between NUMBER after. */
struct line {
    const char *before, *between, *after;
};

static const char *many_rows(const char *folder, const char *name, const char *first,
                             struct line line)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_add(&text, first);
    for (int i = 1; i <= 500; i++)
        tl_str_addf(&text, "%s%d%s%d%s", line.before, i, line.between, i, line.after);
    const char *path = probe_file(folder, name, text.text, text.n);
    tl_str_release(&text);
    return path;
}

static bool csv_case(struct contract *out)
{
    const char *folder = tl_test_folder();

    many_rows(folder, "many.csv", "id,email\n",
              (struct line){ "", ",u", "@example.org\n" });
    many_rows(folder, "places.csv", "id,email\n",
              (struct line){ "", ",\"u", ", of\nplaces\"\n" });
    probe_file(folder, "few.csv", "a;b\n1;\n", 7);
    out->good = probe_words("path: %s/*.csv\n", folder);
    out->wrong = "delimiter: ','\n";
    out->unreachable = probe_words("paths: [%s/none.csv]\n", folder);
    return true;
}

static bool jsonl_case(struct contract *out)
{
    const char *folder = tl_test_folder();

    many_rows(folder, "many.jsonl", "",
              (struct line){ "{\"id\": ", ", \"user\": {\"mail\": \"u",
                             "@example.org\"}}\n" });
    probe_file(folder, "few.jsonl", "{\"a\": [1, 2]}\n{\"b\": null}\n", 26);
    out->good = probe_words("path: %s/*.jsonl\n", folder);
    out->wrong = "whole_below: 1Mi\n";
    out->unreachable = probe_words("path: %s/none.jsonl\n", folder);
    return true;
}

static bool files_case(struct contract *out)
{
    const char *folder = tl_test_folder();

    many_rows(folder, "columns.csv",
              "table_name,column_name,ordinal_position,data_type\n",
              (struct line){ "t", ",c", ",1,text\n" });
    out->good = probe_words("path: %s/columns.csv\nplatform: snowflake\n", folder);
    out->wrong = probe_words("path: %s/columns.csv\n", folder);
    out->unreachable = probe_words("path: %s/none.csv\nplatform: snowflake\n", folder);
    return true;
}

static bool postgres_case(struct contract *out)
{
    struct pg *pg = pg_shared();

    out->wrong = "conninfo: host=/tmp password=secret\n";
    out->unreachable = "host: /nowhere\nuser: owner\n";
    out->is_absent = !pg;
    if (!pg)
        return true;
    out->good = pg_yaml(
        pg,
        pg_database(
            pg,
            "create type place as (street text, city text);"
            "create table users(id int primary key, email text unique, home place, raw "
            "bytea);"
            "insert into users select i, 'u' || i || '@example.org', row('s', 'c' || "
            "i)::place, "
            "'\\x00ff' from generate_series(1, 500) i;"
            "create table bills(id bigint, \"user\" int references users, sum "
            "numeric(10, 2));"
            "insert into bills select i, i % 500 + 1, i / 4.0 from generate_series(1, "
            "60000) i;"
            "create table parts(a int, b text) partition by range(a);"
            "create table parts1 partition of parts for values from (0) to (100);"
            "create table parts2 partition of parts for values from (100) to (900);"
            "insert into parts select i, 'p' || i from generate_series(0, 899) i;"
            "create view mails as select email from users;"
            "create view wrong as select 1 / (id - id) as x from users;"
            "create materialized view stored as select email from users; analyze users"));
    return true;
}

static bool template_case(struct contract *out)
{
    out->good = "language: de\n";
    out->wrong = "{}\n";
    out->unreachable = "language: eo\n";
    return true;
}

static bool datahub_case(struct contract *out)
{
    /* A sink: what it does with its far end stands in test_datahub.c. */
    out->good = NULL;
    out->wrong = "batch: none\n";
    out->unreachable = NULL;
    return true;
}

static const struct {
    const char *name;
    bool (*make)(struct contract *out);
} cases[] = {
    { "csv", csv_case },           { "datahub", datahub_case },
    { "files", files_case },       { "jsonl", jsonl_case },
    { "postgres", postgres_case }, { "sqlite", sqlite_case },
    { "template", template_case },
};

bool contract_of(struct contract *out, const struct tl_connector *connector)
{
    *out = (struct contract){ .connector = connector };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(cases[i].name, connector->name) == 0)
            return cases[i].make(out);
    return false;
}

/* ---- the battery ---- */

static bool is_said_well(const char *text)
{
    size_t n = text ? strlen(text) : 0;

    return n && text[n - 1] != '.' &&
           !(text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a' && text[1] <= 'z');
}

static bool is_lower_snake(const char *name)
{
    return name && *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

void contract_describes_itself(const struct contract *c)
{
    const struct tl_connector *connector = c->connector;

    CHECK(is_lower_snake(connector->name));
    CHECK(is_said_well(connector->summary));
    CHECK(connector->source || connector->sink);
    CHECK(connector->open && connector->check && connector->close);
    for (const struct tl_option *option = connector->options; option->name; option++) {
        CHECK(is_lower_snake(option->name));
        CHECK(is_said_well(option->help));
        CHECK(option->offset < connector->config_size);
    }
    for (const char *const *path = connector->paths; path && *path; path++) {
        const struct tl_option *option = connector->options;
        while (option->name && strcmp(option->name, *path) != 0)
            option++;
        CHECK(option->name &&
              (option->kind == TL_KIND_TEXT || option->kind == TL_KIND_LIST));
    }
    connector->close(NULL);
}

void contract_refuses_a_wrong_configuration(const struct contract *c)
{
    struct probe p;

    CHECK_FAILS(probe_open(&p, c->connector, c->wrong), TL_ECONFIG, NULL, &p.ctx);
    CHECK(p.conn == NULL);
    probe_close(&p);
}

void contract_says_what_is_unreachable(const struct contract *c)
{
    struct probe p;

    if (!c->unreachable)
        return;
    int rc = probe_open(&p, c->connector, c->unreachable);
    if (!rc)
        rc = c->connector->check(p.conn, &p.ctx);
    CHECK(rc < 0 && rc == p.ctx.error.code);
    CHECK(rc != TL_ECONFIG && rc != TL_EINTERNAL && rc != TL_ECANCEL);
    CHECK(is_said_well(p.ctx.error.text));
    tl_error_clear(&p.ctx.error);
    probe_close(&p);
}

static void check_order(const struct probe *p)
{
    for (uint32_t i = 1; i < p->snapshot.datasets.n; i++) {
        struct tl_key before =
            tl_snapshot_key(&p->snapshot, (struct tl_dataset_id){ i - 1 });
        struct tl_key key = tl_snapshot_key(&p->snapshot, (struct tl_dataset_id){ i });
        CHECK(tl_key_compare(&before, &key) < 0);
    }
}

void contract_pulls_the_same_twice(const struct contract *c)
{
    struct probe p;

    probe_read(&p, c->connector, c->good);
    CHECK_OK(c->connector->check(p.conn, &p.ctx), &p.ctx);
    const char *first = tl_arena_strdup(p.ctx.arena, probe_schema(&p));
    CHECK(p.snapshot.datasets.n > 0);
    check_order(&p);
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_TEXT(probe_schema(&p), first);
    probe_close(&p);
}

void contract_keeps_to_the_scope(const struct contract *c)
{
    const char *all[] = { "*" };
    const char *one[1];
    struct probe p;

    probe_read(&p, c->connector, c->good);
    one[0] = tl_arena_strdup(
        p.ctx.arena, tl_snapshot_key(&p.snapshot, (struct tl_dataset_id){ 0 }).dataset);
    p.scope.include = (struct tl_list){ one, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(p.snapshot.datasets.n, 1);
    p.scope.exclude = (struct tl_list){ all, 1 };
    CHECK_OK(probe_pull(&p), &p.ctx);
    CHECK_INT(p.snapshot.datasets.n, 0);
    probe_close(&p);
}

/* What the last sample says, for comparing. */
static const char *shown_sample(const struct probe *p)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);

    tl_str_addf(&text, "%d %u\n", (int)p->sample.state, p->sample.n_rows);
    for (uint32_t c = 0; c < p->sample.n_columns && p->sample.values; c++) {
        add_values(&text, &p->sample, c);
        tl_str_add_char(&text, '\n');
    }
    const char *copy = tl_arena_dup(p->ctx.arena, text.text, text.n);
    tl_str_release(&text);
    return copy;
}

static const char *sample_text(struct probe *p, uint32_t i, uint32_t rows)
{
    CHECK_OK(sample_at(p, i, rows), &p->ctx);
    return shown_sample(p);
}

void contract_samples_the_same_twice(const struct contract *c)
{
    struct probe p;
    struct probe again;

    if (!(c->connector->source->gives & TL_GIVES_SAMPLES))
        return;
    probe_read(&p, c->connector, c->good);
    probe_read(&again, c->connector, c->good);
    /* Backwards the second time, and on a connection of its own: samples depend on nothing but the data. */
    const char **first =
        tl_arena_alloc(p.ctx.arena, p.snapshot.datasets.n, sizeof *first);
    for (uint32_t i = 0; i < p.snapshot.datasets.n; i++)
        first[i] = sample_text(&p, i, 50);
    for (uint32_t i = (uint32_t)again.snapshot.datasets.n; i-- > 0;)
        CHECK_TEXT(sample_text(&again, i, 50), first[i]);
    probe_close(&p);
    probe_close(&again);
}

static void check_ceilings(const struct probe *p, uint32_t i, uint32_t rows)
{
    const struct tl_dataset *dataset = &p->snapshot.datasets.items[i];
    bool is_failed = p->sample.state == TL_SAMPLE_FAILED;

    CHECK(p->sample.state != TL_SAMPLE_NONE);
    CHECK(!is_failed || (p->sample.why && *p->sample.why && p->sample.n_rows == 0));
    CHECK(is_failed || p->sample.n_columns == dataset->n_columns);
    CHECK(p->sample.n_rows <= rows);
    for (size_t v = 0; !is_failed && v < (size_t)p->sample.n_columns * p->sample.n_rows;
         v++) {
        const struct tl_value *value = &p->sample.values[v];
        CHECK(value->n <= 256 && (!value->bytes || value->bytes[value->n] == 0));
    }
}

void contract_keeps_to_the_ceilings(const struct contract *c)
{
    struct probe p;

    if (!(c->connector->source->gives & TL_GIVES_SAMPLES))
        return;
    probe_read(&p, c->connector, c->good);
    for (uint32_t rows = 1; rows < 1000; rows *= 7)
        for (uint32_t i = 0; i < p.snapshot.datasets.n; i++) {
            CHECK_OK(sample_at(&p, i, rows), &p.ctx);
            check_ceilings(&p, i, rows);
        }
    probe_close(&p);
}

void contract_stops_when_cancelled(const struct contract *c)
{
    struct probe p;

    probe_read(&p, c->connector, c->good);
    atomic_store(&p.ctx.run->cancelled, true);
    if (c->connector->source->gives & TL_GIVES_SAMPLES)
        CHECK_FAILS(sample_at(&p, 0, 50), TL_ECANCEL, NULL, &p.ctx);
    CHECK_FAILS(probe_pull(&p), TL_ECANCEL, NULL, &p.ctx);
    probe_close(&p);
}

/* Every dataset of the truth is here: as it is, or marked. */
static void check_marked(const struct probe *p, const struct probe *truth)
{
    struct tl_str here = TL_STR_INIT(TL_STR_MOST);
    struct tl_str there = TL_STR_INIT(TL_STR_MOST);

    if (!CHECK_INT(p->snapshot.datasets.n, truth->snapshot.datasets.n))
        return;
    for (size_t i = 0; i < p->snapshot.datasets.n; i++) {
        const struct tl_dataset *dataset = &p->snapshot.datasets.items[i];
        tl_str_clear(&here);
        tl_str_clear(&there);
        add_dataset(&here, p, dataset);
        add_dataset(&there, truth, &truth->snapshot.datasets.items[i]);
        if (dataset->broken.i)
            CHECK(is_said_well(probe_text(p, dataset->broken)));
        else
            CHECK_TEXT(here.text, there.text);
    }
    tl_str_release(&here);
    tl_str_release(&there);
}

static void check_failure(const struct probe *p, int rc)
{
    CHECK(rc < 0 && rc == p->ctx.error.code && is_said_well(p->ctx.error.text));
    CHECK(rc != TL_ECONFIG && rc != TL_EINTERNAL && rc != TL_ECANCEL);
}

/* Opens, pulls and samples; what comes of it is an error, a mark, or the truth. */
static void live_through(const struct contract *c, const struct probe *truth,
                         const char *const *samples)
{
    struct probe p;
    int rc = probe_open(&p, c->connector, c->good);

    if (!rc)
        rc = c->connector->check(p.conn, &p.ctx);
    if (!rc)
        rc = probe_pull(&p);
    if (!rc)
        check_marked(&p, truth);
    for (uint32_t i = 0; !rc && samples && i < p.snapshot.datasets.n; i++) {
        rc = sample_at(&p, i, 50);
        if (rc || p.sample.state == TL_SAMPLE_FAILED)
            CHECK(rc || (p.sample.why && is_said_well(p.sample.why)));
        else
            CHECK_TEXT(shown_sample(&p), samples[i]);
    }
    if (rc)
        check_failure(&p, rc);
    tl_error_clear(&p.ctx.error);
    probe_close(&p);
}

void contract_survives_every_fault(const struct contract *c)
{
    bool gives_samples = c->connector->source->gives & TL_GIVES_SAMPLES;
    struct probe truth;

    probe_read(&truth, c->connector, c->good);
    const char **samples =
        tl_arena_alloc(truth.ctx.arena, truth.snapshot.datasets.n, sizeof *samples);
    for (uint32_t i = 0; gives_samples && i < truth.snapshot.datasets.n; i++)
        samples[i] = sample_text(&truth, i, 50);
    unsigned nth = 1;
    for (;; nth++) {
        tl_fault_arm(nth);
        live_through(c, &truth, gives_samples ? samples : NULL);
        if (!tl_fault_disarm())
            break;
    }
    CHECK(nth > 1);
    probe_close(&truth);
}
