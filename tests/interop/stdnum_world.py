"""Numbers from beyond Europe, of banks and of devices, of python-stdnum (https://arthurdejong.org/python-stdnum/), for check_validators.py."""
import hashlib

from stdnum import bic, bitcoin, cusip, imsi, isin, lei, luhn, meid, verhoeff
from stdnum.ar import cbu, cuit
from stdnum.au import abn, acn, tfn
from stdnum.br import cnpj, cpf
from stdnum.ca import bc_phn, bn, sin
from stdnum.cl import rut
from stdnum.cn import ric, uscc
from stdnum.co import nit
from stdnum.cu import ni
from stdnum.do import cedula, rnc
from stdnum.ec import ci
from stdnum.ec import ruc as ec_ruc
from stdnum.eu import vat
from stdnum.gb import sedol
from stdnum.gb import vat as gb_vat
from stdnum.gh import tin as gh_tin
from stdnum.gt import nit as gt_nit
from stdnum.id import nik, npwp
from stdnum.il import idnr
from stdnum.in_ import aadhaar, gstin, pan, vid
from stdnum.iso7064 import mod_97_10
from stdnum.jp import cn as jp_cn
from stdnum.jp import in_ as jp_in
from stdnum.kr import rrn
from stdnum.ma import ice
from stdnum.mu import nid
from stdnum.mx import curp, rfc
from stdnum.my import nric
from stdnum.nz import ird
from stdnum.pe import cui
from stdnum.pe import ruc as pe_ruc
from stdnum.pk import cnic
from stdnum.py import ruc as py_ruc
from stdnum.sg import uen
from stdnum.sv import nit as sv_nit
from stdnum.th import moa, pin
from stdnum.tr import tckimlik, vkn
from stdnum.tw import ubn
from stdnum.us import ein, itin, rtn
from stdnum.uy import rut as uy_rut
from stdnum.ve import rif
from stdnum.vn import mst
from stdnum.za import idnr as za_idnr
from stdnum.za import tin as za_tin

from stdnum_types import Type


def plain(text):
    return text.translate({ord(c): None for c in " -./,:()_"})


def marks(allowed):
    """It passes over marks that nobody writes in such a number; ours takes those that are `allowed`."""
    return ("it passes over marks that nobody writes there",
            lambda text, our, their: their and not our and any(c in " -./" and c not in allowed for c in text))


def places(oracle):
    """Ours is asked after a pattern has matched, which knows where marks may stand."""
    return ("it wants the marks at their places; here the pattern of the type does",
            lambda text, our, their: our and not their and plain(text) != text and oracle(plain(text)))


def same(n):
    """Numbers of one digit only."""
    return (f"{n} times the same digit is never given out",
            lambda text, our, their: their and not our and len(set(plain(text))) == 1)


def luhn_of(lengths, starts=None):
    def holds(text):
        text = plain(text)
        return len(text) in lengths and (not starts or text.startswith(starts)) and luhn.is_valid(text)
    return holds


CASE = ("capitals are capitals", lambda text, our, their: our and text != text.upper())
BLANKS = ("blanks around it, which are cut off before ours is asked", lambda text, our, their: their and text != text.strip())


def base58check(n):
    """Addresses of nobody's keys."""
    out = []
    for i in range(n):
        payload = bytes([i % 2 * 5]) + hashlib.sha256(str(i).encode()).digest()[:20]
        payload += hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
        text, number = "", int.from_bytes(payload, "big")
        while number:
            number, rest = divmod(number, 58)
            text = bitcoin._base58_alphabet[rest] + text
        out.append("1" * (len(payload) - len(payload.lstrip(b"\0"))) + text)
    return out


def foreigner(text):
    """The digit of a resident's sum, two on."""
    text = text.strip().replace("-", "")
    resident = text[:-1] + rrn.calc_check_digit(text[:-1])
    return len(text) == 13 and text[6] in "5678" and text[-1] == str((int(resident[-1]) + 2) % 10) and bool(rrn.get_birth_date(text))


def aba(text):
    return rtn.is_valid(text.replace("-", "").replace(" ", ""))


def vat_of_any(text):
    return vat.is_valid(text) or (text[:2].upper() in ("GB", "XI") and gb_vat.is_valid(text[2:]))


