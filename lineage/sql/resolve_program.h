/*
 * Programs: what variables hold, what a body does on its ways, what a call of a routine gives, and what a text that is executed says.
 * Private to resolve_*.c; plain statements never come here.
 *
 *   resolve_variable.c variables, and what branches leave in them
 *   resolve_program.c  statements of bodies
 *   resolve_routine.c  routines, and their calls
 *   resolve_dynamic.c  texts that are put together and executed
 */
#ifndef TL_LINEAGE_SQL_RESOLVE_PROGRAM_H
#define TL_LINEAGE_SQL_RESOLVE_PROGRAM_H

#include "lineage/sql/resolve.h"

/* ---- resolve_variable.c ---- */

struct tl_rs_value tl_rs_no_value(void);

/* A new one, in front of others of its name, until tl_rs_forget. */
uint32_t tl_rs_declare(struct tl_rs *rs, uint32_t name, struct tl_rs_value value);
/* Those from this one on are gone. */
void tl_rs_forget(struct tl_rs *rs, size_t first);
/* TL_RS_NONE: there is none that is visible. */
uint32_t tl_rs_variable(const struct tl_rs *rs, uint32_t name);
/* The same with the name of its block in front, or 0. */
uint32_t tl_rs_variable_of(const struct tl_rs *rs, uint32_t block, uint32_t name);
/* Of :x, @x, $x, $1, ? */
uint32_t tl_rs_variable_of_parameter(struct tl_rs *rs, uint32_t node);
void tl_rs_put(struct tl_rs *rs, uint32_t variable, struct tl_rs_value value);
struct tl_rs_value tl_rs_join_values(struct tl_rs *rs, struct tl_rs_value a,
                                     struct tl_rs_value b);

/* What is done on some ways alone: at its end variables hold what they held before as well. */
struct tl_rs_turn {
    uint32_t outer;
    size_t first;
};
struct tl_rs_turn tl_rs_turn_begin(struct tl_rs *rs);
/* Whether something holds more than before. */
bool tl_rs_turn_end(struct tl_rs *rs, struct tl_rs_turn way);

/* Whether the name is a variable, whatever tables may have it; for resolve_name.c. */
bool tl_rs_is_variable(const struct tl_rs *rs, uint32_t name);
/* ... and it hides columns of its name. */
bool tl_rs_variable_wins(const struct tl_rs *rs, uint32_t name);
bool tl_rs_lookup_variable(struct tl_rs *rs, const struct tl_sql_node *node,
                           struct tl_rs_ref *out);
void tl_rs_read_variable(struct tl_rs *rs, struct tl_rs_ref ref, uint32_t at,
                         struct tl_rs_flow flow);
void tl_rs_read_parameter(struct tl_rs *rs, uint32_t node, struct tl_rs_flow flow);
/* Columns of rows, with what they are made of, as a relation of columns. */
uint32_t tl_rs_columns_of(struct tl_rs *rs, uint32_t relation, uint32_t at);

/* ---- resolve_program.c ---- */

/* A TL_N_PROGRAM, PREPARE or another statement of a body that stands alone: enum tl_sql_statement_kind. */
uint8_t tl_rs_program(struct tl_rs *rs, uint32_t node);
void tl_rs_run_list(struct tl_rs *rs, uint32_t list);
void tl_rs_run(struct tl_rs *rs, uint32_t node);
/* The value of an expression, of a query all of its columns; what steers it goes with it. */
struct tl_rs_value tl_rs_evaluate(struct tl_rs *rs, uint32_t node);

/* ---- resolve_routine.c ---- */

void tl_rs_learn_routine(struct tl_rs *rs, uint32_t node, uint32_t size);
/* A call of a routine whose body is known, in an expression; false: it is none. */
bool tl_rs_inline(struct tl_rs *rs, uint32_t call, struct tl_rs_flow flow);
/* The same in a from clause: its columns, among those being built. */
bool tl_rs_inline_rows(struct tl_rs *rs, uint32_t call);
/* A call for what it does, and what it gives; false: it is none whose body is known. */
bool tl_rs_run_call(struct tl_rs *rs, uint32_t call, struct tl_rs_value *out);
/* What the body does when something calls it. */
void tl_rs_run_created(struct tl_rs *rs, uint32_t routine);
void tl_rs_run_trigger(struct tl_rs *rs, uint32_t trigger);
/* `goes_on`: one row of several; without a value it is what the names of the result hold. */
void tl_rs_return(struct tl_rs *rs, struct tl_rs_value value, bool has_value,
                  bool goes_on);
/* What was prepared under the name: a statement, or an expression that gives its text; 0. */
uint32_t tl_rs_prepared(const struct tl_rs *rs, uint32_t name);

/* ---- resolve_dynamic.c ---- */

/* The constant text that an expression gives: whether it is one. */
bool tl_rs_fold(struct tl_rs *rs, uint32_t node, struct tl_rs_value *out);
/* The text of an expression of which a part alone is constant, for who executes it; the value stays as it is where none is. */
void tl_rs_fold_in_part(struct tl_rs *rs, uint32_t node, struct tl_rs_value *value);
/* The name of a table that an expression gives; where it is not constant that is said. */
struct tl_schema_name tl_rs_dynamic_name(struct tl_rs *rs, uint32_t expression);
/* Takes back the edges behind `first_edge` that touch what is not known. */
void tl_rs_drop_holes(struct tl_rs *rs, size_t first_edge);
/* Runs it; what the last query in it gives. */
struct tl_rs_value tl_rs_execute(struct tl_rs *rs, uint32_t node, bool takes_rows);

#endif
