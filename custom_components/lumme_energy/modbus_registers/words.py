"""Turns the 16-bit words of Modbus registers into exact numbers. No words make it raise."""

from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from enum import StrEnum
from struct import Struct
from typing import Final


class WordType(StrEnum):
    """How a number is laid down in registers.

    T5, T6 and T7 are Iskra's own: 24 bits times a power of ten (unsigned and signed), and a power
    factor with its direction.

    Attributes:
        size: Number of registers.

    """

    __hash__ = str.__hash__  # that of Enum runs in Python, and dictionaries ask for it a lot

    size: int

    def __init__(self, name: str) -> None:
        """Work out the size once; every number that is read asks for it."""
        self.size = 2 if name.startswith("t") else int(name[1:]) // 16

    U16 = "u16"
    I16 = "i16"
    U32 = "u32"
    I32 = "i32"
    U64 = "u64"
    I64 = "i64"
    F32 = "f32"
    F64 = "f64"
    T5 = "t5"
    T6 = "t6"
    T7 = "t7"


# No meter measures more than this, in any unit: such a number is damage, not a value.
LIMIT: Final = 1e15

_FLOAT32: Final = Struct(">f")
_FLOAT64: Final = Struct(">d")


def _unsigned(raw: int) -> Decimal:
    return Decimal(raw)


def _signed(bits: int) -> Callable[[int], Decimal]:
    def decode(raw: int) -> Decimal:
        return Decimal(raw - (raw >> bits - 1 << bits))

    return decode


def _float32(raw: int) -> Decimal | None:
    """Return the shortest number that is this float and no other: 230.4, not 230.3999939."""
    packed = raw.to_bytes(4)
    (value,) = _FLOAT32.unpack(packed)
    if not -LIMIT <= value <= LIMIT:
        return None
    text = f"{value:.6g}"
    for digits in (7, 8, 9):
        if _FLOAT32.pack(float(text)) == packed:
            break
        text = f"{value:.{digits}g}"
    return Decimal(text)


def _float64(raw: int) -> Decimal | None:
    (value,) = _FLOAT64.unpack(raw.to_bytes(8))
    return Decimal(repr(value)) if -LIMIT <= value <= LIMIT else None


def _power_of_ten(mantissa: Decimal, exponent: int) -> Decimal | None:
    value = mantissa.scaleb(exponent - (exponent >> 7 << 8))
    return value if abs(value) <= LIMIT else None


def _t5(raw: int) -> Decimal | None:
    return _power_of_ten(Decimal(raw & 0xFFFFFF), raw >> 24)


def _t6(raw: int) -> Decimal | None:
    return _power_of_ten(_signed(24)(raw & 0xFFFFFF), raw >> 24)


def _t7(raw: int) -> Decimal:
    """Read a power factor in ten-thousandths; it is negative while energy is exported."""
    return Decimal(-(raw & 0xFFFF) if raw >> 24 else raw & 0xFFFF).scaleb(-4)


_DECODERS: Final[dict[WordType, Callable[[int], Decimal | None]]] = {
    WordType.U16: _unsigned,
    WordType.U32: _unsigned,
    WordType.U64: _unsigned,
    WordType.I16: _signed(16),
    WordType.I32: _signed(32),
    WordType.I64: _signed(64),
    WordType.F32: _float32,
    WordType.F64: _float64,
    WordType.T5: _t5,
    WordType.T6: _t6,
    WordType.T7: _t7,
}


def decode(
    words: Iterable[int],
    kind: WordType,
    *,
    low_word_first: bool = False,
    not_a_number: Collection[int] = (),
) -> Decimal | None:
    """Return the number that words say, or None if they say that there is none.

    Args:
        words: As many as the type has, in the order of their addresses.
        kind: How the number is laid down.
        low_word_first: Whether the word with the lowest address is the least significant one.
        not_a_number: Bit patterns, read as unsigned, by which the meter says "not available".

    """
    raw = 0
    for word in reversed(list(words)) if low_word_first else words:
        raw = raw << 16 | word & 0xFFFF
    return None if raw in not_a_number else _DECODERS[kind](raw)


def text(words: Iterable[int]) -> str:
    """Return the text that words hold, two characters each, without its padding."""
    data = b"".join((word & 0xFFFF).to_bytes(2, "big") for word in words)
    return data.split(b"\0")[0].decode("ascii", "ignore").strip()
