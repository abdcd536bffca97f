"""Answers about bills and what is owed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ...account.coordinator import AccountCoordinator
from ...account.facts import StatementFacts
from ...account.feeds import Feed, stale_feeds
from ...billing.invoices import is_unpaid, owed
from ...portal.model import Invoice, InvoiceStatus
from ..places import Bills
from ..speech import Speech

# A bill that came longer ago and is paid is no news to anybody.
NEW_FOR: Final = timedelta(days=14)


def latest_bill(speech: Speech, about: Bills) -> Iterator[str]:
    """Say how much the latest bill is, when it is due, and whether it is paid."""
    account = about.account
    if (facts := _facts(about)) is None:
        yield speech.say("bill_untold", supplier=account.manufacturer)
        return
    if (invoice := facts.latest_invoice) is None:
        yield speech.say("bill_none")
        return
    amount = speech.money(invoice.amount, invoice.currency)
    yield speech.say("bill", amount=amount, issued=speech.day(invoice.issued))
    yield from _standing(speech, account, invoice)
    yield from _age(speech, account)


def bill_arrived(speech: Speech, about: Bills) -> Iterator[str]:
    """Say whether a new bill has come."""
    account = about.account
    invoice = None if (facts := _facts(about)) is None else facts.latest_invoice
    if invoice is None:
        yield from latest_bill(speech, about)
        return
    is_new = is_unpaid(invoice) or account.today - invoice.issued <= NEW_FOR
    yield speech.say(
        "bill_new" if is_new else "bill_not_new",
        issued=speech.day(invoice.issued),
        amount=speech.money(invoice.amount, invoice.currency),
    )
    if is_new:
        yield from _standing(speech, account, invoice)
    yield from _age(speech, account)


def balance(speech: Speech, about: Bills) -> Iterator[str]:
    """Say what is owed, to whom."""
    account = about.account
    supplier = account.manufacturer
    facts = _facts(about)
    # A balance is the whole account's.
    if facts is not None and facts.statement.balance is not None and about.gsrns is None:
        amount, currency = facts.statement.balance.amount, facts.currency
        if not amount:
            yield speech.say("balance_even", supplier=supplier)
        elif amount < 0:
            money = speech.money(amount, currency)
            yield speech.say("balance_credit", supplier=supplier, amount=money)
        else:
            money = speech.money(amount, currency)
            yield speech.say("balance_owed", supplier=supplier, amount=money)
        if facts.overdue_amount:
            money = speech.money(facts.overdue_amount, currency)
            yield speech.say("balance_overdue", amount=money)
    elif facts is None or facts.open_amount is None:
        yield speech.say("balance_untold", supplier=supplier)
        return
    elif facts.open_amount:
        money = speech.money(facts.open_amount, facts.currency)
        yield speech.say("balance_open", amount=money)
    else:
        yield speech.say("balance_even", supplier=supplier)
    yield from _age(speech, account)


def _facts(about: Bills) -> StatementFacts | None:
    """Return the facts about the bills that are meant; None where none are told."""
    facts = about.account.statement
    if facts is None or about.gsrns is None:
        return facts
    mine = (each for each in facts.statement.invoices if about.gsrns.intersection(each.gsrns))
    return StatementFacts(replace(facts.statement, invoices=tuple(mine)))


def _standing(speech: Speech, account: AccountCoordinator, invoice: Invoice) -> Iterator[str]:
    """Say whether a bill is paid, or what is to be done about it."""
    open_amount = owed(invoice)
    if invoice.status is InvoiceStatus.PARTLY_PAID and open_amount is not None:
        yield speech.say("bill_partly", amount=speech.money(open_amount, invoice.currency))
    match invoice:
        case Invoice(status=InvoiceStatus.PAID):
            yield speech.say("bill_paid")
        case Invoice(status=InvoiceStatus.OVERDUE, due=due) if due is not None:
            yield speech.say("bill_overdue", day=speech.day(due))
        case Invoice(collected=day) if day is not None and is_unpaid(invoice):
            yield speech.say("bill_collected", day=speech.day(day))
        case Invoice(due=due) if due is not None and is_unpaid(invoice):
            yield speech.say("bill_due", day=speech.day(due))
        case _ if is_unpaid(invoice):
            yield speech.say("bill_open")
        case _:
            yield speech.say("bill_unclear", supplier=account.manufacturer)


def _age(speech: Speech, account: AccountCoordinator) -> Iterator[str]:
    """Say how old bills are that should have been read again by now."""
    if Feed.STATEMENT in stale_feeds(account.data, dt_util.utcnow()):
        ago = speech.ago(account.data.fetched[Feed.STATEMENT])
        yield speech.say("old", supplier=account.manufacturer, ago=ago)
