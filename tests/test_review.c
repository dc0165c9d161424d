/*
 * What waits for a person, in groups and in order; and spreadsheets, out and back in.
 */
#include "tests/check.h"
#include "tests/world_belief.h"

#include "cli/review.h"

#include <stdlib.h>

/* ---- groups ---- */

struct waiting {
    struct tl_draft draft;
    struct tl_ctx ctx;
    struct tl_review_list list;
};

static void open_waiting(struct waiting *w)
{
    tl_test_ctx_init(&w->ctx);
    tl_draft_init(&w->draft);
    w->list = (struct tl_review_list){ { 0 }, { 0 } };
}

static void close_waiting(struct waiting *w)
{
    tl_review_release(&w->list);
    tl_draft_release(&w->draft);
    tl_test_ctx_release(&w->ctx);
}

/* A table of one column with one tag. */
static struct tl_belief_tag *add_tag(struct waiting *w, const char *table,
                                     const char *column, const char *type,
                                     unsigned confidence)
{
    tl_draft_dataset(&w->draft, "sqlite", NULL, "main", table);
    tl_draft_column(&w->draft, column, "text");
    struct tl_belief_tag *tag = tl_draft_tag(&w->draft, type, TL_PROPOSED);
    tag->confidence = (uint16_t)confidence;
    return tag;
}

static const struct tl_review_group *gather(struct waiting *w,
                                            const struct tl_review_filter *filter)
{
    tl_review_release(&w->list);
    tl_review_gather(&w->list, tl_draft_belief(&w->draft), filter, w->ctx.arena);
    return w->list.groups.items;
}

static void names_of_the_same_words_are_one_group(void)
{
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "userEmail", "email_address", 700);
    add_tag(&w, "b", "user_email", "email_address", 990);
    add_tag(&w, "c", "USER-EMAIL", "email_address", 800);
    add_tag(&w, "d", "email", "email_address", 900);
    const struct tl_review_group *groups = gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.groups.n, 2);
    CHECK_TEXT(groups[0].name, "user_email");
    CHECK_INT(groups[0].n, 3);
    CHECK_INT(groups[0].n_datasets, 3);
    CHECK_INT(groups[0].least, 700);
    CHECK_INT(groups[0].most, 990);
    CHECK_INT(groups[1].n, 1);
    close_waiting(&w);
}

static void another_type_state_or_origin_is_another_group(void)
{
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "email", "email_address", 900);
    add_tag(&w, "b", "email", "username_handle", 900);
    add_tag(&w, "c", "email", "email_address", 900)->state = TL_WITHDRAWN;
    add_tag(&w, "d", "email", "email_address", 900)->origin = TL_BY_VALIDATOR;
    gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.groups.n, 4);
    for (size_t i = 0; i < w.list.groups.n; i++)
        for (size_t k = 0; k < i; k++)
            CHECK(strcmp(w.list.groups.items[i].id, w.list.groups.items[k].id) != 0);
    close_waiting(&w);
}

static void the_most_sensitive_and_then_the_most_doubtful_come_first(void)
{
    static const char *const order[] = { "health", "card", "phone", "email", "name" };
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "name", "n", 900);
    add_tag(&w, "b", "email", "e", 900);
    add_tag(&w, "c", "phone", "p", 600);
    add_tag(&w, "d", "card", "c", 990)->sensitivity = TL_SENSITIVE;
    add_tag(&w, "e", "email", "e", 950);
    add_tag(&w, "f", "health", "h", 999)->sensitivity = TL_SPECIAL;
    const struct tl_review_group *groups = gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.groups.n, 5);
    for (size_t i = 0; i < w.list.groups.n; i++)
        CHECK_TEXT(groups[i].name, order[i]);
    CHECK_INT(w.list.items.items[groups[3].first].tag->confidence, 900);
    close_waiting(&w);
}

static void a_groups_id_does_not_depend_on_what_else_waits(void)
{
    struct tl_review_filter filter = { .info_type = "email_address" };
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "email", "email_address", 900);
    add_tag(&w, "b", "phone", "phone_e164", 600);
    char id[9];
    snprintf(id, sizeof id, "%s", gather(&w, &filter)[0].id);
    const struct tl_review_group *groups = gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_TEXT(groups[1].id, id);
    id[4] = '\0';
    filter = (struct tl_review_filter){ .group = id };
    gather(&w, &filter);
    CHECK_INT(w.list.groups.n, 1);
    CHECK_INT(w.list.items.n, 1);
    close_waiting(&w);
}

