/*
 * Comments of a CREATE statement. Any bytes: texts and names are within the statement's length and their ceilings, without
 * line ends; and a statement without a comment mark has none.
 */
#include "connectors/warehouse/ddl_comments.h"

#include "base/mem.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_text(const char *text, size_t n)
{
    assert(*text && strlen(text) <= TL_DDL_COMMENT_MOST && strlen(text) <= n);
    assert(!strpbrk(text, "\n\r\t"));
    assert(text[0] != ' ' && text[strlen(text) - 1] != ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *sql = (const char *)bytes;
    struct tl_arena *arena = tl_arena_open();
    struct tl_ddl_comments comments;

    tl_ddl_comments_read(&comments, sql, n, arena);
    bool has_marks = memmem(sql, n, "--", 2) || memmem(sql, n, "/*", 2);
    assert(has_marks || (!comments.table && !comments.columns.n));
    if (comments.table)
        check_text(comments.table, n);
    for (size_t i = 0; i < comments.columns.n; i++) {
        assert(comments.columns.items[i].n_column <= n);
        check_text(comments.columns.items[i].text, n);
    }
    tl_vec_release(&comments.columns);
    tl_arena_close(arena);
    return 0;
}
