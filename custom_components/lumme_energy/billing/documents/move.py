"""A move: who leaves, who comes, and what the meters showed that day.

In Belgium both parties sign the energy take-over document (energieovernamedocument, document de
reprise des énergies), and each supplier asks for a copy. Finland has no such form: there it is a
record that both keep, and the move itself is reported to the supplier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Final

from ...portal.model import Energy, SupplyPoint
from ..usage import IMPORT_REGISTERS
from .language import can_print

BELGIUM: Final = "BE"
# Where no meter tells: digital meters in Belgium are asked for all four, whatever the tariff.
BELGIAN_REGISTERS: Final = ("day", "night", "export_day", "export_night")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who leaves, or who comes; what is None is left to be filled in by hand."""

    name: str | None = None
    address: str | None = None
    phone: str | None = None
    email: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A supply point and its meter on the day of the move.

    Attributes:
        point: The supply point.
        serial: The meter's number.
        readings: What each register showed, kWh or for gas m³.
    """

    point: SupplyPoint
    serial: str | None = None
    readings: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def registers(self) -> Sequence[str]:
        """The registers that the document asks for."""
        if self.readings:
            return tuple(self.readings)
        if self.point.energy is Energy.ELECTRICITY and self.point.address.country == BELGIUM:
            return BELGIAN_REGISTERS
        return IMPORT_REGISTERS[:1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A move out of, or into, a home.

    Attributes:
        day: When.
        meters: All that are handed over.
        leaving: Who leaves.
        arriving: Who comes.
        supplier: The supplier's name.
        contact: How to reach it.
    """

    day: date
    meters: Sequence[Meter]
    leaving: Party
    arriving: Party
    supplier: str
    contact: str

    @property
    def country(self) -> str:
        """Where it is: `belgium` or `finland`."""
        is_belgian = self.meters[0].point.address.country == BELGIUM
        return "belgium" if is_belgian else "finland"


def printable(party: Party) -> Party:
    """Return a party without what our fonts cannot show: that is better left to the pen."""
    values = {each.name: getattr(party, each.name) for each in fields(party)}
    gone = {name: None for name, value in values.items() if value and not can_print(value)}
    return replace(party, **gone)
