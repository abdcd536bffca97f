"""Buttons of supplier accounts, heated houses and bridges."""

from .account.readings import button as account_button
from .bridge import button as bridge_button
from .const import KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING
from .platform_door import by_kind
from .site import button as site_button

# Each sends something to the portal, to heaters or to a bridge.
PARALLEL_UPDATES = 1

async_setup_entry = by_kind(
    {
        KIND_ACCOUNT: account_button.async_setup,
        KIND_HEATING: site_button.async_setup,
        KIND_BRIDGE: bridge_button.async_setup,
    }
)
