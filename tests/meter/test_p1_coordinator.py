"""The truth about a meter that is there, falls silent, lies half-open or comes back."""

import asyncio
from datetime import timedelta
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import async_update_entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .common import coordinator_of, heard, meter_entry, pass_time, set_up, state, until
from .conftest import Meters


async def test_unreachable_host_is_tried_again(
    hass: HomeAssistant, run_meter: Meters, unused_tcp_port: int
) -> None:
    entry = meter_entry(hass, "127.0.0.1", unused_tcp_port)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    retried: ConfigEntryState = entry.state
    assert retried is ConfigEntryState.SETUP_RETRY
    assert entry.reason == f"The meter cannot be reached at 127.0.0.1:{unused_tcp_port}"
    await run_meter(port=unused_tcp_port)
    await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry)
    assert entry.state is ConfigEntryState.LOADED


async def test_reachable_but_silent_host_sets_up_without_entities(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    meter.faults.silence = True
    entry = meter_entry(hass, host, port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.async_all() == []
    await pass_time(hass, 36)
    assert not coordinator_of(entry).last_update_success
    meter.faults.silence = False
    await heard(hass, entry)
    assert state(hass, "power_import") != STATE_UNAVAILABLE


async def test_silence_is_told_within_the_limit_and_once(
    hass: HomeAssistant,
    run_meter: Meters,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    meter.faults.silence = True
    await asyncio.sleep(0.05)  # what is on its way arrives
    await pass_time(hass, 33)
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await pass_time(hass, 36)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    assert caplog.text.count("The meter has been silent for 35 seconds") == 1
    # Asked by hand, it does not claim to be there.
    await async_update_entity(hass, "sensor.aidon_meter_power")
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    await pass_time(hass, 100)
    assert caplog.text.count("The meter has been silent") == 1

    caplog.set_level(logging.INFO)
    meter.faults.silence = False
    await heard(hass, entry)
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await heard(hass, entry, 3)
    assert caplog.text.count("is heard again") == 1
    await async_update_entity(hass, "sensor.aidon_meter_power")
    assert state(hass, "power_import") != STATE_UNAVAILABLE


@pytest.mark.parametrize(("country", "limit"), [("FI", 35), ("NL", 15), ("BE", 15)])
async def test_half_open_connection_is_found_within_the_limit(
    hass: HomeAssistant,
    run_meter: Meters,
    country: str,
    limit: float,
) -> None:
    meter, host, port = await run_meter(country)
    entry = meter_entry(hass, host, port, country)
    await set_up(hass, entry)
    meter.half_open()
    await asyncio.sleep(0.05)
    assert meter.connections == 1
    await pass_time(hass, limit + 1)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    await until(lambda: meter.connections == 2)
    await heard(hass, entry)
    assert state(hass, "power_import") != STATE_UNAVAILABLE


async def test_reconnects_within_seconds_after_the_server_restarts(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    await meter.stop()
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    began = hass.loop.time()
    await meter.start(port)
    await heard(hass, entry)
    assert hass.loop.time() - began < 3


async def test_waits_longer_each_time_but_never_more_than_half_a_minute(
    hass: HomeAssistant,
    run_meter: Meters,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    pauses: list[float] = []
    real_sleep = asyncio.sleep

    async def sleep(delay: float) -> None:
        pauses.append(delay)
        await real_sleep(0)

    coordinator: Any = "custom_components.lumme_energy.meter.p1_coordinator"
    monkeypatch.setattr(f"{coordinator}.asyncio.sleep", sleep)
    await meter.stop()
    async with asyncio.timeout(10):
        while len(pauses) < 12:
            await real_sleep(0)
    assert pauses[0] <= 1
    assert max(pauses) <= 30
    assert min(pauses[6:]) >= 15
    assert len(set(pauses[6:])) > 1


@pytest.mark.parametrize("fault", ["garbage", "bad_crc"])
async def test_noise_is_counted_and_survived(
    hass: HomeAssistant, run_meter: Meters, fault: str
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    reader = coordinator_of(entry).reader
    if fault == "garbage":
        meter.faults.garbage = b"\xff/\x00\n!\x80\r\n" + bytes(range(256)) * 40
        await until(lambda: reader.counters.framing + reader.counters.overflow > 3)
        meter.faults.garbage = b""
    else:
        meter.faults.bad_crc = True
        await until(lambda: reader.counters.crc_bad > 3)
        meter.faults.bad_crc = False
    await heard(hass, entry, 2)
    assert meter.connections == 1
    assert state(hass, "power_import") != STATE_UNAVAILABLE


async def test_connection_that_breaks_is_made_anew(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    for _ in range(2):
        meter.disconnect()
        await until(lambda: not meter._clients)
        await heard(hass, entry)
    assert meter.connections == 3


async def test_a_faulty_listener_does_not_stop_the_meter_for_ever(
    hass: HomeAssistant, run_meter: Meters, caplog: pytest.LogCaptureFixture
) -> None:
    _, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)

    def fail() -> None:
        remove()
        raise ValueError("faulty")

    remove = coordinator_of(entry).async_add_listener(fail)
    await heard(hass, entry, 3)
    assert "faulty" in caplog.text


async def test_unload_leaves_nothing(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert not entry._background_tasks
    await until(lambda: not meter._clients)
    assert await hass.config_entries.async_remove(entry.entry_id)


async def test_silence_counts_from_the_last_word(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("BE")
    await set_up(hass, meter_entry(hass, host, port, "BE"))
    meter.faults.silence = True
    # The clock that was set with the first word ends, but the last one was not long ago.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=16))
    await hass.async_block_till_done()
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await pass_time(hass, 14)
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await pass_time(hass, 16)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
