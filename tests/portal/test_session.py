"""The conversation with a portal, over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
import logging
import socket
from typing import Any

import aiohttp
from aiohttp import web
from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal import session as session_module
from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalOutcomeUnknownError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import Capability
from custom_components.lumme_energy.portal.politeness import (
    DAY,
    MAX_REQUESTS_PER_DAY,
    Politeness,
    PolitenessState,
    load_state,
)
from custom_components.lumme_energy.portal.session import (
    Answer,
    Call,
    Credentials,
    PortalSession,
    parse_retry_after,
)

TOKEN = "token-of-the-customer"
PASSWORD = "kuutamo-kaisla-7"


def answer(data: Any = None, **kwargs: Any) -> web.Response:
    return web.json_response(data, **kwargs)


@dataclass
class Server:
    """A portal that answers what a test tells it to; the last answer goes on for ever."""

    answers: list[Callable[[], web.StreamResponse]] = field(
        default_factory=lambda: [lambda: answer({"a": 1})]
    )
    requests: list[web.Request] = field(default_factory=list)
    base: str = ""
    pause: float = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer the next request."""
        self.requests.append(request)
        await asyncio.sleep(self.pause)
        respond = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return respond()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    portal = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", portal.handle)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    portal.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield portal
    await runner.cleanup()


