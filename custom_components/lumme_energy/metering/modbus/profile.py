"""Which quantity of a meter is in which of its registers: the words to say it with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from ...modbus_registers.blocks import Block, Space
from ...modbus_registers.units import amount
from ...modbus_registers.words import LIMIT, WordType, decode
from ..telegram import Quantity, Unit


class Measure(NamedTuple):
    """Something a register may hold.

    Attributes:
        forward: The quantity it is; of a number with a sign, the quantity of the positive ones.
        backward: The quantity of the negative ones, as a positive number; None without a sign.
        unit: The unit of those quantities; None if they have none.

    """

    forward: Quantity
    backward: Quantity | None
    unit: Unit | None


# What a number may be written in: the unit of its quantity, and the power of ten between.
_UNITS: Final[dict[str, tuple[Unit | None, int]]] = {
    "V": (Unit.VOLT, 0),
    "A": (Unit.AMPERE, 0),
    "W": (Unit.KILO_WATT, -3),
    "kW": (Unit.KILO_WATT, 0),
    "var": (Unit.KILO_VAR, -3),
    "kvar": (Unit.KILO_VAR, 0),
    "Wh": (Unit.KILO_WATT_HOUR, -3),
    "kWh": (Unit.KILO_WATT_HOUR, 0),
    "MWh": (Unit.KILO_WATT_HOUR, 3),
    "varh": (Unit.KILO_VAR_HOUR, -3),
    "kvarh": (Unit.KILO_VAR_HOUR, 0),
    "Hz": (Unit.HERTZ, 0),
    "": (None, 0),
}

_PHASES: Final = ("", "_l1", "_l2", "_l3")


def _measures() -> Iterator[tuple[str, Measure]]:
    """List every measure by its name: that of its quantity, or of two quantities together."""
    for stem, unit in (("power", Unit.KILO_WATT), ("reactive_power", Unit.KILO_VAR)):
        for phase in _PHASES:
            forward, backward = (Quantity(f"{stem}_{way}{phase}") for way in ("import", "export"))
            yield f"{stem}{phase}", Measure(forward, backward, unit)
            yield forward.value, Measure(forward, None, unit)
            yield backward.value, Measure(backward, None, unit)
    for stem, unit in (("energy", Unit.KILO_WATT_HOUR), ("reactive_energy", Unit.KILO_VAR_HOUR)):
        for way in ("import", "export"):
            for phase in _PHASES if stem == "energy" else ("",):
                quantity = Quantity(f"{stem}_{way}{phase}")
                yield quantity.value, Measure(quantity, None, unit)
    for phase in _PHASES[1:]:
        for stem, unit in (("voltage", Unit.VOLT), ("current", Unit.AMPERE)):
            quantity = Quantity(f"{stem}{phase}")
            yield quantity.value, Measure(quantity, None, unit)
    for phase in _PHASES:
        quantity = Quantity(f"power_factor{phase}")
        yield quantity.value, Measure(quantity, None, None)
    yield Quantity.FREQUENCY.value, Measure(Quantity.FREQUENCY, None, Unit.HERTZ)


MEASURES: Final[dict[str, Measure]] = dict(_measures())
UNITS: Final[dict[Unit | None, list[str]]] = {
    unit: [written for written, (of, _) in _UNITS.items() if of is unit]
    for unit, _ in _UNITS.values()
}
# Sums that grow slowly; everything else is of this moment.
_SLOW: Final = {Unit.KILO_WATT_HOUR, Unit.KILO_VAR_HOUR}

_ZERO: Final = Decimal(0)
_LIMIT: Final = Decimal(LIMIT)

# SunSpec's range for the exponent of a scale factor; others exist in devices that fall asleep.
_EXPONENTS: Final = range(-10, 11)


def resolution(text: str, unit: Unit | None) -> Decimal:
    """Return what a register's number is to be multiplied with to be in a unit.

    Args:
        text: What 1 in the register means, such as "0.1 V" or "Wh".
        unit: The unit wanted.

    Raises:
        ValueError: The text says nothing in that unit.

    """
    scale, written = amount(text)
    given, exponent = _UNITS.get(written, (unit, None))
    if given is not unit or exponent is None:
        raise ValueError(f"not a {unit}")
    return scale.scaleb(exponent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Where a measure is, and how it is laid down there.

    Attributes:
        factor: What the number is to be multiplied with to be in the unit of the measure.
        exponent_at: The register, in the same space, with the power of ten that the number is to
            be multiplied with as well.
        not_a_number: Bit patterns by which the meter says "not available".

    """

    measure: Measure
    space: Space
    address: int
    kind: WordType
    factor: Decimal
    low_word_first: bool = False
    exponent_at: int | None = None
    not_a_number: frozenset[int] = frozenset()

    @property
    def slow(self) -> bool:
        """Whether reading it once a minute is enough."""
        return self.measure.unit in _SLOW

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The registers that must be read for it."""
        own = Block(self.space, self.address, self.kind.size)
        if self.exponent_at is None:
            return (own,)
        return own, Block(self.space, self.exponent_at, 1)

    def moved(self, by: int) -> Register:
        """Return it as it is in a table that begins elsewhere."""
        exponent_at = None if self.exponent_at is None else self.exponent_at + by
        return replace(self, address=self.address + by, exponent_at=exponent_at)

    def values(self, words: Mapping[tuple[Space, int], int]) -> Iterator[tuple[Quantity, Decimal]]:
        """Yield what the words that were read say of it: nothing, a quantity or two."""
        number = self._number(words)
        if number is None:
            return
        if self.measure.backward is None:
            yield self.measure.forward, number
        else:
            yield self.measure.forward, max(number, _ZERO)
            yield self.measure.backward, max(-number, _ZERO)

    def _number(self, words: Mapping[tuple[Space, int], int]) -> Decimal | None:
        space, first = self.space, self.address
        try:
            own = [words[space, at] for at in range(first, first + self.kind.size)]
            exponent = None if self.exponent_at is None else words[space, self.exponent_at]
        except KeyError:
            return None
        number = decode(
            own, self.kind, low_word_first=self.low_word_first, not_a_number=self.not_a_number
        )
        if number is None:
            return None
        number *= self.factor
        if exponent is not None:
            power = exponent - (exponent >> 15 << 16)
            if power not in _EXPONENTS:
                return None
            number = number.scaleb(power)
        if not -_LIMIT <= number <= _LIMIT:
            return None
        # 4E+3 and -0 are fine numbers to reckon with, and strange ones to read; a sum is neither.
        return number + _ZERO if number else _ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class ModbusProfile:
    """A kind of Modbus meter.

    Attributes:
        key: What it is called in config entries.
        registers: What is where; for a SunSpec model, counted from where the model begins.
        max_registers: The most that one request may ask for.
        max_gap: How many registers that nobody wants may be read to save a request.
        unit_id: The Modbus address it has when it is new.
        line: Its serial settings when it is new, such as "9600 8N1".
        source: Where the table comes from.
        verified: Whether it was tried with a real meter. None of ours was.
        sunspec_models: The SunSpec models that have this table; their place differs by device.

    """

    key: str
    manufacturer: str
    model: str
    registers: tuple[Register, ...]
    max_registers: int = 125
    max_gap: int = 16
    unit_id: int = 1
    line: str | None = None
    source: str = ""
    verified: bool = False
    sunspec_models: tuple[int, ...] = ()

    def at(self, base: int) -> ModbusProfile:
        """Return the profile of a device whose table begins at base."""
        if not base:
            return self
        return replace(self, registers=tuple(register.moved(base) for register in self.registers))
