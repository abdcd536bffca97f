"""Diagnostics of a meter: enough to see what it sends, nothing that says whose it is."""

from dataclasses import asdict
from time import monotonic
from typing import Any

from homeassistant.core import HomeAssistant

from ..metering.masking import masked
from .base import MeterConfigEntry
from .coordinator import MeterCoordinator


async def async_get(hass: HomeAssistant, entry: MeterConfigEntry) -> dict[str, Any]:
    """Return what arrives and what becomes of it; host and serial numbers are left out."""
    coordinator = entry.runtime_data
    assert isinstance(coordinator, MeterCoordinator)  # noqa: S101
    heard = coordinator.data is not None
    return {
        "country": coordinator.profile.country,
        "available": coordinator.last_update_success,
        "seconds_since_last_telegram": round(monotonic() - coordinator.received) if heard else None,
        "counters": asdict(coordinator.reader.counters),
        "last_telegram": masked(coordinator.reader.last_frame) if heard else None,
    }
