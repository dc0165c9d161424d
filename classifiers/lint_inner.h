/*
 * What the parts of the lint share. For classifiers/lint*.c only.
 */
#ifndef TL_CLASSIFIERS_LINT_INNER_H
#define TL_CLASSIFIERS_LINT_INNER_H

#include "classifiers/lint.h"
#include "classifiers/rules.h"

struct tl_backtrack {
    bool is_understood;
    size_t bytes; /* length of a string on which a limit is reached; 0: none was found */
    const char *
        why; /* what in the pattern does it; also where it is only suspect; NULL: nothing */
    size_t at; /* byte of the pattern where the repeat begins */
};
void tl_backtrack_look(struct tl_backtrack *out, const char *pattern, bool is_find);

/* Of a rule's whole values, its checks included: random values in the shape of its examples, or of what its pattern writes. */
void tl_chance_of_rule(struct tl_chance *out, const struct tl_rule *rule,
                       struct tl_rx_scratch *rx);
/* How often a validator alone lets values in the shape of `examples` pass. */
void tl_chance_of_validator(struct tl_chance *out, const struct tl_validator *validator,
                            const struct tl_list *examples);

#endif
