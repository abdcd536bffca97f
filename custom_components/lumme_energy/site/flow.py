"""Config flow steps of a heated house: what it is called, and which entities tell of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_NAME, UnitOfPower, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import probatio

from ..const import BRIDGE_MODEL, CONF_KIND, DOMAIN, KIND_HEATING
from ..entity_ids import entity_id_of, lasting_id
from ..heating.model import SiteSettings
from .frost_guard import async_forget
from .settings import (
    CONF_BASE_LOAD,
    CONF_BRIDGE,
    CONF_FUSE,
    CONF_INTERVAL,
    CONF_MONTH_PEAK,
    CONF_OUTDOOR,
    CONF_PHASES,
    CONF_POWER,
    CONF_PRESENCE,
    CONF_PRICE,
    CONF_QUARTER,
    CONF_TURN_DOWN_AFTER,
    CONF_WEATHER,
    DEFAULT_INTERVAL,
    SITE_ENTITIES,
)

SECTION: Final = "electricity"


def sensor(device_class: SensorDeviceClass | None = None) -> EntitySelector:
    """Return the choice among sensors that measure something."""
    chosen = {"domain": "sensor"} | ({"device_class": device_class} if device_class else {})
    return EntitySelector(EntitySelectorConfig(filter=chosen))  # type: ignore[typeddict-item]


def number(least: float, most: float, unit: str | None = None, step: float = 1) -> NumberSelector:
    """Return the choice of a number."""
    config = NumberSelectorConfig(min=least, max=most, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Optional(CONF_PRESENCE): EntitySelector(
            EntitySelectorConfig(
                domain=["zone", "person", "device_tracker", "binary_sensor", "input_boolean"],
                multiple=True,
            )
        ),
        probatio.Optional(CONF_TURN_DOWN_AFTER): number(0.5, 72, UnitOfTime.HOURS, 0.5),
        probatio.Optional(CONF_OUTDOOR): sensor(SensorDeviceClass.TEMPERATURE),
        probatio.Optional(CONF_WEATHER): EntitySelector(EntitySelectorConfig(domain="weather")),
        probatio.Optional(CONF_BRIDGE): DeviceSelector(
            DeviceSelectorConfig(
                filter=DeviceFilterSelectorConfig(integration=DOMAIN, model=BRIDGE_MODEL)
            )
        ),
        probatio.Required(SECTION): section(
            probatio.Schema(
                {
                    probatio.Optional(CONF_POWER): sensor(SensorDeviceClass.POWER),
                    probatio.Required(CONF_BASE_LOAD, default=SiteSettings().base_load): number(
                        0, 5000, UnitOfPower.WATT
                    ),
                    probatio.Optional(CONF_PRICE): sensor(),
                    probatio.Optional(CONF_FUSE): number(6, 125, "A"),
                    probatio.Required(CONF_PHASES, default="3"): SelectSelector(
                        SelectSelectorConfig(options=["1", "3"], translation_key="phases")
                    ),
                    probatio.Optional(CONF_QUARTER): sensor(SensorDeviceClass.POWER),
                    probatio.Optional(CONF_MONTH_PEAK): sensor(SensorDeviceClass.POWER),
                    probatio.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): number(
                        15, 60, UnitOfTime.SECONDS
                    ),
                }
            ),
            {"collapsed": True},
        ),
    }
)


@callback
def kept(hass: HomeAssistant, data: Mapping[str, Any], entities: tuple[str, ...]) -> dict[str, Any]:
    """Return what was chosen, with entities as they are kept."""
    return {**data, **{key: lasting_id(hass, data[key]) for key in entities if key in data}}


@callback
def shown(
    hass: HomeAssistant, data: Mapping[str, Any], entities: tuple[str, ...]
) -> dict[str, Any]:
    """Return what is kept, with entities as they are called now; those that are gone are left out."""
    found = {key: entity_id_of(hass, data[key]) for key in entities if key in data}
    return {
        key: found.get(key, value) for key, value in data.items() if found.get(key, "") is not None
    }


class SiteFlow(ConfigFlow):
    """The steps that set up a heated house; its zones are added to it afterwards."""

    _suggested: Mapping[str, Any] = MappingProxyType({})

    async def async_step_heating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask about the house."""
        if user_input is not None:
            data = self._flattened(user_input)
            self._async_abort_entries_match({CONF_KIND: KIND_HEATING, CONF_NAME: data[CONF_NAME]})
            return self.async_create_entry(title=data[CONF_NAME], data=data)
        return self.async_show_form(
            step_id="heating",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, self._suggested),
        )

    async def async_step_reconfigure_heating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what has changed about the house."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            data = self._flattened(user_input)
            if data.get(CONF_BRIDGE) != entry.data.get(CONF_BRIDGE):
                await async_forget(self.hass, entry.data)
            return self.async_update_and_abort(entry, title=data[CONF_NAME], data=data)
        known = shown(self.hass, entry.data, SITE_ENTITIES)
        known[CONF_PRESENCE] = [
            found
            for each in known.get(CONF_PRESENCE, ())
            if (found := entity_id_of(self.hass, each)) is not None
        ]
        return self.async_show_form(
            step_id="reconfigure_heating",
            data_schema=self.add_suggested_values_to_schema(
                SCHEMA, {**known, CONF_NAME: entry.title, SECTION: known}
            ),
        )

    def _flattened(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form says as an entry keeps it."""
        data = {CONF_KIND: KIND_HEATING, **user_input, **user_input[SECTION]}
        del data[SECTION]
        data[CONF_PRESENCE] = [lasting_id(self.hass, each) for each in data.get(CONF_PRESENCE, ())]
        return kept(self.hass, data, SITE_ENTITIES)
