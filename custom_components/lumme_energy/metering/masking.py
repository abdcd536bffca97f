"""Makes a telegram safe to show: its numbers stay, everything that could name someone goes."""

import re
from typing import Final

# Numbers with their units, time stamps, codes and counts: too short or too plain to name anyone.
_HARMLESS: Final = re.compile(
    r"-?\d{1,8}\.\d{1,3}(?:\*\w{1,5})?|-?\d{1,10}\*\w{1,5}"
    r"|\d{12}[SWsw]|\d{1,5}|\d-\d{1,2}:[\d.]{1,12}|\w{0,2}",
    re.ASCII,
)
_LINE: Final = re.compile(
    r"(?:\d-\d{1,2}:[\d.*]{5,16})?(?:\([^()]*\))+|![0-9A-Fa-f]{0,4}|", re.ASCII
)
_VALUE: Final = re.compile(r"\(([^()]*)\)")
_LONG_NUMBER: Final = re.compile(r"\d{5,}")


def masked(frame: bytes) -> list[str]:
    """Return the lines of a telegram without serial numbers, EANs and texts."""
    ident, *lines = frame.decode("latin-1").replace("\r", "").split("\n")
    return [
        _LONG_NUMBER.sub("*", ident),
        *(_VALUE.sub(_mask, line) if _LINE.fullmatch(line) else "*" for line in lines),
    ]


def _mask(match: re.Match[str]) -> str:
    return match[0] if _HARMLESS.fullmatch(match[1]) else "(*)"
