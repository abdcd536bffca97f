"""Flow of a zone: which heater, proved by reading it, and how warm it is to be there."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.climate.const import DOMAIN as CLIMATE
from homeassistant.components.switch.const import DOMAIN as SWITCH
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import (
    CONF_DEVICE,
    CONF_HOST,
    CONF_NAME,
    CONF_PORT,
    CONF_TYPE,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from modbus_connection import ModbusError
import probatio

from ..address import place, tidy_host
from ..const import DOMAIN
from ..heating.model import Outcome
from ..heating.registers.device import HeaterError
from ..heating.registers.probe import Finding, check_write, probe
from ..heating.registers.profile import HeaterProfile
from ..modbus_link import (
    CONF_LINE,
    CONF_UNIT_ID,
    LINES,
    TYPE_SERIAL,
    async_unit,
    failure,
    is_line,
)
from ..modbus_registers.profile_file import PREFIX
from .flow import kept, shown
from .frost_guard import async_allow, suggested_link
from .heaters import PROFILES, TIMEOUT
from .settings import (
    CONF_CHANNEL,
    CONF_FUNCTION,
    CONF_PROFILE,
    CONF_TARGET,
    CONF_WAY,
    ZONE,
    ZONE_ENTITIES,
    Way,
)
from .zone_forms import SECTION, async_told, link_schema, objections, zone_schema

CONF_CHECK: Final = "check"


class ZoneFlow(ConfigSubentryFlow):
    """Asks for a heater, shows what it says before it is used, and asks how warm it is to be."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__()
        self._heater: dict[str, Any] = {}
        self._profile: HeaterProfile
        self._link_step = "link_tcp"
        self._findings: tuple[Finding, ...] = ()
        self._known: Mapping[str, Any] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the heater is told what to do."""
        return self.async_show_menu(
            step_id="user", menu_options=["modbus_tcp", "modbus_serial", SWITCH, CLIMATE]
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what has changed: the heater, or how warm it is to be."""
        self._known = self._heater = dict(self._get_reconfigure_subentry().data)
        if self._known[CONF_WAY] != Way.MODBUS:
            return self.async_show_menu(
                step_id="reconfigure", menu_options=[self._known[CONF_WAY], ZONE]
            )
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["modbus_tcp", "modbus_serial", ZONE]
        )

    async def async_step_modbus_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Look for the heater behind a network gateway, or on the network itself."""
        self._link_step = "link_tcp"
        return await self.async_step_profile()

    async def async_step_modbus_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Look for the heater on a serial port."""
        self._link_step = "link_serial"
        return await self.async_step_profile()

    async def async_step_profile(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the heater is."""
        own, broken = await PROFILES.async_own(self.hass)
        profiles = {profile.key: profile for profile in (*own, *PROFILES.families.values())}
        if user_input is not None and user_input[CONF_PROFILE] in profiles:
            self._profile = profiles[user_input[CONF_PROFILE]]
            return await self._async_step_link(None)
        placeholders = {"file": "", "key": "", "allowed": ""}
        errors = {}
        if broken:
            errors["base"] = "profile_file_invalid"
            placeholders = broken[0].placeholders
        options = [
            SelectOptionDict(
                value=profile.key,
                label=f"{profile.manufacturer} {profile.model}"
                + (f" ({profile.source})" if profile.key.startswith(PREFIX) else ""),
            )
            for profile in profiles.values()
        ]
        schema = probatio.Schema(
            {
                probatio.Required(CONF_PROFILE): SelectSelector(
                    SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
                )
            }
        )
        return self.async_show_form(
            step_id="profile",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self._known),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_link_tcp(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the heater is on the network."""
        return await self._async_step_link(user_input)

    async def async_step_link_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which serial port the heater is wired to."""
        return await self._async_step_link(user_input)

    async def _async_step_link(self, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """Ask where the heater is, and read it there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            data = self._flattened(user_input)
            if not is_line(data.get(CONF_LINE, LINES[0])):
                errors[CONF_LINE] = "line_invalid"
            elif self._is_taken(_unique_id(data)):
                errors["base"] = "already_configured"
            elif await self._async_look(data, errors):
                self._heater = data
                return await self.async_step_found()
        return self.async_show_form(
            step_id=self._link_step,
            data_schema=self.add_suggested_values_to_schema(
                link_schema(self._profile, is_serial=self._link_step == "link_serial"),
                user_input or self._known or suggested_link(self.hass, self._get_entry().data),
            ),
            errors=errors,
            description_placeholders={"heater": self._label},
        )

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what the heater's registers hold, and have it told what it was told already."""
        errors: dict[str, str] = {}
        if user_input is not None and (
            not user_input[CONF_CHECK] or await self._async_check(errors)
        ):
            return await self.async_step_zone()
        return self.async_show_form(
            step_id="found",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_CHECK, default=True): BooleanSelector()}),
                user_input,
            ),
            errors=errors,
            description_placeholders={
                "heater": self._label,
                "address": place(self._heater),
                "unit_id": str(self._heater[CONF_UNIT_ID]),
                "found": await async_told(self.hass, self._findings),
            },
        )

    async def async_step_switch(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which switch the heater is behind."""
        return await self._async_step_target(Way.SWITCH, user_input)

    async def async_step_climate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which thermostat it is."""
        return await self._async_step_target(Way.CLIMATE, user_input)

    async def _async_step_target(
        self, way: Way, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            data = kept(self.hass, {CONF_WAY: way, **user_input}, ZONE_ENTITIES)
            entity = er.async_get(self.hass).async_get(user_input[CONF_TARGET])
            if entity is not None and entity.platform == DOMAIN:
                errors[CONF_TARGET] = "own_entity"
            elif self._is_taken(_unique_id(data)):
                errors["base"] = "already_configured"
            else:
                self._heater = data
                return await self.async_step_zone()
        schema = probatio.Schema(
            {probatio.Required(CONF_TARGET): EntitySelector(EntitySelectorConfig(domain=way.value))}
        )
        return self.async_show_form(
            step_id=way,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or shown(self.hass, self._known, ZONE_ENTITIES)
            ),
            errors=errors,
        )

    async def async_step_zone(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how warm it is to be, and what tells how warm it is."""
        errors: dict[str, str] = {}
        is_reconfigured = self.source == SOURCE_RECONFIGURE
        if user_input is not None:
            told = {**user_input, **user_input[SECTION]}
            del told[SECTION]
            errors = dict(objections(told))
            if not errors:
                title = told.pop(CONF_NAME)
                data = {**self._only_heater(), **kept(self.hass, told, ZONE_ENTITIES)}
                if is_reconfigured:
                    return self.async_update_and_abort(
                        self._get_entry(),
                        self._get_reconfigure_subentry(),
                        title=title,
                        data=data,
                        unique_id=_unique_id(data),
                    )
                return self.async_create_entry(title=title, data=data, unique_id=_unique_id(data))
        known = shown(self.hass, self._known, ZONE_ENTITIES)
        if is_reconfigured:
            known[CONF_NAME] = self._get_reconfigure_subentry().title
        return self.async_show_form(
            step_id="zone",
            data_schema=self.add_suggested_values_to_schema(
                zone_schema(is_relay=await self._async_is_relay()),
                user_input or {**known, SECTION: known},
            ),
            errors=errors,
        )

    @property
    def _label(self) -> str:
        return f"{self._profile.manufacturer} {self._profile.model}"

    def _flattened(self, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the form of a link says as a subentry keeps it."""
        data = {
            CONF_WAY: Way.MODBUS,
            CONF_TYPE: TYPE_SERIAL,
            CONF_CHANNEL: 1,
            **user_input,
            CONF_PROFILE: self._profile.key,
        }
        if CONF_HOST in data:
            data[CONF_HOST] = tidy_host(data[CONF_HOST])
        data[CONF_CHANNEL] = int(data[CONF_CHANNEL])
        return data

    def _only_heater(self) -> dict[str, Any]:
        """Return the part of a subentry's data that says which heater it is."""
        return {key: value for key, value in self._heater.items() if key in HEATER_KEYS}

    def _is_taken(self, unique_id: str) -> bool:
        """Tell whether another zone of any house has the same heater."""
        own = (
            self._get_reconfigure_subentry().subentry_id
            if self.source == SOURCE_RECONFIGURE
            else None
        )
        return any(
            subentry.unique_id == unique_id and subentry.subentry_id != own
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            for subentry in entry.get_subentries_of_type(ZONE)
        )

    async def _async_look(self, data: Mapping[str, Any], errors: dict[str, str]) -> bool:
        """Read the heater once; return whether it answers."""
        try:
            async with async_unit(self.hass, data, TIMEOUT) as unit:
                self._findings = await probe(unit, self._profile.at(data[CONF_CHANNEL] - 1))
        except (ModbusError, HomeAssistantError) as err:
            errors["base"] = failure(err)
            return False
        return True

    async def _async_check(self, errors: dict[str, str]) -> bool:
        """Write what is there already; return whether that works, and remember how."""
        profile = self._profile.at(self._heater[CONF_CHANNEL] - 1)
        await async_allow(self.hass, self._get_entry().data, self._heater, profile)
        try:
            async with async_unit(self.hass, self._heater, TIMEOUT) as unit:
                check = await check_write(unit, profile)
        except HeaterError:
            errors["base"] = "nothing_to_write"
        except (ModbusError, HomeAssistantError) as err:
            errors["base"] = failure(err)
        else:
            self._heater[CONF_FUNCTION] = check.function.value
            if check.outcome is Outcome.KEPT:
                return True
            errors["base"] = f"write_{check.outcome}"
        return False

    async def _async_is_relay(self) -> bool:
        if self._heater[CONF_WAY] != Way.MODBUS:
            return Way(self._heater[CONF_WAY]) is Way.SWITCH
        own, _ = await PROFILES.async_own(self.hass)
        profiles = {**PROFILES.families, **{profile.key: profile for profile in own}}
        profile = profiles.get(self._heater[CONF_PROFILE])
        return profile is not None and profile.is_relay


HEATER_KEYS: Final = {
    *(CONF_WAY, CONF_TARGET, CONF_PROFILE, CONF_CHANNEL, CONF_FUNCTION),
    *(CONF_TYPE, CONF_HOST, CONF_PORT, CONF_DEVICE, CONF_LINE, CONF_UNIT_ID),
}


def _unique_id(data: Mapping[str, Any]) -> str:
    """Return what no two zones may have in common: the heater."""
    if data[CONF_WAY] != Way.MODBUS:
        return str(data[CONF_TARGET])
    return f"{place(data)}:{data[CONF_UNIT_ID]}:{data[CONF_CHANNEL]}"
