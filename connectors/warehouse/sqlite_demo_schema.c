/*
 * The demo warehouse's DDL. Written to be read: SQLite keeps the text with its comments, and the SQLite connector reads them
 * as the comments of tables and columns. Some names say nothing and the comment does; some comments hold what they should not.
 */
#include "connectors/warehouse/sqlite_demo_parts.h"

const char *const tl_demo_ddl[] = {
    /* ---- core: what raw tables refer to ---- */

    "CREATE TABLE core_advertisers ( -- companies that buy media from us\n"
    "    advertiser_id INTEGER PRIMARY KEY,\n"
    "    name TEXT NOT NULL, -- legal name of the company\n"
    "    industry TEXT,\n"
    "    website VARCHAR(255), -- domain only\n"
    "    contact_name TEXT, -- whom accounting calls\n"
    "    contact_email VARCHAR(320), -- invoices go to accounts.payable@example.com when "
    "empty\n"
    "    iban CHAR(34), -- for refunds\n"
    "    country CHAR(2) NOT NULL, -- ISO 3166\n"
    "    status TEXT NOT NULL -- active, paused, closed\n"
    ")",

    "CREATE TABLE core_campaigns ( -- one row per booked campaign\n"
    "    campaign_id INTEGER PRIMARY KEY,\n"
    "    advertiser_id INTEGER NOT NULL REFERENCES core_advertisers(advertiser_id),\n"
    "    name TEXT NOT NULL, -- as shown in the booking tool\n"
    "    status TEXT NOT NULL,\n"
    "    budget_micros INTEGER NOT NULL, -- millionths of the currency unit\n"
    "    currency CHAR(3) NOT NULL,\n"
    "    start_date DATE NOT NULL,\n"
    "    end_date DATE\n"
    ")",

    "CREATE TABLE core_creatives ( -- ad files, as uploaded\n"
    "    creative_id INTEGER PRIMARY KEY,\n"
    "    campaign_id INTEGER NOT NULL REFERENCES core_campaigns(campaign_id),\n"
    "    name TEXT NOT NULL,\n"
    "    size VARCHAR(9) NOT NULL, -- width x height in pixels\n"
    "    mime_type TEXT NOT NULL,\n"
    "    checksum CHAR(64) NOT NULL, -- SHA-256 of the file\n"
    "    orientation TEXT NOT NULL -- portrait, landscape, square\n"
    ")",

    "CREATE TABLE core_placements ( -- where an ad can appear\n"
    "    placement_id INTEGER PRIMARY KEY,\n"
    "    name TEXT NOT NULL,\n"
    "    site_domain TEXT NOT NULL,\n"
    "    size VARCHAR(9) NOT NULL,\n"
    "    floor_micros INTEGER NOT NULL, -- lowest price for a thousand impressions\n"
    "    is_active INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE core_users ( -- registered people; the only table with direct "
    "identifiers\n"
    "    user_id TEXT PRIMARY KEY, -- our pseudonym; every event carries it\n"
    "    username VARCHAR(64) NOT NULL UNIQUE,\n"
    "    email VARCHAR(320) NOT NULL,\n"
    "    email_sha256 CHAR(64) NOT NULL, -- computed by the sign-up service\n"
    "    email_verified INTEGER NOT NULL DEFAULT 0, -- 1 once the link in the mail was "
    "followed\n"
    "    email_opt_in_count INTEGER NOT NULL,\n"
    "    password_hash CHAR(60) NOT NULL, -- bcrypt\n"
    "    first_name TEXT,\n"
    "    last_name TEXT,\n"
    "    phone VARCHAR(16), -- E.164; NULL when never asked\n"
    "    date_of_birth DATE,\n"
    "    gender CHAR(1), -- F, M, X or NULL\n"
    "    street_address TEXT,\n"
    "    city TEXT,\n"
    "    zip VARCHAR(10),\n"
    "    country CHAR(2) NOT NULL,\n"
    "    last_login_ip VARCHAR(45), -- delete after 30 days\n"
    "    created_at TIMESTAMP NOT NULL\n"
    ")",

    "CREATE TABLE core_profiles ( -- what we infer about a person\n"
    "    user_id TEXT PRIMARY KEY REFERENCES core_users(user_id),\n"
    "    household_id TEXT, -- from the identity graph\n"
    "    full_name TEXT,\n"
    "    attr_7 INTEGER, -- year of birth, as declared in the sign-up form\n"
    "    age_range VARCHAR(8),\n"
    "    segment_ids TEXT, -- IAB audience taxonomy 1.1\n"
    "    propensity REAL, -- 0 to 1, to buy within a week\n"
    "    model_version TEXT NOT NULL\n"
    ")",

    "CREATE TABLE core_devices ( -- a device belongs to one person at a time\n"
    "    device_key INTEGER PRIMARY KEY,\n"
    "    user_id TEXT NOT NULL REFERENCES core_users(user_id),\n"
    "    gaid CHAR(36), -- Android; all zero when tracking is limited\n"
    "    idfa CHAR(36), -- iOS; all zero without consent\n"
    "    idfv CHAR(36), -- iOS, per vendor\n"
    "    device_type TEXT NOT NULL, -- phone, tablet, tv\n"
    "    os TEXT NOT NULL,\n"
    "    os_version VARCHAR(16),\n"
    "    limit_ad_tracking INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE core_consents ( -- the newest consent we hold of each person\n"
    "    user_id TEXT PRIMARY KEY REFERENCES core_users(user_id),\n"
    "    tc_string TEXT, -- IAB TCF v2\n"
    "    gpp_string TEXT,\n"
    "    us_privacy CHAR(4),\n"
    "    banner_version TEXT NOT NULL,\n"
    "    updated_at TIMESTAMP NOT NULL\n"
    ")",

    "CREATE TABLE core_identity_graph ( -- deterministic matches only\n"
    "    user_id TEXT PRIMARY KEY REFERENCES core_users(user_id),\n"
    "    household_id TEXT NOT NULL,\n"
    "    email_sha256 CHAR(64) NOT NULL, -- of the trimmed lower-case address\n"
    "    email_md5 CHAR(32) NOT NULL, -- legacy partners; drop when the last one has "
    "moved\n"
    "    uid2_token TEXT,\n"
    "    eids TEXT, -- OpenRTB user.eids, JSON\n"
    "    match_score INTEGER NOT NULL -- per mille\n"
    ")",

    "CREATE TABLE core_payment_methods ( -- cards of people who pay for ad-free reading\n"
    "    payment_id INTEGER PRIMARY KEY,\n"
    "    user_id TEXT NOT NULL REFERENCES core_users(user_id),\n"
    "    cardholder_name TEXT NOT NULL,\n"
    "    card_number VARCHAR(19) NOT NULL, -- should have been tokenised\n"
    "    card_expiry CHAR(5) NOT NULL,\n"
    "    card_brand TEXT NOT NULL,\n"
    "    billing_zip VARCHAR(10)\n"
    ")",

    /* ---- raw: what happens, in the order of the seven stages ---- */

    "CREATE TABLE raw_bid_requests ( -- stage 1, user request: as it came from the "
    "exchange\n"
    "    request_id CHAR(36) PRIMARY KEY,\n"
    "    received_ms INTEGER NOT NULL, -- since 1970\n"
    "    ip VARCHAR(15),\n"
    "    ipv6 VARCHAR(39),\n"
    "    user_agent TEXT,\n"
    "    ifa CHAR(36), -- advertising id of the device\n"
    "    lmt INTEGER, -- 1: limit ad tracking\n"
    "    lat REAL, -- GPS, as sent by the app\n"
    "    lon REAL,\n"
    "    country CHAR(2),\n"
    "    page_url TEXT,\n"
    "    us_privacy CHAR(4),\n"
    "    user_json TEXT, -- OpenRTB user object\n"
    "    tmax_ms INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE raw_user_sync ( -- stage 2, user profiling: cookie matches with "
    "partners\n"
    "    user_id TEXT NOT NULL REFERENCES core_users(user_id),\n"
    "    partner TEXT NOT NULL, -- domain\n"
    "    buyeruid TEXT NOT NULL, -- their id for our user\n"
    "    _ga TEXT, -- Google Analytics cookie\n"
    "    _fbp TEXT, -- Meta browser cookie\n"
    "    synced_ms INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE raw_inventory_lookups ( -- stage 3, ad inventory lookup: no user data "
    "belongs here\n"
    "    request_id CHAR(36) NOT NULL REFERENCES raw_bid_requests(request_id),\n"
    "    placement_id INTEGER NOT NULL REFERENCES core_placements(placement_id),\n"
    "    ad_size VARCHAR(9) NOT NULL,\n"
    "    deal_id TEXT,\n"
    "    floor_micros INTEGER NOT NULL,\n"
    "    candidates INTEGER NOT NULL,\n"
    "    latency_us INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE raw_bids ( -- stage 4, RTB auction: one row per answer\n"
    "    bid_id TEXT PRIMARY KEY,\n"
    "    auction_id CHAR(36) NOT NULL REFERENCES raw_bid_requests(request_id),\n"
    "    imp_id VARCHAR(16) NOT NULL,\n"
    "    seat TEXT NOT NULL,\n"
    "    creative_id INTEGER REFERENCES core_creatives(creative_id),\n"
    "    price_micros INTEGER NOT NULL,\n"
    "    currency CHAR(3) NOT NULL,\n"
    "    outcome TEXT NOT NULL -- won, lost, timeout, below_floor\n"
    ")",

    "CREATE TABLE raw_impressions ( -- stage 5, ad delivery\n"
    "    impression_id CHAR(36) PRIMARY KEY,\n"
    "    auction_id CHAR(36) NOT NULL REFERENCES raw_bid_requests(request_id),\n"
    "    user_id TEXT REFERENCES core_users(user_id),\n"
    "    ip_masked VARCHAR(15), -- last octet set to 0 before we store it\n"
    "    geo_lat REAL, -- from the IP, two decimals\n"
    "    geo_lon REAL,\n"
    "    orientation TEXT, -- of the screen\n"
    "    viewable_ms INTEGER,\n"
    "    sdk_version VARCHAR(16),\n"
    "    served_ms INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE raw_clicks ( -- stage 6, event tracking\n"
    "    impression_id CHAR(36) NOT NULL REFERENCES raw_impressions(impression_id),\n"
    "    user_id TEXT REFERENCES core_users(user_id),\n"
    "    click_url TEXT NOT NULL, -- with the parameters that Google and Meta add\n"
    "    gclid TEXT,\n"
    "    fbclid TEXT,\n"
    "    ip VARCHAR(15),\n"
    "    clicked_ms INTEGER NOT NULL\n"
    ")",

    "CREATE TABLE raw_web_events ( -- stage 6, event tracking: the site's own analytics\n"
    "    event_id CHAR(32) PRIMARY KEY,\n"
    "    event_name TEXT NOT NULL,\n"
    "    measurement_id TEXT NOT NULL, -- of the property, not of a person\n"
    "    ga_cookie TEXT,\n"
    "    user_agent TEXT,\n"
    "    engagement_ms INTEGER,\n"
    "    event_time TIMESTAMP NOT NULL\n"
    ")",

    "CREATE TABLE raw_conversions ( -- stage 6, event tracking: server to server, from "
    "the shops\n"
    "    order_id TEXT PRIMARY KEY,\n"
    "    user_id TEXT REFERENCES core_users(user_id),\n"
    "    em CHAR(64), -- hashed e-mail\n"
    "    ph CHAR(64), -- hashed phone\n"
    "    product_name TEXT NOT NULL,\n"
    "    value_micros INTEGER NOT NULL,\n"
    "    currency CHAR(3) NOT NULL,\n"
    "    coupon_code TEXT,\n"
    "    converted_at TIMESTAMP NOT NULL\n"
    ")",

    "CREATE TABLE raw_lead_forms ( -- uploaded by agencies, columns named as they like\n"
    "    \"Lead #\" INTEGER PRIMARY KEY,\n"
    "    \"Full Name\" TEXT,\n"
    "    \"E-Mail\" TEXT,\n"
    "    \"Mobile\" TEXT,\n"
    "    field_4 TEXT, -- product they asked about\n"
    "    field_5 TEXT, -- street and house number\n"
    "    \"Campaign Name\" TEXT\n"
    ")",

    "CREATE TABLE raw_support_tickets ( -- what advertisers and readers write to us; ask "
    "maria.lopez@example.com before dropping\n"
    "    ticket_id INTEGER PRIMARY KEY,\n"
    "    user_id TEXT REFERENCES core_users(user_id),\n"
    "    subject TEXT NOT NULL,\n"
    "    notes TEXT, -- free text\n"
    "    priority TEXT NOT NULL,\n"
    "    status TEXT NOT NULL,\n"
    "    opened_at TIMESTAMP NOT NULL\n"
    ")",

    /* ---- mart: stage 7, aggregation ---- */

    "CREATE TABLE mart_campaign_daily ( -- stage 7, aggregation: no row may single a "
    "person out\n"
    "    day DATE NOT NULL,\n"
    "    campaign_id INTEGER NOT NULL REFERENCES core_campaigns(campaign_id),\n"
    "    campaign_name TEXT NOT NULL,\n"
    "    region TEXT NOT NULL, -- sales region\n"
    "    impressions INTEGER NOT NULL,\n"
    "    clicks INTEGER NOT NULL,\n"
    "    ip_count INTEGER NOT NULL, -- distinct addresses, approximate\n"
    "    spend_micros INTEGER NOT NULL,\n"
    "    avg_latency_ms REAL,\n"
    "    PRIMARY KEY (day, campaign_id)\n"
    ")",

    "CREATE TABLE mart_job_runs ( -- how the tables above were made\n"
    "    run_id CHAR(32) PRIMARY KEY,\n"
    "    job_name TEXT NOT NULL,\n"
    "    state TEXT NOT NULL, -- succeeded, failed, skipped\n"
    "    started_at INTEGER NOT NULL, -- epoch seconds\n"
    "    rows_written INTEGER,\n"
    "    code_version VARCHAR(16) NOT NULL\n"
    ")",

    "CREATE VIEW mart_customer_value AS -- revenue per customer, for the sales team\n"
    "SELECT u.user_id,\n"
    "       u.email,\n"
    "       substr(u.phone, 1, 3) AS dial_code,\n"
    "       count(c.order_id) AS orders,\n"
    "       sum(c.value_micros) / 1000000 AS revenue,\n"
    "       CASE WHEN sum(c.value_micros) >= 400000000 THEN 'gold'\n"
    "            WHEN sum(c.value_micros) >= 150000000 THEN 'silver'\n"
    "            ELSE 'bronze' END AS tier\n"
    "  FROM core_users u\n"
    "  JOIN raw_conversions c ON c.user_id = u.user_id\n"
    " WHERE u.email <> 'qa.robot@example.com' -- the test account\n"
    "   AND u.last_name <> 'Testerson'\n"
    " GROUP BY u.user_id, u.email, u.phone",

    "CREATE VIEW mart_campaign_health AS\n"
    "SELECT c.name AS campaign_name,\n"
    "       a.name AS advertiser_name,\n"
    "       sum(d.impressions) AS impressions,\n"
    "       sum(d.clicks) AS clicks,\n"
    "       round(1000.0 * sum(d.clicks) / max(sum(d.impressions), 1), 2) AS "
    "ctr_per_mille,\n"
    "       CASE c.status WHEN 'active' THEN 1 ELSE 0 END AS is_running\n"
    "  FROM mart_campaign_daily d\n"
    "  JOIN core_campaigns c ON c.campaign_id = d.campaign_id\n"
    "  JOIN core_advertisers a ON a.advertiser_id = c.advertiser_id\n"
    " WHERE d.day >= '2025-10-15'\n"
    " GROUP BY c.campaign_id",

    /* ---- export: what leaves the house ---- */

    /* The leak: a hashed address beside the device it belongs to. */
    "CREATE VIEW export_audience_acme AS\n"
    "SELECT g.email_sha256 AS hem,\n"
    "       d.gaid AS device_id,\n"
    "       'acme-autumn' AS audience,\n"
    "       p.age_range\n"
    "  FROM core_identity_graph g\n"
    "  JOIN core_devices d ON d.user_id = g.user_id\n"
    "  JOIN core_profiles p ON p.user_id = g.user_id\n"
    " WHERE d.gaid IS NOT NULL\n"
    "   AND p.propensity > 0.35",

    "CREATE VIEW export_suppression_list AS\n"
    "SELECT lower(trim(u.email)) AS address,\n"
    "       u.phone AS msisdn,\n"
    "       'do not mail' AS reason\n"
    "  FROM core_users u\n"
    " WHERE u.email_opt_in_count = 0\n"
    "    OR u.email IN ('ana.silva@example.com', 'j.doe@example.org')\n"
    "    OR u.phone = '+12125550100'",

    "CREATE VIEW export_advertiser_report AS -- totals only; goes to advertisers every "
    "Monday\n"
    "SELECT a.name AS advertiser_name,\n"
    "       d.region,\n"
    "       sum(d.impressions) AS impressions,\n"
    "       sum(d.spend_micros) AS spend_micros,\n"
    "       max(d.day) AS last_day\n"
    "  FROM mart_campaign_daily d\n"
    "  JOIN core_campaigns c ON c.campaign_id = d.campaign_id\n"
    "  JOIN core_advertisers a ON a.advertiser_id = c.advertiser_id\n"
    " WHERE a.name NOT LIKE 'Internal %'\n"
    " GROUP BY a.advertiser_id, d.region",

    NULL,
};
