"""How a document speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

# What the fonts that every PDF reader brings along can show.
CHARACTERS: Final = "cp1252"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What a document is written in.

    Attributes:
        words: Texts by key.
        day: Writes a date.
        money: Writes an amount with its currency.
    """

    words: Mapping[str, str]
    day: Callable[[date], str]
    money: Callable[[Decimal, str], str]

    def __getitem__(self, key: str) -> str:
        """Return a text."""
        return self.words[key]


def can_print(text: str) -> bool:
    """Whether every character of a text can be shown on paper."""
    try:
        text.encode(CHARACTERS)
    except UnicodeEncodeError:
        return False
    return True
