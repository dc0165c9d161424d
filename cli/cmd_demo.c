/*
 * Shows the whole job on an invented advertising company: makes its warehouse, then types what a user would type. Every command
 * it prints is run as printed; nothing of the output is prepared.
 */
#include "cli/cmd.h"
#include "cli/init.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/say.h"
#include "connectors/warehouse/sqlite_demo.h"

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

struct demo_options {
    struct tl_common common;
};

/* What marks a folder as ours, so that a second demo may clear it. */
#define MARK ".tagline-demo"

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    return at->level == 0 ? 0 : remove(path);
}

static int prepare_folder(const char *folder, struct tl_ctx *ctx)
{
    int rc;

    if (tl_path_exists(folder) && !tl_path_exists(tl_path_join(folder, MARK, ctx))) {
        tl_hint(ctx, "give the demo a folder of its own: tagline demo FOLDER");
        return tl_fail(ctx, TL_EWRITE, "'%s' is there already and is no demo's", folder);
    }
    if (tl_path_exists(folder) && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return tl_fail(ctx, TL_EWRITE, "cannot clear the last demo in '%s': %s", folder,
                       strerror(errno));
    if ((rc = tl_dir_make(folder, ctx)) < 0)
        return rc;
    return tl_file_write(tl_path_join(folder, MARK, ctx), "", 0, ctx);
}

/* What the people of the invented company know of their tables. */
static const char known[] =
    "\n"
    "# What the tables are for: policies ask for it.\n"
    "datasets:\n"
    "  - {match: raw_*, zone: raw, owner: ingestion, retention: 90 days}\n"
    "  - {match: core_*, zone: core, owner: data-platform, retention: 13 months}\n"
    "  - {match: mart_*, zone: mart, owner: analytics, retention: 13 months}\n"
    "  - {match: export_*, zone: export, owner: partnerships, retention: 30 days}\n"
    "  - match: export_audience_acme\n"
    "    uses: [marketing.advertising.third_party.targeted]\n"
    "    recipients: [Acme]\n"
    "  - match: export_suppression_list\n"
    "    uses: [marketing.communications.email]\n"
    "    recipients: [the mailing house]\n"
    "\n"
    "# The built-in policies advise; this one is binding here.\n"
    "policies:\n"
    "  binding: [privacy/no-direct-identifier-in-export]\n";

/* A pull request that should not be merged as it is. */
static const char change[] =
    "-- Acme wants to see who bought after its campaign.\n"
    "create view export_buyers as\n"
    "select u.user_id,\n"
    "       sha256(lower(trim(u.email))) as hem,\n"
    "       u.first_name || ' ' || u.last_name as buyer,\n"
    "       substr(u.phone, 1, 4) as area,\n"
    "       count(c.order_id) as orders\n"
    "  from core_users u\n"
    "  join raw_conversions c on c.user_id = u.user_id\n"
    " group by u.user_id, u.email, u.first_name, u.last_name, u.phone;\n";

static int write_files(const char *folder, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 20);

    tl_init_text(&text, "p-demo", "adshop.db");
    tl_str_add(&text, known);
    static const char actors[] =
        "# Who stands behind an actor's id; the log holds the id.\n"
        "p-demo: 'whoever runs the demo'\n";
    int rc =
        tl_file_write(tl_path_join(folder, "tagline.yaml", ctx), text.text, text.n, ctx);
    if (rc == TL_OK)
        rc = tl_file_write(tl_path_join(folder, "tagline.actors.yaml", ctx), actors,
                           sizeof actors - 1, ctx);
    if (rc == TL_OK)
        rc = tl_file_write(tl_path_join(folder, "change.sql", ctx), change,
                           sizeof change - 1, ctx);
    tl_str_release(&text);
    return rc;
}

static void say(struct tl_ctx *ctx, const char *text)
{
    fprintf(ctx->say->results, "\n%s\n", text);
}

/* Prints the command as a user would type it, and runs it. The words are separated by single spaces; "..." holds them together. */
static int type(const char *line, struct tl_ctx *ctx)
{
    char *words = tl_arena_strdup(ctx->arena, line);
    char *argv[16];
    int argc = 0;

    fprintf(ctx->say->results, "\n%s$ tagline %s%s\n", tl_paint(ctx, TL_CYAN), line,
            tl_paint(ctx, TL_PLAIN));
    fflush(ctx->say->results);
    for (char *at = words; *at && argc < 15;) {
        bool is_quoted = *at == '"';
        char *begin = at + is_quoted;
        size_t n = strcspn(begin, is_quoted ? "\"" : " ");
        at = begin + n + (begin[n] != 0);
        begin[n] = 0;
        at += is_quoted && *at == ' ';
        argv[argc++] = begin;
    }
    argv[argc] = NULL;
    int code = tl_cmd_run(tl_cmd_find(argv[0]), argc, argv, ctx);
    fflush(ctx->say->results);
    return code;
}

