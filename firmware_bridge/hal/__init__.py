"""The hardware, as the bridge sees it: the same names on an ESP32 and on a computer.

This is the whole contract. Nothing behind it decides anything, so that all that does decide can be
tested on a computer; what only an ESP32 has is in `esp32.py` and could not be tested there.

    BIND                      the address to listen on
    ROOT                      the folder that survives a restart, ending in "/"
    utc() -> int | None       seconds since 1970, None while nobody has told
    set_utc(seconds)          tells
    ticks_ms()                milliseconds of a clock that nobody sets and that wraps; compare
                              with time.ticks_diff only
    uart(role, line)          a stream that never blocks: role "p1" or "rs485"; line is a dict of
                              baud, parity (None, 0 even, 1 odd) and stop
    uart_write(stream, data)  sends, and returns when a two-wire bus may be listened to again
    wdt_start(ms), wdt_feed() the watchdog; once started it cannot be stopped
    reset()                   starts again
    reset_cause()             "power", "reset", "watchdog" or "other"
    unique_id()               bytes that no other device has
    heap()                    (free, largest) in bytes: how much, and how much in one piece
    net_start(settings)       begins to connect: dict of ssid and password, or {} for Ethernet
    net_up() -> bool          whether there is an address
    net_ip(), net_mac()       str, bytes
    multicast(group, port)    (a UDP socket for that group, whether it also hears what others say)
    address(ip, port)         an address as this port's sockets take it
    peer_ip(stream)           the address of the other end of an asyncio stream
    button() -> bool          whether it is pressed
    led(on)                   the one lamp
    relays() -> int           how many there are
    relay(number, on)         switches one
    probes_start()            begins to measure; takes 750 ms
    probes() -> dict          {id: m°C, None if it does not answer} of the last measurement
"""

import sys

# MicroPython gives its modules no common place to say what the hardware is, but sys tells.
if sys.platform == "esp32":
    from .esp32 import *  # noqa: F403
else:
    from .unix import *  # noqa: F403
