"""Modbus frames on a serial line (Modbus over Serial Line 1.02)."""

from .crc import crc16
from .pdu import answer_size, answers


def _crc(frame):
    """Return Modbus' checksum: the meter's, begun with ones, which means to flip the first bits."""
    crc = crc16(bytes((frame[0] ^ 0xFF, frame[1] ^ 0xFF)) + frame[2:])
    return bytes((crc & 0xFF, crc >> 8))


def frame(unit, pdu):
    """Return a request as it is sent."""
    data = bytes((unit,)) + pdu
    return data + _crc(data)


def find(data, unit, request):
    """Return the answer to a request in what has arrived, None if it is not there (yet).

    A line without termination has a stray byte or two before a frame, so that an answer is looked
    for rather than expected at the beginning.
    """
    for start in range(len(data) - 4):
        if data[start] != unit or data[start + 1] & 0x7F != request[0]:
            continue
        size = 2 if data[start + 1] & 0x80 else answer_size(request)
        end = start + 1 + size
        if len(data) < end + 2:
            continue
        if _crc(data[start:end]) == data[end : end + 2] and answers(request, data[start + 1 : end]):
            return data[start + 1 : end]
    return None


def silence(baud):
    """Return for how many ms a line is silent between two frames: 3.5 characters, 1.75 ms at least."""
    return 2 if baud > 19200 else 38500 // baud + 1