static void a_name_without_a_word_is_a_group_of_its_own(void)
{
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "", "email_address", 900);
    add_tag(&w, "b", "--", "email_address", 900);
    add_tag(&w, "c", "\xff\xfe", "email_address", 900);
    gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.groups.n, 3);
    close_waiting(&w);
}

static void what_was_decided_waits_only_where_a_scan_says_otherwise(void)
{
    struct waiting w;

    open_waiting(&w);
    add_tag(&w, "a", "email", "email_address", 900)->state = TL_CONFIRMED;
    struct tl_belief_tag *tag = add_tag(&w, "b", "email", "email_address", 900);
    tag->state = TL_REJECTED;
    tag->against = tl_draft_text(&w.draft, "email_address");
    gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.items.n, 0);
    gather(&w, &(struct tl_review_filter){ .against = true });
    CHECK_INT(w.list.items.n, 1);
    gather(&w, &(struct tl_review_filter){ .all = true });
    CHECK_INT(w.list.items.n, 2);
    close_waiting(&w);
}

static void a_hundred_thousand_tags_are_gathered(void)
{
    struct waiting w;
    char name[32];

    open_waiting(&w);
    for (unsigned t = 0; t < 1000; t++) {
        snprintf(name, sizeof name, "t%04u", t);
        tl_draft_dataset(&w.draft, "sqlite", NULL, "main", name);
        for (unsigned c = 0; c < 100; c++) {
            snprintf(name, sizeof name, "%c%c_email", 'a' + c % 26, 'a' + c / 26);
            tl_draft_column(&w.draft, name, "text");
            tl_draft_tag(&w.draft, "email_address", TL_PROPOSED)->confidence =
                (uint16_t)(600 + (t * 7 + c) % 400);
        }
    }
    const struct tl_review_group *groups = gather(&w, &(struct tl_review_filter){ 0 });
    CHECK_INT(w.list.groups.n, 100);
    CHECK_INT(w.list.items.n, 100000);
    for (size_t i = 0; i < w.list.groups.n; i++)
        CHECK(groups[i].n == 1000 && groups[i].n_datasets == 1000);
    close_waiting(&w);
}

/* ---- spreadsheets ---- */

static void check_row(struct tl_ctx *ctx, const char *text, const char *const *cells,
                      size_t n)
{
    struct tl_sheet sheet;

    if (!CHECK_OK(tl_sheet_read(&sheet, text, strlen(text), "t.csv", ctx), ctx) ||
        !CHECK_INT(sheet.n, 1) || !CHECK_INT(sheet.rows->n, n))
        return;
    for (size_t i = 0; i < n; i++)
        CHECK_TEXT(sheet.rows->cells[i].text, cells[i]);
}

static void what_spreadsheets_write_is_read(void)
{
    static const char *const cells[] = { "a", "b, \"c\"", "", "d\ne" };
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    check_row(&ctx, "a,\"b, \"\"c\"\"\",,\"d\ne\"\n", cells, 4);
    check_row(&ctx,
              "\xef\xbb\xbf"
              "a;\"b, \"\"c\"\"\";;\"d\ne\"\r\n",
              cells, 4);
    check_row(&ctx, "\n\r\na\t\"b, \"\"c\"\"\"\t\t\"d\ne\"", cells, 4);
    check_row(&ctx, " a ,\"b, \"\"c\"\"\" , ,\" d\ne \"\r\r", cells, 4);
    tl_test_ctx_release(&ctx);
}

static void a_formula_is_led_and_comes_back(void)
{
    static const char *const cells[] = { "=1+1", "+1", "-1",   "@x",
                                         "'=1",  "''", "it's", "'tis" };
    struct tl_str text = TL_STR_INIT(4096);
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    tl_sheet_add_row(&text, cells, 8);
    CHECK_TEXT(text.text, "'=1+1,'+1,'-1,'@x,''=1,''',it's,''tis\r\n");
    check_row(&ctx, text.text,
              (const char *[]){ "=1+1", "+1", "-1", "@x", "'=1", "''", "it's", "'tis" },
              8);
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

static uint32_t chance(uint64_t *state, uint32_t below)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % below;
}

