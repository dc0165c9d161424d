/*
 * From words to a command: the table of commands, the flags all share, and the one place where a failure becomes an exit code.
 */
#include "cli/cmd.h"

#include "base/say.h"

#include <poll.h>
#include <unistd.h>

/* The order of help: beginning, asking, deciding, what became of it, the rest. One a line, so that additions do not meet. */
/* clang-format off */
const struct tl_cmd *const tl_cmds[] = {
    &tl_cmd_init,
    &tl_cmd_scan,
    &tl_cmd_check,
    &tl_cmd_classify,
    &tl_cmd_why,
    &tl_cmd_review,
    &tl_cmd_rules,
    &tl_cmd_lineage,
    &tl_cmd_policy,
    &tl_cmd_log,
    &tl_cmd_blame,
    &tl_cmd_push,
    &tl_cmd_connectors,
    &tl_cmd_demo,
    &tl_cmd_help,
    NULL,
};
/* clang-format on */

const struct tl_option tl_common_options[] = {
    { "config", TL_KIND_TEXT, offsetof(struct tl_common, config), NULL,
      "the configuration (TAGLINE_CONFIG, else tagline.yaml)", .argument = "FILE",
      .letter = 'c' },
    { "json", TL_KIND_FLAG, offsetof(struct tl_common, json), NULL,
      "one JSON object a line" },
    { "quiet", TL_KIND_FLAG, offsetof(struct tl_common, quiet), NULL,
      "no notes on standard error: only warnings and failures", .letter = 'q' },
    { "no_color", TL_KIND_FLAG, offsetof(struct tl_common, no_color), NULL,
      "no colour, no progress" },
    { "help", TL_KIND_FLAG, offsetof(struct tl_common, help), NULL, "this help",
      .letter = 'h' },
    { 0 },
};

const struct tl_cmd *tl_cmd_find(const char *name)
{
    for (size_t i = 0; tl_cmds[i]; i++)
        if (strcmp(tl_cmds[i]->name, name) == 0)
            return tl_cmds[i];
    return NULL;
}

static size_t count_options(const struct tl_option *table)
{
    size_t n = 0;

    while (table && table[n].name)
        n++;
    return n;
}

/* The command's own options before those of all. */
static const struct tl_option *all_options(const struct tl_cmd *cmd, struct tl_ctx *ctx)
{
    size_t own = count_options(cmd->options);
    size_t shared = count_options(tl_common_options);
    struct tl_option *all = tl_arena_alloc(ctx->arena, own + shared + 1, sizeof *all);

    for (size_t i = 0; i < own; i++)
        all[i] = cmd->options[i];
    for (size_t i = 0; i < shared; i++)
        all[own + i] = tl_common_options[i];
    return all;
}

static int check_operands(const struct tl_call *call, struct tl_ctx *ctx)
{
    if (call->cmd->most_operands < 0 || call->n_operands <= call->cmd->most_operands)
        return TL_OK;
    tl_hint(ctx, "usage: tagline %s %s", call->cmd->name, call->cmd->operands);
    return tl_fail(ctx, TL_EUSAGE, "'%s' does not know what to do with '%s'",
                   call->cmd->name, call->operands[call->cmd->most_operands]);
}

static int run_call(struct tl_call *call, int argc, char **argv, struct tl_ctx *ctx)
{
    const struct tl_option *options = all_options(call->cmd, ctx);
    void *into = tl_arena_alloc(ctx->arena, 1, call->cmd->options_size);
    int operands = argc;
    int rc;

    if ((rc = tl_option_defaults(into, options, ctx)) < 0)
        return rc;
    rc = tl_option_from_args(into, options, argc, argv, &operands, ctx);
    const struct tl_common *common = into;
    if (common->no_color || common->quiet)
        tl_say_init(ctx->say, common->no_color, common->quiet);
    if (rc < 0) {
        tl_hint(ctx, "'tagline %s --help' lists its flags", call->cmd->name);
        return rc;
    }
    if (common->help) {
        tl_help_show(call->cmd, ctx);
        return TL_OK;
    }
    call->options = into;
    call->operands = (const char *const *)argv + operands;
    call->n_operands = argc - operands;
    if ((rc = check_operands(call, ctx)) < 0)
        return rc;
    return call->cmd->run(call, ctx);
}

