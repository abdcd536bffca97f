"""Config flow steps of a bridge: who stands before it presses its button, and that pairs it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import probatio

from ..address import tidy_host
from ..bridge_api.client import async_meet
from ..bridge_api.errors import (
    AnotherBridgeError,
    BridgeError,
    BusyError,
    NotPairingError,
    TooManyClientsError,
    UnexpectedAnswerError,
)
from ..bridge_api.model import Info
from ..const import CONF_KIND, KIND_BRIDGE
from .settings import CONF_FINGERPRINT, client_of
from .versions import is_too_old

DEFAULT_PORT: Final = 443
MODEL: Final = "lumme-bridge"
# What we call ourselves, for whoever looks at who is paired.
OUR_NAME: Final = "Home Assistant"
ERRORS: Final[Mapping[type[BridgeError], str]] = {
    AnotherBridgeError: "bridge_certificate_changed",
    BusyError: "bridge_busy",
    NotPairingError: "press_button",
    TooManyClientsError: "bridge_full",
    UnexpectedAnswerError: "not_a_bridge",
}
SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_PORT): cv.port,
    }
)


def _error(err: BridgeError) -> str:
    return ERRORS.get(type(err), "bridge_unreachable")


class BridgeFlow(ConfigFlow):
    """The steps that set up a bridge, and follow it to another address."""

    _bridge: Mapping[str, Any] = MappingProxyType({})  # what the entry will keep
    _info: Info

    async def async_step_bridge(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the bridge is, if it was not found by itself."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._async_meet(user_input, errors):
            await self.async_set_unique_id(self._info.id)
            self._abort_if_unique_id_configured(updates=_where(user_input))
            return await self.async_step_bridge_pair()
        return self._ask_where("bridge", user_input, errors)

    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Look at a bridge that announces itself, or follow one that is set up."""
        where = {CONF_HOST: discovery_info.host, CONF_PORT: discovery_info.port}
        if (identifier := discovery_info.properties.get("id")) is None:
            return self.async_abort(reason="not_a_bridge")
        await self.async_set_unique_id(identifier)
        self._abort_if_unique_id_configured(updates=where)
        errors: dict[str, str] = {}
        if not await self._async_meet(where, errors):
            return self.async_abort(reason=errors["base"])
        if self._info.id != identifier:
            return self.async_abort(reason="another_bridge")
        self.context["title_placeholders"] = {"name": self._title}
        return await self.async_step_bridge_pair()

    async def async_step_bridge_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have its button pressed, and become its client."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._async_pair(errors):
            return self.async_create_entry(title=self._title, data=self._bridge)
        return self._ask_to_press("bridge_pair", errors)

    async def async_step_reauth_bridge(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Pair again a bridge that has forgotten us."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if not self._bridge:
            if await self._async_meet(entry.data, errors) and self._info.id != entry.unique_id:
                return self.async_abort(reason="another_bridge")
        elif user_input is not None and await self._async_pair(errors):
            return self.async_update_reload_and_abort(entry, data=self._bridge)
        return self._ask_to_press("reauth_bridge", errors, title=entry.title)

    async def async_step_reconfigure_bridge(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the bridge is now."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None and await self._async_find_again(entry, user_input, errors):
            return self.async_update_reload_and_abort(entry, data_updates=_where(user_input))
        return self._ask_where("reconfigure_bridge", user_input or entry.data, errors)

    async def _async_meet(self, where: Mapping[str, Any], errors: dict[str, str]) -> bool:
        """See who is there, and remember the certificate: from here on nobody else is spoken to."""
        try:
            self._info = await async_meet(
                async_get_clientsession(self.hass), *_where(where).values()
            )
        except BridgeError as err:
            errors["base"] = _error(err)
            return False
        if self._info.model != MODEL:
            errors["base"] = "not_a_bridge"
        elif is_too_old(self._info.version, self._info.api):
            errors["base"] = "bridge_too_old"
        else:
            self._bridge = {
                CONF_KIND: KIND_BRIDGE,
                **_where(where),
                CONF_FINGERPRINT: self._info.fingerprint,
            }
        return not errors

    async def _async_pair(self, errors: dict[str, str]) -> bool:
        """Become the client of the bridge that was looked at."""
        client = client_of(self.hass, self._bridge)
        try:
            pairing = await client.async_pair(OUR_NAME)
        except BridgeError as err:
            errors["base"] = _error(err)
            return False
        self._bridge = {**self._bridge, CONF_TOKEN: pairing.token}
        return True

    async def _async_find_again(
        self, entry: ConfigEntry, where: Mapping[str, Any], errors: dict[str, str]
    ) -> bool:
        """Tell whether the same bridge, with the same certificate, knows us there."""
        client = client_of(self.hass, {**entry.data, **_where(where)})
        try:
            await client.async_status()
        except BridgeError as err:
            errors["base"] = _error(err)
        return not errors

    def _ask_where(
        self, step_id: str, known: Mapping[str, Any] | None, errors: dict[str, str]
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(SCHEMA, known),
            errors=errors,
        )

    def _ask_to_press(
        self, step_id: str, errors: dict[str, str], title: str | None = None
    ) -> ConfigFlowResult:
        self._set_confirm_only()
        return self.async_show_form(
            step_id=step_id,
            errors=errors,
            description_placeholders={"bridge": title or self._title},
        )

    @property
    def _title(self) -> str:
        """What the bridge is called: as its certificate and its announcement do."""
        return f"Lumme bridge {self._info.id[-6:]}"


def _where(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of data that says where the bridge is."""
    return {CONF_HOST: tidy_host(data[CONF_HOST]), CONF_PORT: data[CONF_PORT]}
