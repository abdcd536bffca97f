"""Repairs of a bridge: raised while they are true, taken back when they are over."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..bridge_api.model import GuardState
from ..const import DOMAIN

TOO_OLD: Final = "bridge_too_old"
FALLBACK: Final = "bridge_fallback"
FAULT: Final = "bridge_fault"
SEVERITIES: Final = {
    TOO_OLD: ir.IssueSeverity.WARNING,
    FALLBACK: ir.IssueSeverity.WARNING,
    FAULT: ir.IssueSeverity.ERROR,
}
LEARN_MORE: Final = "https://github.com/lumme-energy/lumme-energy/blob/main/docs/bridge.md"


def _issue_id(entry: ConfigEntry, key: str) -> str:
    return f"{key}_{entry.entry_id}"


@callback
def async_report(
    hass: HomeAssistant, entry: ConfigEntry, *, state: GuardState, is_too_old: bool
) -> None:
    """Raise the repairs that are called for, and take all others back."""
    called_for = {
        TOO_OLD: is_too_old,
        FALLBACK: state is GuardState.FALLBACK,
        FAULT: state is GuardState.FAULT,
    }
    for key, is_true in called_for.items():
        if not is_true:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, key))
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry, key),
            is_fixable=False,
            learn_more_url=LEARN_MORE,
            severity=SEVERITIES[key],
            translation_key=key,
            translation_placeholders={"title": entry.title},
        )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back every repair of an entry."""
    for key in SEVERITIES:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, key))
