"""
European numbers of python-stdnum (https://arthurdejong.org/python-stdnum/), for check_validators.py. Where it has none, the oracle is put
together here from its checksums and Python's calendar, by the published rule.
"""
import datetime
import re

from stdnum import luhn, verhoeff
from stdnum.at import tin as at_tin, vnr
from stdnum.be import eid as be_eid, ssn as be_ssn, vat as be_vat
from stdnum.bg import egn, pnf
from stdnum.ch import ssn as ch_ssn, uid as ch_uid
from stdnum.cy import vat as cy_vat
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.dk import cpr, cvr
from stdnum.ee import ik
from stdnum.es import cif, dni, nie, nif as es_nif
from stdnum.fi import hetu, ytunnus
from stdnum.fr import nif as fr_nif, nir, siren, siret
from stdnum.gb import nhs, upn, utr
from stdnum.gr import amka, vat as gr_vat
from stdnum.hr import oib
from stdnum.ie import pps
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale, iva
from stdnum.lv import pvn
from stdnum.md import idno
from stdnum.nl import bsn, onderwijsnummer
from stdnum.no import fodselsnummer, orgnr as no_orgnr
from stdnum.pl import nip, pesel, regon
from stdnum.pt import cc, nif as pt_nif
from stdnum.ro import cnp
from stdnum.ru import inn
from stdnum.se import orgnr as se_orgnr, personnummer
from stdnum.si import ddv, emso
from stdnum.ua import rntrc

from stdnum_types import Type

TODAY = datetime.date.today()


def bare(text, separators=" -./:+,"):
    return "".join(c for c in text if c not in separators).upper()


def digits(text, n, separators=" -"):
    text = bare(text, separators)
    return text if len(text) == n and text.isascii() and text.isdigit() else None


def is_day(year, month, day):
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError:
        return None


def is_day_of(yy, month, day):
    """Of 1900 to 1999, or of 2000 to 2049."""
    return is_day(1900 + int(yy), month, day) or (int(yy) < 50 and is_day(2000 + int(yy), month, day))


def weighted(text, weights):
    return sum(int(c) * w for c, w in zip(text, weights))


# ---- what python-stdnum does not have ----

def chi(text):
    d = digits(text, 10)
    return d and nhs.is_valid(d) and is_day_of(d[4:6], d[2:4], d[:2])


def uk_driving(text):
    m = re.fullmatch(r"(?=[A-Z])([A-Z]{1,5}9*)(?<=^.{5})(\d)(\d\d)(\d\d)(\d)([A-Z][A-Z9]|99)[A-Z0-9]{3}", bare(text, " "))
    return m and is_day_of(m[2] + m[5], int(m[3]) - 50 * (int(m[3]) > 50), m[4])


def eircode(text):
    return re.fullmatch(r"[A-Z0-9]{3}[0-9ACDEFHKNPRTVWXY]{4}", bare(text, " -"))


def icao(text):
    """Doc 9303: 7 3 1."""
    return sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10


def perso(text):
    m = re.fullmatch(r"([CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8})(\d?)", bare(text, " "))
    return m and (not m[2] or icao(m[1]) == int(m[2]))


def kvnr(text):
    """Luhn's weights from the left, and the sum itself where Luhn has what is missing to ten."""
    m = re.fullmatch(r"([A-Z])(\d{8})(\d)", bare(text, " "))
    return m and (10 - int(luhn.calc_check_digit(f"{ord(m[1]) - 64:02}{m[2]}"))) % 10 == int(m[3])


def rvnr(text):
    m = re.fullmatch(r"(\d\d(\d\d)(\d\d)(\d\d))([A-Z])(\d\d)(\d)", bare(text, " -"))
    if not m or not is_day_of(m[4], m[3], int(m[2]) - 50 * (int(m[2]) > 50)):
        return False
    whole = f"{m[1]}{ord(m[5]) - 64:02}{m[6]}"
    return sum(sum(map(int, str(int(c) * int(w)))) for c, w in zip(whole, "212571212121")) % 10 == int(m[7])


def matricule(text):
    d = digits(text, 13, " -.")
    return d and 1850 <= int(d[:4]) <= 2049 and is_day(d[:4], d[4:6], d[6:8]) and luhn.is_valid(d[:12]) \
        and verhoeff.is_valid(d[:11] + d[12])


