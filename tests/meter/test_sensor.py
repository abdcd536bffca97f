"""What a meter's sensors show, and how often they say it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
import random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from homeassistant.components.sensor import (
    DOMAIN as SENSOR,
    SCAN_INTERVAL,
    SensorDeviceClass,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from syrupy.assertion import SnapshotAssertion

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.meter import base
from custom_components.lumme_energy.meter.descriptions import COUNTERS
from custom_components.lumme_energy.meter.steps import STEPS
from custom_components.lumme_energy.metering.telegram import Quantity
from demo.p1_meter import DemoP1Meter, telegram

from .common import coordinator_of, heard, meter_entry, pass_time, set_up, state, until
from .conftest import NOW, Meters


@dataclass
class Clock:
    """The clock by which telegrams are received."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Hold the clock of the sensors' pace."""
    clock = Clock()
    with patch("custom_components.lumme_energy.meter.base.monotonic", clock):
        yield clock


def say(meter: DemoP1Meter, *changes: tuple[str, str], without: str = "\0") -> None:
    """Let the meter say what it said at one moment, with changes."""
    render = meter.render

    def changed(_: Any) -> list[str]:
        lines = "\n".join(line for line in render(NOW) if without not in line)
        for old, new in changes:
            assert old in lines
            lines = lines.replace(old, new)
        return lines.split("\n")

    meter.render = changed


ALWAYS_OTHER = {f"meter_{counter.key}" for counter in COUNTERS} | {"meter_clock_offset"}


@pytest.mark.parametrize("country", ["FI", "NL", "BE"])
@pytest.mark.usefixtures("all_enabled")
async def test_everything_that_a_meter_sends(
    hass: HomeAssistant,
    run_meter: Meters,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    country: str,
) -> None:
    # Our clock agrees with the meter's: one that is far off is not believed.
    monkeypatch.setattr(base, "dt_util", SimpleNamespace(utcnow=lambda: NOW))
    _, host, port = await run_meter(country)
    entry = meter_entry(hass, host, port, country)
    await set_up(hass, entry)
    shown = {}
    for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        found = hass.states.get(entity.entity_id)
        assert found is not None
        attributes = {
            name: str(value) for name, value in found.attributes.items() if name != "options"
        }
        counted = entity.unique_id in ALWAYS_OTHER
        shown[entity.unique_id] = {
            "entity_id": entity.entity_id,
            "translation_key": str(entity.translation_key),
            "category": str(entity.entity_category),
            "precision": entity.options[SENSOR].get("suggested_display_precision")
            if SENSOR in entity.options
            else None,
            "state": "counted" if counted else found.state,
            **attributes,
        }
    assert shown == snapshot


@pytest.mark.parametrize(
    ("country", "more"),
    [
        ("FI", {"energy_import", "energy_export"}),
        (
            "BE",
            {
                *(f"energy_{way}_{tariff}" for way in ("import", "export") for tariff in (1, 2)),
                "tariff",
                "quarter_hour_power",
                "quarter_hour_projection",
                "month_peak",
                "month_peak_time",
                "capacity_power",
                "gas_1_reading",
            },
        ),
    ],
)
async def test_only_what_a_household_looks_at_is_enabled_by_default(
    hass: HomeAssistant,
    run_meter: Meters,
    entity_registry: er.EntityRegistry,
    country: str,
    more: set[str],
) -> None:
    _, host, port = await run_meter(country)
    entry = meter_entry(hass, host, port, country)
    await set_up(hass, entry)
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    enabled = {
        entity.unique_id.removeprefix("meter_") for entity in entities if not entity.disabled
    }
    assert enabled == {"power_import", "power_export"} | more


