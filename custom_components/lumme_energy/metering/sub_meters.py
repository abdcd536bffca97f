"""Keeps the meters behind the meter apart, and tells when one of them was replaced."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Self

from .segments import Totals
from .telegram import SubMeter, SubMeterKind


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """Where a meter behind the meter is, whichever that is at the moment.

    Attributes:
        key: Names it among the places of one meter, such as "gas_1".
        kind: What is measured there.
        channel: The channel that its meter was last heard on.
        totals: Its register, over all meters that it has had.
        meter: What its meter says; None while it says nothing.

    """

    key: str
    kind: SubMeterKind
    channel: int
    totals: Totals
    meter: SubMeter | None = None


class SubMeters:
    """Finds the place of each meter behind the meter.

    A meter is known by its serial number, wherever it reports, for channels are handed out anew.
    Where an unknown one reports on the channel of another of its kind that is gone, it has
    replaced that; but a serial number that is heard once only may be noise.

    Attributes:
        places: All places, by key.

    """

    def __init__(self, places: Iterable[Place] = ()) -> None:
        """Go on with places that are known."""
        self.places = {place.key: place for place in places}
        self._heard: tuple[SubMeter, ...] | None = None
        self._strangers: set[str] = set()

    def follow(self, meters: tuple[SubMeter, ...], at: datetime) -> bool:
        """Note which meters there are; return whether a meter, or a place, is new.

        Args:
            meters: What one telegram says. A channel that never told a reading has no meter.
            at: When it was heard.

        """
        if meters is self._heard and not self._strangers:
            return False
        self._heard = meters
        free = dict(self.places)
        for place in free.values():
            place.meter = None
        unknown: list[SubMeter] = []
        for meter in meters:
            if meter.reading.at is None:
                continue
            if home := _take(free, meter, _is_its_own):
                home.meter, home.channel = meter, meter.channel
            else:
                unknown.append(meter)
        heard_before, self._strangers = self._strangers, set()
        is_news = False
        for meter in unknown:
            before = _take(free, meter, _is_on_its_channel)
            if before and before.totals.meter_id and meter.identifier not in {"", *heard_before}:
                self._strangers.add(meter.identifier)
                continue
            place = before or self._add(meter)
            place.meter = meter
            is_news |= place.totals.follow(meter.identifier or None, at) or before is None
        return is_news

    def remove(self, key: str) -> None:
        """Forget a place; a meter that is there after all will have a new one."""
        del self.places[key]
        self._heard = None

    def as_list(self) -> list[dict[str, Any]]:
        """Return all of it in the types of JSON."""
        return [
            {
                "key": place.key,
                "kind": place.kind.name,
                "channel": place.channel,
                **place.totals.as_dict(),
            }
            for place in self.places.values()
        ]

    @classmethod
    def from_list(cls, data: Iterable[Mapping[str, Any]]) -> Self:
        """Take up what as_list returned."""
        return cls(
            Place(
                key=place["key"],
                kind=SubMeterKind[place["kind"]],
                channel=place["channel"],
                totals=Totals.from_dict(place),
            )
            for place in data
        )

    def _add(self, meter: SubMeter) -> Place:
        keys = (f"{meter.kind.name.lower()}_{number}" for number in count(1))
        key = next(key for key in keys if key not in self.places)
        place = Place(key=key, kind=meter.kind, channel=meter.channel, totals=Totals())
        self.places[key] = place
        return place


def _take(
    free: dict[str, Place], meter: SubMeter, fits: Callable[[SubMeter, Place], bool]
) -> Place | None:
    """Take a place that fits out of those that are free."""
    for key, place in free.items():
        if place.kind is meter.kind and fits(meter, place):
            return free.pop(key)
    return None


def _is_its_own(meter: SubMeter, place: Place) -> bool:
    return meter.identifier != "" and meter.identifier == place.totals.meter_id


def _is_on_its_channel(meter: SubMeter, place: Place) -> bool:
    return meter.channel == place.channel
