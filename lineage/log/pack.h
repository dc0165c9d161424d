/*
 * Writes git objects into one pack of our own with its index (version 2), streaming: an object is deflated and on its way to
 * the disk before the next one comes. Knows nothing of logs. Used by the log's writing side only.
 */
#ifndef TL_LINEAGE_LOG_PACK_H
#define TL_LINEAGE_LOG_PACK_H

#include "base/digest.h"

#include <stddef.h>
#include <stdint.h>

struct tl_ctx;
struct tl_pack;

/* git's numbers. */
enum tl_object_kind { TL_OBJECT_COMMIT = 1, TL_OBJECT_TREE = 2, TL_OBJECT_BLOB = 3 };

struct tl_object {
    enum tl_object_kind kind;
    const void *bytes;
    size_t n;
    const struct tl_sha1 *
        known; /* when this is its id it stands in the repository already: not written. NULL: none */
};

/* What every temporary file of ours in objects/pack begins with: the sweep knows them by it. */
#define TL_PACK_TEMPORARY "tmp_tagline_"

/* Begins a pack in `folder` (objects/pack). Close with tl_pack_close. */
int tl_pack_open(struct tl_pack **out, const char *folder, struct tl_ctx *ctx);

/* Adds an object, once however often it comes; `id` gets its name. The bytes may go when this returns. */
int tl_pack_add(struct tl_sha1 *id, struct tl_pack *pack, const struct tl_object *object,
                struct tl_ctx *ctx);

/* Writes count, trailer and index and fsyncs both files. The pack has its name now, but does not stand under it yet. */
int tl_pack_finish(struct tl_pack *pack, struct tl_ctx *ctx);
/* "pack-<40 hex>", without extension; after tl_pack_finish. */
const char *tl_pack_name(const struct tl_pack *pack);
/* Moves .pack, then .idx to their names and fsyncs the folder: readers see the objects from here on. */
int tl_pack_publish(struct tl_pack *pack, struct tl_ctx *ctx);
/* Bytes of both files. */
size_t tl_pack_size(const struct tl_pack *pack);

/* Keeps what was published; otherwise close removes whatever stands under temporary and final names. */
void tl_pack_keep(struct tl_pack *pack);
void tl_pack_close(struct tl_pack *pack); /* NULL is fine */

#endif
