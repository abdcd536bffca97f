"""A stand-in for any Modbus heater, made of pymodbus: what is where, and what is wrong with it."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final, cast

from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

READS: Final = {1: "coil", 2: "discrete", 3: "holding", 4: "input"}
WRITES: Final = {5: "coil", 15: "coil", 6: "holding", 16: "holding"}
BITS: Final = {"coil", "discrete"}
SILENCE: Final = None

type Cells = Mapping[tuple[str, int], int]


class Heater:
    """A heater at unit 1 of a TCP port of this machine; registers that it lacks are refused.

    Attributes:
        cells: What its registers and coils hold.
        answers: What it answers to a function code instead of doing it: an exception, or silence.
        refused: Cells of which any request is refused.
        echoes_cells: Whether it answers a write by what is then there, and not by what was sent.
        obeys: Whether a write changes anything.
        deaf: How many reads after a write still show what was there before.
        on_write: What else a write does; may change `cells`.
        writes: The writes that were carried out: function code, address, values.
        reads: The reads that arrived: table, address, count.

    """

    def __init__(self, cells: Cells) -> None:
        """Plan a heater."""
        self.cells = dict(cells)
        self.answers: dict[int, ExcCodes | None] = {}
        self.refused: set[tuple[str, int]] = set()
        self.echoes_cells = False
        self.obeys = True
        self.deaf = 0
        self.on_write: Callable[[str, int, int], None] | None = None
        self.writes: list[tuple[int, int, list[int]]] = []
        self.reads: list[tuple[str, int, int]] = []
        self._later: dict[tuple[str, int], int] = {}
        self._deaf_for = 0
        everything = SimData(0, values=[0] * 0x500, datatype=DataType.REGISTERS)
        bits = SimData(0, values=[False] * 0x40, datatype=DataType.BITS)
        device = SimDevice(
            1, simdata=([bits], [bits], [everything], [everything]), action=self._act
        )
        self._server = ModbusTcpServer(
            [device], address=("127.0.0.1", 0), ignore_missing_devices=True
        )

    async def start(self) -> tuple[str, int]:
        """Listen, and return where."""
        await self._server.serve_forever(background=True)
        transport = cast(asyncio.Server, self._server.transport)
        host, port = transport.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        await self._server.shutdown()

    async def _act(
        self,
        function: int,
        start: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if function in self.answers:
            if (answer := self.answers[function]) is SILENCE:
                raise NoSuchIdException
            return answer
        if values is not None:
            return self._write(function, address, [int(value) for value in values])
        if function in WRITES:
            # pymodbus looks up what it has just stored, to echo it.
            if self.echoes_cells:
                registers[address - start] = self.cells[WRITES[function], address]
            return None
        return self._read(READS[function], start, address, count, registers)

    def _write(self, function: int, address: int, values: list[int]) -> ExcCodes | None:
        table = WRITES[function]
        for at, value in enumerate(values, address):
            if (table, at) not in self.cells or (table, at) in self.refused:
                return ExcCodes.ILLEGAL_ADDRESS
            if self.deaf:
                self._later[table, at], self._deaf_for = value, self.deaf
            elif self.obeys:
                self.cells[table, at] = value
                if self.on_write:
                    self.on_write(table, at, value)
        self.writes.append((function, address, values))
        return None

    def _read(
        self, table: str, start: int, address: int, count: int, registers: list[int]
    ) -> ExcCodes | None:
        self.reads.append((table, address, count))
        if self._later and not self._deaf_for:
            self.cells |= self._later
            self._later = {}
        self._deaf_for = max(0, self._deaf_for - 1)
        if table in BITS:  # sixteen of them share a place, and pymodbus does not say how many
            first = address // 16
            for place in range(first, first + count):
                bits = [self.cells.get((table, 16 * place + n), 0) for n in range(16)]
                registers[place - start] = sum(bit << n for n, bit in enumerate(bits))
            return None if (table, address) in self.cells else ExcCodes.ILLEGAL_ADDRESS
        wanted = [(table, at) for at in range(address, address + count)]
        if not self.cells.keys() >= {*wanted} or self.refused & {*wanted}:
            return ExcCodes.ILLEGAL_ADDRESS
        registers[address - start : address - start + count] = [self.cells[at] for at in wanted]
        return None
