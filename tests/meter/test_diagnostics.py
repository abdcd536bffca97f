"""The diagnostics of a meter show what it sends and not whose it is."""

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import CONF_ENCRYPTION_KEY
from demo.p1_meter import KEY

from .common import heard, meter_entry, set_up
from .conftest import Meters


async def test_nothing_that_names_anyone(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, run_meter: Meters
) -> None:
    _, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    data = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert data["country"] == "BE"
    assert data["transport"] == "tcp"
    assert data["line"] == {"baudrate": None, "bits": None, "parity": None}
    assert not data["encrypted"]
    assert data["meters_so_far"] == 1
    assert data["available"]
    assert data["seconds_since_last_telegram"] == 0
    assert data["counters"]["ok"] >= 1
    assert data["counters"]["crc_bad"] == 0
    shown = data["last_telegram"]
    assert "0-0:96.1.1(*)" in shown
    assert "1-0:2.7.0(00.000*kW)" in shown
    text = str(data)
    for secret in ("44454D4F", "DEMO-BE", host, str(port)):
        assert secret not in text


async def test_before_the_first_telegram(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    meter.faults.silence = True
    entry = meter_entry(hass, host, port)
    assert await hass.config_entries.async_setup(entry.entry_id)
    data = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert data["last_telegram"] is None
    assert data["seconds_since_last_telegram"] is None
    meter.faults.silence = False
    await heard(hass, entry)


async def test_encrypted_telegrams_are_shown_and_their_key_is_not(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, run_meter: Meters
) -> None:
    _, host, port = await run_meter("LU")
    entry = meter_entry(hass, host, port, "LU")
    data = {**entry.data, CONF_ENCRYPTION_KEY: KEY.hex()}
    hass.config_entries.async_update_entry(entry, data=data)
    await set_up(hass, entry)
    shown = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert shown["encrypted"]
    assert any(line.startswith("1-0:1.7.0(") for line in shown["last_telegram"])
    assert KEY.hex() not in str(shown).lower()
