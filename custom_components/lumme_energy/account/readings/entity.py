"""What the entities about readings that are sent in have in common."""

from collections.abc import Iterator
from typing import override

from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er

from ...portal.model import SupplyPoint
from ..bookkeeper import links_of
from ..coordinator import AccountCoordinator
from ..entity import SupplyPointEntity
from ..meter_link import MeterLink
from .desk import ReadingDesk


def sent_from(coordinator: AccountCoordinator) -> Iterator[tuple[SupplyPoint, MeterLink]]:
    """Yield the supply points whose readings are sent in, and their meters."""
    links = coordinator.readings.links
    for point in coordinator.data.supply_points or ():
        if (link := links.get(point.gsrn)) is not None:
            yield point, link


class ReadingEntity(SupplyPointEntity):
    """An entity of a supply point whose readings are sent in: it goes with the link.

    That the portal takes none for a while does not end it.
    """

    @property
    def desk(self) -> ReadingDesk:
        """Where they are sent in."""
        return self.coordinator.readings

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.desk.async_add_listener(self._handle_coordinator_update))

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        link = links_of(self.coordinator).get(self._gsrn)
        if link is None or link.submission is None:
            er.async_get(self.hass).async_remove(self.entity_id)
        else:
            super()._handle_coordinator_update()
