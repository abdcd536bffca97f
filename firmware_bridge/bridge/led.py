"""Says with one lamp what is most important to know at the cabinet."""

import asyncio

import hal

# What is shown while `App.signals` holds it, the most important first: how long the lamp is on and
# off in ms, and how often before a pause of a second.
PATTERNS = (
    ("pairing", 100, 100, 10),  # quick: press was heard, pair now
    ("fault", 600, 300, 3),  # three long: the fallback could not be written
    ("failsafe", 600, 300, 2),  # two long: the frost guard is in charge
    ("no_network", 150, 250, 2),  # two short
    ("no_meter", 150, 250, 3),  # three short
)
_WELL = (50, 0, 1)
_PAUSE = 1000


def pattern(signals):
    """Return how the lamp blinks."""
    for name, *rhythm in PATTERNS:
        if name in signals:
            return rhythm
    return _WELL


async def run(app):
    """Blink for ever."""
    while True:
        app.beat("led")
        on, off, times = pattern(app.signals)
        for _ in range(times):
            hal.led(True)
            await asyncio.sleep_ms(on)
            hal.led(False)
            await asyncio.sleep_ms(off)
        await asyncio.sleep_ms(_PAUSE)
