"""Registers do not run backwards, unless they really do."""

from decimal import Decimal

from hypothesis import given, strategies as st

from custom_components.lumme_energy.metering.registers import CONFIRM_AFTER, RegisterGuard

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
    assert guard.accept(Decimal(5), LIMIT) == 5


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
