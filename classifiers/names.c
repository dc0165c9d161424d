/*
 * Names are cut into words, folded (case, accents, plural) and looked up as runs of words. Patterns go through the same
 * cutting, so whatever it does to a name it does to the pattern too; what matters is only that both fall together.
 */
#include "classifiers/names.h"

#include "base/mem.h"
#include "base/str.h"

#include <assert.h>

enum kind { KIND_GAP, KIND_LOWER, KIND_UPPER, KIND_DIGIT, KIND_OTHER };

/* U+00C0..U+017F without their marks, lower case. */
static const char *const folded[0x180 - 0xC0] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o",  "o",  "o", "o", "o",  "x", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o",  "o",  "o", "o", "o",  "x", "o", "u", "u", "u", "u", "y", "th", "y",
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s",
};

/* Letters with marks further up, as the letter without; '.': as it is. U+0180..U+024F, and U+1E00..U+1EFF (Vietnamese). */
static const char folded_b[] =
    "................................oo.............uu..............."
    ".............aaiioouuuuuuuuuu.aaaa....ggkkoooo..j...gg..nnaa...."
    "aaaaeeeeiiiioooorrrruuuusstt..hh......aaeeooooooooyy............"
    "................";
static const char folded_additional[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"
    "wwwwwwwwwwxxxxyyzzzzzzhtwy......aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

/* Greek, U+0370..U+03FF and U+1F00..U+1FFF: 'A' is alpha, 'B' beta ..., the final sigma is a sigma; '.': as it is. */
static const char folded_greek[] =
    "......................A.EGI.O.UYIABCDEFGHIJKLMNOPQ.STUVWXYIUAEGI"
    "UABCDEFGHIJKLMNOPQSSTUVWXYIUOUY................................."
    "....H...........";
static const char folded_greek_extended[] =
    "AAAAAAAAAAAAAAAAEEEEEE..EEEEEE..GGGGGGGGGGGGGGGGIIIIIIIIIIIIIIII"
    "OOOOOO..OOOOOO..UUUUUUUU.U.U.U.UYYYYYYYYYYYYYYYYAAEEGGIIOOUUYY.."
    "AAAAAAAAAAAAAAAAGGGGGGGGGGGGGGGGYYYYYYYYYYYYYYYYAAAAA.AAAAAAA.I."
    "..GGG.GGEEGGG...IIII..IIIIII....UUUUQQUUUUUUQ.....YYY.YYOOYYY...";

static bool is_upper_latin(uint32_t c)
{
    if (c < 0xDF)
        return c != 0xD7;
    if (c < 0x100)
        return false;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E))
        return c & 1;
    return !(c & 1);
}

static uint32_t decode(const char *at, size_t step)
{
    const unsigned char *b = (const unsigned char *)at;

    if (step == 2)
        return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
    if (step == 3)
        return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 |
               (b[2] & 0x3F);
    return (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3F) << 12 |
           (uint32_t)(b[2] & 0x3F) << 6 | (b[3] & 0x3F);
}

/* What a letter of one of the tables above is without its mark; 0: none of them has it. */
static uint32_t without_mark(uint32_t c)
{
    char plain = '.';

    if (c >= 0x180 && c < 0x250)
        plain = folded_b[c - 0x180];
    else if (c >= 0x1E00 && c < 0x1F00)
        plain = folded_additional[c - 0x1E00];
    if (plain != '.')
        return (unsigned char)plain;
    if (c >= 0x370 && c < 0x400)
        plain = folded_greek[c - 0x370];
    else if (c >= 0x1F00 && c < 0x2000)
        plain = folded_greek_extended[c - 0x1F00];
    return plain != '.' ? 0x3B1 + (uint32_t)(plain - 'A') : 0;
}

/* Arabic as it is also spelt: alef without hamza or madda, a final ta marbuta as ha, alef maksura as ya; 0: a vowel sign or a stretch. */
static uint32_t plain_arabic(uint32_t c)
{
    if (c == 0x622 || c == 0x623 || c == 0x625)
        return 0x627;
    if (c == 0x629)
        return 0x647;
    if (c == 0x649)
        return 0x64A;
    return c == 0x640 || (c >= 0x64B && c <= 0x652) ? 0 : c;
}

/* One character, folded into `out` (at most 4 bytes). */
static enum kind fold_wide(char out[4], size_t *n_out, const char *at, size_t step)
{
    uint32_t c = decode(at, step);

