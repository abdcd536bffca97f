"""What a heated house is made of, what is seen and wished of it, and what follows from that.

Temperatures are in °C, powers in W, energies in kWh, instants in UTC. None is "not known", never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Preset(StrEnum):
    """How warm a zone is wished to be."""

    HOME = "home"
    ECO = "eco"
    AWAY = "away"  # base heat: the house is empty, and is to be warm again in a day
    FROST = "frost"  # the floor, and no more
    DRY = "dry"  # some kelvins above outdoors, so that nothing moulds
    BOOST = "boost"


class Mode(StrEnum):
    """What the whole house is doing."""

    HOME = "home"
    AWAY = "away"
    FROST_GUARD = "frost_guard"
    ARRIVING = "arriving"  # away until it is time to preheat for an arrival


# 8 °C where the sensor is: the coldest corner, where the pipe is, is colder.
FLOOR: Final = 8.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneSettings:
    """What the user and the device's profile say of a zone.

    Attributes:
        floor: No wish, fault or command leads below it.
        lowest: The least setpoint that the device takes; the floor is never below it.
        highest: The highest setpoint that the device takes, or that the user allows.
        step: What setpoints are multiples of.
        setpoints: The setpoint of HOME, ECO, AWAY and BOOST.
        dry_margin: How much warmer than outdoors DRY is, in K.
        boost_for: How long BOOST lasts.
        rated_power: What the heater takes when it heats.
        is_relay: Whether it has no thermostat of its own: we switch it by the room's temperature.
        write_pause: What lies at least between two writes that neither safety nor the user asks
            for; some registers are worn out by 100 000 writes.
        away_preset: What the zone keeps while the house is AWAY: AWAY, or FROST or DRY where nothing
            is spoilt by cold.

    """

    floor: float = FLOOR
    lowest: float = 5.0
    highest: float = 30.0
    step: float = 0.5
    setpoints: Mapping[Preset, float] = field(
        default_factory=lambda: {
            Preset.HOME: 21.0,
            Preset.ECO: 18.0,
            Preset.AWAY: 10.0,
            Preset.BOOST: 23.0,
        }
    )
    dry_margin: float = 4.0
    boost_for: timedelta = timedelta(hours=2)
    rated_power: float | None = None
    is_relay: bool = False
    write_pause: timedelta = timedelta(minutes=15)
    away_preset: Preset = Preset.AWAY


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSettings:
    """What the user says of the whole house.

    Attributes:
        turn_down_after: How long the house may be empty and too warm before it is turned down by
            itself; None leaves that to the user.
        margin: What is added to the time that preheating takes by the model, as a share.
        use_prices: Whether heat may be brought forward into cheap hours where physics pays.
        fuse: What the house may draw in all.
        base_load: What the house draws without its heaters, for what its own meter tells.

    """

    turn_down_after: timedelta | None = None
    margin: float = 0.25
    use_prices: bool = True
    fuse: float | None = None
    base_load: float = 150.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneSeen:
    """What was last read of a zone.

    Attributes:
        is_reachable: Whether the device answered just now.
        setpoint: What the device's own register says.
        is_on: Whether the device is switched on (a thermostat) or closed (a relay).
        room: The room's temperature.
        room_at: When that was measured, or last known to be alive.
        humidity: The room's relative humidity in %.
        power: What the heater draws.
        is_heating: Whether the device says that it heats.

    """

    is_reachable: bool = True
    setpoint: float | None = None
    is_on: bool | None = None
    room: float | None = None
    room_at: datetime | None = None
    humidity: float | None = None
    power: float | None = None
    is_heating: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceSlot:
    """What a kWh costs between two instants."""

    start: datetime
    end: datetime
    price: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteSeen:
    """What is seen of the whole house just now.

    Attributes:
        zones: By the zone's id.
        outdoor: The temperature outdoors; `forecast` is what is expected of it, hourly or finer.
        power: What the cottage's own meter says that the house draws.
        is_anyone_home: What zones and persons of Home Assistant tell; None without any.
        prices: What is known of prices, in order.
        quarter_average: What flowed since the running quarter-hour began, spread over all of it
            (1-0:1.4.0), in W, with its month's peak (Belgium); None elsewhere.
        bridge_at: When the bridge was last heard; None without a bridge.

    """

    zones: Mapping[str, ZoneSeen]
    outdoor: float | None = None
    forecast: tuple[tuple[datetime, float], ...] = ()
    power: float | None = None
    is_anyone_home: bool | None = None
    prices: tuple[PriceSlot, ...] = ()
    quarter_average: float | None = None
    month_peak: float | None = None
    bridge_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why something is as it is: the key of a translation, and what goes into it."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


class Alarm(StrEnum):
    """What somebody must look after."""

    COLD = "cold"  # below floor + 1 K
    NO_RISE = "no_rise"  # full power for an hour, and no warmer: a fuse, or the heater
    DRIFT = "drift"  # the device does not keep the setpoint that it was given
    SILENT = "silent"  # the device or the bridge has not answered for a quarter of an hour
    STALE_SENSOR = "stale_sensor"  # the room's sensor says nothing any more
    POWER_CUT = "power_cut"  # meter and bridge are silent at once
    REFUSED = "refused"  # the device refuses what it is told


class Action(StrEnum):
    """What a zone is doing."""

    HEATING = "heating"
    IDLE = "idle"
    PREHEATING = "preheating"
    OFF = "off"  # heats only to the floor


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """What a device is to be told now.

    Attributes:
        setpoint: The setpoint to write; None leaves it.
        is_on: What to switch the device to; None leaves it.
        is_safety: Whether it is written however short ago the last write was.

    """

    setpoint: float | None = None
    is_on: bool | None = None
    is_safety: bool = False


class Outcome(StrEnum):
    """What became of a command."""

    KEPT = "kept"  # read back as written
    DIFFERENT = "different"  # read back as something else
    REFUSED = "refused"  # the device answered with an exception
    LOST = "lost"  # no answer


@dataclass(frozen=True, kw_only=True, slots=True)
class ZonePlan:
    """What follows for a zone.

    Attributes:
        preset: The preset that applies, whoever chose it; None for a temperature set by hand.
        setpoint: What is to be kept, never below the floor.
        reason: Why it heats, or why it does not.
        action: What it is doing, from its power, its word, or the model.
        alarms: What somebody must look after.
        command: What is to be written now, if anything.

    """

    preset: Preset | None
    setpoint: float
    reason: Reason
    action: Action
    alarms: frozenset[Alarm] = frozenset()
    command: Command | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """What can be promised for an arrival.

    Attributes:
        at: When somebody comes.
        start: When heating begins, with the margin; None if it must have begun already.
        expected: What the coldest zone will have when they come, by the model.
        is_reachable: Whether every zone is as warm as wished by then.
        ready_at: When it will be; None if never.
        energy: What it takes.
        cost: What that costs at known prices; None if some hour's price is not known.

    """

    at: datetime
    start: datetime | None
    expected: float | None
    is_reachable: bool
    ready_at: datetime | None
    energy: float | None
    cost: Decimal | None


class Proof(StrEnum):
    """How sure it is that a radiator is turned down."""

    PROVEN = "proven"  # the setpoint was read back, and the power has fallen
    READ_BACK = "read_back"  # the setpoint was read back; no power tells more
    NOT_YET = "not_yet"
    UNKNOWN = "unknown"  # it does not answer


@dataclass(frozen=True, kw_only=True, slots=True)
class SitePlan:
    """What follows for the whole house.

    Attributes:
        mode: What the house is doing.
        zones: By the zone's id.
        is_left_high: Whether nobody is there and it is warmer than it need be; None if unknown.
        left_high: Of which zones that is true; empty if only the meter tells of it.
        turned_down: How sure each zone's turning down is, while the house is away.
        arrival: What can be promised for the next arrival.
        alarms: What concerns the house and not one zone.
        news: What the engine has just decided by itself, see `reasons.News`; told once.

    """

    mode: Mode
    zones: Mapping[str, ZonePlan]
    is_left_high: bool | None = None
    left_high: tuple[str, ...] = ()
    turned_down: Mapping[str, Proof] = field(default_factory=dict)
    arrival: Arrival | None = None
    alarms: frozenset[Alarm] = frozenset()
    news: tuple[Reason, ...] = ()
