"""What a bridge tells, as its API words it (`firmware_bridge/API.md`).

Fields that we have no use for are left out, and a newer firmware may tell more: neither is an
error. Times are in seconds unless a name says otherwise; temperatures in thousandths of a degree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

# The interface that this client speaks.
API: Final = 1


class Capability(StrEnum):
    """What a bridge has a line for."""

    P1 = "p1"
    MODBUS = "modbus"
    FAILSAFE = "failsafe"


class GuardState(StrEnum):
    """Who is in charge of the heating behind a bridge."""

    NORMAL = "normal"  # whoever renews the lease
    GRACE = "grace"  # the bridge has just started, and waits for a lease
    FALLBACK = "fallback"  # the bridge: no lease came
    FAULT = "fault"  # the bridge, and a heater does not take its fallback


@dataclass(frozen=True, kw_only=True, slots=True)
class Info:
    """What anybody may know of a bridge.

    Attributes:
        model: What it is.
        id: The factory's address of its chip, in hex.
        version: Of its firmware.
        api: Of its interface.
        fingerprint: SHA-256 of its certificate, in hex.
        capabilities: What it has a line for; a newer firmware may know more.
        pairing: Whether somebody has pressed the button just now.

    """

    model: str
    id: str
    version: str
    api: int
    fingerprint: str
    capabilities: tuple[str, ...] = ()
    pairing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """A heater that the bridge keeps from freezing.

    Attributes:
        seconds_left: Until its lease runs out.
        written: Whether it holds its fallback; None while it is not needed.
        error: Why it does not, in a word.

    """

    state: GuardState
    seconds_left: int
    written: bool | None = None
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Guard:
    """How the frost guard is.

    Attributes:
        state: The worst of its outputs.
        contested: Whether two clients have held the lease by turns lately.
        seconds_since_lease: None if none came since the bridge has started.

    """

    state: GuardState
    contested: bool = False
    seconds_since_lease: int | None = None
    outputs: Mapping[str, Output] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Telegrams:
    """What came from the meter since the bridge has started; age in ms."""

    telegrams: int
    crc_bad: int
    age: int | None = None
    readers: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bus:
    """What became of requests on the bus since the bridge has started."""

    answered: int
    silent: int
    garbled: int
    refused: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """How an update goes."""

    on_trial: bool = False
    receiving: str | None = None
    missing: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The services that run; those whose line is switched off, or that safe mode leaves out, do not."""

    failsafe: Guard
    ota: Update
    p1: Telegrams | None = None
    bus: Bus | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Heap:
    """The bridge's memory in bytes: what is free, and the largest piece of that."""

    free: int
    largest: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """How a bridge is.

    Attributes:
        version: Of its firmware.
        safe_mode: Whether it runs the least that it must, after starting in vain too often.
        uptime: Since it has started.
        reset_cause: Why it has.
        signals: What its lamp tells.

    """

    version: str
    safe_mode: bool
    uptime: int
    reset_cause: str
    heap: Heap
    state: GuardState
    parts: Parts
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairing:
    """What a client gets when it is paired; the token is told once, and to nobody else."""

    client: str
    token: str = field(repr=False)
