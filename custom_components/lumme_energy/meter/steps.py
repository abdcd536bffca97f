"""What change of a live value is worth telling at once; smaller ones can wait."""

from decimal import Decimal
from typing import Final, NamedTuple

from homeassistant.components.sensor import SensorDeviceClass


class Step(NamedTuple):
    """The least change that matters, in the unit of the value.

    Each state is a row in the recorder, and a meter may send every second. A value that is shown
    with its first change of a step is never farther from the truth than that step, however rarely
    it is written.

    Attributes:
        least: What matters however small the value is.
        share: What matters of a great value, as a part of what is shown.

    """

    least: Decimal
    share: Decimal = Decimal(0)

    def separates(self, shown: Decimal, value: Decimal) -> bool:
        """Tell whether a value is too far from the one that is shown."""
        return abs(value - shown) >= max(self.least, abs(shown) * self.share)


_SHARE: Final = Decimal("0.05")
_TEN_WATTS: Final = Step(Decimal("0.01"), _SHARE)

STEPS: Final = {
    SensorDeviceClass.POWER: _TEN_WATTS,
    SensorDeviceClass.REACTIVE_POWER: _TEN_WATTS,
    SensorDeviceClass.APPARENT_POWER: _TEN_WATTS,
    SensorDeviceClass.VOLTAGE: Step(Decimal(1)),
    SensorDeviceClass.CURRENT: Step(Decimal("0.1"), _SHARE),
    SensorDeviceClass.FREQUENCY: Step(Decimal("0.05")),
    SensorDeviceClass.POWER_FACTOR: Step(Decimal("0.05")),
}

# Of a quarter-hour's average, which climbs all the time while something is on: a tenth of the peak that
# is billed in any case.
DEMAND_STEP: Final = Step(Decimal("0.25"), _SHARE)
