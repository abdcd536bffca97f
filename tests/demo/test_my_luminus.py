"""The stand-in for My Luminus, as a browser and a careless client meet it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from yarl import URL

from custom_components.lumme_energy.portal.forms import Form, find, parse_forms
from custom_components.lumme_energy.portal.session import new_cookie_jar
from demo.faults import FaultKind
from demo.households.belgium import BAKERY, HOME, HOME_ELECTRICITY, OVEN_GAS, PASSWORD, USERNAME
from demo.my_luminus import API, CLIENT, EXCEL, WEB, DemoMyLuminus

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def demo() -> DemoMyLuminus:
    return DemoMyLuminus(clock=lambda: NOW)


@pytest.fixture
async def browser(
    socket_enabled: None, demo: DemoMyLuminus
) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(await demo.start(), cookie_jar=new_cookie_jar()) as session:
        yield session
    await demo.stop()


async def page_of(answer: aiohttp.ClientResponse, *names: str) -> tuple[URL, Form]:
    text = await answer.text()
    assert "DEMO" in text
    form = find(parse_forms(text), *names)
    assert form is not None
    return answer.url, form


async def password_page(browser: aiohttp.ClientSession) -> tuple[URL, Form]:
    async with browser.get(WEB) as answer:
        assert answer.status == 200
        assert answer.url.path == "/u/login/identifier"
        url, form = await page_of(answer, "state", "username")
    async with browser.post(url, data=form.filled(username=USERNAME)) as answer:
        assert answer.url.path == "/u/login/password"
        return await page_of(answer, "state", "username", "password")


async def log_in(browser: aiohttp.ClientSession) -> None:
    url, form = await password_page(browser)
    async with browser.post(url, data=form.filled(password=PASSWORD)) as answer:
        assert (answer.status, answer.url.path) == (200, WEB)


async def status_of(browser: aiohttp.ClientSession, path: str) -> int:
    async with browser.get(f"{API}/{path}") as answer:
        return answer.status


async def test_a_browser_logs_in(browser: aiohttp.ClientSession, demo: DemoMyLuminus) -> None:
    assert await status_of(browser, "account/overview") == 403
    await log_in(browser)
    async with browser.get(WEB) as answer:
        assert "Welkom" in await answer.text()
    async with browser.get(f"{API}/account/overview") as answer:
        overview = await answer.json()
    assert overview["activeBusinessPartnerNumber"] == BAKERY
    partners = [partner["businessPartnerNumber"] for partner in overview["businessPartners"]]
    assert partners == [BAKERY, HOME]
    assert demo.requests.logins == 1


async def test_a_wrong_password_shows_the_form_again(browser: aiohttp.ClientSession) -> None:
    url, form = await password_page(browser)
    async with browser.post(url, data=form.filled(password="wrong")) as answer:
        assert answer.status == 400
        assert "Verkeerd e-mailadres of wachtwoord" in await answer.text()
        url, form = await page_of(answer, "password")
    async with browser.post(url, data=form.filled(password=PASSWORD)) as answer:
        assert answer.status == 200


async def test_what_is_no_address_shows_the_form_again(browser: aiohttp.ClientSession) -> None:
    async with browser.get(WEB) as answer:
        url, form = await page_of(answer, "username")
    async with browser.post(url, data=form.filled(username='"<b>')) as answer:
        assert answer.status == 400
        text = await answer.text()
        _, form = await page_of(answer, "username")
    assert form.fields["username"] == '"<b>'
    assert "<b>" not in text


async def test_a_changed_password(browser: aiohttp.ClientSession, demo: DemoMyLuminus) -> None:
    demo.faults.add(FaultKind.CHANGED_PASSWORD)
    url, form = await password_page(browser)
    async with browser.post(url, data=form.filled(password=PASSWORD)) as answer:
        assert answer.status == 400


async def test_logged_in_although_it_says_500(
    browser: aiohttp.ClientSession, demo: DemoMyLuminus
) -> None:
    demo.stumbles = True
    url, form = await password_page(browser)
    async with browser.post(url, data=form.filled(password=PASSWORD)) as answer:
        assert answer.status == 500
    assert await status_of(browser, "account/overview") == 200


@pytest.mark.parametrize("step", ["identifier", "password"])
@pytest.mark.parametrize("wrong", [{"state": "x"}, {"action": "other"}])
async def test_hidden_fields_are_needed(
    browser: aiohttp.ClientSession, step: str, wrong: dict[str, str]
) -> None:
    url, form = await password_page(browser)
    fields = form.filled(password=PASSWORD, **wrong) | dict.fromkeys(
        ("js-available", "webauthn-available", "is-brave"), "false"
    )
    async with browser.post(url.with_path(f"/u/login/{step}", keep_query=True), data=fields) as got:
        assert got.status == 400
        assert "Ongeldige aanvraag" in await got.text()


async def test_cookies_are_needed(browser: aiohttp.ClientSession) -> None:
    url, form = await password_page(browser)
    browser.cookie_jar.clear()
    async with browser.post(url, data=form.filled(password=PASSWORD)) as answer:
        assert answer.status == 400
        assert "cookie" in await answer.text()


async def test_no_way_round_the_password(browser: aiohttp.ClientSession) -> None:
    url, _ = await password_page(browser)
    async with browser.get(url.with_path("/authorize/resume", keep_query=True)) as answer:
        assert answer.url.path == "/u/login/identifier"
    async with browser.get(f"{API}/auth/callback", params={"code": "x", "state": "y"}) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("query", [{}, {"client_id": CLIENT}, {"state": "a.b"}])
async def test_a_wrong_authorise_request(
    browser: aiohttp.ClientSession, query: dict[str, str]
) -> None:
    async with browser.get("/authorize", params=query) as answer:
        assert answer.status == 400


CALLS = (
    "active-contracts",
    "meter-readings/available-sources",
    f"price-information/{OVEN_GAS}",
    "account-statement",
    "budget-bill-lines",
    "meter-readings",
)


@pytest.mark.parametrize("call", [*CALLS, "consumptions", "invoice-document/x"])
async def test_every_call_needs_a_session(
    browser: aiohttp.ClientSession, demo: DemoMyLuminus, call: str
) -> None:
    assert await status_of(browser, call) == 403
    await log_in(browser)
    assert await status_of(browser, call) == (200 if call in CALLS else 404)
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    assert await status_of(browser, call) == 403


async def test_one_partner_is_active(browser: aiohttp.ClientSession) -> None:
    await log_in(browser)
    for partner, known in ((HOME, True), ("1", False)):
        async with browser.post(
            f"{API}/account/active-business-partner", json={"bp": partner}
        ) as answer:
            assert await answer.json() == {"ok": known}
    async with browser.get(f"{API}/active-contracts") as answer:
        assert [contract["ean"] for contract in await answer.json()] == [HOME_ELECTRICITY]
    assert await status_of(browser, f"price-information/{OVEN_GAS}") == 404
    async with browser.get(f"{API}/price-information/{HOME_ELECTRICITY}") as answer:
        shown = await answer.json()
    assert shown["activeMeterType"] == "single"
    assert shown["prices"]["single"]["single"] == {"rate": 14.96}
    assert shown["prices"]["single"]["fixed"] == {"rate": 65.0}


CONSUMPTION = {
    "ean": OVEN_GAS,
    "source": "BasicMonitoring",
    "energyType": "Gas",
    "dateFrom": "2026-10-01",
    "dateUntil": "2026-10-02",
    "periodicity": "Day",
}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"periodicity": "Week"}, 400),
        ({"dateFrom": "yesterday"}, 400),
        ({"source": "SAP"}, 400),
        ({"energyType": "Electricity"}, 400),
        ({"ean": HOME_ELECTRICITY}, 404),
    ],
)
async def test_consumption_wants_all_it_needs(
    browser: aiohttp.ClientSession, changes: dict[str, str], status: int
) -> None:
    await log_in(browser)
    async with browser.get(f"{API}/consumptions", params=CONSUMPTION | changes) as answer:
        assert answer.status == status
        if status == 200:
            assert len((await answer.json())["Consumptions"]) == 2


async def test_what_an_export_needs(browser: aiohttp.ClientSession) -> None:
    await log_in(browser)
    export = f"{API}/account-statement/export"
    for query, status, kind in (
        ({"ean": OVEN_GAS, "format": "Excel"}, 200, EXCEL),
        ({"ean": OVEN_GAS, "format": "Pdf"}, 200, "application/pdf"),
        ({"ean": OVEN_GAS, "format": "Word"}, 400, "application/json"),
        ({"ean": HOME_ELECTRICITY, "format": "Pdf"}, 404, "application/json"),
        ({}, 404, "application/json"),
    ):
        async with browser.get(export, params=query) as answer:
            assert (answer.status, answer.content_type) == (status, kind)


async def test_a_change_that_makes_no_sense(
    browser: aiohttp.ClientSession, demo: DemoMyLuminus
) -> None:
    url = f"{API}/budget-bill-lines"
    async with browser.post(url, json={}) as answer:
        assert answer.status == 403
    await log_in(browser)
    for body, status in (("{", 400), ("[]", 400), ('{"Ean": "1"}', 400)):
        async with browser.post(url, data=body) as answer:
            assert answer.status == status
    assert [write.reason for write in demo.changes.writes] == ["UnknownEan"]


async def test_a_contract_tells_what_is_collected(
    browser: aiohttp.ClientSession,
) -> None:
    await log_in(browser)
    url = f"{API}/billing-settings"
    for word in ("Deposits", "AllInvoices"):
        async with browser.post(url, json={"DirectDebitSubscription": word}) as answer:
            assert await answer.json() == {"Success": True}
        async with browser.get(f"{API}/active-contracts") as answer:
            shown = await answer.json()
        assert {one["paymentMethod"] for one in shown} == {"DirectDebit"}
        assert {one["directDebitSubscription"] for one in shown} == {word}
