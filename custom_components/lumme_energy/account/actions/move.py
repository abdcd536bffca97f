"""The action that prepares the document of a move."""

from datetime import date, timedelta
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
import probatio

from ...action import Action
from ...billing.documents.move import Meter, Move, Party, printable
from ...portal.model import SupplyPoint
from ..bookkeeper import links_of
from ..coordinator import AccountCoordinator
from ..document_view import signed
from ..documents import Document
from ..index import async_indexes
from ..meter_link import device_serials
from ..paper import async_takeover
from .common import ATTR_SUPPLY_POINT, POINT_FIELDS, account_of, plain, point_of
from .documents import LANGUAGE_FIELDS
from .payment import ATTR_LANGUAGE

ATTR_DAY: Final = "day"
ATTR_YOU: Final = "you"
LEAVING: Final = "leaving"
ARRIVING: Final = "arriving"
PARTIES: Final = (LEAVING, ARRIVING)
PARTY: Final = ("name", "address", "phone", "email")
LIFETIME: Final = timedelta(hours=1)


async def prepare_move(call: ServiceCall) -> ServiceResponse:
    """Return where the filled document can be opened. It is in memory alone, and not for long."""
    coordinator = account_of(call)
    day: date = call.data.get(ATTR_DAY, coordinator.today)
    meters = [
        await _async_meter(coordinator, point, day) for point in _handed_over(call, coordinator)
    ]
    asked = {who: _party(call, coordinator, who) for who in PARTIES}
    parties = {who: printable(party) for who, party in asked.items()}
    document = await async_takeover(
        call.hass,
        Move(
            day=day,
            meters=meters,
            leaving=parties[LEAVING],
            arriving=parties[ARRIVING],
            supplier=coordinator.supplier.name,
            contact=coordinator.contact.label,
        ),
        language=call.data.get(ATTR_LANGUAGE, call.hass.config.language),
    )
    held = Document(name=f"{day.isoformat()}.pdf", content=document)
    return {
        "url": signed(coordinator, coordinator.documents.hold(held), LIFETIME),
        "day": day.isoformat(),
        "meters": [
            {
                "supply_point": meter.point.gsrn,
                "energy": meter.point.energy,
                "meter_number": meter.serial,
                "readings": {name: plain(value) for name, value in meter.readings.items()},
            }
            for meter in meters
        ],
        "left_blank": [
            f"{who}_{name}"
            for who in PARTIES
            for name in PARTY
            if getattr(parties[who], name) is None
        ],
    }


def _handed_over(call: ServiceCall, coordinator: AccountCoordinator) -> list[SupplyPoint]:
    """Return all supply points at the address that the move is about.

    Raises:
        ServiceValidationError: there are several addresses, or no such supply point.
    """
    points = coordinator.data.supply_points or ()
    one_home = len({point.address for point in points}) == 1 and ATTR_SUPPLY_POINT not in call.data
    asked = points[0] if one_home else point_of(call, coordinator)
    if asked.address.label is None:
        return [asked]
    return [point for point in points if point.address == asked.address]


async def _async_meter(coordinator: AccountCoordinator, point: SupplyPoint, day: date) -> Meter:
    """Return a meter with what is known of it; the rest is filled in by hand."""
    if (link := links_of(coordinator).get(point.gsrn)) is None:
        return Meter(point=point, serial=point.meter_serial)
    serials = device_serials(coordinator.hass, link.registers.values())
    return Meter(
        point=point,
        serial=point.meter_serial or next(iter(serials), None),
        readings=await async_indexes(coordinator.hass, link, point.energy, day, coordinator.zone),
    )


def _party(call: ServiceCall, coordinator: AccountCoordinator, who: str) -> Party:
    values: dict[str, Any] = {name: call.data.get(f"{who}_{name}") for name in PARTY}
    is_customer = call.data[ATTR_YOU] == who
    return Party(**values, customer=coordinator.account.account_id if is_customer else None)


ACTIONS: Final = (
    Action(
        name="prepare_move",
        fields={
            **POINT_FIELDS,
            probatio.Optional(ATTR_DAY): cv.date,
            probatio.Optional(ATTR_YOU, default=LEAVING): probatio.In(PARTIES),
            **{probatio.Optional(f"{who}_{name}"): cv.string for who in PARTIES for name in PARTY},
            **LANGUAGE_FIELDS,
        },
        handler=prepare_move,
    ),
)
