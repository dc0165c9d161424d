/*
 * Telephones, SIM cards and vehicles. Each says where its rule comes from; the regex of the type has matched before it is
 * asked, but none relies on that: any bytes are safe.
 */
#include "classifiers/validators.h"
#include "classifiers/validators/compact.h"
#include "classifiers/validators/digits.h"

#include <string.h>

/* Mobile country codes of ITU-T E.212 (operational bulletin 1162, annex), first and last of each run; networks that belong to no
   country (901) and tests (001, 999) are nobody's telephone. */
static const unsigned short mobile_countries[][2] = {
    { 202, 202 }, { 204, 204 }, { 206, 206 }, { 208, 208 }, { 212, 214 }, { 216, 216 },
    { 218, 222 }, { 226, 226 }, { 228, 228 }, { 230, 232 }, { 234, 235 }, { 238, 238 },
    { 240, 240 }, { 242, 242 }, { 244, 244 }, { 246, 248 }, { 250, 250 }, { 255, 255 },
    { 257, 257 }, { 259, 260 }, { 262, 262 }, { 266, 266 }, { 268, 268 }, { 270, 270 },
    { 272, 272 }, { 274, 274 }, { 276, 276 }, { 278, 278 }, { 280, 280 }, { 282, 284 },
    { 286, 286 }, { 288, 290 }, { 292, 295 }, { 297, 297 }, { 302, 302 }, { 308, 308 },
    { 310, 316 }, { 330, 330 }, { 334, 334 }, { 338, 338 }, { 340, 340 }, { 342, 342 },
    { 344, 344 }, { 346, 346 }, { 348, 348 }, { 350, 350 }, { 352, 352 }, { 354, 354 },
    { 356, 356 }, { 358, 358 }, { 360, 360 }, { 362, 366 }, { 368, 368 }, { 370, 370 },
    { 372, 372 }, { 374, 374 }, { 376, 376 }, { 400, 402 }, { 404, 406 }, { 410, 410 },
    { 412, 422 }, { 424, 432 }, { 434, 434 }, { 436, 438 }, { 440, 441 }, { 450, 450 },
    { 452, 452 }, { 454, 457 }, { 460, 461 }, { 466, 467 }, { 470, 470 }, { 472, 472 },
    { 502, 502 }, { 505, 505 }, { 510, 510 }, { 514, 515 }, { 520, 520 }, { 525, 525 },
    { 528, 528 }, { 530, 530 }, { 536, 537 }, { 539, 555 }, { 602, 643 }, { 645, 655 },
    { 657, 659 }, { 702, 702 }, { 704, 704 }, { 706, 706 }, { 708, 708 }, { 710, 710 },
    { 712, 712 }, { 714, 714 }, { 716, 716 }, { 722, 722 }, { 724, 724 }, { 730, 730 },
    { 732, 732 }, { 734, 734 }, { 736, 736 }, { 738, 738 }, { 740, 740 }, { 742, 742 },
    { 744, 744 }, { 746, 746 }, { 748, 748 }, { 750, 750 },
};

/* Country, network, subscriber; 15 digits, seldom 14. There is no check. */
static bool imsi_holds(const char *bytes, size_t n, bool is_named)
{
    char d[TL_COMPACT_MOST];
    size_t k = tl_compact(d, bytes, n, " -");

    (void)is_named;
    if ((k != 14 && k != 15) || !tl_are_digits(d, k))
        return false;
    unsigned country = tl_digits_number(d, 3);
    for (size_t i = 0; i < sizeof mobile_countries / sizeof *mobile_countries; i++) {
        if (country >= mobile_countries[i][0] && country <= mobile_countries[i][1])
            return true;
    }
    return false;
}

/* Telecommunication's 89, country, issuer, account, Luhn. Tools that read the file of 10 bytes leave its filling F behind. */
static bool iccid_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");

    (void)is_named;
    if (k == 20 && t[19] == 'F')
        k = 19;
    return (k == 19 || k == 20) && tl_are_digits(t, k) && t[0] == '8' && t[1] == '9' &&
           tl_luhn_holds(t, k);
}

/* 3GPP2 X.S0008: 14 hexadecimal digits from A0 on, perhaps a fifteenth that checks them by Luhn of base 16. */
static bool meid_holds(const char *bytes, size_t n, bool is_named)
{
    char t[TL_COMPACT_MOST];
    size_t k = tl_compact(t, bytes, n, " -");
    unsigned sum = 0;

    (void)is_named;
    if ((k != 14 && k != 15) || t[0] < 'A')
        return false;
    for (size_t i = 0; i < k; i++) {
        if (t[i] > 'F')
            return false;
        unsigned value =
            t[i] >= 'A' ? (unsigned)(t[i] - 'A') + 10 : (unsigned)(t[i] - '0');
        unsigned twice = value * (1 + ((k - 1 - i) & 1));

        sum += twice / 16 + twice % 16;
    }
    return k == 14 || sum % 16 == 0;
}

/* ISO 3779: letters without I, O, Q as numbers, as 49 CFR 565.15 lists them; 0: no such letter. */
static unsigned vin_value(char c)
{
    static const unsigned char letters[] = { 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                             5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9 };

    return c >= 'A' ? letters[c - 'A'] : (unsigned)(c - '0');
}

/* The ninth sign checks the others where it must (North America and China); elsewhere a name has to speak for it, and the last four are digits. */
static bool vin_holds(const char *bytes, size_t n, bool is_named)
{
    static const unsigned char weights[] = { 8, 7, 6, 5, 4, 3, 2, 10, 0,
                                             9, 8, 7, 6, 5, 4, 3, 2 };
    char t[TL_COMPACT_MOST];
    unsigned sum = 0;

    if (tl_compact(t, bytes, n, " -") != 17)
        return false;
    for (size_t i = 0; i < 17; i++) {
        unsigned value = vin_value(t[i]);

        if (t[i] >= 'A' && !value)
            return false;
        sum += value * weights[i];
    }
    bool checks = t[8] == "0123456789X"[sum % 11];
    bool must_check = (t[0] >= '1' && t[0] <= '5') || t[0] == 'L';
    return (checks && !tl_digits_same(t, 17)) ||
           (is_named && !must_check && tl_are_digits(t + 13, 4) && t[0] >= 'A');
}

const struct tl_validator tl_validators_device[] = {
    { "iccid", iccid_holds, "ITU-T E.118, ETSI TS 102 221 section 13.2" },
    { "imsi", imsi_holds, "ITU-T E.212, 3GPP TS 23.003 section 2.2" },
    { "meid", meid_holds, "3GPP2 X.S0008-0 section 3.1" },
    { "vin", vin_holds, "ISO 3779, 49 CFR 565.15" },
    { 0 },
};
