"""What a bridge that was just paired offers to set up: the meter and the heaters behind it.

Each is a flow of its own, so that one can be set up now, and the other later or never. Nothing is
opened on the bridge before the user has said so, and then only to this Home Assistant.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.typing import DiscoveryInfoType

from .bridge.coordinator import BridgeConfigEntry
from .bridge.flow import BridgeFlow
from .bridge_api.errors import BridgeError
from .bridge_api.model import Capability
from .const import CONF_KIND, DOMAIN, KIND_BRIDGE, KIND_HEATING, KIND_METER
from .meter.flow import MeterFlow
from .site.flow import SiteFlow
from .site.settings import CONF_BRIDGE

CONF_ENTRY: Final = "entry_id"
# Seconds.
OPENS_WITHIN: Final = 10.0
LOOKS_EVERY: Final = 0.25
# What can be set up at each line, and what the list of flows calls that.
OFFERS: Final[Mapping[str, tuple[Capability, str]]] = {
    KIND_METER: (Capability.P1, "P1"),
    KIND_HEATING: (Capability.MODBUS, "Modbus"),
}


class BridgeOffersFlow(MeterFlow, SiteFlow, BridgeFlow):
    """The steps that lead from a bridge to what is behind it."""

    _offered: BridgeConfigEntry
    _own_address: str

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with what is behind a new bridge."""
        entry: ConfigEntry[Any] = result["result"]
        if entry.data[CONF_KIND] == KIND_BRIDGE:
            flows = [
                await self.hass.config_entries.flow.async_init(
                    DOMAIN,
                    context={"source": SOURCE_INTEGRATION_DISCOVERY},
                    data={CONF_KIND: kind, CONF_ENTRY: entry.entry_id},
                )
                for kind, (capability, _) in OFFERS.items()
                if capability in self._info.capabilities
            ]
            asked = [flow["flow_id"] for flow in flows if "step_id" in flow]
            if asked:
                result["next_flow"] = (FlowType.CONFIG_FLOW, asked[0])
        return result

    async def async_step_integration_discovery(
        self, discovery_info: DiscoveryInfoType
    ) -> ConfigFlowResult:
        """Ask whether to set up what is behind a bridge."""
        kind, entry = discovery_info[CONF_KIND], _loaded(self.hass, discovery_info[CONF_ENTRY])
        if entry is None:
            return self.async_abort(reason="bridge_not_loaded")
        self._offered = entry
        await self.async_set_unique_id(f"{entry.unique_id}_{kind}")
        self._abort_if_unique_id_configured()
        self.context["title_placeholders"] = {"name": f"{entry.title} ({OFFERS[kind][1]})"}
        try:
            self._own_address = await _async_own_address(entry.data)
        except OSError:
            return self.async_abort(reason="bridge_unreachable")
        steps = {
            KIND_METER: self.async_step_bridge_meter,
            KIND_HEATING: self.async_step_bridge_heating,
        }
        return await steps[kind]()

    async def async_step_bridge_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the bridge pass on the meter's telegrams to us, and listen to them."""
        errors: dict[str, str] = {}
        if user_input is not None and (
            port := await self._async_open("p1_port", ("clients",), errors)
        ):
            return await self._async_go({CONF_HOST: self._offered.data[CONF_HOST], CONF_PORT: port})
        return self._ask_to_open("bridge_meter", errors)

    async def async_step_bridge_heating(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have the bridge let us at its bus, and set up the house."""
        errors: dict[str, str] = {}
        if user_input is not None and await self._async_open(
            "modbus_port", ("clients", "writers"), errors
        ):
            (device,) = dr.async_entries_for_config_entry(
                dr.async_get(self.hass), self._offered.entry_id
            )
            self._suggested = {CONF_BRIDGE: device.id}
            return await self.async_step_heating()
        return self._ask_to_open("bridge_heating", errors)

    async def _async_open(
        self, section: str, lists: tuple[str, ...], errors: dict[str, str]
    ) -> int | None:
        """Add us to who may use a port of the bridge; return which port that is."""
        client = self._offered.runtime_data.client
        try:
            known = (await client.async_config())[section]
            change = {
                name: [*known[name], self._own_address]
                for name in lists
                if self._own_address not in known[name]
            }
            if change:
                await client.async_configure({section: change})
            await _async_until_open(self._offered.data[CONF_HOST], known["port"])
        except BridgeError, TimeoutError:
            errors["base"] = "bridge_unreachable"
            return None
        return int(known["port"])

    def _ask_to_open(self, step_id: str, errors: dict[str, str]) -> ConfigFlowResult:
        self._set_confirm_only()
        return self.async_show_form(
            step_id=step_id,
            errors=errors,
            description_placeholders={
                "bridge": self._offered.title,
                "address": self._own_address,
            },
        )


def _loaded(hass: HomeAssistant, entry_id: str) -> BridgeConfigEntry | None:
    entry = hass.config_entries.async_get_entry(entry_id)
    return entry if entry is not None and entry.state is ConfigEntryState.LOADED else None


async def _async_own_address(data: Mapping[str, Any]) -> str:
    """Return the address from which the bridge sees us. Raises OSError."""
    _, writer = await asyncio.open_connection(data[CONF_HOST], data[CONF_PORT])
    try:
        return str(writer.get_extra_info("sockname")[0])
    finally:
        writer.close()


async def _async_until_open(host: str, port: int) -> None:
    """Wait until the bridge listens, which it does a moment after it was told. Raises TimeoutError."""
    async with asyncio.timeout(OPENS_WITHIN):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(host, port)
                writer.close()
                return
            await asyncio.sleep(LOOKS_EVERY)
