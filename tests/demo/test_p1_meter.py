"""The demo meter: believable telegrams, exact registers, and faults that are what they say."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import sys

import pytest

from custom_components.lumme_energy.metering.encrypted import Decryptor
from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from custom_components.lumme_energy.metering.telegram import Quantity, Stamped, Telegram
from demo.households.belgium import (
    BAKERY_REGISTERS as SHARES,
    OVEN_ELECTRICITY,
    midnight,
    months_before,
    register_index,
)
from demo.load import BAKERY, FLAT, Appliance, Load
from demo.p1_meter import KINDS, DemoP1Meter, belgian_since, main, serve

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("socket_enabled")


def hear(meter: DemoP1Meter, country: str, when: datetime) -> Telegram:
    """Read what a meter says at a moment."""
    key = KINDS[country].key
    reader = P1Reader(PROFILES[Country(country)], Decryptor(key) if key else None)
    (telegram,) = reader.feed(meter.say(when))
    return telegram


def number(telegram: Telegram, quantity: Quantity) -> Decimal:
    """Return a number of a telegram."""
    value = telegram.values[quantity]
    if isinstance(value, Stamped):
        value = value.number
    assert isinstance(value, Decimal)
    return value


@pytest.mark.parametrize("load", [FLAT, BAKERY])
def test_energy_is_the_integral_of_power(load: Load) -> None:
    seconds = 7200
    steps = [NOW + timedelta(seconds=second + 0.5) for second in range(seconds)]
    summed = sum(sum(load.power(step)) for step in steps) / 3600
    assert load.energy(NOW, NOW + timedelta(seconds=seconds)) == pytest.approx(summed, rel=0.01)


def test_an_appliance_rests_for_the_rest_of_its_period() -> None:
    appliance = Appliance(phase=0, power=2.0, period=100, share=0.25, ripple=0)
    assert [appliance.power_at(second) for second in (0, 24, 26, 99, 101)] == [2, 2, 0, 0, 2]
    assert appliance.energy_until(3600) == pytest.approx(2.0 * 0.25)


@pytest.mark.parametrize("country", KINDS)
def test_every_telegram_is_good_and_no_register_runs_backwards(country: str) -> None:
    meter = DemoP1Meter(country)
    registers = [
        quantity
        for quantity in hear(meter, country, NOW).values
        if quantity.startswith(("energy", "reactive_energy"))
    ]
    assert registers
    # Over midnight, over the end of a month and of summer time.
    for start in (
        NOW,
        datetime(2026, 10, 24, 21, tzinfo=UTC),
        datetime(2026, 11, 30, 20, tzinfo=UTC),
    ):
        before = hear(meter, country, start)
        for step in range(1, 60):
            after = hear(meter, country, start + timedelta(minutes=7 * step))
            for quantity in registers:
                assert number(after, quantity) >= number(before, quantity)
            before = after


def test_the_finnish_meter_sends_the_27_objects_and_no_name() -> None:
    telegram = hear(DemoP1Meter(), "FI", NOW)
    assert len(telegram.values) == 27
    assert telegram.meter_time == NOW
    assert telegram.meter_id is None
    phases = [f"power_import_l{phase}" for phase in (1, 2, 3)]
    total = sum(number(telegram, Quantity(phase)) for phase in phases)
    assert abs(total - number(telegram, Quantity.POWER_IMPORT)) <= Decimal("0.002")


def test_power_moves_from_telegram_to_telegram() -> None:
    meter = DemoP1Meter()
    powers = {
        hear(meter, "FI", NOW + timedelta(seconds=10 * step)).values[Quantity.POWER_IMPORT]
        for step in range(30)
    }
    assert len(powers) > 20


@pytest.mark.parametrize("country", ["NL", "BE"])
def test_tariff_registers_share_the_energy(country: str) -> None:
    meter = DemoP1Meter(country)

    def grown(start: datetime) -> tuple[Decimal, Decimal]:
        first, last = (hear(meter, country, start + timedelta(minutes=off)) for off in (0, 60))
        one, two = (
            number(last, quantity) - number(first, quantity)
            for quantity in (Quantity.ENERGY_IMPORT_1, Quantity.ENERGY_IMPORT_2)
        )
        assert first.values[Quantity.TARIFF] == ("1" if one else "2")
        return one, two

    by_day = grown(datetime(2026, 11, 24, 12, tzinfo=UTC))
    by_night = grown(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    day, night = (1, 0) if country == "NL" else (0, 1)
    assert by_day[day] > 0 == by_day[night]
    assert by_night[night] > 0 == by_night[day]


def test_a_belgian_meter_goes_on_from_an_index() -> None:
    meter = DemoP1Meter("BE")
    before = hear(meter, "BE", NOW)
    meter.render = belgian_since(NOW, 157_559, 54_321)
    registers = (Quantity.ENERGY_IMPORT_1, Quantity.ENERGY_IMPORT_2)
    for when in (NOW, NOW + timedelta(days=1)):
        telegram = hear(meter, "BE", when)
        for quantity, index in zip(registers, (157_559, 54_321), strict=True):
            counted = number(hear(DemoP1Meter("BE"), "BE", when), quantity) - number(
                before, quantity
            )
            assert abs(number(telegram, quantity) - index - counted) <= Decimal("0.002")


def test_the_bakerys_meter_counts_what_its_supplier_does() -> None:
    """So that a reading in the middle of any month goes on from the last one."""
    begun = date(2026, 11, 24)
    meter = DemoP1Meter("BE")
    first = {name: register_index(OVEN_ELECTRICITY, begun, share) for name, share in SHARES.items()}
    meter.render = belgian_since(midnight(begun), float(first["day"]), float(first["night"]))
    for month in range(1, 13):
        read = months_before(begun.replace(day=1), -month)
        telegram = hear(meter, "BE", midnight(read.replace(day=20)))
        for name, quantity in (
            ("day", Quantity.ENERGY_IMPORT_1),
            ("night", Quantity.ENERGY_IMPORT_2),
        ):
            last = register_index(OVEN_ELECTRICITY, read, SHARES[name])
            used = number(telegram, quantity) - last
            assert 300 < used < 3000


def test_the_belgian_peak_is_the_highest_quarter_of_the_month() -> None:
    meter = DemoP1Meter("BE")
    first = hear(meter, "BE", datetime(2026, 10, 31, 23, 5, tzinfo=UTC))  # 00:05 in Brussels
    assert number(first, Quantity.MONTH_PEAK) == 0
    later = hear(meter, "BE", NOW)
    assert number(later, Quantity.MONTH_PEAK) > 0
    end = hear(meter, "BE", NOW + timedelta(seconds=899))
    quarter = 4 * BAKERY.energy(NOW, NOW + timedelta(seconds=899))
    assert float(number(end, Quantity.QUARTER_HOUR_POWER)) == pytest.approx(quarter, abs=0.001)


@pytest.fixture
async def running() -> AsyncIterator[tuple[DemoP1Meter, str, int]]:
    """Return a running, fast meter."""
    meter = DemoP1Meter(pace=0.01, clock=lambda: NOW)
    yield meter, *await meter.start()
    await meter.stop()


class Client:
    """A client of the meter."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Wrap a connection."""
        self.reader = reader
        self.writer = writer
        self.p1 = P1Reader(PROFILES[Country.FINLAND])

    async def telegram(self) -> Telegram:
        """Wait for a telegram."""
        async with asyncio.timeout(5):
            while True:
                data = await self.reader.read(4096)
                assert data, "closed"
                if telegrams := self.p1.feed(data):
                    return telegrams[0]

    async def arrives(self, seconds: float) -> bytes:
        """Return what comes within a time, on a connection that stays open."""
        data = b""
        try:
            async with asyncio.timeout(seconds):
                while more := await self.reader.read(4096):
                    data += more
        except TimeoutError:
            return data
        except ConnectionError:
            pass
        pytest.fail("the connection was closed")


