/*
 * The text of a first tagline.yaml: what init writes, and what the demo writes beside its warehouse.
 */
#ifndef TL_CLI_INIT_H
#define TL_CLI_INIT_H

#include "base/str.h"

/* `path` NULL: the source is left as a comment. */
void tl_init_text(struct tl_str *out, const char *actor, const char *path);

#endif
