"""What an entry remembers of its meters over restarts: their totals, and what they used to send."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..metering.segments import Totals

VERSION: Final = 1
# Seconds. What is lost when the power fails in between is known again with the next telegram,
# unless the meter was replaced in the dark.
SAVE_AFTER: Final = 900.0


class MeterMemory:
    """Kept on disk by itself, and at once when something has happened that must not be forgotten.

    Attributes:
        totals: The registers of all meters that the place has had.
        confirmed: How many of those meters the user knows of.
        sent: What the meter has ever sent, of what it may stop to send.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare to remember."""
        self.totals = Totals()
        self.confirmed = 1
        self.sent: set[str] = set()
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.meter.{entry_id}", private=True, atomic_writes=True
        )
        self._is_due = False

    async def async_load(self) -> None:
        """Remember."""
        if data := await self._store.async_load():
            self.totals = Totals.from_dict(data)
            self.confirmed = data["confirmed"]
            self.sent = set(data["sent"])

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

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the meter is another than the one that the user knows of."""
        return len(self.totals.segments) > self.confirmed

    @callback
    def confirm(self) -> None:
        """Note that the user knows of the meter that there is now."""
        self.confirmed = len(self.totals.segments)
        self.save_soon()

    def _as_dict(self) -> dict[str, Any]:
        self._is_due = False
        return {
            **self.totals.as_dict(),
            "confirmed": self.confirmed,
            "sent": sorted(self.sent),
        }
