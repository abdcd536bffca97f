"""What the entities of a supplier account have in common."""

from collections.abc import Callable
from typing import Final, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import DOMAIN
from ..portal.model import SupplyPoint
from .coordinator import AccountConfigEntry, AccountCoordinator
from .facts import place

ACCOUNT: Final = ""


class AccountEntity(CoordinatorEntity[AccountCoordinator]):
    """An entity of the account itself.

    It is available as long as there are data, however old: their age has an entity of its own.
    """

    _attr_has_entity_name = True

    def __init__(self, coordinator: AccountCoordinator, description: EntityDescription) -> None:
        """Attach the entity to the account's device."""
        super().__init__(coordinator)
        self.entity_description = description
        unique_id = str(coordinator.config_entry.unique_id)
        self._attr_unique_id = f"{unique_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, unique_id)})

    @property
    @override
    def available(self) -> bool:
        """Last good data do not become worse when the portal is down."""
        return True


class SupplyPointEntity(AccountEntity):
    """An entity of one supply point."""

    def __init__(
        self, coordinator: AccountCoordinator, description: EntityDescription, point: SupplyPoint
    ) -> None:
        """Attach the entity to the supply point's device."""
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        self._gsrn = point.gsrn
        self._attr_unique_id = f"{entry.unique_id}_{point.gsrn}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, point.gsrn)},
            manufacturer=coordinator.manufacturer,
            serial_number=point.meter_serial,
            # Electricity and gas share an address: the name says which it is.
            translation_key=f"supply_point_{point.energy}",
            translation_placeholders={"place": place(point)},
            via_device_id=coordinator.account_device_id,
        )


# Of which supply point (ACCOUNT for none), by which description: (GSRN, key) -> how to make it.
type Offered = dict[tuple[str, str], Callable[[], Entity]]


@callback
def async_add_as_they_appear(
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    offered: Callable[[], Offered],
) -> None:
    """Add entities now and whenever the portal comes to tell more, without a reload."""
    coordinator = entry.runtime_data
    known: set[tuple[str, str]] = set()

    @callback
    def add_new() -> None:
        points = {point.gsrn for point in coordinator.data.supply_points or ()} | {ACCOUNT}
        # A supply point's entities went with its device; should it come back, they do too.
        known.intersection_update({each for each in known if each[0] in points})
        new = {each: make for each, make in offered().items() if each not in known}
        known.update(new)
        async_add_entities(make() for make in new.values())

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))
