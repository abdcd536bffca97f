"""Tests of the notice about reminder fees that are too high."""

from dataclasses import replace
from decimal import Decimal

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lumme_energy.const import CONF_SEGMENT, DOMAIN
from custom_components.lumme_energy.portal.model import InvoiceLine, LineKind

from .common import Demo, bills, next_bill, settled, start


def charge(demo: Demo, amount: str, text: str) -> None:
    """Charge a reminder fee on the next bill."""
    invoice = next_bill(demo)
    fee = InvoiceLine(kind=LineKind.REMINDER_FEE, amount=Decimal(amount), text=text)
    bills(demo, replace(invoice, lines=(*invoice.lines, fee)))


def move(demo: Demo, postal_code: str) -> None:
    """Let the first customer live elsewhere."""
    demo.revise(
        lambda each: replace(
            each,
            supply_points=tuple(
                replace(point, address=replace(point.address, postal_code=postal_code))
                for point in each.supply_points
            ),
        )
    )


async def test_too_high_in_wallonia(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, my_luminus: Demo
) -> None:
    """Above the region's limit a notice comes, and it goes when the account is a business's."""
    move(my_luminus, "5000")
    charge(my_luminus, "9.00", "Frais de rappel")
    entry = await start(hass, my_luminus.entry(hass))
    issue_id = f"fee_too_high_{entry.entry_id}"
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_key == "fee_too_high"
    assert issue.translation_placeholders == {
        "portal": "My Luminus",
        "title": entry.title,
        "charged": "9.00 €",
        "limit": "7.50 €",
    }
    hass.config_entries.async_update_entry(entry, options={CONF_SEGMENT: "business"})
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


@pytest.mark.parametrize("amount", ["4.00", "5.00"])
async def test_within_the_limit(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, oma_lumme: Demo, amount: str
) -> None:
    """What may be charged is no news."""
    charge(oma_lumme, amount, "Maksumuistutus")
    await start(hass, oma_lumme.entry(hass))
    assert not issue_registry.issues


async def test_too_high_in_finland(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, oma_lumme: Demo
) -> None:
    """Finland is one region, whatever the postal code."""
    charge(oma_lumme, "5.01", "Maksumuistutus")
    await start(hass, oma_lumme.entry(hass))
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "fee_too_high"


async def test_where_nobody_knows(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, my_luminus: Demo
) -> None:
    """Without a postal code no limit is known."""
    move(my_luminus, "")
    charge(my_luminus, "500.00", "Rappel")
    await start(hass, my_luminus.entry(hass))
    assert not issue_registry.issues
