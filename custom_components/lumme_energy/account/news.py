"""What has happened to invoices and benefits since the last look. Pure rules.

What has been noticed about each invoice is remembered by its number (the *bearings*), for good: a
payment that bounces and comes again, or a portal that forgets an invoice for a day, is not told
twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ..billing.invoices import is_credit_note
from ..billing.payment import is_payable
from ..portal.model import Benefit, Invoice, InvoiceStatus, Statement

DUE_SOON: Final = timedelta(days=3)
# An older invoice that turns up is history that the portal has added, not a new bill.
RECENT: Final = timedelta(days=90)


class InvoiceEvent(StrEnum):
    """What can happen to an invoice, in the order in which it does."""

    ISSUED = "issued"
    CREDITED = "credited"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAID = "paid"


class BenefitEvent(StrEnum):
    """What can happen to a benefit."""

    OFFERED = "offered"
    REDEEMED = "redeemed"


# By invoice number: what was noticed about it.
type Bearings = dict[str, list[InvoiceEvent]]
# By a benefit's id.
type BenefitBearings = dict[str, list[BenefitEvent]]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that happened."""

    event: InvoiceEvent
    invoice: Invoice


def events_of(invoice: Invoice, today: date) -> list[InvoiceEvent]:
    """Return everything that is true of an invoice.

    That it is overdue is the supplier's word; whether it was paid since is not ours to guess. What
    direct debit collects is never due soon: there is nothing to do about it.
    """
    if is_credit_note(invoice):
        return [InvoiceEvent.CREDITED]
    events = [InvoiceEvent.ISSUED]
    if is_payable(invoice) and invoice.due and timedelta() <= invoice.due - today <= DUE_SOON:
        events.append(InvoiceEvent.DUE_SOON)
    if invoice.status is InvoiceStatus.OVERDUE:
        events.append(InvoiceEvent.OVERDUE)
    if invoice.status is InvoiceStatus.PAID:
        events.append(InvoiceEvent.PAID)
    return events


def news(
    statement: Statement, bearings: Mapping[str, list[InvoiceEvent]] | None, today: date
) -> tuple[list[News], Bearings]:
    """Compare a statement with what was noticed before.

    Args:
        statement: What the portal says.
        bearings: What was noticed before; None at the very first look, which makes no news.
        today: The supplier's local date.

    Returns:
        The news, oldest invoice first, and the new bearings.
    """
    found: list[News] = []
    noticed = {number: list(events) for number, events in (bearings or {}).items()}
    for invoice in sorted(statement.invoices, key=lambda each: each.issued):
        events = events_of(invoice, today)
        before = noticed.setdefault(invoice.number, [])
        fresh = [event for event in events if event not in before]
        is_history = not before and invoice.issued < today - RECENT
        before.extend(fresh)
        if bearings is not None and not is_history:
            found.extend(News(event=event, invoice=invoice) for event in fresh)
    return found, noticed


def benefit_news(
    benefits: tuple[Benefit, ...], bearings: Mapping[str, list[BenefitEvent]] | None
) -> tuple[list[tuple[BenefitEvent, Benefit]], BenefitBearings]:
    """Compare benefits with what was noticed before.

    Args:
        benefits: What the portal shows.
        bearings: What was noticed before; None at the very first look, which makes no news.

    Returns:
        The news and the new bearings.
    """
    found: list[tuple[BenefitEvent, Benefit]] = []
    noticed = {benefit_id: list(events) for benefit_id, events in (bearings or {}).items()}
    for benefit in benefits:
        before = noticed.setdefault(benefit.benefit_id, [])
        event = BenefitEvent.REDEEMED if benefit.redeemed else BenefitEvent.OFFERED
        if event not in before:
            before.append(event)
            found.append((event, benefit))
    return [] if bearings is None else found, noticed
