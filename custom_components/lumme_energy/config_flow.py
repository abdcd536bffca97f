"""Config flow: a menu of the kinds of entry; each kind brings its own steps."""

from typing import Any, override

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlowWithReload,
)
from homeassistant.core import callback

from .account.flow import AccountFlow
from .account.link_flow import MeterLinkFlow
from .account.meter_link import METER_LINK
from .account.options import AccountOptionsFlow
from .const import CONF_KIND, DOMAIN, KIND_ACCOUNT, KIND_METER
from .meter.flow import MeterFlow
from .meter.options import MeterOptionsFlow


class LummeEnergyConfigFlow(AccountFlow, MeterFlow, ConfigFlow, domain=DOMAIN):
    """Set up a supplier account or a meter."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlowWithReload:
        """Return the flow of an entry's options."""
        is_meter = config_entry.data[CONF_KIND] == KIND_METER
        return MeterOptionsFlow() if is_meter else AccountOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an entry: an account's supply points have meters."""
        is_meter = config_entry.data[CONF_KIND] == KIND_METER
        return {} if is_meter else {METER_LINK: MeterLinkFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what to set up."""
        return self.async_show_menu(step_id="user", menu_options=[KIND_ACCOUNT, KIND_METER])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change an entry of either kind."""
        if self._get_reconfigure_entry().data[CONF_KIND] == KIND_METER:
            return await self.async_step_reconfigure_meter()
        return await self.async_step_reconfigure_account()
