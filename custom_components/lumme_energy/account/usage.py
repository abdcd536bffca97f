"""Reads what was counted from Home Assistant's long-term statistics.

Whatever touches the database, and sorts what comes from it, runs in the recorder's own threads.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, Literal

from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance

from ..billing.days import bounds
from ..billing.prices import exchange_price
from ..billing.tax import VatTable
from ..billing.usage import Hours, Usage
from .meter_link import MeterLink

# In which unit statistics are read, whatever unit the entity is shown in.
UNITS: Final = {"energy": "kWh", "volume": "m³"}
# What is less is the dust of adding floating-point numbers.
DIGITS: Final = 6


@callback
def has_recorder(hass: HomeAssistant) -> bool:
    """Whether Home Assistant keeps statistics at all."""
    return DATA_INSTANCE in hass.data


async def async_describe(hass: HomeAssistant, entity_ids: set[str]) -> dict[str, dict[str, Any]]:
    """Return the statistics that entities have, or will have within the hour, by entity id."""
    found = await async_list_statistic_ids(hass, entity_ids)
    return {each["statistic_id"]: each for each in found}


async def async_usage(
    hass: HomeAssistant,
    registers: Mapping[str, str],
    first: date,
    last: date,
    zone: tzinfo,
    *,
    kwh_per_m3: Decimal | None = None,
    is_meter: bool = True,
) -> Usage:
    """Return what was counted, as far as there are statistics.

    Args:
        hass: Home Assistant, with a recorder.
        registers: The statistic of each register.
        first: First local day.
        last: Last local day.
        zone: Where the supplier's days begin.
        kwh_per_m3: What a cubic metre of gas holds; a register in m³ is not read without it.
        is_meter: See `Usage`.
    """
    described = await async_describe(hass, set(registers.values()))
    factors = {
        register: kwh_per_m3 if described[each]["unit_class"] == "volume" else Decimal(1)
        for register, each in registers.items()
        if each in described
    }
    readable = {register: factor for register, factor in factors.items() if factor is not None}
    start, end = bounds(first, last, zone)

    def read() -> Usage:
        ids = {registers[register] for register in readable}
        found = _rows(hass, ids, start, end, "change") if ids else {}
        return Usage.of(
            {
                register: (
                    (hour, value * factor) for hour, value in found.get(registers[register], ())
                )
                for register, factor in readable.items()
            },
            zone,
            is_meter=is_meter,
        )

    return await get_instance(hass).async_add_executor_job(read)


async def async_exchange(
    hass: HomeAssistant, link: MeterLink, first: date, last: date, zone: tzinfo, vat: VatTable
) -> Hours:
    """Return the exchange's prices, EUR/kWh without VAT, from the price entity of a link."""
    if link.price is None:
        return {}
    price = link.price
    unit = (
        (await async_describe(hass, {price})).get(price, {}).get("statistics_unit_of_measurement")
    )
    start, end = bounds(first, last, zone)

    def read() -> Hours:
        prices: dict[datetime, Decimal] = {}
        for hour, value in _rows(hass, {price}, start, end, "mean").get(price, ()):
            percent = vat.percent(hour.astimezone(zone).date()) if link.price_has_vat else None
            found = exchange_price(value, unit or "", vat_percent=percent)
            if found is not None:
                prices[hour] = found
        return prices

    return await get_instance(hass).async_add_executor_job(read)


def _rows(
    hass: HomeAssistant,
    entity_ids: set[str],
    start: datetime,
    end: datetime,
    kind: Literal["change", "mean"],
) -> dict[str, Iterator[tuple[datetime, Decimal]]]:
    """Return the hours of some statistics."""
    found = statistics_during_period(hass, start, end, entity_ids, "hour", UNITS, {kind})
    return {entity_id: _hours(rows, kind) for entity_id, rows in found.items()}


def _hours(
    rows: Sequence[Mapping[str, Any]], kind: Literal["change", "mean"]
) -> Iterator[tuple[datetime, Decimal]]:
    for row in rows:
        if (value := row.get(kind)) is not None:
            hour = datetime.fromtimestamp(row["start"], UTC)
            yield hour, Decimal(str(round(value, DIGITS)))
