"""Files in which a user says what is in which register, and the words for what is wrong in them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

PREFIX: Final = "file:"

_NOTHING: Final = object()

# What may stand somewhere, in no language: a text, a mapping, a range, one of several.
TEXT: Final = '"…"'
MAPPING: Final = "{…: …}"


class ProfileError(ValueError):
    """A profile file says something that it must not.

    Attributes:
        file: The file.
        key: Where in it, such as "registers.power.type"; "" is the file as a whole.
        allowed: What may stand there, in a notation that needs no translation.

    """

    def __init__(self, file: str, key: str, allowed: str) -> None:
        """Name the file, the place and what is allowed there."""
        super().__init__(f"{file}: {key or 'all of it'}: allowed is {allowed}")
        self.file = file
        self.key = key
        self.allowed = allowed

    @property
    def placeholders(self) -> dict[str, str]:
        """What a translated message leaves open."""
        return {"file": self.file, "key": self.key or self.file, "allowed": self.allowed}


class WordOrder(StrEnum):
    """Which word of a number has the lowest address."""

    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


class Section:
    """A mapping of the file, of which each key must be asked for once."""

    def __init__(self, file: str, path: str, data: Any) -> None:
        """Begin with what a file holds at a path; raise a ProfileError if that is no mapping."""
        self.file = file
        self.path = path
        if not isinstance(data, Mapping):
            raise self.error("", MAPPING)
        self._data = dict(data)

    def error(self, key: str, allowed: str) -> ProfileError:
        """Return the error of a key: what is allowed there."""
        return ProfileError(self.file, ".".join(filter(None, (self.path, key))), allowed)

    def take(self, key: str, default: Any = _NOTHING, *, allowed: str) -> Any:
        """Take whatever a key holds."""
        value = self._data.pop(key, default)
        if value is _NOTHING:
            raise self.error(key, allowed)
        return value

    def text(self, key: str) -> str:
        """Take a text."""
        value = self.take(key, allowed=TEXT)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, TEXT)
        return value.strip()

    def whole(self, key: str, lowest: int, highest: int, default: Any = _NOTHING) -> Any:
        """Take a whole number within limits, or the default."""
        allowed = f"{lowest}…{highest}"
        value = self.take(key, default, allowed=allowed)
        if value is not default and not is_whole(value, lowest, highest):
            raise self.error(key, allowed)
        return value

    def number(self, key: str, lowest: float, highest: float, default: Any = _NOTHING) -> Any:
        """Take a number within limits, or the default."""
        allowed = f"{lowest:g}…{highest:g}"
        value = self.take(key, default, allowed=allowed)
        if value is not default and not (
            type(value) in {int, float} and lowest <= value <= highest
        ):
            raise self.error(key, allowed)
        return value

    def wholes(self, key: str, highest: int, default: Any = _NOTHING) -> Any:
        """Take a list of whole numbers from 0 on, or the default."""
        allowed = f"[0…{highest:#x}]"
        value = self.take(key, default, allowed=allowed)
        if value is default:
            return value
        if not isinstance(value, list) or not all(is_whole(item, 0, highest) for item in value):
            raise self.error(key, allowed)
        return tuple(value)

    def choice(self, key: str, choices: Iterable[StrEnum], default: Any = _NOTHING) -> Any:
        """Take one of several words, or the default."""
        by_value = {choice.value: choice for choice in choices}
        allowed = one_of(by_value)
        value = self.take(key, default, allowed=allowed)
        if value is default:
            return value
        if not isinstance(value, str) or value not in by_value:
            raise self.error(key, allowed)
        return by_value[value]

    def end(self, *allowed: str) -> None:
        """Refuse whatever was not taken."""
        for key in self._data:
            raise self.error(str(key), one_of(allowed))


def one_of(choices: Iterable[str]) -> str:
    """Say that one of several may stand somewhere."""
    return " | ".join(choices)


def is_whole(value: Any, lowest: int, highest: int) -> bool:
    """Tell whether a value is a whole number within limits; True and False are none."""
    return type(value) is int and lowest <= value <= highest
