"""Tests that what goes wrong is told in the words of whoever asked."""

from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.lumme_energy.account.errors import (
    async_words,
    failed,
    invalid,
    portal_errors,
)
from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import Capability

from .common import Demo, start


@pytest.mark.parametrize(
    ("err", "key"),
    [
        (PortalAuthenticationError(), "authentication_failed"),
        (PortalUnavailableError("down"), "portal_unavailable"),
        (PortalCapabilityError(Capability.DOCUMENTS, "document"), "not_offered"),
        (PortalUnexpectedAnswerError("document", "odd"), "portal_changed"),
    ],
)
async def test_portal_errors(
    hass: HomeAssistant, oma_lumme: Demo, err: PortalError, key: str
) -> None:
    """Every trouble with a portal has its words; only a wrong password asks for another."""
    entry = await start(hass, oma_lumme.entry(hass))
    with pytest.raises(HomeAssistantError) as told, portal_errors(entry.runtime_data):
        raise err
    assert told.value.translation_key == key
    assert told.value.translation_placeholders == {"portal": "OmaLumme"}
    await hass.async_block_till_done()
    asks = bool(list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})))
    assert asks is isinstance(err, PortalAuthenticationError)


async def test_words(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """An error's words can be had in Home Assistant's language."""
    entry = await start(hass, oma_lumme.entry(hass))
    hass.config.language = "sv"
    assert await async_words(hass, invalid("no_amount")) == ("Ange vilket belopp det ska vara.")
    assert await async_words(hass, failed(entry.runtime_data, "not_offered")) == (
        "OmaLumme erbjuder inte detta."
    )
