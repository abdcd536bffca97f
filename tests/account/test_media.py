"""Tests of the media browser's folders, as the frontend asks for them."""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.lumme_energy.const import DOMAIN
from demo.documents import invoice_document
from demo.faults import FaultKind

from .actions.common import call
from .common import Demo, start
from .test_archiving import asked, begin, some

ROOT = f"media-source://{DOMAIN}"


@pytest.fixture(autouse=True)
async def _media_source(hass: HomeAssistant) -> None:
    """Start the media browser."""
    assert await async_setup_component(hass, "media_source", {})


class Browser:
    """The frontend's media browser."""

    def __init__(self, connect: Callable[[], Awaitable[Any]]) -> None:
        """Log in when something is asked for: by then everything is set up."""
        self._connect = connect
        self._socket: Any = None

    async def ask(self, kind: str, content_id: str) -> dict[str, Any]:
        """Ask, and return the whole answer."""
        if self._socket is None:
            self._socket = await self._connect()
        await self._socket.send_json_auto_id(
            {"type": f"media_source/{kind}", "media_content_id": content_id}
        )
        answer: dict[str, Any] = await self._socket.receive_json()
        return answer

    async def open(self, content_id: str) -> list[dict[str, Any]]:
        """Return what is in a folder."""
        answer = await self.ask("browse_media", content_id)
        assert answer["success"], answer
        children: list[dict[str, Any]] = answer["result"]["children"]
        return children

    async def enter(self, content_id: str, *titles: str) -> list[dict[str, Any]]:
        """Return what is in a folder, by the titles on the way."""
        children = await self.open(content_id)
        for title in titles:
            (child,) = (each for each in children if each["title"] == title)
            children = await self.open(child["media_content_id"])
        return children


