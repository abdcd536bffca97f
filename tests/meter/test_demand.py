"""Quarter-hours, peaks and what they cost, with meters that send them and meters that do not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.meter import base
from demo.modbus_meter import sdm630
from demo.p1_meter import DemoP1Meter

from .common import heard, meter_entry, set_up, state
from .conftest import NOW, Clock as ModbusClock, Meters, ModbusMeters
from .modbus_common import modbus_entry, poll, set_up_modbus
from .test_sensor import Clock, clock, say

__all__ = ["clock"]

DERIVED = ("quarter_hour_power", "quarter_hour_projection", "month_peak", "month_peak_time")


class Wall:
    """The clock on the meter's wall."""

    now = NOW

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now


def registers(meter: DemoP1Meter, *, energy: str, power: str) -> None:
    """Let a Finnish meter's register and power be these."""
    meter.render = type(meter)("FI").render
    render = meter.render

    def changed(now: datetime) -> list[str]:
        told = {"1-0:1.8.0(": f"{energy}*kWh)", "1-0:1.7.0(": f"{power}*kW)"}
        return [
            next((code + value for code, value in told.items() if line.startswith(code)), line)
            for line in render(now)
        ]

    meter.render = changed


async def tell(
    hass: HomeAssistant, entry: MockConfigEntry, clock: Clock, seconds: float = 61
) -> None:
    """Let the meter speak again after a while."""
    clock.seconds += seconds
    await heard(hass, entry, 3)


@pytest.mark.usefixtures("all_enabled")
async def test_a_finnish_meters_quarter_is_worked_out(
    hass: HomeAssistant, run_meter: Meters, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall, ours = Wall(), Wall()
    monkeypatch.setattr(base, "dt_util", SimpleNamespace(utcnow=ours))
    wall.now -= timedelta(seconds=10)
    ours.now = wall.now
    meter, host, port = await run_meter(clock=wall)
    registers(meter, energy="00001000.000", power="0004.000")
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    for key in DERIVED:
        assert state(hass, key) == STATE_UNKNOWN

    wall.now = NOW
    ours.now = wall.now
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "quarter_hour_power")) == 0
    assert Decimal(state(hass, "quarter_hour_projection")) == 4
    wall.now += timedelta(minutes=5)
    ours.now = wall.now
    registers(meter, energy="00001000.300", power="0003.000")
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "quarter_hour_power")) == Decimal("1.2")
    assert Decimal(state(hass, "quarter_hour_projection")) == Decimal("3.2")
    assert state(hass, "month_peak") == STATE_UNKNOWN

    # All of it is known after a restart in the middle of the quarter.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "quarter_hour_power")) == Decimal("1.2")
    wall.now += timedelta(minutes=10)
    ours.now = wall.now
    registers(meter, energy="00001000.800", power="0003.000")
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "month_peak")) == Decimal("3.2")
    assert state(hass, "month_peak_time") == "2026-11-24T09:45:00+00:00"

    # A clock that begins in 1970 after a power cut does not end the month.
    wall.now = datetime(1970, 1, 1, tzinfo=UTC)
    for _ in range(3):
        ours.now += timedelta(minutes=6)
        wall.now += timedelta(minutes=6)
        await tell(hass, entry, clock, 360)
    assert Decimal(state(hass, "month_peak")) == Decimal("3.2")