DISTRICTS = [str(i).zfill(2) for i in (*range(13), *range(21, 33), *range(61, 73), 80)]
VAT_SHAPES = [r"ATU\d{8}", r"BE0\d{9}", r"BG\d{9}", r"BG\d{10}", r"CY\d{8}\l", r"CZ\d{8}", r"DE\d{9}", r"DK\d{8}", r"EE\d{9}", r"EL\d{9}",
              r"ES[A-W]\d{8}", r"ESB\d{8}", r"ES\d{8}\l", r"ES[XYZ]\d{7}\l", r"FI\d{8}", r"FR\d{11}", r"FR\l\d{10}", r"GB\d{9}", r"XI\d{9}",
              r"HR\d{11}", r"HU\d{8}", r"IE\d{7}\l", r"IE\d{7}\l\l", r"IE\d\l\d{5}\l", r"IT\d{7}0\d{3}", r"LT\d{7}1\d", r"LT\d{10}1\d",
              r"LU\d{8}", r"LV4\d{10}", r"LV<ddmmyy>[012]\d{4}", r"LV32\d{9}", r"MT\d{8}", r"NL\d{9}B\d{2}", r"PL\d{10}", r"PT\d{9}", r"RO\d{8}",
              r"RO\d{9}", r"SE\d{10}01", r"SI\d{8}", r"SK\d{10}", r"CZ<yymmdd>\d{4}", r"CZ6\d{8}"]

