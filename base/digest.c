/*
 * OpenSSL's EVP with what it is slow at kept: looking up an algorithm and making a context cost more than hashing
 * a short text. Algorithms are fetched once a process, contexts made once a thread.
 */
#include "base/digest.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sys/random.h>

enum { SHA256, SHA1, MD5, SHA512, KINDS };

struct hashers {
    EVP_MD_CTX *ctx[KINDS];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static EVP_MD *algorithms[KINDS];

/* A digest that cannot be computed is a broken installation: nothing that needs no digest is left to do. */
static _Noreturn void no_digest(void)
{
    static const char text[] = "tagline: libcrypto computes no SHA-2, SHA-1 or MD5\n";

    fwrite(text, 1, sizeof text - 1, stderr);
    abort();
}

static void free_hashers(void *of)
{
    struct hashers *hashers = of;

    for (int i = 0; i < KINDS; i++)
        EVP_MD_CTX_free(hashers->ctx[i]);
    tl_free(hashers);
}

static void prepare(void)
{
    static const char *const names[KINDS] = { "SHA256", "SHA1", "MD5", "SHA512" };

    for (int i = 0; i < KINDS; i++) {
        algorithms[i] = EVP_MD_fetch(NULL, names[i], NULL);
        if (!algorithms[i])
            no_digest();
    }
    if (pthread_key_create(&key, free_hashers) != 0)
        no_digest();
}

static EVP_MD_CTX *new_context(int kind)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    if (!ctx || EVP_DigestInit_ex2(ctx, algorithms[kind], NULL) != 1)
        no_digest();
    return ctx;
}

/* This thread's context for the kind, at its beginning. */
static EVP_MD_CTX *own_context(int kind)
{
    static _Thread_local struct hashers *own;

    if (!own) {
        pthread_once(&once, prepare);
        own = tl_alloc(1, sizeof *own);
        if (pthread_setspecific(key, own) != 0)
            no_digest();
    }
    if (!own->ctx[kind])
        return own->ctx[kind] = new_context(kind);
    if (EVP_DigestInit_ex2(own->ctx[kind], NULL, NULL) != 1)
        no_digest();
    return own->ctx[kind];
}

static void add(EVP_MD_CTX *ctx, const void *bytes, size_t n)
{
    if (n && EVP_DigestUpdate(ctx, bytes, n) != 1)
        no_digest();
}

static void finish(EVP_MD_CTX *ctx, unsigned char *out)
{
    if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
        no_digest();
}

static void digest_of(unsigned char *out, int kind, const void *bytes, size_t n)
{
    EVP_MD_CTX *ctx = own_context(kind);

    add(ctx, bytes, n);
    finish(ctx, out);
}

void tl_sha256_of(struct tl_sha256 *out, const void *bytes, size_t n)
{
    digest_of(out->bytes, SHA256, bytes, n);
}

void tl_sha1_of(struct tl_sha1 *out, const void *bytes, size_t n)
{
    digest_of(out->bytes, SHA1, bytes, n);
}

void tl_md5_of(struct tl_md5 *out, const void *bytes, size_t n)
{
    digest_of(out->bytes, MD5, bytes, n);
}

void tl_sha512_of(struct tl_sha512 *out, const void *bytes, size_t n)
{
    digest_of(out->bytes, SHA512, bytes, n);
}

void tl_digest_begin(struct tl_digest *digest, enum tl_digest_kind kind)
{
    pthread_once(&once, prepare);
    if (digest->state && digest->kind != kind)
        tl_digest_release(digest);
    digest->kind = kind;
    if (!digest->state)
        digest->state = new_context(kind == TL_DIGEST_SHA1 ? SHA1 : SHA256);
    else if (EVP_DigestInit_ex2(digest->state, NULL, NULL) != 1)
        no_digest();
}

void tl_digest_add(struct tl_digest *digest, const void *bytes, size_t n)
{
    add(digest->state, bytes, n);
}

