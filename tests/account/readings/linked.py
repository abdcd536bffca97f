"""A linked meter of the bakery, whose readings are sent in."""

from decimal import Decimal
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.meter_link import (
    CONF_CONFIRMED,
    CONF_DAY,
    CONF_DEVICE_SERIALS,
    CONF_GSRN,
    CONF_MONTH,
    CONF_PRICE_HAS_VAT,
    CONF_REGISTERS,
    CONF_RHYTHM,
    CONF_SUBMISSION,
    CONF_TIME,
    METER_LINK,
    unique_id,
)
from custom_components.lumme_energy.readings.schedule import Rhythm
from demo.households.belgium import BAKERY_REGISTERS, OVEN_ELECTRICITY, register_index

from ..common import Demo
from ..recorded import show

ENTITIES = {"day": "sensor.day", "night": "sensor.night"}


def indexes(demo: Demo, more: int = 0) -> dict[str, Decimal]:
    """Return what the bakery's meter shows today, or has counted more."""
    return {
        register: register_index(OVEN_ELECTRICITY, demo.portal.today, share) + more
        for register, share in BAKERY_REGISTERS.items()
    }


def show_meter(hass: HomeAssistant, values: dict[str, Decimal], unit: str = "kWh") -> None:
    """Let the meter's entities say something, with a bit behind the decimal mark."""
    for register, value in values.items():
        show(
            hass,
            ENTITIES[register],
            f"{value + Decimal('0.9')}",
            device_class="energy",
            state_class="total_increasing",
            unit_of_measurement=unit,
        )


def link_meter(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    *,
    rhythm: Rhythm = Rhythm.WHEN_ASKED,
    is_confirmed: bool = True,
    **more: Any,
) -> str:
    """Link the meter, as the flow does; return the subentry's id."""
    subentry = ConfigSubentry(
        data={
            CONF_GSRN: OVEN_ELECTRICITY,
            CONF_REGISTERS: ENTITIES,
            CONF_PRICE_HAS_VAT: True,
            CONF_SUBMISSION: {
                CONF_RHYTHM: rhythm,
                CONF_TIME: "12:00:00",
                CONF_DAY: 1,
                CONF_MONTH: 1,
                CONF_DEVICE_SERIALS: [],
                CONF_CONFIRMED: is_confirmed,
                **more,
            },
        },  # type: ignore[arg-type]
        subentry_type=METER_LINK,
        title="Meter",
        unique_id=unique_id(OVEN_ELECTRICITY),
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry.subentry_id
