"""Tests of what energy has cost."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.cost import Charges, charges, cost
from custom_components.lumme_energy.billing.days import HOUR, midnight
from custom_components.lumme_energy.billing.tax import cents
from custom_components.lumme_energy.portal.model import (
    Direction,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    LineKind,
    PriceKind,
    Statement,
)

from .meters import rows, steady
from .test_prices import GSRN, TODAY, price, tariff

HELSINKI = ZoneInfo("Europe/Helsinki")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
MONTHLY = price("fixed", "4.90", "EUR/month")
KWH = st.decimals(min_value=0, max_value=50, places=3)
PRICES = st.decimals(min_value=0, max_value=1, places=4)


def test_month() -> None:
    """A month with a long day: 745 hours at a price each, and the month's fee."""
    usage = steady(FIRST, LAST, HELSINKI, single="0.5")
    found = cost(tariff(price("single", "0.0895"), MONTHLY), usage, FIRST, LAST)
    assert found is not None
    assert [(line.kind, line.amount) for line in found.lines] == [
        (LineKind.ENERGY, Decimal("33.34")),
        (LineKind.FIXED_FEE, Decimal("4.90")),
    ]
    assert found.total == Decimal("38.24")
    assert found.energy == Decimal("372.5")
    assert found.amount(LineKind.FIXED_FEE) == Decimal("4.90")
    assert found.unpriced == 0


def test_day_night_and_export() -> None:
    """Each register has a line; what is fed in is given back."""
    usage = steady(FIRST, FIRST, HELSINKI, day="1", night="2", export_single="0.5")
    prices = (price("day", "0.2"), price("night", "0.1"))
    found = cost(
        tariff(*prices, price("single", "0.05", direction=Direction.EXPORT)), usage, FIRST, FIRST
    )
    assert found is not None
    assert [(line.kind, line.register, line.energy, line.amount) for line in found.lines] == [
        (LineKind.ENERGY, "day", Decimal(24), Decimal("4.80")),
        (LineKind.ENERGY, "night", Decimal(48), Decimal("4.80")),
        (LineKind.EXPORT, "single", Decimal(12), Decimal("-0.60")),
    ]
    without = cost(tariff(*prices), usage, FIRST, FIRST)
    assert without is not None
    assert without.total == Decimal("9.60")
    assert without.unpriced == 0


def test_unknown_price() -> None:
    """Energy without any price has no cost; a part of it is told."""
    usage = steady(FIRST, FIRST, HELSINKI, single="1")
    dual = tariff(price("day", "0.2"), price("night", "0.1"), MONTHLY)
    assert cost(dual, usage, FIRST, FIRST) is None
    both = steady(FIRST, FIRST, HELSINKI, single="1", day="1")
    found = cost(dual, both, FIRST, FIRST, collected=Charges(per_kwh=Decimal(1), per_day=Decimal()))
    assert found is not None
    assert found.unpriced == 24
    assert found.amount(LineKind.NETWORK) == 48


def test_no_energy() -> None:
    """Days of which nothing is known have no cost, not that of the fee."""
    usage = steady(FIRST, FIRST, HELSINKI, single="1")
    after = FIRST + timedelta(days=1)
    assert cost(tariff(price("single", "0.1"), MONTHLY), usage, after, after) is None


def test_spot() -> None:
    """Each hour has its own price; hours without one are told."""
    usage = steady(FIRST, FIRST, HELSINKI, single="1")
    start = midnight(FIRST, HELSINKI)
    exchange = {start + n * HOUR: Decimal(n) / 100 for n in range(23)}
    spot = tariff(price("margin", "0.0049"), kind=PriceKind.SPOT)
    found = cost(spot, usage, FIRST, FIRST, exchange=exchange)
    assert found is not None
    assert found.unpriced == 1
    assert found.energy == 23
    expected = sum(exchange.values()) * Decimal("1.255") + 23 * Decimal("0.0049")
    assert found.total == cents(expected)
    assert cost(spot, usage, FIRST, FIRST) is None


