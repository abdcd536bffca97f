"""One logged-in conversation with a portal: everything about it that is the same for all portals.

An adapter supplies how to log in and how to recognise a lost session; this module supplies the
rest: one log-in at a time, one more log-in after a lost session, time-outs, retries of reads with
jittered back-off that honour `Retry-After`, the politeness budget, and answers mapped to `errors`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import partial
import json
import random
from typing import Any, Final

import aiohttp

from .errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalOutcomeUnknownError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from .model import Capability
from .politeness import Politeness

TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=15)
RETRY_PAUSES: Final = (2.0, 8.0)
LONGEST_WAIT: Final = 30.0
DENIED: Final = frozenset({401, 403})
# By these a server says that it has not looked at a request (RFC 9110, 8470 and 6585).
UNPROCESSED: Final = frozenset({408, 425, 429})
MAX_BODY: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the customer types on the portal's login page."""

    username: str
    password: str

    def __repr__(self) -> str:
        """Keep secrets out of logs and tracebacks."""
        return "Credentials(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to a portal.

    Attributes:
        name: Our name for it, safe to log (paths can hold customer numbers).
        capability: Set on an *unconfirmed* call: if the portal has no such thing, only this
            capability is lost. None marks a confirmed call, whose absence means the portal changed.
        body: What to send as JSON.
        form: What to send as an HTML form would, instead.
    """

    name: str
    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    body: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    capability: Capability | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A complete answer, read and closed.

    Attributes:
        location: Where a redirect leads.
        data: The decoded body of a JSON answer, whatever content type it was given.
        is_json: Whether `data` is what the portal sent.
        broken: Whether the portal says that this is JSON, and it is not.
        retry_after: Seconds for which the portal asked to be left alone.
    """

    status: int
    content_type: str
    body: bytes = field(repr=False)
    location: str | None = field(default=None, repr=False)
    data: Any = field(default=None, repr=False)
    is_json: bool = False
    broken: bool = False
    retry_after: float | None = None

    @property
    def text(self) -> str:
        """The body as text; pages of today are UTF-8."""
        return self.body.decode(errors="replace")

    @property
    def is_transient(self) -> bool:
        """Whether the portal is in trouble or in need of rest, which says nothing about us."""
        return self.status in UNPROCESSED or self.status >= 500


async def nothing() -> None:
    """Make nothing ready: a session is enough."""


async def read_answer(response: aiohttp.ClientResponse) -> Answer:
    """Read a response to its end and decode it.

    Raises:
        aiohttp.ClientError: the connection broke, or the body is larger than any real answer.
    """
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_BODY:
            raise aiohttp.ClientPayloadError("answer too large")
    data, is_json = None, False
    try:
        data = json.loads(body, parse_float=Decimal)
        is_json = True
    except ValueError, RecursionError:
        pass
    return Answer(
        status=response.status,
        content_type=response.content_type,
        body=bytes(body),
        location=response.headers.get("Location"),
        data=data,
        is_json=is_json,
        broken=not is_json and response.content_type.endswith("json"),
        retry_after=parse_retry_after(response.headers.get("Retry-After")),
    )


def parse_retry_after(value: str | None) -> float | None:
    """Read a `Retry-After` header (RFC 9110, 10.2.3): seconds, or an HTTP date."""
    if value is None:
        return None
    value = value.strip()
    if value.isdecimal():
        return min(float(value), 86_400.0)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    now = datetime.now(when.tzinfo or UTC)
    return min(max(0.0, (when.replace(tzinfo=now.tzinfo) - now).total_seconds()), 86_400.0)


def new_cookie_jar() -> aiohttp.CookieJar:
    """Return a jar for one log-in alone.

    Portals' cookies hold characters that must go back unquoted, and a stand-in may live at a bare
    IP address, whose cookies a jar refuses by default.
    """
    return aiohttp.CookieJar(unsafe=True, quote_cookie=False)


