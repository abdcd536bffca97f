"""Listens to a P1 port for as long as the entry is loaded."""

import asyncio
import random
from typing import Final, override

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady

from ..const import CONF_COUNTRY, DOMAIN, LOGGER
from ..metering.p1 import Counters, P1Reader
from ..metering.profiles import PROFILES, Country
from ..metering.telegram import Telegram
from .base import BaseMeterCoordinator, MeterConfigEntry
from .connection import Connection, async_open
from .descriptions import COUNTERS

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0


class MeterCoordinator(BaseMeterCoordinator):
    """Owns the connection to a P1 port.

    Beside the clock that runs from the last good telegram there is another, as long as the first,
    that runs from the last good telegram of this connection: when it ends, the connection is
    taken for half-open and made anew.

    Attributes:
        profile: The country's P1 port.
        reader: What reads it, with its counters.

    """

    counter_descriptions = COUNTERS

    def __init__(self, hass: HomeAssistant, entry: MeterConfigEntry) -> None:
        """Prepare to listen."""
        self.profile = PROFILES[Country(entry.data[CONF_COUNTRY])]
        super().__init__(hass, entry, self.profile.silence)
        self.tariffs = self.profile.tariffs
        self.reader = P1Reader(self.profile)

    @property
    @override
    def counters(self) -> Counters:
        """What became of the bytes that arrived."""
        return self.reader.counters

    async def async_start(self) -> None:
        """Connect, and listen in the background until the entry is unloaded.

        Raises:
            ConfigEntryNotReady: The host cannot be reached.

        """
        try:
            connection = await self._async_open()
        except OSError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="meter_unreachable",
                translation_placeholders={"host": self.config_entry.data[CONF_HOST]},
            ) from err
        self._watch()
        self.config_entry.async_on_unload(self._stop_watching)
        self.config_entry.async_create_background_task(
            self.hass, self._async_listen(connection), f"{DOMAIN} P1 port"
        )

    async def _async_open(self) -> Connection:
        data = self.config_entry.data
        return await async_open(data[CONF_HOST], data[CONF_PORT])

    async def _async_listen(self, connection: Connection | None) -> None:
        """Read for ever, connecting again whenever the connection is lost."""
        pause = FIRST_PAUSE
        while True:
            if connection is not None:
                if await self._async_read(connection):
                    pause = FIRST_PAUSE
                connection = None
            # Jitter keeps many clients of one gateway from knocking at the same moment.
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                connection = await self._async_open()
            except OSError as err:
                LOGGER.debug("Cannot connect to the meter: %s", type(err).__name__)

    async def _async_read(self, connection: Connection) -> bool:
        """Read until the connection ends; return whether it brought a telegram."""
        self.reader.reset()
        fruitful = False
        loop = self.hass.loop
        try:
            async with asyncio.timeout(self._silence_limit) as half_open:
                while data := await connection.read():
                    if telegrams := self.reader.feed(data):
                        fruitful = True
                        half_open.reschedule(loop.time() + self._silence_limit)
                        self._receive(telegrams[-1])
        except OSError as err:
            LOGGER.debug("Lost the connection to the meter: %s", type(err).__name__)
        finally:
            await connection.close()
        return fruitful

    @callback
    def _receive(self, telegram: Telegram) -> None:
        self._heard()
        if not self.last_update_success:
            LOGGER.info("%s is heard again", self.name)
        self.async_set_updated_data(telegram)

    @override
    async def _async_update_data(self) -> Telegram | None:
        """Say again what is known: a P1 port cannot be asked."""
        if self._silence is None:
            raise self._silent()
        return self.data
