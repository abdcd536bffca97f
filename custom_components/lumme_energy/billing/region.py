"""Whose rules about late payment apply."""

from enum import StrEnum
import re


class Region(StrEnum):
    """A place with rules of its own: Finland is one, Belgium three."""

    FINLAND = "finland"
    FLANDERS = "flanders"
    WALLONIA = "wallonia"
    BRUSSELS = "brussels"


def region(country: str, postal_code: str | None) -> Region | None:
    """Return the region of an address; None where it cannot be told.

    Belgian postal codes: Brussels 1000-1299, Walloon Brabant 1300-1499, the rest of Wallonia
    4000-7999, Flanders everything else.
    """
    if country == "FI":
        return Region.FINLAND
    if country != "BE" or not re.fullmatch(r"[1-9][0-9]{3}", postal_code or ""):
        return None
    code = int(postal_code or 0)
    if code < 1300:
        return Region.BRUSSELS
    return Region.WALLONIA if code < 1500 or 4000 <= code < 8000 else Region.FLANDERS
