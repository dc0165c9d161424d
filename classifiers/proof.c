/*
 * Of each digest eight bytes are enough: two million of them fall together by chance once in ten million runs. Addresses are hashed
 * only when the source has digests, and only with the algorithms that their lengths tell.
 */
#include "classifiers/proof.h"

#include "classifiers/rules.h"

#include "base/ctx.h"
#include "base/digest.h"
#include "base/str.h"

#include <stdlib.h>

enum algorithm { MD5, SHA1, SHA256, SHA512, ALGORITHMS };
static const uint8_t digest_bytes[ALGORITHMS] = { 16, 20, 32, 64 };
enum form { HEX, BASE64 };
enum kind { EMAIL, PHONE, KINDS };

enum { SPELLINGS = 5, DIGESTS_LEAST = 3, VALUE_MOST = 320 };
enum { CONFIDENCE = 990 };
enum {
    CHECK_EACH = 1024
}; /* addresses hashed between two looks at whether the run was cancelled */
static const char *const spelling_names[KINDS][SPELLINGS] = {
    { "proof.variant.raw", "proof.variant.trim", "proof.variant.lower",
      "proof.variant.trim_lower", "proof.variant.gmail" },
    { "proof.variant.raw", "proof.variant.e164", "proof.variant.digits", NULL, NULL },
};

/* A column of addresses. */
struct plain {
    uint8_t kind;
    uint32_t first, n; /* in values */
};
struct text {
    uint32_t at, n; /* in bytes */
};
/* A column of digests. */
struct digests {
    uint32_t column, rows;
    uint32_t first, n; /* in prefixes */
    uint8_t algorithm, form;
};
struct tl_proof_part {
    const struct tl_profile *profile;
    TL_VEC(struct plain) plains;
    TL_VEC(struct text) values;
    struct tl_str bytes;
    TL_VEC(struct digests) columns;
    TL_VEC(uint64_t) prefixes; /* distinct within a column */
};

uint32_t tl_proof_share(size_t n_datasets)
{
    size_t share = TL_PROOF_VALUES / (n_datasets ? n_datasets : 1);

    return share > TL_PROOF_EACH ? TL_PROOF_EACH : (uint32_t)share;
}

void tl_proof_drop(struct tl_proof_part *part)
{
    if (!part)
        return;
    /* freed memory is read by nobody, but it need not hold addresses either */
    if (part->bytes.text)
        explicit_bzero(part->bytes.text, part->bytes.n);
    tl_vec_release(&part->plains);
    tl_vec_release(&part->values);
    tl_str_release(&part->bytes);
    tl_vec_release(&part->columns);
    tl_vec_release(&part->prefixes);
    tl_free(part);
}

/* ---- digests ---- */

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int base64_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* The first eight of `n` bytes in hex. */
static bool read_hex(uint64_t *out, const char *text, size_t n)
{
    *out = 0;
    for (size_t i = 0; i < n * 2; i++) {
        int digit = hex_of(text[i]);
        if (digit < 0)
            return false;
        if (i < 16)
            *out = *out << 4 | (unsigned)digit;
    }
    return true;
}

/* Likewise in base64 of either alphabet, without its padding. */
static bool read_base64(uint64_t *out, const char *text, size_t n)
{
    unsigned bits = 0;
    size_t used = 0;

    *out = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = base64_of(text[i]);
        if (digit < 0)
            return false;
        for (int b = 5; b >= 0 && used < 64; b--, used++)
            *out = *out << 1 | ((unsigned)digit >> b & 1);
        bits = (bits + 6) % 8;
    }
    /* the bits that no byte needs are 0: other text of that length is rarely so */
    int last = base64_of(text[n - 1]);
    return !(last & ((1 << bits) - 1));
}

