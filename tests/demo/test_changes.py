"""What a demo portal lets its customers change, and what it then shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal.model import (
    Delivery,
    DepositPermissions,
    DepositRefusal,
    DirectDebit,
    MeterReading,
    ReadingRefusal,
    ReadingSource,
    Settings,
)
from demo.changes import READING_REFUSED, REFUSED, Changes
from demo.households import Customer
from demo.households.belgium import (
    HOME_ELECTRICITY,
    OVEN_ELECTRICITY,
    OVEN_GAS,
    household as belgium,
)
from demo.households.finland import household as finland

TODAY = date(2026, 11, 24)
BAKERY, HOME = belgium(TODAY).customers
(LUMME,) = finland(TODAY).customers
PLAN = HOME.deposits[0]


def ask(amount: Any, *, empty: Any = False, ean: Any = HOME_ELECTRICITY) -> dict[str, Any]:
    return {"Ean": ean, "Amount": amount, "IsEmptyHouse": empty}


def changed(customer: Customer, body: Mapping[str, Any]) -> Customer:
    changes = Changes()
    assert changes.set_deposit(customer, body) is None
    return changes.applied(customer)


def test_nothing_is_changed_at_first() -> None:
    for customer in (BAKERY, HOME, LUMME):
        assert Changes().applied(customer) == customer


@given(cents=st.integers(int(PLAN.minimum or 0) * 100, int(PLAN.maximum or 0) * 100))
def test_an_accepted_deposit_shows(cents: int) -> None:
    amount = Decimal(cents) / 100
    (plan,) = changed(HOME, ask(float(amount))).deposits
    assert plan.amount == amount
    assert plan.permissions == DepositPermissions(refusal=DepositRefusal.ALREADY_CHANGED)
    assert plan.simulation is not None
    assert plan.simulation.expected_total is not None
    assert plan.simulation.paid is not None
    assert plan.open_slices is not None
    assert plan.simulation.expected_settlement == (
        plan.simulation.expected_total - plan.simulation.paid - plan.open_slices * amount
    )


@given(
    amount=st.floats() | st.integers() | st.text(max_size=3) | st.none() | st.booleans(),
    empty=st.booleans() | st.none() | st.text(max_size=3),
)
def test_any_request_is_granted_within_the_range_or_refused(amount: Any, *, empty: Any) -> None:
    changes = Changes()
    reason = changes.set_deposit(HOME, ask(amount, empty=empty))
    (plan,) = changes.applied(HOME).deposits
    if reason is None:
        assert PLAN.maximum is not None
        assert plan.amount <= PLAN.maximum
        assert plan.amount >= (10 if empty else (PLAN.minimum or 0))
    else:
        assert plan == PLAN
        assert reason in {"InvalidValue", "AmountOutOfRange"}
    assert [write.reason for write in changes.writes] == [reason]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "UnknownEan"),
        (ask(100, ean="541448820000000008"), "UnknownEan"),
        (ask("100"), "InvalidValue"),
        (ask(True), "InvalidValue"),
        (ask(0), "InvalidValue"),
        (ask(99.999), "InvalidValue"),
        (ask(float("nan")), "InvalidValue"),
        (ask(100, empty="no"), "InvalidValue"),
        (ask(1), "AmountOutOfRange"),
        (ask(10_000), "AmountOutOfRange"),
        (ask(9.99, empty=True), "AmountOutOfRange"),
    ],
)
def test_a_deposit_that_is_refused(body: dict[str, Any], reason: str) -> None:
    changes = Changes()
    assert changes.set_deposit(HOME, body) == reason
    assert changes.applied(HOME) == HOME


@pytest.mark.parametrize("refusal", list(DepositRefusal)[:-1])
def test_a_rule_goes_before_the_range_and_a_change_before_the_rules(
    refusal: DepositRefusal,
) -> None:
    plan = replace(PLAN, permissions=DepositPermissions(refusal=refusal))
    assert Changes().set_deposit(replace(HOME, deposits=(plan,)), ask(1)) == REFUSED[refusal]
    changes = Changes()
    changes.set_deposit(HOME, ask(100))
    later = changes.applied(replace(HOME, deposits=(plan,)))
    assert changes.set_deposit(later, ask(100)) == "AlreadyUpdated"


def test_what_is_not_allowed_and_not_explained() -> None:
    for permissions, empty in (
        (DepositPermissions(amount=True), True),
        (DepositPermissions(empty_house=True), False),
    ):
        plan = replace(PLAN, permissions=permissions)
        body = ask(100, empty=empty)
        assert Changes().set_deposit(replace(HOME, deposits=(plan,)), body) == "NotAllowed"


def test_a_plan_without_a_range_or_a_simulation() -> None:
    plan = replace(PLAN, minimum=None, maximum=None, simulation=None)
    (after,) = changed(replace(HOME, deposits=(plan,)), ask(5000)).deposits
    assert after.amount == 5000
    assert after.simulation is None


def test_the_other_deposits_stay() -> None:
    gas = replace(BAKERY.deposits[1], permissions=DepositPermissions(amount=True))
    bakery = replace(BAKERY, deposits=(BAKERY.deposits[0], gas))
    after = changed(bakery, ask(430, ean=gas.gsrn)).deposits
    assert after[0] == bakery.deposits[0]
    assert after[1].amount == 430


def test_settings() -> None:
    changes = Changes()
    for body in (
        {"InvoiceDelivery": "Post"},
        {"DirectDebitSubscription": "Deposits"},
        {"DirectDebitSubscription": "AllInvoices", "InvoiceDelivery": "Email"},
    ):
        assert changes.set_settings(changes.applied(BAKERY), body) is None
    after = changes.applied(BAKERY)
    assert after.settings == Settings(delivery=Delivery.EMAIL, direct_debit=DirectDebit.ALL)
    assert all(contract.direct_debit for contract in after.contracts)
    assert changes.applied(HOME) == HOME


@pytest.mark.parametrize(
    ("customer", "body", "reason"),
    [
        (HOME, {"InvoiceDelivery": "Pigeon"}, "InvalidValue"),
        (HOME, {"InvoiceDelivery": "EInvoice"}, "ContactCustomerService"),
        (HOME, {"DirectDebitSubscription": "Some"}, "InvalidValue"),
        (HOME, {"DirectDebitSubscription": "None"}, "ContactCustomerService"),
        (LUMME, {"DirectDebitSubscription": "AllInvoices"}, "InvalidValue"),
    ],
)
def test_settings_that_are_refused(customer: Customer, body: dict[str, str], reason: str) -> None:
    changes = Changes()
    assert changes.set_settings(customer, body) == reason
    assert changes.applied(customer) == customer


def test_benefits() -> None:
    changes = Changes()
    assert changes.redeem(LUMME, {"BenefitId": "LT-1"}, TODAY) is None
    assert changes.redeem(LUMME, {"BenefitId": "LT-3"}, TODAY) is None
    after = changes.applied(LUMME)
    assert [benefit.redeemed for benefit in after.benefits] == [True, True, True]
    for body, day, reason in (
        ({"BenefitId": "LT-1"}, TODAY, "AlreadyRedeemed"),
        ({}, TODAY, "UnknownBenefit"),
    ):
        assert changes.redeem(after, body, day) == reason
    assert changes.redeem(LUMME, {"BenefitId": "LT-1"}, date(2027, 1, 1)) == "BenefitExpired"
    assert [write.name for write in changes.writes] == ["benefit"] * 5


def meter(customer: Customer, gsrn: str = HOME_ELECTRICITY) -> dict[str, MeterReading]:
    """Return by register what there is of the last day."""
    newest = [one for one in customer.readings if one.gsrn == gsrn]
    return {one.register: one for one in newest if one.day == newest[0].day}


def read(day: Any = TODAY, *, more: Any = 10, **changed: Any) -> dict[str, Any]:
    """Return a reading of the baker's home that goes on from the last one."""
    words = {"single": "Single", "export_single": "InjectionSingle"}
    return {
        "Ean": HOME_ELECTRICITY,
        "Date": day.isoformat() if isinstance(day, date) else day,
        "Readings": [
            {"Register": words[name], "Value": int(last.value) + more, "Unit": "kWh"}
            for name, last in meter(HOME).items()
        ],
    } | changed


