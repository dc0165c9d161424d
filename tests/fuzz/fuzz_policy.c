/*
 * Any bytes as a policy file: compiled or refused with a place; what was compiled can be asked of its own examples, twice with the same
 * answers, and what is said of them holds together.
 */
#include "base/ctx.h"
#include "policies/rule.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void try_twice(const struct tl_policies *policies, struct tl_ctx *ctx)
{
    const struct tl_policy_carrying carrying = { .floor = 1 };
    struct tl_policy_trials first;
    struct tl_policy_trials second;

    must(tl_policies_try(&first, policies, &carrying, ctx) == 0);
    must(tl_policies_try(&second, policies, &carrying, ctx) == 0);
    must(first.items.n == second.items.n && first.n_failed == second.n_failed);
    for (size_t i = 0; i < first.items.n; i++) {
        must(first.items.items[i].holds == !first.items.items[i].why);
        must(is_same(first.items.items[i].why, second.items.items[i].why));
    }
    tl_policy_trials_release(&first);
    tl_policy_trials_release(&second);
}

static void check_rules(const struct tl_policies *policies)
{
    const struct tl_policy_pack *packs;
    const struct tl_policy_rule *rules;
    size_t n = tl_policies_rules(&rules, policies);

    must(tl_policies_packs(&packs, policies) == 1);
    for (size_t i = 0; i < n; i++) {
        must(i == 0 || strcmp(rules[i - 1].name, rules[i].name) < 0);
        must(rules[i].text >= packs[0].text &&
             rules[i].text + rules[i].n_text <= packs[0].text + packs[0].n);
        must(rules[i].summary && rules[i].severity);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct tl_run run = { 0 };
    struct tl_ctx ctx;
    struct tl_policies *policies;
    const struct tl_policy_text text = { "fuzz.yaml", (const char *)bytes, n };

    tl_clock_init_fixed(&run.clock, 0);
    tl_ctx_init(&ctx, &run);
    if (tl_policies_compile(&policies, &text, 1, NULL, &ctx) == 0) {
        check_rules(policies);
        try_twice(policies, &ctx);
    } else {
        must(!policies && ctx.error.code && ctx.error.text[0]);
    }
    tl_policies_close(policies);
    tl_ctx_release(&ctx);
    return 0;
}
