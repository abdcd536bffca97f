"""The HTTPS API, as API.md describes it: what each path does, and the door before it."""

import asyncio
from binascii import a2b_base64, hexlify
import gc

import hal

from . import auth, config, httpd, identity, ota, zones
from .doors import Limit, secure
from .httpd import Problem
from .lease import NORMAL, Stale
from .schema import Invalid, mapping, table, text, whole
from .version import API, MODEL, VERSION

MOST = 2  # connections at a time: through TLS each takes 24 KB
_IDLE = 90_000  # ms that a client with a token may be silent between two requests
_BURST = 10
_PAUSE = 2  # s between two handshakes after that: each takes a second, in which nothing else runs
_LOG_LINES = 20  # in one answer

_PAIR = table({"name": text(40, 1), "code": text(32), "certificate": text(3000)}, needed=("name",))
_LEASE = table(
    {
        "seq": whole(0, (1 << 53) - 1),
        "utc": whole(1_700_000_000, 4_102_444_799),
        "targets": mapping(whole(0, 50_000), zones.MOST),
    },
    needed=("seq",),
)
_CLOCK_OFF = 3  # s before the clock is set

# What begins again when a section of the configuration has changed; the others need a restart.
_SERVICES = {
    "wifi": "network",
    "p1": "p1",
    "p1_port": "p1_port",
    "bus": "bus",
    "writes": "bus",
    "modbus_port": "modbus_port",
    "modbus_tls": "modbus_tls",
}


class Request:
    """A request that was let in."""

    def __init__(self, query, body, address, client):
        """Hold what a handler may need."""
        self.query = query
        self.body = body
        self.address = address
        self.client = client

    def read(self, check):
        """Return the body, checked. Raises Problem or Invalid."""
        return check(httpd.parse_json(self.body), "")

    def number(self, name):
        """Return a number of the query, 0 if it is not there. Raises Invalid."""
        value = self.query.get(name, "0")
        if not value or len(value) > 9 or not all(digit in "0123456789" for digit in value):
            raise Invalid(name, "not_a_whole_number")
        return int(value)


async def page(app, _request):
    """Show people the state."""
    from . import status_page  # noqa: PLC0415 - few ever look at it

    return status_page.render(_status(app), app.signals)


async def info(app, _request):
    """Tell what this is; the same things that mDNS tells."""
    return about(app)


async def pair(app, request):
    """Give a client a token, if somebody has pressed the button."""
    wanted = request.read(_PAIR)
    certificate = None
    if "certificate" in wanted:
        try:
            certificate = a2b_base64(wanted["certificate"])
        except ValueError:
            certificate = b""
        if not identity.is_certificate(certificate):
            raise Invalid("certificate", "not_a_certificate")
    try:
        client, token = app.parts["auth"].pair(
            wanted["name"], wanted.get("code"), request.address, certificate
        )
    except auth.Closed:
        raise Problem(403, "press_button") from None
    except auth.Full:
        raise Problem(409, "too_many_clients") from None
    app.restart("modbus_tls")
    return {"client": client, "token": token}


async def clients(app, _request):
    """Tell who is paired."""
    return {"clients": app.parts["auth"].clients()}


async def unpair(app, request):
    """Unpair a client; without a name of one, the one who asks."""
    client = request.query.get("client", request.client)
    if not app.parts["auth"].revoke(client):
        raise Problem(404, "no_such_client")
    app.parts["failsafe"].forget(client)
    app.restart("modbus_tls")
    return {}


async def status(app, _request):
    """Tell how everything is."""
    return _status(app)


async def get_config(app, _request):
    """Tell the configuration, without secrets."""
    return config.shown(app.config)


async def put_config(app, request):
    """Change some of the configuration."""
    change = httpd.parse_json(request.body)
    app.config = config.changed(app.config, change)
    config.save(app.store, app.config)
    services = {_SERVICES[section] for section in change if section in _SERVICES}
    for service in services:
        app.restart(service)
    app.log("api", "configured: " + ", ".join(sorted(change)))
    return {"restart_needed": any(section not in _SERVICES for section in change)}


async def get_failsafe(app, _request):
    """Tell the table of what is kept from freezing."""
    return app.parts["failsafe"].table


async def put_failsafe(app, request):
    """Replace that table."""
    app.parts["failsafe"].set_table(request.read(zones.TABLE))
    return {}