static bool read_digest(uint64_t *out, uint8_t *algorithm, uint8_t *form,
                        const char *text, size_t n)
{
    if (n > 2 && text[0] == '\\' && text[1] == 'x') { /* PostgreSQL's bytea */
        text += 2;
        n -= 2;
    }
    size_t bare = n;
    while (bare && n - bare < 2 && text[bare - 1] == '=')
        bare--;
    for (unsigned a = 0; a < ALGORITHMS; a++) {
        size_t bytes = digest_bytes[a];
        bool is_hex = n == bytes * 2;
        bool is_base64 = bare == (bytes * 8 + 5) / 6 && (n == bare || n % 4 == 0);

        if ((is_hex && read_hex(out, text, bytes)) ||
            (is_base64 && read_base64(out, text, bare))) {
            *algorithm = (uint8_t)a;
            *form = is_hex ? HEX : BASE64;
            return true;
        }
    }
    return false;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

/* ---- gathering ---- */

static size_t trim(const char **bytes, size_t n)
{
    while (n && (unsigned char)**bytes <= ' ') {
        ++*bytes;
        n--;
    }
    while (n && (unsigned char)(*bytes)[n - 1] <= ' ')
        n--;
    return n;
}

/* Keeps a column where half of its values or more are digests of one kind. */
static void gather_digests(struct tl_proof_part *part, const struct tl_sample *sample,
                           uint32_t column)
{
    const struct tl_value *values = sample->values + (size_t)column * sample->n_rows;
    struct digests digests = { .column = column,
                               .first = (uint32_t)part->prefixes.n,
                               .algorithm = UINT8_MAX };
    uint32_t seen = 0;

    for (uint32_t i = 0; i < sample->n_rows; i++) {
        const char *bytes = values[i].bytes;
        size_t n = bytes ? trim(&bytes, values[i].n) : 0;
        uint64_t prefix;
        uint8_t algorithm;
        uint8_t form;

        if (!n)
            continue;
        seen++;
        bool is_one = !values[i].is_cut &&
                      read_digest(&prefix, &algorithm, &form, bytes, n) &&
                      (!digests.rows || algorithm == digests.algorithm);
        if (is_one) {
            digests.rows++;
            digests.algorithm = algorithm;
            digests.form = form;
            tl_vec_push(&part->prefixes, prefix);
        } else if (seen == 8 && !digests.rows) {
            return;
        }
    }
    size_t n = part->prefixes.n - digests.first;
    uint64_t *prefixes = part->prefixes.items + digests.first;
    if (n)
        qsort(prefixes, n, sizeof *prefixes, by_number);
    for (size_t i = 0; i < n; i++)
        if (!digests.n || prefixes[i] != prefixes[digests.n - 1])
            prefixes[digests.n++] = prefixes[i];
    if (digests.n > TL_PROOF_EACH)
        digests.n = TL_PROOF_EACH;
    if (digests.rows * 2 < seen || digests.n < DIGESTS_LEAST)
        digests.n = 0;
    part->prefixes.n = digests.first + digests.n;
    if (digests.n)
        tl_vec_push(&part->columns, digests);
}

static void gather_plain(struct tl_proof_part *part, const struct tl_sample *sample,
                         uint32_t column, enum kind kind, uint32_t most)
{
    const struct tl_value *values = sample->values + (size_t)column * sample->n_rows;
    struct plain plain = { .kind = (uint8_t)kind, .first = (uint32_t)part->values.n };
    struct tl_map seen = TL_MAP_INIT;

    for (uint32_t i = 0; i < sample->n_rows && plain.n < most; i++) {
        uint32_t ignored;
        if (!values[i].bytes || !values[i].n || values[i].n > VALUE_MOST ||
            values[i].is_cut || tl_map_get(&seen, values[i].bytes, values[i].n, &ignored))
            continue;
        struct text text = { (uint32_t)part->bytes.n, values[i].n };
        tl_str_add_bytes(&part->bytes, values[i].bytes, values[i].n);
        if (part->bytes.failed)
            break;
        tl_map_put(&seen, values[i].bytes, values[i].n, 1);
        tl_vec_push(&part->values, text);
        plain.n++;
    }
    tl_map_release(&seen);
    if (plain.n)
        tl_vec_push(&part->plains, plain);
}

static enum kind kind_of_type(const char *info_type)
{
    if (!strcmp(info_type, "email_address"))
        return EMAIL;
    if (!strcmp(info_type, "phone_e164") || !strcmp(info_type, "phone_national"))
        return PHONE;
    return KINDS;
}

bool tl_proof_is_address(const char *info_type)
{
    return kind_of_type(info_type) != KINDS;
}

/* Whether the column's values are addresses; KINDS: they are not. */
static enum kind kind_of(const struct tl_decisions *decisions, uint32_t column)
{
    const struct tl_decision *decision = &decisions->columns[column];

    for (uint32_t t = 0; t < decision->n_tags; t++) {
        const struct tl_tag *tag = &decisions->tags[decision->first_tag + t];

        if (!tag->is_inside && tag->matched && tl_proof_is_address(tag->info_type))
            return kind_of_type(tag->info_type);
    }
    return KINDS;
}

struct tl_proof_part *tl_proof_gather(const struct tl_question *question,
                                      const struct tl_decisions *decisions, uint32_t most)
{
    const struct tl_sample *sample = question->sample;
    struct tl_proof_part *part;

    if (!sample ||
        (sample->state != TL_SAMPLE_READ && sample->state != TL_SAMPLE_WHOLE) ||
        !sample->n_rows)
        return NULL;
    part = tl_alloc(1, sizeof *part);
    part->profile = question->profile;
    tl_str_init(&part->bytes, 64 << 20);
    uint32_t n_columns = decisions->n_columns < sample->n_columns ? decisions->n_columns
                                                                  : sample->n_columns;
    uint32_t n_plain = 0;
    for (uint32_t c = 0; c < n_columns; c++)
        n_plain += kind_of(decisions, c) != KINDS;
    uint32_t share = n_plain ? most / n_plain : most;
    for (uint32_t c = 0; c < n_columns; c++) {
        enum kind kind = kind_of(decisions, c);

        if (kind != KINDS)
            gather_plain(part, sample, c, kind, share);
        else
            gather_digests(part, sample, c);
    }
    if (part->plains.n || part->columns.n)
        return part;
    tl_proof_drop(part);
    return NULL;
}

/* ---- spelling ---- */

struct spelled {
    char text[VALUE_MOST + 8];
    size_t n;
};

static void lower(struct spelled *out)
{
    for (size_t i = 0; i < out->n; i++)
        if (out->text[i] >= 'A' && out->text[i] <= 'Z')
            out->text[i] |= 0x20;
}

static void take(struct spelled *out, const char *bytes, size_t n)
{
    memcpy(out->text, bytes, n);
    out->n = n;
}

/* Without dots and what follows '+' before the '@'; other providers tell such addresses apart. */
static void strip_gmail(struct spelled *address)
{
    const char *at = memchr(address->text, '@', address->n);
    size_t domain = at ? address->n - (size_t)(at - address->text) : 0;
    size_t n = 0;

    if (!((domain == 10 && !memcmp(at, "@gmail.com", 10)) ||
          (domain == 15 && !memcmp(at, "@googlemail.com", 15))))
        return;
    for (const char *c = address->text; c < at && *c != '+'; c++)
        if (*c != '.')
            address->text[n++] = *c;
    memmove(address->text + n, at, domain);
    address->n = n + domain;
}

static void spell_email(struct spelled out[SPELLINGS], const char *bytes, size_t n)
{
    const char *trimmed = bytes;
    size_t n_trimmed = trim(&trimmed, n);

    take(&out[0], bytes, n);
    take(&out[1], trimmed, n_trimmed);
    take(&out[2], bytes, n);
    lower(&out[2]);
    take(&out[3], trimmed, n_trimmed);
    lower(&out[3]);
    out[4] = out[3];
    strip_gmail(&out[4]);
}

/* "+1 415-555-0132" is +14155550132; ten digits without '+' are taken for a number of North America. */
static void spell_phone(struct spelled out[SPELLINGS], const char *bytes, size_t n)
{
    const char *trimmed = bytes;
    size_t n_trimmed = trim(&trimmed, n);
    struct spelled *e164 = &out[1];
    bool is_full = n_trimmed && *trimmed == '+';

    take(&out[0], bytes, n);
    e164->n = 0;
    e164->text[e164->n++] = '+';
    if (n_trimmed > 2 && !memcmp(trimmed, "00", 2)) {
        is_full = true;
        trimmed += 2;
        n_trimmed -= 2;
    }
    for (size_t i = 0; i < n_trimmed; i++)
        if (trimmed[i] >= '0' && trimmed[i] <= '9')
            e164->text[e164->n++] = trimmed[i];
    if (!is_full && e164->n == 11) {
        memmove(e164->text + 2, e164->text + 1, e164->n - 1);
        e164->text[1] = '1';
        e164->n++;
    }
    take(&out[2], e164->text + 1, e164->n - 1);
    out[3].n = out[4].n = 0;
}

/* ---- holding one against the other ---- */

/* A digest that some address has, and in which spellings. */
struct known {
    uint64_t prefix;
    uint8_t spellings[KINDS];
};
struct book {
    TL_VEC(struct known) items;
    unsigned algorithms; /* bits: those that are needed */
};

static uint64_t prefix_of(enum algorithm algorithm, const char *bytes, size_t n)
{
    union {
        struct tl_md5 md5;
        struct tl_sha1 sha1;
        struct tl_sha256 sha256;
        struct tl_sha512 sha512;
        unsigned char bytes[64];
    } digest;
    uint64_t prefix = 0;

    switch (algorithm) {
    case MD5:
        tl_md5_of(&digest.md5, bytes, n);
        break;
    case SHA1:
        tl_sha1_of(&digest.sha1, bytes, n);
        break;
    case SHA256:
        tl_sha256_of(&digest.sha256, bytes, n);
        break;
    default:
        tl_sha512_of(&digest.sha512, bytes, n);
        break;
    }
    for (int i = 0; i < 8; i++)
        prefix = prefix << 8 | digest.bytes[i];
    return prefix;
}

static void add_address(struct book *book, enum kind kind, const char *bytes, size_t n)
{
    struct spelled spelled[SPELLINGS];
    uint8_t same[SPELLINGS] = { 0 }; /* spellings that came out equal, with the first */

    (kind == EMAIL ? spell_email : spell_phone)(spelled, bytes, n);
    for (unsigned s = 0; s < SPELLINGS; s++) {
        unsigned first = 0;

        while (first < s && (spelled[first].n != spelled[s].n ||
                             memcmp(spelled[first].text, spelled[s].text, spelled[s].n)))
            first++;
        if (spelled[s].n)
            same[first] |= (uint8_t)(1u << s);
    }
    for (unsigned s = 0; s < SPELLINGS; s++) {
        for (unsigned a = 0; a < ALGORITHMS && same[s]; a++) {
            if (!(book->algorithms >> a & 1))
                continue;
            struct known known = { prefix_of(a, spelled[s].text, spelled[s].n), { 0 } };
            known.spellings[kind] = same[s];
            tl_vec_push(&book->items, known);
        }
    }
    explicit_bzero(spelled, sizeof spelled);
}

static int by_prefix(const void *a, const void *b)
{
    const struct known *x = a, *y = b;

    return x->prefix < y->prefix ? -1 : x->prefix > y->prefix;
}

static int fill_book(struct book *book, struct tl_proof_part *const *parts, size_t n,
                     struct tl_ctx *ctx)
{
    size_t kept = 0;
    size_t hashed = 0;

    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; parts[p] && i < parts[p]->plains.n; i++) {
            const struct plain *plain = &parts[p]->plains.items[i];
            for (uint32_t v = plain->first; v < plain->first + plain->n; v++) {
                if (hashed++ % CHECK_EACH == 0 && tl_ctx_check(ctx) < 0)
                    return TL_ECANCEL;
                add_address(book, plain->kind,
                            parts[p]->bytes.text + parts[p]->values.items[v].at,
                            parts[p]->values.items[v].n);
            }
        }
    }
    if (book->items.n)
        qsort(book->items.items, book->items.n, sizeof *book->items.items, by_prefix);
    for (size_t i = 0; i < book->items.n; i++) {
        struct known *known = &book->items.items[i];

        if (kept && book->items.items[kept - 1].prefix == known->prefix) {
            for (int k = 0; k < KINDS; k++)
                book->items.items[kept - 1].spellings[k] |= known->spellings[k];
        } else {
            book->items.items[kept++] = *known;
        }
    }
    book->items.n = kept;
    return TL_OK;
}

