"""How far a meter's clock may be believed."""

from datetime import datetime, timedelta
from typing import Final

BELIEVABLE: Final = timedelta(minutes=10)


def offset(meter_time: datetime, received: datetime) -> timedelta:
    """Return how much the meter's clock is fast; negative if it is slow."""
    return meter_time - received


def moment(meter_time: datetime | None, received: datetime) -> datetime:
    """Return the moment that a telegram speaks of.

    That is what the meter says, unless it cannot be: after a power cut some meters begin in 1970.
    """
    if meter_time is None or abs(offset(meter_time, received)) > BELIEVABLE:
        return received
    return meter_time
