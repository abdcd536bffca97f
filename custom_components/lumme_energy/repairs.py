"""Fix flows for the repairs about which the user can do something."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .account.repairs import CheckAgainFlow
from .portal.model import Capability


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return ConfirmRepairFlow()
    return CheckAgainFlow(entry, Capability(str(data["capability"])))
