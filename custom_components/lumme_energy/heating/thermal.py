"""How a room warms and cools: a small model, learnt from what its heater and thermometer did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self


class RoomModel:
    """How a room follows its heater and the weather.

    Attributes:
        tau_hours: In how many hours the room loses 63 % of its warmth without heat.
        rise: How many kelvins above outdoors the heater can keep it at full power, at last.
        lead: How many of them the air gains at once, before walls and furniture follow.
    """

    tau_hours: float
    rise: float
    lead: float

    def observe(
        self, at: datetime, room: float, outdoor: float | None, power_share: float | None
    ) -> None:
        """Learn from what is seen at an instant; call it at every step, with what is known.

        Args:
            at: When; a step backwards or a gap begins anew.
            room: The room's temperature.
            outdoor: The temperature outdoors; nothing is learnt while it is not known.
            power_share: What the heater takes of its full power since the last call, 0 to 1.
        """
        raise NotImplementedError

    @property
    def confidence(self) -> float:
        """How much of what decides about preheating was seen here, 0 (the default) to 1."""
        raise NotImplementedError

    @property
    def is_learnt(self) -> bool:
        """Whether the parameters come from this room; else they are a prudent guess."""
        raise NotImplementedError

    def hours_to(
        self, start: float, target: float, outdoor: float, *, quick: float | None = None
    ) -> float | None:
        """Return how long full power takes from one temperature to another; None: never."""
        raise NotImplementedError

    def temperature_after(
        self,
        start: float,
        hours: float,
        outdoor: float,
        share: float,
        *,
        quick: float | None = None,
    ) -> float:
        """Return the temperature after some hours at a share of full power."""
        raise NotImplementedError

    def share_to_hold(self, room: float, outdoor: float) -> float:
        """Return what share of full power keeps a temperature, 0 to 1."""
        raise NotImplementedError

    def as_dict(self) -> dict[str, Any]:
        """Return everything that was learnt, for JSON."""
        raise NotImplementedError

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return a model as it was stored."""
        raise NotImplementedError
