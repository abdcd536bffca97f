"""Tests of what an hour has cost."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.lumme_energy.account.history.costs import costs
from custom_components.lumme_energy.billing.days import HOUR
from custom_components.lumme_energy.billing.prices import Tariff
from custom_components.lumme_energy.billing.tax import VatTable
from custom_components.lumme_energy.portal.model import (
    ConsumptionSlot,
    Contract,
    PriceComponent,
    PriceKind,
    Unit,
)

ZONE = ZoneInfo("Europe/Brussels")
START = datetime(2026, 11, 1, tzinfo=UTC)
SLOT = ConsumptionSlot(start=START, end=START + HOUR, energy=Decimal(2))
FIXED = Contract(
    gsrn="1",
    price_kind=PriceKind.FIXED,
    start=date(2026, 1, 1),
    prices=(PriceComponent(register="single", amount=Decimal("0.25"), unit="EUR/kWh"),),
)


def cost(slot: ConsumptionSlot, *contracts: Contract) -> Decimal | None:
    """Return what an hour has cost."""
    tariff = Tariff(gsrn="1", contracts=contracts, vat=VatTable(), told=date(2026, 11, 24))
    return costs([slot], tariff, ZONE).get(slot.start)


def test_told() -> None:
    """What the portal tells goes first, and 0 is told, too."""
    assert cost(replace(SLOT, cost=Decimal("0.11")), FIXED) == Decimal("0.11")
    assert cost(replace(SLOT, cost=Decimal(0)), FIXED) == 0


def test_fixed() -> None:
    """A fixed price is the same in hindsight."""
    assert cost(SLOT, FIXED) == Decimal("0.50")


@pytest.mark.parametrize(
    ("slot", "contracts"),
    [
        (SLOT, ()),
        (SLOT, (replace(FIXED, price_kind=PriceKind.VARIABLE),)),
        (SLOT, (replace(FIXED, price_kind=PriceKind.SPOT),)),
        (SLOT, (replace(FIXED, start=date(2026, 11, 2)),)),
        (SLOT, (replace(FIXED, start=None),)),
        (SLOT, (replace(FIXED, end=date(2026, 10, 31)),)),
        (SLOT, (replace(FIXED, prices=(replace(FIXED.prices[0], register="day"),)),)),
        (replace(SLOT, unit=Unit.M3), (FIXED,)),
    ],
    ids=[
        "none",
        "variable",
        "exchange",
        "before",
        "no beginning",
        "after",
        "day and night",
        "cubic metres",
    ],
)
def test_not_known(slot: ConsumptionSlot, contracts: tuple[Contract, ...]) -> None:
    """Nothing is guessed."""
    assert cost(slot, *contracts) is None
