/*
 * Columns with values: what is decided, what is left alone, and what is said of it. Each test is a small table.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

static void an_email(char out[256], unsigned i)
{
    snprintf(out, 256, i % 50 == 7 ? "unknown%u" : "user.%u@example.com", i);
}
static void a_clean_email(char out[256], unsigned i)
{
    snprintf(out, 256, "user.%u@example.com", i);
}
static void nine_digits(char out[256], unsigned i)
{
    snprintf(out, 256, "%09llu", (unsigned long long)(tl_columns_mix(i) % 1000000000));
}
static unsigned luhn_digit(const char *digits, size_t n)
{
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned d = (unsigned)(digits[n - 1 - i] - '0');

        if (i % 2 == 0)
            d = d < 5 ? d * 2 : d * 2 - 9;
        sum += d;
    }
    return (10 - sum % 10) % 10;
}
static void a_card(char out[256], unsigned i)
{
    snprintf(out, 256, "4%014llu",
             (unsigned long long)(tl_columns_mix(i) % 100000000000000ull));
    out[15] = (char)('0' + luhn_digit(out, 15));
    out[16] = '\0';
}
static void a_uuid(char out[256], unsigned i)
{
    uint64_t a = tl_columns_mix(i);
    uint64_t b = tl_columns_mix(i + 100000);

    snprintf(out, 256, "%08x-%04x-4%03x-9%03x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a & 0xFFFF), (unsigned)(b & 0xFFF), (unsigned)(b >> 20 & 0xFFF),
             (unsigned long long)(b >> 16));
}
static void upper(char *text)
{
    for (; *text; text++)
        *text = *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text;
}
/* 60 of 100 lower, 40 upper */
static void a_mixed_ifa(char out[256], unsigned i)
{
    a_uuid(out, i);
    if (i % 5 < 2)
        upper(out);
}
static void a_gaid_or_nothing(char out[256], unsigned i)
{
    a_uuid(out, i);
    if (i % 5 < 2)
        snprintf(out, 256, "00000000-0000-0000-0000-000000000000");
}
static void an_ip(char out[256], unsigned i)
{
    uint64_t a = tl_columns_mix(i);

    snprintf(out, 256, "%u.%u.%u.%u", 90 + (unsigned)(a & 63), (unsigned)(a >> 8 & 255),
             (unsigned)(a >> 16 & 255), 1 + (unsigned)(a >> 24) % 254);
}
static void an_ip_of_either_kind(char out[256], unsigned i)
{
    if (i % 4)
        an_ip(out, i);
    else
        snprintf(out, 256, "2001:db8:%x::%x", (unsigned)(tl_columns_mix(i) & 0xFFFF), i);
}
static void a_cut_ip(char out[256], unsigned i)
{
    uint64_t a = tl_columns_mix(i);

    snprintf(out, 256, "%u.%u.%u.0", 90 + (unsigned)(a & 63), (unsigned)(a >> 8 & 255),
             (unsigned)(a >> 16 & 255));
}
static void a_version(char out[256], unsigned i)
{
    snprintf(out, 256, "10.%u.%u.%u", i % 4, i % 7, i % 11);
}
static void epoch_seconds(char out[256], unsigned i)
{
    snprintf(out, 256, "%u", 1700000000u + i * 977);
}
static void a_sha256(char out[256], unsigned i)
{
    for (unsigned k = 0; k < 4; k++)
        snprintf(out + 16 * k, 17, "%016llx",
                 (unsigned long long)tl_columns_mix(i * 4 + k));
}
static void a_note(char out[256], unsigned i)
{
    snprintf(out, 256,
             i % 5 ? "asked about invoice, call back later"
                   : "please write to anna.%u@example.org, thanks",
             i);
}
static void a_price(char out[256], unsigned i)
{
    snprintf(out, 256, "%u.%02u", i * 3 % 500, i % 100);
}
static void a_latitude(char out[256], unsigned i)
{
    snprintf(out, 256, "%u.%06u", 40 + i % 9, (unsigned)(tl_columns_mix(i) % 1000000));
}
static void a_longitude(char out[256], unsigned i)
{
    snprintf(out, 256, "-%u.%06u", 70 + i % 29, (unsigned)(tl_columns_mix(i) % 1000000));
}

