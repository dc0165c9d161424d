/*
 * Arenas: a list of chunks that double from 4 KiB to 1 MiB; allocating is adding to a number. What would waste
 * more than half a chunk gets one of its own and leaves the current chunk in use.
 */
#include "base/mem.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define TL_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TL_HAS_ASAN 1
#endif
#endif
#ifdef TL_HAS_ASAN
#include <sanitizer/asan_interface.h>
/* Bytes nobody may touch after each allocation, so that an overrun is seen at once. */
enum { GAP = 16 };
#define POISON(bytes, n)   ASAN_POISON_MEMORY_REGION(bytes, n)
#define UNPOISON(bytes, n) ASAN_UNPOISON_MEMORY_REGION(bytes, n)
#else
enum { GAP = 0 };
#define POISON(bytes, n)   ((void)(bytes), (void)(n))
#define UNPOISON(bytes, n) ((void)(bytes), (void)(n))
#endif

enum { CHUNK_LEAST = 4096, CHUNK_MOST = 1 << 20 };

static _Noreturn void out_of_memory(void)
{
    static const char text[] = "tagline: out of memory\n";

    fwrite(text, 1, sizeof text - 1, stderr);
    abort();
}

void *tl_alloc(size_t n, size_t size)
{
    void *fresh = n && size ? calloc(n, size) : calloc(1, 1);

    if (!fresh)
        out_of_memory();
    return fresh;
}

void *tl_realloc(void *old, size_t n, size_t size)
{
    void *fresh = n && size ? reallocarray(old, n, size) : realloc(old, 1);

    if (!fresh)
        out_of_memory();
    return fresh;
}

void tl_free(void *old)
{
    free(old);
}

char *tl_strdup(const char *text)
{
    size_t n = strlen(text) + 1;

    return memcpy(tl_realloc(NULL, n, 1), text, n);
}

struct chunk {
    struct chunk *older;
    size_t room;
    size_t used;
    alignas(max_align_t) unsigned char bytes[];
};

struct tl_arena {
    struct chunk *chunks; /* the first is the one in use */
    struct chunk *large;  /* one allocation each */
    size_t next;          /* bytes of the next chunk, its head included */
    size_t size;          /* taken from the system */
};

struct tl_arena *tl_arena_open(void)
{
    struct tl_arena *arena = tl_alloc(1, sizeof *arena);

    arena->next = CHUNK_LEAST;
    return arena;
}

static void free_chunks(struct tl_arena *arena, struct chunk *chunk)
{
    while (chunk) {
        struct chunk *older = chunk->older;
        arena->size -= sizeof *chunk + chunk->room;
        UNPOISON(chunk->bytes, chunk->room);
        free(chunk);
        chunk = older;
    }
}

void tl_arena_close(struct tl_arena *arena)
{
    if (!arena)
        return;
    free_chunks(arena, arena->large);
    free_chunks(arena, arena->chunks);
    free(arena);
}

void tl_arena_reset(struct tl_arena *arena)
{
    free_chunks(arena, arena->large);
    arena->large = NULL;
    if (!arena->chunks)
        return;
    /* The newest is the largest: the next round needs one chunk where this one needed several. */
    free_chunks(arena, arena->chunks->older);
    arena->chunks->older = NULL;
    arena->chunks->used = 0;
    POISON(arena->chunks->bytes, arena->chunks->room);
}

size_t tl_arena_size(const struct tl_arena *arena)
{
    return arena->size;
}

static struct chunk *add_chunk(struct tl_arena *arena, struct chunk **list, size_t room,
                               bool zeroed)
{
    struct chunk *chunk =
        zeroed ? calloc(1, sizeof *chunk + room) : malloc(sizeof *chunk + room);

    if (!chunk)
        out_of_memory();
    chunk->older = *list;
    chunk->room = room;
    chunk->used = 0;
    *list = chunk;
    arena->size += sizeof *chunk + room;
    POISON(chunk->bytes, room);
    return chunk;
}

/* `zeroed` says what the caller wants; fresh large memory is zeroed by the system for less than by us. */
static void *take(struct tl_arena *arena, size_t n, size_t align, bool zeroed)
{
    struct chunk *chunk = arena->chunks;

    if (n > SIZE_MAX / 2)
        out_of_memory();
    size_t need = n + GAP;
    size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;
    if (!chunk || start > chunk->room || chunk->room - start < need) {
        size_t room = arena->next - sizeof *chunk;
        start = 0;
        if (need > room / 2) {
            chunk = add_chunk(arena, &arena->large, need, zeroed);
            zeroed = false;
        } else {
            chunk = add_chunk(arena, &arena->chunks, room, false);
        }
        /* Also after one of its own, if chunks can grow to hold its like: the next ones then share. */
        if (arena->next < CHUNK_MOST && need < CHUNK_MOST / 2)
            arena->next *= 2;
    }
    unsigned char *bytes = chunk->bytes + start;
    chunk->used = start + need;
    UNPOISON(bytes, n);
    if (zeroed)
        memset(bytes, 0, n);
    return bytes;
}

void *tl_arena_alloc(struct tl_arena *arena, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory();
    return take(arena, bytes, alignof(max_align_t), true);
}

/* Text needs no alignment; with gaps to poison, the sanitizer wants its own grain. */
static char *take_text(struct tl_arena *arena, size_t n)
{
    return take(arena, n, GAP ? 8 : 1, false);
}

char *tl_arena_dup(struct tl_arena *arena, const void *bytes, size_t n)
{
    if (n == SIZE_MAX)
        out_of_memory();
    char *copy = take_text(arena, n + 1);
    if (n)
        memcpy(copy, bytes, n);
    copy[n] = '\0';
    return copy;
}

char *tl_arena_strdup(struct tl_arena *arena, const char *text)
{
    return tl_arena_dup(arena, text, strlen(text));
}

char *tl_arena_printf(struct tl_arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        out_of_memory();
    char *text = take_text(arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    return text;
}
