"""The options of a supplier account."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import probatio

from ..const import (
    CONF_ARCHIVE,
    CONF_IMPORT_FOLDER,
    CONF_SEGMENT,
    CONF_SUPPLIER,
    CONF_TARGET_PRICE,
    CONF_TOLERANCE_ENERGY,
    CONF_TOLERANCE_PERCENT,
)
from ..frontend.sidebar import SIDEBAR_FIELD
from ..portal.model import Capability, Segment
from ..portal.suppliers import SUPPLIERS, Supplier
from .bookkeeper import TOLERANCE
from .import_folder import async_may_watch
from .price_fix import TARGET_UNIT

FIELDS: Final = {
    probatio.Required(CONF_SEGMENT, default=Segment.PRIVATE): SelectSelector(
        SelectSelectorConfig(options=[*Segment], translation_key=CONF_SEGMENT)
    ),
    probatio.Required(CONF_TOLERANCE_PERCENT, default=float(TOLERANCE.percent)): NumberSelector(
        NumberSelectorConfig(
            min=0, max=50, step=0.5, unit_of_measurement="%", mode=NumberSelectorMode.BOX
        )
    ),
    probatio.Required(CONF_TOLERANCE_ENERGY, default=float(TOLERANCE.energy)): NumberSelector(
        NumberSelectorConfig(
            min=0, max=1000, step=1, unit_of_measurement="kWh", mode=NumberSelectorMode.BOX
        )
    ),
    probatio.Optional(CONF_IMPORT_FOLDER): TextSelector(),
}
# What is asked where the portal has what it is about.
FIELDS_OF: Final[dict[Capability, dict[Any, Any]]] = {
    Capability.DOCUMENTS: {probatio.Required(CONF_ARCHIVE, default=False): BooleanSelector()},
    Capability.OFFERS: {
        probatio.Optional(CONF_TARGET_PRICE): NumberSelector(
            NumberSelectorConfig(
                min=0,
                max=100,
                step=0.01,
                unit_of_measurement=TARGET_UNIT,
                mode=NumberSelectorMode.BOX,
            )
        )
    },
}


class AccountOptionsFlow(OptionsFlowWithReload):
    """Asks what the portal does not tell."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start."""
        return await self.async_step_account()

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask, and go on with the answer at once."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if await async_may_watch(self.hass, user_input.get(CONF_IMPORT_FOLDER)):
                return self.async_create_entry(data=user_input)
            errors[CONF_IMPORT_FOLDER] = "folder_not_allowed"
        portal = SUPPLIERS[Supplier(self.config_entry.data[CONF_SUPPLIER])].portal
        fields: dict[Any, Any] = dict(FIELDS)
        for capability, more in FIELDS_OF.items():
            if capability in portal.capabilities:
                fields |= more
        fields |= SIDEBAR_FIELD
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema(fields), user_input or self.config_entry.options
            ),
            errors=errors,
        )
