/*
 * One pass over the types of an engine, each check a function of its own that adds findings. Places come from reading the packs' texts once
 * more: compiled rules know none.
 */
#include "classifiers/lint_inner.h"
#include "classifiers/pattern.h"

#include "base/ctx.h"
#include "base/yaml.h"

#include <stdarg.h>
#include <stdlib.h>

struct lint {
    struct tl_findings *out;
    const struct tl_engine *engine;
    const struct tl_pack *pack; /* whose types are looked at */
    struct tl_yaml yaml;
    const struct tl_rule *rule;
    const struct tl_info_type *type;
    const json_t *object; /* the type, as written */
    struct tl_rx_scratch *rx;
    bool is_one_pack; /* the others' types are not looked at */
};

const char *tl_gravity_word(int gravity)
{
    static const char *const words[] = { "note", "warning", "error" };

    return words[gravity];
}

/* ---- findings ---- */

static struct tl_mark mark_of(const struct lint *lint, const char *key)
{
    struct tl_mark mark = tl_yaml_at(&lint->yaml, lint->object, key);

    return mark.line ? mark : tl_yaml_at(&lint->yaml, lint->object, "info_type");
}

static struct tl_mark item_mark(const struct lint *lint, const json_t *object,
                                const char *key, size_t i)
{
    const json_t *value = json_object_get(object, key);
    struct tl_mark mark = json_is_array(value) ? tl_yaml_item_at(&lint->yaml, value, i)
                                               : tl_yaml_at(&lint->yaml, object, key);

    return mark.line ? mark : mark_of(lint, "info_type");
}