async def connect(host: str, port: int) -> Client:
    """Connect to a meter."""
    return Client(*await asyncio.open_connection(host, port))


async def test_serves_several_clients(running: tuple[DemoP1Meter, str, int]) -> None:
    meter, host, port = running
    one, two = await connect(host, port), await connect(host, port)
    assert await one.telegram() == await two.telegram()
    assert meter.connections == 2
    one.writer.close()
    assert await two.telegram()
    two.writer.close()


async def test_faults(running: tuple[DemoP1Meter, str, int]) -> None:
    meter, host, port = running
    client = await connect(host, port)
    await client.telegram()

    meter.faults.bad_crc = True
    await client.arrives(0.05)
    assert client.p1.feed(await client.arrives(0.05)) == []
    meter.faults.bad_crc = False
    await client.telegram()

    meter.faults.garbage = b"\xff\xfe"
    await client.arrives(0.05)
    assert set(await client.arrives(0.05)) == {0xFF, 0xFE}
    meter.faults.garbage = b""
    await client.telegram()

    meter.faults.silence = True
    await client.arrives(0.05)
    assert await client.arrives(0.05) == b""
    meter.faults.silence = False
    await client.telegram()

    meter.half_open()
    await client.arrives(0.05)
    assert await client.arrives(0.05) == b""
    other = await connect(host, port)
    await other.telegram()

    meter.disconnect()
    with pytest.raises(pytest.fail.Exception):
        await other.arrives(5)


async def test_starts_again_on_its_port(running: tuple[DemoP1Meter, str, int]) -> None:
    meter, host, port = running
    await meter.stop()
    await meter.stop()
    with pytest.raises(ConnectionError):
        await connect(host, port)
    assert await meter.start(port) == (host, port)
    client = await connect(host, port)
    await client.telegram()


async def test_runs_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    task = asyncio.create_task(serve("NL", 0))
    async with asyncio.timeout(5):
        while "NL P1 meter at 127.0.0.1:" not in capsys.readouterr().out:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["p1_meter", "--country", "XX"])
    with pytest.raises(SystemExit):
        main()
    assert "--country" in capsys.readouterr().err

    async def interrupted(country: str, port: int) -> None:
        assert (country, port) == ("BE", 4321)
        raise KeyboardInterrupt

    monkeypatch.setattr("demo.p1_meter.serve", interrupted)
    monkeypatch.setattr(sys, "argv", ["p1_meter", "--country", "BE", "--port", "4321"])
    main()
