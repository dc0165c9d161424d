/*
 * Building: each rule's bit is entered in the rows of all lengths, bytes and classes that its form admits. The classes are the sets that
 * patterns want a byte of, those that most want first; a want beyond the thirty-second is left to the pattern itself.
 */
#include "classifiers/prefilter.h"

#include "base/mem.h"

#define NO_BIT UINT16_MAX

struct class
{
    struct tl_byte_set set;
    struct tl_bits wanted_by;
    unsigned n; /* how many want it */
};

struct builder {
    struct tl_prefilter *filter;
    struct class classes[TL_PREFILTER_BITS * 2];
    unsigned n_classes;
};

/* What values alone can prove; with other rules a name must speak, so that they are few and tried one by one. */
static bool is_filtered(const struct tl_rule *rule)
{
    return !rule->needs_name || rule->vocabulary_proves;
}

static void want(struct builder *builder, const struct tl_byte_set *set, unsigned bit)
{
    unsigned i = 0;

    while (i < builder->n_classes &&
           memcmp(&builder->classes[i].set, set, sizeof *set) != 0)
        i++;
    if (i == sizeof builder->classes / sizeof *builder->classes)
        return;
    if (i == builder->n_classes)
        builder->classes[builder->n_classes++] = (struct class){ .set = *set };
    if (!tl_bits_has(&builder->classes[i].wanted_by, bit)) {
        tl_bits_add(&builder->classes[i].wanted_by, bit);
        builder->classes[i].n++;
    }
}

/* Each byte of a hint must occur. */
static void want_each(struct builder *builder, const struct tl_byte_set *needs,
                      unsigned bit)
{
    for (unsigned b = 0; b < 256; b++) {
        struct tl_byte_set one = { { 0 } };

        if (!tl_byte_set_has(needs, (unsigned char)b))
            continue;
        one.words[b >> 6] = (uint64_t)1 << (b & 63);
        want(builder, &one, bit);
    }
}

static void want_form(struct builder *builder, const struct tl_form *form,
                      const struct tl_rule *rule, unsigned bit)
{
    static const struct tl_byte_set digits = { { 0x03FF000000000000u } };

    for (unsigned i = 0; i < form->n_wants; i++)
        want(builder, &form->wants[i], bit);
    if (rule->least_digits)
        want(builder, &digits, bit);
}

static void admit_lengths(struct tl_prefilter *filter, unsigned bit, uint32_t least,
                          uint32_t most)
{
    uint32_t last = TL_PREFILTER_LENGTHS - 1;

    for (uint32_t n = least < last ? least : last; n <= last && (n <= most || n == last);
         n++) {
        if (n <= most)
            tl_bits_add(&filter->lengths[n], bit);
    }
}

static void add_value(struct builder *builder, const struct tl_rule *rule, unsigned bit)
{
    struct tl_prefilter *filter = builder->filter;
    const struct tl_form *form = &rule->value_form;

    admit_lengths(filter, bit,
                  form->least > rule->least_length ? form->least : rule->least_length,
                  form->most < rule->most_length ? form->most : rule->most_length);
    for (unsigned b = 0; b < 256; b++) {
        if (tl_byte_set_has(&form->first, (unsigned char)b))
            tl_bits_add(&filter->first[b], bit);
        if (tl_byte_set_has(&form->last, (unsigned char)b))
            tl_bits_add(&filter->last[b], bit);
        if (tl_byte_set_has(&form->allowed, (unsigned char)b) &&
            tl_byte_set_has(&rule->only, (unsigned char)b))
            tl_bits_add(&filter->bytes[b].allows, bit);
    }
    want_form(builder, form, rule, bit);
    want_each(builder, &rule->needs, bit);
}

/* A search says something of the whole value's length and of what must occur in it, of nothing else. */
static void add_search(struct builder *builder, const struct tl_rule *rule, unsigned bit)
{
    struct tl_prefilter *filter = builder->filter;
    const struct tl_form *form = &rule->search_form;

    admit_lengths(filter, bit,
                  form->least > rule->least_length ? form->least : rule->least_length,
                  UINT32_MAX);
    for (unsigned b = 0; b < 256; b++) {
        tl_bits_add(&filter->first[b], bit);
        tl_bits_add(&filter->last[b], bit);
        tl_bits_add(&filter->bytes[b].allows, bit);
    }
    tl_bits_add(&filter->searches, bit);
    want_form(builder, form, rule, bit);
    want_each(builder, &rule->search_needs, bit);
}

static int by_wanted(const void *a, const void *b)
{
    const struct class *x = a;
    const struct class *y = b;

    return x->n != y->n ? (x->n < y->n ? 1 : -1)
                        : memcmp(&x->set, &y->set, sizeof x->set);
}

