"""Binary sensors of a supplier account."""

from functools import partial
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import price_fix
from .coordinator import AccountConfigEntry
from .entity import ACCOUNT, AccountEntity, Offered, async_add_as_they_appear
from .facts import PaymentStatus
from .readings import binary_sensor as reading_binary_sensor

INVOICE_OVERDUE = BinarySensorEntityDescription(
    key="invoice_overdue",
    translation_key="invoice_overdue",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
PORTAL_CONNECTION = BinarySensorEntityDescription(
    key="portal_connection",
    translation_key="portal_connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        sensors: Offered = {}
        if coordinator.supplier.has_portal:
            sensors[ACCOUNT, PORTAL_CONNECTION.key] = partial(
                PortalConnection, coordinator, PORTAL_CONNECTION
            )
        if coordinator.statement is not None:
            sensors[ACCOUNT, INVOICE_OVERDUE.key] = partial(
                InvoiceOverdue, coordinator, INVOICE_OVERDUE
            )
        sensors |= price_fix.offered_binary(coordinator)
        return sensors | reading_binary_sensor.offered(coordinator)

    async_add_as_they_appear(entry, async_add_entities, offered)


class InvoiceOverdue(AccountEntity, BinarySensorEntity):
    """Whether a bill should have been paid by now."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.statement is not None

    @property
    @override
    def is_on(self) -> bool | None:
        facts = self.coordinator.statement
        if facts is None or facts.payment_status is None:
            return None
        return facts.payment_status is PaymentStatus.OVERDUE


class PortalConnection(AccountEntity, BinarySensorEntity):
    """Whether the portal answered when it was last asked."""

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.last_update_success
