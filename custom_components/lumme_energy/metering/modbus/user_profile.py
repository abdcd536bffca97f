"""Profiles that a user writes, for a meter that we do not know.

A file of `<config>/lumme_energy/meters`, in YAML or JSON:

    manufacturer: Acme
    model: Meter 3
    function: input            # or holding; each register may say otherwise
    word_order: high_first     # or low_first; each register may say otherwise
    max_registers: 80          # the most that one request may ask for; 125 if left out
    max_gap: 16                # registers that nobody wants, read to save a request
    registers:
      voltage_l1: {address: 0, type: f32, unit: V}
      power: {address: 52, type: i32, unit: 0.1 W}
      energy_import: {address: 72, type: u32, unit: 0.1 kWh, not_a_number: [0xFFFFFFFF]}
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from .profile import MEASURES, UNITS, Measure, ModbusProfile, Register, Space, resolution
from .words import WordType

PREFIX: Final = "file:"

_NOTHING: Final = object()

# What may stand somewhere, in no language: a text, a mapping, a range, one of several.
_TEXT: Final = '"…"'
_MAPPING: Final = "{…: …}"


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


class _WordOrder(StrEnum):
    HIGH_FIRST = "high_first"
    LOW_FIRST = "low_first"


class _Section:
    """A mapping of the file, of which each key must be asked for once."""

    def __init__(self, file: str, path: str, data: Any) -> None:
        self.file = file
        self.path = path
        if not isinstance(data, Mapping):
            raise self.error("", _MAPPING)
        self._data = dict(data)

    def error(self, key: str, allowed: str) -> ProfileError:
        return ProfileError(self.file, ".".join(filter(None, (self.path, key))), allowed)

    def take(self, key: str, default: Any = _NOTHING, *, allowed: str) -> Any:
        value = self._data.pop(key, default)
        if value is _NOTHING:
            raise self.error(key, allowed)
        return value

    def text(self, key: str) -> str:
        value = self.take(key, allowed=_TEXT)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, _TEXT)
        return value.strip()

    def whole(self, key: str, lowest: int, highest: int, default: Any = _NOTHING) -> Any:
        allowed = f"{lowest}…{highest}"
        value = self.take(key, default, allowed=allowed)
        if value is not default and not _is_whole(value, lowest, highest):
            raise self.error(key, allowed)
        return value

    def choice[E: StrEnum](self, key: str, choices: type[E], default: Any = _NOTHING) -> E:
        allowed = _one_of(choices)
        value = self.take(key, default, allowed=allowed)
        try:
            return choices(value)
        except ValueError:
            raise self.error(key, allowed) from None

    def end(self, *allowed: str) -> None:
        for key in self._data:
            raise self.error(str(key), _one_of(allowed))


def user_profile(file: str, data: Any) -> ModbusProfile:
    """Return the profile that a file describes.

    Args:
        file: The file's name, for messages and as the key of the profile.
        data: What the file holds, as YAML or JSON reads it.

    Raises:
        ProfileError: The first mistake.

    """
    top = _Section(file, "", data)
    manufacturer, model = top.text("manufacturer"), top.text("model")
    space = top.choice("function", Space, Space.HOLDING)
    order = top.choice("word_order", _WordOrder, _WordOrder.HIGH_FIRST)
    max_registers = top.whole("max_registers", 4, 125, 125)
    max_gap = top.whole("max_gap", 0, 120, 16)
    registers = top.take("registers", allowed=_MAPPING)
    top.end(
        "manufacturer", "model", "function", "word_order", "max_registers", "max_gap", "registers"
    )
    section = _Section(file, "registers", registers)
    if not registers:
        raise section.error("", _one_of(MEASURES))
    for name in registers:
        if name not in MEASURES:
            raise section.error(str(name), _one_of(MEASURES))
    return ModbusProfile(
        key=f"{PREFIX}{file}",
        manufacturer=manufacturer,
        model=model,
        max_registers=max_registers,
        max_gap=max_gap,
        source=file,
        registers=tuple(
            _register(_Section(file, f"registers.{name}", data), MEASURES[name], space, order)
            for name, data in registers.items()
        ),
    )


def _register(section: _Section, measure: Measure, space: Space, order: _WordOrder) -> Register:
    kind = section.choice("type", WordType)
    address = section.whole("address", 0, 0x10000 - kind.size)
    space = section.choice("function", Space, space)
    order = section.choice("word_order", _WordOrder, order)
    exponent_at = section.whole("exponent_address", 0, 0xFFFF, None)
    factor = _factor(section, measure)
    patterns = section.take("not_a_number", [], allowed="")
    highest = (1 << 16 * kind.size) - 1
    if not isinstance(patterns, list) or not all(_is_whole(n, 0, highest) for n in patterns):
        raise section.error("not_a_number", f"[0…{highest:#x}]")
    section.end(
        "type", "address", "unit", "function", "word_order", "exponent_address", "not_a_number"
    )
    return Register(
        measure=measure,
        space=space,
        address=address,
        kind=kind,
        factor=factor,
        low_word_first=order is _WordOrder.LOW_FIRST,
        exponent_at=exponent_at,
        not_a_number=frozenset(patterns),
    )


def _factor(section: _Section, measure: Measure) -> Decimal:
    units = UNITS[measure.unit]
    if measure.unit is None:
        allowed = "0.001 | 0.1 | 1 | …"
        written = section.take("unit", "1", allowed=allowed)
    else:
        allowed = _one_of((*units, f"0.1 {units[0]}", "…"))
        written = section.take("unit", allowed=allowed)
    try:
        return resolution(str(written), measure.unit)
    except ValueError:
        raise section.error("unit", allowed) from None


def _one_of(choices: Iterable[str]) -> str:
    return " | ".join(choices)


def _is_whole(value: Any, lowest: int, highest: int) -> bool:
    return type(value) is int and lowest <= value <= highest