    if (c >= 0xC0 && c < 0x180) {
        const char *plain = folded[c - 0xC0];

        *n_out = strlen(plain);
        memcpy(out, plain, *n_out);
        return is_upper_latin(c) ? KIND_UPPER : KIND_LOWER;
    }
    if (c == 0x1E9E) { /* the capital sharp s */
        out[0] = out[1] = 's';
        *n_out = 2;
        return KIND_UPPER;
    }
    if (c >= 0x300 && c < 0x370) { /* a combining mark belongs to what stands before it */
        *n_out = 0;
        return KIND_OTHER;
    }
    /* spaces, punctuation and symbols of all scripts that names are seen with */
    if (c < 0xC0 || (c >= 0x2000 && c < 0x2C00) || (c >= 0x3000 && c < 0x3005) ||
        c >= 0x1F000) {
        *n_out = 0;
        return KIND_GAP;
    }
    memcpy(out, at, step);
    *n_out = step;
    if (c >= 0x600 && c < 0x700) {
        c = plain_arabic(c);
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        *n_out = c ? 2 : 0;
        return KIND_OTHER;
    }
    uint32_t plain = without_mark(c);
    if (plain && plain < 0x80) {
        out[0] = (char)plain;
        *n_out = 1;
        return c & 1 ? KIND_LOWER : KIND_UPPER;
    }
    if (plain) {
        out[0] = (char)(0xC0 | plain >> 6);
        out[1] = (char)(0x80 | (plain & 0x3F));
        *n_out = 2;
        return KIND_OTHER;
    }
    if ((c >= 0x410 && c < 0x430) || (c >= 0x400 && c < 0x410)) {
        c += c < 0x410 ? 0x50 : 0x20;
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
    }
    return KIND_OTHER;
}

static enum kind fold_at(char out[4], size_t *n_out, size_t *step, const char *at,
                         size_t n)
{
    char c = *at;

    *step = 1;
    *n_out = 1;
    out[0] = c;
    if (c >= 'a' && c <= 'z')
        return KIND_LOWER;
    if (c >= 'A' && c <= 'Z') {
        out[0] = (char)(c | 0x20);
        return KIND_UPPER;
    }
    if (c >= '0' && c <= '9')
        return KIND_DIGIT;
    *n_out = 0;
    if (!(c & 0x80))
        return KIND_GAP;
    size_t wide = tl_utf8_step(at, n);
    if (wide < 2)
        return KIND_GAP;
    *step = wide;
    return fold_wide(out, n_out, at, wide);
}

static bool ends_in(const char *word, size_t n, const char *tail)
{
    size_t k = strlen(tail);

    return n >= k && !memcmp(word + n - k, tail, k);
}

/* English plural, roughly: emails, addresses, ids, countries. What it spoils it spoils in patterns too. */
static size_t singular(char *word, size_t n)
{
    if (n == 3 && (!memcmp(word, "ids", 3) || !memcmp(word, "ips", 3)))
        return 2;
    /* "categories", "category" and "Kategorie" fall together; "movies" and "movie" too, as "movy" */
    if (n > 4 && (ends_in(word, n, "ie") || ends_in(word, n, "ies"))) {
        n -= word[n - 1] == 's' ? 2 : 1;
        word[n - 1] = 'y';
        return n;
    }
    if (n < 4 || word[n - 1] != 's' || (word[n - 2] & 0x80))
        return n;
    if (n > 5 && ends_in(word, n, "sses"))
        return n - 2;
    if (ends_in(word, n, "ss") || ends_in(word, n, "us") || ends_in(word, n, "is") ||
        ends_in(word, n, "os"))
        return n;
    return n - 1;
}

struct cutter {
    struct tl_tokens *out;
    size_t used;
    bool is_open; /* a token is being written */
    bool is_full;
};

/* The article of Arabic stands before the word without a blank. */
static size_t without_article(char *word, size_t n)
{
    static const char article[] = "\xD8\xA7\xD9\x84";
    size_t k = sizeof article - 1;

    if (n < k + 6 || memcmp(word, article, k))
        return n;
    memmove(word, word + k, n - k);
    return n - k;
}

static void close_token(struct cutter *cut)
{
    struct tl_tokens *out = cut->out;

    if (!cut->is_open)
        return;
    cut->is_open = false;
    size_t at = out->at[out->n];
    cut->used = at + without_article(out->text + at, cut->used - at);
    size_t n = singular(out->text + at, cut->used - at);
    out->length[out->n++] = (uint16_t)n;
    cut->used = at + n;
    cut->is_full = out->n == TL_TOKENS_MOST;
}

