"""Tests of watching the prices at which a quarter can be fixed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from custom_components.lumme_energy.billing.price_fix import (
    FirstPrice,
    cheapest,
    remember,
    watched,
)
from custom_components.lumme_energy.portal.model import PriceOffer

TODAY = date(2026, 11, 24)


def offer(year: int, quarter: int, price: str) -> PriceOffer:
    """Return an offer."""
    return PriceOffer(
        year=year,
        quarter=quarter,
        start=date(year, 3 * quarter - 2, 1),
        end=date(year, 3 * quarter, 28),
        price=Decimal(price),
        vat_percent=Decimal("25.5"),
        quoted=TODAY,
    )


OFFERS = (offer(2027, 2, "0.05"), offer(2027, 1, "0.09"), offer(2027, 3, "0.05"))


def test_first_sight() -> None:
    """What is new has not changed."""
    found = watched(OFFERS, {}, TODAY)
    assert [each.quarter for each in found] == ["2027-Q1", "2027-Q2", "2027-Q3"]
    assert {each.change for each in found} == {0}
    best = cheapest(found)
    assert best is not None
    assert best.quarter == "2027-Q2"


def test_change() -> None:
    """A price is remembered as it was first seen, however often it is another."""
    seen = remember(OFFERS, {})
    dearer = tuple(replace(each, price=each.price + Decimal("0.01")) for each in OFFERS)
    assert remember(dearer, seen) == seen
    assert {each.change for each in watched(dearer, seen, TODAY)} == {Decimal("0.01")}


def test_what_is_over_is_forgotten() -> None:
    """A quarter that has begun cannot be fixed any more; one that is off the list is dropped."""
    seen = {"2026-Q4": FirstPrice(price=Decimal("0.08"), quoted=date(2026, 8, 1))}
    assert "2026-Q4" not in remember(OFFERS, seen)
    found = watched((*OFFERS, offer(2026, 4, "0.07")), seen, TODAY)
    assert found[0].quarter == "2027-Q1"
    assert watched((), seen, TODAY) == ()
    assert cheapest(()) is None
