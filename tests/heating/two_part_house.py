"""A room as rooms are, with air that warms at once and walls that warm in days."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import pi, sin
from random import Random
from typing import Final

from custom_components.lumme_energy.heating.thermal import RoomModel

BEGIN: Final = datetime(2026, 11, 2, tzinfo=UTC)
STEP: Final = timedelta(minutes=3)
HOURS: Final = STEP / timedelta(hours=1)


@dataclass(kw_only=True)
class TwoPartHouse:
    """A room in °C, W, W/K and Wh/K; by default a cottage of 30 h and 50 K."""

    air: float = 10.0
    walls: float = 10.0
    power: float = 6000.0
    loss: float = 120.0
    between: float = 600.0
    air_capacity: float = 300.0
    wall_capacity: float = 3300.0

    @property
    def tau_hours(self) -> float:
        """What the slow part of a step response has, nearly."""
        return (self.air_capacity + self.wall_capacity) / self.loss

    @property
    def rise(self) -> float:
        """How many kelvins above outdoors full power keeps it."""
        return self.power / self.loss

    def step(self, outdoor: float, share: float, gain: float = 0.0) -> None:
        """Let three minutes pass."""
        inwards = self.between * (self.air - self.walls)
        outwards = self.loss * (self.air - outdoor)
        self.air += HOURS / self.air_capacity * (share * self.power + gain - inwards - outwards)
        self.walls += HOURS / self.wall_capacity * inwards

    def hours_to(self, target: float, outdoor: float) -> float:
        """Return how long it takes to warm from now at full power."""
        hours = 0.0
        while self.air < target:
            self.step(outdoor, 1.0)
            hours += HOURS
        return hours


@dataclass(kw_only=True)
class Thermostat:
    """A thermostat, and a thermometer with noise and steps."""

    random: Random
    sensor_step: float = 0.1
    is_on: bool = False

    def share(self, room: float, setpoint: float) -> float:
        """Return what share of full power flows now: all or nothing."""
        self.is_on = room < setpoint - 0.2 or (self.is_on and room < setpoint + 0.2)
        return float(self.is_on)

    def shown(self, room: float) -> float:
        """Return what the room's sensor shows."""
        noisy = room + self.random.gauss(0, self.sensor_step / 4)
        return round(noisy / self.sensor_step) * self.sensor_step


def live(
    house: TwoPartHouse,
    model: RoomModel,
    hours: float,
    *,
    setpoint: Callable[[float], float],
    outdoor: Callable[[float], float],
    sensor_step: float = 0.1,
    gain: Callable[[float], float] = lambda _: 0.0,
) -> Iterator[float]:
    """Let a thermostat keep a setpoint, and the model watch; yield the hours gone at each step."""
    thermostat = Thermostat(random=Random(6), sensor_step=sensor_step)  # noqa: S311 - noise, no secret
    for count in range(round(hours / HOURS)):
        gone = count * HOURS
        share = thermostat.share(house.air, setpoint(gone))
        house.step(outdoor(gone), share, gain(gone))
        model.observe(BEGIN + count * STEP, thermostat.shown(house.air), outdoor(gone), share)
        yield gone


def winter(gone: float) -> float:
    """Return a Finnish winter's temperature: days, and cold spells."""
    return -6 + 3 * sin(2 * pi * gone / 24) + 6 * sin(gone / 70)


def weekends(gone: float) -> float:
    """Return the setpoint of a cottage that is lived in from Friday to Sunday."""
    return 21.0 if 110 < gone % 168 < 165 else 10.0


def learnt(
    house: TwoPartHouse, weeks: int = 3, sensor_step: float = 0.1, *, sun: float = 0.0
) -> RoomModel:
    """Return what a model learns in some weeks."""
    model = RoomModel()
    lived = live(
        house,
        model,
        weeks * 168,
        setpoint=weekends,
        outdoor=winter,
        sensor_step=sensor_step,
        gain=lambda gone: sun * max(0.0, sin(2 * pi * (gone % 24 - 6) / 24)),
    )
    deque(lived, maxlen=0)
    return model
