"""Tells the local network that there is a bridge (DNS-SD over multicast DNS, RFC 6762 and 6763).

The stock firmware of an ESP32 keeps port 5353 for a responder of its own, which knows no services.
Then we announce from another port, which listeners accept, soon after boot and every minute.
"""

import asyncio
from struct import pack

import hal

from .api import about

GROUP = "224.0.0.251"
PORT = 5353
SERVICE = "_lumme-bridge._tcp.local"

_PTR, _TXT, _SRV, _A = 12, 16, 33, 1
_IN = 1
_FLUSH = 0x8000  # this record is all there is to know
_LONG, _SHORT = 4500, 120  # s: for how long to believe it; the short one where an address is in it
_AT_BOOT = 3
_SOON = 1000  # ms
_PERIOD = 60_000


def _name(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def _record(name, kind, flush, ttl, data):
    return _name(name) + pack(">HHIH", kind, _IN | flush, ttl, len(data)) + data


def announcement(host, ip, port, texts):
    """Return the packet that says where a service is and what it is."""
    instance = host + "." + SERVICE
    texts = b"".join(bytes([len(text)]) + text.encode() for text in texts)
    address = bytes(int(part) for part in ip.split("."))
    return b"".join(
        (
            pack(">HHHHHH", 0, 0x8400, 0, 4, 0, 0),  # an answer, with authority, to no question
            _record(SERVICE, _PTR, 0, _LONG, _name(instance)),
            _record(
                instance, _SRV, _FLUSH, _SHORT, pack(">HHH", 0, 0, port) + _name(host + ".local")
            ),
            _record(instance, _TXT, _FLUSH, _LONG, texts),
            _record(host + ".local", _A, _FLUSH, _SHORT, address),
        )
    )


def asks(packet):
    """Return whether somebody asks for services of our kind."""
    return len(packet) > 12 and not packet[2] & 0x80 and _name(SERVICE) in packet[12:].lower()


def _about(app):
    facts = about(app)
    return announcement(
        "%s-%s" % (facts["model"], facts["id"][-6:]),
        hal.net_ip(),
        app.config["api"]["port"],
        (
            "id=" + facts["id"],
            "model=" + facts["model"],
            "fw=" + facts["version"],
            "api=%d" % facts["api"],
            "caps=" + ",".join(facts["capabilities"]),
            "fp=" + facts["fingerprint"][:16],
            "paired=%d" % facts["paired"],
        ),
    )


async def run(app):
    """Announce for ever, and answer where that is possible."""
    while not hal.net_up() or "api" not in app.parts:
        app.beat("mdns")
        await asyncio.sleep_ms(_SOON)
    sock, hears = hal.multicast(GROUP, PORT)
    try:
        reader = asyncio.StreamReader(sock)
        sent = 0
        while True:
            app.beat("mdns")
            if hal.net_up():
                sock.sendto(_about(app), hal.address(GROUP, PORT))
            sent += 1
            pause = _SOON if sent < _AT_BOOT else _PERIOD
            if hears:
                await _wait_for_question(reader, pause)
                await asyncio.sleep_ms(_SOON)  # a second is what lies between two answers
            else:
                await asyncio.sleep_ms(pause)
    finally:
        sock.close()


async def _wait_for_question(reader, most):
    try:
        await asyncio.wait_for_ms(_question(reader), most)
    except asyncio.TimeoutError:
        pass


async def _question(reader):
    while not asks(await reader.read(1500)):
        pass