static void a_name_and_values_that_agree_make_a_strong_tag(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 100);
    tl_columns_make(&w, "email", "TEXT", an_email);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_INT(tl_columns_tag(&w, 0)->confidence, 969);
    CHECK_INT(tl_columns_tag(&w, 0)->matched, 98);
    CHECK_INT(tl_columns_tag(&w, 0)->share, 980);
    CHECK_INT(tl_columns_tag(&w, 0)->origin, TL_BY_VALIDATOR);
    CHECK_TEXT(tl_columns_tag(&w, 0)->category, "user.contact.email");
    CHECK_TEXT(tl_columns_why(&w, 0),
               "name says email address, 98 of 100 values are valid");
    tl_columns_close(&w);
}

static void values_alone_prove_what_chance_would_not_do(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 50);
    tl_columns_make(&w, "c1", "TEXT", a_clean_email);
    tl_columns_make(&w, "c2", "TEXT", a_card);
    tl_columns_make(&w, "c3", "TEXT", an_ip);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_TEXT(tl_columns_types(&w, 1), "payment_card_number");
    CHECK_TEXT(tl_columns_types(&w, 2), "ipv4_address");
    CHECK_HAS(tl_columns_why(&w, 1), "50 of them distinct: chance would not do that");
    tl_columns_close(&w);
}

static void nine_digits_are_never_a_security_number_by_themselves(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 200);
    tl_columns_make(&w, "c1", "TEXT", nine_digits);
    tl_columns_make(&w, "ssn", "TEXT", nine_digits);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    CHECK_INT(w.decisions.columns[0].state, TL_NOTHING);
    CHECK_TEXT(tl_columns_types(&w, 1), "us_ssn");
    tl_columns_close(&w);
}

static void random_digits(char out[256], unsigned i)
{
    unsigned n = 4 + i % 997 / 50; /* rows 0..49 have 4 digits, rows 50..99 five ... */

    for (unsigned k = 0; k < n; k++)
        out[k] = (char)('0' + tl_columns_mix(i * 32 + k) % 10);
    out[n] = '\0';
}

/* 50 random numbers of each length from 4 to 19 digits, and 50 of a sequence: no name, so no type. */
static void chance_and_sequences_prove_nothing(void)
{
    for (unsigned length = 4; length < 20; length++) {
        struct tl_columns w;

        tl_columns_open(&w, "t", 50);
        tl_columns_make(&w, "c1", "TEXT", random_digits);
        for (unsigned i = 0; i < 50; i++) {
            char text[256];

            random_digits(text, (length - 4) * 50 + i);
            w.values.items[0][i] =
                (struct tl_value){ tl_arena_strdup(w.ctx.arena, text), length, false };
        }
        tl_columns_add(&w, "c2", "INTEGER", TL_LAST);
        for (unsigned i = 0; i < 50; i++)
            w.values.items[1][i] = (struct tl_value){
                tl_arena_printf(w.ctx.arena, "%llu", 4000000000000001ull + i), 16, false
            };
        tl_columns_decide(&w, TL_SAMPLE_READ);
        CHECK_TEXT(tl_columns_types(&w, 0), "-");
        CHECK_TEXT(tl_columns_types(&w, 1), "-");
        tl_columns_close(&w);
    }
}

