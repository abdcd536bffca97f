"""The options of a house: all that heats is told when it is set up or reconfigured."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
import probatio

from ..frontend.sidebar import SIDEBAR_FIELD


class SiteOptionsFlow(OptionsFlow):
    """Asks how the house is shown. The entry itself listens, and goes on with the answer at once."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start."""
        return await self.async_step_heating()

    async def async_step_heating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="heating",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(SIDEBAR_FIELD), self.config_entry.options
            ),
        )