@dataclass
class World:
    """A session with everything about it under a test's control."""

    session: PortalSession
    now: float = 1_790_000_000.0
    logins: int = 0
    login_error: Exception | None = None
    slept: list[float] = field(default_factory=list)
    saved: dict[str, Any] | None = None

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once."""
        self.slept.append(seconds)
        self.now += seconds

    async def log_in(self) -> None:
        """Log in, slowly."""
        self.logins += 1
        await asyncio.sleep(0.01)
        if self.login_error is not None:
            raise self.login_error

    async def save(self, state: PolitenessState) -> None:
        """Keep what must survive a restart."""
        self.saved = deepcopy(asdict(state))

    def restart(self, http: aiohttp.ClientSession, password: str = PASSWORD) -> None:
        """Begin a new session with what is on disk."""
        self.session = PortalSession(
            http,
            Credentials(username="aino@example.com", password=password),
            Politeness(lambda: self.now, state=load_state(self.saved), save=self.save),
            log_in=self.log_in,
            decorate=lambda call: replace(call, headers={"Authorization": f"{TOKEN}{self.logins}"}),
            lost_statuses=frozenset({401}),
            sleep=self.sleep,
        )


@pytest.fixture
def world(http: aiohttp.ClientSession) -> World:
    made = World(session=None)  # type: ignore[arg-type]
    made.restart(http)
    return made


def call(server: Server, **details: Any) -> Call:
    return Call(
        **{"name": "contracts", "method": "GET", "url": f"{server.base}/x/1004711"} | details
    )


async def test_an_answer(server: Server, world: World) -> None:
    server.answers = [lambda: web.Response(text='{"amount": 1.10}', content_type="text/plain")]
    assert await world.session.json(call(server)) == {"amount": Decimal("1.10")}
    assert server.requests[0].headers["Authorization"] == f"{TOKEN}1"
    assert world.session.politeness.state.fruitless == 0


async def test_a_public_call_carries_no_token(server: Server, world: World) -> None:
    assert await world.session.public_json(call(server)) == {"a": 1}
    assert "Authorization" not in server.requests[0].headers
    assert world.logins == 0
    assert world.session.politeness.requests_left == MAX_REQUESTS_PER_DAY


async def test_many_callers_cause_one_log_in(server: Server, world: World) -> None:
    session = world.session
    await asyncio.gather(
        *(session.json(call(server)) for _ in range(8)),
        *(session.ensure_login() for _ in range(8)),
    )
    assert world.logins == 1
    assert len(server.requests) == 8


async def test_many_callers_of_a_lost_session_cause_one_log_in(
    server: Server, world: World
) -> None:
    await world.session.json(call(server))
    server.answers = [*[lambda: answer(status=401)] * 5, lambda: answer({"b": 2})]
    server.pause = 0.05
    found = await asyncio.gather(*(world.session.json(call(server)) for _ in range(5)))
    assert found == [{"b": 2}] * 5
    assert world.logins == 2
    assert server.requests[-1].headers["Authorization"] == f"{TOKEN}2"


async def test_many_callers_of_an_outage_cause_one_log_in(server: Server, world: World) -> None:
    world.login_error = TimeoutError()
    found = await asyncio.gather(
        *(world.session.json(call(server)) for _ in range(5)), return_exceptions=True
    )
    assert [type(error) for error in found] == [PortalUnavailableError] * 5
    assert world.logins == 1
    assert server.requests == []


async def test_cookies_of_the_last_session_are_forgotten(
    server: Server, world: World, http: aiohttp.ClientSession
) -> None:
    def with_cookie() -> web.Response:
        response = answer({})
        response.set_cookie("sid", "a/b==")
        return response

    server.answers = [
        with_cookie,
        lambda: answer({}),
        lambda: answer(status=401),
        lambda: answer({}),
    ]
    for _ in range(3):
        await world.session.json(call(server))
    assert [request.headers.get("Cookie") for request in server.requests] == [
        None,
        "sid=a/b==",
        "sid=a/b==",
        None,
    ]
    assert world.logins == 2
    assert len(http.cookie_jar) == 0


async def test_a_session_lost_right_after_log_in(server: Server, world: World) -> None:
    await world.session.json(call(server))
    server.answers = [lambda: answer(status=401)]
    with pytest.raises(PortalUnavailableError, match="lost right after log-in"):
        await world.session.json(call(server))
    assert world.logins == 2
    assert len(server.requests) == 3


async def test_an_unconfirmed_call_that_is_always_denied_is_not_ours_to_make(
    server: Server, world: World
) -> None:
    await world.session.json(call(server))
    server.answers = [
        lambda: answer(status=401),
        lambda: answer(status=401),
        lambda: answer({}),
    ]
    with pytest.raises(PortalCapabilityError):
        await world.session.json(call(server, capability=Capability.BENEFITS))
    await world.session.json(call(server))
    assert world.logins == 2


async def test_a_401_storm_of_a_day_sees_five_log_ins(server: Server, world: World) -> None:
    server.answers = [lambda: answer(status=401)]
    end = world.now + DAY
    while world.now < end:
        with pytest.raises(PortalUnavailableError):
            await world.session.json(call(server))
        world.now += 600
    assert world.logins == 5
    assert len(server.requests) <= MAX_REQUESTS_PER_DAY


async def test_an_outage_of_a_day_with_restarts_sees_five_log_ins(
    server: Server, world: World, http: aiohttp.ClientSession
) -> None:
    world.login_error = aiohttp.ClientConnectionError()
    end = world.now + DAY
    while world.now < end:
        world.restart(http)
        with pytest.raises(PortalUnavailableError):
            await world.session.json(call(server))
        world.now += 600
    assert world.logins == 5


async def test_24_requests_a_day_retries_included(server: Server, world: World) -> None:
    server.answers = [lambda: answer(status=503)]
    for _ in range(40):
        with pytest.raises(PortalUnavailableError):
            await world.session.json(call(server))
    assert len(server.requests) == MAX_REQUESTS_PER_DAY
    server.answers = [lambda: answer({"a": 1})]
    assert await world.session.json(call(server), interactive=True) == {"a": 1}


async def test_a_refusal_is_remembered_over_restarts(
    server: Server, world: World, http: aiohttp.ClientSession
) -> None:
    world.login_error = PortalAuthenticationError("no")
    for _ in range(3):
        with pytest.raises(PortalAuthenticationError):
            await world.session.json(call(server))
        world.now += 30 * DAY
        world.restart(http)
    assert world.logins == 1

    world.login_error = None
    world.restart(http, password="new")
    await world.session.json(call(server))
    assert world.logins == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 408, 425, 429])
async def test_faults_that_pass_are_tried_again(server: Server, world: World, status: int) -> None:
    server.answers = [
        lambda: answer(status=status),
        lambda: answer(status=status),
        lambda: answer({"a": 1}),
    ]
    assert await world.session.json(call(server)) == {"a": 1}
    first, second = world.slept
    assert 1 <= first <= 3
    assert 4 <= second <= 12


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 408, 425, 429, 403])
async def test_trouble_is_never_a_bad_password(server: Server, world: World, status: int) -> None:
    server.answers = [lambda: answer(status=status)]
    with pytest.raises(PortalUnavailableError):
        await world.session.json(call(server))
    assert world.session.politeness.state.refused_for is None


async def test_a_ban_is_no_fruit_of_a_log_in(server: Server, world: World) -> None:
    server.answers = [lambda: answer(status=403)]
    with pytest.raises(PortalUnavailableError, match="access denied"):
        await world.session.json(call(server))
    assert world.session.politeness.state.fruitless == 1


async def test_a_short_rest_is_waited_for(server: Server, world: World) -> None:
    server.answers = [
        lambda: answer(status=429, headers={"Retry-After": "7"}),
        lambda: answer({"a": 1}),
    ]
    await world.session.json(call(server))
    assert world.slept == [7.0]


async def test_a_long_rest_is_granted(server: Server, world: World) -> None:
    server.answers = [
        lambda: answer(status=503, headers={"Retry-After": "3600"}),
        lambda: answer({"a": 1}),
    ]
    for _ in range(2):
        with pytest.raises(PortalUnavailableError) as caught:
            await world.session.json(call(server))
        assert caught.value.retry_after == 3600
    assert world.slept == []
    assert len(server.requests) == 1
    world.now += 3600
    await world.session.json(call(server))


async def test_a_rest_asked_for_at_log_in_is_granted(server: Server, world: World) -> None:
    world.login_error = PortalUnavailableError("busy", retry_after=7200)
    with pytest.raises(PortalUnavailableError):
        await world.session.ensure_login()
    world.now += 3600
    with pytest.raises(PortalUnavailableError, match="left alone"):
        await world.session.ensure_login()
    assert world.logins == 1


async def test_no_answer_in_time(
    server: Server, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    server.pause = 0.2
    with pytest.raises(PortalUnavailableError, match="contracts: TimeoutError"):
        await world.session.json(call(server))
    assert len(server.requests) == 3


async def test_nobody_there(server: Server, world: World, unused_tcp_port: int) -> None:
    with pytest.raises(PortalUnavailableError, match="contracts: ClientConnectorError"):
        await world.session.json(call(server, url=f"http://127.0.0.1:{unused_tcp_port}/"))


@pytest.mark.parametrize("body", ['{"a": [1, 2', "", "[" * 100_000])
async def test_broken_json_is_tried_again(server: Server, world: World, body: str) -> None:
    server.answers = [
        lambda: web.Response(text=body, content_type="application/json"),
        lambda: answer({"a": 1}),
    ]
    assert await world.session.json(call(server)) == {"a": 1}
    server.answers = [lambda: web.Response(text=body, content_type="application/json")]
    with pytest.raises(PortalUnavailableError, match="broken JSON"):
        await world.session.json(call(server))


@pytest.mark.parametrize(
    "missing",
    [
        lambda: answer({"message": "not found"}, status=404),
        lambda: answer({"message": "bad"}, status=400),
        lambda: web.Response(text="<!doctype html>", content_type="text/html"),
        lambda: web.Response(status=302, headers={"Location": "/"}),
    ],
)
async def test_a_call_that_does_not_exist(
    server: Server, world: World, missing: Callable[[], web.Response]
) -> None:
    server.answers = [missing]
    with pytest.raises(PortalUnexpectedAnswerError) as confirmed:
        await world.session.json(call(server))
    assert confirmed.value.call == "contracts"
    with pytest.raises(PortalCapabilityError) as unconfirmed:
        await world.session.json(call(server, capability=Capability.STATEMENT))
    assert unconfirmed.value.capability is Capability.STATEMENT


async def test_a_document(server: Server, world: World) -> None:
    server.answers = [lambda: web.Response(body=b"%PDF-", content_type="application/pdf")]
    document = call(server, capability=Capability.DOCUMENTS)
    assert await world.session.bytes(document, "application/pdf") == b"%PDF-"
    server.answers = [lambda: web.Response(text="<html>", content_type="text/html")]
    with pytest.raises(PortalCapabilityError):
        await world.session.bytes(document, "application/pdf")


async def test_an_answer_larger_than_any_real_one(
    server: Server, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "MAX_BODY", 1_000)
    server.answers = [lambda: answer("x" * 1_000)]
    with pytest.raises(PortalUnavailableError, match="ClientPayloadError"):
        await world.session.json(call(server))
    server.answers = [lambda: answer("x" * 998)]
    assert await world.session.json(call(server)) == "x" * 998


async def test_what_is_sent(server: Server, world: World) -> None:
    seen: list[Any] = []

    async def keep(request: web.Request) -> web.StreamResponse:
        seen.append((request.query_string, await request.text(), request.content_type))
        return web.Response(text="grüß", headers={"Location": "/next"}, status=302)

    app = web.Application()
    app.router.add_post("/", keep)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    post = Call(name="post", method="POST", url=url)
    await world.session.send(replace(post, body={"content": "z"}, params={"a": "b c"}))
    reply = await world.session.send(replace(post, form={"password": "p&q"}))
    await runner.cleanup()
    assert seen == [
        ("a=b c", '{"content": "z"}', "application/json"),
        ("", "password=p%26q", "application/x-www-form-urlencoded"),
    ]
    assert (reply.text, reply.location, reply.is_json) == ("grüß", "/next", False)


@pytest.mark.parametrize("status", [200, 201, 302, 400, 404, 409])
async def test_a_change_is_sent_once_and_answered(
    server: Server, world: World, status: int
) -> None:
    server.answers = [lambda: answer({"Reason": "x"}, status=status)]
    found = await world.session.write(call(server, method="POST", body={"a": 1}))
    assert (found.status, found.data) == (status, {"Reason": "x"})
    assert len(server.requests) == 1
    assert world.session.politeness.state.fruitless == 0


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
async def test_a_change_is_not_tried_again(server: Server, world: World, status: int) -> None:
    server.answers = [lambda: answer(status=status, headers={"Retry-After": "60"})]
    with pytest.raises(PortalOutcomeUnknownError, match=f"contracts: status {status}") as caught:
        await world.session.write(call(server, method="POST"))
    assert caught.value.retry_after == 60
    assert len(server.requests) == 1
    assert world.slept == []


@pytest.mark.parametrize("status", [408, 425, 429])
async def test_a_change_that_was_not_looked_at(server: Server, world: World, status: int) -> None:
    server.answers = [lambda: answer(status=status)]
    with pytest.raises(PortalUnavailableError) as caught:
        await world.session.write(call(server, method="POST"))
    assert not isinstance(caught.value, PortalOutcomeUnknownError)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", ['{"Success": tr', ""])
async def test_a_change_with_a_broken_answer(server: Server, world: World, body: str) -> None:
    server.answers = [lambda: web.Response(text=body, content_type="application/json")]
    with pytest.raises(PortalOutcomeUnknownError, match="broken JSON"):
        await world.session.write(call(server, method="POST"))
    assert len(server.requests) == 1


async def test_a_change_that_nobody_answers(
    server: Server, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    server.pause = 0.2
    with pytest.raises(PortalOutcomeUnknownError, match="contracts: TimeoutError"):
        await world.session.write(call(server, method="POST"))
    assert len(server.requests) == 1


async def test_a_change_that_reaches_nobody(world: World, server: Server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        with pytest.raises(PortalUnavailableError, match="ClientConnectorError") as caught:
            await world.session.write(call(server, method="POST", url=url))
    assert not isinstance(caught.value, PortalOutcomeUnknownError)


async def test_a_change_in_a_lost_session_is_made_in_the_next(server: Server, world: World) -> None:
    await world.session.json(call(server))
    order: list[str] = []

    async def ready() -> None:
        order.append(f"ready in session {world.logins}")

    server.answers = [lambda: answer(status=401), lambda: answer({"Success": True})]
    await world.session.write(call(server, method="POST"), ready=ready)
    assert order == ["ready in session 1", "ready in session 2"]
    assert [request.headers["Authorization"] for request in server.requests[1:]] == [
        f"{TOKEN}1",
        f"{TOKEN}2",
    ]


async def test_a_session_lost_while_it_is_made_ready_is_not_taken_for_the_new_one(
    server: Server, world: World
) -> None:
    await world.session.json(call(server))

    async def ready() -> None:
        await world.session.json(call(server))

    server.answers = [
        lambda: answer(status=401),
        lambda: answer({}),
        lambda: answer(status=401),
        lambda: answer({}),
        lambda: answer({"Success": True}),
    ]
    found = await world.session.write(call(server, method="POST"), ready=ready)
    assert found.data == {"Success": True}
    assert world.logins == 3


@pytest.mark.parametrize("status", [200, 400, 404])
async def test_a_change_answered_by_a_page_is_no_such_call(
    server: Server, world: World, status: int
) -> None:
    server.answers = [
        lambda: web.Response(text="<!doctype html>", content_type="text/html", status=status)
    ]
    post = call(server, method="POST", capability=Capability.DEPOSIT)
    with pytest.raises(PortalCapabilityError):
        await world.session.write(post)
    server.answers = [lambda: answer(status=403)]
    with pytest.raises(PortalUnavailableError, match="access denied"):
        await world.session.write(post)


async def test_a_change_must_not_be_repeated_by_the_client_itself(
    server: Server, world: World
) -> None:
    with pytest.raises(AssertionError):
        await world.session.write(call(server, method="PUT"))
    assert server.requests == []


async def test_nothing_secret_is_ever_told(
    server: Server, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told: list[str] = [repr(world.session.credentials)]
    for respond in (
        lambda: answer({"customer": "1004711", "gsrn": "643000000000000016"}),
        lambda: answer(status=401),
        lambda: answer({"customer": "1004711"}, status=404),
        lambda: web.Response(text="1004711", content_type="text/html"),
        lambda: web.Response(text='{"a": "1004711', content_type="application/json"),
        lambda: answer(status=503),
    ):
        server.answers = [respond]
        secret = call(server, method="POST", form={"password": PASSWORD}, headers={"t": TOKEN})
        told.append(repr(secret))
        told.append(repr(await world.session.send(secret)))
        for ask in (world.session.json, world.session.write):
            try:
                await ask(replace(secret, body={"content": TOKEN}, form=None))
            except PortalError as err:
                told.append(f"{err!r} {err} {err.__cause__!r} {vars(err)}")
    text = "\n".join((*told, caplog.text))
    for secret_text in (PASSWORD, TOKEN, "1004711", "643000000000000016", "aino@example.com"):
        assert secret_text not in text


def test_retry_after() -> None:
    assert parse_retry_after(None) is None
    assert parse_retry_after(" 120 ") == 120
    assert parse_retry_after("9" * 400) == 86_400
    assert parse_retry_after("soon") is None
    later = datetime.now(UTC) + timedelta(minutes=10)
    seconds = parse_retry_after(format_datetime(later, usegmt=True))
    assert seconds is not None
    assert 590 < seconds <= 600
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 -0000") == 0


@given(
    st.text()
    | st.from_regex(r"\A[A-Z][a-z]{2}, \d{1,5} [A-Z][a-z]{2} \d{1,5} \d+:\d+:\d+ [+-]?\w{0,6}\Z")
)
def test_any_retry_after(value: str) -> None:
    seconds = parse_retry_after(value)
    assert seconds is None or 0 <= seconds <= 86_400


def test_an_answer_in_trouble() -> None:
    def of(status: int) -> bool:
        return Answer(status=status, content_type="text/html", body=b"").is_transient

    assert [
        status for status in (200, 302, 401, 403, 404, 408, 425, 429, 500, 599) if of(status)
    ] == [
        408,
        425,
        429,
        500,
        599,
    ]
