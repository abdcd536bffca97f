"""The fix flow of a meter that was replaced."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult

from .base import MeterConfigEntry


class MeterReplacedFlow(RepairsFlow):
    """Tells what happened, and goes on with the new meter when the user says that it is theirs."""

    def __init__(self, entry: MeterConfigEntry) -> None:
        """Remember which meter it is about."""
        super().__init__()
        self._entry = entry

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Start."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Confirm the new meter."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", description_placeholders={"title": self._entry.title}
            )
        self._entry.runtime_data.async_confirm_meter()
        return self.async_create_entry(data={})
