/*
 * A validator's verdict on every line of standard input, "name<TAB>value": 1, 0, or ? where no validator is called so. For
 * tests/interop/check_validators.py, which holds the verdicts against another implementation's. Each value lies in a block of
 * exactly its size, so that a sanitized build sees a read beyond it.
 */
#include "classifiers/validators.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char verdict(const char *name, const char *value, size_t n)
{
    const struct tl_validator *validator = tl_validator_find(name);

    if (!validator)
        return '?';
    char *exact = tl_alloc(n ? n : 1, 1);
    if (n)
        memcpy(exact, value, n);
    bool holds = validator->holds(exact, n, true);
    tl_free(exact);
    return holds ? '1' : '0';
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) > 0) {
        if (line[n - 1] == '\n')
            line[--n] = '\0';
        char *tab = memchr(line, '\t', (size_t)n);
        char word = '?';

        if (tab) {
            *tab = '\0';
            word = verdict(line, tab + 1, (size_t)(line + n - tab - 1));
        }
        printf("%c\n", word);
    }
    free(line);
    return 0;
}
