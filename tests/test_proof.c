/* Digests that are shown to be of addresses which stand in the clear. */
#include "base/digest.h"
#include "classifiers/proof.h"
#include "tests/check.h"
#include "tests/world_columns.h"

static void an_address(char out[256], unsigned i)
{
    snprintf(out, 256, "Ana.%c%u@Example.com", 'A' + i % 26, i);
}
static void a_gmail_address(char out[256], unsigned i)
{
    snprintf(out, 256, "ana.b%u+ads@gmail.com", i);
}
static void lower(char *text)
{
    for (; *text; text++)
        *text = *text >= 'A' && *text <= 'Z' ? (char)(*text | 0x20) : *text;
}
static void sha256_hex(char out[256], const char *text)
{
    struct tl_sha256 digest;

    tl_sha256_of(&digest, text, strlen(text));
    tl_hex(out, digest.bytes, sizeof digest.bytes);
}
static void sha256_of_the_address(char out[256], unsigned i)
{
    char address[256];

    an_address(address, i);
    sha256_hex(out, address);
}
static void sha256_of_it_in_lower_case(char out[256], unsigned i)
{
    char address[256];

    an_address(address, i);
    lower(address);
    sha256_hex(out, address);
}
static void base64_of_it_in_lower_case(char out[256], unsigned i)
{
    char address[256];
    struct tl_sha256 digest;
    struct tl_str text = TL_STR_INIT(256);

    an_address(address, i);
    lower(address);
    tl_sha256_of(&digest, address, strlen(address));
    tl_base64_add(&text, digest.bytes, sizeof digest.bytes);
    snprintf(out, 256, "%s", text.text);
    tl_str_release(&text);
}
static void md5_of_gmail_as_meta_asks(char out[256], unsigned i)
{
    char address[256];
    struct tl_md5 digest;

    snprintf(address, sizeof address, "anab%u@gmail.com", i);
    tl_md5_of(&digest, address, strlen(address));
    tl_hex(out, digest.bytes, sizeof digest.bytes);
}
static void a_telephone(char out[256], unsigned i)
{
    snprintf(out, 256, "+1 415-555-%04u", 100 + i);
}
static void sha256_of_its_digits(char out[256], unsigned i)
{
    char digits[32];

    snprintf(digits, sizeof digits, "1415555%04u", 100 + i);
    sha256_hex(out, digits);
}
static void sha256_of_builds(char out[256], unsigned i)
{
    char build[32];

    snprintf(build, sizeof build, "build %u", i);
    sha256_hex(out, build);
}

/* Two columns of a table; what is proved of the second: "type spelling matched/of by", or "-". */
static const char *prove(struct tl_columns *w, void (*plain)(char out[256], unsigned i),
                         const char *plain_name,
                         void (*digest)(char out[256], unsigned i))
{
    const char *text = "-";

    tl_columns_open(w, "t", 40);
    tl_columns_make(w, plain_name, "text", plain);
    tl_columns_make(w, "k", "text", digest);
    tl_columns_decide(w, TL_SAMPLE_READ);
    struct tl_question question = { .snapshot = &w->snapshot,
                                    .sample = &w->sample,
                                    .scratch = w->scratch };
    struct tl_proof_part *part = tl_proof_gather(&question, &w->decisions, 4096);
    CHECK(part != NULL);
    int n = tl_proof_settle(&w->decisions, &part, 1, w->engine, w->ctx.arena, &w->ctx);
    tl_proof_drop(part);
    const struct tl_decision *decision = &w->decisions.columns[1];
    CHECK_INT(decision->n_facts, n ? 2 : 0);
    for (uint32_t i = 0; n && i < decision->n_facts; i++) {
        const struct tl_fact *fact = &w->decisions.facts[decision->first_fact + i];
        text = tl_arena_printf(w->ctx.arena, "%s%s %u/%u", i ? text : "",
                               i ? fact->name + 13 : "", fact->count, fact->of);
    }
    if (n)
        text = tl_arena_printf(w->ctx.arena, "%s %s", tl_columns_types(w, 1), text);
    return text;
}
static void check(void (*plain)(char out[256], unsigned i), const char *plain_name,
                  void (*digest)(char out[256], unsigned i), const char *expected)
{
    struct tl_columns w;

    CHECK_TEXT(prove(&w, plain, plain_name, digest), expected);
    tl_columns_close(&w);
}

static void digests_of_addresses_as_they_stand(void)
{
    check(an_address, "email", sha256_of_the_address,
          "hashed_email_sha256_hex  40/40.raw 40/40");
}
static void digests_of_lower_case_are_told_apart(void)
{
    check(an_address, "email", sha256_of_it_in_lower_case,
          "hashed_email_sha256_hex  40/40.lower 40/40");
}
static void digests_in_base64_are_proved_too(void)
{
    check(an_address, "email", base64_of_it_in_lower_case,
          "hashed_email_sha256_b64  40/40.lower 40/40");
}
static void gmail_without_dots_is_told_apart(void)
{
    check(a_gmail_address, "email", md5_of_gmail_as_meta_asks,
          "hashed_email_md5  40/40.gmail 40/40");
}
static void digests_of_telephones_are_proved(void)
{
    check(a_telephone, "phone", sha256_of_its_digits, "hashed_phone  40/40.digits 40/40");
}
static void digests_of_something_else_are_not(void)
{
    check(an_address, "email", sha256_of_builds, "-");
}

