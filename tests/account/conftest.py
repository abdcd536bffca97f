"""Fixtures of the account's tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
import logging
from pathlib import Path
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def _the_same_day(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Begin every test that runs Home Assistant on the same day, in Finland, with no documents."""
    if "hass" in request.fixturenames:
        hass: HomeAssistant = request.getfixturevalue("hass")
        hass.config.media_dirs = {"local": str(tmp_path / "media")}
        freezer: FrozenDateTimeFactory = request.getfixturevalue("freezer")
        await hass.config.async_set_time_zone("Europe/Helsinki")
        freezer.move_to(START)


@pytest.fixture(autouse=True)
def _quiet_database() -> Iterator[None]:
    """Keep thousands of statements out of the log, which would take most of the time."""
    logger = logging.getLogger("sqlalchemy.engine")
    level = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(level)


@pytest.fixture
def no_history() -> Iterator[None]:
    """Store no consumption: thousands of rows, at which only the tests of the history look."""
    historian = "custom_components.lumme_energy.account.history.historian"
    with patch(f"{historian}.async_tell", return_value=0):
        yield


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write snapshots as Home Assistant does, without what differs from run to run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)
