#include "base/say.h"

#include "base/ctx.h"
#include "base/str.h"

#include <pthread.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { RESULTS, WORDS };
enum { PROGRESS_CEILING = 64 * 1024, WIDTH_USUAL = 80 };

static const long long second_ns = 1000000000;

/* Workers share the words: the progress line is drawn and wiped by one at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const char *const paints[] = {
    [TL_PLAIN] = "\x1b[0m", [TL_BOLD] = "\x1b[1m",    [TL_DIM] = "\x1b[2m",
    [TL_RED] = "\x1b[31m",  [TL_YELLOW] = "\x1b[33m", [TL_GREEN] = "\x1b[32m",
    [TL_CYAN] = "\x1b[36m",
};

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value && *value;
}

static int terminal_width(FILE *file)
{
    struct winsize size;

    if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_USUAL;
}

void tl_say_init(struct tl_say *say, bool no_color, bool quiet)
{
    const char *term = getenv("TERM");
    bool is_plain =
        no_color || is_set("NO_COLOR") || !term || !*term || strcmp(term, "dumb") == 0;
    bool results_are_seen = isatty(STDOUT_FILENO) == 1;
    bool words_are_seen = isatty(STDERR_FILENO) == 1;

    *say = (struct tl_say){
        .words = stderr,
        .results = stdout,
        .quiet = quiet,
        .colour = { results_are_seen && !is_plain, words_are_seen && !is_plain },
        .progress = words_are_seen && !is_plain && !quiet,
        .width = results_are_seen ? terminal_width(stdout) : 0,
    };
}

static void wipe(struct tl_say *say)
{
    if (say->drawn)
        fputs("\r\x1b[K", say->words);
    say->drawn = false;
}

/* One line: a painted word in front and what is said, escaped. One write, so that lines of two processes do not mix. */
static void say_line(struct tl_say *say, enum tl_paint paint, const char *word,
                     const char *text)
{
    struct tl_str line = TL_STR_INIT(TL_STR_MOST);

    if (*word && say->colour[WORDS])
        tl_str_add(&line, paints[paint]);
    tl_str_add(&line, word);
    if (*word && say->colour[WORDS])
        tl_str_add(&line, paints[TL_PLAIN]);
    if (*word)
        tl_str_add_char(&line, ' ');
    tl_str_add_shown(&line, text, strlen(text));
    tl_str_add_char(&line, '\n');
    pthread_mutex_lock(&lock);
    wipe(say);
    fwrite(line.text, 1, line.n, say->words);
    fflush(say->words);
    pthread_mutex_unlock(&lock);
    tl_str_release(&line);
}

__attribute__((format(printf, 4, 0))) static void
say_format(struct tl_say *say, enum tl_paint paint, const char *word, const char *format,
           va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, format, args) < 0)
        return;
    say_line(say, paint, word, text);
    free(text);
}

void tl_note(const struct tl_ctx *ctx, const char *format, ...)
{
    va_list args;

    if (!ctx->say || ctx->say->quiet)
        return;
    va_start(args, format);
    say_format(ctx->say, TL_PLAIN, "", format, args);
    va_end(args);
}

void tl_warn(const struct tl_ctx *ctx, const char *format, ...)
{
    va_list args;

    if (!ctx->say)
        return;
    va_start(args, format);
    say_format(ctx->say, TL_YELLOW, "warning:", format, args);
    va_end(args);
}

void tl_say_error(const struct tl_ctx *ctx, const struct tl_error *error)
{
    if (!ctx->say || !error->code)
        return;
    say_line(ctx->say, TL_RED,
             "tagline:", error->text[0] ? error->text : tl_code_text(error->code));
    if (error->hint[0])
        say_line(ctx->say, TL_CYAN, "hint:", error->hint);
}

int tl_ask(const struct tl_ctx *ctx, const char *question)
{
    char answer[16] = "", *end;
    int more;

    if (!ctx->say || isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)
        return -1;
    pthread_mutex_lock(&lock);
    wipe(ctx->say);
    fprintf(ctx->say->words, "%s [y/N] ", question);
    fflush(ctx->say->words);
    pthread_mutex_unlock(&lock);
    if (!fgets(answer, sizeof answer, stdin))
        return 0;
    end = strchr(answer, '\n');
    for (more = end ? '\n' : 0; more != '\n' && more != EOF;)
        more = getchar();
    if (end)
        *end = '\0';
    return strcasecmp(answer, "y") == 0 || strcasecmp(answer, "yes") == 0;
}

/* The longest start of `text` that takes at most `width` columns. */
static size_t fit(const char *text, size_t n, size_t width)
{
    size_t i = 0;

    while (i < n) {
        size_t step = tl_utf8_step(text + i, n - i);
        size_t columns = tl_utf8_width(text + i, step ? step : 1);
        if (columns > width)
            break;
        width -= columns;
        i += step ? step : 1;
    }
    return i;
}

static void draw(struct tl_say *say, const char *what, size_t done, size_t of)
{
    struct tl_str line = TL_STR_INIT(PROGRESS_CEILING);
    char number[27];

    tl_str_add_shown(&line, what, strlen(what));
    tl_str_addf(&line, "  %s", tl_grouped(number, (long long)done));
    if (of)
        tl_str_addf(&line, " of %s", tl_grouped(number, (long long)of));
    /* A line that wraps could not be wiped; the last column is left free for the cursor. */
    size_t n = fit(line.text, line.n, (size_t)terminal_width(say->words) - 1);
    wipe(say);
    fwrite(line.text, 1, n, say->words);
    fflush(say->words);
    say->drawn = true;
    tl_str_release(&line);
}

void tl_progress(const struct tl_ctx *ctx, const char *what, size_t done, size_t of)
{
    struct tl_say *say = ctx->say;

    if (!say || !say->progress)
        return;
    long long now = tl_ticks(ctx);
    pthread_mutex_lock(&lock);
    if (!say->began) {
        say->began = now;
        say->drawn_at = 0;
    }
    if (now - say->began >= second_ns &&
        (!say->drawn_at || now - say->drawn_at >= second_ns / 10)) {
        draw(say, what, done, of);
        say->drawn_at = now;
    }
    pthread_mutex_unlock(&lock);
}

void tl_progress_end(const struct tl_ctx *ctx)
{
    struct tl_say *say = ctx->say;

    if (!say)
        return;
    pthread_mutex_lock(&lock);
    if (say->drawn) {
        wipe(say);
        fflush(say->words);
    }
    say->began = 0;
    pthread_mutex_unlock(&lock);
}

const char *tl_paint(const struct tl_ctx *ctx, enum tl_paint paint)
{
    return ctx->say && ctx->say->colour[RESULTS] ? paints[paint] : "";
}

const char *tl_grouped(char out[27], long long n)
{
    unsigned long long rest = n < 0 ? 0 - (unsigned long long)n : (unsigned long long)n;
    char reversed[26];
    size_t at = 0;
    size_t digits = 0;

    do {
        if (digits && digits % 3 == 0)
            reversed[at++] = ',';
        reversed[at++] = (char)('0' + rest % 10);
        digits++;
        rest /= 10;
    } while (rest);
    char *to = out;
    if (n < 0)
        *to++ = '-';
    while (at)
        *to++ = reversed[--at];
    *to = '\0';
    return out;
}
