"""Reads the meter's P1 port and hands each whole telegram on, byte by byte as it came."""

import asyncio
from time import ticks_diff

import hal

# The integration's own modules, which the bundle has copies of.
from .crc import crc16
from .framing import Framer

_LONGEST = 4096  # bytes of a telegram: the longest seen has 1.5 kB, a full text message 2 kB more
_CHUNK = 512
_SILENT = 35_000  # ms: the slowest meters send every 10 s


class Telegrams:
    """What has been read, and who wants to have it.

    Attributes:
        last: The newest telegram, b"" before the first.
        readers: Have a method `send(telegram)` that neither waits nor fails.

    """

    def __init__(self):
        """Have read nothing."""
        self.last = b""
        self.readers = []
        self.checked = True
        self._framer = Framer(_LONGEST)
        self._has_crc = False
        self._ok = self._crc_bad = self._no_crc = self._no_room = 0
        self._at = None

    def reset(self):
        """Forget an unfinished telegram: the line was interrupted."""
        self._framer.reset()

    def feed(self, data):
        """Take what has arrived."""
        try:
            frames = self._framer.feed(data)
        except MemoryError:
            # Free, but in pieces: noise that never ends a telegram has grown too long to be moved.
            self._framer.reset()
            self._no_room += 1
            return
        for frame in frames:
            if not self._is_whole(frame) and self.checked:
                continue
            self.last = frame + b"\r\n"
            self._at = hal.ticks_ms()
            # One that goes takes itself off the list meanwhile.
            for reader in tuple(self.readers):
                reader.send(self.last)

    def is_silent(self):
        """Tell whether the newest telegram is old."""
        return self._at is None or ticks_diff(hal.ticks_ms(), self._at) > _SILENT

    def status(self):
        """Return what the API shows; age in ms."""
        return {
            "telegrams": self._ok,
            "crc_bad": self._crc_bad,
            "no_crc": self._no_crc,
            "framing": self._framer.framing,
            "overflow": self._framer.overflow + self._no_room,
            "age": None if self._at is None else ticks_diff(hal.ticks_ms(), self._at),
            "readers": len(self.readers),
        }

    def _is_whole(self, frame):
        """Check the checksum. Old meters have none; one that had one has lost it on the way."""
        end = frame.rfind(b"!") + 1
        if len(frame) > end:
            self._has_crc = True
            if int(frame[end:], 16) == crc16(frame[:end]):
                self._ok += 1
                return True
        elif not self._has_crc:
            self._no_crc += 1
            return True
        self._crc_bad += 1
        return False


async def run(app):
    """Read for ever."""
    settings = app.config["p1"]
    if not settings["on"]:
        return
    telegrams = app.parts.setdefault("p1", Telegrams())
    telegrams.checked = settings["crc"]
    telegrams.reset()
    line = asyncio.StreamReader(hal.uart("p1", settings))
    buffer = bytearray(_CHUNK)
    view = memoryview(buffer)
    while True:
        app.beat("p1")
        app.signal("no_meter", telegrams.is_silent())
        try:
            size = await asyncio.wait_for_ms(line.readinto(buffer), 1000)
        except asyncio.TimeoutError:
            continue
        if size == 0:
            raise OSError(5)  # EIO: only a line that is played by a socket can end
        if size:
            telegrams.feed(bytes(view[:size]))
