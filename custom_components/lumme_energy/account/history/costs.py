"""What each hour has cost: as the portal tells, or else at a price that never changes. Pure rules."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import Decimal

from ...billing.prices import Tariff
from ...portal.model import ConsumptionSlot, PriceKind, Unit


def costs(
    hours: Iterable[ConsumptionSlot], tariff: Tariff, zone: tzinfo
) -> dict[datetime, Decimal]:
    """Return the cost of the hours for which it is known, EUR with VAT, by their beginning.

    Args:
        hours: Where the portal tells a cost, that is it.
        tariff: The prices of the others. Only a fixed one is the same in hindsight, and only if it
            does not change between day and night.
        zone: Where the supplier's days begin.
    """
    found = {hour.start: _cost(hour, tariff, zone) for hour in hours}
    return {start: cost for start, cost in found.items() if cost is not None}


def _cost(hour: ConsumptionSlot, tariff: Tariff, zone: tzinfo) -> Decimal | None:
    if hour.cost is not None or hour.unit is not Unit.KWH:
        return hour.cost
    price = _fixed_price(tariff, hour.start.astimezone(zone).date())
    return None if price is None else hour.energy * price


def _fixed_price(tariff: Tariff, day: date) -> Decimal | None:
    contract = tariff.contract(day)
    if contract is None or contract.start is None or contract.price_kind is not PriceKind.FIXED:
        return None
    is_in_force = contract.start <= day <= (contract.end or day)
    return tariff.price("single", day) if is_in_force else None
