"""Tests of the promises to a portal, counted at the portal."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lumme_energy.account.feeds import stale_feeds
from demo.faults import FaultKind

from .common import Demo, pass_time, restart, start

QUARTER = {"minutes": 15}
QUARTERS_A_DAY = 96


async def test_a_day(hass: HomeAssistant, freezer: FrozenDateTimeFactory, demo: Demo) -> None:
    """A day costs at most 24 requests, the first one with its set-up included."""
    entry = await start(hass, demo.entry(hass))
    for _ in range(3):
        for _ in range(QUARTERS_A_DAY):
            await pass_time(hass, freezer, **QUARTER)
        politeness = entry.runtime_data.portal.session.politeness
        assert 0 < len(politeness.state.requests) <= 24
        assert politeness.requests_left > 0
        assert demo.portal.requests.logins <= 6
        # What the portal counts beside those are the steps of logging in.
        assert 0 < demo.calls() <= 24
        demo.portal.requests.clear()
    assert hass.states.get("binary_sensor.supplier_demo_portal_connection").state == "on"


async def test_two_customers(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """Two customers of one log-in cost it 24 requests in any 24 hours, set-up included.

    That there is no room for more on the first day is no trouble with the portal.
    """
    entries = [await start(hass, my_luminus.entry(hass, customer=each)) for each in range(2)]
    politeness = entries[0].runtime_data.portal.session.politeness
    for _ in range(3):
        for _ in range(QUARTERS_A_DAY - 1):
            await pass_time(hass, freezer, **QUARTER)
            assert politeness.requests_left >= 0
            assert all(entry.runtime_data.last_update_success for entry in entries)
        assert 0 < my_luminus.calls() <= 24
        my_luminus.portal.requests.clear()
        await pass_time(hass, freezer, **QUARTER)
    for entry in entries:
        assert entry.runtime_data.portal.session.politeness is politeness
        assert not stale_feeds(entry.runtime_data.data, dt_util.utcnow())


async def test_a_day_of_restarts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """Restarting again and again asks the portal nothing more."""
    entry = await start(hass, oma_lumme.entry(hass))
    for _ in range(24):
        await pass_time(hass, freezer, hours=1)
        await restart(hass, entry)
    assert oma_lumme.calls() <= 24
    assert oma_lumme.portal.requests.logins <= 12


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (FaultKind.SERVER_ERROR, "/"),
        (FaultKind.SERVER_ERROR, "/FA-OmaLumme-Prod"),
        (FaultKind.FORBIDDEN, "/"),
        (FaultKind.HTML, "/auth"),
        (FaultKind.REFUSED_SESSION, "/FA-OmaLumme-Prod/v1/contractBasicData"),
        (FaultKind.DISCONNECT, "/"),
    ],
)
@pytest.mark.parametrize("restarts", [False, True])
async def test_an_outage(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    kind: FaultKind,
    path: str,
    restarts: bool,
) -> None:
    """A day of trouble leads to at most six log-ins and 24 requests, restarts or not."""
    entry = await start(hass, oma_lumme.entry(hass))
    await pass_time(hass, freezer, hours=25)
    oma_lumme.portal.requests.clear()
    oma_lumme.portal.faults.add(kind, path=path)
    for quarter in range(QUARTERS_A_DAY):
        await pass_time(hass, freezer, **QUARTER)
        if restarts and quarter % 8 == 0:
            await restart(hass, entry)
    assert oma_lumme.portal.requests.logins <= 6
    state = entry.runtime_data.portal.session.politeness.state
    assert len(state.logins) <= 6
    assert len(state.requests) <= 24
    # The HTTP client sends a GET again by itself where a kept connection turns out to be closed.
    assert oma_lumme.calls() <= (24 if kind is not FaultKind.DISCONNECT else 48)


async def test_a_refusal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A refused password is never sent again, restarts or not."""
    entry = await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    await pass_time(hass, freezer, hours=9)
    oma_lumme.portal.requests.clear()
    for _ in range(24):
        await pass_time(hass, freezer, hours=1)
        await restart(hass, entry)
    assert oma_lumme.portal.requests.total == 0


async def test_first_start_during_an_outage(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """Home Assistant's own retries of a set-up are held back as well."""
    oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR)
    await start(hass, oma_lumme.entry(hass))
    for _ in range(QUARTERS_A_DAY):
        await pass_time(hass, freezer, **QUARTER)
    # Each attempt is tried three times.
    assert oma_lumme.portal.requests.total <= 3 * 6
