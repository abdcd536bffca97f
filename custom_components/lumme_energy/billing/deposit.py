"""When a deposit may be changed, and what that does to the settlement.

The rules are those that Luminus publishes; no other supplier's are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Final

from ..portal.model import (
    Contract,
    DepositPlan,
    DepositRefusal,
    Invoice,
    InvoiceStatus,
    Statement,
)
from .days import add_months
from .invoices import is_unpaid

MONTHS: Final = {"monthly": 1, "bimonthly": 2, "quarterly": 3, "yearly": 12}
# The least that is asked for a fuel while nobody lives there, until the next settlement.
EMPTY_HOUSE: Final = {"monthly": Decimal(10), "bimonthly": Decimal(20), "quarterly": Decimal(30)}
HISTORY_MONTHS: Final = 3
# "About to end" is not defined anywhere: within a month no deposit is left to be changed.
ENDING_SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepositImpact:
    """What a deposit leads to.

    Attributes:
        amount: The deposit.
        slices: How many deposits are still to come.
        paid: What was paid in earlier ones.
        expected_total: What the whole period is expected to cost.
        expected_settlement: What is left to pay at its end; negative comes back.
        ideal: The deposit, in whole euros, at which nothing is left to pay.
    """

    amount: Decimal
    slices: int
    paid: Decimal
    expected_total: Decimal
    expected_settlement: Decimal
    ideal: Decimal


def empty_house_minimum(frequency: str | None) -> Decimal | None:
    """Return the least deposit of a house in which nobody lives, for one fuel.

    None where the supplier names none: not every frequency has one.
    """
    return EMPTY_HOUSE.get(frequency or "")


def amount_range(
    plan: DepositPlan, *, is_empty_house: bool | None = None
) -> tuple[Decimal | None, Decimal | None]:
    """Return the least and the most that a deposit may be; None where the supplier does not say.

    Args:
        plan: The deposit.
        is_empty_house: Whether nobody will live there; None leaves it as the plan has it.
    """
    minimum = plan.minimum
    if plan.is_empty_house if is_empty_house is None else is_empty_house:
        minimum = empty_house_minimum(plan.frequency) or minimum
    return minimum, plan.maximum


def refusal(
    plan: DepositPlan,
    contract: Contract | None,
    statement: Statement | None,
    today: date,
    amount: Decimal | None = None,
    *,
    is_empty_house: bool | None = None,
    changed: date | None = None,
) -> DepositRefusal | None:
    """Return the first rule against changing a deposit, in the order in which suppliers test them.

    What the portal itself says counts as much as what is known here. Where nothing speaks against
    it and `plan.permissions.amount` is false, the portal refuses without telling why.

    Args:
        plan: The deposit as it is.
        contract: The contract in force.
        statement: All bills and payments.
        today: The supplier's local date.
        amount: What is asked for; None asks whether any other amount may be.
        is_empty_house: Whether nobody will live there; None leaves it as the plan has it.
        changed: When we know that it was changed last.
    """
    found = set(_found(plan, contract, statement, today, changed))
    if amount is not None:
        minimum, maximum = amount_range(plan, is_empty_house=is_empty_house)
        too_little = amount <= 0 or (minimum is not None and amount < minimum)
        if too_little or (maximum is not None and amount > maximum):
            found.add(DepositRefusal.OUT_OF_RANGE)
    return next((rule for rule in DepositRefusal if rule in found), None)


def changeable_from(
    rule: DepositRefusal,
    plan: DepositPlan,
    contract: Contract | None,
    statement: Statement | None = None,
) -> date | None:
    """Return the first day on which a rule does not stand in the way any more.

    None where that depends on the customer, or on a bill that has no date yet.
    """
    match rule:
        case DepositRefusal.ALREADY_CHANGED:
            return plan.next_invoice
        case DepositRefusal.CONTRACT_ENDING:
            end = None if contract is None else contract.end
            return None if end is None else end + timedelta(days=1)
        case DepositRefusal.TOO_LITTLE_HISTORY:
            since = _supplied_since(plan.gsrn, contract, statement)
            return None if since is None else add_months(since, HISTORY_MONTHS)
        case _:
            return None


def open_slices(plan: DepositPlan) -> int | None:
    """Return how many deposits come before the settlement; None where it cannot be told."""
    if plan.open_slices is not None:
        return plan.open_slices
    simulation, months = plan.simulation, MONTHS.get(plan.frequency or "")
    if (
        simulation is None
        or simulation.period_end is None
        or plan.next_invoice is None
        or months is None
    ):
        return None
    count = 0
    while add_months(plan.next_invoice, count * months) <= simulation.period_end:
        count += 1
    return count


def ideal(remaining: Decimal, slices: int) -> Decimal:
    """Return the deposit, in whole euros, whose `slices` cover what the rest of a period costs."""
    return max(Decimal(0), (remaining / slices).to_integral_value(ROUND_CEILING))


def simulate(plan: DepositPlan, amount: Decimal) -> DepositImpact | None:
    """Return what another deposit would lead to; None where the portal tells too little.

    Args:
        plan: The deposit as it is.
        amount: What it would be.
    """
    slices, simulation = open_slices(plan), plan.simulation
    if simulation is None or simulation.paid is None or not slices:
        return None
    if (expected_total := simulation.expected_total) is None:
        return None
    remaining = expected_total - simulation.paid
    return DepositImpact(
        amount=amount,
        slices=slices,
        paid=simulation.paid,
        expected_total=expected_total,
        expected_settlement=remaining - amount * slices,
        ideal=ideal(remaining, slices),
    )


def _found(
    plan: DepositPlan,
    contract: Contract | None,
    statement: Statement | None,
    today: date,
    changed: date | None,
) -> Iterator[DepositRefusal]:
    """Yield every rule that stands in the way of any change."""
    if plan.permissions.refusal is not None:
        yield plan.permissions.refusal
    months = MONTHS.get(plan.frequency or "")
    if changed and months and plan.next_invoice and changed >= _before(plan.next_invoice, months):
        yield DepositRefusal.ALREADY_CHANGED
    if open_slices(plan) == 0:
        yield DepositRefusal.SETTLEMENT_NEXT
    if (
        contract is not None
        and contract.end is not None
        and (
            contract.end - today < ENDING_SOON
            or (plan.next_invoice is not None and contract.end < plan.next_invoice)
        )
    ):
        yield DepositRefusal.CONTRACT_ENDING
    invoices = () if statement is None else statement.invoices
    if any(_is_late(invoice, today) for invoice in invoices):
        yield DepositRefusal.UNPAID_INVOICE
    since = _supplied_since(plan.gsrn, contract, statement)
    if since is not None and add_months(since, HISTORY_MONTHS) > today:
        yield DepositRefusal.TOO_LITTLE_HISTORY


def _before(next_invoice: date, months: int) -> date:
    """Return when the deposit before the next one came, with which the billing period began."""
    return add_months(next_invoice, -months)


def _is_late(invoice: Invoice, today: date) -> bool:
    """Whether an invoice should have been paid. One that is not due yet stands in nobody's way."""
    is_past = invoice.due is not None and invoice.due < today
    return is_unpaid(invoice) and (invoice.status is InvoiceStatus.OVERDUE or is_past)


def _supplied_since(
    gsrn: str, contract: Contract | None, statement: Statement | None
) -> date | None:
    """Return since when the customer is known to be supplied there.

    A contract that was renewed starts anew, but the bills of the one before show it.
    """
    known = [] if contract is None else [contract.start]
    if statement is not None:
        known += [
            invoice.period_start or invoice.issued
            for invoice in statement.invoices
            if gsrn in invoice.gsrns
        ]
    return min((day for day in known if day is not None), default=None)
