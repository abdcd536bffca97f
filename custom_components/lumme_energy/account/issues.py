"""Repairs of a supplier account: raised while they are true, taken back when they are over."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..billing.bill_check import BillCheck, LineCheck, Verdict
from ..billing.reminders import Excess
from ..const import DOMAIN
from ..portal.model import Capability
from .feeds import Feed

NEW_ISSUE_URL: Final = "https://github.com/lumme-energy/lumme-energy/issues/new/choose"
PORTAL_CHANGED: Final = "portal_changed"
STALE_DATA: Final = "stale_data"
FEE_TOO_HIGH: Final = "fee_too_high"
BILL_DIFFERS: Final = "bill_differs"
METER_LINK_LOST: Final = "meter_link_lost"
IMPORT_FAILED: Final = "import_failed"
ARCHIVE_FAILED: Final = "archive_failed"
ESTIMATE_DOUBTFUL: Final = "estimate_doubtful"
# One for each capability, so that each is said in plain, translated words.
CAPABILITY_LOST: Final = "capability_lost"
CAPABILITIES: Final = (
    Capability.STATEMENT,
    Capability.DEPOSIT,
    Capability.CONSUMPTION,
    Capability.SETTINGS,
    Capability.BENEFITS,
)


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
    clauses: dict[str, dict[str, str] | None] = {
        PORTAL_CHANGED: {"calls": ", ".join(changed)} if changed else None,
        STALE_DATA: {} if stale else None,
        FEE_TOO_HIGH: (
            {"charged": f"{fee.charged:.2f} €", "limit": f"{fee.limit:.2f} €"} if fee else None
        ),
    }
    for key, more in clauses.items():
        url = NEW_ISSUE_URL if key == PORTAL_CHANGED else None
        _show(hass, entry, key, None if more is None else placeholders | more, learn_more_url=url)
    for capability in CAPABILITIES:
        told = placeholders if capability in lost else None
        _show(hass, entry, f"{CAPABILITY_LOST}_{capability}", told, fixes=capability)


@callback
def async_report_money(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    checks: Sequence[BillCheck] = (),
    *,
    is_lost: bool = False,
) -> None:
    """Raise a repair for each bill that differs from the meter, and one for a meter that is gone.

    Args:
        hass: Home Assistant.
        entry: The supplier account.
        checks: The bills that were checked.
        is_lost: Whether an entity that was linked to a supply point does not exist any more.
    """
    differing = {
        found.invoice.number: {
            "title": entry.title,
            "number": found.invoice.number,
            "amount": _signed(found.amount_difference, found.invoice.currency),
            "lines": "\n".join(_row(line, found.invoice.currency) for line in found.lines),
        }
        for found in checks
        if found.verdict is Verdict.DIFFERS
    }
    _show_each(hass, entry, BILL_DIFFERS, differing)
    _show(hass, entry, METER_LINK_LOST, {"title": entry.title} if is_lost else None)


@callback
def async_report_archive(
    hass: HomeAssistant, entry: ConfigEntry[Any], *, is_failed: bool = False
) -> None:
    """Raise a repair while an entry's archive cannot be written."""
    _show(hass, entry, ARCHIVE_FAILED, {"title": entry.title} if is_failed else None)


@callback
def async_report_files(
    hass: HomeAssistant, entry: ConfigEntry[Any], names: Sequence[str] = ()
) -> None:
    """Raise a repair about the files of the watched folder that cannot be read."""
    shown = "\n".join(f"- `{name.replace('`', ' ')}`" for name in names)
    _show(hass, entry, IMPORT_FAILED, {"title": entry.title, "files": shown} if names else None)


@callback
def async_report_estimates(
    hass: HomeAssistant, entry: ConfigEntry[Any], doubtful: Mapping[str, dict[str, str]]
) -> None:
    """Raise a repair for each supply point with an estimated reading that its meter contradicts.

    Args:
        hass: Home Assistant.
        entry: The supplier account.
        doubtful: What the repair's text leaves open, by an id of the supply point.
    """
    _show_each(hass, entry, ESTIMATE_DOUBTFUL, doubtful)


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back all repairs of an entry that goes away."""
    async_report(hass, entry, "")
    async_report_money(hass, entry)
    async_report_files(hass, entry)
    async_report_archive(hass, entry)
    async_report_estimates(hass, entry, {})


@callback
def raised(hass: HomeAssistant, entry: ConfigEntry[Any], *keys: str) -> set[str]:
    """Return the ids of an entry's repairs of which there may be several: `{key}_{entry}_…`."""
    prefixes = tuple(f"{key}_{entry.entry_id}_" for key in keys)
    return {
        issue_id
        for domain, issue_id in ir.async_get(hass).issues
        if domain == DOMAIN and issue_id.startswith(prefixes)
    }


def _show_each(
    hass: HomeAssistant, entry: ConfigEntry[Any], key: str, wanted: Mapping[str, dict[str, str]]
) -> None:
    """Have just these repairs of a kind, told apart by a name."""
    names = {
        issue_id.removeprefix(f"{key}_{entry.entry_id}_") for issue_id in raised(hass, entry, key)
    }
    for name in names | wanted.keys():
        _show(hass, entry, key, wanted.get(name), name=name)


def _show(
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    key: str,
    placeholders: dict[str, str] | None,
    *,
    name: str = "",
    fixes: Capability | None = None,
    learn_more_url: str | None = None,
) -> None:
    """Raise a repair with what its text leaves open; without that it is over."""
    issue_id = "_".join(filter(None, (key, entry.entry_id, name)))
    if placeholders is None:
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
        translation_placeholders=placeholders,
        learn_more_url=learn_more_url,
    )


def _row(line: LineCheck, currency: str) -> str:
    """Return a row of the calculation, in Markdown; what the supplier guessed is marked."""
    texts = dict.fromkeys(each.text or each.register or each.kind for each in line.lines)
    name = " + ".join(texts).replace("|", "/")
    mark = " ≈" if line.is_estimated else ""
    measured = None if line.measured is None else line.measured.energy
    cells = (
        f"{name} {line.first} – {line.last}{mark}",
        _energy(line.billed),
        _energy(measured),
        _signed(line.energy_difference, "kWh"),
        _signed(line.amount_difference, currency),
    )
    return f"| {' | '.join(cells)} |"


def _energy(energy: Decimal | None) -> str:
    return "–" if energy is None else f"{energy:.1f} kWh"


def _signed(value: Decimal | None, unit: str) -> str:
    """Return a difference with its sign."""
    digits = 1 if unit == "kWh" else 2
    return "–" if value is None else f"{value:+.{digits}f} {unit}"
