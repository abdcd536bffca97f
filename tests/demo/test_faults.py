"""Faults, switched on from outside and from within."""

from typing import Any

import aiohttp
import pytest

from demo.faults import Fault, FaultKind
from demo.oma_lumme import API, REALM, DemoOmaLumme


async def test_faults_over_http(http: aiohttp.ClientSession, oma_lumme: DemoOmaLumme) -> None:
    offers = f"{API}/priceFixOffers"
    fault = {"kind": "rate_limited", "path": offers, "retry_after": 60, "times": 1}
    async with http.post("/_demo/faults", json=fault) as answer:
        assert await answer.json() == [fault | {"method": None, "chance": 1.0, "seconds": 1.0}]
    async with http.get("/") as answer:
        assert answer.status == 200
    async with http.get(offers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    async with http.get(offers) as answer:
        assert answer.status == 200
    async with http.post("/_demo/faults", json={"kind": "server_error"}) as answer:
        assert answer.status == 200
    async with http.get("/_demo/faults") as answer:
        assert [active["kind"] for active in await answer.json()] == ["server_error"]
    async with http.delete("/_demo/faults") as answer:
        assert await answer.json() == []
    async with http.get("/nowhere") as answer:
        assert answer.status == 404
    async with http.get("/_demo/requests") as answer:
        assert await answer.json() == {
            "total": 4,
            "logins": 0,
            "paths": {"/": 1, offers: 2, "(unknown)": 1},
        }
    oma_lumme.requests.clear()
    assert oma_lumme.requests.total == 0
    assert oma_lumme.requests.paths == {}


@pytest.mark.parametrize("wrong", [{}, [], {"kind": "flood"}, {"kind": "html", "colour": 1}, "x"])
async def test_what_is_no_fault(http: aiohttp.ClientSession, wrong: Any) -> None:
    async with http.post("/_demo/faults", json=wrong) as answer:
        assert answer.status == 400
        assert "error" in await answer.json()


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.UNKNOWN_WORD])
async def test_pages_are_not_spoilt(
    http: aiohttp.ClientSession, oma_lumme: DemoOmaLumme, kind: FaultKind
) -> None:
    oma_lumme.faults.add(kind)
    async with http.get("/") as answer:
        assert (await answer.text()).endswith("</html>\n")


async def test_what_is_asked_for_is_done_and_nobody_hears_of_it(
    http: aiohttp.ClientSession, oma_lumme: DemoOmaLumme
) -> None:
    oma_lumme.faults.add(FaultKind.ANSWER_LOST, method="POST")
    oma_lumme.faults.add(FaultKind.ERROR_AFTERWARDS, times=1)
    async with http.get("/") as answer:
        assert answer.status == 502
    async with http.get("/") as answer:
        assert answer.status == 200
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.post(f"{REALM}/login-actions/authenticate")
    assert oma_lumme.requests.logins == 1


async def test_a_request_that_is_cut_off_is_not_looked_at(
    http: aiohttp.ClientSession, oma_lumme: DemoOmaLumme
) -> None:
    oma_lumme.faults.add(FaultKind.DISCONNECT, times=1)
    form = f"{REALM}/login-actions/authenticate"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await http.post(form)
    assert oma_lumme.requests.logins == 0
    oma_lumme.faults.add(FaultKind.DELIVERED_TWICE, times=1)
    await http.post(form)
    assert oma_lumme.requests.logins == 2


async def test_a_fault_that_is_left_to_chance(
    http: aiohttp.ClientSession, oma_lumme: DemoOmaLumme
) -> None:
    oma_lumme.faults.add(FaultKind.SERVER_ERROR, chance=0.5, times=8)
    statuses = []
    for _ in range(40):
        async with http.get("/") as answer:
            statuses.append(answer.status)
    assert statuses.count(500) == 8
    assert statuses[:8].count(500) in range(1, 8)


def test_a_fault_from_json() -> None:
    assert Fault.from_json({"kind": "latency", "seconds": 2}) == Fault(
        kind=FaultKind.LATENCY, seconds=2
    )
