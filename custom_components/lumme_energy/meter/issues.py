"""Repairs of a meter: raised while they are true, taken back when they are over."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

METER_REPLACED: Final = "meter_replaced"
PERMISSION_LAPSED: Final = "permission_lapsed"
WRONG_KEY: Final = "wrong_key"
FIXABLE: Final = {METER_REPLACED}
# Where Belgium's grid operators have the settings of the port.
OPERATORS: Final = {
    "Fluvius": "https://mijn.fluvius.be",
    "ORES": "https://www.ores.be",
    "Sibelga": "https://www.sibelga.be",
    "RESA": "https://www.resa.be",
}
PLACEHOLDERS: Final = {
    PERMISSION_LAPSED: {
        "operators": ", ".join(f"[{name}]({site})" for name, site in OPERATORS.items())
    }
}


@callback
def async_report(hass: HomeAssistant, entry: ConfigEntry, key: str, *, is_true: bool) -> None:
    """Raise a repair of an entry, or take it back."""
    issue_id = f"{key}_{entry.entry_id}"
    if not is_true:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id},
        is_fixable=key in FIXABLE,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"title": entry.title} | PLACEHOLDERS.get(key, {}),
    )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back every repair of an entry."""
    for key in (METER_REPLACED, PERMISSION_LAPSED, WRONG_KEY):
        async_report(hass, entry, key, is_true=False)
