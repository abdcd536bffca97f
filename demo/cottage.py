"""The demo's cottage: an invented house whose radiators are real Modbus servers behind one gateway.

The radiators speak the maps of families that are sold: two thermostats of the HY kind (Hysen, Beok),
one of the MC6 kind, which takes writes of several registers only, and a Waveshare relay board with a
plain heater behind it. Of all that, only the wires are not real: nobody has held these devices.

Time passes as fast as one likes, for house and weather; it is always January there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
from pathlib import Path
import time
from typing import Any, ClassVar, Final, Protocol

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from .house import House, Radiator, cottage
from .modbus_meter import HOST, address_of
from .weather import Weather

BEGIN: Final = datetime(2026, 1, 9, 17, tzinfo=UTC)
LEFT_AT: Final = 21.0
RATES: Final = (1, 60, 600)
BASE_LOAD: Final = 150.0  # W: a fridge, and what is never switched off
TICK: Final = 1.0  # seconds
TELL_EVERY: Final = 10.0  # seconds

READ_COILS: Final = 1
READ_HOLDING: Final = 3
WRITE_COIL: Final = 5
WRITE_REGISTER: Final = 6
WRITE_COILS: Final = 15
WRITE_REGISTERS: Final = 16


class Unit(Protocol):
    """A device on the bus.

    Attributes:
        reads: The function by which it is read.
        writes: The functions by which it takes a write.

    """

    reads: ClassVar[int]
    writes: ClassVar[frozenset[int]]

    def image(self, room: float) -> Mapping[int, int]:
        """Return what is in its registers, or in its coils."""

    def write(self, address: int, value: int) -> bool:
        """Take a value; False if nothing can be written there."""


@dataclass(slots=True)
class HyThermostat:
    """A thermostat of the HY kind: half kelvins, two to a register."""

    reads: ClassVar = READ_HOLDING
    writes: ClassVar = frozenset({WRITE_REGISTER})
    radiator: Radiator

    def image(self, room: float) -> Mapping[int, int]:
        """Return registers 0 to 22; those that nobody has described read as 0."""
        radiator = self.radiator
        setpoint = radiator.setpoint or 0.0
        return dict.fromkeys(range(0x17), 0) | {
            0: radiator.is_on | radiator.is_heating << 4,
            1: min(255, max(0, round(2 * room))) << 8 | round(2 * setpoint),
            3: 42 << 8 | 1,  # limit of the floor's sensor, hysteresis
            4: 35 << 8 | 5,  # highest and lowest setpoint
            6: 1 << 8 | 1,  # frost protection, on when power is back
        }

    def write(self, address: int, value: int) -> bool:
        """Take the switch, or the setpoint in the low byte."""
        if address == 0:
            self.radiator.is_on = bool(value & 1)
        elif address == 1 and 10 <= value & 0xFF <= 70:
            self.radiator.setpoint = (value & 0xFF) / 2
        else:
            return False
        return True


@dataclass(slots=True)
class Mc6Thermostat:
    """A thermostat of the MC6 kind: tenths of a kelvin."""

    reads: ClassVar = READ_HOLDING
    writes: ClassVar = frozenset({WRITE_REGISTERS})
    radiator: Radiator

    def image(self, room: float) -> Mapping[int, int]:
        """Return the room's temperature, switch, mode and setpoint."""
        setpoint = self.radiator.setpoint or 0.0
        return dict.fromkeys(range(70), 0) | {
            0: round(10 * room) & 0xFFFF,
            61: self.radiator.is_on,
            62: 1,
            64: round(10 * setpoint),
        }

    def write(self, address: int, value: int) -> bool:
        """Take the switch or the setpoint."""
        if address == 61:
            self.radiator.is_on = bool(value)
        elif address == 64 and 50 <= value <= 350:
            self.radiator.setpoint = value / 10
        else:
            return False
        return True


