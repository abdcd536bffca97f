"""A simulated cottage through a year: physics, links that break, people who come; and what is counted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from demo.house import RELAYS, House, cottage
from demo.weather import Weather

from .plan import HOUR, Fault, Kind, Visit, faults, visits

STEP: Final = timedelta(minutes=1)
FLOOR: Final = 8.0
HOME: Final = 21.0
TOLERANCE: Final = 0.5  # K: a thermostat's own hysteresis, and what a step of a minute adds
FROST_THERMOSTAT: Final = FLOOR + 0.3
LATELY: Final = 12 * HOUR
# In these nobody tells a radiator anything, or knows how warm it is there.
DEAF: Final = {Kind.KILL, Kind.LINK, Kind.BUS, Kind.ZONE, Kind.REFUSED, Kind.SENSOR}
# What a thermostat has when its power is back; the bedroom's remembers.
DEFAULTS: Final = {"living_room": 20.0, "kitchen": 5.0}


class Controller(Protocol):
    """What decides on the heating."""

    def act(self, world: World) -> None:
        """Do what is to be done at this minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How warm it was when somebody came.

    Attributes:
        short: By how many kelvins the coldest room was too cold.
        early: For how many hours all rooms had been warm to 1 K by then.
        hindered: Whether there had lately been a power cut or a blown heater, or for hours nobody
            who could tell the radiators anything, or no thermometer.

    """

    visit: Visit
    outdoor: float
    short: float
    early: float
    hindered: bool


@dataclass(slots=True)
class Counts:
    """What came of it.

    Attributes:
        cold: Minutes below the floor in any room, by what began it.
        comfort: Minutes in which somebody was there, by whether all rooms were within 1 K.

    """

    cold: Counter[str] = field(default_factory=Counter)
    comfort: Counter[bool] = field(default_factory=Counter)
    arrivals: list[Reached] = field(default_factory=list)
    energy: float = 0.0


class World:
    """The cottage at one minute after another.

    Attributes:
        active: What is wrong just now.
        visit: Who is there, or is the next to come.
        is_home: Whether anybody is there.

    """

    def __init__(
        self,
        seed: int,
        start: datetime,
        days: int,
        *,
        frost: float | None = FROST_THERMOSTAT,
        is_faulty: bool = True,
    ) -> None:
        """Begin at base heat."""
        self.now = start
        self.end = start + timedelta(days=days)
        self.weather = Weather(seed)
        self.house: House = cottage(frost=frost)
        for zone, setpoint in DEFAULTS.items():
            self.house.radiators[zone].default = setpoint
        self.zones = tuple(self.house.rooms)
        self.faults = faults(seed, start, days, self.zones) if is_faulty else []
        self.active: list[Fault] = []
        self.visit: Visit | None = None
        self.is_home = False
        self.outdoor = self.weather.at(start)
        self.counts = Counts()
        self._coming = iter(self.faults)
        self._next = next(self._coming, None)
        self._visits: Iterator[Visit] = visits(seed, start, days)
        self.visit = next(self._visits, None)
        self._cold: dict[str, str] = {}
        self._warm_since: datetime | None = None
        self._full_since: dict[str, datetime] = {}

    def has(self, kind: Kind, zone: str | None = None) -> bool:
        """Return whether something is wrong, with a zone or at all."""
        return any(
            fault.kind is kind and (zone is None or fault.zone == zone) for fault in self.active
        )

    def run(self, controller: Controller) -> Counts:
        """Let the year pass."""
        while self.now < self.end:
            self._break()
            self._come_and_go()
            controller.act(self)
            self.house.step(STEP.total_seconds(), self.outdoor)
            self.now += STEP
            if self.now.minute % 10 == 0:
                self.outdoor = self.weather.at(self.now)
            self._count()
        self.counts.energy = sum(one.energy for one in self.house.radiators.values()) / 3.6e6
        return self.counts

    def _break(self) -> None:
        """Begin what goes wrong now, and end what is over."""
        if any(fault.end <= self.now for fault in self.active):
            for fault in self.active:
                if fault.end <= self.now and fault.kind is Kind.BLOWN:
                    self.house.radiators[fault.zone].is_blown = False
            self.active = [fault for fault in self.active if fault.end > self.now]
            self.house.is_powered = not self.has(Kind.CUT)
        while self._next is not None and self._next.start <= self.now:
            fault, self._next = self._next, next(self._coming, None)
            self.active.append(fault)
            radiator = self.house.radiators[fault.zone]
            if fault.kind is Kind.CUT:
                self.house.cut()
            elif fault.kind is Kind.BLOWN:
                radiator.is_blown = True
            elif fault.kind is Kind.RESET and None not in (radiator.setpoint, radiator.default):
                radiator.setpoint = radiator.default

    def _come_and_go(self) -> None:
        """Let somebody arrive or leave."""
        visit = self.visit
        if visit is None:
            return
        if not self.is_home and visit.arrive <= self.now < visit.depart and visit.comes:
            self.is_home = True
            self._arrived(visit)
            if visit.by_hand is not None:
                self.house.radiators["living_room"].setpoint = visit.by_hand
        elif self.now >= visit.depart:
            self.is_home = False
            self.visit = next(self._visits, None)

    def _arrived(self, visit: Visit) -> None:
        if visit.planned is None:
            return
        lately = [
            fault
            for fault in self.faults
            if fault.start <= self.now and fault.end >= self.now - LATELY
        ]
        self.counts.arrivals.append(
            Reached(
                visit=visit,
                outdoor=self.outdoor,
                short=max(0.0, HOME - min(self.house.air.values())),
                early=(self.now - self._warm_since) / HOUR if self._warm_since else 0.0,
                hindered=any(
                    fault.kind in {Kind.CUT, Kind.BLOWN}
                    or (fault.kind in DEAF and fault.end - fault.start > 2 * HOUR)
                    for fault in lately
                ),
            )
        )

    def _count(self) -> None:
        """Count what this minute was like."""
        coldest = min(self.house.air.values())
        for zone, room in self.house.air.items():
            if not self.house.radiators[zone].watts:
                self._full_since.pop(zone, None)
            else:
                self._full_since.setdefault(zone, self.now)
            if room >= FLOOR - TOLERANCE:
                self._cold.pop(zone, None)
            else:
                self.counts.cold[self._cold.setdefault(zone, self._cause(zone))] += 1
        if coldest < HOME - 1:
            self._warm_since = None
        elif self._warm_since is None:
            self._warm_since = self.now
        # An unplanned visit begins in the cold, whoever heats.
        if self.is_home and self.visit is not None and self.now - self.visit.arrive > LATELY:
            self.counts.comfort[coldest >= HOME - 1] += 1

    def _cause(self, zone: str) -> str:
        """Return what a room's being too cold is put down to as it begins."""
        if self.has(Kind.CUT):
            return Kind.CUT
        if self.has(Kind.BLOWN, zone):
            return Kind.BLOWN
        since = self._full_since.get(zone)
        if since is not None and self.now - since > HOUR:
            return "weather, at full power"
        if zone in RELAYS and any(self.has(kind) for kind in (Kind.KILL, Kind.LINK, Kind.BUS)):
            return "nobody to close the relay"
        return "rules"
