"""Keeps the statistics of an account's supply points: the newest days, and month by month the past.

The newest days are those of the poll. The past has what a day's requests leave over: at most one
month of each supply point after each poll. Three years of two supply points take twelve days.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from typing import Any, Final

from homeassistant.core import callback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ...const import DOMAIN, LOGGER
from ...portal.errors import PortalCapabilityError, PortalError
from ...portal.model import ConsumptionSlot, Resolution, SupplyPoint
from ...portal.politeness import MAX_REQUESTS_PER_DAY
from ..bookkeeper import tariff_of
from ..coordinator import AccountCoordinator
from ..facts import place
from ..feeds import AccountData, daily_requests, trailing
from ..login import siblings
from ..usage import has_recorder
from .costs import costs
from .hours import believed, hourly
from .ids import cost_id, energy_id
from .reach import Reach, extended
from .statistics import async_exists, async_tell, cost_metadata, energy_metadata

# What is kept of a day's requests for what a person does, and for what has to be repeated.
SPARE: Final = 2
# With its jitter, a poll every eight hours may come four times within a day.
POLLS: Final = 4
CURRENCY: Final = "EUR"


class Historian:
    """Writes down what the portal tells."""

    def __init__(self, coordinator: AccountCoordinator) -> None:
        """Know only how far the past has been read."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._reaches = coordinator.store.history
        self._lock = asyncio.Lock()
        self._written: dict[str, tuple[ConsumptionSlot, ...]] = {}

    async def async_refresh(self) -> None:
        """Write the newest days, and read on in the past as far as that is polite."""
        coordinator = self._coordinator
        async with self._lock:
            points = {point.gsrn: point for point in coordinator.data.supply_points or ()}
            await self._async_wholly(self._async_newest_of(points.values()))
            for gsrn in self._next()[: self._allowed()]:
                if not await self._async_earlier(points[gsrn]):
                    break
        coordinator.async_update_listeners()

    async def _async_wholly(self, work: Coroutine[Any, Any, None]) -> None:
        """Write what has been read; an entry that is unloaded waits for that.

        It is nowhere else: what is left half done would be missing until the next poll.
        """
        entry = self._coordinator.config_entry
        await asyncio.shield(entry.async_create_task(self._hass, work, f"{DOMAIN} history"))

    async def _async_newest_of(self, points: Iterable[SupplyPoint]) -> None:
        for point in points:
            await self._async_newest(point)

    async def _async_newest(self, point: SupplyPoint) -> None:
        """Write what the poll has brought, if it has."""
        coordinator, gsrn = self._coordinator, point.gsrn
        hours = coordinator.data.hours.get(gsrn)
        if hours is None or hours is self._written.get(gsrn):
            return
        reach = self._reaches.get(gsrn)
        if hours and reach is not None and not await async_exists(self._hass, energy_id(gsrn)):
            # Somebody has deleted it.
            reach = None
        await self._async_write(point, hours)
        self._written[gsrn] = hours
        today = coordinator.today
        await self._async_reached(gsrn, extended(reach, trailing(today), today))

    def _next(self) -> list[str]:
        """Return the supply points whose past may be read on now, the one that waits longest first."""
        now = dt_util.utcnow()
        points = (point.gsrn for point in self._coordinator.data.supply_points or ())
        ready = {
            gsrn: reach.asked.timestamp() if reach.asked else 0.0
            for gsrn in points
            if (reach := self._reaches.get(gsrn)) is not None and reach.is_due(now)
        }
        return sorted(ready, key=lambda gsrn: ready[gsrn])

    def _allowed(self) -> int:
        """Return how many requests the past may cost after this poll."""
        coordinator = self._coordinator
        portal = coordinator.portal
        customers = len(siblings(self._hass, coordinator.config_entry)) + 1
        regular = customers * daily_requests(coordinator.data, portal.capabilities)
        share = (MAX_REQUESTS_PER_DAY - regular - SPARE) // (POLLS * customers)
        return max(0, min(max(share, 1), portal.session.politeness.requests_left - SPARE))

    async def _async_earlier(self, point: SupplyPoint) -> bool:
        """Read and write the month before; return whether the portal can be asked for more."""
        coordinator, gsrn = self._coordinator, point.gsrn
        now = dt_util.utcnow()
        # Noted before, so that starting again and again does not ask again and again.
        await self._async_reached(gsrn, replace(self._reaches[gsrn], asked=now))
        first, last = self._reaches[gsrn].next_month
        try:
            slots = await coordinator.portal.async_consumption(
                coordinator.account, point, first, last, Resolution.HOUR
            )
        except PortalCapabilityError:
            slots = ()
        except PortalError as err:
            LOGGER.debug("%s does not tell the past now: %s", coordinator.name, err)
            return False
        hours = hourly(believed(slots, now))
        reach = self._reaches[gsrn].earlier(found=bool(hours))
        await self._async_wholly(self._async_month(point, hours, reach))
        if reach.is_complete:
            LOGGER.info("%s: history is complete, since %s", coordinator.name, reach.known_since)
        return True

    async def _async_month(
        self, point: SupplyPoint, hours: tuple[ConsumptionSlot, ...], reach: Reach
    ) -> None:
        await self._async_write(point, hours)
        await self._async_reached(point.gsrn, reach)

    async def _async_write(self, point: SupplyPoint, hours: tuple[ConsumptionSlot, ...]) -> None:
        """Make the statistics of a supply point say what was told."""
        if not hours:
            return
        coordinator, gsrn = self._coordinator, point.gsrn
        energy_name, cost_name = await self._async_names(point)
        energy = {hour.start: hour.energy for hour in hours}
        metadata = energy_metadata(energy_id(gsrn), energy_name, hours[0].unit)
        rows = await async_tell(self._hass, metadata, energy)
        cost = costs(hours, tariff_of(coordinator, point), coordinator.zone)
        if cost:
            metadata = cost_metadata(cost_id(gsrn), cost_name, CURRENCY)
            rows += await async_tell(self._hass, metadata, cost)
        if rows:
            LOGGER.debug(
                "%s: wrote %d hours from %s on", coordinator.name, rows, hours[0].start.date()
            )

    async def _async_names(self, point: SupplyPoint) -> tuple[str, str]:
        """Return the names of consumption and cost in Home Assistant's language."""
        language = self._hass.config.language
        common = await async_get_translations(self._hass, language, "common", {DOMAIN})
        device = await async_get_translations(self._hass, language, "device", {DOMAIN})
        template = device[f"component.{DOMAIN}.device.supply_point_{point.energy}.name"]
        name = template.format(place=place(point))
        prefix = f"component.{DOMAIN}.common.history"
        return (
            common[f"{prefix}_energy"].format(supply_point=name),
            common[f"{prefix}_cost"].format(supply_point=name),
        )

    async def _async_reached(self, gsrn: str, reach: Reach) -> None:
        """Remember how far the past has been read."""
        self._reaches[gsrn] = reach
        await self._coordinator.store.async_save()


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Write history from now on, after each poll; without a recorder there is nowhere to."""
    hass, entry = coordinator.hass, coordinator.config_entry
    if not has_recorder(hass):
        return
    historian = Historian(coordinator)
    known: AccountData | None = None

    @callback
    def polled() -> None:
        nonlocal known
        if coordinator.data is not known:
            known = coordinator.data
            entry.async_create_background_task(hass, historian.async_refresh(), f"{DOMAIN} history")

    entry.async_on_unload(coordinator.async_add_listener(polled))
    polled()