static void add(struct lint *lint, int gravity, const char *check, struct tl_mark at,
                const char *hint, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

static void add(struct lint *lint, int gravity, const char *check, struct tl_mark at,
                const char *hint, const char *format, ...)
{
    struct tl_arena *arena = lint->out->arena;
    struct tl_finding finding = { .gravity = (uint8_t)gravity,
                                  .check = check,
                                  .path = tl_arena_strdup(arena, lint->pack->path),
                                  .line = at.line,
                                  .column = at.column,
                                  .info_type = tl_arena_strdup(arena, lint->type->name),
                                  .pack = tl_arena_strdup(arena, lint->pack->name),
                                  .hint = hint };
    char *words = NULL;
    va_list args;

    va_start(args, format);
    int n = vasprintf(&words, format, args);
    va_end(args);
    finding.text = tl_arena_strdup(arena, n < 0 ? format : words);
    free(words);
    tl_vec_push(&lint->out->items, finding);
}

/* ---- patterns ---- */

/* What reaches a limit on a longer string than this does so on made-up ones only: that value is then unknown, and no more is lost. */
#define EASY_BYTES 1024

/* Where a pattern stands unquoted on one line, its byte is the column's. */
static struct tl_mark inside(const struct lint *lint, const char *key, size_t at)
{
    struct tl_mark mark = mark_of(lint, key);

    mark.column += mark.line ? (unsigned)at + 1 : 0;
    return mark;
}

static void check_pattern(struct lint *lint, const char *key, const char *pattern,
                          bool is_find)
{
    struct tl_backtrack found;

    if (!pattern)
        return;
    tl_backtrack_look(&found, pattern, is_find);
    if (found.bytes)
        add(lint, found.bytes <= EASY_BYTES ? TL_GRAVE_ERROR : TL_GRAVE_WARNING,
            "backtracking", inside(lint, key, found.at),
            "let what follows a repeat begin with something that the repeat cannot take, "
            "or make it possessive: *+",
            "'%s' of '%s' reaches the limit of a match on %zu bytes: %s", key,
            lint->type->name, found.bytes, found.why);
    else if (found.why)
        add(lint, TL_GRAVE_WARNING, "backtracking", inside(lint, key, found.at),
            "let what follows a repeat begin with something that the repeat cannot take, "
            "or make it possessive: *+",
            "'%s' of '%s' may backtrack badly: %s", key, lint->type->name, found.why);
    else if (!found.is_understood)
        add(lint, TL_GRAVE_NOTE, "backtracking", mark_of(lint, key),
            "it is held to the limits of a match when it runs",
            "'%s' of '%s' is not understood by the lint", key, lint->type->name);
}

static bool is_edge(const struct tl_pattern_node *node, bool is_last)
{
    while (node->kind == TL_PATTERN_SEQUENCE && node->child) {
        const struct tl_pattern_node *c = node->child;

        while (is_last && c->next)
            c = c->next;
        node = c;
    }
    if (node->kind == TL_PATTERN_CHOICE) {
        for (const struct tl_pattern_node *c = node->child; c; c = c->next) {
            if (!is_edge(c, is_last))
                return false;
        }
        return true;
    }
    return node->kind == TL_PATTERN_EMPTY && node->is_edge;
}

/* A find that may begin or end inside a longer word finds what is not there. */
static void check_search(struct lint *lint)
{
    struct tl_arena *arena = tl_arena_open();
    struct tl_pattern tree;

    if (lint->type->search && tl_pattern_parse(&tree, lint->type->search, arena)) {
        bool has_begin = is_edge(tree.root, false);
        bool has_end = is_edge(tree.root, true);

        if (!has_begin && !has_end)
            add(lint, TL_GRAVE_WARNING, "open-search", mark_of(lint, "search"),
                "put (?<!\\w) before it and (?!\\w) behind it",
                "'search' of '%s' finds inside longer words too", lint->type->name);
        if (tl_pattern_may_be_empty(tree.root))
            add(lint, TL_GRAVE_ERROR, "open-search", mark_of(lint, "search"),
                "let it take at least one character",
                "'search' of '%s' finds nothing at all, everywhere", lint->type->name);
    }
    tl_arena_close(arena);
}

/* ---- evidence ---- */

static bool has_names(const struct tl_info_type *type)
{
    return type->names.n || type->weak_names.n || type->lead_names.n ||
           type->known_names.n;
}

/* What tags only become on their way needs no evidence of its own. */
static bool is_carried_to(const struct lint *lint)
{
    const struct tl_carry_rule *rules;
    size_t n = tl_engine_carry_rules(&rules, lint->engine);

    for (size_t i = 0; i < n; i++) {
        if (rules[i].to && !strcmp(rules[i].to, lint->type->name))
            return true;
    }
    return false;
}

static void check_evidence(struct lint *lint)
{
    const struct tl_info_type *type = lint->type;

    if (!has_names(type) && !type->value && is_carried_to(lint))
        return;
    if (!has_names(type) && !type->value && !lint->rule->search)
        add(lint, TL_GRAVE_ERROR, "no-evidence", mark_of(lint, "info_type"),
            "give it 'names', or a 'value'",
            "'%s' can never be found: it has neither names nor values", type->name);
    else if (!has_names(type) && type->needs_name)
        add(lint, TL_GRAVE_ERROR, "no-evidence", mark_of(lint, "info_type"),
            "give it 'names', or a 'prior' below 1 so that values can prove it",
            "'%s' can never be found: its values need a name, and it has none",
            type->name);
    if (type->value && !type->match.n)
        add(lint, TL_GRAVE_WARNING, "no-example", mark_of(lint, "info_type"),
            "examples: {match: [...], no_match: [...]}",
            "'%s' has no example that it takes", type->name);
    if (type->value && !type->no_match.n)
        add(lint, TL_GRAVE_WARNING, "no-example", mark_of(lint, "info_type"),
            "examples: {match: [...], no_match: [...]}",
            "'%s' has no example that it refuses", type->name);
}

static bool related(const struct tl_engine *engine, const struct tl_rule *a,
                    const struct tl_rule *b)
{
    return (a->family && a->family == b->family) ||
           (a->specialises >= 0 && &engine->rules[a->specialises] == b) ||
           (b->specialises >= 0 && &engine->rules[b->specialises] == a);
}

/* Values of one type that another proves by values alone: who wins is left to chance. */
static void check_overlap(struct lint *lint)
{
    const struct tl_engine *engine = lint->engine;
    const json_t *examples = json_object_get(lint->object, "examples");

    if (lint->rule->needs_name)
        return;
    for (uint32_t k = 0; k < engine->n_types; k++) {
        const struct tl_rule *other = &engine->rules[k];

        if (other == lint->rule || other->needs_name ||
            related(engine, lint->rule, other))
            continue;
        for (size_t i = 0; i < lint->type->match.n; i++) {
            const char *text = lint->type->match.items[i];
            struct tl_shape shape;

            tl_shape_of(&shape, text, strlen(text), false);
            if (!tl_rule_takes(lint->rule, text, &shape, false, lint->rx) ||
                !tl_rule_takes(other, text, &shape, false, lint->rx))
                continue;
            add(lint, TL_GRAVE_WARNING, "overlap", item_mark(lint, examples, "match", i),
                "give both one 'family', let one 'specialises' the other, or let it need "
                "a name",
                "this example of '%s' is one of '%s' as well", lint->type->name,
                other->type->name);
            break;
        }
    }
}

/* ---- names ---- */

static const char *const name_keys[] = { "names", "weak_names", "lead_names",
                                         "known_names" };

static const struct tl_list *names_of(const struct tl_info_type *type, size_t k)
{
    const struct tl_list *lists[] = { &type->names, &type->weak_names, &type->lead_names,
                                      &type->known_names };

    return lists[k];
}

static const char *denying_word(const struct tl_info_type *type, const char *name)
{
    struct tl_tokens tokens;
    struct tl_tokens word;

    tl_tokens_of_text(&tokens, name, strlen(name));
    for (size_t i = 0; i < type->not_names.n; i++) {
        tl_tokens_of_text(&word, type->not_names.items[i],
                          strlen(type->not_names.items[i]));
        for (size_t t = 0; t < tokens.n && word.n == 1; t++) {
            if (tokens.length[t] == word.length[0] &&
                !memcmp(tokens.text + tokens.at[t], word.text, word.length[0]))
                return type->not_names.items[i];
        }
    }
    return NULL;
}

static bool same_name(const char *a, const char *b)
{
    struct tl_tokens x;
    struct tl_tokens y;

    tl_tokens_of_text(&x, a, strlen(a));
    tl_tokens_of_text(&y, b, strlen(b));
    return x.n && x.n == y.n && !strcmp(x.text, y.text);
}

static bool takes_any(const struct lint *lint, const struct tl_rule *rule,
                      const struct tl_list *examples)
{
    for (size_t i = 0; i < examples->n; i++) {
        struct tl_shape shape;

        tl_shape_of(&shape, examples->items[i], strlen(examples->items[i]), false);
        if (tl_rule_takes(rule, examples->items[i], &shape, true, lint->rx) ||
            tl_rule_takes_named(rule, examples->items[i], &shape, lint->rx))
            return true;
    }
    return !examples->n;
}

/* Whether values settle what the name leaves open. */
static bool are_told_apart(const struct lint *lint, const struct tl_rule *a,
                           const struct tl_rule *b)
{
    return a->type->value && b->type->value && !takes_any(lint, a, &b->type->match) &&
           !takes_any(lint, b, &a->type->match);
}

/* Two types that a name speaks for alike, and that neither a family nor values settle. Said once: of the first of them. */
static void check_shared_name(struct lint *lint, const char *name, struct tl_mark at)
{
    const struct tl_engine *engine = lint->engine;
    struct tl_tokens tokens;
    struct tl_words words;
    struct tl_name_hit hits[TL_HITS_MOST];

    tl_tokens_of_text(&tokens, name, strlen(name));
    tl_names_words(&words, &engine->names, &tokens);
    size_t n = tl_names_match(hits, TL_HITS_MOST, &engine->names, &tokens, &words);
    for (size_t i = 0; i < n; i++) {
        const struct tl_rule *other = &engine->rules[hits[i].rule];
        bool is_same = false;

        bool was_said = other < lint->rule &&
                        (!lint->is_one_pack || other->type->pack == lint->type->pack);
        if (other == lint->rule || hits[i].is_weak || was_said ||
            related(engine, lint->rule, other) || are_told_apart(lint, lint->rule, other))
            continue;
        for (size_t k = 0; k < other->type->names.n && !is_same; k++)
            is_same = same_name(name, other->type->names.items[k]);
        if (is_same)
            add(lint, TL_GRAVE_WARNING, "shared-name", at,
                "keep it with one of them, make it a weak name, or give both one "
                "'family'",
                "the name '%s' speaks for '%s' and for '%s'", name, lint->type->name,
                other->type->name);
    }
}

static void check_names(struct lint *lint)
{
    for (size_t k = 0; k < 4; k++) {
        const struct tl_list *list = names_of(lint->type, k);

        for (size_t i = 0; i < list->n; i++) {
            struct tl_mark at = item_mark(lint, lint->object, name_keys[k], i);
            const char *word = denying_word(lint->type, list->items[i]);

            if (word)
                add(lint, TL_GRAVE_NOTE, "own-word", at,
                    "it counts for longer names that this one is not a part of",
                    "'%s' speaks for '%s' although its 'not_names' hold '%s'",
                    list->items[i], lint->type->name, word);
            for (size_t j = 0; j < i; j++) {
                if (same_name(list->items[i], list->items[j]) &&
                    !strcmp(list->items[i], list->items[j]))
                    add(lint, TL_GRAVE_NOTE, "repeated-name", at, "leave one of them out",
                        "'%s' has the name '%s' twice", lint->type->name, list->items[i]);
            }
            if (k == 0)
                check_shared_name(lint, list->items[i], at);
        }
    }
}

/* ---- chance ---- */

static void check_prior(struct lint *lint)
{
    struct tl_chance chance;
    double prior = lint->rule->prior;

    if (!lint->rule->value || prior >= 1)
        return;
    tl_chance_of_rule(&chance, lint->rule, lint->rx);
    if (chance.n && chance.least >= TL_CHANCE_LEAST && prior < chance.least / 10)
        add(lint, TL_GRAVE_WARNING, "prior", mark_of(lint, "prior"),
            "the share of random values of that shape that pass; a low one lets noise "
            "prove the type",
            "'prior' of '%s' is %g, but %.2g of %u random values passed",
            lint->type->name, prior, chance.least, chance.n);
    else if (chance.n && chance.most >= TL_CHANCE_LEAST && prior > chance.most * 10)
        add(lint, TL_GRAVE_NOTE, "prior", mark_of(lint, "prior"),
            "the share of random values of that shape that pass; a high one asks more of "
            "real values than it must",
            "'prior' of '%s' is %g, but only %.2g of %u random values passed",
            lint->type->name, prior, chance.most, chance.n);
}

/* A check that all examples pass and few random values do is most likely theirs. */
static void check_validator(struct lint *lint)
{
    const char *names[TL_VALIDATORS_MOST];
    size_t n = tl_validator_names(names);

    if (lint->type->validator || !lint->rule->value || lint->type->match.n < 2)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct tl_validator *validator = tl_validator_find(names[i]);
        struct tl_chance chance;
        bool holds = true;

        for (size_t k = 0; k < lint->type->match.n && holds; k++)
            holds = validator->holds(lint->type->match.items[k],
                                     strlen(lint->type->match.items[k]), false);
        if (!holds)
            continue;
        tl_chance_of_validator(&chance, validator, &lint->type->match);
        if (chance.n && chance.most <= 0.2)
            add(lint, TL_GRAVE_NOTE, "validator", mark_of(lint, "value"),
                "a check that random values rarely pass lets values prove the type",
                "the examples of '%s' all pass the validator '%s', which takes %.2g of "
                "random values",
                lint->type->name, names[i], chance.most);
    }
}

