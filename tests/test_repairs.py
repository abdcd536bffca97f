"""Tests of the repairs that the user can work on."""

from typing import Any

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.repairs import async_create_fix_flow
from demo.faults import FaultKind

from .account.common import Demo, start

FIX = "/api/repairs/issues/fix"
STATEMENT = "/FA-OmaLumme-Prod/v1/accountStatement"
LATEST = "sensor.supplier_demo_latest_invoice"


async def posted(client: TestClient, url: str, **data: str) -> dict[str, Any]:
    """Do what the frontend does with a repair."""
    answer = await client.post(url, json=data)
    return await answer.json()


async def test_check_again(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    issue_registry: ir.IssueRegistry,
    oma_lumme: Demo,
) -> None:
    """What the portal does not offer is asked for at once when the user wants it."""
    oma_lumme.portal.faults.add(FaultKind.MISSING, path=STATEMENT)
    entry = await start(hass, oma_lumme.entry(hass))
    issue_id = f"capability_lost_statement_{entry.entry_id}"
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()

    form = await posted(client, FIX, handler=DOMAIN, issue_id=issue_id)
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"] == {"portal": "OmaLumme", "title": entry.title}
    done = await posted(client, f"{FIX}/{form['flow_id']}")
    assert done["type"] == FlowResultType.ABORT
    assert done["reason"] == "still_missing"
    assert issue_registry.async_get_issue(DOMAIN, issue_id)
    assert hass.states.get(LATEST) is None

    # A portal that is down says nothing about it.
    await oma_lumme.stop()
    form = await posted(client, FIX, handler=DOMAIN, issue_id=issue_id)
    done = await posted(client, f"{FIX}/{form['flow_id']}")
    assert done["reason"] == "still_missing"
    assert issue_registry.async_get_issue(DOMAIN, issue_id)
    await oma_lumme.start_again()

    oma_lumme.portal.faults.clear()
    form = await posted(client, FIX, handler=DOMAIN, issue_id=issue_id)
    done = await posted(client, f"{FIX}/{form['flow_id']}")
    assert done["type"] == FlowResultType.CREATE_ENTRY
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    assert hass.states.get(LATEST) is not None


@pytest.mark.parametrize("data", [None, {"entry_id": "gone", "capability": "statement"}])
async def test_entry_is_gone(hass: HomeAssistant, data: dict[str, str] | None) -> None:
    """A repair of an entry that is gone can only be confirmed."""
    flow = await async_create_fix_flow(hass, "any", data)
    assert type(flow).__name__ == "ConfirmRepairFlow"