@dataclass(slots=True)
class RelayBoard:
    """A Waveshare board with eight relays, the first of which switches a heater."""

    reads: ClassVar = READ_COILS
    writes: ClassVar = frozenset({WRITE_COIL, WRITE_COILS})
    radiator: Radiator
    others: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(1, 8), 0))

    def image(self, room: float) -> Mapping[int, int]:
        """Return the eight coils."""
        del room
        return {0: self.radiator.is_on, **self.others}

    def write(self, address: int, value: int) -> bool:
        """Close or open a relay."""
        if address == 0:
            self.radiator.is_on = bool(value)
        elif address in self.others:
            self.others[address] = value
        else:
            return False
        return True


@dataclass(slots=True)
class Faults:
    """What is wrong at the cottage; all may be changed at any time.

    Attributes:
        bus: The RS-485 cable is out: the gateway listens, and answers nothing.
        silent: Rooms whose device has no power.
        stuck: What tells nothing any more, of `DemoCottage.told`.

    """

    bus: bool = False
    silent: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)


# Modbus addresses on the bus.
UNITS: Final = {"living_room": 11, "bedroom": 12, "kitchen": 13, "bathroom": 21}
# What thermostats have when their power is back; nobody would choose that for an empty house.
DEFAULT: Final = 20.0


