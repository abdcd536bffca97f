"""Config flow: a menu of the kinds of entry; each kind brings its own steps."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from .account.flow import AccountFlow
from .account.link_flow import MeterLinkFlow
from .account.meter_link import METER_LINK
from .account.options import AccountOptionsFlow
from .bridge_offers import BridgeOffersFlow
from .const import CONF_KIND, DOMAIN, KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING, KIND_METER
from .meter.options import MeterOptionsFlow
from .site.options import SiteOptionsFlow
from .site.settings import ZONE
from .site.zone_flow import ZoneFlow


class LummeEnergyConfigFlow(AccountFlow, BridgeOffersFlow, ConfigFlow, domain=DOMAIN):
    """Set up a supplier account, a meter, a heated house or a bridge."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of an entry's options."""
        flows: dict[str, type[OptionsFlow]] = {
            KIND_ACCOUNT: AccountOptionsFlow,
            KIND_METER: MeterOptionsFlow,
            KIND_HEATING: SiteOptionsFlow,
        }
        return flows[config_entry.data[CONF_KIND]]()

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry) -> bool:
        """Tell whether an entry has options; all that is told of a bridge is reconfigured."""
        return bool(config_entry.data[CONF_KIND] != KIND_BRIDGE)

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an entry of each kind."""
        subentry_types: dict[str, dict[str, type[ConfigSubentryFlow]]] = {
            KIND_ACCOUNT: {METER_LINK: MeterLinkFlow},
            KIND_HEATING: {ZONE: ZoneFlow},
        }
        return subentry_types.get(config_entry.data[CONF_KIND], {})

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to set up."""
        return self.async_show_menu(
            step_id="user", menu_options=[KIND_ACCOUNT, KIND_METER, KIND_HEATING, KIND_BRIDGE]
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change an entry of any kind."""
        steps = {
            KIND_ACCOUNT: self.async_step_reconfigure_account,
            KIND_METER: self.async_step_reconfigure_meter,
            KIND_HEATING: self.async_step_reconfigure_heating,
            KIND_BRIDGE: self.async_step_reconfigure_bridge,
        }
        return await steps[self._get_reconfigure_entry().data[CONF_KIND]]()

    @override
    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Log in again, or pair again; only accounts and bridges know us by a secret."""
        if entry_data[CONF_KIND] == KIND_BRIDGE:
            return await self.async_step_reauth_bridge()
        return await super().async_step_reauth(entry_data)
