"""What the client makes of answers that are not what was asked for."""

import json

import aiohttp
import pytest

from custom_components.lumme_energy.bridge_api.client import MOST, BridgeClient, async_meet
from custom_components.lumme_energy.bridge_api.errors import (
    AnotherBridgeError,
    BridgeError,
    BusyError,
    NotPairingError,
    RefusedError,
    TooManyClientsError,
    UnauthorizedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from tests.firmware.device import HOST, free_port

from .conftest import StandIn


@pytest.mark.parametrize(
    ("status", "told", "error"),
    [
        (401, {"error": "unauthorized"}, UnauthorizedError),
        (403, {"error": "press_button"}, NotPairingError),
        (403, {"error": "other"}, UnexpectedAnswerError),
        (409, {"error": "too_many_clients"}, TooManyClientsError),
        (409, {"error": "stale", "last": 7}, RefusedError),
        (422, {"error": "invalid", "field": "seq", "reason": "missing"}, RefusedError),
        (429, {"error": "too_many_attempts", "retry_after": 60}, BusyError),
        (503, {"error": "no_memory"}, BusyError),
        (500, {"error": "defect"}, UnexpectedAnswerError),
        (404, {}, UnexpectedAnswerError),
        (302, {}, UnexpectedAnswerError),
        (200, {"model": 3}, UnexpectedAnswerError),
        (200, [], UnexpectedAnswerError),
    ],
)
async def test_errors(
    stand_in: StandIn, status: int, told: object, error: type[BridgeError]
) -> None:
    stand_in.status, stand_in.text = status, json.dumps(told)
    async with aiohttp.ClientSession() as session:
        client = BridgeClient(session, HOST, stand_in.port, stand_in.fingerprint, "token")
        with pytest.raises(error) as raised:
            await client.async_info()
    assert "token" not in str(raised.value)
    if isinstance(raised.value, RefusedError):
        assert (raised.value.last, raised.value.field) in {(7, None), (None, "seq")}


async def test_who_is_there(stand_in: StandIn) -> None:
    """Nobody is spoken to who has not the certificate that he has told of."""
    async with aiohttp.ClientSession() as session:
        for wrong in ("", "zz" * 32, "ab" * 31):
            stand_in.text = json.dumps(stand_in.info(fingerprint=wrong))
            with pytest.raises(UnexpectedAnswerError):
                await async_meet(session, HOST, stand_in.port)
        for text in ("<html>", "9" * (MOST + 1), "\udcff".encode(errors="replace").decode()):
            stand_in.text = text
            with pytest.raises(UnexpectedAnswerError):
                await async_meet(session, HOST, stand_in.port)
        stand_in.text = json.dumps(stand_in.info(more="than we know"))
        info = await async_meet(session, HOST, stand_in.port)
        assert (info.fingerprint, info.capabilities) == (stand_in.fingerprint, ())
        client = BridgeClient(session, HOST, stand_in.port, "ab" * 32, "token")
        with pytest.raises(AnotherBridgeError):
            await client.async_status()
        with pytest.raises(UnreachableError):
            await async_meet(session, HOST, free_port())
