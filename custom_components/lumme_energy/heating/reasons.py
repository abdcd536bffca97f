"""The words for why a zone is as it is: each is a key that users' languages translate."""

from datetime import datetime
from enum import StrEnum

from .model import Reason


class Because(StrEnum):
    """Why a zone keeps what it keeps; the value is `Reason.key`.

    All have the placeholder `setpoint`; some have more, as told there.
    """

    FROST_FLOOR = "frost_floor"
    HOME = "home"
    ECO = "eco"
    AWAY = "away"
    DRY = "dry"  # outdoor
    DRY_UNKNOWN_OUTDOOR = "dry_unknown_outdoor"  # kept at the base heat instead
    DAMP = "damp"  # outdoor, humidity: warmer than DRY has it, for the air is damp
    BOOST = "boost"  # until
    BY_HAND = "by_hand"
    PREHEATING = "preheating"  # arrival
    WAITING_TO_PREHEAT = "waiting_to_preheat"  # arrival, start
    WAITING_FOR_CHEAP_HOURS = "waiting_for_cheap_hours"  # arrival: or for its turn at the fuse
    HEATING_EARLY_CHEAP = "heating_early_cheap"  # arrival: before its time, for it is cheap now
    SHED_FUSE = "shed_fuse"
    SHED_PEAK = "shed_peak"
    STALE_SENSOR = "stale_sensor"
    COLD = "cold"  # room, floor: heats whatever is wished
    UNREACHABLE = "unreachable"  # the device does not answer
    WAITING_TO_WRITE = "waiting_to_write"  # shown: the device keeps that for now


class News(StrEnum):
    """What the engine decided by itself; the value is `Reason.key` in `SitePlan.news`."""

    TURNED_DOWN = "turned_down"  # after `turn_down_after`; minutes
    PREHEAT_STARTED = "preheat_started"  # arrival
    ARRIVED = "arrived"  # the mode is HOME now
    NOBODY_CAME = "nobody_came"  # arrival: hours after it the house is turned down again
    SET_BY_HAND = "set_by_hand"  # zone, setpoint: somebody was at the radiator
    PUT_RIGHT = "put_right"  # zone, setpoint, shown: a device did not keep what it was given


def because(key: Because | News, **placeholders: float | datetime | str) -> Reason:
    """Return a reason; temperatures are told with one decimal, instants as ISO 8601."""
    return Reason(
        key=key, placeholders={name: _told(value) for name, value in placeholders.items()}
    )


def _told(value: float | datetime | str) -> str:
    match value:
        case str():
            return value
        case datetime():
            return value.isoformat(timespec="minutes")
        case _:
            return f"{value:.1f}"
