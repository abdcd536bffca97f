"""Diagnostics of a supplier account: how it is doing, without saying whose it is."""

from datetime import datetime
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import CONF_PORTAL_ADDRESS, CONF_SUPPLIER
from ..portal.model import Capability
from .coordinator import AccountConfigEntry, AccountCoordinator
from .feeds import FEEDS, Feed, feed_of, stale_feeds
from .store import encode

# What tells whose the data are.
TO_REDACT: Final = {
    "account_id",
    "bic",
    "city",
    "contract_id",
    "document_id",
    "gsrn",
    "gsrns",
    "house_number",
    "iban",
    "invoice_number",
    "meter_serial",
    "name",
    "number",
    "payment_id",
    "payment_reference",
    "postal_code",
    "street",
    "text",
}


async def async_get(hass: HomeAssistant, entry: AccountConfigEntry) -> dict[str, Any]:
    """Return an account's diagnostics, still to be redacted.

    Nothing of the entry itself is in them: its title may hold a name, its data hold secrets.
    """
    coordinator = entry.runtime_data
    politeness = coordinator.portal.session.politeness
    state = politeness.state
    return {
        "supplier": entry.data[CONF_SUPPLIER],
        "stand_in": CONF_PORTAL_ADDRESS in entry.data,
        "connected": coordinator.last_update_success,
        "last_error": coordinator.last_exception and type(coordinator.last_exception).__name__,
        "capabilities": {
            capability: _offered(coordinator, capability) for capability in Capability
        },
        "feeds": _feeds(coordinator, dt_util.utcnow()),
        "changed": sorted(set(coordinator.changed.values())),
        "drift": coordinator.portal.drift.report(),
        "politeness": {
            "requests": len(state.requests),
            "requests_left": politeness.requests_left,
            "logins": len(state.logins),
            "fruitless_logins": state.fruitless,
            "refused": state.refused_for is not None,
        },
        "history": [
            {"first": str(reach.first), "last": str(reach.last), "complete": reach.is_complete}
            for reach in coordinator.store.history.values()
        ],
        "changes": [
            {"change": each.kind, "state": each.state, "attempts": each.attempts}
            for each in coordinator.outbox.records
        ],
        "data": _data(coordinator),
    }


def _offered(coordinator: AccountCoordinator, capability: Capability) -> str:
    portal = coordinator.portal
    if capability not in portal.capabilities:
        return "not offered"
    if capability in coordinator.data.lost_capabilities:
        return "lost"
    return "unconfirmed" if capability in portal.unconfirmed else "confirmed"


def _feeds(coordinator: AccountCoordinator, now: datetime) -> dict[str, Any]:
    """Return how old everything is."""
    data = coordinator.data
    stale = stale_feeds(data, now)

    def ages(feed: Feed) -> list[int]:
        mine = (when for key, when in data.fetched.items() if feed_of(key) is feed)
        return sorted(round((now - when).total_seconds()) for when in mine)

    return {
        feed: {
            "interval": round(info.interval.total_seconds()),
            "ages": ages(feed),
            "stale": feed in stale,
        }
        for feed, info in FEEDS.items()
    }


def _data(coordinator: AccountCoordinator) -> dict[str, Any]:
    """Return the data, to be redacted; what is keyed by GSRN is taken out here."""
    encoded = encode(coordinator.data)
    encoded["consumption"] = list(encoded["consumption"].values())
    del encoded["fetched"], encoded["lost"], encoded["told"]
    encoded["imported"] = len(coordinator.data.imported.files)
    return encoded
