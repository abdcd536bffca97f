"""The fix flow of a meter that was replaced."""

from typing import Any, override

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlowResult

from .base import MeterConfigEntry


class MeterReplacedFlow(ConfirmRepairFlow):
    """Tells what happened, and goes on with the new meter when the user says that it is theirs."""

    def __init__(self, entry: MeterConfigEntry, place: str) -> None:
        """Remember which meter it is about: "" is the meter itself, else one behind it."""
        super().__init__()
        self._entry = entry
        self._place = place

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Confirm the new meter."""
        if user_input is not None:
            self._entry.runtime_data.async_confirm_meter(self._place)
        return await super().async_step_confirm(user_input)