static void add_folded(struct cutter *cut, const char *bytes, size_t n)
{
    struct tl_tokens *out = cut->out;

    if (cut->used + n + 2 > sizeof out->text) {
        close_token(cut);
        cut->is_full = true;
        return;
    }
    if (!cut->is_open) {
        if (out->n)
            out->text[cut->used++] = '_';
        out->at[out->n] = (uint16_t)cut->used;
        cut->is_open = true;
    }
    memcpy(out->text + cut->used, bytes, n);
    cut->used += n;
}

/* Where a new word begins between two characters that both belong to words. */
static bool breaks(enum kind before, enum kind now, enum kind next)
{
    if (now == before)
        return now == KIND_UPPER && next == KIND_LOWER; /* the N of HTTPName */
    return !(before == KIND_UPPER && now == KIND_LOWER);
}

static size_t cut_tokens(struct tl_tokens *out, const char *name, size_t n, bool is_path)
{
    struct cutter cut = { .out = out };
    enum kind before = KIND_GAP;
    size_t i = 0;

    out->n = out->segment = 0;
    while (i < n && !cut.is_full) {
        char bytes[4];
        char ignored[4];
        size_t n_bytes;
        size_t step;
        size_t n_ignored;
        size_t next_step;
        enum kind now = fold_at(bytes, &n_bytes, &step, name + i, n - i);

        if (now == KIND_GAP) {
            close_token(&cut);
            /* the 2 of a repeated header, name#2, is no level */
            if (is_path && name[i] == '.' && i + 1 < n)
                out->segment = out->n;
        } else if (n_bytes) {
            enum kind next = i + step < n ? fold_at(ignored, &n_ignored, &next_step,
                                                    name + i + step, n - i - step)
                                          : KIND_GAP;
            if (cut.is_open && breaks(before, now, next))
                close_token(&cut);
            if (!cut.is_full)
                add_folded(&cut, bytes, n_bytes);
        }
        if (n_bytes || now == KIND_GAP)
            before = now;
        i += step;
    }
    close_token(&cut);
    out->text[cut.used] = '\0';
    if (out->segment >= out->n)
        out->segment = 0;
    return i;
}

void tl_tokens_of(struct tl_tokens *out, const char *name, size_t n)
{
    if (n > TL_NAME_BYTES) {
        name += n - TL_NAME_BYTES;
        n = TL_NAME_BYTES;
    }
    cut_tokens(out, name, n, true);
}

size_t tl_tokens_of_text(struct tl_tokens *out, const char *text, size_t n)
{
    return cut_tokens(out, text, n, false);
}

size_t tl_fold_text(char *out, size_t room, const char *text, size_t n)
{
    size_t used = 0;
    size_t whole = 0; /* end of the last word that is complete */
    bool is_word = false;

    for (size_t i = 0; i < n;) {
        char bytes[4];
        size_t n_bytes;
        size_t step;

        if (fold_at(bytes, &n_bytes, &step, text + i, n - i) == KIND_GAP) {
            whole = used;
            is_word = false;
        } else if (n_bytes) {
            bool is_new = !is_word && used;

            if (used + n_bytes + is_new > room)
                return whole;
            if (is_new)
                out[used++] = ' ';
            memcpy(out + used, bytes, n_bytes);
            used += n_bytes;
            is_word = true;
        }
        i += step;
    }
    return used;
}

static const char *run_of(const struct tl_tokens *tokens, size_t first, size_t end,
                          size_t *n)
{
    *n = (size_t)tokens->at[end - 1] + tokens->length[end - 1] - tokens->at[first];
    return tokens->text + tokens->at[first];
}

/* ---- the index ---- */

void tl_names_init(struct tl_names *names, struct tl_arena *arena)
{
    memset(names, 0, sizeof *names);
    names->arena = arena;
    tl_vec_push(&names->entries, ((struct tl_name_entry){ 0 })); /* entry 0 is "none" */
}

void tl_names_release(struct tl_names *names)
{
    tl_map_release(&names->patterns);
    tl_map_release(&names->words);
    tl_vec_release(&names->entries);
    tl_vec_release(&names->flags);
}

