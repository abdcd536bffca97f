"""Lets other software ask the devices on the bus (Modbus Messaging on TCP/IP 1.0b)."""

import asyncio
from struct import pack, unpack

import hal

from . import pdu as modbus
from .access import allowed
from .bus import PLAIN
from .plain_port import PlainPort

CLIENTS = 6
_IDLE = 120_000  # ms; some clients ask only once a minute
_SLOW = 5000  # ms for the rest of a request, or for taking an answer


async def serve(bus, stream, priority, may_write):
    """Answer the requests of one client until it goes, falls silent or talks nonsense."""
    while True:
        head = await asyncio.wait_for_ms(stream.readexactly(7), _IDLE)
        transaction, protocol, length, unit = unpack(">HHHB", head)
        if protocol or not 2 <= length <= 254:
            return
        request = await asyncio.wait_for_ms(stream.readexactly(length - 1), _SLOW)
        if may_write or modbus.fault(request) or request[0] in modbus.READS:
            reply = await bus.request(unit, request, priority)
        else:
            reply = modbus.exception(request, modbus.ILLEGAL_FUNCTION)
        # In one piece: two would wait for the other side to confirm the first.
        stream.write(pack(">HHHB", transaction, 0, len(reply) + 1, unit) + reply)
        await asyncio.wait_for_ms(stream.drain(), _SLOW)


async def run(app):
    """Serve for ever."""
    settings = app.config["modbus_port"]

    async def handle(stream):
        may_write = allowed(hal.peer_ip(stream), settings["writers"])
        await serve(app.parts["bus"], stream, PLAIN, may_write)

    port = PlainPort(app, "modbus_port", settings, CLIENTS, handle)
    app.parts["modbus_port"] = port
    await port.run()
