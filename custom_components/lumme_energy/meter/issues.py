"""Repairs of a meter: raised while they are true, taken back when they are over."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from ..const import DOMAIN

METER_REPLACED: Final = "meter_replaced"
SUB_METER_REPLACED: Final = "sub_meter_replaced"
PERMISSION_LAPSED: Final = "permission_lapsed"
WRONG_KEY: Final = "wrong_key"
FIXABLE: Final = {METER_REPLACED, SUB_METER_REPLACED}
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
def async_report(
    hass: HomeAssistant, entry: ConfigEntry, key: str, place: str = "", *, is_true: bool
) -> None:
    """Raise a repair of an entry, or of a place behind its meter, or take it back."""
    issue_id = "_".join(filter(None, (key, entry.entry_id, place)))
    if not is_true:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    placeholders = {"title": entry.title} | PLACEHOLDERS.get(key, {})
    if place:
        placeholders["meter"] = _name(hass, entry, place)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id, "place": place},
        is_fixable=key in FIXABLE,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=placeholders,
    )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back every repair of an entry."""
    ours = tuple(
        f"{key}_{entry.entry_id}"
        for key in (METER_REPLACED, SUB_METER_REPLACED, PERMISSION_LAPSED, WRONG_KEY)
    )
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(ours):
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _name(hass: HomeAssistant, entry: ConfigEntry, place: str) -> str:
    """Return what the user calls a meter behind the meter."""
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, f"{entry.entry_id}_{place}"), entry.entry_id
    )
    return (device.name_by_user or device.name if device else None) or entry.title
