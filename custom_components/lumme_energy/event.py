"""Events of supplier accounts, heated houses and bridges."""

from .account import event as account_event
from .bridge import event as bridge_event
from .const import KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING
from .platform_door import by_kind
from .site import event as site_event

PARALLEL_UPDATES = 0

async_setup_entry = by_kind(
    {
        KIND_ACCOUNT: account_event.async_setup,
        KIND_HEATING: site_event.async_setup,
        KIND_BRIDGE: bridge_event.async_setup,
    }
)
