"""Gives the meter's telegrams to other software, as a serial port on the network would."""

import asyncio

from .p1 import Telegrams
from .plain_port import PlainPort

CLIENTS = 6
BACKLOG = 4096  # bytes that a client may be behind


class Reader:
    """One client: it gets every telegram, or is sent away."""

    def __init__(self, stream):
        """Send to a stream, from the current task."""
        self._stream = stream
        self._task = asyncio.current_task()
        self._waiting = []
        self._behind = 0
        self._more = asyncio.Event()

    def send(self, telegram):
        """Write a telegram, or what of it the connection does not take at once later.

        A client that does not keep up must not keep others waiting, nor fill the memory.
        """
        if not self._waiting:
            try:
                telegram = telegram[self._stream.s.write(telegram) or 0 :]
            except OSError:
                self._task.cancel()
                return
        if telegram:
            self.queue(telegram)
        if self._behind > BACKLOG:
            self._task.cancel()

    def queue(self, telegram):
        """Have something written as soon as the connection takes it."""
        self._behind += len(telegram)
        self._waiting.append(telegram)
        self._more.set()

    async def run(self):
        """Write what is queued; nothing else writes while there is any of it."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                self._stream.write(self._waiting[0])
                await self._stream.drain()
                self._behind -= len(self._waiting.pop(0))

    async def watch(self):
        """Ignore what the client says, and notice when it goes."""
        try:
            while await self._stream.read(64):
                pass
        except OSError:
            pass
        self._task.cancel()


async def run(app):
    """Serve for ever."""
    telegrams = app.parts.setdefault("p1", Telegrams())

    async def handle(stream):
        reader = Reader(stream)
        watcher = asyncio.create_task(reader.watch())
        telegrams.readers.append(reader)
        try:
            if telegrams.last:
                reader.queue(telegrams.last)
            await reader.run()
        finally:
            telegrams.readers.remove(reader)
            watcher.cancel()

    port = PlainPort(app, "p1_port", app.config["p1_port"], CLIENTS, handle)
    app.parts["p1_port"] = port
    await port.run()