@pytest.mark.usefixtures("all_enabled")
async def test_values_are_exact(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    await set_up(hass, meter_entry(hass, host, port))
    truth = {
        line.partition("(")[0]: line.partition("(")[2].partition("*")[0]
        for line in meter.render(NOW)[3:]
    }
    assert Decimal(state(hass, "power_import")) == Decimal(truth["1-0:1.7.0"])
    assert Decimal(state(hass, "energy_import")) == Decimal(truth["1-0:1.8.0"])
    assert Decimal(state(hass, "current_l2")) == Decimal(truth["1-0:51.7.0"])


@pytest.mark.parametrize(("country", "day"), [("NL", "energy_import_2"), ("BE", "energy_import_1")])
async def test_tariffs_are_named_by_the_country(
    hass: HomeAssistant, run_meter: Meters, country: str, day: str
) -> None:
    _, host, port = await run_meter(country)
    entry = meter_entry(hass, host, port, country)
    await set_up(hass, entry)
    found = hass.states.get("sensor.aidon_meter_energy_import_tariff_day")
    assert found is not None
    assert found.state == state(hass, day)
    assert state(hass, "tariff") == "day"  # 10:30 in Brussels


async def test_tariffs_without_names_keep_their_numbers(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter("NL")
    say(meter, ("0-0:96.14.0(0002)", "0-0:96.14.0(0007)"))
    await set_up(hass, meter_entry(hass, host, port, "SE"))
    found = hass.states.get("sensor.aidon_meter_energy_import_tariff_1")
    assert found is not None
    assert hass.states.get("sensor.aidon_meter_tariff") is None


async def test_a_tariff_of_no_name_is_unknown(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("NL")
    say(meter, ("0-0:96.14.0(0002)", "0-0:96.14.0(0007)"))
    await set_up(hass, meter_entry(hass, host, port, "NL"))
    assert state(hass, "tariff") == STATE_UNKNOWN


async def test_sub_meters_are_devices_wherever_they_report(
    hass: HomeAssistant, run_meter: Meters, device_registry: dr.DeviceRegistry, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    owner = "meter_gas_1"
    before = state(hass, "reading", owner)
    gas = device_registry.async_get_device_by_identifier((DOMAIN, owner), entry.entry_id)
    main = device_registry.async_get_device_by_identifier((DOMAIN, "meter"), entry.entry_id)
    assert gas is not None
    assert main is not None
    assert gas.name == "Gas meter"
    assert gas.via_device_id == main.id
    # Channel 2 is empty: no meter, and certainly no zero.
    assert len(dr.async_entries_for_config_entry(device_registry, entry.entry_id)) == 2

    # The gas meter moves to channel 3 and counts on.
    after = f"{Decimal(before) + 1:09.3f}"
    say(meter, ("0-1:", "0-3:"), (f"{Decimal(before):09.3f}", after))
    clock.seconds += 61
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "reading", owner)) == Decimal(after)
    # Without a telegram of it, it is forgotten in the end.
    say(meter, without="0-3:")
    await heard(hass, entry, 2)
    clock.seconds += 215  # a minute until it is due, and then as long as one waits
    await heard(hass, entry, 2)
    assert state(hass, "reading", owner) == STATE_UNKNOWN


@pytest.mark.usefixtures("all_enabled")
async def test_new_objects_appear_without_a_reload(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("BE")
    render = meter.render
    say(meter, without="1-0:32.7.0")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    assert hass.states.get("sensor.aidon_meter_voltage_phase_1") is None
    meter.render = render
    await heard(hass, entry, 2)
    assert hass.states.get("sensor.aidon_meter_voltage_phase_1") is not None


class Power:
    """A Finnish meter's power, and all that follows from it, at a moment of the test's choice."""

    def __init__(self, meter: DemoP1Meter) -> None:
        """Take the meter over."""
        self.render = meter.render
        self.watts = 1000
        meter.render = self._say

    def _say(self, now: datetime) -> list[str]:
        power = f"1-0:1.7.0({self.watts / 1000:08.3f}*kW)"
        return [power if "1-0:1.7.0(" in line else line for line in self.render(now)]


def rows(changes: list[Event[EventStateChangedData]], entity_id: str) -> list[str]:
    """Return the states of an entity, each of which becomes a row."""
    return [
        event.data["new_state"].state
        for event in changes
        if event.data["entity_id"] == entity_id and event.data["new_state"]
    ]


POWER = "sensor.aidon_meter_power"


async def test_a_step_is_shown_at_once_and_a_drift_in_its_time(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    power = Power(meter)
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    changes = async_capture_events(hass, "state_changed")
    # 5 % of 1 kW is the step; from what is shown, not from what was sent last.
    for watts in (1049, 951, 1050, 1100, 1103, 1000):
        power.watts = watts
        await heard(hass, entry, 2)
    assert rows(changes, POWER) == ["1.050", "1.103", "1.000"]
    power.watts = 1049
    await heard(hass, entry, 2)
    assert state(hass, "power_import") == "1.000"
    clock.seconds += 61
    await heard(hass, entry, 2)
    assert state(hass, "power_import") == "1.049"
    # Small powers have a step that does not shrink with them.
    for watts in (12, 3, 2, 0):
        power.watts = watts
        await heard(hass, entry, 2)
    assert rows(changes, POWER)[4:] == ["0.012", "0.002"]


async def test_what_is_shown_is_never_a_step_from_the_truth(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE", pace=0.005)
    chance = random.Random(1)  # noqa: S311
    power = Power(meter)
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    coordinator = coordinator_of(entry)
    far: list[tuple[Decimal, str]] = []

    @callback
    def compare() -> None:
        sent = coordinator.data.values[Quantity.POWER_IMPORT]
        shown = state(hass, "power_import")
        if STEPS[SensorDeviceClass.POWER].separates(Decimal(shown), sent):
            far.append((sent, shown))
        power.watts = max(0, round(power.watts * chance.uniform(0.9, 1.1) + chance.uniform(-9, 9)))
        clock.seconds += 1

    entry.async_on_unload(coordinator.async_add_listener(compare))
    await heard(hass, entry, 200)
    assert not far


async def test_the_pace_of_powers_holds_steps_back(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    power = Power(meter)
    entry = meter_entry(hass, host, port)
    hass.config_entries.async_update_entry(
        entry, options={"live_interval": 5, "register_interval": 60}
    )
    await set_up(hass, entry)
    changes = async_capture_events(hass, "state_changed")
    # The second of two is a little early each time, and counts all the same.
    for number in range(25):
        clock.seconds += 2.4
        power.watts = 2000 + 1000 * number
        await heard(hass, entry, 2)
    assert 11 <= len(rows(changes, POWER)) <= 13


async def test_after_a_silence_the_truth_is_shown_whatever_the_step(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    power = Power(meter)
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    assert state(hass, "power_import") == "1.000"
    meter.faults.silence = True
    await asyncio.sleep(0.05)  # what is on its way arrives
    await pass_time(hass, 36)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    power.watts = 1001
    meter.faults.silence = False
    await heard(hass, entry)
    assert state(hass, "power_import") == "1.001"


async def test_registers_are_said_every_minute(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    now = NOW

    def later() -> Any:
        nonlocal now
        now += timedelta(seconds=1)
        return now

    _, host, port = await run_meter(clock=later)
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    changes = async_capture_events(hass, "state_changed")
    for _ in range(24):
        clock.seconds += 2.5
        await heard(hass, entry)
    await heard(hass, entry)
    assert len(rows(changes, "sensor.aidon_meter_energy_import")) == 1
    assert rows(changes, "sensor.aidon_meter_energy_export") == []  # it did not change


async def test_telegrams_that_arrive_together_are_all_shown(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    power = Power(meter)
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    changes = async_capture_events(hass, "state_changed")
    meter.faults.silence = True
    await asyncio.sleep(0.05)  # what is on its way arrives
    together = b""
    for power.watts in (2000, 5000, 3000):
        together += telegram(meter.render(NOW))
    for client in meter._clients:
        client.write(together)
    await until(lambda: state(hass, "power_import") == "3.000")
    assert rows(changes, POWER) == ["2.000", "5.000", "3.000"]


async def test_what_is_asked_for_seldom_is_not_forgotten_in_between(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    render = meter.render
    entry = meter_entry(hass, host, port)
    hass.config_entries.async_update_entry(
        entry, options={"live_interval": 0, "register_interval": 600}
    )
    await set_up(hass, entry)
    before = state(hass, "energy_import")
    say(meter, without="1-0:1.8.0(")
    await heard(hass, entry, 2)
    clock.seconds += 601
    await heard(hass, entry, 2)
    assert state(hass, "energy_import") == before
    meter.render = render
    await heard(hass, entry, 2)
    assert state(hass, "energy_import") == before


async def test_a_register_that_falls_is_not_believed_until_it_lasts(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    before = state(hass, "energy_import")
    say(meter, (f"1-0:1.8.0({Decimal(before):012.3f}", "1-0:1.8.0(00000000.000"))
    for _ in range(9):
        clock.seconds += 61
        await heard(hass, entry, 2)
        assert state(hass, "energy_import") == before
    clock.seconds += 122
    await heard(hass, entry, 2)
    # Then it is taken for another meter's, and the total goes on without a leap.
    assert state(hass, "energy_import") == before
    assert len(coordinator_of(entry).memory.totals.segments) == 2


async def test_a_zero_after_a_restart_is_not_believed_either(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    before = state(hass, "energy_import")
    assert await hass.config_entries.async_unload(entry.entry_id)
    say(meter, ("1-0:1.8.0(", "1-0:1.8.0(00000000.000*kWh)\n1-0:9.9.9("))
    await set_up(hass, entry)
    assert state(hass, "energy_import") == before


async def test_an_object_that_stays_away_is_forgotten(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    before = state(hass, "month_peak")
    say(meter, without="1-0:1.6.0(")
    await heard(hass, entry, 2)
    clock.seconds += 100
    await heard(hass, entry, 2)
    assert state(hass, "month_peak") == before
    clock.seconds += 100
    await heard(hass, entry, 2)
    assert state(hass, "month_peak") == STATE_UNKNOWN
    assert state(hass, "power_import") not in {STATE_UNKNOWN, STATE_UNAVAILABLE}


@pytest.mark.usefixtures("all_enabled")
async def test_counters_count_on_when_every_telegram_is_bad(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    meter.faults.bad_crc = True
    reader = coordinator_of(entry).reader
    while reader.counters.crc_bad < 3:
        await hass.async_block_till_done()
    assert state(hass, "checksum_errors") == "0"
    await pass_time(hass, SCAN_INTERVAL.total_seconds() + 1)
    assert int(state(hass, "checksum_errors")) >= 3
    assert int(state(hass, "telegrams")) >= 1
    assert hass.states.async_entity_ids(SENSOR)


@pytest.mark.usefixtures("all_enabled")
async def test_what_a_belgian_meter_knows_of_peaks(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("BE")
    peaks = (
        "0-0:98.1.0(3)(1-0:1.6.0)(1-0:1.6.0)"
        "(260901000000S)(260823093000S)(01.000*kW)"
        "(261001000000S)(260912050000S)(04.500*kW)"
        "(261101000000W)(261012050000S)(05.000*kW)"
    )
    render = meter.render

    def changed(now: Any) -> list[str]:
        lines = [line for line in render(now) if "0-0:98.1.0" not in line]
        known = {
            "1-0:1.6.0(": "1-0:1.6.0(261112050000W)(06.000*kW)",
            "1-0:1.4.0(": "1-0:1.4.0(01.000*kW)",
            "1-0:1.7.0(": "1-0:1.7.0(03.000*kW)",
            "0-0:1.0.0(": "0-0:1.0.0(261124104000W)",
        }
        return [
            next((new for old, new in known.items() if line.startswith(old)), line)
            for line in (*lines, peaks)
        ]

    meter.render = changed
    await set_up(hass, meter_entry(hass, host, port, "BE"))
    # August counts for 2.5 kW, which is the least that is billed.
    assert Decimal(state(hass, "capacity_power")) == Decimal("4.5")
    assert Decimal(state(hass, "month_peak_1")) == 5
    assert Decimal(state(hass, "month_peak_3")) == 1
    assert state(hass, "month_peak_4") == STATE_UNKNOWN
    # A third of the quarter is left at ten past: 1 kW so far and a third of 3 kW.
    assert Decimal(state(hass, "quarter_hour_projection")) == 2
    assert state(hass, "breaker") == "connected"
    assert state(hass, "power_limit") == STATE_UNKNOWN  # 999.9: there is none
    assert state(hass, "valve", "meter_gas_1") == "connected"


@pytest.mark.usefixtures("all_enabled")
async def test_what_a_dutch_meter_knows_of_quality(hass: HomeAssistant, run_meter: Meters) -> None:
    _, host, port = await run_meter("NL", clock=lambda: dt_util.utcnow() + timedelta(seconds=90))
    await set_up(hass, meter_entry(hass, host, port, "NL"))
    assert state(hass, "power_failures") == "4"
    assert state(hass, "voltage_sags_l1") == "3"
    assert state(hass, "last_outage_end") == "2025-11-08T14:24:15+00:00"
    assert state(hass, "last_outage_duration") == "240"
    assert 88 <= int(state(hass, "clock_offset")) <= 91


async def test_third_tariff_has_a_number_only(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("NL")
    say(meter, ("1-0:2.8.2(", "1-0:1.8.3(000001.500*kWh)\n1-0:2.8.2("))
    await set_up(hass, meter_entry(hass, host, port, "NL"))
    found = hass.states.get("sensor.aidon_meter_energy_import_tariff_3")
    assert found is not None
    assert found.state == "1.500"


async def test_a_projection_without_a_power_is_unknown(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter("BE")
    say(meter, without="1-0:1.7.0(")
    await set_up(hass, meter_entry(hass, host, port, "BE"))
    assert state(hass, "quarter_hour_projection") == STATE_UNKNOWN
