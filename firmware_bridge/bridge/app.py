"""What the services of the bridge share."""

import asyncio
from time import ticks_diff

import hal

from .log import Log


class App:
    """The running bridge.

    A service is a coroutine function that takes the App. It tells that it is alive with `beat`, and
    publishes itself as `parts[name]` if others need it: an object whose `status()` returns what the
    API shows of it.
    """

    def __init__(self, config):
        """Have nothing running yet."""
        self.config = config
        self.log = Log()
        self.parts = {}
        self._tasks = {}
        self._limits = {}
        self._beats = {}

    def beat(self, name):
        """Take a sign of life of a service."""
        self._beats[name] = hal.ticks_ms()

    def silent(self):
        """Return the services that should have given a sign of life long ago."""
        now = hal.ticks_ms()
        return [
            name
            for name, last in self._beats.items()
            if last is not None and ticks_diff(now, last) > self._limits[name]
        ]

    def start(self, name, service, limit):
        """Run a service for ever; `limit` is how many ms it may be silent."""
        self._limits[name] = limit
        self._tasks[name] = asyncio.create_task(self._run(name, service))

    def restart(self, name):
        """Have a service begin again, with what the configuration says now."""
        self._tasks[name].cancel()

    async def _run(self, name, service):
        """Run a service again whenever it ends, a little later each time.

        One that fails is told about and waits, and the watchdog waits with it: starting the whole
        device again would not mend a wrong wire, and would take the others along.
        """
        wait = 0
        while True:
            self.beat(name)
            try:
                await service(self)
            except asyncio.CancelledError:
                wait = 0
            except Exception as err:  # noqa: BLE001 - a defect of one must not end the others
                self.log(name, repr(err))
                wait = min(60_000, wait * 2 + 1000)
            self._beats[name] = None
            await asyncio.sleep_ms(wait)