struct step {
    const char *words, *line;
    int code; /* what it ends in: a finding is what some steps are there to show */
};

static const struct step steps[] = {
    { "An invented advertising company: bid requests, user profiles, auctions, "
      "deliveries, events and reports\n"
      "in one SQLite file. Nobody in it exists. Its columns are decided by names, values "
      "and validators, and\n"
      "tags are carried along the SQL of its views:",
      "scan", 0 },
    { "Every step of that was written as OpenTelemetry spans into a git repository, one "
      "commit a run:",
      "log", 0 },
    { "Why is this column a hashed e-mail address? What spoke for it, with what weight, "
      "what was ruled out:",
      "why core_users#email_sha256", 0 },
    { "This view keeps three digits of a telephone number. Their values say nothing, "
      "the way they came does:",
      "blame mart_customer_value#dial_code", 0 },
    { "A person's word stands in every later scan, and is logged with the reason:",
      "review accept core_users#email_sha256 --why \"computed by the sign-up service\"",
      0 },
    { "Policies are asked of columns and of the paths between them. One export breaks "
      "them, and the path shows how:",
      "policy check", 1 },
    { "A pull request adds a view (change.sql). What would flow into it, before it "
      "runs:",
      "lineage --dialect sqlite change.sql", 0 },
    { "And what that means: new flows of personal data, new columns that hold it, what "
      "the policies would say.\n"
      "A binding policy would be broken, so the exit code is 1 and the pull request "
      "stops:",
      "check change.sql", 1 },
    { "What a push would send to DataHub (a few of the proposals; 'push --to FILE' "
      "writes them all):",
      "push --dry-run", 0 },
};

static int walk(struct tl_ctx *ctx)
{
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        say(ctx, steps[i].words);
        int code = type(steps[i].line, ctx);
        if (code != steps[i].code)
            return code ? code : 5;
    }
    return 0;
}

static void say_next(const char *folder, struct tl_ctx *ctx)
{
    fprintf(ctx->say->results,
            "\nNow you, in the demo's folder or with a warehouse of yours:\n\n"
            "  $ cd %s\n"
            "  $ tagline review                           # what waits for a person\n"
            "  $ tagline blame raw_bid_requests#ip        # who tagged it, and when\n"
            "  $ tagline policy show privacy/no-direct-identifier-in-export\n"
            "  $ tagline push --to proposals.json         # what DataHub would be told\n"
            "  $ git -C tagline-log log --stat            # the log is plain git\n"
            "  $ tagline init shop.db && tagline scan     # the same with your own\n",
            folder);
}

static int run_demo(struct tl_call *call, struct tl_ctx *ctx)
{
    const char *folder = call->n_operands ? call->operands[0] : "tagline-demo";
    char *here = getcwd(NULL, 0);
    int rc;

    if (!here)
        return tl_fail(ctx, TL_EINTERNAL, "cannot tell the current folder: %s",
                       strerror(errno));
    unsetenv("TAGLINE_CONFIG"); /* the demo's own tagline.yaml is meant */
    if ((rc = prepare_folder(folder, ctx)) == TL_OK &&
        (rc = tl_sqlite_demo_make(tl_path_join(folder, "adshop.db", ctx),
                                  TL_SQLITE_DEMO_SEED, ctx)) == TL_OK &&
        (rc = write_files(folder, ctx)) == TL_OK) {
        if (chdir(folder) != 0) {
            rc = tl_fail(ctx, TL_EINTERNAL, "cannot enter '%s': %s", folder,
                         strerror(errno));
        } else {
            call->exit = walk(ctx);
            if (chdir(here) != 0)
                rc = tl_fail(ctx, TL_EINTERNAL, "cannot go back to '%s': %s", here,
                             strerror(errno));
        }
        if (rc == TL_OK && call->exit == 0)
            say_next(folder, ctx);
    }
    free(here);
    return rc;
}

const struct tl_cmd tl_cmd_demo = {
    .name = "demo",
    .summary = "see the whole job on a made-up advertising warehouse",
    .operands = "[FOLDER]",
    .text = "Makes a warehouse of an invented advertising company in FOLDER "
            "(tagline-demo), a tagline.yaml\n"
            "and a pull request beside it, and runs scan, log, why, blame, review, "
            "policy, lineage, check and\n"
            "push --dry-run on it, showing each command.",
    .examples = "  $ tagline demo\n",
    .options_size = sizeof(struct demo_options),
    .most_operands = 1,
    .run = run_demo,
};
