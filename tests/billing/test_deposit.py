"""Tests of when a deposit may be changed, and of what that does."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.deposit import (
    amount_range,
    changeable_from,
    empty_house_minimum,
    ideal,
    open_slices,
    refusal,
    simulate,
)
from custom_components.lumme_energy.portal.model import (
    Contract,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    DepositSimulation,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Statement,
)

GSRN = "541448820010076543"
TODAY = date(2026, 11, 24)
CONTRACT = Contract(gsrn=GSRN, start=date(2025, 6, 1), end=date(2027, 5, 31))
BILL = Invoice(
    number="1",
    kind=InvoiceKind.DEPOSIT,
    issued=date(2026, 11, 15),
    due=date(2026, 12, 3),
    amount=Decimal("92.00"),
    status=InvoiceStatus.OPEN,
    gsrns=(GSRN,),
)
STATEMENT = Statement(invoices=(BILL,))
PLAN = DepositPlan(
    gsrn=GSRN,
    amount=Decimal("92.00"),
    minimum=Decimal(79),
    maximum=Decimal(196),
    frequency="monthly",
    next_invoice=date(2026, 12, 15),
    open_slices=7,
    simulation=DepositSimulation(
        period_start=date(2026, 7, 1),
        period_end=date(2027, 6, 30),
        paid=Decimal("460.00"),
        expected_total=Decimal("1139.20"),
        expected_settlement=Decimal("35.20"),
    ),
    permissions=DepositPermissions(amount=True),
)
MONEY = st.decimals(min_value=0, max_value=100_000, places=2)


def test_allowed() -> None:
    """Nothing stands in the way, least of all a bill that is not due yet."""
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY) is None
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY, Decimal(100)) is None
    assert refusal(PLAN, None, None, TODAY, Decimal(100)) is None


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (None, None),
        (date(2026, 11, 14), None),
        (date(2026, 11, 15), DepositRefusal.ALREADY_CHANGED),
        (TODAY, DepositRefusal.ALREADY_CHANGED),
    ],
)
def test_already_changed(changed: date | None, rule: DepositRefusal | None) -> None:
    """A deposit changes once between two of its bills."""
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY, changed=changed) is rule
    unknown = replace(PLAN, frequency=None)
    assert refusal(unknown, CONTRACT, STATEMENT, TODAY, changed=changed) is None


def test_settlement_next() -> None:
    """When the settlement comes next, it is too late; the plan or its dates tell."""
    late = replace(PLAN, open_slices=0)
    assert refusal(late, CONTRACT, STATEMENT, TODAY) is DepositRefusal.SETTLEMENT_NEXT
    late = replace(PLAN, open_slices=None, next_invoice=date(2027, 7, 15))
    long = replace(CONTRACT, end=None)
    assert refusal(late, long, STATEMENT, TODAY) is DepositRefusal.SETTLEMENT_NEXT


@pytest.mark.parametrize(
    ("end", "rule"),
    [
        (None, None),
        (TODAY + timedelta(days=30), None),
        (TODAY + timedelta(days=29), DepositRefusal.CONTRACT_ENDING),
    ],
)
def test_contract_ending(end: date | None, rule: DepositRefusal | None) -> None:
    """A contract about to end keeps its deposit."""
    assert refusal(PLAN, replace(CONTRACT, end=end), STATEMENT, TODAY) is rule


def test_contract_ends_before_the_next_deposit() -> None:
    """A deposit that will never be asked for cannot be changed."""
    plan = replace(PLAN, next_invoice=date(2027, 2, 15), frequency="quarterly")
    contract = replace(CONTRACT, end=date(2027, 1, 31))
    assert refusal(plan, contract, STATEMENT, TODAY) is DepositRefusal.CONTRACT_ENDING


@pytest.mark.parametrize(
    ("status", "due", "rule"),
    [
        (InvoiceStatus.OVERDUE, None, DepositRefusal.UNPAID_INVOICE),
        (InvoiceStatus.OPEN, TODAY - timedelta(days=1), DepositRefusal.UNPAID_INVOICE),
        (InvoiceStatus.PARTLY_PAID, TODAY - timedelta(days=1), DepositRefusal.UNPAID_INVOICE),
        (InvoiceStatus.OPEN, TODAY, None),
        (InvoiceStatus.OPEN, None, None),
        (InvoiceStatus.PAID, TODAY - timedelta(days=1), None),
    ],
)
def test_unpaid_invoice(
    status: InvoiceStatus, due: date | None, rule: DepositRefusal | None
) -> None:
    """Who is behind has to pay first."""
    statement = Statement(invoices=(BILL, replace(BILL, status=status, due=due)))
    assert refusal(PLAN, CONTRACT, statement, TODAY) is rule


def test_what_the_supplier_owes_stands_in_nobodys_way() -> None:
    """A credit note that is not paid out yet is no debt."""
    due = TODAY - timedelta(days=1)
    credit = replace(BILL, kind=InvoiceKind.CREDIT_NOTE, status=InvoiceStatus.OPEN, due=due)
    assert refusal(PLAN, CONTRACT, Statement(invoices=(credit,)), TODAY) is None


def test_too_little_history() -> None:
    """Three months of bills or contract are needed; a renewed contract has those before it."""
    new = replace(CONTRACT, start=date(2026, 8, 25))
    assert refusal(PLAN, new, None, TODAY) is DepositRefusal.TOO_LITTLE_HISTORY
    assert refusal(PLAN, replace(new, start=date(2026, 8, 24)), None, TODAY) is None
    older = replace(BILL, status=InvoiceStatus.PAID, issued=date(2026, 2, 15))
    assert refusal(PLAN, new, Statement(invoices=(older,)), TODAY) is None
    elsewhere = Statement(invoices=(replace(older, gsrns=()),))
    assert refusal(PLAN, new, elsewhere, TODAY) is DepositRefusal.TOO_LITTLE_HISTORY
    assert refusal(PLAN, replace(new, start=None), None, TODAY) is None


@pytest.mark.parametrize(
    ("amount", "rule"),
    [
        ("78.99", DepositRefusal.OUT_OF_RANGE),
        ("79", None),
        ("196", None),
        ("196.01", DepositRefusal.OUT_OF_RANGE),
        ("-1", DepositRefusal.OUT_OF_RANGE),
    ],
)
def test_range(amount: str, rule: DepositRefusal | None) -> None:
    """The supplier says how little and how much."""
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY, Decimal(amount)) is rule
    anything = replace(PLAN, minimum=None, maximum=None)
    assert refusal(anything, CONTRACT, STATEMENT, TODAY, Decimal("0.01")) is None
    nothing = refusal(anything, CONTRACT, STATEMENT, TODAY, Decimal(0))
    assert nothing is DepositRefusal.OUT_OF_RANGE


def test_empty_house() -> None:
    """A house in which nobody lives has a minimum of its own, if the supplier names one."""
    assert amount_range(PLAN) == (Decimal(79), Decimal(196))
    assert amount_range(PLAN, is_empty_house=True) == (Decimal(10), Decimal(196))
    empty = replace(PLAN, is_empty_house=True, frequency="quarterly")
    assert amount_range(empty) == (Decimal(30), Decimal(196))
    assert amount_range(empty, is_empty_house=False) == (Decimal(79), Decimal(196))
    yearly = replace(empty, frequency="yearly")
    assert amount_range(yearly) == (Decimal(79), Decimal(196))
    assert empty_house_minimum("bimonthly") == 20
    assert empty_house_minimum(None) is None
    ten = Decimal(10)
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY, ten) is DepositRefusal.OUT_OF_RANGE
    assert refusal(PLAN, CONTRACT, STATEMENT, TODAY, ten, is_empty_house=True) is None


def test_order() -> None:
    """Of several reasons the first in the suppliers' own order is told, whoever knows it."""
    plan = replace(
        PLAN, permissions=DepositPermissions(refusal=DepositRefusal.UNPAID_INVOICE), open_slices=0
    )
    ending = replace(CONTRACT, start=date(2026, 11, 1), end=date(2026, 12, 1))
    wrong = Decimal(1)
    rules = [
        refusal(plan, ending, STATEMENT, TODAY, wrong, changed=TODAY),
        refusal(plan, ending, STATEMENT, TODAY, wrong),
        refusal(replace(plan, open_slices=7), ending, STATEMENT, TODAY, wrong),
        refusal(replace(plan, open_slices=7), replace(ending, end=None), STATEMENT, TODAY, wrong),
        refusal(PLAN, replace(ending, end=None), None, TODAY, wrong),
        refusal(PLAN, CONTRACT, STATEMENT, TODAY, wrong),
    ]
    assert rules == [*DepositRefusal]


