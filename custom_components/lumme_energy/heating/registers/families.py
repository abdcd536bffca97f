"""The families of Modbus heaters that we know, each as a table of registers.

All tables are taken from drivers and documents that are public, named as `source`. None was tried
with a real heater: whoever sets one up is shown what its registers hold, and the setpoint that is
there already is written once more and read back before anything else is written.

Where public sources leave an address or a number open, it is left out: the addresses of Uponor
X-147, Danfoss ECL 110 and Ouman, the mode numbers of ONOKOM, Beca and MC6, and whatever makers tell
only to installers. Such heaters are for a user's own profile.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from ...modbus_registers.blocks import Space
from ...modbus_registers.words import WordType
from .profile import Flag, Function, HeaterProfile, Number, Timer, scale

HIGH_BYTE: Final = 0xFF00
LOW_BYTE: Final = 0x00FF


def _celsius(address: int, unit: str, *, space: Space = Space.HOLDING, **more: Any) -> Number:
    """Say where a temperature is, and what 1 in its register means."""
    factor, zero = scale(unit, "temperature")
    more.setdefault("kind", WordType.I16)
    return Number(space=space, address=address, factor=factor, zero=zero, **more)


def _input(address: int, unit: str) -> Number:
    return _celsius(address, unit, space=Space.INPUT)


def _byte(address: int, mask: int, unit: str, **more: Any) -> Number:
    return _celsius(address, unit, kind=WordType.U16, mask=mask, **more)


def _flag(
    address: int,
    yes: tuple[int, ...] = (1,),
    no: tuple[int, ...] = (0,),
    *,
    space: Space = Space.HOLDING,
    **more: Any,
) -> Flag:
    return Flag(space=space, address=address, yes=yes, no=no, **more)


NIBE_S: Final = HeaterProfile(
    key="nibe_s",
    manufacturer="NIBE",
    model="S series",
    source="github.com/yozik04/nibe",
    setpoint=_celsius(206, "0.1 °C"),
    outdoor=_input(1, "0.1 °C"),
)

NILAN_CTS602: Final = HeaterProfile(
    key="nilan_cts602",
    manufacturer="Nilan",
    model="CTS 602",
    unit_id=30,
    line="19200 8E1",
    source="github.com/veista/nilan",
    function=Function.MULTIPLE,
    setpoint=_celsius(1004, "0.01 °C"),
    room=_input(1203, "0.01 °C"),
    outdoor=_input(208, "0.01 °C"),
    is_on=_flag(1001),
    is_heat_mode=_flag(1002, yes=(1, 3), no=(0, 2)),  # heat, auto; off, cool
    step=1,
)

THERMIA_GENESIS: Final = HeaterProfile(
    key="thermia_genesis",
    manufacturer="Thermia",
    model="Genesis",
    source="github.com/CJNE/pythermiagenesis",
    setpoint=_celsius(5, "0.01 °C"),  # the comfort wheel
    room=_input(121, "0.1 °C"),
    outdoor=_input(13, "0.01 °C"),
    is_on=_flag(9, space=Space.COIL),
)

# Some of its manuals swap the two kinds of registers; this is what users found.
LG_THERMA_V: Final = HeaterProfile(
    key="lg_therma_v",
    manufacturer="LG",
    model="Therma V",
    line="9600 8N1",
    source="LG, Therma V installation manual; taphome.com/en/compatibility/lg-therma-v",
    setpoint=_celsius(2, "0.1 °C"),
    room=_celsius(3, "0.1 °C"),
    outdoor=_input(12, "0.1 °C"),
    is_on=_flag(0, space=Space.COIL),
    is_heat_mode=_flag(0, yes=(4, 3), no=(0,)),  # heat, auto; cool
    is_for_room=_flag(1, yes=(2,), no=(0, 1)),  # air; water that leaves, water that comes
    lowest=16,
)

# Its documents count registers from 1.
DAIKIN_HOMEHUB: Final = HeaterProfile(
    key="daikin_homehub",
    manufacturer="Daikin",
    model="Altherma with HomeHub EKRHH",
    source="github.com/evcc-io/evcc; Daikin, HomeHub installer's guide",
    setpoint=_celsius(5, "°C"),
    is_on=_flag(3),
    lowest=12,
    step=1,
)


def _intesis(key: str, model: str, unit: str, step: float) -> HeaterProfile:
    """Return an Intesis gateway; a DIP switch decides what 1 in its registers means."""
    # Its manuals write the second pattern where they mean the first.
    nothing = frozenset({0x8000, 0x805A})
    return HeaterProfile(
        key=key,
        manufacturer="Intesis",
        model=model,
        line="9600 8N1",
        source="HMS, user's manuals of INMBSDAI001, INMBSMID001 and MH-RC-MBS-1",
        setpoint=_celsius(4, unit, not_a_number=nothing),
        room=_celsius(5, unit, not_a_number=nothing),
        is_on=_flag(0),
        is_heat_mode=_flag(1, yes=(1,), no=(0, 2, 3, 4)),  # heat; auto, dry, fan, cool
        lowest=16,
        step=step,
    )


INTESIS_TENTHS: Final = _intesis("intesis_tenths", "AC-MBS (0.1 °C)", "0.1 °C", 0.5)
INTESIS_WHOLE: Final = _intesis("intesis_whole", "AC-MBS (1 °C)", "°C", 1)

ONOKOM_AIR: Final = HeaterProfile(
    key="onokom_air",
    manufacturer="ONOKOM",
    model="AIR-MB",
    source="github.com/wirenboard/wb-mqtt-serial",
    setpoint=_celsius(5, "0.01 °C"),
    room=_celsius(3, "0.01 °C"),
    is_on=_flag(1, space=Space.COIL),
    lowest=16,
    step=1,
)

# The low byte of register 0 has the power in its lowest bit and what the relay does in the fifth.
# Writing it keeps the lock in the high byte and heating or cooling in the highest bit.
HYSEN_HY: Final = HeaterProfile(
    key="hysen_hy",
    manufacturer="Hysen / Beok / Floureon",
    model="HY02 / HY03",
    max_gap=23,  # python-broadlink reads the whole table at once
    line="9600 8N1",
    source="github.com/mjg59/python-broadlink",
    function=Function.SINGLE,
    setpoint=_byte(1, LOW_BYTE, "0.5 °C"),
    room=_byte(1, HIGH_BYTE, "0.5 °C"),
    most=_byte(4, HIGH_BYTE, "°C"),
    least=_byte(4, LOW_BYTE, "°C"),
    is_on=_flag(0, mask=0x0001, keeps=0xFF80),
    is_heating=_flag(0, mask=0x0010),
    highest=35,
)

# No document of the maker is public; users agree on these registers.
BECA: Final = HeaterProfile(
    key="beca",
    manufacturer="Beca / Moes",
    model="BAC / BHT with RS485",
    line="9600 8N1",
    source="tables that users share",
    setpoint=_celsius(4, "0.5 °C", write_at=13),
    room=_celsius(3, "0.5 °C"),
    is_on=_flag(0, yes=(0xA5,), no=(0x5A,), write_at=9),
    highest=35,
)

MC6: Final = HeaterProfile(
    key="mc6",
    manufacturer="Various",
    model="MC6",
    source="community.home-assistant.io/t/mc6-thermostat/191156",
    function=Function.MULTIPLE,
    setpoint=_celsius(64, "0.1 °C"),
    room=_celsius(0, "0.1 °C"),
    is_on=_flag(61),
    highest=35,
)

# It can be told to switch on for a while, but by a function code 5 that carries another number than
# on and off, which a shared Modbus connection does not send.
WAVESHARE_RELAY: Final = HeaterProfile(
    key="waveshare_relay",
    manufacturer="Waveshare",
    model="Modbus RTU Relay",
    line="9600 8N1",
    source="waveshare.com/wiki/Modbus_RTU_Relay",
    is_on=_flag(0, space=Space.COIL),
    channels=8,
)

# Its relays are not for mains: they switch a contactor.
R421A08_RELAY: Final = HeaterProfile(
    key="r421a08_relay",
    manufacturer="Eletechsup",
    model="R421A08",
    line="9600 8N1",
    source="github.com/Erriez/R421A08-rs485-8ch-relay-board",
    function=Function.SINGLE,
    is_on=_flag(1, commands=(0x0100, 0x0200)),
    timer=Timer(space=Space.HOLDING, address=1, zero=Fraction(-0x0600), longest=255),
    channels=8,
)

FAMILIES: Final[Mapping[str, HeaterProfile]] = MappingProxyType(
    {
        profile.key: profile
        for profile in (
            BECA,
            DAIKIN_HOMEHUB,
            HYSEN_HY,
            INTESIS_TENTHS,
            INTESIS_WHOLE,
            LG_THERMA_V,
            MC6,
            NIBE_S,
            NILAN_CTS602,
            ONOKOM_AIR,
            R421A08_RELAY,
            THERMIA_GENESIS,
            WAVESHARE_RELAY,
        )
    }
)
