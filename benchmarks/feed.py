"""A P1 port whose every byte and moment is known: what it sent and when."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic
from typing import Self

from demo.p1_meter import HOST


class Feed:
    """A meter that sends to everybody who is connected, on a schedule that does not drift.

    Attributes:
        port: Where it listens.
        sent: When each piece was sent, in seconds of `time.monotonic`.
        told: What was sent.

    """

    def __init__(self, pieces: Callable[[int], Iterable[bytes]], pace: float, delay: float) -> None:
        """Plan a meter.

        Args:
            pieces: Returns what is sent at a turn, in one piece or in several that arrive apart.
            pace: Seconds from turn to turn.
            delay: Seconds by which its turns come late, so that several meters take turns.

        """
        self.port = 0
        self.sent: list[float] = []
        self.told: list[bytes] = []
        self._pieces = pieces
        self._pace = pace
        self._delay = delay
        self._writers: set[asyncio.StreamWriter] = set()
        self._turn = 0

    async def __aenter__(self) -> Self:
        """Listen and begin to send."""
        self._server = await asyncio.start_server(self._welcome, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self._task = asyncio.create_task(self._send())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()

    def hush(self) -> None:
        """Send nothing more, but stay connected."""
        self._task.cancel()

    @property
    def turn(self) -> int:
        """The turn that comes next."""
        return self._turn

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            await reader.read()  # nobody says anything: this waits for the end
        self._writers.discard(writer)
        writer.transport.abort()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time() + self._delay
        while True:
            await asyncio.sleep(max(0.0, began + self._turn * self._pace - loop.time()))
            turn, self._turn = self._turn, self._turn + 1
            for number, piece in enumerate(self._pieces(turn)):
                if number:
                    await asyncio.sleep(self._pace / 10)
                self.sent.append(monotonic())
                self.told.append(piece)
                for writer in list(self._writers):
                    with suppress(OSError):
                        writer.write(piece)