/* What the digests of a column are of. */
struct proof {
    enum kind kind;
    uint32_t matched, of, by_spelling;
    const char *spelling;
    bool is_kept; /* an earlier run's */
};

static bool prove(struct proof *out, const struct book *book,
                  const struct tl_proof_part *part, const struct digests *digests)
{
    uint32_t matched[KINDS] = { 0 };
    uint32_t counts[KINDS][SPELLINGS] = { { 0 } };

    for (uint32_t i = 0; i < digests->n; i++) {
        struct known key = { part->prefixes.items[digests->first + i], { 0 } };
        const struct known *known =
            book->items.n
                ? bsearch(&key, book->items.items, book->items.n, sizeof key, by_prefix)
                : NULL;

        for (int k = 0; known && k < KINDS; k++) {
            matched[k] += known->spellings[k] != 0;
            for (unsigned s = 0; s < SPELLINGS; s++)
                counts[k][s] += known->spellings[k] >> s & 1;
        }
    }
    out->kind = matched[EMAIL] >= matched[PHONE] ? EMAIL : PHONE;
    out->matched = matched[out->kind];
    out->of = digests->n;
    out->by_spelling = 0;
    for (unsigned s = 0; s < SPELLINGS; s++) {
        if (counts[out->kind][s] <= out->by_spelling)
            continue;
        out->by_spelling = counts[out->kind][s];
        out->spelling = spelling_names[out->kind][s];
    }
    return out->matched >= TL_PROOF_LEAST;
}

