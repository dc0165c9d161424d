/*
 * What our decoders read in every line of standard input, in one line of fields each: "decode_lines tcf|gpp". The other side of
 * tests/interop/encode_consent.js, which prints what the IAB's own decoders read. Each value lies in a block of exactly its size, so
 * that a sanitized build sees a read beyond it.
 */
#include "classifiers/adtech/decode.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VENDORS 1000

/* "1-3,7" of the numbers that `has`. */
static void print_runs(bool (*has)(const void *of, uint32_t i), const void *of,
                       uint32_t most)
{
    const char *comma = "";

    for (uint32_t i = 1; i <= most; i++) {
        uint32_t from = i;

        if (!has(of, i))
            continue;
        while (i < most && has(of, i + 1))
            i++;
        printf(from == i ? "%s%u" : "%s%u-%u", comma, from, i);
        comma = ",";
    }
}

static bool has_flag(const void *of, uint32_t i)
{
    return *(const uint32_t *)of >> (i - 1) & 1;
}

static bool has_vendor(const void *of, uint32_t i)
{
    return tl_tcf_has(of, i);
}

static void print_restrictions(const struct tl_tcf *tcf)
{
    const char *comma = "";

    for (uint32_t v = 1; v <= VENDORS; v++) {
        uint8_t types[24];

        tl_tcf_restricted(types, tcf, v);
        for (unsigned p = 0; p < 24; p++) {
            if (types[p] == 3)
                continue;
            printf("%s%u:%u:%u", comma, v, p + 1, types[p]);
            comma = ",";
        }
    }
}

static void print_tcf(const char *text, size_t n)
{
    struct tl_tcf tcf;

    if (!tl_tcf_decode(&tcf, text, n, 0)) {
        printf("defects %x", tcf.defects);
        return;
    }
    printf("%lld %lld %u %u %u %s %u %u %d %d f", (long long)tcf.created,
           (long long)tcf.updated, tcf.cmp_id, tcf.cmp_version, tcf.consent_screen,
           tcf.language, tcf.vendor_list_version, tcf.policy_version,
           tcf.is_service_specific, tcf.uses_non_standard_texts);
    print_runs(has_flag, &tcf.special_features, 12);
    printf(" c");
    print_runs(has_flag, &tcf.purposes_consent, 24);
    printf(" l");
    print_runs(has_flag, &tcf.purposes_li, 24);
    printf(" %d %s C", tcf.purpose_one_treatment, tcf.country);
    print_runs(has_vendor, &tcf.consent, VENDORS);
    printf(" L");
    print_runs(has_vendor, &tcf.legitimate_interest, VENDORS);
    printf(" R");
    print_restrictions(&tcf);
    printf(" D");
    print_runs(has_vendor, &tcf.disclosed, VENDORS);
    printf(" P");
    print_runs(has_flag, &tcf.publisher_consent, 24);
    printf("/");
    print_runs(has_flag, &tcf.publisher_li, 24);
}

static char answer_char(unsigned answer)
{
    return "012-"[answer & 3];
}

static void print_us(unsigned id, const char *text, size_t n)
{
    struct tl_us us;

    if (!tl_us_decode(&us, id, text, n)) {
        printf("broken");
        return;
    }
    printf("%c%c%c/", answer_char(us.sale), answer_char(us.sharing),
           answer_char(us.targeted));
    for (unsigned i = 0; i < us.n_sensitive; i++)
        putchar(answer_char(us.sensitive[i]));
    printf(us.n_sensitive ? "/" : "-/");
    for (unsigned i = 0; i < us.n_child; i++)
        putchar(answer_char(us.child[i]));
    printf(us.n_child ? "/" : "-/");
    printf("%c/%c", answer_char(us.covered), us.has_gpc ? "01"[us.gpc] : '-');
}

static void print_gpp(const char *text, size_t n)
{
    struct tl_gpp gpp;

    if (!tl_gpp_decode(&gpp, text, n) || gpp.defects) {
        printf("defects %x", gpp.defects);
        return;
    }
    for (unsigned i = 0; i < gpp.n; i++) {
        printf("%s%u=", i ? " " : "", gpp.ids[i]);
        if (gpp.ids[i] == TL_GPP_USP)
            printf("%.*s", (int)gpp.sections[i].n, gpp.sections[i].text);
        else
            print_us(gpp.ids[i], gpp.sections[i].text, gpp.sections[i].n);
    }
}

int main(int argc, char **argv)
{
    bool is_tcf = argc > 1 && strcmp(argv[1], "tcf") == 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stdin)) > 0) {
        if (line[n - 1] == '\n')
            n--;
        char *exact = tl_alloc(n ? (size_t)n : 1, 1);
        memcpy(exact, line, (size_t)n);
        if (is_tcf)
            print_tcf(exact, (size_t)n);
        else
            print_gpp(exact, (size_t)n);
        putchar('\n');
        tl_free(exact);
    }
    free(line);
    return 0;
}
