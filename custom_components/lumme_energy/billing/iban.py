"""International bank account numbers, ISO 13616."""

import re
from typing import Final

from .references import grouped, mod97

# Of the countries that we know; elsewhere the check digits have to do.
LENGTHS: Final = {"BE": 16, "FI": 18}


def iban(text: str) -> str | None:
    """Return an account number as banks transmit it, or None when it does not check out.

    A Belgian number is checked twice: the last two of its twelve national digits are the first ten
    modulo 97 as well. Banks come and go, so that no list of them is asked.
    """
    number = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", number) or mod97(number) != 1:
        return None
    country, national = number[:2], number[4:]
    if len(number) != LENGTHS.get(country, len(number)):
        return None
    if country in LENGTHS and not national.isdigit():
        return None
    if country == "BE" and int(national[10:]) != (int(national[:10]) % 97 or 97):
        return None
    return number


def printed(number: str) -> str:
    """Return a number as people read it, in groups of four."""
    return grouped(number, 4)
