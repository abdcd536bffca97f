"""What the boot picker calls, with the folder that it has chosen."""

import asyncio

import hal

from . import boots, config, main
from .store import Store


def start(slot="a"):
    """Run the bridge."""
    store = Store(hal.ROOT + "data")
    safe = boots.count(store)
    asyncio.run(main.run(config.load(store), safe, slot))
