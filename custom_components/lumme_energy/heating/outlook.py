"""How cold it will be outdoors."""

from bisect import bisect_right
from datetime import datetime, timedelta
from typing import Final

# What nobody knows is a cold night of an ordinary Finnish winter.
UNKNOWN: Final = -15.0
# Beyond its end, a forecast's last day goes on.
LAST_HOURS: Final = 24.0


class Outlook:
    """The outdoor temperature from now on: as forecast, else as now. Times are hours from now."""

    def __init__(
        self,
        now: datetime,
        outdoor: float | None,
        forecast: tuple[tuple[datetime, float], ...],
    ) -> None:
        """Take what is known; instants of the forecast that have passed do not matter."""
        ahead = sorted(((at - now) / timedelta(hours=1), value) for at, value in forecast)
        ahead = [(hour, value) for hour, value in ahead if hour > 0]
        first = outdoor if outdoor is not None else ahead[0][1] if ahead else UNKNOWN
        self._hours = [0.0]
        self._values = [first]
        # ∫ To dt from now to each of these hours, so that a mean costs no walk through them.
        self._sums = [0.0]
        for hour, value in ahead:
            between = (self._values[-1] + value) / 2 * (hour - self._hours[-1])
            self._hours.append(hour)
            self._values.append(value)
            self._sums.append(self._sums[-1] + between)
        self._last = first
        if ahead:
            end = self._hours[-1]
            begin = max(0.0, end - LAST_HOURS)
            self._last = (self._sums[-1] - self._sum(begin)) / (end - begin)

    def mean(self, start: float, end: float) -> float:
        """Return the mean between two hours; the temperature itself where they are the same."""
        if end - start < 1e-6:
            end = start + 1e-3
        return (self._sum(end) - self._sum(start)) / (end - start)

    def _sum(self, hour: float) -> float:
        """Return ∫ To dt from now to an hour."""
        if hour >= self._hours[-1]:
            return self._sums[-1] + self._last * (hour - self._hours[-1])
        index = bisect_right(self._hours, hour) - 1
        gone = hour - self._hours[index]
        slope = (self._values[index + 1] - self._values[index]) / (
            self._hours[index + 1] - self._hours[index]
        )
        return self._sums[index] + gone * (self._values[index] + slope * gone / 2)
