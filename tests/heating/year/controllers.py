"""What decides on the heating for a year: our rules behind links that break, and their rivals."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
import json
import random
from typing import Final

from custom_components.lumme_energy.heating.engine import SiteEngine
from custom_components.lumme_energy.heating.model import (
    Alarm,
    Command,
    Mode,
    Outcome,
    Preset,
    PriceSlot,
    SitePlan,
    SiteSeen,
    SiteSettings,
    ZoneSeen,
    ZoneSettings,
)
from demo.house import POWERS, RELAYS

from .plan import HOUR, MINUTE, Kind, Visit
from .world import FLOOR, HOME, World

AWAY: Final = 10.0
BASE_LOAD: Final = 150.0
# A thermostat's own register tells half kelvins, the bathroom's radio thermometer tenths.
RESOLUTION: Final = {"living_room": 0.5, "bedroom": 0.5, "kitchen": 0.1, "bathroom": 0.1}
# The exchange's usual day, of which some are dearer than others.
CENTS: Final = (4, 4, 3, 3, 3, 4, 6, 9, 11, 10, 8, 7, 6, 6, 6, 7, 9, 12, 13, 11, 8, 6, 5, 4)
NO_ANSWER: Final = (Kind.LINK, Kind.BUS, Kind.REBOOT, Kind.CUT)


def settings() -> tuple[SiteSettings, dict[str, ZoneSettings]]:
    """Return what a user would have told of the demo's cottage."""
    zones = {
        zone: ZoneSettings(
            floor=FLOOR,
            rated_power=power,
            is_relay=zone in RELAYS,
            setpoints={
                Preset.HOME: HOME,
                Preset.ECO: 18.0,
                Preset.AWAY: AWAY,
                Preset.BOOST: 23.0,
            },
        )
        for zone, power in POWERS.items()
    }
    return SiteSettings(turn_down_after=2 * HOUR, base_load=BASE_LOAD), zones


class Ours:
    """The engine, as Home Assistant runs it: read, step, write, keep; killed now and then.

    Attributes:
        writes: How many writes each zone's register took, by day and whether for safety.
        alarms: When each alarm began and ended, what it was, and of which zone.
        needless: How many writes told a zone's device what it had already.
        below: How often a device was told less than the floor.
        promised: By the time of an arrival: whether it was said at first that it can be reached.

    """

    def __init__(self, world: World, seed: int, *, use_prices: bool = True) -> None:
        """Begin with nothing learnt."""
        self.settings, self.zones = settings()
        self.engine: SiteEngine | None = SiteEngine(self.settings, self.zones)
        self.engine.set_mode(Mode.AWAY, world.now)
        self.writes: Counter[tuple[str, datetime, bool]] = Counter()
        self.alarms: list[tuple[datetime, datetime, Alarm, str]] = []
        self.below = 0
        self.needless: Counter[str] = Counter()
        self.promised: dict[datetime, bool] = {}
        self._chance = random.Random(f"{seed} noise")  # noqa: S311
        self._use_prices = use_prices
        self._saved: str = json.dumps(self.engine.as_dict())
        self._since: dict[tuple[Alarm, str], datetime] = {}
        self._room: dict[str, tuple[float | None, datetime | None]] = {}
        self._bridge_at: datetime | None = None
        self._planned: Visit | None = None
        self._there: Visit | None = None
        self._forecast: tuple[tuple[datetime, float], ...] = ()
        self._prices: tuple[PriceSlot, ...] = ()
        self._hour: datetime | None = None
        self._kills = {fault.start for fault in world.faults if fault.kind is Kind.KILL}

    def act(self, world: World) -> None:
        """Do what Home Assistant does every two minutes; where it is real, every half a minute."""
        if world.now.minute % 2:
            return
        if world.has(Kind.KILL):
            self.engine = None
            return
        if self.engine is None:
            self.engine = SiteEngine(self.settings, self.zones, json.loads(self._saved))
        engine = self.engine
        now = world.now + next(
            (fault.jump for fault in world.active if fault.kind is Kind.CLOCK), timedelta()
        )
        self._wish(engine, world, now)
        plan = engine.step(now, self._see(world, now))
        for zone, each in plan.zones.items():
            if each.command is not None:
                engine.applied(zone, each.command, self._write(world, zone, each.command), now)
        self._follow(world, plan)
        # What is kept is minutes old when Home Assistant is killed; only that is made here.
        if world.now.minute % 6 == 0 and any(
            timedelta() < at - world.now <= 7 * MINUTE for at in self._kills
        ):
            self._saved = json.dumps(engine.as_dict())

    def _wish(self, engine: SiteEngine, world: World, now: datetime) -> None:
        """Tell the engine what the user wishes, as soon as it is there to be told."""
        visit = world.visit
        if (
            visit is not None
            and visit.planned is not None
            and visit.planned <= world.now < visit.arrive
            and self._planned is not visit
        ):
            self._planned = visit
            engine.set_arrival(visit.arrive + (now - world.now), now)
        if world.is_home and self._there is None:
            self._there = visit
            if engine.mode is not Mode.HOME:
                engine.set_mode(Mode.HOME, now)
        elif not world.is_home and self._there is not None:
            if not self._there.forgets:
                engine.set_mode(Mode.AWAY, now)
            self._there = None

    def _see(self, world: World, now: datetime) -> SiteSeen:
        if self._hour is None or world.now - self._hour >= HOUR:
            self._hour = world.now.replace(minute=0, second=0)
            shift = now - world.now
            self._forecast = tuple(
                (when + shift, degrees) for when, degrees in world.weather.forecast(world.now)
            )
            self._prices = prices(world.now) if self._use_prices else ()
        house = world.house
        is_cut = world.has(Kind.CUT)
        link = not any(map(world.has, (Kind.CUT, Kind.LINK, Kind.REBOOT)))
        bus = link and not world.has(Kind.BUS)
        if link:
            self._bridge_at = now
        return SiteSeen(
            zones={zone: self._see_zone(world, zone, now, bus) for zone in world.zones},
            outdoor=round(world.outdoor, 1),
            forecast=self._forecast,
            power=None if is_cut else BASE_LOAD + house.watts,
            is_anyone_home=world.is_home,
            prices=self._prices,
            bridge_at=self._bridge_at,
        )

    def _see_zone(self, world: World, zone: str, now: datetime, bus: bool) -> ZoneSeen:
        is_reachable = bus and not world.has(Kind.ZONE, zone)
        is_heard = not world.has(Kind.SENSOR, zone) if zone in RELAYS else is_reachable
        if is_heard:
            fine = RESOLUTION[zone]
            measured = world.house.air[zone] + self._chance.gauss(0, 0.05)
            self._room[zone] = (round(round(measured / fine) * fine, 1), now)
        is_own = zone in RELAYS or is_reachable  # a thermostat that is silent tells no temperature
        room, room_at = self._room.get(zone, (None, None)) if is_own else (None, None)
        if not is_reachable:
            return ZoneSeen(is_reachable=False, room=room, room_at=room_at)
        radiator = world.house.radiators[zone]
        return ZoneSeen(
            setpoint=radiator.setpoint,
            is_on=radiator.is_on,
            room=room,
            room_at=room_at,
            is_heating=radiator.is_heating if zone == "living_room" else None,
        )

    def _write(self, world: World, zone: str, command: Command) -> Outcome:
        """Carry out a command, as far as everything works."""
        radiator = world.house.radiators[zone]
        day = world.now.replace(hour=0, minute=0)
        self.writes[zone, day, command.is_safety] += 1
        if command.setpoint is not None and command.setpoint < FLOOR:
            self.below += 1
        if command.setpoint in {None, radiator.setpoint} and command.is_on in {
            None,
            radiator.is_on,
        }:
            self.needless[zone] += 1
        if any(map(world.has, NO_ANSWER)) or world.has(Kind.ZONE, zone):
            return Outcome.LOST
        if world.has(Kind.REFUSED, zone):
            return Outcome.REFUSED
        if command.setpoint is not None:
            radiator.setpoint = command.setpoint
        if command.is_on is not None:
            radiator.is_on = command.is_on
        return Outcome.LOST if world.has(Kind.LOST, zone) else Outcome.KEPT

    def _follow(self, world: World, plan: SitePlan) -> None:
        alarms = {(alarm, zone) for zone, each in plan.zones.items() for alarm in each.alarms}
        alarms |= {(alarm, "") for alarm in plan.alarms}
        if alarms != self._since.keys():
            for alarm in alarms - self._since.keys():
                self._since[alarm] = world.now
            for alarm in self._since.keys() - alarms:
                self.alarms.append((self._since.pop(alarm), world.now, *alarm))
        visit = world.visit
        if plan.arrival is not None and visit is not None and not world.is_home:
            # What counts is what was said when there was still time to stay at home.
            self.promised.setdefault(visit.arrive, plan.arrival.is_reachable)


