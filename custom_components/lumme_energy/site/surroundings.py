"""What Home Assistant knows about a house as a whole: weather, prices, power, who is there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.weather.const import (
    ATTR_WEATHER_TEMPERATURE,
    ATTR_WEATHER_TEMPERATURE_UNIT,
    DOMAIN as WEATHER,
    SERVICE_GET_FORECASTS,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..heating.model import SiteSeen, ZoneSeen
from .prices import price_slots
from .settings import (
    CONF_MONTH_PEAK,
    CONF_OUTDOOR,
    CONF_POWER,
    CONF_PRESENCE,
    CONF_PRICE,
    CONF_QUARTER,
    CONF_WEATHER,
)
from .states import celsius, is_anyone_there, known, temperature, watts

FORECAST_EVERY: Final = timedelta(hours=1)
RETRY_FORECAST: Final = timedelta(minutes=5)


class Surroundings:
    """Gathers what entities say into what the engine takes; asks for a forecast once an hour."""

    def __init__(self, hass: HomeAssistant, data: Mapping[str, Any]) -> None:
        """Take what the entry says."""
        self._hass = hass
        self._data = data
        self._forecast: tuple[tuple[datetime, float], ...] = ()
        self._forecast_due: datetime | None = None

    @property
    def tells_outdoor(self) -> bool:
        """Whether the user has anything that tells the temperature outdoors."""
        return bool({CONF_OUTDOOR, CONF_WEATHER} & self._data.keys())

    @property
    def outdoor(self) -> float | None:
        """The temperature outdoors: the thermometer's, or else the weather's."""
        measured = temperature(self._hass, self._data.get(CONF_OUTDOOR))
        if measured is not None:
            return measured
        weather = known(self._hass, self._data.get(CONF_WEATHER))
        if weather is None:
            return None
        return celsius(
            weather.attributes.get(ATTR_WEATHER_TEMPERATURE),
            weather.attributes.get(ATTR_WEATHER_TEMPERATURE_UNIT),
        )

    async def async_look(self, zones: Mapping[str, ZoneSeen], now: datetime) -> SiteSeen:
        """Return all that is seen now."""
        await self._async_forecast(now)
        hass, data = self._hass, self._data
        price = known(hass, data.get(CONF_PRICE))
        return SiteSeen(
            zones=zones,
            outdoor=self.outdoor,
            forecast=self._forecast,
            power=watts(hass, data.get(CONF_POWER)),
            is_anyone_home=is_anyone_there(hass, data.get(CONF_PRESENCE, [])),
            prices=() if price is None else price_slots(price, now),
            quarter_average=watts(hass, data.get(CONF_QUARTER)),
            month_peak=watts(hass, data.get(CONF_MONTH_PEAK)),
        )

    async def _async_forecast(self, now: datetime) -> None:
        """Ask for the forecast if it is time to; without an answer the last one stays."""
        weather = known(self._hass, self._data.get(CONF_WEATHER))
        due = self._forecast_due
        # A clock that was set back must not put it off.
        if weather is None or (due is not None and due - FORECAST_EVERY <= now < due):
            return
        try:
            answer = await self._hass.services.async_call(
                WEATHER,
                SERVICE_GET_FORECASTS,
                {ATTR_ENTITY_ID: weather.entity_id, "type": "hourly"},
                blocking=True,
                return_response=True,
            )
        except HomeAssistantError as err:
            LOGGER.debug("No forecast: %s", err)
            self._forecast_due = now + RETRY_FORECAST
            return
        self._forecast_due = now + FORECAST_EVERY
        unit = weather.attributes.get(ATTR_WEATHER_TEMPERATURE_UNIT)
        self._forecast = tuple(_hours((answer or {}).get(weather.entity_id), unit))


def _hours(answer: Any, unit: str | None) -> list[tuple[datetime, float]]:
    """Return what a forecast says of temperatures, in order."""
    hours = []
    for hour in (answer or {}).get("forecast", ()):
        at = dt_util.parse_datetime(str(hour.get("datetime")))
        value = celsius(hour.get("temperature"), unit)
        if at is not None and value is not None:
            hours.append((dt_util.as_utc(at), value))
    return sorted(hours)
