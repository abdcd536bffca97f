"""What every kind of meter has in common, however it is read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from time import monotonic
from typing import Any, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import CONF_CAPACITY_PRICE, CONF_LIVE_INTERVAL, CONF_REGISTER_INTERVAL, DOMAIN, LOGGER
from ..metering.clock import moment
from ..metering.demand import DEMAND
from ..metering.profiles import Tariff
from ..metering.sub_meters import Place
from ..metering.telegram import SubMeter, Telegram
from .descriptions import CounterDescription, Pace
from .issues import METER_REPLACED, SUB_METER_REPLACED, async_report
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
        received: When the meter was last heard, in seconds of `time.monotonic`; before that, when we
            began to listen.
        heard_at: The same by the clock on the wall.
        paces: Seconds that lie at least between two states of a sensor.
        capacity_price: What the capacity tariff asks for, in EUR per kW and year; None if unknown.
        derived: What the meter does not send itself and we work out.
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
        self.received = monotonic()
        self.heard_at = dt_util.utcnow()
        self.paces = {
            Pace.LIVE: entry.options.get(CONF_LIVE_INTERVAL, Pace.LIVE.value),
            Pace.REGISTER: entry.options.get(CONF_REGISTER_INTERVAL, Pace.REGISTER.value),
        }
        price = entry.options.get(CONF_CAPACITY_PRICE)
        self.capacity_price = None if price is None else Decimal(str(price))
        self.derived = set(DEMAND)
        self.memory = MeterMemory(hass, entry.entry_id)
        self._reported: dict[tuple[str, str], bool] = {}
        self._silence: CALLBACK_TYPE | None = None
        self._silence_limit = silence.total_seconds()

    @property
    def counters(self) -> Any:
        """What the counter descriptions read."""
        raise NotImplementedError

    async def async_remember(self) -> None:
        """Load what is known of the meter from before, and keep it when the entry is unloaded."""
        await self.memory.async_load()
        self._report_replacements()
        self.config_entry.async_on_unload(self.memory.async_save)

    @callback
    def _heard(self, meter_id: str | None) -> None:
        """Note that the meter spoke, and which it was."""
        self.received, self.heard_at = monotonic(), dt_util.utcnow()
        self._watch()
        self._follow(meter_id)

    def _with_demand(self, telegram: Telegram) -> Telegram:
        """Add the running quarter-hour and the month's peak, if the meter never sent its own."""
        if not self.derived:
            return telegram
        values = telegram.values
        self.derived.difference_update(values)
        if not self.derived:
            return telegram
        at = moment(telegram.meter_time, self.heard_at)
        demand = self.memory.demand.read(at, values)
        derived = {quantity: demand[quantity] for quantity in self.derived & demand.keys()}
        return replace(telegram, values={**values, **derived})

    @callback
    def _follow(self, meter_id: str | None) -> None:
        """Note whose registers come; those of a new meter go on from where the last one ended."""
        if self.memory.totals.follow(meter_id, self.heard_at):
            LOGGER.info("%s is another meter than before", self.name)
            self._settle_meters()

    @callback
    def _follow_sub_meters(self, meters: tuple[SubMeter, ...]) -> None:
        """Note which meters there are behind the meter; a new one goes on in its place, too."""
        if self.memory.sub_meters.follow(meters, self.heard_at):
            self._settle_meters()

    @callback
    def async_replaced(self, place: Place | None) -> None:
        """Go on after a replacement that only the registers tell of; no place is the meter itself."""
        totals = place.totals if place else self.memory.totals
        totals.follow(None, self.heard_at, replaced=True)
        self._settle_meters()

    @callback
    def async_confirm_meter(self, place: str = "") -> None:
        """Take the meter that there is now for the one that the user knows.

        Args:
            place: The key of a place behind the meter; "" is the meter itself.

        """
        if place:
            self.memory.sub_meters.places[place].totals.confirm()
        else:
            self.memory.totals.confirm()
            if meter_id := self.memory.totals.meter_id:
                self.hass.config_entries.async_update_entry(self.config_entry, unique_id=meter_id)
        self._settle_meters()

    @callback
    def async_remove_place(self, place: str) -> None:
        """Forget what was counted at a place behind the meter that has no meter any more."""
        self.memory.sub_meters.remove(place)
        self.memory.save_soon()
        self._report(SUB_METER_REPLACED, place, is_true=False)

    def _settle_meters(self) -> None:
        """Do not forget which meters there are, and tell of those that the user does not know."""
        self.memory.save_soon()
        self._report_replacements()

    def _report_replacements(self) -> None:
        self._report(METER_REPLACED, is_true=self.memory.totals.is_unconfirmed)
        for key, place in self.memory.sub_meters.places.items():
            self._report(SUB_METER_REPLACED, key, is_true=place.totals.is_unconfirmed)

    def _report(self, key: str, place: str = "", *, is_true: bool) -> None:
        """Raise a repair, or take it back, if that is news."""
        if self._reported.get((key, place)) is not is_true:
            self._reported[key, place] = is_true
            async_report(self.hass, self.config_entry, key, place, is_true=is_true)

    @callback
    def _watch(self) -> None:
        """See to it that the clock runs that ends in unavailable entities.

        It is not set anew for all that is heard: when it ends, it looks how long ago that was.
        """
        if self._silence is None:
            self._silence = async_call_later(self.hass, self._silence_limit, self._look_for_silence)

    @callback
    def _stop_watching(self) -> None:
        if self._silence is not None:
            self._silence()
            self._silence = None

    @callback
    def _look_for_silence(self, _now: datetime) -> None:
        left = self.received + self._silence_limit - monotonic()
        if left > 0:
            self._silence = async_call_later(self.hass, left, self._look_for_silence)
        else:
            self._silence = None
            self._fall_silent()

    @callback
    def _fall_silent(self) -> None:
        self.async_set_update_error(self._silent())

    def _silent(self) -> UpdateFailed:
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="meter_silent",
            translation_placeholders={"seconds": f"{self._silence_limit:.0f}"},
        )
