"""Tests of the value added tax and of rounding."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.tax import (
    BELGIUM_PRIVATE,
    FINLAND,
    VatTable,
    cents,
    vat_of,
    vat_table,
    with_vat,
    without_vat,
)
from custom_components.lumme_energy.portal.model import Energy, Segment

RATES = st.sampled_from([Decimal(rate) for rate in ("0", "6", "10", "21", "24", "25.5")])
AMOUNTS = st.decimals(min_value=-100_000, max_value=100_000, places=2)
DAYS = st.dates(date(2010, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("country", "energy", "segment", "day", "percent"),
    [
        ("FI", Energy.ELECTRICITY, Segment.PRIVATE, date(2024, 8, 31), "24"),
        ("FI", Energy.ELECTRICITY, Segment.PRIVATE, date(2024, 9, 1), "25.5"),
        ("FI", Energy.ELECTRICITY, Segment.BUSINESS, date(2026, 1, 1), "25.5"),
        ("FI", Energy.ELECTRICITY, Segment.PRIVATE, date(2023, 1, 15), "10"),
        ("FI", Energy.ELECTRICITY, Segment.PRIVATE, date(2012, 12, 31), None),
        ("BE", Energy.ELECTRICITY, Segment.PRIVATE, date(2022, 2, 28), "21"),
        ("BE", Energy.ELECTRICITY, Segment.PRIVATE, date(2022, 3, 1), "6"),
        ("BE", Energy.GAS, Segment.PRIVATE, date(2022, 3, 31), "21"),
        ("BE", Energy.GAS, Segment.PRIVATE, date(2026, 1, 1), "6"),
        ("BE", Energy.ELECTRICITY, Segment.BUSINESS, date(2026, 1, 1), "21"),
        ("NL", Energy.ELECTRICITY, Segment.PRIVATE, date(2026, 1, 1), None),
    ],
)
def test_rates(
    country: str, energy: Energy, segment: Segment, day: date, percent: str | None
) -> None:
    """Each day has the rate of its own."""
    expected = None if percent is None else Decimal(percent)
    assert vat_table(country, energy, segment).percent(day) == expected


def test_change_is_passed_on() -> None:
    """A price told today is what it was under the VAT of its day."""
    price = Decimal("0.1255")
    told = date(2026, 11, 24)
    assert FINLAND.at(price, date(2024, 8, 31), told=told) == Decimal("0.1240")
    assert FINLAND.at(price, date(2024, 9, 1), told=told) == price
    assert FINLAND.at(price, date(2000, 1, 1), told=told) == price
    assert VatTable().at(price, told, told=told) == price


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("-0.005", "-0.01"),
        ("1.015", "1.02"),
        ("2", "2.00"),
    ],
)
def test_cents(amount: str, rounded: str) -> None:
    """Halves go away from zero."""
    assert str(cents(Decimal(amount))) == rounded


@given(AMOUNTS, RATES)
def test_net_and_vat_are_the_amount(amount: Decimal, percent: Decimal) -> None:
    """The net and the VAT of a line are its amount, to the cent, and the VAT is right to half one."""
    vat = vat_of(amount, percent)
    assert vat == cents(vat)
    net = amount - vat
    assert abs(net * percent / 100 - vat) <= Decimal("0.005") * (1 + percent / 100)


@given(AMOUNTS, RATES)
def test_there_and_back(amount: Decimal, percent: Decimal) -> None:
    """Adding the VAT undoes taking it out."""
    assert cents(with_vat(without_vat(amount, percent), percent)) == amount


@given(DAYS, st.sampled_from([FINLAND, *BELGIUM_PRIVATE.values()]))
def test_a_rate_lasts_until_the_next(day: date, table: VatTable) -> None:
    """A rate changes on the days of the table and on no other."""
    changes = {since for since, _ in table.rates}
    before = table.percent(day - timedelta(days=1))
    assert (before != table.percent(day)) == (day in changes)


@given(st.lists(AMOUNTS, max_size=20), RATES)
def test_lines_add_up(amounts: list[Decimal], percent: Decimal) -> None:
    """Rounded line by line, nets and VAT add up to the total exactly."""
    vats = [vat_of(amount, percent) for amount in amounts]
    nets = [amount - vat for amount, vat in zip(amounts, vats, strict=True)]
    assert sum(nets, Decimal()) + sum(vats, Decimal()) == sum(amounts, Decimal())
