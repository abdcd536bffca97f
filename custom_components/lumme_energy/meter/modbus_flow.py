"""Config flow steps of a Modbus meter: where it is, what it turned out to be, proved by a read."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_PROTOCOL, CONF_TYPE
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
from modbus_connection import ModbusError, ModbusTimeoutError
import probatio

from ..address import place, tidy_host
from ..const import CONF_KIND, KIND_METER
from ..metering.modbus.families import FAMILIES
from ..metering.modbus.probe import Certainty, Found, guess, is_there, probe
from ..metering.modbus.profile import ModbusProfile
from ..metering.modbus.reader import ModbusReader
from ..modbus_link import (
    CONF_LINE,
    CONF_UNIT_ID,
    DEFAULT_PORT,
    FRAMES,
    LINES,
    TYPE_SERIAL,
    TYPE_TCP,
    UNIT_ID,
    async_unit,
    failure,
    is_line,
)
from ..modbus_registers.profile_file import PREFIX
from .connection import PROTOCOL_MODBUS
from .modbus_coordinator import (
    CONF_BASE,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PROFILE,
    CONF_REFUSED,
    CONF_SERIAL,
    TIMEOUT,
)
from .modbus_profiles import PROFILES

SECTION: Final = "more"
AUTO: Final = "auto"
# A meter that is there answers two registers in a fraction of this at any line speed.
SCAN_TIMEOUT: Final = 0.7

# The form's profile of a meter that was found, by its place in the list; others go by their key.
_FOUND: Final = "found:"


class ModbusFlow(ConfigFlow):
    """The steps that set up a meter on Home Assistant's shared Modbus connection."""

    _modbus: dict[str, Any]
    _candidates: list[Found]

    async def async_step_modbus_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the network gateway that the meter is behind, or for the meter itself."""
        return await self._async_step_link("modbus_tcp", user_input)

    async def async_step_modbus_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the serial port that the meter is wired to."""
        return await self._async_step_link("modbus_serial", user_input)

    async def _async_step_link(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            data = _flatten(user_input)
            if await self._async_look(data, errors):
                self._modbus = data
                if not self._candidates:
                    return await self.async_step_modbus_choose()
                if self._candidates[0].certainty is Certainty.NAMED:
                    return await self.async_step_modbus_found()
                return await self.async_step_modbus_guess()
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_schema(step_id), user_input),
            errors=errors,
        )

    async def async_step_modbus_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer the meter that has named itself."""
        return await self._async_step_profile("modbus_found", user_input)

    async def async_step_modbus_guess(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Offer what the meter may be, judging by what its registers hold."""
        return await self._async_step_profile("modbus_guess", user_input)

    async def async_step_modbus_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the meter is."""
        return await self._async_step_profile("modbus_choose", user_input)

    async def _async_step_profile(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Have the user choose, and prove the choice by reading the meter."""
        errors: dict[str, str] = {}
        placeholders = {
            "address": place(self._modbus),
            "unit_id": str(self._modbus[CONF_UNIT_ID]),
            "found": "\n".join(f"- {_label(meter)}" for meter in self._candidates),
            "file": "",
            "key": "",
            "allowed": "",
        }
        own, broken = await PROFILES.async_own(self.hass)
        if user_input is not None and (meter := self._chosen(user_input[CONF_PROFILE], own)):
            if await self._async_read(self._modbus, meter.profile.at(meter.base), errors):
                return await self._async_create(meter)
        elif broken:
            errors["base"] = "profile_file_invalid"
            placeholders |= broken[0].placeholders
        options = [
            SelectOptionDict(value=f"{_FOUND}{n}", label=_label(meter))
            for n, meter in enumerate(self._candidates)
        ]
        options += _options([*own, *FAMILIES.values()])
        schema = probatio.Schema(
            {
                probatio.Required(
                    CONF_PROFILE,
                    default=options[0]["value"] if self._candidates else probatio.UNDEFINED,
                ): SelectSelector(
                    SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
                )
            }
        )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _chosen(self, choice: str, own: list[ModbusProfile]) -> Found | None:
        """Return the meter of a choice; None if it was of a file that has gone since."""
        if choice.startswith(_FOUND):
            return self._candidates[int(choice.removeprefix(_FOUND))]
        profile = {**FAMILIES, **{profile.key: profile for profile in own}}.get(choice)
        return None if profile is None else guess(profile)

    async def _async_create(self, meter: Found) -> ConfigFlowResult:
        data = {
            CONF_KIND: KIND_METER,
            CONF_PROTOCOL: PROTOCOL_MODBUS,
            **self._modbus,
            CONF_PROFILE: meter.profile.key,
            CONF_BASE: meter.base,
            CONF_MANUFACTURER: meter.manufacturer,
            CONF_MODEL: meter.model,
        }
        if meter.certainty is Certainty.NAMED:
            data[CONF_SERIAL] = meter.serial
        self._async_abort_entries_match({**self._modbus, CONF_BASE: meter.base})
        await self.async_set_unique_id(_unique_id(data))
        self._abort_if_unique_id_configured()
        title = (
            f"{meter.manufacturer} {meter.model}"
            if meter.certainty is Certainty.NAMED
            else f"{meter.manufacturer} meter"
        )
        return self.async_create_entry(title=title, data=data)

    async def async_step_reconfigure_modbus(self) -> ConfigFlowResult:
        """Follow the meter to another place, by the form of its kind of link."""
        if self._get_reconfigure_entry().data[CONF_TYPE] == TYPE_SERIAL:
            return await self.async_step_reconfigure_modbus_serial()
        return await self.async_step_reconfigure_modbus_tcp()

    async def async_step_reconfigure_modbus_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Follow the meter to another gateway."""
        return await self._async_step_reconfigure("reconfigure_modbus_tcp", user_input)

    async def async_step_reconfigure_modbus_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Follow the meter to another serial port."""
        return await self._async_step_reconfigure("reconfigure_modbus_serial", user_input)

    async def _async_step_reconfigure(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        own, _ = await PROFILES.async_own(self.hass)
        if user_input is not None:
            data = {**entry.data, **_flatten(user_input)}
            relinking = await self._async_make_way(entry, data)
            same = True
            if await self._async_look(data, errors) and CONF_SERIAL in entry.data:
                same = self._is_same(entry.data, data)
            if same and not errors:
                await self._async_prove(data, own, errors)
            if same and not errors:
                data.pop(CONF_REFUSED, None)
                return self.async_update_reload_and_abort(
                    entry, unique_id=_unique_id(data), data=data
                )
            if relinking:
                await self.hass.config_entries.async_setup(entry.entry_id)
            if not same:
                return self.async_abort(reason="another_meter")
        schema = _schema(step_id)
        if CONF_SERIAL not in entry.data:
            options = _options([*own, *FAMILIES.values()])
            schema = schema.extend(
                {
                    probatio.Required(CONF_PROFILE): SelectSelector(
                        SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
                    )
                }
            )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or _sectioned(entry.data)
            ),
            errors=errors,
        )

    async def _async_make_way(self, entry: ConfigEntry[Any], data: Mapping[str, Any]) -> bool:
        """Unload the entry if its own hold on the port stands in the way of other settings."""
        if (
            entry.state not in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY)
            or data.get(CONF_LINE) == entry.data.get(CONF_LINE)
            or data[CONF_DEVICE] != entry.data[CONF_DEVICE]
        ):
            return False
        return await self.hass.config_entries.async_unload(entry.entry_id)

    def _is_same(self, known: Mapping[str, Any], data: dict[str, Any]) -> bool:
        """Tell whether the meter of an entry was found, and note where its table begins now."""
        for meter in self._candidates:
            if (meter.profile.key, meter.serial) == (known[CONF_PROFILE], known[CONF_SERIAL]):
                data[CONF_BASE] = meter.base
                return True
        return False

    async def _async_prove(
        self, data: dict[str, Any], own: list[ModbusProfile], errors: dict[str, str]
    ) -> None:
        """Read the meter of an entry as its profile says."""
        if (meter := self._chosen(data[CONF_PROFILE], own)) is None:
            errors["base"] = "modbus_no_values"
            return
        if CONF_SERIAL not in data:
            data |= {CONF_MANUFACTURER: meter.manufacturer, CONF_MODEL: meter.model}
        await self._async_read(data, meter.profile.at(data[CONF_BASE]), errors)

    async def _async_look(self, data: dict[str, Any], errors: dict[str, str]) -> bool:
        """Find out what answers there; the line that "auto" stands for is put into data."""
        try:
            if data.get(CONF_LINE) == AUTO:
                data[CONF_LINE] = await self._async_scan(data)
            if CONF_LINE in data and not is_line(data[CONF_LINE]):
                errors[CONF_LINE] = "line_invalid"
                return False
            async with async_unit(self.hass, data, TIMEOUT) as unit:
                self._candidates = await probe(unit)
        except (ModbusError, HomeAssistantError) as err:
            errors["base"] = failure(err)
            return False
        return True

    async def _async_read(
        self, data: Mapping[str, Any], profile: ModbusProfile, errors: dict[str, str]
    ) -> bool:
        """Read the meter once as a profile says; return whether that brought anything."""
        try:
            async with async_unit(self.hass, data, TIMEOUT) as unit:
                if await ModbusReader(unit, profile).read():
                    return True
                errors["base"] = "modbus_no_values"
        except (ModbusError, HomeAssistantError) as err:
            errors["base"] = failure(err)
        return False

    async def _async_scan(self, data: Mapping[str, Any]) -> str:
        """Return the first serial settings at which anybody answers.

        Raises:
            ModbusError: The port cannot be opened, or nobody answers at any.
            HomeAssistantError: The port is in use with other settings.

        """
        in_use: HomeAssistantError | None = None
        for line in LINES:
            try:
                async with async_unit(self.hass, {**data, CONF_LINE: line}, SCAN_TIMEOUT) as unit:
                    if await is_there(unit):
                        return line
            except HomeAssistantError as err:
                in_use = err
        raise in_use or ModbusTimeoutError("nobody answers at any line speed")


