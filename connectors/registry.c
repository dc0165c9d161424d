/*
 * All connectors there are. A new one gets two lines here: its declaration and its place in the table.
 */
#include "connectors/connector.h"

extern const struct tl_connector tl_connector_csv;
extern const struct tl_connector tl_connector_datahub;
extern const struct tl_connector tl_connector_files;
extern const struct tl_connector tl_connector_jsonl;
extern const struct tl_connector tl_connector_postgres;
extern const struct tl_connector tl_connector_sqlite;

/* In alphabetical order. template.c is compiled and tested, but nothing that anybody would configure. */
const struct tl_connector *const tl_connectors[] = {
    &tl_connector_csv,
    &tl_connector_datahub,
    &tl_connector_files,
    &tl_connector_jsonl,
    &tl_connector_postgres,
    &tl_connector_sqlite,
    NULL,
};

const struct tl_connector *tl_connector_find(const char *name)
{
    for (size_t i = 0; tl_connectors[i]; i++)
        if (strcmp(tl_connectors[i]->name, name) == 0)
            return tl_connectors[i];
    return NULL;
}

static bool matches_any(const struct tl_list *globs, const struct tl_key *key)
{
    for (size_t i = 0; i < globs->n; i++)
        if (tl_key_matches(key, globs->items[i]))
            return true;
    return false;
}

bool tl_scope_takes(const struct tl_scope *scope, const struct tl_key *key)
{
    if (matches_any(&scope->exclude, key))
        return false;
    return scope->include.n == 0 || matches_any(&scope->include, key);
}

static bool matches_column(const char *glob, const struct tl_key *dataset,
                           const struct tl_key *field)
{
    const char *hash = strrchr(glob, '#');
    struct tl_str of_dataset = TL_STR_INIT(TL_STR_MOST);

    if (!hash)
        return tl_key_matches(field, glob);
    tl_str_add_bytes(&of_dataset, glob, (size_t)(hash - glob));
    bool matches =
        tl_key_matches(dataset, of_dataset.text) && tl_key_matches(field, hash + 1);
    tl_str_release(&of_dataset);
    return matches;
}

static bool matches_any_column(const struct tl_list *globs, const struct tl_key *key)
{
    struct tl_key dataset = *key;
    struct tl_key field = { .dataset = key->field };

    dataset.field = NULL;
    for (size_t i = 0; i < globs->n; i++)
        if (matches_column(globs->items[i], &dataset, &field))
            return true;
    return false;
}

bool tl_scope_takes_column(const struct tl_scope *scope, const struct tl_key *key)
{
    if (matches_any_column(&scope->exclude_columns, key))
        return false;
    return scope->include_columns.n == 0 ||
           matches_any_column(&scope->include_columns, key);
}
