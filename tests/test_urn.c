/* DataHub's names, against the vectors that its own Python package gives. */
#include "tests/check.h"

#include "connectors/catalog/datahub_urn.h"

static const struct tl_datahub_place snowflake = { .platform = "snowflake",
                                                   .env = "PROD" };

static void check_written(void (*write)(struct tl_str *, const char *), const char *text,
                          const char *want)
{
    struct tl_str out = TL_STR_INIT(4096);

    write(&out, text);
    CHECK_TEXT(out.text, want);
    tl_str_release(&out);
}

static void check_container(const struct tl_datahub_place *place, const char *schema,
                            const char *want)
{
    struct tl_str out = TL_STR_INIT(4096);

    tl_datahub_container_urn(&out, place, "adtech", schema);
    CHECK_TEXT(out.text, want);
    tl_str_release(&out);
}

static void only_commas_parens_and_the_unit_separator_are_encoded(void)
{
    check_written(tl_datahub_encode, "amount(usd),net", "amount%28usd%29%2Cnet");
    check_written(tl_datahub_encode,
                  "a\xe2\x90\x9f"
                  "b",
                  "a%E2%90%9Fb");
    check_written(tl_datahub_encode, "50% of /x y:[z]", "50% of /x y:[z]");
    check_written(tl_datahub_encode, "\xe2\x82\xac \xe2", "\xe2\x82\xac \xe2");
    check_written(tl_datahub_encode, "", "");
}

static void a_dataset_urn_leaves_absent_levels_out(void)
{
    struct tl_str name = TL_STR_INIT(4096), urn = TL_STR_INIT(4096);

    tl_datahub_name(&name, &snowflake,
                    &(struct tl_key){ .schema = "events", .dataset = "Clicks(raw)" });
    CHECK_TEXT(name.text, "events.Clicks(raw)");
    tl_datahub_dataset_urn(&urn, &snowflake, name.text);
    CHECK_TEXT(
        urn.text,
        "urn:li:dataset:(urn:li:dataPlatform:snowflake,events.Clicks%28raw%29,PROD)");
    tl_str_release(&name);
    tl_str_release(&urn);
}

static void the_instance_stands_first_and_keeps_its_case(void)
{
    struct tl_datahub_place place = { "snowflake", "EU-West", "DEV", true };
    struct tl_str name = TL_STR_INIT(4096);

    tl_datahub_name(&name, &place,
                    &(struct tl_key){ .database = "ADTECH",
                                      .schema = "Events",
                                      .dataset = "\xc3\x84PFEL" });
    CHECK_TEXT(name.text, "EU-West.adtech.events.\xc3\xa4pfel");
    tl_str_clear(&name);
    tl_datahub_instance_urn(&name, &place);
    CHECK_TEXT(name.text,
               "urn:li:dataPlatformInstance:(urn:li:dataPlatform:snowflake,EU-West)");
    tl_str_release(&name);
}

static void containers_are_named_as_datahub_names_them(void)
{
    struct tl_datahub_place with_instance = { .platform = "snowflake",
                                              .instance = "PROD",
                                              .env = "DEV" };

    check_container(&snowflake, NULL,
                    "urn:li:container:0346f59c507be1f4bb1505613fc5e4d1");
    check_container(&snowflake, "events",
                    "urn:li:container:785ecb3bfa91ac0ef9a783d502a1bf31");
    check_container(&with_instance, "events",
                    "urn:li:container:785ecb3bfa91ac0ef9a783d502a1bf31");
}

/* mcp_builder.SchemaKey(platform="snowflake", env="PROD", backcompat_env_as_instance=True, ...).guid() */
static void container_names_escape_as_python_does(void)
{
    check_container(&snowflake, "\xc3\xa4\"\\\n\x7f",
                    "urn:li:container:29ac7c1a4130ea93caec3f12231d4418");
    check_container(&snowflake, "\xf0\x9f\x98\x80/",
                    "urn:li:container:8903b2633940aede154b0b66ce2fc807");
}

