"""Every browser is given the dashboard's module, where there are browsers."""

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.frontend import MODULE, URL


@pytest.mark.usefixtures("frontend")
async def test_every_page_loads_the_module(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    (address,) = hass.data[DATA_EXTRA_MODULE_URL].urls
    assert address.startswith(f"{URL}?v=")
    client = await hass_client_no_auth()
    response = await client.get(address)
    assert response.status == 200
    assert response.content_type == "text/javascript"
    assert await response.text() == MODULE.read_text()


async def test_nothing_is_served_where_there_is_no_frontend(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    assert (await client.get(URL)).status == 404
