"""Meters behind the meter: each at its place, whatever its channel, and replaced where it was."""

from datetime import UTC, datetime
from decimal import Decimal
import json

from hypothesis import given, strategies as st

from custom_components.lumme_energy.metering.sub_meters import SubMeters
from custom_components.lumme_energy.metering.telegram import Stamped, SubMeter, SubMeterKind, Unit

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
GAS, WATER = SubMeterKind.GAS, SubMeterKind.WATER


def meter(
    channel: int, identifier: str, kind: SubMeterKind = GAS, *, at: datetime | None = AT
) -> SubMeter:
    """Return what a meter says."""
    reading = Stamped(Decimal(1) if at else None, Unit.CUBIC_METRE, at)
    return SubMeter(kind=kind, channel=channel, identifier=identifier, reading=reading)


def present(sub_meters: SubMeters) -> dict[str, str]:
    """Return the serial numbers that are heard, by place."""
    return {key: place.meter.identifier for key, place in sub_meters.places.items() if place.meter}


def test_each_has_its_place() -> None:
    sub_meters = SubMeters()
    said = (meter(1, "A"), meter(2, "B"), meter(3, "W", WATER), meter(4, "", at=None))
    assert sub_meters.follow(said, AT)
    assert present(sub_meters) == {"gas_1": "A", "gas_2": "B", "water_1": "W"}
    assert not sub_meters.follow(said, AT)
    assert not sub_meters.follow((meter(1, "A"), meter(2, "B"), meter(3, "W", WATER)), AT)


def test_channels_may_change() -> None:
    sub_meters = SubMeters()
    sub_meters.follow((meter(1, "A"), meter(2, "B")), AT)
    assert not sub_meters.follow((meter(2, "A"), meter(1, "B")), AT)
    assert present(sub_meters) == {"gas_1": "A", "gas_2": "B"}
    # A third one where the first has been is no replacement: that is still there.
    assert sub_meters.follow((meter(3, "A"), meter(1, "B"), meter(2, "C")), AT)
    assert present(sub_meters) == {"gas_1": "A", "gas_2": "B", "gas_3": "C"}


def test_a_new_one_on_the_channel_has_replaced_the_old_one() -> None:
    sub_meters = SubMeters()
    sub_meters.follow((meter(1, "A"), meter(2, "W", WATER)), AT)
    new = (meter(1, "B"), meter(2, "W", WATER))
    assert not sub_meters.follow(new, AT)  # once may be noise
    assert present(sub_meters) == {"water_1": "W"}
    assert sub_meters.follow(new, AT)
    assert present(sub_meters) == {"gas_1": "B", "water_1": "W"}
    totals = sub_meters.places["gas_1"].totals
    assert [segment.meter_id for segment in totals.segments] == ["A", "B"]
    assert totals.is_unconfirmed
    assert not sub_meters.places["water_1"].totals.is_unconfirmed
    assert not sub_meters.follow(new, AT)
    # The old one is back: that was no replacement.
    old = (meter(1, "A"), meter(2, "W", WATER))
    sub_meters.follow(old, AT)
    assert sub_meters.follow(old, AT)
    assert not totals.is_unconfirmed


def test_another_kind_on_the_channel_is_another_place() -> None:
    sub_meters = SubMeters()
    sub_meters.follow((meter(1, "A"),), AT)
    assert sub_meters.follow((meter(1, "W", WATER),), AT)
    assert present(sub_meters) == {"water_1": "W"}


def test_a_serial_number_that_is_heard_once_is_noise() -> None:
    sub_meters = SubMeters()
    sub_meters.follow((meter(1, "A"),), AT)
    for _ in range(2):
        assert not sub_meters.follow((meter(1, "X"),), AT)
        assert not sub_meters.follow((meter(1, "A"),), AT)
    assert present(sub_meters) == {"gas_1": "A"}


def test_a_meter_without_a_serial_number_is_known_by_its_channel() -> None:
    sub_meters = SubMeters()
    assert sub_meters.follow((meter(1, ""), meter(2, "")), AT)
    assert not sub_meters.follow((meter(1, ""), meter(2, "")), AT)
    assert present(sub_meters) == {"gas_1": "", "gas_2": ""}
    assert not sub_meters.follow((meter(1, "A"), meter(2, "")), AT)  # it tells one from now on
    assert not sub_meters.follow((meter(1, ""), meter(2, "")), AT)  # not in every telegram
    assert sub_meters.places["gas_1"].totals.meter_id == "A"


def test_survives_a_restart() -> None:
    sub_meters = SubMeters()
    sub_meters.follow((meter(1, "A"), meter(2, "B")), AT)
    sub_meters.places["gas_1"].totals.total("reading", Decimal("12.5"))
    again = SubMeters.from_list(json.loads(json.dumps(sub_meters.as_list())))
    assert again.as_list() == sub_meters.as_list()
    assert present(again) == {}
    assert not again.follow((meter(3, "A"), meter(2, "B")), AT)
    assert present(again) == {"gas_1": "A", "gas_2": "B"}
    assert again.places["gas_1"].totals.shown("reading") == Decimal("12.5")


def test_a_place_that_is_removed_may_be_made_again() -> None:
    sub_meters = SubMeters()
    said = (meter(1, "A"), meter(2, "B"))
    sub_meters.follow(said, AT)
    sub_meters.remove("gas_1")
    assert present(sub_meters) == {"gas_2": "B"}
    assert sub_meters.follow(said, AT)
    assert present(sub_meters) == {"gas_2": "B", "gas_1": "A"}


SAID = st.lists(
    st.builds(
        meter,
        st.integers(1, 4),
        st.sampled_from(["", "A", "B", "C", "D"]),
        st.sampled_from(SubMeterKind),
        at=st.sampled_from([AT, None]),
    ),
    max_size=4,
    unique_by=lambda said: said.channel,
)


@given(st.lists(SAID, max_size=12))
def test_no_two_meters_share_a_place(telegrams: list[list[SubMeter]]) -> None:
    sub_meters = SubMeters()
    for telegram in telegrams:
        said = tuple(telegram)
        sub_meters.follow(said, AT)
        sub_meters.follow(said, AT)
        heard = [place.meter for place in sub_meters.places.values() if place.meter]
        assert sorted(map(id, heard)) == sorted(id(one) for one in said if one.reading.at)
        for key, place in sub_meters.places.items():
            assert key.startswith(place.kind.name.lower())
            assert place.meter is None or place.meter.kind is place.kind
