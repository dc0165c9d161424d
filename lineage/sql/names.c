/*
 * One open-addressed table over keywords and names. Slots are taken by linear probing in the order of the numbers, so undoing the
 * newest names is emptying their slots: nothing added before them can stand behind them. Growing keeps that order.
 */
#include "lineage/sql/names.h"

#include "base/mem.h"
#include "lineage/sql/dialect.h"
#include "lineage/sql/keywords.h"

enum { FIRST_SLOTS = 8192, CHUNK_BYTES = 32768 };

static char fold_byte(char c, uint8_t fold)
{
    if (fold == TL_SQL_FOLD_UPPER)
        return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static size_t padded(size_t n)
{
    return (n / TL_NAME_BLOCK + 1) * TL_NAME_BLOCK;
}

/* The bytes as blocks, folded one way or left as they are; in the buffer, until the next call. */
static const char *as_blocks(struct tl_sql_names *names, const char *bytes, uint32_t n,
                             bool folds, uint8_t fold)
{
    size_t room = padded(n);

    if (room > names->folded_room) {
        names->folded = tl_realloc(names->folded, room, 1);
        names->folded_room = room;
    }
    for (uint32_t i = 0; i < n; i++)
        names->folded[i] = folds ? fold_byte(bytes[i], fold) : bytes[i];
    memset(names->folded + n, 0, room - n);
    return names->folded;
}

static const char *store_text(struct tl_sql_names *names, const char *blocks, uint32_t n)
{
    size_t room = padded(n);
    struct tl_name_chunk *chunk = names->chunk;

    if (!chunk || chunk->room - chunk->used < room) {
        size_t bytes = room > CHUNK_BYTES ? room : CHUNK_BYTES;

        chunk = tl_alloc(1, sizeof *chunk + bytes);
        chunk->room = bytes;
        chunk->before = names->chunk;
        names->chunk = chunk;
    }
    char *text = chunk->bytes + chunk->used;
    memcpy(text, blocks, n);
    memset(text + n, 0, room - n);
    chunk->used += room;
    return text;
}

/* Gives back all text from `text` on. */
static void drop_text(struct tl_sql_names *names, const char *text)
{
    struct tl_name_chunk *chunk = names->chunk;

    while (text < chunk->bytes || text >= chunk->bytes + chunk->room) {
        names->chunk = chunk->before;
        tl_free(chunk);
        chunk = names->chunk;
    }
    chunk->used = (size_t)(text - chunk->bytes);
}

static void take_slot(struct tl_sql_names *names, uint32_t hash, uint32_t name)
{
    uint32_t i = hash & names->mask;

    while (names->slots[i].name)
        i = (i + 1) & names->mask;
    names->slots[i] = (struct tl_name_slot){ hash, name };
}

static void make_room(struct tl_sql_names *names)
{
    if (names->n == names->room) {
        names->room *= 2;
        names->entries = tl_realloc(names->entries, names->room, sizeof *names->entries);
        names->hashes = tl_realloc(names->hashes, names->room, sizeof *names->hashes);
    }
    /* Three slots of four are free at least: a second look costs more than the first, for nobody can foretell it. */
    if ((uint64_t)names->n * 4 <= names->mask)
        return;
    names->mask = names->mask * 2 + 1;
    tl_free(names->slots);
    names->slots = tl_alloc((size_t)names->mask + 1, sizeof *names->slots);
    for (uint32_t i = 1; i < names->n; i++)
        take_slot(names, names->hashes[i], i);
}

static bool compares_folded(const struct tl_sql_names *names)
{
    return names->fold == TL_SQL_FOLD_NONE || names->fold == TL_SQL_FOLD_LOWER_ALL;
}

static bool has_upper(const char *bytes, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z')
            return true;
    return false;
}

uint32_t tl_sql_name_new(struct tl_sql_names *names, const char *blocks, uint32_t n,
                         uint32_t hash)
{
    make_room(names);
    uint32_t name = names->n++;
    struct tl_name_entry *entry = &names->entries[name];

    memcpy(entry->head, blocks, sizeof entry->head);
    entry->text = store_text(names, blocks, n);
    entry->n = n;
    entry->key = name;
    names->hashes[name] = hash;
    take_slot(names, hash, name);
    if (compares_folded(names) && has_upper(entry->text, n)) {
        const char *text = entry->text;
        uint32_t key =
            tl_sql_name_probe(names, as_blocks(names, text, n, true, TL_SQL_FOLD_LOWER),
                              n);

        names->entries[name].key = key; /* `entry` may have moved */
    }
    return name;
}

struct tl_sql_names *tl_sql_names_open(const struct tl_sql_traits *traits)
{
    struct tl_sql_names *names = tl_alloc(1, sizeof *names);

    names->fold = traits->fold;
    names->room = FIRST_SLOTS / 8;
    names->entries = tl_alloc(names->room, sizeof *names->entries);
    names->hashes = tl_alloc(names->room, sizeof *names->hashes);
    names->slots = tl_alloc(FIRST_SLOTS, sizeof *names->slots);
    names->mask = FIRST_SLOTS - 1;
    names->n = 1;
    /* Where the system puts memory differs from run to run: who writes the SQL cannot choose names that collide. */
    names->seed = tl_name_mix((uint64_t)(uintptr_t)names, UINT64_C(0xa0761d6478bd642f));
    for (uint32_t i = 1; i < TL_K_END_OF_LIST; i++)
        tl_sql_name_probe(names,
                          as_blocks(names, tl_sql_keywords[i].text, tl_sql_keywords[i].n,
                                    true, names->fold),
                          tl_sql_keywords[i].n);
    if (compares_folded(
            names)) /* the other usual spelling: not to be learned anew by each text */
        for (uint32_t i = 1; i < TL_K_END_OF_LIST; i++)
            tl_sql_name_probe(names,
                              as_blocks(names, tl_sql_keywords[i].text,
                                        tl_sql_keywords[i].n, true, TL_SQL_FOLD_UPPER),
                              tl_sql_keywords[i].n);
    return names;
}

void tl_sql_names_close(struct tl_sql_names *names)
{
    if (!names)
        return;
    while (names->chunk) {
        struct tl_name_chunk *before = names->chunk->before;

        tl_free(names->chunk);
        names->chunk = before;
    }
    tl_free(names->entries);
    tl_free(names->hashes);
    tl_free(names->slots);
    tl_free(names->folded);
    tl_free(names);
}

uint32_t tl_sql_name_add(struct tl_sql_names *names, const char *bytes, uint32_t n,
                         bool is_quoted)
{
    bool folds = names->fold == TL_SQL_FOLD_LOWER_ALL ||
                 (names->fold != TL_SQL_FOLD_NONE && !is_quoted);

    return tl_sql_name_probe(names, as_blocks(names, bytes, n, folds, names->fold), n);
}

uint32_t tl_sql_name_exact(struct tl_sql_names *names, const char *bytes, uint32_t n)
{
    return tl_sql_name_probe(names, as_blocks(names, bytes, n, false, 0), n);
}

const char *tl_sql_name_text(const struct tl_sql_names *names, uint32_t name)
{
    return name ? names->entries[name].text : NULL;
}

uint32_t tl_sql_name_key(const struct tl_sql_names *names, uint32_t name)
{
    return names->entries[name].key;
}

uint32_t tl_sql_names_mark(const struct tl_sql_names *names)
{
    return names->n;
}

void tl_sql_names_undo(struct tl_sql_names *names, uint32_t mark)
{
    if (mark >= names->n)
        return;
    drop_text(names, names->entries[mark].text);
    while (names->n > mark) {
        uint32_t name = --names->n;
        uint32_t i = names->hashes[name] & names->mask;

        while (names->slots[i].name != name)
            i = (i + 1) & names->mask;
        names->slots[i] = (struct tl_name_slot){ 0 };
    }
}
