/*
 * What several commands show alike: keys, tags of the belief as rows or JSON lines, and the finding of a COLUMN argument.
 */
#ifndef TL_CLI_SHOW_H
#define TL_CLI_SHOW_H

#include "base/ctx.h"
#include "base/json.h"
#include "base/model.h"
#include "base/say.h"

/* The one column that `text` names: TL_ENOTFOUND with what is near, TL_EUSAGE with the candidates when there are several. */
int tl_find_column(struct tl_belief_hit *out, const struct tl_belief *belief,
                   const char *text, struct tl_ctx *ctx);

/* The same of a pattern that has a field, and was typed as `text`. */
int tl_find_pattern(struct tl_belief_hit *out, const struct tl_belief *belief,
                    const struct tl_key_pattern *pattern, const char *text,
                    struct tl_ctx *ctx);

/* TL_EUSAGE: `text` is a dataset's name at best. */
int tl_no_field(const char *text, struct tl_ctx *ctx);
/* TL_EUSAGE: `text` may be any of `n` columns, of which `names` has the first `most`. */
int tl_ambiguous(const char *text, const char *const *names, size_t n, size_t most,
                 struct tl_ctx *ctx);

/* "source/database/schema/dataset#field" of a hit for people, from the arena; without a column: of its dataset. */
const char *tl_hit_text(const struct tl_belief *belief, const struct tl_belief_hit *hit,
                        struct tl_ctx *ctx);

/* The same for listings: without the levels that all datasets of the belief have in common. Can be typed back as well. */
const char *tl_hit_short(const struct tl_belief *belief, const struct tl_belief_hit *hit,
                         struct tl_ctx *ctx);

/* A readable key's text without the levels that all datasets of the belief have in common; itself where it does not begin with them. */
const char *tl_place_short(const struct tl_belief *belief, const char *place,
                           struct tl_ctx *ctx);

/* Per mille as whole per cent, rounded; only what is certain is 100. */
unsigned tl_percent(unsigned per_mille);

/* A text of the log as a terminal may show it, from the arena; "-" for none. */
const char *tl_shown(const char *text, struct tl_ctx *ctx);

/* Colour for a sensitivity and for a state. */
enum tl_paint tl_paint_of_sensitivity(int sensitivity);
enum tl_paint tl_paint_of_state(int state);

/* One JSON object and a newline on results. The writer is begun and ended here. */
struct tl_json_line {
    struct tl_str text;
    struct tl_json json;
};
struct tl_json *tl_json_line_begin(struct tl_json_line *line);
void tl_json_line_end(struct tl_json_line *line, struct tl_ctx *ctx);

/* KEY: {name: [count, of]}; of a number or a day (days since 1970) 0 stands second. */
void tl_json_put_facts(struct tl_json *json, const char *key, const struct tl_fact *facts,
                       uint32_t n);

/* The members that describe a tag of the belief, within an open object; "key" is what a COLUMN argument takes. */
void tl_json_put_tag(struct tl_json *json, const struct tl_belief *belief,
                     const struct tl_belief_hit *hit, const struct tl_belief_tag *tag,
                     struct tl_ctx *ctx);

/* "email_address rejected by anna, the rules now find it at 99%": of a tag whose `against` is set. From the arena. */
const char *tl_contradiction_text(const struct tl_belief *belief,
                                  const struct tl_belief_tag *tag, struct tl_ctx *ctx);

/* TL_ENOTFOUND, with the nearest info type there is. */
struct tl_engine;
int tl_no_such_type(const struct tl_engine *engine, const char *name, struct tl_ctx *ctx);

/* Walks all tags in belief order: each(self, dataset, column, tag). */
void tl_each_tag(const struct tl_belief *belief,
                 void (*each)(void *self, const struct tl_belief_hit *hit,
                              const struct tl_belief_tag *tag),
                 void *self);

#endif
