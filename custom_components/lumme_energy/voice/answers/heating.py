"""Answers about a heated house, and what can be wished of it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from ...heating.model import Alarm, Arrival, Mode, Proof
from ...site.coordinator import SiteCoordinator
from ..languages import language
from ..moments import moment
from ..proposal import Asker, Proposal
from ..speech import Speech

PROOFS: Final = (
    (Proof.NOT_YET, "left_not_yet"),
    (Proof.PROVEN, "left_proven"),
    (Proof.READ_BACK, "left_read"),
    (Proof.UNKNOWN, "left_silent"),
)


def turned_down(speech: Speech, about: SiteCoordinator) -> Iterator[str]:
    """Say whether the house is turned down, and for each zone how sure that is."""
    plan = about.data
    if plan.is_left_high:
        names = [about.zones[zone_id].name for zone_id in plan.left_high]
        yield (
            speech.say("left_high", zones=speech.listed(names))
            if names
            else speech.say("left_power")
        )
    elif plan.mode is Mode.HOME:
        yield speech.say("left_home")
        return
    proofs = plan.turned_down
    found = set(proofs.values())
    if not plan.is_left_high:
        if found <= {Proof.UNKNOWN}:
            yield speech.say("left_unknown")
        else:
            yield speech.say("left_partly" if Proof.NOT_YET in found else "left_down")
    for proof, key in PROOFS:
        names = [about.zones[zone_id].name for zone_id, each in proofs.items() if each is proof]
        if names and not (proof is Proof.NOT_YET and plan.is_left_high):
            yield speech.say(key, zones=speech.listed(names))
    if plan.mode is Mode.ARRIVING and plan.arrival is not None:
        yield speech.say("left_arriving", moment=speech.moment(plan.arrival.at))


def warmth(speech: Speech, about: SiteCoordinator) -> Iterator[str]:
    """Say how warm it is in each zone, and outdoors."""
    rooms = {zone_id: seen.room for zone_id, seen in about.seen.zones.items()}
    known = [
        f"{about.zones[zone_id].name} {speech.temperature(room)}"
        for zone_id, room in rooms.items()
        if room is not None
    ]
    if known:
        yield f"{speech.listed(known)}."
    unknown = [about.zones[zone_id].name for zone_id, room in rooms.items() if room is None]
    if unknown:
        yield speech.say("warmth_unknown", zones=speech.listed(unknown))
    if about.seen.outdoor is not None:
        yield speech.say("warmth_outdoor", temperature=speech.temperature(about.seen.outdoor))
    cold = [
        about.zones[zone_id].name
        for zone_id, zone in about.data.zones.items()
        if Alarm.COLD in zone.alarms
    ]
    if cold:
        yield speech.say("warmth_cold", zones=speech.listed(cold))


async def turn_down(speech: Speech, about: SiteCoordinator, asker: Asker) -> Proposal:
    """Ask whether the house shall be turned down."""

    async def act() -> Iterator[str]:
        await about.async_wish(about.engine.turn_down)
        return iter([speech.say("turning_down"), *turned_down(speech, about)])

    return Proposal(question=speech.say("ask_turn_down", place=asker.place), act=act)


async def warm_up(speech: Speech, about: SiteCoordinator, asker: Asker) -> Proposal | str:
    """Ask whether the house shall be warm by then, and say what that takes; or ask when."""
    if asker.when is None:

        async def now() -> Iterator[str]:
            await about.async_wish(lambda at: about.engine.set_mode(Mode.HOME, at))
            return iter([speech.say("warm_up_begins")])

        return Proposal(question=speech.say("ask_warm_up_now", place=asker.place), act=now)
    words = language(speech.language).moments
    at = moment(asker.when, speech.language, words, speech.now)
    if at is None:
        return speech.say("when_unknown")

    async def act() -> Iterator[str]:
        await about.async_wish(lambda now: about.engine.set_arrival(at, now))
        return iter([_begins(speech, about)])

    arrival = about.preview(at)
    if arrival is None or arrival.is_reachable:
        ask = speech.say("ask_warm_up", place=asker.place, moment=speech.moment(at))
    else:
        ask = _too_late(speech, arrival, asker.place)
    return Proposal(question=" ".join((*_takes(speech, arrival), ask)), act=act)


def _takes(speech: Speech, arrival: Arrival | None) -> Iterator[str]:
    """Say what an arrival takes, as far as that is known."""
    if arrival is None or not arrival.energy:
        return
    energy = speech.energy(Decimal(str(arrival.energy)))
    if arrival.cost is None:
        yield speech.say("warm_up_takes", energy=energy)
    else:
        yield speech.say("warm_up_costs", energy=energy, amount=speech.money(arrival.cost))


def _too_late(speech: Speech, arrival: Arrival, place: str) -> str:
    if arrival.ready_at is None:
        return speech.say("ask_warm_up_never", place=place)
    return speech.say("ask_warm_up_late", place=place, ready=speech.moment(arrival.ready_at))


def _begins(speech: Speech, about: SiteCoordinator) -> str:
    """Say when heating begins for the arrival that was just wished for."""
    arrival = about.data.arrival
    if about.data.mode is Mode.HOME:
        return speech.say("warm_up_noted")
    if arrival is None or arrival.start is None or arrival.start <= speech.now:
        return speech.say("warm_up_begins")
    return speech.say("warm_up_starts", moment=speech.moment(arrival.start))