void tl_names_reserve(struct tl_names *names, size_t n)
{
    tl_map_reserve(&names->patterns, names->patterns.n + n + n / 2); /* glued ones too */
    tl_map_reserve(&names->words, names->words.n + n / 2);
}

static uint32_t flag_word(struct tl_names *names, const char *word, size_t n,
                          unsigned flags)
{
    uint32_t id;

    if (!tl_map_get(&names->words, word, n, &id)) {
        id = (uint32_t)names->flags.n;
        tl_vec_push(&names->flags, 0);
        tl_map_put(&names->words, tl_arena_dup(names->arena, word, n), n, id);
    }
    names->flags.items[id] |= (uint8_t)flags;
    return id;
}

uint32_t tl_names_word(struct tl_names *names, const char *word, unsigned flags)
{
    struct tl_tokens tokens;

    tl_tokens_of_text(&tokens, word, strlen(word));
    if (tokens.n != 1)
        return UINT32_MAX;
    return flag_word(names, tokens.text, tokens.length[0], flags);
}

static void add_entry(struct tl_names *names, const char *text, size_t n, uint16_t rule,
                      enum tl_name_kind kind)
{
    uint32_t head = 0;
    uint32_t new = (uint32_t)names->entries.n;

    tl_map_get(&names->patterns, text, n, &head);
    for (uint32_t i = head; i; i = names->entries.items[i].next) {
        if (names->entries.items[i].rule == rule)
            return; /* e_mail and email may fall together */
    }
    tl_vec_push(&names->entries, ((struct tl_name_entry){ rule, (uint8_t)kind, head }));
    tl_map_put(&names->patterns, tl_arena_dup(names->arena, text, n), n, new);
}

bool tl_names_add(struct tl_names *names, const char *pattern, uint16_t rule,
                  enum tl_name_kind kind)
{
    struct tl_tokens tokens;
    char glued[sizeof tokens.text];
    size_t n_glued = 0;
    size_t n;

    size_t n_pattern = strlen(pattern);
    if (*pattern == '@')
        kind = TL_NAMES_AFTER;
    else if (n_pattern && pattern[n_pattern - 1] == '@')
        kind = TL_NAMES_BEFORE;
    tl_tokens_of_text(&tokens, pattern, strlen(pattern));
    if (!tokens.n || tokens.n > 8)
        return false;
    for (size_t i = 0; i < tokens.n; i++) {
        flag_word(names, tokens.text + tokens.at[i], tokens.length[i],
                  TL_WORD_OF_PATTERN);
        memcpy(glued + n_glued, tokens.text + tokens.at[i], tokens.length[i]);
        n_glued += tokens.length[i];
    }
    const char *text = run_of(&tokens, 0, tokens.n, &n);
    add_entry(names, text, n, rule, kind);
    /* first_name is also written firstname; but two short words glued are some other word */
    if (tokens.n > 1 && n_glued >= 5 && kind < TL_NAMES_AFTER &&
        (glued[n_glued - 1] < '0' || glued[n_glued - 1] > '9')) {
        n_glued = singular(glued, n_glued);
        flag_word(names, glued, n_glued, TL_WORD_OF_PATTERN);
        add_entry(names, glued, n_glued, rule, kind);
    }
    return true;
}

void tl_names_words(struct tl_words *out, const struct tl_names *names,
                    const struct tl_tokens *tokens)
{
    out->on = NULL;
    for (size_t i = 0; i < tokens->n; i++) {
        uint32_t id;

        out->ids[i] = UINT32_MAX;
        out->flags[i] = 0;
        if (tl_map_get(&names->words, tokens->text + tokens->at[i], tokens->length[i],
                       &id)) {
            out->ids[i] = id;
            out->flags[i] = names->flags.items[id];
        }
    }
}

/*
 * Chinese, Japanese and Korean compounds end in what they are: of "收货人手机号" the longest end that is a name is "手机号". All signs of
 * these scripts take three bytes. 0: no end of two signs or more is one.
 */
static size_t head_of_wide(const struct tl_names *names, const char *word, size_t n)
{
    uint32_t id;

    if ((unsigned char)*word < 0xE3 || n % 3)
        return 0;
    for (size_t left = 3; left + 6 <= n; left += 3) {
        if (tl_map_get(&names->words, word + left, n - left, &id) &&
            (names->flags.items[id] & TL_WORD_OF_PATTERN))
            return left;
    }
    return 0;
}

#define HEAD_LEAST 6 /* letters; shorter ends are accidents: velo-city, us-age */

