"""Tests of the customer services' contacts."""

from itertools import product
import re

import pytest

from custom_components.lumme_energy.billing.contacts import Contact, contact
from custom_components.lumme_energy.portal.model import Segment
from custom_components.lumme_energy.portal.suppliers import SUPPLIERS, Supplier


@pytest.mark.parametrize(("supplier", "segment"), product(Supplier, Segment))
def test_everyone_can_turn_somewhere(supplier: Supplier, segment: Segment) -> None:
    """Every supplier can be reached, in its own country and at its own address."""
    found = contact(supplier, segment)
    if not SUPPLIERS[supplier].has_portal:
        # Who the supplier is only its bill tells.
        assert found.label == found.url
        return
    calling_code = {"FI": "+358", "BE": "+32"}[SUPPLIERS[supplier].country]
    assert found.phone is not None
    assert re.fullmatch(rf"\{calling_code}( \d+)+", found.phone)
    assert found.label.startswith(found.phone)
    assert re.fullmatch(r"https://www\.[a-z-]+\.[a-z]+/", found.url)
    domain = found.url.removeprefix("https://www.").removesuffix("/")
    assert found.email is None or found.email.endswith(f"@{domain}")


def test_label() -> None:
    """A line names what there is."""
    assert contact(Supplier.MY_LUMINUS, Segment.BUSINESS).label == "+32 78 155 230, pme@luminus.be"
    assert Contact(url="https://www.example.com/").label == "https://www.example.com/"
