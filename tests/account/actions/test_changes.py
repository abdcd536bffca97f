"""Tests of the record of changes."""

import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.lumme_energy.diagnostics import async_get_config_entry_diagnostics
from demo.faults import FaultKind
from tests.account.common import Demo, restart, start

from .common import call


async def test_record(
    hass: HomeAssistant, hass_storage: dict[str, Any], my_luminus: Demo, hass_admin_user: MockUser
) -> None:
    """Who asked for what, when, and what came of it, is known after a restart too."""
    entry = await start(hass, my_luminus.entry(hass, 1))
    context = Context(user_id=hass_admin_user.id)
    await call(hass, "set_delivery", context, delivery="post", confirm=True)
    my_luminus.portal.faults.add(FaultKind.MISSING, path="/myluminus/api/budget", method="POST")
    with pytest.raises(Exception, match="does not offer"):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_deposit", amount=1, confirm=True)
    await restart(hass, entry)
    deposit, delivery = (await call(hass, "list_changes"))["changes"]
    assert delivery == {
        "change": "delivery",
        "wanted": {"delivery": "post"},
        "state": "accepted",
        "refusal": None,
        "asked": "2026-11-24T09:30:00+00:00",
        "decided": "2026-11-24T09:30:00+00:00",
        "attempts": 1,
        "user": hass_admin_user.name,
    }
    assert (deposit["state"], deposit["refusal"]) == ("refused", "not_offered")
    assert deposit["user"] is None
    stored = hass_storage[f"lumme_energy.{entry.entry_id}.outbox"]
    assert hass_admin_user.name not in json.dumps(stored)

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["changes"] == [
        {"change": "delivery", "state": "accepted", "attempts": 1},
        {"change": "deposit", "state": "refused", "attempts": 1},
    ]
    await hass.config_entries.async_remove(entry.entry_id)
    assert f"lumme_energy.{entry.entry_id}.outbox" not in hass_storage
