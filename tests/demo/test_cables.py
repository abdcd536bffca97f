"""The page on which cables are pulled, as a browser without JavaScript uses it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest

from demo.cables import Cable, CablePanel, Dial
from demo.stage import Demo

HOME = "http://127.0.0.1:8123"


class Lamp:
    """Something with a cable."""

    def __init__(self) -> None:
        """Begin plugged in."""
        self.told: list[str] = []
        self.is_broken = False
        self.brightness = 1

    def dim(self, brightness: int) -> None:
        """Shine more or less."""
        self.brightness = brightness

    async def off(self) -> None:
        """Go out."""
        await asyncio.sleep(0)
        self.told.append("off")

    async def on(self) -> None:
        """Light up."""
        if self.is_broken:
            raise OSError(98, "Address already in use")
        self.told.append("on")


@pytest.fixture
def lamp() -> Lamp:
    """Return a lamp."""
    return Lamp()


@pytest.fixture
async def page(socket_enabled: None, lamp: Lamp) -> AsyncIterator[aiohttp.ClientSession]:
    """Return somebody who looks at the page of a lamp and its spare."""
    cables = [
        Cable(key=key, group="the <lamp>", name=key, effect="Dark.", pull=lamp.off, plug=lamp.on)
        for key in ("lamp", "spare")
    ]
    dial = Dial(
        key="dimmer",
        group="the <lamp>",
        name="Dimmer",
        effect="Less & more.",
        positions={1: "a bit", 2: "<more>"},
        at=lambda: lamp.brightness,
        turn=lamp.dim,
    )
    panel = CablePanel([*cables, dial], HOME)
    async with aiohttp.ClientSession(await panel.start()) as session:
        yield session
    await panel.stop()
    await panel.stop()


async def click(page: aiohttp.ClientSession, state: str, key: str = "lamp") -> str:
    """Press a button and return the page that comes back."""
    async with page.post(f"/{key}", data={"state": state}, raise_for_status=True) as answer:
        assert [step.status for step in answer.history] == [303]
        assert answer.url.path == "/"
        return await answer.text()


async def test_every_cable_has_its_button(page: aiohttp.ClientSession) -> None:
    async with page.get("/") as answer:
        shown = await answer.text()
    assert shown.count('value="pulled"') == 2
    assert shown.count("<h2>The &lt;lamp&gt;</h2>") == 1
    assert HOME in shown
    assert "<script" not in shown


async def test_a_cable_is_pulled_and_plugged_in_once(
    page: aiohttp.ClientSession, lamp: Lamp
) -> None:
    shown, _ = await asyncio.gather(click(page, "pulled"), click(page, "pulled"))
    assert lamp.told == ["off"]
    assert shown.count("Pulled at") == 1
    assert shown.count('value="plugged"') == 1
    shown = await click(page, "plugged")
    await click(page, "plugged")
    assert lamp.told == ["off", "on"]
    assert "Pulled at" not in shown


async def test_what_cannot_be_plugged_in_stays_pulled(
    page: aiohttp.ClientSession, lamp: Lamp
) -> None:
    await click(page, "pulled")
    lamp.is_broken = True
    async with page.post("/lamp", data={"state": "plugged"}) as answer:
        assert answer.status == 409
        assert "Address already in use" in await answer.text()
    lamp.is_broken = False
    assert "Pulled at" not in await click(page, "plugged")


async def test_a_dial_is_turned(page: aiohttp.ClientSession, lamp: Lamp) -> None:
    shown = await click(page, "2", "dimmer")
    assert lamp.brightness == 2
    assert '<button name="state" value="1">a bit</button>' in shown
    assert '<button name="state" value="2" disabled>&lt;more&gt;</button>' in shown
    assert "Less &amp; more." in shown


@pytest.mark.parametrize(
    ("key", "state", "status"),
    [("toaster", "pulled", 404), ("lamp", "loose", 400), ("dimmer", "3", 400)],
)
async def test_nonsense_is_refused(
    page: aiohttp.ClientSession, lamp: Lamp, key: str, state: str, status: int
) -> None:
    async with page.post(f"/{key}", data={"state": state}) as answer:
        assert answer.status == status
    assert not lamp.told


async def hears(port: int, seconds: float = 0.2) -> bool | None:
    """Return whether anything is said on a port; None if nobody answers."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return None
    try:
        async with asyncio.timeout(seconds):
            return bool(await reader.read(1))
    except TimeoutError:
        return False
    finally:
        writer.close()


async def test_the_demos_own_cables(tmp_path: Path, socket_enabled: None) -> None:
    """Each takes away what goes through it, and gives it back where it was."""
    demo = Demo(tmp_path, 8123)
    async with AsyncExitStack() as stack:
        await demo._start_servers(stack)
        ports = demo.ports
        page = await stack.enter_async_context(
            aiohttp.ClientSession(f"http://127.0.0.1:{ports['cables']}")
        )
        for meter in ("p1_meter", "belgian_meter"):
            await click(page, "pulled", f"{meter}_bus")
            assert await hears(ports[meter]) is False
            await click(page, "plugged", f"{meter}_bus")
            assert await hears(ports[meter])
        for state in ("pulled", "plugged"):
            await click(page, state, "modbus_meter_bus")
            assert demo.meters["modbus_meter"].faults.silence is (state == "pulled")
        powers = {f"{meter}_power": ports[meter] for meter in demo.meters}
        portals = {portal: ports[portal] for portal in ("oma_lumme", "my_luminus")}
        for key, port in (powers | portals).items():
            await click(page, "pulled", key)
            assert await hears(port) is None
            shown = await click(page, "plugged", key)
            assert await hears(port) is not None
        assert "Pulled at" not in shown
