/*
 * What every connector must pass, and the small things that tests of connectors are written with. A new connector gets a case in
 * contract_connector.c; test_connectors.c runs the battery over all of them and fails for one that has none.
 */
#ifndef TL_TESTS_CONTRACT_CONNECTOR_H
#define TL_TESTS_CONTRACT_CONNECTOR_H

#include "connectors/connector.h"
#include "tests/check.h"

/* A connection with what it gave. */
struct probe {
    struct tl_ctx ctx;
    const struct tl_connector *connector;
    void *config, *conn;
    struct tl_scope scope;
    struct tl_snapshot snapshot;
    struct tl_sample sample;
    struct tl_str text; /* what probe_schema and probe_column wrote last */
};

/* Opens from the text of a mapping, as the configuration would have it: "path: a.csv\n". Close in any case. */
int probe_open(struct probe *p, const struct tl_connector *connector, const char *yaml);
void probe_close(struct probe *p);
/* Into a fresh snapshot, as source "src". */
int probe_pull(struct probe *p);
/* Pulls once more, and samples each dataset: the words that people would read, in memory that goes with the process. */
const char *probe_said(struct probe *p);
/* Opens and pulls; a failure fails the test. */
void probe_read(struct probe *p, const struct tl_connector *connector, const char *yaml);
/* -1: there is no dataset of that name ("db/name" where the name alone is not enough). */
int probe_find(const struct probe *p, const char *name);
const struct tl_dataset *probe_dataset(const struct probe *p, const char *name);
const struct tl_column *probe_column(const struct probe *p, const char *dataset,
                                     const char *column);
/* Samples with at most `rows` rows and 256 bytes a value. A failing call fails the test; a refused sample does not. */
void probe_sample(struct probe *p, const char *dataset, uint32_t rows);
/* "a|b|NULL|" of one column of the last sample; "..." behind a value that was cut. */
const char *probe_values(struct probe *p, const char *dataset, const char *column);
/* All of it, a line a dataset and a line a column. */
const char *probe_schema(struct probe *p);
const char *probe_text(const struct probe *p, struct tl_text text);

/* Writes a file of the test's folder and gives its path. */
const char *probe_file(const char *folder, const char *name, const void *bytes, size_t n);
/* printf into memory that goes with the process. */
const char *probe_words(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Makes (or goes on with) a SQLite file. */
const char *probe_sqlite(const char *folder, const char *name, const char *sql);

struct contract {
    const struct tl_connector *connector;
    const char *
        good; /* a configuration that works, of some datasets, one larger than a sample */
    const char *wrong; /* one that open refuses */
    const char *
        unreachable; /* one whose far end is not there; NULL for a sink, which has tests of its own */
    bool
        is_absent; /* no far end can be had here, and that was said: nothing is tested of it */
};
/* Makes the far end of a connector; false when there is no case for it. */
bool contract_of(struct contract *out, const struct tl_connector *connector);

/* The battery. */
void contract_describes_itself(const struct contract *c);
void contract_refuses_a_wrong_configuration(const struct contract *c);
void contract_says_what_is_unreachable(const struct contract *c);
void contract_pulls_the_same_twice(const struct contract *c);
void contract_keeps_to_the_scope(const struct contract *c);
void contract_samples_the_same_twice(const struct contract *c);
void contract_keeps_to_the_ceilings(const struct contract *c);
void contract_stops_when_cancelled(const struct contract *c);
void contract_survives_every_fault(const struct contract *c);

#endif
