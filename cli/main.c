/*
 * The program: finds the command, reads its flags from its table, runs it, turns what went wrong into words and an exit code.
 */
#include "cli/cmd.h"

#include "base/mem.h"
#include "base/say.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static struct tl_run run;
static volatile sig_atomic_t last_signal;

/* The first asks; the second, with the handler gone, is the system's own. */
static void on_signal(int signal_number)
{
    last_signal = signal_number;
    atomic_store(&run.cancelled, true);
    signal(signal_number, SIG_DFL);
}

static void watch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    /* A reader that went away is seen as a failed write; it must not kill us in the middle of the log. */
    signal(SIGPIPE, SIG_IGN);
}

/* A memory image holds sampled values and tokens: none is left behind, whatever happens. */
static void leave_no_core(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
#ifndef __SANITIZE_ADDRESS__ /* whose leak checker must look into us */
    prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Names are UTF-8 wherever they come from; a machine without a locale still shows them. */
static void choose_locale(void)
{
    const char *locale = setlocale(LC_CTYPE, "");

    if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

/* What was printed must have arrived: a full disk is a failure, a reader that had enough is not. */
static int finish_results(int code)
{
    bool failed = ferror(stdout) != 0;

    errno = 0;
    failed |= fflush(stdout) != 0;
    const char *why = errno ? strerror(errno) : "an earlier write failed";
    if (!failed || tl_reader_is_gone())
        return code;
    fprintf(
        stderr,
        "tagline: could not write the results: %s\nhint: is there room where they go?\n",
        why);
    return tl_code_exit(TL_EWRITE);
}

int main(int argc, char **argv)
{
    struct tl_ctx ctx;
    struct tl_say say;

    leave_no_core();
    choose_locale();
    tl_clock_init(&run.clock);
    tl_ctx_init(&ctx, &run);
    tl_say_init(&say, false, false);
    ctx.say = &say;
    watch_signals();
    int code = tl_main(argc, argv, &ctx);
    code = finish_results(code);
    tl_ctx_release(&ctx);
    if (last_signal) {
        signal(last_signal, SIG_DFL);
        raise(last_signal);
    }
    return code;
}