@given(KWH, KWH, KWH, PRICES, PRICES, PRICES, st.integers(0, 3))
def test_lines_add_up(
    day: Decimal,
    night: Decimal,
    back: Decimal,
    high: Decimal,
    low: Decimal,
    given_back: Decimal,
    more: int,
) -> None:
    """The lines are whole cents and add up to the total; each is right to half a cent."""
    last = date(2026, 10, 25) + timedelta(days=more)
    first = date(2026, 10, 24)
    usage = steady(first, last, HELSINKI, day=str(day), night=str(night), export_single=str(back))
    found = cost(
        tariff(
            price("day", str(high)),
            price("night", str(low)),
            price("single", str(given_back), direction=Direction.EXPORT),
            MONTHLY,
        ),
        usage,
        first,
        last,
        collected=Charges(per_kwh=Decimal("0.0837"), per_day=Decimal("0.417")),
    )
    assert found is not None
    assert len(found.lines) == 5
    assert all(line.amount == cents(line.amount) for line in found.lines)
    assert found.total == sum(line.amount for line in found.lines)
    hours = len(list(rows(first, last, HELSINKI)))
    exact = hours * (day * high + night * low - back * given_back)
    energy = found.amount(LineKind.ENERGY, LineKind.EXPORT)
    assert abs(energy - exact) <= Decimal("0.015")


def bill(*lines: InvoiceLine, **details: object) -> Invoice:
    """Return a bill with lines."""
    return Invoice(
        **{
            "number": "1",
            "kind": InvoiceKind.SETTLEMENT,
            "issued": TODAY,
            "amount": sum((line.amount for line in lines), Decimal()),
            "gsrns": (GSRN,),
            "period_start": FIRST,
            "period_end": LAST,
            "lines": lines,
            **details,
        }  # type: ignore[arg-type]
    )


ENERGY = InvoiceLine(kind=LineKind.ENERGY, amount=Decimal(40), energy=Decimal(400), gsrn=GSRN)
NETWORK = InvoiceLine(kind=LineKind.NETWORK, amount=Decimal(62), gsrn=GSRN)
TAX = InvoiceLine(kind=LineKind.TAX, amount=Decimal(4), gsrn=GSRN)


def test_charges() -> None:
    """Taxes go by kWh; the grid goes by day, or by kWh where the bill counts so."""
    found = charges(Statement(invoices=(bill(ENERGY, NETWORK, TAX),)), GSRN)
    assert found == Charges(per_kwh=Decimal("0.01"), per_day=Decimal(2))
    assert found.line(Decimal(100), 10).amount == 21
    by_kwh = InvoiceLine(kind=LineKind.NETWORK, amount=Decimal(36), energy=Decimal(400))
    found = charges(Statement(invoices=(bill(ENERGY, by_kwh, TAX),)), GSRN)
    assert found == Charges(per_kwh=Decimal("0.1"), per_day=Decimal())


def test_charges_of_the_right_bill() -> None:
    """The newest bill that tells about this supply point counts; its own dates go first."""
    newer = bill(InvoiceLine(kind=LineKind.DEPOSITS, amount=Decimal(90)), issued=TODAY)
    older = bill(ENERGY, NETWORK, issued=FIRST, gsrns=(GSRN, "another"))
    found = charges(Statement(invoices=(older, newer)), GSRN)
    assert found == Charges(per_kwh=Decimal(), per_day=Decimal(2))
    assert charges(Statement(invoices=(older, newer)), "another") is None
    assert charges(None, GSRN) is None
    dated = InvoiceLine(
        kind=LineKind.ENERGY,
        amount=Decimal(1),
        energy=Decimal(10),
        start=FIRST,
        end=FIRST,
        gsrn=GSRN,
    )
    found = charges(Statement(invoices=(bill(dated, NETWORK),)), GSRN)
    assert found == Charges(per_kwh=Decimal(), per_day=Decimal(62))


@pytest.mark.parametrize("details", [{"period_start": None}, {"period_end": date(2026, 9, 1)}])
def test_charges_need_days(details: dict[str, date | None]) -> None:
    """A bill that does not tell its days tells no charges."""
    assert charges(Statement(invoices=(bill(ENERGY, NETWORK, **details),)), GSRN) is None


def test_nothing_is_collected() -> None:
    """Where only energy is billed no line is made up."""
    found = charges(Statement(invoices=(bill(ENERGY),)), GSRN)
    assert found is not None
    assert not found
    usage = steady(FIRST, FIRST, HELSINKI, single="1")
    paid = cost(tariff(price("single", "0.1")), usage, FIRST, FIRST, collected=found)
    assert paid is not None
    assert len(paid.lines) == 1
