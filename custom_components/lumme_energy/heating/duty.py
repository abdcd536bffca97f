"""Heaters without a thermostat: a relay closed for a share of each cycle.

The share is what keeps the temperature, by the room's model, and more or less of it by how far the
room is from where it ought to be (as Versatile Thermostat's TPI does, whose two coefficients the
model takes the place of).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from .thermal import RoomModel

CYCLE: Final = timedelta(minutes=15)
# Shorter is wear of the relay and no heat.
SHORTEST: Final = timedelta(minutes=3)
# The share per kelvin that the room lacks.
GAIN: Final = 0.6
# On its way to be warm for an arrival, a room gets all there is until so near: plans rest on that.
NEARLY: Final = 0.5
# A room is kept so far above its floor that the swing of the duty cycle does not reach it.
ABOVE_FLOOR: Final = 0.5
# Nearer to the floor there is no cycle any more: it heats.
NEAR_FLOOR: Final = 0.2

# Blind, the room is to be so much above its floor, by a model that need not be right.
BLIND_ABOVE_FLOOR: Final = 3.0
BLIND_RISE: Final = 40.0
BLIND_LEAST: Final = 0.1
BLIND_SHARE: Final = 0.5

# A relay is switched twice in a cycle at most.
BUDGET: Final = 2 * int(timedelta(days=1) / CYCLE)


def share(
    model: RoomModel,
    room: float,
    target: float,
    floor: float,
    outdoor: float | None,
    *,
    is_preheating: bool = False,
) -> float:
    """Return the share of full power that brings a room to its target, 0 to 1."""
    if room < floor + NEAR_FLOOR:
        return 1.0
    target = max(target, floor + ABOVE_FLOOR)
    if is_preheating and room < target - NEARLY:
        return 1.0
    holds = 0.0 if outdoor is None else model.share_to_hold(target, outdoor)
    return min(max(holds + GAIN * (target - room), 0.0), 1.0)


def blind_share(model: RoomModel, floor: float, outdoor: float | None) -> float:
    """Return the share of full power that keeps a room above its floor without a thermometer."""
    if outdoor is None:
        return BLIND_SHARE
    rise = min(model.rise, BLIND_RISE)
    return min(max((floor + BLIND_ABOVE_FLOOR - outdoor) / rise, BLIND_LEAST), 1.0)


@dataclass(kw_only=True, slots=True)
class Duty:
    """Where a relay is in its cycle.

    Attributes:
        is_on: Whether it is to be closed now.
        since: For how long it has been as it is.
        elapsed: How much of the cycle is over.
        on_for: For how long it is closed in this cycle.
        wished: For how long it ought to be closed in this cycle.
        gave: For how long it was. What is left over is owed to the next cycle: a relay is not
            switched for less than SHORTEST, and steps are long.

    """

    is_on: bool = False
    since: timedelta = SHORTEST
    elapsed: timedelta = CYCLE
    on_for: timedelta = timedelta()
    wished: timedelta = timedelta()
    gave: timedelta = timedelta()

    def adopt(self, *, is_on: bool) -> None:
        """Go on with a relay as it is, for a cycle."""
        self.is_on = is_on
        self.elapsed = self.since = timedelta()
        self.on_for = self.wished = CYCLE if is_on else timedelta()
        self.gave = timedelta()

    def go_on(self, share: float, dt: timedelta, *, is_urgent: bool = False) -> None:
        """Let time pass, with the share of full power that is wished now.

        Args:
            share: What is wished, 0 to 1.
            dt: How much time has passed.
            is_urgent: Whether all or nothing is wished at once: the room is too cold, or power
                short.

        """
        self.elapsed += dt
        self.since += dt
        if self.is_on:
            self.gave += dt
        if self.elapsed >= CYCLE or (is_urgent and self.is_on != (share >= 1)):
            self._begin(share)
        is_on = self.elapsed < self.on_for
        if is_on != self.is_on and (is_urgent or self.since >= SHORTEST):
            self.is_on, self.since = is_on, timedelta()

    def _begin(self, share: float) -> None:
        """Begin a cycle; all or nothing leaves nothing owed."""
        owed = self.wished - self.gave if 0 < share < 1 else timedelta()
        self.wished = share * CYCLE + min(max(owed, -SHORTEST), SHORTEST)
        self.elapsed = self.gave = timedelta()
        self.on_for = min(max(self.wished, timedelta()), CYCLE)
        if self.on_for < SHORTEST:
            self.on_for = timedelta()
        elif CYCLE - self.on_for < SHORTEST:
            self.on_for = CYCLE
