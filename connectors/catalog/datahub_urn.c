#include "connectors/catalog/datahub_urn.h"

#include "base/digest.h"
#include "base/json.h"

/* U+241F, which DataHub uses between the parts of composite keys. */
static const char unit_separator[] = "\xe2\x90\x9f";

bool tl_datahub_env_is_known(const char *env)
{
    static const char *const known[] = { "DEV",     "TEST", "QA",       "UAT",  "EI",
                                         "PRE",     "STG",  "NON_PROD", "PROD", "CORP",
                                         "RVW",     "PRD",  "TST",      "SIT",  "SBX",
                                         "SANDBOX", "CERT" };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], env) == 0)
            return true;
    return false;
}

void tl_datahub_encode(struct tl_str *out, const char *part)
{
    while (*part) {
        size_t n = strcspn(part, ",()\xe2");

        tl_str_add_bytes(out, part, n);
        part += n;
        if (*part == ',')
            tl_str_add(out, "%2C");
        else if (*part == '(')
            tl_str_add(out, "%28");
        else if (*part == ')')
            tl_str_add(out, "%29");
        else if (strncmp(part, unit_separator, 3) == 0) {
            tl_str_add(out, "%E2%90%9F");
            part += 2;
        } else if (*part) {
            tl_str_add_char(out, *part);
        }
        part += *part != '\0';
    }
}

/* Only two-byte characters have their lower case in the table of ours, and it has two bytes too. */
static unsigned lower_of(unsigned c)
{
    if ((c >= 0xc0 && c <= 0xde && c != 0xd7) ||
        (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) || (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40f)
        return c + 0x50;
    if ((c >= 0x100 && c <= 0x12f) || (c >= 0x132 && c <= 0x137) ||
        (c >= 0x14a && c <= 0x177))
        return c | 1;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
        return c + (c & 1);
    return c == 0x178 ? 0xff : c;
}

void tl_datahub_fold(struct tl_str *out, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        unsigned char c = (unsigned char)*text;
        size_t step = tl_utf8_step(text, left);

        if (step == 2) {
            unsigned low = lower_of((c & 0x1fu) << 6 | ((unsigned char)text[1] & 0x3fu));
            char pair[2] = { (char)(0xc0 | low >> 6), (char)(0x80 | (low & 0x3f)) };

            tl_str_add_bytes(out, pair, 2);
        } else if (step > 2) {
            tl_str_add_bytes(out, text, step);
        } else {
            tl_str_add_char(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c);
        }
        text += step ? step : 1;
        left -= step ? step : 1;
    }
}

static void add_spelled(struct tl_str *out, const struct tl_datahub_place *place,
                        const char *level)
{
    if (place->lowercase)
        tl_datahub_fold(out, level);
    else
        tl_str_add(out, level);
}

void tl_datahub_name(struct tl_str *out, const struct tl_datahub_place *place,
                     const struct tl_key *key)
{
    const char *levels[] = { key->database, key->schema, key->dataset };
    bool begun = place->instance != NULL;

    if (begun)
        tl_str_add(out, place->instance);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (!levels[i])
            continue;
        if (begun)
            tl_str_add_char(out, '.');
        add_spelled(out, place, levels[i]);
        begun = true;
    }
}

void tl_datahub_platform_urn(struct tl_str *out, const char *platform)
{
    tl_str_add(out, "urn:li:dataPlatform:");
    tl_datahub_encode(out, platform);
}

void tl_datahub_instance_urn(struct tl_str *out, const struct tl_datahub_place *place)
{
    tl_str_add(out, "urn:li:dataPlatformInstance:(");
    tl_datahub_platform_urn(out, place->platform);
    tl_str_add_char(out, ',');
    tl_datahub_encode(out, place->instance);
    tl_str_add_char(out, ')');
}

void tl_datahub_dataset_urn(struct tl_str *out, const struct tl_datahub_place *place,
                            const char *name)
{
    tl_str_add(out, "urn:li:dataset:(");
    tl_datahub_platform_urn(out, place->platform);
    tl_str_add_char(out, ',');
    tl_datahub_encode(out, name);
    tl_str_add_char(out, ',');
    tl_str_add(out, place->env);
    tl_str_add_char(out, ')');
}

/*
 * "key":"text" as Python's json.dumps writes it, which the digest is taken over: it escapes DEL too, our writer (RFC
 * 8785) does not.
 */
