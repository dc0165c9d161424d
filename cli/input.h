/*
 * A file given on the command line as a system to read: what it holds is told by its looks, standard input and pipes are kept in memory.
 */
#ifndef TL_CLI_INPUT_H
#define TL_CLI_INPUT_H

#include "cli/config.h"

/* In the order of TL_INPUT_FORMATS, which is an option's `choices`. */
enum tl_input_format { TL_INPUT_BY_LOOK, TL_INPUT_CSV, TL_INPUT_JSONL, TL_INPUT_SQLITE };
#define TL_INPUT_FORMATS "auto|csv|jsonl|sqlite"

/*
 * The system that reads `operand`, a path or "-"; it bears the operand as its name. TL_ENOTFOUND where it cannot be opened. What a stream
 * held is open until the process ends: a pipe can be read only once.
 */
int tl_input_system(struct tl_system *out, const char *operand, int format,
                    bool names_only, struct tl_ctx *ctx);

#endif
