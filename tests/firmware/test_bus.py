"""Who is served first on the bus, and what does not wait."""

from .conftest import RunScript

# A line on which nobody answers: what is sent is kept, and every request ends in its time.
_BUS = """
import asyncio, io
from bridge.bus import FAILSAFE, HA, PLAIN, Bus
from bridge.policy import Policy

sent = []

class Line(io.IOBase):
    def read(self, size): return None
    def write(self, data): sent.append(data[:2].hex())
    def ioctl(self, request, argument): return 0

SETTINGS = {"baud": 9600, "timeout": 20, "pause": 0, "retries": 0, "units": [], "default_unit": 0}
READ = b"\\x03\\x00\\x10\\x00\\x02"

def new():
    bus = Bus(dict(SETTINGS), Policy([]))
    bus.open(Line())
    asyncio.create_task(bus.serve(lambda: None))
    return bus
"""


def test_the_frost_guard_comes_first_and_plain_readers_last(run_script: RunScript) -> None:
    script = """
async def main():
    bus = new()
    asked = ((1, PLAIN), (2, PLAIN), (3, HA), (4, FAILSAFE), (5, HA), (6, FAILSAFE))
    await asyncio.gather(*(bus.request(unit, READ, priority) for unit, priority in asked))
    tell([one[:2] for one in sent])

asyncio.run(main())
"""
    assert run_script(_BUS + script) == ["04", "06", "03", "05", "01", "02"]


def test_a_full_queue_is_busy_but_never_for_the_frost_guard(run_script: RunScript) -> None:
    script = """
async def main():
    bus = new()
    tasks = [asyncio.create_task(bus.request(1, READ, PLAIN)) for _ in range(16)]
    await asyncio.sleep(0)
    busy = await bus.request(2, READ, HA)
    guard = await bus.request(3, READ, FAILSAFE)
    tell((busy.hex(), guard.hex(), bus.status()["busy"], [one[:2] for one in sent[:2]]))

asyncio.run(main())
"""
    busy, guard, count, first = run_script(_BUS + script)
    assert (busy, guard, count) == ("8306", "830b", 1)
    assert "03" in first


def test_what_nobody_waits_for_is_not_sent(run_script: RunScript) -> None:
    script = """
async def main():
    bus = new()
    tasks = [asyncio.create_task(bus.request(unit, READ, PLAIN)) for unit in (1, 2, 3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await tasks[2]
    tell([one[:2] for one in sent])

asyncio.run(main())
"""
    assert run_script(_BUS + script) == ["01", "03"]


def test_the_guard_keeps_to_its_floors_and_needs_no_rule(run_script: RunScript) -> None:
    script = """
async def main():
    bus = new()
    bus.policy.floors = [{"unit": 1, "register": 16, "min": -50}]
    bus.policy.rules = [{"unit": 1, "kind": "holding", "first": 0, "last": 99, "min": -100, "max": 300}]
    def write(value):
        return b"\\x06\\x00\\x10" + (value & 0xFFFF).to_bytes(2, "big")
    codes = []
    for value, priority in ((-51, HA), (-51, FAILSAFE), (-50, HA), (999, HA), (999, FAILSAFE)):
        codes.append((await bus.request(1, write(value), priority))[1])
    tell(codes)

asyncio.run(main())
"""
    assert run_script(_BUS + script) == [3, 3, 0x0B, 3, 0x0B]


def test_a_clock_that_wraps_delays_nothing(run_script: RunScript) -> None:
    script = """
import hal
from time import ticks_add
async def main():
    bus = new()
    bus._quiet_at = ticks_add(hal.ticks_ms(), 400_000_000)
    began = hal.ticks_ms()
    await bus.request(1, READ, HA)
    tell(hal.ticks_ms() - began < 5000)

asyncio.run(main())
"""
    assert run_script(_BUS + script) is True
