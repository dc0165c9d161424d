/*
 * A run's span lines, read back by span id. A line may tell of 100,000 columns: what is not asked for is not parsed. Private to
 * lineage/log: used by blame and by evidence.
 */
#ifndef TL_LINEAGE_LOG_LINES_H
#define TL_LINEAGE_LOG_LINES_H

#include "base/json.h"
#include "lineage/log/store.h"

/* A line of a run, without its newline; `part` is the file's text that it points into. */
struct tl_line {
    struct tl_str part;
    const char *begin, *end;
};

/*
 * The line that tells of span `span` (hex) of run `trace` (hex), whose folder is that of the day `since`. `*is_there` false: no line does,
 * which is TL_OK. Release it whatever comes of it.
 */
int tl_line_find(struct tl_line *out, bool *is_there, const git_tree *root,
                 const char *trace, int64_t since, const char *span, struct tl_ctx *ctx);
void tl_line_release(struct tl_line *line);

/* What a span's own JSON has in it, and that of its children; neither a link to it nor anything else has. `out` holds 48 bytes. */
const char *tl_line_own(char out[48], const char *span);
const char *tl_line_below(char out[48], const char *span);

/* Appends the spans of a line that hold `needle` to a JSON array. */
int tl_line_pick(json_t *out, const struct tl_line *line, const char *needle,
                 struct tl_ctx *ctx);

/* A span's attribute as text (numbers too), NULL: none; as a number, 0: none. */
const char *tl_line_attr(const json_t *span, const char *key);
int64_t tl_line_number(const json_t *span, const char *key);
bool tl_line_flag(const json_t *span, const char *key);
/* The values of an attribute that is a list of texts; NULL: none. Each is {"stringValue": ...}. */
const json_t *tl_line_list(const json_t *span, const char *key);

#endif