class DemoCottage:
    """The house, its weather, and the gateway to its radiators.

    Attributes:
        house: The physics.
        faults: What is wrong.
        port: Where the gateway listens.
        rate: How many times faster than the clock time passes there.
        now: What time it is there.
        writes: What was written, oldest first: room, address, value. May be cleared at any time.

    """

    def __init__(
        self,
        tell: Callable[[str, float], Awaitable[None]] | None = None,
        *,
        memory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Plan a cottage in which everything was left at 21 °C.

        Args:
            tell: Told what thermometers and the meter say, by name, every ten seconds.
            memory: The file that keeps how it is there while nothing runs.
            clock: Tells seconds.

        """
        self.house: House = cottage(setpoint=LEFT_AT, begin=LEFT_AT, frost=None)
        self.faults = Faults()
        self.rate = RATES[0]
        self.now = BEGIN
        self.writes: list[tuple[str, int, int]] = []
        self._weather = Weather()
        self._tell = tell
        self._memory = memory
        self._clock = clock
        self._at = clock()
        radiators = self.house.radiators
        self._units: dict[str, Unit] = {
            "living_room": HyThermostat(radiators["living_room"]),
            "bedroom": HyThermostat(radiators["bedroom"]),
            "kitchen": Mc6Thermostat(radiators["kitchen"]),
            "bathroom": RelayBoard(radiators["bathroom"]),
        }
        for radiator in radiators.values():
            radiator.is_on = True
            radiator.default = DEFAULT
        self._server: ModbusTcpServer | None = None
        self.port = 0
        self._life: asyncio.Task[None] | None = None

    @property
    def is_listening(self) -> bool:
        """Whether the gateway has power."""
        return self._server is not None

    @property
    def outdoor(self) -> float:
        """The temperature outdoors."""
        return self._weather.at(self.now)

    def told(self) -> dict[str, float]:
        """Return what thermometers and the meter say, without those that say nothing."""
        if not self.house.is_powered:
            return {}
        said = {
            "outdoor": round(self.outdoor, 1),
            "bathroom": round(self.house.air["bathroom"], 1),
            "power": round(BASE_LOAD + self.house.watts),
        }
        return {name: value for name, value in said.items() if name not in self.faults.stuck}

    async def start(self, port: int = 0) -> tuple[str, int]:
        """Let the gateway listen and time pass; return where it listens."""
        self._recall()
        self.port = port
        await self.plug_gateway()
        self._at = self._clock()
        self._life = asyncio.create_task(self._live())
        return HOST, self.port

    async def stop(self) -> None:
        """End what `start` began, and remember how it was."""
        if self._life is not None:
            self._life.cancel()
            self._life = None
            self.tick()
            self._remember()
        await self.pull_gateway()

    async def pull_gateway(self) -> None:
        """Take the gateway's power: nobody listens."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def plug_gateway(self) -> None:
        """Give it back.

        Raises:
            OSError: Its port is taken.

        """
        zeros = SimData(0, values=[0] * 0x400, datatype=DataType.REGISTERS)
        bits = SimData(0, values=[False] * 0x400, datatype=DataType.BITS)
        blocks = ([bits], [bits], [zeros], [zeros])
        devices = [SimDevice(0, simdata=blocks, action=self._nobody)]
        devices += [
            SimDevice(UNITS[room], simdata=blocks, action=self._action(room, unit))
            for room, unit in self._units.items()
        ]
        server = ModbusTcpServer(devices, address=(HOST, self.port), ignore_missing_devices=True)
        await server.serve_forever(background=True)
        self._server = server
        self.port = address_of(server)[1]

    async def cut_power(self) -> None:
        """Cut the power of the whole cottage."""
        self.tick()
        self.house.cut()
        await self.pull_gateway()

    async def restore_power(self) -> None:
        """Give it back: thermostats come back with what their makers think is right.

        Raises:
            OSError: The gateway's port is taken.

        """
        await self.plug_gateway()
        self.tick()
        self.house.is_powered = True

    async def pull_radiator(self, room: str) -> None:
        """Take a radiator's power, its thermostat's too."""
        self.tick()
        self.faults.silent.add(room)
        radiator = self.house.radiators[room]
        radiator.lose_power()
        radiator.is_plugged = False

    async def plug_radiator(self, room: str) -> None:
        """Give it back."""
        self.tick()
        self.faults.silent.discard(room)
        self.house.radiators[room].is_plugged = True

    def live_at(self, rate: int) -> None:
        """Let time pass that many times faster than the clock, from now on."""
        self.tick()
        self.rate = rate

    def tick(self) -> None:
        """Let the time pass that has passed."""
        at = self._clock()
        seconds, self._at = (at - self._at) * self.rate, at
        self.house.step(seconds, self.outdoor)
        self.now += timedelta(seconds=seconds)

    async def _live(self) -> None:
        told_at = -TELL_EVERY
        while True:
            self.tick()
            if self._tell is not None and self._at - told_at >= TELL_EVERY:
                told_at = self._at
                for name, value in self.told().items():
                    await self._tell(name, value)
            await asyncio.sleep(TICK)

    async def _nobody(self, *_request: object) -> ExcCodes | None:
        """Say nothing to what was meant for another device."""
        raise NoSuchIdException

    def _action(self, room: str, unit: Unit) -> Callable[..., Awaitable[ExcCodes | None]]:
        """Return what answers in a device's name."""

        async def answer(
            function: int,
            start: int,
            address: int,
            count: int,
            registers: list[int],
            written: list[int] | list[bool] | None,
        ) -> ExcCodes | None:
            if self.faults.bus or room in self.faults.silent:
                raise NoSuchIdException
            if function not in {unit.reads, *unit.writes}:
                return ExcCodes.ILLEGAL_FUNCTION
            self.tick()
            for at, value in enumerate(written or (), address):
                if not unit.write(at, int(value)):
                    return ExcCodes.ILLEGAL_VALUE
                self.writes.append((room, at, int(value)))
            image = unit.image(self.house.air[room])
            if not image.keys() >= set(range(address, address + count)):
                return ExcCodes.ILLEGAL_ADDRESS
            if unit.reads == READ_COILS:
                # Bits come sixteen to a word, the first one lowest.
                registers[0] = sum(bit << at for at, bit in image.items())
            else:
                offset = address - start
                registers[offset : offset + count] = [image[address + n] for n in range(count)]
            return None

        return answer

    def _remember(self) -> None:
        if self._memory is None:
            return
        house = self.house
        kept: dict[str, Any] = {
            "now": self.now.isoformat(),
            "air": house.air,
            "mass": house.mass,
            "radiators": {
                room: [radiator.setpoint, radiator.is_on]
                for room, radiator in house.radiators.items()
            },
        }
        self._memory.write_text(json.dumps(kept))

    def _recall(self) -> None:
        if self._memory is None or not self._memory.exists():
            return
        kept = json.loads(self._memory.read_text())
        self.now = datetime.fromisoformat(kept["now"])
        self.house.air |= kept["air"]
        self.house.mass |= kept["mass"]
        for room, (setpoint, is_on) in kept["radiators"].items():
            radiator = self.house.radiators[room]
            radiator.setpoint, radiator.is_on = setpoint, is_on
