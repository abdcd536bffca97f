"""Fix flows for the repairs about which the user can do something."""

from typing import Any

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from .account.coordinator import AccountConfigEntry
from .account.readings.repairs import HeldReadingFlow
from .const import CONF_KIND, KIND_METER
from .meter.repairs import MeterReplacedFlow
from .portal.model import Capability


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue."""
    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return ConfirmRepairFlow()
    if entry.data[CONF_KIND] == KIND_METER:
        return MeterReplacedFlow(entry, str(data["place"]))
    if "plan_id" in data:
        return HeldReadingFlow(entry, str(data["plan_id"]))
    return CheckAgainFlow(entry, Capability(str(data["capability"])))


class CheckAgainFlow(RepairsFlow):
    """Asks a portal once more, now, for what it turned out not to offer."""

    def __init__(self, entry: AccountConfigEntry, capability: Capability) -> None:
        """Remember what is missing."""
        super().__init__()
        self._entry = entry
        self._capability = capability

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask the portal when the user says so."""
        coordinator = self._entry.runtime_data
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={
                    "portal": coordinator.supplier.portal_name,
                    "title": self._entry.title,
                },
            )
        if await coordinator.async_check_again(self._capability):
            return self.async_create_entry(data={})
        return self.async_abort(
            reason="still_missing",
            description_placeholders={"portal": coordinator.supplier.portal_name},
        )