def test_a_reading_shows_and_goes_again() -> None:
    changes = Changes()
    assert changes.insert_reading(HOME, read(), TODAY) is None
    after = changes.applied(HOME)
    assert after.readings[2:] == HOME.readings
    assert {one.register: one.value for one in after.readings[:2]} == {
        name: last.value + 10 for name, last in meter(HOME).items()
    }
    assert {(one.day, one.source) for one in after.readings[:2]} == {
        (TODAY, ReadingSource.CUSTOMER)
    }
    assert changes.applied(after) == after
    assert changes.applied(BAKERY) == BAKERY
    assert changes.delete_reading(after, {"Ean": HOME_ELECTRICITY, "Date": "2026-11-24"}) is None
    assert changes.applied(HOME) == HOME
    assert [write.name for write in changes.writes] == ["reading", "reading_deletion"]


def test_what_the_customer_read_stays_when_the_grid_operator_reads_the_same_day() -> None:
    first = date(2026, 12, 1)
    before, after = belgium(first).customers[1], belgium(date(2026, 12, 9)).customers[1]
    changes = Changes()
    assert changes.insert_reading(before, read(first, more=500), first) is None
    of_day = [one for one in changes.applied(after).readings if one.day == first]
    assert [one.source for one in of_day] == [ReadingSource.CUSTOMER] * 2
    assert any(one.day == first for one in after.readings)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (read(Ean=OVEN_GAS), "UnknownEan"),
        ({}, "UnknownEan"),
        (read("yesterday"), "InvalidValue"),
        (read(7), "InvalidValue"),
        (read(Readings=None), "InvalidValue"),
        (read(Readings=[]), "InvalidValue"),
        (read(Readings=["Single"]), "InvalidValue"),
        (read(Readings=read()["Readings"][:1]), "InvalidValue"),
        (read(Readings=read()["Readings"] * 2), "InvalidValue"),
        (read(Readings=[one | {"Unit": "m³"} for one in read()["Readings"]]), "InvalidValue"),
        (read(Readings=[one | {"Unit": "MWh"} for one in read()["Readings"]]), "InvalidValue"),
        (read(Readings=[one | {"Value": "9"} for one in read()["Readings"]]), "InvalidValue"),
        (read(Readings=[one | {"Value": True} for one in read()["Readings"]]), "InvalidValue"),
        (read(more=0.5), "InvalidIndex"),
        (read(more=10**8), "InvalidIndex"),
        (read(more=-(10**6)), "InvalidIndex"),
        (read(more=-1), "IndexBelowPrevious"),
        (read(TODAY + timedelta(days=1)), "DateInFuture"),
        (read(TODAY - timedelta(days=15)), "SubmissionClosed"),
        (read(date(2026, 1, 1)), "PeriodClosed"),
    ],
)
def test_a_reading_that_is_refused(body: dict[str, Any], reason: str) -> None:
    changes = Changes()
    assert changes.insert_reading(HOME, body, TODAY) == reason
    assert changes.applied(HOME) == HOME