def prices(now: datetime) -> tuple[PriceSlot, ...]:
    """Return the exchange's prices of today, and from the afternoon on those of tomorrow."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = 48 if now.hour >= 12 else 24
    return tuple(
        PriceSlot(
            start=today + n * HOUR,
            end=today + (n + 1) * HOUR,
            price=Decimal(CENTS[n % 24] * (5 + (today.day + n // 24) % 7)).scaleb(-3),
        )
        for n in range(hours)
    )


class AlwaysOn:
    """Every thermostat at 20 °C all year, and the relay's heater beside a thermostat of its own."""

    def __init__(self, world: World) -> None:
        """Turn them there, and let nothing forget it."""
        for radiator in world.house.radiators.values():
            radiator.setpoint, radiator.is_on, radiator.default = 20.0, True, 20.0

    def act(self, world: World) -> None:
        """Leave it at that."""


class Tpi:
    """A proportional controller with feed-forward as Versatile Thermostat's, warm hours ahead.

    It sees all and is obeyed at once, nothing but power cuts and fuses gets in its way: a rival that
    is better off than ours. When the house begins to warm is the user's guess.
    """

    CYCLE: Final = 10 * MINUTE
    INTERNAL: Final = 0.6
    EXTERNAL: Final = 0.01

    def __init__(self, world: World, ahead: timedelta) -> None:
        """Take over all heaters."""
        self._ahead = ahead
        self._shares: dict[str, float] = {}
        self._began = world.now
        for radiator in world.house.radiators.values():
            radiator.setpoint = None

    def act(self, world: World) -> None:
        """Switch every heater."""
        visit = world.visit
        is_warm = world.is_home or (
            visit is not None
            and visit.planned is not None
            and visit.planned <= world.now
            and world.now >= visit.arrive - self._ahead
        )
        target = HOME if is_warm else AWAY
        into = (world.now - self._began) % self.CYCLE
        for zone, radiator in world.house.radiators.items():
            if not into:
                share = self.INTERNAL * (target - world.house.air[zone])
                share += self.EXTERNAL * (target - world.outdoor)
                self._shares[zone] = min(1.0, max(0.0, share))
            radiator.is_on = into < self._shares[zone] * self.CYCLE
