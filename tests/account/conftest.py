"""Fixtures of the account's tests: real demo portals on real sockets, a disk that can be looked at."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from demo.my_luminus import DemoMyLuminus
from demo.oma_lumme import DemoOmaLumme
from demo.server import DemoPortal

from .common import Demo

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let Home Assistant talk to the demo portals."""


@pytest.fixture(autouse=True)
def _no_pauses() -> Iterator[None]:
    """Try again at once where a real session would wait some seconds."""
    with patch("custom_components.lumme_energy.portal.session.RETRY_PAUSES", (0.0, 0.0)):
        yield


@pytest.fixture(autouse=True)
async def _time_stands_still(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Begin every test on the same day, in the customers' own country."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    freezer.move_to(START)


@pytest.fixture(autouse=True)
def _disk(hass_storage: dict[str, Any]) -> None:
    """Keep what is stored in memory, over restarts of the integration."""


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does, without what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@asynccontextmanager
async def running(portal: DemoPortal, supplier: str) -> AsyncIterator[Demo]:
    """Run a demo portal."""
    address = await portal.start()
    yield Demo(supplier=supplier, portal=portal, address=address)
    await portal.stop()


@pytest.fixture
async def oma_lumme() -> AsyncIterator[Demo]:
    """Return the running demo portal of the Finnish household."""
    async with running(DemoOmaLumme(clock=dt_util.utcnow), "oma_lumme") as demo:
        yield demo


@pytest.fixture
async def my_luminus() -> AsyncIterator[Demo]:
    """Return the running demo portal of the Belgian business and home."""
    async with running(DemoMyLuminus(clock=dt_util.utcnow), "my_luminus") as demo:
        yield demo


@pytest.fixture(
    params=[(DemoOmaLumme, "oma_lumme"), (DemoMyLuminus, "my_luminus")],
    ids=["oma_lumme", "my_luminus"],
)
async def demo(request: pytest.FixtureRequest) -> AsyncIterator[Demo]:
    """Return one demo portal after the other."""
    portal, supplier = request.param
    async with running(portal(clock=dt_util.utcnow), supplier) as demo:
        yield demo
