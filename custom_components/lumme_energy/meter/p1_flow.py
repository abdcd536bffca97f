"""Config flow steps of a P1 meter: the user says where, the meter itself says what it is."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    CountrySelector,
    CountrySelectorConfig,
    SerialPortSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from ..address import address, place
from ..const import CONF_COUNTRY, CONF_ENCRYPTION_KEY, CONF_KIND, KIND_METER
from ..metering.detect import Detection, Heard
from ..metering.encrypted import parse_key
from ..metering.profiles import Country
from ..metering.telegram import SubMeterKind, Telegram
from .entity import manufacturer
from .listen import Found, async_listen

DEFAULT_PORT: Final = 23
KEY_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)

# Where silence has a usual reason that the user can do something about.
SILENT: Final[Mapping[Country | None, str]] = {
    Country.AUSTRIA: "no_telegram_at",
    Country.BELGIUM: "no_telegram_be",
    Country.FINLAND: "no_telegram_fi",
    Country.LUXEMBOURG: "no_telegram_lu",
    Country.NETHERLANDS: "no_telegram_nl",
    Country.SWEDEN: "no_telegram_se",
}

FAULTS: Final = {
    Heard.DAMAGED: "damaged",
    Heard.INCOMPLETE: "incomplete",
    Heard.PARITY: "parity",
    Heard.BINARY: "binary",
    Heard.TEXT: "wrong_format",
    Heard.NOISE: "noise",
}
UNREACHABLE: Final = {"p1_network": "meter_unreachable", "p1_serial": "serial_port_unreachable"}
SHOWN: Final = 1.5


class P1Flow(ConfigFlow):
    """The steps that set up a P1 meter, and follow it to another place."""

    _where: dict[str, Any]
    _found: Found
    _detection: Detection
    _listening: asyncio.Task[Found]
    _error: str | None = None
    _key: bytes = b""

    async def async_step_p1_network(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of whatever passes on what the meter sends."""
        if user_input is not None:
            return await self._async_go(
                {CONF_HOST: user_input[CONF_HOST].strip(), CONF_PORT: user_input[CONF_PORT]}
            )
        schema = probatio.Schema(
            {
                probatio.Required(CONF_HOST): TextSelector(),
                probatio.Required(CONF_PORT, default=DEFAULT_PORT): cv.port,
            }
        )
        return self._show_where("p1_network", schema)

    async def async_step_p1_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the serial port of the cable."""
        if user_input is not None:
            return await self._async_go(_of_device(user_input[CONF_DEVICE].strip()))
        schema = probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()})
        return self._show_where("p1_serial", schema)

    def _show_where(self, step_id: str, schema: probatio.Schema) -> ConfigFlowResult:
        suggested: Mapping[str, Any] = {}
        if self.source == SOURCE_RECONFIGURE:
            suggested = self._get_reconfigure_entry().data
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, getattr(self, "_where", suggested)
            ),
            errors={"base": self._error} if self._error else None,
        )

    async def _async_go(self, where: dict[str, Any]) -> ConfigFlowResult:
        """Listen there, unless we do already."""
        self._where = where
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            if address(where) == address(entry.data):
                # We are its client, and many bridges serve one at a time: nothing to try here.
                return await self.async_step_p1_country()
        self._async_abort_entries_match(address(where))
        self._listening = self.hass.async_create_task(
            _async_shown(async_listen(where, self._home()))
        )
        return await self.async_step_p1_listen()

    async def async_step_p1_listen(self, _: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show that we listen, until the meter has spoken or our patience is at an end."""
        if not self._listening.done():
            return self.async_show_progress(
                step_id="p1_listen",
                progress_action="listening",
                description_placeholders={"place": place(self._where)},
                progress_task=self._listening,
            )
        return self.async_show_progress_done(next_step_id=self._judge())

    def _judge(self) -> str:
        """Return the step that follows from what was heard."""
        back = "p1_network" if CONF_HOST in self._where else "p1_serial"
        try:
            self._found = self._listening.result()
        except OSError:
            self._error = UNREACHABLE[back]
            return back
        self._detection = self._found.detection
        match self._detection.heard:
            case Heard.TELEGRAM:
                return "p1_found"
            case Heard.ENCRYPTED:
                return "p1_key"
            case Heard.NOTHING:
                self._error = SILENT.get(self._home(), "no_telegram")
            case heard:
                self._error = FAULTS[heard]
        return back

    async def async_step_p1_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the key that opens the frame which was heard."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._key = parse_key(user_input[CONF_ENCRYPTION_KEY])
            except ValueError:
                errors[CONF_ENCRYPTION_KEY] = "invalid_key"
            else:
                self._detection = self._found.opened(self._key, self._home())
                if self._detection.telegram:
                    return await self.async_step_p1_found()
                errors[CONF_ENCRYPTION_KEY] = "wrong_key"
        return self.async_show_form(
            step_id="p1_key",
            data_schema=probatio.Schema({probatio.Required(CONF_ENCRYPTION_KEY): KEY_SELECTOR}),
            errors=errors,
        )

    async def async_step_p1_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was found, and let the user put the country right."""
        telegram = self._detection.telegram
        assert telegram is not None  # noqa: S101  this step is for telegrams
        if user_input:
            data = {**self._where, **self._found.line, **user_input}
            if self._key:
                data[CONF_ENCRYPTION_KEY] = self._key.hex()
            return self._finish(telegram, data)
        if stop := await self._async_refuse(telegram):
            return stop
        return self.async_show_form(
            step_id="p1_found",
            data_schema=_country_schema(self._detection.country),
            description_placeholders={
                "maker": manufacturer(telegram) or telegram.ident[:3],
                "values": str(len(telegram.values)),
                **{
                    kind.name.lower(): str(
                        sum(meter.kind is kind for meter in telegram.sub_meters if meter.reading.at)
                    )
                    for kind in SubMeterKind
                },
            },
        )

    async def _async_refuse(self, telegram: Telegram) -> ConfigFlowResult | None:
        """Refuse a meter that is set up already, or that is another than the one that moved."""
        other = await self.async_set_unique_id(_unique_id(self._where, telegram))
        if self.source != SOURCE_RECONFIGURE:
            self._abort_if_unique_id_configured()
            return None
        entry = self._get_reconfigure_entry()
        if entry.unique_id != _unique_id(entry.data):
            self._abort_if_unique_id_mismatch(reason="another_meter")
        elif other and other.entry_id != entry.entry_id:
            return self.async_abort(reason="already_configured")
        return None

    def _finish(self, telegram: Telegram, data: dict[str, Any]) -> ConfigFlowResult:
        data = {CONF_KIND: KIND_METER, **data}
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_reload_and_abort(
                self._get_reconfigure_entry(), unique_id=self.unique_id, data=data
            )
        return self.async_create_entry(title=f"{manufacturer(telegram) or 'P1'} meter", data=data)

    async def async_step_p1_country(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the country or the key of a meter that stays where it is."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        schema = _country_schema(entry.data[CONF_COUNTRY])
        if CONF_ENCRYPTION_KEY in entry.data:
            schema = schema.extend({probatio.Optional(CONF_ENCRYPTION_KEY): KEY_SELECTOR})
        if user_input is not None:
            try:
                if typed := user_input.get(CONF_ENCRYPTION_KEY):
                    user_input[CONF_ENCRYPTION_KEY] = parse_key(typed).hex()
            except ValueError:
                errors[CONF_ENCRYPTION_KEY] = "invalid_key"
            else:
                return self.async_update_reload_and_abort(entry, data_updates=user_input)
        return self.async_show_form(step_id="p1_country", data_schema=schema, errors=errors)

    def _home(self) -> Country | None:
        """Return the country of this Home Assistant, if its P1 port is known."""
        home = self.hass.config.country
        return Country(home) if home in list(Country) else None


async def _async_shown(listening: Coroutine[Any, Any, Found]) -> Found:
    """Listen for at least as long as the frontend needs to begin to follow the progress.

    It would wait for ever for the end of what has ended before.
    """
    loop = asyncio.get_running_loop()
    shown = loop.time() + SHOWN
    try:
        return await listening
    finally:
        await asyncio.sleep(max(0.0, shown - loop.time()))


def _country_schema(default: Country | None) -> probatio.Schema:
    return probatio.Schema(
        {
            probatio.Required(CONF_COUNTRY, default=default): CountrySelector(
                CountrySelectorConfig(countries=list(Country))
            )
        }
    )


def _of_device(device: str) -> dict[str, Any]:
    """Return where that is: what is plain TCP is known by host and port, however it is written."""
    url = urlsplit(device)
    if url.scheme in {"socket", "tcp"} and url.hostname and url.port:
        return {CONF_HOST: url.hostname, CONF_PORT: url.port}
    return {CONF_DEVICE: device}


def _unique_id(data: Mapping[str, Any], telegram: Telegram | None = None) -> str:
    """Return the meter's serial number, or where it is if it does not tell one."""
    serial = telegram.meter_id if telegram else None
    return serial or place(data)
