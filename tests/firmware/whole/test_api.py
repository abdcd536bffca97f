"""The API of a whole bridge, through TLS, with the client library that the integration uses."""

# Another process cannot set an event of ours: it has to be asked.
# ruff: noqa: ASYNC110

import asyncio
from http import HTTPStatus

import aiohttp
import pytest

from tests.firmware.device import PATIENCE

from .bridge import Bridge
from .conftest import StartBridge

_ZONE = {"unit": 7, "register": 5, "scale": 10, "floor": 8000, "fallback": 10000}


async def test_anybody_may_know_what_it_is(start_bridge: StartBridge) -> None:
    bridge = await start_bridge()
    status, info = await bridge.ask("GET", "/api/v1/info")
    assert status == HTTPStatus.OK
    assert info == {
        "model": "lumme-bridge",
        "id": b"lumme1".hex(),
        "version": "0.1.0",
        "api": 1,
        "fingerprint": bridge.fingerprint().hex(),
        "paired": False,
        "pairing": False,
        "capabilities": ["modbus", "failsafe"],
    }
    status, page = await bridge.ask("GET", "/")
    assert status == HTTPStatus.OK
    assert "<td>Home Assistant is in charge" in page


async def test_only_who_presses_the_button_is_paired(start_bridge: StartBridge) -> None:
    bridge = await start_bridge()
    pairing = ("POST", "/api/v1/pair", {"name": "Home Assistant"})
    assert await bridge.ask(*pairing) == (403, {"error": "press_button"})
    assert await bridge.ask("GET", "/api/v1/status") == (401, {"error": "unauthorized"})
    bridge.panel(button=True)
    await asyncio.sleep(0.15)
    bridge.panel(button=False)
    async with asyncio.timeout(PATIENCE):
        while (answer := await bridge.ask(*pairing))[0] != HTTPStatus.OK:
            await asyncio.sleep(0.1)
    bridge.token = answer[1]["token"]
    assert await bridge.ask(*pairing) == (403, {"error": "press_button"})
    assert await bridge.get("clients") == {
        "clients": [{"id": answer[1]["client"], "name": "Home Assistant"}]
    }
    kept = "".join(path.read_text(errors="replace") for path in (bridge.root / "data").glob("*.*"))
    assert bridge.token not in kept
    assert not (bridge.root / "data" / "pairing.code").exists()
    await bridge.do("DELETE", "clients")
    assert await bridge.ask("GET", "/api/v1/status") == (401, {"error": "unauthorized"})


async def test_guessing_is_stopped(start_bridge: StartBridge) -> None:
    bridge = await start_bridge()
    for _ in range(5):
        status, _ = await bridge.ask("GET", "/api/v1/status", token="0" * 64)
        assert status == HTTPStatus.UNAUTHORIZED
    guess = {"name": "x", "code": "A" * 12}
    status, answer = await bridge.ask("POST", "/api/v1/pair", guess)
    assert status == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < answer["retry_after"] <= 60
    await bridge.ahead(60)
    assert (await bridge.ask("POST", "/api/v1/pair", guess))[0] == HTTPStatus.FORBIDDEN


async def test_status_tells_all_without_secrets(bridge: Bridge) -> None:
    await bridge.do("PUT", "config", {"wifi": {"ssid": "cottage", "password": "hunter2"}})
    status = await bridge.get("status")
    assert status["state"] == "normal"
    assert status["heap"]["free"] > 0
    assert set(status["parts"]) >= {"bus", "failsafe", "relays", "ota", "api"}
    config = await bridge.get("config")
    assert config["wifi"] == {"ssid": "cottage"}
    log = await bridge.get("log")
    assert not log["more"]
    assert ["api", "configured: wifi"] in [line[2:] for line in log["lines"]]
    told = f"{status}{config}{log}"
    assert "hunter2" not in told
    assert str(bridge.token) not in told
    assert await bridge.get(f"log?after={log['lines'][-1][0]}") == {"lines": [], "more": False}


async def test_errors_name_the_field(bridge: Bridge) -> None:
    floor = {"zones": {"a": {**_ZONE, "floor": 11000}}}
    for method, path, body, field, reason in (
        ("PUT", "config", {"p1": {"bauds": 1}}, "p1.bauds", "unknown_field"),
        ("PUT", "config", {"bus": {"baud": 9601}}, "bus.baud", "unknown_choice"),
        ("PUT", "config", {"p1_port": {"port": bridge.port}}, "p1_port.port", "used_twice"),
        ("PUT", "config", [], "", "not_an_object"),
        ("PUT", "failsafe", floor, "zones.a.fallback", "below_floor"),
        ("POST", "lease", {"seq": "1"}, "seq", "not_a_whole_number"),
        ("POST", "lease", {}, "seq", "missing"),
        ("POST", "lease", {"seq": 1, "targets": {"a": 1}}, "targets.a", "no_such_relay"),
        ("POST", "pair", {"name": "a", "certificate": "YQ=="}, "certificate", "not_a_certificate"),
        ("GET", "log?after=x", None, "after", "not_a_whole_number"),
    ):
        assert await bridge.ask(method, f"/api/v1/{path}", body) == (
            422,
            {"error": "invalid", "field": field, "reason": reason},
        )


async def test_configuration_is_kept(bridge: Bridge) -> None:
    change = {"bus": {"baud": 19200}, "writes": []}
    assert await bridge.do("PUT", "config", change) == {"restart_needed": False}
    assert await bridge.do("POST", "restart") == {}
    assert await bridge.ended() == 3
    await bridge.boot()
    assert (await bridge.get("config"))["bus"]["baud"] == 19200


async def test_one_connection_serves_many_requests(bridge: Bridge) -> None:
    for _ in range(20):
        await bridge.get("info")
        await bridge.get("status")
    assert (await bridge.get("status"))["parts"]["api"]["refused"] == 0


async def test_another_certificate_is_not_trusted(start_bridge: StartBridge) -> None:
    bridge = await start_bridge()
    (bridge.root / "data" / "identity.crt").write_bytes(b"another")
    with pytest.raises(aiohttp.ServerFingerprintMismatch):
        await bridge.ask("GET", "/api/v1/clients")


async def test_a_silent_client_keeps_nobody_waiting(bridge: Bridge) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", bridge.port) for _ in range(1)]
    async with asyncio.timeout(2):
        assert (await bridge.get("status"))["state"] == "normal"
    for _, writer in silent:
        writer.close()
