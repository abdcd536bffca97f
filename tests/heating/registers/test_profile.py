"""What a register's number means, and which number means what is to be written."""

from fractions import Fraction

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.registers.profile import (
    TYPES,
    WHOLE,
    Flag,
    Number,
    scale,
)
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.words import WordType

UNITS = ["°C", "0.1 °C", "0.5 °C", "0.01 °C", "°F", "0.1 °F"]
MASKS = st.sampled_from([WHOLE, 0xFF00, 0x00FF, 0x0FF0, 0x7F00])


def _held(number: Number | Flag, words: list[int]) -> dict[tuple[Space, int], int]:
    return {(number.space, number.address + n): word for n, word in enumerate(words)}


@pytest.mark.parametrize(
    ("text", "quantity", "factor", "zero"),
    [
        ("°C", "temperature", 1, 0),
        ("0.1 °C", "temperature", Fraction(1, 10), 0),
        ("0.1 °F", "temperature", Fraction(1, 18), Fraction(-160, 9)),
        ("0.5 %", "humidity", Fraction(1, 2), 0),
        ("0.01 kW", "power", 10, 0),
        ("0.1 s", "time", Fraction(1, 10), 0),
    ],
)
def test_scale(text: str, quantity: str, factor: Fraction, zero: Fraction) -> None:
    assert scale(text, quantity) == (factor, zero)


@pytest.mark.parametrize("text", ["K", "", "0 °C", "x °C", "0.1", "W"])
def test_no_scale(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        scale(text, "temperature")


@given(
    st.sampled_from(TYPES),
    st.booleans(),
    st.sampled_from(UNITS),
    st.integers(0, 1000).map(lambda tenths: tenths / 20),
)
def test_what_is_written_is_what_is_read(
    kind: WordType, low_word_first: bool, unit: str, celsius: float
) -> None:
    factor, zero = scale(unit, "temperature")
    number = Number(
        space=Space.HOLDING,
        address=7,
        kind=kind,
        low_word_first=low_word_first,
        factor=factor,
        zero=zero,
    )
    words = number.encoded(celsius)
    assert len(words) == kind.size
    shown = number.value(_held(number, words))
    assert number.is_same(shown, celsius)
    assert shown is not None
    assert abs(shown - celsius) <= factor / 2 + Fraction(1, 1000)
    assert not number.is_same(shown, celsius + 2 * float(factor))
    assert not number.is_same(None, celsius)


@given(MASKS, st.integers(0, WHOLE), st.integers(0, WHOLE), st.integers(0, 300))
def test_writing_some_bits_keeps_what_is_to_be_kept(
    mask: int, keeps: int, old: int, value: int
) -> None:
    number = Number(space=Space.HOLDING, address=0, mask=mask, keeps=keeps)
    shift = 0 if mask & 1 else 4 if mask & 0x10 else 8
    if value > mask >> shift:
        with pytest.raises(OverflowError):
            number.encoded(value, old)
        return
    (word,) = number.encoded(value, old)
    assert number.value(_held(number, [word])) == value
    kept = 0 if mask == WHOLE else keeps
    assert word & ~mask == old & kept & ~mask


def test_halves_go_up() -> None:
    whole = Number(space=Space.HOLDING, address=0)
    assert [whole.encoded(celsius) for celsius in (7.5, 8.49, 8.5)] == [[8], [8], [9]]


@pytest.mark.parametrize(
    ("kind", "value"),
    [(WordType.U16, -1), (WordType.U16, 65536), (WordType.I16, 32768), (WordType.I16, -32769)],
)
def test_what_does_not_fit_is_not_written(kind: WordType, value: float) -> None:
    with pytest.raises(OverflowError):
        Number(space=Space.HOLDING, address=0, kind=kind).encoded(value)


def test_what_is_not_available_is_not_known() -> None:
    number = Number(
        space=Space.INPUT, address=3, kind=WordType.I16, not_a_number=frozenset({0x8000})
    )
    assert number.value({(Space.INPUT, 3): 0x8000}) is None
    assert number.value({(Space.INPUT, 3): 0xFFFF}) == -1
    assert number.value({(Space.HOLDING, 3): 1}) is None


def test_flag() -> None:
    flag = Flag(space=Space.HOLDING, address=3, yes=(4, 3), no=(0, 1))
    assert [flag.value({(Space.HOLDING, 3): n}) for n in range(6)] == [
        False,
        False,
        None,
        True,
        True,
        None,
    ]
    assert flag.value({}) is None
    assert (flag.encoded(True), flag.encoded(False)) == ([4], [0])
    told = Flag(space=Space.HOLDING, address=3, commands=(0x100, 0x200))
    assert (told.encoded(True), told.encoded(False)) == ([0x100], [0x200])


@pytest.mark.parametrize(
    ("space", "write_at", "target", "is_writable"),
    [
        (Space.HOLDING, None, Block(Space.HOLDING, 3, 1), True),
        (Space.HOLDING, 9, Block(Space.HOLDING, 9, 1), True),
        (Space.INPUT, None, Block(Space.HOLDING, 3, 1), False),
        (Space.INPUT, 9, Block(Space.HOLDING, 9, 1), True),
        (Space.COIL, None, Block(Space.COIL, 3, 1), True),
        (Space.DISCRETE, None, Block(Space.COIL, 3, 1), False),
        (Space.DISCRETE, 9, Block(Space.COIL, 9, 1), True),
    ],
)
def test_where_it_is_written(
    space: Space, write_at: int | None, target: Block, is_writable: bool
) -> None:
    flag = Flag(space=space, address=3, write_at=write_at)
    assert flag.target == target
    assert flag.is_writable is is_writable
    moved = flag.moved(2)
    assert moved.target == Block(target.space, target.address + 2, 1)
    assert moved.block == Block(space, 5, 1)
