"""What may be believed of what is seen: numbers that are numbers, sensors that are alive."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp, isfinite
from typing import Final

from .model import SiteSeen, ZoneSeen
from .thermal import RoomModel

# A room's sensor that says nothing for so long is not believed any more.
STALE: Final = timedelta(minutes=60)
# A sensor that shows the same on and on, though the room must have changed by so much, is stuck.
STUCK: Final = 2.0
# The weather of some hours ago is better than none.
OLD_WEATHER: Final = timedelta(hours=3)
# What DRY goes by: mould takes weeks, and every change of a setpoint is a write.
SMOOTHED: Final = timedelta(hours=6)
# Beyond these is a broken sensor: -127 and 85 °C are what a DS18B20 says when it has no answer.
ROOM: Final = (-40.0, 60.0)
OUTDOOR: Final = (-60.0, 60.0)

_NUMBER: Final = (float("-inf"), float("inf"))


def believed(seen: SiteSeen) -> SiteSeen:
    """Return what is seen without what cannot be."""
    return replace(
        seen,
        zones={zone: _believed(each) for zone, each in seen.zones.items()},
        outdoor=_between(seen.outdoor, OUTDOOR),
        forecast=tuple(
            (at, celsius) for at, celsius in seen.forecast if _between(celsius, OUTDOOR) is not None
        ),
        power=_between(seen.power, _NUMBER),
        quarter_average=_between(seen.quarter_average, _NUMBER),
        month_peak=_between(seen.month_peak, _NUMBER),
    )


def _believed(seen: ZoneSeen) -> ZoneSeen:
    return replace(
        seen,
        setpoint=_between(seen.setpoint, _NUMBER),
        room=_between(seen.room, ROOM),
        humidity=_between(seen.humidity, (0.0, 100.0)),
        power=_between(seen.power, _NUMBER),
    )


def _between(value: float | None, limits: tuple[float, float]) -> float | None:
    if value is None or not isfinite(value) or not limits[0] <= value <= limits[1]:
        return None
    return value


def slowly(model: RoomModel, start: float, lasts: timedelta, outdoor: float, share: float) -> float:
    """Return what a room has after a while at least: its walls' part, for the air is quicker."""
    end = outdoor + model.rise * share
    return end + (start - end) * exp(-lasts / timedelta(hours=model.tau_hours))


@dataclass(kw_only=True, slots=True)
class RoomSense:
    """Whether a room's sensor is to be believed.

    Attributes:
        value: What it showed last.
        at: When that was, by its own word.
        quiet: For how long it has given no sign of life.
        expected: What the room must have by now, by its model, since the sensor moved last.

    """

    value: float | None = None
    at: datetime | None = None
    quiet: timedelta = timedelta()
    expected: float | None = None

    def see(
        self,
        seen: ZoneSeen,
        now: datetime,
        dt: timedelta,
        model: RoomModel,
        outdoor: float | None,
        share: float | None,
    ) -> None:
        """Take what is seen of a room.

        Args:
            seen: Of the zone.
            now: The time.
            dt: What has passed since the last time.
            model: The room's.
            outdoor: The temperature outdoors.
            share: What the heater takes of its full power.

        """
        alive = seen.room is not None and (seen.room_at is None or seen.room_at != self.at)
        self.quiet = timedelta() if alive else self.quiet + dt
        # A sensor may be long dead when we come.
        if seen.room_at is not None and now - seen.room_at > STALE:
            self.quiet = max(self.quiet, STALE)
        self.at = seen.room_at
        if seen.room is not None and seen.room != self.value:
            self.value = self.expected = seen.room
        elif (
            self.expected is not None
            and outdoor is not None
            and share is not None
            and model.is_learnt
        ):
            self.expected = slowly(model, self.expected, dt, outdoor, share)

    @property
    def is_stale(self) -> bool:
        """Whether the sensor is not to be believed any more."""
        return self.quiet >= STALE or self.is_stuck

    @property
    def is_stuck(self) -> bool:
        """Whether it shows the same on and on though the room must have changed."""
        return (
            self.value is not None
            and self.expected is not None
            and abs(self.expected - self.value) > STUCK
        )

    @property
    def room(self) -> float | None:
        """The room's temperature; None if it is not known any more."""
        return None if self.is_stale else self.value


@dataclass(kw_only=True, slots=True)
class Weather:
    """The temperature outdoors, over some hours.

    Attributes:
        outdoor: What it was last known to be.
        mean: That of some hours.
        age: How old it is.

    """

    outdoor: float | None = None
    mean: float | None = None
    age: timedelta = timedelta()

    def see(self, outdoor: float | None, dt: timedelta) -> None:
        """Take what is measured now."""
        if outdoor is None:
            self.age += dt
            if self.age >= OLD_WEATHER:
                self.outdoor = self.mean = None
            return
        self.age = timedelta()
        self.outdoor = outdoor
        if self.mean is None:
            self.mean = outdoor
        else:
            self.mean += (outdoor - self.mean) * min(dt / SMOOTHED, 1.0)
