"""Tests of what an entity's value is as an index."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal.model import Unit
from custom_components.lumme_energy.readings.indexes import (
    UNITS,
    capacity,
    in_meter_unit,
    obis_codes,
    whole,
)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("12345.678", "kWh", ("12345.678", Unit.KWH)),
        ("12345678", "Wh", ("12345.678", Unit.KWH)),
        ("12.345678", "MWh", ("12345.678", Unit.KWH)),
        ("0.012345678", "GWh", ("12345.678", Unit.KWH)),
        ("4321.5", "m³", ("4321.5", Unit.M3)),
        ("4321500", "L", ("4321.5", Unit.M3)),
    ],
)
def test_units(value: str, unit: str, expected: tuple[str, Unit]) -> None:
    """Whatever an entity is shown in, the index is in the meter's unit."""
    assert in_meter_unit(Decimal(value), unit) == (Decimal(expected[0]), expected[1])


@pytest.mark.parametrize(("value", "unit"), [("1", "kW"), ("1", ""), ("NaN", "kWh"), ("Inf", "Wh")])
def test_no_index(value: str, unit: str) -> None:
    """Nothing is made up from what is no quantity that a meter counts."""
    assert in_meter_unit(Decimal(value), unit) is None


@given(
    index=st.integers(0, 99_999_999),
    rest=st.integers(0, 999),
    unit=st.sampled_from([unit for unit, (meter, _) in UNITS.items() if meter is Unit.KWH]),
)
def test_unit_does_not_matter(index: int, rest: int, unit: str) -> None:
    """The same meter leads to the same whole index in every unit, cut off and never rounded."""
    shown = Decimal(f"{index}.{rest:03}") / UNITS[unit][1]
    found = in_meter_unit(shown, unit)
    assert found is not None
    assert whole(found[0]) == index


def test_capacity() -> None:
    """A meter's digits count, up to those that a supplier takes."""
    assert capacity(5) == 100_000
    assert capacity(None) == capacity(8) == capacity(9) == 100_000_000


def test_obis_codes() -> None:
    """Belgium numbers day first, the Netherlands night; elsewhere unknown is not told."""
    assert obis_codes("BE")["day"] == obis_codes("NL")["night"] == "1.8.1"
    assert obis_codes("BE")["export_night"] == obis_codes("NL")["export_day"] == "2.8.2"
    assert obis_codes("FI")["single"] == "1.8.0"
    assert set(obis_codes(None)) == {"single", "export_single"}
