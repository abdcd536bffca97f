"""Reading portals' JSON: typed fields out, and a note of every name we did not expect.

A portal changes without notice. `Record` turns a JSON object into typed values and raises
`PortalUnexpectedAnswerError` where a needed one is missing; `Drift` collects the names of unknown
keys and unknown enumeration words, never a value of a customer, for the diagnostics.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
import re
from typing import Any

from .errors import PortalUnexpectedAnswerError

_LARGEST = Decimal(10) ** 15
_WORD = re.compile(r"[A-Za-z][A-Za-z_ -]{0,39}")
_MOST_NAMES = 100


def _masked(name: object) -> str:
    """Make a key name safe to show: one with digits may be an identifier, one with @ an e-mail."""
    text = str(name)
    return "(an address)" if "@" in text else re.sub(r"\d", "#", text)[:60]


def _add(names: set[str], name: str) -> None:
    """Collect a name; an answer keyed by anything but names must not fill the memory."""
    if len(names) < _MOST_NAMES:
        names.add(name)


@dataclass(slots=True)
class Drift:
    """What a portal's answers held beyond what we know, by name, per call."""

    unknown_keys: dict[str, set[str]] = field(default_factory=dict)
    unknown_words: dict[str, set[str]] = field(default_factory=dict)

    def key(self, call: str, name: str) -> None:
        """Note a key we do not read."""
        _add(self.unknown_keys.setdefault(call, set()), _masked(name))

    def word(self, call: str, key: str, value: object) -> None:
        """Note an enumeration word we do not know; anything that is no plain word is masked."""
        shown = value if isinstance(value, str) and _WORD.fullmatch(value) else "(not a word)"
        _add(self.unknown_words.setdefault(call, set()), f"{key}={shown}")

    def report(self) -> dict[str, dict[str, list[str]]]:
        """Return the collected names, sorted, ready for JSON."""
        return {
            "unknown_keys": {call: sorted(names) for call, names in self.unknown_keys.items()},
            "unknown_words": {call: sorted(names) for call, names in self.unknown_words.items()},
        }


