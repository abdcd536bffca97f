"""A stand-in for a smart meter behind a network bridge: P1 telegrams over TCP, faults on request.

Run by itself, it is a meter to try things with: `python -m demo.p1_meter --country BE --port 2000`.
"""

import argparse
import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import GCM

from custom_components.lumme_energy.metering.crc import crc16
from custom_components.lumme_energy.metering.encrypted import AUTHENTICATION_KEY

from .load import BAKERY, FLAT, START

HOST: Final = "127.0.0.1"
QUARTER: Final = timedelta(minutes=15)
SYSTEM_TITLE: Final = b"DEMO\x00\x00\x00\x01"
KEY: Final = bytes.fromhex("D0E1F2A3B4C5D6E7F8091A2B3C4D5E6F")
_VOLTAGE: Final = (230.4, 231.7, 229.3)
_REACTIVE: Final = 0.21  # of the active power

# What the day and the night register showed at `START`, kWh.
_BASE: Final = (5120.0, 2870.0)

type Render = Callable[[datetime], list[str]]


def telegram(lines: list[str]) -> bytes:
    """Put a telegram's lines on the wire, checksum included."""
    body = "\r\n".join([*lines, "!"]).encode("ascii")
    return body + b"%04X\r\n" % crc16(body)


def encrypted(text: bytes, key: bytes, counter: int) -> bytes:
    """Put a telegram into an encrypted frame, the counter-th of its meter."""
    count = counter.to_bytes(4)
    encryptor = Cipher(AES128(key), GCM(SYSTEM_TITLE + count)).encryptor()
    encryptor.authenticate_additional_data(b"\x30" + AUTHENTICATION_KEY)
    ciphertext = encryptor.update(text) + encryptor.finalize() + encryptor.tag[:12]
    length = len(ciphertext) + 5
    return b"\xdb\x08%b\x82%b\x30%b%b" % (SYSTEM_TITLE, length.to_bytes(2), count, ciphertext)


def _stamp(when: datetime, zone: ZoneInfo) -> str:
    local = when.astimezone(zone)
    return f"{local:%y%m%d%H%M%S}{'S' if local.dst() else 'W'}"


def _current(power: float, phase: int) -> float:
    return power * 1000 / _VOLTAGE[phase]


def finnish(now: datetime) -> list[str]:
    """Say what an Aidon meter says: the 27 objects of SESKO SK 13-1, no serial number."""
    phases = FLAT.power(now)
    total = sum(phases)
    energy = 8412.5 + FLAT.energy(START, now)
    values: dict[str, str] = {}
    for code, value in (("1", energy), ("2", 0), ("3", energy * _REACTIVE), ("4", 0)):
        values[f"{code}.8.0"] = f"{value:012.3f}*{'kWh' if code in '12' else 'kVArh'}"
    for code, value in (("1", total), ("2", 0), ("3", total * _REACTIVE), ("4", 0)):
        values[f"{code}.7.0"] = f"{value:08.3f}*{'kW' if code in '12' else 'kVAr'}"
    for phase, power in enumerate(phases):
        values[f"{2 * phase + 2}1.7.0"] = f"{power:08.3f}*kW"
        values[f"{2 * phase + 2}2.7.0"] = "0000.000*kW"
    for phase, power in enumerate(phases):
        values[f"{2 * phase + 2}3.7.0"] = f"{power * _REACTIVE:08.3f}*kVAr"
        values[f"{2 * phase + 2}4.7.0"] = "0000.000*kVAr"
    for phase, power in enumerate(phases):
        values[f"{2 * phase + 3}2.7.0"] = f"{_VOLTAGE[phase] - power:05.1f}*V"
    for phase, power in enumerate(phases):
        values[f"{2 * phase + 3}1.7.0"] = f"{_current(power, phase):05.1f}*A"
    return [
        "/ADN9 DEMO",
        "",
        # SESKO's clock keeps winter time all year, and says so.
        f"0-0:1.0.0({now.astimezone(UTC) + timedelta(hours=2):%y%m%d%H%M%S}W)",
        *(f"1-0:{code}({value})" for code, value in values.items()),
    ]


