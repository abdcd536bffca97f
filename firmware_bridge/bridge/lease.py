"""Who is in charge of the heating: Home Assistant, for as long as it keeps saying so.

Home Assistant renews a lease every minute or so. A connection that is up proves nothing; a lease
proves that the control loop itself still runs. Each output (a zone on the bus or a relay of ours)
has its own time to live. When that has passed the output falls back, and stays so until a new lease
comes: nothing else, neither a restart nor a clock, gives the heating back.

Pure rules: no clock, no files and no bus of their own.
"""

NORMAL = "normal"  # leased
GRACE = "grace"  # we have just started, and nobody has told us anything yet
FALLBACK = "fallback"  # nobody is in charge but we

GRACE_SECONDS = 300
GRACE_BOOTS = 3  # so often may a start without a lease give that grace
CONTESTED_SECONDS = 3600  # for so long we tell that two have held the lease by turns


class Stale(Exception):
    """This client has sent a later lease already."""


class Leases:
    """The lease of every output."""

    def __init__(self, ttls, kept, now):
        """Begin after a start of the device.

        Args:
            ttls: {output: seconds that its lease lives}.
            kept: What `kept()` returned before, or None; this start is counted in it, so save
                what `kept()` returns before anything else happens.
            now: Seconds of a monotonic clock.

        """
        kept = kept or {}
        self._boots = kept.get("boots", 0) + 1
        self._seqs = kept.get("seqs", {})
        self.holder = kept.get("holder")
        self.contested_until = None
        self.renewed = None
        self._ttls = {}
        self._ends = {}
        self._states = {}
        fallen = kept.get("fallback", ())
        # A device that starts again and again must not give a grace each time.
        grace = GRACE_SECONDS if self._boots <= GRACE_BOOTS else 0
        for output, ttl in ttls.items():
            self._ttls[output] = ttl
            self._states[output] = FALLBACK if output in fallen else GRACE
            self._ends[output] = now + min(ttl, grace)

    def kept(self):
        """Return what must survive a restart, as JSON can write it."""
        return {
            "boots": self._boots,
            "seqs": self._seqs,
            "holder": self.holder,
            "fallback": sorted(o for o, state in self._states.items() if state == FALLBACK),
        }

    def set_outputs(self, ttls, now):
        """Take a new table: what is new in it has a grace, what is left out is forgotten."""
        for output in list(self._ttls):
            if output not in ttls:
                del self._ttls[output], self._states[output], self._ends[output]
        for output, ttl in ttls.items():
            if output not in self._states:
                self._states[output] = GRACE
                self._ends[output] = now + min(ttl, GRACE_SECONDS)
            elif self._states[output] != FALLBACK:
                self._ends[output] = min(self._ends[output], now + ttl)
            self._ttls[output] = ttl

    def renew(self, client, seq, now):
        """Take a lease from a client.

        The newest wins: another client takes the lease over, and both are told. From the same
        client only a greater number is news; anything else was late on its way.

        Returns:
            The client that held it before if another one did, else None; whether what must
            survive a restart has changed; and the outputs that had fallen back until now.

        """
        if seq <= self._seqs.get(client, -1):
            raise Stale
        before = self.holder if self.holder != client else None
        back = [o for o, state in self._states.items() if state == FALLBACK]
        changed = bool(back) or before is not None or self._boots > 0 or client not in self._seqs
        self._seqs[client] = seq
        self.holder = client
        self.renewed = now
        self._boots = 0
        if before is not None:
            self.contested_until = now + CONTESTED_SECONDS
        for output, ttl in self._ttls.items():
            self._states[output] = NORMAL
            self._ends[output] = now + ttl
        return before, changed, back

    def last(self, client):
        """Return the greatest number that a client has sent, -1 for none."""
        return self._seqs.get(client, -1)

    def forget(self, client):
        """Forget a client that was unpaired; what it leased runs out by itself."""
        self._seqs.pop(client, None)
        if self.holder == client:
            self.holder = None

    def expire(self, now):
        """Return the outputs whose lease has run out since the last call."""
        gone = [
            output
            for output, state in self._states.items()
            if state != FALLBACK and now >= self._ends[output]
        ]
        for output in gone:
            self._states[output] = FALLBACK
        return gone

    def state(self, output):
        """Return who is in charge of an output."""
        return self._states[output]

    def left(self, output, now):
        """Return the seconds until its lease runs out, 0 when it has."""
        return 0 if self._states[output] == FALLBACK else max(0, self._ends[output] - now)

    def contested(self, now):
        """Return whether two clients have held the lease by turns lately."""
        return self.contested_until is not None and now < self.contested_until

    def overall(self):
        """Return the worst state there is."""
        for state in (FALLBACK, GRACE):
            if state in self._states.values():
                return state
        return NORMAL
