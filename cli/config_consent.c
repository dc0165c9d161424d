/*
 * `tcf:` of tagline.yaml: which vendor of the Global Vendor List we are, and on which legal bases we declared to follow each purpose
 * there. Consent strings are then counted by what they permit to us.
 */
#include "cli/config.h"

#include "base/ctx.h"

/* TCF policies, appendix A: purposes 1 to 11. The list of vendors has room for 16 bits. */
enum { PURPOSES = 11, VENDORS = 65535 };

struct consent {
    int64_t vendor_id;
};

static const struct tl_option vendor_options[] = {
    { "vendor_id", TL_KIND_COUNT, offsetof(struct consent, vendor_id), NULL,
      "your number in the Global Vendor List: what strings permit to you is counted" },
    { 0 },
};

/* Lists of numbers, which no other setting has: read here, described for the help. */
static const struct tl_option purpose_options[] = {
    { "consent", TL_KIND_LIST, 0, NULL,
      "purposes declared by consent, such as [1, 3, 4]; in neither list: by either",
      .argument = "[N, ...]" },
    { "legitimate_interest", TL_KIND_LIST, 0, NULL,
      "purposes declared by legitimate interest, such as [2, 7]",
      .argument = "[N, ...]" },
    { "flexible", TL_KIND_LIST, 0, NULL, "purposes whose basis a publisher may change",
      .argument = "[N, ...]" },
    { 0 },
};
static const char *const purpose_keys[] = { "consent", "legitimate_interest", "flexible",
                                            NULL };

/* Bit p - 1 for each purpose p of the list. */
static int read_purposes(uint32_t *out, const struct tl_yaml *yaml, const json_t *section,
                         const char *key, struct tl_ctx *ctx)
{
    const json_t *list = json_object_get(section, key);

    if (!list)
        return TL_OK;
    if (!json_is_array(list))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, section, key), ctx,
                            "'%s' is a list of purposes, such as [1, 2]", key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        json_int_t purpose = json_integer_value(item);

        if (purpose < 1 || purpose > PURPOSES)
            return tl_yaml_fail(yaml, tl_yaml_item_at(yaml, list, i), ctx,
                                "'%s' takes purposes, which are numbers from 1 to %d",
                                key, PURPOSES);
        *out |= 1u << (purpose - 1);
    }
    return TL_OK;
}

static int read_lists(struct tl_consent_terms *out, const struct tl_yaml *yaml,
                      const json_t *section, struct tl_ctx *ctx)
{
    uint32_t *const lists[] = { &out->consent, &out->legitimate_interest,
                                &out->flexible };

    for (size_t i = 0; purpose_keys[i]; i++) {
        int rc = read_purposes(lists[i], yaml, section, purpose_keys[i], ctx);

        if (rc < 0)
            return rc;
        if (*lists[i] && !out->vendor) {
            tl_hint(ctx, "'vendor_id' is your number in the Global Vendor List");
            return tl_yaml_fail(yaml, tl_yaml_key_at(yaml, section, purpose_keys[i]), ctx,
                                "'tcf' names purposes, but no 'vendor_id'");
        }
    }
    return TL_OK;
}

int tl_config_consent(struct tl_config *out, const struct tl_yaml *yaml,
                      struct tl_ctx *ctx)
{
    const json_t *section = json_object_get(yaml->root, "tcf");
    struct consent read = { 0 };

    if (!section || json_is_null(section))
        return TL_OK;
    if (!json_is_object(section))
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, yaml->root, "tcf"), ctx,
                            "'tcf' is a mapping of settings");
    int rc = tl_option_from_yaml(&read, vendor_options, yaml, section, purpose_keys, ctx);
    if (rc < 0)
        return rc;
    if (read.vendor_id > VENDORS)
        return tl_yaml_fail(yaml, tl_yaml_at(yaml, section, "vendor_id"), ctx,
                            "'vendor_id' is %lld, expected at most %d",
                            (long long)read.vendor_id, VENDORS);
    out->rules.consent.vendor = (uint32_t)read.vendor_id;
    return read_lists(&out->rules.consent, yaml, section, ctx);
}

void tl_config_consent_help(struct tl_str *out)
{
    tl_str_add(out, "\ntcf:\n");
    tl_option_help(out, vendor_options, false, 78);
    tl_option_help(out, purpose_options, false, 78);
}

static void add_purposes(struct tl_str *out, const char *key, uint32_t purposes)
{
    const char *comma = "";

    tl_str_addf(out, ", %s: [", key);
    for (unsigned p = 0; p < PURPOSES; p++) {
        if (!(purposes >> p & 1))
            continue;
        tl_str_addf(out, "%s%u", comma, p + 1);
        comma = ", ";
    }
    tl_str_add_char(out, ']');
}

void tl_config_consent_text(struct tl_str *out, const struct tl_config *config)
{
    const struct tl_consent_terms *terms = &config->rules.consent;

    if (!terms->vendor)
        return;
    tl_str_addf(out, "tcf: {vendor_id: %u", terms->vendor);
    add_purposes(out, "consent", terms->consent);
    add_purposes(out, "legitimate_interest", terms->legitimate_interest);
    add_purposes(out, "flexible", terms->flexible);
    tl_str_add(out, "}\n");
}
