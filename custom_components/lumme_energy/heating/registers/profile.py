"""Which value of a heater is in which of its registers: the words to say it with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final, Self

from modbus_connection import WordOrder
from modbus_connection.encode import encode_float32, encode_int

from ...modbus_registers.blocks import Block, Space
from ...modbus_registers.reader import Words
from ...modbus_registers.units import amount
from ...modbus_registers.words import WordType, decode

# The types that a heater's numbers have; those that are only Iskra's are not among them.
TYPES: Final = (
    WordType.U16,
    WordType.I16,
    WordType.U32,
    WordType.I32,
    WordType.F32,
)

# What a number may be written in, by what it measures: what 1 of it is in °C, %, W or s, and what
# 0 of it is.
UNITS: Final[Mapping[str, Mapping[str, tuple[Fraction, Fraction]]]] = {
    "temperature": {
        "°C": (Fraction(1), Fraction(0)),
        "°F": (Fraction(5, 9), Fraction(-160, 9)),
    },
    "humidity": {"%": (Fraction(1), Fraction(0))},
    "power": {"W": (Fraction(1), Fraction(0)), "kW": (Fraction(1000), Fraction(0))},
    "time": {"s": (Fraction(1), Fraction(0))},
}

WHOLE: Final = 0xFFFF
_SIGNED: Final = {WordType.I16, WordType.I32}


def scale(text: str, quantity: str) -> tuple[Fraction, Fraction]:
    """Return what a register's number is to be multiplied with, and what is then to be added.

    Args:
        text: What 1 in the register means, such as "0.1 °F".
        quantity: What it measures, as in `UNITS`.

    Raises:
        ValueError: The text says nothing of that.

    """
    number, unit = amount(text)
    if unit not in UNITS[quantity]:
        raise ValueError(f"not a {quantity}")
    factor, zero = UNITS[quantity][unit]
    return factor * Fraction(number), zero


class Function(StrEnum):
    """How a register is written: by the function codes 6 and 5, or 16 and 15."""

    SINGLE = "single"
    MULTIPLE = "multiple"


@dataclass(frozen=True, kw_only=True, slots=True)
class Register:
    """Where something is, and how it is laid down there.

    Attributes:
        mask: The bits of a 16-bit register that hold it; 0xFF00 is its high byte.
        not_a_number: Bit patterns by which the heater says "not available".
        write_at: Where it is written, if not where it is read.
        keeps: The bits beside it that a write leaves as they are; all others become 0.

    """

    space: Space
    address: int
    kind: WordType = WordType.U16
    low_word_first: bool = False
    mask: int = WHOLE
    not_a_number: frozenset[int] = frozenset()
    write_at: int | None = None
    keeps: int = 0

    @property
    def block(self) -> Block:
        """The registers that must be read for it."""
        return Block(self.space, self.address, self.kind.size)

    @property
    def target(self) -> Block:
        """The registers that a write of it writes."""
        is_bit = self.space in {Space.COIL, Space.DISCRETE}
        address = self.address if self.write_at is None else self.write_at
        return Block(Space.COIL if is_bit else Space.HOLDING, address, self.kind.size)

    @property
    def is_writable(self) -> bool:
        """Whether there is a way to write it."""
        return self.write_at is not None or self.space in {Space.HOLDING, Space.COIL}

    def moved(self, by: int) -> Self:
        """Return it as it is for another channel."""
        write_at = None if self.write_at is None else self.write_at + by
        return replace(self, address=self.address + by, write_at=write_at)

    def raw(self, words: Words) -> Decimal | None:
        """Return the number that words say, as it stands there; None if they say none."""
        try:
            own = [words[self.space, at] for at in range(self.address, self.block.end)]
        except KeyError:
            return None
        if self.mask != WHOLE:
            own = [(own[0] & self.mask) >> self._shift]
        return decode(
            own, self.kind, low_word_first=self.low_word_first, not_a_number=self.not_a_number
        )

    @property
    def _shift(self) -> int:
        return (self.mask & -self.mask).bit_length() - 1

    def words(self, number: Fraction, old: int = 0) -> list[int]:
        """Return the words that say a number.

        Args:
            number: The number, as it is to stand there.
            old: The word that is there now, of which `keeps` is kept.

        Raises:
            OverflowError: It does not fit.

        """
        order: WordOrder = "little" if self.low_word_first else "big"
        if self.kind is WordType.F32:
            return encode_float32(float(number), word_order=order)
        whole = floor(number + Fraction(1, 2))  # halves go up: a floor must not be undercut
        if whole not in self.numbers:
            raise OverflowError(f"{whole} does not fit into {self.numbers}")
        if self.mask == WHOLE:
            return encode_int(whole, count=self.kind.size, word_order=order)
        return [old & self.keeps & ~self.mask | whole << self._shift]

    @property
    def numbers(self) -> range:
        """The whole numbers that fit into it."""
        if self.space in {Space.COIL, Space.DISCRETE}:
            return range(2)
        if self.mask != WHOLE:
            return range((self.mask >> self._shift) + 1)
        size = 1 << 16 * self.kind.size
        return range(-size // 2, size // 2) if self.kind in _SIGNED else range(size)


@dataclass(frozen=True, kw_only=True, slots=True)
class Number(Register):
    """A number: a temperature in °C, a humidity in %, a power in W.

    Attributes:
        factor: What the register's number is to be multiplied with.
        zero: What is then to be added; what a 0 in the register means.

    """

    factor: Fraction = Fraction(1)
    zero: Fraction = Fraction(0)

    def value(self, words: Words) -> float | None:
        """Return what words say."""
        raw = self.raw(words)
        return None if raw is None else round(float(Fraction(raw) * self.factor + self.zero), 3)

    def encoded(self, value: float, old: int = 0) -> list[int]:
        """Return the words that come closest to a value.

        Raises:
            OverflowError: It does not fit.

        """
        return self.words((Fraction(str(value)) - self.zero) / self.factor, old)

    def is_same(self, one: float | None, other: float) -> bool:
        """Tell whether two values are the same as far as the register can tell them apart."""
        return one is not None and abs(one - other) <= float(abs(self.factor)) / 2 + 0.001


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag(Register):
    """A yes or no.

    Attributes:
        yes: The numbers that mean yes; the first is what is written.
        no: The numbers that mean no, likewise. Any other number is not known to mean either.
        commands: What is written for yes and no, if that is not what is then read.

    """

    yes: tuple[int, ...] = (1,)
    no: tuple[int, ...] = (0,)
    commands: tuple[int, int] | None = None

    def value(self, words: Words) -> bool | None:
        """Return what words say."""
        raw = self.raw(words)
        return True if raw in self.yes else False if raw in self.no else None

    def encoded(self, value: float, old: int = 0) -> list[int]:
        """Return the words that say yes or no."""
        yes, no = self.commands or (self.yes[0], self.no[0])
        return self.words(Fraction(yes if value else no), old)

    def is_same(self, one: float | None, other: float) -> bool:
        """Tell whether two values are the same."""
        return one == other


@dataclass(frozen=True, kw_only=True, slots=True)
class Timer(Number):
    """Switches on for some seconds, whatever becomes of us: only written, never read.

    Attributes:
        longest: The most seconds that the device counts.

    """

    longest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HeaterProfile:
    """A kind of Modbus heater: a thermostat, or a relay if it has no setpoint.

    Attributes:
        key: What it is called in config entries.
        setpoint: The room's setpoint, which is what we write.
        frost: The device's own frost setpoint, which holds even if it is switched off.
        least: The least setpoint that it takes at the moment; `most` is the highest.
        is_on: Whether it is switched on, or the relay closed.
        is_heating: Whether it heats just now.
        is_heat_mode: Whether its mode is one in which the setpoint is heated to. Where it is not,
            the mode is written before anything else: some devices take it only in this order.
        is_for_room: Whether the setpoint is that of the room and not that of the water. Never
            written; while it says no, neither is the setpoint.
        timer: How it is switched on for a while.
        lowest: The least setpoint that its maker names; `highest` and `step` likewise.
        function: How it is to be written; None if both ways are worth a try.
        channels: How many of the same it has, in registers one behind the other.
        max_registers: The most that one request may ask for.
        max_gap: How far the next register may be from the last one of the same request. 1 reads no
            register that nobody asked for: there are heaters that restart when one does.
        unit_id: The Modbus address it has when it is new.
        line: Its serial settings when it is new, such as "9600 8N1".
        source: Where the table comes from.
        verified: Whether it was tried with a real heater. None of ours was.

    """

    key: str
    manufacturer: str
    model: str
    setpoint: Number | None = None
    room: Number | None = None
    outdoor: Number | None = None
    humidity: Number | None = None
    power: Number | None = None
    frost: Number | None = None
    least: Number | None = None
    most: Number | None = None
    is_on: Flag | None = None
    is_heating: Flag | None = None
    is_heat_mode: Flag | None = None
    is_for_room: Flag | None = None
    timer: Timer | None = None
    lowest: float = 5
    highest: float = 30
    step: float = 0.5
    function: Function | None = None
    channels: int = 1
    max_registers: int = 125
    max_gap: int = 1
    unit_id: int = 1
    line: str | None = None
    source: str = ""
    verified: bool = False

    @property
    def is_relay(self) -> bool:
        """Whether it only switches, and has no thermostat of its own."""
        return self.setpoint is None

    @property
    def registers(self) -> dict[str, Number | Flag]:
        """What can be read, by the names of the attributes."""
        named = ((name, getattr(self, name)) for name in (*NUMBERS, *FLAGS))
        return {name: register for name, register in named if register is not None}

    def at(self, channel: int) -> HeaterProfile:
        """Return the profile of one of its channels, the first of which is 0."""
        if not channel:
            return self
        moved = {name: register.moved(channel) for name, register in self.registers.items()}
        timer = self.timer and self.timer.moved(channel)
        return replace(self, **moved, timer=timer)  # type: ignore[arg-type]


# What a heater may tell, by the quantity that it is; and what it may say yes or no to.
NUMBERS: Final[Mapping[str, str]] = {
    "setpoint": "temperature",
    "room": "temperature",
    "outdoor": "temperature",
    "humidity": "humidity",
    "power": "power",
    "frost": "temperature",
    "least": "temperature",
    "most": "temperature",
}
FLAGS: Final = ("is_on", "is_heating", "is_heat_mode", "is_for_room")
