/*
 * Functions of PostgreSQL, SQLite, Redshift, Snowflake, Trino, DuckDB, BigQuery and Spark by what they do, from their manuals and their
 * own lists (pg_proc, duckdb_functions(), pragma function_list), and names that people give to functions of their own which mask or
 * tokenise. What two systems mean differently by a name stands here as what leaves more of the value.
 */
#include "lineage/sql/effects.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct {
    uint8_t class, values;
    const char *digest;
    bool takes_order;
    const char *names; /* with a blank between */
} groups[] = {
    { TL_FN_KEEPS, 0, NULL, false,
      "abbrev abs acos acosh add add_days add_months age aggregate ago apply array "
      "array_aggr array_aggregate array_any_value array_append array_apply array_cat "
      "array_compact array_concat array_construct array_construct_compact array_distinct "
      "array_except array_extract array_fill array_filter array_first array_flatten "
      "array_insert array_intersect array_intersection array_join array_last array_max "
      "array_min array_pop_back array_pop_front array_prepend array_push_back "
      "array_push_front array_reduce array_remove array_remove_at array_repeat "
      "array_replace array_resize array_reverse array_reverse_sort array_select array_slice "
      "array_sort array_sum array_to_json array_to_string array_to_string_comma_default "
      "array_to_tsvector array_transform array_union array_unique array_value array_where "
      "array_zip arrays_zip ascii asin asinh at_timezone atan atan2 atanh base64 "
      "base64_decode_string base64_encode bigint bin bin_to_uuid bit_get bitand bitnot "
      "bitor bitstring bitxor blob bool booland boolean boolnot boolor boolxor bpchar btrim "
      "bytea cast cbrt char character chr cidr coalesce code_points_to_bytes "
      "code_points_to_string codepoint collate compress concat concat_ws constant_or_null "
      "conv convert convert_from convert_timezone convert_to cos cosh cot coth create_map "
      "csc csch date date_add date_diff date_from_parts date_from_unix_date "
      "date_parse date_str_to_date date_sub dateadd datediff datefromparts daterange "
      "datesub datetime datetime_add datetime_diff datetime_sub decimal decompress "
      "decompress_binary decompress_string degrees divide double each element_at elt encode "
      "enum_first enum_last epoch epoch_ms epoch_ns epoch_us even exp explode explode_outer "
      "expm1 factorial fdiv filter flatten float float4 float64 float8 fmod format "
      "format_bytes format_number format_string "
      "formatreadablesize from_base from_base32 from_base64 from_base64url "
      "from_big_endian_64 from_binary from_csv from_hex from_iso8601_date "
      "from_iso8601_timestamp from_iso8601_timestamp_nanos from_json from_json_strict "
      "from_unixtime from_utc_timestamp from_utf8 gamma gap_fill gcd generate_array "
      "generate_series geohash get get_bit get_json_object get_path getbit grade_up "
      "greatest greatest_common_divisor h3_cell_to_parent h3_latlng_to_cell "
      "h3_latlng_to_cell_string h3_latlngtocell hex hex_decode_string hex_encode highlight "
      "host hstore hypot icu_sort_key ifnull inet initcap inline inline_outer insert int "
      "int4 int4range int64 int8 int8range integer interval is_normalized java_method json "
      "json_array json_array_append json_array_elements json_array_elements_text "
      "json_array_get json_array_insert json_build_array json_build_object json_deep_merge "
      "json_each json_each_text json_extract json_extract_array json_extract_path "
      "json_extract_path_text json_extract_scalar json_extract_string "
      "json_extract_string_array json_format json_insert json_merge_patch json_normalize "
      "json_object json_object_keys json_parse json_patch json_populate_record "
      "json_populate_recordset json_pretty json_query json_quote json_remove json_replace "
      "json_set json_strip_nulls json_table json_to_record json_to_recordset" },
    { TL_FN_KEEPS, 0, NULL, false,
      "json_to_tsvector json_transform json_transform_strict json_tree json_tuple "
      "json_value json_value_array jsonb_array jsonb_array_elements "
      "jsonb_array_elements_text jsonb_build_array jsonb_build_object jsonb_each "
      "jsonb_each_text jsonb_extract jsonb_extract_path jsonb_extract_path_text "
      "jsonb_insert jsonb_object jsonb_object_keys jsonb_path_query jsonb_path_query_array "
      "jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz "
      "jsonb_path_query_tz jsonb_populate_record jsonb_populate_recordset jsonb_pretty "
      "jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset "
      "jsonb_to_tsvector julianday justify_days justify_hours justify_interval lax_bool "
      "lax_float64 lax_int64 lax_string lcase lcm least least_common_multiple left_grapheme "
      "left_pad lgamma likelihood likely list_aggr list_aggregate list_any_value "
      "list_append list_apply list_cat list_concat list_distinct list_element list_extract "
      "list_filter list_first list_intersect list_last list_max list_min list_mode "
      "list_pack list_prepend list_reduce list_resize list_reverse list_reverse_sort "
      "list_select list_slice list_sort list_string_agg list_transform list_unique "
      "list_value list_where list_zip ln log log10 log1p log2 lower lpad ltrim macaddr "
      "make_date make_dt_interval make_interval make_time make_timestamp make_timestamp_ltz "
      "make_timestamp_ms make_timestamp_ns make_timestamp_ntz make_timestamptz "
      "make_ym_interval map map_cat map_concat map_delete map_entries map_extract "
      "map_extract_value map_filter map_from_arrays map_from_entries map_insert map_keys "
      "map_pick map_values map_zip_with months_between multiply multirange named_struct "
      "nanvl nchar negate negative next_day nextafter nfc_normalize normalize "
      "normalize_and_casefold nth_element nullifzero numeric numrange nvarchar nvl "
      "object_construct object_construct_keep_null object_delete object_insert object_keys "
      "object_pick object_transform ord overlay parse_bignumeric parse_date parse_datetime "
      "parse_ident parse_ip parse_json parse_numeric parse_path parse_time parse_timestamp "
      "parse_url path_join pmod point posexplode posexplode_outer positive pow power "
      "previous_day printf quote quote_ident quote_literal quote_nullable radians real "
      "reduce reflect regexp_escape regexp_split regexp_split_to_array "
      "regexp_split_to_table remap_struct repeat repeat_row replace reverse right_grapheme "
      "right_pad rint row row_to_json rpad rtrim safe_add safe_cast "
      "safe_convert_bytes_to_string safe_divide safe_multiply safe_negate safe_subtract "
      "schema_of_json sec sech sequence set_bit set_byte setweight shiftleft shiftright "
      "shiftrightunsigned shuffle signum sin sinh skeys slice smallint snippet sort_array "
      "split split_by_string split_to_table sqrt st_asbinary st_asgeojson st_astext "
      "st_aswkb st_aswkt st_geogfromtext st_geogpoint st_geohash st_geomfromgeojson "
      "st_geomfromtext st_geomfromwkb st_makepoint st_point st_setsrid st_transform st_x "
      "st_y stack star_map str_split str_split_regex str_to_date str_to_map str_to_time "
      "str_to_unix string string_split string_split_regex string_to_array "
      "string_to_table strip strip_accents strip_null_value strptime strtok_to_array strtol" },
    { TL_FN_KEEPS, 0, NULL, false,
      "struct struct_concat struct_extract struct_extract_at struct_insert struct_pack "
      "struct_update struct_values stuff substring_grapheme subtract svals tan tanh text "
      "time time_add time_from_parts time_sub timefromparts timestamp timestamp_add "
      "timestamp_diff timestamp_from_parts timestamp_ltz_from_parts timestamp_micros "
      "timestamp_millis timestamp_ntz_from_parts timestamp_seconds timestamp_sub "
      "timestamp_tz_from_parts timestampadd timestampdiff timestampfromparts "
      "timestampltzfromparts timestamptz timestamptzfromparts timetz timezone to_array "
      "to_ascii to_base to_base32 to_base64 to_base64url to_big_endian_64 to_binary "
      "to_boolean to_centuries to_code_points to_csv to_date to_days to_decades "
      "to_decfloat to_decimal to_double to_file to_geography to_geometry to_hex to_hours "
      "to_json to_jsonb to_map to_microseconds to_millennia to_milliseconds to_minutes "
      "to_months to_number to_numeric to_object to_quarters to_seconds to_str to_string "
      "to_time to_timestamp to_timestamp_ltz to_timestamp_ntz to_timestamp_tz to_tsvector "
      "to_unix_timestamp to_unixtime to_utc_timestamp to_utf8 to_varbinary to_varchar "
      "to_variant to_weeks to_years transform transform_keys transform_values translate "
      "trim trim_scale try try_add try_base64_decode_binary try_base64_decode_string "
      "try_cast try_convert try_divide try_element_at try_hex_decode_binary "
      "try_hex_decode_string try_multiply try_parse_json try_strptime try_subtract "
      "try_to_binary try_to_date try_to_decfloat try_to_geography try_to_geometry "
      "try_to_number try_to_object try_to_timestamp ts_delete ts_filter ts_headline "
      "ts_rewrite tsrange tstzrange tsvector_to_array ucase unaccent unbase64 unbin unhex "
      "unicode union_extract union_value unistr unix_date unix_micros unix_millis "
      "unix_seconds unix_timestamp unixepoch unlikely unnest unpivot_list unwrap_udt upper "
      "url_decode url_encode url_extract_parameter uuid_to_bin varchar variant_extract "
      "variant_extract_string xmlconcat xmlelement xmlforest xmlget xmlparse xmlserialize "
      "xmltable xor xpath xpath_double xpath_float xpath_int xpath_long xpath_number "
      "xpath_short xpath_string zeroifnull zip zip_with" },
    { TL_FN_KEEPS, 1, NULL, false,
      "nullif" },
    { TL_FN_PARTIAL, 0, NULL, false,
      "anon.partial anon.partial_email area array_cosine_distance array_cosine_similarity "
      "array_dims array_distance array_dot_product array_inner_product array_length "
      "array_lower array_ndims array_positions array_size array_upper bar bit_count "
      "bit_length bit_position bitmap_bit_position bitmap_bucket_number bitwise_count "
      "broadcast bucket byte_length cardinality center century char_length character_length "
      "check_json check_xml cosine_distance cosine_similarity daitch_mokotoff "
      "damerau_levenshtein date_bin date_part date_trunc datepart datetime_trunc datetrunc "
      "day day_name day_of_month day_of_week day_of_week_iso day_of_year dayname dayofmonth "
      "dayofweek dayofweek_iso dayofweekiso dayofyear days days_in_month decade diagonal "
      "diameter difference div dmetaphone dmetaphone_alt domain dot_product dow doy "
      "editdist3 enum_code era euclidean_distance extract family formatreadabledecimalsize "
      "generate_subscripts get_type hamming height hop hostmask hour hours index_key "
      "inet_merge inet_same_family is_array is_ascii isclosed isempty ishorizontal isodow "
      "isopen isoyear isvertical jaro_similarity jaro_winkler_similarity json_array_length "
      "json_depth json_group_structure json_keys json_structure json_type json_typeof "
      "json_valid jsonb_array_length jsonb_typeof julian last_day last_day_of_month len "
      "length length_grapheme list_count list_has list_has_all list_has_any list_indexof "
      "lower_inc lower_inf manhattan_distance map_contains map_contains_entry "
      "map_contains_key map_contains_value map_size mask_first_n mask_inner mask_last_n "
      "mask_outer mask_show_first_n mask_show_last_n masklen metaphone microsecond "
      "millennium millisecond min_scale minute mismatches mod month month_name monthname "
      "months nanosecond net.host net.ip_trunc net.public_suffix net.reg_domain netmask "
      "network npoints num_nonnulls num_nulls numnode object_id octet_length parse_dirname "
      "parse_dirpath parse_filename pg_column_size quarter radius range_bucket range_n "
      "reg_domain round_even roundbankers rtrimmed_length scale schema_of_csv second "
      "session_window sign signbit size slope soundex soundex_p123 st_reduceprecision "
      "st_snaptogrid strlen struct_contains struct_has struct_indexof struct_keys "
      "struct_position time_bucket time_bucket_gapfill time_diff time_slice time_trunc "
      "timestamp_trunc timezone_hour timezone_minute ts_lexize ts_rank ts_rank_cd tumble "
      "typeof union_tag upper_inc upper_inf url_extract_host url_extract_path "
      "url_extract_protocol uuid_extract_timestamp uuid_extract_version "
      "variant_array_length variant_contains variant_exists variant_keys variant_typeof "
      "week week_of_year week_start weekday weekiso weekofyear width width_bucket window "
      "window_time year year_of_week year_of_week_iso yearofweek yearofweekiso years "
      "yearweek" },
    { TL_FN_PARTIAL, 1, NULL, false,
      "bround ceil ceiling floor left mid regexp_extract regexp_extract_all regexp_match "
      "regexp_matches regexp_substr regexp_substr_all right round set_masklen split_part "
      "strtok substr substring substring_index trim_array trunc truncate" },
    { TL_FN_PREDICATE, 0, NULL, false,
      "all_match any_match array_all array_any array_contained_by array_contains "
      "array_contains_all array_has array_has_all array_has_any array_indexof "
      "array_overlaps array_position arrays_overlap charindex contains contains_substr "
      "edit_distance editdistance ends_with endswith equal_null exists find_in_set forall "
      "glob hamming_distance ilike ilike_escape in_search_path instr is_binary is_boolean "
      "is_char is_date is_decimal is_double is_inf is_integer is_json is_nan is_null "
      "is_null_value is_object is_real is_time is_timestamp_ntz is_varchar isfinite isinf "
      "isnan isnotnull isnull jaccard jaro_winkler jarowinkler_similarity "
      "json_array_contains json_contains json_exists jsonb_contains jsonb_exists "
      "jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz "
      "levenshtein levenshtein_less_equal like like_escape list_contains list_position "
      "locate match match_against none_match not_ilike_escape not_like_escape notlike "
      "notnull overlaps position prefix regexp regexp_contains regexp_count "
      "regexp_full_match regexp_i_like regexp_instr regexp_like rlike search search_ip "
      "similarity st_contains st_covers st_disjoint st_distance st_dwithin st_equals "
      "st_intersects st_within starts_with startswith str_position strcmp "
      "strict_word_similarity strpos suffix texticregexeq textregexeq word_similarity "
      "xml_is_well_formed xmlexists xpath_boolean xpath_exists" },
    { TL_FN_FORMATS, 0, NULL, false,
      "date_format format_date format_datetime format_timestamp strftime to_char" },
    { TL_FN_MASKS, 0, NULL, false,
      "anonymise anonymize data_mask mask mask_all mask_canada_sin mask_data mask_email "
      "mask_full mask_iban mask_name mask_pan mask_pan_relaxed mask_phone mask_pii mask_ssn "
      "mask_string mask_text mask_uk_nin mask_uuid mask_value masked obfuscate redact "
      "redact_pii" },
    { TL_FN_REPLACES, 5, NULL, false,
      "regexp_replace" },
    { TL_FN_HASHES, 0, "md5", false,
      "md5 md5_binary md5_digest md5_hex md5_number md5_number_lower64 md5_number_upper64" },
    { TL_FN_HASHES, 0, "sha1", false,
      "func_sha1 sha sha1 sha1_binary sha1_hex" },
    { TL_FN_HASHES, 0, "sha224", false,
      "sha224" },
    { TL_FN_HASHES, 0, "sha256", false,
      "sha256" },
    { TL_FN_HASHES, 0, "sha384", false,
      "sha384" },
    { TL_FN_HASHES, 0, "sha512", false,
      "sha512" },
    { TL_FN_HASHES, 0, NULL, false,
      "anon.digest approx_set bitmap_and_agg bitmap_construct_agg bitmap_or_agg blake2b "
      "blake3 checksum city_hash64 count_min_sketch crc32 crc32c farm_fingerprint "
      "farmfingerprint64 fnv_hash hash hash32 hash64 hash_agg hashtext hashtextextended "
      "hive_hash hll hll_accumulate hll_combine hll_count.init hll_count.merge_partial "
      "hll_export hll_sketch_agg hll_union hll_union_agg mask_hash md5_number_lower "
      "md5_number_upper minhash minhash_combine murmur3_32 murmur3_x64_128 murmur_hash "
      "murmurhash2 siphash24 spooky_hash_v2_32 spooky_hash_v2_64 uuid_generate_v3 "
      "uuid_generate_v5 weight_string xxhash xxhash32 xxhash64" },
    { TL_FN_HASHES, 1, NULL, false,
      "digest sha2 sha2_binary sha2_hex standard_hash" },
    { TL_FN_HASHES, 2, NULL, false,
      "hashbytes" },
    { TL_FN_KEYED, 0, NULL, false,
      "anon.hash argon2 argon2id bcrypt crypt hash_with_salt hmac hmac_md5 hmac_sha1 "
      "hmac_sha2 hmac_sha256 hmac_sha384 hmac_sha512 keyed_hash pbkdf2 salted_hash scrypt" },
    { TL_FN_ENCRYPTS, 0, NULL, false,
      "aead.deterministic_encrypt aead.encrypt aes_encrypt crypto_secretbox "
      "deterministic_encrypt encrypt encrypt_iv encrypt_raw encryptbyasymkey encryptbykey "
      "encryptbypassphrase ff1_encrypt ff3_encrypt fpe_encrypt pgp_pub_encrypt "
      "pgp_pub_encrypt_bytea pgp_sym_encrypt pgp_sym_encrypt_bytea" },
    { TL_FN_DECRYPTS, 0, NULL, false,
      "aead.decrypt_bytes aead.decrypt_string aead.deterministic_decrypt_bytes "
      "aead.deterministic_decrypt_string aes_decrypt crypto_secretbox_open decrypt "
      "decrypt_iv decrypt_raw decryptbykey decryptbypassphrase deterministic_decrypt_string "
      "detokenise detokenize ff1_decrypt ff3_decrypt fpe_decrypt pgp_pub_decrypt "
      "pgp_pub_decrypt_bytea pgp_sym_decrypt pgp_sym_decrypt_bytea try_aes_decrypt "
      "try_decrypt try_decrypt_raw untokenize" },
    { TL_FN_TOKENISES, 0, NULL, false,
      "format_preserving_encrypt fpe_tokenize pseudonymise pseudonymize tokenise "
      "tokenise_value tokenize tokenize_pii tokenize_value vault_tokenize" },
    { TL_FN_AGGREGATE, 0, NULL, false,
      "avg avg_if avgif bit_and bit_and_agg bit_or bit_or_agg bit_xor bitstring_agg "
      "bitwise_and_agg bitwise_or_agg bitwise_xor_agg bool_and bool_or booland_agg "
      "boolor_agg boolxor_agg corr covar_pop covar_samp decimal_average entropy every favg "
      "fsum geomean geometric_mean histogram_exact histogram_numeric histogram_values "
      "kahan_sum kurtosis kurtosis_pop list_avg list_bit_and list_bit_or list_bit_xor "
      "list_bool_and list_bool_or list_entropy list_kurtosis list_kurtosis_pop list_mad "
      "list_median list_product list_sem list_skewness list_stddev_pop list_stddev_samp "
      "list_sum list_var_pop list_var_samp logical_and logical_or lttb mad mean product "
      "ratio_to_report regr_avgx regr_avgy regr_intercept regr_r2 regr_slope regr_sxx "
      "regr_sxy regr_syy regr_valx regr_valy sem skewness st_extent std stddev stddev_pop "
      "stddev_samp stddevif stdev sum sum_distinct sum_if sum_no_overflow sumdistinct sumif "
      "sumkahan total try_avg try_sum var_pop var_samp variance variance_pop variance_samp "
      "wavg weighted_avg" },
    { TL_FN_AGGREGATE, 0, NULL, true,
      "percentile_cont" },
    { TL_FN_COUNT, 0, NULL, false,
      "approx_count_distinct approx_distinct approximate_count_distinct "
      "approximate_jaccard_index approximate_similarity bitmap_count count count_big "
      "count_distinct count_if count_star countif grouping grouping_id hll_cardinality "
      "hll_count.extract hll_count.merge hll_estimate hll_sketch_estimate "
      "list_approx_count_distinct ndv regr_count uniq uniqexact" },
    { TL_FN_NOISE, 0, NULL, false,
      "anon_avg anon_count anon_median anon_percentile_cont anon_quantiles anon_stddev_pop "
      "anon_sum anon_var_pop dp_approx_percentile dp_avg dp_count dp_count_distinct dp_mean "
      "dp_median dp_percentile dp_stddev dp_sum dp_variance noisy_approx_distinct_sfm "
      "noisy_approx_set_sfm noisy_avg_gaussian noisy_count_gaussian noisy_count_if_gaussian "
      "noisy_empty_approx_set_sfm noisy_sum_gaussian" },
    { TL_FN_PICK, 0, NULL, false,
      "ai_agg ai_summarize_agg any any_value anyvalue approx_most_frequent "
      "approx_percentile approx_percentile_accumulate approx_percentile_combine "
      "approx_percentile_estimate approx_quantile approx_quantiles approx_top_count "
      "approx_top_k approx_top_k_accumulate approx_top_k_combine approx_top_k_estimate "
      "approx_top_sum arbitrary array_agg array_concat_agg array_union_agg "
      "array_unique_agg collect_list collect_set first group_concat histogram json_agg "
      "json_agg_strict json_arrayagg json_group_array json_group_object json_object_agg "
      "json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict "
      "json_objectagg jsonb_agg jsonb_agg_strict jsonb_group_array jsonb_group_object "
      "jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique "
      "jsonb_object_agg_unique_strict last list list_histogram listagg map_agg map_union "
      "max max_if maxif median min min_if minif multimap_agg multirange_agg object_agg "
      "percentile percentile_approx quantile quantile_cont quantile_disc range_agg "
      "range_intersect_agg reservoir_quantile st_collect st_union string_agg xmlagg" },
    { TL_FN_PICK_BY, 1, NULL, false,
      "arg_max arg_max_null arg_max_nulls_last arg_min arg_min_null arg_min_nulls_last "
      "argmax argmin max_by maxby min_by minby" },
    { TL_FN_PICK, 0, NULL, true,
      "mode percentile_disc" },
    { TL_FN_WINDOW, 0, NULL, false, "ntile row_number" },
    { TL_FN_WINDOW, 0, NULL, true, /* rank(x) within group (order by a) */
      "cume_dist dense_rank percent_rank rank" },
    { TL_FN_WINDOW_PICK, 0, NULL, false,
      "first_value last_value" },
    { TL_FN_WINDOW_PICK, 1, NULL, false,
      "nth_value" },
    { TL_FN_WINDOW_PICK, 5, NULL, false,
      "lag lead" },
    { TL_FN_CHOICE, 0, NULL, false,
      "if iff iif nvl2" },
    { TL_FN_DECODE, 0, NULL, false,
      "decode" },
    { TL_FN_NOTHING, 0, NULL, false,
      "assert_true bernoulli bm25 changes clock_timestamp col_description collation curdate "
      "current_account current_account_name current_available_roles current_catalog "
      "current_client current_connection_id current_database current_date current_datetime "
      "current_ip_address current_localtime current_localtimestamp "
      "current_organization_name current_organization_user current_query current_query_id "
      "current_region current_role current_role_type current_schema current_schemas "
      "current_secondary_roles current_session current_setting current_statement "
      "current_time current_timestamp current_timezone current_transaction "
      "current_transaction_id current_user current_user_id current_version "
      "current_warehouse currval curtime e error format_type gen_random_bytes "
      "gen_random_uuid gen_salt generate_date_array generate_timestamp_array generate_uuid "
      "generator get_current_time get_current_timestamp getdatabaseencoding getdate "
      "getpgusername getutcdate getvariable inet_client_addr inet_client_port "
      "inet_server_addr inet_server_port input_file_block_length input_file_block_start "
      "input_file_name is_granted_to_invoker_role last_insert_rowid lastval load_extension "
      "localtime localtimestamp monotonically_increasing_id newid next_value_for nextval "
      "normal now obj_description pg_backend_pid pg_current_xact_id pg_typeof pi "
      "raise_error rand randn random randomblob randstr seq1 seq2 seq4 seq8 session_user "
      "set_config setseed setval shobj_description sleep_ms spark_partition_id "
      "sqlite_source_id sqlite_version statement_timestamp sysdate sysdatetime system_user "
      "systimestamp timeofday today total_changes transaction_timestamp txid_current "
      "txid_current_if_assigned txid_current_snapshot uniform user utc_date utc_time "
      "utc_timestamp uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 uuid_string "
      "uuidv4 uuidv7 version zeroblob zipf" },
};
/* What becomes of places within the values (effects.h); of the others' nothing is left. Those that do not stand above keep. */
static const struct {
    uint8_t shape; /* enum tl_sql_shape */
    const char *names;
} shapes[] = {
    { TL_SHAPE_SAME,
      "array array_agg array_append array_cat array_compact array_concat array_construct "
      "array_construct_compact array_distinct array_except array_filter array_flatten "
      "array_intersect array_intersection array_prepend array_remove array_reverse "
      "array_slice array_sort array_to_json array_union as_array as_char as_double "
      "as_integer as_object as_varchar coalesce explode explode_outer filter flatten "
      "from_json greatest ifnull inline inline_outer json json_array json_array_elements "
      "json_array_elements_text json_build_array json_each json_format json_parse "
      "json_populate_record json_populate_recordset json_pretty json_quote json_serialize "
      "json_strip_nulls json_to_record json_to_recordset json_tree jsonb jsonb_array "
      "jsonb_array_elements jsonb_array_elements_text jsonb_build_array "
      "jsonb_populate_record jsonb_populate_recordset jsonb_pretty jsonb_strip_nulls "
      "jsonb_to_record jsonb_to_recordset least list_append list_concat list_distinct "
      "list_filter list_prepend list_reverse list_slice list_sort list_value nullif nvl "
      "parse_json posexplode posexplode_outer row_to_json safe_cast slice sort_array "
      "strip_null_value to_array to_char to_json to_json_string to_jsonb to_object to_super "
      "to_varchar to_variant try_cast try_parse_json unnest zeroifnull" },
    { TL_SHAPE_PAIRS,
      "json_build_object json_group_object json_object json_object_agg json_objectagg "
      "jsonb_build_object jsonb_group_object jsonb_object jsonb_object_agg map_agg "
      "named_struct object object_agg object_construct object_construct_keep_null" },
    { TL_SHAPE_NAMED,
      "struct struct_pack" },
    { TL_SHAPE_MAP,
      "map map_from_arrays" },
    { TL_SHAPE_PICKS_PATH,
      "get_json_object get_path json_extract json_extract_array json_extract_scalar "
      "json_extract_string json_extract_string_array json_query json_query_array json_value "
      "json_value_array jsonb_extract jsonb_path_query jsonb_path_query_array "
      "jsonb_path_query_first try_variant_get variant_get" },
    { TL_SHAPE_PICKS_KEYS,
      "array_extract element_at get get_ignore_case json_extract_array_element_text "
      "json_extract_path json_extract_path_text jsonb_extract_path jsonb_extract_path_text "
      "list_element list_extract map_extract struct_extract try_element_at" },
    { TL_SHAPE_EACH,
      "apply array_apply array_map array_transform list_apply list_transform transform "
      "zip_with" },
    { TL_SHAPE_FOLDS,
      "aggregate array_reduce list_reduce reduce" },
    { TL_SHAPE_INSERTS,
      "object_insert" },
    { TL_SHAPE_DROPS_KEYS,
      "json_remove jsonb_remove object_delete" },
    { TL_SHAPE_KEEPS_KEYS,
      "object_pick" },
};
/* clang-format on */

