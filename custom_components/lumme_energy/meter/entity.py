"""The devices that a meter's entities belong to, and what those entities have in common."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import DOMAIN
from ..metering.sub_meters import Place
from ..metering.telegram import Telegram
from .base import BaseMeterCoordinator, Make, MeterConfigEntry

# The makers behind the first three letters of an ident (FLAG association), as far as P1 meters go.
MANUFACTURERS: Final = {
    "ADN": "Aidon",
    "ISK": "Iskraemeco",
    "KAM": "Kamstrup",
    "KFM": "Kaifa",
    "LGF": "Landis+Gyr",
    "LGZ": "Landis+Gyr",
    "SAG": "Sagemcom",
    "XMX": "Xemex",
}


def manufacturer(telegram: Telegram) -> str | None:
    """Return who made the meter, if we know the maker."""
    return MANUFACTURERS.get(telegram.ident[:3].upper())


def meter_device(
    hass: HomeAssistant, entry: MeterConfigEntry, telegram: Telegram
) -> dr.DeviceEntry:
    """Return the meter's device, made of what the meter says of itself.

    A meter may be replaced and need not tell its serial number: the entry is what identifies it.
    """
    make = entry.runtime_data.make or Make(
        manufacturer(telegram), telegram.ident[4:].strip("\\ ") or None
    )
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=make.manufacturer,
        model=make.model,
        serial_number=telegram.meter_id,
    )


def sub_meter_id(entry: MeterConfigEntry, place: str) -> str:
    """Return what identifies the device of a place behind the meter."""
    return f"{entry.entry_id}_{place}"


def sub_meter_device(
    hass: HomeAssistant, entry: MeterConfigEntry, place: Place, meter: dr.DeviceEntry
) -> dr.DeviceEntry:
    """Return the device of a place behind the meter, whichever meter is there."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, sub_meter_id(entry, place.key))},
        translation_key=f"{place.kind.name.lower()}_meter",
        serial_number=place.totals.meter_id,
        via_device_id=meter.id,
    )


class MeterEntity(CoordinatorEntity[BaseMeterCoordinator]):
    """An entity that is unavailable once the meter is silent."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: BaseMeterCoordinator,
        description: EntityDescription,
        owner: str,
        device: dr.DeviceEntry,
    ) -> None:
        """Attach the entity to a device; owner is what identifies that."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{owner}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers=device.identifiers)
