"""What the system information page says about this integration."""

from typing import Any

from homeassistant.components.system_health import (
    SystemHealthRegistration,
    async_check_can_reach_url,
)
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_KIND,
    CONF_PORTAL_ADDRESS,
    CONF_SUPPLIER,
    DOMAIN,
    KIND_ACCOUNT,
    KIND_BRIDGE,
    KIND_HEATING,
    KIND_METER,
)
from .portal.suppliers import SUPPLIERS, Supplier


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is told."""
    register.async_register_info(async_info, "/config/integrations/integration/lumme_energy")


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Tell whether portals can be reached and still be asked, and whether meters, heaters and bridges are heard."""
    entries = hass.config_entries.async_loaded_entries(DOMAIN)
    kinds = {
        kind: [entry for entry in entries if entry.data[CONF_KIND] == kind]
        for kind in (KIND_ACCOUNT, KIND_METER, KIND_HEATING, KIND_BRIDGE)
    }
    accounts = kinds[KIND_ACCOUNT]
    meters = [entry.runtime_data for entry in kinds[KIND_METER]]
    houses = [entry.runtime_data for entry in kinds[KIND_HEATING]]
    bridges = [entry.runtime_data for entry in kinds[KIND_BRIDGE]]
    portals = {
        entry.data[CONF_SUPPLIER]: entry.data.get(
            CONF_PORTAL_ADDRESS, SUPPLIERS[Supplier(entry.data[CONF_SUPPLIER])].portal_url
        )
        for entry in accounts
        if SUPPLIERS[Supplier(entry.data[CONF_SUPPLIER])].has_portal
    }
    return {
        "accounts": len(accounts),
        "meters": len(meters),
        "meters_heard": sum(
            meter.last_update_success and meter.data is not None for meter in meters
        ),
        "houses": len(houses),
        "heaters": sum(len(house.zones) for house in houses),
        "heaters_heard": sum(house.is_heard(zone) for house in houses for zone in house.zones),
        "bridges": len(bridges),
        "bridges_heard": sum(bridge.last_update_success for bridge in bridges),
        "requests_left_today": min(
            (
                entry.runtime_data.portal.session.politeness.requests_left
                for entry in accounts
                if entry.data[CONF_SUPPLIER] in portals
            ),
            default=None,
        ),
        **{
            f"can_reach_{supplier}": async_check_can_reach_url(hass, url)
            for supplier, url in portals.items()
        },
    }
