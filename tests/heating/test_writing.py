"""How often a device is written to, and whether it keeps what it was given."""

from datetime import timedelta

import pytest

from custom_components.lumme_energy.heating.model import Outcome
from custom_components.lumme_energy.heating.writing import BUDGET, Keeper, Pace, Urgency

from .bench import START, hours, minutes

PAUSE = minutes(15)


def test_pauses() -> None:
    """What saves money or is routine waits for the pause, a wish for a minute, safety for nothing."""
    pace = Pace()
    assert all(pace.may_write(urgency, START, PAUSE) for urgency in Urgency)
    pace.wrote(START)
    pace.told(Outcome.KEPT, is_reassertion=False)
    assert [pace.may_write(urgency, START, PAUSE) for urgency in Urgency] == [
        False,
        False,
        False,
        True,
    ]
    pace.pass_time(minutes(1), is_kept=True)
    assert [pace.may_write(urgency, START, PAUSE) for urgency in Urgency] == [
        False,
        False,
        True,
        True,
    ]
    pace.pass_time(minutes(14), is_kept=True)
    assert all(pace.may_write(urgency, START, PAUSE) for urgency in Urgency)


def test_budget() -> None:
    """What is not for safety is written 24 times a day at most, what only saves money 8 times."""
    pace, now = Pace(), START
    for number in range(BUDGET):
        assert pace.may_write(Urgency.SAVING, now, timedelta()) is (number < BUDGET // 3)
        assert pace.may_write(Urgency.WISH, now, PAUSE)
        pace.wrote(now)
        pace.told(Outcome.KEPT, is_reassertion=False)
        pace.pass_time(minutes(1), is_kept=True)
        now += minutes(1)
    assert pace.writes(now) == pace.total == BUDGET
    assert not pace.may_write(Urgency.WISH, now, PAUSE)
    assert pace.may_write(Urgency.SAFETY, now, PAUSE)
    # A clock that is set back some hours does not forget, one that is set back years does.
    assert pace.writes(now - hours(5)) == BUDGET
    assert pace.writes(now - timedelta(days=365)) == 0
    assert not pace.may_write(Urgency.WISH, now + hours(23), PAUSE)
    assert pace.may_write(Urgency.WISH, now + hours(26), PAUSE)


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.LOST, Outcome.DIFFERENT])
def test_back_off(outcome: Outcome) -> None:
    """What does not last is tried again after 1, 2, 5 and then every 15 minutes, safety or not."""
    pace = Pace()
    waited = []
    for _ in range(6):
        wait = 0
        while not pace.may_write(Urgency.SAFETY, START, PAUSE):
            pace.pass_time(minutes(1), is_kept=False)
            wait += 1
        pace.wrote(START)
        pace.told(outcome, is_reassertion=False)
        waited.append(wait)
    assert waited == [0, 1, 2, 5, 15, 15]


def test_reassertion_must_last() -> None:
    """A device that took a value and lost it again has to keep it for an hour."""
    pace = Pace()
    pace.wrote(START)
    pace.told(Outcome.KEPT, is_reassertion=True)
    assert not pace.may_write(Urgency.SAFETY, START, PAUSE)
    for _ in range(59):
        pace.pass_time(minutes(1), is_kept=True)
    assert pace.tries == 1
    pace.pass_time(minutes(1), is_kept=False)
    assert pace.tries == 1
    for _ in range(60):
        pace.pass_time(minutes(1), is_kept=True)
    assert pace.tries == 0


def test_keeper_takes_what_was_asked() -> None:
    """Until a device shows what it was told, it may show what it had."""
    keeper = Keeper()
    keeper.read(21.0, 8.0)
    assert keeper.is_foreign
    keeper.adopt(21.0)
    assert keeper.keeps(21.0)
    keeper.asked = 10.0
    keeper.read(21.0, 8.0)
    assert not keeper.is_foreign
    assert not keeper.keeps(10.0)
    keeper.read(10.05, 8.0)
    assert keeper.keeps(10.0)
    assert keeper.asked is None
    keeper.read(21.0, 8.0)
    assert keeper.is_foreign
    assert not keeper.keeps(10.0)


@pytest.mark.parametrize(("asked", "shown", "is_kept"), [(10.5, 10.0, True), (8.5, 7.5, False)])
def test_keeper_and_a_device_that_rounds(asked: float, shown: float, *, is_kept: bool) -> None:
    """A device may round what it is told, but not to less than the floor."""
    keeper = Keeper()
    keeper.adopt(21.0)
    keeper.asked = asked
    keeper.told(asked, Outcome.DIFFERENT)
    keeper.read(shown, 8.0)
    assert keeper.keeps(asked) is is_kept
    assert keeper.is_foreign is not is_kept
