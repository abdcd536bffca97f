"""A headless Chromium, logged in to the demo's Home Assistant."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
import json
import os
import socket
from typing import Any

from playwright.async_api import Page, async_playwright, expect
import pytest

from tests.scripts.loader import ROOT, load_setup

ARTIFACTS = ROOT / "artifacts"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE = 60_000  # ms; a busy CI machine is slow, and nothing here waits longer than it must

expect.set_options(timeout=PATIENCE)

type OpenPage = Callable[[str, Mapping[str, Any]], AbstractAsyncContextManager[Page]]


@pytest.fixture
def chromium() -> str:
    """Where the browser is. Its absence fails in CI; elsewhere the test is skipped."""
    if found := load_setup().find_browser():
        return str(found)
    reason = "no Chromium: run scripts/setup --browser, or name one in LUMME_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def port(socket_enabled: None) -> int:
    """A free port on the loopback interface."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def open_page(chromium: str, socket_enabled: None) -> OpenPage:
    """Open a page as somebody who is logged in."""
    ARTIFACTS.mkdir(exist_ok=True)

    @asynccontextmanager
    async def open_page(url: str, tokens: Mapping[str, Any]) -> AsyncGenerator[Page]:
        stored = {**tokens, "hassUrl": url, "clientId": url, "expires": 4102444800000}
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            context = await browser.new_context(viewport={"width": 1280, "height": 900})
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            await page.add_init_script(
                f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(stored))})"
            )
            try:
                yield page
            finally:
                await page.screenshot(path=ARTIFACTS / "last.png")
                await browser.close()

    return open_page
