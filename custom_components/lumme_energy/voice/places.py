"""What can be asked about, and which of it is meant.

People call a place by any name that it has in Home Assistant: its device's, its area's, its address.
Languages bend names ("mökki", "mökillä"), so two words are the same if they begin alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr

from ..account.coordinator import AccountCoordinator
from ..account.facts import place
from ..const import CONF_KIND, DOMAIN, KIND_ACCOUNT, KIND_HEATING, KIND_METER
from ..meter.base import BaseMeterCoordinator
from ..portal.model import SupplyPoint
from ..site.coordinator import SiteCoordinator

WORD: Final = re.compile(r"[^\W\d_]{3,}")
# How many letters at the end of a name a language may change, and how many it never does.
BENT: Final = 2
KEPT: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place[About]:
    """Something that an answer can be about.

    Attributes:
        about: What knows the answer.
        device_ids: The devices whose entities show what the answer says.
        name: What the user calls it.
        names: What else people may call it.
    """

    about: About
    device_ids: frozenset[str]
    name: str
    names: tuple[str, ...] = ()

    def is_called(self, asked: str) -> bool:
        """Whether that is a name of it."""
        return any(is_alike(asked, name) for name in (self.name, *self.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bills:
    """The bills of an account: those of some supply points, or all."""

    account: AccountCoordinator
    gsrns: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """A supply point of an account."""

    account: AccountCoordinator
    point: SupplyPoint


def is_alike(asked: str, name: str) -> bool:
    """Whether two names have a word in common, as far as its ending goes."""
    said, called = (WORD.findall(each.casefold()) for each in (asked, name))
    return any(_begin_alike(one, other) for one in said for other in called)


def _begin_alike(one: str, other: str) -> bool:
    common = min(len(one), len(other))
    kept = max(KEPT, common - BENT) if one != other else common
    return one[:kept] == other[:kept]


def bills(hass: HomeAssistant, asked: str | None) -> list[Place[Bills]]:
    """Return whose bills are meant: of the supply points of that name, else of all accounts."""
    accounts = [
        (
            _place(hass, entry, entry.runtime_data, str(entry.unique_id), names=(entry.title,)),
            _points(hass, entry),
        )
        for entry in _loaded(hass, KIND_ACCOUNT)
    ]
    found = [
        Place(
            about=Bills(
                account=account.about,
                gsrns=frozenset(each.about.point.gsrn for each in points if each.is_called(asked)),
            ),
            device_ids=account.device_ids,
            name=account.name,
        )
        for account, points in accounts
        if asked is not None and any(each.is_called(asked) for each in points)
    ]
    everything = [
        Place(
            about=Bills(account=account.about),
            device_ids=account.device_ids,
            name=account.name,
            names=account.names,
        )
        for account, _ in accounts
    ]
    return found or _meant(everything, asked)


def supplied(hass: HomeAssistant, asked: str | None) -> list[Place[Supplied]]:
    """Return which supply points are meant."""
    entries = _loaded(hass, KIND_ACCOUNT)
    return _meant([each for entry in entries for each in _points(hass, entry)], asked)


def submitting(hass: HomeAssistant, asked: str | None) -> list[Place[Supplied]]:
    """Return which supply points are meant among those whose readings are sent in."""
    entries = _loaded(hass, KIND_ACCOUNT)
    points = [each for entry in entries for each in _points(hass, entry)]
    linked = [each for each in points if each.about.account.readings.link(each.about.point.gsrn)]
    return _meant(linked, asked)


def meters(hass: HomeAssistant, asked: str | None) -> list[Place[BaseMeterCoordinator]]:
    """Return which meters are meant."""
    found = [
        _place(hass, entry, entry.runtime_data, entry.entry_id, names=(entry.title,))
        for entry in _loaded(hass, KIND_METER)
    ]
    return _meant(found, asked)


def houses(hass: HomeAssistant, asked: str | None) -> list[Place[SiteCoordinator]]:
    """Return which heated houses are meant."""
    found = []
    for entry in _loaded(hass, KIND_HEATING):
        house: SiteCoordinator = entry.runtime_data
        ids = (entry.entry_id, *house.zones)
        found.append(_place(hass, entry, house, *ids, names=(entry.title,)))
    return _meant(found, asked)


def _meant[About](places: list[Place[About]], asked: str | None) -> list[Place[About]]:
    """Return those that are called so; a name that none of them has leaves all, named."""
    return [each for each in places if asked is not None and each.is_called(asked)] or places


def _points(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[Place[Supplied]]:
    account: AccountCoordinator = entry.runtime_data
    found = []
    for point in account.data.supply_points or ():
        names = (place(point), point.address.city or "")
        about = Supplied(account=account, point=point)
        found.append(_place(hass, entry, about, point.gsrn, names=names))
    return found


def _place[About](
    hass: HomeAssistant,
    entry: ConfigEntry[Any],
    about: About,
    *identifiers: str,
    names: Iterable[str],
) -> Place[About]:
    """Return a place by its devices, the first of which gives it its name."""
    registry, areas = dr.async_get(hass), ar.async_get(hass)
    devices = [
        registry.async_get_device_by_identifier((DOMAIN, each), entry.entry_id)
        for each in identifiers
    ]
    known = [device for device in devices if device is not None]
    own = known[0] if known else None
    area = areas.async_get_area(own.area_id) if own is not None and own.area_id else None
    return Place(
        about=about,
        device_ids=frozenset(device.id for device in known),
        name=(own.name_by_user or own.name if own is not None else None) or entry.title,
        names=(*names, *([area.name] if area is not None else ())),
    )


def _loaded(hass: HomeAssistant, kind: str) -> list[ConfigEntry[Any]]:
    return [
        entry
        for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        if entry.data[CONF_KIND] == kind
    ]
