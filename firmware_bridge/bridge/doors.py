"""Who may come in, how often, and through TLS."""

import asyncio

_KNOWN = 16


def secure(stream, context):
    """Put TLS on a connection that was just accepted, without waiting for the other end.

    asyncio's own server would shake hands with each client before it looks at anything else, so
    that one client who says nothing stops the whole device. Here the handshake happens as the
    stream is read, and ends like any reading: with a time-out of whoever reads.
    """
    return asyncio.StreamReader(
        context.wrap_socket(stream.s, server_side=True, do_handshake_on_connect=False), stream.e
    )


class Limit:
    """Lets each address do something so often: `burst` at once, then one in `pause` seconds.

    Only the addresses that were seen last are remembered, so memory is bounded.
    """

    def __init__(self, clock, burst, pause):
        """Take a clock that has seconds()."""
        self._clock = clock
        self._burst = burst
        self._pause = pause
        self._seen = {}

    def _balance(self, address):
        """Return how often it may yet, and since when the next one is being earned."""
        now = self._clock.seconds()
        left, since = self._seen.get(address, (self._burst, now))
        earned = (now - since) // self._pause
        if left + earned >= self._burst:
            return self._burst, now
        return left + earned, since + earned * self._pause

    def wait(self, address):
        """Return for how many seconds that address must wait, 0 if it need not."""
        left, since = self._balance(address)
        return 0 if left else since + self._pause - self._clock.seconds()

    def take(self, address):
        """Count one; returns whether it was allowed."""
        left, since = self._balance(address)
        self._seen[address] = (max(0, left - 1), since)
        if len(self._seen) > _KNOWN:
            del self._seen[min(self._seen, key=lambda known: self._seen[known][1])]
        return left > 0

    def forget(self, address):
        """Hold nothing against an address any more."""
        self._seen.pop(address, None)
