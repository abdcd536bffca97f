"""The Finnish demo household."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from time import perf_counter

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.portal import gsrn
from custom_components.lumme_energy.portal.model import InvoiceStatus, Resolution
from demo.households.finland import (
    COTTAGE,
    CUSTOMER,
    FLAT,
    HELSINKI,
    household,
    midnight,
    months_before,
    reference,
)

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)
DAYS = [TODAY, date(2028, 2, 29), date(2027, 1, 1), date(2027, 3, 31)]


@pytest.mark.parametrize("today", DAYS)
def test_bills(today: date) -> None:
    (customer,) = household(today).customers
    newest, *earlier = customer.statement.invoices
    assert newest.status is InvoiceStatus.OPEN
    assert newest.open_amount == newest.amount == customer.statement.balance.amount  # type: ignore[union-attr]
    assert newest.due == today + timedelta(days=10)
    assert {bill.status for bill in earlier} == {InvoiceStatus.PAID}
    assert all(bill.due and bill.due < today for bill in earlier)
    assert len(earlier) == 71
    assert earlier[-1].issued < months_before(today, 34)
    assert [bill.issued for bill in (newest, *earlier)] == sorted(
        (bill.issued for bill in (newest, *earlier)), reverse=True
    )
    assert len({bill.number for bill in (newest, *earlier)}) == 72
    assert {gsrn for bill in earlier for gsrn in bill.gsrns} == {FLAT, COTTAGE}


def test_one_payment_for_each_paid_bill() -> None:
    (customer,) = household(TODAY).customers
    paid = {
        (bill.number, bill.amount)
        for bill in customer.statement.invoices
        if bill.status is InvoiceStatus.PAID
    }
    assert {(p.invoice_number, p.amount) for p in customer.statement.payments} == paid
    assert len(customer.statement.payments) == len(paid)


@pytest.mark.parametrize("today", DAYS)
def test_a_bill_is_what_was_used_and_a_fee(today: date) -> None:
    (customer,) = household(today).customers
    newest, *others = customer.statement.invoices
    for bill in (newest, *others[:5]):
        (gsrn,) = bill.gsrns
        assert bill.period_start is not None
        assert bill.period_end is not None
        slots = customer.consumption(
            gsrn, midnight(bill.period_start), midnight(bill.period_end + DAY), Resolution.DAY
        )
        assert len(slots) == (bill.period_end - bill.period_start).days + 1
        used = sum((slot.energy for slot in slots), Decimal(0))
        cost = sum((slot.cost for slot in slots if slot.cost is not None), Decimal(0))
        energy, fee = bill.lines
        assert energy.energy is not None
        assert energy.meter_start is not None
        assert energy.meter_end == energy.meter_start + energy.energy
        assert bill.amount == energy.amount + fee.amount
        assert energy.estimated is (bill is newest)
        if bill is newest:
            assert used * Decimal("1.11") < energy.energy < used * Decimal("1.13")
        else:
            assert energy.energy == used
            assert energy.amount == cost.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_bill_begins_where_the_one_before_ended() -> None:
    (customer,) = household(TODAY).customers
    bills = [bill for bill in customer.statement.invoices[1:] if bill.gsrns == (COTTAGE,)]
    assert all(
        after.lines[0].meter_start == before.lines[0].meter_end for after, before in pairwise(bills)
    )


@pytest.mark.parametrize("valid", ["12345672", "1234567907", "868516259619897", "559582243294671"])
def test_references(valid: str) -> None:
    assert reference(valid[:-1]) == valid


def test_numbers_are_valid() -> None:
    (customer,) = household(TODAY).customers
    assert [gsrn.is_valid(point.gsrn) for point in customer.supply_points] == [True, True]
    for bill in customer.statement.invoices:
        assert bill.payment_reference is not None
        assert reference(bill.payment_reference[:-1]) == bill.payment_reference
    assert customer.account.account_id == CUSTOMER


def test_contracts_of_both_places() -> None:
    (customer,) = household(TODAY).customers
    flat, before, now = customer.contracts
    assert (flat.gsrn, flat.end) == (FLAT, None)
    assert before.end is not None
    assert now.start == before.end + DAY
    assert now.end is not None
    assert now.end > TODAY + timedelta(days=120)


def test_offers_are_the_next_eight_quarters() -> None:
    offers = household(TODAY).offers
    assert [(offer.year, offer.quarter) for offer in offers] == [
        (year, quarter) for year in (2027, 2028) for quarter in (1, 2, 3, 4)
    ]
    assert offers[0].start == TODAY.replace(year=2027, month=1, day=1)
    assert all(later.start == earlier.end + DAY for earlier, later in pairwise(offers))
    assert all(Decimal("0.0374") <= offer.price <= Decimal("0.11") for offer in offers)


@settings(deadline=None, max_examples=30)
@given(st.dates(date(2024, 1, 1), date(2026, 11, 20)), st.sampled_from([FLAT, COTTAGE]))
def test_the_same_energy_at_any_resolution(day: date, point: str) -> None:
    (customer,) = household(TODAY).customers
    sums = {
        sum(
            slot.energy
            for slot in customer.consumption(point, midnight(day), midnight(day + DAY), resolution)
        )
        for resolution in (Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY)
    }
    assert len(sums) == 1
    assert sums.pop() > 0


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)],
)
def test_days_on_which_the_clock_changes(day: date, hours: int) -> None:
    (customer,) = household(TODAY).customers
    quarters = customer.consumption(
        COTTAGE, midnight(day), midnight(day + DAY), Resolution.QUARTER_HOUR
    )
    assert len(quarters) == 4 * hours
    assert quarters[0].start.astimezone(HELSINKI).hour == 0
    assert quarters[-1].end == midnight(day + DAY)


@pytest.mark.parametrize(("point", "lag"), [(FLAT, 1), (COTTAGE, 2)])
def test_values_are_late(point: str, lag: int) -> None:
    (customer,) = household(TODAY).customers
    slots = customer.consumption(
        point, midnight(TODAY - 9 * DAY), midnight(TODAY + DAY), Resolution.HOUR
    )
    assert slots[-1].end == midnight(TODAY - lag * DAY)


def test_a_part_of_a_day() -> None:
    (customer,) = household(TODAY).customers
    start = datetime(2026, 11, 10, 10, tzinfo=UTC)
    slots = customer.consumption(FLAT, start, start + timedelta(hours=2), Resolution.HOUR)
    assert [slot.start for slot in slots] == [start, start + timedelta(hours=1)]


def test_nothing_before_three_years_ago() -> None:
    (customer,) = household(TODAY).customers
    slots = customer.consumption(
        FLAT, midnight(date(2020, 1, 1)), midnight(date(2021, 1, 1)), Resolution.DAY
    )
    assert slots == ()


def test_a_request_for_a_month_is_fast() -> None:
    (customer,) = household(TODAY).customers

    def ask() -> float:
        begin = perf_counter()
        customer.consumption(
            COTTAGE,
            midnight(date(2026, 10, 1)),
            midnight(date(2026, 11, 1)),
            Resolution.QUARTER_HOUR,
        )
        return perf_counter() - begin

    assert min(ask() for _ in range(5)) < 0.05