class Record:
    """One JSON object of an answer.

    Getters return None for an absent or null value and raise `PortalUnexpectedAnswerError` for a
    value of the wrong type; `need_*` also raise when the value is absent.
    """

    def __init__(self, call: str, data: Any, drift: Drift, *, known: Iterable[str] = ()) -> None:
        """Wrap `data`, which must be an object; `known` keys are expected but not read."""
        if not isinstance(data, Mapping):
            raise PortalUnexpectedAnswerError(call, "not an object")
        self.call = call
        self._data = data
        self._drift = drift
        self._seen = set(known)

    def __contains__(self, key: str) -> bool:
        """Whether the key is there at all."""
        return key in self._data

    def done(self) -> None:
        """Report the keys that nobody asked for."""
        for key in self._data:
            if key not in self._seen:
                self._drift.key(self.call, str(key))

    def raw(self, key: str) -> Any:
        """Return a value as it came."""
        self._seen.add(key)
        return self._data.get(key)

    def need[T](self, value: T | None, key: str) -> T:
        """Insist on a value that a getter returned."""
        if value is None:
            raise self._drifted(key, "missing")
        return value

    def text(self, key: str) -> str | None:
        """Return a text, stripped; numbers are taken as written; empty is None."""
        value = self.raw(key)
        if value is None or isinstance(value, (bool, Mapping, list)):
            if value is not None:
                raise self._drifted(key, "not a text")
            return None
        return str(value).strip() or None

    def need_text(self, key: str) -> str:
        """Return a text that must be there."""
        return self.need(self.text(key), key)

    def number(self, key: str) -> Decimal | None:
        """Return a finite number, whether it came as a number or as a text."""
        value = self.raw(key)
        if value is None or value == "":
            return None
        if isinstance(value, (bool, Mapping, list)):
            raise self._drifted(key, "not a number")
        try:
            number = Decimal(str(value))
        except InvalidOperation as err:
            raise self._drifted(key, "not a number") from err
        if not number.is_finite() or abs(number) > _LARGEST:
            raise self._drifted(key, "not a plausible number")
        return number

    def need_number(self, key: str) -> Decimal:
        """Return a number that must be there."""
        return self.need(self.number(key), key)

    def count(self, key: str) -> int | None:
        """Return a whole number of things."""
        number = self.number(key)
        if number is not None and (number < 0 or number != number.to_integral_value()):
            raise self._drifted(key, "not a count")
        return None if number is None else int(number)

    def money(self, key: str) -> Decimal | None:
        """Return an amount with two decimals."""
        amount = self.number(key)
        return None if amount is None else amount.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def need_money(self, key: str) -> Decimal:
        """Return an amount that must be there."""
        return self.need(self.money(key), key)

    def flag(self, key: str) -> bool | None:
        """Return a truth value."""
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            raise self._drifted(key, "not true or false")
        return value

    def day(self, key: str, zone: tzinfo | None = None) -> date | None:
        """Return the calendar date of an ISO 8601 date or date-time.

        A time with an offset is taken to `zone` first, where given: a portal may write the start
        of a day as the evening before in UTC. Otherwise the date counts as the portal wrote it.
        """
        moment = self.moment(key)
        if moment is None or zone is None or moment.tzinfo is None:
            return moment and moment.date()
        return self._moved(key, moment, zone).date()

    def need_day(self, key: str, zone: tzinfo | None = None) -> date:
        """Return a date that must be there."""
        return self.need(self.day(key, zone), key)

    def moment(self, key: str) -> datetime | None:
        """Return an ISO 8601 date and time as it came, with or without an offset."""
        text = self.text(key)
        if text is None:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError as err:
            raise self._drifted(key, "not a date and time") from err

    def instant(self, key: str) -> datetime | None:
        """Return an ISO 8601 instant in UTC. One without an offset is refused: it is ambiguous."""
        moment = self.moment(key)
        if moment is None:
            return None
        if moment.tzinfo is None:
            raise self._drifted(key, "a time without an offset")
        return self._moved(key, moment, UTC)

    def need_instant(self, key: str) -> datetime:
        """Return an instant that must be there."""
        return self.need(self.instant(key), key)

    def choice[T](self, key: str, known: Mapping[str, T], default: T) -> T:
        """Translate an enumeration word, case-insensitively; unknown ones are noted."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, str):
            for word, meaning in known.items():
                if word.casefold() == value.strip().casefold():
                    return meaning
        self._drift.word(self.call, key, value)
        return default

    def record(self, key: str, *, known: Iterable[str] = ()) -> Record | None:
        """Return a nested object."""
        value = self.raw(key)
        if value is None:
            return None
        return Record(f"{self.call}.{key}", value, self._drift, known=known)

    def records(self, key: str, *, known: Iterable[str] = ()) -> Iterator[Record]:
        """Yield the objects of a list; an absent list is empty."""
        value = self.raw(key)
        if value is not None:
            yield from records(f"{self.call}.{key}", value, self._drift, known=known)

    def _moved(self, key: str, moment: datetime, zone: tzinfo) -> datetime:
        try:
            return moment.astimezone(zone)
        except OverflowError as err:
            raise self._drifted(key, "not a plausible date") from err

    def _drifted(self, key: str, reason: str) -> PortalUnexpectedAnswerError:
        keys = tuple(sorted({_masked(name) for name in self._data})[:_MOST_NAMES])
        return PortalUnexpectedAnswerError(self.call, f"{key} is {reason}", keys)


def records(call: str, data: Any, drift: Drift, *, known: Iterable[str] = ()) -> Iterator[Record]:
    """Yield the objects of an answer that is a list, and report their unread keys after each."""
    if not isinstance(data, list):
        raise PortalUnexpectedAnswerError(call, "not a list")
    known = tuple(known)
    for item in data:
        record = Record(call, item, drift, known=known)
        yield record
        record.done()
