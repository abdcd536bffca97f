"""Feeds the watchdog while every service is alive."""

import asyncio
import gc

import hal

WATCHDOG = 8000  # ms; a TLS handshake keeps everything waiting for about one
# Bytes after which memory is tidied up, or a quarter of a large one. If one waited until it is full,
# what stays would be strewn all over it, and a telegram would find no room in one piece.
GARBAGE = 16_384


async def supervise(app):
    """Feed the watchdog until a service hangs, then start the device again."""
    gc.threshold(max(GARBAGE, gc.mem_free() // 4))
    hal.wdt_start(WATCHDOG)
    while not (silent := app.silent()):
        hal.wdt_feed()
        await asyncio.sleep_ms(500)
    app.log("supervisor", "hangs: " + ", ".join(silent))
    hal.reset()