/* As it comes back: what stands at both ends and is blank is nobody's. */
static char *trimmed(char *text)
{
    size_t n = strlen(text);

    while (n && strchr(" \t\r\n", text[n - 1]))
        text[--n] = '\0';
    return text + strspn(text, " \t\r\n");
}

static void odd_cells_come_back_as_they_went(void)
{
    static const char *const parts[] = {
        "=", "+", "-", "@", "'",    "\"",           ",", ";",   "\t", "\r", "\n",
        " ", "a", "1", "ÿ", "\x01", "\xe2\x80\xae", "é", "\r\n"
    };
    enum { PARTS = sizeof parts / sizeof *parts, CELLS = 5, ROWS = 10000 };
    char cells[CELLS][64];
    uint64_t state = 7;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    struct tl_str text = TL_STR_INIT(TL_STR_MOST);
    for (size_t row = 0; row < ROWS; row++) {
        const char *out[CELLS] = { "x" };
        struct tl_sheet sheet;
        tl_str_clear(&text);
        tl_sheet_add_row(&text, (const char *const[]){ "h", "h", "h", "h", "h" }, CELLS);
        for (size_t c = 1; c < CELLS; c++) {
            cells[c][0] = '\0';
            for (uint32_t n = chance(&state, 8), at = 0; n--;)
                at += (uint32_t)snprintf(cells[c] + at, sizeof cells[c] - at, "%s",
                                         parts[chance(&state, PARTS)]);
            out[c] = cells[c];
        }
        tl_sheet_add_row(&text, out, CELLS);
        if (!CHECK_OK(tl_sheet_read(&sheet, text.text, text.n, "t", &ctx), &ctx) ||
            !CHECK_INT(sheet.n, 2) || !CHECK_INT(sheet.rows[1].n, CELLS))
            break;
        for (size_t c = 1; c < CELLS; c++)
            if (strcmp(sheet.rows[1].cells[c].text, trimmed(cells[c])) != 0)
                CHECK_TEXT(sheet.rows[1].cells[c].text, trimmed(cells[c]));
        tl_arena_reset(ctx.arena);
    }
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

static void what_is_no_sheet_is_told_with_its_place(void)
{
    static const struct {
        const char *text;
        size_t n;
        const char *says;
    } cases[] = {
        { "a,b\n\"c\nd,e\n", 11, "t.csv:2:1: nothing closes this quote" },
        { "a,b\nc,\0\n", 8, "t.csv:2:3: there is a NUL" },
        { "a,b\nc,gepr\xfc"
          "ft\n",
          13, "t.csv:2:7: this is no UTF-8" },
        { "\xff\xfe"
          "a\0b\0",
          6, "t.csv:1:1: this is UTF-16" },
        { "PK\x03\x04", 4, "t.csv:1:1: this is a workbook" },
    };
    struct tl_sheet sheet;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_FAILS(tl_sheet_read(&sheet, cases[i].text, cases[i].n, "t.csv", &ctx),
                    TL_EUSAGE, cases[i].says, &ctx);
    tl_test_ctx_release(&ctx);
}

static void a_row_has_a_ceiling(void)
{
    struct tl_str text = TL_STR_INIT(4096);
    struct tl_sheet sheet;
    struct tl_ctx ctx;

    tl_test_ctx_init(&ctx);
    for (int i = 0; i < TL_SHEET_CELLS_MOST; i++)
        tl_str_add_char(&text, ',');
    CHECK_FAILS(tl_sheet_read(&sheet, text.text, text.n, "t.csv", &ctx), TL_EUSAGE,
                "too many cells", &ctx);
    tl_str_release(&text);
    tl_test_ctx_release(&ctx);
}

TL_TESTS("review", TEST(names_of_the_same_words_are_one_group),
         TEST(another_type_state_or_origin_is_another_group),
         TEST(the_most_sensitive_and_then_the_most_doubtful_come_first),
         TEST(a_groups_id_does_not_depend_on_what_else_waits),
         TEST(a_name_without_a_word_is_a_group_of_its_own),
         TEST(what_was_decided_waits_only_where_a_scan_says_otherwise),
         TEST(a_hundred_thousand_tags_are_gathered),
         TEST(what_spreadsheets_write_is_read), TEST(a_formula_is_led_and_comes_back),
         TEST(odd_cells_come_back_as_they_went),
         TEST(what_is_no_sheet_is_told_with_its_place), TEST(a_row_has_a_ceiling))
