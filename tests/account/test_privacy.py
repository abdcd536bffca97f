"""Tests that no log says whose account it is."""

from collections.abc import Iterable
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lumme_energy.const import LOGGER
from demo.faults import FaultKind

from .common import Demo, pass_time, start
from .test_diagnostics import identifiers

KIT = "pytest_homeassistant_custom_component.common"


def told(records: Iterable[logging.LogRecord], secrets: Iterable[str]) -> list[str]:
    """Return which secrets are in the log, tracebacks included."""
    text = "\n".join(map(logging.Formatter().format, records))
    return [secret for secret in secrets if secret in text]


async def test_logs(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    demo: Demo,
) -> None:
    """Whatever happens, our log tells neither secrets nor identifiers, not even in full detail."""
    caplog.set_level(logging.DEBUG, LOGGER.name)
    await start(hass, demo.entry(hass))
    for kind in (
        FaultKind.SERVER_ERROR,
        FaultKind.HTML,
        FaultKind.TRUNCATED,
        FaultKind.MISSING,
        FaultKind.UNKNOWN_WORD,
        FaultKind.REFUSED_SESSION,
        FaultKind.CHANGED_PASSWORD,
    ):
        demo.portal.faults.clear()
        demo.portal.faults.add(FaultKind.EXPIRED_SESSION)
        demo.portal.faults.add(kind)
        for _ in range(3):
            await pass_time(hass, freezer, hours=10)
    ours = [each for each in caplog.records if each.name.startswith(LOGGER.name)]
    assert len(ours) > 5
    assert told(ours, [*identifiers(demo.customer)]) == []
    # The test kit's disk prints what it holds.
    others = [each for each in caplog.records if each.name != KIT]
    household = demo.household
    secrets = [household.username, household.password, demo.customer.account.account_id]
    assert told(others, secrets) == []
