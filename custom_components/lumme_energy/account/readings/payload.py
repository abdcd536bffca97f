"""A reading as a record of the outbox keeps it, and where the supplier then shows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ...portal.model import ReadingSubmission, Unit
from ...readings.plan import lacks, lists
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
    return lists(data.readings or (), submission(stored))


def is_gone(data: AccountData, stored: Mapping[str, Any]) -> bool:
    """Whether the supplier's list shows nothing of the customer's own for the day of a reading."""
    gone = submission(stored)
    return data.readings is not None and lacks(data.readings, gone.gsrn, gone.day)
