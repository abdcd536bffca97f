"""Since when a supply point's consumption is in the statistics: how far the import has come."""

from datetime import date
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorEntityDescription
from homeassistant.const import EntityCategory

from ..coordinator import AccountCoordinator
from ..entity import Offered, SupplyPointEntity

HISTORY_SINCE: Final = SensorEntityDescription(
    key="history_since",
    translation_key="history_since",
    device_class=SensorDeviceClass.DATE,
    entity_category=EntityCategory.DIAGNOSTIC,
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensors of the supply points that have a history."""
    return {
        (point.gsrn, HISTORY_SINCE.key): partial(HistorySensor, coordinator, HISTORY_SINCE, point)
        for point in coordinator.data.supply_points or ()
        if point.gsrn in coordinator.store.history
    }


class HistorySensor(SupplyPointEntity, SensorEntity):
    """The first day of what has been read without a gap."""

    @property
    @override
    def native_value(self) -> date | None:
        reach = self.coordinator.store.history.get(self._gsrn)
        return None if reach is None else reach.known_since

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        reach = self.coordinator.store.history.get(self._gsrn)
        return None if reach is None else {"complete": reach.is_complete}
