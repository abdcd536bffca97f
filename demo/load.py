"""The load of an invented household: every appliance switches in its own rhythm, for ever.

Because each rhythm is a plain function of time, so is the energy used until any moment: a meter
made of it never forgets, never runs backwards, and its registers are the exact integral of its
power, however often it is started or asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
import math
from typing import Final

START: Final = datetime(2025, 1, 1, tzinfo=UTC)
_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Appliance:
    """Something that is switched on for a part of every period, with a gentle ripple while on.

    Attributes:
        phase: The phase it hangs on: 0, 1 or 2.
        power: In kW while it is on.
        period: In seconds.
        share: Of the period for which it is on.
        delay: Seconds by which its periods start late.
        ripple: Swing of the power, as a part of it.

    """

    phase: int
    power: float
    period: float
    share: float = 1.0
    delay: float = 0.0
    ripple: float = 0.05

    def power_at(self, seconds: float) -> float:
        """Return the power in kW at a time in seconds."""
        inside = (seconds - self.delay) % self.period
        length = self.period * self.share
        if inside >= length:
            return 0.0
        return self.power * (1 + self.ripple * math.sin(self._turns(length) * inside / length))

    def energy_until(self, seconds: float) -> float:
        """Return the integral of the power, in kWh, from a fixed moment of the past on."""
        periods, inside = divmod(seconds - self.delay, self.period)
        length = self.period * self.share
        inside = min(inside, length)
        turns = self._turns(length)
        ripple = self.ripple * length / turns * (1 - math.cos(turns * inside / length))
        # Over a whole period the ripple cancels itself out.
        return self.power * (periods * length + inside + ripple) / _HOUR

    @staticmethod
    def _turns(length: float) -> float:
        """Return the angle the ripple runs through while on: whole turns of about 47 s."""
        return 2 * math.pi * max(1, round(length / 47))


@dataclass(frozen=True, slots=True)
class Load:
    """All appliances together."""

    appliances: tuple[Appliance, ...]

    def power(self, when: datetime) -> tuple[float, float, float]:
        """Return the power of each phase in kW."""
        seconds = (when - START).total_seconds()
        phases = [0.0, 0.0, 0.0]
        for appliance in self.appliances:
            phases[appliance.phase] += appliance.power_at(seconds)
        return phases[0], phases[1], phases[2]

    def energy(self, since: datetime, until: datetime) -> float:
        """Return the energy used between two moments in kWh."""
        first, last = ((when - START).total_seconds() for when in (since, until))
        return sum(
            appliance.energy_until(last) - appliance.energy_until(first)
            for appliance in self.appliances
        )


# A Finnish flat: floor heating, a sauna twice a week, a fridge, lights, a stove at meal times.
FLAT: Final = Load(
    (
        Appliance(phase=0, power=0.18, period=311, ripple=0.3),
        Appliance(phase=1, power=0.09, period=2400, share=0.35),
        Appliance(phase=2, power=0.6, period=1500, share=0.4, delay=200),
        Appliance(phase=0, power=0.9, period=2100, share=0.3, delay=900),
        Appliance(phase=1, power=1.8, period=12 * _HOUR, share=0.04, delay=4 * _HOUR),
        Appliance(phase=0, power=2.0, period=84 * _HOUR, share=0.02, delay=16 * _HOUR),
        Appliance(phase=1, power=2.0, period=84 * _HOUR, share=0.02, delay=16 * _HOUR),
        Appliance(phase=2, power=2.0, period=84 * _HOUR, share=0.02, delay=16 * _HOUR),
    )
)

# A Belgian bakery: ovens from the small hours on, cold storage, a shop.
BAKERY: Final = Load(
    (
        Appliance(phase=0, power=0.45, period=263, ripple=0.3),
        Appliance(phase=1, power=0.7, period=1320, share=0.5),
        Appliance(phase=0, power=3.2, period=24 * _HOUR, share=0.35, delay=2 * _HOUR),
        Appliance(phase=1, power=3.2, period=1080, share=0.45, delay=100),
        Appliance(phase=2, power=2.6, period=840, share=0.35, delay=300),
    )
)