def test_changeable_from() -> None:
    """Where a day can be told from which on it goes, it is."""
    days = {rule: changeable_from(rule, PLAN, CONTRACT) for rule in DepositRefusal}
    assert days == {
        DepositRefusal.ALREADY_CHANGED: date(2026, 12, 15),
        DepositRefusal.SETTLEMENT_NEXT: None,
        DepositRefusal.CONTRACT_ENDING: date(2027, 6, 1),
        DepositRefusal.UNPAID_INVOICE: None,
        DepositRefusal.TOO_LITTLE_HISTORY: date(2025, 9, 1),
        DepositRefusal.OUT_OF_RANGE: None,
    }
    for rule in (DepositRefusal.CONTRACT_ENDING, DepositRefusal.TOO_LITTLE_HISTORY):
        assert changeable_from(rule, PLAN, None) is None


def test_open_slices() -> None:
    """Where the portal does not count the deposits to come, the calendar does."""
    counted = replace(PLAN, open_slices=None)
    assert open_slices(counted) == 7
    assert open_slices(replace(counted, frequency="quarterly")) == 3
    assert open_slices(replace(counted, frequency=None)) is None
    assert open_slices(replace(counted, next_invoice=None)) is None
    assert open_slices(replace(counted, simulation=None)) is None
    assert open_slices(replace(counted, simulation=DepositSimulation())) is None


