"""The thermostat of each zone."""

from typing import Any, Final, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityDescription
from homeassistant.components.climate.const import ClimateEntityFeature, HVACAction, HVACMode
from homeassistant.const import ATTR_TEMPERATURE, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..heating.model import Action, Preset, ZoneSeen
from ..heating.targets import highest, lowest
from .coordinator import SiteConfigEntry, SiteCoordinator
from .entity import HeardZoneEntity

ACTIONS: Final = {
    Action.HEATING: HVACAction.HEATING,
    Action.PREHEATING: HVACAction.PREHEATING,
    Action.IDLE: HVACAction.IDLE,
    Action.OFF: HVACAction.OFF,
}
ZONE: Final = ClimateEntityDescription(key="thermostat", translation_key="zone")


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a thermostat for each zone."""
    for zone_id in entry.runtime_data.zones:
        async_add_entities(
            [ZoneThermostat(entry.runtime_data, ZONE, zone_id)], config_subentry_id=zone_id
        )


class ZoneThermostat(HeardZoneEntity, ClimateEntity):
    """Keeps a zone as warm as the house's mode, or somebody, wants it.

    Off is the frost floor: a heater that is off altogether lets pipes freeze.
    """

    _attr_name = None
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE
        | ClimateEntityFeature.PRESET_MODE
        | ClimateEntityFeature.TURN_ON
        | ClimateEntityFeature.TURN_OFF
    )

    def __init__(
        self, coordinator: SiteCoordinator, description: ClimateEntityDescription, zone_id: str
    ) -> None:
        """Take the zone's limits."""
        super().__init__(coordinator, description, zone_id)
        settings = coordinator.zones[zone_id].settings
        self._attr_hvac_modes = [HVACMode.HEAT, HVACMode.OFF]
        self._attr_preset_modes = [*Preset]
        self._attr_min_temp = lowest(settings)
        self._attr_max_temp = highest(settings)
        self._attr_target_temperature_step = settings.step

    @property
    def _seen(self) -> ZoneSeen:
        return self.coordinator.seen.zones[self._zone_id]

    @property
    @override
    def current_temperature(self) -> float | None:
        return self._seen.room

    @property
    @override
    def current_humidity(self) -> float | None:
        return self._seen.humidity

    @property
    @override
    def target_temperature(self) -> float:
        return self.plan.setpoint

    @property
    @override
    def preset_mode(self) -> str | None:
        return self.plan.preset

    @property
    @override
    def hvac_mode(self) -> HVACMode:
        return HVACMode.OFF if self.plan.preset is Preset.FROST else HVACMode.HEAT

    @property
    @override
    def hvac_action(self) -> HVACAction:
        return ACTIONS[self.plan.action]

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        await self._async_wish_preset(Preset(preset_mode))

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        celsius = kwargs[ATTR_TEMPERATURE]
        await self.coordinator.async_wish(
            lambda now: self.coordinator.engine.set_temperature(self._zone_id, celsius, now)
        )

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Turn the zone down to its floor, or let it follow the house again."""
        if hvac_mode is HVACMode.OFF:
            await self._async_wish_preset(Preset.FROST)
            return
        await self.coordinator.async_wish(
            lambda now: self.coordinator.engine.release(self._zone_id, now)
        )
        # Where the house itself keeps no more than the floor, somebody wants this zone warm.
        if self.hvac_mode is HVACMode.OFF:
            await self._async_wish_preset(Preset.HOME)

    @override
    async def async_turn_on(self) -> None:
        await self.async_set_hvac_mode(HVACMode.HEAT)

    @override
    async def async_turn_off(self) -> None:
        await self.async_set_hvac_mode(HVACMode.OFF)

    async def _async_wish_preset(self, preset: Preset) -> None:
        await self.coordinator.async_wish(
            lambda now: self.coordinator.engine.set_preset(self._zone_id, preset, now)
        )
