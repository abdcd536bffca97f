"""Entities with long-term statistics, for the tests of linked meters."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter, VolumeConverter
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.lumme_energy.account.meter_link import (
    CONF_GSRN,
    CONF_PRICE,
    CONF_PRICE_HAS_VAT,
    CONF_REGISTERS,
    METER_LINK,
    unique_id,
)
from custom_components.lumme_energy.billing.days import midnight
from custom_components.lumme_energy.portal.model import Resolution

from .common import Demo

COUNTER = "sensor.main_meter"
PRICE = "sensor.spot_price"


def show(hass: HomeAssistant, entity_id: str, state: str, **attributes: Any) -> None:
    """Show an entity as some integration would."""
    hass.states.async_set(entity_id, state, attributes)


def show_counter(hass: HomeAssistant, entity_id: str = COUNTER, unit: str = "kWh") -> None:
    """Show a counter of energy, or of gas."""
    device_class = "gas" if unit == "m³" else "energy"
    show(
        hass,
        entity_id,
        "12345.6",
        device_class=device_class,
        state_class="total_increasing",
        unit_of_measurement=unit,
    )


def show_price(hass: HomeAssistant, unit: str = "c/kWh") -> None:
    """Show an exchange's price."""
    show(hass, PRICE, "5.4", state_class="measurement", unit_of_measurement=unit)


async def record_counter(
    hass: HomeAssistant,
    rows: Iterable[tuple[datetime, Decimal]],
    entity_id: str = COUNTER,
    unit: str = "kWh",
    base: Decimal = Decimal(),
) -> None:
    """Record what an entity has counted in each hour, from what it had counted before."""
    show_counter(hass, entity_id, unit)
    total, data = base, []
    for start, value in rows:
        total += value
        data.append(StatisticData(start=start, state=float(total), sum=float(total)))
    volume = unit == "m³"
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source="recorder",
        statistic_id=entity_id,
        unit_class=VolumeConverter.UNIT_CLASS if volume else EnergyConverter.UNIT_CLASS,
        unit_of_measurement=unit,
    )
    async_import_statistics(hass, metadata, data)
    await async_wait_recording_done(hass)


async def record_price(
    hass: HomeAssistant, rows: Iterable[tuple[datetime, Decimal]], unit: str = "c/kWh"
) -> None:
    """Record the mean price of each hour."""
    show_price(hass, unit)
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=None,
        source="recorder",
        statistic_id=PRICE,
        unit_class=None,
        unit_of_measurement=unit,
    )
    async_import_statistics(
        hass,
        metadata,
        [
            StatisticData(start=start, mean=float(price), min=float(price), max=float(price))
            for start, price in rows
        ],
    )
    await async_wait_recording_done(hass)


def counted(
    demo: Demo, gsrn: str, first: date, last: date, customer: int = 0
) -> list[tuple[datetime, Decimal]]:
    """Return what the demo household really used in each hour."""
    zone = demo.portal.zone
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    slots = demo.household.customers[customer].consumption(gsrn, start, end, Resolution.HOUR)
    return [(slot.start, slot.energy) for slot in slots]


def link(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    gsrn: str,
    registers: dict[str, str] | None = None,
    *,
    price: str | None = None,
    price_has_vat: bool = True,
) -> str:
    """Link entities to a supply point, as the flow does; return the subentry's id."""
    subentry = ConfigSubentry(
        data={
            CONF_GSRN: gsrn,
            CONF_REGISTERS: registers or {"single": COUNTER},
            CONF_PRICE_HAS_VAT: price_has_vat,
            **({} if price is None else {CONF_PRICE: price}),
        },  # type: ignore[arg-type]
        subentry_type=METER_LINK,
        title="Meter",
        unique_id=unique_id(gsrn),
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry.subentry_id


def hourly(first: datetime, last: datetime, value: str) -> Iterable[tuple[datetime, Decimal]]:
    """Yield the same value for each hour in [first, last)."""
    while first < last:
        yield first, Decimal(value)
        first += timedelta(hours=1)


def now() -> datetime:
    """Return the hour that has begun last."""
    return dt_util.utcnow().replace(minute=0, second=0, microsecond=0)
