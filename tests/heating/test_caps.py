"""Who waits while power is short."""

from datetime import UTC, datetime

import pytest

from custom_components.lumme_energy.heating.caps import Shedding, projection
from custom_components.lumme_energy.heating.model import SiteSeen, SiteSettings
from custom_components.lumme_energy.heating.reasons import Because

from .bench import START, minutes

RATED = {"first": 2000.0, "second": 1500.0, "third": None}
FUSE = SiteSettings(fuse=5000.0)


def _run(
    shedding: Shedding,
    power: float | None,
    lasts: int = 1,
    settings: SiteSettings = FUSE,
    heating: tuple[str, ...] = ("first", "second"),
    **seen: float,
) -> list[str]:
    for _ in range(lasts):
        shedding.see(
            START, minutes(1), SiteSeen(zones={}, power=power, **seen), settings, RATED, heating
        )
    return shedding.zones


def test_projection() -> None:
    """Half a quarter at 2 kW on top of what flowed."""
    at = datetime(2026, 1, 10, 12, 7, 30, tzinfo=UTC)
    assert projection(at, 1000.0, 2000.0) == pytest.approx(2000.0)


def test_fuse() -> None:
    """The least important zone that heats waits first, then the next; the last comes back first."""
    shedding = Shedding()
    assert _run(shedding, 5100.0) == ["second"]
    assert shedding.why is Because.SHED_FUSE
    assert _run(shedding, 5100.0) == ["second"]
    assert _run(shedding, 5100.0) == ["second", "first"]
    assert _run(shedding, 5100.0, 5) == ["second", "first"]
    assert _run(shedding, 2700.0, 14) == ["second", "first"]
    assert _run(shedding, 2700.0) == ["second"]
    # Where its own power would not fit, a zone goes on waiting.
    assert _run(shedding, 3600.0, 60) == ["second"]
    assert _run(shedding, 3000.0, 15) == []


def test_unknown_power_ends_waiting() -> None:
    """Without a meter nobody waits."""
    shedding = Shedding()
    assert _run(shedding, 6000.0)
    assert _run(shedding, None) == []
    assert _run(shedding, 6000.0, settings=SiteSettings()) == []


def test_removed_zone_does_not_wait() -> None:
    """A zone that is gone is forgotten."""
    shedding = Shedding(zones=["gone", "third"])
    assert _run(shedding, 4900.0) == ["third"]


def test_peak() -> None:
    """The month's peak is kept; below what is charged in any case there is nothing to keep."""
    shedding = Shedding()
    assert _run(shedding, 3500.0, quarter_average=0.0, month_peak=1000.0, settings=SiteSettings())
    assert shedding.why is Because.SHED_PEAK
    shedding = Shedding()
    assert not _run(
        shedding, 2400.0, quarter_average=0.0, month_peak=1000.0, settings=SiteSettings()
    )
