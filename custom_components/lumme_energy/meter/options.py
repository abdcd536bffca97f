"""The options of a meter: how often its sensors tell something new at the most."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import NumberSelector, NumberSelectorConfig, NumberSelectorMode
import probatio

from ..const import (
    CONF_CAPACITY_PRICE,
    CONF_COUNTRY,
    CONF_LIVE_INTERVAL,
    CONF_REGISTER_INTERVAL,
)
from ..frontend.sidebar import SIDEBAR_FIELD
from ..metering.profiles import Country
from .descriptions import Pace


def _seconds(least: int, most: int) -> Any:
    config = NumberSelectorConfig(
        min=least,
        max=most,
        step=1,
        unit_of_measurement=UnitOfTime.SECONDS,
        mode=NumberSelectorMode.BOX,
    )
    return probatio.All(NumberSelector(config), probatio.Coerce(int))


SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_LIVE_INTERVAL, default=Pace.LIVE.value): _seconds(0, 60),
        probatio.Required(CONF_REGISTER_INTERVAL, default=Pace.REGISTER.value): _seconds(10, 600),
        **SIDEBAR_FIELD,
    }
)


# Belgian meters keep the peaks that the capacity tariff charges.
BELGIAN_SCHEMA: Final = SCHEMA.extend(
    {
        probatio.Optional(CONF_CAPACITY_PRICE): NumberSelector(
            NumberSelectorConfig(
                min=0,
                max=500,
                step=0.01,
                unit_of_measurement="€/kW",
                mode=NumberSelectorMode.BOX,
            )
        )
    }
)


class MeterOptionsFlow(OptionsFlowWithReload):
    """Asks how often, and in Belgium at what price."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask, and go on with the answer at once."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        is_belgian = self.config_entry.data.get(CONF_COUNTRY) == Country.BELGIUM
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                BELGIAN_SCHEMA if is_belgian else SCHEMA, self.config_entry.options
            ),
        )
