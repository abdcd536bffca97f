"""What a year came to, in the words of a document."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from custom_components.lumme_energy.heating.model import Alarm

from .controllers import AlwaysOn, Ours, Tpi
from .plan import HOUR, MINUTE, Fault, Kind
from .world import Counts, Reached, World

# Which alarm a fault must raise, and how long it must last for that.
MUST_RAISE: Final = {
    Kind.LINK: ({Alarm.SILENT}, 20 * MINUTE),
    Kind.BUS: ({Alarm.SILENT}, 20 * MINUTE),
    Kind.ZONE: ({Alarm.SILENT}, 20 * MINUTE),
    Kind.SENSOR: ({Alarm.STALE_SENSOR}, 65 * MINUTE),
    Kind.CUT: ({Alarm.POWER_CUT, Alarm.SILENT}, 20 * MINUTE),
}
# What an alarm may be about, besides cold, which speaks for itself.
MAY_BE_ABOUT: Final = {
    Alarm.SILENT: {Kind.LINK, Kind.BUS, Kind.ZONE, Kind.CUT, Kind.REBOOT},
    # A room that its heater does not warm is also taken for a thermometer that is stuck.
    Alarm.STALE_SENSOR: {
        Kind.BLOWN,
        Kind.SENSOR,
        Kind.LINK,
        Kind.BUS,
        Kind.ZONE,
        Kind.CUT,
        Kind.KILL,
    },
    Alarm.POWER_CUT: {Kind.CUT},
    Alarm.REFUSED: {Kind.REFUSED, Kind.LOST, Kind.LINK, Kind.BUS, Kind.ZONE, Kind.REBOOT, Kind.CUT},
    Alarm.DRIFT: {Kind.RESET, Kind.LOST, Kind.CUT},
    Alarm.NO_RISE: {Kind.BLOWN},
}


@dataclass(frozen=True, slots=True)
class Year:
    """Our rules and their rivals in the same year.

    Attributes:
        always_on: What the year was with 20 °C all of it.
        tpi: What it was with a proportional controller, by the hours that it begins ahead.

    """

    world: World
    ours: Ours
    always_on: Counts
    tpi: dict[int, Counts]


def live(seed: int, start: datetime, days: int, *, ahead: Sequence[int] = (12, 24)) -> Year:
    """Live a year, and again for each rival."""
    world = World(seed, start, days)
    ours = Ours(world, seed)
    world.run(ours)
    still = World(seed, start, days)
    rivals = {}
    for hours in ahead:
        other = World(seed, start, days)
        rivals[hours] = other.run(Tpi(other, hours * HOUR))
    return Year(world, ours, still.run(AlwaysOn(still)), rivals)


def quantile(numbers: Sequence[float], share: float) -> float:
    """Return the number that a share of all do not exceed; 0 of none."""
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def fair(year: Year, arrivals: Sequence[Reached]) -> list[Reached]:
    """Return the arrivals that nothing stood in the way of, and that had been promised."""
    return [
        each
        for each in arrivals
        if not each.hindered and year.ours.promised.get(each.visit.arrive, True)
    ]


def missed(year: Year) -> Iterator[Fault]:
    """Yield the faults that were long enough to be told and were not."""
    kills = [fault for fault in year.world.faults if fault.kind is Kind.KILL]
    for fault in year.world.faults:
        alarms, shortest = MUST_RAISE.get(fault.kind, (set(), timedelta.max))
        if fault.end - fault.start < shortest:
            continue
        # Nobody tells anything while Home Assistant is dead.
        if any(kill.start < fault.start + shortest and fault.start < kill.end for kill in kills):
            continue
        if not any(
            alarm in alarms and started <= fault.end and ended >= fault.start
            for started, ended, alarm, _ in year.ours.alarms
        ):
            yield fault


def groundless(year: Year) -> Iterator[tuple[datetime, Alarm, str]]:
    """Yield the alarms that nothing was behind."""
    for started, _, alarm, zone in year.ours.alarms:
        kinds = MAY_BE_ABOUT.get(alarm)
        if kinds is not None and not any(
            fault.kind in kinds and fault.start <= started <= fault.end + 2 * HOUR
            for fault in year.world.faults
        ):
            yield started, alarm, zone


def lines(year: Year) -> Iterator[str]:
    """Yield what is to be told."""
    counts, ours = year.world.counts, year.ours
    yield "| hours below the floor, by what began it | rooms together |"
    yield "| --- | --- |"
    for cause in sorted({"rules", *counts.cold}):
        yield f"| {cause} | {counts.cold[cause] / 60:.1f} |"
    yield ""
    yield "| heater | writes in the year | for safety | most on a day | of them for safety | what it had already |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for zone in year.world.zones:
        wished, safety = (_by_day(ours, zone, is_safety=each) for each in (False, True))
        yield (
            f"| {zone} | {sum(wished.values()) + sum(safety.values())} | {sum(safety.values())} | "
            f"{max((wished + safety).values(), default=0)} | {max(safety.values(), default=0)} | "
            f"{ours.needless[zone]} |"
        )
    yield ""
    arrivals = counts.arrivals
    yield "| arrivals | number | too cold, p50 | p90 | worst | warm ahead, h, p50 | p90 |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, some in (
        ("all that were planned", arrivals),
        ("promised, and nothing in the way", fair(year, arrivals)),
        *((f"TPI, {hours} h ahead", fair(year, each.arrivals)) for hours, each in year.tpi.items()),
    ):
        short = [each.short for each in some]
        early = [each.early for each in some]
        yield (
            f"| {name} | {len(some)} | {quantile(short, 0.5):.1f} | {quantile(short, 0.9):.1f} | "
            f"{max(short, default=0):.1f} | {quantile(early, 0.5):.1f} | {quantile(early, 0.9):.1f} |"
        )
    yield ""
    yield "| energy | kWh | ours in relation to it | of the visits' hours within 1 K |"
    yield "| --- | --- | --- | --- |"
    for name, each in (
        ("ours", counts),
        ("always 20 °C", year.always_on),
        *((f"TPI, {hours} h ahead", each) for hours, each in year.tpi.items()),
    ):
        warm = each.comfort[True] / max(1, each.comfort.total())
        yield f"| {name} | {each.energy:.0f} | {counts.energy / each.energy:.2f} | {warm:.0%} |"
    yield ""
    raised = Counter(alarm for _, _, alarm, _ in ours.alarms)
    false = Counter(alarm for _, alarm, _ in groundless(year))
    yield "| alarm | raised | with nothing behind it | hours until over, p50 |"
    yield "| --- | --- | --- | --- |"
    for alarm in Alarm:
        lengths = [(end - at) / HOUR for at, end, of, _ in ours.alarms if of is alarm]
        yield (
            f"| {alarm} | {raised[alarm]} | {false[alarm]} | "
            f"{median(lengths) if lengths else 0:.1f} |"
        )
    untold = list(missed(year))
    yield ""
    yield f"Faults: {len(year.world.faults)}, of which {len(untold)} ought to have been told and were not."
    yield f"Setpoints below the floor: {ours.below}."


def _by_day(ours: Ours, zone: str, *, is_safety: bool) -> Counter[datetime]:
    return Counter(
        {
            day: number
            for (of, day, safety), number in ours.writes.items()
            if (of, safety) == (zone, is_safety)
        }
    )