static void one_card_number_repeated_proves_nothing(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_add(&w, "c1", "TEXT", "4539148803436467", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    CHECK_TEXT(w.decisions.columns[0].runner_up, "payment_card_number");
    CHECK_INT(w.decisions.columns[0].distinct, 1);
    tl_columns_close(&w);
}

static void yes_and_no_are_no_addresses(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 20);
    tl_columns_add(&w, "email", "TEXT", "Y", "N", TL_LAST);
    tl_columns_make(&w, "phone", "BOOLEAN", a_price);
    tl_columns_add(&w, "email_verified", "TEXT", "true", "false", TL_LAST);
    tl_columns_add(&w, "first_name", "TEXT", "yes", "no", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    for (uint32_t c = 0; c < 4; c++)
        CHECK_TEXT(tl_columns_types(&w, c), "-");
    CHECK_TEXT(tl_columns_why(&w, 0),
               "name says email address, but the values are yes and no");
    CHECK_HAS(tl_columns_why(&w, 1), "but the column's type cannot hold it");
    CHECK_HAS(tl_columns_why(&w, 2), "another word in it says it is only about one");
    tl_columns_close(&w);
}

static void a_name_that_values_contradict_is_refuted(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "dumps", 100);
    tl_columns_add(&w, "Address", "TEXT", "0", "2", "4", "8", TL_LAST);
    tl_columns_make(&w, "phone", "TEXT", a_clean_email);
    tl_columns_decide(&w, TL_SAMPLE_WHOLE);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    CHECK_HAS(tl_columns_why(&w, 0), "0 of 100 values fit");
    CHECK_TEXT(tl_columns_types(&w, 1), "email_address");
    tl_columns_close(&w);
}

static void look_alikes_are_left_alone(void)
{
    struct tl_columns w;
    static const char *const names[] = { "name",    "price",    "app_version",
                                         "created", "checksum", "auction_id",
                                         "country", "currency", "orientation",
                                         "state" };

    tl_columns_open(&w, "products", 100);
    tl_columns_add(&w, names[0], "TEXT", "Spring Sale", "Anna Mug", "Desk Lamp",
                   "Blue Chair", TL_LAST);
    tl_columns_make(&w, names[1], "REAL", a_price);
    tl_columns_make(&w, names[2], "TEXT", a_version);
    tl_columns_make(&w, names[3], "INTEGER", epoch_seconds);
    tl_columns_make(&w, names[4], "TEXT", a_sha256);
    tl_columns_make(&w, names[5], "TEXT", a_uuid);
    tl_columns_add(&w, names[6], "TEXT", "US", "DE", "FR", TL_LAST);
    tl_columns_add(&w, names[7], "TEXT", "EUR", "USD", TL_LAST);
    tl_columns_add(&w, names[8], "TEXT", "portrait", "landscape", TL_LAST);
    tl_columns_add(&w, names[9], "TEXT", "done", "failed", "running", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    for (uint32_t c = 0; c < 10; c++)
        if (!CHECK_TEXT(tl_columns_types(&w, c), "-"))
            printf("    %s\n", names[c]);
    CHECK_HAS(tl_columns_why(&w, 5), "nothing personal by itself");
    tl_columns_close(&w);
}

static void a_name_among_people_is_a_persons(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 40);
    tl_columns_add(&w, "name", "TEXT", "Maria Lopez", "Ines Calder", "Xu Feng",
                   "Jan de Wit", TL_LAST);
    tl_columns_add(&w, "date_of_birth", "TEXT", "1984-07-19", "1990-01-02", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    CHECK_TEXT(tl_columns_types(&w, 1), "date_of_birth");
    tl_columns_close(&w);
}

static void ids_of_both_cases_are_two_types_and_the_larger_is_last(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "bid_requests", 100);
    tl_columns_make(&w, "ifa", "TEXT", a_mixed_ifa);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "device_idfa device_gaid_aaid");
    CHECK_INT(tl_columns_tag(&w, 0)->matched, 60);
    CHECK_INT(w.decisions.tags[0].matched, 40);
    tl_columns_close(&w);
}

static void the_name_settles_between_types_of_one_shape(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "devices", 60);
    tl_columns_make(&w, "idfv", "TEXT", a_uuid);
    tl_columns_make(&w, "ttd_id", "TEXT", a_uuid);
    tl_columns_make(&w, "x", "TEXT", a_uuid);
    tl_columns_make(&w, "request_id", "TEXT", a_uuid);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "device_idfv");
    CHECK_TEXT(w.decisions.columns[0].runner_up, "uuid");
    CHECK_TEXT(tl_columns_types(&w, 1), "id_thetradedesk_tdid");
    CHECK_TEXT(tl_columns_types(&w, 2), "uuid");
    CHECK_INT(tl_columns_tag(&w, 2)->sensitivity, TL_INTERNAL);
    CHECK_TEXT(tl_columns_types(&w, 3), "-");
    tl_columns_close(&w);
}

