/*
 * What waits for a person, in groups that one decision settles; people's words on many columns at once; and both as a spreadsheet.
 * Private to cmd_review.c and the files beside it: review_list.c, review_say.c, review_sheet.c, review_why.c,
 * review_file.c.
 */
#ifndef TL_CLI_REVIEW_H
#define TL_CLI_REVIEW_H

#include "classifiers/engine.h"
#include "cli/cmd.h"
#include "lineage/log/log.h"

struct tl_review_options {
    struct tl_common common;
    const char *why, *type, *source, *category, *dataset;
    int64_t limit;
    unsigned below, above; /* per mille; 0: any */
    int sensitivity;       /* enum tl_sensitivity and 1; 0: any */
    bool all, each, csv, yes, dry_run;
};

/* A glob is one wherever these stand in it; none stands in a key as tl_key_add writes it. */
#define TL_REVIEW_GLOB "*?["

/* ---- what waits ---- */

/* Which tags are meant. NULL and 0: any. */
struct tl_review_filter {
    const char *source, *info_type;
    const char *category;  /* itself and what is below it: "user.contact" */
    const char *dataset;   /* as tl_key_matches takes it */
    const char *field;     /* likewise, of a field path */
    const char *group;     /* hex digits that a group's id begins with */
    unsigned below, above; /* per mille: less than, at least */
    int sensitivity;       /* at least, and 1 */
    bool all;              /* what was settled as well */
    bool against;          /* instead: people's words that a scan decides otherwise */
};
struct tl_review_filter tl_review_filter_of(const struct tl_review_options *o);
/* Whether anything but `all` is asked for. */
bool tl_review_filters(const struct tl_review_filter *filter);

struct tl_review_item {
    struct tl_belief_hit hit;
    const struct tl_belief_tag *tag;
    uint32_t group;
};

/* Tags of one name (its words, so that userEmail and user_email are one), type, category, state and origin. */
struct tl_review_group {
    char id[9];                    /* hex, of all of that: the same in every listing */
    const char *name;              /* "user_email" */
    uint32_t first, n, n_datasets; /* its items stand together */
    uint16_t least, most;          /* confidence, per mille */
    uint8_t sensitivity;           /* of the most sensitive */
};

/* The belief's, which outlives it; names in the arena. */
struct tl_review_list {
    TL_VEC(struct tl_review_item) items;
    TL_VEC(struct tl_review_group) groups;
};
/*
 * Groups by sensitivity, the most sensitive first, then by their least confidence, the most doubtful first, then the larger one; in a
 * group the most doubtful first.
 */
void tl_review_gather(struct tl_review_list *out, const struct tl_belief *belief,
                      const struct tl_review_filter *filter, struct tl_arena *into);
void tl_review_release(struct tl_review_list *list);

int tl_review_show(const struct tl_belief *belief, const struct tl_review_options *o,
                   struct tl_ctx *ctx);

/* ---- words ---- */

/* What a word is said in: all that outlives the belief it was found in. */
struct tl_review {
    const struct tl_config *config;
    const struct tl_review_options *options;
    const struct tl_belief *belief;
    struct tl_engine *engine;
    struct tl_log *log;
};

/* A word with what is told of it. Texts in the context's arena: another writer may move the log on while we wait for it. */
struct tl_review_said {
    struct tl_word word;
    const char *column;    /* readable */
    const char *displaced; /* types that a set one takes the place of; NULL: none */
    bool took_over;        /* its tag was carried there: the log counts that as gone */
};
struct tl_review_speech {
    TL_VEC(struct tl_review_said) items;
    size_t n_so; /* decided so already: nothing to say */
};

/* The word of that kind on one column. `tag` NULL: a set type, `type`, of which the column has no tag. */
struct tl_review_said tl_review_word(const struct tl_review *review,
                                     const struct tl_belief_hit *hit,
                                     const struct tl_belief_tag *tag,
                                     const struct tl_info_type *type, int kind,
                                     struct tl_ctx *ctx);
/* The tag of that type; NULL: none. */
const struct tl_belief_tag *tl_review_tag(const struct tl_belief *belief,
                                          const struct tl_belief_hit *hit,
                                          const char *info_type);
/* Whether a person said just that already, and no scan decides otherwise since. */
bool tl_review_is_so(const struct tl_belief_tag *tag, int kind);

/* The tag that accept or reject speaks of: that of `type`, or where it is NULL the only one that stands. TL_EUSAGE, TL_ENOTFOUND. */
int tl_review_choose(const struct tl_belief_tag **out, const struct tl_belief *belief,
                     const struct tl_belief_hit *hit, const char *type,
                     struct tl_ctx *ctx);
/* All words as one entry of the log, or none; says what came of it. With --dry-run says what would be recorded. */
int tl_review_record(const struct tl_review_speech *speech,
                     const struct tl_review *review, struct tl_ctx *ctx);

/* `review accept|reject|set`: kind is an enum tl_word_kind. */
int tl_review_speak(const struct tl_call *call, struct tl_review *review, int kind,
                    struct tl_ctx *ctx);

/* ---- spreadsheets ---- */

#define TL_SHEET_BYTES_MOST ((size_t)256 << 20)
#define TL_SHEET_ROWS_MOST  5000000
#define TL_SHEET_CELLS_MOST 256 /* in a row */

/*
 * One row of comma-separated values as RFC 4180 has them. A cell that a spreadsheet would take for a formula (it begins with = + - @, a
 * tab or a carriage return) gets a ' in front; so does one that would be taken for such a cell on its way back.
 */
void tl_sheet_add_row(struct tl_str *out, const char *const *cells, size_t n);

struct tl_sheet_cell {
    const char *text;      /* unescaped, blanks at both ends gone; from the arena */
    uint32_t line, column; /* where it begins in the file, from 1; columns in bytes */
};
struct tl_sheet_row {
    struct tl_sheet_cell *cells;
    uint32_t n, line;
};
struct tl_sheet {
    struct tl_sheet_row *rows; /* the first is the heading; empty ones are left out */
    size_t n;
};
/*
 * Reads what a spreadsheet wrote: a byte order mark, CRLF, and ';' or a tab instead of ',' are fine. TL_EUSAGE says line and column
 * of what is not: NUL, UTF-16, a quote that nothing closes.
 */
int tl_sheet_read(struct tl_sheet *out, const char *text, size_t n, const char *name,
                  struct tl_ctx *ctx);

/*
 * For each tag of the list what the log says of it: the rules that spoke with their counts, a person's reason, or where it was carried
 * from; "" where nothing is told. Reads each run that decided one of them once.
 */
int tl_review_whys(const char **out, const struct tl_review_list *list,
                   const struct tl_review *review, struct tl_ctx *ctx);

/* `review --csv`. */
int tl_review_sheet(const struct tl_review *review, struct tl_ctx *ctx);

/* ---- decisions from a file ---- */

/* `review import FILE`: a spreadsheet, YAML or JSON lines. `*exit` becomes 3 where rows were left out as others decided meanwhile. */
int tl_review_import(const char *path, struct tl_review *review, int *exit,
                     struct tl_ctx *ctx);

#endif