def test_simulate() -> None:
    """The settlement moves by a euro for each euro of each deposit to come."""
    impact = simulate(PLAN, Decimal("92.00"))
    assert impact is not None
    assert impact.expected_settlement == Decimal("35.20")
    assert impact.ideal == 98
    assert PLAN.simulation is not None
    dearer = replace(PLAN.simulation, expected_total=Decimal("1200.00"))
    more = simulate(replace(PLAN, simulation=dearer), Decimal("98.00"))
    assert more is not None
    assert more.expected_settlement == Decimal("54.00")


def test_simulate_needs_to_know() -> None:
    """Where the portal tells too little there is no answer."""
    unknown = DepositSimulation(paid=Decimal(1))
    for plan in (
        replace(PLAN, simulation=None),
        replace(PLAN, simulation=DepositSimulation(expected_total=Decimal(1))),
        replace(PLAN, simulation=unknown),
        replace(PLAN, open_slices=0),
        replace(PLAN, open_slices=None, frequency=None),
    ):
        assert simulate(plan, Decimal(1)) is None


@given(MONEY, st.integers(1, 24))
def test_ideal(remaining: Decimal, slices: int) -> None:
    """The ideal is the least whole number of euros that leaves nothing to pay."""
    amount = ideal(remaining, slices)
    assert amount == int(amount)
    assert amount * slices >= remaining
    assert amount == 0 or (amount - 1) * slices < remaining


@given(MONEY, MONEY, MONEY, st.integers(1, 24))
def test_settlement_identity(total: Decimal, paid: Decimal, amount: Decimal, slices: int) -> None:
    """What was paid, what is still paid and the settlement are what the period costs, to the cent."""
    plan = replace(
        PLAN,
        open_slices=slices,
        simulation=DepositSimulation(paid=paid, expected_total=total),
    )
    impact = simulate(plan, amount)
    assert impact is not None
    assert impact.paid + impact.amount * impact.slices + impact.expected_settlement == total
    perfect = simulate(plan, impact.ideal)
    assert perfect is not None
    assert perfect.expected_settlement <= 0
    assert impact.ideal == 0 or perfect.expected_settlement > -slices


def test_ideal_of_what_is_overpaid() -> None:
    """A deposit is never negative."""
    assert ideal(Decimal(-50), 3) == 0
