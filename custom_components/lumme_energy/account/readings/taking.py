"""What a linked meter showed at an instant: from what it says now, or from the recorder's history.

Nothing is interpolated. What a register said last, at the instant or before it, is what it showed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import get_instance

from ...portal.model import Unit
from ...readings.indexes import in_meter_unit, whole

# Where history is looked at first, and as far back as anything is worth looking at.
LOOK_BACK: Final = (timedelta(minutes=10), timedelta(hours=2), timedelta(days=7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Indexes as a person reads them off.

    Attributes:
        values: By register, whole.
        unit: Theirs.
        at: Of which instant they tell.
    """

    values: Mapping[str, Decimal]
    unit: Unit
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """What one register said; `is_last` is whether it said so still when it was wanted."""

    value: Decimal
    unit: Unit
    at: datetime
    is_last: bool


async def async_take(
    hass: HomeAssistant, registers: Mapping[str, str], at: datetime
) -> Taken | None:
    """Return what a meter showed at an instant; None where a register is not known.

    Args:
        hass: Home Assistant, with a recorder.
        registers: Entity ids by register.
        at: The instant, now or in the past.
    """
    now = {register: _live(hass, entity_id, at) for register, entity_id in registers.items()}
    found: dict[str, _Index] = {}
    for register, entity_id in registers.items():
        index = now[register] or await _async_then(hass, entity_id, at)
        if index is None:
            return None
        found[register] = index
    if len(units := {index.unit for index in found.values()}) != 1:
        return None
    # A register may stand still for days: the meter speaks as long as another one moves.
    spoke = [index.at for index in found.values() if index.is_last]
    silent = [index.at for index in found.values() if not index.is_last]
    return Taken(
        values={register: whole(index.value) for register, index in found.items()},
        unit=units.pop(),
        at=min((*silent, *([max(spoke)] if spoke else []))),
    )


def _live(hass: HomeAssistant, entity_id: str, at: datetime) -> _Index | None:
    """Return what an entity says now, if it did so at the instant already."""
    state = hass.states.get(entity_id)
    if state is None or state.last_updated > at:
        return None
    return _index(state, at, is_last=True)


async def _async_then(hass: HomeAssistant, entity_id: str, at: datetime) -> _Index | None:
    """Return what the recorder has written down last, at the instant or before it."""
    recorder = get_instance(hass)
    await recorder.async_block_till_done()
    return await recorder.async_add_executor_job(_then, hass, entity_id, at)


def _then(hass: HomeAssistant, entity_id: str, at: datetime) -> _Index | None:
    for back in LOOK_BACK:
        # The end does not count.
        end = at + timedelta(microseconds=1)
        states = state_changes_during_period(
            hass,
            at - back,
            end,
            entity_id,
            # What was before does not tell how old it is.
            include_start_time_state=False,
        ).get(entity_id, [])
        for state in reversed(states):
            is_last = state is states[-1]
            if (index := _index(state, at, is_last=is_last)) is not None:
                return index
    return None


def _index(state: State, at: datetime, *, is_last: bool) -> _Index | None:
    try:
        value = Decimal(state.state)
    except InvalidOperation:
        return None
    known = in_meter_unit(value, state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, ""))
    if known is None:
        return None
    # What was said again later was true until then at least.
    return _Index(value=known[0], unit=known[1], at=min(state.last_reported, at), is_last=is_last)
