/*
 * SQL text to tokens, one statement at a time: what a semicolon ends. Knows how each dialect quotes and comments, not what words
 * mean. Linear in the text, whatever the bytes. Used by the parser.
 */
#ifndef TL_LINEAGE_SQL_LEX_H
#define TL_LINEAGE_SQL_LEX_H

#include "lineage/sql/dialect.h"
#include "lineage/sql/tree.h"

enum tl_sql_token_kind {
    TL_T_END, /* of the statement: a semicolon, a line for the shell, or the end of the text */
    TL_T_WORD,   /* without quotes */
    TL_T_QUOTED, /* a name in quotes */
    TL_T_NUMBER,
    TL_T_TEXT,
    TL_T_PARAMETER, /* ?, $1, :x (but in PostgreSQL and its kin), @x */
    TL_T_COMMA,
    TL_T_DOT,
    TL_T_OPEN,
    TL_T_CLOSE,
    TL_T_OPEN_BRACKET,
    TL_T_CLOSE_BRACKET,
    TL_T_OPEN_BRACE,
    TL_T_CLOSE_BRACE,
    TL_T_COLON,
    TL_T_SEMICOLON, /* inside a body: see tl_sql_lex_more */
    TL_T_CAST,      /* :: */
    TL_T_ASSIGN,    /* := */
    TL_T_NAMED,     /* => */
    TL_T_STAR,
    TL_T_PLUS,
    TL_T_MINUS,
    TL_T_SLASH, /* / and % */
    TL_T_CARET,
    TL_T_EQUAL,
    TL_T_COMPARE,  /* < > <= >= <> != == */
    TL_T_CONCAT,   /* || */
    TL_T_ARROW,    /* -> */
    TL_T_PATH,     /* ->> #> #>> */
    TL_T_PIPE,     /* |> */
    TL_T_OPERATOR, /* any other */
    TL_T_ODD,      /* a byte that is no SQL */
    TL_T_KINDS
};

enum tl_sql_token_flag {
    TL_TF_SHELL = 1 /* of TL_T_END: a line for the shell ended the statement */
};

struct tl_sql_token {
    uint32_t at; /* first byte */
    uint32_t
        value; /* WORD, QUOTED: the name's number; others: the byte behind the last one */
    uint8_t kind; /* enum tl_sql_token_kind */
    uint8_t flags;
    uint16_t word; /* WORD: its keyword, or 0 */
};

struct tl_sql_lexer {
    const char *text;
    uint32_t n, at;
    uint32_t lexical; /* enum tl_sql_lexical bits */
    uint32_t name_bytes;
    uint8_t odd_pairs; /* lex.c: what of two bytes side by side counts */
    uint8_t fold;
    bool has_no_data; /* the rest of the text has no line \. */
    struct tl_sql_names *names;
    struct tl_sql_tree *tree; /* for its tokens */
    const char *problem; /* the statement cannot be read to its end: why; NULL: it can */
    uint32_t problem_at;
};

/* For the bytes from `from` up to `n` of a text. */
struct tl_sql_lexer tl_sql_lexer_of(const struct tl_sql_traits *traits,
                                    struct tl_sql_names *names, struct tl_sql_tree *tree,
                                    const char *text, uint32_t from, uint32_t n);
/*
 * Puts the next statement's tokens in place of the last ones: a TL_T_END behind them, three times, so that a parser may look
 * ahead. False at the end of the text. An empty statement has nothing but its ends.
 */
bool tl_sql_lex(struct tl_sql_lexer *lexer);
/* Goes on behind the semicolon that ended the tokens: it becomes a TL_T_SEMICOLON. False where the text ended. Tokens may move. */
bool tl_sql_lex_more(struct tl_sql_lexer *lexer);
/* Behind "copy ... from stdin;": goes on behind the line \. False, and nothing skipped, where there is none. */
bool tl_sql_lex_skip_data(struct tl_sql_lexer *lexer);
/*
 * What a text token says, freed of its quotes, doubled quotes and escapes, into `out`, which has room for as many bytes as the token:
 * how many there are. `lexical`: of the dialect.
 */
uint32_t tl_sql_unquote(char *out, const char *token, uint32_t n, uint32_t lexical);
/* The byte behind a token's last one. */
uint32_t tl_sql_token_end(const struct tl_sql_lexer *lexer,
                          const struct tl_sql_token *token);

#endif
