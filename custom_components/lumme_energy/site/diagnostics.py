"""Diagnostics of a house: what is seen and decided, and nothing that says whose it is or where."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .coordinator import SiteConfigEntry
from .heaters import RegisterDriver
from .settings import CONF_PRESENCE, SITE_ENTITIES, ZONE_ENTITIES

TO_REDACT: Final = {
    *(CONF_NAME, CONF_HOST, CONF_DEVICE, CONF_PRESENCE),
    *SITE_ENTITIES,
    *ZONE_ENTITIES,
}


async def async_get(hass: HomeAssistant, entry: SiteConfigEntry) -> dict[str, Any]:
    """Return what goes in and what comes out; zones have numbers in place of their names."""
    coordinator = entry.runtime_data
    now = dt_util.utcnow()
    plan = asdict(coordinator.data)
    zones = plan.pop("zones")
    seen = asdict(coordinator.seen)
    seen_zones = seen.pop("zones")
    return {
        "house": async_redact_data(dict(entry.data), TO_REDACT),
        "seen": seen,
        "plan": plan | {"turned_down": list(plan["turned_down"].values())},
        "zones": [
            {
                "settings": async_redact_data(dict(zone.data), TO_REDACT),
                "profile_verified": (
                    zone.driver.profile.verified
                    if isinstance(zone.driver, RegisterDriver)
                    else None
                ),
                "is_heard": coordinator.is_heard(zone_id),
                "seen": seen_zones[zone_id],
                "plan": zones[zone_id],
                "writes": coordinator.engine.writes(zone_id, now),
                "model": coordinator.engine.model(zone_id).as_dict(),
            }
            for zone_id, zone in coordinator.zones.items()
        ],
    }
