"""Buttons of supplier accounts and of heated houses."""

from .account.readings import button as account_button
from .const import KIND_ACCOUNT, KIND_HEATING
from .platform_door import by_kind
from .site import button as site_button

# Each sends something to the portal or to heaters.
PARALLEL_UPDATES = 1

async_setup_entry = by_kind(
    {KIND_ACCOUNT: account_button.async_setup, KIND_HEATING: site_button.async_setup}
)
