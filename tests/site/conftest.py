"""Fixtures of the tests of heated houses: the demo's cottage, on a real socket."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.core import HomeAssistant
import pytest

from demo.cottage import DemoCottage

# They wait for answers by a clock of their own.
MODBUS = ["modbus_connection", "pymodbus", "tenacity", "tmodbus"]
NOW = datetime(2026, 1, 9, 17, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None, hass_storage: dict[str, Any]) -> None:
    """Let Home Assistant talk to the cottage, and keep in memory what it stores."""


@pytest.fixture(autouse=True)
def clock(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrozenDateTimeFactory]:
    """Hold the clock, but not that of the event loop: sockets need one that goes on."""
    monkeypatch.setattr(hass.loop, "time", real_monotonic)
    with freeze_time(NOW, ignore=MODBUS) as frozen:
        yield frozen


@pytest.fixture
def impatient() -> Iterator[None]:
    """Wait no two seconds for an answer that does not come."""
    package = "custom_components.lumme_energy.site"
    with patch(f"{package}.heaters.TIMEOUT", 0.2), patch(f"{package}.zone_flow.TIMEOUT", 0.2):
        yield


@pytest.fixture
async def cottage() -> AsyncIterator[DemoCottage]:
    """Return a cottage that was left at 21 °C and in which no time passes."""
    cottage = DemoCottage(clock=lambda: 0.0)
    await cottage.start()
    yield cottage
    await cottage.stop()
