"""A radiator's thermostat on the bus, which can be silent, stubborn or far away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from tests.firmware.device import HOST
from tests.firmware.rtu_device import framed

ILLEGAL_ADDRESS: Final = 2


class Thermostat:
    """Answers for one unit; `registers` is what it holds, `writes` what it was told to."""

    def __init__(self, unit: int = 7) -> None:
        """Hold a comfortable setpoint in register 5, tenths of a degree; 2 is its switch."""
        self.unit = unit
        self.registers = {2: 1, 5: 215}
        self.writes: list[tuple[int, int]] = []
        self.is_silent = False
        self.is_stubborn = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Be on the bus, at the port that this yields."""
        server = await asyncio.start_server(self._serve, HOST, 0)
        yield server.sockets[0].getsockname()[1]
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                request = await reader.readexactly(8)
                if request[1] == 16:
                    request += await reader.readexactly(request[6] + 1)
                assert framed(request[0], request[1:-2]) == request
                if request[0] == self.unit and not self.is_silent:
                    writer.write(framed(self.unit, self._answer(request[1:-2])))
                    await writer.drain()
        writer.close()

    def _answer(self, pdu: bytes) -> bytes:
        function, register = pdu[0], int.from_bytes(pdu[1:3])
        if register not in self.registers:
            return bytes((function | 0x80, ILLEGAL_ADDRESS))
        if function == 3:
            return b"\x03\x02" + self.registers[register].to_bytes(2)
        value = int.from_bytes(pdu[-2:])
        self.writes.append((register, value))
        if not self.is_stubborn:
            self.registers[register] = value
        return pdu[:5]
