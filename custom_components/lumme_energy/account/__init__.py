"""A supplier account in Home Assistant: bills, contracts and consumption from a portal."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_change
from homeassistant.util import dt as dt_util

from ..const import CONF_PORTAL_ADDRESS, CONF_SUPPLIER, DOMAIN
from . import archiving, bookkeeper, import_folder, issues, price_fix
from .coordinator import AccountConfigEntry, AccountCoordinator
from .documents import async_documents
from .history import historian
from .login import async_acquire, async_login, async_release, siblings
from .outbox import Outbox
from .readings import alarm, estimates
from .readings.desk import ReadingDesk
from .readings.repairs import async_clear as async_clear_readings
from .readings.store import PlanStore
from .store import AccountStore
from .writes import async_settle_after_polls

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
)


async def async_setup(hass: HomeAssistant, entry: AccountConfigEntry) -> AccountCoordinator:
    """Start an account: at once from what is on disk, or from the portal at the very first time.

    Raises:
        ConfigEntryNotReady: nothing is on disk and the portal cannot be read.
        ConfigEntryAuthFailed: nothing is on disk and the portal refuses the credentials.
        ConfigEntryError: nothing is on disk and the portal's answer is not understood.
    """
    data = dict(entry.data)
    outbox = Outbox(hass, entry.entry_id)
    login = async_acquire(hass, entry.entry_id, data)

    async def release() -> None:
        """Hang up when what is on its way has been answered."""
        await outbox.async_close()
        async_release(hass, entry.entry_id, data)

    entry.async_on_unload(release)
    await outbox.async_load()
    portal = await login.async_portal(data)
    store = AccountStore(hass, entry.entry_id)
    await store.async_load()
    zone = await dt_util.async_get_time_zone(portal.time_zone) or dt_util.UTC
    coordinator = AccountCoordinator(hass, entry, portal, store, outbox, zone)
    coordinator.documents = await async_documents(
        hass,
        portal,
        coordinator.account,
        f"{entry.data[CONF_SUPPLIER]}-{str(entry.unique_id)[:8]}",
        lambda: coordinator.data.statement,
    )
    plans = PlanStore(hass, entry.entry_id)
    await plans.async_load()
    coordinator.readings = ReadingDesk(coordinator, plans)
    async_settle_after_polls(entry, coordinator)
    if coordinator.data.supply_points is None:
        await coordinator.async_config_entry_first_refresh()
    else:
        coordinator.async_report_issues()
        entry.async_create_background_task(
            hass, coordinator.async_refresh(), f"{DOMAIN} refresh after start"
        )
    coordinator.account_device_id = _create_account_device(hass, entry, coordinator)

    @callback
    def a_new_hour(_now: object) -> None:
        """Due dates pass, and data get old, without any news from the portal."""
        coordinator.async_report_issues()
        coordinator.async_update_listeners()

    entry.async_on_unload(async_track_time_change(hass, a_new_hour, minute=0, second=10))
    bookkeeper.async_start(coordinator)
    price_fix.async_start(coordinator)
    import_folder.async_start(coordinator)
    historian.async_start(coordinator)
    archiving.async_start(coordinator)
    alarm.async_start(coordinator)
    estimates.async_start(coordinator)
    return coordinator


async def async_remove(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Forget what an account kept on disk and the repairs it raised."""
    issues.async_clear(hass, entry)
    async_clear_readings(hass, entry)
    await AccountStore(hass, entry.entry_id).async_remove()
    await Outbox(hass, entry.entry_id).async_remove()
    await PlanStore(hass, entry.entry_id).async_remove()
    if not any(siblings(hass, entry)):
        await async_login(hass, entry.data).async_remove()


def _create_account_device(
    hass: HomeAssistant, entry: AccountConfigEntry, coordinator: AccountCoordinator
) -> str:
    supplier = coordinator.supplier
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, str(entry.unique_id))},
        entry_type=dr.DeviceEntryType.SERVICE,
        manufacturer=coordinator.manufacturer,
        model=supplier.portal_name if supplier.has_portal else None,
        name=entry.title,
        configuration_url=entry.data.get(CONF_PORTAL_ADDRESS) or supplier.portal_url or None,
    )
    return device.id
