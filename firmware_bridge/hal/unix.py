"""A computer instead of an ESP32: sockets for serial lines, variables for pins.

What is told by the environment: BRIDGE_ROOT (folder), BRIDGE_P1 and BRIDGE_RS485 (TCP ports of
127.0.0.1 where somebody plays the meter and the bus), BRIDGE_ID (text). Lamp, relays, button and
probes are in the dict `panel`, which a test may hold in its hand, and in the file `panel.json` of
the folder, which a test of the whole process writes ("button", "probes") to have them pressed.
"""

import asyncio
import gc
import json
import os
import socket
import sys
import time
from time import ticks_ms  # noqa: F401

BIND = "127.0.0.1"
ROOT = (os.getenv("BRIDGE_ROOT") or ".").rstrip("/") + "/"

_IPPROTO_IP = 0
_IP_MULTICAST_IF = 32
_IP_ADD_MEMBERSHIP = 35

panel = {
    "button": False,
    "led": False,
    "relays": [False] * 4,
    "probes": {},
    "fed": 0,
    "clock": None,
}


def _make_room():
    """Have asyncio's list of sockets grow now.

    This port (1.26, only this one) crashes when the list grows while a socket with TLS, which it
    keeps apart from the others, is waited for.
    """
    poller = asyncio.core._io_queue.poller  # noqa: SLF001 - there is no other way to it
    sockets = [socket.socket() for _ in range(32)]
    for each in sockets:
        poller.register(each, 1)
    for each in sockets:
        poller.unregister(each)
        each.close()


_make_room()


def utc():
    """Return what set_utc said, and the time since."""
    told = panel["clock"]
    return told and told[0] + time.ticks_diff(time.ticks_ms(), told[1]) // 1000


def set_utc(seconds):
    """Believe a time."""
    panel["clock"] = (seconds, time.ticks_ms())


def uart(role, line):
    """Connect to whoever plays this serial line."""
    port = os.getenv("BRIDGE_" + role.upper())
    if not port:
        raise OSError(19)  # ENODEV
    stream = socket.socket()
    stream.connect(socket.getaddrinfo("127.0.0.1", int(port))[0][-1])
    stream.setblocking(False)
    return stream


def uart_write(stream, data):
    """Send a frame, which is always shorter than a socket's buffer."""
    stream.write(data)


def wdt_start(_ms):
    """Have no watchdog."""


def wdt_feed():
    """Count instead."""
    panel["fed"] += 1


def reset():
    """End: whoever started this starts it again."""
    sys.exit(3)


def reset_cause():
    """Return what the one who started us says."""
    return os.getenv("BRIDGE_CAUSE") or "power"


def unique_id():
    """Return the identity that this process was given."""
    return (os.getenv("BRIDGE_ID") or "lumme1").encode()


def heap():
    """Return the free memory; in how many pieces it is, this port does not tell."""
    return gc.mem_free(), gc.mem_free()


def net_start(_settings):
    """Be connected already."""


def net_up():
    """Return whether there is a network."""
    return True


def net_ip():
    """Return our address."""
    return BIND


def net_mac():
    """Return a locally administered address."""
    return b"\x02" + unique_id()[:5]


def multicast(group, port):
    """Return a socket for a group on the loopback interface, where nobody else listens."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    here = bytes(int(part) for part in BIND.split("."))
    sock.setsockopt(_IPPROTO_IP, _IP_MULTICAST_IF, here)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address(group, port))
        membership = bytes(int(part) for part in group.split(".")) + here
        sock.setsockopt(_IPPROTO_IP, _IP_ADD_MEMBERSHIP, membership)
    except OSError:
        return sock, False
    return sock, True


def address(ip, port):
    """Return an address."""
    return socket.getaddrinfo(ip, port)[0][-1]


def peer_ip(stream):
    """Return the address of the other end."""
    family = socket.sockaddr(stream.get_extra_info("peername"))
    return ".".join(str(byte) for byte in family[1])


def _outside(name):
    """Return what a test has written beside us, else what it has set in our own memory."""
    try:
        with open(ROOT + "panel.json") as file:
            return json.load(file)[name]
    except (OSError, ValueError, KeyError):
        return panel[name]


def button():
    """Return whether the button is pressed."""
    return _outside("button")


def led(on):
    """Switch the lamp."""
    panel["led"] = on


def relays():
    """Return how many relays there are."""
    return len(panel["relays"])


def relay(number, on):
    """Switch a relay."""
    panel["relays"][number] = on


def probes_start():
    """Measure at once."""


def probes():
    """Return what the probes say."""
    return _outside("probes")
