#include "tests/check.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_zero(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i])
            return false;
    return true;
}

static void allocations_are_zeroed_aligned_and_apart(void)
{
    struct tl_arena *arena = tl_arena_open();
    unsigned char *last = NULL;

    CHECK(tl_arena_alloc(arena, 0, 8) != NULL);
    for (size_t n = 1; n < 3000; n += 7) {
        unsigned char *bytes = tl_arena_alloc(arena, n, 1);
        CHECK(bytes && bytes != last);
        CHECK((uintptr_t)bytes % alignof(max_align_t) == 0);
        CHECK(is_zero(bytes, n));
        memset(bytes, 0xa5, n);
        last = bytes;
    }
    tl_arena_close(arena);
}

static void memory_used_again_after_a_reset_is_zeroed(void)
{
    struct tl_arena *arena = tl_arena_open();

    memset(tl_arena_alloc(arena, 1000, 1), 0xa5, 1000);
    tl_arena_reset(arena);
    CHECK(is_zero(tl_arena_alloc(arena, 1000, 1), 1000));
    tl_arena_close(arena);
}

static void a_reset_arena_needs_no_more_memory_for_the_same_again(void)
{
    struct tl_arena *arena = tl_arena_open();
    size_t size = 0;

    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 1000; i++)
            tl_arena_alloc(arena, 100, 1);
        tl_arena_alloc(arena, 3 << 20, 1);
        if (round == 2)
            size = tl_arena_size(arena);
        CHECK(round < 3 || tl_arena_size(arena) == size);
        tl_arena_reset(arena);
    }
    CHECK(tl_arena_size(arena) <= 2 << 20);
    tl_arena_close(arena);
}

static void a_large_allocation_does_not_end_the_chunk_in_use(void)
{
    struct tl_arena *arena = tl_arena_open();

    tl_arena_alloc(arena, 16, 1);
    size_t before = tl_arena_size(arena);
    CHECK(is_zero(tl_arena_alloc(arena, 5 << 20, 1), 5 << 20));
    size_t with_large = tl_arena_size(arena);
    CHECK(with_large - before < (5 << 20) + 4096);
    tl_arena_alloc(arena, 16, 1);
    CHECK_INT(tl_arena_size(arena), with_large);
    tl_arena_close(arena);
}

static void middling_allocations_come_to_share_chunks(void)
{
    struct tl_arena *arena = tl_arena_open();

    for (int i = 0; i < 1000; i++)
        tl_arena_alloc(arena, 3000, 1);
    tl_arena_reset(arena);
    size_t kept = tl_arena_size(arena);
    for (int i = 0; i < 100; i++)
        tl_arena_alloc(arena, 3000, 1);
    CHECK_INT(tl_arena_size(arena), kept);
    tl_arena_close(arena);
}

static void copies_are_closed_by_a_nul_and_keep_those_inside(void)
{
    struct tl_arena *arena = tl_arena_open();
    char *copy = tl_arena_dup(arena, "a\0b", 3);

    CHECK(memcmp(copy, "a\0b", 4) == 0);
    CHECK_TEXT(tl_arena_dup(arena, NULL, 0), "");
    CHECK_TEXT(tl_arena_strdup(arena, "text"), "text");
    CHECK_TEXT(tl_arena_printf(arena, "%s-%d", "n", 7), "n-7");
    CHECK_INT(strlen(tl_arena_printf(arena, "%50000d", 1)), 50000);
    tl_arena_close(arena);
}

static void closing_and_freeing_nothing_is_fine(void)
{
    tl_arena_close(NULL);
    tl_free(NULL);
    struct tl_arena *arena = tl_arena_open();
    tl_arena_reset(arena);
    CHECK_INT(tl_arena_size(arena), 0);
    tl_arena_close(arena);
}

static void plain_memory_is_zeroed_and_never_null(void)
{
    unsigned char *bytes = tl_alloc(100, 3);

    CHECK(is_zero(bytes, 300));
    tl_free(bytes);
    void *none = tl_alloc(0, 8);
    CHECK(none != NULL);
    none = tl_realloc(none, 0, 8);
    CHECK(none != NULL);
    tl_free(none);
    char *copy = tl_strdup("text");
    CHECK_TEXT(copy, "text");
    tl_free(copy);
}

static void overflow_in_alloc(void)
{
    tl_free(tl_alloc(SIZE_MAX / 2, 3));
}

static void overflow_in_realloc(void)
{
    tl_free(tl_realloc(NULL, SIZE_MAX / 2, 3));
}

static void overflow_in_arena(void)
{
    tl_arena_alloc(tl_arena_open(), SIZE_MAX / 2, 3);
}

static bool ends_the_process(void (*deed)(void))
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        close(STDERR_FILENO);
        deed();
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status != 0;
}

static void a_size_that_overflows_ends_the_process(void)
{
    CHECK(ends_the_process(overflow_in_alloc));
    CHECK(ends_the_process(overflow_in_realloc));
    CHECK(ends_the_process(overflow_in_arena));
}

TL_TESTS("mem", TEST(allocations_are_zeroed_aligned_and_apart),
         TEST(memory_used_again_after_a_reset_is_zeroed),
         TEST(a_reset_arena_needs_no_more_memory_for_the_same_again),
         TEST(a_large_allocation_does_not_end_the_chunk_in_use),
         TEST(middling_allocations_come_to_share_chunks),
         TEST(copies_are_closed_by_a_nul_and_keep_those_inside),
         TEST(closing_and_freeing_nothing_is_fine),
         TEST(plain_memory_is_zeroed_and_never_null),
         TEST(a_size_that_overflows_ends_the_process))
