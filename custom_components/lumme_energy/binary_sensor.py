"""Binary sensors of supplier accounts, heated houses and bridges."""

from .account import binary_sensor as account_binary_sensor
from .bridge import binary_sensor as bridge_binary_sensor
from .const import KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING
from .platform_door import by_kind
from .site import binary_sensor as site_binary_sensor

PARALLEL_UPDATES = 0

async_setup_entry = by_kind(
    {
        KIND_ACCOUNT: account_binary_sensor.async_setup,
        KIND_HEATING: site_binary_sensor.async_setup,
        KIND_BRIDGE: bridge_binary_sensor.async_setup,
    }
)