def test_the_same_index_is_taken() -> None:
    assert Changes().insert_reading(HOME, read(more=0), TODAY) is None


def test_one_a_day_and_only_the_newest_may_go() -> None:
    changes = Changes()
    yesterday = TODAY - timedelta(days=1)
    assert changes.insert_reading(HOME, read(yesterday), TODAY) is None
    assert changes.insert_reading(changes.applied(HOME), read(), TODAY) is None
    after = changes.applied(HOME)
    older = read(TODAY - timedelta(days=2))
    newest_only = READING_REFUSED[ReadingRefusal.NOT_NEWEST]
    assert changes.insert_reading(after, read(), TODAY) == "ReadingAlreadySubmitted"
    assert changes.insert_reading(after, older, TODAY) == newest_only
    for ean, day, reason in (
        (HOME_ELECTRICITY, "2026-11-23", newest_only),
        (HOME_ELECTRICITY, "2026-11-01", "UnknownReading"),
        (HOME_ELECTRICITY, None, "UnknownReading"),
        (OVEN_ELECTRICITY, "2026-11-24", "UnknownEan"),
    ):
        assert changes.delete_reading(after, {"Ean": ean, "Date": day}) == reason
    assert changes.applied(HOME) == after


def test_what_has_been_settled_stays() -> None:
    changes = Changes()
    assert changes.insert_reading(HOME, read(), TODAY) is None
    # The settlement of June is made for the twelve months before it.
    bill = next(one for one in HOME.statement.invoices if one.kind == "settlement")
    settled = replace(
        HOME, statement=replace(HOME.statement, invoices=(replace(bill, period_end=TODAY),))
    )
    body = {"Ean": HOME_ELECTRICITY, "Date": "2026-11-24"}
    assert changes.delete_reading(changes.applied(settled), body) == "PeriodClosed"


def test_changes_that_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    changes = Changes(path)
    changes.set_deposit(HOME, ask(1))
    assert not path.exists()
    changes.set_deposit(HOME, ask(100))
    changes.set_settings(BAKERY, {"DirectDebitSubscription": "Deposits"})
    changes.redeem(LUMME, {"BenefitId": "LT-1"}, TODAY)
    changes.insert_reading(HOME, read(), TODAY)
    again = Changes(path)
    assert again.writes == []
    for customer in (BAKERY, HOME, LUMME):
        assert again.applied(customer) == changes.applied(customer) != customer
