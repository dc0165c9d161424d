/*
 * Where a user's packs come from: files, folders and patterns, in our form or in what other programs read as well (DataHub's former
 * info_types_config, Presidio's recognizers, a CSV of names), which is rewritten as a pack of ours. Used by the loader and `rules import`.
 */
#ifndef TL_CLASSIFIERS_IMPORT_H
#define TL_CLASSIFIERS_IMPORT_H

#include "base/str.h"
#include "base/vec.h"

struct tl_ctx;

#define TL_PACK_FORMATS "auto|tagline|datahub|presidio|csv"
enum tl_pack_format {
    TL_PACK_BY_LOOK,
    TL_PACK_OURS,
    TL_PACK_DATAHUB,
    TL_PACK_PRESIDIO,
    TL_PACK_CSV,
};

/*
 * The text that stands for a pack in struct tl_engine_settings: the path as seen from `folder`, behind "datahub:", "presidio:", "csv:" or
 * "tagline:" where the format is not left to a look at the file. A path may begin so itself: --packs presidio:recognizers.yaml.
 */
const char *tl_pack_place(const char *path, enum tl_pack_format format,
                          const char *folder, struct tl_ctx *ctx);
/* The path and the format of such a text. */
const char *tl_pack_path(enum tl_pack_format *format, const char *place);

/* Most files of a user's own. */
#define TL_PACK_FILES_MOST 64

/*
 * The files behind such texts, as such texts: a folder stands for its *.yaml and *.yml, a pattern (glob(7)) for what it matches, both by
 * name in byte order. TL_ECONFIG for one that gives no file; TL_ELIMIT beyond `most`. From the context's arena.
 */
int tl_pack_files(const char **out, size_t *n, size_t most, const char *const *places,
                  size_t n_places, struct tl_ctx *ctx);

/* What a text is by its look and its path's ending; TL_PACK_OURS where nothing else is certain. */
enum tl_pack_format tl_pack_look(const char *text, size_t n, const char *path);

/*
 * Reads the file that such a text names into `out`: ours as it is, others rewritten; that something could not be carried over is a
 * warning. `*name` gets what errors call it. TL_ELIMIT beyond `out`'s ceiling.
 */
int tl_pack_read(const char **name, struct tl_str *out, const char *place,
                 struct tl_ctx *ctx);

/* What could not be carried over, and why; 1-based place in the imported file. */
struct tl_import_note {
    unsigned line, column;
    const char *text; /* from the context's arena */
};
struct tl_import {
    TL_VEC(struct tl_import_note) notes;
    unsigned n_types; /* that were carried over */
};
void tl_import_release(struct tl_import *import);

/* Most bytes of an imported file, and of the pack that is made of it. */
#define TL_IMPORT_BYTES_MOST ((size_t)4 << 20)
/* Most types that one file may hold. */
#define TL_IMPORT_TYPES_MOST 512

/*
 * Rewrites `text` (`path` is its name in errors, and in the pack's summary) as a pack of ours, appended to `out`. `format` is none of the first
 * two. What cannot be carried over is noted, never left out in silence. A text that is no such file: TL_ECONFIG with its place.
 * The arrays of `import` are the caller's to release.
 */
int tl_import_pack(struct tl_str *out, struct tl_import *import, const char *text,
                   size_t n, const char *path, enum tl_pack_format format,
                   struct tl_ctx *ctx);

#endif
