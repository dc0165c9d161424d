"""European numbers of python-stdnum (https://arthurdejong.org/python-stdnum/), for check_validators.py."""
from stdnum.gb import nhs
from stdnum.nl import bsn

from stdnum_types import Type


def left_out(text):
    """The separators that all of them pass over."""
    return text.translate({ord(c): None for c in " -./"})


FILLED = ("it fills up with any number of zeros, ours with one", lambda text, our, their: their and len(left_out(text)) < 8)

TYPES = {
    "nl_bsn": Type(bsn.is_valid, [r"\d{9}", r"\d{8}", r"\d{4}.\d{2}.\d{3}"], ["188900366", "978331266"], [FILLED]),
    "uk_nhs": Type(nhs.is_valid, [r"\d{10}", r"\d{3}-\d{3}-\d{4}"], ["943-476-5919", "9434765870"]),
}
