"""Keeps the leases, and turns the heating to its fallback when nobody renews them.

The fallback is written once, proved by reading it back, and tried again for as long as that fails.
Once it stands the user at the radiator is free to turn it up; only below the floor it is put right,
because a device that loses its power may come back with any setpoint.
"""

import asyncio

from . import bus, zones
from .lease import FALLBACK, Leases
from .schema import Invalid

LEASE_FILE = "lease.json"
FAULT = "fault"  # fallen back, and a zone does not take it

_LOOK = 600  # s between two looks at a zone that holds its fallback
_AGAIN = (5, 10, 20, 40, 60, 120, 300)  # s; the last one for ever
_FAULT_TRIES = 3


class Fallback:
    """Brings one zone to its fallback."""

    def __init__(self):
        """Have done nothing yet."""
        self.done = False
        self.tries = 0
        self.error = None
        self.due = 0
        self.over = False  # somebody leased the zone while we were waiting for the bus

    async def step(self, request, zone, now):
        """Look at the zone and write what is not as it must be; `request` is the bus's."""
        try:
            await self._bring(request, zone)
        except Refused as err:
            self.done = False
            self.error = err.args[0]
            self.due = now + _AGAIN[min(self.tries, len(_AGAIN) - 1)]
            self.tries += 1
        else:
            self.done = True
            self.tries = 0
            self.error = None
            self.due = now + _LOOK

    async def _bring(self, request, zone):
        for register, value in zone["before"]:
            if await _read(request, zone, register, 3) != value and not self.over:
                await _write(request, zone, register, value)
                await _prove(request, zone, register, 3, value)
        target = zones.raw(zone, zone["fallback"])
        place = zone["read_register"], zone["read"]
        shown = await _read(request, zone, *place)
        floor = zones.raw(zone, zone["floor"])
        if shown == target or (self.done and shown >= floor) or self.over:
            return
        await _write(request, zone, zone["register"], target)
        await _prove(request, zone, *place, target)


class Refused(Exception):
    """A zone did not do as it was told; says in a word how."""


async def _ask(request, zone, pdu):
    reply = await request(zone["unit"], pdu, bus.FAILSAFE)
    if reply[0] & 0x80:
        raise Refused("exception_%d" % reply[1])
    return reply


async def _read(request, zone, register, function):
    reply = await _ask(request, zone, bytes((function, register >> 8, register & 255, 0, 1)))
    if len(reply) != 4:
        raise Refused("wrong_reply")
    value = reply[2] << 8 | reply[3]
    return value - 0x10000 if value & 0x8000 else value


async def _write(request, zone, register, value):
    place = bytes((register >> 8, register & 255))
    data = bytes((value >> 8 & 255, value & 255))
    if zone["write"] == 6:
        await _ask(request, zone, b"\x06" + place + data)
    else:
        await _ask(request, zone, b"\x10" + place + b"\0\1\2" + data)


async def _prove(request, zone, register, function, value):
    if await _read(request, zone, register, function) != value:
        raise Refused("differs")


class Failsafe:
    """The leases, the table and what has been done about them."""

    def __init__(self, store, clock, log):
        """Read what was kept, and count this start before anything else."""
        self._store = store
        self._clock = clock
        self._log = log
        self.table = self._read_table()
        self.leases = Leases(self._ttls(), store.read(LEASE_FILE), clock.seconds())
        self._save()
        self.targets = {}  # of our relays, m°C, told with the lease
        self._work = {name: Fallback() for name in self.table["zones"]}

    def _read_table(self):
        try:
            return zones.TABLE(self._store.read(zones.FILE) or {}, "")
        except Invalid as err:  # of another firmware; Home Assistant gives its table again
            self._log("failsafe", "table not understood: %s %s" % (err.field, err.reason))
            return zones.TABLE({}, "")

    def _ttls(self):
        return {
            name: output["ttl"] for kind in self.table.values() for name, output in kind.items()
        }

    def _save(self):
        self._store.write(LEASE_FILE, self.leases.kept())

    def set_table(self, table):
        """Take a table that was checked."""
        self._store.write(zones.FILE, table)
        self.table = table
        self.leases.set_outputs(self._ttls(), self._clock.seconds())
        self._work = {name: Fallback() for name in table["zones"]}
        self._save()
        self._log("failsafe", "new table: %d outputs" % len(self._ttls()))

    def renew(self, client, seq, targets):
        """Take a lease; returns the client it was taken over from, if any. Raises Stale."""
        before, changed, back = self.leases.renew(client, seq, self._clock.seconds())
        self.targets = targets
        for name in back:
            if name in self._work:
                self._work[name].over = True
                self._work[name] = Fallback()
        if before is not None:
            self._log("failsafe", "lease taken over by %s from %s" % (client, before))
        if back:
            self._log("failsafe", "leased again: " + ", ".join(sorted(back)))
        if changed:
            self._save()
        return before

    def forget(self, client):
        """Forget a client that was unpaired."""
        self.leases.forget(client)
        self._save()

    async def step(self, request):
        """See which leases have run out, and bring one zone that is due to its fallback."""
        now = self._clock.seconds()
        gone = self.leases.expire(now)
        if gone:
            self._save()
            self._log("failsafe", "lease over: " + ", ".join(sorted(gone)))
        due = [
            name
            for name, work in self._work.items()
            if self.leases.state(name) == FALLBACK and now >= work.due
        ]
        if not due:
            return
        # The one that waits longest, so that a dead one does not keep the others waiting.
        name = min(due, key=lambda other: self._work[other].due)
        work = self._work[name]
        was = work.done
        await work.step(request, self.table["zones"][name], now)
        if work.done and not was:
            self._log("failsafe", name + " holds its fallback")
        elif work.tries == _FAULT_TRIES:
            self._log("failsafe", "%s does not take its fallback: %s" % (name, work.error))

    def target(self, name):
        """Return what a relay of ours has to keep, m°C."""
        relay = self.table["relays"][name]
        if self.leases.state(name) == FALLBACK:
            return relay["fallback"]
        return min(max(self.targets.get(name, relay["fallback"]), relay["floor"]), relay["highest"])

    def state(self):
        """Return the state of the whole: normal, grace, fallback or fault."""
        if any(work.tries >= _FAULT_TRIES for work in self._work.values()):
            return FAULT
        return self.leases.overall()

    def status(self):
        """Return what the API shows."""
        now = self._clock.seconds()
        leases = self.leases
        outputs = {}
        for name in self._ttls():
            outputs[name] = {"state": leases.state(name), "seconds_left": leases.left(name, now)}
            work = self._work.get(name)
            if work and leases.state(name) == FALLBACK:
                outputs[name].update(
                    {"written": work.done, "tries": work.tries, "error": work.error}
                )
        return {
            "state": self.state(),
            "holder": leases.holder,
            "contested": leases.contested(now),
            "seconds_since_lease": None if leases.renewed is None else now - leases.renewed,
            "outputs": outputs,
        }


async def run(app):
    """Look after the leases for ever."""
    part = app.parts["failsafe"]
    table = rules = None
    while True:
        app.beat("failsafe")
        master = app.parts.get("bus")
        if master:
            if part.table is not table or master.policy.rules is not rules:
                table = part.table
                rules = app.config["writes"] + zones.allowed(table["zones"])
                master.policy.floors = zones.floors(table["zones"])
                master.policy.rules = rules
            await part.step(master.request)
        app.signal("failsafe", part.state() in (FALLBACK, FAULT))
        app.signal("fault", part.state() == FAULT)
        await asyncio.sleep_ms(1000)
