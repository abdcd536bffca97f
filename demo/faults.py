"""What can go wrong with a portal, switched on by hand: from Python, or over HTTP.

POST   /_demo/faults    {"kind": "rate_limited", "path": "/api", "retry_after": 60}
GET    /_demo/faults    the faults that are on
DELETE /_demo/faults    all off
GET    /_demo/requests  what has been asked of the portal so far
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field
from enum import StrEnum
import json
import random
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler


class FaultKind(StrEnum):
    """A way in which a portal can let its callers down."""

    LATENCY = "latency"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    FORBIDDEN = "forbidden"
    HTML = "html"
    TRUNCATED = "truncated"
    MISSING = "missing"
    UNKNOWN_WORD = "unknown_word"
    DISCONNECT = "disconnect"
    # The portal does what it is asked for, and then the caller does not hear of it.
    ANSWER_LOST = "answer_lost"
    ERROR_AFTERWARDS = "error_afterwards"
    # A gateway on the way hands the request on twice, and the second answer back.
    DELIVERED_TWICE = "delivered_twice"
    # Every session is forgotten at once, or again and again however often one logs in.
    EXPIRED_SESSION = "expired_session"
    REFUSED_SESSION = "refused_session"
    CHANGED_PASSWORD = "changed_password"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault that is on.

    Attributes:
        kind: What goes wrong.
        path: For which requests: those whose path begins with this.
        method: And whose method is this; None is all.
        times: How often still; None is until it is switched off.
        chance: How likely each of those requests is to meet it.
        seconds: How long an answer is held back.
        retry_after: The header of that name: seconds, or an HTTP date.
    """

    kind: FaultKind
    path: str = "/"
    method: str | None = None
    times: int | None = None
    chance: float = 1.0
    seconds: float = 1.0
    retry_after: float | str | None = None

    @classmethod
    def from_json(cls, data: Any) -> Fault:
        """Read what an admin call asks for.

        Raises:
            ValueError: it is no fault.
        """
        try:
            return cls(**data | {"kind": FaultKind(data["kind"])})
        except (KeyError, TypeError) as err:
            raise ValueError(f"not a fault: {err}") from err


@dataclass(slots=True)
class Requests:
    """What has been asked of a portal: in all, log-ins, and by path template."""

    total: int = 0
    logins: int = 0
    paths: Counter[str] = field(default_factory=Counter)

    def clear(self) -> None:
        """Count afresh."""
        self.total = self.logins = 0
        self.paths.clear()


