"""A meter that is replaced: totals go on, the user is told, and it is remembered over restarts."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import CONF_ENCRYPTION_KEY, DOMAIN
from demo.p1_meter import DemoP1Meter

from .common import coordinator_of, heard, meter_entry, pass_time, set_up, state, until
from .conftest import Meters
from .test_sensor import Clock, clock, say

__all__ = ["clock"]

OLD = "DEMO-BE-0001"
NEW = "DEMO-BE-0009"
FIX = "/api/repairs/issues/fix"


def replace(meter: DemoP1Meter, **registers: str) -> None:
    """Put a new meter in the place of the old one; registers are by their last two digits."""
    original = meter.render
    values = {"1_1": "000012.500", "1_2": "000007.250", "2_1": "000000.000", "2_2": "000000.000"}
    values |= registers

    def render(now: datetime) -> list[str]:
        lines = [
            line.replace(OLD.encode().hex().upper(), NEW.encode().hex()) for line in original(now)
        ]
        for key, value in values.items():
            code = f"1-0:{key[0]}.8.{key[2]}("
            lines = [f"{code}{value}*kWh)" if line.startswith(code) else line for line in lines]
        return lines

    meter.render = render


def energy(hass: HomeAssistant) -> tuple[Decimal, Decimal]:
    """Return the totals of both tariffs."""
    return Decimal(state(hass, "energy_import_1")), Decimal(state(hass, "energy_import_2"))


def is_told(issue_registry: ir.IssueRegistry, key: str = "meter_replaced") -> bool:
    """Return whether there is such a repair of the entry."""
    return issue_registry.async_get_issue(DOMAIN, f"{key}_meter") is not None


@pytest.fixture
def belgian(hass: HomeAssistant) -> Iterator[Any]:
    """Return what adds a Belgian meter's entry."""

    def add(host: str, port: int) -> MockConfigEntry:
        entry = meter_entry(hass, host, port, "BE")
        hass.config_entries.async_update_entry(entry, unique_id=OLD)
        return entry

    return add


async def posted(client: TestClient, url: str, **data: str) -> dict[str, Any]:
    """Do what the frontend does with a repair."""
    answer = await client.post(url, json=data)
    result: dict[str, Any] = await answer.json()
    return result


async def test_totals_go_on_and_the_user_confirms(
    hass: HomeAssistant,
    run_meter: Meters,
    belgian: Any,
    issue_registry: ir.IssueRegistry,
    device_registry: dr.DeviceRegistry,
    hass_client: ClientSessionGenerator,
    hass_storage: dict[str, Any],
    clock: Clock,
) -> None:
    meter, host, port = await run_meter("BE")
    entry = belgian(host, port)
    await set_up(hass, entry)
    before = energy(hass)
    assert before[0] > 5000

    replace(meter)
    clock.seconds += 61
    await heard(hass, entry, 4)
    assert energy(hass) == before  # what it shows first is where it begins
    assert is_told(issue_registry)
    clock.seconds += 61
    replace(meter, **{"1_1": "000013.000"})
    await heard(hass, entry, 2)
    assert energy(hass) == (before[0] + Decimal("0.5"), before[1])
    device = device_registry.async_get_device_by_identifier((DOMAIN, "meter"), "meter")
    assert device is not None
    assert device.serial_number == NEW

    # All of it is known after a restart.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert energy(hass) == (before[0] + Decimal("0.5"), before[1])
    assert is_told(issue_registry)

    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    form = await posted(client, FIX, handler=DOMAIN, issue_id="meter_replaced_meter")
    assert form["description_placeholders"] == {"title": entry.title}
    done = await posted(client, f"{FIX}/{form['flow_id']}")
    assert done["type"] == FlowResultType.CREATE_ENTRY
    assert not is_told(issue_registry)
    assert entry.unique_id == NEW
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert not is_told(issue_registry)
    assert hass_storage["lumme_energy.meter.meter"]["data"]["confirmed"] == 2
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert "lumme_energy.meter.meter" not in hass_storage