static void a_proof_says_so(void)
{
    struct tl_columns w;

    prove(&w, an_address, "email", sha256_of_it_in_lower_case);
    CHECK_INT(tl_columns_tag(&w, 1)->confidence, 990);
    CHECK_HAS(tl_columns_why(&w, 1),
              "40 of 40 distinct digests are of addresses that stand in the clear");
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    tl_columns_close(&w);
}

/* Two datasets of one source, decided apart. */
static void a_dataset_proves_the_digests_of_another(void)
{
    struct tl_columns people, hashes;
    struct tl_proof_part *parts[2];

    tl_columns_open(&people, "people", 30);
    tl_columns_make(&people, "email", "text", an_address);
    tl_columns_decide(&people, TL_SAMPLE_READ);
    tl_columns_open(&hashes, "audience", 50);
    tl_columns_make(&hashes, "k", "text", sha256_of_it_in_lower_case);
    tl_columns_decide(&hashes, TL_SAMPLE_READ);
    struct tl_columns *worlds[2] = { &hashes, &people };
    struct tl_decisions decisions[2] = { hashes.decisions, people.decisions };
    for (int i = 0; i < 2; i++) {
        struct tl_question question = { .snapshot = &worlds[i]->snapshot,
                                        .sample = &worlds[i]->sample };
        parts[i] = tl_proof_gather(&question, &decisions[i], 4096);
    }
    CHECK_INT(tl_proof_settle(decisions, parts, 2, hashes.engine, hashes.ctx.arena,
                              &hashes.ctx),
              1);
    CHECK_INT(decisions[0].facts[0].count, 30);
    CHECK_INT(decisions[0].facts[0].of, 50);
    CHECK_TEXT(decisions[0].opinions[decisions[0].n_opinions - 1].rule,
               "adtech/hashed_email_sha256_hex#proof");
    for (int i = 0; i < 2; i++)
        tl_proof_drop(parts[i]);
    tl_columns_close(&people);
    tl_columns_close(&hashes);
}

static void what_was_proved_before_stands_while_digests_do(void)
{
    static const struct tl_proof_kept kept = { "proof.variant.lower", 30, 50, 30, false };
    struct tl_columns w;

    tl_columns_open(&w, "audience", 50);
    tl_columns_make(&w, "k", "text", sha256_of_builds);
    tl_columns_make(&w, "n", "text", a_telephone);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    struct tl_question question = { .snapshot = &w.snapshot, .sample = &w.sample };
    struct tl_proof_part *part = tl_proof_gather(&question, &w.decisions, 4096);
    CHECK(tl_proof_keep(&w.decisions, part, 0, &kept, w.engine, w.ctx.arena));
    CHECK(!tl_proof_keep(&w.decisions, part, 0, &kept, w.engine, w.ctx.arena));
    CHECK(!tl_proof_keep(&w.decisions, part, 1, &kept, w.engine, w.ctx.arena));
    tl_proof_drop(part);
    CHECK_INT(tl_columns_tag(&w, 0)->confidence, 990);
    CHECK_HAS(tl_columns_why(&w, 0), "30 of 50 distinct digests were in an earlier run");
    tl_columns_close(&w);
}

static void a_run_holds_no_more_addresses_than_its_ceiling(void)
{
    static const size_t datasets[] = { 1, 500, 100000, 3000000 };

    for (size_t i = 0; i < sizeof datasets / sizeof *datasets; i++)
        CHECK(tl_proof_share(datasets[i]) * datasets[i] <= TL_PROOF_VALUES);
    CHECK_INT(tl_proof_share(1), TL_PROOF_EACH);
}

static void columns_of_one_dataset_share_what_it_may_give(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 40);
    tl_columns_make(&w, "email", "text", an_address);
    tl_columns_make(&w, "k", "text", sha256_of_the_address);
    tl_columns_make(&w, "other_email", "text", an_address);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    struct tl_question question = { .snapshot = &w.snapshot, .sample = &w.sample };
    struct tl_proof_part *part = tl_proof_gather(&question, &w.decisions, 20);
    CHECK_INT(tl_proof_settle(&w.decisions, &part, 1, w.engine, w.ctx.arena, &w.ctx), 1);
    CHECK_INT(w.decisions.facts[w.decisions.columns[1].first_fact].count, 10);
    tl_proof_drop(part);
    tl_columns_close(&w);
}

static void a_cancelled_run_proves_nothing(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 40);
    tl_columns_make(&w, "email", "text", an_address);
    tl_columns_make(&w, "k", "text", sha256_of_the_address);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    struct tl_question question = { .snapshot = &w.snapshot, .sample = &w.sample };
    struct tl_proof_part *part = tl_proof_gather(&question, &w.decisions, 20);
    w.ctx.run->cancelled = true;
    CHECK_INT(tl_proof_settle(&w.decisions, &part, 1, w.engine, w.ctx.arena, &w.ctx),
              TL_ECANCEL);
    tl_proof_drop(part);
    tl_columns_close(&w);
}

TL_TESTS("proof", TEST(digests_of_addresses_as_they_stand),
         TEST(digests_of_lower_case_are_told_apart),
         TEST(digests_in_base64_are_proved_too), TEST(gmail_without_dots_is_told_apart),
         TEST(digests_of_telephones_are_proved), TEST(digests_of_something_else_are_not),
         TEST(a_proof_says_so), TEST(a_dataset_proves_the_digests_of_another),
         TEST(what_was_proved_before_stands_while_digests_do),
         TEST(a_run_holds_no_more_addresses_than_its_ceiling),
         TEST(columns_of_one_dataset_share_what_it_may_give),
         TEST(a_cancelled_run_proves_nothing))