static void lower_case_knows_more_than_ascii(void)
{
    check_written(tl_datahub_fold, "Users_42", "users_42");
    check_written(tl_datahub_fold, "\xc3\x84\xc3\x96\xc3\x97\xc3\x9f",
                  "\xc3\xa4\xc3\xb6\xc3\x97\xc3\x9f");
    check_written(tl_datahub_fold, "\xce\xa9\xd0\x96\xd0\x81\xc5\xa0\xc5\xbd",
                  "\xcf\x89\xd0\xb6\xd1\x91\xc5\xa1\xc5\xbe");
    check_written(tl_datahub_fold, "\xe6\x97\xa5\xff\xc3", "\xe6\x97\xa5\xff\xc3");
}

static void a_v2_field_path_loses_its_type_words(void)
{
    check_written(tl_datahub_simple_path,
                  "[version=2.0].[type=struct].[type=array].[type=string].tags", "tags");
    check_written(tl_datahub_simple_path,
                  "[version=2.0].[key=True].[type=E].user.[type=string].email",
                  "user.email");
    check_written(tl_datahub_simple_path, "a.[b].c", "a.[b].c");
    check_written(tl_datahub_simple_path, "[version=2.0]", "");
}

static void pointers_escape_tilde_and_slash_only(void)
{
    check_written(tl_datahub_pointer, "a~b/c,(d):e", "a~0b~1c,(d):e");
}

static void a_dataset_urn_splits_at_its_first_and_last_comma(void)
{
    struct tl_datahub_urn_parts parts;

    CHECK(tl_datahub_urn_split(&parts,
                               "urn:li:dataset:(urn:li:dataPlatform:hive,a.b c,PROD)"));
    CHECK_INT(parts.n_platform, 4);
    CHECK(parts.n_name == 5 && strncmp(parts.name, "a.b c", 5) == 0);
    CHECK(parts.n_env == 4 && strncmp(parts.env, "PROD", 4) == 0);
    CHECK(!tl_datahub_urn_split(&parts, "urn:li:dataset:(urn:li:dataPlatform:hive,a)"));
    CHECK(!tl_datahub_urn_split(&parts, "urn:li:tag:x"));
    CHECK(!tl_datahub_urn_split(&parts, ""));
}

static void a_urn_over_512_encoded_bytes_is_refused(void)
{
    char urn[600] = "urn:li:tag:"; /* its three colons are encoded in three bytes each */

    memset(urn + 11, 'a', 512 - 11 - 6);
    CHECK(tl_datahub_urn_fault(urn) == NULL);
    urn[512 - 6] = 'a';
    CHECK_HAS(tl_datahub_urn_fault(urn), "512 bytes");
    CHECK_HAS(tl_datahub_urn_fault("urn:li:tag:x "), "blank");
}

static void environments_are_those_of_datahub(void)
{
    CHECK(tl_datahub_env_is_known("PROD"));
    CHECK(tl_datahub_env_is_known("NON_PROD"));
    CHECK(!tl_datahub_env_is_known("prod"));
    CHECK(!tl_datahub_env_is_known("MOON"));
}

TL_TESTS("urn", TEST(only_commas_parens_and_the_unit_separator_are_encoded),
         TEST(a_dataset_urn_leaves_absent_levels_out),
         TEST(the_instance_stands_first_and_keeps_its_case),
         TEST(containers_are_named_as_datahub_names_them),
         TEST(container_names_escape_as_python_does),
         TEST(lower_case_knows_more_than_ascii),
         TEST(a_v2_field_path_loses_its_type_words),
         TEST(pointers_escape_tilde_and_slash_only),
         TEST(a_dataset_urn_splits_at_its_first_and_last_comma),
         TEST(a_urn_over_512_encoded_bytes_is_refused),
         TEST(environments_are_those_of_datahub))
