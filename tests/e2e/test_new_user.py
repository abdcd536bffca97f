"""A new user adds an account and a meter by clicking, and sees the bill and the power."""

import asyncio
from pathlib import Path
import re

from playwright.async_api import Locator, Page, expect
import pytest

from demo.stage import Demo

from .conftest import ARTIFACTS, OpenPage


def field(page: Page, name: str) -> Locator:
    """Return a form's input."""
    return page.locator(f'input[name="{name}"]')


@pytest.mark.e2e
async def test_a_new_user_sees_the_bill_and_live_power(
    tmp_path: Path, port: int, open_page: OpenPage
) -> None:
    """From an empty Home Assistant to the latest bill and moving live power on a dashboard."""
    async with (
        Demo(tmp_path, port, entries=()) as demo,
        demo.home_assistant.session() as session,
        open_page(demo.home_assistant.url, session.tokens) as page,
    ):
        await add_account(page, demo)
        await add_meter(page, demo)
        await demo.arrange(session)

        await page.goto(demo.home_assistant.url)
        invoice = demo.oma_lumme.household.customers[0].statement.invoices[0]
        tile = page.locator("hui-tile-card").filter(has_text="Latest invoice")
        await expect(tile).to_contain_text(f"€{invoice.amount:,.2f}")
        power = page.locator("hui-tile-card").filter(has_text="Power")
        await expect(power).to_contain_text("kW")
        before = await shown(power)
        await page.screenshot(path=ARTIFACTS / "dashboard-before.png")
        await expect(power).not_to_contain_text(before)
        await page.screenshot(path=ARTIFACTS / "dashboard.png")


async def shown(tile: Locator) -> str:
    """Return the power that a tile shows; for a moment it shows none, when its graph is drawn."""
    async with asyncio.timeout(30):
        while not (found := re.search(r"[\d.]+ kW", await tile.aria_snapshot())):
            await tile.page.wait_for_timeout(100)
    return found[0]


async def start_flow(page: Page, demo: Demo, kind: str) -> None:
    """Open the config flow as a user does, and choose what to add."""
    await page.goto(f"{demo.home_assistant.url}/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    brands = page.locator("ha-integration-list-item")
    # The dialog empties its search field when the list has arrived.
    await expect(brands.first).to_be_visible()
    await page.get_by_placeholder("Search for a brand name").fill("Lumme")
    await brands.filter(has_text="Lumme Energy").click()
    await page.get_by_text(kind).click()


async def finish_flow(page: Page, device: str) -> None:
    """See the new device and leave the dialog."""
    await expect(page.get_by_placeholder(device).first).to_be_visible()
    await page.get_by_role("button", name="Skip and finish").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def add_account(page: Page, demo: Demo) -> None:
    """Mistype the password once, then add the OmaLumme account."""
    household = demo.oma_lumme.household
    await start_flow(page, demo, "My bills and contracts")
    await page.get_by_text("OmaLumme").click()
    await page.get_by_role("button", name="Submit").click()
    await field(page, "username").fill(household.username)
    await field(page, "password").fill("mistyped")
    await page.get_by_text("For testing only").click()
    await field(page, "portal_address").fill(f"http://127.0.0.1:{demo.ports['oma_lumme']}")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("The e-mail address or password is wrong.")).to_be_visible()
    await page.screenshot(path=ARTIFACTS / "wrong-password.png")
    await field(page, "password").fill(household.password)
    await page.get_by_role("button", name="Submit").click()
    await finish_flow(page, "Lumme Energia (demo)")


async def add_meter(page: Page, demo: Demo) -> None:
    """Add the meter on its bridge's address."""
    await start_flow(page, demo, "My electricity meter")
    await page.get_by_text("P1 port over the network").click()
    await field(page, "host").fill("127.0.0.1")
    await page.get_by_role("spinbutton").fill(str(demo.ports["p1_meter"]))
    await page.screenshot(path=ARTIFACTS / "meter.png")
    await page.get_by_role("button", name="Submit").click()
    await expect(page.get_by_text("A meter made by Aidon speaks there.")).to_be_visible(
        timeout=30_000
    )
    await page.screenshot(path=ARTIFACTS / "meter-found.png")
    await page.get_by_role("button", name="Submit").click()
    await finish_flow(page, "Aidon meter")
