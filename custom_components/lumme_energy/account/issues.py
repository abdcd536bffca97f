"""Repairs of a supplier account: raised while they are true, taken back when they are over."""

from collections.abc import Sequence
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..billing.reminders import Excess
from ..const import DOMAIN
from ..portal.model import Capability
from .feeds import Feed

NEW_ISSUE_URL: Final = "https://github.com/lumme-energy/lumme-energy/issues/new/choose"
PORTAL_CHANGED: Final = "portal_changed"
STALE_DATA: Final = "stale_data"
FEE_TOO_HIGH: Final = "fee_too_high"
# One for each capability, so that each is said in plain, translated words.
CAPABILITY_LOST: Final = "capability_lost"
CAPABILITIES: Final = (Capability.STATEMENT, Capability.DEPOSIT, Capability.CONSUMPTION)


@callback
def async_report(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    portal: str,
    *,
    changed: Sequence[str] = (),
    lost: Sequence[Capability] = (),
    stale: Sequence[Feed] = (),
    fee: Excess | None = None,
) -> None:
    """Raise and take back an entry's repairs; without arguments all are over.

    Args:
        hass: Home Assistant.
        entry: The supplier account.
        portal: Its portal's name.
        changed: Our names of the calls whose answers we do not understand.
        lost: What the portal turned out not to offer.
        stale: The feeds that are much older than they should be.
        fee: A reminder fee that is too high.
    """
    placeholders = {"portal": portal, "title": entry.title}

    def report(key: str, is_true: bool, *, fixes: Capability | None = None, **more: str) -> None:
        issue_id = f"{key}_{entry.entry_id}"
        if not is_true:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "capability": fixes} if fixes else None,
            is_fixable=fixes is not None,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders=placeholders | more,
            learn_more_url=NEW_ISSUE_URL if key == PORTAL_CHANGED else None,
        )

    report(PORTAL_CHANGED, bool(changed), calls=", ".join(changed))
    report(STALE_DATA, bool(stale))
    charged, limit = (f"{fee.charged:.2f} €", f"{fee.limit:.2f} €") if fee else ("", "")
    report(FEE_TOO_HIGH, fee is not None, charged=charged, limit=limit)
    for capability in CAPABILITIES:
        report(f"{CAPABILITY_LOST}_{capability}", capability in lost, fixes=capability)


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back all repairs of an entry that goes away."""
    async_report(hass, entry, "")
