/*
 * `bench_delay SOCKET MICROSECONDS`: a proxy from a port of loopback (printed first) to a Unix socket that hands on every byte so
 * many microseconds late, in each direction: a far server on one machine. Bytes follow each other as fast as they came, so only
 * the way is longer, not narrower. Ends with its standard input. Two threads a direction: one reads and stamps, one waits and writes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 256, SLOT_BYTES = 32768 };

struct slot {
    int64_t due;
    size_t n; /* 0: the sender has ended */
    char bytes[SLOT_BYTES];
};

/* One direction: a ring of what is on its way. */
struct way {
    int from, to;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t first, n;
    struct slot slots[SLOTS];
};

static const char *socket_path;
static int64_t delay;

static int64_t now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void wait_until(int64_t due)
{
    struct timespec t = { due / 1000000000, due % 1000000000 };

    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
        ;
}

static void *read_all(void *arg)
{
    struct way *way = arg;
    ssize_t got;

    do {
        pthread_mutex_lock(&way->lock);
        while (way->n == SLOTS)
            pthread_cond_wait(&way->changed, &way->lock);
        struct slot *slot = &way->slots[(way->first + way->n) % SLOTS];
        pthread_mutex_unlock(&way->lock);
        got = read(way->from, slot->bytes, SLOT_BYTES);
        slot->n = got > 0 ? (size_t)got : 0;
        slot->due = now() + delay;
        pthread_mutex_lock(&way->lock);
        way->n++;
        pthread_cond_broadcast(&way->changed);
        pthread_mutex_unlock(&way->lock);
    } while (got > 0);
    return NULL;
}

static bool write_slot(const struct way *way, const struct slot *slot)
{
    size_t done = 0;

    while (done < slot->n) {
        ssize_t put = send(way->to, slot->bytes + done, slot->n - done, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        done += (size_t)put;
    }
    return slot->n > 0;
}

static void *write_all(void *arg)
{
    struct way *way = arg;
    bool goes_on;

    prctl(PR_SET_TIMERSLACK, 1UL);
    do {
        pthread_mutex_lock(&way->lock);
        while (way->n == 0)
            pthread_cond_wait(&way->changed, &way->lock);
        const struct slot *slot = &way->slots[way->first];
        pthread_mutex_unlock(&way->lock);
        wait_until(slot->due);
        goes_on = write_slot(way, slot);
        pthread_mutex_lock(&way->lock);
        way->first = (way->first + 1) % SLOTS;
        way->n--;
        pthread_cond_broadcast(&way->changed);
        pthread_mutex_unlock(&way->lock);
    } while (goes_on);
    /* Both halves hear of it, so that the reader of this way ends too. */
    shutdown(way->to, SHUT_WR);
    shutdown(way->from, SHUT_RD);
    return NULL;
}

static int connect_far(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) {
        perror(socket_path);
        exit(1);
    }
    return fd;
}

static void *carry(void *arg)
{
    int near = (int)(intptr_t)arg;
    int far = connect_far();
    struct way *ways = calloc(2, sizeof *ways);
    pthread_t threads[4];

    if (!ways)
        abort();
    for (int i = 0; i < 2; i++) {
        ways[i].from = i ? far : near;
        ways[i].to = i ? near : far;
        pthread_mutex_init(&ways[i].lock, NULL);
        pthread_cond_init(&ways[i].changed, NULL);
        pthread_create(&threads[2 * i], NULL, read_all, &ways[i]);
        pthread_create(&threads[2 * i + 1], NULL, write_all, &ways[i]);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    close(near);
    close(far);
    free(ways);
    return NULL;
}

static int listen_near(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, n) || listen(fd, 64) ||
        getsockname(fd, (struct sockaddr *)&address, &n)) {
        perror("listen");
        exit(1);
    }
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void *accept_all(void *arg)
{
    int fd = listen_near();

    (void)arg;
    for (;;) {
        pthread_t thread;
        int near = accept(fd, NULL, NULL);
        if (near < 0)
            continue;
        setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        pthread_create(&thread, NULL, carry, (void *)(intptr_t)near);
        pthread_detach(thread);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    char byte;

    if (argc != 3) {
        fprintf(stderr, "usage: bench_delay SOCKET MICROSECONDS\n");
        return 2;
    }
    socket_path = argv[1];
    delay = strtoll(argv[2], NULL, 10) * 1000;
    pthread_create(&thread, NULL, accept_all, NULL);
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    return 0;
}
