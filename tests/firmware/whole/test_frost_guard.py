"""The frost guard of a whole bridge: a lease runs out, and a real request goes to the radiator."""

# Another process cannot set an event of ours: it has to be asked.
# ruff: noqa: ASYNC110

import asyncio
from collections.abc import Callable
from typing import Any, Final

from tests.firmware.device import PATIENCE

from .bridge import Bridge
from .conftest import StartBridge

_TTL: Final = 900
_FALLBACK: Final = 100  # what the register holds for 10 °C
_TABLE: Final[dict[str, Any]] = {
    "zones": {
        "living": {
            "unit": 7, "register": 5, "scale": 10, "floor": 8000, "fallback": 10000, "ttl": _TTL,
            "before": [[2, 1]],
        }
    },
    "relays": {
        "sauna": {
            "relay": 1, "probe": "28ff000000000001", "floor": 8000, "fallback": 9000, "ttl": _TTL,
        }
    },
}  # fmt: skip


async def until(what: Callable[[], Any]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(PATIENCE):
        while not what():
            await asyncio.sleep(0.02)


async def state(bridge: Bridge) -> Any:
    """What the API says of the heating zone."""
    return (await bridge.get("status"))["parts"]["failsafe"]["outputs"]["living"]


async def holds(bridge: Bridge) -> None:
    """Wait until the fallback stands, proved."""
    async with asyncio.timeout(PATIENCE):
        while not (await state(bridge)).get("written"):
            await asyncio.sleep(0.02)


async def leased(bridge: Bridge, seq: int = 1) -> Bridge:
    """Give a bridge the table and a lease."""
    await bridge.do("PUT", "failsafe", _TABLE)
    answer = await bridge.do("POST", "lease", {"seq": seq, "utc": 1_800_000_000})
    assert answer["state"] == "normal"
    return bridge


async def test_fallback_is_written_once_and_latched(bridge: Bridge) -> None:
    await leased(bridge)
    await bridge.ahead(_TTL - 5)
    assert (await state(bridge))["state"] == "normal"
    assert bridge.bus.writes == []
    await bridge.ahead(10)
    await holds(bridge)
    assert bridge.bus.writes == [(5, _FALLBACK)]
    bridge.bus.registers[5] = 180  # somebody at the radiator wants it warm
    await bridge.ahead(700)
    await asyncio.sleep(1.2)
    assert bridge.bus.writes == [(5, _FALLBACK)]
    bridge.bus.registers[5] = 50  # and now it has lost its power, and with it its setpoint
    bridge.bus.registers[2] = 0
    await bridge.ahead(700)
    await until(lambda: len(bridge.bus.writes) == 3)
    await holds(bridge)
    assert bridge.bus.writes[1:] == [(2, 1), (5, _FALLBACK)]
    assert await state(bridge) == {
        "state": "fallback", "seconds_left": 0, "written": True, "tries": 0, "error": None,
    }  # fmt: skip
    assert await bridge.ask("POST", "/api/v1/lease", {"seq": 1}) == (
        409,
        {"error": "stale", "last": 1},
    )
    assert (await bridge.get("status"))["state"] == "fallback"
    assert (await bridge.do("POST", "lease", {"seq": 2}))["state"] == "normal"
    assert bridge.bus.writes[3:] == []  # Home Assistant sends its own wishes


async def test_what_does_not_take_it_is_tried_again(bridge: Bridge) -> None:
    bridge.bus.is_stubborn = True
    await leased(bridge)
    await bridge.ahead(_TTL)
    for tries in range(1, 4):
        await until(lambda tries=tries: len(bridge.bus.writes) == tries)
        await bridge.ahead(40)
    async with asyncio.timeout(PATIENCE):
        while (await bridge.get("status"))["state"] != "fault":
            await bridge.ahead(10)
            await asyncio.sleep(0.1)
    await asyncio.sleep(1.1)  # the lamp is told once a second
    assert {"failsafe", "fault"} <= set((await bridge.get("status"))["signals"])
    assert (await state(bridge))["error"] == "differs"
    bridge.bus.is_stubborn = False
    await bridge.ahead(300)
    await until(lambda: bridge.bus.registers[5] == _FALLBACK)


async def test_power_cuts_do_not_keep_a_lease_alive(start_bridge: StartBridge) -> None:
    bridge = await leased(await (await start_bridge()).pair())
    for _ in range(3):
        await bridge.cut()
        await bridge.boot()
        assert (await state(bridge))["state"] == "grace"
        await bridge.ahead(250)
    await bridge.cut()
    await bridge.boot()
    await until(lambda: bridge.bus.writes)
    assert bridge.bus.registers[5] == _FALLBACK
    await bridge.cut()
    bridge.bus.registers[5] = 60
    await bridge.boot()
    await until(lambda: bridge.bus.registers[5] == _FALLBACK)


async def test_two_clients_are_told_of_each_other(bridge: Bridge) -> None:
    await leased(bridge, seq=50)
    first = bridge.token
    (client,) = (await bridge.get("clients"))["clients"]
    bridge.panel(button=True)
    await asyncio.sleep(0.15)
    bridge.panel(button=False)
    async with asyncio.timeout(PATIENCE):
        while (answer := await bridge.ask("POST", "/api/v1/pair", {"name": "b"}))[0] != 200:
            await asyncio.sleep(0.1)
    bridge.token = answer[1]["token"]
    taken = await bridge.do("POST", "lease", {"seq": 3})
    assert (taken["taken_over_from"], taken["contested"]) == (client["id"], True)
    bridge.token = first
    taken = await bridge.do("POST", "lease", {"seq": 51})
    assert taken["taken_over_from"] == answer[1]["client"]


async def test_relay_follows_its_probe(bridge: Bridge) -> None:
    bridge.panel(probes={"28ff000000000001": 12000})
    await leased(bridge)
    await bridge.do("POST", "lease", {"seq": 2, "targets": {"sauna": 18000}})
    async with asyncio.timeout(PATIENCE):
        while True:
            relays = (await bridge.get("status"))["parts"]["relays"]
            if relays.get("sauna", {}).get("on"):
                break
            await asyncio.sleep(0.2)
    assert relays["sauna"] == {
        "on": True, "temperature": 12000, "target": 18000, "probe_lost": False,
    }  # fmt: skip
