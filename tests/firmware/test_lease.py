"""The rules of the lease, whatever comes in whatever order."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from firmware_bridge.bridge.lease import (
    FALLBACK,
    GRACE,
    GRACE_BOOTS,
    GRACE_SECONDS,
    NORMAL,
    Leases,
    Stale,
)

_TTLS = {"a": 60, "b": 900}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("wait"), st.integers(0, 1000)),
            st.tuples(st.just("lease"), st.integers(0, 50)),
            st.tuples(st.just("boot"), st.integers(0, 5)),
        ),
        max_size=40,
    )
)
def test_nobody_is_in_charge_longer_than_leased(events: list[tuple[str, int]]) -> None:
    now = 0
    since = dict.fromkeys(_TTLS, 0)  # seconds since anybody leased, boots or not
    leases = Leases(_TTLS, None, now)
    seq = -1
    for event, number in events:
        if event == "wait":
            now += number
            since = {name: passed + number for name, passed in since.items()}
        elif event == "lease":
            try:
                leases.renew("me", number, now)
            except Stale:
                assert number <= seq
            else:
                assert number > seq
                seq = number
                since = dict.fromkeys(since, 0)
        else:
            before = {name: leases.state(name) for name in _TTLS}
            leases = Leases(_TTLS, json.loads(json.dumps(leases.kept())), now := number)
            for name, state in before.items():
                assert (leases.state(name) == FALLBACK) == (state == FALLBACK)
        leases.expire(now)
        for name, ttl in _TTLS.items():
            assert 0 <= leases.left(name, now) <= ttl
            if leases.state(name) == NORMAL:
                assert since[name] < ttl
            # However often it starts: what it was leased for, and three times the grace.
            if since[name] >= ttl + GRACE_BOOTS * GRACE_SECONDS:
                assert leases.state(name) == FALLBACK


def test_boots_do_not_give_a_grace_for_ever() -> None:
    kept: Any = None
    states = []
    for _ in range(5):
        leases = Leases({"a": 900}, kept, 0)
        kept = leases.kept()
        leases.expire(0)
        states.append(leases.state("a"))
    assert states == [GRACE] * 3 + [FALLBACK] * 2
    before, changed, back = leases.renew("me", 1, 10)
    assert (before, changed, back) == (None, True, ["a"])
    assert leases.renew("me", 2, 20) == (None, False, [])


def test_the_newest_of_two_wins_and_both_are_told() -> None:
    leases = Leases(_TTLS, None, 0)
    leases.renew("one", 10, 0)
    assert leases.renew("two", 1, 5)[0] == "one"
    assert (leases.holder, leases.contested(5)) == ("two", True)
    assert leases.renew("one", 11, 6)[0] == "two"
    with pytest.raises(Stale):
        leases.renew("two", 1, 7)
    assert leases.last("two") == 1
    assert not leases.contested(3700)
    leases.forget("one")
    assert (leases.holder, leases.last("one")) == (None, -1)


def test_a_new_table_gives_what_is_new_a_grace() -> None:
    leases = Leases({"a": 900}, None, 0)
    leases.renew("me", 1, 0)
    leases.set_outputs({"a": 60, "c": 900}, 100)
    assert (leases.left("a", 100), leases.state("c")) == (60, GRACE)
    assert leases.overall() == GRACE
    assert sorted(leases.expire(100 + GRACE_SECONDS)) == ["a", "c"]
    assert leases.overall() == FALLBACK
    leases.set_outputs({"c": 900}, 500)
    assert leases.kept()["fallback"] == ["c"]
