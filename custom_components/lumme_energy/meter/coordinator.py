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
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_COUNTRY,
    CONF_ENCRYPTION_KEY,
    CONF_LIVE_INTERVAL,
    CONF_REGISTER_INTERVAL,
    DOMAIN,
    LOGGER,
)
from ..metering.encrypted import Decryptor
from ..metering.p1 import P1Reader
from ..metering.profiles import PROFILES, Country
from ..metering.telegram import Quantity, Telegram
from .connection import Connection, async_open, place
from .descriptions import Pace
from .issues import METER_REPLACED, PERMISSION_LAPSED, WRONG_KEY, async_report
from .memory import MeterMemory

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 30.0

# What a Belgian meter sends only as long as the customer's permission to do so lasts.
PERMITTED: Final = frozenset(
    {
        Quantity.MONTH_PEAK,
        Quantity.MONTH_PEAKS,
        Quantity.QUARTER_HOUR_POWER,
        Quantity.ENERGY_IMPORT_1,
        Quantity.ENERGY_IMPORT_2,
        Quantity.ENERGY_EXPORT_1,
        Quantity.ENERGY_EXPORT_2,
    }
)
# Seconds without one of these, while the meter goes on with the rest.
LAPSE_AFTER: Final = 600.0

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
        heard_at: The same by the clock on the wall.
        paces: Seconds that lie at least between two states of a sensor.
        memory: What is remembered of the meter, and of those that were there before it.

    """

    config_entry: MeterConfigEntry

    def __init__(self, hass: HomeAssistant, entry: MeterConfigEntry) -> None:
        """Prepare to listen."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title, update_interval=None)
        self.data = None
        self.profile = PROFILES[Country(entry.data[CONF_COUNTRY])]
        key = entry.data.get(CONF_ENCRYPTION_KEY)
        self.reader = P1Reader(self.profile, Decryptor(bytes.fromhex(key)) if key else None)
        self.received = 0.0
        self.heard_at = dt_util.utcnow()
        self.paces = {
            Pace.LIVE: entry.options.get(CONF_LIVE_INTERVAL, Pace.LIVE.value),
            Pace.REGISTER: entry.options.get(CONF_REGISTER_INTERVAL, Pace.REGISTER.value),
        }
        self.memory = MeterMemory(hass, entry.entry_id)
        self._stranger: str | None = None
        self._reported: dict[str, bool] = {}
        self._last_sent: dict[Quantity, float] = {}
        self._silence: CALLBACK_TYPE | None = None
        self._silence_limit = self.profile.silence.total_seconds()

    async def async_start(self) -> None:
        """Connect, and listen in the background until the entry is unloaded.

        Raises:
            ConfigEntryNotReady: The host cannot be reached.

        """
        await self.memory.async_load()
        self._report_replacement()
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
        self.config_entry.async_on_unload(self.memory.async_save)
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
        if self._is_strange(telegram):
            return
        self.received, self.heard_at = monotonic(), dt_util.utcnow()
        self._watch()
        self._follow(telegram.meter_id)
        self._look_for_lapse(telegram)
        self._report(WRONG_KEY, is_true=False)
        if not self.last_update_success:
            LOGGER.info("%s is heard again", self.name)
        self.async_set_updated_data(telegram)

    def _is_strange(self, telegram: Telegram) -> bool:
        """Tell whether it is another meter's for the first time: once may be noise."""
        segments = self.memory.totals.segments
        known = segments[-1].meter_id if segments else None
        meter_id = telegram.meter_id
        if None in {known, meter_id} or meter_id in {known, self._stranger}:
            self._stranger = None
            return False
        self._stranger = meter_id
        return True

    @callback
    def _follow(self, meter_id: str | None) -> None:
        """Note whose registers come; those of a new meter go on from where the last one ended."""
        memory = self.memory
        if not memory.totals.follow(meter_id, dt_util.utcnow()):
            return
        LOGGER.info("%s is another meter than before", self.name)
        if meter_id == memory.totals.segments[memory.confirmed - 1].meter_id:
            memory.confirm()  # the meter that the user knows is back
        memory.save_soon()
        self._report_replacement()

    @callback
    def async_replaced(self) -> None:
        """Go on after a replacement that only the registers tell of."""
        self.memory.totals.follow(None, dt_util.utcnow(), replaced=True)
        self.memory.save_soon()
        self._report_replacement()

    @callback
    def async_confirm_meter(self) -> None:
        """Take the meter that there is now for the one that the user knows."""
        self.memory.confirm()
        self._report_replacement()
        meter_id = self.memory.totals.segments[-1].meter_id
        if meter_id is not None:
            self.hass.config_entries.async_update_entry(self.config_entry, unique_id=meter_id)

    def _report_replacement(self) -> None:
        self._report(METER_REPLACED, is_true=self.memory.is_unconfirmed)

    @callback
    def _look_for_lapse(self, telegram: Telegram) -> None:
        """Find out whether the meter still sends what the customer has to permit every year."""
        if self.profile.country is not Country.BELGIUM:
            return
        sent = self.memory.sent
        for quantity in PERMITTED & telegram.values.keys():
            self._last_sent[quantity] = self.received
            if quantity not in sent:
                sent.add(quantity)
                self.memory.save_later()
        lapsed = [
            quantity
            for quantity in PERMITTED & sent
            if self.received - self._last_sent.setdefault(quantity, self.received) > LAPSE_AFTER
        ]
        self._report(PERMISSION_LAPSED, is_true=bool(lapsed))

    def _report(self, key: str, *, is_true: bool) -> None:
        """Raise a repair, or take it back, if that is news."""
        if self._reported.get(key) is not is_true:
            self._reported[key] = is_true
            async_report(self.hass, self.config_entry, key, is_true=is_true)

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
        self._report(WRONG_KEY, is_true=self.reader.counters.wrong_key > 0)
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
