/*
 * JSON of bid requests, read once from end to end without a tree: a scanner that says where each scalar stands, and what the places of
 * OpenRTB 2.6 (user, device, regs) mean.
 */
#include "classifiers/adtech/decode.h"

#include <string.h>

/* ---- the scanner (RFC 8259) ---- */

struct scanner {
    const char *at, *end;
    struct tl_json_walk walk;
    void (*scalar)(void *self, const struct tl_json_walk *walk);
    void *self;
    bool is_array[TL_JSON_DEPTH];
};

static void pass_blanks(struct scanner *s)
{
    while (s->at < s->end &&
           (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

/* From the opening quote to behind the closing one; what stands between, escapes as written. */
static bool take_text(struct scanner *s, const char **text, size_t *n)
{
    const char *from = ++s->at;

    for (; s->at < s->end && *s->at != '"'; s->at++) {
        if (*s->at == '\\' && ++s->at == s->end)
            return false;
    }
    if (s->at == s->end)
        return false;
    *text = from;
    *n = (size_t)(s->at++ - from);
    return true;
}

static bool take_scalar(struct scanner *s)
{
    struct tl_json_walk *walk = &s->walk;

    walk->is_text = *s->at == '"';
    if (walk->is_text) {
        if (!take_text(s, &walk->bytes, &walk->n))
            return false;
    } else {
        walk->bytes = s->at;
        while (s->at < s->end &&
               ((*s->at >= '0' && *s->at <= '9') || (*s->at >= 'a' && *s->at <= 'z') ||
                *s->at == 'E' || *s->at == '-' || *s->at == '+' || *s->at == '.'))
            s->at++;
        walk->n = (size_t)(s->at - walk->bytes);
        if (!walk->n)
            return false;
    }
    s->scalar(s->self, walk);
    return true;
}

/* The key and the colon of an object's next member. */
static bool take_key(struct scanner *s)
{
    const char *key;
    size_t n;

    pass_blanks(s);
    if (s->at == s->end || *s->at != '"' || !take_text(s, &key, &n))
        return false;
    pass_blanks(s);
    if (s->at == s->end || *s->at++ != ':')
        return false;
    s->walk.at[s->walk.depth - 1].key = key;
    s->walk.at[s->walk.depth - 1].n = (uint32_t)n;
    return true;
}

static bool go_in(struct scanner *s)
{
    if (s->walk.depth == TL_JSON_DEPTH)
        return false;
    bool is_array = *s->at++ == '[';
    s->is_array[s->walk.depth] = is_array;
    memset(&s->walk.at[s->walk.depth], 0, sizeof s->walk.at[0]);
    s->walk.depth++;
    return true;
}

/* Behind a value: the ends of what it closes, or a comma and the next key. Sets `is_done` behind the outermost. */
static bool go_on(struct scanner *s, bool *is_done)
{
    for (;;) {
        pass_blanks(s);
        if (!s->walk.depth) {
            *is_done = true;
            return s->at == s->end;
        }
        bool is_array = s->is_array[s->walk.depth - 1];
        if (s->at == s->end)
            return false;
        if (*s->at == ',') {
            s->at++;
            s->walk.at[s->walk.depth - 1].index++;
            return is_array || take_key(s);
        }
        if (*s->at++ != (is_array ? ']' : '}'))
            return false;
        s->walk.depth--;
    }
}

bool tl_json_scan(const char *bytes, size_t n,
                  void (*scalar)(void *self, const struct tl_json_walk *walk), void *self)
{
    struct scanner s = { .at = bytes, .end = bytes + n, .scalar = scalar, .self = self };
    bool is_done = false;

    while (!is_done) {
        pass_blanks(&s);
        if (s.at == s.end)
            return false;
        if (*s.at == '{' || *s.at == '[') {
            if (!go_in(&s))
                return false;
            pass_blanks(&s);
            bool is_array = s.is_array[s.walk.depth - 1];
            if (s.at < s.end && *s.at == (is_array ? ']' : '}')) {
                if (!go_on(&s, &is_done))
                    return false;
            } else if (!is_array && !take_key(&s)) {
                return false;
            }
        } else if (!take_scalar(&s) || !go_on(&s, &is_done)) {
            return false;
        }
    }
    return true;
}

/* Compares from the innermost out. */
bool tl_json_stands(const struct tl_json_walk *walk, const char *path, bool is_whole)
{
    size_t end = strlen(path);
    unsigned level = walk->depth;

    while (end) {
        size_t from = end;

        if (!level)
            return false;
        if (end >= 2 && path[end - 1] == ']') {
            if (walk->at[--level].key)
                return false;
            end -= 2;
            continue;
        }
        while (from && path[from - 1] != '.' && path[from - 1] != ']')
            from--;
        level--;
        if (!walk->at[level].key || walk->at[level].n != end - from ||
            memcmp(walk->at[level].key, path + from, end - from) != 0)
            return false;
        end = from && path[from - 1] == '.' ? from - 1 : from;
    }
    return !is_whole || !level;
}

/* ---- extended ids ---- */

static const struct {
    const char *domain;
    enum tl_eid_source source;
    uint8_t atype; /* what Prebid's modules/userId/eids.md says of it; 0: not told */
} sources[] = {
    { "uidapi.com", TL_EID_UID2, 3 },        { "euid.eu", TL_EID_EUID, 3 },
    { "id5-sync.com", TL_EID_ID5, 1 },       { "liveramp.com", TL_EID_LIVERAMP, 1 },
    { "pubcid.org", TL_EID_PUBCID, 1 },      { "adserver.org", TL_EID_TTD, 1 },
    { "criteo.com", TL_EID_OTHER, 1 },       { "33across.com", TL_EID_OTHER, 1 },
    { "quantcast.com", TL_EID_OTHER, 1 },    { "verizonmedia.com", TL_EID_OTHER, 1 },
    { "netid.de", TL_EID_OTHER, 1 },         { "zeotap.com", TL_EID_OTHER, 1 },
    { "utiq.com", TL_EID_OTHER, 1 },         { "tapad.com", TL_EID_OTHER, 1 },
    { "liveintent.com", TL_EID_OTHER, 1 },   { "audigent.com", TL_EID_OTHER, 1 },
    { "acxiom.id", TL_EID_OTHER, 1 },        { "merkleinc.com", TL_EID_OTHER, 1 },
    { "flashtalking.com", TL_EID_OTHER, 1 }, { "neustar.biz", TL_EID_OTHER, 1 },
    { "crwdcntrl.net", TL_EID_OTHER, 1 },    { "yahoo.com", TL_EID_OTHER, 3 },
    { "admixer.net", TL_EID_OTHER, 3 },      { "deepintent.com", TL_EID_OTHER, 3 },
    { "bidswitch.net", TL_EID_OTHER, 3 },    { "openx.net", TL_EID_OTHER, 3 },
    { "pubmatic.com", TL_EID_OTHER, 3 },     { "rubiconproject.com", TL_EID_OTHER, 3 },
    { "media.net", TL_EID_OTHER, 3 },        { "kpuid.com", TL_EID_OTHER, 3 },
    { "thenewco.it", TL_EID_OTHER, 3 },      { "hcn.health", TL_EID_OTHER, 3 },
};

struct eids_state {
    struct tl_eids *eids;
    uint32_t entry; /* which of the eids is being read */
    bool has_entry; /* one is */
    bool has_id, has_atype;
    uint8_t assumed; /* atype of its source */
};

static unsigned small_number(const struct tl_json_walk *walk)
{
    unsigned value = 0;

    for (size_t i = 0; i < walk->n && i < 6; i++) {
        if (walk->bytes[i] < '0' || walk->bytes[i] > '9')
            return 0;
        value = value * 10 + (unsigned)(walk->bytes[i] - '0');
    }
    return value;
}

static void see_atype(struct tl_eids *eids, unsigned atype)
{
    eids->is_browser |= atype == 1;
    eids->is_device |= atype == 2;
    eids->is_person |= atype == 3;
    eids->is_other |= atype >= 500;
}

static void close_entry(struct eids_state *state)
{
    if (state->has_entry && state->has_id && !state->has_atype)
        see_atype(state->eids, state->assumed);
    state->has_id = state->has_atype = false;
    state->assumed = 0;
}

static void see_source(struct eids_state *state, const struct tl_json_walk *walk)
{
    enum tl_eid_source source = TL_EID_OTHER;

    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (strlen(sources[i].domain) == walk->n &&
            !memcmp(sources[i].domain, walk->bytes, walk->n)) {
            source = sources[i].source;
            state->assumed = sources[i].atype;
        }
    }
    state->eids->sources |= (uint8_t)(1u << source);
    if (state->eids->n_sources < UINT16_MAX)
        state->eids->n_sources++;
}

/* `level`: of the array of eids. */
static void see_eid(struct eids_state *state, const struct tl_json_walk *walk,
                    unsigned level)
{
    uint32_t entry = walk->at[level].index;

    if (!state->has_entry || entry != state->entry)
        close_entry(state);
    state->has_entry = true;
    state->entry = entry;
    if (walk->depth == level + 2 && tl_json_stands(walk, "source", false) &&
        walk->is_text) {
        see_source(state, walk);
    } else if (walk->depth == level + 2 && tl_json_stands(walk, "mm", false)) {
        unsigned mm = small_number(walk);

        if (mm < 6)
            state->eids->has_match[mm] = true;
    } else if (walk->depth == level + 4) {
        if (tl_json_stands(walk, "uids[].id", false) && walk->n) {
            state->has_id = true;
            if (state->eids->n_ids < UINT16_MAX)
                state->eids->n_ids++;
        } else if (tl_json_stands(walk, "uids[].atype", false)) {
            state->has_atype = true;
            see_atype(state->eids, small_number(walk));
        }
    }
}

/* The level of the array of eids: the whole value, or what stands under "eids". -1: none. */
static int eids_level(const struct tl_json_walk *walk)
{
    if (walk->depth >= 2 && !walk->at[0].key && walk->at[1].key)
        return 0;
    for (unsigned i = 0; i + 2 < walk->depth; i++) {
        if (walk->at[i].key && walk->at[i].n == 4 &&
            !memcmp(walk->at[i].key, "eids", 4) && !walk->at[i + 1].key)
            return (int)i + 1;
    }
    return -1;
}

static void eids_scalar(void *self, const struct tl_json_walk *walk)
{
    int level = eids_level(walk);

    if (level >= 0)
        see_eid(self, walk, (unsigned)level);
}

bool tl_eids_decode(struct tl_eids *out, const char *bytes, size_t n)
{
    struct eids_state state = { .eids = out };

    memset(out, 0, sizeof *out);
    if (!n || (bytes[0] != '[' && bytes[0] != '{') ||
        !tl_json_scan(bytes, n, eids_scalar, &state)) {
        memset(out, 0, sizeof *out);
        return false;
    }
    close_entry(&state);
    return out->n_sources || (n == 2 && bytes[0] == '[');
}

/* ---- user, device, regs ---- */

struct openrtb_state {
    struct tl_openrtb *out;
    struct eids_state eids;
    unsigned known; /* fields of OpenRTB that were seen */
};

/* What a place means; "a.b" also matches at the end of a deeper place, so that a user alone and a whole request read alike. */
enum place {
    USER_ID,
    BUYERUID,
    YOB,
    GENDER,
    CONSENT,
    SEGMENT,
    IFA,
    IP,
    UA,
    LAT,
    LON,
    LMT,
    DNT,
    COPPA
};
static const struct {
    const char *path;
    enum place place;
    bool is_telling; /* alone, it makes the object one of OpenRTB */
} places[] = {
    { "user.id", USER_ID, true },
    { "buyeruid", BUYERUID, true },
    { "yob", YOB, true },
    { "user.gender", GENDER, true },
    { "gender", GENDER, false },
    { "user.consent", CONSENT, true },
    { "ext.consent", CONSENT, true },
    { "consent", CONSENT, false },
    { "segment[].id", SEGMENT, true },
    { "ifa", IFA, true },
    { "device.ip", IP, true },
    { "device.ipv6", IP, true },
    { "ip", IP, false },
    { "ipv6", IP, false },
    { "device.ua", UA, true },
    { "ua", UA, false },
    { "geo.lat", LAT, true },
    { "geo.lon", LON, true },
    { "lmt", LMT, true },
    { "dnt", DNT, true },
    { "coppa", COPPA, true },
};

static bool is_one(const struct tl_json_walk *walk)
{
    return (walk->n == 1 && walk->bytes[0] == '1') ||
           (walk->n == 4 && !memcmp(walk->bytes, "true", 4));
}

static void see_place(struct tl_openrtb *out, enum place place,
                      const struct tl_json_walk *walk)
{
    bool is_zero;

    switch (place) {
    case USER_ID:
        out->has_user_id = true;
        break;
    case BUYERUID:
        out->has_buyeruid = true;
        break;
    case YOB:
        out->has_yob = true;
        break;
    case GENDER:
        out->has_gender = true;
        break;
    case CONSENT:
        out->has_consent = true;
        break;
    case SEGMENT:
        out->has_segments = true;
        break;
    case IFA:
        out->has_ifa = true;
        out->is_ifa_zero = tl_is_zero_id(walk->bytes, walk->n);
        break;
    case IP:
        out->has_ip = true;
        break;
    case UA:
        out->has_ua = true;
        break;
    case LAT:
    case LON:
        out->has_geo = true;
        out->is_geo_precise |= tl_decimals_of(walk->bytes, walk->n, &is_zero) >= 3;
        break;
    case LMT:
        out->has_lmt = true;
        out->is_lmt |= is_one(walk);
        break;
    case DNT:
        out->has_dnt = true;
        out->is_dnt |= is_one(walk);
        break;
    case COPPA:
        out->has_coppa = true;
        out->is_coppa |= is_one(walk);
        break;
    }
}

static void openrtb_scalar(void *self, const struct tl_json_walk *walk)
{
    struct openrtb_state *state = self;
    int level = eids_level(walk);
    bool is_null = !walk->is_text && walk->n == 4 && !memcmp(walk->bytes, "null", 4);

    if (!walk->n || is_null)
        return;
    if (level > 0) {
        state->known++;
        see_eid(&state->eids, walk, (unsigned)level);
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!tl_json_stands(walk, places[i].path, false))
            continue;
        state->known += places[i].is_telling;
        see_place(state->out, places[i].place, walk);
        return;
    }
    /* of a user alone: {"id": ..., "buyeruid": ...} */
    state->out->has_user_id |= tl_json_stands(walk, "id", true);
}

bool tl_openrtb_decode(struct tl_openrtb *out, const char *bytes, size_t n)
{
    struct openrtb_state state = { .out = out, .eids = { .eids = &out->eids } };

    memset(out, 0, sizeof *out);
    if (!n || bytes[0] != '{' || !tl_json_scan(bytes, n, openrtb_scalar, &state) ||
        !state.known) {
        memset(out, 0, sizeof *out);
        return false;
    }
    close_entry(&state.eids);
    out->has_eids = out->eids.n_sources || out->eids.n_ids;
    return true;
}
