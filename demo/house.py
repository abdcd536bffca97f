"""An invented cottage as physics sees it: each room's air, its slow mass, its heater.

Air warms within the hour, and walls, floor and furniture over days: a house has two time constants,
where the heating's rules suppose one. That is why they are tried on this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 60.0  # seconds of one small step, short against the air's quarter of an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a room is made of.

    Attributes:
        air: What warms its air and what is light in it by 1 K, in J/K.
        mass: The same of its walls, floor and furniture.
        draught: What the air loses outdoors, in W/K.
        walls: What the mass loses outdoors, in W/K.
        exchange: What goes from air to mass, in W/K.

    """

    air: float
    mass: float
    draught: float
    walls: float
    exchange: float


@dataclass(slots=True, kw_only=True)
class Radiator:
    """An electric heater: with a thermostat of its own, or behind a relay.

    Attributes:
        power: What it draws while it heats, in W.
        setpoint: What its thermostat keeps; None of one behind a relay.
        hysteresis: By how much the room is warmer or colder before the thermostat acts.
        is_on: Whether it is switched on, or the relay is closed.
        frost: Below which temperature a frost thermostat beside the relay closes; None without.
        highest: Its own limiter opens there, whatever it is told.
        default: The setpoint with which it comes back after a power cut; None if it remembers.
        is_plugged: Whether it has electricity while the house has.
        is_blown: Whether its fuse is blown: it says that it heats, and does not.
        is_heating: Whether it calls for heat just now.
        energy: What it has drawn so far, in J.

    """

    power: float
    setpoint: float | None = None
    hysteresis: float = 0.2
    is_on: bool = True
    frost: float | None = None
    highest: float = 28.0
    default: float | None = None
    is_plugged: bool = True
    is_blown: bool = False
    is_heating: bool = False
    energy: float = 0.0

    @property
    def watts(self) -> float:
        """What it draws now."""
        return self.power if self.is_heating and not self.is_blown else 0.0

    def feel(self, room: float) -> None:
        """Act on the temperature of the room."""
        if room > self.highest:
            self.is_heating = False
        elif self.setpoint is None:
            self.is_heating = self.is_on or (
                self.frost is not None and room < self.frost + (1.0 if self.is_heating else 0.0)
            )
        elif not self.is_on:
            self.is_heating = False
        else:
            swing = self.hysteresis if self.is_heating else -self.hysteresis
            self.is_heating = room < self.setpoint + swing

    def lose_power(self) -> None:
        """Go out, and forget what its maker does not keep; a relay opens."""
        self.is_heating = False
        if self.setpoint is None:
            self.is_on = False
        elif self.default is not None:
            self.setpoint = self.default


@dataclass(slots=True)
class House:
    """Rooms side by side, all at one temperature to begin with.

    Attributes:
        rooms: By name.
        radiators: One in every room, by its name.
        doors: What goes from room to room, in W/K.
        begin: How warm all of it is at first, in °C.
        air: How warm each room's air is; `mass`: its walls, floor and furniture.
        is_powered: Whether there is electricity.

    """

    rooms: Mapping[str, Room]
    radiators: Mapping[str, Radiator]
    doors: Sequence[tuple[str, str, float]]
    begin: float
    is_powered: bool = True
    air: dict[str, float] = field(init=False)
    mass: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Have every room at the temperature of the beginning."""
        self.air = dict.fromkeys(self.rooms, self.begin)
        self.mass = dict.fromkeys(self.rooms, self.begin)

    @property
    def watts(self) -> float:
        """What all heaters draw now."""
        return sum(radiator.watts for radiator in self.radiators.values())

    def cut(self) -> None:
        """Lose the electricity."""
        self.is_powered = False
        for radiator in self.radiators.values():
            radiator.lose_power()

    def step(self, seconds: float, outdoor: float) -> None:
        """Let time pass."""
        while seconds > 0:
            self._small_step(min(seconds, LONGEST), outdoor)
            seconds -= LONGEST

    def _small_step(self, seconds: float, outdoor: float) -> None:
        air, mass = self.air, self.mass
        flows = dict.fromkeys(self.rooms, 0.0)
        for one, other, conductance in self.doors:
            flow = conductance * (air[one] - air[other])
            flows[one] -= flow
            flows[other] += flow
        for name, room in self.rooms.items():
            flow = flows[name]
            radiator = self.radiators[name]
            if self.is_powered and radiator.is_plugged:
                radiator.feel(air[name])
                watts = radiator.watts
                radiator.energy += watts * seconds
                flow += watts
            inwards = room.exchange * (air[name] - mass[name])
            mass[name] += seconds * (inwards - room.walls * (mass[name] - outdoor)) / room.mass
            air[name] += (
                seconds * (flow - inwards - room.draught * (air[name] - outdoor)) / room.air
            )


ROOMS: Final[Mapping[str, Room]] = {
    "living_room": Room(air=450e3, mass=4.5e6, draught=18, walls=24, exchange=260),
    "bedroom": Room(air=200e3, mass=2.2e6, draught=9, walls=12, exchange=130),
    "kitchen": Room(air=180e3, mass=2.0e6, draught=9, walls=11, exchange=110),
    "bathroom": Room(air=250e3, mass=1.6e6, draught=5, walls=7, exchange=70),
}
DOORS: Final = (
    ("living_room", "bedroom", 15.0),
    ("living_room", "kitchen", 25.0),
    ("kitchen", "bathroom", 8.0),
)
POWERS: Final = {"living_room": 2500.0, "bedroom": 1250.0, "kitchen": 1250.0, "bathroom": 750.0}
RELAYS: Final = ("bathroom",)


def cottage(*, setpoint: float = 10.0, begin: float = 10.0, frost: float | None = None) -> House:
    """Return a log cottage of 55 m² on a winter's day: three thermostats, and a relay.

    Args:
        setpoint: What the thermostats are set to.
        begin: How warm all of it is.
        frost: Where the frost thermostat beside the relay closes, which there ought to be.

    """
    return House(
        ROOMS,
        {
            room: Radiator(power=power, is_on=False, frost=frost)
            if room in RELAYS
            else Radiator(power=power, setpoint=setpoint)
            for room, power in POWERS.items()
        },
        DOORS,
        begin,
    )
