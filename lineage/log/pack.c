/*
 * The pack format is git's Documentation/gitformat-pack.txt: "PACK", version 2, a count, objects (type and size as a
 * varint, then zlib), SHA-1 of all that. No deltas: they would cost more than they save here, and a reader of ours can
 * inflate any object on its own. The count is only known at the end, so it is patched in and the file hashed once more.
 */
#include "lineage/log/pack.h"

#include "base/ctx.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of libdeflate. A tenth smaller than 3 for a fifth more time (tests/bench/bench_log.c): the log is kept, the run is not. */
enum { LEVEL = 6 };
enum {
    OUT_ROOM = 256 * 1024,
    HEADER_ROOM = 16, /* most bytes of type and size */
};

struct packed {
    struct tl_sha1 id;
    uint32_t crc;
    uint64_t offset;
};

struct tl_pack {
    char *folder;
    char temporary[PATH_MAX]; /* .pack and .idx share the stem */
    char name[64];            /* "pack-<hex>" once finished */
    int fd;
    bool is_published, is_kept;
    uint64_t at; /* bytes of the pack so far */
    uint64_t idx_bytes;
    struct libdeflate_compressor *deflater;
    struct tl_digest sha1;
    unsigned char *squeezed; /* one object, deflated */
    size_t squeezed_room;
    unsigned char out[OUT_ROOM]; /* what is not written yet */
    size_t n_out;
    TL_VEC(struct packed) objects;
    uint32_t *slots; /* open addressing: object number + 1, by id */
    size_t n_slots;
};

static int write_failed(const struct tl_pack *pack, struct tl_ctx *ctx)
{
    int why = errno;

    if (why == ENOSPC || why == EDQUOT || why == EFBIG)
        tl_hint(ctx, "make room on the disk and run it again: the log is as it was");
    return tl_fail(ctx, TL_EWRITE, "cannot write to '%s': %s", pack->folder,
                   strerror(why));
}

/* Until it is published a file must not look like a pack's: git reads whatever ends in .idx, cut short or not. */
static void path_of(char out[PATH_MAX + 80], const struct tl_pack *pack, bool is_final,
                    const char *extension)
{
    if (is_final)
        snprintf(out, PATH_MAX + 80, "%s/%s.%s", pack->folder, pack->name, extension);
    else
        snprintf(out, PATH_MAX + 80, "%s_%s", pack->temporary, extension);
}

static int open_file(struct tl_pack *pack, const char *extension, struct tl_ctx *ctx)
{
    char path[PATH_MAX + 80];

    path_of(path, pack, false, extension);
    int fd = tl_fault("pack.open")
                 ? -1
                 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    if (fd < 0)
        return write_failed(pack, ctx);
    return fd;
}

int tl_pack_open(struct tl_pack **out, const char *folder, struct tl_ctx *ctx)
{
    struct tl_pack *pack = tl_alloc(1, sizeof *pack);
    unsigned char random[8];
    char hex[17];

    pack->folder = tl_strdup(folder);
    pack->deflater = libdeflate_alloc_compressor(LEVEL);
    if (!pack->deflater)
        abort();
    /* Not tl_random: a seeded sequence must not depend on how often a log was written. */
    snprintf(hex, sizeof hex, "%lx", (unsigned long)getpid());
    if (getentropy(random, sizeof random) == 0)
        tl_hex(hex, random, sizeof random);
    snprintf(pack->temporary, sizeof pack->temporary, "%s/" TL_PACK_TEMPORARY "%s",
             folder, hex);
    pack->fd = open_file(pack, "pack", ctx);
    if (pack->fd < 0) {
        tl_pack_close(pack);
        return ctx->error.code;
    }
    memcpy(pack->out, "PACK\0\0\0\2\0\0\0\0", 12);
    pack->n_out = 12;
    pack->at = 12;
    *out = pack;
    return TL_OK;
}

static int flush_out(struct tl_pack *pack, struct tl_ctx *ctx)
{
    if (tl_write_all(pack->fd, pack->out, pack->n_out) < 0)
        return write_failed(pack, ctx);
    pack->n_out = 0;
    return TL_OK;
}

static int put(struct tl_pack *pack, const unsigned char *bytes, size_t n,
               struct tl_ctx *ctx)
{
    pack->at += n;
    if (n > OUT_ROOM - pack->n_out) {
        int rc = flush_out(pack, ctx);
        if (rc < 0)
            return rc;
    }
    if (n >= OUT_ROOM)
        return tl_write_all(pack->fd, bytes, n) < 0 ? write_failed(pack, ctx) : TL_OK;
    memcpy(pack->out + pack->n_out, bytes, n);
    pack->n_out += n;
    return TL_OK;
}

