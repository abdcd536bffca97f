"""Modbus through TLS (Modbus/TCP Security): the bus for paired clients, who also may write.

A client is known by the certificate that it gave when it was paired. What it may write is up to the
policy of the bus, as for everybody.
"""

import asyncio

import hal

from . import identity
from .bus import HA
from .doors import Limit, secure
from .modbus_port import serve

_MOST = 2  # a connection through TLS takes 24 KB
_BURST = 6
_PAUSE = 2  # s between two handshakes after that: each takes a second, in which nothing else runs


class ModbusTls:
    """The listening port."""

    def __init__(self, app, context):
        """Let in whom the context knows."""
        self._app = app
        self._context = context
        self._limit = Limit(app.clock, _BURST, _PAUSE)
        self.tasks = set()

    async def accept(self, stream, _writer):
        """Serve one client; however it ends, its socket is given back."""
        task = asyncio.current_task()
        try:
            if len(self.tasks) < _MOST and self._limit.take(hal.peer_ip(stream)):
                self.tasks.add(task)
                stream = secure(stream, self._context)
                await serve(self._app.parts["bus"], stream, HA, True)
        # ValueError: a certificate that is not one of ours.
        except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self.tasks.discard(task)
            await stream.wait_closed()

    def status(self):
        """Return what the API shows."""
        return {"clients": len(self.tasks)}


async def run(app):
    """Listen while there is a client to listen to."""
    certificates = app.parts["auth"].certificates()
    if not certificates or "api" not in app.parts:
        app.parts.pop("modbus_tls", None)
        return
    port = ModbusTls(app, identity.server_context(app.parts["api"].identity, certificates))
    server = await asyncio.start_server(port.accept, hal.BIND, app.config["modbus_tls"]["port"], 2)
    app.parts["modbus_tls"] = port
    try:
        while True:
            app.beat("modbus_tls")
            await asyncio.sleep_ms(5000)
    finally:
        server.close()
        for task in port.tasks:
            task.cancel()
