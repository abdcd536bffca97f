"""Config flow steps of a meter: how it is read; each way brings its own steps."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from .connection import is_modbus
from .modbus_flow import ModbusFlow
from .p1_flow import P1Flow


class MeterFlow(P1Flow, ModbusFlow):
    """The steps that set up a meter."""

    async def async_step_meter(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the meter is read."""
        return self.async_show_menu(
            step_id="meter",
            menu_options=["p1_network", "p1_serial", "modbus_tcp", "modbus_serial"],
        )

    async def async_step_reconfigure_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what has changed."""
        if is_modbus(self._get_reconfigure_entry().data):
            return await self.async_step_reconfigure_modbus()
        return self.async_show_menu(
            step_id="reconfigure_meter", menu_options=["p1_network", "p1_serial", "p1_country"]
        )
