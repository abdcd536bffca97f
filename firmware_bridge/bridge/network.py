"""Keeps the network connected; what must not depend on it does not."""

import asyncio
from time import ticks_diff

import hal

_AGAIN = 10 * 60_000  # ms without an address before connecting from scratch
_CHECK = 5000


async def run(app):
    """Connect, and connect from scratch whenever there has been no address for long."""
    settings = app.config["wifi"]
    app.signal("no_network", True)
    while True:
        hal.net_start(settings)
        seen = hal.ticks_ms()
        up = False
        while ticks_diff(hal.ticks_ms(), seen) < _AGAIN:
            if hal.net_up():
                seen = hal.ticks_ms()
            if up != hal.net_up():
                up = not up
                app.signal("no_network", not up)
                app.log("network", "connected: " + hal.net_ip() if up else "lost")
            app.beat("network")
            await asyncio.sleep_ms(_CHECK)
        app.log("network", "connecting again")