enum {
    N_GROUPS = sizeof groups / sizeof *groups,
    N_SHAPES = sizeof shapes / sizeof *shapes,
    KEEPING = 0, /* the first group of all */
    SLOTS = 4096,
    LONGEST = 63
};

/* All of them by name: made once, at the first question of any thread, and read alone from then on. */
static struct tl_sql_function functions[SLOTS / 2];
static uint16_t slots[SLOTS]; /* number + 1, open addressing */
static size_t n_functions;

static uint32_t hash_of(const char *name, size_t n)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static uint16_t *slot_of(const char *name, size_t n)
{
    uint32_t i = hash_of(name, n) & (SLOTS - 1);

    while (slots[i]) {
        const char *known = functions[slots[i] - 1].name;
        if (strncmp(known, name, n) == 0 && !known[n])
            break;
        i = (i + 1) & (SLOTS - 1);
    }
    return &slots[i];
}

static void add_function(size_t group, const char *name, size_t n)
{
    static char texts[SLOTS * 16];
    static size_t used;
    uint16_t *slot = slot_of(name, n);

    /* A name twice, or no room: the table above is wrong, and nothing that is asked of it is sure. */
    if (*slot || n > LONGEST || used + n + 1 > sizeof texts || n_functions == SLOTS / 2)
        abort();
    memcpy(texts + used, name, n);
    functions[n_functions] =
        (struct tl_sql_function){ .name = texts + used,
                                  .class = groups[group].class,
                                  .values = groups[group].values,
                                  .digest = groups[group].digest,
                                  .takes_order = groups[group].takes_order };
    *slot = (uint16_t)++n_functions;
    used += n + 1;
}

static void set_shape(size_t group, const char *name, size_t n)
{
    uint16_t *slot = slot_of(name, n);

    if (!*slot)
        add_function(KEEPING, name, n);
    functions[*slot - 1].shape = shapes[group].shape;
}

static void add_all(void)
{
    for (size_t g = 0; g < N_GROUPS; g++) {
        for (const char *at = groups[g].names; *at;) {
            size_t n = strcspn(at, " ");
            add_function(g, at, n);
            at += n + (at[n] == ' ');
        }
    }
    for (size_t g = 0; g < N_SHAPES; g++) {
        for (const char *at = shapes[g].names; *at;) {
            size_t n = strcspn(at, " ");
            set_shape(g, at, n);
            at += n + (at[n] == ' ');
        }
    }
}

const struct tl_sql_function *tl_sql_function_find(const char *name, size_t n)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char lower[LONGEST + 1];

    pthread_once(&once, add_all);
    if (n > LONGEST)
        return NULL;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    lower[n] = '\0';
    uint16_t number = *slot_of(lower, n);
    return number ? &functions[number - 1] : NULL;
}
