"""Feeds the watchdog while every service is alive."""

import asyncio

import hal

WATCHDOG = 8000  # ms; a TLS handshake keeps everything waiting for about one


async def supervise(app):
    """Feed the watchdog until a service hangs, then start the device again."""
    hal.wdt_start(WATCHDOG)
    while not (silent := app.silent()):
        hal.wdt_feed()
        await asyncio.sleep_ms(500)
    app.log("supervisor", "hangs: " + ", ".join(silent))
    hal.reset()