TYPES = {
    "ar_cbu": Type(cbu.is_valid, [r"\d{22}", r"\d{8}-\d{14}"], ["2850590940090418135201"]),
    "ar_cuit": Type(cuit.is_valid, [r"20\d{9}", r"3[034]-\d{8}-\d", r"\d{11}"], ["20-05536168-2", "20267565393"]),
    "au_abn": Type(abn.is_valid, [r"\d{11}", r"\d{2} \d{3} \d{3} \d{3}"], ["83 914 571 673", "51824753556"]),
    "au_acn": Type(acn.is_valid, [r"\d{9}", r"\d{3} \d{3} \d{3}"], ["004 085 616", "010749961"]),
    "au_tfn": Type(tfn.is_valid, [r"\d{9}", r"\d{3} \d{3} \d{3}"], ["542004422", "722666076"], [
        ("those of eight digits have not been given out for decades", lambda text, our, their: their and len(plain(text)) == 8),
        ("people write it with hyphens", lambda text, our, their: our and "-" in text)]),
    "br_cnpj": Type(cnpj.is_valid, [r"\d{14}", r"\d{2}.\d{3}.\d{3}/\d{4}-\d{2}", r"\w{12}\d{2}"], ["16.727.230/0001-97", "12ABC34501DE35"]),
    "br_cpf": Type(cpf.is_valid, [r"\d{11}", r"\d{3}.\d{3}.\d{3}-\d{2}"], ["43628807395", "184.808.523-05", "111.111.111-11"], [same(11)]),
    "ca_bc_phn": Type(bc_phn.is_valid, [r"9\d{9}"], ["9698658215"]),
    "ca_bn": Type(bn.is_valid, [r"\d{9}", r"\d{9}R[CMPT]\d{4}"], ["123026635RC0001"], [CASE]),
    "ca_ohip": Type(luhn_of([10]), [r"[1-9]\d{9}"], ["1234567897"], [
        ("the first is never 0", lambda text, our, their: their and plain(text)[0] == "0"),
        marks(" -")]),
    "ca_sin": Type(sin.is_valid, [r"\d{9}", r"\d{3}-\d{3}-\d{3}"], ["597293455", "519044382"]),
    "cl_rut": Type(rut.is_valid, [r"\d{8}-\w", r"\d{7}K", r"\d{2}.\d{3}.\d{3}-\d"], ["76.086.428-5", "12531909-2"]),
    "cn_resident": Type(ric.is_valid, [r"[1-6][1-5]\d{4}<yyyymmdd>\d{4}", r"110105<yyyymmdd>\d{3}X"], ["360426199101010071", "11010519491231002X"], [
        ("it knows the districts, ours the provinces", lambda text, our, their: our)]),
    "cn_uscc": Type(uscc.is_valid, [r"9\d{7}\w{10}", r"\d{18}"], ["91110000600037341L"]),
    "co_nit": Type(nit.is_valid, [r"\d{9}-\d", r"\d{10}", r"\d{8}"], ["213123432-1", "2131234321"]),
    "cu_ni": Type(ni.is_valid, [r"<yymmdd>\d{5}"], ["91021027775"]),
    "cusip": Type(cusip.is_valid, [r"\d{9}", r"\d{5}\l\d{3}", r"\w{8}\d"], ["037833100", "17275R102"], [marks("")]),
    "do_cedula": Type(cedula.is_valid, [r"\d{11}", r"\d{3}-\d{7}-\d"], ["00113918205", "00200123640"], [
        ("some hundred cards were given out with a wrong digit", lambda text, our, their: their and plain(text) in cedula.whitelist)]),
    "do_rnc": Type(rnc.is_valid, [r"\d{9}", r"\d-\d{2}-\d{5}-\d"], ["101850043"]),
    "ec_cedula": Type(ci.is_valid, [r"[01]\d{9}", r"17[0-5]\d{7}"], ["1718626995", "1700233651"]),
    "ec_ruc": Type(ec_ruc.is_valid, [r"1[0-9]\d{8}001", r"17[69]\d{7}001"], ["1792060346001"]),
    "eu_vat": Type(vat_of_any, VAT_SHAPES, ["DE136695976", "IT00743110157", "GB980780684", "IE6433435F", "FRK7399859412", "NL123456789B13"], [
        ("the country may be divided, too", lambda text, our, their: our and not text[:2].isalpha()),
        ("an old Irish number has no second letter", lambda text, our, their: their and text[:2].upper() == "IE" and plain(text)[3].isalpha()),
        ("birth numbers of Czechs and Slovaks: it asks whether the day is still to come",
         lambda text, our, their: our and text[:2].upper() in ("CZ", "SK")),
        ("it fills up Greek and Dutch numbers with zeros", lambda text, our, their: their and text[:2].upper() in ("NL", "EL", "GR")),
        ("marks between any digits", lambda text, our, their: our and plain(text) != text and vat_of_any(plain(text))),
    ]),
    "gh_tin": Type(gh_tin.is_valid, [r"[PC]00\d{7}\w", r"P00\d{7}\d"], ["C0000803561"]),
    "gt_nit": Type(gt_nit.is_valid, [r"\d{7}-\d", r"\d{7}K", r"\d{6}-\w"], ["576937-K"]),
    "iccid": Type(luhn_of([19, 20], "89"), [r"89\d{17}", r"89\d{18}"], ["89017372558281408356", "8901410321111851072F"], [
        marks(" -"), ("a half byte that is filled up with F", lambda text, our, their: our and text.upper().endswith("F"))]),
    "id_nik": Type(nik.is_valid, [r"3[1-6]7[1-5]\d{2}<ddmmyy>\d{4}", r"[1-9]\d{5}<ddmmyy>\d{4}"], ["3171011708450001", "3275025712900003"], [
        ("it knows the cities, ours the provinces", lambda text, our, their: our),
        ("a day of 80 or more is nobody's", lambda text, our, their: their and int(plain(text)[6:8]) > 71)]),
    "id_npwp": Type(npwp.is_valid, [r"\d{15}", r"\d{2}.\d{3}.\d{3}.\d-\d{3}.\d{3}", r"0\d{15}"], ["013000666091000"]),
    "il_id": Type(idnr.is_valid, [r"\d{9}", r"\d{8}"], ["087397352", "688769108"], [
        ("it fills up with any number of zeros, ours with one", lambda text, our, their: their and len(plain(text)) < 8)]),
    "imsi": Type(imsi.is_valid, [r"[2-7]\d{14}", r"310\d{12}", r"26201\d{10}"], ["310260123456789", "234150999999999"], [
        ("it knows the networks, ours the countries", lambda text, our, their: our),
        ("tests and networks of no country are nobody's", lambda text, our, their: their and text[0] in "09")]),
    "in_aadhaar": Type(aadhaar.is_valid, [r"[2-9]\d{11}", r"\d{4} \d{4} \d{4}"], ["353992760396", "928067457343"]),
    "in_gstin": Type(gstin.is_valid, [r"[0-3]\d\l{3}P\l\d{4}\l1Z\w"], ["27AAPFU0939F1ZV", "29AAGCB7383J1Z4"]),
    "in_pan": Type(pan.is_valid, [r"\l{3}[ABCFGHJLPT]\l\d{4}\l", r"\l{5}\d{4}\l"], ["ABCPE1234F", "AAACB5343E"]),
    "in_vid": Type(vid.is_valid, [r"[2-9]\d{15}"]),
    "isin": Type(isin.is_valid, [r"US\d{10}", r"DE\w{9}\d", r"\l\l\w{9}\d"], ["US0378331005", "DE0007164600"]),
    "jp_corporate": Type(jp_cn.is_valid, [r"\d{13}"], ["5835678256246"]),
    "jp_my_number": Type(jp_in.is_valid, [r"\d{12}", r"\d{4} \d{4} \d{4}"], ["6214 9832 0257"]),
    "kr_rrn": Type(rrn.is_valid, [r"<yymmdd>-[12]\d{6}", r"<yymmdd>[0349]\d{6}"], ["971013-9019902"], [
        ("foreigners have a type of their own", lambda text, our, their: their and text.replace("-", "")[6] in "5678"),
        BLANKS, ("those who were born since October 2020 have random numbers",
                 lambda text, our, their: our and text.replace("-", "")[:4] >= "2010" and text.replace("-", "")[6] in "34"),
        ("no place of birth is above 96, of old", lambda text, our, their: our and int(text.replace("-", "")[7:9]) > 96)]),
    "lei": Type(lambda text: len(plain(text)) == 20 and mod_97_10.is_valid(plain(text).upper()) and lei.is_valid(text), [r"\w{18}\d{2}"],
                ["5493006MHB84DD0ZWV18", "7LTWFZYICNSX8D621K86"]),
    "ma_ice": Type(ice.is_valid, [r"\d{15}"], ["001561191000066"]),
    "meid": Type(lambda text: meid.is_valid(text) and len(plain(text)) in (14, 15) and text.strip(" -")[0].upper() >= "A", [r"[A-F][0-9A-F]{13}", r"A0[0-9A-F]{13}"],
                 ["A00000355F4B2C", "AF0123450ABCDE"]),
    "mu_nid": Type(nid.is_valid, [r"\l<ddmmyy>\d{6}\w"], []),
    "mx_curp": Type(curp.is_valid, [r"\l[AEIOU]\l\l<yymmdd>[HM]DF\l{3}\d\d", r"\l{4}<yymmdd>HNE\l{3}A\d"], ["BOXW310820HNERXN09", "PUTA850101HDFRRR05"], [
        ("four letters that spell a rude word are changed before they are given out", lambda text, our, their: our and plain(text)[:4].upper() in curp._name_blacklist)]),
    "mx_rfc": Type(rfc.is_valid, [r"\l{4}<yymmdd>\w{2}\d", r"\l{3}<yymmdd>\w{2}\d"], ["GODE561231GR8", "VACJ880326XXA", "PUTA850101XXA", "GODE561231"], [
        ("four letters that spell a rude word are changed before they are given out", lambda text, our, their: our and plain(text)[:4].upper() in rfc._name_blacklist),
        ("without its last three it may be anything", lambda text, our, their: their and len(plain(text)) == 10)]),
    "my_nric": Type(nric.is_valid, [r"<yymmdd>-0[1-9]-\d{4}", r"<yymmdd>\d{6}"], ["770305-02-1234"]),
    "nz_ird": Type(ird.is_valid, [r"\d{2}-\d{3}-\d{3}", r"1[0-4]\d{7}"], ["49-091-850", "136410132"]),
    "pe_cui": Type(cui.is_valid, [r"\d{8}-\d", r"\d{8}-[A-K]", r"\d{8}"], ["10117410-2"]),
    "pe_ruc": Type(pe_ruc.is_valid, [r"[12]0\d{9}"], ["20512333797"]),
    "pk_cnic": Type(cnic.is_valid, [r"[1-7]\d{4}-\d{7}-\d", r"\d{13}"], ["34201-0891231-8"], [BLANKS]),
    "py_ruc": Type(py_ruc.is_valid, [r"\d{8}-\d", r"\d{7}-\d"], ["80028061-0"]),
    "sedol": Type(sedol.is_valid, [r"[B-DF-HJ-NP-TV-Z]\d{6}", r"\d{7}"], ["B15KXQ8"]),
    "sg_uen": Type(uen.is_valid, [r"\d{8}\l", r"20[01]\d{6}\l", r"[RST]0\dLL\d{4}\w"], ["00192200M", "197401143C", "S16FC0121D"], [
        ("it knows what kinds of entity there are, and this year", lambda text, our, their: our),
        ("no company is registered since before 1800", lambda text, our, their: their and plain(text)[:4] < "1800")]),
    "sv_nit": Type(sv_nit.is_valid, [r"0\d{3}-<ddmmyy>-\d{3}-\d", r"[019]\d{13}"], ["0614-050707-104-8"]),
    "swift_bic": Type(bic.is_valid, [r"\l{4}DE\w\w", r"\l{4}US\w{5}", r"\l{6}\w\w"], ["DEUTDEFF", "NWBKGB2LXXX"]),
    "th_company": Type(moa.is_valid, [r"0\d{12}"], ["0994000617721"]),
    "th_id": Type(pin.is_valid, [r"[1-8]\d{12}", r"\d-\d{4}-\d{5}-\d{2}-\d"], ["2741703553217"]),
    "tr_kimlik": Type(tckimlik.is_valid, [r"[1-9]\d{10}"], ["30871465936", "46905079246"], [BLANKS]),
    "tr_vkn": Type(vkn.is_valid, [r"\d{10}"], ["4540536920"], [BLANKS]),
    "tw_ubn": Type(ubn.is_valid, [r"\d{8}"], ["00501503"], [("since 2023 a sum that five divides is enough", lambda text, our, their: our)]),
    "us_aba": Type(aba, [r"[0-3][0-2]\d{7}", r"\d{9}"], ["013510752", "086602710"], [
        ("no Federal Reserve district begins so", lambda text, our, their: their and plain(text)[:2] not in DISTRICTS)]),
    "us_ein": Type(ein.is_valid, [r"\d{2}-\d{7}", r"\d{9}"], ["91-1144442", "04-2103594"], [places(ein.is_valid), BLANKS]),
    "us_itin": Type(itin.is_valid, [r"9\d{2}-[5-9]\d-\d{4}", r"9\d{8}"], ["912-70-3456", "988-94-1234"], [
        ("the IRS gives out 50 to 65 as well", lambda text, our, their: our and "50" <= plain(text)[3:5] <= "65"), places(itin.is_valid)]),
    "uy_rut": Type(uy_rut.is_valid, [r"[01]\d{7}001\d", r"21\d{6}001\d"], ["21-100342-001-7"]),
    "ve_rif": Type(rif.is_valid, [r"[VEJPG]-\d{8}-\d", r"[VJ]\d{9}"], ["V-11470283-4", "V-23142407-1"]),
    "vn_mst": Type(mst.is_valid, [r"\d{10}", r"\d{10}-\d{3}"], ["0100233488"]),
    "za_id": Type(za_idnr.is_valid, [r"<yymmdd>\d{4}[01]8\d"], ["0009216458084", "0304227338080"]),
    "za_tin": Type(za_tin.is_valid, [r"[01239]\d{9}"], ["0001339050"]),
    "bitcoin_address": Type(bitcoin.is_valid, [r"1[1-9A-HJ-NP-Za-km-z]{33}", r"bc1q[02-9ac-hj-np-z]{38}"], [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        *base58check(300)], [
        ("blanks inside", lambda text, our, their: their and " " in text)]),
    # no module of its own, but its parts
    "ae_id": Type(luhn_of([15], "784"), [r"784\d{12}"], ["784197110132640"], [marks(" -")]),
    "kr_frn": Type(foreigner, [r"<yymmdd>-[5678]\d{6}"], ["000201-5230270"], [BLANKS]),
    "ng_nin": Type(lambda text: len(plain(text)) == 11 and verhoeff.is_valid(plain(text)), [r"\d{11}"], ["62903784514"], [marks(" -")]),
    "sa_id": Type(luhn_of([10], ("1", "2")), [r"[12]\d{9}"], ["1058529940"], [marks(" -")]),
    "us_npi": Type(lambda text: len(plain(text)) == 10 and plain(text)[0] in "12" and luhn.is_valid("80840" + plain(text)), [r"[12]\d{9}"],
                   ["1234567893", "1245319599"], [marks(" -")]),
}
