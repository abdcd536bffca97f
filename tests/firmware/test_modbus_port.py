"""Modbus clients that keep the gateway waiting."""

from .conftest import RunScript

_SERVE = """
import asyncio
from bridge import modbus_port
from bridge.bus import PLAIN

modbus_port._IDLE, modbus_port._SLOW = 40, 20

class Bus:
    async def request(self, unit, pdu, priority):
        return pdu[:1] + b"\\x02\\x00\\x2a"

class Stream:
    def __init__(self, *said, takes=True):
        self.said, self.takes, self.written = list(said), takes, []
    async def readexactly(self, size):
        if not self.said:
            await asyncio.sleep(5)
        return self.said.pop(0)
    def write(self, data):
        self.written.append(data.hex())
    async def drain(self):
        if not self.takes:
            await asyncio.sleep(5)

HEAD, REQUEST = b"\\x12\\x34\\0\\0\\0\\x06\\x05", b"\\x03\\x00\\x10\\x00\\x01"

async def end_of(stream):
    try:
        await modbus_port.serve(Bus(), stream, PLAIN, False)
    except asyncio.TimeoutError:
        return stream.written
"""


def test_one_that_is_silent_stops_or_takes_no_answer_is_given_up(run_script: RunScript) -> None:
    script = """
async def main():
    tell(await asyncio.gather(
        end_of(Stream()),
        end_of(Stream(HEAD)),
        end_of(Stream(HEAD, REQUEST)),
        end_of(Stream(HEAD, REQUEST, takes=False)),
    ))

asyncio.run(main())
"""
    answer = ["123400000005050302002a"]  # in one piece
    assert run_script(_SERVE + script) == [[], [], answer, answer]
