"""Hostile requests inside MicroPython, past TLS, where thousands take a second."""

from pathlib import Path

from .scripts import run

_FUZZ = """
import asyncio, gc, random, os
import hal
from bridge import api, auth, failsafe, httpd, identity, ota
from bridge.app import App
from bridge.defaults import DEFAULTS
random.seed(SEED)
class Stream:
    def __init__(self, data): self.data = data; self.out = b""
    async def read(self, n):
        n = random.randint(1, n)
        got, self.data = self.data[:n], self.data[n:]
        return got
    async def readinto(self, buf):
        got = await self.read(len(buf)); buf[:len(got)] = got; return len(got)
    def write(self, data): self.out += data
    async def drain(self): pass
app = App(DEFAULTS)
app.restart = app.reset = lambda *_: None
app.parts["auth"] = auth.Auth(app.store, app.clock, app.log)
app.parts["failsafe"] = failsafe.Failsafe(app.store, app.clock, app.log)
app.parts["ota"] = ota.Ota(hal.ROOT, app.store, "a", app.clock, app.log)
identity.make(app.store, "x")
door = app.parts["api"] = api.Api(app, identity.load(app.store))
app.parts["auth"].open()
client, token = app.parts["auth"].pair("me", None, "1", None)
paths = [p.encode() for p in api.ROUTES] + [b"/x", b"*", b"/../", b"/api/v1/log?after=9"]
bits = [b"GET", b"PUT", b"POST", b"DELETE", b" ", b"HTTP/1.1", b"\\r\\n", b"\\r\\n\\r\\n", b"Content-Length: ",
        b"5", b"99999999", b"-1", b"Authorization: Bearer ", token.encode(), b"{", b"[", b'"seq"', b":", b"1e999", b"\\xff",
        b"\\0", b"null", b"Transfer-Encoding: chunked", b"{" * 200, b"a" * 2100]
values = [b"1", b"-1", b"null", b"true", b"1.5", b'"x"', b"[]", b"{}", b"[1,[2]]", b'{"a":{}}', b'"\\\\ud800"', b"9" * 40, b"[" * 3000]
fields = [b"name", b"code", b"seq", b"utc", b"targets", b"zones", b"relays", b"p1", b"bus", b"writes", b"api", b"wifi"]
def request():
    kind = random.randint(0, 3)
    if kind == 0:
        return bytes(random.getrandbits(8) for _ in range(random.randint(0, 60)))
    if kind == 1:
        return b"".join(random.choice(bits) for _ in range(random.randint(1, 20)))
    body = b"{%s}" % b",".join(b'"%s":%s' % (random.choice(fields), random.choice(values)) for _ in range(random.randint(0, 3)))
    if kind == 2: body = body[:random.randint(0, len(body))]
    return b"%s %s HTTP/1.1\\r\\nAuthorization: Bearer %s\\r\\nContent-Length: %d\\r\\n\\r\\n" % (
        random.choice(bits[:4]), random.choice(paths), token.encode() if random.randint(0, 3) else b"no", len(body)) + body
seen = {}
async def main():
    task = asyncio.current_task()
    used = 0
    for number in range(COUNT):
        stream = Stream(request())
        app.parts["auth"].attempts.forget("1")
        if not app.parts["auth"].clients():
            app.parts["auth"]._clients.append({"id": client, "name": "me", "hash": auth._hash(token)})
        try:
            await door._serve(stream, "1", task)
        except (EOFError, OSError): pass
        for answer in stream.out.split(b"HTTP/1.1 ")[1:]:
            code = answer[:3].decode(); seen[code] = seen.get(code, 0) + 1
        assert token.encode() not in stream.out
        if number == COUNT // 4:
            gc.collect(); used = gc.mem_alloc()
    gc.collect()
    assert gc.mem_alloc() - used < 8000, (used, gc.mem_alloc())
asyncio.run(main())
print(sorted(seen.items()))
print([line for line in app.log.since(0) if line[2] == "api" and "configured" not in line[3] and "restart" not in line[3]])
"""


def test_thousands_of_hostile_requests(machine: str, bundle: Path, tmp_path: Path) -> None:
    seen, defects = run(
        machine, bundle, tmp_path, f"SEED, COUNT = 7, 4000\n{_FUZZ}", heap="256k"
    ).splitlines()
    assert defects == "[]"
    for code in ("200", "400", "401", "404", "405", "409", "413", "422", "431"):
        assert f"'{code}'" in seen
    assert "'500'" not in seen


_RELAY = """
import random
from bridge.relay_loop import Relay, is_winter
random.seed(3)
settings = {"floor": 8000, "hysteresis": 500, "duty": 50}
relay, now, room, cold = Relay(0), 0, 15000, 0
for _ in range(20000):
    now += 5
    room += 40 if relay.on else -15
    on = relay.decide(settings, 10000, room, now, True)
    assert on or room >= 8000
    if now > 3000: assert 9000 < room < 11000, room
switches = 0
lit = 0
for _ in range(720):  # an hour without its probe
    now += 5
    was = relay.on
    lit += relay.decide(settings, 10000, None, now, True)
    switches += was != relay.on
assert relay.blind and 200 < lit < 500 and switches < 12, (lit, switches)
for _ in range(40): now += 5; relay.decide(settings, 10000, None, now, False)
assert not relay.on  # in summer
relay.decide(settings, 10000, 7000, now + 1, True)
assert relay.on  # below the floor nothing waits
assert is_winter(None) and is_winter(1800000000) and not is_winter(1783000000)
print("done")
"""


def test_a_relay_keeps_its_room(machine: str, bundle: Path, tmp_path: Path) -> None:
    assert run(machine, bundle, tmp_path, _RELAY) == "done\n"
