"""A TCP port that serves the clients it was opened for and nobody else."""

import asyncio

import hal

from .access import allowed


class PlainPort:
    """Accepts clients and hands each to `handle(stream)` until that ends."""

    def __init__(self, app, name, settings, most, handle):
        """Serve at most that many clients at a time."""
        self.refused = 0
        self._app = app
        self._name = name
        self._settings = settings
        self._most = most
        self._handle = handle
        self._tasks = set()

    async def run(self):
        """Listen until cancelled; with nobody to listen to, do not."""
        if not self._settings["clients"]:
            return
        port = self._settings["port"]
        server = await asyncio.start_server(self._accept, hal.BIND, port, self._most)
        self._app.log(self._name, "open on port " + str(port))
        try:
            while True:
                self._app.beat(self._name)
                await asyncio.sleep_ms(5000)
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()

    def status(self):
        """Return what the API shows."""
        return {"clients": len(self._tasks), "refused": self.refused}

    async def _accept(self, stream, _writer):
        """Serve one client; however it ends, its socket is given back."""
        task = asyncio.current_task()
        try:
            address = hal.peer_ip(stream)
            if len(self._tasks) < self._most and allowed(address, self._settings["clients"]):
                self._tasks.add(task)
                await self._handle(stream)
            else:
                self.refused += 1
        except (OSError, EOFError, asyncio.TimeoutError, asyncio.CancelledError):
            pass  # it has gone, or has to
        finally:
            self._tasks.discard(task)
            await stream.wait_closed()
