/*
 * make_tables gazetteers OUT.c LIST.txt ...
 * make_tables packs OUT.c PACK.yaml ...
 * Run by the build, no part of the program. Word lists become hash tables that need no loading (classifiers/gazetteer.h); rule packs are read
 * by the reader that also reads the users', and what they say becomes constants (classifiers/draft.h).
 */
#include "classifiers/draft.h"
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
            rows.text);
    tl_str_release(&rows);
}

/* ---- rule packs ---- */

/* Octal escapes are of three digits at most, so that what follows cannot join them. */
static void write_text(FILE *out, const char *text)
{
    if (!text) {
        fprintf(out, "0");
        return;
    }
    fputc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\' || *c == '?' || *c < ' ' || *c > '~')
            fprintf(out, "\\%03o", (unsigned char)*c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void write_text_of(FILE *out, const char *field, const char *text)
{
    if (!text)
        return;
    fprintf(out, "  .%s = ", field);
    write_text(out, text);
    fprintf(out, ",\n");
}

/* The items of a list stand in an array of their own, before what points at them: `prefix` and a number name it. */
struct names {
    const char *prefix;
    unsigned n;
};

static unsigned write_items(FILE *out, struct names *names, const struct tl_list *list)
{
    if (!list->items)
        return 0;
    fprintf(out, "static const char *const %s_%u[] = {", names->prefix, ++names->n);
    for (size_t i = 0; i < list->n; i++) {
        fprintf(out, i % 8 ? " " : "\n  ");
        write_text(out, list->items[i]);
        fprintf(out, ",");
    }
    fprintf(out, "%s};\n", list->n ? "" : " 0 ");
    return names->n;
}

static void write_list_of(FILE *out, const char *field, const struct names *names,
                          unsigned number, size_t n)
{
    if (number)
        fprintf(out, "  .%s = { (const char **)%s_%u, %zu },\n", field, names->prefix,
                number, n);
}

struct list_of {
    const char *field;
    size_t offset;
};
#define LIST(type, member)                                                               \
    {                                                                                    \
#member, offsetof(struct type, member)                                           \
    }
static const struct list_of type_lists[] = {
    LIST(tl_draft, names),       LIST(tl_draft, weak_names), LIST(tl_draft, lead_names),
    LIST(tl_draft, known_names), LIST(tl_draft, not_names),  LIST(tl_draft, logical),
    LIST(tl_draft, sentinels),   LIST(tl_draft, siblings),   LIST(tl_draft, tables),
    LIST(tl_draft, not_tables),  LIST(tl_draft, law[0]),     LIST(tl_draft, law[1]),
    LIST(tl_draft, law[2]),      LIST(tl_draft, match),      LIST(tl_draft, no_match),
};
#define N_TYPE_LISTS (sizeof type_lists / sizeof *type_lists)

static const struct list_of type_texts[] = {
    LIST(tl_draft, info_type),
    LIST(tl_draft, summary),
    LIST(tl_draft, category),
    LIST(tl_draft, sensitivity),
    LIST(tl_draft, value),
    LIST(tl_draft, named_value),
    LIST(tl_draft, validator),
    LIST(tl_draft, family),
    LIST(tl_draft, specialises),
    LIST(tl_draft, letter_case),
    LIST(tl_draft, vocabulary),
    LIST(tl_draft, needs),
    LIST(tl_draft, only),
    LIST(tl_draft, search_needs),
    LIST(tl_draft, decoder),
    LIST(tl_draft, origin),
    LIST(tl_draft, search.pattern),
    LIST(tl_draft, person.category),
    LIST(tl_draft, person.sensitivity),
    LIST(tl_draft, thing_sensitivity),
    LIST(tl_draft, coarse.value),
    LIST(tl_draft, coarse.category),
};
#define N_TYPE_TEXTS (sizeof type_texts / sizeof *type_texts)

/* Exact: the shortest that reads back as the same number would do, seventeen digits always do. */
static void write_number(FILE *out, const char *field, double number)
{
    fprintf(out, "  .%s = %.17g,\n", field, number);
}

static void write_rest(FILE *out, const struct tl_draft *draft, const char *prefix)
{
    const struct {
        const char *field;
        int64_t value;
    } counts[] = { { "search.is_on", draft->search.is_on },
                   { "needs_name", draft->needs_name },
                   { "needs_people", draft->needs_people },
                   { "personal", draft->personal },
                   { "quasi", draft->quasi },
                   { "extends", draft->extends },
                   { "share", draft->share },
                   { "distinct", draft->distinct },
                   { "digits", draft->digits },
                   { "vocabulary_share", draft->vocabulary_share },
                   { "vocabulary_proves", draft->vocabulary_proves },
                   { "length[0]", draft->length[0] },
                   { "length[1]", draft->length[1] },
                   { "person.is_on", draft->person.is_on },
                   { "order", draft->order } };

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        fprintf(out, "  .%s = %lld,\n", counts[i].field, (long long)counts[i].value);
    write_number(out, "prior", draft->prior);
    write_number(out, "search_prior", draft->search_prior);
    write_number(out, "coarse.share", draft->coarse.share);
    fprintf(out, "  .pack = &%s,\n", prefix);
}

static void write_types(FILE *out, const struct tl_pack_draft *pack, struct names *names)
{
    unsigned(*numbers)[N_TYPE_LISTS] = tl_alloc(pack->n_types + 1, sizeof *numbers);

    for (uint32_t i = 0; i < pack->n_types; i++) {
        for (size_t k = 0; k < N_TYPE_LISTS; k++)
            numbers[i][k] = write_items(out, names,
                                        (const void *)((const char *)&pack->types[i] +
                                                       type_lists[k].offset));
    }
    fprintf(out, "static const struct tl_draft %s_types[] = {\n", names->prefix);
    for (uint32_t i = 0; i < pack->n_types; i++) {
        const char *draft = (const char *)&pack->types[i];

        fprintf(out, "{\n");
        for (size_t k = 0; k < N_TYPE_TEXTS; k++)
            write_text_of(out, type_texts[k].field,
                          *(const char *const *)(draft + type_texts[k].offset));
        for (size_t k = 0; k < N_TYPE_LISTS; k++)
            write_list_of(out, type_lists[k].field, names, numbers[i][k],
                          ((const struct tl_list *)(draft + type_lists[k].offset))->n);
        write_rest(out, &pack->types[i], names->prefix);
        fprintf(out, "},\n");
    }
    fprintf(out, "{ .order = 0 },\n};\n");
    tl_free(numbers);
}

static void write_vocabularies(FILE *out, const struct tl_pack_draft *pack,
                               struct names *names)
{
    unsigned first = names->n + 1;

    for (uint32_t i = 0; i < pack->n_vocabularies; i++)
        write_items(out, names, &pack->vocabularies[i].words);
    fprintf(out, "static const struct tl_vocabulary_draft %s_vocabularies[] = {\n",
            names->prefix);
    for (uint32_t i = 0; i < pack->n_vocabularies; i++) {
        fprintf(out, "{\n");
        write_text_of(out, "name", pack->vocabularies[i].name);
        write_list_of(out, "words", names, first + i, pack->vocabularies[i].words.n);
        fprintf(out, "},\n");
    }
    fprintf(out, "{ .name = 0 },\n};\n");
}

static void write_categories(FILE *out, const struct tl_pack_draft *pack,
                             struct names *names)
{
    static const char *const fields[] = { "law[0]", "law[1]", "law[2]" };
    unsigned(*numbers)[3] = tl_alloc(pack->n_categories + 1, sizeof *numbers);

    for (uint32_t i = 0; i < pack->n_categories; i++) {
        for (size_t k = 0; k < 3; k++)
            numbers[i][k] = write_items(out, names, &pack->categories[i].law[k]);
    }
    fprintf(out, "static const struct tl_category_draft %s_categories[] = {\n",
            names->prefix);
    for (uint32_t i = 0; i < pack->n_categories; i++) {
        const struct tl_category_draft *category = &pack->categories[i];

        fprintf(out, "{\n  .sensitivity = %u,\n", category->sensitivity);
        write_text_of(out, "key", category->key);
        write_text_of(out, "summary", category->summary);
        for (size_t k = 0; k < 3; k++)
            write_list_of(out, fields[k], names, numbers[i][k], category->law[k].n);
        fprintf(out, "},\n");
    }
    fprintf(out, "{ .key = 0 },\n};\n");
    tl_free(numbers);
}

static void write_carry(FILE *out, const struct tl_pack_draft *pack, struct names *names)
{
    unsigned(*numbers)[2] = tl_alloc(pack->n_carry + 1, sizeof *numbers);

    for (uint32_t i = 0; i < pack->n_carry; i++) {
        numbers[i][0] = write_items(out, names, &pack->carry[i].from);
        numbers[i][1] = write_items(out, names, &pack->carry[i].functions);
    }
    fprintf(out, "static const struct tl_carry_draft %s_carry[] = {\n", names->prefix);
    for (uint32_t i = 0; i < pack->n_carry; i++) {
        const struct tl_carry_draft *carry = &pack->carry[i];

        fprintf(out, "{\n  .effect = %u,\n  .share = %u,\n", carry->effect, carry->share);
        write_text_of(out, "to", carry->to);
        write_text_of(out, "sensitivity", carry->sensitivity);
        write_list_of(out, "from", names, numbers[i][0], carry->from.n);
        write_list_of(out, "functions", names, numbers[i][1], carry->functions.n);
        fprintf(out, "},\n");
    }
    fprintf(out, "{ .share = 0 },\n};\n");
    tl_free(numbers);
}

static void write_pack_itself(FILE *out, const struct tl_pack_draft *pack,
                              struct names *names)
{
    const char *prefix = names->prefix;
    unsigned words[TL_WORD_LISTS];

    for (int i = 0; i < TL_WORD_LISTS; i++)
        words[i] = write_items(out, names, &pack->words[i]);
    unsigned locales = write_items(out, names, &pack->locales);
    fprintf(out, "static const struct tl_pack_draft %s = {\n  .version = %u,\n", prefix,
            pack->version);
    write_text_of(out, "name", pack->name);
    write_text_of(out, "yaml.path", "built in");
    write_list_of(out, "locales", names, locales, pack->locales.n);
    for (int i = 0; i < TL_WORD_LISTS; i++) {
        char field[16];

        snprintf(field, sizeof field, "words[%d]", i);
        write_list_of(out, field, names, words[i], pack->words[i].n);
    }
    fprintf(out,
            "  .vocabularies = %s_vocabularies,\n  .n_vocabularies = %u,\n"
            "  .categories = %s_categories,\n  .n_categories = %u,\n"
            "  .types = %s_types,\n  .n_types = %u,\n"
            "  .carry = %s_carry,\n  .n_carry = %u,\n};\n",
            prefix, pack->n_vocabularies, prefix, pack->n_categories, prefix,
            pack->n_types, prefix, pack->n_carry);
}

static void write_pack(FILE *out, struct tl_str *rows, const char *path,
                       struct tl_ctx *ctx)
{
    struct tl_str file = TL_STR_INIT(TL_PACK_BYTES_MOST);
    struct tl_pack_draft pack;
    struct tl_sha256 digest;
    char hex[65];

    if (tl_file_read(&file, path, ctx) ||
        tl_draft_read(&pack, file.text, file.n, path, ctx->arena, ctx))
        die(ctx, path);
    const char *stem = stem_of(path, ctx);
    struct names names = { tl_arena_printf(ctx->arena, "pack_%s", stem), 0 };
    fprintf(out, "static const struct tl_pack_draft %s;\n", names.prefix);
    write_bytes(out, "text", names.prefix, file.text, file.n + 1);
    write_types(out, &pack, &names);
    write_vocabularies(out, &pack, &names);
    write_categories(out, &pack, &names);
    write_carry(out, &pack, &names);
    write_pack_itself(out, &pack, &names);
    tl_sha256_of(&digest, file.text, file.n);
    tl_hex(hex, digest.bytes, sizeof digest.bytes);
    tl_str_addf(rows, "    { \"%s\", (const char *)text_%s, %zu, \"%s\", &%s },\n", stem,
                names.prefix, file.n, hex, names.prefix);
    tl_yaml_release(&pack.yaml);
    tl_str_release(&file);
}

static void write_packs(FILE *out, char **paths, struct tl_ctx *ctx)
{
    struct tl_str rows = TL_STR_INIT(1 << 20);

    fprintf(out, "#include \"classifiers/draft.h\"\n#include \"classifiers/packs.h\"\n");
    for (; *paths; paths++)
        write_pack(out, &rows, *paths, ctx);
    fprintf(out,
            "const struct tl_built_in_pack tl_built_in_packs[] = {\n%s    { 0 },\n};\n",
            rows.text);
    tl_str_release(&rows);
}

int main(int argc, char **argv)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;

    bool is_packs = argc > 2 && strcmp(argv[1], "packs") == 0;
    if (argc < 3 || (!is_packs && strcmp(argv[1], "gazetteers") != 0)) {
        fprintf(stderr, "usage: make_tables gazetteers OUT.c LIST.txt ...\n"
                        "       make_tables packs OUT.c PACK.yaml ...\n");
        return 2;
    }
    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    FILE *out = fopen(argv[2], "w");
    if (!out) {
        perror(argv[2]);
        return 1;
    }
    (is_packs ? write_packs : write_gazetteers)(out, argv + 3, &ctx);
    bool is_written = !ferror(out);
    if (fclose(out) || !is_written) {
        perror(argv[2]);
        return 1;
    }
    tl_ctx_release(&ctx);
    return 0;
}