@pytest.mark.usefixtures("all_enabled")
async def test_a_modbus_meters_quarter_is_worked_out(
    hass: HomeAssistant,
    run_modbus: ModbusMeters,
    modbus_clock: ModbusClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    wall = Wall()
    freezer.move_to(wall.now)
    _, host, port = await run_modbus(lambda _: sdm630(wall.now))
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    assert Decimal(state(hass, "quarter_hour_power")) == 0
    before = Decimal(state(hass, "energy_import"))
    wall.now += timedelta(minutes=7)
    freezer.move_to(wall.now)
    for _ in range(13):
        await poll(hass, modbus_clock, 5)
    drawn = Decimal(state(hass, "energy_import")) - before
    assert drawn > 0
    assert Decimal(state(hass, "quarter_hour_power")) == pytest.approx(
        4 * drawn, abs=Decimal("0.001")
    )


@pytest.mark.parametrize("country", ["FI", "NL"])
async def test_what_we_work_out_sleeps_by_default(
    hass: HomeAssistant, run_meter: Meters, entity_registry: er.EntityRegistry, country: str
) -> None:
    _, host, port = await run_meter(country)
    await set_up(hass, meter_entry(hass, host, port, country))
    for key in DERIVED:
        entity_id = entity_registry.async_get_entity_id("sensor", DOMAIN, f"meter_{key}")
        assert entity_id is not None
        assert entity_registry.entities[entity_id].disabled


async def test_what_a_belgian_meter_sends_is_not_worked_out(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE", clock=lambda: NOW + timedelta(minutes=5))
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    before = state(hass, "quarter_hour_power")
    assert Decimal(before) > 0
    assert Decimal(state(hass, "month_peak")) > 0
    # A telegram without it is no reason to guess.
    say(meter, without="1-0:1.4.0(")
    await tell(hass, entry, clock)
    assert state(hass, "quarter_hour_power") == before


PEAKS = (
    "0-0:98.1.0(2)(1-0:1.6.0)(1-0:1.6.0)"
    "(261001000000S)(260912050000S)(04.500*kW)"
    "(261101000000W)(261012050000S)(01.000*kW)"
)


def peaks(meter: DemoP1Meter, month: str) -> None:
    """Let a Belgian meter know two months, and this peak of the running one."""
    render = meter.render

    def changed(now: datetime) -> list[str]:
        told = {"0-0:98.1.0(": PEAKS, "1-0:1.6.0(": f"1-0:1.6.0(261112050000W)({month}*kW)"}
        return [
            next((new for code, new in told.items() if line.startswith(code)), line)
            for line in render(now)
        ]

    meter.render = changed


async def test_what_the_capacity_tariff_costs(
    hass: HomeAssistant, run_meter: Meters, entity_registry: er.EntityRegistry
) -> None:
    meter, host, port = await run_meter("BE")
    peaks(meter, "02.000")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)

    def found(key: str) -> str | None:
        return entity_registry.async_get_entity_id("sensor", DOMAIN, f"meter_{key}")

    assert found("capacity_cost") is None  # nobody has told the price

    async def price(**answer: float) -> None:
        form = await hass.config_entries.options.async_init(entry.entry_id)
        assert form["type"] is FlowResultType.FORM
        given = {"live_interval": 5, "register_interval": 60, **answer}
        result = await hass.config_entries.options.async_configure(form["flow_id"], given)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        assert entry.options == given | {"sidebar": False}
        await hass.async_block_till_done()
        await heard(hass, entry, 2)

    await price(capacity_price=48)
    # 4.5 kW, and twice the 2.5 kW that are the least: 3.167 kW of the three months it knows.
    assert Decimal(state(hass, "capacity_cost")) == Decimal("152.00")
    assert Decimal(state(hass, "capacity_cost_month")) == 10
    cost = hass.states.get(found("capacity_cost") or "")
    assert cost is not None
    assert cost.attributes["known_months"] == 3
    assert cost.attributes["unit_of_measurement"] == "EUR"
    assert cost.attributes["device_class"] == "monetary"
    power = hass.states.get(found("capacity_power") or "")
    assert power is not None
    assert power.attributes["known_months"] == 3

    await price()
    assert found("capacity_cost") is None
    assert found("capacity_cost_month") is None


async def test_a_price_of_nothing_costs_nothing(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("BE")
    peaks(meter, "02.000")
    entry = meter_entry(hass, host, port, "BE")
    hass.config_entries.async_update_entry(entry, options={"capacity_price": 0})
    await set_up(hass, entry)
    assert Decimal(state(hass, "capacity_cost")) == 0


async def test_a_telegram_without_peaks_takes_nothing_back(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    hass.config_entries.async_update_entry(entry, options={"capacity_price": 48.5})
    await set_up(hass, entry)
    before = state(hass, "capacity_cost")
    say(meter, without="0-0:98.1.0(")
    await tell(hass, entry, clock)
    assert state(hass, "capacity_cost") == before


async def test_a_month_without_a_peak_has_no_share(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter("BE")
    say(meter, ("1-0:1.6.0(", "1-0:1.6.0(632525252525W)(00.000*kW)\n1-0:9.9.9("))
    entry = meter_entry(hass, host, port, "BE")
    hass.config_entries.async_update_entry(entry, options={"capacity_price": 48.5})
    await set_up(hass, entry)
    assert state(hass, "capacity_cost_month") == STATE_UNKNOWN
    assert Decimal(state(hass, "capacity_cost")) > 0


async def test_only_belgian_meters_ask_for_the_price(hass: HomeAssistant) -> None:
    entry = meter_entry(hass, "192.0.2.1", 23, "NL")
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(form["flow_id"], {"capacity_price": 48})


async def test_a_spike_that_the_fuse_cannot_carry_is_not_believed(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, host, port = await run_meter()
    registers(meter, energy="00001000.000", power="0004.000")
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    registers(meter, energy="00001009.000", power="0004.000")
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "energy_import")) == 1000
    registers(meter, energy="00001000.070", power="0004.000")
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "energy_import")) == Decimal("1000.07")
    # A meter behind current transformers measures such a power, and is believed.
    registers(meter, energy="00001006.000", power="0300.000")
    await tell(hass, entry, clock)
    assert Decimal(state(hass, "energy_import")) == 1006
