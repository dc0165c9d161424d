/*
 * Europe's packs at work: columns of made-up numbers that pass their check, under a name that speaks, under one that does not, and beside
 * numbers of machines that look alike.
 */
#include "tests/check.h"
#include "tests/world_columns.h"

#include "classifiers/validators.h"

#define ROWS 120

struct row {
    const char *type; /* and its validator */
    const char *name;
    const char *
        shape; /* # digit, @ capital letter, YMD a day of two digits each, the rest as it stands */
    bool proves_itself; /* without a name */
};

/* clang-format off */
static const struct row numbers[] = {
    { "at_svnr", "sozialversicherungsnummer", "4### DMY", false },
    { "be_national_number", "rijksregisternummer", "Y.M.D-###.##", true },
    { "bg_egn", "egn", "YMD####", true },
    { "ch_ahv", "ahv_nummer", "756.####.####.##", true },
    { "cz_sk_rodne_cislo", "rodne_cislo", "YMD/####", true },
    { "de_rentenversicherung", "rentenversicherungsnummer", "65DMY@###", true },
    { "de_steuer_id", "steuer_id", "8##########", true },
    { "dk_cpr", "cpr_nummer", "DMY-####", false },
    { "ee_lt_isikukood", "isikukood", "4YMD####", true },
    { "es_dni", "dni", "########@", true },
    { "es_nie", "nie", "X#######@", true },
    { "fi_hetu", "hetu", "DMY-###@", true },
    { "fr_nir", "numero_securite_sociale", "2YM75######@@", true },
    { "fr_siren", "siren", "#########", false },
    { "gr_afm", "afm_number", "1########", false },
    { "gr_amka", "amka", "DMY#####", true },
    { "hr_oib", "oib", "3##########", false },
    { "hu_taj", "taj_szam", "###-###-###", false },
    { "ie_pps", "pps_number", "#######@", false },
    { "is_kennitala", "kennitala", "DMY-###9", true },
    { "it_codice_fiscale", "codice_fiscale", "@@@@@@YAD@###@", true },
    { "it_partita_iva", "partita_iva", "0######0###", false },
    { "lv_personas_kods", "personas_kods", "DMY-1####", true },
    { "nl_bsn", "bsn", "1########", false },
    { "no_fodselsnummer", "fodselsnummer", "DMY #####", true },
    { "pl_nip", "nip", "5#########", false },
    { "pl_pesel", "pesel", "YMD#####", true },
    { "pt_nif", "contribuinte", "2########", false },
    { "ro_cnp", "cnp", "2YMD40####", true },
    { "se_personnummer", "personnummer", "YMD-####", true },
    { "si_rs_jmbg_emso", "jmbg", "DM97150####", true },
    { "uk_nhs_number", "nhs_number", "### ### ####", false },
    { "uk_utr", "utr", "##########", false },
};
#define N_NUMBERS (sizeof numbers / sizeof *numbers)

/* What shops, logs and warehouses are full of. */
static const struct row machines[] = {
    { "order number of a day", "value", "YMD####", false },
    { "order number of a day, longer", "value", "YMD#####", false },
    { "the day first", "value", "DMY#####", false },
    { "with a dash", "value", "YMD-####", false },
    { "an instant", "value", "17########", false },
    { "an instant in milliseconds", "value", "17###########", false },
    { "an instant in words", "value", "20YMD1#5#3#", false },
    { "nine digits", "value", "3########", false },
    { "eleven digits", "value", "41#########", false },
    { "an article of a letter", "value", "########@", false },
    { "an article of two", "value", "SK######A", false },
    { "a lot", "value", "@@@######", false },
};
/* clang-format on */

static const struct row *drawn;

static unsigned next(uint64_t *state, unsigned below)
{
    *state = tl_columns_mix(*state);
    return (unsigned)(*state >> 16) % below;
}

static void draw(char *out, uint64_t *state)
{
    for (const char *c = drawn->shape; *c; c++) {
        unsigned part = 0;

        switch (*c) {
        case '#':
            *out++ = (char)('0' + next(state, 10));
            continue;
        case '@': /* the key of France's is of digits */
            *out++ = (char)(drawn->shape[0] == '2' ? '0' + next(state, 10)
                                                   : 'A' + next(state, 26));
            continue;
        case 'Y':
            part = 20 + next(state, 79);
            break;
        case 'M':
            part = 1 + next(state, 12);
            break;
        case 'D':
            part = 1 + next(state, 28);
            break;
        default:
            *out++ = *c;
            continue;
        }
        *out++ = (char)('0' + part / 10);
        *out++ = (char)('0' + part % 10);
    }
    *out = '\0';
}

