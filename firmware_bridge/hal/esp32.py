"""An ESP32 or ESP32-S3 with the stock MicroPython; never run by the tests, which have none.

Which pin is what tells `board.json`: p1_rx, p1_request, rs485_tx, rs485_rx, rs485_de (-1 if the
transceiver turns by itself), button, led, relays (a list), onewire, and active_low (names of those
that are on when the pin is low). With "ethernet" in it (the arguments of network.LAN) the network
is a cable.
"""

import gc
import json
import socket
import time
from time import ticks_ms  # noqa: F401

import esp32
import machine
import network

BIND = "0.0.0.0"  # noqa: S104
ROOT = "/"

_IP_ADD_MEMBERSHIP = 3  # lwIP numbers it so
_EPOCH = 946684800  # this port counts from the year 2000

with open("/board.json") as _file:
    _board = json.load(_file)
_low = _board.get("active_low", ())
_CAUSES = {
    machine.PWRON_RESET: "power",
    machine.HARD_RESET: "reset",
    machine.SOFT_RESET: "reset",
    machine.WDT_RESET: "watchdog",
}


def _pin(name, mode=machine.Pin.OUT):
    number = _board.get(name, -1)
    if number < 0:
        return None
    pin = machine.Pin(number, mode, machine.Pin.PULL_UP if mode == machine.Pin.IN else None)
    return machine.Signal(pin, invert=name in _low)


def _relay(number):
    signal = machine.Signal(machine.Pin(number, machine.Pin.OUT), invert="relays" in _low)
    signal.off()
    return signal


_led, _button, _de = _pin("led"), _pin("button", machine.Pin.IN), _pin("rs485_de")
_relays = [_relay(number) for number in _board.get("relays", ())]
_lan = (
    network.LAN(**_board["ethernet"]) if "ethernet" in _board else network.WLAN(network.WLAN.IF_STA)
)
_wdt = None
_told = False
_onewire = None
_roms = ()


def utc():
    """Return the clock of the chip, once it was set."""
    return time.time() + _EPOCH if _told else None


def set_utc(seconds):
    """Set the clock of the chip."""
    global _told  # noqa: PLW0603
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(seconds - _EPOCH)
    machine.RTC().datetime((year, month, day, weekday, hour, minute, second, 0))
    _told = True


def uart(role, line):
    """Open a serial line.

    The receive buffer takes what arrives while a TLS handshake keeps everything else waiting for
    about a second. A meter's line is inverted and open-collector; it sends while asked to.
    """
    if role == "p1":
        request = _pin("p1_request")
        if request:
            request.on()
        number, pins = 1, {"rx": _board["p1_rx"], "invert": machine.UART.INV_RX}
    else:
        number, pins = 2, {"tx": _board["rs485_tx"], "rx": _board["rs485_rx"]}
    return machine.UART(
        number,
        baudrate=line["baud"],
        bits=8,
        parity=line["parity"],
        stop=line["stop"],
        rxbuf=16384 if role == "p1" else 1024,
        timeout=0,
        **pins,
    )


def uart_write(stream, data):
    """Send a frame; the driver of a two-wire bus is turned round as soon as the last bit is out."""
    if _de:
        _de.on()
    stream.write(data)
    stream.flush()
    if _de:
        _de.off()


def wdt_start(ms):
    """Start the watchdog."""
    global _wdt  # noqa: PLW0603
    _wdt = machine.WDT(timeout=ms)


def wdt_feed():
    """Tell the watchdog that all is well."""
    if _wdt:
        _wdt.feed()


def reset():
    """Start again."""
    machine.reset()


def reset_cause():
    """Return why we have started."""
    return _CAUSES.get(machine.reset_cause(), "other")


def unique_id():
    """Return the factory's address of the chip."""
    return machine.unique_id()


def heap():
    """Return the free memory and its largest piece: MicroPython's, and what it may yet take."""
    regions = esp32.idf_heap_info(esp32.HEAP_DATA)
    return gc.mem_free() + sum(region[1] for region in regions), max(
        region[2] for region in regions
    )


def net_start(settings):
    """Begin to connect."""
    _lan.active(True)
    if "ethernet" not in _board and not _lan.isconnected():
        _lan.connect(settings["ssid"], settings["password"])


def net_up():
    """Return whether there is an address."""
    return _lan.isconnected()


def net_ip():
    """Return our address."""
    return _lan.ifconfig()[0]


def net_mac():
    """Return our hardware address."""
    return _lan.config("mac")


def multicast(group, port):
    """Return a socket for a group; the port may belong to the system's own responder."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((BIND, port))
        both = group + "." + net_ip()
        membership = bytes(int(part) for part in both.split("."))
        sock.setsockopt(socket.IPPROTO_IP, _IP_ADD_MEMBERSHIP, membership)
    except OSError:
        return sock, False
    return sock, True


def address(ip, port):
    """Return an address."""
    return ip, port


def peer_ip(stream):
    """Return the address of the other end."""
    return stream.get_extra_info("peername")[0]


def button():
    """Return whether the button is pressed."""
    return bool(_button and _button.value())


def led(on):
    """Switch the lamp."""
    if _led:
        _led.value(on)


def relays():
    """Return how many relays there are."""
    return len(_relays)


def relay(number, on):
    """Switch a relay."""
    _relays[number].value(on)


def probes_start():
    """Ask every DS18B20 to measure."""
    global _onewire, _roms  # noqa: PLW0603
    if "onewire" not in _board:
        return
    if _onewire is None:
        import ds18x20  # noqa: PLC0415
        import onewire  # noqa: PLC0415

        _onewire = ds18x20.DS18X20(onewire.OneWire(machine.Pin(_board["onewire"])))
    _roms = tuple(bytes(rom) for rom in _onewire.scan())
    if _roms:
        _onewire.convert_temp()


def probes():
    """Return what the probes say."""
    return {rom.hex(): _read(rom) for rom in _roms}


def _read(rom):
    try:
        return int(_onewire.read_temp(rom) * 1000)
    except Exception:  # noqa: BLE001 - a wrong checksum raises Exception itself
        return None