def dutch(now: datetime) -> list[str]:
    """Say what a DSMR 5 meter says, with a gas meter on channel 1."""
    zone = ZoneInfo("Europe/Amsterdam")
    day, night = _by_tariff(zone, now)
    return [
        "/ISK5\\DEMO",
        "",
        "1-3:0.2.8(50)",
        f"0-0:1.0.0({_stamp(now, zone)})",
        "0-0:96.1.1(44454D4F2D4E4C2D30303031)",
        f"1-0:1.8.1({night:010.3f}*kWh)",
        f"1-0:1.8.2({day:010.3f}*kWh)",
        "1-0:2.8.1(000000.000*kWh)",
        "1-0:2.8.2(000000.000*kWh)",
        f"0-0:96.14.0({'0002' if _is_day(now.astimezone(zone)) else '0001'})",
        *_power(now),
        "0-0:96.7.21(00004)",
        "0-0:96.7.9(00002)",
        "1-0:99.97.0(1)(0-0:96.7.19)(251108152415W)(0000000240*s)",
        "1-0:32.32.0(00003)",
        "1-0:52.32.0(00001)",
        "1-0:72.32.0(00002)",
        "1-0:32.36.0(00000)",
        "1-0:52.36.0(00000)",
        "1-0:72.36.0(00001)",
        "0-0:96.13.0()",
        *_phases(now),
        "0-1:24.1.0(003)",
        "0-1:96.1.0(44454D4F2D4741532D30303031)",
        f"0-1:24.2.1({_gas(now, zone)})",
    ]


def belgian(now: datetime, base: tuple[float, float] = _BASE) -> list[str]:
    """Say what an eMUCS meter says: peaks, a gas meter on channel 1, an empty channel 2."""
    zone = ZoneInfo("Europe/Brussels")
    day, night = _by_tariff(zone, now, base)
    quarter = _quarter(now)
    peak_at, peak = _month_peak(zone, quarter)
    return [
        "/FLU5\\DEMO",
        "",
        "0-0:96.1.4(50221)",
        "0-0:96.1.1(44454D4F2D42452D30303031)",
        f"0-0:1.0.0({_stamp(now, zone)})",
        f"1-0:1.8.1({day:010.3f}*kWh)",
        f"1-0:1.8.2({night:010.3f}*kWh)",
        "1-0:2.8.1(000000.000*kWh)",
        "1-0:2.8.2(000000.000*kWh)",
        f"0-0:96.14.0({'0001' if _is_day(now.astimezone(zone)) else '0002'})",
        f"1-0:1.4.0({4 * BAKERY.energy(quarter, now):06.3f}*kW)",
        f"1-0:1.6.0({_stamp(peak_at, zone)})({peak:06.3f}*kW)",
        _earlier_peaks(now, zone),
        *_power(now),
        *_phases(now),
        "0-0:96.3.10(1)",
        "0-0:17.0.0(999.9*kW)",
        "1-0:31.4.0(999*A)",
        "0-0:96.13.0()",
        "0-1:24.1.0(003)",
        "0-1:96.1.1(44454D4F2D4741532D30303032)",
        "0-1:24.4.0(1)",
        f"0-1:24.2.3({_gas(now, zone)})",
        "0-2:24.1.0(007)",
        "0-2:96.1.1()",
        "0-2:24.2.1(632525252525S)(00000.000*m3)",
    ]


def belgian_since(when: datetime, day: float, night: float) -> Render:
    """Return what a Belgian meter says whose registers showed that much at a moment."""
    counted = _by_tariff(ZoneInfo("Europe/Brussels"), when, (0.0, 0.0))
    return partial(belgian, base=(day - counted[0], night - counted[1]))


