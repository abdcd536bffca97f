"""How often a portal's door is knocked on."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalUnavailableError,
)
from custom_components.lumme_energy.portal.politeness import (
    DAY,
    MAX_LOGINS_PER_DAY,
    MAX_REQUESTS_PER_DAY,
    Politeness,
    PolitenessState,
    forget,
    load_state,
)

START = 1_790_000_000.0
HOUR = 3_600.0


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: float = START

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@dataclass
class Disk:
    """What was saved last."""

    saved: dict[str, Any] | None = None

    async def save(self, state: PolitenessState) -> None:
        """Keep a copy."""
        self.saved = deepcopy(asdict(state))


async def attempts(knock: Callable[[], Politeness], clock: Clock, seconds: int, step: int) -> int:
    """Count the log-ins that a caller gets through who never gives up."""
    logins = 0
    for _ in range(0, seconds, step):
        with suppress(PortalUnavailableError):
            await knock().before_login("f")
            logins += 1
        clock.now += step
    return logins


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def politeness(clock: Clock, disk: Disk) -> Politeness:
    return Politeness(clock, save=disk.save)


async def test_an_outage_of_a_day_sees_five_log_ins(politeness: Politeness, clock: Clock) -> None:
    assert await attempts(lambda: politeness, clock, int(DAY), 60) == 5


async def test_a_restart_forgets_nothing(clock: Clock, disk: Disk) -> None:
    def restart() -> Politeness:
        return Politeness(clock, state=load_state(disk.saved), save=disk.save)

    assert await attempts(restart, clock, int(DAY), 300) == 5


async def test_a_log_in_is_on_disk_before_it_leaves(politeness: Politeness, disk: Disk) -> None:
    await politeness.before_login("f")
    assert disk.saved is not None
    assert disk.saved["logins"] == [START]
    assert disk.saved["fruitless"] == 1


async def test_the_pause_is_told(politeness: Politeness, clock: Clock) -> None:
    await politeness.before_login("f")
    clock.now += 100
    with pytest.raises(PortalUnavailableError) as caught:
        await politeness.before_login("f")
    assert caught.value.retry_after == 800


async def test_a_log_in_that_bears_fruit_costs_no_pause(politeness: Politeness) -> None:
    for _ in range(MAX_LOGINS_PER_DAY):
        await politeness.before_login("f")
        await politeness.answered()
    with pytest.raises(PortalUnavailableError) as caught:
        await politeness.before_login("f")
    assert caught.value.retry_after == DAY


async def test_a_day_later_all_is_forgiven(politeness: Politeness, clock: Clock) -> None:
    for _ in range(MAX_LOGINS_PER_DAY):
        await politeness.before_login("f")
        await politeness.answered()
    clock.now += DAY
    await politeness.before_login("f")
    assert len(politeness.state.logins) == 1


async def test_refused_credentials_are_not_tried_again(
    politeness: Politeness, clock: Clock, disk: Disk
) -> None:
    await politeness.before_login("wrong")
    await politeness.login_refused("wrong")
    clock.now += 30 * DAY
    restarted = Politeness(clock, state=load_state(disk.saved), save=disk.save)
    with pytest.raises(PortalAuthenticationError):
        await restarted.before_login("wrong")
    assert restarted.state.logins == []

    await restarted.before_login("right")
    await restarted.answered()
    assert disk.saved is not None
    assert disk.saved["refused_for"] is None
    assert disk.saved["fruitless"] == 0


async def test_a_new_password_can_be_tried_at_once(politeness: Politeness) -> None:
    await politeness.before_login("wrong")
    await politeness.login_refused("wrong")
    await politeness.before_login("right")


async def test_answers_are_noted_once(politeness: Politeness, disk: Disk) -> None:
    await politeness.answered()
    assert disk.saved is None


async def test_24_requests_a_rolling_day(politeness: Politeness, clock: Clock) -> None:
    for sent in range(MAX_REQUESTS_PER_DAY):
        assert politeness.requests_left == MAX_REQUESTS_PER_DAY - sent
        await politeness.before_request()
        clock.now += HOUR / 2
    with pytest.raises(PortalUnavailableError) as caught:
        await politeness.before_request()
    assert caught.value.retry_after == 12 * HOUR
    await politeness.before_request(interactive=True)
    assert politeness.requests_left == -1

    clock.now = START + DAY
    assert politeness.requests_left == 0
    clock.now += HOUR / 2
    await politeness.before_request()


async def test_requests_are_counted_over_restarts(clock: Clock, disk: Disk) -> None:
    for _ in range(MAX_REQUESTS_PER_DAY):
        await Politeness(clock, state=load_state(disk.saved), save=disk.save).before_request()
    with pytest.raises(PortalUnavailableError):
        await Politeness(clock, state=load_state(disk.saved), save=disk.save).before_request()


async def test_a_clock_set_back_locks_nobody_out(politeness: Politeness, clock: Clock) -> None:
    clock.now = START + 1_000 * DAY
    await politeness.before_login("f")
    await politeness.before_request()
    clock.now = START
    with pytest.raises(PortalUnavailableError) as caught:
        await politeness.before_login("f")
    assert caught.value.retry_after == 900
    clock.now += 901
    await politeness.before_login("f")
    await politeness.before_request()
    clock.now += DAY
    assert politeness.requests_left == MAX_REQUESTS_PER_DAY


async def test_a_portal_that_asks_for_rest_gets_it(
    politeness: Politeness, clock: Clock, disk: Disk
) -> None:
    await politeness.rest(None)
    assert disk.saved is None
    await politeness.rest(HOUR)
    restarted = Politeness(clock, state=load_state(disk.saved), save=disk.save)
    for knock in (restarted.before_request(interactive=True), restarted.before_login("f")):
        with pytest.raises(PortalUnavailableError) as caught:
            await knock
        assert caught.value.retry_after == HOUR
    clock.now += HOUR
    await restarted.before_login("f")
    await restarted.before_request()


async def test_rest_ends_within_a_day_of_a_clock_set_back(
    politeness: Politeness, clock: Clock
) -> None:
    clock.now = START + 1_000 * DAY
    await politeness.rest(HOUR)
    clock.now = START
    with pytest.raises(PortalUnavailableError):
        await politeness.before_request()
    clock.now += DAY
    await politeness.before_request()


def test_a_fingerprint_recognises_credentials_without_telling_them() -> None:
    fingerprint = Politeness.fingerprint("aino@example.com", "secret")
    assert fingerprint == Politeness.fingerprint("aino@example.com", "secret")
    assert fingerprint != Politeness.fingerprint("aino@example.com", "Secret")
    assert fingerprint != Politeness.fingerprint("eino@example.com", "secret")
    assert "secret" not in fingerprint


async def test_a_one_off_saves_nothing() -> None:
    await forget(PolitenessState())


@pytest.mark.parametrize(
    "stored",
    [
        None,
        {},
        {"requests": 3},
        {
            "requests": ["x"],
            "logins": [],
            "fruitless": 0,
            "last_login": None,
            "refused_for": None,
            "rest_until": None,
        },
        {
            "requests": [],
            "logins": [],
            "fruitless": None,
            "last_login": None,
            "refused_for": None,
            "rest_until": None,
        },
    ],
)
def test_what_cannot_be_read_is_a_fresh_start(stored: dict[str, Any] | None) -> None:
    assert load_state(stored) == PolitenessState()


def test_what_was_stored_is_read() -> None:
    state = PolitenessState(
        requests=[1.0], logins=[2.0], fruitless=3, last_login=4.0, refused_for="5", rest_until=6.0
    )
    assert load_state(asdict(state)) == state
