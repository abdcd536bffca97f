"""Config flow steps of a meter: where it is, proved by one telegram."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    CountrySelector,
    CountrySelectorConfig,
    TextSelector,
)
import probatio

from ..const import CONF_COUNTRY, CONF_KIND, KIND_METER
from ..metering.p1 import P1Reader
from ..metering.profiles import PROFILES, Country
from ..metering.telegram import Telegram
from .connection import async_connected
from .entity import manufacturer

DEFAULT_PORT: Final = 23


class NoTelegramError(Exception):
    """Connected, but nothing came."""


class WrongFormatError(Exception):
    """Something came, but it is not what a P1 port sends."""


async def async_hear(host: str, port: int, country: Country) -> Telegram:
    """Connect and return the first good telegram, for which two intervals are time enough.

    Raises:
        OSError: Nobody answers there, or the connection broke.
        NoTelegramError: Nothing came in time.
        WrongFormatError: What came was no telegram.

    """
    profile = PROFILES[country]
    reader = P1Reader(profile)
    data = b""
    async with async_connected({CONF_HOST: host, CONF_PORT: port}) as connection:
        try:
            async with asyncio.timeout(2 * profile.interval.total_seconds() + 5):
                while arrived := await connection.read():
                    data = arrived
                    if telegrams := reader.feed(data):
                        return telegrams[0]
        except TimeoutError:
            if not data:
                raise NoTelegramError from None
    if not data:
        raise ConnectionResetError
    raise WrongFormatError


class MeterFlow(ConfigFlow):
    """The steps that set up a meter."""

    async def async_step_meter(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the meter is, and listen there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input[CONF_HOST] = user_input[CONF_HOST].strip()
            self._async_abort_entries_match(_address(user_input))
            if telegram := await self._async_hear(user_input, errors):
                await self.async_set_unique_id(_unique_id(user_input, telegram))
                self._abort_if_unique_id_configured()
                maker = manufacturer(telegram) or "P1"
                return self.async_create_entry(
                    title=f"{maker} meter", data={CONF_KIND: KIND_METER, **user_input}
                )
        home = self.hass.config.country
        suggested = {
            CONF_PORT: DEFAULT_PORT,
            CONF_COUNTRY: home if home in list(Country) else Country.FINLAND,
        }
        return self._show_form("meter", suggested, user_input, errors)

    async def async_step_reconfigure_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Follow the meter to another address."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            user_input[CONF_HOST] = user_input[CONF_HOST].strip()
            if _address(user_input) == _address(entry.data):
                # We are its client, and many bridges serve one at a time: nothing to try here.
                return self.async_update_reload_and_abort(entry, data_updates=user_input)
            self._async_abort_entries_match(_address(user_input))
            if telegram := await self._async_hear(user_input, errors):
                other = await self.async_set_unique_id(_unique_id(user_input, telegram))
                if entry.unique_id != _unique_id(entry.data):
                    self._abort_if_unique_id_mismatch(reason="another_meter")
                elif other:
                    return self.async_abort(reason="already_configured")
                return self.async_update_reload_and_abort(
                    entry, unique_id=self.unique_id, data_updates=user_input
                )
        return self._show_form("reconfigure_meter", entry.data, user_input, errors)

    async def _async_hear(
        self, user_input: dict[str, Any], errors: dict[str, str]
    ) -> Telegram | None:
        try:
            return await async_hear(
                user_input[CONF_HOST], user_input[CONF_PORT], Country(user_input[CONF_COUNTRY])
            )
        except NoTelegramError:
            errors["base"] = "no_telegram"
        except WrongFormatError:
            errors["base"] = "wrong_format"
        except OSError:
            errors["base"] = "meter_unreachable"
        return None

    def _show_form(
        self,
        step_id: str,
        suggested: Mapping[str, Any],
        user_input: dict[str, Any] | None,
        errors: dict[str, str],
    ) -> ConfigFlowResult:
        schema = probatio.Schema(
            {
                probatio.Required(CONF_HOST): TextSelector(),
                probatio.Required(CONF_PORT, default=DEFAULT_PORT): cv.port,
                probatio.Required(CONF_COUNTRY, default=suggested[CONF_COUNTRY]): CountrySelector(
                    CountrySelectorConfig(countries=list(Country))
                ),
            }
        )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input or suggested),
            errors=errors,
        )


def _address(data: Mapping[str, Any]) -> dict[str, Any]:
    return {CONF_HOST: data[CONF_HOST], CONF_PORT: data[CONF_PORT]}


def _unique_id(data: Mapping[str, Any], telegram: Telegram | None = None) -> str:
    """Return the meter's serial number, or where it is if it does not tell one."""
    serial = telegram.meter_id if telegram else None
    return serial or f"{data[CONF_HOST]}:{data[CONF_PORT]}"
