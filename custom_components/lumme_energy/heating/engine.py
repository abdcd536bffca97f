"""The whole house, step by step: from what is seen and wished, what every zone is to be told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from .model import (
    Command,
    Mode,
    Outcome,
    Preset,
    SitePlan,
    SiteSeen,
    SiteSettings,
    ZoneSettings,
)
from .thermal import RoomModel


class Refusal(StrEnum):
    """Why a wish is refused."""

    NO_ARRIVAL = "no_arrival"  # ARRIVING without an arrival
    ARRIVAL_PAST = "arrival_past"


class WishRefusedError(ValueError):
    """A wish that cannot be; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        """Say why, for a translation."""
        super().__init__(refusal)
        self.refusal = refusal


class SiteEngine:
    """Decides what a house's heaters are told. Pure: no clock of its own, no input, no output.

    The caller reads all devices, calls `step`, carries out each plan's command, says by `applied`
    what became of it, and keeps `as_dict` on disk. Wishes may come at any time; they take effect in
    the next step, which the caller does well to make at once.

    Attributes:
        mode: What the house is doing.
        arrival_at: When somebody comes next, as wished; None if that is not known.

    """

    mode: Mode
    arrival_at: datetime | None

    def __init__(
        self,
        settings: SiteSettings,
        zones: Mapping[str, ZoneSettings],
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Go on from what `as_dict` returned; without it, adopt what the devices have.

        Args:
            settings: Of the house.
            zones: Of each zone by its id. Where power is short, the later ones wait first.
            state: What was kept. What does not fit is forgotten, zone by zone.

        """
        raise NotImplementedError

    def step(self, now: datetime, seen: SiteSeen) -> SitePlan:
        """Return what follows from what is seen; its commands are to be carried out now.

        A command counts as a write when it is returned, whatever becomes of it.
        """
        raise NotImplementedError

    def applied(self, zone: str, command: Command, outcome: Outcome, now: datetime) -> None:
        """Take what became of a command of the last step."""
        raise NotImplementedError

    def set_mode(self, mode: Mode, now: datetime) -> None:
        """Take the user's wish for the whole house; what was wished for single zones lapses.

        Leaving with an arrival ahead (HOME to AWAY or FROST_GUARD) leads to ARRIVING; leaving
        ARRIVING for any other mode forgets the arrival.

        Raises:
            WishRefusedError: ARRIVING without an arrival ahead.

        """
        raise NotImplementedError

    def set_arrival(self, at: datetime | None, now: datetime) -> None:
        """Take when somebody comes; None if nobody does. An empty house is ARRIVING from now on.

        Raises:
            WishRefusedError: It is past.

        """
        raise NotImplementedError

    def turn_down(self, now: datetime) -> None:
        """Turn the house down: AWAY or ARRIVING, and whatever was wished for zones lapses."""
        raise NotImplementedError

    def set_preset(self, zone: str, preset: Preset, now: datetime) -> None:
        """Take a zone's preset, until the mode changes or another wish comes."""
        raise NotImplementedError

    def set_temperature(self, zone: str, celsius: float, now: datetime) -> None:
        """Take a temperature set by hand, clamped to what the zone may have."""
        raise NotImplementedError

    def release(self, zone: str, now: datetime) -> None:
        """Let a zone follow the house's mode again."""
        raise NotImplementedError

    def model(self, zone: str) -> RoomModel:
        """Return what is learnt of a zone's room."""
        raise NotImplementedError

    def writes(self, zone: str, now: datetime) -> int:
        """Return how often a zone's device was written to in the last 24 hours."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart, in the types of JSON."""
        raise NotImplementedError
