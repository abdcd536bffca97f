"""What an entry remembers of its meters over restarts: their totals, and what they used to send."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..memory import EntryMemory
from ..metering.demand import Demand
from ..metering.segments import Totals
from ..metering.sub_meters import SubMeters


class MeterMemory(EntryMemory):
    """What a meter's registers go on from.

    Attributes:
        totals: The registers of all meters that the place has had.
        sub_meters: The meters behind it, with theirs.
        sent: What the meter has ever sent, of what it may stop to send.
        demand: The running quarter-hour and the month's highest, if the meter does not send them.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare to remember."""
        super().__init__(hass, f"meter.{entry_id}")
        self.totals = Totals()
        self.sub_meters = SubMeters()
        self.sent: set[str] = set()
        self.demand = Demand(dt_util.get_default_time_zone())

    async def async_load(self) -> None:
        """Remember."""
        if data := await self._store.async_load():
            self.totals = Totals.from_dict(data)
            self.sub_meters = SubMeters.from_list(data.get("sub_meters", ()))
            self.sent = set(data["sent"])
            self.demand = Demand(dt_util.get_default_time_zone(), data.get("demand"))

    @override
    def as_dict(self) -> dict[str, Any]:
        return {
            **self.totals.as_dict(),
            "sub_meters": self.sub_meters.as_list(),
            "sent": sorted(self.sent),
            "demand": self.demand.as_dict(),
        }
