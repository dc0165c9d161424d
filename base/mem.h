/*
 * Memory that never returns NULL: out of memory aborts (the log survives it as it survives kill -9).
 * Arenas for what is freed together; plain allocation for what vectors, maps and strings grow.
 */
#ifndef TL_BASE_MEM_H
#define TL_BASE_MEM_H

#include <stddef.h>

/* Zeroed. Abort on failure or on an overflow of n * size. Free with tl_free. */
void *tl_alloc(size_t n, size_t size);
/* Resizes to n * size; new bytes are not zeroed. */
void *tl_realloc(void *old, size_t n, size_t size);
void tl_free(void *old);
char *tl_strdup(const char *text);

struct tl_arena;

/* An empty arena; it takes memory in growing chunks (4 KiB up to 1 MiB). */
struct tl_arena *tl_arena_open(void);
void tl_arena_close(struct tl_arena *arena); /* NULL is fine */
/* Forgets everything, keeps one chunk. */
void tl_arena_reset(struct tl_arena *arena);

/* Zeroed, aligned for any type. Zero bytes give a valid pointer. */
void *tl_arena_alloc(struct tl_arena *arena, size_t n, size_t size);
/* Copies with a closing NUL, whatever bytes are inside. */
char *tl_arena_dup(struct tl_arena *arena, const void *bytes, size_t n);
char *tl_arena_strdup(struct tl_arena *arena, const char *text);
char *tl_arena_printf(struct tl_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Bytes taken from the system so far. */
size_t tl_arena_size(const struct tl_arena *arena);

#endif
