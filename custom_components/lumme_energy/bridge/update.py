"""The firmware of a bridge, and a newer one that lies ready for it."""

from contextlib import suppress
from typing import Any, Final, override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription
from homeassistant.components.update.const import UpdateDeviceClass, UpdateEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..bridge_api.errors import BridgeError
from .bundle import Bundle, BundleError, async_bundle
from .coordinator import BridgeConfigEntry, BridgeCoordinator
from .entity import BridgeEntity
from .errors import bundle_failed, undone

FIRMWARE: Final = UpdateEntityDescription(
    key="firmware",
    device_class=UpdateDeviceClass.FIRMWARE,
    entity_category=EntityCategory.CONFIG,
)


async def async_setup(
    hass: HomeAssistant,
    entry: BridgeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the update."""
    async_add_entities([Firmware(entry.runtime_data)], update_before_add=True)


class Firmware(BridgeEntity, UpdateEntity):
    """Takes what the user has built and signed, and put into a folder; the bridge checks it."""

    _attr_supported_features = UpdateEntityFeature.INSTALL | UpdateEntityFeature.PROGRESS

    def __init__(self, coordinator: BridgeCoordinator) -> None:
        """Have looked nowhere yet."""
        super().__init__(coordinator, FIRMWARE)
        self._ready: Bundle | None = None

    @property
    @override
    def should_poll(self) -> bool:
        """The folder is looked at beside what the bridge tells."""
        return True

    @property
    @override
    def installed_version(self) -> str:
        return self.coordinator.data.version

    @property
    @override
    def latest_version(self) -> str:
        return self._ready.version if self._ready else self.installed_version

    @override
    async def async_update(self) -> None:
        """Look into the folder."""
        try:
            self._ready = await async_bundle(self.hass)
        except BundleError:
            self._ready = None  # told to who wants to install it

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        """Give the bridge every file, and have it start with them, on trial."""
        client = self.coordinator.client
        try:
            bundle = await async_bundle(self.hass)
        except BundleError as err:
            raise bundle_failed(err) from err
        self._attr_in_progress = True
        try:
            await client.async_begin_update(bundle.manifest)
            done = 0
            for name, data in bundle.files.items():
                await client.async_add_file(name, data)
                done += len(data)
                self._attr_update_percentage = 100 * done / bundle.size
                self.async_write_ha_state()
            await client.async_apply_update()
        except BridgeError as err:
            with suppress(BridgeError):  # if it has gone, it forgets by itself when it comes back
                await client.async_abort_update()
            raise undone(err) from err
        finally:
            self._attr_in_progress = False
            self._attr_update_percentage = None
            self.async_write_ha_state()
