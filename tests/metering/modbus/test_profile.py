"""What a register's number means."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.modbus.profile import (
    MEASURES,
    Register,
    resolution,
)
from custom_components.lumme_energy.metering.telegram import Unit
from custom_components.lumme_energy.modbus_registers.blocks import Space
from custom_components.lumme_energy.modbus_registers.words import WordType


@pytest.mark.parametrize(
    ("written", "unit", "factor"),
    [
        ("V", Unit.VOLT, "1"),
        ("0.1 V", Unit.VOLT, "0.1"),
        ("W", Unit.KILO_WATT, "0.001"),
        ("-1 kW", Unit.KILO_WATT, "-1"),
        ("0.1 MWh", Unit.KILO_WATT_HOUR, "100"),
        ("10 varh", Unit.KILO_VAR_HOUR, "0.01"),
        ("0.001", None, "0.001"),
        ("", None, "1"),
    ],
)
def test_resolution(written: str, unit: Unit | None, factor: str) -> None:
    assert resolution(written, unit) == Decimal(factor)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("A", Unit.VOLT),
        ("", Unit.VOLT),
        ("0.1", Unit.VOLT),
        ("V", None),
        ("a V", Unit.VOLT),
        ("0 V", Unit.VOLT),
        ("NaN V", Unit.VOLT),
        ("furlong", Unit.VOLT),
    ],
)
def test_resolution_in_no_such_unit(written: str, unit: Unit | None) -> None:
    with pytest.raises(ValueError, match="not a"):
        resolution(written, unit)


def _register(**changes: object) -> Register:
    return Register(
        **{
            "measure": MEASURES["power"],
            "space": Space.INPUT,
            "address": 0,
            "kind": WordType.I16,
            "factor": Decimal(1),
            **changes,
        }
    )


def _values(register: Register, *words: int) -> dict[str, Decimal]:
    return dict(register.values({(Space.INPUT, at): word for at, word in enumerate(words)}))


def test_zero_is_plain_on_both_sides() -> None:
    values = _values(_register(kind=WordType.F32, factor=Decimal("0.001")), 0x8000, 0)
    assert [str(value) for value in values.values()] == ["0", "0"]


def test_large_numbers_are_written_out() -> None:
    values = _values(_register(factor=Decimal("1E+3")), 4)
    assert str(values["power_import"]) == "4000"


def test_exponent_outside_of_its_range_is_damage() -> None:
    register = _register(exponent_at=1)
    assert _values(register, 4, 10)["power_import"] == 40_000_000_000
    assert _values(register, 4, 0xFFFF)["power_import"] == Decimal("0.4")
    assert not _values(register, 4, 11)
    assert not _values(register, 4, 0x8000)
    assert not _values(register, 4)


def test_more_than_any_meter_measures_is_damage() -> None:
    register = _register(kind=WordType.U64, measure=MEASURES["energy_import"])
    assert not _values(register, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE)


@given(
    st.lists(st.integers(0, 0xFFFF), max_size=6),
    st.sampled_from(sorted(MEASURES)),
    st.sampled_from(WordType),
    st.sampled_from([None, 4, 5]),
    st.decimals("-1E6", "1E6", allow_nan=False),
)
def test_no_words_make_it_raise(
    words: list[int], name: str, kind: WordType, exponent_at: int | None, factor: Decimal
) -> None:
    register = _register(measure=MEASURES[name], kind=kind, exponent_at=exponent_at, factor=factor)
    for quantity, value in _values(register, *words).items():
        assert value.is_finite()
        assert register.measure.backward is None or value >= 0, quantity