/* ---- saying so ---- */

/* The most special of the types that the packs have; what has no type of its own is still one person's. */
static int rule_of(const struct tl_engine *engine, const struct tl_profile *profile,
                   const struct digests *digests, enum kind kind)
{
    static const char *const email[ALGORITHMS][2] = {
        { "hashed_email_md5", "hashed_email_md5_b64" },
        { "hashed_email_sha1", "hashed_email_sha1_b64" },
        { "hashed_email_sha256_hex", "hashed_email_sha256_b64" },
        { "hashed_email_sha512", "hashed_email_sha512_b64" },
    };
    const char *const names[] = {
        kind == EMAIL ? email[digests->algorithm][digests->form] : "hashed_phone",
        kind == EMAIL ? email[digests->algorithm][HEX] : "hashed_phone", "pseudonymous_id"
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int rule = tl_rule_find(engine, names[i]);
        if (rule >= 0 && tl_rule_is_on(profile, (uint32_t)rule))
            return rule;
    }
    return -1;
}

/* The decisions of a dataset, written anew with room for what is added. */
struct writer {
    struct tl_opinion *opinions;
    struct tl_tag *tags;
    struct tl_fact *facts;
    uint32_t n_opinions, n_tags, n_facts;
};

static void add_fact(struct writer *writer, struct tl_decision *decision,
                     struct tl_fact fact)
{
    uint32_t at = writer->n_facts++;

