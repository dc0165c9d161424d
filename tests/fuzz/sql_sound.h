/*
 * What holds for every answer of the SQL engine, whatever the text was: edges lead between tables that there are and point into the text, only
 * values have effects, statements stand in the text in their order, what is not understood says so. Stops the process where one does not.
 * Used by the fuzz targets of SQL and by tests/test_sql_hurt.c.
 */
#ifndef TL_TESTS_FUZZ_SQL_SOUND_H
#define TL_TESTS_FUZZ_SQL_SOUND_H

#include "base/mem.h"
#include "lineage/sql/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOUND(claim) ((claim) ? (void)0 : sound_fails(#claim))

static inline void sound_fails(const char *claim)
{
    fprintf(stderr, "does not hold: %s\n", claim);
    abort();
}

/* Where lines begin; the last is where one behind the text would. */
struct sound_lines {
    uint32_t *at;
    uint32_t n;
};

static inline struct sound_lines sound_lines_of(const char *text, size_t n)
{
    struct sound_lines lines = { tl_alloc(n + 2, sizeof *lines.at), 0 };

    lines.at[lines.n++] = 0;
    for (size_t i = 0; i < n; i++)
        if (text[i] == '\n')
            lines.at[lines.n++] = (uint32_t)i + 1;
    lines.at[lines.n] = (uint32_t)n + 1;
    return lines;
}

/* A place is a byte of its line, or the one behind it: the end. */
static inline void sound_place(const struct sound_lines *lines, uint32_t line,
                               uint32_t column)
{
    SOUND(line && line <= lines->n && column);
    SOUND(column <= lines->at[line] - lines->at[line - 1]);
}

static inline uint32_t sound_byte(const struct sound_lines *lines, uint32_t line,
                                  uint32_t column)
{
    return lines->at[line - 1] + column - 1;
}

