"""Did I turn it down? What the devices and the house's meter know about that."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from .model import Proof
from .thermal import RoomModel

# Who goes to fetch the newspaper has not left.
LEFT_AFTER: Final = timedelta(minutes=5)
# Thermostats switch: what counts is the mean power of that long.
METERED: Final = timedelta(minutes=30)
# How much more than expected is too much: a share of it, and what a fridge and a lamp take (W).
MORE: Final = 0.3
MORE_WATTS: Final = 200.0
# A heater that takes less does not heat (W).
IDLE_WATTS: Final = 50.0
# How much of the heaters' power must have gone from the house's to be theirs.
FALLEN: Final = 0.7
# A room that is above its base heat by so much (K) is not heated; one that is not may rightly be.
WARM: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What is known of a zone that ought to be down.

    Attributes:
        setpoint: What it shows; None if it does not answer.
        base: What applies while nobody is there.
        room: The room's temperature.
        rated_power: What its heater takes when it heats.
        power: What it takes now.
        model: The room's.

    """

    setpoint: float | None
    base: float
    room: float | None
    rated_power: float | None
    power: float | None
    model: RoomModel

    @property
    def is_high(self) -> bool | None:
        """Whether its setpoint is above what applies while nobody is there."""
        return None if self.setpoint is None else self.setpoint > self.base + 0.25

    def needs(self, outdoor: float | None) -> float | None:
        """Return what its base heat takes by now, in W; None if that is not known.

        Args:
            outdoor: What it takes on the mean follows from that; without it, all that it may take.

        """
        if self.room is not None and self.room >= self.base + WARM:
            return 0.0
        if self.rated_power is None or self.room is None or outdoor is None:
            return self.rated_power
        if self.room < self.base - WARM:
            return self.rated_power
        return self.rated_power * self.model.share_to_hold(self.base, outdoor)


def expected_power(
    zones: Collection[Held], base_load: float, outdoor: float | None = None
) -> float | None:
    """Return what the house may draw while nobody is there, in W; None if that is not known.

    Args:
        zones: What is known of each.
        base_load: What it draws without its heaters.
        outdoor: Where the mean is asked for; else it is the most that it may draw at any time.

    """
    heat = 0.0
    for zone in zones:
        if (needs := zone.needs(outdoor)) is None:
            return None
        heat += needs
    return (base_load + heat) * (1 + MORE) + MORE_WATTS


@dataclass(kw_only=True, slots=True)
class LeftHigh:
    """Whether the house was left warmer than it need be, and what proves that it is not.

    Attributes:
        empty_for: For how long nobody has been there.
        metered_for: For how long the meter alone could tell: nobody there, and all zones down.
        mean: The mean of the house's power in that time (W).
        before: The house's power when it was turned down (W).
        proven: The zones whose turning down was proven since then.

    """

    empty_for: timedelta = timedelta()
    metered_for: timedelta = timedelta()
    mean: float | None = None
    before: float | None = None
    proven: list[str] = field(default_factory=list)

    def turned_down(self, power: float | None) -> None:
        """Begin to look for proofs."""
        self.before, self.proven = power, []

    def see(
        self,
        dt: timedelta,
        zones: Mapping[str, Held],
        power: float | None,
        base_load: float,
        outdoor: float | None,
        *,
        is_empty: bool | None,
    ) -> tuple[bool | None, tuple[str, ...]]:
        """Take what is seen, and tell whether the house was left high, and which zones were.

        Args:
            dt: How much time has passed.
            zones: What is known of each.
            power: What the house draws.
            base_load: What it draws without its heaters.
            outdoor: The temperature outdoors.
            is_empty: Whether nobody is there who needs it warm; None if nobody knows.

        """
        if not is_empty:
            self.empty_for = timedelta()
            self.mean, self.proven = None, []
            return is_empty, ()
        self.empty_for += dt
        high = tuple(zone for zone, held in zones.items() if held.is_high)
        self._meter(None if high else power, dt)
        drawn = None
        if outdoor is not None:
            drawn = self._draws_more(expected_power(zones.values(), base_load, outdoor))
        if not high and not drawn:
            is_known = drawn is False or all(held.is_high is False for held in zones.values())
            return (False if is_known and zones else None), ()
        is_left = self.empty_for >= LEFT_AFTER
        return is_left, high if is_left else ()

    def _meter(self, power: float | None, dt: timedelta) -> None:
        """Take the house's power into its mean; None begins anew."""
        if power is None:
            self.metered_for, self.mean = timedelta(), None
        elif self.mean is None:
            self.metered_for, self.mean = timedelta(), power
        else:
            self.metered_for += dt
            self.mean += (power - self.mean) * min(dt / METERED, 1.0)

    def _draws_more(self, expected: float | None) -> bool | None:
        """Whether the meter tells of more than base heat; None if it does not tell."""
        if self.mean is None or expected is None or self.metered_for < METERED:
            return None
        return self.mean > expected

    def proofs(
        self, zones: Mapping[str, Held], power: float | None, base_load: float
    ) -> dict[str, Proof]:
        """Return how sure the turning down of each zone is."""
        down = [zone for zone, held in zones.items() if held.is_high is False]
        self.proven = [zone for zone in self.proven if zone in down]
        shown = self._is_shown_by_meter(zones, power, base_load)
        for zone in down:
            own = zones[zone].power
            if zone not in self.proven and (shown or (own is not None and own < IDLE_WATTS)):
                self.proven.append(zone)
        return {zone: self._proof(zone, held) for zone, held in zones.items()}

    def _is_shown_by_meter(
        self, zones: Mapping[str, Held], power: float | None, base_load: float
    ) -> bool:
        """Whether the house's power is as low as it is to be, or has fallen by all that heated."""
        if power is None or not zones:
            return False
        most = expected_power(zones.values(), base_load)
        if most is not None and power <= most:
            return True
        rated = [held.rated_power for held in zones.values() if held.rated_power is not None]
        return (
            self.before is not None
            and len(rated) == len(zones)
            and self.before - power >= FALLEN * sum(rated) > 0
        )

    def _proof(self, zone: str, held: Held) -> Proof:
        match held.is_high:
            case None:
                return Proof.UNKNOWN
            case True:
                return Proof.NOT_YET
            case False:
                return Proof.PROVEN if zone in self.proven else Proof.READ_BACK
