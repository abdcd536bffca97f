"""Serial lines of the tests: real terminals of this machine, and a port server on the network."""

import asyncio
from collections.abc import Callable
import contextlib
import os
import pty
import termios

import serial
import serial.rfc2217


class SerialMeter:
    """A meter on a real terminal, heard only by whoever has set the line to its speed.

    (A terminal without hardware always has eight bits; `PortServer` tells the rest.)

    Attributes:
        device: The other end of its cable.
        silence: Nothing is sent.

    """

    def __init__(self, say: Callable[[], bytes], baudrate: int = 115200) -> None:
        """Send what say returns, many times a second."""
        self.silence = False
        self._say = say
        self._speed = getattr(termios, f"B{baudrate}")
        self._master, self._slave = pty.openpty()
        os.set_blocking(self._master, False)
        self.device = os.ttyname(self._slave)
        self._task = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            if not self.silence:
                heard = termios.tcgetattr(self._master)[4] == self._speed
                data = self._say()
                with contextlib.suppress(BlockingIOError):
                    os.write(self._master, data if heard else bytes(b | 0x80 for b in data[:100]))

    async def unplug(self) -> None:
        """Pull the cable out."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        for end in (self._master, self._slave):
            with contextlib.suppress(OSError):
                os.close(end)


class _Manager(serial.rfc2217.PortManager):
    """The server's side of RFC 2217, which acknowledges masks, too, as the RFC wants it."""

    def _telnet_process_subnegotiation(self, suboption: bytes) -> None:
        super()._telnet_process_subnegotiation(suboption)
        for mask in (serial.rfc2217.SET_LINESTATE_MASK, serial.rfc2217.SET_MODEMSTATE_MASK):
            if suboption[1:2] == mask:
                acknowledge = bytes([mask[0] + 100])
                self.rfc2217_send_subnegotiation(acknowledge, suboption[2:3])


class PortServer:
    """A port server as ser2net is one (RFC 2217), with a meter on its port.

    Attributes:
        port: The port as the last client has set it.

    """

    def __init__(self, say: Callable[[], bytes]) -> None:
        """Send what say returns, many times a second."""
        self.port = serial.serial_for_url("loop://")
        self._say = say

    async def start(self) -> int:
        """Listen, and return the TCP port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._server.close()
        self._server.close_clients()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        manager = _Manager(self.port, writer)

        async def send() -> None:
            while True:
                await asyncio.sleep(0.02)
                writer.write(b"".join(manager.escape(self._say())))

        task = asyncio.create_task(send())
        try:
            while data := await reader.read(1024):
                b"".join(manager.filter(data))
        except ConnectionError:
            pass
        finally:
            task.cancel()
            writer.close()