static void enter_classes(struct builder *builder)
{
    struct tl_prefilter *filter = builder->filter;

    qsort(builder->classes, builder->n_classes, sizeof *builder->classes, by_wanted);
    for (unsigned c = 0; c < builder->n_classes && c < TL_PREFILTER_CLASSES; c++) {
        for (unsigned b = 0; b < 256; b++) {
            if (tl_byte_set_has(&builder->classes[c].set, (unsigned char)b))
                filter->classes_of[b] |= (uint32_t)1 << c;
        }
    }
    for (unsigned c = 0; c < TL_PREFILTER_CLASSES; c++) {
        for (unsigned present = 0; present < 256; present++) {
            struct tl_bits *left = &filter->occurring[c / 8][present];

            if (c % 8 == 0)
                memset(left, 0xFF, sizeof *left);
            if (c < builder->n_classes && !(present >> (c % 8) & 1)) {
                for (size_t w = 0; w < TL_PREFILTER_WORDS; w++)
                    left->words[w] &= ~builder->classes[c].wanted_by.words[w];
            }
        }
    }
}

void tl_prefilter_build(struct tl_engine *engine)
{
    struct builder *builder = tl_alloc(1, sizeof *builder);
    struct tl_prefilter *filter =
        tl_arena_alloc(engine->arena, 1, sizeof *engine->prefilter);

    uint16_t *unnamed = tl_arena_alloc(engine->arena, engine->n_types, sizeof *unnamed);

    builder->filter = filter;
    filter->unnamed = unnamed;
    filter->value_bit =
        tl_arena_alloc(engine->arena, engine->n_types, sizeof *filter->value_bit);
    filter->search_bit =
        tl_arena_alloc(engine->arena, engine->n_types, sizeof *filter->search_bit);
    for (unsigned b = 0; b < 256; b++)
        filter->bytes[b].itself.words[b >> 6] = (uint64_t)1 << (b & 63);
    for (uint32_t i = 0; i < engine->n_types; i++) {
        const struct tl_rule *rule = &engine->rules[i];

        filter->value_bit[i] = filter->search_bit[i] = NO_BIT;
        if (!is_filtered(rule))
            continue;
        unnamed[filter->n_unnamed++] = (uint16_t)i;
        if (filter->n_bits + 2 > TL_PREFILTER_BITS)
            continue;
        if (rule->value) {
            filter->rule_of[filter->n_bits] = (uint16_t)i;
            filter->value_bit[i] = (uint16_t)filter->n_bits;
            add_value(builder, rule, filter->n_bits++);
        }
        if (rule->search) {
            filter->rule_of[filter->n_bits] = (uint16_t)i;
            filter->search_bit[i] = (uint16_t)filter->n_bits;
            add_search(builder, rule, filter->n_bits++);
        }
    }
    enter_classes(builder);
    engine->prefilter = filter;
    tl_free(builder);
}

static bool is_nothing(const struct tl_bits *bits)
{
    return !(bits->words[0] | bits->words[1] | bits->words[2] | bits->words[3]);
}

void tl_prefilter_look(struct tl_bits *out, struct tl_shape *shape,
                       const struct tl_prefilter *filter, const struct tl_bits *active,
                       const char *bytes, size_t n, bool is_cut)
{
    const unsigned char *at = (const unsigned char *)bytes;
    const struct tl_bits *length =
        &filter->lengths[n < TL_PREFILTER_LENGTHS ? n : TL_PREFILTER_LENGTHS - 1];
    struct tl_bits left = filter->bytes[at[0]].allows;
    struct tl_byte_set present = filter->bytes[at[0]].itself;
    uint32_t classes = filter->classes_of[at[0]];
    size_t digits = (unsigned)at[0] - '0' < 10;

    for (size_t i = 1; i < n; i++) {
        unsigned char b = at[i];

        for (size_t w = 0; w < TL_PREFILTER_WORDS; w++)
            left.words[w] &= filter->bytes[b].allows.words[w];
        for (size_t w = 0; w < 4; w++)
            present.words[w] |= filter->bytes[b].itself.words[w];
        classes |= filter->classes_of[b];
        digits += (unsigned)b - '0' < 10;
    }
    for (size_t w = 0; w < TL_PREFILTER_WORDS; w++) {
        left.words[w] &=
            active->words[w] & length->words[w] &
            (is_cut ? filter->searches.words[w]
                    : filter->first[at[0]].words[w] & filter->last[at[n - 1]].words[w]);
    }
    for (unsigned k = 0; k < TL_PREFILTER_CLASSES / 8 && !is_nothing(&left); k++) {
        const struct tl_bits *row = &filter->occurring[k][classes >> (k * 8) & 255];

        for (size_t w = 0; w < TL_PREFILTER_WORDS; w++)
            left.words[w] &= row->words[w];
    }
    *out = left;
    *shape = (struct tl_shape){ present, n, digits, is_cut };
}