static void opt_outs_are_no_evidence(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "devices", 100);
    tl_columns_make(&w, "gaid", "TEXT", a_gaid_or_nothing);
    tl_columns_add(&w, "idfa", "TEXT", "00000000-0000-0000-0000-000000000000", TL_LAST);
    tl_columns_add(&w, "email_md5", "TEXT", "d41d8cd98f00b204e9800998ecf8427e", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "device_gaid_aaid");
    CHECK_INT(tl_columns_tag(&w, 0)->matched, 60);
    CHECK_HAS(
        tl_columns_why(&w, 0),
        "40 of 100 values are constants that stand for nobody, 60 of 60 values fit");
    CHECK_INT(tl_columns_tag(&w, 1)->confidence, 750);
    CHECK_INT(tl_columns_tag(&w, 1)->matched, 0);
    CHECK_INT(tl_columns_tag(&w, 2)->confidence, 750);
    tl_columns_close(&w);
}

static void mixed_addresses_get_both_tags(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "c1", "TEXT", an_ip_of_either_kind);
    tl_columns_make(&w, "last_login_ip", "TEXT", an_ip_of_either_kind);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "ipv6_address ipv4_address");
    CHECK_TEXT(tl_columns_types(&w, 1), "ipv6_address ipv4_address");
    CHECK_INT(tl_columns_tag(&w, 1)->share, 750);
    tl_columns_close(&w);
}

static void addresses_that_all_end_in_zero_are_truncated(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "c1", "TEXT", a_cut_ip);
    tl_columns_make(&w, "ip", "TEXT", an_ip);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "ip_truncated_24");
    CHECK_TEXT(tl_columns_types(&w, 1), "ipv4_address");
    tl_columns_close(&w);
}

static void free_text_is_searched(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "tickets", 100);
    tl_columns_make(&w, "notes", "TEXT", a_note);
    tl_columns_make(&w, "payload", "JSON", a_note);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_INT(tl_columns_tag(&w, 0)->share, 200);
    CHECK_TEXT(tl_columns_types(&w, 1), "email_address");
    tl_columns_close(&w);
}

static void hashes_in_a_column_called_email_are_hashed_addresses(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "audience", 50);
    tl_columns_make(&w, "email", "TEXT", a_sha256);
    tl_columns_make(&w, "file_hash", "TEXT", a_sha256);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "hashed_email_sha256_hex");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    tl_columns_close(&w);
}

static void a_sibling_supports_a_weak_name(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 60);
    tl_columns_make(&w, "lat", "REAL", a_latitude);
    tl_columns_make(&w, "long", "REAL", a_longitude);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "geo_latitude");
    CHECK_TEXT(tl_columns_types(&w, 1), "geo_longitude");
    CHECK_HAS(tl_columns_why(&w, 1), "a column beside it supports that");
    tl_columns_close(&w);
}

static void a_comment_can_speak_where_the_name_does_not(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 0);
    tl_columns_add(&w, "c1", "TEXT", TL_LAST);
    tl_columns_add(&w, "c2", "TEXT", TL_LAST);
    w.snapshot.columns.items[0].comment =
        tl_text_of(w.snapshot.texts, "the e-mail address");
    w.snapshot.columns.items[1].comment =
        tl_text_of(w.snapshot.texts,
                   "whether the e-mail address was verified, ask bob@example.com");
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    CHECK_INT(w.decisions.columns[0].comment_is_personal, 0);
    CHECK_INT(w.decisions.columns[1].comment_is_personal, 1);
    tl_columns_close(&w);
}