async def lease(app, request):
    """Renew the lease."""
    wanted = request.read(_LEASE)
    failsafe = app.parts["failsafe"]
    targets = wanted.get("targets", {})
    for name in targets:
        if name not in failsafe.table["relays"]:
            raise Invalid("targets." + name[:32], "no_such_relay")
    if "utc" in wanted:
        known = hal.utc()
        if known is None or abs(known - wanted["utc"]) > _CLOCK_OFF:
            hal.set_utc(wanted["utc"])
    try:
        before = failsafe.renew(request.client, wanted["seq"], targets)
    except Stale:
        raise Problem(409, "stale", last=failsafe.leases.last(request.client)) from None
    answer = failsafe.status()
    answer["taken_over_from"] = before
    return answer


async def log(app, request):
    """Tell what has happened after a line of that number."""
    lines = app.log.since(request.number("after"))
    return {"lines": lines[:_LOG_LINES], "more": len(lines) > _LOG_LINES}


async def restart(app, request):
    """Start again."""
    app.log("api", "restart wanted by " + request.client)
    app.reset()
    return {}


async def ota_status(app, _request):
    """Tell how an update goes."""
    return app.parts["ota"].status()


async def ota_manifest(app, request):
    """Take a piece of the manifest of an update."""
    app.parts["ota"].add_manifest(request.number("offset"), request.body)
    return {}


async def ota_begin(app, _request):
    """Check the manifest."""
    forced = app.parts["auth"].is_open()
    if not forced and app.parts["failsafe"].state() != NORMAL:
        raise ota.Refused("not_normal")
    await app.parts["ota"].begin(forced)
    return app.parts["ota"].status()


async def ota_file(app, request):
    """Take a piece of a file of an update."""
    app.parts["ota"].add(request.query.get("name", ""), request.number("offset"), request.body)
    return {"missing": app.parts["ota"].status()["missing"]}


async def ota_apply(app, _request):
    """Start again with the update."""
    await app.parts["ota"].apply()
    app.reset()
    return {}


async def ota_abort(app, _request):
    """Forget an update."""
    app.parts["ota"].abort()
    return {}


_V1 = "/api/v1/"
# path: {method: (handler, whether a token is needed, the longest body)}
ROUTES = {
    "/": {"GET": (page, False, 0)},
    _V1 + "info": {"GET": (info, False, 0)},
    _V1 + "pair": {"POST": (pair, False, httpd.BODY)},
    _V1 + "clients": {"GET": (clients, True, 0), "DELETE": (unpair, True, 0)},
    _V1 + "status": {"GET": (status, True, 0)},
    _V1 + "config": {"GET": (get_config, True, 0), "PUT": (put_config, True, httpd.BODY)},
    _V1 + "failsafe": {"GET": (get_failsafe, True, 0), "PUT": (put_failsafe, True, httpd.BODY)},
    _V1 + "lease": {"POST": (lease, True, httpd.BODY)},
    _V1 + "log": {"GET": (log, True, 0)},
    _V1 + "restart": {"POST": (restart, True, 0)},
    _V1 + "ota": {"GET": (ota_status, True, 0), "DELETE": (ota_abort, True, 0)},
    _V1 + "ota/manifest": {"PUT": (ota_manifest, True, httpd.BODY)},
    _V1 + "ota/begin": {"POST": (ota_begin, True, 0)},
    _V1 + "ota/file": {"PUT": (ota_file, True, httpd.BODY)},
    _V1 + "ota/apply": {"POST": (ota_apply, True, 0)},
}


def about(app):
    """Return what anybody may know."""
    parts = app.parts
    return {
        "model": MODEL,
        "id": hexlify(hal.unique_id()).decode(),
        "version": VERSION,
        "api": API,
        "fingerprint": parts["api"].identity.fingerprint,
        "paired": bool(parts["auth"].clients()),
        "pairing": parts["auth"].is_open(),
        "capabilities": [
            name for section, name in (("p1", "p1"), ("bus", "modbus")) if app.config[section]["on"]
        ]
        + ["failsafe"],
    }


def _status(app):
    free, largest = hal.heap()
    return {
        "version": VERSION,
        "slot": app.slot,
        "safe_mode": app.safe,
        "uptime": app.clock.seconds(),
        "utc": hal.utc(),
        "reset_cause": hal.reset_cause(),
        "heap": {"free": free, "largest": largest},
        "state": app.parts["failsafe"].state(),
        "signals": sorted(app.signals),
        "parts": {
            name: part.status() for name, part in app.parts.items() if hasattr(part, "status")
        },
    }


