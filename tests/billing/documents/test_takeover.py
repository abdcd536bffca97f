"""Tests of the document of a move."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from custom_components.lumme_energy.billing.documents.language import can_print
from custom_components.lumme_energy.billing.documents.move import Meter, Move, Party, printable
from custom_components.lumme_energy.billing.documents.takeover import takeover
from custom_components.lumme_energy.portal.model import Address, Energy, SupplyPoint
from tests.account.paper import texts

from .common import PLAIN

HOME = Address(street="Voorbeeldstraat", house_number="1", city="Brussel", country="BE")
ELECTRICITY = SupplyPoint(gsrn="541448820000000008", address=HOME)
GAS = SupplyPoint(gsrn="541448860000000004", energy=Energy.GAS, address=HOME)


class Keys(defaultdict[str, str]):
    """Texts that are their own keys."""

    def __missing__(self, key: str) -> str:
        """Return the key."""
        return key


KEYS = replace(PLAIN, words=Keys())


def move(*meters: Meter) -> Move:
    """Return a move out of a home."""
    return Move(
        day=date(2026, 12, 1),
        meters=meters,
        leaving=Party(name="Ann Voorbeeld", customer="100"),
        arriving=Party(),
        supplier="Luminus",
        contact="+32 78 150 210",
    )


def test_belgium() -> None:
    """Each energy has its own part, each reading its unit, and cubic metres are no kilowatt-hours."""
    day = Meter(
        point=ELECTRICITY,
        serial="1SAG0042",
        readings={"day": Decimal("1234.9"), "night": Decimal(567)},
    )
    shown = texts(takeover(move(day, Meter(point=GAS)), KEYS))
    for text in (
        "move_title_belgium",
        "energy_electricity",
        "1SAG0042",
        "register_day (kWh) 1234 register_night (kWh) 567",
        "energy_gas",
        "register_single (m³)",
        "Ann Voorbeeld",
        "2026-12-01",
        "Luminus, +32 78 150 210",
    ):
        assert text in shown, text
    assert "register_export_day" not in shown
    assert shown.count("move_signature") == 2


@pytest.mark.parametrize(
    ("country", "registers"),
    [("BE", ("day", "night", "export_day", "export_night")), ("FI", ("single",))],
)
def test_without_a_meter(country: str, registers: tuple[str, ...]) -> None:
    """What is asked for in a country is there to be filled in."""
    point = replace(ELECTRICITY, address=replace(HOME, country=country))
    assert Meter(point=point).registers == registers
    shown = texts(takeover(move(Meter(point=point)), KEYS))
    for register in registers:
        assert f"register_{register} (kWh)" in shown
    assert ("move_title_finland" in shown) is (country == "FI")


def test_many_meters() -> None:
    """A document may have several pages."""
    document = takeover(move(*[Meter(point=ELECTRICITY)] * 8), KEYS)
    assert document.count(b"/Type /Page\n") > 1


@pytest.mark.parametrize(
    ("text", "is_printable"),
    [("Åsa Öström", True), ("Zoë €", True), ("Łukasz", False), ("Оля", False), ("", True)],
)
def test_printable(text: str, is_printable: bool) -> None:
    """What the fonts lack is left to the pen."""
    assert can_print(text) is is_printable
    party = Party(name=text, phone="1")
    assert printable(party) == (party if is_printable else Party(phone="1"))
