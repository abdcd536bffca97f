"""What is local goes on when a customer's portal is gone, whatever else is in the same house."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.lumme_energy.const import DOMAIN
from demo.cottage import DemoCottage
from demo.p1_meter import DemoP1Meter
from tests.account.common import Demo, settled, start
from tests.meter.common import heard, meter_entry, set_up as set_up_meter

from .common import modbus_zone, set_up, site_entry
from .conftest import NOW

CONNECTION = "binary_sensor.supplier_demo_portal_connection"
POWER = "sensor.aidon_meter_power"


async def test_meter_and_cottage_go_on(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A portal that is gone stops neither heaters nor meter, and a restart changes nothing."""
    account = await start(hass, oma_lumme.entry(hass))
    house = site_entry(hass, modbus_zone(cottage, "kitchen"))
    await set_up(hass, house)
    assert hass.states.is_state(CONNECTION, STATE_ON)
    await oma_lumme.stop()
    # The event loop's clock goes on as it does: what is due by it is fired ahead.
    clock.tick(timedelta(hours=9))
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=9))
    await settled(hass)
    assert hass.states.is_state(CONNECTION, STATE_OFF)
    for entry in (account, house):
        await hass.config_entries.async_unload(entry.entry_id)
    await start(hass, account)
    await set_up(hass, house)

    meter = DemoP1Meter("FI", pace=0.02, clock=lambda: NOW)
    electricity = meter_entry(hass, *await meter.start())
    await set_up_meter(hass, electricity)
    await heard(hass, electricity)
    power = hass.states.get(POWER)
    assert power is not None
    assert float(power.state) >= 0
    await hass.services.async_call(DOMAIN, "turn_down", blocking=True)
    assert cottage.house.radiators["kitchen"].setpoint == 10
    assert hass.states.is_state(CONNECTION, STATE_OFF)
    await hass.config_entries.async_unload(electricity.entry_id)
    await meter.stop()
