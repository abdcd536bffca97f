"""The repairs of a supplier account about which the user can do something."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from ..portal.model import Capability
from .coordinator import AccountConfigEntry


class CheckAgainFlow(RepairsFlow):
    """Asks the portal once more, now, for what it turned out not to offer."""

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
        """Check when the user says so."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                description_placeholders={"title": self._entry.title},
            )
        if await self._entry.runtime_data.async_check_again(self._capability):
            return self.async_create_entry(data={})
        return self.async_abort(reason="still_missing")
