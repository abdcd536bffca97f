"""Fixtures of the tests of voice: a flat, a cottage and a meter, on real sockets."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.cottage import DemoCottage
from demo.p1_meter import DemoP1Meter
from tests.meter.common import meter_entry, set_up

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_sockets(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant talk to the demo, and keep in memory what it stores."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("socket_enabled")
        request.getfixturevalue("hass_storage")


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Wait no two seconds for an answer that does not come."""
    package = "custom_components.lumme_energy"
    with (
        patch(f"{package}.site.heaters.TIMEOUT", 0.1),
        patch(f"{package}.site.drivers.PATIENCE", 0.05),
    ):
        yield


@pytest.fixture
async def assist(hass: HomeAssistant, tmp_path: Path) -> HomeAssistant:
    """Return a Home Assistant in Finland that can be spoken to."""
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    await hass.config.async_set_time_zone("Europe/Helsinki")
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, component, {})
    return hass


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Hold the clock on one morning in November."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
async def cottage() -> AsyncIterator[DemoCottage]:
    """Return a cottage that was left at 21 °C and in which no time passes."""
    cottage = DemoCottage(clock=lambda: 0.0)
    await cottage.start()
    yield cottage
    await cottage.stop()


@pytest.fixture
async def meter(assist: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """Return a Finnish meter that has spoken once. Its sockets need a clock that goes on."""
    meter = DemoP1Meter("FI", pace=0.02, clock=lambda: NOW)
    entry = meter_entry(assist, *await meter.start(0))
    await set_up(assist, entry)
    yield entry
    await meter.stop()
