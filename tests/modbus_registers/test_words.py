"""Words into numbers: exact for every number, nothing for damage, and never an error."""

from decimal import Decimal
from math import isfinite, isnan
from struct import pack, unpack

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.modbus_registers.words import LIMIT, WordType, decode, text
from tests.metering.modbus.layouts import words

WORDS = st.lists(st.integers(0, 0xFFFF), min_size=4, max_size=4)
BITS = {"u16": (0, 16), "i16": (-15, 15), "u32": (0, 32), "i32": (-31, 31)}
BITS |= {"u64": (0, 64), "i64": (-63, 63)}


@given(WORDS, st.sampled_from(WordType), st.booleans())
def test_no_words_make_it_raise(content: list[int], kind: WordType, low_word_first: bool) -> None:
    value = decode(content[: kind.size], kind, low_word_first=low_word_first)
    assert value is None or value.is_finite()


@given(st.data(), st.sampled_from(sorted(BITS)), st.booleans())
def test_whole_numbers_come_back(data: st.DataObject, kind: str, low_word_first: bool) -> None:
    low, high = BITS[kind]
    number = data.draw(st.integers(-(2**-low) if low else 0, 2**high - 1))
    content = words(kind, number, low_word_first=low_word_first)
    assert decode(content, WordType(kind), low_word_first=low_word_first) == number


@given(st.floats(width=32))
def test_single_floats_come_back_as_the_shortest_number(number: float) -> None:
    raw = pack(">f", number)
    value = decode(unpack(">2H", raw), WordType.F32)
    if not isfinite(number) or abs(number) > LIMIT:
        assert value is None
        return
    assert value is not None
    assert pack(">f", float(value)) == raw
    digits = len(value.normalize().as_tuple().digits)
    assert digits <= 9
    if digits > 6:
        assert pack(">f", float(f"{number:.{digits - 1}g}")) != raw


@given(st.floats())
def test_double_floats_come_back(number: float) -> None:
    value = decode(unpack(">4H", pack(">d", number)), WordType.F64)
    if isnan(number) or abs(number) > LIMIT:
        assert value is None
    else:
        assert value is not None
        assert float(value) == number


@given(st.integers(0, 0xFFFFFF), st.integers(-128, 7))
def test_t5_comes_back(mantissa: int, exponent: int) -> None:
    value = Decimal(mantissa).scaleb(exponent)
    assert decode(words("t5", str(value)), WordType.T5) == value


@given(st.integers(-0x800000, 0x7FFFFF), st.integers(-128, 7))
def test_t6_comes_back(mantissa: int, exponent: int) -> None:
    value = Decimal(mantissa).scaleb(exponent)
    assert decode(words("t6", str(value)), WordType.T6) == value


@pytest.mark.parametrize("kind", [WordType.T5, WordType.T6])
def test_absurd_powers_of_ten_are_damage(kind: WordType) -> None:
    assert decode([0x7F00, 1], kind) is None
    assert decode([0x7F00, 0], kind) == 0


@given(st.integers(-10000, 10000))
def test_t7_comes_back(ten_thousandths: int) -> None:
    value = Decimal(ten_thousandths).scaleb(-4)
    assert decode(words("t7", str(value)), WordType.T7) == value


def test_documented_examples() -> None:
    # 230.4 as an Eastron sends it; Iskra's 123.456E-1.
    assert str(decode([0x4366, 0x6666], WordType.F32)) == "230.4"
    assert str(decode([0x8000, 0], WordType.F32)) == "-0"
    assert str(decode([0x42D9, 0x51EB], WordType.F32)) == "108.659996"  # needs all nine digits
    assert decode([0xFD01, 0xE240], WordType.T5) == Decimal("123.456")


def test_patterns_say_that_there_is_no_number() -> None:
    assert decode([0xFFFF, 0xFFFF], WordType.U32, not_a_number={0xFFFF_FFFF}) is None
    assert decode([0xFFFF, 0xFFFE], WordType.U32, not_a_number={0xFFFF_FFFF}) == 0xFFFF_FFFE


@given(st.lists(st.integers(0, 0xFFFF)))
def test_text_is_always_printable_ascii_or_control(content: list[int]) -> None:
    assert text(content).isascii()


def test_text_ends_at_its_padding() -> None:
    assert text([0x4232, 0x3320, 0x3231, 0x3200, 0x4141]) == "B23 212"
    assert text([]) == ""
