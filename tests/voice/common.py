"""What speaks to Home Assistant in tests, as a microphone would."""

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.cottage import DemoCottage
from tests.account.common import Demo
from tests.site.common import modbus_zone, set_up, site_entry

ROOMS = ("living_room", "bedroom")


async def say(
    hass: HomeAssistant,
    text: str,
    language: str = "en",
    *,
    conversation_id: str | None = None,
    device_id: str | None = None,
    user_id: str | None = None,
) -> str:
    """Say something to Assist, and return what it says."""
    result = await conversation.async_converse(
        hass,
        text,
        conversation_id,
        Context(user_id=user_id),
        language=language,
        device_id=device_id,
    )
    return str(result.response.speech["plain"]["speech"])


async def account(hass: HomeAssistant, demo: Demo) -> MockConfigEntry:
    """Set a supplier account up; a meter that listens in the background is not waited for."""
    entry = demo.entry(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def house(hass: HomeAssistant, cottage: DemoCottage) -> MockConfigEntry:
    """Set a heated house up that is called Mökki."""
    entry = site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS))
    hass.config_entries.async_update_entry(entry, title="Mökki")
    await set_up(hass, entry)
    return entry
