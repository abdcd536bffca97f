"""The one owner of the RS485 line: everybody who wants something of a device on it asks here."""

import asyncio
from time import ticks_add, ticks_diff

import hal

from . import pdu as modbus, rtu
from .policy import Policy

# Who is served first.
FAILSAFE, HA, PLAIN = range(3)

_QUEUE = 16  # requests that may wait; the frost guard's always may


class _Job:
    """A request that waits for its turn."""

    def __init__(self, unit, pdu, priority):
        self.unit = unit
        self.pdu = pdu
        self.priority = priority
        self.reply = modbus.exception(pdu, modbus.NO_PATH)
        self.wanted = True
        self.done = asyncio.Event()


class Bus:
    """The queue, and what has become of the requests."""

    def __init__(self, settings, policy):
        """Have no line yet."""
        self.settings = settings
        self.policy = policy
        self._queue = []
        self._more = asyncio.Event()
        self._line = None
        self._reader = None
        self._quiet_at = hal.ticks_ms()
        self._answered = self._silent = self._garbled = self._refused = self._busy = 0

    async def request(self, unit, pdu, priority):
        """Return the answer to a request: the device's, or the exception that says why there is none.

        A request whose task is cancelled while it waits for its turn is never sent.
        """
        if unit in (0, 0xFF):
            unit = self.settings["default_unit"]
        if code := self._fault(unit, pdu, priority):
            return modbus.exception(pdu, code)
        job = _Job(unit, pdu, priority)
        place = len(self._queue)
        while place and self._queue[place - 1].priority > priority:
            place -= 1
        self._queue.insert(place, job)
        self._more.set()
        try:
            await job.done.wait()
        finally:
            job.wanted = False
        return job.reply

    def open(self, line):
        """Use a line, None: there is none."""
        self._line = line
        self._reader = line and asyncio.StreamReader(line)

    async def serve(self, beat):
        """Carry out the requests, one by one."""
        while True:
            beat()
            if not self._queue:
                self._more.clear()
                try:
                    await asyncio.wait_for_ms(self._more.wait(), 1000)
                except asyncio.TimeoutError:
                    continue
            job = self._queue.pop(0)
            if not job.wanted:
                continue
            try:
                job.reply = await self._carry_out(job)
            finally:
                job.done.set()

    def fail(self):
        """Answer everybody who waits: the line is gone."""
        while self._queue:
            self._queue.pop().done.set()

    def status(self):
        """Return what the API shows."""
        return {
            "answered": self._answered,
            "silent": self._silent,
            "garbled": self._garbled,
            "refused": self._refused,
            "busy": self._busy,
            "waiting": len(self._queue),
        }

    def _fault(self, unit, pdu, priority):
        """Return the exception code of a request that is not to be sent, 0 for others."""
        if code := modbus.fault(pdu) or self.policy.check(unit, pdu, priority == FAILSAFE):
            self._refused += 1
            return code
        units = self.settings["units"]
        if self._line is None or not 1 <= unit <= 247 or (units and unit not in units):
            return modbus.NO_PATH
        if len(self._queue) >= _QUEUE and priority != FAILSAFE:
            self._busy += 1
            return modbus.BUSY
        return 0

    async def _carry_out(self, job):
        """Ask a device, and once more if it only was to read."""
        request = rtu.frame(job.unit, job.pdu)
        tries = 1 + (self.settings["retries"] if job.pdu[0] in modbus.READS else 0)
        for _ in range(tries):
            await self._wait_for_silence()
            hal.uart_write(self._line, request)
            reply = await self._receive(job)
            self._quiet_at = hal.ticks_ms()
            if reply:
                self._answered += 1
                return reply
        return modbus.exception(job.pdu, modbus.NO_RESPONSE)

    async def _wait_for_silence(self):
        """Wait as long as devices need between two frames, and drop what arrives too late."""
        pause = max(self.settings["pause"], rtu.silence(self.settings["baud"]))
        end = ticks_add(self._quiet_at, pause)
        while True:
            while self._line.read(256):
                end = ticks_add(hal.ticks_ms(), pause)
            left = ticks_diff(end, hal.ticks_ms())
            if not 0 < left <= pause:  # a clock that has wrapped since is of no use
                return
            await asyncio.sleep_ms(left)

    async def _receive(self, job):
        """Return the answer, None if none has come in time."""
        data = b""
        end = ticks_add(hal.ticks_ms(), self.settings["timeout"])
        while (left := ticks_diff(end, hal.ticks_ms())) > 0 and len(data) < 512:
            try:
                chunk = await asyncio.wait_for_ms(self._reader.read(256), left)
            except asyncio.TimeoutError:
                break
            if not chunk:
                raise OSError(5)  # EIO: only a line that is played by a socket can end
            data += chunk
            if reply := rtu.find(data, job.unit, job.pdu):
                return reply
        if data:
            self._garbled += 1
        else:
            self._silent += 1
        return None


async def run(app):
    """Serve for ever. While there is no line everybody is told so at once."""
    settings = app.config["bus"]
    bus = app.parts.get("bus")
    if bus is None:
        bus = app.parts["bus"] = Bus(settings, Policy(app.config["writes"]))
    bus.settings = settings
    bus.policy.rules = app.config["writes"]
    if not settings["on"]:
        return
    try:
        bus.open(hal.uart("rs485", settings))
        await bus.serve(lambda: app.beat("bus"))
    finally:
        bus.open(None)
        bus.fail()
