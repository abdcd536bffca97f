"""Repairs of a house: raised while somebody must look after something, taken back when that is over."""

from collections.abc import Mapping, Sequence
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..heating.model import Alarm, SitePlan
from .zone import Zone

# Pipes burst within hours.
URGENT: Final = {Alarm.COLD, Alarm.POWER_CUT}
LEARN_MORE: Final = "https://github.com/lumme-energy/lumme-energy/blob/main/docs/cottage.md#alarms"
LEARN_MORE_OF_BRIDGES: Final = (
    "https://github.com/lumme-energy/lumme-energy/blob/main/docs/bridge.md"
)


def _issue_id(entry: ConfigEntry, key: str, zone_id: str = "") -> str:
    return "_".join(filter(None, ("heating", entry.entry_id, key, zone_id)))


@callback
def async_report(
    hass: HomeAssistant, entry: ConfigEntry, zones: Mapping[str, Zone], plan: SitePlan
) -> None:
    """Raise the repairs that a plan's alarms ask for, and take all others back."""
    alarms = {(alarm, "") for alarm in plan.alarms}
    alarms |= {(alarm, zone_id) for zone_id, zone in plan.zones.items() for alarm in zone.alarms}
    for alarm in Alarm:
        for zone_id in ("", *zones):
            issue_id = _issue_id(entry, alarm, zone_id)
            if (alarm, zone_id) not in alarms:
                ir.async_delete_issue(hass, DOMAIN, issue_id)
                continue
            zone = zones.get(zone_id)
            ir.async_create_issue(
                hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                learn_more_url=LEARN_MORE,
                severity=ir.IssueSeverity.ERROR if alarm in URGENT else ir.IssueSeverity.WARNING,
                translation_key=f"heating_{alarm}",
                translation_placeholders={
                    "title": entry.title,
                    "zone": zone.name if zone else entry.title,
                },
            )


@callback
def async_report_guard(
    hass: HomeAssistant, entry: ConfigEntry, *, is_lost: bool, unguarded: Sequence[str]
) -> None:
    """Say that the bridge is not told any more, and whom it cannot keep from freezing."""
    for key, is_true in (("frost_guard_lost", is_lost), ("frost_guard_partly", bool(unguarded))):
        if not is_true:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(entry, key))
            continue
        ir.async_create_issue(
            hass,
            DOMAIN,
            _issue_id(entry, key),
            is_fixable=False,
            learn_more_url=LEARN_MORE_OF_BRIDGES,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={"title": entry.title, "zones": ", ".join(unguarded)},
        )


@callback
def async_report_unusable(
    hass: HomeAssistant, entry: ConfigEntry, zone: str, key: str, placeholders: Mapping[str, str]
) -> None:
    """Say why a zone's heater cannot be driven as things are."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry, key, zone),
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"title": entry.title, "zone": zone, **placeholders},
    )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back every repair of an entry."""
    ours = _issue_id(entry, "")
    for domain, issue_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and issue_id.startswith(ours):
            ir.async_delete_issue(hass, DOMAIN, issue_id)
