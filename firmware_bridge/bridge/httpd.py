"""As much of HTTP/1.1 as an API needs: one request at a time, small, and soon.

Everything that a client sends is bounded in size and in time before it is looked at.
"""

import asyncio
import json

HEAD = 2048
BODY = 4096
_PARTS = 160  # lists and objects in a body: four thousand of them would take all the memory
HEAD_TIME = 10_000  # ms for a handshake and the head of a first request
_BODY_TIME = 10_000
_WRITE_TIME = 10_000

_PHRASES = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
    507: "Insufficient Storage",
}


class Problem(Exception):
    """A request that is answered with an error; `more` are further fields of the answer."""

    def __init__(self, status, error, **more):
        """Name the status, and the error as a word for programs."""
        super().__init__(status, error)
        self.status = status
        self.answer = {"error": error}
        self.answer.update(more)


class Head:
    """What a request says before its body."""

    def __init__(self, method, path, query, length, token, keep):
        """Hold what was parsed."""
        self.method = method
        self.path = path
        self.query = query
        self.length = length
        self.token = token
        self.keep = keep


def parse(head):
    """Read the head of a request, without the empty line that ends it. Raises Problem."""
    try:
        lines = head.decode().split("\r\n")
    except UnicodeError:
        raise Problem(400, "bad_request") from None
    first = lines[0].split(" ")
    if len(first) != 3 or first[2] not in ("HTTP/1.1", "HTTP/1.0") or first[1][:1] != "/":
        raise Problem(400, "bad_request")
    path, _, query = first[1].partition("?")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.lower()
        # Two readings of one request are how things are smuggled past a guard.
        if not colon or not name or " " in name or "\t" in name or name in headers:
            raise Problem(400, "bad_request")
        headers[name] = value.strip()
    if "transfer-encoding" in headers:
        raise Problem(411, "length_required")
    length = headers.get("content-length", "0")
    if not length or len(length) > 7 or not all(digit in "0123456789" for digit in length):
        raise Problem(400, "bad_request")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    keep = first[2] == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    return Head(
        first[0],
        path,
        _parse_query(query),
        int(length),
        token.strip() if scheme.lower() == "bearer" else None,
        keep,
    )


def _parse_query(text):
    """Read "name=value&…"; nothing of ours needs escapes, so there are none."""
    query = {}
    for part in text.split("&") if text else ():
        name, _, value = part.partition("=")
        query[name] = value
    return query


async def read_head(stream, idle=HEAD_TIME):
    """Return the head of the next request and what came of its body with it.

    Returns None when the client has gone, or has said nothing for `idle` ms.
    """
    try:
        return await asyncio.wait_for_ms(_read_head(stream), idle)
    except asyncio.TimeoutError:
        return None


async def _read_head(stream):
    data = b""
    while True:
        end = data.find(b"\r\n\r\n")
        if 0 <= end <= HEAD:
            return parse(data[:end]), data[end + 4 :]
        if len(data) > HEAD:
            raise Problem(431, "head_too_large")
        more = await stream.read(512)
        if not more:
            return None
        data += more


async def read_body(stream, head, data, limit):
    """Return the body of a request, of which `data` has come already."""
    if head.length > limit:
        raise Problem(413, "body_too_large", limit=limit)
    if len(data) > head.length:
        raise Problem(400, "bad_request")  # the next request must wait for this one's answer
    body = bytearray(head.length)
    body[: len(data)] = data
    if len(data) < head.length:
        rest = memoryview(body)[len(data) :]
        await asyncio.wait_for_ms(_fill(stream, rest), _BODY_TIME)
    return body


async def _fill(stream, rest):
    while len(rest):
        got = await stream.readinto(rest)
        if not got:
            raise EOFError
        rest = rest[got:]


def parse_json(body):
    """Return what a body says, {} for an empty one. Raises Problem."""
    if not body:
        return {}
    body = bytes(body)
    if body.count(b"[") + body.count(b"{") > _PARTS:
        raise Problem(400, "too_many_parts")
    try:
        return json.loads(body.decode())  # decode() is what refuses text that is none
    except (ValueError, UnicodeError):
        raise Problem(400, "not_json") from None


async def reply(stream, status, content, keep, kind="application/json"):
    """Answer, in one piece: two would wait for the other side to confirm the first."""
    if type(content) is not bytes:
        content = json.dumps(content).encode()
    head = (
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: %s\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n"
    ) % (
        status,
        _PHRASES[status],
        kind,
        len(content),
        "keep-alive" if keep else "close",
    )
    stream.write(head.encode() + content)
    await asyncio.wait_for_ms(stream.drain(), _WRITE_TIME)