    while (at > decision->first_fact &&
           strcmp(writer->facts[at - 1].name, fact.name) > 0) {
        writer->facts[at] = writer->facts[at - 1];
        at--;
    }
    writer->facts[at] = fact;
}

static void write_proof(struct writer *writer, struct tl_decision *decision,
                        const struct tl_decisions *old, const struct proof *proof,
                        const struct digests *digests, const struct tl_rule *rule,
                        struct tl_arena *into)
{
    const struct tl_info_type *type = rule->type;
    uint32_t share = decision->sampled
                         ? (uint32_t)(digests->rows * (uint64_t)1000 / decision->sampled)
                         : 1000;

    for (uint32_t t = 0; t < decision->n_tags; t++) {
        const struct tl_tag *tag = &old->tags[decision->first_tag + t];
        if (!strcmp(tag->info_type, type->name) || tag->confidence == 0)
            continue;
        decision->runner_up = tag->info_type;
        decision->runner_up_confidence = tag->confidence;
    }
    decision->first_tag = writer->n_tags;
    decision->n_tags = 1;
    decision->state = TL_PROPOSED;
    writer->tags[writer->n_tags++] =
        (struct tl_tag){ .info_type = type->name,
                         .category = type->category,
                         .sensitivity = type->sensitivity,
                         .confidence = CONFIDENCE,
                         .share = (uint16_t)(share < 1000 ? share : 1000),
                         .matched = digests->rows,
                         .state = TL_PROPOSED,
                         .origin = TL_BY_VALIDATOR };
    const char *said_by =
        tl_arena_printf(into, "%s/%s#%s%s", type->pack, type->name,
                        tl_evidence_word(TL_FROM_PROOF), proof->is_kept ? "_kept" : "");
    writer->opinions[writer->n_opinions++] =
        (struct tl_opinion){ .rule = said_by,
                             .info_type = type->name,
                             .stance = TL_PROPOSES,
                             .evidence = TL_FROM_PROOF,
                             .weight = (int16_t)CONFIDENCE,
                             .tried = proof->of,
                             .matched = proof->matched,
                             .distinct = proof->matched };
    add_fact(writer, decision,
             (struct tl_fact){ "proof.matched", proof->matched, proof->of });
    add_fact(writer, decision,
             (struct tl_fact){ proof->spelling, proof->by_spelling, proof->matched });
}

