"""Sensors of every kind of entry."""

from .account import sensor as account_sensor
from .bridge import sensor as bridge_sensor
from .const import KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING, KIND_METER
from .meter import sensor as meter_sensor
from .platform_door import by_kind
from .site import sensor as site_sensor

PARALLEL_UPDATES = 0

async_setup_entry = by_kind(
    {
        KIND_ACCOUNT: account_sensor.async_setup,
        KIND_METER: meter_sensor.async_setup,
        KIND_HEATING: site_sensor.async_setup,
        KIND_BRIDGE: bridge_sensor.async_setup,
    }
)
