"""Which of the user's entities are the registers of a supply point's meter.

A link is a subentry of the account, so that any meter will do: ours, core's `dsmr`, HomeWizard, …
"""

from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

METER_LINK: Final = "meter_link"
CONF_GSRN: Final = "gsrn"
CONF_REGISTERS: Final = "registers"
CONF_PRICE: Final = "price"
CONF_PRICE_HAS_VAT: Final = "price_has_vat"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterLink:
    """A supply point's meter.

    Attributes:
        subentry_id: The subentry that says so.
        gsrn: The supply point.
        registers: Entity ids by register (`single`, `day`, `export_single`, …).
        price: Entity id of the exchange's price, if the user has one.
        price_has_vat: Whether that includes VAT.
        lost: The registers, and `price`, whose entities are gone.
    """

    subentry_id: str
    gsrn: str
    registers: Mapping[str, str]
    price: str | None = None
    price_has_vat: bool = True
    lost: tuple[str, ...] = ()

    @classmethod
    def of(cls, hass: HomeAssistant, subentry: ConfigSubentry) -> MeterLink:
        """Read a subentry."""
        registry, data = er.async_get(hass), subentry.data
        linked = {**data[CONF_REGISTERS]}
        if CONF_PRICE in data:
            linked[CONF_PRICE] = data[CONF_PRICE]
        found = {name: er.async_resolve_entity_id(registry, each) for name, each in linked.items()}
        known = {name: entity_id for name, entity_id in found.items() if entity_id is not None}
        price = known.pop(CONF_PRICE, None)
        return cls(
            subentry_id=subentry.subentry_id,
            gsrn=data[CONF_GSRN],
            registers=known,
            price=price,
            price_has_vat=data[CONF_PRICE_HAS_VAT],
            lost=tuple(name for name, entity_id in found.items() if entity_id is None),
        )


@callback
def lasting_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return what keeps its meaning when the user renames an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    return entity_id if entry is None else entry.id


def unique_id(gsrn: str) -> str:
    """Return a link's unique id: the supply point's number itself must not travel in logs."""
    return hashlib.sha256(gsrn.encode()).hexdigest()[:16]


@callback
def meter_links(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, MeterLink]:
    """Return an account's links by GSRN."""
    links = (
        MeterLink.of(hass, subentry)
        for subentry in entry.subentries.values()
        if subentry.subentry_type == METER_LINK
    )
    return {link.gsrn: link for link in links}