static void silence_over_too_little_is_unknown(void)
{
    static const struct {
        enum tl_sample_state state;
        uint32_t rows;
        enum tl_state want;
    } cases[] = {
        { TL_SAMPLE_WHOLE, 2, TL_UNKNOWN },  { TL_SAMPLE_WHOLE, 3, TL_NOTHING },
        { TL_SAMPLE_READ, 9, TL_UNKNOWN },   { TL_SAMPLE_READ, 10, TL_NOTHING },
        { TL_SAMPLE_FAILED, 0, TL_UNKNOWN }, { TL_SAMPLE_NONE, 0, TL_UNKNOWN },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tl_columns w;

        tl_columns_open(&w, "t", cases[i].rows);
        tl_columns_add(&w, "c1", "TEXT", "blue", "green", TL_LAST);
        tl_columns_decide(&w, cases[i].state);
        CHECK_INT(w.decisions.columns[0].state, cases[i].want);
        tl_columns_close(&w);
    }
}

static void a_column_that_is_empty_throughout_waits(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "users", 20);
    tl_columns_add(&w, "email", "TEXT", NULL, "", "  ", "N/A", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_WHOLE);
    CHECK_INT(w.decisions.columns[0].state, TL_UNKNOWN);
    CHECK_INT(w.decisions.columns[0].nulls, 20);
    CHECK_TEXT(w.decisions.columns[0].runner_up, "email_address");
    tl_columns_decide(&w, TL_SAMPLE_READ); /* other rows may have some */
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_INT(tl_columns_tag(&w, 0)->confidence, 750);
    tl_columns_close(&w);
}

static void any_bytes_are_a_value(void)
{
    struct tl_columns w;
    static char long_text[200000];
    struct tl_value *values;

    memset(long_text, '1', sizeof long_text - 1);
    tl_columns_open(&w, "users", 30);
    tl_columns_make(&w, "email", "TEXT", a_clean_email);
    values = w.values.items[0];
    values[0] = (struct tl_value){ long_text, sizeof long_text - 1, true };
    values[1] = (struct tl_value){ "a\0b@example.com", 15, false };
    values[2] = (struct tl_value){ "\xff\xfe\xfa", 3, false };
    values[3] = (struct tl_value){ "", 0, true };
    values[4] = (struct tl_value){ "user.9@example.co", 17, true };
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address");
    CHECK_INT(tl_columns_tag(&w, 0)->matched, 25);
    tl_columns_close(&w);
}

static void decide_again(struct tl_columns *w, struct tl_str *out)
{
    tl_columns_decide(w, TL_SAMPLE_READ);
    for (uint32_t c = 0; c < w->decisions.n_columns; c++) {
        tl_str_add(out, tl_columns_types(w, c));
        tl_str_add(out, tl_columns_why(w, c));
    }
    for (uint32_t i = 0; i < w->decisions.n_tags;
         i++) { /* field by field: a tag has padding */
        const struct tl_tag *tag = &w->decisions.tags[i];

        tl_str_addf(out, "%s %s %u %u %u %u %u %u %d %s\n", tag->info_type, tag->category,
                    tag->confidence, tag->share, tag->matched, tag->sensitivity,
                    tag->state, tag->origin, tag->is_inside, tag->path ? tag->path : "");
    }
    tl_str_add_bytes(out, w->decisions.opinions,
                     w->decisions.n_opinions * sizeof *w->decisions.opinions);
    tl_str_add_bytes(out, w->decisions.columns,
                     w->decisions.n_columns * sizeof *w->decisions.columns);
}

static void the_same_question_gets_the_same_bytes(void)
{
    struct tl_columns w;
    struct tl_str first = TL_STR_INIT(1 << 20);
    struct tl_str second = TL_STR_INIT(1 << 20);

    tl_columns_open(&w, "users", 64);
    tl_columns_make(&w, "email", "TEXT", an_email);
    tl_columns_make(&w, "ifa", "TEXT", a_mixed_ifa);
    tl_columns_make(&w, "ip", "TEXT", an_ip_of_either_kind);
    decide_again(&w, &first);
    tl_columns_decide(&w, TL_SAMPLE_NONE); /* something else in between */
    decide_again(&w, &second);
    CHECK_INT(first.n, second.n);
    CHECK(!memcmp(first.text, second.text, first.n));
    tl_str_release(&first);
    tl_str_release(&second);
    tl_columns_close(&w);
}

