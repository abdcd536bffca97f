"""What every kind of meter has in common, however it is read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import CONF_LIVE_INTERVAL, CONF_REGISTER_INTERVAL, DOMAIN, LOGGER
from ..metering.profiles import Tariff
from ..metering.telegram import Telegram
from .descriptions import CounterDescription, Pace
from .issues import METER_REPLACED, async_report
from .memory import MeterMemory

type MeterConfigEntry = ConfigEntry[BaseMeterCoordinator]


class Make(NamedTuple):
    """Who made a meter, and what it is."""

    manufacturer: str | None
    model: str | None


class BaseMeterCoordinator(DataUpdateCoordinator[Telegram | None]):
    """Holds what the meter said last, and tells the truth about whether the meter is there.

    A clock runs from the last thing heard. When it ends, the entities are unavailable, whatever
    the connection looks like.

    Attributes:
        tariffs: What the registers numbered 1, 2, … count; empty where there is no one rule.
        make: What the meter is, where that is known before it speaks.
        counter_descriptions: The counters it keeps, for the values of `counters`.
        received: When the meter was last heard, in seconds of `time.monotonic`.
        heard_at: The same by the clock on the wall.
        paces: Seconds that lie at least between two states of a sensor.
        memory: What is remembered of the meter, and of those that were there before it.

    """

    config_entry: MeterConfigEntry
    tariffs: tuple[Tariff, ...] = ()
    make: Make | None = None
    counter_descriptions: Sequence[CounterDescription] = ()

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MeterConfigEntry,
        silence: timedelta,
        update_interval: timedelta | None = None,
    ) -> None:
        """Prepare to listen; silence is how long the meter may say nothing."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=entry.title, update_interval=update_interval
        )
        self.data = None
        self.received = 0.0
        self.heard_at = dt_util.utcnow()
        self.paces = {
            Pace.LIVE: entry.options.get(CONF_LIVE_INTERVAL, Pace.LIVE.value),
            Pace.REGISTER: entry.options.get(CONF_REGISTER_INTERVAL, Pace.REGISTER.value),
        }
        self.memory = MeterMemory(hass, entry.entry_id)
        self._reported: dict[str, bool] = {}
        self._silence: CALLBACK_TYPE | None = None
        self._silence_limit = silence.total_seconds()

    @property
    def counters(self) -> Any:
        """What the counter descriptions read."""
        raise NotImplementedError

    async def async_remember(self) -> None:
        """Load what is known of the meter from before, and keep it when the entry is unloaded."""
        await self.memory.async_load()
        self._report_replacement()
        self.config_entry.async_on_unload(self.memory.async_save)

    @callback
    def _heard(self, meter_id: str | None) -> None:
        """Note that the meter spoke, and which it was."""
        self.received, self.heard_at = monotonic(), dt_util.utcnow()
        self._watch()
        self._follow(meter_id)

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
    def _fall_silent(self, now: datetime) -> None:
        self._silence = None
        self.async_set_update_error(self._silent())

    def _silent(self) -> UpdateFailed:
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="meter_silent",
            translation_placeholders={"seconds": f"{self._silence_limit:.0f}"},
        )
