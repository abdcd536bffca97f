"""The last lines of what has happened, for the API: never a secret, a telegram or a name."""

from collections import deque

import hal

MOST = 60
_LONGEST = 120


class Log:
    """A bounded list of (number, ms since the start or seconds since 1970, source, text)."""

    def __init__(self):
        """Be empty."""
        self.count = 0
        self._lines = deque((), MOST)

    def __call__(self, source, text):
        """Note what a part of the bridge says."""
        self.count += 1
        clock = hal.utc()
        self._lines.append((self.count, clock or hal.ticks_ms(), source, text[:_LONGEST]))

    def since(self, number):
        """Return the lines after that number."""
        return [line for line in self._lines if line[0] > number]
