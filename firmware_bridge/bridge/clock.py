"""Seconds since boot, from a counter of milliseconds that nobody sets and that wraps.

A lease must not care about the time of day: that one jumps, and without a network it is unknown.
"""

from time import ticks_diff


class Clock:
    """Adds up what the counter has gained; ask it at least once in six days."""

    def __init__(self, ticks_ms):
        """Begin at zero."""
        self._ticks_ms = ticks_ms
        self._last = ticks_ms()
        self._seconds = 0
        self._rest = 0

    def seconds(self):
        """Return the whole seconds since this clock began."""
        now = self._ticks_ms()
        gained = ticks_diff(now, self._last)
        if gained > 0:  # a counter does not go back; if it did, time would stand still
            self._last = now
            self._rest += gained
            self._seconds += self._rest // 1000
            self._rest %= 1000
        return self._seconds
