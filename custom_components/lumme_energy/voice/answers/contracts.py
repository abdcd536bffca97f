"""Answers about contracts, advance payments, and the settlement at the end of them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ...account.deposit import NOT_OFFERED, POSSIBLE, plan_of, possible_from, standing
from ...account.errors import refused
from ...action import invalid
from ...billing.deposit import amount_range
from ...billing.prices import ENERGY_PRICE
from ...billing.settlement import Confidence
from ...portal.model import Contract, DepositPlan, Direction, PriceKind
from ..places import Supplied
from ..speech import Speech
from ..texts import told

FEES: Final = {"EUR/month": "contract_fee_month", "EUR/year": "contract_fee_year"}
FREQUENCIES: Final = frozenset({"monthly", "bimonthly", "quarterly", "yearly"})


def contract(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say which contract there is, and what it costs."""
    account = about.account
    facts = account.supply_point(about.point.gsrn)
    if facts is None or (found := facts.contract) is None:
        yield speech.say("contract_untold", supplier=account.manufacturer)
        return
    if found.product is not None:
        yield speech.say("contract", product=found.product)
    if found.price_kind is not PriceKind.UNKNOWN:
        yield speech.say(f"contract_{found.price_kind}")
    yield from _prices(speech, found, account.manufacturer)
    for price in found.prices:
        if (key := FEES.get(price.unit)) is not None:
            yield speech.say(key, amount=speech.money(price.amount))
    if found.end is not None:
        yield speech.say("contract_until", day=speech.day(found.end))
    elif found.start is not None:
        yield speech.say("contract_open")


def _prices(speech: Speech, found: Contract, supplier: str) -> Iterator[str]:
    """Say what a kilowatt-hour costs; of a spot contract only the margin is agreed upon."""
    prices = {
        price.register: speech.cents(price.amount * 100)
        for price in found.prices
        if price.unit == ENERGY_PRICE and price.direction is Direction.IMPORT
    }
    if "single" in prices:
        is_spot = found.price_kind is PriceKind.SPOT
        key = "contract_margin" if is_spot else "contract_price"
        yield speech.say(key, price=prices["single"])
    elif {"day", "night"} <= prices.keys():
        yield speech.say("contract_day_night", day=prices["day"], night=prices["night"])
    elif found.price_kind is not PriceKind.SPOT:
        yield speech.say("contract_price_untold", supplier=supplier)


def deposit(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say what the advance payment is, and whether it may be changed, or why not."""
    account = about.account
    plan = plan_of(account, about.point.gsrn)
    if plan is None:
        yield speech.say("deposit_none")
        return
    key = f"deposit_{plan.frequency}" if plan.frequency in FREQUENCIES else "deposit"
    yield speech.say(key, amount=speech.money(plan.amount, plan.currency))
    if plan.next_invoice is not None:
        yield speech.say("deposit_next", day=speech.day(plan.next_invoice))
    match standing(account, plan):
        case rule if rule == POSSIBLE:
            yield _possible(speech, plan)
        case rule if rule == NOT_OFFERED:
            yield told(
                speech, invalid("deposit_not_changeable", portal=account.supplier.portal_name)
            )
        case rule:
            yield told(speech, refused(account, rule))
    if (day := possible_from(account, plan)) is not None:
        yield speech.say("deposit_from", day=speech.day(day))


def _possible(speech: Speech, plan: DepositPlan) -> str:
    least, most = amount_range(plan)
    if least is None or most is None:
        return speech.say("deposit_possible")
    money = {"least": speech.money(least), "most": speech.money(most)}
    return speech.say("deposit_range", **money)


def settlement(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say what the settlement will probably be, and how sure that is."""
    account = about.account
    if plan_of(account, about.point.gsrn) is None:
        yield speech.say("deposit_none")
        return
    found = account.money.forecasts.get(about.point.gsrn)
    if found is None:
        yield speech.say("settlement_untold", supplier=account.manufacturer)
        return
    is_back = found.settlement < Decimal()
    yield speech.say(
        "settlement_back" if is_back else "settlement_pay",
        amount=speech.money(found.settlement),
        day=speech.day(found.last),
    )
    if found.suggested is not None:
        yield speech.say("settlement_suggested", amount=speech.money(found.suggested))
    if found.expectation.confidence is Confidence.LOW:
        yield speech.say("settlement_unsure")
