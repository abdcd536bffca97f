"""Tests of what is told about invoices."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.account.news import (
    Bearings,
    BenefitEvent,
    InvoiceEvent,
    benefit_news,
    events_of,
    news,
)
from custom_components.lumme_energy.portal.model import (
    Benefit,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Statement,
)

TODAY = date(2026, 11, 24)
BILL = Invoice(
    number="1",
    kind=InvoiceKind.CONSUMPTION,
    issued=TODAY,
    due=TODAY + timedelta(days=14),
    amount=Decimal("10.00"),
    status=InvoiceStatus.OPEN,
)


def told(bearings: Bearings | None, *invoices: Invoice) -> tuple[list[str], Bearings]:
    """Return what is told, and the new bearings."""
    found, after = news(Statement(invoices=invoices), bearings, TODAY)
    return [f"{each.invoice.number} {each.event}" for each in found], after


@pytest.mark.parametrize(
    ("invoice", "expected"),
    [
        (BILL, ["issued"]),
        (replace(BILL, due=TODAY + timedelta(days=4)), ["issued"]),
        (replace(BILL, due=TODAY + timedelta(days=3)), ["issued", "due_soon"]),
        (replace(BILL, due=TODAY), ["issued", "due_soon"]),
        (replace(BILL, due=TODAY, collected=TODAY), ["issued"]),
        (replace(BILL, due=TODAY - timedelta(days=1)), ["issued"]),
        (replace(BILL, due=None), ["issued"]),
        (replace(BILL, due=TODAY, status=InvoiceStatus.PAID), ["issued", "paid"]),
        (replace(BILL, status=InvoiceStatus.OVERDUE), ["issued", "overdue"]),
        (replace(BILL, kind=InvoiceKind.CREDIT_NOTE), ["credited"]),
        (replace(BILL, status=InvoiceStatus.UNKNOWN, due=TODAY), ["issued"]),
    ],
)
def test_what_is_true(invoice: Invoice, expected: list[str]) -> None:
    """Each state of an invoice has its events."""
    assert events_of(invoice, TODAY) == expected


def test_first_look_is_silent() -> None:
    """What is there at the first look is no news; an empty first look is a look, too."""
    found, bearings = told(None, BILL)
    assert found == []
    assert told(bearings, BILL) == ([], bearings)
    found, bearings = told(None)
    assert told(bearings, BILL)[0] == ["1 issued"]


def test_oldest_first() -> None:
    """News are told in the order in which they happened."""
    older = replace(BILL, number="2", issued=TODAY - timedelta(days=30), status=InvoiceStatus.PAID)
    assert told({}, BILL, older)[0] == ["2 issued", "2 paid", "1 issued"]


def test_history_is_silent() -> None:
    """A portal that comes to show older years sends no old bills again."""
    old = replace(BILL, issued=TODAY - timedelta(days=400), status=InvoiceStatus.PAID)
    assert told({}, old) == ([], {"1": ["issued", "paid"]})
    # But what happens to an old bill that was known is news.
    assert told({"1": [InvoiceEvent.ISSUED]}, old)[0] == ["1 paid"]


@given(st.lists(st.sets(st.sampled_from(range(5))), max_size=12), st.data())
def test_nothing_twice(looks: list[set[int]], data: st.DataObject) -> None:
    """However a portal's answers come and go, nothing is told twice."""
    bearings: Bearings | None = None
    everything: list[str] = []
    for numbers in looks:
        invoices = [
            replace(BILL, number=str(number), status=data.draw(st.sampled_from(InvoiceStatus)))
            for number in numbers
        ]
        found, bearings = told(bearings, *invoices)
        everything += found
    assert len(everything) == len(set(everything))


def test_benefits() -> None:
    """A benefit is offered once and used once; those of the first look are no news."""
    sauna = Benefit(benefit_id="1", title="Sauna")
    cinema = Benefit(benefit_id="2", title="Cinema", redeemed=True)
    found, known = benefit_news((sauna, cinema), None)
    assert found == []
    assert benefit_news((sauna, cinema), known) == ([], known)
    lake = Benefit(benefit_id="3", title="Lake")
    used = Benefit(benefit_id="1", title="Sauna", redeemed=True)
    found, later = benefit_news((used, lake), known)
    assert found == [(BenefitEvent.REDEEMED, used), (BenefitEvent.OFFERED, lake)]
    assert benefit_news((used, cinema, lake), later) == ([], later)
