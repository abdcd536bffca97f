"""Which services there are, and their start."""

import hal

from . import (
    api,
    boots,
    bus,
    button,
    failsafe,
    led,
    mdns,
    modbus_port,
    modbus_tls,
    network,
    ota,
    p1,
    p1_port,
    relay_loop,
)
from .app import App
from .auth import Auth
from .supervisor import supervise

# name, its coroutine function, how many ms it may be silent, whether safe mode needs it, too
SERVICES = (
    ("boots", boots.run, 30_000, True),
    ("failsafe", failsafe.run, 60_000, True),
    ("relay_loop", relay_loop.run, 30_000, True),
    ("network", network.run, 30_000, True),
    ("bus", bus.run, 30_000, True),
    ("p1", p1.run, 30_000, False),
    ("p1_port", p1_port.run, 30_000, False),
    ("modbus_port", modbus_port.run, 30_000, False),
    ("led", led.run, 30_000, True),
    ("button", button.run, 30_000, True),
    ("api", api.run, 30_000, True),
    ("modbus_tls", modbus_tls.run, 30_000, True),
    ("trial", ota.run, 30_000, True),
    ("mdns", mdns.run, 120_000, False),
)


async def run(config, safe=False, slot="a"):
    """Run the bridge for ever; slot is the folder that it was started from."""
    app = App(config, safe, slot)
    # What several services share is there before any of them.
    app.parts["auth"] = Auth(app.store, app.clock, app.log)
    app.parts["failsafe"] = failsafe.Failsafe(app.store, app.clock, app.log)
    app.parts["ota"] = ota.Ota(hal.ROOT, app.store, slot, app.clock, app.log)
    app.log("main", "started: " + hal.reset_cause() + (" (safe mode)" if safe else ""))
    for name, service, limit, needed in SERVICES:
        if needed or not safe:
            app.start(name, service, limit)
    await supervise(app)