static void add_python(struct tl_str *out, const char *key, const char *text)
{
    struct tl_str quoted = TL_STR_INIT(out->ceiling);

    tl_json_add_ascii(&quoted, text, strlen(text));
    tl_str_addf(out, "%s\"%s\":", out->n > 1 ? "," : "", key);
    for (size_t i = 0; i < quoted.n; i++) {
        if (quoted.text[i] == 0x7f)
            tl_str_add(out, "\\u007f");
        else
            tl_str_add_char(out, quoted.text[i]);
    }
    out->failed |= quoted.failed;
    tl_str_release(&quoted);
}

void tl_datahub_container_urn(struct tl_str *out, const struct tl_datahub_place *place,
                              const char *database, const char *schema)
{
    struct tl_str bag = TL_STR_INIT(out->ceiling);
    struct tl_str word = TL_STR_INIT(out->ceiling);
    struct tl_md5 md5;
    char hex[33];

    tl_str_add_char(&bag, '{');
    add_spelled(&word, place, database);
    add_python(&bag, "database", word.text);
    /* SQL sources put the environment where an instance is missing: backcompat_env_as_instance in mcp_builder.py. */
    add_python(&bag, "instance", place->instance ? place->instance : place->env);
    add_python(&bag, "platform", place->platform);
    if (schema) {
        tl_str_clear(&word);
        add_spelled(&word, place, schema);
        add_python(&bag, "schema", word.text);
    }
    tl_str_add_char(&bag, '}');
    tl_md5_of(&md5, bag.text, bag.n);
    tl_str_add(out, "urn:li:container:");
    tl_str_add(out, tl_hex(hex, md5.bytes, sizeof md5.bytes));
    out->failed |= bag.failed || word.failed;
    tl_str_release(&word);
    tl_str_release(&bag);
}

/* UrnValidationUtil.java: at most 512 bytes when URL-encoded (java.net.URLEncoder), no blank at the ends. */
const char *tl_datahub_urn_fault(const char *urn)
{
    size_t encoded = 0;
    size_t left = strlen(urn);

    if (left == 0 || strspn(urn, " ") > 0 || urn[left - 1] == ' ')
        return "its urn would begin or end with a blank";
    for (const char *at = urn; left > 0;) {
        size_t step = tl_utf8_step(at, left);
        bool is_kept = (*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
                       (*at >= 'a' && *at <= 'z') || (*at && strchr(".-*_ ", *at));

        /* a byte that is no UTF-8 travels as a character of three */
        encoded += is_kept ? 1 : step ? 3 * step : 9;
        at += step ? step : 1;
        left -= step ? step : 1;
    }
    return encoded > 512 ? "its urn would be longer than the 512 bytes DataHub takes"
                         : NULL;
}

bool tl_datahub_urn_split(struct tl_datahub_urn_parts *out, const char *urn)
{
    static const char head[] = "urn:li:dataset:(urn:li:dataPlatform:";
    size_t n = strlen(urn);

    if (strncmp(urn, head, sizeof head - 1) != 0 || urn[n - 1] != ')')
        return false;
    out->platform = urn + sizeof head - 1;
    const char *first = strchr(out->platform, ',');
    const char *last = strrchr(out->platform, ',');
    if (!first || first == last)
        return false;
    out->n_platform = (size_t)(first - out->platform);
    out->name = first + 1;
    out->n_name = (size_t)(last - out->name);
    out->env = last + 1;
    out->n_env = (size_t)(urn + n - 1 - out->env);
    return true;
}

void tl_datahub_simple_path(struct tl_str *out, const char *path)
{
    bool begun = false;

    if (strncmp(path, "[version=2.0]", 13) != 0) {
        tl_str_add(out, path);
        return;
    }
    for (;;) {
        size_t n = strcspn(path, ".");

        if (n == 0 || (path[0] != '[' && path[n - 1] != ']')) {
            if (begun)
                tl_str_add_char(out, '.');
            tl_str_add_bytes(out, path, n);
            begun = true;
        }
        if (!path[n])
            return;
        path += n + 1;
    }
}

void tl_datahub_pointer(struct tl_str *out, const char *segment)
{
    while (*segment) {
        size_t n = strcspn(segment, "~/");

        tl_str_add_bytes(out, segment, n);
        segment += n;
        if (*segment)
            tl_str_add(out, *segment++ == '~' ? "~0" : "~1");
    }
}
