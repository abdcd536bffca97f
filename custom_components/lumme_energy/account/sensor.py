"""Sensors of a supplier account.

Consumption sensors have no state class on purpose: a portal's values arrive days late, and
statistics made of when they arrived would put yesterday's energy into today.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfVolume
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..billing.prices import ENERGY_PRICE
from ..portal.model import InvoiceStatus, PriceKind, SupplyPoint, Unit
from . import archive_sensor, deposit_sensor, money_sensor, payment_sensor, price_fix
from .coordinator import AccountConfigEntry, AccountCoordinator
from .entity import (
    ACCOUNT,
    AccountEntity,
    Offered,
    SupplyPointEntity,
    async_add_as_they_appear,
)
from .facts import PaymentStatus, StatementFacts, SupplyPointFacts
from .history import sensor as history_sensor
from .readings import sensor as reading_sensor

type Value = str | Decimal | date | datetime | None

KINDS = [kind for kind in PriceKind if kind is not PriceKind.UNKNOWN]
STATUSES = [
    status
    for status in InvoiceStatus
    if status not in {InvoiceStatus.UNKNOWN, InvoiceStatus.CREDIT_NOTE}
]


@dataclass(frozen=True, kw_only=True)
class StatementSensorDescription(SensorEntityDescription):
    """Describes a sensor about bills and payments. Amounts are in the account's currency."""

    value_fn: Callable[[StatementFacts], Value]


@dataclass(frozen=True, kw_only=True)
class SupplyPointSensorDescription(SensorEntityDescription):
    """Describes a sensor about a supply point; it exists where there is something to tell."""

    value_fn: Callable[[SupplyPointFacts], Value]
    exists_fn: Callable[[SupplyPointFacts], bool]


def _amount(key: str, value_fn: Callable[[StatementFacts], Value]) -> StatementSensorDescription:
    return StatementSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=value_fn,
    )


def _date(key: str, value_fn: Callable[[StatementFacts], Value]) -> StatementSensorDescription:
    return StatementSensorDescription(
        key=key, translation_key=key, device_class=SensorDeviceClass.DATE, value_fn=value_fn
    )


STATEMENT_SENSORS = (
    _amount("latest_invoice", lambda facts: i.amount if (i := facts.latest_invoice) else None),
    StatementSensorDescription(
        key="latest_invoice_number",
        translation_key="latest_invoice_number",
        value_fn=lambda facts: i.number if (i := facts.latest_invoice) else None,
    ),
    _date("latest_invoice_issued", lambda facts: i.issued if (i := facts.latest_invoice) else None),
    _date("latest_invoice_due", lambda facts: i.due if (i := facts.latest_invoice) else None),
    StatementSensorDescription(
        key="latest_invoice_status",
        translation_key="latest_invoice_status",
        device_class=SensorDeviceClass.ENUM,
        options=[*STATUSES],
        value_fn=lambda facts: (
            i.status if (i := facts.latest_invoice) and i.status in STATUSES else None
        ),
    ),
    StatementSensorDescription(
        key="latest_invoice_reference",
        translation_key="latest_invoice_reference",
        value_fn=lambda facts: i.payment_reference if (i := facts.latest_invoice) else None,
    ),
    StatementSensorDescription(
        key="payment_status",
        translation_key="payment_status",
        device_class=SensorDeviceClass.ENUM,
        options=[*PaymentStatus],
        value_fn=lambda facts: facts.payment_status,
    ),
    _date("next_due", lambda facts: facts.next_due),
    StatementSensorDescription(
        key="balance",
        translation_key="balance",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        value_fn=lambda facts: b.amount if (b := facts.statement.balance) else None,
    ),
    _amount("open_amount", lambda facts: facts.open_amount),
    _amount("overdue_amount", lambda facts: facts.overdue_amount),
    _amount("latest_payment", lambda facts: p.amount if (p := facts.latest_payment) else None),
    _date("latest_payment_booked", lambda facts: p.booked if (p := facts.latest_payment) else None),
)

LAST_UPDATED = SensorEntityDescription(
    key="last_updated",
    translation_key="last_updated",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def _price(key: str, *registers: str) -> SupplyPointSensorDescription:
    return SupplyPointSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=ENERGY_PRICE,
        suggested_display_precision=4,
        value_fn=lambda facts: facts.energy_price(*registers),
        exists_fn=lambda facts: facts.energy_price(*registers) is not None,
    )


def _consumption(
    key: str, unit: Unit, value_fn: Callable[[SupplyPointFacts], Value]
) -> SupplyPointSensorDescription:
    return SupplyPointSensorDescription(
        key=key if unit is Unit.KWH else f"{key}_volume",
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY if unit is Unit.KWH else SensorDeviceClass.GAS,
        native_unit_of_measurement=(
            UnitOfEnergy.KILO_WATT_HOUR if unit is Unit.KWH else UnitOfVolume.CUBIC_METERS
        ),
        suggested_display_precision=2,
        value_fn=value_fn,
        exists_fn=lambda facts: facts.unit is unit,
    )


