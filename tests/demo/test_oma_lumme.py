"""The stand-in for OmaLumme, as a browser and a careless client meet it."""

import aiohttp
import pytest
from yarl import URL

from custom_components.lumme_energy.portal.forms import Form, find, parse_forms
from demo.households.finland import CUSTOMER, FLAT, PASSWORD, USERNAME
from demo.oma_lumme import API, BEARER_LENGTH, CLIENT, REALM, DemoOmaLumme

AUTHORISE = f"{REALM}/protocol/openid-connect/auth"
QUERY = {
    "client_id": CLIENT,
    "redirect_uri": "https://oma.lumme-energia.fi/",
    "response_type": "code",
    "scope": "openid",
    "state": "s1",
}
TOKEN_HEADERS = {"iframe": "false", "x-omalumme-version": "web"}


async def form_of(http: aiohttp.ClientSession) -> Form:
    async with http.get(AUTHORISE, params=QUERY) as page:
        text = await page.text()
    assert "DEMO" in text
    form = find(parse_forms(text), "username", "password")
    assert form is not None
    return form


async def send(http: aiohttp.ClientSession, form: Form, **values: str) -> tuple[int, str, str]:
    async with http.post(form.action, data=form.filled(**values), allow_redirects=False) as answer:
        return answer.status, await answer.text(), answer.headers.get("Location", "")


async def log_in(http: aiohttp.ClientSession) -> str:
    status, _, location = await send(
        http, await form_of(http), username=USERNAME, password=PASSWORD
    )
    query = URL(location).query
    assert (status, query["state"]) == (302, "s1")
    headers = TOKEN_HEADERS | {"code": query["code"]}
    async with http.get(f"{API}/oidcAuthorization/", headers=headers) as answer:
        bought = await answer.json()
    assert bought["customerId"] == int(CUSTOMER)
    return str(bought["token"])


async def test_a_wrong_password_shows_the_form_again(http: aiohttp.ClientSession) -> None:
    form = await form_of(http)
    status, page, _ = await send(http, form, username='"<b>', password="wrong")
    assert status == 200
    assert "Virheellinen käyttäjätunnus tai salasana." in page
    again = find(parse_forms(page), "username", "password")
    assert again is not None
    assert again.fields["username"] == '"<b>'
    assert "<b>" not in page
    status, *_ = await send(http, again, username=USERNAME, password=PASSWORD)
    assert status == 302


async def test_a_form_works_once(http: aiohttp.ClientSession) -> None:
    form = await form_of(http)
    await send(http, form, username=USERNAME, password=PASSWORD)
    status, *_ = await send(http, form, username=USERNAME, password=PASSWORD)
    assert status == 400


async def test_cookies_and_hidden_fields_are_needed(http: aiohttp.ClientSession) -> None:
    form = await form_of(http)
    status, *_ = await send(http, form, username=USERNAME, password=PASSWORD, execution="x")
    assert status == 400
    form = await form_of(http)
    http.cookie_jar.clear()
    status, page, _ = await send(http, form, username=USERNAME, password=PASSWORD)
    assert status == 400
    assert "Evästettä" in page


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"response_type": "token"}])
async def test_a_wrong_authorise_request(
    http: aiohttp.ClientSession, wrong: dict[str, str]
) -> None:
    async with http.get(AUTHORISE, params=QUERY | wrong) as answer:
        assert answer.status == 400


async def test_a_code_works_once_and_with_its_headers(http: aiohttp.ClientSession) -> None:
    form = await form_of(http)
    _, _, location = await send(http, form, username=USERNAME, password=PASSWORD)
    code = {"code": URL(location).query["code"]}
    for headers, status in (
        (code, 400),
        (TOKEN_HEADERS, 400),
        (code | TOKEN_HEADERS, 200),
        (code | TOKEN_HEADERS, 400),
    ):
        async with http.get(f"{API}/oidcAuthorization/", headers=headers) as answer:
            assert answer.status == status


async def test_a_token_comes_in_two_parts(http: aiohttp.ClientSession) -> None:
    token = await log_in(http)
    assert len(token) > BEARER_LENGTH
    bearer = {"Authorization": f"Bearer {token[:BEARER_LENGTH]}"}
    rest = token[BEARER_LENGTH:]
    url = f"{API}/consumption/{CUSTOMER}/{CUSTOMER}/{FLAT}"
    query = {"version": "2", "start": "2026-11-01", "end": "2026-11-02", "viewPeriod": "day"}
    for headers, body, status in (
        (bearer, {"content": rest}, 200),
        (bearer, {"content": ""}, 401),
        ({"Authorization": "Bearer x"}, {"content": rest}, 401),
        ({}, {"content": token}, 401),
    ):
        async with http.post(url, params=query, headers=headers, json=body) as answer:
            assert answer.status == status
    async with http.get(f"{API}/contractBasicData/1", headers=bearer) as answer:
        assert answer.status == 403
    for wrong in ({"version": "1"}, {"viewPeriod": "year"}, {"start": "1.11."}):
        async with http.post(
            url, params=query | wrong, headers=bearer, json={"content": rest}
        ) as answer:
            assert answer.status == 400
    async with http.post(url + "0", params=query, headers=bearer, json={"content": rest}) as answer:
        assert answer.status == 400


async def test_the_page_after_log_in(http: aiohttp.ClientSession) -> None:
    async with http.get("/") as answer:
        assert "DEMO" in await answer.text()


async def test_a_port_that_is_taken(oma_lumme: DemoOmaLumme) -> None:
    port = URL(await oma_lumme.start()).port
    assert port is not None
    other = DemoOmaLumme()
    with pytest.raises(OSError, match="address already in use"):
        await other.start(port)
    await other.stop()
    await other.stop()
