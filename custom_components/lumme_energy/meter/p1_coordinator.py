"""Listens to a P1 port for as long as the entry is loaded."""

import asyncio
import random
from typing import Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady

from ..address import place
from ..const import CONF_COUNTRY, CONF_ENCRYPTION_KEY, DOMAIN, LOGGER
from ..metering.encrypted import Decryptor
from ..metering.p1 import Counters, P1Reader
from ..metering.profiles import PROFILES, Country
from ..metering.telegram import Quantity, Telegram
from .base import BaseMeterCoordinator, MeterConfigEntry
from .connection import Connection, async_open
from .descriptions import COUNTERS
from .issues import PERMISSION_LAPSED, WRONG_KEY

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
# Seconds without one of these, while the meter goes on with the rest; and between two looks.
LAPSE_AFTER: Final = 600.0
LAPSE_EVERY: Final = 30.0


class P1MeterCoordinator(BaseMeterCoordinator):
    """Owns the connection to a P1 port.

    When the clock that runs from the last good telegram ends, the connection is taken for half-open
    and made anew; one that has brought no telegram yet is given as long.

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
        key = entry.data.get(CONF_ENCRYPTION_KEY)
        self.reader = P1Reader(self.profile, Decryptor(bytes.fromhex(key)) if key else None)
        self._stranger: str | None = None
        self._last_sent: dict[Quantity, float] = {}
        self._lapse_due = 0.0
        self._connection: Connection | None = None

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
        await self.async_remember()
        try:
            connection = await async_open(self.config_entry.data)
        except OSError as err:
            raise ConfigEntryNotReady(
                translation_domain=DOMAIN,
                translation_key="meter_unreachable",
                translation_placeholders={"host": place(self.config_entry.data)},
            ) from err
        self._watch()
        self.config_entry.async_on_unload(self._stop)
        self.config_entry.async_create_background_task(
            self.hass, self._async_listen(connection), f"{DOMAIN} P1 port"
        )

    @callback
    def _stop(self) -> None:
        """Hear nothing more: what comes now would start the clock again."""
        self._hang_up()
        self._stop_watching()

    @callback
    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.abort()

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
        self._connection = connection

        def take(data: bytes) -> None:
            nonlocal fruitful
            for telegram in self.reader.feed(data):
                if self._receive(telegram) and not (fruitful or patience.expired()):
                    fruitful = True
                    patience.reschedule(None)

        try:
            async with asyncio.timeout(self._silence_limit) as patience:
                await connection.listen(take)
        except OSError as err:
            LOGGER.debug("Lost the connection to the meter: %s", type(err).__name__)
        finally:
            self._connection = None
            await connection.close()
        return fruitful

    @callback
    def _receive(self, telegram: Telegram) -> bool:
        """Tell everybody what the meter said; return whether it was this meter."""
        meter_id = telegram.meter_id
        if self._is_strange(meter_id):
            return False
        self._heard(meter_id)
        self._follow_sub_meters(telegram.sub_meters)
        self._look_for_lapse(telegram)
        self._report(WRONG_KEY, is_true=False)
        if self.last_update_success:
            # A push has no refresh to put off, and there may be one every second.
            self.data = self._with_demand(telegram)
            self.async_update_listeners()
        else:
            LOGGER.info("%s is heard again", self.name)
            self.async_set_updated_data(self._with_demand(telegram))
        return True

    def _is_strange(self, meter_id: str | None) -> bool:
        """Tell whether it is another meter for the first time: once may be noise."""
        if meter_id in (None, self.memory.totals.meter_id or meter_id, self._stranger):
            self._stranger = None
            return False
        self._stranger = meter_id
        return True

    @callback
    def _look_for_lapse(self, telegram: Telegram) -> None:
        """Find out whether the meter still sends what the customer has to permit every year."""
        if self.profile.country is not Country.BELGIUM or self.received < self._lapse_due:
            return
        self._lapse_due = self.received + LAPSE_EVERY
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

    @callback
    @override
    def _fall_silent(self) -> None:
        self._report(WRONG_KEY, is_true=self.reader.counters.wrong_key > 0)
        super()._fall_silent()
        self._hang_up()

    @override
    async def _async_update_data(self) -> Telegram | None:
        """Say again what is known: a P1 port cannot be asked."""
        if self._silence is None:
            raise self._silent()
        return self.data
