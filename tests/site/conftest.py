"""Fixtures of the tests of heated houses: the demo's cottage, on a real socket."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from demo.cottage import DemoCottage

NOW = datetime(2026, 1, 9, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None, hass_storage: dict[str, Any]) -> None:
    """Let Home Assistant talk to the cottage, and keep in memory what it stores."""


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Wait no two seconds for an answer that does not come."""
    package = "custom_components.lumme_energy"
    with (
        patch(f"{package}.site.heaters.TIMEOUT", 0.1),
        patch(f"{package}.site.zone_flow.TIMEOUT", 0.1),
        patch(f"{package}.site.drivers.PATIENCE", 0.05),
    ):
        yield


@pytest.fixture(autouse=True)
def clock(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Hold the clock; it goes on when a test says so."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
async def cottage() -> AsyncIterator[DemoCottage]:
    """Return a cottage that was left at 21 °C and in which no time passes."""
    cottage = DemoCottage(clock=lambda: 0.0)
    await cottage.start()
    yield cottage
    await cottage.stop()
