"""What the lamp says."""

from .conftest import RunScript


def test_the_most_important_is_shown(run_script: RunScript) -> None:
    script = """
from bridge.led import PATTERNS, pattern
names = [name for name, *_ in PATTERNS]
shown = [list(pattern(set(names[first:]))) for first in range(len(names) + 1)]
tell((shown[:-1] == [list(rhythm) for _, *rhythm in PATTERNS], shown[-1], len(names)))
"""
    same, well, number = run_script(script)
    assert same
    assert well == [50, 0, 1]
    assert number >= 5


def test_it_blinks(run_script: RunScript) -> None:
    script = """
import asyncio, hal
from bridge import led
from bridge.app import App

steps = []
async def wait(ms):
    steps.append((hal.panel["led"], ms))
    if len(steps) == 9:
        raise SystemExit
    await real(0)
real, asyncio.sleep_ms = asyncio.sleep_ms, wait

app = App({})
app.signal("no_network", True)
app.signal("no_network", False)
app.signal("no_meter", True)
try:
    asyncio.run(led.run(app))
except SystemExit:
    tell(steps)
"""
    once = [[True, 150], [False, 250]]
    assert run_script(script) == [*once * 3, [False, 1000], *once]
