"""A tour of the integration's dashboard, as somebody takes it who looks closely."""

import asyncio
import re

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from demo.home_assistant import Session

from .conftest import ARTIFACTS, PATIENCE

LOOKS = ((1280, "light"), (1280, "dark"), (390, "dark"), (390, "light"))
HEIGHT = 900
SHELL = ["home-assistant", "home-assistant-main", "ha-panel-lovelace", "hui-root", "#view"]
# What the dashboard consists of. Around it is Home Assistant's shell, which has no landmarks.
SCOPE = {"include": [{"fromShadowDom": SHELL}]}
# FullCalendar in Home Assistant's calendar card marks "+1 more" as no screen reader expects.
CALENDAR = 'class="fc-'
OPTIONS = {"resultTypes": ["violations"], "rules": {"region": {"enabled": False}}}
# What is on which page: headings, and tiles that must say something.
PAGES = {
    "overview": (
        ("Power now", "Bills", "Cottage", "Use and cost", "Electricity price", "Due dates"),
        ("Power phase 2", "Latest invoice", "Heating left on", "Exchange price"),
    ),
    "luminus-4567-demo": (
        ("Bills", "Krakelingstraat 12", "Advance payment", "Meter readings"),
        ("Payment reference", "Contract", "Supplier's reading, night", "Direct debit"),
    ),
    "cottage": (
        ("Cottage", "Temperatures", "Living room", "Bathroom"),
        ("Mode", "Turn down now", "Next arrival", "Why it heats so"),
    ),
    "connections": (("Portals", "Meters", "Heating"), ("Lumme Energia", "Aidon meter", "Bedroom")),
}


async def take_tour(page: Page, url: str, session: Session) -> None:
    """See every kind of page in light and dark, wide and narrow; nothing is in anybody's way."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path, (headings, tiles) in PAGES.items():
        await page.goto(f"{url}/lumme-demo/{path}")
        for heading in headings:
            await expect(
                page.locator("hui-heading-card").get_by_text(heading, exact=True).first
            ).to_be_visible()
        for tile in tiles:
            card = page.locator("hui-tile-card").filter(has_text=tile).first
            await expect(card).to_contain_text(re.compile(r"\w"))
        for width, scheme in LOOKS if path == "overview" else LOOKS[::2]:
            await _look(page, f"dashboard-{path}", width, scheme)
    await _move_the_slider(page, url)
    await _put_into_the_sidebar(page, url, session)
    assert complaints == []


async def _look(page: Page, name: str, width: int, scheme: str) -> None:
    """Nothing sticks out, the colours are the scheme's, and axe-core comes to complain about nothing."""
    await page.set_viewport_size({"width": width, "height": HEIGHT})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.wait_for_function(
        "isDark => document.querySelector('home-assistant').hass.themes.darkMode === isDark",
        arg=scheme == "dark",
    )
    await page.screenshot(path=ARTIFACTS / f"{name}-{scheme}-{width}.png")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # A card takes a moment to go from one colour to the other.
    async with asyncio.timeout(PATIENCE / 1000):
        while complaints := await _complaints(page):
            (ARTIFACTS / f"{name}-{scheme}-{width}.axe.txt").write_text("\n".join(complaints))
            await asyncio.sleep(0.5)


async def _complaints(page: Page) -> list[str]:
    found = await Axe().run(page, SCOPE, OPTIONS)
    return [
        f"{violation['id']}: {node['html']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
        if CALENDAR not in node["html"]
    ]


async def _move_the_slider(page: Page, url: str) -> None:
    """Keys move the slider; it tells what would follow, and why nothing can be changed now."""
    await page.goto(f"{url}/lumme-demo/luminus-4567-demo")
    card = page.locator("lumme-energy-deposit").first
    told = card.get_by_role("status")
    await expect(told).to_have_text("At the settlement you would get back about €101.")
    await card.get_by_role("slider", name="Krakelingstraat 12").focus()
    await page.keyboard.press("ArrowLeft")
    await expect(card.get_by_role("slider")).to_have_attribute("aria-valuetext", "€689")
    await expect(told).not_to_contain_text("101")
    await expect(card).to_contain_text("An invoice is overdue.")
    await expect(card.get_by_role("button", name="Change to €689")).to_be_disabled()


async def _put_into_the_sidebar(page: Page, url: str, session: Session) -> None:
    """An entry's option puts it there, and Home Assistant offers it to who makes a dashboard."""
    await page.set_viewport_size({"width": 1280, "height": HEIGHT})
    (entry,) = [
        entry["entry_id"]
        for entry in await session.command("config_entries/get", domain="lumme_energy")
        if entry["title"] == "Cottage"
    ]
    flow = session.options_flow(entry)
    await flow.start()
    await flow.answer(sidebar=True)
    await page.locator("ha-sidebar a[href='/lumme-energy']").click()
    await expect(page).to_have_url(re.compile("/lumme-energy/overview$"))
    await expect(page.locator("hui-tile-card").first).to_be_visible()
    offered = await page.evaluate("customStrategies.map(each => each.type)")
    assert offered == ["lumme-energy"]
