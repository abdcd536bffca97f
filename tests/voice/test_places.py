"""Tests of which place a name means."""

import pytest

from custom_components.lumme_energy.voice.places import is_alike


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("mökillä", "Mökki"),
        ("mökin", "Mökki"),
        ("rantatiellä", "Rantatie 4"),
        ("helsingissä", "Helsinki"),
        ("lahdessa", "Lahti"),
        ("the bakery", "Bakery"),
        ("bakkerij", "De bakkerij"),
        ("sur la rue du Moulin", "Rue du Moulin 3"),
    ],
)
def test_alike(asked: str, name: str) -> None:
    """Languages bend the ends of names."""
    assert is_alike(asked, name)


@pytest.mark.parametrize(
    ("asked", "name"),
    [("mökillä", "Koti"), ("4", "Rantatie 4"), ("rantala", "Rauma"), ("", "Mökki"), ("ma", "Mari")],
)
def test_not_alike(asked: str, name: str) -> None:
    """Numbers and small words make no name, nor does a beginning by chance."""
    assert not is_alike(asked, name)
