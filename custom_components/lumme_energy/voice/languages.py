"""How people ask in each language: data beside this module, one file per language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
import json
from pathlib import Path
import re
from typing import Any, Final

LANGUAGES: Final = ("en", "fi", "sv", "nl", "fr", "de")
FALLBACK: Final = "en"
FOLDER: Final = Path(__file__).parent / "phrases"
PART: Final = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentWords:
    """The words of days and times, in lower case. Those of days and parts may be beginnings.

    Attributes:
        weekdays: From Monday on.
        days: How many days ahead a word is.
        numbers: From one to twelve, in the forms in which they are said.
        minutes: What a phrase such as "half past" adds to an hour, or takes from it.
        parts: The hour that is meant by a part of the day alone.
        am: The parts before noon.
        pm: Those after it.
        after: What tells that a number of hours or days is waited, as in "in three hours".
        hours: The unit of that.
        after_days: The same for days.
    """

    weekdays: tuple[str, ...]
    days: Mapping[str, int]
    numbers: Mapping[str, int]
    minutes: Mapping[str, int]
    parts: Mapping[str, int]
    am: tuple[str, ...]
    pm: tuple[str, ...]
    after: tuple[str, ...]
    hours: tuple[str, ...]
    after_days: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A language.

    Attributes:
        phrases: Templates of sentences (hassil's), by the key of what they ask. Free words in them
            are `{place}` and `{when}`.
        moments: Its words of days and times.
    """

    phrases: Mapping[str, tuple[str, ...]]
    moments: MomentWords


def spoken(language: str | None) -> str:
    """Return which of our languages to speak: of `nl-BE` it is `nl`, of a foreign one English."""
    base = (language or "").replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else FALLBACK


@cache
def language(code: str) -> Language:
    """Return one of our languages. The first time it is read from disk."""
    data = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    parts: dict[str, str] = data["parts"]

    def whole(template: str) -> str:
        """Put the parts that templates share in their place; parts may have parts."""
        while PART.search(template):
            template = PART.sub(lambda found: parts[found[1]], template)
        return template

    moments: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in data["moments"].items()
    }
    return Language(
        phrases={key: tuple(map(whole, each)) for key, each in data["questions"].items()},
        moments=MomentWords(**moments),
    )