static void copy_column(struct writer *writer, struct tl_decision *decision,
                        const struct tl_decisions *old, bool with_tags)
{
    uint32_t opinion = decision->first_opinion;
    uint32_t tag = decision->first_tag;
    uint32_t fact = decision->first_fact;

    decision->first_opinion = writer->n_opinions;
    for (uint32_t i = 0; i < decision->n_opinions; i++)
        writer->opinions[writer->n_opinions++] = old->opinions[opinion + i];
    decision->first_fact = writer->n_facts;
    for (uint32_t i = 0; i < decision->n_facts; i++)
        writer->facts[writer->n_facts++] = old->facts[fact + i];
    if (!with_tags)
        return;
    decision->first_tag = writer->n_tags;
    for (uint32_t i = 0; i < decision->n_tags; i++)
        writer->tags[writer->n_tags++] = old->tags[tag + i];
}

/* What was proved of one column; rule -1: nothing. */
struct verdict {
    struct proof proof;
    const struct digests *digests;
    int rule;
};

static void write_anew(struct tl_decisions *decisions, const struct verdict *verdicts,
                       size_t n, const struct tl_engine *engine, struct tl_arena *into)
{
    struct tl_decisions old = *decisions;
    size_t room = decisions->n_columns + 1;
    struct writer writer = {
        .opinions = tl_arena_alloc(into, old.n_opinions + n, sizeof *writer.opinions),
        .tags = tl_arena_alloc(into, old.n_tags + room, sizeof *writer.tags),
        .facts = tl_arena_alloc(into, old.n_facts + 2 * n, sizeof *writer.facts),
    };

    for (uint32_t c = 0; c < old.n_columns; c++) {
        struct tl_decision *decision = &decisions->columns[c];
        const struct verdict *verdict = NULL;

        for (size_t i = 0; i < n && !verdict; i++)
            if (verdicts[i].rule >= 0 && verdicts[i].digests->column == c)
                verdict = &verdicts[i];
        copy_column(&writer, decision, &old, !verdict);
        if (!verdict)
            continue;
        write_proof(&writer, decision, &old, &verdict->proof, verdict->digests,
                    &engine->rules[verdict->rule], into);
        decision->n_opinions = writer.n_opinions - decision->first_opinion;
        decision->n_facts = writer.n_facts - decision->first_fact;
    }
    decisions->opinions = writer.opinions;
    decisions->tags = writer.tags;
    decisions->facts = writer.facts;
    decisions->n_opinions = writer.n_opinions;
    decisions->n_tags = writer.n_tags;
    decisions->n_facts = writer.n_facts;
}

