"""What can be pulled at the cottage takes away what it says, and gives it back."""

from collections.abc import AsyncIterator

import pytest

from demo.cables import Cable, Dial
from demo.cottage import DemoCottage
from demo.cottage_cables import things


@pytest.fixture
async def cottage(socket_enabled: None) -> AsyncIterator[DemoCottage]:
    """Return a cottage whose clock stands still."""
    cottage = DemoCottage(clock=lambda: 0.0)
    await cottage.start()
    yield cottage
    await cottage.stop()


def seen(cottage: DemoCottage) -> dict[str, object]:
    """Return what a cable may take away."""
    radiators = cottage.house.radiators
    return {
        "gateway": cottage.is_listening,
        "bus": not cottage.faults.bus,
        "radiator": "living_room" not in cottage.faults.silent,
        "mains": cottage.house.is_powered,
        "sensor": "bathroom" in cottage.told(),
        "fuse": not radiators["bedroom"].is_blown,
    }


async def test_every_cable(cottage: DemoCottage) -> None:
    everything = seen(cottage)
    assert all(everything.values())
    cables = [thing for thing in things(cottage) if isinstance(thing, Cable)]
    assert {cable.key.removeprefix("cottage_") for cable in cables} == everything.keys()
    for cable in cables:
        await cable.pull()
        assert not seen(cottage)[cable.key.removeprefix("cottage_")]
        await cable.plug()
        assert seen(cottage) == everything


async def test_the_dial_of_time(cottage: DemoCottage) -> None:
    (dial,) = [thing for thing in things(cottage) if isinstance(thing, Dial)]
    assert dial.positions == {1: "×1", 60: "×60", 600: "×600"}
    assert dial.at() == 1
    dial.turn(60)
    assert dial.at() == cottage.rate == 60
