/*
 * Which files a user's packs are, and what form they have.
 */
#include "classifiers/import.h"
#include "classifiers/import_inner.h"

#include "base/ctx.h"
#include "base/file.h"
#include "base/option.h"
#include "base/say.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <sys/stat.h>

static const char *const format_words[] = { NULL, "tagline", "datahub", "presidio",
                                            "csv" };
#define N_FORMATS (sizeof format_words / sizeof *format_words)

/* ---- texts that stand for packs ---- */

const char *tl_pack_path(enum tl_pack_format *format, const char *place)
{
    *format = TL_PACK_BY_LOOK;
    for (size_t i = 1; i < N_FORMATS; i++) {
        size_t n = strlen(format_words[i]);

        if (strncmp(place, format_words[i], n) == 0 && place[n] == ':') {
            *format = (enum tl_pack_format)i;
            return place + n + 1;
        }
    }
    return place;
}

const char *tl_pack_place(const char *path, enum tl_pack_format format,
                          const char *folder, struct tl_ctx *ctx)
{
    enum tl_pack_format written;
    const char *bare = tl_pack_path(&written, path);
    bool is_here = strcmp(folder, ".") == 0 || strcmp(bare, "-") == 0;

    if (format == TL_PACK_BY_LOOK)
        format = written;
    else
        bare =
            path; /* the format was said elsewhere: what looks like one is the path's */
    if (!is_here)
        bare = tl_path_join(folder, bare, ctx);
    return format == TL_PACK_BY_LOOK
               ? tl_arena_strdup(ctx->arena, bare)
               : tl_arena_printf(ctx->arena, "%s:%s", format_words[format], bare);
}

/* ---- files ---- */

struct found {
    const char **out;
    size_t n, most;
    enum tl_pack_format format;
    struct tl_ctx *ctx;
};

