"""What can be pulled, blown and turned at the demo's cottage."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Final

from .cables import Cable, Dial
from .cottage import RATES, DemoCottage

GROUP: Final = "the cottage"
SILENT_IN: Final = 75  # seconds: two polls of half a minute, and some patience


def things(cottage: DemoCottage) -> Iterator[Cable | Dial]:
    """Yield the dial of time, and everything that can be pulled."""
    yield Dial(
        key="cottage_time",
        group=GROUP,
        name="Time at the cottage",
        effect="House and weather live faster. Home Assistant's clock does not: it learns of a "
        "house that warms and cools as fast as you see it.",
        positions={rate: f"×{rate}" for rate in RATES},
        at=lambda: cottage.rate,
        turn=cottage.live_at,
    )
    faults = cottage.faults
    bedroom = cottage.house.radiators["bedroom"]
    for key, name, effect, pull, plug in (
        (
            "bus",
            "RS-485 cable",
            (
                f"The gateway answers for no radiator: all are unavailable within {SILENT_IN} s, and "
                "keep heating as they were told."
            ),
            _later(setattr, faults, "bus", True),
            _later(setattr, faults, "bus", False),
        ),
        (
            "gateway",
            "Power of the gateway",
            f"Connections are refused: all radiators are unavailable within {SILENT_IN} s.",
            cottage.pull_gateway,
            cottage.plug_gateway,
        ),
        (
            "radiator",
            "Power of the living room's radiator",
            (
                "It is unavailable and cold; plugged in again, it has forgotten its setpoint and is "
                "given it anew."
            ),
            partial(cottage.pull_radiator, "living_room"),
            partial(cottage.plug_radiator, "living_room"),
        ),
        (
            "mains",
            "Mains of the cottage",
            (
                "A power cut: nothing answers, no meter, no thermometer. Afterwards every thermostat "
                "has its maker's setpoint, until it is put right."
            ),
            cottage.cut_power,
            cottage.restore_power,
        ),
        (
            "sensor",
            "Thermometer in the bathroom",
            (
                "It tells nothing any more. An hour later the heater behind the relay is switched by "
                "the weather."
            ),
            _later(faults.stuck.add, "bathroom"),
            _later(faults.stuck.discard, "bathroom"),
        ),
        (
            "fuse",
            "Fuse of the bedroom's radiator",
            "It says that it heats, and gets no warmer: told within the hour.",
            _later(setattr, bedroom, "is_blown", True),
            _later(setattr, bedroom, "is_blown", False),
        ),
    ):
        yield Cable(
            key=f"cottage_{key}", group=GROUP, name=name, effect=effect, pull=pull, plug=plug
        )


def _later(act: Callable[..., None], *arguments: object) -> Callable[[], Awaitable[None]]:
    """Return what does something at once when it is awaited."""

    async def do() -> None:
        act(*arguments)

    return do
