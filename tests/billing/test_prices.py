"""Tests of what a kWh costs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.prices import Formula, Tariff, exchange_price
from custom_components.lumme_energy.billing.tax import FINLAND, VatTable
from custom_components.lumme_energy.portal.model import (
    Contract,
    Direction,
    PriceComponent,
    PriceKind,
)

GSRN = "643000000000000016"
TODAY = date(2026, 11, 24)


def price(
    register: str,
    amount: str,
    unit: str = "EUR/kWh",
    direction: Direction = Direction.IMPORT,
    formula: str | None = None,
) -> PriceComponent:
    """Return a price."""
    return PriceComponent(
        register=register, amount=Decimal(amount), unit=unit, direction=direction, formula=formula
    )


def tariff(
    *prices: PriceComponent,
    kind: PriceKind = PriceKind.FIXED,
    vat: VatTable = FINLAND,
) -> Tariff:
    """Return the tariff of a single contract."""
    contract = Contract(gsrn=GSRN, price_kind=kind, prices=prices)
    return Tariff(gsrn=GSRN, contracts=(contract,), vat=vat, told=TODAY)


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("0.0012761 x Belpex RLP M [88.41] + 0.0511", ("0.0012761", "0.0511")),
        ("0.0005 x Belpex M INJ [71.30] - 0.0144", ("0.0005", "-0.0144")),
        ("0,00102 × Belpex H [ ] + 0,004", ("0.00102", "0.004")),
        ("0.001 x Belpex H [90]", ("0.001", "0")),
        ("a fixed price", None),
        ("0.001 x Belpex H [90] + 2 x other [3]", None),
        ("", None),
    ],
)
def test_formula(text: str, formula: tuple[str, str] | None) -> None:
    """The formulas of price lists are read; others are not guessed at."""
    expected = None if formula is None else Formula(*(Decimal(part) for part in formula))
    assert Formula.parse(text) == expected


@pytest.mark.parametrize(
    ("value", "unit", "percent", "expected"),
    [
        ("5.4", "c/kWh", None, "0.054"),
        ("54", "EUR/MWh", None, "0.054"),
        ("0.054", "EUR/kWh", None, "0.054"),
        ("6.777", "snt/kWh", "25.5", "0.054"),
        ("-1", "ct/kWh", None, "-0.01"),
        ("5", "SEK/kWh", None, None),
    ],
)
def test_exchange_price(value: str, unit: str, percent: str | None, expected: str | None) -> None:
    """An exchange's price comes in many units, with and without VAT."""
    found = exchange_price(Decimal(value), unit, vat_percent=Decimal(percent) if percent else None)
    assert found == (None if expected is None else Decimal(expected))


def test_fixed() -> None:
    """A register has its own price, or the one for all registers."""
    single = tariff(price("single", "0.0895"), price("single", "0.03", direction=Direction.EXPORT))
    for register in ("single", "day", "night"):
        assert single.price(register, TODAY) == Decimal("0.0895")
        assert single.price(f"export_{register}", TODAY) == Decimal("0.03")
    dual = tariff(price("day", "0.2"), price("night", "0.1"))
    assert dual.price("night", TODAY) == Decimal("0.1")
    assert dual.price("single", TODAY) is None
    assert dual.price("export_day", TODAY) is None
    assert replace(dual, gsrn="another").price("day", TODAY) is None
    assert not dual.follows_exchange(TODAY)


def test_each_day_has_its_contract() -> None:
    """A renewed contract has other prices, and before the VAT went up they were lower."""
    old = Contract(
        gsrn=GSRN,
        end=date(2026, 6, 30),
        prices=(price("single", "0.1255"),),
    )
    new = Contract(gsrn=GSRN, start=date(2026, 7, 1), prices=(price("single", "0.0895"),))
    both = Tariff(gsrn=GSRN, contracts=(new, old), vat=FINLAND, told=TODAY)
    assert both.price("single", date(2026, 7, 1)) == Decimal("0.0895")
    assert both.price("single", date(2026, 6, 30)) == Decimal("0.1255")
    assert both.price("single", date(2024, 8, 31)) == Decimal("0.1240")


def test_spot() -> None:
    """The exchange's price with its VAT, and the margin; without one of them nothing."""
    spot = tariff(price("margin", "0.0049"), kind=PriceKind.SPOT)
    assert spot.follows_exchange(TODAY)
    assert spot.price("single", TODAY, Decimal("0.04")) == Decimal("0.0551")
    assert spot.price("single", TODAY, Decimal("-0.04")) == Decimal("-0.0453")
    assert spot.price("single", TODAY) is None
    assert spot.price("export_single", TODAY, Decimal("0.04")) is None
    assert replace(spot, vat=VatTable()).price("single", TODAY, Decimal("0.04")) is None
    unclear = tariff(price("single", "0.0049"), kind=PriceKind.SPOT)
    assert unclear.price("single", TODAY, Decimal("0.04")) is None


def test_spot_by_formula() -> None:
    """A formula of EUR/MWh without VAT."""
    formula = "0.00102 x Belpex H [88.41] + 0.004"
    belgian = VatTable(((date(2022, 3, 1), Decimal(6)),))
    spot = tariff(price("single", "0.1", formula=formula), kind=PriceKind.SPOT, vat=belgian)
    found = spot.price("single", TODAY, Decimal("0.09"))
    assert found == (Decimal("0.0918") + Decimal("0.004")) * Decimal("1.06")
    strange = tariff(price("single", "0.1", formula="?"), kind=PriceKind.SPOT, vat=belgian)
    assert strange.price("single", TODAY, Decimal("0.09")) is None


def test_fees() -> None:
    """A month's fee is a whole one for a whole month, a year's for a year."""
    monthly = tariff(
        price("fixed", "4.90", "EUR/month"),
        price("single", "0.1"),
        price("fixed", "9", "EUR/month", Direction.EXPORT),
    )
    assert monthly.fees(date(2026, 2, 1), date(2026, 2, 28)) == Decimal("4.90")
    assert monthly.fees(date(2026, 2, 1), date(2026, 2, 14)) == Decimal("2.45")
    yearly = tariff(price("fixed", "73", "EUR/year"))
    assert yearly.fees(date(2026, 1, 1), date(2026, 12, 31)) == Decimal(73)
    assert yearly.fees(date(2028, 1, 1), date(2028, 12, 31)) == Decimal(73)
    assert yearly.fees(TODAY, TODAY) == Decimal("0.2")
    assert tariff(price("single", "0.1")).fees(TODAY, TODAY) is None
    assert replace(yearly, contracts=()).fees(TODAY, TODAY) is None


@given(
    st.dates(date(2024, 9, 1), date(2030, 1, 1)),
    st.integers(0, 500),
    st.integers(0, 500),
    st.decimals(min_value=0, max_value=500, places=2),
    st.sampled_from(["EUR/month", "EUR/year"]),
)
def test_fees_add_up(first: date, one: int, two: int, amount: Decimal, unit: str) -> None:
    """What two spans of days cost is what they cost together."""
    fees = tariff(price("fixed", str(amount), unit)).fees
    middle = first + timedelta(days=one)
    last = middle + timedelta(days=two + 1)
    parts = (
        Fraction(fees(first, middle) or 0)
        + Fraction(fees(middle + timedelta(days=1), last) or 0)
        - Fraction(fees(first, last) or 0)
    )
    assert abs(parts) < Fraction(1, 10**15)
