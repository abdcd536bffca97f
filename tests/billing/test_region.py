"""Tests of which region an address is in."""

import pytest

from custom_components.lumme_energy.billing.region import Region, region


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("1000", Region.BRUSSELS),
        ("1210", Region.BRUSSELS),
        ("1299", Region.BRUSSELS),
        ("1300", Region.WALLONIA),
        ("1499", Region.WALLONIA),
        ("1500", Region.FLANDERS),
        ("2000", Region.FLANDERS),
        ("3790", Region.FLANDERS),
        ("3999", Region.FLANDERS),
        ("4000", Region.WALLONIA),
        ("7784", Region.WALLONIA),
        ("7999", Region.WALLONIA),
        ("8000", Region.FLANDERS),
        ("9992", Region.FLANDERS),
        (None, None),
        ("", None),
        ("0999", None),
        ("B-1000", None),
    ],
)
def test_belgium(code: str | None, where: Region | None) -> None:
    """A postal code tells the region."""
    assert region("BE", code) is where


def test_elsewhere() -> None:
    """Finland is one; of other countries nothing is known."""
    assert region("FI", None) is Region.FINLAND
    assert region("NL", "1012") is None
