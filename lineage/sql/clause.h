/*
 * Where in a statement an edge is made: the clause that a reference stands in (a select item, where, on, set x = ...), and the pieces of the
 * text around it, told apart into what may be shown and literals. Works on tokens alone, for those edges that somebody looks at; costs the
 * engine nothing. Used by `lineage --explain`.
 */
#ifndef TL_LINEAGE_SQL_CLAUSE_H
#define TL_LINEAGE_SQL_CLAUSE_H

#include "lineage/sql/sql.h"

/* Bytes of the text. */
struct tl_sql_spot {
    /*
     * "select item", "returning item", "set", "values", "from", "on", "using", "where", "group by", "having", "qualify", "window",
     * "partition by", "order by", "when", "case", "limit" ...; "" where the reference stands in none of them and the clause is
     * the reference.
     */
    const char *what;
    uint32_t at, n;
    uint32_t reference, n_reference; /* the whole dotted name */
};

enum tl_sql_piece_kind {
    TL_SQL_SHOWN,   /* a word, a name, a sign */
    TL_SQL_LITERAL, /* a text or a number */
    TL_SQL_IN_DOUBT, /* in double quotes: a name, or a text where there is no such column */
};
/* A token. What stands between two is blank or a comment. */
struct tl_sql_piece {
    uint32_t at, n;
    uint8_t kind; /* enum tl_sql_piece_kind */
};

struct tl_sql_clauses;
struct tl_sql_clauses *tl_sql_clauses_open(enum tl_sql_dialect dialect);
void tl_sql_clauses_close(struct tl_sql_clauses *clauses); /* NULL is fine */
/* The text that is asked about from now on; borrowed. */
void tl_sql_clauses_text(struct tl_sql_clauses *clauses, const char *text, size_t n);

/* The byte of a 1-based line and column, as edges have them; n of the text for one behind it. */
uint32_t tl_sql_clauses_byte(const struct tl_sql_clauses *clauses, uint32_t line,
                             uint32_t column);
/* Line of a byte from 1, and where that line begins and ends (without its line feed). */
struct tl_sql_line {
    uint32_t number, at, n;
};
struct tl_sql_line tl_sql_clauses_line(const struct tl_sql_clauses *clauses,
                                       uint32_t byte);

/*
 * The clause around the reference at byte `at`, of an edge of that kind (a condition of CASE is the clause of what it steers alone), in the
 * statement that begins at byte `from`. False: no token stands there.
 */
bool tl_sql_spot_find(struct tl_sql_spot *out, struct tl_sql_clauses *clauses,
                      uint32_t from, uint32_t at, enum tl_edge_kind kind);

/* The tokens of the statement that the last question found; of the inner one where it is a body. Valid until the next question. */
size_t tl_sql_clauses_pieces(const struct tl_sql_piece **out,
                             const struct tl_sql_clauses *clauses);

#endif
