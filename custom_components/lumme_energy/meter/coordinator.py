"""Listens to a P1 port for as long as the entry is loaded."""

import asyncio
from datetime import datetime
import random
from time import monotonic
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..const import CONF_COUNTRY, DOMAIN, LOGGER
from ..metering.p1 import P1Reader
from ..metering.profiles import PROFILES, Country
from ..metering.telegram import Telegram
from .connection import Connection, async_open, place

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0

type MeterConfigEntry = ConfigEntry[MeterCoordinator]


class MeterCoordinator(DataUpdateCoordinator[Telegram | None]):
    """Owns the connection to the meter, and tells the truth about whether the meter is there.

    There are two clocks, both as long as the country's silence limit. One runs from the last good
    telegram: when it ends, the entities are unavailable, whatever the connection looks like. The
    other runs from the last good telegram of this connection: when it ends, the connection is
    taken for half-open and made anew.

    Attributes:
        profile: The country's P1 port.
        reader: What reads it, with its counters.
        received: When the last telegram arrived, in seconds of `time.monotonic`.

    """

    config_entry: MeterConfigEntry

    def __init__(self, hass: HomeAssistant, entry: MeterConfigEntry) -> None:
        """Prepare to listen."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, update_interval=None)
        self.data = None
        self.profile = PROFILES[Country(entry.data[CONF_COUNTRY])]
        self.reader = P1Reader(self.profile)
        self.received = 0.0
        self._silence: CALLBACK_TYPE | None = None
        self._silence_limit = self.profile.silence.total_seconds()

    async def async_start(self) -> None:
        """Connect, and listen in the background until the entry is unloaded.

        Raises:
            ConfigEntryNotReady: The host cannot be reached.

        """
        try:
            connection = await async_open(self.config_entry.data)
        except OSError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="meter_unreachable",
                translation_placeholders={"host": place(self.config_entry.data)},
            ) from err
        self._watch()
        self.config_entry.async_on_unload(self._stop_watching)
        self.config_entry.async_create_background_task(
            self.hass, self._async_listen(connection), f"{DOMAIN} P1 port"
        )

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
                connection = await async_open(self.config_entry.data)
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
        self.received = monotonic()
        self._watch()
        if not self.last_update_success:
            LOGGER.info("%s is heard again", self.name)
        self.async_set_updated_data(telegram)

    @callback
    def _watch(self) -> None:
        """Start the clock that ends in unavailable entities anew."""
        self._stop_watching()
        self._silence = async_call_later(self.hass, self._silence_limit, self._fall_silent)

    @callback
    def _stop_watching(self) -> None:
        if self._silence is not None:
            self._silence()
            self._silence = None

    @callback
    def _fall_silent(self, _now: datetime) -> None:
        self._silence = None
        self.async_set_update_error(self._silent())

    def _silent(self) -> UpdateFailed:
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="meter_silent",
            translation_placeholders={"seconds": f"{self._silence_limit:.0f}"},
        )

    @override
    async def _async_update_data(self) -> Telegram | None:
        """Say again what is known: a P1 port cannot be asked."""
        if self._silence is None:
            raise self._silent()
        return self.data
