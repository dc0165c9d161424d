/*
 * Types that others wrote, as a pack of ours. What the built-in packs know under that or another name keeps its own check and gets the
 * names; anything else becomes a type of its own.
 */
#include "classifiers/import_inner.h"
#include "classifiers/draft.h"
#include "classifiers/lint.h"
#include "classifiers/packs.h"

#include "base/ctx.h"
#include "base/json.h"

#include <ctype.h>
#include <stdarg.h>

/* The same thing by another name: DataHub's info types (acryl-datahub-classify 0.0.11) and Presidio's entities (presidio-analyzer 2.2). */
static const struct {
    const char *theirs, *ours;
} aliases[] = {
    { "credit_card", "payment_card_number" },
    { "credit_debit_card_number", "payment_card_number" },
    { "crypto", "bitcoin_address" },
    { "email", "email_address" },
    { "es_nif", "es_dni" },
    { "full_name", "person_full_name" },
    { "iban_code", "iban" },
    { "ip", "ipv4_address" },
    { "ip_address", "ipv4_address" },
    { "ip_address_v4", "ipv4_address" },
    { "ip_address_v6", "ipv6_address" },
    { "it_fiscal_code", "it_codice_fiscale" },
    { "it_vat_code", "it_partita_iva" },
    { "medical_license", "us_dea_number" },
    { "nhs", "uk_nhs_number" },
    { "person", "person_full_name" },
    { "phone", "phone_e164" },
    { "phone_number", "phone_e164" },
    { "swift_code", "swift_bic" },
    { "uk_driving_license", "uk_driving_licence" },
    { "uk_nhs", "uk_nhs_number" },
    { "us_bank", "us_bank_account" },
    { "us_bank_number", "us_bank_account" },
    { "us_driver_license_number", "us_driver_license" },
    { "us_driving_license_number", "us_driver_license" },
    { "us_license", "us_driver_license" },
    { "us_social_security_number", "us_ssn" },
    { "vehicle_identification_number", "vin" },
};

static const struct tl_draft *built_in(const char *name)
{
    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++) {
        for (uint32_t i = 0; i < pack->draft->n_types; i++) {
            if (!strcmp(pack->draft->types[i].info_type, name))
                return &pack->draft->types[i];
        }
    }
    return NULL;
}

static const struct tl_draft *ours_of(const char *slug)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (!strcmp(aliases[i].theirs, slug) && built_in(aliases[i].ours))
            return built_in(aliases[i].ours);
    }
    return built_in(slug);
}

bool tl_import_has_category(const char *key)
{
    for (const struct tl_built_in_pack *pack = tl_built_in_packs; pack->name; pack++) {
        for (uint32_t i = 0; i < pack->draft->n_categories; i++) {
            if (!strcmp(pack->draft->categories[i].key, key))
                return true;
        }
    }
    return false;
}

void tl_import_note(struct tl_importer *importer, struct tl_mark at, const char *format,
                    ...)
{
    struct tl_import_note note = { .line = at.line, .column = at.column };
    struct tl_str text = TL_STR_INIT(4096);
    char *words = NULL;
    va_list args;

    va_start(args, format);
    int n = vasprintf(&words, format, args);
    va_end(args);
    if (n >= 0)
        tl_str_add_shown(&text, words, (size_t)n);
    free(words);
    note.text = tl_arena_dup(importer->ctx->arena, text.text, text.n);
    tl_str_release(&text);
    tl_vec_push(&importer->import->notes, note);
}

struct tl_import_type *tl_import_add(struct tl_importer *importer, const char *name,
                                     struct tl_mark at)
{
    for (size_t i = 0; i < importer->types.n; i++) {
        if (!strcasecmp(importer->types.items[i].name, name))
            return &importer->types.items[i];
    }
    if (importer->types.n == TL_IMPORT_TYPES_MOST) {
        tl_import_note(importer, at, "more than %d types: '%s' is left out",
                       TL_IMPORT_TYPES_MOST, name);
        return NULL;
    }
    tl_vec_push(&importer->types,
                ((struct tl_import_type){
                    .name = tl_arena_strdup(importer->ctx->arena, name), .at = at }));
    return &importer->types.items[importer->types.n - 1];
}

/* "Email_Address", "US SSN" and "usSsn" are email_address, us_ssn and us_ssn. */
static const char *slug_of(const char *name, struct tl_ctx *ctx)
{
    struct tl_str out = TL_STR_INIT(128);

    for (const char *c = name; *c; c++) {
        bool is_inner =
            isupper((unsigned char)*c) && c > name && islower((unsigned char)c[-1]);
        if (is_inner || !isalnum((unsigned char)*c)) {
            if (out.n && out.text[out.n - 1] != '_')
                tl_str_add_char(&out, '_');
        }
        if (isalnum((unsigned char)*c))
            tl_str_add_char(&out, (char)tolower((unsigned char)*c));
    }
    while (out.n && out.text[out.n - 1] == '_')
        out.text[--out.n] = '\0';
    const char *slug = tl_arena_dup(ctx->arena, out.text, out.n);
    tl_str_release(&out);
    return slug;
}

