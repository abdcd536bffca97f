"""Updates of bridges' firmware."""

from datetime import timedelta

from .bridge import update as bridge_update
from .const import KIND_BRIDGE
from .platform_door import by_kind

# A bridge takes one update at a time.
PARALLEL_UPDATES = 1
# How often the folder with a newer firmware is looked into.
SCAN_INTERVAL = timedelta(minutes=10)

async_setup_entry = by_kind({KIND_BRIDGE: bridge_update.async_setup})