def luxembourgish(now: datetime) -> list[str]:
    """Say what a Smarty says: totals only, apparent power, its serial number in its device name."""
    zone = ZoneInfo("Europe/Luxembourg")
    power = sum(BAKERY.power(now))
    energy = 8230 + BAKERY.energy(START, now)
    return [
        "/Lux5\\DEMO",
        "",
        "1-3:0.2.8(42)",
        f"0-0:1.0.0({_stamp(now, zone)})",
        "0-0:42.0.0(44454D4F2D4C552D30303031)",
        f"1-0:1.8.0({energy:010.3f}*kWh)",
        "1-0:2.8.0(000000.000*kWh)",
        f"1-0:3.8.0({energy * _REACTIVE:010.3f}*kvarh)",
        "1-0:4.8.0(000000.000*kvarh)",
        *_power(now),
        f"1-0:3.7.0({power * _REACTIVE:06.3f}*kvar)",
        "1-0:4.7.0(00.000*kvar)",
        "0-0:17.0.0(027.6*kVA)",
        f"1-0:9.7.0({power * (1 + _REACTIVE**2) ** 0.5:06.3f}*kVA)",
        "1-0:10.7.0(00.000*kVA)",
        "1-1:31.4.0(040*A)(-040*A)",
        "0-0:96.3.10(1)",
        "0-0:96.7.21(00007)",
        "0-0:96.13.0()",
        *_phases(now),
    ]


def _power(now: datetime) -> list[str]:
    return [f"1-0:1.7.0({sum(BAKERY.power(now)):06.3f}*kW)", "1-0:2.7.0(00.000*kW)"]


def _phases(now: datetime) -> list[str]:
    powers = list(enumerate(BAKERY.power(now)))
    return [
        *(f"1-0:{2 * phase + 2}1.7.0({power:06.3f}*kW)" for phase, power in powers),
        *(f"1-0:{2 * phase + 2}2.7.0(00.000*kW)" for phase, _ in powers),
        *(
            f"1-0:{2 * phase + 3}2.7.0({_VOLTAGE[phase] - power:05.1f}*V)"
            for phase, power in powers
        ),
        *(f"1-0:{2 * phase + 3}1.7.0({_current(power, phase):06.2f}*A)" for phase, power in powers),
    ]


def _gas(now: datetime, zone: ZoneInfo) -> str:
    """Return the gas meter's last reading; it sends one every five minutes."""
    at = now - (now - START) % timedelta(minutes=5)
    return f"{_stamp(at, zone)})({BAKERY.energy(START, at) / 9:09.3f}*m3"


def _is_day(local: datetime) -> bool:
    return 7 <= local.hour < 22


def _by_tariff(
    zone: ZoneInfo, now: datetime, base: tuple[float, float] = _BASE
) -> tuple[float, float]:
    """Return what the day and the night register show."""
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    morning, evening = (
        min(now, local.replace(hour=hour, minute=0, second=0, microsecond=0)) for hour in (7, 22)
    )
    day = _days(zone, midnight) + max(0.0, BAKERY.energy(morning, evening))
    return base[0] + day, base[1] + BAKERY.energy(START, now) - day


@lru_cache
def _days(zone: ZoneInfo, midnight: datetime) -> float:
    """Return what the day register counted until a midnight."""
    energy = 0.0
    evening = START.astimezone(zone).replace(hour=22)
    while evening < midnight:
        energy += BAKERY.energy(evening.replace(hour=7), evening)
        evening += timedelta(days=1)
    return energy