/* Compounds end in what they are (Privatadresse, contractaddress): the longest end that is a name, before three letters or more. */
static size_t head_of_compound(const struct tl_names *names, const char *word, size_t n)
{
    uint32_t id;

    for (size_t left = 3; left + HEAD_LEAST <= n; left++) {
        if (!(word[left] & 0x80) &&
            tl_map_get(&names->words, word + left, n - left, &id) &&
            (names->flags.items[id] & TL_WORD_OF_PATTERN))
            return left;
    }
    return 0;
}

/* Where a glued word splits into two known ones of three letters or more, or one and "id"; 0: nowhere. */
static size_t split_of(const struct tl_names *names, const char *word, size_t n)
{
    uint32_t id;

    for (size_t left = 3; left + 2 <= n; left++) {
        uint32_t other;

        if (n - left == 2 && memcmp(word + left, "id", 2) && memcmp(word + left, "nr", 2))
            break;
        if (tl_map_get(&names->words, word, left, &id) &&
            (names->flags.items[id] & (TL_WORD_OF_PATTERN | TL_WORD_PEOPLE)) &&
            tl_map_get(&names->words, word + left, n - left, &other) &&
            (names->flags.items[other] & TL_WORD_OF_PATTERN))
            return left;
    }
    return 0;
}

void tl_names_unglue(struct tl_tokens *tokens, const struct tl_names *names)
{
    for (size_t i = 0; i < tokens->n && tokens->n < TL_TOKENS_MOST; i++) {
        const char *word = tokens->text + tokens->at[i];
        size_t n = tokens->length[i];
        uint32_t id;

        if (n < 6 || n > 24 || tl_map_get(&names->words, word, n, &id))
            continue;
        size_t left = split_of(names, word, n);
        if (!left)
            left = head_of_wide(names, word, n);
        if (!left)
            left = head_of_compound(names, word, n);
        size_t used = (size_t)tokens->at[tokens->n - 1] + tokens->length[tokens->n - 1];
        if (!left || used + 2 > sizeof tokens->text)
            continue;
        size_t at = tokens->at[i] + left;
        memmove(tokens->text + at + 1, tokens->text + at, used + 1 - at);
        tokens->text[at] = '_';
        for (size_t k = tokens->n; k > i + 1; k--) {
            tokens->at[k] = (uint16_t)(tokens->at[k - 1] + 1);
            tokens->length[k] = tokens->length[k - 1];
        }
        tokens->length[i] = (uint16_t)left;
        tokens->at[i + 1] = (uint16_t)(at + 1);
        tokens->length[i + 1] = (uint16_t)(n - left);
        tokens->n++;
        if (tokens->segment > i)
            tokens->segment++;
        i++;
    }
}

/* ---- matching ---- */

static bool is_number(const struct tl_tokens *tokens, size_t i)
{
    const char *word = tokens->text + tokens->at[i];

    return tokens->length[i] <= 2 && word[0] >= '0' && word[0] <= '9';
}

static bool is_on(const struct tl_words *words, uint16_t rule)
{
    return !words->on || (words->on[rule >> 6] >> (rule & 63) & 1);
}

static bool is_denied(const struct tl_tokens *tokens, const struct tl_words *words,
                      size_t first, size_t end)
{
    for (size_t i = tokens->segment; i < tokens->n; i++) {
        if ((i < first || i >= end) && (words->flags[i] & TL_WORD_DENIES))
            return true;
    }
    return false;
}

/* Keeps the better of two hits of one rule: one that is no weak word, the stronger, then the longer. */
static void keep_hit(struct tl_name_hit *hits, size_t *n, size_t most,
                     struct tl_name_hit hit)
{
    for (size_t i = 0; i < *n; i++) {
        struct tl_name_hit *old = &hits[i];

        if (old->rule != hit.rule)
            continue;
        bool is_better = hit.strength != old->strength
                             ? hit.strength > old->strength
                             : hit.end - hit.first > old->end - old->first;
        if (hit.is_weak != old->is_weak)
            is_better = old->is_weak;
        if (is_better)
            *old = hit;
        return;
    }
    if (*n < most)
        hits[(*n)++] = hit;
}

#define RUNS_MOST (TL_TOKENS_MOST * 4)

/* Where a pattern stands in the name. */
struct run {
    uint8_t first, end;
    bool is_weak; /* for all types that know it */
};