/* A text in quotes that YAML reads back the same. */
static void add_quoted(struct tl_str *out, const char *text)
{
    bool is_plain = true;

    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        is_plain &= *c >= ' ' && *c != 0x7F;
    if (!is_plain || !tl_utf8_is_valid(text, strlen(text))) {
        tl_str_add_char(out, '"');
        for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
            if (*c == '"' || *c == '\\')
                tl_str_addf(out, "\\%c", *c);
            else if (*c < ' ' || *c == 0x7F)
                tl_str_addf(out, "\\x%02X", *c);
            else
                tl_str_add_char(out, (char)*c);
        }
        tl_str_add_char(out, '"');
        return;
    }
    tl_str_add_char(out, '\'');
    for (; *text; text++) {
        tl_str_add_char(out, *text);
        if (*text == '\'')
            tl_str_add_char(out, '\'');
    }
    tl_str_add_char(out, '\'');
}

static void add_list(struct tl_str *out, const char *key, const char *const *items,
                     size_t n)
{
    if (!n)
        return;
    tl_str_addf(out, "    %s:\n", key);
    for (size_t i = 0; i < n; i++) {
        tl_str_add(out, "      - ");
        add_quoted(out, items[i]);
        tl_str_add_char(out, '\n');
    }
}

static void add_escaped(struct tl_str *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("\\^$.[]|()?*+{}", *text))
            tl_str_add_char(out, '\\');
        tl_str_add_char(out, *text);
    }
}

/* All patterns and all values of a closed list as one: "(?i)(?:a|b)". */
static void join_patterns(struct tl_str *out, const struct tl_import_type *type)
{
    tl_str_add(out, type->ignores_case ? "(?i)(?:" : "(?:");
    for (size_t i = 0; i < type->patterns.n; i++)
        tl_str_addf(out, "%s%s", i ? "|" : "", type->patterns.items[i]);
    for (size_t i = 0; i < type->values.n; i++) {
        if (i || type->patterns.n)
            tl_str_add_char(out, '|');
        add_escaped(out, type->values.items[i]);
    }
    tl_str_add_char(out, ')');
}

static void add_class(struct tl_str *out, struct tl_importer *importer,
                      const struct tl_import_type *type)
{
    const char *category = type->category;

    if (category && !tl_import_has_category(category)) {
        tl_import_note(importer, type->at,
                       "'%s' of '%s' is no category of ours; 'user.unique_id' is taken",
                       category, type->name);
        category = "user.unique_id";
    } else if (!category) {
        tl_import_note(importer, type->at,
                       "nothing says what category '%s' has; 'user.unique_id' is taken",
                       type->name);
        category = "user.unique_id";
    }
    tl_str_addf(out, "    category: %s\n", category);
    if (type->sensitivity)
        tl_str_addf(out, "    sensitivity: %s\n", type->sensitivity);
}

/* A pattern that says nothing of how often chance fits it: that is measured, and where it often does, a name must speak too. */
static void add_pattern(struct tl_str *out, struct tl_importer *importer,
                        const struct tl_import_type *type)
{
    struct tl_str pattern = TL_STR_INIT(1 << 20);
    struct tl_chance chance;

    join_patterns(&pattern, type);
    const char *text = tl_import_pattern(importer, pattern.text, type->at);
    if (text) {
        tl_str_add(out, "    value: ");
        add_quoted(out, text);
        tl_str_add_char(out, '\n');
        tl_chance_of_pattern(&chance, text);
        if (chance.n && !type->needs_name) {
            double prior = chance.most < TL_CHANCE_LEAST ? TL_CHANCE_LEAST : chance.most;
            tl_str_addf(out, "    prior: %.3f # measured on %u random values\n", prior,
                        chance.n);
            if (prior > 0.05)
                tl_str_add(out, "    needs_name: true # too many random values fit\n");
        } else {
            tl_str_add(out, "    needs_name: true\n");
        }
    }
    tl_str_release(&pattern);
}

/* Whether YAML takes it for text as it stands: "26" is a number there, "no" a flag (https://yaml.org/type/bool.html). */
static bool is_plain_text(const char *slug)
{
    static const char *const others[] = { "y",   "n",    "yes",   "no",  "on",
                                          "off", "true", "false", "null" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!strcmp(slug, others[i]))
            return false;
    }
    return *slug >= 'a' && *slug <= 'z';
}

