/*
 * The rule packs that are in the binary; the table is made at build time from the YAML files of
 * classifiers/packs/ (make_tables.c). Used by the loader.
 */
#ifndef TL_CLASSIFIERS_PACKS_H
#define TL_CLASSIFIERS_PACKS_H

#include <stddef.h>

struct tl_pack_draft;

struct tl_built_in_pack {
    const char *name; /* file name without .yaml; NULL closes the table */
    const char *text; /* closed by a NUL beyond `n` */
    size_t n;
    const char *digest;                /* SHA-256 of the text, hex */
    const struct tl_pack_draft *draft; /* what the text says */
};
extern const struct tl_built_in_pack tl_built_in_packs[];

#endif