def _unique_id(data: Mapping[str, Any]) -> str:
    """Return the meter's own number, or where it is if it does not tell one."""
    if serial := data.get(CONF_SERIAL):
        number = f"{data[CONF_MANUFACTURER]} {serial}"
        # The meters of a SunSpec device may share its number.
        return f"{number} {data[CONF_BASE]}" if data[CONF_BASE] else number
    return f"{place(data)}:{data[CONF_UNIT_ID]}:{data[CONF_BASE]}"


def _label(meter: Found) -> str:
    label = f"{meter.manufacturer} {meter.model}"
    return f"{label} ({meter.serial})" if meter.serial else label


def _options(profiles: list[ModbusProfile]) -> list[SelectOptionDict]:
    """List profiles to choose from. SunSpec models are only where they are found."""
    return [
        SelectOptionDict(
            value=profile.key,
            label=f"{profile.manufacturer} {profile.model}"
            + (f" ({profile.source})" if profile.key.startswith(PREFIX) else ""),
        )
        for profile in profiles
        if not profile.sunspec_models
    ]


def _schema(step_id: str) -> probatio.Schema:
    """Return the form of a kind of link. What is almost always right stays out of sight."""
    if step_id.endswith("tcp"):
        return probatio.Schema(
            {
                probatio.Required(CONF_HOST): TextSelector(),
                probatio.Required(CONF_PORT, default=DEFAULT_PORT): cv.port,
                probatio.Required(SECTION): section(
                    probatio.Schema(
                        {
                            probatio.Required(CONF_UNIT_ID, default=1): UNIT_ID,
                            probatio.Required(CONF_TYPE, default=TYPE_TCP): FRAMES,
                        }
                    ),
                    {"collapsed": True},
                ),
            }
        )
    return probatio.Schema(
        {
            probatio.Required(CONF_DEVICE): SerialPortSelector(),
            probatio.Required(CONF_LINE, default=AUTO): SelectSelector(
                SelectSelectorConfig(
                    options=[AUTO, *LINES],
                    custom_value=True,
                    mode=SelectSelectorMode.DROPDOWN,
                    translation_key="modbus_line",
                )
            ),
            probatio.Required(SECTION): section(
                probatio.Schema({probatio.Required(CONF_UNIT_ID, default=1): UNIT_ID}),
                {"collapsed": True},
            ),
        }
    )


def _flatten(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form says as an entry keeps it."""
    data = {CONF_TYPE: TYPE_SERIAL, **user_input, **user_input[SECTION]}
    del data[SECTION]
    if CONF_HOST in data:
        data[CONF_HOST] = tidy_host(data[CONF_HOST])
    return data


def _sectioned(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry keeps as a form says it."""
    return {**data, SECTION: {key: data[key] for key in (CONF_UNIT_ID, CONF_TYPE)}}
