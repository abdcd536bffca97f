"""How a change at a portal is asked for once, whatever happens on the way. Pure rules.

    planned ──> sending ──> accepted | refused
       ^           │
       └─ unknown <┘   the answer was lost

A record is on disk in each state before the next step is taken. *Planned* has certainly not left;
*sending* may have, so that after a crash it is as *unknown* as after a lost answer: the portal's
own state then tells whether it arrived, and only if it did not, and not at once, is it sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
import hashlib
from typing import Any, Final

from .errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalRefusedError,
    PortalUnavailableError,
)

# A portal may show a change some time after it has taken it.
RETRY_AFTER: Final = timedelta(minutes=15)
# Nobody wants to be surprised by a change that was asked for long ago.
GIVE_UP_AFTER: Final = timedelta(days=1)
MAX_ATTEMPTS: Final = 3
# Why a change was given up that the portal shows no sign of.
NOT_RECEIVED: Final = "not_received"


class WriteState(StrEnum):
    """How far a change has come."""

    PLANNED = "planned"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can happen."""
        return self in {WriteState.ACCEPTED, WriteState.REFUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRecord:
    """A change that somebody asked for, and what became of it.

    Attributes:
        record_id: Tells records apart.
        kind: What is changed: the name by which it is sent and read back.
        subject: Of what: two changes of one subject never wait at the same time.
        key: What makes it this change and no other, see `idempotency_key`.
        payload: What it is to become, in what JSON has. It may hold identifiers: never log it.
        user_id: Home Assistant's user who asked; None for an automation.
        created: When that was.
        changed: When it came into this state.
        attempts: How often it was sent.
        answer: Why it was refused, a translation key; None otherwise.
    """

    record_id: str
    kind: str
    subject: str
    key: str
    created: datetime
    changed: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    user_id: str | None = None
    state: WriteState = WriteState.PLANNED
    attempts: int = 0
    answer: str | None = None

    def sending(self, now: datetime) -> WriteRecord:
        """Return the record as it has to be on disk before it leaves."""
        assert self.state is WriteState.PLANNED  # noqa: S101
        attempts = self.attempts + 1
        return replace(self, state=WriteState.SENDING, attempts=attempts, changed=now)

    def accepted(self, now: datetime) -> WriteRecord:
        """Return the record of a change that the portal has made."""
        return replace(self, state=WriteState.ACCEPTED, changed=now)

    def refused(self, answer: str, now: datetime) -> WriteRecord:
        """Return the record of a change that the portal will not make."""
        return replace(self, state=WriteState.REFUSED, answer=answer, changed=now)

    def unknown(self) -> WriteRecord:
        """Return the record of a change whose answer was lost; it counts from when it left."""
        assert self.state is WriteState.SENDING  # noqa: S101
        return replace(self, state=WriteState.UNKNOWN)

    def missed(self, now: datetime) -> WriteRecord:
        """Return what becomes of an unknown change that the portal shows no sign of.

        It is planned anew after a pause, for the last time within a day.
        """
        assert self.state is WriteState.UNKNOWN  # noqa: S101
        if now - self.created >= GIVE_UP_AFTER or self.attempts >= MAX_ATTEMPTS:
            return self.refused(NOT_RECEIVED, now)
        # A clock that was set back must not make it wait for ever.
        if timedelta() <= now - self.changed < RETRY_AFTER:
            return self
        return replace(self, state=WriteState.PLANNED, changed=now)


def idempotency_key(kind: str, *parts: object) -> str:
    """Return a key that two requests share only if they ask for the same."""
    return hashlib.sha256("\n".join(map(str, (kind, *parts))).encode()).hexdigest()[:16]


def reason(err: PortalError) -> str:
    """Return a translation key for what stands in the way of a call."""
    match err:
        case PortalRefusedError():
            return err.reason
        case PortalCapabilityError():
            return "not_offered"
        case PortalAuthenticationError():
            return "authentication_failed"
        case PortalUnavailableError():
            return "portal_unavailable"
        case _:
            return "portal_changed"


def after_restart(record: WriteRecord) -> WriteRecord:
    """Return what a record from disk means: what was on its way may or may not have arrived."""
    return record.unknown() if record.state is WriteState.SENDING else record


def bounded(records: tuple[WriteRecord, ...], most: int) -> tuple[WriteRecord, ...]:
    """Drop the oldest settled records beyond `most`; what is not settled is never forgotten."""
    spare = len(records) - most
    kept = []
    for record in records:
        if spare > 0 and record.state.is_settled:
            spare -= 1
        else:
            kept.append(record)
    return tuple(kept)