static size_t settle_one(struct tl_decisions *decisions, const struct tl_proof_part *part,
                         const struct book *book, const struct tl_engine *engine,
                         struct tl_arena *into)
{
    size_t n = part->columns.n;
    size_t n_proved = 0;
    struct verdict *verdicts = tl_alloc(n, sizeof *verdicts);

    for (size_t i = 0; i < n; i++) {
        struct verdict *verdict = &verdicts[i];

        verdict->digests = &part->columns.items[i];
        verdict->rule = -1;
        if (prove(&verdict->proof, book, part, verdict->digests))
            verdict->rule =
                rule_of(engine, part->profile, verdict->digests, verdict->proof.kind);
        n_proved += verdict->rule >= 0;
    }
    if (n_proved)
        write_anew(decisions, verdicts, n, engine, into);
    tl_free(verdicts);
    return n_proved;
}

int tl_proof_settle(struct tl_decisions *decisions, struct tl_proof_part *const *parts,
                    size_t n, const struct tl_engine *engine, struct tl_arena *into,
                    struct tl_ctx *ctx)
{
    struct book book = { .algorithms = 0 };
    size_t n_proved = 0;

    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; parts[p] && i < parts[p]->columns.n; i++)
            book.algorithms |= 1u << parts[p]->columns.items[i].algorithm;
    if (!book.algorithms)
        return 0;
    int rc = fill_book(&book, parts, n, ctx);
    for (size_t p = 0; p < n && book.items.n && rc == TL_OK; p++)
        if (parts[p] && parts[p]->columns.n)
            n_proved += settle_one(&decisions[p], parts[p], &book, engine, into);
    tl_vec_release(&book.items);
    return rc < 0 ? rc : (int)n_proved;
}

bool tl_proof_keep(struct tl_decisions *decisions, const struct tl_proof_part *part,
                   uint32_t column, const struct tl_proof_kept *kept,
                   const struct tl_engine *engine, struct tl_arena *into)
{
    const struct tl_decision *decision = &decisions->columns[column];
    struct verdict verdict = { .proof = { .kind = kept->is_phone ? PHONE : EMAIL,
                                          .matched = kept->matched,
                                          .of = kept->of,
                                          .by_spelling = kept->by_spelling,
                                          .spelling =
                                              tl_arena_strdup(into, kept->spelling),
                                          .is_kept = true } };

    for (uint32_t i = 0; i < decision->n_facts; i++)
        if (!strcmp(decisions->facts[decision->first_fact + i].name, "proof.matched"))
            return false;
    for (size_t i = 0; part && i < part->columns.n && !verdict.digests; i++)
        if (part->columns.items[i].column == column)
            verdict.digests = &part->columns.items[i];
    if (!verdict.digests)
        return false;
    verdict.rule = rule_of(engine, part->profile, verdict.digests, verdict.proof.kind);
    if (verdict.rule < 0)
        return false;
    write_anew(decisions, &verdict, 1, engine, into);
    return true;
}