bool tl_reader_is_gone(void)
{
    struct pollfd results = { .fd = STDOUT_FILENO };

    return poll(&results, 1, 0) == 1 && (results.revents & POLLERR);
}

/* Every failure ends in what to do; where nobody knew better, by its kind. */
static void hint_by_kind(const struct tl_cmd *cmd, struct tl_ctx *ctx)
{
    if (ctx->error.hint[0])
        return;
    switch (ctx->error.code) {
    case TL_EUSAGE:
    case TL_ENOTFOUND:
        tl_hint(ctx, "'tagline %s --help' shows how it is called", cmd->name);
        break;
    case TL_ECONFIG:
        tl_hint(ctx, "'tagline help config' lists the keys and what they take");
        break;
    case TL_EWRITE:
        tl_hint(ctx, "see that the folder is there, may be written to and has room");
        break;
    case TL_EREMOTE:
    case TL_EBUSY:
        tl_hint(ctx, "try again later");
        break;
    case TL_EINTERNAL:
        tl_hint(ctx, "this is a mistake of tagline's own: please report it");
        break;
    default:
        break;
    }
}

int tl_cmd_run(const struct tl_cmd *cmd, int argc, char **argv, struct tl_ctx *ctx)
{
    struct tl_call call = { .cmd = cmd };
    int rc = run_call(&call, argc, argv, ctx);

    fflush(ctx->say->results);
    tl_progress_end(ctx);
    if (rc == TL_EWRITE && ferror(ctx->say->results) && tl_reader_is_gone()) {
        tl_error_clear(&ctx->error);
        return call.exit;
    }
    if (rc < 0) {
        hint_by_kind(cmd, ctx);
        tl_say_error(ctx, &ctx->error);
        tl_error_clear(&ctx->error);
        return tl_code_exit(rc);
    }
    return call.exit;
}

static int unknown_command(const char *word, struct tl_ctx *ctx)
{
    const char *names[32];
    size_t n = 0;

    for (; tl_cmds[n] && n < 32; n++)
        names[n] = tl_cmds[n]->name;
    const char *nearest = tl_nearest(word, names, n);
    if (nearest)
        tl_hint(ctx, "did you mean 'tagline %s'?", nearest);
    else
        tl_hint(ctx, "'tagline help' lists the commands");
    tl_fail(ctx, TL_EUSAGE, "there is no command '%s'", word);
    tl_say_error(ctx, &ctx->error);
    return tl_code_exit(TL_EUSAGE);
}

/* `tagline -c other.yaml scan` reads as `tagline scan -c other.yaml`: flags before the command go behind it. */
static int flags_before(int argc, char **argv)
{
    int i = 1;

    while (i < argc && argv[i][0] == '-' && argv[i][1]) {
        bool takes_value = strcmp(argv[i], "-c") == 0 || strcmp(argv[i], "--config") == 0;
        i += takes_value ? 2 : 1;
    }
    return i < argc ? i : argc;
}

int tl_main(int argc, char **argv, struct tl_ctx *ctx)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        tl_help_show(NULL, ctx);
        return argc < 2 ? tl_code_exit(TL_EUSAGE) : 0;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0 ||
        strcmp(argv[1], "version") == 0) {
        fprintf(ctx->say->results, "tagline %s\n", TAGLINE_VERSION);
        return 0;
    }
    int at = flags_before(argc, argv);
    if (at == argc) {
        tl_hint(ctx, "usage: tagline COMMAND [FLAGS]; 'tagline help' lists the commands");
        tl_fail(ctx, TL_EUSAGE, "no command after '%s'", argv[argc - 1]);
        tl_say_error(ctx, &ctx->error);
        return tl_code_exit(TL_EUSAGE);
    }
    const struct tl_cmd *cmd = tl_cmd_find(argv[at]);
    if (!cmd)
        return unknown_command(argv[at], ctx);
    char **moved = tl_arena_alloc(ctx->arena, (size_t)argc + 1, sizeof *moved);
    int n = 0;
    moved[n++] = argv[at];
    for (int i = 1; i < at; i++)
        moved[n++] = argv[i];
    for (int i = at + 1; i < argc; i++)
        moved[n++] = argv[i];
    return tl_cmd_run(cmd, n, moved, ctx);
}