/*
 * "address" in "email_address" says nothing of streets. Words that are weak themselves cover only such: "patient_id" is some
 * country's number of patients at best, and an id in any case.
 */
static size_t drop_covered(struct tl_name_hit *hits, size_t n, const struct run *runs,
                           size_t n_runs)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_covered = false;

        for (size_t k = 0; k < n_runs && !is_covered; k++)
            is_covered = runs[k].first <= hits[i].first && runs[k].end >= hits[i].end &&
                         runs[k].end - runs[k].first > hits[i].end - hits[i].first &&
                         (!runs[k].is_weak || hits[i].is_weak);
        if (!is_covered)
            hits[kept++] = hits[i];
    }
    return kept;
}

static struct tl_name_hit hit_of(const struct tl_tokens *tokens,
                                 const struct tl_words *words, size_t head, size_t first,
                                 size_t end)
{
    struct tl_name_hit hit = { .first = (uint8_t)first, .end = (uint8_t)end };

    hit.strength = end < head                 ? TL_NAME_CONTAINS
                   : first <= tokens->segment ? TL_NAME_IS
                                              : TL_NAME_ENDS;
    hit.is_denied = is_denied(tokens, words, first, end);
    return hit;
}

/* Takes in the word for people that must stand beside. */
static bool reach_people(const struct tl_tokens *tokens, const struct tl_words *words,
                         int kind, size_t *first, size_t *end)
{
    if (kind == TL_NAMES_AFTER) {
        if (*first <= tokens->segment || !(words->flags[*first - 1] & TL_WORD_PEOPLE))
            return false;
        (*first)--;
        return true;
    }
    if (*end >= tokens->n || !(words->flags[*end] & TL_WORD_PEOPLE))
        return false;
    (*end)++;
    return true;
}

size_t tl_names_match(struct tl_name_hit *out, size_t most, const struct tl_names *names,
                      const struct tl_tokens *tokens, const struct tl_words *words)
{
    struct run runs[RUNS_MOST];
    size_t n_runs = 0;
    size_t n_hits = 0;
    size_t head = tokens->n; /* end of the words that count */

    while (head > tokens->segment + 1u &&
           (is_number(tokens, head - 1) || (words->flags[head - 1] & TL_WORD_TAIL)))
        head--;
    for (size_t first = 0; first < tokens->n; first++) {
        for (size_t end = first + 1; end <= tokens->n; end++) {
            size_t n;
            uint32_t entry;

            if (!(words->flags[end - 1] & TL_WORD_OF_PATTERN))
                break;
            if (end <= tokens->segment)
                continue; /* only of the levels above */
            const char *text = run_of(tokens, first, end, &n);
            if (!tl_map_get(&names->patterns, text, n, &entry))
                continue;
            while (entry && !is_on(words, names->entries.items[entry].rule))
                entry = names->entries.items[entry].next;
            if (!entry)
                continue; /* all of them are off: it covers nothing either */
            if (n_runs < RUNS_MOST)
                runs[n_runs++] = (struct run){ (uint8_t)first, (uint8_t)end, true };
            struct run *run = &runs[n_runs - 1];
            struct tl_name_hit hit = hit_of(tokens, words, head, first, end);
            for (; entry; entry = names->entries.items[entry].next) {
                const struct tl_name_entry *found = &names->entries.items[entry];
                struct tl_name_hit its = hit;

                if (!is_on(words, found->rule))
                    continue;
                if (found->kind >= TL_NAMES_AFTER) {
                    size_t from = first;
                    size_t to = end;

                    if (!reach_people(tokens, words, found->kind, &from, &to))
                        continue;
                    its = hit_of(tokens, words, head, from, to);
                    if (n_runs < RUNS_MOST)
                        runs[n_runs++] =
                            (struct run){ (uint8_t)from, (uint8_t)to, false };
                }
                its.rule = found->rule;
                its.is_weak =
                    found->kind == TL_NAMES_WEAK || found->kind == TL_NAMES_KNOWN;
                its.needs_known = found->kind == TL_NAMES_KNOWN;
                run->is_weak &= its.is_weak;
                if (found->kind == TL_NAMES_LEAD && first == tokens->segment &&
                    hit.strength == TL_NAME_CONTAINS)
                    its.strength = TL_NAME_ENDS;
                keep_hit(out, &n_hits, most, its);
            }
        }
    }
    return drop_covered(out, n_hits, runs, n_runs);
}
