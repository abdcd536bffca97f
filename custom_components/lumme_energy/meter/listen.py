"""Listens where a meter may be, before anything is known of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import CONF_HOST
from homeassistant.util import dt as dt_util

from ..metering.detect import SERIAL_FORMATS, Detection, Heard, detect
from ..metering.encrypted import Decryptor
from ..metering.profiles import Country
from .connection import async_connected, line_settings

# The slowest meters send every ten seconds, and we may have come in the middle of a telegram.
PATIENCE: Final = 25.0
PATIENCE_OF_A_LINE: Final = 13.0
ENOUGH: Final = 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is there.

    Attributes:
        line: How the serial line has to be set; empty for a network.
        data: The newest bytes that came.
        detection: What they are.

    """

    line: Mapping[str, Any]
    data: bytes
    detection: Detection

    def opened(self, key: bytes, home: Country | None) -> Detection:
        """Return what the bytes are to somebody who has the meter's key."""
        return detect(self.data, decryptor=Decryptor(key), now=dt_util.utcnow(), home=home)


async def async_listen(where: Mapping[str, Any], home: Country | None) -> Found:
    """Connect to where an entry's data would say the meter is and return what is there.

    How a serial line is set is found by listening in every way that meters send.

    Raises:
        OSError: Nobody answers there, or the connection broke.

    """
    if CONF_HOST in where:
        return await _async_listen(where, {}, PATIENCE, home)
    every: list[Found] = []
    for serial_format in SERIAL_FORMATS:
        line = line_settings(serial_format)
        found = await _async_listen(where, line, PATIENCE_OF_A_LINE, home)
        if found.detection.candidates:
            return found
        every.append(found)
    return min(every, key=lambda found: list(Heard).index(found.detection.heard))


async def _async_listen(
    where: Mapping[str, Any], line: Mapping[str, Any], patience: float, home: Country | None
) -> Found:
    data, detection = b"", Detection(heard=Heard.NOTHING)
    async with async_connected({**where, **line}) as connection:

        def take(arrived: bytes) -> None:
            nonlocal data, detection
            data = (data + arrived)[-ENOUGH:]
            detection = detect(data, now=dt_util.utcnow(), home=home)
            if detection.candidates:
                connection.abort()

        try:
            async with asyncio.timeout(patience):
                await connection.listen(take)
        except TimeoutError:
            pass
        else:
            if not data:  # the other end has closed the connection
                raise ConnectionResetError
    return Found(line=line, data=data, detection=detection)
