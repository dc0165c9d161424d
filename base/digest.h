/*
 * Digests and their text forms. The only file, with sign.c to come, that includes OpenSSL.
 * SHA-256 for what we vouch for; SHA-1 because git names objects by it; MD5 because DataHub names containers by it;
 * SHA-512 only to know again what others hashed.
 */
#ifndef TL_BASE_DIGEST_H
#define TL_BASE_DIGEST_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct tl_sha256 {
    unsigned char bytes[32];
};
struct tl_sha1 {
    unsigned char bytes[20];
};
struct tl_md5 {
    unsigned char bytes[16];
};
struct tl_sha512 {
    unsigned char bytes[64];
};

void tl_sha256_of(struct tl_sha256 *out, const void *bytes, size_t n);
void tl_sha1_of(struct tl_sha1 *out, const void *bytes, size_t n);
void tl_md5_of(struct tl_md5 *out, const void *bytes, size_t n);
void tl_sha512_of(struct tl_sha512 *out, const void *bytes, size_t n);

/* Pieces at a time. Starts as { 0 }. Cheap to reuse: begin resets. Release when done. */
enum tl_digest_kind { TL_DIGEST_SHA256, TL_DIGEST_SHA1 };
struct tl_digest {
    void *state;
    enum tl_digest_kind kind;
};
void tl_digest_begin(struct tl_digest *digest, enum tl_digest_kind kind);
void tl_digest_add(struct tl_digest *digest, const void *bytes, size_t n);
/* A length in front, so that ("ab","c") and ("a","bc") differ. */
void tl_digest_add_text(struct tl_digest *digest, const char *text);
void tl_digest_add_uint(struct tl_digest *digest,
                        uint64_t value); /* 8 bytes, big-endian */
void tl_digest_end(struct tl_digest *digest, unsigned char *out); /* 32 or 20 bytes */
void tl_digest_release(struct tl_digest *digest);

/* RFC 6962 section 2.1, SHA-256: leaf = H(0x00 || entry), node = H(0x01 || left || right). */
void tl_merkle_leaf(struct tl_sha256 *out, const void *entry, size_t n);
void tl_merkle_node(struct tl_sha256 *out, const struct tl_sha256 *left,
                    const struct tl_sha256 *right);

/* Lower-case hex with a closing NUL: out holds 2n+1 bytes. Returns out. */
char *tl_hex(char *out, const void *bytes, size_t n);
/* Reads exactly 2n hex digits of either case. False when `text` has others or another length. */
bool tl_unhex(void *out, size_t n, const char *text);
/* RFC 4648 section 4, padded. */
void tl_base64_add(struct tl_str *out, const void *bytes, size_t n);

/* Random bytes from the system (getrandom). Where TAGLINE_SEED is set: a reproducible sequence, for tests and the demo. */
void tl_random(void *out, size_t n);

#endif