def _earlier_peaks(now: datetime, zone: ZoneInfo) -> str:
    """Return the peaks of the thirteen months before, made up."""
    months = now.astimezone(zone).year * 12 + now.astimezone(zone).month - 1
    peaks = ""
    for month in range(months - 13, months):
        until = datetime((month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=zone)
        at = until - timedelta(days=5 + month % 11, hours=15)
        peaks += (
            f"({_stamp(until, zone)})({_stamp(at, zone)})({5.5 + month * 7 % 23 / 10:06.3f}*kW)"
        )
    return f"0-0:98.1.0(13)(1-0:1.6.0)(1-0:1.6.0){peaks}"


def _quarter(when: datetime) -> datetime:
    return when - (when - START) % QUARTER


@lru_cache
def _month_peak(zone: ZoneInfo, until: datetime) -> tuple[datetime, float]:
    """Return the end and the average power of the month's highest quarter-hour so far."""
    local = until.astimezone(zone)
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    peak_at, peak = start, 0.0
    while start < until:
        average = 4 * BAKERY.energy(start, start + QUARTER)
        start += QUARTER
        if average > peak:
            peak_at, peak = start, average
    return peak_at, peak


@dataclass(frozen=True, slots=True)
class Kind:
    """What a country's meter says, how many seconds apart, and the key it encrypts that with."""

    render: Render
    pace: float
    key: bytes | None = None


KINDS: Final = {
    "FI": Kind(finnish, 10),
    "NL": Kind(dutch, 1),
    "BE": Kind(belgian, 1),
    "LU": Kind(luxembourgish, 10, KEY),
}


@dataclass(slots=True)
class Faults:
    """What is wrong with the meter at the moment; all may be changed at any time.

    Attributes:
        silence: Nothing is sent, as when the grid operator has closed the port.
        garbage: Sent instead of telegrams, as when the line speed is wrong.
        bad_crc: Every telegram is damaged on the way.

    """

    silence: bool = False
    garbage: bytes = b""
    bad_crc: bool = False


class DemoP1Meter:
    """A meter on a TCP port of this machine, for any number of clients.

    Attributes:
        faults: What is wrong with it.
        connections: How many clients have ever connected.
        render: What it says; may be changed before it starts.

    """

    def __init__(
        self,
        country: str = "FI",
        *,
        pace: float | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Plan a meter.

        Args:
            country: FI, NL, BE or LU.
            pace: Seconds between telegrams; None is as the country's meters do.
            clock: Tells the meter's time.

        """
        self.faults = Faults()
        self.connections = 0
        self.render = KINDS[country].render
        self._key = KINDS[country].key
        self._sent = 0
        self._pace = KINDS[country].pace if pace is None else pace
        self._clock = clock
        self._server: asyncio.Server | None = None
        self._clients: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}
        self._forgotten: set[asyncio.StreamWriter] = set()

    async def start(self, port: int = 0) -> tuple[str, int]:
        """Listen, and return where."""
        self._server = await asyncio.start_server(self._serve, HOST, port)
        host, port = self._server.sockets[0].getsockname()[:2]
        return host, port

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            self._server.close()
            tasks = list(self._clients.values())
            self.disconnect()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def disconnect(self) -> None:
        """Close every connection, as a bridge does that restarts."""
        for writer, task in self._clients.items():
            writer.transport.abort()
            task.cancel()

    def half_open(self) -> None:
        """Forget the connections that there are without closing them, as a bridge does that lost its power."""
        self._forgotten.update(self._clients)

    def say(self, now: datetime) -> bytes:
        """Return the telegram of a moment, encrypted if such meters do."""
        text = telegram(self.render(now))
        self._sent += 1
        return encrypted(text, self._key, self._sent) if self._key else text

    async def _serve(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._clients[writer] = task
        self.connections += 1
        try:
            with suppress(ConnectionError):
                while not writer.is_closing():
                    if writer not in self._forgotten:
                        writer.write(self._next())
                        await writer.drain()
                    await asyncio.sleep(self._pace)
        except asyncio.CancelledError:
            pass
        finally:
            del self._clients[writer]
            self._forgotten.discard(writer)
            writer.transport.abort()

    def _next(self) -> bytes:
        if self.faults.silence:
            return b""
        if self.faults.garbage:
            return self.faults.garbage
        data = self.say(self._clock())
        return data[:100] + bytes([data[100] ^ 1]) + data[101:] if self.faults.bad_crc else data


async def serve(country: str, port: int) -> None:
    """Run a meter until cancelled."""
    meter = DemoP1Meter(country)
    host, port = await meter.start(port)
    print(f"demo: a {country} P1 meter at {host}:{port}", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await meter.stop()


def main() -> None:
    """Run a meter from the command line."""
    parser = argparse.ArgumentParser(prog="python -m demo.p1_meter", description=__doc__)
    parser.add_argument("--country", choices=sorted(KINDS), default="FI")
    parser.add_argument("--port", type=int, default=2000)
    chosen = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(chosen.country, chosen.port))


if __name__ == "__main__":
    main()
