"""Starts the services, and feeds the watchdog while all of them are alive."""

import asyncio

import hal

from . import bus, led, modbus_port, network, p1, p1_port
from .app import App

WATCHDOG = 8000  # ms; a TLS handshake keeps everything waiting for about one

# name, its coroutine function, how many ms it may be silent, whether safe mode needs it, too
SERVICES = (
    ("network", network.run, 30_000, True),
    ("bus", bus.run, 30_000, True),
    ("p1", p1.run, 30_000, False),
    ("p1_port", p1_port.run, 30_000, False),
    ("modbus_port", modbus_port.run, 30_000, False),
    ("led", led.run, 30_000, True),
)


async def run(config, safe=False):
    """Run the bridge for ever."""
    app = App(config)
    app.log("main", "started: " + hal.reset_cause() + (" (safe mode)" if safe else ""))
    for name, service, limit, needed in SERVICES:
        if needed or not safe:
            app.start(name, service, limit)
    await supervise(app)


async def supervise(app):
    """Feed the watchdog until a service hangs."""
    hal.wdt_start(WATCHDOG)
    while not (silent := app.silent()):
        hal.wdt_feed()
        await asyncio.sleep_ms(500)
    app.log("main", "hangs: " + ", ".join(silent))
    hal.reset()
