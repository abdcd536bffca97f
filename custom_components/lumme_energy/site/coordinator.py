"""Sees to a house: reads every zone, asks the engine what follows, and carries that out."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from ..action import invalid
from ..const import LOGGER
from ..heating.engine import SiteEngine, WishRefusedError
from ..heating.model import Arrival, Command, Mode, Reason, SitePlan, SiteSeen, ZoneSeen
from .frost_guard import FrostGuard
from .issues import async_report, async_report_guard
from .memory import SiteMemory
from .settings import CONF_INTERVAL, site_settings
from .surroundings import Surroundings
from .zone import Zone

type SiteConfigEntry = ConfigEntry[SiteCoordinator]

# A zone that has not answered for so long is not shown as if it had.
SILENCE: Final = timedelta(minutes=2)
# A disabled entity takes no news; the oldest are of no use to anybody.
MOST_NEWS: Final = 50
LEFT_HIGH: Final = "left_high"
ARRIVAL_UNREACHABLE: Final = "arrival_unreachable"
FROST_GUARD_LOST: Final = "frost_guard_lost"


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """Something that somebody may want to hear about, told once.

    Attributes:
        kind: What happened, one of the event entity's types.
        zone: The name of the zone that it is about; None for the house.
        details: What else there is to say.

    """

    kind: str
    zone: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class SiteCoordinator(DataUpdateCoordinator[SitePlan]):
    """Steps the engine every half a minute, and at once when somebody wishes something.

    It never fails: a zone that does not answer is a fact, with which the engine deals.

    Attributes:
        zones: By the id of their subentry.
        engine: Decides.
        seen: What was seen last.
        device_id: The device of the house.
        happenings: What nobody was told of yet.

    """

    config_entry: SiteConfigEntry
    seen: SiteSeen
    device_id: str

    def __init__(
        self,
        hass: HomeAssistant,
        entry: SiteConfigEntry,
        zones: Mapping[str, Zone],
        memory: SiteMemory,
    ) -> None:
        """Go on from what is remembered."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=timedelta(seconds=entry.data[CONF_INTERVAL]),
        )
        self.zones = zones
        self.settings = site_settings(entry.data)
        self.engine = self._engine(memory.engine)
        self.happenings: deque[Happening] = deque(maxlen=MOST_NEWS)
        self.surroundings = Surroundings(hass, entry.data)
        self.frost_guard = FrostGuard(hass, entry.data, zones, dt_util.utcnow())
        self._memory = memory
        self._heard: dict[str, datetime] = {}
        self._silent: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        memory.follow(self.engine.as_dict)
        entry.async_on_unload(memory.async_save)

    def is_heard(self, zone_id: str) -> bool:
        """Tell whether a zone has answered lately."""
        heard = self._heard.get(zone_id)
        return heard is not None and abs(dt_util.utcnow() - heard) < SILENCE

    async def async_wish(self, wish: Callable[[datetime], None]) -> None:
        """Tell the engine a wish, and carry out at once what follows.

        Raises:
            ServiceValidationError: It cannot be.

        """
        try:
            wish(dt_util.utcnow())
        except WishRefusedError as err:
            raise refusal(err) from err
        self._memory.save_soon()
        await self.async_refresh()

    def preview(self, at: datetime) -> Arrival | None:
        """Return what could be promised for an arrival, without wishing for it.

        Raises:
            ServiceValidationError: It is past.

        """
        now, engine = dt_util.utcnow(), self._engine(self.engine.as_dict())
        try:
            engine.set_mode(Mode.AWAY, now)
            engine.set_arrival(at, now)
        except WishRefusedError as err:
            raise refusal(err) from err
        return engine.step(now, self.seen).arrival

    def _engine(self, state: Mapping[str, object] | None) -> SiteEngine:
        settings = {zone_id: zone.settings for zone_id, zone in self.zones.items()}
        return SiteEngine(self.settings, settings, state)

    @override
    async def _async_update_data(self) -> SitePlan:
        async with self._one_at_a_time:
            zones = dict(
                zip(
                    self.zones,
                    await asyncio.gather(*(zone.async_read() for zone in self.zones.values())),
                    strict=True,
                )
            )
            now = dt_util.utcnow()
            self._note_answers(zones, now)
            self.seen = replace(
                await self.surroundings.async_look(zones, now), bridge_at=self.frost_guard.heard
            )
            for zone_id in self.frost_guard.may_have_acted(now):
                self.engine.was_taken_over(zone_id)
            plan = self.engine.step(now, self.seen)
            await asyncio.gather(
                *(
                    self._async_apply(zone_id, zone.command)
                    for zone_id, zone in plan.zones.items()
                    if zone.command is not None
                )
            )
            await self.frost_guard.async_report(now)
            self._tell(plan, now)
            return plan

    async def _async_apply(self, zone_id: str, command: Command) -> None:
        outcome = await self.zones[zone_id].driver.async_apply(command)
        LOGGER.debug("%s: %s %s", self.zones[zone_id].name, command, outcome)
        self.engine.applied(zone_id, command, outcome, dt_util.utcnow())
        self._memory.save_soon()

    def _note_answers(self, zones: Mapping[str, ZoneSeen], now: datetime) -> None:
        """Remember who answered; log once who does not any more, and who does again."""
        self._heard |= {zone_id: now for zone_id, seen in zones.items() if seen.is_reachable}
        silent = {zone_id for zone_id in zones if not self.is_heard(zone_id)}
        for zone_id in silent - self._silent:
            LOGGER.warning("%s: %s does not answer", self.name, self.zones[zone_id].name)
        for zone_id in self._silent - silent:
            LOGGER.info("%s: %s answers again", self.name, self.zones[zone_id].name)
        self._silent = silent

    def _tell(self, plan: SitePlan, now: datetime) -> None:
        """Have happenings and repairs follow from a plan."""
        is_lost = self.frost_guard.is_lost(now)
        current = dict(self._conditions(plan))
        if is_lost:
            current[FROST_GUARD_LOST] = Happening(kind=FROST_GUARD_LOST)
        fresh = [each for key, each in current.items() if key not in self._memory.told]
        fresh += map(self._news, plan.news)
        self.happenings.extend(fresh)
        if fresh or current.keys() != self._memory.told:
            self._memory.told = frozenset(current)
            self._memory.save_soon()
        else:
            self._memory.save_later()
        async_report(self.hass, self.config_entry, self.zones, plan)
        async_report_guard(
            self.hass,
            self.config_entry,
            is_lost=is_lost,
            unguarded=self.frost_guard.unguarded,
        )

    def _conditions(self, plan: SitePlan) -> Iterator[tuple[str, Happening]]:
        """Yield what is so now and is news when it begins, each with a name of its own."""
        # What is not known has not changed.
        if plan.is_left_high or (plan.is_left_high is None and LEFT_HIGH in self._memory.told):
            names = ", ".join(self.zones[zone_id].name for zone_id in plan.left_high)
            yield LEFT_HIGH, Happening(kind=LEFT_HIGH, details={"zones": names})
        if plan.arrival is not None and not plan.arrival.is_reachable:
            at = plan.arrival.at.isoformat(timespec="minutes")
            kind = ARRIVAL_UNREACHABLE
            yield f"{kind} {at}", Happening(kind=kind, details={"arrival": at})
        for alarm in plan.alarms:
            yield alarm, Happening(kind=alarm)
        for zone_id, zone in plan.zones.items():
            for alarm in zone.alarms:
                yield f"{alarm} {zone_id}", Happening(kind=alarm, zone=self.zones[zone_id].name)

    def _news(self, reason: Reason) -> Happening:
        """Return what the engine decided by itself, with the zone's name in place of its id."""
        details = dict(reason.placeholders)
        zone = self.zones.get(details.pop("zone", ""))
        return Happening(kind=reason.key, zone=zone.name if zone else None, details=details)


def refusal(err: WishRefusedError) -> ServiceValidationError:
    """Return the error that tells a user, in words, why a wish cannot be."""
    return invalid(f"heating_{err.refusal}")
