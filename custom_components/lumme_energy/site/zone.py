"""A zone of a house: its heater, and the sensors that the user gave it beside that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from homeassistant.core import HomeAssistant

from ..heating.model import ZoneSeen, ZoneSettings
from .drivers import Driver
from .settings import CONF_HUMIDITY, CONF_POWER, CONF_ROOM, zone_settings
from .states import percent, temperature, told_at, watts


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A zone, ready to be read and told.

    Attributes:
        name: What the user calls it.
        data: What its subentry says.
        driver: Its heater.

    """

    hass: HomeAssistant
    name: str
    data: Mapping[str, Any]
    driver: Driver

    @property
    def settings(self) -> ZoneSettings:
        """What the user and the heater say of it."""
        return zone_settings(
            self.data,
            lowest=self.driver.lowest,
            highest=self.driver.highest,
            step=self.driver.step,
            is_relay=self.driver.is_relay,
        )

    async def async_read(self) -> ZoneSeen:
        """Return what is seen of it: the user's own sensors go before the heater's."""
        hass, data = self.hass, self.data
        seen = await self.driver.async_read()
        if CONF_ROOM in data:
            room = temperature(hass, data[CONF_ROOM])
            seen = replace(seen, room=room, room_at=told_at(hass, data[CONF_ROOM]))
        if (humidity := percent(hass, data.get(CONF_HUMIDITY))) is not None:
            seen = replace(seen, humidity=humidity)
        if (power := watts(hass, data.get(CONF_POWER))) is not None:
            seen = replace(seen, power=power)
        return seen
