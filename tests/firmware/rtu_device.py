"""A device on the bus that says what a test wants: the right thing, nonsense, or nothing."""

from pymodbus.framer.rtu import FramerRTU

from .device import Line


def framed(unit: int, pdu: bytes) -> bytes:
    """Put a PDU on the line, with the checksum of an independent library."""
    data = bytes((unit,)) + pdu
    return data + FramerRTU.compute_CRC(data).to_bytes(2)


async def request(line: Line) -> bytes:
    """Return the next request without its checksum, which must be right."""
    data = await line.reader.readexactly(8)
    if data[1] in {15, 16}:
        data += await line.reader.readexactly(data[6] + 1)
    assert framed(data[0], data[1:-2]) == data
    return data[:-2]


async def play(line: Line, *answers: bytes | None) -> list[bytes]:
    """Take one request after the other and give each its answer; None is silence."""
    seen = []
    for answer in answers:
        seen.append(await request(line))
        if answer is not None:
            await line.send(answer)
    return seen
