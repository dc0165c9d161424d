/*
 * Any bytes as the strings of advertising. The first byte chooses: a decoder that packs name, fed with the lines that follow, or one of the
 * readers below, fed with all of it. What is counted never exceeds what could tell, and the same value reads the same twice.
 */
#include "base/ctx.h"
#include "classifiers/adtech/decode.h"
#include "classifiers/decoders.h"
#include "classifiers/validators.h"

#define ROWS 3u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void run(struct tl_decoding *decoding, const struct tl_decoder *decoder,
                const char *bytes, size_t n)
{
    memset(decoding, 0, sizeof *decoding);
    decoding->terms = (struct tl_consent_terms){ 755, 0x5, 0x42, 0x2 };
    decoding->now = INT64_C(1767322800000000000);
    decoding->column = n % 2 ? " att status " : " is lat ";
    if (decoder->begin)
        decoder->begin(decoding);
    for (size_t at = 0; at <= n;) {
        const char *end = at < n ? memchr(bytes + at, '\n', n - at) : NULL;
        size_t to = end ? (size_t)(end - bytes) : n;

        decoder->add(decoding, bytes + at, to - at, ROWS);
        at = to + 1;
    }
    if (decoder->end)
        decoder->end(decoding);
}

static void try_decoder(const struct tl_decoder *decoder, const char *bytes, size_t n)
{
    static struct tl_decoding first;
    static struct tl_decoding second;

    run(&first, decoder, bytes, n);
    run(&second, decoder, bytes, n);
    for (int id = 0; id < TL_FACTS_ALL; id++)
        must(first.tally.count[id] == second.tally.count[id] &&
             first.tally.of[id] == second.tally.of[id]);
    for (int id = 0; id < TL_FACTS_ALL; id++)
        must(!first.tally.of[id] || first.tally.count[id] <= first.tally.of[id]);
}

static void try_tcf(const char *bytes, size_t n)
{
    struct tl_consent_terms terms = { 755, 0, 0, 0 };
    struct tl_tcf tcf;

    if (!tl_tcf_decode(&tcf, bytes, n, 0)) {
        must(tcf.defects && !(tcf.defects & ~TL_TCF_BROKEN));
        return;
    }
    must(!(tcf.defects & TL_TCF_BROKEN));
    must(!tl_tcf_has(&tcf.consent, 0) && !tl_tcf_has(&tcf.disclosed, 65536));
    for (uint32_t vendor = 1; vendor < 70000; vendor = vendor * 3 + 1) {
        terms.vendor = vendor;
        uint32_t permitted = tl_tcf_permitted(&tcf, &terms);

        must(!(permitted & ~(tcf.purposes_consent | tcf.purposes_li)));
        must(!permitted || tl_tcf_has(&tcf.consent, vendor) ||
             tl_tcf_has(&tcf.legitimate_interest, vendor));
    }
}

static void try_gpp(const char *bytes, size_t n)
{
    struct tl_gpp gpp;
    struct tl_us us;

    if (tl_gpp_decode(&gpp, bytes, n)) {
        must(gpp.n <= TL_GPP_SECTIONS_MOST);
        for (unsigned i = 0; i < gpp.n; i++) {
            must(!i || gpp.ids[i] > gpp.ids[i - 1]);
            must(gpp.sections[i].text + gpp.sections[i].n <= bytes + n);
        }
    }
    for (unsigned section = 0; section < 40; section++) {
        if (!tl_us_decode(&us, section, bytes, n))
            continue;
        must(us.n_sensitive <= TL_US_SENSITIVE_MOST && us.n_child <= 5);
        must(us.sale <= TL_US_NO);
    }
}

static void see(void *self, const struct tl_json_walk *walk)
{
    must(walk->depth <= TL_JSON_DEPTH);
    *(size_t *)self += walk->n;
    for (unsigned i = 0; i < walk->depth; i++)
        *(size_t *)self += walk->at[i].key ? walk->at[i].n : 0;
    tl_json_stands(walk, "user.eids[].uids[].id", true);
}

static void try_json(const char *bytes, size_t n)
{
    struct tl_openrtb rtb;
    struct tl_eids eids;
    size_t seen = 0;

    tl_json_scan(bytes, n, see, &seen);
    if (tl_openrtb_decode(&rtb, bytes, n))
        must(!rtb.is_lmt || rtb.has_lmt);
    if (tl_eids_decode(&eids, bytes, n))
        must(eids.n_sources || n == 2);
}

static void try_validators(const char *bytes, size_t n)
{
    for (const struct tl_validator *v = tl_validators_adtech; v->name; v++) {
        bool holds = v->holds(bytes, n, true);

        must(v->holds(bytes, n, true) == holds);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const char *text = (const char *)bytes;
    size_t n_decoders = 0;

    while (tl_decoders[n_decoders].name)
        n_decoders++;
    if (!n)
        return 0;
    size_t which = bytes[0] % (n_decoders + 4);
    /* its own block: what is read beyond it is seen */
    char *exact = tl_alloc(n, 1);
    memcpy(exact, text + 1, n - 1);
    if (which < n_decoders)
        try_decoder(&tl_decoders[which], exact, n - 1);
    else if (which == n_decoders)
        try_tcf(exact, n - 1);
    else if (which == n_decoders + 1)
        try_gpp(exact, n - 1);
    else if (which == n_decoders + 2)
        try_json(exact, n - 1);
    else
        try_validators(exact, n - 1);
    tl_free(exact);
    return 0;
}
