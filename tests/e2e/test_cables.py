"""Whatever cable is pulled in the demo, a browser soon shows the truth, and again when it is back."""

import asyncio
from datetime import datetime, timedelta
import json
from pathlib import Path

from playwright.async_api import Page, expect
import pytest

from demo.home_assistant import Session
from demo.stage import Demo

from .conftest import ARTIFACTS, PATIENCE, OpenPage
from .tour import take_tour

# By cable: the name of its meter, and the seconds after which docs/meter.md promises the truth.
METERS = {
    "p1_meter_bus": ("Aidon meter", 35),
    "belgian_meter_power": ("P1 meter", 15),
    "modbus_meter_bus": ("Eastron SDM630", 20),
}
PORTALS = ("oma_lumme", "my_luminus")
DRAWN = 5  # seconds for a busy machine's browser to draw what Home Assistant says
LONGEST_PAUSE = 30  # seconds between two attempts to connect


class Panel:
    """The page with the cables."""

    def __init__(self, page: Page) -> None:
        """Take over a page that is open there."""
        self._page = page
        self._lock = asyncio.Lock()

    async def press(self, cable: str, button: str) -> None:
        """Press a cable's button and see it change."""
        row = self._page.locator("li").filter(has=self._page.locator(f'form[action="/{cable}"]'))
        async with self._lock:
            await row.get_by_role("button", name=button, exact=True).click()
            await expect(row.get_by_role("button", name=button, exact=True)).to_have_count(0)


@pytest.mark.e2e
async def test_any_cable_may_be_pulled(tmp_path: Path, port: int, open_page: OpenPage) -> None:
    """Three meters fall silent side by side and come back; the bills stay when the portals go."""
    async with (
        Demo(tmp_path, port) as demo,
        demo.home_assistant.session() as session,
        open_page(demo.home_assistant.url, session.tokens) as page,
    ):
        await take_tour(page, demo.home_assistant.url, session)
        await page.goto(demo.home_assistant.url)
        cables = await page.context.new_page()
        await cables.goto(f"http://127.0.0.1:{demo.ports['cables']}")
        panel = Panel(cables)
        async with asyncio.TaskGroup() as journeys:
            for cable, (meter, limit) in METERS.items():
                journeys.create_task(see_a_meter_go_and_come(page, panel, cable, meter, limit))
            journeys.create_task(see_that_bills_stay(demo, session, page, panel))


async def see_a_meter_go_and_come(
    page: Page, panel: Panel, cable: str, meter: str, limit: float
) -> None:
    """The meter's power is unavailable within its limit, and there again soon after."""
    power = page.locator("hui-tile-card").filter(has_text=meter)
    await expect(power).to_contain_text("kW")
    await panel.press(cable, "Pull")
    await expect(power).to_contain_text("Unavailable", timeout=1000 * (limit + DRAWN))
    await page.screenshot(path=ARTIFACTS / f"{cable}-pulled.png")
    await panel.press(cable, "Plug in")
    await expect(power).to_contain_text("kW", timeout=1000 * (LONGEST_PAUSE + DRAWN))


async def see_that_bills_stay(demo: Demo, session: Session, page: Page, panel: Panel) -> None:
    """What is known of the bills stays when the portals are asked the next time in vain."""
    invoice = page.locator("hui-tile-card").filter(has_text="Latest invoice").first
    await expect(invoice).to_contain_text("€")
    known, connections = await told(session)
    assert set(connections.values()) == {"on"}
    for portal in PORTALS:
        await panel.press(portal, "Pull")
    await let_a_day_pass(demo, session)
    down = dict.fromkeys(connections, "off")
    async with asyncio.timeout(PATIENCE / 1000):
        while (now := await told(session))[1] != down:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    assert now == (known, down)
    await expect(invoice).to_contain_text("€")


async def let_a_day_pass(demo: Demo, session: Session) -> None:
    """Have accounts find that all they know, and all they asked, is a day old.

    Portals are asked a few times a day, and not at all once a day's requests are spent.
    """
    storage = demo.home_assistant.config / ".storage"
    files = {
        entry["entry_id"]: storage / f"lumme_energy.{entry['entry_id']}"
        for entry in await session.command("config_entries/get", domain="lumme_energy")
    }
    accounts = [entry_id for entry_id, file in files.items() if file.exists()]
    for entry_id in accounts:
        await session.command("config_entries/disable", entry_id=entry_id, disabled_by="user")
    for entry_id in accounts:
        stored = json.loads(files[entry_id].read_text())
        fetched = stored["data"]["data"]["fetched"]
        for key, at in fetched.items():
            fetched[key] = (datetime.fromisoformat(at) - timedelta(days=1)).isoformat()
        files[entry_id].write_text(json.dumps(stored))
    for file in storage.glob("lumme_energy.login.*"):
        stored = json.loads(file.read_text())
        stored["data"] |= {"requests": [], "logins": []}
        file.write_text(json.dumps(stored))
    for entry_id in accounts:
        await session.command("config_entries/disable", entry_id=entry_id, disabled_by=None)


async def told(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Return what accounts say: of bills and contracts, and of the connections to the portals."""
    states = {state["entity_id"]: state["state"] for state in await session.command("get_states")}
    known: dict[str, str] = {}
    connections: dict[str, str] = {}
    entities = await session.command("config/entity_registry/list")
    accounts = {
        entity["config_entry_id"]
        for entity in entities
        if entity["translation_key"] == "portal_connection"
    }
    for entity in entities:
        if entity["config_entry_id"] in accounts and entity["entity_id"] in states:
            is_connection = entity["translation_key"] == "portal_connection"
            kind = connections if is_connection else known
            # When an account was read, and when a picture was drawn, may be another time.
            if entity["translation_key"] not in {"last_updated", "payment_qr"}:
                kind[entity["entity_id"]] = states[entity["entity_id"]]
    return known, connections
