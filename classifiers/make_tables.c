/*
 * make_tables gazetteers OUT.c LIST.txt ...: run by the build, no part of the program. Word lists become hash tables that need no loading
 * (classifiers/gazetteer.h).
 */
#include "classifiers/gazetteer.h"
#include "classifiers/names.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/file.h"

#define TEXT_MOST ((size_t)1 << 24) /* a slot holds 24 bits of place */

static void die(struct tl_ctx *ctx, const char *path)
{
    fprintf(stderr, "%s: %s\n", path, ctx->error.text);
    exit(1);
}

static const char *stem_of(const char *path, struct tl_ctx *ctx)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    return tl_arena_dup(ctx->arena, name, dot ? (size_t)(dot - name) : strlen(name));
}

/* Words of 64 bits, because a compiler reads one number sooner than eight. */
static void write_bytes(FILE *out, const char *what, const char *name, const void *bytes,
                        size_t n)
{
    fprintf(out, "static const uint64_t %s_%s[] = {", what, name);
    for (size_t i = 0; i < n || !i; i += 8) {
        uint64_t word = 0;

        memcpy(&word, (const char *)bytes + i, n - i < 8 ? n - i : 8);
        fprintf(out, "%s0x%llx,", i % 64 ? "" : "\n", (unsigned long long)word);
    }
    fprintf(out, "\n};\n");
}

struct list {
    TL_VEC(uint32_t) places;
    struct tl_str text;
};

/* An entry a line; '#' begins a comment line. What folds to nothing is no entry. */
static void read_lines(struct list *list, const struct tl_str *file)
{
    const char *end = file->text + file->n;

    tl_str_init(&list->text, TEXT_MOST);
    tl_str_add_bytes(&list->text, "", 1); /* place 0 is no entry's */
    for (const char *line = file->text; line < end;) {
        char folded[TL_GAZETTEER_ENTRY_MOST];
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((stop ? stop : end) - line);
        size_t n = *line == '#' ? 0 : tl_fold_text(folded, sizeof folded, line, length);

        if (n) {
            char size = (char)n;

            tl_vec_push(&list->places, (uint32_t)list->text.n);
            tl_str_add_bytes(&list->text, &size, 1);
            tl_str_add_bytes(&list->text, folded, n);
        }
        line += length + 1;
    }
}

/* At most half full; an entry that is there already is not entered again. */
static uint32_t *make_slots(const struct list *list, size_t *n_slots, size_t *n)
{
    size_t room = 16;

    while (room < list->places.n * 2)
        room *= 2;
    uint32_t *slots = tl_alloc(room, sizeof *slots);
    *n = 0;
    for (size_t i = 0; i < list->places.n; i++) {
        const char *entry = list->text.text + list->places.items[i];
        size_t length = (unsigned char)*entry;
        uint64_t hash = tl_gazetteer_hash(entry + 1, length);
        size_t at = (size_t)hash & (room - 1);

        while (slots[at] &&
               memcmp(list->text.text + (slots[at] >> 8), entry, length + 1) != 0)
            at = (at + 1) & (room - 1);
        *n += !slots[at];
        if (!slots[at])
            slots[at] = list->places.items[i] << 8 | (uint32_t)(hash >> 56);
    }
    *n_slots = room;
    return slots;
}

static void write_list(FILE *out, struct tl_str *rows, const char *path,
                       struct tl_ctx *ctx)
{
    struct tl_str file = TL_STR_INIT(TL_STR_MOST);
    struct list list = { 0 };
    struct tl_sha256 digest;
    char hex[65];
    size_t n_slots;
    size_t n;

    if (tl_file_read(&file, path, ctx))
        die(ctx, path);
    read_lines(&list, &file);
    if (list.text.failed || list.places.n > UINT32_MAX / 4) {
        fprintf(stderr, "%s: too long\n", path);
        exit(1);
    }
    uint32_t *slots = make_slots(&list, &n_slots, &n);
    const char *name = stem_of(path, ctx);
    write_bytes(out, "slots", name, slots, n_slots * sizeof *slots);
    write_bytes(out, "text", name, list.text.text, list.text.n);
    tl_sha256_of(&digest, file.text, file.n);
    tl_hex(hex, digest.bytes, sizeof digest.bytes);
    tl_str_addf(
        rows,
        "    { \"%s\", (const uint32_t *)slots_%s, %zu, %zu, (const char *)text_%s,\n"
        "      \"%s\" },\n",
        name, name, n_slots, n, name, hex);
    tl_free(slots);
    tl_vec_release(&list.places);
    tl_str_release(&list.text);
    tl_str_release(&file);
}

static void write_gazetteers(FILE *out, char **paths, struct tl_ctx *ctx)
{
    struct tl_str rows = TL_STR_INIT(1 << 20);

    fprintf(out, "#include \"classifiers/gazetteer.h\"\n");
    for (; *paths; paths++)
        write_list(out, &rows, *paths, ctx);
    fprintf(out, "const struct tl_gazetteer tl_gazetteers[] = {\n%s    { 0 },\n};\n",
            rows.text ? rows.text : "");
    tl_str_release(&rows);
}

int main(int argc, char **argv)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    if (argc < 3 || strcmp(argv[1], "gazetteers") != 0) {
        fprintf(stderr, "usage: make_tables gazetteers OUT.c LIST.txt ...\n");
        return 2;
    }
    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    FILE *out = fopen(argv[2], "w");
    if (!out) {
        perror(argv[2]);
        return 1;
    }
    write_gazetteers(out, argv + 3, &ctx);
    bool is_written = !ferror(out);
    if (fclose(out) || !is_written) {
        perror(argv[2]);
        return 1;
    }
    tl_ctx_release(&ctx);
    return 0;
}
