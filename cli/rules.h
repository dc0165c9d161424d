/*
 * `tagline rules`: what its verbs share. One file a group of verbs: rules_list.c (list, carry, keys), rules_show.c, rules_lint.c (lint, test),
 * rules_new.c (new, import); cmd_rules.c reads the words.
 */
#ifndef TL_CLI_RULES_H
#define TL_CLI_RULES_H

#include "cli/cmd.h"
#include "cli/config.h"

struct tl_rules_options {
    struct tl_common common;
    /* list: only what these name; NULL: all */
    const char *pack, *category, *locale, *validator;
    int sensitivity; /* 0: any, else 1 + enum tl_sensitivity */
    int format;      /* import: enum tl_pack_format */
    bool verbose;
};

/* The engine with the packs in force, and what is on in each source of the configuration. */
struct tl_rules {
    const struct tl_rules_options *options;
    struct tl_config config;
    struct tl_engine *engine;
    struct tl_profile *everywhere; /* what is on where a source says nothing */
    struct tl_profile **profiles;  /* one a source of the configuration */
    struct tl_call *call;
};

int tl_rules_list(struct tl_rules *rules, struct tl_ctx *ctx);
int tl_rules_carry(struct tl_rules *rules, struct tl_ctx *ctx);
int tl_rules_keys(struct tl_rules *rules, struct tl_ctx *ctx);
int tl_rules_show(struct tl_rules *rules, const char *name, struct tl_ctx *ctx);
/* Of the packs in `files`, or of all. */
int tl_rules_lint(struct tl_rules *rules, const char *const *packs, size_t n,
                  struct tl_ctx *ctx);
int tl_rules_test(struct tl_rules *rules, const char *const *packs, size_t n,
                  struct tl_ctx *ctx);
/* Need no engine. */
int tl_rules_new(const char *name, struct tl_ctx *ctx);
int tl_rules_import(const char *path, int format, struct tl_call *call,
                    struct tl_ctx *ctx);

/* One type as a line of `rules list --json`: a contract. */
void tl_rules_type_json(const struct tl_rules *rules, const struct tl_info_type *type,
                        struct tl_ctx *ctx);

/* The sources whose profile has the type (`has`) or has it not: "shop, ads"; "" for none. From the arena. */
const char *tl_rules_sources(const struct tl_rules *rules, const char *info_type,
                             bool has, struct tl_ctx *ctx);

#endif
