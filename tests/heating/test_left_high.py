"""Whether the house was left warmer than it need be, and what proves that it is not."""

from dataclasses import replace

import pytest

from custom_components.lumme_energy.heating.left_high import Held, LeftHigh, expected_power
from custom_components.lumme_energy.heating.model import Proof
from custom_components.lumme_energy.heating.thermal import RoomModel

from .bench import minutes

DOWN = Held(setpoint=10.0, base=10.0, room=15.0, rated_power=2000.0, power=None, model=RoomModel())
HIGH = replace(DOWN, setpoint=21.0)
SILENT = replace(DOWN, setpoint=None)


def _see(
    left: LeftHigh,
    zones: dict[str, Held],
    power: float | None = None,
    lasts: int = 6,
    *,
    is_empty: bool | None = True,
) -> tuple[bool | None, tuple[str, ...]]:
    answer: tuple[bool | None, tuple[str, ...]] = (None, ())
    for _ in range(lasts):
        answer = left.see(minutes(1), zones, power, 150.0, 0.0, is_empty=is_empty)
    return answer


def test_setpoint() -> None:
    """A setpoint above base heat was left high, once nobody has been there for some minutes."""
    left = LeftHigh()
    zones = {"a": DOWN, "b": HIGH}
    assert _see(left, zones, lasts=4) == (False, ())
    assert _see(left, zones, lasts=1) == (True, ("b",))
    assert _see(left, zones, is_empty=False) == (False, ())
    assert _see(left, zones, is_empty=None) == (None, ())
    assert _see(left, {"a": DOWN}) == (False, ())


@pytest.mark.parametrize("zones", [{}, {"a": SILENT}, {"a": DOWN, "b": SILENT}])
def test_unknown(zones: dict[str, Held]) -> None:
    """What does not answer is not known; neither is a house of nothing."""
    assert _see(LeftHigh(), zones) == (None, ())


def test_meter() -> None:
    """Half an hour of more than base heat takes tells of a radiator that nobody sees."""
    zones = {"a": DOWN}
    assert _see(LeftHigh(), zones, 1500.0, 30) == (False, ())
    assert _see(LeftHigh(), zones, 1500.0, 31) == (True, ())
    assert _see(LeftHigh(), zones, 300.0, 60) == (False, ())
    # The meter's silence is no proof, its word is: even of a radiator that does not answer.
    assert _see(LeftHigh(), {"a": SILENT}, 300.0, 60) == (False, ())
    # A room at its base heat takes what its model says.
    cold = replace(DOWN, room=10.0)
    assert _see(LeftHigh(), {"a": cold}, 800.0, 60) == (False, ())
    assert _see(LeftHigh(), {"a": cold}, 1500.0, 60) == (True, ())
    # Below it, or in a room of which nothing is known, it may take all that the heater has.
    assert _see(LeftHigh(), {"a": replace(DOWN, room=9.0)}, 2100.0, 60) == (False, ())
    assert _see(LeftHigh(), {"a": replace(DOWN, room=None)}, 2100.0, 60) == (False, ())


def test_expected_power_needs_rated_power() -> None:
    """What a heater takes that nobody rated is not known, unless it need not heat."""
    assert expected_power([replace(DOWN, rated_power=None)], 150.0, 0.0) == pytest.approx(395.0)
    assert expected_power([replace(DOWN, rated_power=None, room=10.0)], 150.0, 0.0) is None


def _proofs(left: LeftHigh, held: Held, power: float | None = None) -> Proof:
    return left.proofs({"a": held}, power, 150.0)["a"]


def test_proofs() -> None:
    """Turned down is what is read back, and proven what the power tells."""
    left = LeftHigh()
    assert _proofs(left, HIGH) is Proof.NOT_YET
    assert _proofs(left, SILENT) is Proof.UNKNOWN
    assert _proofs(left, DOWN) is Proof.READ_BACK
    assert _proofs(left, replace(DOWN, power=900.0)) is Proof.READ_BACK
    assert _proofs(left, replace(DOWN, power=0.0)) is Proof.PROVEN
    # What was proven stays so while base heat is kept, and not if somebody turns it up again.
    assert _proofs(left, replace(DOWN, power=900.0)) is Proof.PROVEN
    assert _proofs(left, HIGH) is Proof.NOT_YET
    assert _proofs(left, DOWN) is Proof.READ_BACK


def test_proof_by_the_house() -> None:
    """The house's power proves it when it is what it is to be, or has fallen by what heated."""
    assert _proofs(LeftHigh(), DOWN, 300.0) is Proof.PROVEN
    assert _proofs(LeftHigh(), DOWN, 1000.0) is Proof.READ_BACK
    left = LeftHigh()
    left.turned_down(3200.0)
    assert _proofs(left, DOWN, 3000.0) is Proof.READ_BACK
    assert _proofs(left, DOWN, 1700.0) is Proof.PROVEN
    left.turned_down(3200.0)
    assert _proofs(left, replace(DOWN, rated_power=None, room=None), 1000.0) is Proof.READ_BACK
    assert left.proofs({}, 100.0, 150.0) == {}
