"""Fixtures of the portal layer's tests: real sockets on the loopback interface."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from custom_components.lumme_energy.portal.session import new_cookie_jar


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let the tests of this folder talk to their own servers."""


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a client session for one log-in, as the integration makes it."""
    async with aiohttp.ClientSession(cookie_jar=new_cookie_jar()) as session:
        yield session
