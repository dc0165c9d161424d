/*
 * Help, printed from the tables that read the flags and the configuration: it cannot say anything else than what is done.
 */
#include "cli/cmd.h"

#include "base/say.h"
#include "cli/config.h"

struct help_options {
    struct tl_common common;
};

static void show_all(FILE *out, struct tl_ctx *ctx)
{
    fprintf(out,
            "%stagline%s follows personal data through an advertising data stack.\n\n",
            tl_paint(ctx, TL_BOLD), tl_paint(ctx, TL_PLAIN));
    fputs("  $ tagline demo                 see it work on a made-up warehouse\n"
          "  $ tagline init shop.db         write tagline.yaml for a warehouse of yours\n"
          "  $ tagline scan                 decide its columns, log every step\n"
          "  $ tagline review               what waits for a person\n"
          "  $ tagline why users#email      every opinion with its weight, and what was "
          "ruled out\n"
          "  $ tagline blame users#email    who tagged it, when, on which "
          "evidence\n\ncommands:\n",
          out);
    for (size_t i = 0; tl_cmds[i]; i++)
        fprintf(out, "  %-11s %s\n", tl_cmds[i]->name, tl_cmds[i]->summary);
    fputs("\n'tagline help COMMAND' says more; 'tagline help config' lists the keys of "
          "tagline.yaml,\n"
          "'tagline help exit-codes' what a script can rely on, 'tagline help "
          "environment' the variables.\n",
          out);
}

static void show_exit_codes(FILE *out)
{
    fputs("exit  means\n"
          "   0  clean\n"
          "   1  a finding at or above --fail-on\n"
          "   2  usage or configuration\n"
          "   3  could not tell: a source down, a sample refused, an input malformed\n"
          "   4  the log does not verify\n"
          "   5  could not write, or an internal error\n"
          "A run that a signal stopped ends by that signal (a shell shows 130 or 143).\n",
          out);
}

static void show_environment(FILE *out)
{
    fputs(
        "TAGLINE_CONFIG  the configuration, where --config is not given\n"
        "TAGLINE_ACTOR   id of who is acting; goes before 'actor' in the configuration\n"
        "NO_COLOR        any value: no colour, no progress\n"
        "http_proxy, https_proxy, no_proxy  as curl understands them\n"
        "Any ${NAME} in tagline.yaml is read from the environment; secrets only so, or "
        "from a file.\n",
        out);
}

void tl_help_show(const struct tl_cmd *cmd, struct tl_ctx *ctx)
{
    FILE *out = ctx->say->results;
    struct tl_str flags = TL_STR_INIT(1 << 20);

    if (!cmd) {
        show_all(out, ctx);
        return;
    }
    fprintf(out, "%stagline %s%s%s%s: %s\n\n", tl_paint(ctx, TL_BOLD), cmd->name,
            cmd->operands[0] ? " " : "", cmd->operands, tl_paint(ctx, TL_PLAIN),
            cmd->summary);
    fprintf(out, "%s\n\nflags:\n", cmd->text);
    if (cmd->options)
        tl_option_help(&flags, cmd->options, true, 78);
    tl_option_help(&flags, tl_common_options, true, 78);
    fputs(flags.text, out);
    if (cmd->examples)
        fprintf(out, "\nexamples:\n%s", cmd->examples);
    tl_str_release(&flags);
}

/* Whether a command's line of operands names the word: "diff" in "FILE ... | diff OLD NEW". */
static bool has_word(const char *operands, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = operands; n && (at = strstr(at, word)) != NULL; at += n)
        if ((at == operands || strchr(" |[", at[-1])) && strchr(" |]", at[n]))
            return true;
    return false;
}

static int run_help(struct tl_call *call, struct tl_ctx *ctx)
{
    const char *topic = call->n_operands ? call->operands[0] : NULL;
    const struct tl_cmd *cmd = topic ? tl_cmd_find(topic) : NULL;
    struct tl_str text = TL_STR_INIT(1 << 20);

    const char *verb = call->n_operands > 1 ? call->operands[1] : NULL;
    if (verb && !(cmd && has_word(cmd->operands, verb))) {
        tl_hint(ctx, "'tagline help' lists commands and topics");
        return tl_fail(ctx, TL_EUSAGE, "there is no help on '%s %s'", topic, verb);
    }
    if (!topic || cmd) {
        tl_help_show(cmd, ctx);
    } else if (strcmp(topic, "exit-codes") == 0) {
        show_exit_codes(ctx->say->results);
    } else if (strcmp(topic, "environment") == 0) {
        show_environment(ctx->say->results);
    } else if (strcmp(topic, "config") == 0) {
        tl_config_help(&text);
        fputs(text.text, ctx->say->results);
    } else {
        tl_hint(ctx, "'tagline help' lists commands and topics");
        return tl_fail(ctx, TL_EUSAGE, "there is no help on '%s'", topic);
    }
    tl_str_release(&text);
    return TL_OK;
}

const struct tl_cmd tl_cmd_help = {
    .name = "help",
    .summary = "what commands and settings there are",
    .operands = "[COMMAND [VERB]|config|exit-codes|environment]",
    .text = "Shows the commands, one command, the keys of tagline.yaml, the exit codes "
            "or the environment.",
    .examples = "  $ tagline help scan\n  $ tagline help config\n",
    .options_size = sizeof(struct help_options),
    .most_operands = 2,
    .run = run_help,
};
