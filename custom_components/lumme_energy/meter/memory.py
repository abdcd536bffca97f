"""What an entry remembers of its meters over restarts: their totals, and what they used to send."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..metering.demand import Demand
from ..metering.segments import Totals
from ..metering.sub_meters import SubMeters

VERSION: Final = 1
# Seconds. What is lost when the power fails in between is known again with the next telegram,
# unless the meter was replaced in the dark.
SAVE_AFTER: Final = 900.0


class MeterMemory:
    """Kept on disk by itself, and at once when something has happened that must not be forgotten.

    Attributes:
        totals: The registers of all meters that the place has had.
        sub_meters: The meters behind it, with theirs.
        sent: What the meter has ever sent, of what it may stop to send.
        demand: The running quarter-hour and the month's highest, if the meter does not send them.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare to remember."""
        self.totals = Totals()
        self.sub_meters = SubMeters()
        self.sent: set[str] = set()
        self.demand = Demand(dt_util.get_default_time_zone())
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.meter.{entry_id}", private=True, atomic_writes=True
        )
        self._is_due = False

    async def async_load(self) -> None:
        """Remember."""
        if data := await self._store.async_load():
            self.totals = Totals.from_dict(data)
            self.sub_meters = SubMeters.from_list(data.get("sub_meters", ()))
            self.sent = set(data["sent"])
            self.demand = Demand(dt_util.get_default_time_zone(), data.get("demand"))

    @callback
    def save_later(self) -> None:
        """Save within a quarter of an hour, and in any case before Home Assistant stops."""
        if not self._is_due:
            self._is_due = True
            self._store.async_delay_save(self._as_dict, SAVE_AFTER)

    @callback
    def save_soon(self) -> None:
        """Save what must not be forgotten."""
        self._is_due = True
        self._store.async_delay_save(self._as_dict, 0)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._as_dict())

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()

    def _as_dict(self) -> dict[str, Any]:
        self._is_due = False
        return {
            **self.totals.as_dict(),
            "sub_meters": self.sub_meters.as_list(),
            "sent": sorted(self.sent),
            "demand": self.demand.as_dict(),
        }
