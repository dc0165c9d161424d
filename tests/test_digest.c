#include "tests/check.h"

#include "base/digest.h"

#include <pthread.h>

static const char *sha256_hex(const void *bytes, size_t n)
{
    static char hex[65];
    struct tl_sha256 digest;

    tl_sha256_of(&digest, bytes, n);
    return tl_hex(hex, digest.bytes, sizeof digest.bytes);
}

/* RFC 6234 section 8.5, tests 1 and 2; and the empty text (FIPS 180-4 examples). */
static void sha256_gives_the_known_answers(void)
{
    static const char two_blocks[] =
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

    CHECK_TEXT(sha256_hex("abc", 3),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_TEXT(sha256_hex(two_blocks, sizeof two_blocks - 1),
               "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_TEXT(sha256_hex(NULL, 0),
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 6234 section 8.5, test 3: a million times "a", in pieces that do not meet the blocks. */
static void pieces_give_the_digest_of_the_whole(void)
{
    struct tl_digest digest = { 0 };
    unsigned char out[32];
    char hex[65];
    char piece[125];

    memset(piece, 'a', sizeof piece);
    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    for (int i = 0; i < 8000; i++)
        tl_digest_add(&digest, piece, sizeof piece);
    tl_digest_end(&digest, out);
    CHECK_TEXT(tl_hex(hex, out, sizeof out),
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    tl_digest_release(&digest);
}

/* RFC 3174 section 7.3, test 1; and git's name of the empty blob. */
static void sha1_gives_the_known_answers(void)
{
    struct tl_sha1 digest;
    char hex[41];

    tl_sha1_of(&digest, "abc", 3);
    CHECK_TEXT(tl_hex(hex, digest.bytes, 20), "a9993e364706816aba3e25717850c26c9cd0d89d");
    tl_sha1_of(&digest, "blob 0", 7);
    CHECK_TEXT(tl_hex(hex, digest.bytes, 20), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

/* FIPS 180-4's example, one block */
static void sha512_gives_the_known_answer(void)
{
    struct tl_sha512 digest;
    char hex[129];

    tl_sha512_of(&digest, "abc", 3);
    CHECK_TEXT(tl_hex(hex, digest.bytes, 64),
               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

/* RFC 1321 appendix A.5 */
static void md5_gives_the_known_answers(void)
{
    struct tl_md5 digest;
    char hex[33];

    tl_md5_of(&digest, "", 0);
    CHECK_TEXT(tl_hex(hex, digest.bytes, 16), "d41d8cd98f00b204e9800998ecf8427e");
    tl_md5_of(&digest, "message digest", 14);
    CHECK_TEXT(tl_hex(hex, digest.bytes, 16), "f96b697d7cb7938d525a2f31aaf161d0");
}

static void a_digest_is_used_again_for_either_kind(void)
{
    struct tl_digest digest = { 0 };
    unsigned char out[32];
    char hex[65];

    for (int round = 0; round < 2; round++) {
        tl_digest_begin(&digest, TL_DIGEST_SHA1);
        tl_digest_add(&digest, "left over", 9);
        tl_digest_begin(&digest, TL_DIGEST_SHA1);
        tl_digest_add(&digest, "abc", 3);
        tl_digest_end(&digest, out);
        CHECK_TEXT(tl_hex(hex, out, 20), "a9993e364706816aba3e25717850c26c9cd0d89d");
        tl_digest_begin(&digest, TL_DIGEST_SHA256);
        tl_digest_end(&digest, out);
        CHECK_TEXT(tl_hex(hex, out, 32), sha256_hex("", 0));
    }
    tl_digest_release(&digest);
    tl_digest_release(&digest);
}

static void digest_of_two(unsigned char out[32], const char *a, const char *b)
{
    struct tl_digest digest = { 0 };

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    tl_digest_add_text(&digest, a);
    tl_digest_add_text(&digest, b);
    tl_digest_end(&digest, out);
    tl_digest_release(&digest);
}

static void texts_are_told_apart_by_their_lengths(void)
{
    unsigned char one[32];
    unsigned char other[32];
    char hex[65];

    digest_of_two(one, "ab", "c");
    digest_of_two(other, "a", "bc");
    CHECK(memcmp(one, other, sizeof one) != 0);
    CHECK_TEXT(tl_hex(hex, one, sizeof one),
               sha256_hex("\0\0\0\0\0\0\0\2ab\0\0\0\0\0\0\0\1c", 19));
}

static void numbers_are_added_big_endian(void)
{
    struct tl_digest digest = { 0 };
    unsigned char out[32];
    char hex[65];

    tl_digest_begin(&digest, TL_DIGEST_SHA256);
    tl_digest_add_uint(&digest, 0x0102030405060708u);
    tl_digest_end(&digest, out);
    CHECK_TEXT(tl_hex(hex, out, sizeof out), sha256_hex("\1\2\3\4\5\6\7\10", 8));
    tl_digest_release(&digest);
}

/*
 * The tree of three leaves from the reference tests of RFC 6962 (certificate-transparency, merkle_tree_test):
 * entries "", 00, 10; RFC 6962 section 2.1 makes its root H(1, H(1, leaf 0, leaf 1), leaf 2).
 */
static void merkle_hashes_are_those_of_rfc_6962(void)
{
    struct tl_sha256 leaf[3];
    struct tl_sha256 root;
    char hex[65];

    tl_merkle_leaf(&leaf[0], NULL, 0);
    tl_merkle_leaf(&leaf[1], "\x00", 1);
    tl_merkle_leaf(&leaf[2], "\x10", 1);
    CHECK_TEXT(tl_hex(hex, leaf[0].bytes, 32),
               "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    tl_merkle_node(&root, &leaf[0], &leaf[1]);
    CHECK_TEXT(tl_hex(hex, root.bytes, 32),
               "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    tl_merkle_node(&root, &root, &leaf[2]);
    CHECK_TEXT(tl_hex(hex, root.bytes, 32),
               "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
}

static void hex_is_read_in_either_case_and_nothing_else(void)
{
    unsigned char out[2] = { 7, 7 };

    CHECK(tl_unhex(out, 2, "aB0f"));
    CHECK(out[0] == 0xab && out[1] == 0x0f);
    CHECK(!tl_unhex(out, 2, "aB0"));
    CHECK(!tl_unhex(out, 2, "aB0f0"));
    CHECK(!tl_unhex(out, 2, "aB0g"));
    CHECK(!tl_unhex(out, 2, "+10f"));
    CHECK(out[0] == 0xab && out[1] == 0x0f);
    CHECK(tl_unhex(out, 0, ""));
}

/* RFC 4648 section 10 */
static void base64_gives_the_known_answers(void)
{
    static const char *const want[] = { "",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" };

    for (size_t n = 0; n <= 6; n++) {
        struct tl_str out = TL_STR_INIT(100);
        tl_base64_add(&out, "foobar", n);
        CHECK_TEXT(out.text, want[n]);
        tl_str_release(&out);
    }
    struct tl_str out = TL_STR_INIT(100);
    tl_base64_add(&out, "\xfb\xff\xfe", 3);
    CHECK_TEXT(out.text, "+//+");
    tl_str_release(&out);
}

static void a_seed_makes_random_bytes_reproducible(void)
{
    unsigned char first[40];
    unsigned char second[40];
    char hex[65];

    setenv("TAGLINE_SEED", "seed", 1);
    tl_random(first, sizeof first);
    /* SHA-256(SHA-256("seed") || eight zero bytes) */
    CHECK_TEXT(tl_hex(hex, first, 32),
               "cc36962cfef13089a78aacb34a45b2a9f29c01dff44cfc1ad0a679eaae30db0e");
    tl_random(second, sizeof second);
    CHECK(memcmp(first, second, sizeof first) != 0);
    setenv("TAGLINE_SEED", "another", 1);
    tl_random(second, sizeof second);
    setenv("TAGLINE_SEED", "seed", 1);
    tl_random(second, sizeof second);
    CHECK(memcmp(first, second, sizeof first) == 0);
    unsetenv("TAGLINE_SEED");
}

static void without_a_seed_no_two_are_alike(void)
{
    unsigned char first[16];
    unsigned char second[16];

    unsetenv("TAGLINE_SEED");
    tl_random(first, sizeof first);
    tl_random(second, sizeof second);
    CHECK(memcmp(first, second, sizeof first) != 0);
    tl_random(first, 0);
}

static void *hash_often(void *out)
{
    for (int i = 0; i < 1000; i++)
        tl_sha256_of(out, "abc", 3);
    return NULL;
}

static void threads_do_not_disturb_each_other(void)
{
    pthread_t threads[4];
    struct tl_sha256 got[4];
    char hex[65];

    for (int i = 0; i < 4; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, hash_often, &got[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        CHECK_TEXT(tl_hex(hex, got[i].bytes, 32), sha256_hex("abc", 3));
    }
}

TL_TESTS("digest", TEST(sha256_gives_the_known_answers),
         TEST(pieces_give_the_digest_of_the_whole), TEST(sha1_gives_the_known_answers),
         TEST(md5_gives_the_known_answers), TEST(sha512_gives_the_known_answer),
         TEST(a_digest_is_used_again_for_either_kind),
         TEST(texts_are_told_apart_by_their_lengths), TEST(numbers_are_added_big_endian),
         TEST(merkle_hashes_are_those_of_rfc_6962),
         TEST(hex_is_read_in_either_case_and_nothing_else),
         TEST(base64_gives_the_known_answers),
         TEST(a_seed_makes_random_bytes_reproducible),
         TEST(without_a_seed_no_two_are_alike), TEST(threads_do_not_disturb_each_other))
