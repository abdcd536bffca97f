"""Events of supplier accounts and of heated houses."""

from .account import event as account_event
from .const import KIND_ACCOUNT, KIND_HEATING
from .platform_door import by_kind
from .site import event as site_event

PARALLEL_UPDATES = 0

async_setup_entry = by_kind(
    {KIND_ACCOUNT: account_event.async_setup, KIND_HEATING: site_event.async_setup}
)
