"""Answers about what is used: now, today, and this month."""

from collections.abc import Iterator
from decimal import Decimal

from ...account.facts import SupplyPointFacts
from ...account.money import Costs
from ...billing.cost import Cost
from ...meter.base import BaseMeterCoordinator
from ...metering.telegram import Quantity
from ...portal.model import Unit
from ..places import Supplied
from ..speech import Speech


def power_now(speech: Speech, about: BaseMeterCoordinator) -> Iterator[str]:
    """Say what flows just now, in which direction."""
    if not about.last_update_success:
        yield speech.say("power_silent", ago=speech.ago(about.heard_at))
        return
    values = about.data.values if about.data is not None else {}
    taken, given = (
        values.get(quantity) for quantity in (Quantity.POWER_IMPORT, Quantity.POWER_EXPORT)
    )
    if isinstance(given, Decimal) and given:
        yield speech.say("power_export", power=speech.power(given))
    elif isinstance(taken, Decimal):
        yield speech.say("power_import", power=speech.power(taken))
    else:
        yield speech.say("power_untold")


def used_today(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say what was used today and what that costs; of the portal's last day where no meter tells."""
    costs, facts = _known(about)
    if costs is not None and costs.today.cost is not None:
        yield from _spent(speech, costs.today.cost, "used_today")
    else:
        day = None if facts is None else facts.day_consumption
        yield _late(speech, about, facts, day, "used_late")


def used_month(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say what was used this month and what that costs, as far as it is known."""
    costs, facts = _known(about)
    if costs is not None and costs.month.cost is not None:
        yield from _spent(speech, costs.month.cost, "used_month")
    else:
        month = None if facts is None else facts.month_consumption
        yield _late(speech, about, facts, month, "used_month_late")


def _known(about: Supplied) -> tuple[Costs | None, SupplyPointFacts | None]:
    gsrn = about.point.gsrn
    return about.account.money.costs.get(gsrn), about.account.supply_point(gsrn)


def _spent(speech: Speech, cost: Cost, key: str) -> Iterator[str]:
    yield speech.say(key, energy=speech.energy(cost.energy), amount=speech.money(cost.total))
    if cost.unpriced:
        yield speech.say("used_unpriced", energy=speech.energy(cost.unpriced))


def _late(
    speech: Speech,
    about: Supplied,
    facts: SupplyPointFacts | None,
    amount: Decimal | None,
    key: str,
) -> str:
    """Say what the portal told: it is always some days late."""
    supplier = about.account.manufacturer
    if facts is None or facts.latest_day is None or amount is None:
        return speech.say("used_untold", supplier=supplier)
    used = speech.volume(amount) if facts.unit is Unit.M3 else speech.energy(amount)
    return speech.say(key, supplier=supplier, day=speech.day(facts.latest_day), energy=used)
