"""Speaks with a bridge over HTTPS; whoever answers must have the certificate that was pinned.

A bridge makes its own certificate at its first start, so no authority vouches for it. Who it is is
seen once, before it is paired, and from then on nobody else is spoken to: neither a password nor a
token ever goes to somebody with another certificate.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
import json
import re
from typing import Any, Final

import aiohttp
from mashumaro.codecs.basic import BasicDecoder
from yarl import URL

from .errors import (
    AnotherBridgeError,
    BridgeError,
    BusyError,
    NotPairingError,
    RefusedError,
    TooManyClientsError,
    UnauthorizedError,
    UnexpectedAnswerError,
    UnreachableError,
)
from .model import Guard, Info, Pairing, Status

# A handshake keeps an ESP32 busy for a second or two, and a telegram goes before.
TIMEOUT: Final = aiohttp.ClientTimeout(total=15)
# Proving a whole update reads all of it back from flash.
PROVING: Final = aiohttp.ClientTimeout(total=120)
# Far more than any answer has.
MOST: Final = 65_536
# What a bridge takes in one piece.
PIECE: Final = 4096
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")

_INFO: Final = BasicDecoder(Info)
_STATUS: Final = BasicDecoder(Status)
_GUARD: Final = BasicDecoder(Guard)
_PAIRING: Final = BasicDecoder(Pairing)


async def async_meet(session: aiohttp.ClientSession, host: str, port: int) -> Info:
    """Return what a bridge says of itself at first sight, its fingerprint too.

    Nothing is proved by that: whoever is spoken to afterwards must have that fingerprint.

    Raises:
        UnreachableError: Nobody there speaks TLS.
        UnexpectedAnswerError: It is no bridge.

    """
    info = await BridgeClient(session, host, port, None).async_info()
    if _FINGERPRINT.fullmatch(info.fingerprint) is None:
        raise UnexpectedAnswerError("no fingerprint")
    return info


class BridgeClient:
    """A client of one bridge. One request at a time: each connection takes a third of its memory."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        host: str,
        port: int,
        fingerprint: str | None,
        token: str | None = None,
    ) -> None:
        """Speak with whoever has a certificate of that fingerprint, and with nobody else.

        Args:
            session: Makes the connections.
            host: Its name or address.
            port: Of its HTTPS.
            fingerprint: SHA-256 of its certificate, in hex; None to see who is there.
            token: What it gave us when it was paired; None before that.

        """
        self._session = session
        self._url = URL.build(scheme="https", host=host, port=port, path="/api/v1/")
        # A connection is kept for the same object only.
        self._pin = (
            False if fingerprint is None else aiohttp.Fingerprint(bytes.fromhex(fingerprint))
        )
        self._token = token
        self._one_at_a_time = asyncio.Lock()

    async def async_info(self) -> Info:
        """Ask what it is."""
        return _decoded(_INFO, await self._async_ask("GET", "info"))

    async def async_pair(self, name: str) -> Pairing:
        """Become one of its clients under a name, within half a minute of a press of its button.

        Raises:
            NotPairingError: Nobody has pressed it, or too long ago.
            TooManyClientsError: No other client can be paired.

        """
        return _decoded(_PAIRING, await self._async_ask("POST", "pair", {"name": name}))

    async def async_unpair(self) -> None:
        """Stop being one of its clients."""
        await self._async_ask("DELETE", "clients")

    async def async_status(self) -> Status:
        """Ask how it is."""
        return _decoded(_STATUS, await self._async_ask("GET", "status"))

    async def async_config(self) -> Any:
        """Ask how it is set up; secrets are not told."""
        return await self._async_ask("GET", "config")

    async def async_configure(self, change: Mapping[str, Any]) -> None:
        """Change some of how it is set up."""
        await self._async_ask("PUT", "config", change)

    async def async_log(self) -> Any:
        """Ask what has happened lately; the oldest lines first."""
        return await self._async_ask("GET", "log")

    async def async_guard(self) -> Any:
        """Ask which heaters it keeps from freezing."""
        return await self._async_ask("GET", "failsafe")

    async def async_set_guard(self, table: Mapping[str, Any]) -> None:
        """Say which heaters it has to keep from freezing, and how."""
        await self._async_ask("PUT", "failsafe", table)

    async def async_renew(self, seq: int, utc: int) -> Guard:
        """Renew the lease: as long as that goes on, the bridge leaves the heating alone.

        Args:
            seq: A number greater than any before.
            utc: The time by which it sets its clock.

        Raises:
            RefusedError: With `last`, if the number is none that is greater.

        """
        return _decoded(_GUARD, await self._async_ask("POST", "lease", {"seq": seq, "utc": utc}))

    async def async_restart(self) -> None:
        """Have it start again."""
        await self._async_ask("POST", "restart")

    async def async_begin_update(self, manifest: bytes) -> None:
        """Offer a signed update, which the bridge checks before it takes anything of it."""
        await self._async_upload("ota/manifest", {}, manifest)
        await self._async_ask("POST", "ota/begin", timeout=PROVING)

    async def async_add_file(self, name: str, data: bytes) -> None:
        """Give a file of the update that was offered."""
        await self._async_upload("ota/file", {"name": name}, data)

    async def async_apply_update(self) -> None:
        """Have it start again with the update that it has whole."""
        await self._async_ask("POST", "ota/apply", timeout=PROVING)

    async def async_abort_update(self) -> None:
        """Have it forget an update that was not applied."""
        await self._async_ask("DELETE", "ota")

    async def _async_upload(self, path: str, query: Mapping[str, str], data: bytes) -> None:
        for offset in range(0, len(data), PIECE):
            await self._async_ask(
                "PUT",
                path,
                data[offset : offset + PIECE],
                query={**query, "offset": str(offset)},
            )

    async def _async_ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        *,
        query: Mapping[str, str] | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,  # noqa: ASYNC109 - aiohttp's own
    ) -> Any:
        """Make a request and return what is answered. Raises BridgeError."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        # The bridge reads a query as it is; a file's name has slashes, and nothing to escape.
        url = self._url.joinpath(path)
        if query:
            url = URL(f"{url}?" + "&".join(map("=".join, query.items())), encoded=True)
        try:
            async with (
                self._one_at_a_time,
                self._session.request(
                    method,
                    url,
                    data=data,
                    headers={"Authorization": f"Bearer {self._token}"} if self._token else {},
                    ssl=self._pin,
                    timeout=timeout,
                    allow_redirects=False,
                ) as response,
            ):
                answer = await _read(response)
                status = HTTPStatus(response.status)
        except aiohttp.ServerFingerprintMismatch as err:
            raise AnotherBridgeError(f"certificate of {self._url.host} is another one") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise UnreachableError(str(err) or type(err).__name__) from err
        except ValueError as err:
            raise UnexpectedAnswerError(f"no JSON: {err}") from err
        if status is HTTPStatus.OK:
            return answer
        raise _error(status, answer)


async def _read(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """Return the object that an answer holds. Raises ValueError."""
    if response.content_length is None or response.content_length > MOST:
        raise ValueError("too long")
    answer = json.loads(await response.read())
    if isinstance(answer, dict):
        return answer
    raise ValueError("not an object")


def _decoded[T](decoder: BasicDecoder[T], answer: Any) -> T:
    try:
        return decoder.decode(answer)
    except Exception as err:  # mashumaro raises anything
        raise UnexpectedAnswerError(str(err)) from err


def _error(status: HTTPStatus, answer: Mapping[str, Any]) -> BridgeError:
    """Return what an answer of that status means."""
    reason = str(answer.get("error", status.phrase))
    match status, reason:
        case HTTPStatus.UNAUTHORIZED, _:
            return UnauthorizedError(reason)
        case HTTPStatus.FORBIDDEN, "press_button":
            return NotPairingError(reason)
        case HTTPStatus.CONFLICT, "too_many_clients":
            return TooManyClientsError(reason)
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE, _:
            return BusyError(reason)
        case HTTPStatus.CONFLICT | HTTPStatus.UNPROCESSABLE_ENTITY, _:
            return RefusedError(
                str(answer.get("reason", reason)),
                field=answer.get("field"),
                last=answer.get("last"),
            )
    return UnexpectedAnswerError(f"{status.value} {reason}")
