/*
 * Writes a first tagline.yaml that works as it stands, and the file of names behind actor ids that stays outside the log.
 */
#include "cli/cmd.h"
#include "cli/init.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/say.h"
#include "connectors/connector.h"

#include <pwd.h>
#include <unistd.h>

struct init_options {
    struct tl_common common;
    bool force;
};

static const struct tl_option options[] = {
    { "force", TL_KIND_FLAG, offsetof(struct init_options, force), NULL,
      "overwrite one that is there" },
    { 0 },
};

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

static bool is_postgres(const char *path)
{
    return strncmp(path, "postgres://", 11) == 0 ||
           strncmp(path, "postgresql://", 13) == 0;
}

/* "ads" of "postgres://tagline@db.example/ads?sslmode=require", as libpq reads it (33.1.1.2, connection URIs); what stands before '?'. */
static const char *database_of(const char *uri, size_t *n)
{
    const char *rest = strstr(uri, "//") + 2;
    const char *slash = strchr(rest, '/');

    *n = slash ? strcspn(slash + 1, "?") : 0;
    return slash ? slash + 1 : rest;
}

/* A password in an address would stand in the file for everybody to read. */
static int check_uri(const char *uri, struct tl_ctx *ctx)
{
    const char *rest = strstr(uri, "//") + 2;
    const char *at = memchr(rest, '@', strcspn(rest, "/?"));

    if (!(at && memchr(rest, ':', (size_t)(at - rest))) && !strstr(rest, "password="))
        return TL_OK;
    tl_hint(ctx,
            "leave it out: ~/.pgpass holds it, or 'password: ${NAME}' in tagline.yaml");
    return tl_fail(ctx, TL_EUSAGE, "the address holds a password");
}

/* Which connector reads a path: by its ending; anything else is taken for a SQLite file. */
static const char *type_of(const char *path)
{
    if (is_postgres(path))
        return "postgres";
    if (ends_in(path, ".csv") || ends_in(path, ".tsv"))
        return "csv";
    if (ends_in(path, ".jsonl") || ends_in(path, ".ndjson"))
        return "jsonl";
    return "sqlite";
}

/* "shop" of "data/shop.db", in the letters a source's name may have. */
static void add_source_name(struct tl_str *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t n = strcspn(name, ".");

    if (is_postgres(path))
        name = database_of(path, &n);

    for (size_t i = 0; i < n; i++)
        tl_str_add_char(
            out,
            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
                   name[i])
                ? name[i]
                : '_');
    if (n == 0)
        tl_str_add(out, "warehouse");
}

static void add_quoted(struct tl_str *out, const char *text)
{
    tl_str_add_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            tl_str_add_char(out, '\'');
        tl_str_add_char(out, *text);
    }
    tl_str_add_char(out, '\'');
}

void tl_init_text(struct tl_str *out, const char *actor, const char *path)
{
    const char *type = path ? type_of(path) : "sqlite";

    tl_str_addf(
        out,
        "# What tagline reads, where it logs, where it pushes. 'tagline help config' "
        "lists all keys.\n"
        "\n"
        "actor: %s            # stands for you in the log; the name is in "
        "tagline.actors.yaml\n"
        "log: tagline-log           # a bare git repository, made by the first scan\n"
        "\n"
        "sources:\n",
        actor);
    if (path) {
        tl_str_add(out, "  - name: ");
        add_source_name(out, path);
        tl_str_addf(out, "\n    type: %s\n    %s: ", type,
                    is_postgres(path)             ? "conninfo"
                    : strcmp(type, "sqlite") == 0 ? "path"
                                                  : "paths");
        add_quoted(out, path);
        tl_str_add(out, "\n");
    } else {
        tl_str_add(out, "  # - name: shop\n  #   type: sqlite       # 'tagline "
                        "connectors' lists the others\n"
                        "  #   path: shop.db\n");
    }
    tl_str_add(out, "\n# sinks:\n"
                    "#   - name: catalog\n"
                    "#     type: datahub\n"
                    "#     server: https://datahub.example/api/gms\n"
                    "#     token: ${DATAHUB_TOKEN}\n");
}

static const char *own_name(struct tl_ctx *ctx)
{
    struct passwd *entry = getpwuid(geteuid());
    const char *user = getenv("USER");

    return tl_arena_strdup(ctx->arena, user && *user ? user
                                       : entry       ? entry->pw_name
                                                     : "unknown");
}

static int write_actors(const char *actor, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 16);

    if (tl_path_exists("tagline.actors.yaml"))
        return TL_OK;
    tl_str_addf(
        &text,
        "# Who stands behind an actor's id. The log holds only the id: erase a line "
        "here, and the person is\n"
        "# no longer named anywhere. Keep this file out of what you publish.\n%s: ",
        actor);
    add_quoted(&text, own_name(ctx));
    tl_str_add_char(&text, '\n');
    int rc = tl_file_write("tagline.actors.yaml", text.text, text.n, ctx);
    tl_str_release(&text);
    return rc;
}

static int run_init(struct tl_call *call, struct tl_ctx *ctx)
{
    const struct init_options *o = call->options;
    const char *to = o->common.config ? o->common.config : "tagline.yaml";
    const char *path = call->n_operands ? call->operands[0] : NULL;
    struct tl_str text = TL_STR_INIT(1 << 20);
    unsigned char id[4];
    char hex[9], actor[16];

    if (tl_path_exists(to) && !o->force) {
        tl_hint(ctx, "edit it, or overwrite it with --force");
        return tl_fail(ctx, TL_EWRITE, "'%s' is there already", to);
    }
    if (path && is_postgres(path)) {
        int bad = check_uri(path, ctx);
        if (bad < 0)
            return bad;
    } else if (path && !tl_path_exists(path))
        tl_warn(ctx, "there is no '%s' yet", path);
    tl_random(id, sizeof id);
    snprintf(actor, sizeof actor, "p-%s", tl_hex(hex, id, sizeof id));
    tl_init_text(&text, actor, path);
    int rc = tl_file_write(to, text.text, text.n, ctx);
    tl_str_release(&text);
    if (rc < 0 || (rc = write_actors(actor, ctx)) < 0)
        return rc;
    tl_note(ctx, "wrote %s and tagline.actors.yaml", to);
    tl_note(ctx,
            path ? "next: tagline scan" : "next: name a source in it, then tagline scan");
    return TL_OK;
}

const struct tl_cmd tl_cmd_init = {
    .name = "init",
    .summary = "write a first tagline.yaml",
    .operands = "[PATH|postgres://...]",
    .text = "Writes tagline.yaml in the current folder, ready for the SQLite, CSV or "
            "JSONL file at PATH or the\n"
            "PostgreSQL database at an address (without its password: that is for "
            "~/.pgpass), and\n"
            "tagline.actors.yaml with the name behind your actor id.",
    .examples =
        "  $ tagline init shop.db\n"
        "  $ tagline init postgres://tagline@db.example/ads?sslmode=verify-full\n",
    .options = options,
    .options_size = sizeof(struct init_options),
    .most_operands = 1,
    .run = run_init,
};
