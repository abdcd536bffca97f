"""Counts starts that did not last, so that a bridge which keeps falling over does only what it must.

In safe mode run the frost guard, the bus and the API; whatever made it fall is likely to be in the
rest. After an hour it tries the rest again.
"""

import asyncio

FILE = "boots.json"
MOST = 3  # starts in a row that may fail
LASTED = 120  # s after which one did not
SAFE_FOR = 3600  # s

_STEP = 5000  # ms


def count(store):
    """Count a start; returns whether it is one too many."""
    kept = store.read(FILE)
    failed = kept if type(kept) is int else 0
    store.write(FILE, failed + 1)
    return failed >= MOST


async def run(app):
    """Take the start for a good one when it has lasted."""
    while app.clock.seconds() < LASTED:
        app.beat("boots")
        await asyncio.sleep_ms(_STEP)
    app.store.remove(FILE)
    if not app.safe:
        return
    while app.clock.seconds() < SAFE_FOR:
        app.beat("boots")
        await asyncio.sleep_ms(_STEP)
    app.log("boots", "trying everything again")
    app.reset()
