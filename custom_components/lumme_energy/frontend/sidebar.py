"""The dashboard in the sidebar, as long as an entry that asks for it is set up.

Home Assistant has no public way for an integration to bring a dashboard along, so this stays off
until somebody turns it on, and is the one place that knows how dashboards are kept.
"""

from typing import Any, Final, override

from homeassistant.components.frontend import (
    DOMAIN as FRONTEND,
    async_panel_exists,
    async_register_built_in_panel,
    async_remove_panel,
)
from homeassistant.components.lovelace.const import DOMAIN as LOVELACE, LOVELACE_DATA, MODE_YAML
from homeassistant.components.lovelace.dashboard import LovelaceConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.json import cached_json_fragment, json_fragment
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.util.hass_dict import HassKey
import probatio

from ..const import CONF_SIDEBAR, DOMAIN

# What every kind of entry asks in its options.
SIDEBAR_FIELD: Final = {probatio.Required(CONF_SIDEBAR, default=False): BooleanSelector()}

PATH: Final = "lumme-energy"
TITLE: Final = "Lumme Energy"
ICON: Final = "mdi:flower"
STRATEGY: Final = {"strategy": {"type": "custom:lumme-energy"}}
# The ids of the entries that ask for the dashboard.
ASKING: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_sidebar")


class SidebarDashboard(LovelaceConfig):
    """A dashboard that is nothing but our strategy."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Describe the dashboard as the list of dashboards shows it."""
        super().__init__(
            hass,
            PATH,
            {
                "id": PATH,
                "title": TITLE,
                "icon": ICON,
                "mode": MODE_YAML,
                "require_admin": False,
                "show_in_sidebar": True,
            },
        )

    @property
    @override
    def mode(self) -> str:
        """Nobody edits it here: who wants another one makes it of the community dashboard."""
        return MODE_YAML

    @override
    async def async_get_info(self) -> dict[str, Any]:
        return {"mode": self.mode}

    @override
    async def async_load(self, force: bool) -> dict[str, Any]:
        return STRATEGY

    @override
    async def async_json(self, force: bool) -> json_fragment:
        return cached_json_fragment(STRATEGY)


@callback
def async_show(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Show the dashboard in the sidebar while an entry that asks for it is set up."""
    if not entry.options.get(CONF_SIDEBAR) or FRONTEND not in hass.config.components:
        return
    asking = hass.data.setdefault(ASKING, set())
    # A dashboard of somebody's own that is at this address stays there.
    if not asking and async_panel_exists(hass, PATH):
        return
    if not asking:
        hass.data[LOVELACE_DATA].dashboards[PATH] = SidebarDashboard(hass)
        async_register_built_in_panel(
            hass,
            LOVELACE,
            sidebar_title=TITLE,
            sidebar_icon=ICON,
            frontend_url_path=PATH,
            config={"mode": MODE_YAML},
        )
    asking.add(entry.entry_id)

    @callback
    def hide() -> None:
        asking.discard(entry.entry_id)
        if not asking:
            async_remove_panel(hass, PATH)
            del hass.data[LOVELACE_DATA].dashboards[PATH]

    entry.async_on_unload(hide)