static const unsigned char sample_key[TL_SAMPLE_KEY_BYTES] = { 7 };

static void a_digest_knows_values_and_columns_but_no_order_of_rows(void)
{
    struct tl_value values[] = {
        { "a", 1, false }, { "b", 1, false }, { "c", 1, false }, { NULL, 0, false }
    };
    struct tl_sample sample = {
        .state = TL_SAMPLE_READ, .n_columns = 2, .n_rows = 2, .values = values
    };
    char first[65];
    char other[65];

    tl_sample_digest(first, &sample, sample_key);
    values[0].bytes = "b";
    values[1].bytes = "a";
    tl_sample_digest(other, &sample, sample_key);
    CHECK_TEXT(other, first); /* rows changed places */
    struct tl_value swap = values[0];
    values[0] = values[2];
    values[2] = swap;
    tl_sample_digest(other, &sample, sample_key);
    CHECK(strcmp(other, first) != 0); /* columns did */
    tl_sample_digest(first, &sample, (const unsigned char[TL_SAMPLE_KEY_BYTES]){ 8 });
    CHECK(strcmp(other, first) != 0); /* another log's secret: nothing to compare with */
    CHECK_INT(strlen(first), 64);
}

static void what_people_wrote_is_masked_where_it_may_be_personal(void)
{
    static const char *const pairs[][2] = {
        { "normalised e-mail, lower case", NULL },
        { "set by job 12 at 3 o'clock", NULL },
        { "ask bob@example.com", "ask aaa@aaaaaaa.aaa" },
        { "kept since 2024-05-05 by rule", NULL },
        { "born 1984-05-05", "born 9999-99-99" },
        { "like 536-22-8714", "like 999-99-9999" },
        { "call +49 30 1234567 now", "call +99 99 9999999 now" },
        { "default is 'Maria' here", "default is 'aaaaa' here" },
        { "e.g. \"x1\"", "e.g. \"a9\"" },
        { "written by Maria Fern\xc3\xa1ndez", "written by aaaaa aaaaaaaaa" },
        { "by \xc4\x80"
          "dam B\xc4\x93rzi\xc5\x86\xc5\xa1",
          "by aaaa aaaaaaa" },
        { "from 10.1.2.3 only", "from 99.9.9.9 only" },
        { "x@ 12345@y 123456", "a@ 99999@a 999999" },
        { "id 7cf9a2c5-1b0e-4f3a-8d6b-2c1a0b9f8e7d",
          "id 9aa9a9a9-9a9a-9a9a-9a9a-9a9a9a9a9a9a" },
        { "lives at 742 Evergreen Terrace", "lives at 999 aaaaaaaaa aaaaaaa" },
        { "", NULL },
    };
    struct tl_columns w;

    tl_columns_open(&w, "t", 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_TEXT(tl_engine_fit(w.engine, pairs[i][0], w.scratch, w.ctx.arena),
                   pairs[i][1] ? pairs[i][1] : pairs[i][0]);
    tl_columns_close(&w);
}

/* 400,000 signs in one word: its square would not end today. */
static void a_text_of_nothing_but_signs_is_masked_at_once(void)
{
    struct tl_columns w;
    char *text = tl_alloc(400001, 1);

    tl_columns_open(&w, "t", 0);
    memset(text, '@', 400000);
    text[7] = 'b';
    const char *fit = tl_engine_fit(w.engine, text, w.scratch, w.ctx.arena);
    CHECK_INT(strlen(fit), 400000);
    CHECK_INT(fit[7], 'a');
    tl_free(text);
    tl_columns_close(&w);
}

static const char *const given[] = { "Maria",  "James", "Sophie", "Ahmed", "Olga",
                                     "Pierre", "Anna",  "Peter",  "Julia", "Qwert" };
static const char *const family[] = { "Weber", "Smith",  "Tanaka", "Dubois",
                                      "Patel", "Moreau", "Rossi",  "Khan",
                                      "Novak", "Brown",  "Kim" };
static void a_person(char out[256], unsigned i)
{
    snprintf(out, 256, i % 3 ? "%s %s" : "%s, %s", i % 3 ? given[i % 10] : family[i % 11],
             i % 3 ? family[i % 11] : given[i % 10]);
}
static void a_given_name(char out[256], unsigned i)
{
    snprintf(out, 256, "%s", given[i % 9]);
}
static void a_bakery(char out[256], unsigned i)
{
    snprintf(out, 256, "%s %s %s", given[i % 10], family[i % 11],
             i % 2 ? "Bakery" : "Hotel");
}
static void a_thing(char out[256], unsigned i)
{
    static const char *const colours[] = { "Blue", "Amber", "Green" };

    snprintf(out, 256, "%s %s", colours[i % 3], family[i % 11]);
}

static void a_column_of_known_names_needs_no_name_of_its_own(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 110);
    tl_columns_make(&w, "c1", "TEXT", a_person);
    tl_columns_make(&w, "c2", "TEXT", a_bakery);
    tl_columns_make(&w, "c3", "TEXT", a_thing);
    tl_columns_make(&w, "product", "TEXT", a_person);
    tl_columns_make(&w, "c5", "TEXT", a_given_name);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 4), "-"); /* too few of them */
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    CHECK_TEXT(tl_columns_types(&w, 2), "-");
    CHECK_TEXT(tl_columns_types(&w, 3), "-");
    tl_columns_close(&w);
}

