"""What a user can ask of a supplier account, one module for each subject.

A module has a table `ACTIONS`; `services.yaml` describes the fields, the translations name them.
"""

from typing import Final

from ...action import Action
from . import (
    benefits,
    bills,
    changes,
    deposit,
    documents,
    imports,
    move,
    payment,
    readings,
    settings,
    statement,
)

ACTIONS: Final[tuple[Action, ...]] = (
    *payment.ACTIONS,
    *statement.ACTIONS,
    *bills.ACTIONS,
    *deposit.ACTIONS,
    *settings.ACTIONS,
    *benefits.ACTIONS,
    *changes.ACTIONS,
    *documents.ACTIONS,
    *move.ACTIONS,
    *imports.ACTIONS,
    *readings.ACTIONS,
)
