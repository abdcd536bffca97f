"""A house on the bench: devices that do what a test says, and an engine that is stepped by hand."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from custom_components.lumme_energy.heating.engine import SiteEngine
from custom_components.lumme_energy.heating.model import (
    Command,
    Outcome,
    SitePlan,
    SiteSeen,
    SiteSettings,
    ZonePlan,
    ZoneSeen,
    ZoneSettings,
)

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
THERMOSTAT = ZoneSettings(rated_power=1000.0)
RELAY = ZoneSettings(is_relay=True, rated_power=2000.0)


MINUTE = timedelta(minutes=1)


def minutes(number: float) -> timedelta:
    """Return so many minutes."""
    return timedelta(minutes=number)


def hours(number: float) -> timedelta:
    """Return so many hours."""
    return timedelta(hours=number)


@dataclass
class Bench:
    """A house with one zone `room`, or more; each device has what was last written to it.

    Attributes:
        settings: Of the house.
        zones: Of each zone.
        seen: What is read of each device next.
        site: What is seen of the house next.
        outcome: What becomes of every command.
        told: The commands of all steps, with their time.

    """

    settings: SiteSettings = field(default_factory=SiteSettings)
    zones: dict[str, ZoneSettings] = field(default_factory=lambda: {"room": THERMOSTAT})
    seen: dict[str, ZoneSeen] = field(
        default_factory=lambda: {"room": ZoneSeen(setpoint=21.0, room=21.0)}
    )
    site: SiteSeen = field(default_factory=lambda: SiteSeen(zones={}, outdoor=0.0))
    outcome: Outcome = Outcome.KEPT
    now: datetime = START
    told: list[tuple[datetime, str, Command]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin without a past."""
        self.engine = SiteEngine(self.settings, self.zones)

    def read(self, zone: str = "room", /, **changes: Any) -> None:
        """Let a device be read otherwise from now on."""
        self.seen[zone] = replace(self.seen[zone], **changes)

    def around(self, **changes: Any) -> None:
        """Let the house be seen otherwise from now on."""
        self.site = replace(self.site, **changes)

    def step(self, passes: timedelta = MINUTE) -> SitePlan:
        """Let time pass, and do what the engine says."""
        self.now += passes
        plan = self.engine.step(self.now, replace(self.site, zones=self.seen))
        for zone, each in plan.zones.items():
            if each.command is not None:
                self.told.append((self.now, zone, each.command))
                self._carry_out(zone, each.command)
        return plan

    def _carry_out(self, zone: str, command: Command) -> None:
        if self.outcome is Outcome.KEPT:
            if command.setpoint is not None:
                self.read(zone, setpoint=command.setpoint)
            if command.is_on is not None:
                self.read(zone, is_on=command.is_on)
        self.engine.applied(zone, command, self.outcome, self.now)

    def run(self, lasts: timedelta, passes: timedelta = MINUTE) -> SitePlan:
        """Step until so much time has passed; return the last plan."""
        until = self.now + lasts
        plan = self.step(passes)
        while self.now < until:
            plan = self.step(passes)
        return plan

    def restart(self, away: timedelta = 5 * MINUTE) -> None:
        """Restart the engine from what is on disk."""
        self.engine = SiteEngine(
            self.settings, self.zones, json.loads(json.dumps(self.engine.as_dict()))
        )
        self.now += away

    @property
    def setpoints(self) -> list[float | None]:
        """All setpoints that were written."""
        return [command.setpoint for _, _, command in self.told]


def room(plan: SitePlan) -> ZonePlan:
    """Return the plan of the bench's only zone."""
    return plan.zones["room"]


def news(plan: SitePlan) -> list[str]:
    """Return the keys of what the engine decided by itself."""
    return [told.key for told in plan.news]
