"""How a Modbus device is reached: what an entry says, as Home Assistant's Modbus takes it.

Meters and heaters share gateways and buses; neither knows the other, so what they have in common
is here.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
import re
from typing import Any, Final, Literal, cast

from homeassistant.components.modbus import async_get_temporary_unit
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
from modbus_connection import (
    ModbusConnectionError,
    ModbusError,
    ModbusSerialParams,
    ModbusTcpParams,
    ModbusUnit,
)
import probatio

from .modbus_registers.reader import REFUSALS

DEFAULT_PORT: Final = 502
# How the link is made: frames of Modbus TCP, serial frames that a gateway passes on as they are,
# or a serial port of this machine.
TYPE_TCP: Final = "tcp"
TYPE_RTU_OVER_TCP: Final = "rtu_over_tcp"
TYPE_SERIAL: Final = "serial"

CONF_LINE: Final = "line"
CONF_UNIT_ID: Final = "unit_id"

# What devices have when they are new, commonest first, and then everything else in use.
LINES: Final = (
    *("9600 8N1", "19200 8E1", "2400 8N1", "115200 8N2"),
    *("9600 8E1", "19200 8N1", "38400 8N1", "115200 8N1", "2400 8E1", "38400 8E1"),
    *("115200 8E1", "9600 8N2", "19200 8N2", "2400 8N2", "38400 8N2"),
)
_LINE: Final = re.compile(r"(\d{3,7}) ([78])([NEO])([12])", re.ASCII)

# Fields of a form.
UNIT_ID: Final = probatio.All(
    NumberSelector(NumberSelectorConfig(min=1, max=247, step=1, mode=NumberSelectorMode.BOX)),
    probatio.Coerce(int),
)
FRAMES: Final = SelectSelector(
    SelectSelectorConfig(options=[TYPE_TCP, TYPE_RTU_OVER_TCP], translation_key="modbus_type")
)

type Link = ModbusTcpParams | ModbusSerialParams


def is_line(line: str) -> bool:
    """Tell whether a text describes serial settings, as "9600 8N1" does."""
    return _LINE.fullmatch(line) is not None


def failure(err: ModbusError | HomeAssistantError) -> str:
    """Return which of a form's errors says what went wrong."""
    if isinstance(err, HomeAssistantError):
        return "modbus_link_in_use"
    if isinstance(err, ModbusConnectionError):
        return "modbus_unreachable"
    return "modbus_no_values" if isinstance(err, REFUSALS) else "modbus_silent"


def link(data: Mapping[str, Any]) -> Link:
    """Return what the shared connection is made of; the line of a serial one must be valid."""
    if data[CONF_TYPE] == TYPE_TCP:
        return ModbusTcpParams(host=data[CONF_HOST], port=data[CONF_PORT])
    if data[CONF_TYPE] == TYPE_RTU_OVER_TCP:
        host = f"[{data[CONF_HOST]}]" if ":" in data[CONF_HOST] else data[CONF_HOST]
        # No line speed applies here, only the pause between frames; Home Assistant's own value.
        return ModbusSerialParams(device=f"socket://{host}:{data[CONF_PORT]}", baudrate=115200)
    match = _LINE.fullmatch(data[CONF_LINE])
    assert match is not None  # noqa: S101  the flow has seen to that
    return ModbusSerialParams(
        device=data[CONF_DEVICE],
        baudrate=int(match[1]),
        bytesize=cast(Literal[7, 8], int(match[2])),
        parity=cast(Literal["N", "E", "O"], match[3]),
        stopbits=cast(Literal[1, 2], int(match[4])),
    )


@asynccontextmanager
async def async_unit(
    hass: HomeAssistant, data: Mapping[str, Any], patience: float
) -> AsyncIterator[ModbusUnit]:
    """Borrow a device that has no entry yet, for the time of a `with` block.

    Args:
        hass: Home Assistant.
        data: What a config entry says of the link.
        patience: Seconds to wait for each answer.

    Raises:
        HomeAssistantError: The same port is in use with other settings.

    """
    async with async_get_temporary_unit(hass, link(data), data[CONF_UNIT_ID]) as unit:
        unit.require_timeout(patience)
        try:
            yield unit
        finally:
            unit.require_timeout(None)
