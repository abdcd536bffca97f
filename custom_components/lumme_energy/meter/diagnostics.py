"""Diagnostics of a meter: enough to see what it sends, nothing that says whose it is."""

from dataclasses import asdict
from time import monotonic
from typing import Any

from homeassistant.core import HomeAssistant

from ..const import CONF_BAUDRATE, CONF_BITS, CONF_ENCRYPTION_KEY, CONF_PARITY
from ..metering.masking import masked
from ..metering.telegram import Quantity
from .base import MeterConfigEntry
from .connection import transport
from .modbus_coordinator import ModbusMeterCoordinator
from .p1_coordinator import P1MeterCoordinator


async def async_get(hass: HomeAssistant, entry: MeterConfigEntry) -> dict[str, Any]:
    """Return what arrives and what becomes of it; host and serial numbers are left out."""
    coordinator = entry.runtime_data
    if isinstance(coordinator, ModbusMeterCoordinator):
        return _of_modbus(coordinator)
    assert isinstance(coordinator, P1MeterCoordinator)  # noqa: S101
    heard = coordinator.data is not None
    return {
        "country": coordinator.profile.country,
        "transport": transport(entry.data),
        "line": {key: entry.data.get(key) for key in (CONF_BAUDRATE, CONF_BITS, CONF_PARITY)},
        "encrypted": CONF_ENCRYPTION_KEY in entry.data,
        "options": dict(entry.options),
        "meters_so_far": len(coordinator.memory.totals.segments),
        "sub_meters_so_far": {
            key: len(place.totals.segments)
            for key, place in coordinator.memory.sub_meters.places.items()
        },
        "available": coordinator.last_update_success,
        "seconds_since_last_telegram": round(monotonic() - coordinator.received) if heard else None,
        "counters": asdict(coordinator.reader.counters),
        "last_telegram": masked(coordinator.reader.last_frame) if heard else None,
    }


def _of_modbus(coordinator: ModbusMeterCoordinator) -> dict[str, Any]:
    """Return what is asked of a Modbus meter and what it answers."""
    reader = coordinator.reader
    values = coordinator.data.values if coordinator.data else {}
    return {
        "profile": coordinator.profile.key,
        "profile_verified": coordinator.profile.verified,
        "available": coordinator.last_update_success,
        "seconds_since_last_reading": round(monotonic() - coordinator.received),
        "requests": asdict(reader.requests),
        "requests_per_poll": {
            "fast": [list(request) for request in reader.plan(slow=False)],
            "all": [list(request) for request in reader.plan(slow=True)],
        },
        "refused": sorted(list(block) for block in reader.refused),
        "last_values": {
            quantity: str(value)
            for quantity, value in values.items()
            if quantity is not Quantity.METER_ID
        },
    }
