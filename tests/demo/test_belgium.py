"""The Belgian demo household."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from time import perf_counter

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.portal import gsrn
from custom_components.lumme_energy.portal.model import (
    DepositRefusal,
    Energy,
    InvoiceKind,
    InvoiceStatus,
    LineKind,
    ReadingSource,
    Resolution,
    Unit,
)
from demo.households import Customer
from demo.households.belgium import (
    BRUSSELS,
    DAILY,
    HOME_ELECTRICITY,
    OVEN_ELECTRICITY,
    OVEN_GAS,
    household,
    midnight,
    months_before,
    ogm,
    windows,
)

TODAY = date(2026, 11, 24)
DAYS = [TODAY, date(2028, 2, 29), date(2027, 1, 1), date(2027, 3, 31)]
DAY = timedelta(days=1)


def bakery(today: date = TODAY) -> Customer:
    return household(today).customers[0]


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("place", [0, 1])
def test_statements_add_up(today: date, place: int) -> None:
    statement = household(today).customers[place].statement
    assert statement.balance is not None
    owed = sum(invoice.open_amount or 0 for invoice in statement.invoices)
    assert statement.balance.amount == owed
    assert sum(payment.amount for payment in statement.payments) == (
        sum(invoice.amount for invoice in statement.invoices) - owed
    )
    assert all(payment.booked <= today for payment in statement.payments)
    issued = [invoice.issued for invoice in statement.invoices]
    assert issued == sorted(issued, reverse=True)
    assert issued[0] < today
    assert issued[-1] < months_before(today, 34)
    booked = [payment.booked for payment in statement.payments]
    assert booked == sorted(booked, reverse=True)
    numbers = {invoice.number for invoice in statement.invoices}
    assert len(numbers) == len(issued)
    assert {payment.invoice_number for payment in statement.payments} <= numbers


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("place", [0, 1])
def test_statuses_are_what_amounts_and_dates_say(today: date, place: int) -> None:
    for invoice in household(today).customers[place].statement.invoices:
        assert invoice.due is not None
        assert invoice.open_amount is not None
        match invoice.status:
            case InvoiceStatus.CREDIT_NOTE:
                assert invoice.amount < 0
            case InvoiceStatus.PAID:
                assert invoice.open_amount == 0
            case InvoiceStatus.PARTLY_PAID:
                assert 0 < invoice.open_amount < invoice.amount
                assert invoice.due >= today
            case status:
                assert invoice.open_amount == invoice.amount
                assert (invoice.due < today) is (status is InvoiceStatus.OVERDUE)


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("place", [0, 1])
def test_lines_add_up(today: date, place: int) -> None:
    for invoice in household(today).customers[place].statement.invoices:
        assert sum(line.amount for line in invoice.lines) == invoice.amount
        assert {line.gsrn for line in invoice.lines} - {None} == set(invoice.gsrns)
        for line in invoice.lines:
            assert line.vat_percent is not None
            assert (line.amount < 0) is (
                line.kind is LineKind.EXPORT
                or (line.kind is LineKind.DEPOSITS and invoice.kind is not InvoiceKind.DEPOSIT)
            )


def test_a_settlement_takes_off_the_deposits_that_were_paid() -> None:
    home = household(TODAY).customers[1].statement
    newest = next(one for one in home.invoices if one.kind is InvoiceKind.SETTLEMENT)
    assert newest.period_start is not None
    assert newest.period_end is not None
    paid = sum(
        invoice.amount
        for invoice in home.invoices
        if invoice.kind is InvoiceKind.DEPOSIT
        and newest.period_start <= invoice.issued <= newest.period_end
    )
    (deposits,) = [line for line in newest.lines if line.kind is LineKind.DEPOSITS]
    assert deposits.amount == -paid


def test_a_settlements_indexes_are_those_that_were_read() -> None:
    readings = {(one.gsrn, one.register, one.day): one.value for one in bakery().readings}
    checked = 0
    for invoice in bakery().statement.invoices:
        for line in invoice.lines:
            if line.kind is LineKind.ENERGY and line.start is not None and line.end is not None:
                key = (line.gsrn, line.register)
                for day, index in (
                    (line.start, line.meter_start),
                    (line.end + DAY, line.meter_end),
                ):
                    if (known := readings.get((*key, day))) is not None:  # type: ignore[arg-type]
                        assert known == index
                        checked += 1
    assert checked >= 4


def test_who_pays_how() -> None:
    bakery, home = household(TODAY).customers
    assert all(invoice.collected is None for invoice in bakery.statement.invoices)
    for invoice in home.statement.invoices:
        assert invoice.collected == (invoice.due if invoice.amount > 0 else None)
    for invoice in (*bakery.statement.invoices, *home.statement.invoices):
        assert invoice.payee is not None


def test_one_reminder_was_charged() -> None:
    (charged,) = [
        invoice
        for customer in household(TODAY).customers
        for invoice in customer.statement.invoices
        if any(line.kind is LineKind.REMINDER_FEE for line in invoice.lines)
    ]
    assert charged.status is InvoiceStatus.OVERDUE
    assert charged.amount == Decimal("1092.50")


def test_the_bakery_has_every_kind_of_invoice() -> None:
    invoices = bakery().statement.invoices
    assert invoices[0].status is InvoiceStatus.OPEN
    for status in (InvoiceStatus.OPEN, InvoiceStatus.OVERDUE, InvoiceStatus.PARTLY_PAID):
        assert [invoice.status for invoice in invoices].count(status) == 1
    assert {invoice.kind for invoice in invoices} == {
        InvoiceKind.DEPOSIT,
        InvoiceKind.SETTLEMENT,
        InvoiceKind.CREDIT_NOTE,
    }
    assert {plan.permissions.refusal for plan in bakery().deposits} == {
        DepositRefusal.UNPAID_INVOICE
    }


@pytest.mark.parametrize(
    "valid", ["+++010/8068/17183+++", "+++090/9337/55493+++", "+++970/0000/00097+++"]
)
def test_structured_communications(valid: str) -> None:
    digits = "".join(sign for sign in valid if sign.isdigit())
    assert ogm(digits[:10]) == valid


def test_numbers_are_valid() -> None:
    references = set()
    invoices = 0
    for customer in household(TODAY).customers:
        assert all(gsrn.is_valid(point.gsrn) for point in customer.supply_points)
        for invoice in customer.statement.invoices:
            reference = invoice.payment_reference or ""
            digits = "".join(sign for sign in reference if sign.isdigit())
            assert ogm(digits[:10]) == reference
            references.add(reference)
            invoices += 1
    assert len(references) == invoices


@pytest.mark.parametrize("today", DAYS)
def test_at_the_ideal_deposit_little_is_left_to_settle(today: date) -> None:
    for customer in household(today).customers:
        for plan in customer.deposits:
            simulation = plan.simulation
            assert simulation is not None
            assert simulation.paid is not None
            assert simulation.expected_total is not None
            assert simulation.period_end is not None
            assert plan.ideal is not None
            slices = 12 - simulation.paid / plan.amount
            assert plan.open_slices == slices
            left = simulation.expected_total - simulation.paid - slices * plan.ideal
            assert -slices <= left <= 0
            assert simulation.expected_settlement == simulation.expected_total - 12 * plan.amount
            assert plan.minimum is not None
            assert plan.maximum is not None
            assert plan.minimum <= plan.amount <= plan.maximum
            assert plan.next_invoice is not None
            assert today < plan.next_invoice <= simulation.period_end


def test_readings_rise_and_name_their_source() -> None:
    for customer in household(TODAY).customers:
        registers = {(reading.gsrn, reading.register) for reading in customer.readings}
        for register in registers:
            series = [one for one in customer.readings if (one.gsrn, one.register) == register]
            assert all(new.value > old.value for new, old in pairwise(series))
            assert all(new.day > old.day for new, old in pairwise(series))
            assert series[0].source is ReadingSource.GRID_OPERATOR
            assert {one.source for one in series} == {
                ReadingSource.GRID_OPERATOR,
                ReadingSource.CUSTOMER,
                ReadingSource.ESTIMATED,
            }
            assert {one.unit for one in series} == {
                Unit.M3 if register[0] == OVEN_GAS else Unit.KWH
            }


@given(today=st.dates(date(2026, 1, 1), date(2032, 1, 1)))
@settings(max_examples=30, deadline=None)
def test_the_next_two_windows_are_announced(today: date) -> None:
    for gsrn_, spacing in ((OVEN_ELECTRICITY, 1), (HOME_ELECTRICITY, 12)):
        soon, later = windows(gsrn_, today)
        assert today <= soon.end < months_before(today, -spacing - 1)
        assert months_before(soon.start, -spacing) == later.start


def test_readings_follow_consumption() -> None:
    readings = [one for one in bakery().readings if one.gsrn == OVEN_ELECTRICITY]
    newest, older = (
        sum(one.value for one in readings if one.day == day)
        for day in (date(2026, 11, 1), date(2026, 10, 1))
    )
    (october,) = bakery().consumption(
        OVEN_ELECTRICITY, midnight(date(2026, 10, 1)), midnight(date(2026, 11, 1)), Resolution.MONTH
    )
    assert abs(newest - older - october.energy) < 2


@given(
    gsrn_=st.sampled_from(sorted(DAILY)),
    start=st.dates(date(2023, 12, 1), date(2026, 11, 20)),
    days=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_every_resolution_tells_the_same(gsrn_: str, start: date, days: int) -> None:
    customer = next(
        one
        for one in household(TODAY).customers
        if any(point.gsrn == gsrn_ for point in one.supply_points)
    )
    begin, end = midnight(start), midnight(start + days * DAY)
    sums = set()
    for resolution in (Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY):
        slots = customer.consumption(gsrn_, begin, end, resolution)
        assert all(one.end == following.start for one, following in pairwise(slots))
        assert all(slot.energy >= 0 for slot in slots)
        assert all(begin <= slot.start < slot.end <= end for slot in slots)
        sums.add(sum((slot.energy for slot in slots), Decimal(0)))
    assert len(sums) == 1


@pytest.mark.parametrize(
    ("day", "quarters"), [(date(2026, 10, 25), 100), (date(2026, 3, 29), 92), (TODAY - 9 * DAY, 96)]
)
def test_days_on_which_the_clock_changes(day: date, quarters: int) -> None:
    slots = bakery().consumption(
        OVEN_ELECTRICITY, midnight(day), midnight(day + DAY), Resolution.QUARTER_HOUR
    )
    assert len(slots) == quarters
    assert {slot.start.astimezone(BRUSSELS).date() for slot in slots} == {day}


def test_gas_comes_three_days_late() -> None:
    start, end = midnight(TODAY - 10 * DAY), midnight(TODAY + DAY)
    late = {
        point.energy: TODAY
        - bakery()
        .consumption(point.gsrn, start, end, Resolution.DAY)[-1]
        .end.astimezone(BRUSSELS)
        .date()
        for point in bakery().supply_points
    }
    assert late == {Energy.ELECTRICITY: DAY, Energy.GAS: 3 * DAY}


def test_a_month_is_told_whole_or_not_at_all() -> None:
    start, end = midnight(date(2026, 9, 15)), midnight(TODAY)
    months = bakery().consumption(OVEN_ELECTRICITY, start, end, Resolution.MONTH)
    assert [(month.start, month.end) for month in months] == [
        (midnight(date(2026, 10, 1)), midnight(date(2026, 11, 1)))
    ]


def test_it_is_the_same_each_time_and_cheap() -> None:
    household.cache_clear()
    begun = perf_counter()
    first = household(TODAY)
    assert perf_counter() - begun < 2
    household.cache_clear()
    again = household(TODAY)
    assert [one.statement for one in first.customers] == [one.statement for one in again.customers]
    assert [one.readings for one in first.customers] == [one.readings for one in again.customers]
