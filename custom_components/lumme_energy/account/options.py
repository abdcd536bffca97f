"""The options of a supplier account."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import SelectSelector, SelectSelectorConfig
import probatio

from ..const import CONF_SEGMENT
from ..portal.model import Segment

SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_SEGMENT, default=Segment.PRIVATE): SelectSelector(
            SelectSelectorConfig(options=[*Segment], translation_key=CONF_SEGMENT)
        )
    }
)


class AccountOptionsFlow(OptionsFlowWithReload):
    """Asks what the portal does not tell."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start."""
        return await self.async_step_account()

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask, and go on with the answer at once."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, self.config_entry.options),
        )
