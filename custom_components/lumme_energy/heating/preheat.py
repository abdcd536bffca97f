"""When to begin heating for an arrival, what can be promised for it, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .model import Arrival, SiteSeen, SiteSettings
from .thermal import RoomModel


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneToHeat:
    """A zone that is to be warm when somebody comes.

    Attributes:
        model: How it warms.
        room: How warm it is now.
        target: How warm it is to be.
        base: What is kept until its heating begins.
        rated_power: What its heater takes; without it no energy, cost or cap is known.
        has_begun: Whether it is being preheated already, which does not stop again.
    """

    model: RoomModel
    room: float
    target: float
    base: float
    rated_power: float | None = None
    has_begun: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Preheat:
    """What to do for an arrival.

    Attributes:
        arrival: What can be promised for it.
        starts: By zone: when it must be heated from, without a pause. In the past if it already must.
        heating: The zones to heat to their target now. Before their start they use a cheap hour;
            those that are not in it after their start wait for one, or for their turn.
    """

    arrival: Arrival
    starts: Mapping[str, datetime]
    heating: frozenset[str]


def plan_arrival(
    now: datetime,
    at: datetime,
    zones: Mapping[str, ZoneToHeat],
    seen: SiteSeen,
    settings: SiteSettings,
) -> Preheat:
    """Return what to do for an arrival, and what can be promised; call it anew at every step.

    Args:
        now: The instant of what is seen.
        at: When somebody comes.
        zones: By id, only those whose temperature is known.
        seen: Outdoor temperature, forecast, prices, and the month's peak are taken from it.
        settings: Margin, fuse, base load, and whether prices matter are taken from it.
    """
    raise NotImplementedError
