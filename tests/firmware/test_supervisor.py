"""Services that fail, hang or are switched off, and the watchdog."""

from .conftest import RunScript

_APP = """
import asyncio, hal
from bridge import app as module
from bridge.app import App
from bridge.supervisor import supervise

config = {}
"""


def test_one_that_fails_is_started_again_ever_later(run_script: RunScript) -> None:
    script = """
starts = []
waits = []
async def wait(ms):
    waits.append(ms)
    await real(0)
real, asyncio.sleep_ms = asyncio.sleep_ms, wait

async def fails(app):
    starts.append(app.silent())
    raise ValueError("no line")

async def main():
    app = App(config)
    app.start("p1", fails, 1000)
    while len(starts) < 9:
        await real(0)
    tell((waits[:9], starts[0], app.silent(), [line[2:] for line in app.log.since(0)][0]))

asyncio.run(main())
"""
    waits, *rest = run_script(_APP + script)
    assert waits == [0, 1000, 3000, 7000, 15000, 31000, 60000, 60000, 60000]
    assert rest == [[], [], ["p1", "ValueError('no line',)"]]


def test_one_that_hangs_starts_the_device_again(run_script: RunScript) -> None:
    script = """
async def hangs(app):
    await asyncio.Event().wait()

async def off(app):
    pass

async def beats(app):
    while True:
        app.beat("beats")
        await asyncio.sleep_ms(5)

async def main():
    app = App(config)
    app.start("hangs", hangs, 100)
    app.start("off", off, 1)
    app.start("beats", beats, 1000)
    await asyncio.sleep_ms(20)
    try:
        await supervise(app)
    except SystemExit as err:
        tell((err.args, hal.panel["fed"] > 0, app.log.since(0)[-1][2:]))

asyncio.run(main())
"""
    assert run_script(_APP + script) == [[3], True, ["supervisor", "hangs: hangs"]]


def test_one_that_is_switched_off_comes_back_with_another_configuration(
    run_script: RunScript,
) -> None:
    script = """
ran = []
async def service(app):
    ran.append(app.config["on"])
    if app.config["on"]:
        while True:
            app.beat("service")
            await asyncio.sleep_ms(1)

async def main():
    app = App({"on": False})
    app.start("service", service, 1)
    silent = []
    for on in (True, False, True):
        await asyncio.sleep_ms(5)
        if not app.config["on"]:
            silent += app.silent()
        app.config["on"] = on
        app.restart("service")
    await asyncio.sleep_ms(5)
    tell((ran, silent))

asyncio.run(main())
"""
    assert run_script(_APP + script) == [[False, True, False, True], []]


def test_the_log_is_bounded(run_script: RunScript) -> None:
    script = """
from bridge.log import MOST
log = App(config).log
for number in range(MOST + 5):
    log("test", str(number) * 100)
hal.set_utc(1_800_000_000)
log("test", "last")
lines = log.since(0)
tell((len(lines) == MOST, lines[0][0], max(len(line[3]) for line in lines), log.since(65)[0][1:]))
"""
    assert run_script(_APP + script) == [True, 7, 120, [1_800_000_000, "test", "last"]]
