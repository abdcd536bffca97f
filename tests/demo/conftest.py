"""Fixtures of the demo's tests: a stand-in for OmaLumme, and somebody who visits it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from custom_components.lumme_energy.portal.session import new_cookie_jar
from demo.oma_lumme import DemoOmaLumme

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
async def oma_lumme(socket_enabled: None) -> AsyncIterator[DemoOmaLumme]:
    """Return a stand-in that has not started yet."""
    portal = DemoOmaLumme(clock=lambda: NOW)
    yield portal
    await portal.stop()


@pytest.fixture
async def http(oma_lumme: DemoOmaLumme) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session at the stand-in."""
    async with aiohttp.ClientSession(
        await oma_lumme.start(), cookie_jar=new_cookie_jar()
    ) as session:
        yield session
