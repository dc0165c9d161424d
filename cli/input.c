#include "cli/input.h"

#include "base/ctx.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const connector_of[] = { NULL, "csv", "jsonl", "sqlite" };

static int look_at(int *format, const char *path, struct tl_ctx *ctx)
{
    static const struct {
        const char *ending;
        int format;
    } endings[] = { { ".csv", TL_INPUT_CSV },
                    { ".tsv", TL_INPUT_CSV },
                    { ".jsonl", TL_INPUT_JSONL },
                    { ".ndjson", TL_INPUT_JSONL },
                    { ".json", TL_INPUT_JSONL } };
    char head[64] = { 0 };
    FILE *file = fopen(path, "rb");

    if (!file)
        return tl_fail(ctx, TL_ENOTFOUND, "cannot open '%s': %s", path, strerror(errno));
    size_t n = fread(head, 1, sizeof head - 1, file);
    bool is_bad = ferror(file) != 0;
    fclose(file);
    if (is_bad)
        return tl_fail(ctx, TL_EINPUT, "cannot read '%s': %s", path, strerror(errno));
    *format = TL_INPUT_CSV;
    if (n >= 16 && memcmp(head, "SQLite format 3", 16) == 0) {
        *format = TL_INPUT_SQLITE;
        return TL_OK;
    }
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i].ending) == 0) {
            *format = endings[i].format;
            return TL_OK;
        }
    if (head[strspn(head, " \t\r\n")] == '{')
        *format = TL_INPUT_JSONL;
    return TL_OK;
}

/* Standard input or a pipe, kept in memory only: values must not touch a disk. Gives a path that opens it. */
static int hold_stream(const char **path, const char *stream, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    int fd = -1;
    int rc = tl_file_read(&text, stream, ctx);

    if (rc == TL_OK && (fd = memfd_create("tagline", MFD_CLOEXEC)) < 0)
        rc = tl_fail(ctx, TL_EINTERNAL, "cannot hold what was read: %s", strerror(errno));
    if (rc == TL_OK && tl_write_all(fd, text.text, text.n) < 0)
        rc = tl_fail(ctx, TL_EINTERNAL, "cannot hold what was read: %s", strerror(errno));
    tl_str_release(&text);
    *path = tl_arena_printf(ctx->arena, "/proc/self/fd/%d", fd);
    return rc;
}

/* Gives a connector its path: "path" or "paths", whichever it has. */
static void set_path(struct tl_system *system, const char *path, struct tl_ctx *ctx)
{
    for (const struct tl_option *o = system->connector->options; o->name; o++) {
        char *at = (char *)system->settings + o->offset;
        if (strcmp(o->name, "path") == 0 && o->kind == TL_KIND_TEXT)
            *(const char **)at = path;
        if (strcmp(o->name, "paths") == 0 && o->kind == TL_KIND_LIST) {
            struct tl_list *list = (struct tl_list *)at;
            list->items = tl_arena_alloc(ctx->arena, 1, sizeof *list->items);
            list->items[0] = path;
            list->n = 1;
        }
    }
}

int tl_input_system(struct tl_system *out, const char *operand, int format,
                    bool names_only, struct tl_ctx *ctx)
{
    const char *path = operand;
    struct stat st;
    bool is_stream =
        strcmp(operand, "-") == 0 || (stat(operand, &st) == 0 && S_ISFIFO(st.st_mode));
    int rc;

    memset(out, 0, sizeof *out);
    if (is_stream && (rc = hold_stream(&path, operand, ctx)) < 0)
        return rc;
    if (format == TL_INPUT_BY_LOOK && (rc = look_at(&format, path, ctx)) < 0)
        return rc;
    if (is_stream && format == TL_INPUT_SQLITE) {
        tl_hint(ctx, "give its path");
        return tl_fail(ctx, TL_EUSAGE, "a SQLite database cannot be read from a stream");
    }
    out->connector = tl_connector_find(connector_of[format]);
    out->name = operand;
    out->names_only = names_only;
    out->settings = tl_arena_alloc(ctx->arena, 1, out->connector->config_size);
    if ((rc = tl_option_defaults(out->settings, out->connector->options, ctx)) < 0)
        return rc;
    set_path(out, path, ctx);
    return TL_OK;
}
