/*
 * A command: one const struct, one file, one line in main.c's table. Help, flags and examples are printed from the struct.
 */
#ifndef TL_CLI_CMD_H
#define TL_CLI_CMD_H

#include "base/ctx.h"
#include "base/option.h"

struct tl_config;

/* What every command takes. First member of every command's options struct. */
struct tl_common {
    const char *config; /* NULL: TAGLINE_CONFIG, then tagline.yaml here */
    bool json, quiet, no_color, help;
};

/* A command line that was read. */
struct tl_call {
    const struct tl_cmd *cmd;
    const void *options; /* the command's struct, struct tl_common first */
    const char *const *operands;
    int n_operands;
    int exit; /* what to exit with when run() gives TL_OK: 0, 1 for a finding, 3 for could not tell */
};

struct tl_cmd {
    const char *name;
    const char *summary;  /* lower case, no full stop */
    const char *operands; /* "COLUMN", "accept|reject|set COLUMN [TYPE]"; "" for none */
    const char *text;     /* a paragraph or two, wrapped at 78 columns */
    const char *examples; /* "$ tagline ..." lines */
    const struct tl_option *options; /* beside the common ones; NULL: none */
    size_t options_size;             /* of the whole struct */
    int most_operands;               /* -1: any number */
    int (*run)(struct tl_call *call, struct tl_ctx *ctx);
};

/* All commands in the order of help, closed by an entry without a name. */
extern const struct tl_cmd *const tl_cmds[];
const struct tl_cmd *tl_cmd_find(const char *name);

/* One a file: cli/cmd_<name>.c. */
extern const struct tl_cmd tl_cmd_init, tl_cmd_scan, tl_cmd_check, tl_cmd_classify,
    tl_cmd_review, tl_cmd_log, tl_cmd_blame, tl_cmd_push, tl_cmd_connectors, tl_cmd_rules,
    tl_cmd_demo, tl_cmd_help, tl_cmd_why;
extern const struct tl_cmd tl_cmd_policy, tl_cmd_lineage;

/* The whole command line, argv[0] the program. Returns the exit code; failures were put into words. */
int tl_main(int argc, char **argv, struct tl_ctx *ctx);

/* Runs a command as if typed, argv[0] its name; demo shows itself with it. Returns the exit code; reports its own failure. */
int tl_cmd_run(const struct tl_cmd *cmd, int argc, char **argv, struct tl_ctx *ctx);

/* Whether what we print goes to a pipe that nobody reads any more: then there is nothing left to do, and no failure. */
bool tl_reader_is_gone(void);

/* The flags of every command, closed by an entry without a name. */
extern const struct tl_option tl_common_options[];

/* Prints the help of one command, or of all (NULL), on results. */
void tl_help_show(const struct tl_cmd *cmd, struct tl_ctx *ctx);

#endif
