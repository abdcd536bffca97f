"""Tests of accounts without a portal: how they are set up, and what they do not do."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.lumme_energy.account import login
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.diagnostics import async_get_config_entry_diagnostics
from custom_components.lumme_energy.portal.suppliers import Supplier
from custom_components.lumme_energy.system_health import async_info
from tests.billing.einvoice import samples

from .actions.common import call
from .common import settled, start
from .imports import allowed, files_entry


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path, _near: None) -> Path:
    """Return a folder that may be read."""
    return allowed(hass, tmp_path)


@pytest.mark.parametrize(("supplier", "zone"), [("files_fi", "Helsinki"), ("files_be", "Brussels")])
async def test_set_up(hass: HomeAssistant, folder: Path, supplier: str, zone: str) -> None:
    """A country and a name are enough; a folder must be one that may be read."""
    flow = hass.config_entries.flow
    step = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    step = await flow.async_configure(step["flow_id"], {"next_step_id": "account"})
    step = await flow.async_configure(step["flow_id"], {"supplier": supplier})
    assert step["step_id"] == "files"
    form: dict[str, Any] = {"name": "Voorbeeld Energie"}
    for wrong in ("/etc", str(folder / "none")):
        step = await flow.async_configure(step["flow_id"], {**form, "import_folder": wrong})
        assert step["errors"] == {"import_folder": "folder_not_allowed"}
    done = await flow.async_configure(step["flow_id"], {**form, "import_folder": str(folder)})
    await settled(hass)

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == "Voorbeeld Energie"
    entry = done["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.options == {"import_folder": str(folder)}
    assert set(entry.data) == {"kind", "supplier", "name", "account_id"}
    coordinator = entry.runtime_data
    assert coordinator.portal.time_zone == f"Europe/{zone}"
    assert coordinator.supplier.name == coordinator.manufacturer == "Voorbeeld Energie"
    device = dr.async_get(hass).async_get(coordinator.account_device_id)
    assert isinstance(device, dr.DeviceEntry)
    assert (device.configuration_url, device.model) == (None, None)
    assert (await coordinator.portal.async_accounts()) == ()


async def test_several(hass: HomeAssistant, folder: Path) -> None:
    """A household may have several suppliers without a portal, each for itself."""
    flow = hass.config_entries.flow
    for _ in range(2):
        step = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
        step = await flow.async_configure(step["flow_id"], {"next_step_id": "account"})
        step = await flow.async_configure(step["flow_id"], {"supplier": Supplier.FILES_FI})
        await flow.async_configure(step["flow_id"], {"name": "Esimerkkisähkö"})
        await settled(hass)
    first, second = hass.config_entries.async_entries(DOMAIN)
    assert first.unique_id != second.unique_id
    assert login.siblings(hass, first) == []
    file = folder / "lasku.xml"
    file.write_bytes(samples.finvoice_electricity())
    await call(hass, "import_invoice", config_entry_id=first.entry_id, file=str(file))
    assert first.runtime_data.data.imported.files
    assert not second.runtime_data.data.imported.files


@pytest.mark.usefixtures("_near")
async def test_nothing_to_reconfigure(hass: HomeAssistant) -> None:
    """There is no log-in to change."""
    entry = await start(hass, files_entry(hass))
    result = await entry.start_reconfigure_flow(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "no_log_in"


async def test_options(hass: HomeAssistant, folder: Path) -> None:
    """The folder can be changed, taken back, and must be one that may be read."""
    entry = await start(hass, files_entry(hass))
    options = hass.config_entries.options
    form = await options.async_init(entry.entry_id)
    assert form["data_schema"] is not None
    assert not {"archive", "target_price"} & {str(each) for each in form["data_schema"].schema}
    wrong = await options.async_configure(form["flow_id"], {"import_folder": "/etc"})
    assert wrong["errors"] == {"import_folder": "folder_not_allowed"}
    done = await options.async_configure(form["flow_id"], {"import_folder": str(folder)})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass)
    assert entry.options["import_folder"] == str(folder)
    form = await options.async_init(entry.entry_id)
    await options.async_configure(form["flow_id"], {})
    await settled(hass)
    assert "import_folder" not in entry.options


async def test_nobody_is_asked(hass: HomeAssistant, folder: Path) -> None:
    """Nothing of a portal is told about: no connection, no age, no requests, no address."""
    entry = await start(hass, files_entry(hass))
    info = await async_info(hass)
    assert (info["accounts"], info["requests_left_today"]) == (1, None)
    assert not [name for name in info if name.startswith("can_reach")]
    file = folder / "bill.xml"
    file.write_bytes(samples.ubl_electricity())
    await call(hass, "import_invoice", file=str(file))
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["data"]["imported"] == 1
    text = str(diagnostics)
    for secret in (samples.EAN, samples.OGM, samples.BELGIAN_IBAN, "26-EX-000101"):
        assert secret not in text
    states = {state.entity_id for state in hass.states.async_all()}
    assert "sensor.voorbeeld_energie_next_due_date" in states
    assert not {each for each in states if "connection" in each or "last_updated" in each}


async def test_remove(hass: HomeAssistant, folder: Path, hass_storage: dict[str, Any]) -> None:
    """An account that is deleted leaves nothing but the PDFs in the media folder."""
    entry = await start(hass, files_entry(hass))
    file = folder / "bill.xml"
    file.write_bytes(samples.ubl_electricity())
    await call(hass, "import_invoice", file=str(file))
    assert await hass.config_entries.async_remove(entry.entry_id)
    await settled(hass)
    assert not [key for key in hass_storage if key.startswith(DOMAIN)]