static const char *kind_word(enum tl_object_kind kind)
{
    return kind == TL_OBJECT_COMMIT ? "commit" : kind == TL_OBJECT_TREE ? "tree" : "blob";
}

static void name_object(struct tl_sha1 *id, struct tl_pack *pack,
                        const struct tl_object *object)
{
    char head[40];
    int n = snprintf(head, sizeof head, "%s %zu", kind_word(object->kind), object->n);

    tl_digest_begin(&pack->sha1, TL_DIGEST_SHA1);
    tl_digest_add(&pack->sha1, head, (size_t)n + 1);
    tl_digest_add(&pack->sha1, object->bytes, object->n);
    tl_digest_end(&pack->sha1, id->bytes);
}

static size_t slot_of(const struct tl_pack *pack, const struct tl_sha1 *id)
{
    uint64_t hash;

    memcpy(&hash, id->bytes, sizeof hash);
    size_t at = hash & (pack->n_slots - 1);
    while (pack->slots[at] &&
           memcmp(&pack->objects.items[pack->slots[at] - 1].id, id, sizeof *id) != 0)
        at = (at + 1) & (pack->n_slots - 1);
    return at;
}

static void grow_slots(struct tl_pack *pack)
{
    tl_free(pack->slots);
    pack->n_slots = pack->n_slots ? pack->n_slots * 2 : 256;
    pack->slots = tl_alloc(pack->n_slots, sizeof *pack->slots);
    for (size_t i = 0; i < pack->objects.n; i++)
        pack->slots[slot_of(pack, &pack->objects.items[i].id)] = (uint32_t)i + 1;
}

/* False when the object stands in this pack already. */
static bool remember(struct tl_pack *pack, const struct tl_sha1 *id)
{
    if (pack->objects.n * 2 >= pack->n_slots)
        grow_slots(pack);
    size_t slot = slot_of(pack, id);
    if (pack->slots[slot])
        return false;
    struct packed packed = { .id = *id, .offset = pack->at };
    tl_vec_push(&pack->objects, packed);
    pack->slots[slot] = (uint32_t)pack->objects.n;
    return true;
}

static size_t put_header(unsigned char *out, enum tl_object_kind kind, uint64_t n)
{
    size_t at = 0;
    unsigned char byte = (unsigned char)((unsigned)kind << 4 | (n & 15));

    for (n >>= 4; n > 0; n >>= 7) {
        out[at++] = byte | 0x80;
        byte = n & 0x7f;
    }
    out[at++] = byte;
    return at;
}

int tl_pack_add(struct tl_sha1 *id, struct tl_pack *pack, const struct tl_object *object,
                struct tl_ctx *ctx)
{
    name_object(id, pack, object);
    if (object->known && memcmp(object->known, id, sizeof *id) == 0)
        return TL_OK;
    if (!remember(pack, id))
        return TL_OK;
    size_t room = HEADER_ROOM + libdeflate_zlib_compress_bound(pack->deflater, object->n);
    if (room > pack->squeezed_room) {
        pack->squeezed = tl_realloc(pack->squeezed, room, 1);
        pack->squeezed_room = room;
    }
    size_t n = put_header(pack->squeezed, object->kind, object->n);
    n += libdeflate_zlib_compress(pack->deflater, object->bytes, object->n,
                                  pack->squeezed + n, room - n);
    pack->objects.items[pack->objects.n - 1].crc =
        (uint32_t)libdeflate_crc32(0, pack->squeezed, n);
    return put(pack, pack->squeezed, n, ctx);
}

/* ---- the end of the pack ---- */

/* Hashes the file as it now stands, the patched count included, and appends that. */
static int close_pack(unsigned char trailer[20], struct tl_pack *pack, struct tl_ctx *ctx)
{
    uint32_t count = htonl((uint32_t)pack->objects.n);
    int rc = flush_out(pack, ctx);

    if (rc < 0)
        return rc;
    if (tl_fault("pack.patch") ||
        pwrite(pack->fd, &count, sizeof count, 8) != sizeof count)
        return write_failed(pack, ctx);
    tl_digest_begin(&pack->sha1, TL_DIGEST_SHA1);
    for (uint64_t at = 0; at < pack->at;) {
        ssize_t n =
            tl_fault("pack.read") ? -1 : pread(pack->fd, pack->out, OUT_ROOM, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return write_failed(pack, ctx);
        tl_digest_add(&pack->sha1, pack->out, (size_t)n);
        at += (uint64_t)n;
    }
    tl_digest_end(&pack->sha1, trailer);
    pack->at += 20;
    if (tl_write_all(pack->fd, trailer, 20) < 0 || tl_fault("pack.fsync") ||
        fsync(pack->fd) < 0)
        return write_failed(pack, ctx);
    return TL_OK;
}

static int by_id(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct tl_sha1));
}

