"""Tests of how cold it will be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.outlook import UNKNOWN, Outlook

NOW = datetime(2026, 1, 9, 18, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Return an instant some hours from now."""
    return NOW + timedelta(hours=hours)


def test_without_forecast() -> None:
    """It stays as it is; what nobody knows is cold."""
    assert Outlook(NOW, -4.0, ()).mean(0, 30) == pytest.approx(-4)
    assert Outlook(NOW, None, ()).mean(0, 30) == pytest.approx(UNKNOWN)


def test_forecast() -> None:
    """Between now and a forecast's hours it changes evenly; what has passed does not matter."""
    outlook = Outlook(NOW, 0.0, ((at(4), -20.0), (at(2), -10.0), (at(-3), 30.0)))
    assert outlook.mean(0, 2) == pytest.approx(-5)
    assert outlook.mean(1, 3) == pytest.approx(-10)
    assert outlook.mean(2, 2) == pytest.approx(-10, abs=0.01)
    # A thermometer outdoors may be missing.
    assert Outlook(NOW, None, ((at(2), -10.0),)).mean(0, 2) == pytest.approx(-10)


def test_beyond_the_forecast() -> None:
    """After it, its last day goes on, and not its last hour: that may be the warmest of the day."""
    cold_night = tuple((at(hour), -20.0 if hour < 47 else 0.0) for hour in range(1, 49))
    assert Outlook(NOW, 5.0, cold_night).mean(48, 60) < -18


@given(
    outdoor=st.none() | st.floats(-50, 50),
    forecast=st.lists(st.tuples(st.floats(-10, 100), st.floats(-50, 50)), max_size=30),
    start=st.floats(0, 200),
    hours=st.floats(0, 200),
)
def test_within_what_is_known(
    outdoor: float | None, forecast: list[tuple[float, float]], start: float, hours: float
) -> None:
    """A mean is never colder or warmer than all that is known."""
    known = [value for _, value in forecast] + [UNKNOWN if outdoor is None else outdoor]
    outlook = Outlook(NOW, outdoor, tuple((at(hour), value) for hour, value in forecast))
    assert min(known) - 1e-3 <= outlook.mean(start, start + hours) <= max(known) + 1e-3
