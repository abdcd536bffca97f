"""Tests of the history of an account, from the demo portals to a real recorder."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.lumme_energy.account.feeds import FEEDS, feed_of
from custom_components.lumme_energy.account.history import historian
from custom_components.lumme_energy.account.history.historian import cost_id, energy_id
from custom_components.lumme_energy.billing.days import HOUR, midnight
from custom_components.lumme_energy.portal.model import ConsumptionSlot, Resolution
from demo.faults import FaultKind
from demo.households import Consumption
from demo.households.belgium import HOME_ELECTRICITY, OVEN_ELECTRICITY, OVEN_GAS
from demo.households.finland import COTTAGE as COTTAGE_GSRN, FLAT as FLAT_GSRN

from ..common import COTTAGE, FLAT, Demo, pass_time, restart, settled, start

SINCE = "history_in_statistics_since"


@pytest.fixture(autouse=True)
def _this_integration(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture(autouse=True)
async def _settle(_this_integration: None, hass: HomeAssistant) -> AsyncIterator[None]:
    """Leave nothing running when the recorder stops."""
    yield
    await settled(hass)


async def rows(hass: HomeAssistant, statistic_id: str) -> dict[datetime, float]:
    """Return by how much a statistic grew in each hour."""
    await async_wait_recording_done(hass)
    found = await hass.async_add_executor_job(
        statistics_during_period,
        hass,
        datetime.fromtimestamp(0, UTC),
        None,
        {statistic_id},
        "hour",
        None,
        {"change"},
    )
    return {
        datetime.fromtimestamp(row["start"], UTC): row["change"] or 0.0
        for row in found.get(statistic_id, [])
    }


def truth(demo: Demo, gsrn: str, first: date, customer: int = 0) -> tuple[ConsumptionSlot, ...]:
    """Return the hours that a household has had from a day on."""
    begin = midnight(first, demo.portal.zone)
    consumption = demo.household.customers[customer].consumption
    return consumption(gsrn, begin, demo.portal.clock(), Resolution.HOUR)


def energy(slots: tuple[ConsumptionSlot, ...]) -> Mapping[datetime, Any]:
    """Return what is to be stored of hours."""
    return {slot.start: pytest.approx(float(slot.energy), abs=1e-5) for slot in slots}


def cost(slots: tuple[ConsumptionSlot, ...]) -> Mapping[datetime, Any]:
    """Return what is to be stored of their cost."""
    return {
        slot.start: pytest.approx(float(slot.cost), abs=1e-5)
        for slot in slots
        if slot.cost is not None
    }


def changed(
    demo: Demo, change: Callable[[ConsumptionSlot], ConsumptionSlot | None], customer: int = 0
) -> None:
    """Let the portal tell something else of the customer's consumption."""

    def other(consumption: Consumption) -> Consumption:
        return lambda *asked: tuple(
            slot for each in consumption(*asked) if (slot := change(each)) is not None
        )

    demo.revise(lambda each: replace(each, consumption=other(each.consumption)), customer)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the rows that are written, answer by answer."""
    counts: list[int] = []
    tell = historian.async_tell

    async def counting(*args: Any) -> int:
        counts.append(await tell(*args))
        return counts[-1]

    monkeypatch.setattr(historian, "async_tell", counting)
    return counts


async def test_newest_days_and_a_month(
    hass: HomeAssistant, oma_lumme: Demo, written: list[int]
) -> None:
    """The first poll brings the newest days of every supply point, and one month before them."""
    await start(hass, oma_lumme.entry(hass))
    for gsrn in (FLAT_GSRN, COTTAGE_GSRN):
        told = truth(oma_lumme, gsrn, date(2026, 10, 1))
        assert await rows(hass, energy_id(gsrn)) == energy(told)
        assert await rows(hass, cost_id(gsrn)) == cost(told)
        # The night in which the clock went back had an hour more.
        assert sum(slot.start.date() == date(2026, 10, 25) for slot in told) == 24
    for name in (FLAT, COTTAGE):
        state = hass.states.get(f"{name}_{SINCE}")
        assert (state.state, state.attributes["complete"]) == ("2026-10-01", False)
    assert {each["name"] for each in await async_list_statistic_ids(hass)} >= {
        "Kuikkarannantie 140: consumption",
        "Kuikkarannantie 140: cost",
    }


async def test_names_in_the_users_language(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A statistic has a name that a person knows; gas is told apart."""
    hass.config.language = "nl"
    await start(hass, my_luminus.entry(hass))
    names = {each["statistic_id"]: each["name"] for each in await async_list_statistic_ids(hass)}
    assert names[energy_id(OVEN_ELECTRICITY)] == "Krakelingstraat 12: verbruik"
    assert names[energy_id(OVEN_GAS)] == "Krakelingstraat 12 aardgas: verbruik"
    assert not any(gsrn in each for each in names for gsrn in (OVEN_ELECTRICITY, OVEN_GAS))