static void an_email_or_a_number(char out[256], unsigned i)
{
    snprintf(out, 256, i % 2 ? "user.%u@example.com" : "%u", 100000 + i);
}

static void an_id_does_not_hide_the_addresses_in_it(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "identifier", "TEXT", an_email_or_a_number);
    tl_columns_make(&w, "session_id", "TEXT", a_uuid);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "email_address record_id");
    CHECK_TEXT(tl_columns_types(&w, 1), "record_id");
    tl_columns_close(&w);
}

static void a_note_with_a_telephone(char out[256], unsigned i)
{
    snprintf(out, 256, i % 10 ? "order %u was late" : "call %u: (415) 555-%04u please", i,
             1000 + i);
}
static void a_note_with_an_order(char out[256], unsigned i)
{
    snprintf(out, 256, "order 415-%u of 2024-10-%02u", 1000 + i, i % 30);
}

static void telephones_in_some_notes_are_found(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 100);
    tl_columns_make(&w, "c1", "TEXT", a_note_with_a_telephone);
    tl_columns_make(&w, "c2", "TEXT", a_note_with_an_order);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_types(&w, 0), "phone_national");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    tl_columns_close(&w);
}

static void one_value_is_spoken_of_in_the_singular(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 1);
    tl_columns_add(&w, "email", "TEXT", "a@example.com", TL_LAST);
    tl_columns_add(&w, "first_name", "TEXT", "Maria", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_WHOLE);
    CHECK_HAS(tl_columns_why(&w, 0), "1 of 1 value is valid");
    CHECK_HAS(tl_columns_why(&w, 1), "1 of 1 value fits");
    tl_columns_close(&w);
}

static void a_floor_keeps_weak_proposals_back(void)
{
    struct tl_columns w;
    struct tl_engine_settings settings = { .floor = 900 };

    tl_columns_open(&w, "t", 0);
    tl_columns_add(&w, "email", "TEXT", TL_LAST);
    tl_engine_close(w.engine);
    CHECK_OK(tl_engine_open(&w.engine, &settings, &w.ctx), &w.ctx);
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(tl_columns_types(&w, 0), "-");
    CHECK_TEXT(w.decisions.columns[0].runner_up, "email_address");
    CHECK_INT(w.decisions.columns[0].runner_up_confidence, 750);
    tl_columns_close(&w);
}