/* Draws until the check holds; one in a hundred does where two digits check. */
static void make_number(char out[256], unsigned i)
{
    const struct tl_validator *validator = tl_validator_find(drawn->type);
    uint64_t state = i * 1000003u + (unsigned)drawn->type[0];

    do
        draw(out, &state);
    while (validator && !validator->holds(out, strlen(out), false));
}

static void make_integer(char out[256], unsigned i)
{
    char text[256];
    size_t n = 0;

    make_number(text, i);
    for (const char *c = text; *c; c++) {
        if (*c >= '0' && *c <= '9' && (n || *c != '0'))
            out[n++] = *c;
    }
    out[n] = '\0';
}

static void open_with(struct tl_columns *w, const struct row *rows, size_t n,
                      bool is_named)
{
    tl_columns_open(w, "t", ROWS);
    for (drawn = rows; drawn < rows + n; drawn++)
        tl_columns_make(w, is_named ? drawn->name : "value", "TEXT", make_number);
    CHECK(tl_columns_decide(w, TL_SAMPLE_READ));
}

static void a_name_and_values_that_pass_are_that_number(void)
{
    struct tl_columns w;

    open_with(&w, numbers, N_NUMBERS, true);
    for (uint32_t i = 0; i < N_NUMBERS; i++)
        CHECK_TEXT(tl_columns_types(&w, i), numbers[i].type);
    tl_columns_close(&w);
}

static void values_alone_prove_what_hardly_comes_by_chance(void)
{
    struct tl_columns w;

    open_with(&w, numbers, N_NUMBERS, false);
    for (uint32_t i = 0; i < N_NUMBERS; i++) {
        const char *want = numbers[i].proves_itself ? numbers[i].type : "-";

        if (!CHECK_TEXT(tl_columns_types(&w, i), want))
            printf("    %s\n", numbers[i].type);
    }
    tl_columns_close(&w);
}

static void numbers_of_machines_are_nobodys(void)
{
    struct tl_columns w;

    open_with(&w, machines, sizeof machines / sizeof *machines, true);
    for (uint32_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        if (!CHECK_TEXT(tl_columns_types(&w, i), "-"))
            printf("    %s\n", machines[i].type);
    }
    tl_columns_close(&w);
}

/* Days of birth from the first to the ninth of a month, and years from 2000 on, begin with a zero. */
static void a_column_of_integers_loses_no_one(void)
{
    static const char *const types[] = { "bg_egn",           "dk_cpr",
                                         "gr_amka",          "is_kennitala",
                                         "no_fodselsnummer", "si_rs_jmbg_emso" };
    struct tl_columns w;

    tl_columns_open(&w, "t", ROWS);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        for (drawn = numbers; strcmp(drawn->type, types[i]); drawn++)
            ;
        tl_columns_make(&w, drawn->name, "BIGINT", make_integer);
    }
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    for (uint32_t i = 0; i < sizeof types / sizeof *types; i++) {
        CHECK_TEXT(tl_columns_types(&w, i), types[i]);
        CHECK_INT(tl_columns_tag(&w, i)->matched, ROWS);
    }
    tl_columns_close(&w);
}

static void a_column_of_spanish_tax_numbers_holds_three_kinds(void)
{
    struct tl_columns w;

    tl_columns_open(&w, "clientes", 8);
    tl_columns_add(&w, "nif", "TEXT", "12345678Z", "54362315K", "X2482300W", "Y1234567X",
                   "A13585625", "J99216582", "00000001R", "00000002W", TL_LAST);
    CHECK(tl_columns_decide(&w, TL_SAMPLE_READ));
    CHECK_TEXT(tl_columns_types(&w, 0), "es_nie es_cif es_dni");
    tl_columns_close(&w);
}

TL_TESTS("packs of Europe", TEST(a_name_and_values_that_pass_are_that_number),
         TEST(values_alone_prove_what_hardly_comes_by_chance),
         TEST(numbers_of_machines_are_nobodys), TEST(a_column_of_integers_loses_no_one),
         TEST(a_column_of_spanish_tax_numbers_holds_three_kinds))
