"""Reminder fees: which were charged, and whether they are above what consumers may be charged.

This is no legal advice: only fees that are above the limit under every reading of the rules are
called too high. Nothing is said about fees whose region or kind cannot be told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
import re
from typing import Final

from ..portal.model import Invoice, InvoiceLine, LineKind, Statement
from .invoices import is_credit_note, is_unpaid
from .region import Region

YEAR: Final = timedelta(days=365)
_REMINDER: Final = re.compile(
    "rappel|herinner|remind|mahnung|erinnerung|muistut|påminn", re.IGNORECASE
)
_NOTICE: Final = re.compile("demeure|gebreke|default|verzug|vaatimus|krav", re.IGNORECASE)

# The most for one letter. Belgium: energieinfowallonie.be for Wallonia since 2019-04-01; Brussels'
# electricity ordinance, article 25sexies. Finland: the debt collection act, as told by ikassa.fi.
REMINDER_LIMITS: Final = {
    Region.FINLAND: Decimal("5.00"),
    Region.WALLONIA: Decimal("7.50"),
    Region.BRUSSELS: Decimal("7.50"),
}
NOTICE_LIMITS: Final = {Region.WALLONIA: Decimal("15.00"), Region.BRUSSELS: Decimal("15.00")}
# The most for all letters. Wallonia: in a calendar year for each fuel (CWaPE). Brussels: for each
# contract (Brugel). Both are counted here in a calendar year for each supply point.
YEARLY_LIMITS: Final = {Region.WALLONIA: Decimal("55.00"), Region.BRUSSELS: Decimal("55.00")}


@dataclass(frozen=True, slots=True)
class ReminderFee:
    """A fee on a bill."""

    invoice: Invoice
    line: InvoiceLine


@dataclass(frozen=True, slots=True)
class Excess:
    """Fees that are above a limit, both in the currency of the bill."""

    charged: Decimal
    limit: Decimal


def fees(statement: Statement) -> tuple[ReminderFee, ...]:
    """Return the fees that still stand, newest first: a negative one takes an earlier one back."""
    lines = [
        ReminderFee(invoice, line)
        for invoice in sorted(statement.invoices, key=lambda each: each.issued)
        for line in invoice.lines
        if line.kind is LineKind.REMINDER_FEE
    ]
    standing: list[ReminderFee] = []
    for fee in lines:
        if fee.line.amount > 0:
            standing.append(fee)
            continue
        for earlier in reversed(standing):
            if earlier.line.amount == -fee.line.amount:
                standing.remove(earlier)
                break
    return tuple(reversed(standing))


def tells_lines(statement: Statement) -> bool:
    """Whether it is known what bills are made of: without lines, no fee is no news."""
    return any(invoice.lines for invoice in statement.invoices)


def total(charged: Iterable[ReminderFee], year: int) -> Decimal:
    """Return the sum of the fees of a calendar year."""
    return sum(
        (fee.line.amount for fee in charged if fee.invoice.issued.year == year), Decimal("0.00")
    )


def excess(statement: Statement, regions: Mapping[str, Region], today: date) -> Excess | None:
    """Return what is most above a limit among the fees of a household in the last year.

    Args:
        statement: All bills.
        regions: Where each supply point is, by GSRN.
        today: The supplier's local date.
    """
    found = []
    sums: dict[tuple[Region, int], Decimal] = {}
    for fee in fees(statement):
        if today - fee.invoice.issued > YEAR or (where := _region(fee, regions)) is None:
            continue
        of_letter = _limit(fee, where, statement)
        if of_letter is not None and fee.line.amount > of_letter:
            found.append(Excess(fee.line.amount, of_letter))
        of_year = (where, fee.invoice.issued.year)
        sums[of_year] = sums.get(of_year, Decimal(0)) + fee.line.amount
    for (where, _), in_year in sums.items():
        points = sum(each is where for each in regions.values())
        if where in YEARLY_LIMITS and in_year > (limit := points * YEARLY_LIMITS[where]):
            found.append(Excess(in_year, limit))
    return max(found, key=lambda each: each.charged - each.limit, default=None)


def may_be_cancelled(fee: ReminderFee, statement: Statement) -> bool:
    """Whether to ask for a fee back: Luminus wants that bill, and all before it, to be paid."""
    return not any(
        is_unpaid(invoice) for invoice in statement.invoices if invoice.issued <= fee.invoice.issued
    )


def _region(fee: ReminderFee, regions: Mapping[str, Region]) -> Region | None:
    """Return where a fee was charged, if its supply points are all in one region."""
    gsrns = {fee.line.gsrn} if fee.line.gsrn else set(fee.invoice.gsrns) or regions.keys()
    found = {regions.get(gsrn) for gsrn in gsrns}
    return found.pop() if len(found) == 1 else None


def _limit(fee: ReminderFee, where: Region, statement: Statement) -> Decimal | None:
    """Return the most that the letter behind a fee may cost."""
    if where is Region.FLANDERS:
        return _lump_sum(_largest_bill(fee, statement))
    text = fee.line.text or ""
    is_reminder = _REMINDER.search(text) is not None and _NOTICE.search(text) is None
    return (REMINDER_LIMITS if is_reminder else NOTICE_LIMITS).get(where)


def _largest_bill(fee: ReminderFee, statement: Statement) -> Decimal:
    """Return the most that may have been open: nothing tells for which bill a fee was charged."""
    bills = (
        invoice.amount
        for invoice in statement.invoices
        if not is_credit_note(invoice)
        and timedelta() <= fee.invoice.issued - invoice.issued <= YEAR
    )
    return max(bills, default=Decimal(0))


def _lump_sum(open_amount: Decimal) -> Decimal:
    """Return the lump sum of the Belgian code of economic law, book XIX, as ENGIE tells it."""
    if open_amount <= 150:
        return Decimal("20.00")
    if open_amount <= 500:
        return 30 + open_amount / 10
    return 65 + open_amount / 20
