"""Connecting, and connecting again."""

from .conftest import RunScript


def test_it_connects_from_scratch_after_ten_minutes(run_script: RunScript) -> None:
    script = """
import asyncio, hal
from bridge import network
from bridge.app import App

now, up, started, seen = [0], [True], [], []
hal.ticks_ms = lambda: now[0]
hal.net_up = lambda: up[0]
hal.net_start = started.append

async def wait(ms):
    now[0] += ms
    seen.append(sorted(app.signals))
    if now[0] == 60_000:
        up[0] = False
    if len(started) == 2:
        raise SystemExit
    await real(0)
real, asyncio.sleep_ms = asyncio.sleep_ms, wait

app = App({"wifi": {"ssid": "home"}})
try:
    asyncio.run(network.run(app))
except SystemExit:
    tell((started, now[0], seen[0], seen[-1], [line[3] for line in app.log.since(0)]))
"""
    started, now, first, last, log = run_script(script)
    assert started == [{"ssid": "home"}] * 2
    assert now == 55_000 + 600_000 + 5000
    assert (first, last) == ([], ["no_network"])
    assert log == ["connected: 127.0.0.1", "lost", "connecting again"]