class Faults:
    """The faults of one demo portal, as an aiohttp middleware with admin routes."""

    def __init__(
        self,
        requests: Requests,
        *,
        expire: Callable[[], None],
        lost_status: int,
        words: Collection[str],
    ) -> None:
        """Serve a portal; what is left to chance is the same in every run.

        Args:
            requests: Where to count.
            expire: Forgets all sessions.
            lost_status: By which the portal says that a session is lost.
            words: Keys of its answers that hold enumeration words.
        """
        self._active: list[Fault] = []
        self._requests = requests
        self._expire = expire
        self._lost_status = lost_status
        self._words = words
        self._random = random.Random(0)

    def add(self, kind: FaultKind, **details: Any) -> None:
        """Switch a fault on."""
        self._switch_on(Fault(kind=kind, **details))

    def clear(self) -> None:
        """Switch all faults off."""
        self._active.clear()

    def is_on(self, kind: FaultKind) -> bool:
        """Whether a fault is on, wherever."""
        return any(fault.kind is kind for fault in self._active)

    def add_routes(self, app: web.Application) -> None:
        """Add the admin calls and the middleware to a portal."""
        app.middlewares.append(self._middleware)
        app.router.add_get("/_demo/faults", self._show)
        app.router.add_post("/_demo/faults", self._post)
        app.router.add_delete("/_demo/faults", self._delete)
        app.router.add_get("/_demo/requests", self._count)

    def _switch_on(self, fault: Fault) -> None:
        if fault.kind is FaultKind.EXPIRED_SESSION:
            self._expire()
        else:
            self._active.append(fault)

    def _due(self, request: web.Request) -> list[Fault]:
        """Return the faults that a request meets, and use them up."""
        due = [
            fault
            for fault in self._active
            if request.path.startswith(fault.path)
            and fault.method in {None, request.method}
            and self._random.random() < fault.chance
        ]
        for fault in due:
            if fault.times is not None:
                fault.times -= 1
        self._active = [fault for fault in self._active if fault.times != 0]
        return due

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/_demo/"):
            return await handler(request)
        self._requests.total += 1
        resource = request.match_info.route.resource
        self._requests.paths[resource.canonical if resource else "(unknown)"] += 1
        due = self._due(request)
        for fault in due:
            if (instead := self._instead(request, fault)) is not None:
                return instead
        if any(fault.kind is FaultKind.DELIVERED_TWICE for fault in due):
            await handler(request)
        try:
            answer = await handler(request)
        finally:
            await asyncio.sleep(
                sum(fault.seconds for fault in due if fault.kind is FaultKind.LATENCY)
            )
        for fault in due:
            answer = self._spoilt(request, answer, fault)
        return answer

    def _instead(self, request: web.Request, fault: Fault) -> web.Response | None:
        """Return what the portal answers without looking at the request."""
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        match fault.kind:
            case FaultKind.RATE_LIMITED:
                return web.Response(status=429, headers=headers, text="Too many requests")
            case FaultKind.SERVER_ERROR:
                return web.Response(status=500, headers=headers, text="Internal server error")
            case FaultKind.FORBIDDEN:
                return _page("Access denied", status=403)
            case FaultKind.REFUSED_SESSION:
                return web.json_response({"message": "Unauthorized"}, status=self._lost_status)
            case FaultKind.MISSING:
                return web.json_response({"message": "Resource not found"}, status=404)
            case FaultKind.HTML:
                return _page("We are working on our systems")
            case FaultKind.DISCONNECT:
                return _hung_up(request)
        return None

    def _spoilt(
        self, request: web.Request, answer: web.StreamResponse, fault: Fault
    ) -> web.StreamResponse:
        """Return an answer with something wrong in it."""
        match fault.kind:
            case FaultKind.ANSWER_LOST:
                return _hung_up(request)
            case FaultKind.ERROR_AFTERWARDS:
                return web.Response(status=502, text="Bad gateway")
        if not isinstance(answer, web.Response) or answer.content_type != "application/json":
            return answer
        match fault.kind:
            case FaultKind.TRUNCATED:
                text = answer.text or ""
                answer.text = text[: len(text) // 2]
            case FaultKind.UNKNOWN_WORD:
                answer.text = json.dumps(self._reworded(json.loads(answer.text or "null")))
        return answer

    def _reworded(self, data: Any) -> Any:
        """Put a word nobody has heard of wherever the portal uses an enumeration."""
        if isinstance(data, list):
            return [self._reworded(item) for item in data]
        if isinstance(data, dict):
            return {
                key: "Brandnew" if key in self._words else self._reworded(value)
                for key, value in data.items()
            }
        return data

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response([asdict(fault) for fault in self._active])

    async def _post(self, request: web.Request) -> web.Response:
        try:
            self._switch_on(Fault.from_json(await request.json()))
        except ValueError as err:
            return web.json_response({"error": str(err)}, status=400)
        return await self._show(request)

    async def _delete(self, request: web.Request) -> web.Response:
        self.clear()
        return await self._show(request)

    async def _count(self, _request: web.Request) -> web.Response:
        count = self._requests
        return web.json_response(
            {"total": count.total, "logins": count.logins, "paths": dict(count.paths)}
        )


def _hung_up(request: web.Request) -> web.Response:
    """Cut the connection; the answer that is due reaches nobody."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def _page(text: str, status: int = 200) -> web.Response:
    return web.Response(
        status=status,
        content_type="text/html",
        text=f"<!doctype html><title>DEMO</title><p>{text}</p>",
    )
