/*
 * The policy packs that are in the binary; the table is made at build time from the YAML files of policies/packs/. Used by the loader.
 */
#ifndef TL_POLICIES_PACKS_H
#define TL_POLICIES_PACKS_H

#include <stddef.h>

struct tl_built_in_policy {
    const char *name; /* file name without .yaml; NULL closes the table */
    const char *text; /* closed by a NUL beyond `n` */
    size_t n;
};
extern const struct tl_built_in_policy tl_built_in_policies[];

#endif
