"""What every kind of meter has in common, however it is read."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from ..const import DOMAIN, LOGGER
from ..metering.profiles import Tariff
from ..metering.telegram import Telegram

if TYPE_CHECKING:
    from .descriptions import CounterDescription

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
        self._silence: CALLBACK_TYPE | None = None
        self._silence_limit = silence.total_seconds()

    @property
    def counters(self) -> Any:
        """What the counter descriptions read."""
        raise NotImplementedError

    @callback
    def _heard(self) -> None:
        """Note that the meter spoke."""
        self.received = monotonic()
        self._watch()

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