async def test_nothing_new(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    written: list[int],
) -> None:
    """What is told again is not written again; a new day is."""
    entry = await start(hass, oma_lumme.entry(hass))
    written.clear()
    entry.runtime_data.store.history.update(
        {gsrn: replace(reach, empty=6) for gsrn, reach in entry.runtime_data.store.history.items()}
    )
    await pass_time(hass, freezer, hours=12)
    assert written == [0, 0, 0, 0]
    await pass_time(hass, freezer, hours=12)
    assert written == [0, 0, 0, 0, 24, 24, 24, 24]


async def test_correction(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
) -> None:
    """A correction of three weeks ago reaches the statistics, and every total after it."""
    await start(hass, oma_lumme.entry(hass))
    moment = midnight(date(2026, 11, 3), oma_lumme.portal.zone)

    def correct(slot: ConsumptionSlot) -> ConsumptionSlot:
        return replace(slot, energy=slot.energy + 7) if slot.start == moment else slot

    changed(oma_lumme, correct)
    await pass_time(hass, freezer, hours=16)
    told = truth(oma_lumme, FLAT_GSRN, date(2026, 9, 1))
    assert Decimal(7) <= next(slot.energy for slot in told if slot.start == moment)
    assert await rows(hass, energy_id(FLAT_GSRN)) == energy(told)


