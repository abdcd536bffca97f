"""How far the archive has come."""

from functools import partial
from typing import Final, override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory

from .archiving import is_archiving, missing
from .coordinator import AccountCoordinator
from .entity import ACCOUNT, AccountEntity, Offered

DOCUMENTS_TO_ARCHIVE: Final = SensorEntityDescription(
    key="documents_to_archive",
    translation_key="documents_to_archive",
    entity_category=EntityCategory.DIAGNOSTIC,
    state_class=SensorStateClass.MEASUREMENT,
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensor where there is an archive."""
    if not is_archiving(coordinator):
        return {}
    return {
        (ACCOUNT, DOCUMENTS_TO_ARCHIVE.key): partial(
            DocumentsToArchive, coordinator, DOCUMENTS_TO_ARCHIVE
        )
    }


class DocumentsToArchive(AccountEntity, SensorEntity):
    """How many PDFs are at the portal only."""

    @property
    @override
    def native_value(self) -> int | None:
        return None if self.coordinator.data.statement is None else len(missing(self.coordinator))
