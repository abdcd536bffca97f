"""A stand-in for a Modbus meter on a network gateway, made of pymodbus: faults on request.

Run by itself, it is a meter to try things with: `python -m demo.modbus_meter --port 5020`.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple, cast

from pymodbus import FramerType
from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from pymodbus.simulator.simdevice import SimAction

from .load import FLAT, START

HOST: Final = "127.0.0.1"
HOLDING: Final = 3
INPUT: Final = 4

_VOLTAGE: Final = (230.4, 231.7, 229.3)
_REACTIVE: Final = 0.21  # of the active power
_POWER_FACTOR: Final = 0.979

# The words at addresses, by the function code that reads them.
type Image = Mapping[tuple[int, int], list[int]]
type Layout = Callable[[datetime], Image]


def address_of(server: ModbusTcpServer) -> tuple[str, int]:
    """Return where a server listens."""
    # Its transport is the asyncio server.
    host, port = cast(asyncio.Server, server.transport).sockets[0].getsockname()[:2]
    return host, port


def float32(value: float) -> list[int]:
    """Return the words of a number, the high one first."""
    return ModbusClientMixin.convert_to_registers(value, ModbusClientMixin.DATATYPE.FLOAT32)


def sdm630(now: datetime) -> Image:
    """Say what an Eastron SDM630 says of a Finnish flat, from its manual's list of registers."""
    kilowatts = FLAT.power(now)
    power = [1000 * phase for phase in kilowatts]
    voltage = [volts - phase for volts, phase in zip(_VOLTAGE, kilowatts, strict=True)]
    energy = 8412.5 + FLAT.energy(START, now)
    numbers: dict[int, float] = {
        0x34: sum(power),
        0x3C: sum(power) * _REACTIVE,
        0x3E: _POWER_FACTOR,
        0x46: 49.98,
        0x48: energy,
        0x4A: 0,
        0x4C: energy * _REACTIVE,
        0x4E: 0,
    }
    for phase in range(3):
        at = 2 * phase
        numbers[0x00 + at] = voltage[phase]
        numbers[0x06 + at] = power[phase] / voltage[phase]
        numbers[0x0C + at] = power[phase]
        numbers[0x18 + at] = power[phase] * _REACTIVE
        numbers[0x1E + at] = _POWER_FACTOR
        numbers[0x15A + at] = energy / 3
        numbers[0x160 + at] = 0
    image = {(INPUT, address): float32(number) for address, number in numbers.items()}
    # Registers that the manual does not list read as zero, up to where the table ends.
    image |= {(INPUT, n): [0, 0] for n in range(0, 0x18E, 2) if (INPUT, n) not in image}
    return image | {(HOLDING, 0xFC00): [0x0012, 0xD687], (HOLDING, 0xFC02): [112]}


class Request(NamedTuple):
    """A read that arrived."""

    function: int
    address: int
    size: int

    def touches(self, fault: Fault) -> bool:
        """Tell whether it asks for a register that the fault is about."""
        return (
            self.function == fault.function
            and self.address <= fault.last
            and self.address + self.size > fault.first
        )


class Fault(NamedTuple):
    """Registers that cannot be read: an exception is the answer, or with None, nothing."""

    function: int
    first: int
    last: int
    answer: ExcCodes | None = ExcCodes.ILLEGAL_ADDRESS


@dataclass(slots=True)
class Faults:
    """What is wrong with the meter at the moment; all may be changed at any time.

    Attributes:
        silence: Nothing is answered, as when the bus is cut behind the gateway.
        registers: Registers that cannot be read.
        longest: Registers that one request may ask for.

    """

    silence: bool = False
    registers: list[Fault] = field(default_factory=list)
    longest: int = 125


class DemoModbusMeter:
    """A meter on a TCP port of this machine.

    Attributes:
        faults: What is wrong with it.
        requests: The reads that arrived, oldest first; may be cleared at any time.

    """

    def __init__(
        self,
        layout: Layout = sdm630,
        *,
        unit_id: int = 1,
        framer: FramerType = FramerType.SOCKET,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Plan a meter.

        Args:
            layout: What is in its registers at a moment; all others are refused.
            unit_id: Its Modbus address, 0 for any; nobody answers at others.
            framer: SOCKET for Modbus TCP, RTU for serial frames passed on as they are.
            clock: Tells the meter's time.

        """
        self.faults = Faults()
        self.requests: list[Request] = []
        self._layout = layout
        self._unit_id = unit_id
        self._framer = framer
        self._clock = clock
        self._server: ModbusTcpServer | None = None

    async def start(self, port: int = 0) -> tuple[str, int]:
        """Listen, and return where."""
        everything = SimData(0, values=[0] * 0x10000, datatype=DataType.REGISTERS)
        bits = SimData(0, values=[False] * 16, datatype=DataType.BITS)
        # What pymodbus calls 0 is everybody else.
        actions: dict[int, SimAction] = {0: self._nobody, self._unit_id: self._answer}
        devices = [
            SimDevice(unit_id, simdata=([bits], [bits], [everything], [everything]), action=action)
            for unit_id, action in actions.items()
        ]
        self._server = ModbusTcpServer(
            devices, framer=self._framer, address=(HOST, port), ignore_missing_devices=True
        )
        await self._server.serve_forever(background=True)
        return address_of(self._server)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            await self._server.shutdown()  # type: ignore[no-untyped-call]
            self._server = None

    async def _nobody(self, *_request: object) -> ExcCodes | None:
        """Say nothing to what was meant for another meter."""
        raise NoSuchIdException

    async def _answer(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        _written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Fill in the registers that a request asks for, or refuse."""
        request = Request(function, address, count)
        self.requests.append(request)
        if self.faults.silence:
            raise NoSuchIdException
        for fault in self.faults.registers:
            if request.touches(fault):
                if fault.answer is None:
                    raise NoSuchIdException
                return fault.answer
        if count > self.faults.longest:
            return ExcCodes.ILLEGAL_VALUE
        words = {
            first + n: word
            for (of, first), content in self._layout(self._clock()).items()
            if of == function
            for n, word in enumerate(content)
        }
        wanted = range(address, address + count)
        if not words.keys() >= set(wanted):
            return ExcCodes.ILLEGAL_ADDRESS
        registers[address - start : address - start + count] = [words[at] for at in wanted]
        return None


async def serve(port: int) -> None:
    """Run a meter until cancelled."""
    meter = DemoModbusMeter()
    host, port = await meter.start(port)
    print(f"demo: an Eastron SDM630 at {host}:{port}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await meter.stop()


def main() -> None:
    """Run a meter from the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.modbus_meter", description=__doc__)
    parser.add_argument("--port", type=int, default=5020)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
