"""Typed reading of portals' JSON."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal.errors import PortalUnexpectedAnswerError
from custom_components.lumme_energy.portal.wire import Drift, Record, records

HELSINKI = ZoneInfo("Europe/Helsinki")


def record(**data: Any) -> Record:
    return Record("call", data, Drift())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(JSON)
def test_getters_answer_or_say_that_the_portal_changed(value: Any) -> None:
    rec = record(key=value)
    readers: tuple[Callable[[], Any], ...] = (
        lambda: rec.text("key"),
        lambda: rec.number("key"),
        lambda: rec.money("key"),
        lambda: rec.flag("key"),
        lambda: rec.day("key"),
        lambda: rec.day("key", HELSINKI),
        lambda: rec.instant("key"),
        lambda: rec.choice("key", {"a": 1}, 0),
        lambda: rec.record("key"),
        lambda: list(rec.records("key")),
    )
    for read in readers:
        with suppress(PortalUnexpectedAnswerError):
            read()


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([UTC, HELSINKI]))
def test_instants_and_days_agree(moment: datetime, zone: ZoneInfo) -> None:
    written = moment.isoformat()
    assert record(at=written).instant("at") == moment
    try:
        expected = moment.astimezone(zone).date()
    except OverflowError:
        return
    assert record(at=written).day("at", zone) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_money_has_two_decimals(amount: Decimal) -> None:
    money = record(amount=str(amount)).money("amount")
    assert money is not None
    assert abs(money - amount) <= Decimal("0.005")
    assert money.as_tuple().exponent == -2


def test_half_a_cent_is_rounded_away_from_zero() -> None:
    assert record(amount=Decimal("0.125")).money("amount") == Decimal("0.13")
    assert record(amount=Decimal("-0.125")).money("amount") == Decimal("-0.13")


def test_absent_and_null_are_unknown() -> None:
    rec = record(null=None, empty="")
    for key in ("null", "absent"):
        assert rec.text(key) is None
        assert rec.number(key) is None
        assert rec.money(key) is None
        assert rec.count(key) is None
        assert rec.flag(key) is None
        assert rec.day(key) is None
        assert rec.instant(key) is None
        assert rec.record(key) is None
        assert list(rec.records(key)) == []
        assert rec.choice(key, {}, "default") == "default"
    assert rec.text("empty") is None
    assert rec.number("empty") is None
    assert "null" in rec
    assert "absent" not in rec


@pytest.mark.parametrize(
    "need",
    ["need_text", "need_number", "need_money", "need_day", "need_instant"],
)
def test_what_is_needed_must_be_there(need: str) -> None:
    with pytest.raises(PortalUnexpectedAnswerError, match="call: key is missing"):
        getattr(record(), need)("key")


def test_values() -> None:
    rec = record(text=" a ", number=Decimal("1.5"), flag=False, day="2026-10-25", other=7)
    assert rec.need_text("text") == "a"
    assert rec.need_text("other") == "7"
    assert rec.count("other") == 7
    assert rec.need_number("number") == Decimal("1.5")
    assert rec.need_money("number") == Decimal("1.50")
    assert rec.flag("flag") is False
    assert rec.need_day("day") == date(2026, 10, 25)


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2026-10-25", HELSINKI, date(2026, 10, 25)),
        ("2026-10-25T23:30:00", HELSINKI, date(2026, 10, 25)),
        ("2026-10-24T21:00:00Z", HELSINKI, date(2026, 10, 25)),
        ("2026-10-24T21:00:00Z", None, date(2026, 10, 24)),
        ("2026-10-25T00:00:00.0000000+03:00", HELSINKI, date(2026, 10, 25)),
        ("9999-12-31T00:00:00", HELSINKI, date(9999, 12, 31)),
    ],
)
def test_a_day_is_the_suppliers_day(written: str, zone: ZoneInfo | None, expected: date) -> None:
    assert record(day=written).day("day", zone) == expected


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", ["a"]),
        ("text", True),
        ("number", "four"),
        ("number", True),
        ("number", {}),
        ("number", "NaN"),
        ("number", "1e400"),
        ("count", "1.5"),
        ("count", -1),
        ("flag", "yes"),
        ("day", "yesterday"),
        ("instant", "2026-10-25T03:30:00"),
        ("instant", "0001-01-01T00:00:00+02:00"),
        ("instant", "soon"),
        ("record", []),
    ],
)
def test_other_types_are_drift(read: str, value: Any) -> None:
    with pytest.raises(PortalUnexpectedAnswerError):
        getattr(record(key=value), read)("key")


def test_objects_and_lists_only() -> None:
    with pytest.raises(PortalUnexpectedAnswerError, match="call: not an object"):
        Record("call", [], Drift())
    with pytest.raises(PortalUnexpectedAnswerError, match="call: not a list"):
        list(records("call", {}, Drift()))
    with pytest.raises(PortalUnexpectedAnswerError, match=r"call\.list: not an object"):
        list(record(list=[1]).records("list"))


def test_drift_is_told_by_name() -> None:
    drift = Drift()
    rec = Record("call", {"id": 1, "new": 2, "known": 3, "in": {"n1": 1}, "l": [{"x": 1}]}, drift)
    rec.raw("id")
    nested = rec.record("in")
    assert nested is not None
    nested.done()
    assert [item.raw("y") for item in rec.records("l")] == [None]
    rec.raw("known")
    rec.done()
    assert drift.report() == {
        "unknown_keys": {"call": ["new"], "call.in": ["n#"], "call.l": ["x"]},
        "unknown_words": {},
    }


def test_drift_tells_no_values() -> None:
    drift = Drift()
    keys = {"541448820000000008": 1, "aino@example.com": 2, "y" * 100: 3}
    Record("call", keys, drift).done()
    for value in ("Brandnew", "643000000000000016", "aino@example.com", ["Ann"], 7):
        assert Record("call", {"kind": value}, drift).choice("kind", {"Old": 1}, 0) == 0
    assert drift.report() == {
        "unknown_keys": {"call": ["#" * 18, "(an address)", "y" * 60]},
        "unknown_words": {"call": ["kind=(not a word)", "kind=Brandnew"]},
    }
    with pytest.raises(PortalUnexpectedAnswerError) as caught:
        Record("call", keys, drift).need_text("number")
    assert caught.value.keys == ("#" * 18, "(an address)", "y" * 60)


def test_drift_does_not_grow_without_end() -> None:
    drift = Drift()
    Record("call", {f"key {'x' * n}": n for n in range(50)}, drift).done()
    Record("call", {f"{'y' * n}": n for n in range(1, 60)}, drift).done()
    Record("call", {f"{'z' * n}": n for n in range(1, 60)}, drift).done()
    assert len(drift.report()["unknown_keys"]["call"]) == 100


def test_words_match_in_any_case() -> None:
    assert record(kind=" FIXED ").choice("kind", {"Fixed": 1}, 0) == 1
