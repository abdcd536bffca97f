"""Metering-point numbers: the 18-digit GS1 Global Service Relation Number, in Belgium "EAN"."""

import re

from .wire import Drift, Record

_SUFFIX = re.compile(r"_ID\d+$")


def normalise(text: str) -> str:
    """Return a number as the registers keep it: without spaces and suffixes such as `_ID1`."""
    return _SUFFIX.sub("", "".join(text.split()))


def is_valid(gsrn: str) -> bool:
    """Whether this is 18 digits with the right check digit."""
    return re.fullmatch(r"[0-9]{18}", gsrn) is not None and gsrn[-1] == check_digit(gsrn[:-1])


def check_digit(base: str) -> str:
    """Return the GS1 modulo-10 check digit of the leading digits.

    Source: GS1 General Specifications, 7.9: weights 3, 1, 3, … from the right.
    """
    weighted = (int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(base)))
    return str(-sum(weighted) % 10)


def checked(call: str, key: str, text: str, drift: Drift) -> str:
    """Return the normalised number; a wrong check digit is noted, not refused."""
    number = normalise(text)
    if not is_valid(number):
        drift.word(call, key, "wrong check digit")
    return number


def read(record: Record, key: str, drift: Drift) -> str:
    """Return the number in a field that must be there."""
    return checked(record.call, key, record.need_text(key), drift)
