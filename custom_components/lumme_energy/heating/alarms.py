"""What somebody must look after: alarms that neither flap nor come from a clock that jumps."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from .model import Alarm
from .senses import slowly
from .thermal import RoomModel

# Below the floor by so much less: there is still time.
ABOVE_FLOOR: Final = 1.0
# A room swings around its setpoint by so much in good order. A floor that is the setpoint is
# therefore told of by what lies below it, not by what lies above.
SWING: Final = 0.5
WARM_AGAIN: Final = 0.5
# How long full power may do nothing, and what it must do at least (K).
NO_RISE_AFTER: Final = timedelta(minutes=60)
LEAST_RISE: Final = 0.2
# By how much less than its model a room must rise: else the heater is at its limit, not broken.
LESS_THAN_EXPECTED: Final = 0.3
# Nearer to its setpoint a thermostat does not give full power.
NEAR_SETPOINT: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How long a state must last until an alarm is raised, and until it is cleared."""

    after: timedelta = timedelta()
    clears: timedelta = timedelta()


RULES: Final = {
    Alarm.COLD: Rule(),
    Alarm.NO_RISE: Rule(),
    Alarm.DRIFT: Rule(clears=timedelta(hours=1)),
    Alarm.SILENT: Rule(after=timedelta(minutes=15), clears=timedelta(minutes=2)),
    Alarm.STALE_SENSOR: Rule(clears=timedelta(minutes=2)),
    Alarm.POWER_CUT: Rule(after=timedelta(minutes=3)),
    Alarm.REFUSED: Rule(),
}


@dataclass(kw_only=True, slots=True)
class Latch:
    """An alarm that is raised and cleared only by what lasts.

    Attributes:
        is_raised: Whether it is raised.
        contrary: For how long what is seen has been contrary to that.

    """

    is_raised: bool = False
    contrary: timedelta = timedelta()

    def see(self, *, is_bad: bool | None, dt: timedelta, rule: Rule) -> None:
        """Take what is seen now; None, not knowing, leaves it as it is."""
        if is_bad is None:
            return
        if is_bad is self.is_raised:
            self.contrary = timedelta()
            return
        self.contrary += dt
        if self.contrary >= (rule.after if is_bad else rule.clears):
            self.is_raised, self.contrary = is_bad, timedelta()


@dataclass(kw_only=True, slots=True)
class Alarms:
    """The alarms of a zone, or of the house."""

    latches: dict[Alarm, Latch] = field(default_factory=dict)

    def see(self, alarm: Alarm, dt: timedelta, *, is_bad: bool | None) -> None:
        """Take whether what an alarm tells of is so now."""
        self.latches.setdefault(alarm, Latch()).see(is_bad=is_bad, dt=dt, rule=RULES[alarm])

    def is_raised(self, alarm: Alarm) -> bool:
        """Whether an alarm is raised."""
        return (latch := self.latches.get(alarm)) is not None and latch.is_raised

    @property
    def raised(self) -> frozenset[Alarm]:
        """All that are raised."""
        return frozenset(alarm for alarm, latch in self.latches.items() if latch.is_raised)


def is_cold(room: float | None, floor: float, setpoint: float, *, was_cold: bool) -> bool | None:
    """Whether a room is colder than it may be; None if its temperature is not known."""
    if room is None:
        return None
    limit = min(floor + ABOVE_FLOOR, setpoint - SWING)
    return room < (limit + WARM_AGAIN if was_cold else limit)


@dataclass(kw_only=True, slots=True)
class Rise:
    """Whether a room warms while its heater gives all that it has.

    Attributes:
        lasts: How long it has been giving that.
        start: The room's temperature when that began.
        lowest: The room's temperature when the alarm was raised; None while it is not.

    """

    lasts: timedelta = timedelta()
    start: float | None = None
    lowest: float | None = None

    def see(
        self,
        room: float | None,
        setpoint: float,
        dt: timedelta,
        model: RoomModel,
        outdoor: float | None,
        *,
        is_full: bool,
    ) -> bool:
        """Take what is seen of a room, and tell whether its heater does nothing.

        Args:
            room: The room's temperature.
            setpoint: What it is to have.
            dt: How much time has passed.
            model: The room's.
            outdoor: The temperature outdoors.
            is_full: Whether the heater is told to give all that it has.

        """
        if room is None:
            return self.lowest is not None
        is_near = room >= setpoint - NEAR_SETPOINT
        if self.lowest is not None and (is_near or room >= self.lowest + 2 * LEAST_RISE):
            self.lowest = None
        if not is_full or is_near or self.start is None:
            self.lasts, self.start = timedelta(), room
            return self.lowest is not None
        self.lasts += dt
        if self.lasts >= NO_RISE_AFTER:
            least = LEAST_RISE
            if outdoor is not None and model.is_learnt:
                expected = slowly(model, self.start, self.lasts, outdoor, 1.0) - self.start
                least = min(least, expected - LESS_THAN_EXPECTED)
            if room - self.start < least:
                self.lowest = room if self.lowest is None else min(room, self.lowest)
            self.lasts, self.start = timedelta(), room
        return self.lowest is not None
