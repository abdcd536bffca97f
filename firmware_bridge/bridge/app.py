"""What the services of the bridge share."""

import asyncio
from time import ticks_diff

import hal

from .clock import Clock
from .log import Log
from .store import Store

_LONGEST_WAIT = 60_000  # ms
_LASTED = 60_000  # ms after which a service had started well


class App:
    """The running bridge.

    A service is a coroutine function that takes the App. It tells that it is alive with `beat`, and
    publishes itself as `parts[name]` if others need it: an object whose `status()` returns what the
    API shows of it. `signals` holds what the lamp is to show, by the names in `led.py`.
    """

    def __init__(self, config, safe=False, slot="a"):
        """Have nothing running yet; slot is the folder that this firmware was started from."""
        self.config = config
        self.safe = safe
        self.slot = slot
        self.store = Store(hal.ROOT + "data")
        self.clock = Clock(hal.ticks_ms)
        self.proved = False  # a client has been served: an update may stay
        self.log = Log()
        self.parts = {}
        self.signals = set()
        self._tasks = {}
        self._limits = {}
        self._beats = {}

    def signal(self, name, on):
        """Have the lamp show something, or not any more."""
        if on:
            self.signals.add(name)
        else:
            self.signals.discard(name)

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
        if name in self._tasks:  # safe mode runs few
            self._tasks[name].cancel()

    def reset(self):
        """Start the device again, when the answer to whoever wanted that is out."""
        asyncio.create_task(self._reset())

    async def _reset(self):
        await asyncio.sleep_ms(1000)
        hal.reset()

    async def _run(self, name, service):
        """Run a service again whenever it fails, a little later each time.

        While one waits the watchdog waits with it: to start the whole device again would not mend a
        wrong wire, and would take the other services along. One that returns is switched off.
        """
        wait = 0
        while True:
            try:
                await asyncio.sleep_ms(wait)
                self.beat(name)
                started = hal.ticks_ms()
                await service(self)
                self._beats[name] = None
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                wait = 0
            except Exception as err:  # noqa: BLE001 - a defect of one must not end the others
                self._beats[name] = None
                self.log(name, repr(err))
                if ticks_diff(hal.ticks_ms(), started) > _LASTED:
                    wait = 0
                wait = min(_LONGEST_WAIT, wait * 2 + 1000)
