"""What stdnum_*.py tell check_validators.py of a validator."""
from collections import namedtuple


class Type(namedtuple("Type", "oracle shapes examples reasons holds")):
    """
    oracle(text) -> bool   the other implementation's verdict
    shapes                 how random strings are drawn; see draw() of check_validators.py
    examples               valid ones that are tried and changed as well
    reasons                [(why the two differ, applies(text, ours, theirs) -> bool)]: in order, the first that applies counts
    """

    def __new__(cls, oracle, shapes, examples=(), reasons=()):
        return super().__new__(cls, oracle, list(shapes), list(examples), list(reasons), None)
