/*
 * The demo warehouse: an invented advertising company in one SQLite file, the same contents for the same seed on every
 * machine. Nobody in it exists: mail domains, telephone ranges and test cards are reserved ones. Used by `tagline demo` and tests.
 */
#ifndef TL_CONNECTORS_WAREHOUSE_SQLITE_DEMO_H
#define TL_CONNECTORS_WAREHOUSE_SQLITE_DEMO_H

#include <stdint.h>

struct tl_ctx;

/* The seed that `tagline demo` and the answer key in tests/fixtures/demo use. */
#define TL_SQLITE_DEMO_SEED UINT64_C(20260101)

/*
 * Makes the file: layers raw_, core_, mart_, export_ as table name prefixes, 100,000 rows, well under a second.
 * TL_EWRITE when something stands at `path` already or the file cannot be written; then nothing of it is left behind.
 */
int tl_sqlite_demo_make(const char *path, uint64_t seed, struct tl_ctx *ctx);

#endif
