"""The dashboard: a module that every browser loads, and a place in the sidebar for who wants it.

The module builds the dashboard in the browser from the devices that exist. It is offered among the
community dashboards; the sidebar is opt-in, for nobody asked for more there.
"""

from pathlib import Path
from typing import Final

from homeassistant.components.frontend import DOMAIN as FRONTEND, add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from ..const import DOMAIN

MODULE: Final = Path(__file__).parent / "lumme-energy.js"
URL: Final = f"/{DOMAIN}/{MODULE.name}"


async def async_serve(hass: HomeAssistant) -> None:
    """Have every browser load the module; where there is no frontend, there is none to load it."""
    if FRONTEND not in hass.config.components:
        return
    integration = await async_get_integration(hass, DOMAIN)
    await hass.http.async_register_static_paths(
        [StaticPathConfig(URL, str(MODULE), cache_headers=True)]
    )
    # Browsers keep it for a month; another version is another address.
    add_extra_js_url(hass, f"{URL}?v={integration.version}")
