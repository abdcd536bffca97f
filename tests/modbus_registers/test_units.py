"""What a 1 in a register means, as people write it."""

from decimal import Decimal

import pytest

from custom_components.lumme_energy.modbus_registers.units import amount


@pytest.mark.parametrize(
    ("text", "scale", "unit"),
    [
        ("V", "1", "V"),
        ("0.1 V", "0.1", "V"),
        (" -0.01 kWh ", "-0.01", "kWh"),
        ("0.5", "0.5", ""),
        ("", "1", ""),
        ("0.1 °F", "0.1", "°F"),
    ],
)
def test_amount(text: str, scale: str, unit: str) -> None:
    assert amount(text) == (Decimal(scale), unit)


@pytest.mark.parametrize("text", ["x V", "0 V", "nan V", "inf W", "0", "1x"])
def test_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        amount(text)