SUPPLY_POINT_SENSORS = (
    SupplyPointSensorDescription(
        key="product",
        translation_key="product",
        value_fn=lambda facts: c.product if (c := facts.contract) else None,
        exists_fn=lambda facts: bool(facts.contract and facts.contract.product),
    ),
    SupplyPointSensorDescription(
        key="price_kind",
        translation_key="price_kind",
        device_class=SensorDeviceClass.ENUM,
        options=[*KINDS],
        value_fn=lambda facts: (
            c.price_kind if (c := facts.contract) and c.price_kind in KINDS else None
        ),
        exists_fn=lambda facts: facts.contract is not None,
    ),
    _price("energy_price", "single"),
    _price("energy_price_day", "day"),
    _price("energy_price_night", "night"),
    SupplyPointSensorDescription(
        key="contract_start",
        translation_key="contract_start",
        device_class=SensorDeviceClass.DATE,
        entity_registry_enabled_default=False,
        value_fn=lambda facts: c.start if (c := facts.contract) else None,
        exists_fn=lambda facts: bool(facts.contract and facts.contract.start),
    ),
    SupplyPointSensorDescription(
        key="contract_end",
        translation_key="contract_end",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda facts: c.end if (c := facts.contract) else None,
        exists_fn=lambda facts: bool(facts.contract and facts.contract.end),
    ),
    SupplyPointSensorDescription(
        key="deposit",
        translation_key="deposit",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=lambda facts: d.amount if (d := facts.deposit) else None,
        exists_fn=lambda facts: facts.deposit is not None,
    ),
    SupplyPointSensorDescription(
        key="next_deposit",
        translation_key="next_deposit",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda facts: d.next_invoice if (d := facts.deposit) else None,
        exists_fn=lambda facts: bool(facts.deposit and facts.deposit.next_invoice),
    ),
    *(
        _consumption(key, unit, value_fn)
        for unit in Unit
        for key, value_fn in (
            ("day_consumption", lambda facts: facts.day_consumption),
            ("month_consumption", lambda facts: facts.month_consumption),
        )
    ),
    SupplyPointSensorDescription(
        key="consumption_date",
        translation_key="consumption_date",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda facts: facts.latest_day,
        exists_fn=lambda facts: facts.unit is not None,
    ),
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        sensors: Offered = {}
        if coordinator.supplier.has_portal:
            make_age = partial(LastUpdatedSensor, coordinator, LAST_UPDATED)
            sensors[ACCOUNT, LAST_UPDATED.key] = make_age
        if coordinator.statement is not None:
            for description in STATEMENT_SENSORS:
                make = partial(StatementSensor, coordinator, description)
                sensors[ACCOUNT, description.key] = make
        sensors |= payment_sensor.offered(coordinator)
        sensors |= deposit_sensor.offered(coordinator)
        sensors |= money_sensor.offered(coordinator)
        sensors |= price_fix.offered(coordinator)
        sensors |= history_sensor.offered(coordinator)
        sensors |= archive_sensor.offered(coordinator)
        sensors |= reading_sensor.offered(coordinator)
        for point in coordinator.data.supply_points or ():
            facts = coordinator.supply_point(point.gsrn)
            for of_point in SUPPLY_POINT_SENSORS:
                if facts is not None and of_point.exists_fn(facts):
                    sensors[point.gsrn, of_point.key] = partial(
                        SupplyPointSensor, coordinator, of_point, point
                    )
        return sensors

    async_add_as_they_appear(entry, async_add_entities, offered)


class StatementSensor(AccountEntity, SensorEntity):
    """A sensor about bills and payments."""

    entity_description: StatementSensorDescription

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.statement is not None

    @property
    @override
    def native_value(self) -> Value:
        facts = self.coordinator.statement
        return None if facts is None else self.entity_description.value_fn(facts)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        facts = self.coordinator.statement
        if facts is None or self.device_class is not SensorDeviceClass.MONETARY:
            return None
        return facts.currency


class LastUpdatedSensor(AccountEntity, SensorEntity):
    """When the portal last told everything that is shown: the age of the oldest of it."""

    @property
    @override
    def native_value(self) -> datetime | None:
        return min(self.coordinator.data.fetched.values(), default=None)


class SupplyPointSensor(SupplyPointEntity, SensorEntity):
    """A sensor about a supply point."""

    entity_description: SupplyPointSensorDescription

    def __init__(
        self,
        coordinator: AccountCoordinator,
        description: SupplyPointSensorDescription,
        point: SupplyPoint,
    ) -> None:
        """Take the currency of a deposit from its plan."""
        super().__init__(coordinator, description, point)
        facts = coordinator.supply_point(point.gsrn)
        if (
            description.device_class is SensorDeviceClass.MONETARY
            and facts is not None
            and facts.deposit is not None
        ):
            self._attr_native_unit_of_measurement = facts.deposit.currency

    @property
    @override
    def available(self) -> bool:
        facts = self.coordinator.supply_point(self._gsrn)
        return facts is not None and self.entity_description.exists_fn(facts)

    @property
    @override
    def native_value(self) -> Value:
        facts = self.coordinator.supply_point(self._gsrn)
        return None if facts is None else self.entity_description.value_fn(facts)