def nuss(text):
    d = digits(text, 12, " -/")
    if not d or not 1 <= int(d[:2]) <= 66:
        return False
    number = int(d[2:10])
    number += int(d[:2]) * (10**7 if number < 10**7 else 10**8)
    return number % 97 == int(d[10:])


def dowod(text):
    m = re.fullmatch(r"[A-Z]{3}\d{6}", bare(text, " -"))
    return m and sum(int(c, 36) * int(w) for c, w in zip(m[0], "731973173")) % 10 == 0


def taj(text):
    d = digits(text, 9)
    return d and len(set(d)) > 1 and (sum(map(int, d[:8:2])) * 3 + sum(map(int, d[1:8:2])) * 7) % 10 == int(d[8])


def adoazonosito(text):
    d = digits(text, 10)
    born = d and datetime.date(1867, 1, 1) + datetime.timedelta(int(d[1:6]))
    return d and d[0] == "8" and born < datetime.date(2050, 6, 1) \
        and sum(i * int(c) for i, c in enumerate(d[:9], 1)) % 11 == int(d[9])


def by_personal(text):
    m = re.fullmatch(r"([1-6])(\d\d)(\d\d)(\d\d)[ABCHKEM]\d{3}(PB|BA|BI)\d", bare(text, " "))
    return m and is_day((1800, 1900, 2000)[(int(m[1]) - 1) // 2] + int(m[4]), m[3], m[2])


def snils(text):
    d = digits(text, 11)
    if not d or int(d[:9]) <= 1001998:
        return False
    total = sum((9 - i) * int(c) for i, c in enumerate(d[:9]))
    return (total if total < 100 else total % 101 % 100) == int(d[9:])


# ---- what ours does beyond it, on purpose ----

def lost(oracle, count, most):
    """Up to `most` zeros in front that a column of integers has lost are put back, where there are nothing but digits."""
    def holds(text):
        is_short = count - most <= len(text) < count and re.fullmatch(r"[1-9][0-9]*", text)
        return oracle(text.zfill(count) if is_short else text)
    return holds


# ---- reasons that several share ----

def filled(n):
    return ("it fills up with any number of zeros, ours with one",
            lambda text, our, their: their and len(bare(text)) < n)


EQUAL = ("a single digit all along is what forms are filled in with",
         lambda text, our, their: their and len(set(bare(text))) == 1)
ODD_SEPARATORS = ("where separators may stand is the pattern's to say, ours passes over them",
                  lambda text, our, their: our and not their and re.search(r"[ .:+/,-]", text))


def not_born(day_of, length):
    """It knows today's date and refuses who is not born; ours asks no clock."""
    def applies(text, our, their):
        day = day_of(bare(text).zfill(length))
        return our and not their and day and day > TODAY
    return ("it asks the clock who is born yet", applies)


def dk_day(d):
    y = int(d[4:6])
    y += 1800 if d[6] in "5678" and y >= 58 else 1900 if d[6] in "0123" or (d[6] in "49" and y >= 37) else 2000
    return is_day(y, d[2:4], d[:2])


def no_day_of_birth(d):
    y, serial = int(d[4:6]), int(d[6:9])
    y += 1900 if serial < 500 else 1800 if serial < 750 and y >= 54 else 2000 if y < 40 else 1900
    return is_day(y, int(d[2:4]) % 40, int(d[:2]) % 40)


TYPES = {
    # ---- United Kingdom, Ireland ----
    "uk_nhs_number": Type(nhs.is_valid, [r"\d{10}", r"\d{3}-\d{3}-\d{4}", r"\d{3} \d{3} \d{4}"],
                          ["943-476-5919", "9434765870", "4444444444"], [EQUAL]),
    "uk_chi_number": Type(lost(chi, 10, 1), [r"<ddmmyy>\d{4}", r"\d{10}"], ["2605641341", "1602934398"]),
    "uk_utr": Type(utr.is_valid, [r"\d{10}", r"\d{5} \d{5}"], ["9614719964", "2592633913"]),
    "uk_driving_licence": Type(uk_driving, [r"\l{5}\d<mmdd>\d\l{2}\w{3}", r"\l{4}9\d[56]\d\d{2}\d\l9\w{3}"],
                               ["MORGA657054SM9IJ", "JONES711018J99AB"]),
    "uk_upn": Type(upn.is_valid, [r"\l[238]0\d{10}", r"\l8[0-9][0-9]\d{8}\l"], ["B801200005001", "A80120000500A"],
                   [("it lists the authorities of 2011; new ones have come since",
                     lambda text, our, their: our and int(bare(text)[1:4]) not in upn._la_numbers)]),
    "ie_pps": Type(pps.is_valid, [r"\d{7}\l", r"\d{7}[A-W][A-IWTX]"], ["7182724B", "4001682T", "1234567FA"],
                   [("the second letter runs from A to I; it knows A, B and H",
                     lambda text, our, their: bare(text)[8:] in tuple("CDEFGI"))]),
    "ie_eircode": Type(eircode, [r"[ACDEFHKNPRTVWXY]\d{2} [0-9ACDEFHKNPRTVWXY]{4}", r"D6W\w{4}"], ["D02 X285", "A65 F4E2"]),
    # ---- France ----
    "fr_nir": Type(nir.is_valid, [r"[1-478]<yymm>\d{10}", r"[12]<yymm>2[AB]\d{8}", r"[12] <yy> <mm> \d{2} \d{3} \d{3} \d{2}",
                                  r"\d{15}"],
                   ["257127562164852", "270077579498219"],
                   [("it looks neither at sex nor at month", lambda text, our, their: their and not our),
                    ("it does not pass over dashes", lambda text, our, their: our and "-" in text)]),
    "fr_spi_tax_id": Type(lost(fr_nif.is_valid, 13, 1), [r"[0-3]\d{12}", r"[0-3]\d \d{2} \d{3} \d{3} \d{3}"],
                          ["30 23 217 600 053", "34 48 607 592 430"]),
    "fr_siren": Type(siren.is_valid, [r"\d{9}", r"\d{3} \d{3} \d{3}"], ["552 008 443", "000000000"], [EQUAL]),
    "fr_siret": Type(siret.is_valid, [r"\d{14}", r"356000000\d{5}"], ["73282932000074", "35600000000048", "35600000049837"]),
    # ---- Benelux ----
    "be_national_number": Type(lost(be_ssn.is_valid, 11, 2), [r"<yymmdd>\d{5}", r"<yy>[0245]\d<dd>\d{5}", r"<yy>.<mm>.<dd>-\d{3}.\d{2}"],
                               ["83030613492", "78020428880", "85073003328", "00002199927"],
                               [("it asks the clock which years may have begun",
                                 lambda text, our, their: our and int(bare(text)[:2]) + 2000 > TODAY.year)]),
    "be_eid": Type(be_eid.is_valid, [r"\d{12}", r"\d{3}-\d{7}-\d{2}"], ["591-1917064-58"]),
    "be_enterprise": Type(be_vat.is_valid, [r"[01]\d{9}", r"\d{9}", r"0\d{3}.\d{3}.\d{3}"], ["BE 428759497", "0403019261"]),
    "nl_bsn": Type(bsn.is_valid, [r"\d{9}", r"\d{8}", r"\d{4}.\d{2}.\d{3}"], ["188900366", "978331266"], [filled(8)]),
    "nl_onderwijsnummer": Type(onderwijsnummer.is_valid, [r"10\d{7}"], ["101222331"]),
    "lu_matricule": Type(matricule, [r"<yyyymmdd>\d{5}", r"\d{13}"], ["1994051018589", "1972081870096"]),
    # ---- Germany, Austria, Switzerland ----
    "de_steuer_id": Type(idnr.is_valid, [r"[1-9]\d{10}", r"\d{2} \d{3} \d{3} \d{3}", r"1122\d{7}"],
                         ["82293468573", "89150143713", "36 574 261 809"]),
    "de_personalausweis": Type(perso, [r"[LMNPRTVWXY]\w{8}\d", r"[CFGHJK][0-9CFGHJK]{8}\d"], ["T220001293", "L01X00T471", "L01X00T47"]),
    "de_krankenversichertennr": Type(kvnr, [r"\l\d{9}"], ["N826074154", "D771791033"]),
    "de_rentenversicherung": Type(rvnr, [r"\d{2}<ddmmyy>\l\d{3}", r"\d{2}[5-8]\d<mmyy>\l\d{3}"], ["75231171Y935", "42030687W445"]),
    "at_svnr": Type(vnr.is_valid, [r"[1-9]\d{3}<ddmmyy>", r"\d{4} <ddmmyy>", r"\d{6}1[2-6]\d{2}", r"\d{10}"],
                    ["8912250674", "3737190295"],
                    [("it looks at no day of birth",
                      lambda text, our, their: their and not is_day_of(bare(text)[8:], bare(text)[6:8], bare(text)[4:6]))]),
    "at_steuernummer": Type(at_tin.is_valid, [r"\d{9}", r"\d{2}-\d{3}/\d{4}"], ["59-119/9013"],
                            [("it lists the tax offices", lambda text, our, their: our and not at_tin.info(bare(text)))]),
    "ch_ahv": Type(ch_ssn.is_valid, [r"756\d{10}", r"756.\d{4}.\d{4}.\d{2}"], ["756.9217.0769.85", "7569217076985"],
                   [("it passes over dashes in some places only", lambda text, our, their: "-" in text)]),
    "ch_uid": Type(ch_uid.is_valid, [r"CHE-\d{3}.\d{3}.\d{3}", r"CHE\d{9}", r"\d{9}"], ["CHE-100.155.212"]),
    # ---- Nordic and Baltic ----
    "dk_cpr": Type(lost(cpr.is_valid, 10, 1), [r"<ddmmyy>\d{4}", r"<ddmmyy>-\d{4}", r"\d{10}"], ["070761-4285", "2110625629"], [not_born(dk_day, 10)]),
    "dk_cvr": Type(cvr.is_valid, [r"\d{8}", r"\d{2} \d{2} \d{2} \d{2}"], ["13585628"],
                   [("it passes over a slash too", lambda text, our, their: their and "/" in text)]),
    "se_personnummer": Type(lost(personnummer.is_valid, 10, 3), [r"<yymmdd>-\d{4}", r"<yyyymmdd>\d{4}", r"<yymm>[6-9]\d-\d{4}", r"<yymmdd>+\d{4}",
                                                     r"<yymmdd>\d{4}"],
                            ["880320-0016", "19811228-9841"],
                            [("it does not know the samordningsnummer, day +60",
                              lambda text, our, their: our and int(bare(text)[-6:-4]) > 60),
                             ODD_SEPARATORS,
                             ("people born before 1850 or after 2049 are in no register",
                              lambda text, our, their: their and not 1850 <= int(bare(text)[:-8]) <= 2049)]),
    "se_orgnr": Type(se_orgnr.is_valid, [r"\d{2}[2-9]\d{3}-\d{4}", r"\d{10}", r"16\d{10}"], ["556036-0793", "202100-5489"],
                     [("the third digit is 2 or more, which tells it from people's",
                       lambda text, our, their: their and (bare(text)[2] < "2" or bare(text)[0] == "0")),
                      ("it does not know the 16 that may stand in front", lambda text, our, their: our and bare(text)[:2] == "16")]),
    "no_fodselsnummer": Type(lost(fodselsnummer.is_valid, 11, 1), [r"<ddmmyy>\d{5}", r"<ddmmyy> \d{5}", r"[4-7]\d<mmyy>\d{5}", r"<dd>[45]\d<yy>\d{5}"],
                             ["15108695088", "18094813588", "01013990057"], [not_born(no_day_of_birth, 11)]),
    "no_orgnr": Type(no_orgnr.is_valid, [r"[89]\d{8}", r"\d{3} \d{3} \d{3}"], ["988 077 917"],
                     [("only 8 and 9 have been given out", lambda text, our, their: their and bare(text)[0] not in "89")]),
    "fi_hetu": Type(lambda text: hetu.is_valid(text, allow_temporary=True),
                    [r"<ddmmyy>[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", r"<ddmmyy>-\d{3}\w", r"<ddmmyy>A\d{3}\w"],
                    ["100903-626N", "140255-4412", "131052-308T", "010594Y9021"],
                    [("it trims the value; what is asked here is trimmed before",
                      lambda text, our, their: their and text != text.strip())]),
    "fi_ytunnus": Type(ytunnus.is_valid, [r"\d{7}-\d", r"\d{8}"], ["2077474-0", "00000000"], [EQUAL]),
    "is_kennitala": Type(lost(kennitala.is_valid, 10, 1), [r"<ddmmyy>\d{3}[09]", r"<ddmmyy>-\d{4}", r"[4-7]\d<mmyy>\d{3}[09]"],
                         ["0202945829", "1909800819"], [ODD_SEPARATORS]),
    "ee_lt_isikukood": Type(ik.is_valid, [r"[1-8]<yymmdd>\d{4}", r"\d{11}"], ["49410123768", "37502191303"],
                            [("nobody is born in the 22nd century", lambda text, our, their: their and bare(text)[0] in "78"),
                             ODD_SEPARATORS]),
    "lv_personas_kods": Type(lost(pvn.is_valid, 11, 1), [r"<ddmmyy>[012]\d{4}", r"<ddmmyy>-[012]\d{4}", r"32\d{9}"],
                             ["161175-19997", "32867300679"],
                             [("those that begin with 32 have no check digit",
                               lambda text, our, their: our and bare(text)[:2] == "32"),
                              ("it takes companies' too", lambda text, our, their: their and bare(text)[0] > "3"),
                              ("it takes centuries up to the 27th", lambda text, our, their: their and bare(text)[6] > "2")]),
    # ---- Spain, Portugal ----
    "es_dni": Type(lambda text: (dni.is_valid(text) if text[:1].isdigit() else text[:1].upper() in "KLM" and es_nif.is_valid(text)),
                   [r"\d{8}\l", r"\d{8}-\l", r"[KLM]\d{7}\l"], ["12345678Z", "54362315K"], [ODD_SEPARATORS]),
    "es_nie": Type(nie.is_valid, [r"[XYZ]\d{7}\l", r"[XYZ]-\d{7}-\l"], ["X2482300W", "Y1234567X"], [ODD_SEPARATORS]),
    "es_cif": Type(cif.is_valid, [r"[ABCDEFGHJNPQRSUVW]\d{7}[0-9A-J]"], ["A13585625", "J99216582"],
                   [("PQRSNW write a letter, ABEH a digit; it takes either",
                     lambda text, our, their: their and bare(text)[0] in ("PQRSNW" if bare(text)[8] in "0123456789" else "ABEH")),
                    ODD_SEPARATORS]),
    "es_nuss": Type(lost(nuss, 12, 1), [r"[0-5]\d{11}", r"[0-5]\d0\d{9}", r"\d{2}/\d{8}/\d{2}"], ["281728444451", "281987016846"]),
    "pt_nif": Type(pt_nif.is_valid, [r"[1235689]\d{8}", r"45\d{7}", r"\d{3} \d{3} \d{3}"], ["240415035", "261714376"],
                   [("no other first digits are given out",
                     lambda text, our, their: their and (bare(text)[-9] in "07" or (bare(text)[-9] == "4" and bare(text)[-8] != "5")))]),
    "pt_cc": Type(cc.is_valid, [r"\d{9}\w{2}\d", r"\d{8} \d \w{2}\d"], ["00000000 0 ZZ4"],
                  [("it takes any number of digits", lambda text, our, their: their and len(bare(text)) != 12),
                   ("it does not pass over dashes", lambda text, our, their: our and "-" in text)]),
    # ---- Italy, Greece, Cyprus ----
    "it_codice_fiscale": Type(lambda text: len(bare(text)) == 16 and codicefiscale.is_valid(text),
                              [r"\l{6}\d{2}[ABCDEHLMPRST][0-7]\d\l\d{3}\l", r"\l{6}\d[L-NP-V][ABCDEHLMPRST][0-2LMN][1-8P-T]\l\d{2}[L-NP-V]\l"],
                              ["RCCMNL83S18D969H", "BNCGVN75A01F205P"],
                              [("it takes days beyond 71, which its modulo 40 brings back",
                                lambda text, our, their: their and not our and bare(text)[9:11] >= "72")]),
    "it_partita_iva": Type(lost(iva.is_valid, 11, 3), [r"\d{7}0\d{3}", r"IT\d{7}0\d{3}", r"\d{11}"], ["00743110157", "02182030391"]),
    "gr_amka": Type(lost(amka.is_valid, 11, 1), [r"<ddmmyy>\d{5}", r"\d{11}"], ["16076030473", "19089559272"]),
    "gr_afm": Type(gr_vat.is_valid, [r"\d{9}", r"EL\d{9}", r"\d{8}"], ["819020535", "570232797", "000000000"],
                   [EQUAL]),
    "cy_tic": Type(cy_vat.is_valid, [r"\d{8}\l", r"CY\d{8}\l"], ["CY-10259033P"]),
    # ---- eastern Europe ----
    "pl_pesel": Type(lost(pesel.is_valid, 11, 2), [r"<yymmdd>\d{5}", r"<yy>[2468]\d<dd>\d{5}", r"\d{11}"], ["83040472596", "68051215228"],
                     [("nobody is born in the 22nd century or later",
                       lambda text, our, their: their and 40 <= int(bare(text).zfill(11)[2:4]) < 80)]),
    "pl_nip": Type(nip.is_valid, [r"\d{10}", r"\d{3}-\d{3}-\d{2}-\d{2}", r"PL\d{10}"], ["5126669844", "3322488687", "0000000000"], [EQUAL]),
    "pl_regon": Type(lost(lost(regon.is_valid, 9, 2), 14, 1), [r"\d{9}", r"\d{14}"], ["548815798", "446335519", "12345678512347", "000000000"], [EQUAL]),
    "pl_dowod_osobisty": Type(dowod, [r"\l{3}\d{6}", r"\l{3} \d{6}"], ["YRY331437", "VKL415547"]),
    "cz_sk_rodne_cislo": Type(rc.is_valid, [r"<yymmdd>/\d{4}", r"<yy>[5-8]\d<dd>\d{4}", r"<yy>[23]\d<dd>/\d{4}", r"<yymmdd>\d{3}"],
                              ["691119/1980", "600705/6913"],
                              [("the 20 that is added to a month came in 2004",
                                lambda text, our, their: their and int(bare(text)[2:4]) % 50 > 20)]),
    "hu_taj": Type(taj, [r"\d{9}", r"\d{3}-\d{3}-\d{3}"], ["472571828", "885219483"]),
    "hu_adoazonosito": Type(adoazonosito, [r"8[2-5]\d{8}", r"8\d{9}"], ["8071592153"]),
    "ro_cnp": Type(cnp.is_valid, [r"[1-9]<yymmdd>[0-4]\d{5}", r"\d{13}"], ["2790720402211", "1950902389920"]),
    "bg_egn": Type(lost(egn.is_valid, 10, 2), [r"<yymmdd>\d{4}", r"<yy>[45]\d<dd>\d{4}", r"\d{10}"], ["9501102845", "7611050435"]),
    "bg_pnf": Type(pnf.is_valid, [r"\d{10}"], ["7111042925", "0000000000"], [EQUAL]),
    "md_idnp": Type(idno.is_valid, [r"[0-2]\d{12}", r"\d{13}"], ["1008600038413", "0000000000000"],
                    [EQUAL, ("people's and companies' begin with 0, 1 or 2", lambda text, our, their: their and bare(text)[0] > "2")]),
    "hr_oib": Type(lost(oib.is_valid, 11, 2), [r"\d{11}", r"HR\d{11}"], ["15313750867", "59719548596"]),
    "si_rs_jmbg_emso": Type(lost(emso.is_valid, 13, 1), [r"<ddmm>9\d{8}", r"<ddmm>0[0-4]\d{7}", r"\d{13}"], ["1001991506411", "2102991501724"],
                            [("people born before 1850 or after 2049 are in no register",
                              lambda text, our, their: their and "050" <= bare(text).zfill(13)[4:7] < "850")]),
    "si_davcna": Type(ddv.is_valid, [r"[1-9]\d{7}", r"SI\d{8}"], ["50223054"]),
    "ua_rntrc": Type(lost(rntrc.is_valid, 10, 1), [r"[1-4]\d{9}", r"\d{10}"], ["1759013776"],
                     [("it looks at no day of birth", lambda text, our, their: their and int(bare(text).zfill(10)[:5]) >= 55000)]),
    "by_personal_number": Type(by_personal, [r"[1-6]<ddmmyy>[ABCHKEM]\d{3}PB\d", r"[1-6]<ddmmyy>\l\d{3}B[AI]\d"], ["3010190A001PB5"]),
    "ru_inn": Type(lost(lost(inn.is_valid, 10, 1), 12, 1), [r"\d{10}", r"\d{12}"], ["1234567894", "123456789047", "0000000000"], [EQUAL]),
    "ru_snils": Type(lost(snils, 11, 2), [r"\d{3}-\d{3}-\d{3} \d{2}", r"\d{11}"], ["112-233-445 95"]),
}
