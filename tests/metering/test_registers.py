"""Registers do not run backwards, unless they really do."""

from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.registers import (
    CONFIRM_AFTER,
    Event,
    RegisterGuard,
    capacity,
    most_per_hour,
)
from custom_components.lumme_energy.metering.telegram import Quantity, Value

LIMIT = CONFIRM_AFTER.total_seconds()


def test_takes_what_grows() -> None:
    guard = RegisterGuard()
    assert [guard.accept(Decimal(value), 0) for value in (1, 1, 5)] == [1, 1, 5]


def test_a_zero_in_between_is_not_published() -> None:
    guard = RegisterGuard(Decimal(100))
    assert guard.accept(Decimal(0), 0) == 100
    assert guard.accept(Decimal(101), 10) == 101
    # The next fall is another one: its time begins anew.
    assert guard.accept(Decimal(0), LIMIT) == 101
    assert guard.accept(Decimal(0), 2 * LIMIT - 1) == 101


def test_a_fall_that_lasts_is_believed() -> None:
    guard = RegisterGuard(Decimal(100))
    assert guard.accept(Decimal(3), 0) == 100
    assert guard.accept(Decimal(4), LIMIT - 1) == 100
    assert guard.event is None
    assert guard.accept(Decimal(5), LIMIT) == 5
    assert guard.event is Event.REPLACEMENT
    assert guard.accept(Decimal(6), LIMIT + 1) == 6
    assert guard.event is None


def test_a_fall_that_goes_on_falling_is_not() -> None:
    guard = RegisterGuard(Decimal(100))
    assert guard.accept(Decimal(50), 0) == 100
    assert guard.accept(Decimal(40), LIMIT) == 100
    assert guard.accept(Decimal(40), 2 * LIMIT) == 40


@given(st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=50))
def test_never_runs_backwards_within_the_limit(values: list[Decimal]) -> None:
    guard = RegisterGuard()
    published = [guard.accept(value, 0) for value in values]
    assert published == sorted(published)


FUSE = most_per_hour({Quantity.FUSE_L1: Decimal(25)})  # 19 kWh an hour


class FusedGuard(RegisterGuard):
    """The guard of a register behind that fuse."""

    def accept(self, value: Decimal, now: float, most: Decimal = FUSE) -> Decimal:
        """Return what to publish."""
        return super().accept(value, now, most)


def test_a_spike_is_not_published() -> None:
    guard = FusedGuard()
    guard.accept(Decimal(100), 0)
    assert guard.accept(Decimal("100.3"), 10) == Decimal("100.3")
    assert guard.accept(Decimal(9000), 20) == Decimal("100.3")
    assert guard.accept(Decimal("100.31"), 30) == Decimal("100.31")
    assert guard.event is None


def test_a_spike_that_lasts_is_another_meter() -> None:
    guard = FusedGuard()
    guard.accept(Decimal(100), 0)
    assert guard.accept(Decimal(9000), 20) == 100
    assert guard.accept(Decimal("9000.2"), 320) == 100
    assert guard.accept(Decimal("9000.4"), 20 + LIMIT) == Decimal("9000.4")
    assert guard.event is Event.REPLACEMENT


def test_senseless_values_never_last() -> None:
    guard = FusedGuard(Decimal(100))
    guard.accept(Decimal(101), 0)
    for minute in range(60):
        assert guard.accept(Decimal(1000 * (minute % 7 + 1)), 60.0 * minute) == 101


def test_a_doubt_ends_when_the_register_says_the_old_value_again() -> None:
    guard = RegisterGuard(Decimal(100))
    assert guard.accept(Decimal(3), 0) == 100
    assert guard.accept(Decimal(100), LIMIT / 2) == 100
    assert guard.accept(Decimal(3), LIMIT) == 100


def test_an_hourly_register_may_rise_by_an_hour_at_once() -> None:
    guard = FusedGuard()
    guard.accept(Decimal(100), 0)
    for second in range(10, 3600, 10):
        assert guard.accept(Decimal(100), second) == 100
    assert guard.accept(Decimal(115), 3600) == 115


def test_after_a_restart_it_may_have_risen_by_anything() -> None:
    assert FusedGuard(Decimal(100)).accept(Decimal(9000), 0) == 9000


@pytest.mark.parametrize("restarted", [False, True])
def test_a_rollover_is_no_fall(restarted: bool) -> None:
    guard = FusedGuard(Decimal("99999.9"))
    if not restarted:
        guard.accept(Decimal("99999.95"), 0)
    assert guard.accept(Decimal("0.02"), 10) == Decimal("0.02")
    assert guard.event is Event.ROLLOVER


def test_a_zero_or_a_far_fall_near_the_end_is_no_rollover() -> None:
    guard = FusedGuard(Decimal("99999.9"))
    assert guard.accept(Decimal(0), 0) == Decimal("99999.9")
    assert guard.accept(Decimal(50), 10) == Decimal("99999.9")
    assert guard.event is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 10**5), ("99999.999", 10**5), ("100000", 10**6), ("12345678.9", 10**8)],
)
def test_capacity(value: str, expected: int) -> None:
    assert capacity(Decimal(value)) == expected


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({}, "60.72"),
        ({"fuse_l1": 25}, "18.975"),
        ({"fuse_l1": 999}, "60.72"),
        ({"fuse_l1": 0}, "60.72"),
        ({"fuse_l1": 63, "fuse_l2": 63, "fuse_l3": 63, "power_limit": "9.2"}, "9.2"),
        ({"fuse_l1": 40, "power_limit": "999.9"}, "30.36"),
        ({"current_limit": 10}, "7.59"),
        ({"apparent_power_limit": "27.6"}, "27.6"),
        # What is measured is believed, whatever the fuse.
        ({"fuse_l1": 25, "power_import": "6"}, "18.975"),
        ({"power_limit": 5, "power_export": "8"}, "16"),
        ({"power_import": "345"}, "690"),
        ({"power_import": None}, "60.72"),
    ],
)
def test_what_can_flow(sent: dict[str, int | str | None], expected: str) -> None:
    values: dict[Quantity, Value] = {
        Quantity(key): None if value is None else Decimal(value) for key, value in sent.items()
    }
    assert most_per_hour(values) == Decimal(expected)


@given(
    st.lists(
        st.tuples(st.decimals(0, 10**6, places=3), st.floats(0, 1000)), min_size=1, max_size=50
    )
)
def test_whatever_comes_a_step_is_possible_or_explained(
    steps: list[tuple[Decimal, float]],
) -> None:
    guard = FusedGuard()
    now = 0.0
    last = guard.accept(steps[0][0], now)
    moved = now
    for value, wait in steps[1:]:
        now += wait
        shown = guard.accept(value, now)
        if shown != last and guard.event is None:
            assert 0 < shown - last <= FUSE * Decimal(now - moved + 60) / 3600
        if shown != last:
            moved = now
        last = shown
