"""The one button: a short press opens pairing, ten seconds set the bridge back to new.

What keeps the rooms from freezing outlasts even that.
"""

import asyncio

import hal

from . import config

_STEP = 50  # ms
_RESET = 10_000


async def run(app):
    """Watch the button for ever."""
    held = 0
    auth = app.parts["auth"]
    while True:
        app.beat("button")
        if hal.button():
            held += _STEP
            if held == _RESET:
                app.log("button", "set back to new")
                auth.reset()
                app.store.remove(config.FILE)
                app.reset()
        else:
            if 0 < held < _RESET:
                auth.open()
            held = 0
        app.signal("pairing", auth.is_open())
        await asyncio.sleep_ms(_STEP)