static void an_id_in_a_table_of_people_is_personal(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "customers", 0);
    tl_columns_add(&w, "id", "INTEGER", TL_LAST);
    tl_columns_add(&w, "region_id", "INTEGER", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_PERSONAL);
    CHECK_TEXT(tl_columns_tag(&w, 0)->category, "user.unique_id");
    CHECK_INT(tl_columns_tag(&w, 1)->sensitivity, TL_INTERNAL);
    tl_columns_close(&w);
}

static void the_address_of_a_shop_is_nobodys(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "store", 0);
    tl_columns_add(&w, "s_street_name", "TEXT", TL_LAST);
    tl_columns_add(&w, "s_store_name", "TEXT", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_INTERNAL);
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    tl_columns_close(&w);
}

static void a_coarse_latitude(char out[256], unsigned i)
{
    snprintf(out, 256, "%u.%02u", 40 + i % 9, i * 7 % 100);
}

static void coordinates_of_two_decimals_are_imprecise(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "t", 50);
    tl_columns_make(&w, "lat", "REAL", a_coarse_latitude);
    tl_columns_make(&w, "geo_lat", "REAL", a_latitude);
    tl_columns_decide(&w, TL_SAMPLE_READ);
    CHECK_TEXT(tl_columns_tag(&w, 0)->category, "user.location.imprecise");
    CHECK_INT(tl_columns_tag(&w, 0)->sensitivity, TL_PERSONAL);
    CHECK_TEXT(tl_columns_tag(&w, 1)->category, "user.location.precise");
    CHECK_INT(tl_columns_tag(&w, 1)->sensitivity, TL_SENSITIVE);
    tl_columns_close(&w);
}

static void a_table_of_people_has_other_names_too(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "customers", 0);
    tl_columns_add(&w, "c_name", "TEXT", TL_LAST);
    tl_columns_add(&w, "day_name", "TEXT", TL_LAST);
    tl_columns_decide(&w, TL_SAMPLE_NONE);
    CHECK_TEXT(tl_columns_types(&w, 0), "person_full_name");
    CHECK_TEXT(tl_columns_types(&w, 1), "-");
    tl_columns_close(&w);
}

TL_TESTS("engine", TEST(chance_and_sequences_prove_nothing),
         TEST(coordinates_of_two_decimals_are_imprecise),
         TEST(the_address_of_a_shop_is_nobodys),
         TEST(a_table_of_people_has_other_names_too),
         TEST(a_name_and_values_that_agree_make_a_strong_tag),
         TEST(values_alone_prove_what_chance_would_not_do),
         TEST(nine_digits_are_never_a_security_number_by_themselves),
         TEST(one_card_number_repeated_proves_nothing), TEST(yes_and_no_are_no_addresses),
         TEST(a_name_that_values_contradict_is_refuted), TEST(look_alikes_are_left_alone),
         TEST(a_name_among_people_is_a_persons),
         TEST(ids_of_both_cases_are_two_types_and_the_larger_is_last),
         TEST(the_name_settles_between_types_of_one_shape),
         TEST(opt_outs_are_no_evidence), TEST(mixed_addresses_get_both_tags),
         TEST(addresses_that_all_end_in_zero_are_truncated), TEST(free_text_is_searched),
         TEST(hashes_in_a_column_called_email_are_hashed_addresses),
         TEST(a_sibling_supports_a_weak_name),
         TEST(a_comment_can_speak_where_the_name_does_not),
         TEST(silence_over_too_little_is_unknown),
         TEST(a_column_that_is_empty_throughout_waits), TEST(any_bytes_are_a_value),
         TEST(the_same_question_gets_the_same_bytes),
         TEST(a_digest_knows_values_and_columns_but_no_order_of_rows),
         TEST(what_people_wrote_is_masked_where_it_may_be_personal),
         TEST(a_text_of_nothing_but_signs_is_masked_at_once),
         TEST(a_column_of_known_names_needs_no_name_of_its_own),
         TEST(an_id_does_not_hide_the_addresses_in_it),
         TEST(telephones_in_some_notes_are_found),
         TEST(one_value_is_spoken_of_in_the_singular),
         TEST(a_floor_keeps_weak_proposals_back),
         TEST(an_id_in_a_table_of_people_is_personal))
