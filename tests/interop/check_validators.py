"""
Our validators against python-stdnum: 4,000 strings for each, made from a fixed seed, and one verdict of ours for each of its own.
The types stand in the stdnum_*.py beside this file. Where the two differ, that file must give a reason (a predicate over the value
and both verdicts); a difference without one fails, and a reason that no string needed is pointed out.

    check_validators.py TAGLINE [VALIDATOR ...]

The program that asks our validators, validate_lines, stands in the same build folder.
"""
import glob
import importlib
import os
import random
import re
import string
import subprocess
import sys

from stdnum_types import Type

HERE = os.path.dirname(os.path.abspath(__file__))
STRINGS = 4000
SHOWN = 8  # differences printed of each type

DIGITS = string.digits
LETTERS = string.ascii_uppercase
DAYS = {"yyyy": (4, 1850, 2020), "yy": (2, 0, 99), "mm": (2, 1, 12), "dd": (2, 1, 28)}
TOKEN = re.compile(r"(\\d|\\l|\\w|<[a-z]+>|\[[^\]]*\]|.)(?:\{(\d+)\})?")


def alphabet(text):
    """[A-D0-9] without its brackets."""
    out = []
    for first, last in re.findall(r"(.)(?:-(.))?", text):
        out += [chr(c) for c in range(ord(first), ord(last or first) + 1)]
    return out


def one(token, rng):
    if token == r"\d":
        return rng.choice(DIGITS)
    if token == r"\l":
        return rng.choice(LETTERS)
    if token == r"\w":
        return rng.choice(DIGITS + LETTERS)
    if token[0] == "[":
        return rng.choice(alphabet(token[1:-1]))
    if token[0] == "<":  # <ddmmyy>: the parts of a day
        out = ""
        for part in re.findall("yyyy|yy|mm|dd", token):
            width, least, most = DAYS[part]
            out += str(rng.randint(least, most)).zfill(width)
        return out
    return token


def draw(shape, rng):
    r"""A random string: \d digit, \l capital letter, \w either, [A-D7] one of these, <ddmmyy> a day, {3} the same three times."""
    return "".join(one(token, rng) for token, times in TOKEN.findall(shape) for _ in range(int(times or 1)))


def same_class(char):
    return DIGITS if char in DIGITS else LETTERS if char in LETTERS else ""


def mended(text, holds, rng):
    """`text` with one character changed, or the last two, so that the oracle takes it; None where that cannot be."""
    if holds(text):
        return text
    places = list(range(len(text)))
    rng.shuffle(places)
    for at in places:
        for char in same_class(text[at]):
            if holds(text[:at] + char + text[at + 1:]):
                return text[:at] + char + text[at + 1:]
    for a in same_class(text[-2:-1]):
        for b in same_class(text[-1:]):
            if holds(text[:-2] + a + b):
                return text[:-2] + a + b
    return None


def changed(text, rng):
    """One accident: a wrong character, two swapped, one lost or said twice, a separator, the other case."""
    at = rng.randrange(len(text))
    kind = rng.randrange(10)
    if kind < 4:
        return text[:at] + rng.choice(same_class(text[at].upper()) or DIGITS) + text[at + 1:]
    if kind < 6:
        at = min(at, len(text) - 2)
        return text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:] if len(text) > 1 else text
    if kind == 6:
        return text[:at] + text[at + 1:] or "0"
    if kind == 7:
        return text[:at] + text[at] + text[at:]
    if kind == 8:
        return text[:at] + rng.choice(" -./") + text[at:]
    return text[:at] + rng.choice(LETTERS + LETTERS.lower()) + text[at + 1:]


def strings_of(name, of):
    rng = random.Random(name)
    out = list(of.examples)
    good = list(of.examples)
    while len(good) < 400 and len(out) < 1000:
        text = draw(rng.choice(of.shapes), rng)
        out.append(text)
        text = mended(text, of.holds, rng)
        if text:
            good.append(text)
            out.append(text)
    while len(out) < STRINGS:
        if rng.random() < 0.2 or not good:
            out.append(draw(rng.choice(of.shapes), rng))
        else:
            text = rng.choice(good)
            for _ in range(1 if rng.random() < 0.8 else 2):
                text = changed(text, rng)
            out.append(text)
    return [text for text in out if "\n" not in text and "\t" not in text]


def verdicts(program, name, strings):
    lines = "".join(f"{name}\t{text}\n" for text in strings)
    answer = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.split()
    if len(answer) != len(strings) or "?" in answer:
        raise SystemExit(f"{name}: no validator is called so")
    return [word == "1" for word in answer]


def oracle_of(of):
    def holds(text):
        try:
            return bool(of.oracle(text))
        except (ValueError, IndexError, KeyError, TypeError):  # a few modules of it fall over what is no number at all
            return False
    return holds


def check(program, name, of):
    """Returns a line of what was seen, and whether it is as it should be."""
    of = of._replace(holds=oracle_of(of))
    strings = strings_of(name, of)
    ours = verdicts(program, name, strings)
    used = set()
    bad = []
    n_held = n_reasoned = 0
    for text, our in zip(strings, ours):
        their = of.holds(text)
        n_held += their
        if our == their:
            continue
        for i, (reason, applies) in enumerate(of.reasons):
            if applies(text, our, their):
                used.add(i)
                n_reasoned += 1
                break
        else:
            bad.append((text, our, their))
    for text, our, their in bad[:SHOWN]:
        print(f"    {name}: {text!r} is {our} here and {their} there")
    idle = [reason for i, (reason, _) in enumerate(of.reasons) if i not in used]
    for reason in idle:
        print(f"    {name}: nothing needed the reason {reason!r}")
    print(f"{name}: {len(strings)} strings, {n_held} held, {n_reasoned} differ for a stated reason"
          + (f", {len(bad)} WITHOUT ONE" if bad else ""))
    return not bad and n_held >= 200


def main():
    program = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1])), "tests", "validate_lines")
    wanted = sys.argv[2:]
    types = {}
    for path in sorted(glob.glob(os.path.join(HERE, "stdnum_*.py"))):
        word = os.path.basename(path)[:-3]
        if word != "stdnum_types":
            for name, of in importlib.import_module(word).TYPES.items():
                assert isinstance(of, Type) and name not in types, name
                types[name] = of
    good = [check(program, name, of) for name, of in sorted(types.items()) if not wanted or name in wanted]
    print(f"{sum(good)} of {len(good)} validators agree")
    sys.exit(0 if all(good) and good else 1)


if __name__ == "__main__":
    main()