static inline bool sound_is_letter(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A reference begins where a token does: not within a word, but for one that stands right behind a number. */
static inline void sound_begins(const char *text, size_t n, uint32_t byte)
{
    uint32_t first = byte;

    SOUND(byte < n && text[byte] != ' ' && text[byte] != '\n' && text[byte] != '\t');
    if (!sound_is_letter(text[byte]))
        return;
    while (first && (sound_is_letter(text[first - 1]) ||
                     (text[first - 1] >= '0' && text[first - 1] <= '9')))
        first--;
    SOUND(first == byte || !sound_is_letter(text[first]));
}

static inline bool sound_is_table(const struct tl_sql_result *result, uint32_t table)
{
    return table < result->n_tables && result->tables[table].name &&
           !result->tables[table].is_temporary;
}

static inline void sound_edge(const struct tl_sql_result *result,
                              const struct tl_sql_edge *edge, uint32_t statement,
                              const struct sound_lines *lines)
{
    bool moves = tl_edge_moves_values(edge->kind);

    SOUND(edge->kind < TL_EDGE_KINDS && edge->effect < TL_EFFECTS);
    SOUND(moves == (edge->effect != TL_NO_EFFECT));
    SOUND(edge->target_column || (!moves && !edge->target_path));
    SOUND(edge->target == TL_SQL_NO_TABLE || sound_is_table(result, edge->target));
    SOUND(sound_is_table(result, edge->source) && edge->source_column);
    SOUND(edge->statement == statement);
    SOUND(edge->confidence && edge->confidence <= 1000);
    SOUND((edge->flags & ~(TL_SQL_MAY | TL_SQL_CANDIDATE)) == 0);
    SOUND((!edge->source_path || *edge->source_path) &&
          (!edge->target_path || *edge->target_path));
    SOUND(!edge->function || edge->effect == TL_HASHES || edge->effect == TL_PARTIAL ||
          edge->effect == TL_HASHES_SALTED);
    sound_place(lines, edge->line, edge->column);
}

static inline void sound_problems(const struct tl_sql_result *result,
                                  const struct sound_lines *lines)
{
    uint32_t last = 1;

    for (uint32_t i = 0; i < result->n_problems; i++) {
        const struct tl_sql_problem *problem = &result->problems[i];

        SOUND(problem->statement >= last && problem->statement <= result->n_statements);
        SOUND(problem->target == TL_SQL_NO_TABLE || problem->target < result->n_tables);
        SOUND(problem->what[0] && strlen(problem->what) <= 300);
        sound_place(lines, problem->line, problem->column);
        last = problem->statement;
    }
}

static inline bool sound_has_problem(const struct tl_sql_result *result,
                                     uint32_t statement)
{
    for (uint32_t i = 0; i < result->n_problems; i++)
        if (result->problems[i].statement == statement)
            return true;
    return false;
}

static inline void sound_statement(const struct tl_sql_result *result, uint32_t number,
                                   size_t n, const struct sound_lines *lines)
{
    const struct tl_sql_statement *statement = &result->statements[number - 1];

    SOUND(statement->at <= n && statement->n <= n - statement->at);
    SOUND(number == 1 || statement[-1].at + statement[-1].n <= statement->at);
    SOUND(statement->first_edge + statement->n_edges <= result->n_edges);
    SOUND(number == 1 ? statement->first_edge == 0
                      : statement->first_edge ==
                            statement[-1].first_edge + statement[-1].n_edges);
    SOUND(statement->first_output + statement->n_outputs <= result->n_outputs);
    SOUND(statement->target == TL_SQL_NO_TABLE || statement->target < result->n_tables);
    SOUND(!statement->replaced_by || (statement->replaced_by > number &&
                                      statement->replaced_by <= result->n_statements));
    SOUND(statement->kind != TL_SQL_NOT_UNDERSTOOD || sound_has_problem(result, number));
    sound_place(lines, statement->line, statement->column);
    for (uint32_t i = 0; i < statement->n_edges; i++)
        sound_edge(result, &result->edges[statement->first_edge + i], number, lines);
}

static inline uint64_t sound_add(uint64_t sum, uint64_t more)
{
    return (sum ^ more) * UINT64_C(0x100000001b3);
}

static inline uint64_t sound_add_text(uint64_t sum, const char *text)
{
    for (; text && *text; text++)
        sum = sound_add(sum, (unsigned char)*text);
    return sound_add(sum, text != NULL);
}

static inline uint64_t sound_edge_sum(uint64_t sum, const struct tl_sql_edge *edge)
{
    sum = sound_add_text(sum, edge->target_column);
    sum = sound_add_text(sum, edge->source_column);
    sum = sound_add_text(sum, edge->source_path);
    sum = sound_add_text(sum, edge->target_path);
    sum = sound_add_text(sum, edge->function);
    sum = sound_add(sum, (uint64_t)edge->target << 32 | edge->source);
    sum = sound_add(sum, (uint64_t)edge->line << 32 | edge->column);
    return sound_add(sum, (uint64_t)edge->confidence << 24 | (uint64_t)edge->kind << 16 |
                              (uint64_t)edge->effect << 8 | edge->flags);
}

/* Differs where answers do. */
static inline uint64_t sound_sum(const struct tl_sql_result *result)
{
    uint64_t sum = result->n_statements;

    for (uint32_t i = 0; i < result->n_edges; i++)
        sum = sound_edge_sum(sum, &result->edges[i]);
    for (uint32_t i = 0; i < result->n_tables; i++)
        sum = sound_add_text(sum, result->tables[i].name);
    for (uint32_t i = 0; i < result->n_outputs; i++)
        sum = sound_add_text(sound_add_text(sum, result->outputs[i].name),
                             result->outputs[i].type);
    for (uint32_t i = 0; i < result->n_problems; i++)
        sum = sound_add_text(sum, result->problems[i].what);
    for (uint32_t i = 0; i < result->n_statements; i++)
        sum = sound_add(sum, (uint64_t)result->statements[i].replaced_by << 8 |
                                 result->statements[i].kind);
    return sum;
}

static inline void sound_text_has_no(const char *text, const char *word)
{
    SOUND(!text || !strstr(text, word));
}

/* A word that stands in literals alone is nowhere in the answer. */
static inline void sound_has_no(const struct tl_sql_result *result, const char *word)
{
    for (uint32_t i = 0; i < result->n_problems; i++)
        sound_text_has_no(result->problems[i].what, word);
    for (uint32_t i = 0; i < result->n_tables; i++)
        sound_text_has_no(result->tables[i].name, word);
    for (uint32_t i = 0; i < result->n_outputs; i++) {
        sound_text_has_no(result->outputs[i].name, word);
        sound_text_has_no(result->outputs[i].type, word);
    }
    for (uint32_t i = 0; i < result->n_edges; i++) {
        sound_text_has_no(result->edges[i].source_column, word);
        sound_text_has_no(result->edges[i].target_column, word);
        sound_text_has_no(result->edges[i].source_path, word);
        sound_text_has_no(result->edges[i].target_path, word);
    }
}

/* Gives a sum that differs where answers do. */
static inline uint64_t sound_result(const struct tl_sql_result *result, const char *text,
                                    size_t n)
{
    struct sound_lines lines = sound_lines_of(text, n);

    for (uint32_t s = 1; s <= result->n_statements; s++)
        sound_statement(result, s, n, &lines);
    sound_problems(result, &lines);
    for (uint32_t i = 0; i < result->n_outputs; i++)
        SOUND(result->outputs[i].name);
    for (uint32_t i = 0; i < result->n_edges; i++)
        sound_begins(text, n,
                     sound_byte(&lines, result->edges[i].line, result->edges[i].column));
    tl_free(lines.at);
    return sound_sum(result);
}

#endif