static int add_file(struct found *found, const char *path)
{
    if (found->n == found->most)
        return tl_fail(found->ctx, TL_ELIMIT, "more than %zu rule packs of your own",
                       found->most);
    found->out[found->n++] = found->format == TL_PACK_BY_LOOK
                                 ? tl_arena_strdup(found->ctx->arena, path)
                                 : tl_arena_printf(found->ctx->arena, "%s:%s",
                                                   format_words[found->format], path);
    return TL_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_yaml(const char *name)
{
    const char *dot = strrchr(name, '.');

    return name[0] != '.' && dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* Most names that are looked at in one folder: a pack folder is no archive. */
#define NAMES_MOST 4096

static int add_folder(struct found *found, const char *path)
{
    struct tl_ctx *ctx = found->ctx;
    const char *names[TL_PACK_FILES_MOST];
    size_t n = 0;
    size_t seen = 0;
    const struct dirent *entry;
    DIR *folder = opendir(path);

    if (!folder)
        return tl_fail(ctx, TL_ECONFIG, "cannot open the folder of packs '%s': %s", path,
                       strerror(errno));
    while ((entry = readdir(folder)) && seen++ < NAMES_MOST) {
        if (is_yaml(entry->d_name) && n++ < TL_PACK_FILES_MOST)
            names[n - 1] = tl_arena_strdup(ctx->arena, entry->d_name);
    }
    closedir(folder);
    /* which ones would be left out is the file system's whim */
    if (entry || n > TL_PACK_FILES_MOST)
        return tl_fail(ctx, TL_ELIMIT,
                       "the folder '%s' holds more than %d packs or %d files", path,
                       TL_PACK_FILES_MOST, NAMES_MOST);
    if (!n) {
        tl_hint(ctx, "a pack's name ends in .yaml or .yml");
        return tl_fail(ctx, TL_ECONFIG, "the folder '%s' holds no pack", path);
    }
    qsort(names, n, sizeof *names, by_bytes);
    int rc = TL_OK;
    for (size_t i = 0; i < n && !rc; i++)
        rc = add_file(found, tl_path_join(path, names[i], ctx));
    return rc;
}

static int add_pattern(struct found *found, const char *pattern)
{
    struct tl_ctx *ctx = found->ctx;
    glob_t files;

    int failed = glob(pattern, GLOB_NOSORT, NULL, &files);
    if (failed) {
        tl_hint(ctx, "a pattern is meant from the configuration's folder");
        return tl_fail(ctx, TL_ECONFIG, "no rule pack matches '%s'", pattern);
    }
    int rc = TL_OK;
    qsort(files.gl_pathv, files.gl_pathc, sizeof *files.gl_pathv, by_bytes);
    for (size_t i = 0; i < files.gl_pathc && !rc; i++)
        rc = add_file(found, files.gl_pathv[i]);
    globfree(&files);
    return rc;
}

int tl_pack_files(const char **out, size_t *n, size_t most, const char *const *places,
                  size_t n_places, struct tl_ctx *ctx)
{
    struct found found = { .out = out, .most = most, .ctx = ctx };
    int rc = TL_OK;

    for (size_t i = 0; i < n_places && !rc; i++) {
        const char *path = tl_pack_path(&found.format, places[i]);
        struct stat st;

        if (strcmp(path, "-") == 0)
            rc = add_file(&found, path);
        else if (stat(path, &st) == 0)
            rc = S_ISDIR(st.st_mode) ? add_folder(&found, path) : add_file(&found, path);
        else if (path[strcspn(path, "*?[")])
            rc = add_pattern(&found, path);
        else
            rc = add_file(&found, path); /* reading it says what is wrong */
    }
    *n = found.n;
    return rc;
}

/* ---- forms ---- */

/* Whether a line of the text begins, behind blanks and a '-', with one of the words and a ':'. */
static bool has_key(const char *text, size_t n, const char *const *words)
{
    const char *end = text + n;

    while (text < end) {
        const char *line = text;
        const char *stop = memchr(text, '\n', (size_t)(end - text));

        text = stop ? stop + 1 : end;
        while (line < end && (*line == ' ' || *line == '-' || *line == '"'))
            line++;
        for (size_t i = 0; words[i]; i++) {
            size_t length = strlen(words[i]);
            if ((size_t)(end - line) > length && !memcmp(line, words[i], length) &&
                (line[length] == ':' || line[length] == '"'))
                return true;
        }
    }
    return false;
}

enum tl_pack_format tl_pack_look(const char *text, size_t n, const char *path)
{
    static const char *const datahub[] = { "info_types_config", "info_type_to_term",
                                           "Prediction_Factors_and_Weights",
                                           "prediction_factors_and_weights", NULL };
    static const char *const presidio[] = { "recognizers", "supported_entity",
                                            "supported_entities", NULL };
    static const char *const ours[] = { "pack", NULL };
    const char *dot = strrchr(path, '.');
    size_t looked = n < TL_IMPORT_BYTES_MOST ? n : TL_IMPORT_BYTES_MOST;

    if (dot && (!strcasecmp(dot, ".csv") || !strcasecmp(dot, ".tsv")))
        return TL_PACK_CSV;
    if (has_key(text, looked, ours))
        return TL_PACK_OURS;
    if (has_key(text, looked, datahub))
        return TL_PACK_DATAHUB;
    if (has_key(text, looked, presidio))
        return TL_PACK_PRESIDIO;
    return TL_PACK_OURS;
}

int tl_import_pack(struct tl_str *out, struct tl_import *import, const char *text,
                   size_t n, const char *path, enum tl_pack_format format,
                   struct tl_ctx *ctx)
{
    struct tl_importer importer = { .import = import, .path = path, .ctx = ctx };
    int rc;

    *import = (struct tl_import){ 0 };
    switch (format) {
    case TL_PACK_DATAHUB:
        rc = tl_import_datahub(&importer, text, n);
        break;
    case TL_PACK_PRESIDIO:
        rc = tl_import_presidio(&importer, text, n);
        break;
    case TL_PACK_CSV:
        rc = tl_import_csv(&importer, text, n);
        break;
    default:
        rc = tl_fail(ctx, TL_EUSAGE, "'%s' needs no import", path);
    }
    if (!rc)
        rc = tl_import_write(out, &importer);
    for (size_t i = 0; i < importer.types.n; i++) {
        struct tl_import_type *type = &importer.types.items[i];
        tl_vec_release(&type->names);
        tl_vec_release(&type->weak_names);
        tl_vec_release(&type->not_names);
        tl_vec_release(&type->patterns);
        tl_vec_release(&type->values);
    }
    tl_vec_release(&importer.types);
    return rc;
}

void tl_import_release(struct tl_import *import)
{
    tl_vec_release(&import->notes);
}

int tl_pack_read(const char **name, struct tl_str *out, const char *place,
                 struct tl_ctx *ctx)
{
    enum tl_pack_format format;
    const char *path = tl_pack_path(&format, place);
    struct tl_str text = TL_STR_INIT(out->ceiling);
    struct tl_import import = { 0 };

    *name = path;
    int rc = tl_file_read(&text, path, ctx);
    if (!rc && format == TL_PACK_BY_LOOK)
        format = tl_pack_look(text.text, text.n, path);
    if (!rc && format == TL_PACK_OURS) {
        tl_str_add_bytes(out, text.text, text.n);
    } else if (!rc) {
        rc = tl_import_pack(out, &import, text.text, text.n, path, format, ctx);
        *name = tl_arena_printf(ctx->arena, "%s, as a pack", path);
    }
    if (!rc && import.notes.n)
        tl_warn(ctx,
                "'%s': %zu thing%s in it could not be carried over as written; "
                "'tagline rules import %s' says which",
                path, import.notes.n, import.notes.n == 1 ? "" : "s", path);
    tl_import_release(&import);
    tl_str_release(&text);
    return rc;
}