static void add_new(struct tl_str *out, struct tl_importer *importer,
                    const struct tl_import_type *type, const char *slug)
{
    bool has_pattern = type->patterns.n || type->values.n;

    const char *quote = is_plain_text(slug) ? "" : "'";

    tl_str_addf(out, "  - info_type: %s%s%s\n", quote, slug, quote);
    tl_str_add(out, "    summary: ");
    add_quoted(out, type->summary ? type->summary : type->name);
    tl_str_add_char(out, '\n');
    add_class(out, importer, type);
    add_list(out, "names", type->names.items, type->names.n);
    if (type->weak_names.n)
        add_list(out, "weak_names", type->weak_names.items, type->weak_names.n);
    add_list(out, "not_names", type->not_names.items, type->not_names.n);
    if (has_pattern)
        add_pattern(out, importer, type);
    importer->import->n_types++;
}

static bool has_name(const struct tl_list *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++) {
        if (!strcasecmp(list->items[i], name))
            return true;
    }
    return false;
}

/* What ours says already is not said again: a weak name must not stand beside a strong one. */
static void drop_known(const char **items, size_t *n, const struct tl_draft *ours)
{
    size_t kept = 0;

    for (size_t i = 0; i < *n; i++) {
        if (!has_name(&ours->names, items[i]) && !has_name(&ours->weak_names, items[i]) &&
            !has_name(&ours->lead_names, items[i]) &&
            !has_name(&ours->known_names, items[i]))
            items[kept++] = items[i];
    }
    *n = kept;
}

static void add_known(struct tl_str *out, struct tl_importer *importer,
                      struct tl_import_type *type, const struct tl_draft *ours)
{
    bool has_pattern = type->patterns.n || type->values.n;

    drop_known(type->names.items, &type->names.n, ours);
    drop_known(type->weak_names.items, &type->weak_names.n, ours);
    if (has_pattern)
        tl_import_note(importer, type->at,
                       "'%s' is '%s' here, which has a check of its own: its names are "
                       "added, its patterns are left out",
                       type->name, ours->info_type);
    if (!type->names.n && !type->weak_names.n && !type->not_names.n) {
        if (!has_pattern)
            tl_import_note(importer, type->at,
                           "'%s' is '%s' here: there is nothing to add", type->name,
                           ours->info_type);
        return;
    }
    tl_str_addf(out, "  - info_type: %s # theirs: ", ours->info_type);
    tl_str_add_shown(out, type->name, strlen(type->name));
    tl_str_add(out, "\n    extends: true\n");
    add_list(out, "names", type->names.items, type->names.n);
    add_list(out, "weak_names", type->weak_names.items, type->weak_names.n);
    add_list(out, "not_names", type->not_names.items, type->not_names.n);
    importer->import->n_types++;
}

static const char *pack_name(const char *path, struct tl_ctx *ctx)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    const char *slug =
        slug_of(tl_arena_dup(ctx->arena, name,
                             dot > name ? (size_t)(dot - name) : strlen(name)),
                ctx);

    return *slug ? slug : "imported";
}

int tl_import_write(struct tl_str *out, struct tl_importer *importer)
{
    struct tl_ctx *ctx = importer->ctx;
    struct tl_str types = TL_STR_INIT(TL_IMPORT_BYTES_MOST);

    for (size_t i = 0; i < importer->types.n; i++) {
        struct tl_import_type *type = &importer->types.items[i];
        const char *slug = slug_of(type->name, ctx);
        const struct tl_draft *ours = *slug ? ours_of(slug) : NULL;

        if (type->is_program && !type->names.n && !type->weak_names.n && !ours)
            tl_import_note(importer, type->at,
                           "'%s' is left out: a program decides it there (code or a "
                           "language model)",
                           type->name);
        else if (ours)
            add_known(&types, importer, type, ours);
        else if (*slug && (type->names.n || type->weak_names.n || type->patterns.n ||
                           type->values.n))
            add_new(&types, importer, type, slug);
        else
            tl_import_note(importer, type->at, "'%s' is left out: %s", type->name,
                           *slug ? "it has neither names nor values"
                                 : "it holds no letter or digit");
    }
    tl_str_add(out, "# Made by 'tagline rules import'.\npack: ");
    tl_str_add(out, pack_name(importer->path, ctx));
    tl_str_add(out, "\nversion: 1\nformat: 1\nsummary: ");
    const char *slash = strrchr(importer->path, '/');
    add_quoted(out, tl_arena_printf(ctx->arena, "carried over from %s",
                                    slash ? slash + 1 : importer->path));
    tl_str_addf(out, "\ntypes:%s\n", importer->import->n_types ? "" : " []");
    tl_str_add(out, types.text);
    bool is_too_long = types.failed || out->failed;
    tl_str_release(&types);
    return is_too_long ? tl_fail(ctx, TL_ELIMIT, "the pack that '%s' makes is too long",
                                 importer->path)
                       : TL_OK;
}