class Api:
    """The door: connections, TLS, and who may do what."""

    def __init__(self, app, who):
        """Take this device's identity."""
        self.identity = who
        self._app = app
        self._context = identity.server_context(who)
        self._limit = Limit(app.clock, _BURST, _PAUSE)
        self._connections = {}  # task: whether it waits for a next request
        self._refused = 0

    def status(self):
        """Return what the API shows of itself."""
        return {"connections": len(self._connections), "refused": self._refused}

    async def accept(self, stream, _writer):
        """Serve one client; however it ends, its socket is given back."""
        task = asyncio.current_task()
        try:
            address = hal.peer_ip(stream)
            if self._has_room() and self._limit.take(address):
                self._connections[task] = False
                stream = secure(stream, self._context)
                await self._serve(stream, address, task)
            else:
                self._refused += 1
        # ValueError: what a client said is no TLS. It, or the memory, has gone; others have not.
        except (
            OSError,
            EOFError,
            ValueError,
            MemoryError,
            asyncio.TimeoutError,
            asyncio.CancelledError,
        ):
            pass
        finally:
            self._connections.pop(task, None)
            await stream.wait_closed()

    def close(self):
        """End every connection."""
        for task in self._connections:
            task.cancel()

    def _has_room(self):
        """Return whether another may come in; one that only waits gives way."""
        if len(self._connections) < MOST:
            return True
        for task, waits in self._connections.items():
            if waits:
                del self._connections[task]
                task.cancel()
                return True
        return False

    async def _serve(self, stream, address, task):
        """Answer one request after the other."""
        idle = httpd.HEAD_TIME
        keep = True
        while keep:
            self._connections[task] = idle == _IDLE
            client = None
            kind = "application/json"
            code = 200
            keep = False
            try:
                came = await httpd.read_head(stream, idle)
                self._connections[task] = False
                if came is None:
                    return
                head, data = came
                handler, limit, client = self._admit(head, address)
                body = await httpd.read_body(stream, head, data, limit)
                # Only who may ask again is waited for: others must not hold a place.
                keep = head.keep and client is not None
                answer = await handler(self._app, Request(head.query, body, address, client))
                if type(answer) is bytes:
                    kind = "text/html; charset=utf-8"
            except Problem as err:
                code, answer = err.status, err.answer
            except Invalid as err:
                code, answer = 422, {"error": "invalid", "field": err.field, "reason": err.reason}
            except ota.Refused as err:
                code, answer = 409, {"error": err.args[0]}
            except MemoryError as err:
                self._app.log("api", str(err))
                code, answer, keep = 503, {"error": "no_memory"}, False
            except (OSError, EOFError, asyncio.TimeoutError):
                raise  # the client has gone
            except Exception as err:  # noqa: BLE001 - a defect of one answer must not end the door
                self._app.log("api", repr(err))
                code, answer, keep = 500, {"error": "defect"}, False
            await httpd.reply(stream, code, answer, keep, kind)
            answer = body = head = data = came = None
            gc.collect()  # here, where little is alive, so that what stays lies close together
            idle = _IDLE

    def _admit(self, head, address):
        """Return the handler, the longest body and the client of a request. Raises Problem."""
        methods = ROUTES.get(head.path)
        if methods is None:
            raise Problem(404, "not_found")
        if head.method not in methods:
            raise Problem(405, "wrong_method")
        handler, needs_token, limit = methods[head.method]
        known = self._app.parts["auth"]
        client = None
        if head.token or needs_token or handler is pair:
            wait = known.attempts.wait(address)
            if wait:
                raise Problem(429, "too_many_attempts", retry_after=wait)
        if head.token:
            client = known.check(head.token, address)
        if client is not None:
            self._app.proved = True
        elif needs_token:
            raise Problem(401, "unauthorized")
        return handler, limit, client


async def run(app):
    """Serve for ever."""
    who = identity.load(app.store)
    if who is None:
        # Not before the network: an ESP32's random numbers are better while its radio is on. And
        # then from the beginning, because all that this took is of no use any more.
        identity.make(app.store, "%s-%s" % (MODEL, hexlify(hal.unique_id()).decode()[-6:]))
        app.log("api", "identity made")
        app.reset()
        return
    api = app.parts["api"] = Api(app, who)
    server = await asyncio.start_server(api.accept, hal.BIND, app.config["api"]["port"], MOST + 1)
    try:
        while True:
            app.beat("api")
            await asyncio.sleep_ms(2000)
    finally:
        server.close()
        api.close()
