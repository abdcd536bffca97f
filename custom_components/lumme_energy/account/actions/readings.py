"""The actions about meter readings: what there is, sending one in, and having it deleted."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType
import probatio

from ...action import Action, invalid
from ...portal.model import Capability, MeterReading, ReadingSource, SupplyPoint
from ...readings.indexes import whole
from ...readings.plan import Plan
from ...readings.plausibility import Finding, Rule, blocking
from ..coordinator import AccountCoordinator
from ..errors import async_words
from ..readings.desk import Judged
from ..readings.estimates import async_doubts, async_numbers
from ..readings.outcome import async_require_sent
from ..readings.sensor import REGISTERS
from ..readings.words import async_register_names, objection, reason
from .common import ATTR_SUPPLY_POINT, POINT_FIELDS, account_of, plain, point_of, require
from .statement import ATTR_FROM, ATTR_UNTIL, PERIOD_FIELDS
from .writing import ATTR_CONFIRM, CONFIRM_FIELDS

ATTR_VALUES: Final = "values"
ATTR_DAY: Final = "day"
ATTR_OVERRIDE: Final = "override"
# What a user may know better than we do. All else no supplier takes, or is not stopped by itself.
OVERRIDABLE: Final = (
    Rule.METER_REPLACED,
    Rule.OLD_VALUE,
    Rule.MISSING_REGISTER,
    Rule.UNKNOWN_REGISTER,
    Rule.NO_INJECTION,
    Rule.SWAPPED,
    Rule.TIMES_FACTOR,
    Rule.EXTRA_DIGIT,
    Rule.UNLIKELY_USE,
)


async def list_readings(call: ServiceCall) -> ServiceResponse:
    """Return all readings, newest first, what was sent in from here, and estimates in doubt."""
    coordinator = account_of(call)
    require(coordinator, Capability.READINGS)
    points = coordinator.data.supply_points or ()
    if ATTR_SUPPLY_POINT in call.data:
        points = (point_of(call, coordinator),)
    gsrns = {point.gsrn for point in points}

    def is_asked(each: MeterReading | Plan) -> bool:
        is_within = call.data[ATTR_FROM] <= each.day <= call.data[ATTR_UNTIL]
        return is_within and each.gsrn in gsrns

    return {
        "readings": [_reading(each) for each in coordinator.data.readings or () if is_asked(each)],
        "submissions": [
            _plan(each) for each in reversed(coordinator.readings.plans) if is_asked(each)
        ],
        "doubtful": [told for point in points for told in await _async_doubts(coordinator, point)],
    }


async def submit_reading(call: ServiceCall) -> ServiceResponse:
    """Send a reading in if that is confirmed; else return what would be sent, and what is odd."""
    coordinator = account_of(call)
    require(coordinator, Capability.READING_SUBMISSION)
    judged = await coordinator.readings.async_submit(
        point_of(call, coordinator).gsrn,
        values=call.data.get(ATTR_VALUES),
        day=call.data.get(ATTR_DAY),
        override=call.data[ATTR_OVERRIDE],
        dry_run=not call.data[ATTR_CONFIRM],
        user_id=call.context.user_id,
    )
    if call.data[ATTR_CONFIRM]:
        await async_require_sent(coordinator, judged)
    return await _async_judged(coordinator, judged, is_sent=call.data[ATTR_CONFIRM])


async def delete_reading(call: ServiceCall) -> ServiceResponse:
    """Have a reading deleted if that is confirmed; else return which one it would be."""
    coordinator = account_of(call)
    require(coordinator, Capability.READING_SUBMISSION)
    gsrn = point_of(call, coordinator).gsrn
    own = [
        each
        for each in coordinator.data.readings or ()
        if each.gsrn == gsrn and each.source is ReadingSource.CUSTOMER
    ]
    day = call.data.get(ATTR_DAY) or max((each.day for each in own), default=None)
    if day is None:
        raise invalid("nothing_to_delete", portal=coordinator.supplier.portal_name)
    record = await coordinator.readings.async_delete(
        gsrn, day, dry_run=not call.data[ATTR_CONFIRM], user_id=call.context.user_id
    )
    return {
        "supply_point": gsrn,
        "day": plain(day),
        "values": {each.register: plain(each.value) for each in own if each.day == day},
        "deleted": record is not None,
    }


def _reading(reading: MeterReading) -> JsonValueType:
    return {
        "supply_point": reading.gsrn,
        "day": plain(reading.day),
        "register": reading.register,
        "value": plain(reading.value),
        "unit": reading.unit,
        "source": reading.source,
    }


def _plan(plan: Plan) -> JsonObjectType:
    return {
        "supply_point": plan.gsrn,
        "day": plain(plan.day),
        "values": {register: plain(value) for register, value in (plan.values or {}).items()},
        "unit": plan.unit,
        "taken": plain(plan.taken),
        "state": plan.state,
        "reason": reason(plan),
        "lost": {register: plain(value) for register, value in (plan.lost or {}).items()},
    }


async def _async_judged(
    coordinator: AccountCoordinator, judged: Judged, *, is_sent: bool
) -> JsonObjectType:
    names = await async_register_names(coordinator.hass)
    plan = judged.plan
    return {
        "supply_point": plan.gsrn,
        "day": plain(plan.day),
        "values": {register: plain(value) for register, value in (plan.values or {}).items()},
        "unit": plan.unit,
        "taken": plain(plan.taken),
        "possible": not blocking(judged.findings),
        "findings": [
            await _async_finding(coordinator, finding, names) for finding in judged.findings
        ],
        "sent": is_sent,
    }


async def _async_finding(
    coordinator: AccountCoordinator, finding: Finding, names: Mapping[str, str]
) -> JsonValueType:
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "register": finding.register,
        "final": finding.is_final,
        "message": await async_words(coordinator.hass, objection(coordinator, finding, names)),
    }


async def _async_doubts(coordinator: AccountCoordinator, point: SupplyPoint) -> list[JsonValueType]:
    """Return what to tell customer service about each estimate that the meter contradicts."""
    return [
        {
            "supply_point": point.gsrn,
            "register": each.estimate.register,
            "estimated": plain(each.estimate.value),
            "estimated_day": plain(each.estimate.day),
            "metered": plain(each.metered),
            "metered_day": plain(each.day),
            "unit": each.estimate.unit,
            "contact": coordinator.contact.label,
            "message": (await async_numbers(coordinator.hass, [each])).removeprefix("- "),
        }
        for each in await async_doubts(coordinator, point)
    ]


def index(value: Any) -> Decimal:
    """Validate what a register shows; what is behind the decimal mark is left out.

    Raises:
        probatio.Invalid: it is no such number.
    """
    try:
        shown = Decimal(str(value))
        if shown.is_finite() and shown >= 0:
            return whole(shown)
    except InvalidOperation:
        pass
    raise probatio.Invalid("expected what a meter shows: a number")


ACTIONS: Final = (
    Action(
        name="list_readings",
        fields={**POINT_FIELDS, **PERIOD_FIELDS},
        handler=list_readings,
    ),
    Action(
        name="submit_reading",
        fields={
            **POINT_FIELDS,
            probatio.Optional(ATTR_VALUES): {probatio.In(REGISTERS): index},
            probatio.Optional(ATTR_DAY): cv.date,
            probatio.Optional(ATTR_OVERRIDE, default=list): probatio.All(
                cv.ensure_list, [probatio.Coerce(Rule)], [probatio.In(OVERRIDABLE)]
            ),
            **CONFIRM_FIELDS,
        },
        handler=submit_reading,
        supports_response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="delete_reading",
        fields={**POINT_FIELDS, probatio.Optional(ATTR_DAY): cv.date, **CONFIRM_FIELDS},
        handler=delete_reading,
        supports_response=SupportsResponse.OPTIONAL,
    ),
)