static void add_be32(struct tl_str *out, uint32_t value)
{
    value = htonl(value);
    tl_str_add_bytes(out, &value, sizeof value);
}

/* gitformat-pack.txt, "Version 2 pack-*.idx files": fan-out, names, CRCs, offsets, offsets beyond 2 GiB, two trailers. */
static void index_text(struct tl_str *idx, struct tl_pack *pack,
                       const unsigned char trailer[20])
{
    const struct packed *objects = pack->objects.items;
    size_t n = pack->objects.n;
    uint32_t n_far = 0;

    tl_str_add_bytes(idx, "\377tOc\0\0\0\2", 8);
    for (size_t first = 0, i = 0; first < 256; first++) {
        while (i < n && objects[i].id.bytes[0] <= first)
            i++;
        add_be32(idx, (uint32_t)i);
    }
    for (size_t i = 0; i < n; i++)
        tl_str_add_bytes(idx, &objects[i].id, sizeof objects[i].id);
    for (size_t i = 0; i < n; i++)
        add_be32(idx, objects[i].crc);
    for (size_t i = 0; i < n; i++)
        add_be32(idx, objects[i].offset < 0x80000000u ? (uint32_t)objects[i].offset
                                                      : 0x80000000u | n_far++);
    for (size_t i = 0; i < n; i++)
        if (objects[i].offset >= 0x80000000u) {
            add_be32(idx, (uint32_t)(objects[i].offset >> 32));
            add_be32(idx, (uint32_t)objects[i].offset);
        }
    tl_str_add_bytes(idx, trailer, 20);
    struct tl_sha1 own;
    tl_sha1_of(&own, idx->text, idx->n);
    tl_str_add_bytes(idx, &own, sizeof own);
}

int tl_pack_finish(struct tl_pack *pack, struct tl_ctx *ctx)
{
    struct tl_str idx = TL_STR_INIT((size_t)1 << 33);
    unsigned char trailer[20];
    char hex[41];
    int rc = close_pack(trailer, pack, ctx);

    if (rc < 0)
        return rc;
    if (pack->objects.n)
        qsort(pack->objects.items, pack->objects.n, sizeof *pack->objects.items, by_id);
    index_text(&idx, pack, trailer);
    pack->idx_bytes = idx.n;
    int fd = open_file(pack, "idx", ctx);
    if (fd < 0)
        rc = fd;
    else if (tl_write_all(fd, idx.text, idx.n) < 0 || tl_fault("idx.fsync") ||
             fsync(fd) < 0)
        rc = write_failed(pack, ctx);
    if (fd >= 0)
        close(fd);
    tl_str_release(&idx);
    snprintf(pack->name, sizeof pack->name, "pack-%s", tl_hex(hex, trailer, 20));
    return rc;
}

const char *tl_pack_name(const struct tl_pack *pack)
{
    return pack->name;
}

size_t tl_pack_size(const struct tl_pack *pack)
{
    return pack->at + pack->idx_bytes;
}

static int move(const struct tl_pack *pack, const char *extension)
{
    char from[PATH_MAX + 80], to[PATH_MAX + 80];

    path_of(from, pack, false, extension);
    path_of(to, pack, true, extension);
    return tl_fault("pack.rename") ? -1 : rename(from, to);
}

/* .pack first: git takes an .idx without its .pack for damage, and overlooks a .pack without .idx. */
int tl_pack_publish(struct tl_pack *pack, struct tl_ctx *ctx)
{
    pack->is_published = true;
    if (move(pack, "pack") < 0 || move(pack, "idx") < 0)
        return write_failed(pack, ctx);
    return tl_dir_sync(pack->folder, ctx);
}

void tl_pack_keep(struct tl_pack *pack)
{
    pack->is_kept = true;
}

static void discard(const struct tl_pack *pack)
{
    char path[PATH_MAX + 80];

    for (int is_final = 0; is_final <= pack->is_published; is_final++) {
        path_of(path, pack, is_final, "idx");
        unlink(path);
        path_of(path, pack, is_final, "pack");
        unlink(path);
    }
}

void tl_pack_close(struct tl_pack *pack)
{
    if (!pack)
        return;
    if (pack->fd >= 0)
        close(pack->fd);
    if (!pack->is_kept)
        discard(pack);
    libdeflate_free_compressor(pack->deflater);
    tl_digest_release(&pack->sha1);
    tl_vec_release(&pack->objects);
    tl_free(pack->slots);
    tl_free(pack->squeezed);
    tl_free(pack->folder);
    tl_free(pack);
}
