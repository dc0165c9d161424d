/*
 * Packs to begin with: one that explains itself, and what others wrote, rewritten.
 */
#include "cli/rules.h"

#include "base/file.h"
#include "base/say.h"
#include "classifiers/import.h"
#include "cli/show.h"

/* It loads, lints and tests clean as it is: whoever changes a line sees at once what that line does. */
static const char skeleton[] =
    "# Rules of our own. 'tagline rules keys' lists everything that may stand here.\n"
    "pack: %s\n"
    "version: 1\n"
    "format: 1\n"
    "summary: what we know that nobody else does\n"
    "# locales: [de, at]        # countries it is about; left out: all\n"
    "\n"
    "types:\n"
    "  # A type of our own: BDG- and six digits.\n"
    "  - info_type: %s_badge\n"
    "    summary: number of the badge that opens the doors\n"
    "    category: user.unique_id   # a key of 'tagline rules list'; sensitivity and "
    "law follow from it\n"
    "    sensitivity: personal\n"
    "    names: [%s_badge, badge_code]  # a whole column name, or its end\n"
    "    not_names: [colour]            # words that rule it out\n"
    "    value: 'BDG-\\d{6}'          # PCRE of a whole value\n"
    "    length: [10, 10]           # saves the pattern most of its work\n"
    "    needs: '-BDG'              # bytes that every value holds\n"
    "    prior: 0.001               # how many random values of that shape fit: 'rules "
    "lint' measures it\n"
    "    examples:                  # checked whenever the pack is read\n"
    "      match: [BDG-004211, BDG-990017]\n"
    "      no_match: [BDG-42, bdg-004211, SKU-004211]\n"
    "\n"
    "  # A name that our tables use for something that tagline knows: added, not "
    "repeated.\n"
    "  - info_type: email_address\n"
    "    extends: true\n"
    "    names: [%s_mailbox]\n"
    "\n"
    "# Columns that the whole engine must decide so: 'tagline rules test' runs them.\n"
    "columns:\n"
    "  - name: badge_code\n"
    "    table: staff\n"
    "    values: [BDG-004211, BDG-004212, BDG-100383, BDG-990017]\n"
    "    expect: %s_badge\n"
    "  - name: sku\n"
    "    table: articles\n"
    "    values: [SKU-004211, SKU-004212, SKU-100383, SKU-990017]\n"
    "    expect: none\n";

static bool is_good_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

    return n && n <= 40 && !name[n];
}

int tl_rules_new(const char *name, struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(1 << 16);

    if (!name) {
        tl_hint(ctx, "usage: tagline rules new NAME");
        return tl_fail(ctx, TL_EUSAGE, "'rules new' needs a name");
    }
    if (!is_good_name(name)) {
        tl_hint(ctx, "use lower case letters, digits and '_', as in 'our_shop'");
        return tl_fail(ctx, TL_EUSAGE, "'%s' cannot be a pack's name", name);
    }
    const char *path = tl_arena_printf(ctx->arena, "%s.yaml", name);
    if (tl_path_exists(path)) {
        tl_hint(ctx, "take another name, or remove the file");
        return tl_fail(ctx, TL_EUSAGE, "'%s' is there already", path);
    }
    for (const char *at = skeleton; *at;) {
        if (at[0] == '%' && at[1] == 's') {
            tl_str_add(&text, name);
            at += 2;
        } else {
            tl_str_add_char(&text, *at++);
        }
    }
    int rc = tl_file_write(path, text.text, text.n, ctx);
    tl_str_release(&text);
    if (rc < 0)
        return rc;
    fprintf(ctx->say->results,
            "wrote %s\n"
            "next:\n"
            "  edit it: 'tagline rules keys' lists what may stand there\n"
            "  tagline rules lint %s && tagline rules test %s\n"
            "  add it to tagline.yaml:  rules: {packs: [%s]}\n",
            path, path, path, path);
    return TL_OK;
}

int tl_rules_import(const char *path, int format, struct tl_call *call,
                    struct tl_ctx *ctx)
{
    struct tl_str text = TL_STR_INIT(TL_IMPORT_BYTES_MOST);
    struct tl_str pack = TL_STR_INIT(TL_IMPORT_BYTES_MOST);
    struct tl_import import = { 0 };
    enum tl_pack_format written;
    enum tl_pack_format chosen = (enum tl_pack_format)format;

    if (!path) {
        tl_hint(ctx, "usage: tagline rules import FILE [--as datahub|presidio|csv]");
        return tl_fail(ctx, TL_EUSAGE, "'rules import' needs a file");
    }
    path = tl_pack_path(&written, path);
    if (chosen == TL_PACK_BY_LOOK)
        chosen = written;
    int rc = tl_file_read(&text, path, ctx);
    if (rc == TL_OK && chosen == TL_PACK_BY_LOOK)
        chosen = tl_pack_look(text.text, text.n, path);
    if (rc == TL_OK && chosen == TL_PACK_OURS) {
        tl_hint(ctx,
                "say what it is: --as datahub, presidio or csv; a pack of ours needs "
                "no import");
        rc = tl_fail(ctx, TL_ECONFIG, "'%s' does not look like another program's rules",
                     path);
    }
    if (rc == TL_OK)
        rc = tl_import_pack(&pack, &import, text.text, text.n, path, chosen, ctx);
    if (rc == TL_OK) {
        fwrite(pack.text, 1, pack.n, ctx->say->results);
        fflush(ctx->say->results);
        for (size_t i = 0; i < import.notes.n; i++)
            tl_warn(ctx, "%s:%u:%u: %s", path, import.notes.items[i].line,
                    import.notes.items[i].column, import.notes.items[i].text);
        tl_note(ctx, "%u info type%s carried over, %zu thing%s to look at",
                import.n_types, import.n_types == 1 ? "" : "s", import.notes.n,
                import.notes.n == 1 ? "" : "s");
        call->exit = 0;
    }
    tl_import_release(&import);
    tl_str_release(&pack);
    tl_str_release(&text);
    return rc;
}