async def test_placeholders(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """The zeros of days that are not known yet are not frozen in, and hide nothing later."""
    known = midnight(date(2026, 11, 21), oma_lumme.portal.zone)

    def blank(slot: ConsumptionSlot) -> ConsumptionSlot:
        later = slot.start >= known and oma_lumme.portal.clock().day == 24
        return replace(slot, energy=Decimal(0), cost=Decimal(0)) if later else slot

    changed(oma_lumme, blank)
    await start(hass, oma_lumme.entry(hass))
    assert max(await rows(hass, energy_id(FLAT_GSRN))) == known - HOUR
    assert hass.states.get(f"{FLAT}_consumption_known_up_to").state == "2026-11-20"
    await pass_time(hass, freezer, hours=16)
    told = truth(oma_lumme, FLAT_GSRN, date(2026, 9, 1))
    assert max(slot.start for slot in told) > known
    assert await rows(hass, energy_id(FLAT_GSRN)) == energy(told)


async def test_missing_hours(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """What the portal does not know is not there; it is not zero."""
    gap = midnight(date(2026, 11, 10), oma_lumme.portal.zone)
    changed(oma_lumme, lambda slot: None if gap <= slot.start < gap + 5 * HOUR else slot)
    await start(hass, oma_lumme.entry(hass))
    told = truth(oma_lumme, FLAT_GSRN, date(2026, 10, 1))
    assert gap not in {slot.start for slot in told}
    assert await rows(hass, energy_id(FLAT_GSRN)) == energy(told)


async def test_years(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, written: list[int]
) -> None:
    """A month after each poll leads back to the first that the portal knows, and no further."""
    changed(
        my_luminus,
        lambda slot: slot if slot.start >= datetime(2026, 2, 17, tzinfo=UTC) else None,
        customer=1,
    )
    entry = await start(hass, my_luminus.entry(hass, customer=1))
    for _ in range(20):
        assert my_luminus.calls() <= 24
        my_luminus.portal.requests.clear()
        await pass_time(hass, freezer, hours=25)
    (reach,) = entry.runtime_data.store.history.values()
    assert reach.is_complete
    assert reach.known_since == date(2026, 2, 1)
    told = truth(my_luminus, HOME_ELECTRICITY, date(2026, 2, 1), customer=1)
    assert await rows(hass, energy_id(HOME_ELECTRICITY)) == energy(told)
    state = hass.states.get("sensor.wolkenlaan_8_2_history_in_statistics_since")
    assert (state.state, state.attributes["complete"]) == ("2026-02-01", True)
    my_luminus.portal.requests.clear()
    written.clear()
    await restart(hass, entry)
    # All that is left are the newest days.
    assert my_luminus.portal.requests.paths["/myluminus/api/consumptions"] <= 1
    assert sum(written) == 0


async def test_polite(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """Whatever is read of the past, nothing of today has to wait, and a day's requests suffice."""
    entries = [await start(hass, my_luminus.entry(hass, customer=each)) for each in (0, 1)]
    politeness = entries[0].runtime_data.portal.session.politeness
    for _ in range(3 * 24):
        await pass_time(hass, freezer, hours=1)
        assert politeness.requests_left >= 0
        for entry in entries:
            now, fetched = my_luminus.portal.clock(), entry.runtime_data.data.fetched
            assert all(
                now - when < FEEDS[feed_of(key)].interval + timedelta(hours=26)
                for key, when in fetched.items()
            )


async def test_starting_again_and_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """Restarts do not make us read faster."""
    entry = await start(hass, oma_lumme.entry(hass))
    asked = oma_lumme.calls()
    for _ in range(5):
        freezer.tick(timedelta(minutes=5))
        await restart(hass, entry)
    assert oma_lumme.calls() == asked


async def test_unloaded_in_the_middle(
    hass: HomeAssistant, oma_lumme: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has been read is written although the entry is unloaded: it is kept nowhere else."""
    begun, tell = asyncio.Event(), historian.async_tell

    async def slowly(*args: Any) -> int:
        begun.set()
        return await tell(*args)

    monkeypatch.setattr(historian, "async_tell", slowly)
    entry = oma_lumme.entry(hass)
    setting_up = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
    await begun.wait()
    await setting_up
    assert await hass.config_entries.async_unload(entry.entry_id)
    for gsrn in (FLAT_GSRN, COTTAGE_GSRN):
        told = truth(oma_lumme, gsrn, date(2026, 11, 1))
        newest = max(energy(told))
        assert newest in await rows(hass, energy_id(gsrn))
        assert newest in await rows(hass, cost_id(gsrn))


@pytest.mark.parametrize(
    ("fault", "read", "empty"),
    [(FaultKind.SERVER_ERROR, date(2026, 10, 1), 0), (FaultKind.MISSING, date(2026, 9, 1), 1)],
)
async def test_portal_in_trouble(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    monkeypatch: pytest.MonkeyPatch,
    fault: FaultKind,
    read: date,
    empty: int,
) -> None:
    """A month that cannot be read now is read later; one that is not offered holds nothing."""
    entry = await start(hass, my_luminus.entry(hass, customer=1))
    portal = entry.runtime_data.portal
    healthy = portal.async_consumption

    async def in_trouble(account: Any, point: Any, first: date, *rest: Any) -> Any:
        if first < date(2026, 10, 1):
            my_luminus.portal.faults.add(fault, path="/myluminus/api/consumptions")
        return await healthy(account, point, first, *rest)

    monkeypatch.setattr(portal, "async_consumption", in_trouble)
    before = await rows(hass, energy_id(HOME_ELECTRICITY))
    await pass_time(hass, freezer, hours=9)
    (reach,) = entry.runtime_data.store.history.values()
    assert (reach.first, reach.empty, reach.known_since) == (read, empty, date(2026, 10, 1))
    assert await rows(hass, energy_id(HOME_ELECTRICITY)) == before


async def test_deleted_by_hand(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo, recorder_mock: Recorder
) -> None:
    """Who deletes the statistics gets them anew, from the newest days back."""
    entry = await start(hass, oma_lumme.entry(hass))
    await pass_time(hass, freezer, hours=9)
    reaches = entry.runtime_data.store.history
    assert reaches[FLAT_GSRN].first == date(2026, 9, 1)
    recorder_mock.async_clear_statistics([energy_id(FLAT_GSRN)])
    await async_wait_recording_done(hass)
    await pass_time(hass, freezer, hours=9)
    assert reaches[FLAT_GSRN].first > reaches[COTTAGE_GSRN].first
    assert await rows(hass, energy_id(FLAT_GSRN)) == energy(
        truth(oma_lumme, FLAT_GSRN, reaches[FLAT_GSRN].first)
    )


async def test_removed(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """What has been used stays known when the account is removed."""
    entry = await start(hass, oma_lumme.entry(hass))
    before = await rows(hass, energy_id(FLAT_GSRN))
    await hass.config_entries.async_remove(entry.entry_id)
    await settled(hass)
    assert before
    assert await rows(hass, energy_id(FLAT_GSRN)) == before


async def test_energy_dashboard(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    oma_lumme: Demo,
    my_luminus: Demo,
) -> None:
    """The energy dashboard takes consumption and cost as they are."""
    assert await async_setup_component(hass, "energy", {})
    await start(hass, oma_lumme.entry(hass))
    await start(hass, my_luminus.entry(hass))
    await async_wait_recording_done(hass)
    sources = [
        {
            "type": "grid",
            "stat_energy_from": energy_id(gsrn),
            "stat_energy_to": None,
            "stat_cost": cost,
            "cost_adjustment_day": 0.0,
        }
        for gsrn, cost in (
            (FLAT_GSRN, cost_id(FLAT_GSRN)),
            (COTTAGE_GSRN, cost_id(COTTAGE_GSRN)),
            (OVEN_ELECTRICITY, None),
        )
    ]
    sources.append({"type": "gas", "stat_energy_from": energy_id(OVEN_GAS), "stat_cost": None})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "energy/save_prefs", "energy_sources": sources})
    answer = await client.receive_json()
    assert answer["success"], answer
    await client.send_json_auto_id({"type": "energy/validate"})
    answer = await client.receive_json()
    assert answer["result"] == {
        "energy_sources": [[]] * 4,
        "device_consumption": [],
        "device_consumption_water": [],
    }
