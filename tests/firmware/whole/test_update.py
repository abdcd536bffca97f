"""A signed update of a whole bridge, through its API: on trial, proved, or left behind."""

# Another process cannot set an event of ours: it has to be asked.
# ruff: noqa: ASYNC110

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from firmware_bridge.sign import manifest, public_bytes, version
from tests.firmware.device import PATIENCE

from .bridge import Bridge
from .conftest import StartBridge

_CHUNK = 1024
_MOST = 4096
_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
async def bridge(start_bridge: StartBridge) -> Bridge:
    """A bridge that knows its release key, with a paired client."""
    bridge = await start_bridge()
    (bridge.root / "data" / "release.pub").write_bytes(public_bytes(_KEY))
    return await bridge.pair()


async def put(bridge: Bridge, path: str, data: bytes) -> tuple[int, Any]:
    """Upload something that is one piece."""
    return await bridge.ask("PUT", f"/api/v1/ota/{path}", data=data)


async def pieces(bridge: Bridge, path: str, data: bytes) -> Any:
    """Upload something in pieces; returns what was answered to the last one."""
    for offset in range(0, len(data), _CHUNK):
        status, answer = await put(bridge, f"{path}offset={offset}", data[offset : offset + _CHUNK])
        assert status == HTTPStatus.OK, answer
    return answer


async def begin(bridge: Bridge, signed: bytes) -> tuple[int, Any]:
    """Upload a manifest and have it checked."""
    await pieces(bridge, "manifest?", signed)
    return await bridge.ask("POST", "/api/v1/ota/begin")


async def upload(bridge: Bridge, bundle: Path, signed: bytes) -> None:
    """Upload a whole update and start it."""
    status, answer = await begin(bridge, signed)
    assert (status, answer["receiving"]) == (HTTPStatus.OK, version())
    for path in bundle.rglob("*.mpy"):  # noqa: ASYNC240 - some fifty small files
        name = path.relative_to(bundle).as_posix()
        answer = await pieces(bridge, f"file?name={name}&", path.read_bytes())
    assert answer == {"missing": 0}
    await bridge.do("POST", "ota/apply")
    assert await bridge.ended() == 3


async def test_an_update_stays_when_it_serves(bridge: Bridge, bundle: Path) -> None:
    await upload(bridge, bundle, manifest(bundle, _KEY, version()))
    assert bridge.read("slot.json") == {"good": "a", "trial": "b", "left": 3}
    await bridge.boot()
    assert bridge.read("slot.json")["left"] == 2
    ota = await bridge.get("ota")
    assert (ota["slot"], ota["on_trial"]) == ("b", True)
    async with asyncio.timeout(PATIENCE):
        while (await bridge.get("ota"))["on_trial"]:
            await asyncio.sleep(0.1)
    assert bridge.read("slot.json") == {"good": "b"}
    assert bridge.bus.writes == []


async def test_an_update_that_nobody_can_reach_is_left_behind(bridge: Bridge, bundle: Path) -> None:
    await upload(bridge, bundle, manifest(bundle, _KEY, version()))
    await bridge.boot()
    await bridge.ahead(600)
    assert await bridge.ended() == 3
    await bridge.boot()
    assert (await bridge.get("ota"))["slot"] == "a"
    assert bridge.read("slot.json") == {"good": "a"}


async def test_what_is_not_signed_is_not_taken(bridge: Bridge, bundle: Path) -> None:
    signed = manifest(bundle, _KEY, version())
    stranger = manifest(bundle, ec.generate_private_key(ec.SECP256R1()), version())
    for data, error in (
        (stranger, "bad_signature"),
        (signed.replace(b"bridge/api", b"bridge/apa"), "bad_signature"),
        (signed[:-10], "bad_manifest"),
        (signed + signed, "bad_manifest"),
        (manifest(bundle, _KEY, "0.0.9"), "older"),
        (manifest(bundle, _KEY, "x"), "bad_manifest"),
    ):
        assert await begin(bridge, data) == (HTTPStatus.CONFLICT, {"error": error})
        assert await put(bridge, "file?name=bridge/api.mpy", b"x") == (
            409,
            {"error": "no_manifest"},
        )
    assert not (bridge.root / "b").exists()
    assert await put(bridge, "manifest?offset=7", b"x") == (409, {"error": "not_in_order"})
    assert (await begin(bridge, signed))[0] == HTTPStatus.OK
    for path, data, error in (
        ("file?name=main.py", b"x", "not_in_manifest"),
        ("file?name=bridge/api.mpy&offset=5", b"x", "not_in_order"),
        ("file?name=bridge/__init__.mpy", b"x" * 4000, "not_in_order"),
        (
            "file?name=bridge/__init__.mpy",
            b"x" * (bundle / "bridge" / "__init__.mpy").stat().st_size,
            "wrong_content",
        ),
    ):
        assert await put(bridge, path, data) == (HTTPStatus.CONFLICT, {"error": error})
    assert await bridge.ask("POST", "/api/v1/ota/apply") == (409, {"error": "incomplete"})
    assert await bridge.do("DELETE", "ota") == {}
    status, _ = await put(bridge, "manifest", b"x" * (_MOST + 1))
    assert status == HTTPStatus.CONTENT_TOO_LARGE


async def test_none_while_the_frost_guard_is_in_charge(bridge: Bridge, bundle: Path) -> None:
    zone = {"unit": 7, "register": 5, "scale": 10, "floor": 8000, "fallback": 10000}
    await bridge.do("PUT", "failsafe", {"zones": {"living": zone}})
    signed = manifest(bundle, _KEY, version())
    assert await begin(bridge, signed) == (409, {"error": "not_normal"})
    await bridge.do("POST", "lease", {"seq": 1})
    (bridge.root / "data" / "release.pub").unlink()
    assert await begin(bridge, signed) == (409, {"error": "no_release_key"})
