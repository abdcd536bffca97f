"""Selects of supplier accounts and of heated houses."""

from .account import select as account_select
from .const import KIND_ACCOUNT, KIND_HEATING
from .platform_door import by_kind
from .site import select as site_select

# Each sends a change to the portal or to heaters.
PARALLEL_UPDATES = 1

async_setup_entry = by_kind(
    {KIND_ACCOUNT: account_select.async_setup, KIND_HEATING: site_select.async_setup}
)
