"""Which of the user's entities are the registers of a supply point's meter.

A link is a subentry of the account, so that any meter will do: ours, core's `dsmr`, HomeWizard, …
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
import hashlib
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..entity_ids import entity_id_of
from ..readings.schedule import Rhythm, Schedule

METER_LINK: Final = "meter_link"
CONF_GSRN: Final = "gsrn"
CONF_REGISTERS: Final = "registers"
CONF_PRICE: Final = "price"
CONF_PRICE_HAS_VAT: Final = "price_has_vat"
# All about sending readings in; a link without it only reads the meter.
CONF_SUBMISSION: Final = "submission"
CONF_RHYTHM: Final = "rhythm"
CONF_TIME: Final = "time"
CONF_DAY: Final = "day_of_month"
CONF_MONTH: Final = "month"
CONF_DIGITS: Final = "digits"
CONF_METER_SERIAL: Final = "meter_serial"
CONF_DEVICE_SERIALS: Final = "device_serials"
CONF_METER_SINCE: Final = "meter_since"
CONF_CONFIRMED: Final = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """How the readings of a linked meter are sent in.

    Attributes:
        schedule: When.
        digits: How many the meter shows before the decimal mark.
        meter_serial: The number on the meter.
        device_serials: What the entities' devices gave as theirs when they were linked: where that
            is something else now, so is the meter. It may be a reading head's own.
        meter_since: When the user changed the meter.
        is_confirmed: Whether the user has seen what a reading of this link looks like.
    """

    schedule: Schedule
    digits: int | None = None
    meter_serial: str | None = None
    device_serials: tuple[str, ...] = ()
    meter_since: date | None = None
    is_confirmed: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Submission:
        """Read what a subentry has of it."""
        since = data.get(CONF_METER_SINCE)
        return cls(
            schedule=Schedule(
                rhythm=Rhythm(data[CONF_RHYTHM]),
                at=time.fromisoformat(data[CONF_TIME]),
                day=data[CONF_DAY],
                month=data[CONF_MONTH],
            ),
            digits=data.get(CONF_DIGITS),
            meter_serial=data.get(CONF_METER_SERIAL),
            device_serials=tuple(data[CONF_DEVICE_SERIALS]),
            meter_since=None if since is None else date.fromisoformat(since),
            is_confirmed=data[CONF_CONFIRMED],
        )


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
        submission: How its readings are sent in; None where they are not.
    """

    subentry_id: str
    gsrn: str
    registers: Mapping[str, str]
    price: str | None = None
    price_has_vat: bool = True
    lost: tuple[str, ...] = ()
    submission: Submission | None = None

    @classmethod
    def of(cls, hass: HomeAssistant, subentry: ConfigSubentry) -> MeterLink:
        """Read a subentry."""
        data = subentry.data
        linked = {**data[CONF_REGISTERS]}
        if CONF_PRICE in data:
            linked[CONF_PRICE] = data[CONF_PRICE]
        found = {name: entity_id_of(hass, each) for name, each in linked.items()}
        known = {name: entity_id for name, entity_id in found.items() if entity_id is not None}
        price = known.pop(CONF_PRICE, None)
        submission = data.get(CONF_SUBMISSION)
        return cls(
            subentry_id=subentry.subentry_id,
            gsrn=data[CONF_GSRN],
            registers=known,
            price=price,
            price_has_vat=data[CONF_PRICE_HAS_VAT],
            lost=tuple(name for name, entity_id in found.items() if entity_id is None),
            submission=None if submission is None else Submission.of(submission),
        )


@callback
def device_serials(hass: HomeAssistant, entity_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the serial numbers of the devices that entities belong to, as far as they have any."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    found = set()
    for entity_id in entity_ids:
        entry = entities.async_get(entity_id)
        device = devices.async_get(entry.device_id) if entry and entry.device_id else None
        if isinstance(device, dr.DeviceEntry) and device.serial_number:
            found.add(device.serial_number)
    return tuple(sorted(found))


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
