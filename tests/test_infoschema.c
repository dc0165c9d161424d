#include "tests/contract_connector.h"

#define BYTES(text) (text), sizeof(text) - 1

static struct probe made_of(const char *name, const char *bytes, size_t n)
{
    struct probe p;
    const char *path = probe_file(tl_test_folder(), name, bytes, n);

    probe_read(&p, tl_connector_find("files"),
               probe_words("path: %s\nplatform: snowflake\n", path));
    return p;
}

static void check_fails(const char *bytes, size_t n, int code, const char *part)
{
    const char *path = probe_file(tl_test_folder(), "columns", bytes, n);
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("files"),
                        probe_words("path: %s\nplatform: x\n", path)),
             &p.ctx);
    CHECK_FAILS(probe_pull(&p), code, part, &p.ctx);
    probe_close(&p);
}

static const char schema[] = "table rows=-1 ADS CORE Users - - \n"
                             "  1 Email VARCHAR(80) who it is text null=0 roles=0\n"
                             "  2 SEEN TIMESTAMP_NTZ - time null=1 roles=0\n"
                             "view rows=-1 ADS RAW log - - \n"
                             "  1 line VARIANT - json null=-1 roles=0\n";

static void an_export_becomes_datasets_in_order(void)
{
    struct probe p =
        made_of("columns.csv",
                BYTES(
                    "TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME,ORDINAL_POSITION,"
                    "DATA_TYPE,IS_NULLABLE,COMMENT,TABLE_TYPE\n"
                    "ADS,RAW,log,line,1,VARIANT,,,VIEW\n"
                    "ADS,CORE,Users,SEEN,2,TIMESTAMP_NTZ,YES,,BASE TABLE\n"
                    "ADS,CORE,Users,Email,1,VARCHAR(80),NO,\"who it is\",BASE TABLE\n"));

    CHECK_TEXT(probe_schema(&p), schema);
    CHECK_TEXT(probe_text(&p, p.snapshot.sources.items[0].platform), "snowflake");
    probe_close(&p);
}

static void order_case_and_further_columns_do_not_matter(void)
{
    struct probe p =
        made_of("columns.tsv",
                BYTES(
                    "column_comment\tData_Type\tx\tordinal_position\tCOLUMN_NAME\ttable_"
                    "name\ttable_schema\ttable_catalog\tis_nullable\ttable_type\n"
                    "who it is\tVARCHAR(80)\t\t1\tEmail\tUsers\tCORE\tADS\tno\ttable\n"
                    "\tTIMESTAMP_NTZ\t\t2\tSEEN\tUsers\tCORE\tADS\tyes\ttable\n"
                    "\tVARIANT\t\t1\tline\tlog\tRAW\tADS\t\tview\n"));

    CHECK_TEXT(probe_schema(&p), schema);
    probe_close(&p);
}

static void json_lines_say_the_same(void)
{
    struct probe p = made_of(
        "columns.json",
        BYTES("{\"TABLE_CATALOG\":\"ADS\",\"TABLE_SCHEMA\":\"RAW\",\"TABLE_NAME\":"
              "\"log\",\"COLUMN_NAME\":\"line\",\"DATA_TYPE\":\"VARIANT\",\"TABLE_TYPE\":"
              "\"VIEW\"}\n"
              "{\"table_catalog\":\"ADS\",\"table_schema\":\"CORE\",\"table_name\":"
              "\"Users\",\"column_name\":\"SEEN\",\"ordinal_position\":10,\"data_type\":"
              "\"TIMESTAMP_NTZ\",\"is_nullable\":true,\"comment\":null}\n"
              "{\"table_catalog\":\"ADS\",\"table_schema\":\"CORE\",\"table_name\":"
              "\"Users\",\"column_name\":\"Email\",\"ordinal_position\":9,\"data_type\":"
              "\"VARCHAR(80)\",\"is_nullable\":\"NO\",\"comment\":\"who it is\"}\n"));

    CHECK_TEXT(probe_schema(&p), schema);
    probe_close(&p);
}

static void levels_may_be_missing(void)
{
    struct probe p =
        made_of("columns.csv", BYTES("table_name,column_name\nb,x\na,y\nb,w\nb,x\n"));

    CHECK_TEXT(
        probe_schema(&p),
        "table rows=-1 - - a - - \n  1 y - - unknown null=-1 roles=0\n"
        "table rows=-1 - - b - - \n  1 x - - unknown null=-1 roles=0\n"
        "  2 w - - unknown null=-1 roles=0\n  3 x#2 - - unknown null=-1 roles=0\n");
    probe_close(&p);
}

static void several_exports_are_one_source(void)
{
    const char *folder = tl_test_folder();
    struct probe p;

    probe_file(folder, "a.csv",
               BYTES("table_name,column_name,ordinal_position\nt,b,2\n"));
    probe_file(
        folder, "b.jsonl",
        BYTES("{\"table_name\":\"t\",\"column_name\":\"a\",\"ordinal_position\":1}\n"));
    probe_read(&p, tl_connector_find("files"),
               probe_words("paths: ['%s/*']\nplatform: redshift\n", folder));
    CHECK_INT(p.snapshot.datasets.n, 1);
    CHECK_INT(probe_column(&p, "t", "a")->ordinal, 1);
    CHECK_INT(probe_column(&p, "t", "b")->ordinal, 2);
    probe_close(&p);
}

static void lines_without_names_are_left_out(void)
{
    struct probe p =
        made_of("columns.csv", BYTES("table_name,column_name\nt,\n,x\nt,a\n"));

    CHECK_INT(p.snapshot.columns.n, 1);
    probe_close(&p);
}

static void it_samples_nothing(void)
{
    struct probe p = made_of("columns.csv", BYTES("table_name,column_name\nt,a\n"));

    CHECK_INT(p.connector->source->gives, TL_GIVES_SCHEMA);
    probe_sample(&p, "t", 10);
    CHECK_INT(p.sample.state, TL_SAMPLE_NONE);
    probe_close(&p);
}

static void what_is_no_export_is_refused(void)
{
    check_fails(BYTES(""), TL_ESOURCE, "is empty");
    check_fails(BYTES("id,mail\n1,x\n"), TL_EINPUT, "no 'table_name' and 'column_name'");
    check_fails(BYTES("{\"id\": 1}\n"), TL_EINPUT, "no 'table_name' and 'column_name'");
    check_fails(BYTES("{\"table_name\": \n"), TL_EINPUT,
                "no 'table_name' and 'column_name'");
}

static void one_file_that_is_gone_fails_all(void)
{
    const char *path =
        probe_file(tl_test_folder(), "a.csv", BYTES("table_name,column_name\nt,a\n"));
    struct probe p;

    CHECK_OK(probe_open(&p, tl_connector_find("files"),
                        probe_words("paths: [%s, /tmp/none.csv]\nplatform: x\n", path)),
             &p.ctx);
    CHECK_FAILS(probe_pull(&p), TL_ESOURCE, "No such file", &p.ctx);
    probe_close(&p);
}

TL_TESTS("infoschema", TEST(an_export_becomes_datasets_in_order),
         TEST(order_case_and_further_columns_do_not_matter),
         TEST(json_lines_say_the_same), TEST(levels_may_be_missing),
         TEST(several_exports_are_one_source), TEST(lines_without_names_are_left_out),
         TEST(it_samples_nothing), TEST(what_is_no_export_is_refused),
         TEST(one_file_that_is_gone_fails_all))