@pytest.fixture
def browser(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> Browser:
    """Return a media browser."""
    return Browser(partial(hass_ws_client, hass))


def titles(children: list[dict[str, Any]]) -> list[str]:
    """Return what a folder shows."""
    return [each["title"] for each in children]


async def test_folders(hass: HomeAssistant, browser: Browser, my_luminus: Demo) -> None:
    """Account, kind, year, and then every invoice, without a request to the portal."""
    entry = await start(hass, my_luminus.entry(hass))
    requests = my_luminus.portal.requests.total
    assert titles(await browser.open(ROOT)) == [entry.title]
    kinds = titles(await browser.enter(ROOT, entry.title))
    assert kinds == ["Invoices", "Credit notes"]
    count = 0
    for kind in kinds:
        years = titles(await browser.enter(ROOT, entry.title, kind))
        assert years == sorted(years, reverse=True)
        for year in years:
            leaves = await browser.enter(ROOT, entry.title, kind, year)
            assert all(each["title"].startswith(year) for each in leaves)
            assert {(each["can_play"], each["can_expand"]) for each in leaves} == {(True, False)}
            assert {each["media_content_type"] for each in leaves} == {"application/pdf"}
            count += len(leaves)
    assert count == len(my_luminus.customer.statement.invoices)
    assert my_luminus.portal.requests.total == requests


async def test_identifiers_tell_nothing(
    hass: HomeAssistant, browser: Browser, oma_lumme: Demo
) -> None:
    """No number of an invoice, a customer or a supply point is in what players and logs see."""
    (invoice,) = some(oma_lumme, 1)
    entry = await start(hass, oma_lumme.entry(hass))
    (leaf,) = await browser.enter(ROOT, entry.title, "Invoices", "2026")
    told = leaf["media_content_id"]
    for secret in (invoice.number, oma_lumme.customer.account.account_id, *invoice.gsrns):
        assert secret not in told


@pytest.mark.parametrize(
    ("language", "kind", "title"),
    [
        ("fi", "Laskut", "20.11.2026 · {} € · 26101681"),
        ("fr", "Factures", "20/11/2026 · {} € · 26101681"),
    ],
)
async def test_languages(
    hass: HomeAssistant, browser: Browser, oma_lumme: Demo, language: str, kind: str, title: str
) -> None:
    """Folders and invoices are called as people call them."""
    hass.config.language = language
    (invoice,) = some(oma_lumme, 1)
    entry = await start(hass, oma_lumme.entry(hass))
    (leaf,) = await browser.enter(ROOT, entry.title, kind, "2026")
    assert leaf["title"] == title.format(f"{invoice.amount:.2f}".replace(".", ","))


async def test_play(
    hass: HomeAssistant,
    browser: Browser,
    hass_client_no_auth: ClientSessionGenerator,
    oma_lumme: Demo,
) -> None:
    """What is chosen has a signed address, which needs no log-in; any other does."""
    (invoice,) = some(oma_lumme, 1)
    entry = await start(hass, oma_lumme.entry(hass))
    (leaf,) = await browser.enter(ROOT, entry.title, "Invoices", "2026")
    answer = await browser.ask("resolve_media", leaf["media_content_id"])
    assert answer["result"]["mime_type"] == "application/pdf"
    client = await hass_client_no_auth()
    url: str = answer["result"]["url"]
    response = await client.get(url)
    assert response.status == HTTPStatus.OK
    assert await response.read() == invoice_document(oma_lumme.customer, invoice)
    assert asked(oma_lumme) == 1
    altered = url.replace(leaf["media_content_id"].rpartition("/")[2], "0" * 20)
    assert altered != url
    assert (await client.get(altered)).status == HTTPStatus.UNAUTHORIZED


async def test_statements(hass: HomeAssistant, browser: Browser, my_luminus: Demo) -> None:
    """A statement that was exported is there too."""
    entry = await start(hass, my_luminus.entry(hass))
    gsrn = my_luminus.customer.supply_points[0].gsrn
    told = await call(hass, "export_statement", supply_point=gsrn, format="xlsx")
    (leaf,) = await browser.enter(ROOT, entry.title, "Statements", "2026")
    assert leaf["media_content_id"] == told["media_content_id"]
    assert leaf["media_content_type"].endswith("sheet")
    assert (await browser.ask("resolve_media", leaf["media_content_id"]))["success"]


@pytest.mark.parametrize(
    "path",
    [
        "none",
        "{entry}/none",
        "{entry}/none/2026",
        "{entry}/invoices/2026/x/y",
        "{entry}/../..",
        "{entry}/invoices/../../..",
    ],
)
async def test_no_such_folder(
    hass: HomeAssistant, browser: Browser, oma_lumme: Demo, path: str
) -> None:
    """What is not there is told in words."""
    entry = await start(hass, oma_lumme.entry(hass))
    answer = await browser.ask("browse_media", f"{ROOT}/{path.format(entry=entry.entry_id)}")
    if answer["success"]:
        assert answer["result"]["children"] == []
    else:
        assert answer["error"]["message"] == (
            "This document does not exist any more. Open the folder again"
        )


@pytest.mark.parametrize("path", ["none", "none/x", "{entry}", "{entry}/invoices/2026/none"])
async def test_no_such_document(
    hass: HomeAssistant, browser: Browser, oma_lumme: Demo, path: str
) -> None:
    """What is not there cannot be played."""
    entry = await start(hass, oma_lumme.entry(hass))
    answer = await browser.ask("resolve_media", f"{ROOT}/{path.format(entry=entry.entry_id)}")
    assert not answer["success"]
    assert "does not exist any more" in answer["error"]["message"]


async def test_a_portal_in_trouble(hass: HomeAssistant, browser: Browser, oma_lumme: Demo) -> None:
    """The browser shows in words what is the matter."""
    entry = await start(hass, oma_lumme.entry(hass))
    leaf = (await browser.enter(ROOT, entry.title, "Invoices", "2026"))[0]
    oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR)
    answer = await browser.ask("resolve_media", leaf["media_content_id"])
    assert not answer["success"]
    assert "OmaLumme cannot be reached" in answer["error"]["message"]


async def test_what_left_the_portal(hass: HomeAssistant, browser: Browser, oma_lumme: Demo) -> None:
    """An archived invoice has its place in the browser for good."""
    (invoice,) = some(oma_lumme, 1)
    entry = await begin(hass, oma_lumme)
    await oma_lumme.stop()
    (leaf,) = await browser.enter(ROOT, entry.title, "Invoices", "2026")
    assert invoice.number in leaf["title"]
    assert (await browser.ask("resolve_media", leaf["media_content_id"]))["success"]
