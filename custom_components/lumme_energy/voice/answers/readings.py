"""Answers about meter readings, and sending one in."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from ...account.readings.outcome import async_require_sent
from ...account.readings.words import objection
from ...portal.model import Unit
from ...readings.plausibility import blocking
from ..places import Supplied
from ..proposal import Asker, Proposal
from ..speech import Speech


def readings(speech: Speech, about: Supplied) -> Iterator[str]:
    """Say which reading the supplier has, and when the next one goes in."""
    desk, gsrn = about.account.readings, about.point.gsrn
    found = _newest(about)
    if found is None:
        yield speech.say("reading_none")
    else:
        day, values, unit = found
        yield speech.say("reading", day=speech.day(day), values=_indexes(speech, values, unit))
    if desk.problem(gsrn) is not None:
        yield speech.say("reading_waits")
    if (due := desk.next_due(gsrn)) is not None:
        yield speech.say("reading_next", moment=speech.moment(due.at))
    else:
        yield speech.say("reading_no_next")


async def submit_reading(speech: Speech, about: Supplied, asker: Asker) -> Proposal:
    """Read the meter, and ask whether that shall be sent in.

    Raises:
        HomeAssistantError: It cannot be sent, or something is odd about it.
    """
    account, gsrn = about.account, about.point.gsrn
    desk = account.readings
    judged = await desk.async_submit(gsrn, dry_run=True, user_id=asker.user_id)
    for finding in blocking(judged.findings):
        raise objection(account, finding, speech.registers)

    async def act() -> Iterator[str]:
        sent = await desk.async_submit(gsrn, dry_run=False, user_id=asker.user_id)
        await async_require_sent(account, sent)
        return iter([speech.say("submitted", supplier=account.manufacturer)])

    plan = judged.plan
    values = _indexes(speech, plan.values or {}, plan.unit)
    question = speech.say(
        "ask_submit", place=asker.place, supplier=account.manufacturer, values=values
    )
    return Proposal(question=question, act=act)


def _newest(about: Supplied) -> tuple[date, Mapping[str, Decimal], Unit] | None:
    """Return the newest reading that the supplier has, as it tells, or as it accepted it from us."""
    gsrn = about.point.gsrn
    plan = about.account.readings.latest(gsrn)
    told = [each for each in about.account.data.readings or () if each.gsrn == gsrn]
    day = max((each.day for each in told), default=None)
    if plan is not None and plan.values is not None and (day is None or plan.day > day):
        return plan.day, plan.values, plan.unit
    if day is None:
        return None
    newest = [each for each in told if each.day == day]
    return day, {each.register: each.value for each in newest}, newest[0].unit


def _indexes(speech: Speech, values: Mapping[str, Decimal], unit: Unit) -> str:
    """Return what a meter shows; registers have a name where there are several."""
    measure = speech.volume if unit is Unit.M3 else speech.energy
    if len(values) == 1:
        return measure(*values.values())
    return speech.listed(
        f"{speech.registers.get(register, register)} {measure(value)}"
        for register, value in values.items()
    )
