"""Tests of which contract is in force."""

from datetime import date
from typing import Any

import pytest

from custom_components.lumme_energy.billing.contracts import current_contract
from custom_components.lumme_energy.portal.model import Contract

TODAY = date(2026, 11, 24)
GSRN = "643000000000000016"


def contract(start: date | None, end: date | None, **details: Any) -> Contract:
    """Return a contract of the supply point."""
    return Contract(gsrn=GSRN, start=start, end=end, **details)


PAST = contract(date(2024, 1, 1), date(2025, 12, 31))
LONG_PAST = contract(date(2020, 1, 1), date(2023, 12, 31))
NOW = contract(date(2026, 1, 1), None)
NOW_TOO = contract(date(2026, 10, 1), date(2026, 12, 31))
NEXT = contract(date(2027, 1, 1), None)
LATER = contract(date(2028, 1, 1), None)


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        ([], None),
        ([PAST, NOW, NEXT], NOW),
        ([NOW, NOW_TOO], NOW_TOO),
        ([LATER, NEXT, PAST], NEXT),
        ([LONG_PAST, PAST], PAST),
        ([contract(None, None)], contract(None, None)),
        ([Contract(gsrn="another")], None),
    ],
)
def test_current_contract(contracts: list[Contract], expected: Contract | None) -> None:
    """The contract in force comes first, then the next, then the last."""
    assert current_contract(contracts, GSRN, TODAY) == expected
