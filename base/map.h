/*
 * Text to number, and interning: each distinct text once, named by a 32-bit id.
 * Interned text is what snapshots and decisions point at; ids live only within a run.
 */
#ifndef TL_BASE_MAP_H
#define TL_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open addressing over borrowed keys: whoever adds a key keeps its bytes alive. */
struct tl_map {
    struct tl_map_slot *slots;
    size_t n, room;
};

#define TL_MAP_INIT                                                                      \
    {                                                                                    \
        0                                                                                \
    }
void tl_map_release(struct tl_map *map);
/* Makes room for n keys in all, so that adding them moves nothing. */
void tl_map_reserve(struct tl_map *map, size_t n);
/* Sets (or replaces) the value of a key. */
void tl_map_put(struct tl_map *map, const void *key, size_t n, uint32_t value);
/* True and the value where the key is known. */
bool tl_map_get(const struct tl_map *map, const void *key, size_t n, uint32_t *value);

/* An interned text. 0 stands for "no text", which is not the empty text. */
struct tl_text {
    uint32_t i;
};
#define TL_NO_TEXT ((struct tl_text){ 0 })

/* One pool per run. Not for several threads at once: workers intern into their own and are merged. */
struct tl_texts;
struct tl_texts *tl_texts_open(void);
void tl_texts_close(struct tl_texts *texts);
/* The id of these bytes, adding them if new. Aborts beyond 2^32-2 texts. */
struct tl_text tl_text_add(struct tl_texts *texts, const char *bytes, size_t n);
/* Id of a C string; NULL gives TL_NO_TEXT. */
struct tl_text tl_text_of(struct tl_texts *texts, const char *text);
/* The bytes, closed by a NUL; `n` (may be NULL) gets the length. NULL for TL_NO_TEXT. Borrowed, stable. */
const char *tl_text_get(const struct tl_texts *texts, struct tl_text text, size_t *n);
/* Bytes held, for memory figures. */
size_t tl_texts_size(const struct tl_texts *texts);

#endif