void tl_digest_add_text(struct tl_digest *digest, const char *text)
{
    size_t n = strlen(text);

    tl_digest_add_uint(digest, n);
    add(digest->state, text, n);
}

void tl_digest_add_uint(struct tl_digest *digest, uint64_t value)
{
    unsigned char bytes[8];

    for (int i = 7; i >= 0; i--) {
        bytes[i] = (unsigned char)value;
        value >>= 8;
    }
    add(digest->state, bytes, sizeof bytes);
}

void tl_digest_end(struct tl_digest *digest, unsigned char *out)
{
    finish(digest->state, out);
}

void tl_digest_release(struct tl_digest *digest)
{
    EVP_MD_CTX_free(digest->state);
    digest->state = NULL;
}

void tl_merkle_leaf(struct tl_sha256 *out, const void *entry, size_t n)
{
    EVP_MD_CTX *ctx = own_context(SHA256);

    add(ctx, "\x00", 1);
    add(ctx, entry, n);
    finish(ctx, out->bytes);
}

void tl_merkle_node(struct tl_sha256 *out, const struct tl_sha256 *left,
                    const struct tl_sha256 *right)
{
    EVP_MD_CTX *ctx = own_context(SHA256);

    add(ctx, "\x01", 1);
    add(ctx, left->bytes, sizeof left->bytes);
    add(ctx, right->bytes, sizeof right->bytes);
    finish(ctx, out->bytes);
}

char *tl_hex(char *out, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[b[i] >> 4];
        out[2 * i + 1] = digits[b[i] & 15];
    }
    out[2 * n] = '\0';
    return out;
}

/* 16 where `c` is no digit. */
static unsigned hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 16;
}

bool tl_unhex(void *out, size_t n, const char *text)
{
    unsigned char *to = out;

    if (strlen(text) != 2 * n)
        return false;
    for (size_t i = 0; i < 2 * n; i++)
        if (hex_value(text[i]) > 15)
            return false;
    for (size_t i = 0; i < n; i++)
        to[i] = (unsigned char)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return true;
}

void tl_base64_add(struct tl_str *out, const void *bytes, size_t n)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *b = bytes;

    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t three = (uint32_t)b[i] << 16 | (left > 1 ? (uint32_t)b[i + 1] << 8 : 0) |
                         (left > 2 ? b[i + 2] : 0);
        char four[4] = { digits[three >> 18], digits[three >> 12 & 63],
                         left > 1 ? digits[three >> 6 & 63] : '=',
                         left > 2 ? digits[three & 63] : '=' };
        tl_str_add_bytes(out, four, sizeof four);
    }
}

static void random_from_system(unsigned char *out, size_t n)
{
    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            perror("tagline: the system gives no random bytes");
            abort();
        }
        out += got;
        n -= (size_t)got;
    }
}

/* SHA-256(seed || count) for count = 0, 1, ...: each call starts with a new block. Another seed starts again. */
static void random_from_seed(unsigned char *out, size_t n, const char *seed)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct tl_sha256 of; /* the seed the count belongs to */
    static uint64_t count;
    struct tl_sha256 now;

    tl_sha256_of(&now, seed, strlen(seed));
    pthread_mutex_lock(&lock);
    if (memcmp(&now, &of, sizeof of) != 0) {
        of = now;
        count = 0;
    }
    while (n > 0) {
        unsigned char block[sizeof of + 8];
        struct tl_sha256 bytes;
        size_t take = n < sizeof bytes ? n : sizeof bytes;
        memcpy(block, of.bytes, sizeof of);
        for (unsigned i = 0; i < 8; i++)
            block[sizeof of + i] = (unsigned char)(count >> (56 - 8 * i));
        count++;
        tl_sha256_of(&bytes, block, sizeof block);
        memcpy(out, bytes.bytes, take);
        out += take;
        n -= take;
    }
    pthread_mutex_unlock(&lock);
}

void tl_random(void *out, size_t n)
{
    const char *seed = getenv("TAGLINE_SEED");

    if (seed && *seed)
        random_from_seed(out, n, seed);
    else
        random_from_system(out, n);
}