/* ---- all of it ---- */

static const json_t *find_object(const struct lint *lint, const char *info_type)
{
    const json_t *types = json_object_get(lint->yaml.root, "types");

    for (size_t i = 0; i < json_array_size(types); i++) {
        const json_t *object = json_array_get(types, i);
        const char *name = json_string_value(json_object_get(object, "info_type"));

        if (name && !strcmp(name, info_type))
            return object;
    }
    return NULL;
}

static void check_type(struct lint *lint)
{
    check_evidence(lint);
    check_pattern(lint, "value",
                  lint->type->value == lint->type->named_value ? NULL : lint->type->value,
                  false);
    check_pattern(lint, "named_value", lint->type->named_value, false);
    check_pattern(lint, "search", lint->type->search, true);
    check_search(lint);
    check_names(lint);
    check_overlap(lint);
    check_prior(lint);
    check_validator(lint);
}

static int by_place(const void *a, const void *b)
{
    const struct tl_finding *x = a;
    const struct tl_finding *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    int order = strcmp(x->check, y->check);
    return order ? order : strcmp(x->text, y->text);
}

static int lint_pack(struct lint *lint, struct tl_ctx *ctx)
{
    const struct tl_engine *engine = lint->engine;
    size_t first = lint->out->items.n;

    int rc = tl_yaml_parse(&lint->yaml, lint->pack->text, lint->pack->n, lint->pack->path,
                           ctx);
    for (uint32_t i = 0; i < engine->n_types && !rc; i++) {
        lint->rule = &engine->rules[i];
        lint->type = &engine->types[i];
        if (lint->type->pack != lint->pack->name)
            continue;
        lint->object = find_object(lint, lint->type->name);
        check_type(lint);
        rc = tl_ctx_check(ctx);
    }
    if (lint->out->items.n > first)
        qsort(lint->out->items.items + first, lint->out->items.n - first,
              sizeof *lint->out->items.items, by_place);
    tl_yaml_release(&lint->yaml);
    return rc;
}

int tl_lint(struct tl_findings *out, const struct tl_engine *engine, const char *pack,
            struct tl_ctx *ctx)
{
    struct lint lint = { .out = out,
                         .engine = engine,
                         .rx = tl_rx_scratch_open(),
                         .is_one_pack = pack != NULL };
    int rc = TL_OK;

    *out = (struct tl_findings){ .arena = tl_arena_open() };
    for (size_t i = 0; i < engine->n_packs && !rc; i++) {
        lint.pack = &engine->packs[i];
        if (!pack || !strcmp(pack, lint.pack->name))
            rc = lint_pack(&lint, ctx);
    }
    tl_rx_scratch_close(lint.rx);
    return rc;
}

void tl_findings_release(struct tl_findings *findings)
{
    tl_vec_release(&findings->items);
    if (findings->arena)
        tl_arena_close(findings->arena);
    findings->arena = NULL;
}
