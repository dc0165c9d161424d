/*
 * Runs what packs say of themselves: examples and counter-examples of each type, and `columns:`, small columns with the info type that the
 * whole engine must settle on. Used by `rules test`.
 */
#ifndef TL_CLASSIFIERS_EXAM_H
#define TL_CLASSIFIERS_EXAM_H

#include "classifiers/engine.h"

#include "base/vec.h"

struct tl_exam_miss {
    const char *path, *pack; /* its file, its name */
    unsigned line, column;
    const char *text; /* lower case, no full stop */
};
/* One type, or the columns of one pack. */
struct tl_exam_part {
    const char *pack, *info_type; /* the latter NULL: `columns:` */
    unsigned n, failed;
};
struct tl_exam {
    TL_VEC(struct tl_exam_part) parts; /* by pack in reading order, then as written */
    TL_VEC(struct tl_exam_miss) misses;
    unsigned n, failed;
    struct tl_arena *arena;
};

/* Most columns and values of one pack's `columns:`. */
#define TL_EXAM_COLUMNS_MOST 2000
#define TL_EXAM_VALUES_MOST  1000

/* Tests one pack (all: NULL). A `columns:` that is not understood: TL_ECONFIG with its place. Release afterwards. */
int tl_exam_run(struct tl_exam *out, const struct tl_engine *engine, const char *pack,
                struct tl_ctx *ctx);
void tl_exam_release(struct tl_exam *exam);

#endif
