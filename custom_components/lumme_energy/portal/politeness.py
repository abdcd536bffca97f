"""How often we may knock on a portal's door: a promise to the supplier, kept over restarts.

Portals ban clients that log in over and over (a wrong password saved once, an outage, a restart
loop). `Politeness` decides before each log-in and each request whether it may go out, and its
state is written to disk before either leaves, so a crash cannot forget one.

All times are Unix seconds from an injected clock.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
import hashlib
from typing import Any

from .errors import PortalAuthenticationError, PortalBudgetError, PortalUnavailableError

DAY = 86_400.0
MAX_REQUESTS_PER_DAY = 24
_awaited: ContextVar[bool] = ContextVar("awaited", default=False)
MAX_LOGINS_PER_DAY = 12
# Pause after the nth log-in in a row that led to no answer; the sum keeps an outage of 24 h at
# five attempts (at 0 h, 0.25 h, 1.25 h, 5.25 h and 13.25 h).
FRUITLESS_PAUSES = (900.0, 3_600.0, 14_400.0, 28_800.0, 43_200.0)


@dataclass(slots=True)
class PolitenessState:
    """What must survive a restart. `refused_for` is a salted hash, never the credentials."""

    requests: list[float] = field(default_factory=list)
    logins: list[float] = field(default_factory=list)
    fruitless: int = 0
    last_login: float | None = None
    refused_for: str | None = None
    rest_until: float | None = None


type SaveState = Callable[[PolitenessState], Awaitable[None]]


async def forget(_state: PolitenessState) -> None:
    """Save nothing: for a one-off log-in such as a config flow's."""


class Politeness:
    """Gate in front of one login at one portal.

    Attributes:
        now: The one clock of a log-in.
        state: What the caller loads at start and stores whenever `save` is awaited.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        state: PolitenessState | None = None,
        save: SaveState = forget,
    ) -> None:
        """Continue from a stored state, or start afresh."""
        self.now = now
        self._save = save
        self.state = state or PolitenessState()

    @staticmethod
    def fingerprint(username: str, password: str) -> str:
        """Recognise credentials that were refused without being able to read them back."""
        salt = hashlib.sha256(username.encode()).digest()[:16]
        return hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1, dklen=16).hex()

    @property
    def requests_left(self) -> int:
        """How many requests may still go out in the current rolling day."""
        return MAX_REQUESTS_PER_DAY - len(self._recent(self.state.requests))

    async def before_login(self, fingerprint: str) -> None:
        """Let a log-in pass or say why not, and write it down before it leaves.

        Raises:
            PortalAuthenticationError: these very credentials were refused before; asking again
                cannot help and may lock the account.
            PortalUnavailableError: too soon after earlier attempts.
        """
        state, now = self.state, self.now()
        if state.last_login is not None:
            # A clock set back must not lock us out until it has caught up.
            state.last_login = min(state.last_login, now)
        state.logins = self._recent(state.logins)
        if state.refused_for == fingerprint:
            raise PortalAuthenticationError("these credentials were refused before")
        self._check_rest(now)
        if wait := self._login_pause(now):
            raise PortalUnavailableError("waiting before the next log-in", retry_after=wait)
        state.logins = [*state.logins, now]
        state.last_login = now
        state.fruitless += 1
        await self._save(state)

    async def login_refused(self, fingerprint: str) -> None:
        """Remember that the portal itself rejected these credentials; others may follow at once."""
        self.state.refused_for = fingerprint
        self.state.fruitless = 0
        await self._save(self.state)

    async def answered(self) -> None:
        """Note that the latest log-in was worth it: an authenticated call was answered."""
        if self.state.fruitless or self.state.refused_for:
            self.state.fruitless = 0
            self.state.refused_for = None
            await self._save(self.state)

    async def rest(self, seconds: float | None) -> None:
        """Leave the portal alone for as long as it asked, if it did."""
        if seconds:
            self.state.rest_until = self.now() + seconds
            await self._save(self.state)

    @staticmethod
    @contextmanager
    def awaited() -> Iterator[None]:
        """Let requests through, whatever the budget: without them nobody knows what a change led to."""
        token = _awaited.set(True)
        try:
            yield
        finally:
            _awaited.reset(token)

    async def before_request(self, *, interactive: bool = False) -> None:
        """Count a request; refuse it when the day's share is used up.

        A person waiting for an answer (`interactive`) is counted but not refused; see `awaited`.

        Raises:
            PortalBudgetError: the rolling day's budget is used up.
            PortalUnavailableError: the portal asked to be left alone.
        """
        now = self.now()
        self._check_rest(now)
        recent = self._recent(self.state.requests)
        if len(recent) >= MAX_REQUESTS_PER_DAY and not (interactive or _awaited.get()):
            self.state.requests = recent
            raise PortalBudgetError(
                "the day's requests are used up", retry_after=recent[0] + DAY - now
            )
        self.state.requests = [*recent, now]
        await self._save(self.state)

    def _check_rest(self, now: float) -> None:
        state = self.state
        if state.rest_until is None:
            return
        # Nobody asks for more than a day, whatever a clock set back makes of it.
        state.rest_until = min(state.rest_until, now + DAY)
        if state.rest_until > now:
            raise PortalUnavailableError(
                "the portal asked to be left alone", retry_after=state.rest_until - now
            )

    def _login_pause(self, now: float) -> float:
        """Seconds until the next log-in may go out; 0 when it may now."""
        state = self.state
        pause = 0.0
        if len(state.logins) >= MAX_LOGINS_PER_DAY:
            pause = state.logins[-MAX_LOGINS_PER_DAY] + DAY - now
        if state.fruitless and state.last_login is not None:
            gap = FRUITLESS_PAUSES[min(state.fruitless, len(FRUITLESS_PAUSES)) - 1]
            pause = max(pause, state.last_login + gap - now)
        return max(0.0, pause)

    def _recent(self, stamps: list[float]) -> list[float]:
        """Return the stamps of the last 24 hours; one from the future counts as now."""
        now = self.now()
        return [min(stamp, now) for stamp in stamps if stamp > now - DAY]


def load_state(stored: dict[str, Any] | None) -> PolitenessState:
    """Read a stored state, treating anything unreadable as a fresh start."""
    if stored is None:
        return PolitenessState()
    try:
        last_login, refused_for = stored["last_login"], stored["refused_for"]
        rest_until = stored["rest_until"]
        return PolitenessState(
            requests=[float(stamp) for stamp in stored["requests"]],
            logins=[float(stamp) for stamp in stored["logins"]],
            fruitless=int(stored["fruitless"]),
            last_login=None if last_login is None else float(last_login),
            refused_for=None if refused_for is None else str(refused_for),
            rest_until=None if rest_until is None else float(rest_until),
        )
    except KeyError, TypeError, ValueError:
        return PolitenessState()
