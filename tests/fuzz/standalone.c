/*
 * Runs a fuzz target without libFuzzer: every file of its corpus as it is, then 20,000 changed copies, the same ones each
 * time. So bad input is tried by the thousand in every test run, by the compiler and the sanitizers that users' builds
 * come from. What was being tried when the target died is left in the file "crash-<target>".
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_SEEDS = 16384,
    MOST_BYTES = 1 << 20,
    CHANGED_COPIES = 20000,
    MOST_SECONDS = 60
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct seed {
    uint8_t *bytes;
    size_t n;
};

static struct seed seeds[MOST_SEEDS];
static size_t n_seeds;
static struct seed trying;
static char crash_path[256];

static void leave_the_input(void)
{
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd >= 0 && write(fd, trying.bytes, trying.n) == (ssize_t)trying.n)
        fprintf(stderr, "the input is in %s\n", crash_path);
}

/* A claim of the target's own that does not hold. */
static void on_abort(int signal)
{
    (void)signal;
    leave_the_input();
}

/* splitmix64: small, and the same everywhere. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void add_seed(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(MOST_BYTES);

    if (!file || !bytes) {
        perror(path);
        exit(1);
    }
    size_t n = fread(bytes, 1, MOST_BYTES, file);
    fclose(file);
    uint8_t *exact = realloc(bytes, n ? n : 1); /* thousands of seeds are small */
    if (exact)
        bytes = exact;
    if (n_seeds < MOST_SEEDS)
        seeds[n_seeds++] = (struct seed){ bytes, n };
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_corpus(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, by_name);

    for (int i = 0; i < n; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            add_seed(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

/* In a block of exactly its size, so that a read beyond the end is seen. */
static void try(const uint8_t *bytes, size_t n)
{
    trying.bytes = malloc(n ? n : 1);
    trying.n = n;
    if (!trying.bytes)
        abort();
    if (n)
        memcpy(trying.bytes, bytes, n);
    LLVMFuzzerTestOneInput(trying.bytes, n);
    free(trying.bytes);
}

/* One small change in place; the length may shrink, or grow up to `room`. */
static size_t change(uint8_t *bytes, size_t n, size_t room, uint64_t *state)
{
    static const char odd[] = "\"'\\,;:{}[]()<>#%&*|\n\r\t\0\xff\xc0\xe2-0";
    size_t at = n ? next(state) % n : 0;
    uint64_t kind = next(state) % 7;

    if (n == 0 || (kind == 0 && n < room)) { /* put one in */
        memmove(bytes + at + 1, bytes + at, n - at);
        bytes[at] = (uint8_t)odd[next(state) % (sizeof odd - 1)];
        return n + 1;
    }
    size_t run = 1 + next(state) % 16;
    if (run > n - at)
        run = n - at;
    switch (kind) {
    case 1: /* flip a bit */
        bytes[at] ^= (uint8_t)(1u << next(state) % 8);
        return n;
    case 2: /* any byte */
        bytes[at] = (uint8_t)next(state);
        return n;
    case 3: /* a byte that means something */
        bytes[at] = (uint8_t)odd[next(state) % (sizeof odd - 1)];
        return n;
    case 4: /* leave a run out */
        memmove(bytes + at, bytes + at + run, n - at - run);
        return n - run;
    case 5: /* say a run twice */
        if (run > room - n)
            return n;
        memmove(bytes + at + run, bytes + at, n - at);
        return n + run;
    default: /* end here */
        return next(state) % 8 == 0 ? at : n;
    }
}

static void try_changed(uint64_t number)
{
    static uint8_t bytes[MOST_BYTES + 64];
    uint64_t state = number;
    const struct seed *seed = &seeds[next(&state) % n_seeds];
    size_t n = seed->n;

    if (n)
        memcpy(bytes, seed->bytes, n);
    for (uint64_t changes = 1 + next(&state) % 8; changes; changes--)
        n = change(bytes, n, sizeof bytes, &state);
    try(bytes, n);
}

int main(int argc, char **argv)
{
    const char *name = strrchr(argv[0], '/');
    struct timespec began;
    struct timespec now;
    uint64_t done = 0;

    snprintf(crash_path, sizeof crash_path, "crash-%s", name ? name + 1 : argv[0]);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(leave_the_input);
    signal(SIGABRT, on_abort);
    for (int i = 1; i < argc; i++)
        read_corpus(argv[i]);
    if (n_seeds == 0)
        seeds[n_seeds++] = (struct seed){ NULL, 0 };
    for (size_t i = 0; i < n_seeds; i++)
        try(seeds[i].bytes, seeds[i].n);

    clock_gettime(CLOCK_MONOTONIC, &began);
    now = began;
    while (done < CHANGED_COPIES && now.tv_sec - began.tv_sec < MOST_SECONDS) {
        try_changed(++done);
        clock_gettime(CLOCK_MONOTONIC, &now);
    }
    printf("%zu seeds and %llu changed copies\n", n_seeds, (unsigned long long)done);
    for (size_t i = 0; i < n_seeds; i++)
        free(seeds[i].bytes);
    return 0;
}
