"""A reading as a record of the outbox keeps it, and where the supplier then shows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ...portal.model import MeterReading, ReadingSource, ReadingSubmission, Unit
from ..feeds import AccountData


def payload(reading: ReadingSubmission) -> dict[str, Any]:
    """Return a reading in what JSON has."""
    return {
        "gsrn": reading.gsrn,
        "day": reading.day.isoformat(),
        "values": {register: f"{value:f}" for register, value in reading.values.items()},
        "unit": reading.unit.value,
        "meter_serial": reading.meter_serial,
    }


def submission(stored: Mapping[str, Any]) -> ReadingSubmission:
    """Return the reading of a payload."""
    return ReadingSubmission(
        gsrn=stored["gsrn"],
        day=date.fromisoformat(stored["day"]),
        values={register: Decimal(value) for register, value in stored["values"].items()},
        unit=Unit(stored["unit"]),
        meter_serial=stored["meter_serial"],
    )


def is_there(data: AccountData, stored: Mapping[str, Any]) -> bool:
    """Whether the supplier's list shows a reading."""
    shown = {each.register: each.value for each in _of_day(data, stored)}
    wanted = submission(stored).values
    return all(shown.get(register) == value for register, value in wanted.items())


def is_gone(data: AccountData, stored: Mapping[str, Any]) -> bool:
    """Whether the supplier's list shows nothing of the customer's own for the day of a reading."""
    own = (each.source is ReadingSource.CUSTOMER for each in _of_day(data, stored))
    return data.readings is not None and not any(own)


def _of_day(data: AccountData, stored: Mapping[str, Any]) -> list[MeterReading]:
    day = date.fromisoformat(stored["day"])
    return [each for each in data.readings or () if (each.gsrn, each.day) == (stored["gsrn"], day)]
