"""What all tests share: this repository's integration, and the demo portals on real sockets."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import sys
from typing import Any
from unittest.mock import patch

from homeassistant.util import dt as dt_util
from hypothesis import settings
import pytest

# Imported before Home Assistant looks for it; it would find the test kit's own package otherwise.
import custom_components  # noqa: F401
from demo.my_luminus import DemoMyLuminus
from demo.oma_lumme import DemoOmaLumme
from demo.server import DemoPortal

from .account.common import Demo

# A busy machine is slow, which is no fault of the example.
settings.register_profile("calm", parent=settings(), deadline=None)
settings.load_profile("calm")

if sys.dont_write_bytecode:
    # Every worker, and every process that a test starts, would compile Home Assistant anew.
    os.environ |= {
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(__file__).parent.parent / ".cache" / "bytecode"),
    }

# What boots a whole demo, or waits for other processes, begins first: it would trail at the end.
LONGEST = ("tests/e2e/", "tests/scripts/", "tests/crash/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest tests begin first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(autouse=True)
def _this_integration(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load custom integrations in tests that run one."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")


@pytest.fixture
def _near(socket_enabled: None, hass_storage: dict[str, Any]) -> Iterator[None]:
    """Let Home Assistant reach a demo portal.

    It tries again at once where it would wait some seconds, and what it stores stays in memory
    over restarts of the integration.
    """
    with patch("custom_components.lumme_energy.portal.session.RETRY_PAUSES", (0.0, 0.0)):
        yield


@asynccontextmanager
async def running(portal: type[DemoPortal], supplier: str) -> AsyncIterator[Demo]:
    """Run a demo portal whose clock is Home Assistant's."""
    server = portal(clock=dt_util.utcnow)
    address = await server.start()
    yield Demo(supplier=supplier, portal=server, address=address)
    await server.stop()


@pytest.fixture
async def oma_lumme(_near: None) -> AsyncIterator[Demo]:
    """Return the running demo portal of the Finnish household."""
    async with running(DemoOmaLumme, "oma_lumme") as demo:
        yield demo


@pytest.fixture
async def my_luminus(_near: None) -> AsyncIterator[Demo]:
    """Return the running demo portal of the Belgian business and home."""
    async with running(DemoMyLuminus, "my_luminus") as demo:
        yield demo


@pytest.fixture(
    params=[(DemoOmaLumme, "oma_lumme"), (DemoMyLuminus, "my_luminus")],
    ids=["oma_lumme", "my_luminus"],
)
async def demo(request: pytest.FixtureRequest, _near: None) -> AsyncIterator[Demo]:
    """Return one demo portal after the other."""
    async with running(*request.param) as demo:
        yield demo
