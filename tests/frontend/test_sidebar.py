"""The dashboard is in the sidebar exactly as long as somebody wants it there."""

from typing import Any

from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.lumme_energy.const import CONF_SIDEBAR, DOMAIN
from custom_components.lumme_energy.frontend.sidebar import PATH, STRATEGY

from .conftest import house


class Browser:
    """What a browser asks of Home Assistant."""

    def __init__(self, client: Any) -> None:
        """Ask over a connection."""
        self._client = client

    async def ask(self, kind: str, **fields: Any) -> Any:
        """Return the whole answer."""
        await self._client.send_json_auto_id({"type": kind, **fields})
        return await self._client.receive_json()

    async def is_shown(self) -> bool:
        """Tell whether the sidebar has it; the list of dashboards must agree."""
        panels = (await self.ask("get_panels"))["result"]
        listed = (await self.ask("lovelace/dashboards/list"))["result"]
        assert (PATH in panels) == (PATH in {each["url_path"] for each in listed})
        return PATH in panels


@pytest.fixture
async def browser(
    hass: HomeAssistant, frontend: None, hass_ws_client: WebSocketGenerator
) -> Browser:
    """A browser in which somebody is logged in, as soon as all that serves it is there."""
    assert await async_setup_component(hass, DOMAIN, {})
    return Browser(await hass_ws_client(hass))


async def test_it_is_opt_in(hass: HomeAssistant, browser: Browser) -> None:
    entry = house(hass, "cottage")
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert not await browser.is_shown()
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "heating")
    assert form["data_schema"]({}) == {CONF_SIDEBAR: False}
    await hass.config_entries.options.async_configure(form["flow_id"], {CONF_SIDEBAR: True})
    await hass.async_block_till_done()
    assert await browser.is_shown()
    assert (await browser.ask("lovelace/config", url_path=PATH))["result"] == STRATEGY
    # What Cast shows, and the page with system information.
    dashboard = hass.data[LOVELACE_DATA].dashboards[PATH]
    assert await dashboard.async_load(force=False) == STRATEGY
    assert await dashboard.async_get_info() == {"mode": "yaml"}

    form = await hass.config_entries.options.async_init(entry.entry_id)
    await hass.config_entries.options.async_configure(form["flow_id"], {CONF_SIDEBAR: False})
    await hass.async_block_till_done()
    assert not await browser.is_shown()


async def test_it_stays_until_the_last_entry_that_wants_it_is_gone(
    hass: HomeAssistant, browser: Browser
) -> None:
    for entry_id in ("cottage", "cabin"):
        house(hass, entry_id, **{CONF_SIDEBAR: True})
        await hass.config_entries.async_setup(entry_id)
    assert await browser.is_shown()
    await hass.config_entries.async_unload("cottage")
    assert await browser.is_shown()
    await hass.config_entries.async_unload("cabin")
    assert not await browser.is_shown()


async def test_nobody_edits_it(hass: HomeAssistant, browser: Browser) -> None:
    entry = house(hass, "cottage", **{CONF_SIDEBAR: True})
    await hass.config_entries.async_setup(entry.entry_id)
    saved = await browser.ask("lovelace/config/save", url_path=PATH, config={"views": []})
    assert not saved["success"]
    assert (await browser.ask("lovelace/config", url_path=PATH))["result"] == STRATEGY


async def test_a_dashboard_of_somebodys_own_stays_as_it_is(
    hass: HomeAssistant, browser: Browser
) -> None:
    made = await browser.ask("lovelace/dashboards/create", url_path=PATH, title="Mine")
    assert made["success"]
    mine = {"views": [{"title": "Mine"}]}
    await browser.ask("lovelace/config/save", url_path=PATH, config=mine)
    entry = house(hass, "cottage", **{CONF_SIDEBAR: True})
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await browser.ask("lovelace/config", url_path=PATH))["result"] == mine
    await hass.config_entries.async_unload(entry.entry_id)
    assert await browser.is_shown()
    assert (await browser.ask("lovelace/config", url_path=PATH))["result"] == mine


async def test_without_a_frontend_there_is_no_sidebar(hass: HomeAssistant) -> None:
    entry = house(hass, "cottage", **{CONF_SIDEBAR: True})
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
