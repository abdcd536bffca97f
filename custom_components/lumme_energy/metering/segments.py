"""Totals that go on when a meter is replaced by one that counts from elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Self


@dataclass(slots=True, kw_only=True)
class Segment:
    """The time of one meter.

    Attributes:
        meter_id: Its serial number; None if it does not tell one.
        since: When it was first heard.
        offsets: By register, what the meters before it had counted more than it shows.

    """

    meter_id: str | None = field(repr=False)
    since: datetime
    offsets: dict[str, Decimal] = field(default_factory=dict)


class Totals:
    """Adds up the registers of all meters that one place has had.

    What flowed between the last word of one meter and the first of the next is lost: nobody knows
    how much it was, and a guess would be booked as a spike.

    Attributes:
        segments: The time of each meter, the oldest first.
        confirmed: How many of those meters the user knows of.

    """

    def __init__(
        self,
        segments: Iterable[Segment] = (),
        totals: Mapping[str, Decimal] = {},
        confirmed: int = 1,
    ) -> None:
        """Go on from these."""
        self.segments = list(segments)
        self.confirmed = confirmed
        self._totals = dict(totals)

    @property
    def meter_id(self) -> str | None:
        """The serial number of the meter that there is now, if it has told one."""
        return self.segments[-1].meter_id if self.segments else None

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the meter is another than the one that the user knows of."""
        return len(self.segments) > self.confirmed

    def confirm(self) -> None:
        """Note that the user knows of the meter that there is now."""
        self.confirmed = len(self.segments)

    def follow(self, meter_id: str | None, at: datetime, *, replaced: bool = False) -> bool:
        """Note whose registers come next; return whether that is another meter than before.

        Args:
            meter_id: The meter's serial number, if it tells one.
            at: When it was heard.
            replaced: Whether it is another one whatever it tells, as its registers prove.

        """
        if not self.segments:
            self.segments.append(Segment(meter_id=meter_id, since=at))
            return False
        current = self.segments[-1]
        if current.meter_id is None:
            current.meter_id = meter_id
        elif meter_id not in (None, current.meter_id):
            replaced = True
        if replaced:
            self.segments.append(Segment(meter_id=meter_id, since=at))
            if meter_id is not None and meter_id == self.segments[self.confirmed - 1].meter_id:
                self.confirm()  # the meter that the user knows is back
        return replaced

    def shown(self, register: str) -> Decimal | None:
        """Return what a register of the meter that there is now last showed, if anything."""
        offset = self.segments[-1].offsets.get(register) if self.segments else None
        return None if offset is None else self._totals[register] - offset

    def total(self, register: str, value: Decimal) -> Decimal:
        """Return the total of a register that shows value.

        Raises:
            IndexError: No meter was followed yet.

        """
        offsets = self.segments[-1].offsets
        if register not in offsets:
            # A register that is new has no past; one that had a total goes on from it.
            before = self._totals.get(register, value) if self.segments[1:] else value
            offsets[register] = before - value
        total = self._totals[register] = value + offsets[register]
        return total

    def roll_over(self, register: str, capacity: Decimal) -> None:
        """Note that a register had no more digits and began at zero."""
        self.segments[-1].offsets[register] += capacity

    def as_dict(self) -> dict[str, Any]:
        """Return all of it in the types of JSON."""
        return {
            "segments": [
                {
                    "meter_id": segment.meter_id,
                    "since": segment.since.isoformat(),
                    "offsets": _strings(segment.offsets),
                }
                for segment in self.segments
            ],
            "totals": _strings(self._totals),
            "confirmed": self.confirmed,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Take up what as_dict returned."""
        return cls(
            [
                Segment(
                    meter_id=segment["meter_id"],
                    since=datetime.fromisoformat(segment["since"]),
                    offsets=_decimals(segment["offsets"]),
                )
                for segment in data["segments"]
            ],
            _decimals(data["totals"]),
            data["confirmed"],
        )


def _strings(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {str(key): str(number) for key, number in numbers.items()}


def _decimals(numbers: Mapping[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(number) for key, number in numbers.items()}