async def test_replaced_while_home_assistant_was_off(
    hass: HomeAssistant, run_meter: Meters, belgian: Any, issue_registry: ir.IssueRegistry
) -> None:
    meter, host, port = await run_meter("BE")
    entry = belgian(host, port)
    await set_up(hass, entry)
    before = energy(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    replace(meter)
    await set_up(hass, entry)
    await heard(hass, entry, 2)
    assert energy(hass) == before
    assert is_told(issue_registry)


async def test_repair_goes_away_when_the_old_meter_is_back(
    hass: HomeAssistant,
    run_meter: Meters,
    belgian: Any,
    issue_registry: ir.IssueRegistry,
    clock: Clock,
) -> None:
    meter, host, port = await run_meter("BE")
    entry = belgian(host, port)
    await set_up(hass, entry)
    before = energy(hass)
    old = meter.render
    replace(meter)
    await heard(hass, entry, 4)
    assert is_told(issue_registry)
    meter.render = old
    clock.seconds += 61
    await heard(hass, entry, 4)
    assert not is_told(issue_registry)
    assert energy(hass) == before
    assert entry.unique_id == OLD


async def test_a_serial_number_that_is_heard_once_is_noise(
    hass: HomeAssistant, run_meter: Meters, belgian: Any, issue_registry: ir.IssueRegistry
) -> None:
    meter, host, port = await run_meter("BE")
    entry = belgian(host, port)
    await set_up(hass, entry)
    old = meter.render
    told: list[int] = []

    def once(now: datetime) -> list[str]:
        told.append(1)
        meter.render = old
        return [line.replace(OLD.encode().hex().upper(), NEW.encode().hex()) for line in old(now)]

    for _ in range(2):
        meter.render = once
        await heard(hass, entry, 3)
    assert len(told) == 2
    assert not is_told(issue_registry)
    assert len(coordinator_of(entry).memory.totals.segments) == 1


async def test_meter_without_a_serial_number_tells_by_its_registers(
    hass: HomeAssistant,
    run_meter: Meters,
    issue_registry: ir.IssueRegistry,
    clock: Clock,
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    before = Decimal(state(hass, "energy_import"))
    say(meter, (f"1-0:1.8.0({before:012.3f}", "1-0:1.8.0(00000003.000"))
    for _ in range(12):
        clock.seconds += 61
        await heard(hass, entry, 2)
        assert Decimal(state(hass, "energy_import")) == before
    assert is_told(issue_registry)
    say(meter, ("1-0:1.8.0(00000003.000", "1-0:1.8.0(00000003.500"))
    clock.seconds += 61
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "energy_import")) == before + Decimal("0.5")
    coordinator_of(entry).async_confirm_meter()
    assert not is_told(issue_registry)
    assert entry.unique_id == f"{host}:{port}"


async def test_register_that_has_no_more_digits_goes_on(
    hass: HomeAssistant,
    run_meter: Meters,
    issue_registry: ir.IssueRegistry,
    clock: Clock,
) -> None:
    meter, host, port = await run_meter()
    render = meter.render
    say(meter, ("1-0:1.8.0(", "1-0:1.8.0(99999.900*kWh)\n1-0:9.9.9("))
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    meter.render = render
    say(meter, ("1-0:1.8.0(", "1-0:1.8.0(00000.200*kWh)\n1-0:9.9.9("))
    clock.seconds += 61
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "energy_import")) == Decimal("100000.2")
    assert not is_told(issue_registry)
    # The offset is known after a restart, too.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "energy_import")) == Decimal("100000.2")


async def test_belgian_permission_that_lapses_is_told_until_it_is_back(
    hass: HomeAssistant,
    run_meter: Meters,
    belgian: Any,
    issue_registry: ir.IssueRegistry,
    clock: Clock,
) -> None:
    meter, host, port = await run_meter("BE")
    entry = belgian(host, port)
    await set_up(hass, entry)
    whole = meter.render
    say(meter, without="1-0:1.6.0(")
    await heard(hass, entry, 3)  # what was on its way arrives
    clock.seconds += 300
    await heard(hass, entry, 2)
    assert not is_told(issue_registry, "permission_lapsed")
    clock.seconds += 400
    await heard(hass, entry, 2)
    issue = issue_registry.async_get_issue(DOMAIN, "permission_lapsed_meter")
    assert issue is not None
    assert issue.translation_placeholders is not None
    for operator in ("Fluvius", "ORES", "RESA", "Sibelga"):
        assert f"[{operator}](https://" in issue.translation_placeholders["operators"]
    # It is still known what is missing after a restart, ten minutes after it.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    clock.seconds += 700
    await heard(hass, entry, 2)
    assert is_told(issue_registry, "permission_lapsed")
    meter.render = whole
    clock.seconds += 31
    await heard(hass, entry, 3)
    assert not is_told(issue_registry, "permission_lapsed")


async def test_silence_for_want_of_the_right_key_is_told(
    hass: HomeAssistant, run_meter: Meters, issue_registry: ir.IssueRegistry
) -> None:
    _, host, port = await run_meter("LU")
    entry = meter_entry(hass, host, port, "LU")
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_ENCRYPTION_KEY: "00" * 16}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    reader = coordinator_of(entry).reader
    await until(lambda: reader.counters.wrong_key > 2)
    assert not is_told(issue_registry, "wrong_key")
    await pass_time(hass, 36)
    assert is_told(issue_registry, "wrong_key")
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not is_told(issue_registry, "wrong_key")
