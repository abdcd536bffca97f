"""The prices that a price entity tells, in whichever of the usual ways it does.

The integrations for the Nordic and European exchanges agree on nothing but that a list of hours or
quarter-hours is in some attribute: `raw_today` and `raw_tomorrow` (Nord Pool), `prices_today` and
`prices_tomorrow` (ENTSO-e), `today` and `tomorrow` (Tibber), `prices`, `forecast`, `data`. An entity
without any tells at least what this hour costs.
"""

from collections.abc import Iterator, Mapping
from datetime import MAXYEAR, MINYEAR, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any, Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from ..heating.model import PriceSlot

STARTS: Final = ("start", "start_time", "startsAt", "starts_at", "time", "from", "datetime", "date")
ENDS: Final = ("end", "end_time", "endsAt", "till", "to")
PRICES: Final = ("value", "price", "total", "price_per_kwh", "electricity_price")
CENTS: Final = ("c", "snt", "ct", "cent", "¢", "öre")
HOUR: Final = timedelta(hours=1)


def price_slots(state: State, now: datetime) -> tuple[PriceSlot, ...]:
    """Return what is known of prices from now on, in order, in the currency's main unit per kWh."""
    per_unit = _units_per_kwh(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT))
    found: dict[datetime, tuple[datetime | None, Decimal]] = {}
    for value in state.attributes.values():
        if isinstance(value, list | tuple):
            found |= {
                start: (end, price / per_unit)
                for start, end, price in filter(None, map(_slot, value))
            }
    if not found:
        start = dt_util.as_utc(now).replace(minute=0, second=0, microsecond=0)
        if (price := _decimal(state.state)) is not None:
            found[start] = start + HOUR, price / per_unit
    return tuple(slot for slot in _in_order(found) if slot.end > now)


def _in_order(found: dict[datetime, tuple[datetime | None, Decimal]]) -> Iterator[PriceSlot]:
    """Yield the slots; one that does not say when it ends does so when the next one begins."""
    starts = sorted(found)
    gap = min((late - early for early, late in pairwise(starts)), default=HOUR)
    for start in starts:
        end, price = found[start]
        yield PriceSlot(start=start, end=end or start + min(gap, HOUR), price=price)


def _slot(value: object) -> tuple[datetime, datetime | None, Decimal] | None:
    if not isinstance(value, Mapping):
        return None
    start, price = _instant(_first(value, STARTS)), _decimal(_first(value, PRICES))
    if start is None or price is None:
        return None
    end = _instant(_first(value, ENDS))
    return start, end if end and end > start else None, price


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if name in value), None)


def _instant(value: object) -> datetime | None:
    """Return an instant in UTC; a time without a zone is local."""
    found = dt_util.parse_datetime(value) if isinstance(value, str) else value
    # An hour cannot be added to, or a time zone left, at the ends of time.
    if not isinstance(found, datetime) or not MINYEAR < found.year < MAXYEAR:
        return None
    return dt_util.as_utc(found)


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _units_per_kwh(unit: str | None) -> int:
    """Return what to divide a price by: cents and MWh are usual, too."""
    money, _, energy = (unit or "").partition("/")
    cents = 100 if money.strip().lower().startswith(CENTS) else 1
    return cents * (1000 if energy.strip().lower() == "mwh" else 1)
