"""Config flow steps of a meter: which kind it is; each kind brings its own steps."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from .p1_flow import P1Flow


class MeterFlow(P1Flow):
    """The steps that set up a meter."""

    async def async_step_meter(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the meter is reached."""
        return self.async_show_menu(step_id="meter", menu_options=["p1_network", "p1_serial"])

    async def async_step_reconfigure_meter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what has changed."""
        return self.async_show_menu(
            step_id="reconfigure_meter", menu_options=["p1_network", "p1_serial", "p1_country"]
        )