class PortalSession:
    """Sends calls for one login. Safe to use from several tasks at once."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        credentials: Credentials,
        politeness: Politeness,
        *,
        log_in: Callable[[], Awaitable[None]],
        decorate: Callable[[Call], Call] = lambda call: call,
        lost_statuses: frozenset[int],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Use `http`, which must own its cookie jar, for this login alone.

        `log_in` leaves the session's cookies in `http`; `decorate` adds the token of the latest
        log-in to an authenticated call, and only to those. `lost_statuses` are the HTTP statuses
        by which this portal says that the session is gone.
        """
        self.http = http
        self._log_in = log_in
        self._decorate = decorate
        self.credentials = credentials
        self.politeness = politeness
        self._lost_statuses = lost_statuses
        self._sleep = sleep
        self._login_lock = asyncio.Lock()
        self._generation = 0
        self._logged_in = False

    async def ensure_login(self) -> None:
        """Log in unless that is done; many callers cause one log-in."""
        await self._renew(None)

    async def json(self, call: Call, *, interactive: bool = False) -> Any:
        """Send a call and return the decoded JSON answer.

        Raises:
            PortalCapabilityError: an unconfirmed call answered 404 or a web page, or is denied
                to a session that has just been renewed.
            PortalUnexpectedAnswerError: a confirmed call did.
            PortalUnavailableError: the portal is down, slow, or asks to be left alone.
            PortalAuthenticationError: the portal refused the credentials at a new log-in.
        """
        send = partial(self.send_patiently, counted=True, interactive=interactive)
        return self._data(call, await self._authenticated(call, send))

    async def bytes(self, call: Call, content_type: str, *, interactive: bool = False) -> bytes:
        """Send a call and return the body, which must be of the given content type."""
        send = partial(self.send_patiently, counted=True, interactive=interactive)
        answer = await self._authenticated(call, send)
        if answer.status >= 400 or answer.content_type != content_type:
            raise self._missing(call, answer)
        return answer.body

    async def write(self, call: Call, *, ready: Callable[[], Awaitable[None]] = nothing) -> Answer:
        """Send a call that changes something, and return what the portal says to it.

        It is sent once. Only a portal that wants a new log-in first has certainly not looked at
        it, and gets it again after that. A person waits for it, whom no budget turns away.

        Args:
            call: What to send: a POST, because aiohttp repeats what is idempotent by itself.
            ready: Makes the session fit for the call, each time before it is sent.

        Raises:
            PortalOutcomeUnknownError: the portal may have done it.
            PortalCapabilityError: there is no such call.
            PortalUnavailableError: the portal has not looked at it.
            PortalAuthenticationError: the portal refused the credentials at a new log-in.
        """
        assert call.method == "POST"  # noqa: S101
        answer = await self._authenticated(call, self._send_once, ready)
        if answer.status in DENIED or answer.content_type == "text/html":
            raise self._missing(call, answer)
        return answer

    async def public_json(self, call: Call) -> Any:
        """Send a call that needs no log-in (a public price list) and return the decoded answer."""
        return self._data(call, await self.send_patiently(call))

    @classmethod
    def _data(cls, call: Call, answer: Answer) -> Any:
        if answer.status >= 400 or not answer.is_json:
            raise cls._missing(call, answer)
        return answer.data

    @staticmethod
    def _missing(call: Call, answer: Answer) -> PortalError:
        """Say what it means that the portal does not answer a call with data."""
        shown = f"{answer.status} {answer.content_type}"
        if answer.status in DENIED:
            return PortalUnavailableError(f"{call.name}: access denied for now ({shown})")
        if call.capability is not None:
            return PortalCapabilityError(call.capability, call.name)
        return PortalUnexpectedAnswerError(call.name, shown)

    async def _authenticated(
        self,
        call: Call,
        send: Callable[[Call], Awaitable[Answer]],
        ready: Callable[[], Awaitable[None]] = nothing,
    ) -> Answer:
        await self._renew(None)
        for again in (True, False):
            await ready()
            generation = self._generation
            answer = await send(self._decorate(call))
            if answer.status not in self._lost_statuses:
                if answer.status not in DENIED:
                    await self.politeness.answered()
                return answer
            if again:
                await self._renew(generation)
        # A fresh session that is refused at once says nothing about the password. A call that
        # nobody has confirmed may simply not be ours to make; it must not stop the others.
        if call.capability is not None:
            raise PortalCapabilityError(call.capability, call.name)
        raise PortalUnavailableError(f"{call.name}: the session is lost right after log-in")

    async def _renew(self, seen: int | None) -> None:
        """Log in when there is no session, or when the one of generation `seen` was lost."""
        async with self._login_lock:
            if self._logged_in and seen != self._generation:
                return
            self._logged_in = False
            fingerprint = await asyncio.to_thread(
                Politeness.fingerprint, self.credentials.username, self.credentials.password
            )
            await self.politeness.before_login(fingerprint)
            self.http.cookie_jar.clear()
            try:
                await self._log_in()
            except PortalAuthenticationError:
                await self.politeness.login_refused(fingerprint)
                raise
            except PortalUnavailableError as err:
                await self.politeness.rest(err.retry_after)
                raise
            except (TimeoutError, aiohttp.ClientError) as err:
                # aiohttp's own error may tell addresses and headers: it must not go along.
                raise PortalUnavailableError(f"log-in: {type(err).__name__}") from None
            self._logged_in = True
            self._generation += 1

    async def send_patiently(
        self, call: Call, *, counted: bool = False, interactive: bool = False
    ) -> Answer:
        """Send a call as it is, and again after faults that pass.

        Args:
            call: What to send.
            counted: Whether it is an authenticated call, which has a daily budget.
            interactive: Whether a person waits for it, whom no budget turns away.

        Returns:
            An answer that is neither transient nor broken, though it may still be an error.

        Raises:
            PortalUnavailableError: the fault did not pass, or the portal wants a longer rest.
        """
        pauses = iter(RETRY_PAUSES)
        while True:
            if counted:
                await self.politeness.before_request(interactive=interactive)
            retry_after: float | None = None
            try:
                answer = await self.send(call)
            except (TimeoutError, aiohttp.ClientError) as err:
                fault = type(err).__name__
            else:
                if not answer.is_transient and not answer.broken:
                    return answer
                fault = "broken JSON" if answer.broken else f"status {answer.status}"
                retry_after = answer.retry_after
            pause = next(pauses, None)
            if pause is None or (retry_after or 0) > LONGEST_WAIT:
                await self.politeness.rest(retry_after)
                raise PortalUnavailableError(f"{call.name}: {fault}", retry_after=retry_after)
            await self._sleep(retry_after or pause * random.uniform(0.5, 1.5))  # noqa: S311

    async def _send_once(self, call: Call) -> Answer:
        """Send a call that must not arrive twice.

        Returns:
            An answer that tells whether the portal has acted.

        Raises:
            PortalOutcomeUnknownError: none that does came.
            PortalUnavailableError: the portal has not acted.
        """
        await self.politeness.before_request(interactive=True)
        try:
            answer = await self.send(call)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as err:
            raise PortalUnavailableError(f"{call.name}: {type(err).__name__}") from None
        except (TimeoutError, aiohttp.ClientError) as err:
            raise PortalOutcomeUnknownError(f"{call.name}: {type(err).__name__}") from None
        if not answer.is_transient and not answer.broken:
            return answer
        await self.politeness.rest(answer.retry_after)
        unprocessed = answer.status in UNPROCESSED
        error = PortalUnavailableError if unprocessed else PortalOutcomeUnknownError
        fault = "broken JSON" if answer.broken else f"status {answer.status}"
        raise error(f"{call.name}: {fault}", retry_after=answer.retry_after)

    async def send(self, call: Call) -> Answer:
        """Send a call once, without following redirects.

        Raises:
            TimeoutError: no complete answer in time.
            aiohttp.ClientError: the portal could not be reached, or the connection broke.
        """
        async with self.http.request(
            call.method,
            call.url,
            params=call.params,
            headers=call.headers,
            json=call.body,
            data=call.form,
            timeout=TIMEOUT,
            allow_redirects=False,
        ) as response:
            return await read_answer(response)
