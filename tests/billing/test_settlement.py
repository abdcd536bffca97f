"""Tests of what a settlement will be."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.cost import Charges, Cost, CostLine
from custom_components.lumme_energy.billing.days import add_months, days_between
from custom_components.lumme_energy.billing.settlement import (
    Basis,
    Confidence,
    Days,
    expect,
    expected_cost,
    forecast,
)
from custom_components.lumme_energy.portal.model import (
    DepositPlan,
    DepositSimulation,
    Direction,
    LineKind,
    PriceKind,
)

from .test_prices import GSRN, TODAY, price, tariff

FIRST, LAST = date(2026, 7, 1), date(2027, 6, 30)
YESTERDAY = TODAY - timedelta(days=1)
NOTHING = Charges(per_kwh=Decimal(), per_day=Decimal())
TARIFF = tariff(price("single", "0.20"), price("fixed", "73", "EUR/year"))
SIMULATION = DepositSimulation(period_start=FIRST, period_end=LAST, paid=Decimal("300.00"))
PLAN = DepositPlan(
    gsrn=GSRN,
    amount=Decimal("60.00"),
    minimum=Decimal(50),
    maximum=Decimal(120),
    frequency="monthly",
    next_invoice=date(2026, 12, 15),
    open_slices=7,
    simulation=SIMULATION,
)


def known(first: date, last: date, energy: str = "10") -> Days:
    """Return days that are all the same."""
    return {day: {"single": Decimal(energy)} for day in days_between(first, last)}


def test_last_year() -> None:
    """A day to come is like the same day of last year."""
    days = {**known(FIRST, YESTERDAY), **known(add_months(FIRST, -12), date(2026, 6, 30), "5")}
    found = expect(days, FIRST, LAST)
    assert found is not None
    assert (found.measured, found.last_year, found.mean) == (146, 219, 0)
    assert found.basis is Basis.LAST_YEAR
    assert found.confidence is Confidence.HIGH
    total = sum((each["single"] for each in found.energy.values()), Decimal())
    assert total == 146 * 10 + 219 * 5


def test_mean() -> None:
    """Without last year it is like the mean, which is trusted the less the more days need it."""
    found = expect(known(FIRST, YESTERDAY), FIRST, LAST)
    assert found is not None
    assert (found.basis, found.confidence) == (Basis.MEAN, Confidence.LOW)
    assert found.energy[LAST] == {"single": Decimal(10)}
    found = expect(known(FIRST, date(2027, 3, 1)), FIRST, LAST)
    assert found is not None
    assert found.confidence is Confidence.MEDIUM
    found = expect(known(FIRST, LAST), FIRST, LAST)
    assert found is not None
    assert (found.basis, found.confidence) == (Basis.MEASURED, Confidence.HIGH)


def test_too_little() -> None:
    """Less than four weeks say nothing about a year."""
    assert expect(known(TODAY - timedelta(days=27), YESTERDAY), FIRST, LAST) is None
    assert expect(known(TODAY - timedelta(days=28), YESTERDAY), FIRST, LAST) is not None


def test_forecast() -> None:
    """What the year costs, less what was and will be paid."""
    found = forecast(PLAN, TARIFF, known(FIRST, YESTERDAY), collected=NOTHING)
    assert found is not None
    assert found.cost.total == Decimal("803.00")
    assert (found.paid, found.to_come) == (Decimal("300.00"), Decimal("420.00"))
    assert found.settlement == Decimal("83.00")
    assert found.suggested == 72
    assert (found.first, found.last) == (FIRST, LAST)


@pytest.mark.parametrize(("energy", "suggested"), [("1", 50), ("100", 120)])
def test_suggestion_is_within_the_range(energy: str, suggested: int) -> None:
    """No deposit is suggested that the supplier would refuse."""
    days = known(FIRST, YESTERDAY, energy)
    found = forecast(PLAN, TARIFF, days, collected=NOTHING)
    assert found is not None
    assert found.suggested == suggested
    free = forecast(replace(PLAN, minimum=None, maximum=None), TARIFF, days, collected=NOTHING)
    assert free is not None
    assert free.suggested != suggested
    over = forecast(replace(PLAN, open_slices=0), TARIFF, days, collected=NOTHING)
    assert over is not None
    assert over.suggested is None


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, simulation=None),
        replace(PLAN, open_slices=None, frequency=None),
        *(
            replace(PLAN, simulation=replace(SIMULATION, **{name: None}))
            for name in ("period_start", "period_end", "paid")
        ),
        replace(PLAN, simulation=replace(SIMULATION, period_end=date(2026, 6, 1))),
    ],
)
def test_forecast_needs_a_plan(plan: DepositPlan) -> None:
    """Where the portal does not tell the period or what was paid, nothing is foreseen."""
    assert forecast(plan, TARIFF, known(FIRST, YESTERDAY), collected=NOTHING) is None


def test_forecast_needs_prices_and_charges() -> None:
    """A bill is not foreseen without its larger half, nor energy without a price."""
    days = known(FIRST, YESTERDAY)
    assert forecast(PLAN, TARIFF, days, collected=None) is None
    assert forecast(PLAN, tariff(price("day", "0.2")), days, collected=NOTHING) is None
    assert forecast(PLAN, TARIFF, {}, collected=NOTHING) is None
    charged = Charges(per_kwh=Decimal("0.1"), per_day=Decimal(1))
    found = forecast(PLAN, TARIFF, days, collected=charged)
    assert found is not None
    assert found.cost.amount(LineKind.NETWORK) == 365 + 365


def test_export() -> None:
    """What will be fed in is given back, where it has a price."""
    days = {
        day: {"single": Decimal(10), "export_single": Decimal(5)}
        for day in days_between(FIRST, YESTERDAY)
    }
    found = forecast(PLAN, TARIFF, days, collected=NOTHING)
    assert found is not None
    assert found.cost.total == Decimal("803.00")
    paid_back = tariff(price("single", "0.20"), price("single", "0.04", direction=Direction.EXPORT))
    found = forecast(PLAN, paid_back, days, collected=NOTHING)
    assert found is not None
    assert found.cost.amount(LineKind.EXPORT) == -73


def test_spot() -> None:
    """Where prices follow an exchange each kWh costs what one has cost so far."""
    spot = tariff(price("margin", "0.0049"), kind=PriceKind.SPOT)
    days = known(FIRST, YESTERDAY)
    assert forecast(PLAN, spot, days, collected=NOTHING) is None
    so_far = Cost(
        lines=(
            CostLine(
                kind=LineKind.EXPORT,
                amount=Decimal(-3),
                register="single",
                energy=Decimal(100),
            ),
            CostLine(
                kind=LineKind.ENERGY,
                amount=Decimal(12),
                register="single",
                energy=Decimal(100),
            ),
        )
    )
    found = forecast(PLAN, spot, days, collected=NOTHING, so_far=so_far)
    assert found is not None
    assert found.cost.total == Decimal("438.00")


@given(
    st.lists(st.decimals(min_value=0, max_value=99, places=3), min_size=30, max_size=60),
    st.decimals(min_value=0, max_value=2_000, places=2),
    st.decimals(min_value=1, max_value=500, places=2),
    st.integers(0, 12),
)
def test_settlement_identity(
    energies: list[Decimal], paid: Decimal, amount: Decimal, slices: int
) -> None:
    """The lines, less what is paid and what is to come, are the settlement, to the cent."""
    days = {FIRST + timedelta(days=n): {"single": energy} for n, energy in enumerate(energies)}
    plan = replace(
        PLAN,
        amount=amount,
        minimum=None,
        maximum=None,
        open_slices=slices,
        simulation=DepositSimulation(
            period_start=FIRST, period_end=FIRST + timedelta(days=90), paid=paid
        ),
    )
    collected = Charges(per_kwh=Decimal("0.123"), per_day=Decimal("0.456"))
    found = forecast(plan, TARIFF, days, collected=collected)
    assert found is not None
    assert sum(line.amount for line in found.cost.lines) == found.cost.total
    assert found.settlement + found.paid + found.to_come == found.cost.total
    assert found.settlement == found.settlement.quantize(Decimal("0.01"))
    counts = found.expectation
    assert counts.measured + counts.last_year + counts.mean == len(counts.energy) == 91
    if found.suggested:
        at_suggested = found.cost.total - paid - found.suggested * slices
        assert -slices < at_suggested <= 0


def test_expected_cost_of_nothing_used() -> None:
    """A register that counts nothing needs no price."""
    found = expect(known(FIRST, LAST, "0"), FIRST, LAST)
    assert found is not None
    dual = tariff(price("day", "0.2"), price("fixed", "12", "EUR/month"))
    nothing = expected_cost(dual, found, collected=NOTHING)
    assert nothing is not None
    assert nothing.total == 144
