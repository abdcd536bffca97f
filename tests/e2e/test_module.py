"""The dashboard's module alone in a real browser, with a Home Assistant that only remembers."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from custom_components.lumme_energy.frontend import MODULE

from .conftest import OpenPage

URL = "http://lumme.test/"
PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><style>html {{
  --primary-color: #009ac7; --primary-text-color: #141414; --secondary-text-color: #5e5e5e;
  --card-background-color: #fff; --divider-color: #e0e0e0; }}</style><body><main></main>
<script>
  customElements.define("home-assistant", class extends HTMLElement {{}});
  customElements.define("ha-card", class extends HTMLElement {{}});
</script>
<script type="module" src="/module.js"></script></body></html>"""
# By translation key or domain: (entity, of which device). One is hidden, one is somebody else's.
ENTITIES: dict[str, dict[str, Any]] = {
    "sensor.bill": {"device_id": "account", "translation_key": "latest_invoice"},
    "sensor.status": {"device_id": "account", "translation_key": "payment_status"},
    "image.code": {"device_id": "account", "translation_key": "payment_qr"},
    "sensor.contract": {"device_id": "flat", "translation_key": "product"},
    "number.deposit": {"device_id": "flat", "translation_key": "deposit"},
    "sensor.settlement": {"device_id": "flat", "translation_key": "expected_settlement"},
    "sensor.power": {"device_id": "meter", "translation_key": "power_import"},
    "sensor.phase_1": {"device_id": "meter", "translation_key": "power_import_phase"},
    "sensor.phase_2": {"device_id": "meter", "translation_key": "power_import_phase"},
    "sensor.export": {"device_id": "meter", "translation_key": "power_export", "hidden": True},
    "select.mode": {"device_id": "house", "translation_key": "heating_mode"},
    "button.down": {"device_id": "house", "translation_key": "turn_down"},
    "climate.room": {"device_id": "room", "translation_key": "zone"},
    "binary_sensor.bridge": {"device_id": "bridge", "translation_key": "bridge_connection"},
    "sensor.guard": {"device_id": "bridge", "translation_key": "frost_guard"},
    "binary_sensor.guard": {"device_id": "bridge", "translation_key": "frost_guard_active"},
    "update.firmware": {"device_id": "bridge"},
    "sensor.foreign": {"device_id": "meter", "translation_key": "month_peak", "platform": "other"},
}
DEVICES = {
    **dict.fromkeys(("account", "meter", "house", "bridge")),
    "flat": "account",
    "room": "house",
}
HASS = """({language, states, entities, devices, statistics, answer}) => {
  window.asked = []; window.called = [];
  window.hass = {
    language, states, entities, devices, config: {time_zone: "Europe/Helsinki"}, localize: (key) => key,
    callWS: async (message) => {
      asked.push(message);
      if (message.type === "recorder/list_statistic_ids") return statistics;
      if (answer.error) throw new Error(answer.error);
      const {amount = 100} = message.service_data;
      return {response: {deposits_to_come: 4, expected_settlement: 1000 - 4 * amount, ...answer}};
    },
    callService: async (...call) => { called.push(call); },
  };
}"""
SAID = {
    "fi": "Tasauslaskussa maksaisit noin 600",
    "sv-SE": "Vid slutavräkningen",
    "nl": "Bij de afrekening",
    "fr": "Au décompte",
    "de": "Bei der Abrechnung",
    "ar": "At the settlement",
}
GENERATE = """async () => {
  const strategy = customElements.get("ll-strategy-dashboard-lumme-energy");
  return JSON.parse(JSON.stringify(await strategy.generate({}, hass)));
}"""
PRICE_CARDS = """async () => {
  const strategy = customElements.get("ll-strategy-dashboard-lumme-energy");
  const {views: [{sections}]} = await strategy.generate({}, hass);
  return sections.at(-1).cards.filter((card) => !["heading", "tile"].includes(card.type));
}"""
SHOW = """(config) => {
  const card = document.createElement(config.type ?? "lumme-energy-deposit");
  card.setConfig(config);
  card.hass = hass;
  document.querySelector("main").replaceChildren(card);
}"""


async def show(
    page: Page,
    *devices: str,
    language: str = "en",
    direction: str = "ltr",
    statistics: list[dict[str, str]] | None = None,
    price: dict[str, Any] | None = None,
    **answer: Any,
) -> None:
    """Load the module on a page, in a household of some of the devices."""
    html = PAGE.format(language=language, direction=direction)
    await page.unroute_all()
    await page.route(URL, lambda route: route.fulfill(body=html, content_type="text/html"))
    await page.route(
        f"{URL}module.js",
        lambda route: route.fulfill(body=MODULE.read_text(), content_type="text/javascript"),
    )
    await page.goto(URL)
    await page.wait_for_function("!!customElements.get('lumme-energy-deposit')")
    entities = {
        entity_id: {"entity_id": entity_id, "platform": "lumme_energy", **entity}
        for entity_id, entity in ENTITIES.items()
        if entity["device_id"] in devices
    }
    attributes = {"min": 80, "max": 150.5, "unit_of_measurement": "EUR"}
    states = {
        each: {"entity_id": each, "state": "100.00", "attributes": attributes} for each in entities
    }
    if price is not None:
        states["sensor.price"] = {"entity_id": "sensor.price", "state": "5.1", "attributes": price}
    registered = {
        each: {"name": each.title(), "via_device_id": DEVICES[each], "config_entries": ["one"]}
        for each in devices
    }
    await page.evaluate(
        HASS,
        {
            "language": language,
            "states": states,
            "entities": entities,
            "devices": registered,
            "statistics": statistics or [],
            "answer": {"possible": True, "message": None, **answer},
        },
    )


async def complaints(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core has against the cards on a page."""
    found: list[dict[str, Any]] = (await Axe().run(page, "main")).response["violations"]
    return found


def told(config: Any) -> set[str]:
    """Return the entities that a configuration is about."""
    if isinstance(config, dict):
        return {
            text
            for key, value in config.items()
            for text in ({value} if key == "entity" else told(value))
        }
    return {text for each in config for text in told(each)} if isinstance(config, list) else set()


def titles(config: dict[str, Any]) -> list[str]:
    """Return the titles of the pages."""
    return [view["title"] for view in config["views"]]


async def test_it_shows_what_exists_and_nothing_else(open_page: OpenPage) -> None:
    statistic = {"statistic_id": "lumme_energy:1_consumption", "name": "Flat: consumption"}
    async with open_page(URL, {}) as page:
        await show(page, *DEVICES, statistics=[statistic])
        config = await page.evaluate(GENERATE)
        assert titles(config) == ["Overview", "Account", "House", "Connections"]
        ours = {each for each in ENTITIES if each not in {"sensor.export", "sensor.foreign"}}
        assert told(config) == ours | {statistic["statistic_id"]}
        paths = [view["path"] for view in config["views"]]
        assert paths == ["overview", "account", "house", "connections"]
        # Two that have the same name have pages of their own.
        await page.evaluate("hass.devices.house.name = 'Account'")
        views = (await page.evaluate(GENERATE))["views"]
        assert [view["path"] for view in views][1:3] == ["account", "account-2"]
        (button,) = [
            card
            for section in config["views"][0]["sections"]
            for card in section["cards"]
            if card.get("entity") == "button.down"
        ]
        assert button["tap_action"]["perform_action"] == "button.press"
        assert button["tap_action"]["confirmation"]["text"] == "Turn all heating down now?"

        # Each kind of entry is enough, and so is none.
        for device, pages in {
            "account": ["Overview", "Account"],
            "meter": ["Overview", "Connections"],
            "house": ["Overview", "House"],
            "bridge": ["Connections"],
        }.items():
            await show(page, device)
            assert titles(await page.evaluate(GENERATE)) == pages
        await show(page)
        (view,) = (await page.evaluate(GENERATE))["views"]
        assert "Add integration" in view["cards"][0]["content"]


async def test_a_deposit_is_changed_when_somebody_says_so_twice(open_page: OpenPage) -> None:
    async with open_page(URL, {}) as page:
        await show(page, "flat")
        await page.evaluate(
            SHOW, {"entity": "number.deposit", "name": "Flat", "settlement": "sensor.settlement"}
        )
        status = page.get_by_role("status")
        await expect(status).to_have_text("At the settlement you would pay about €100 more.")
        slider = page.get_by_role("slider", name="Flat")
        await slider.focus()
        for _ in range(30):
            await page.keyboard.press("ArrowRight")
        await expect(status).to_have_text("At the settlement you would get back about €20.")
        await page.wait_for_function("asked.at(-1).service_data.amount === 130")
        assert (await page.evaluate("asked.at(-1)"))["service_data"] == {
            "config_entry_id": "one",
            "supply_point": "flat",
            "amount": 130,
        }
        # While somebody moves it, nobody is asked for each step.
        assert await page.evaluate("asked.length") < 30
        change = page.get_by_role("button", name="Change to €130")
        await change.press("Enter")
        await expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        await expect(page.get_by_text("Have the advance payment changed from €100")).to_be_visible()
        assert await complaints(page) == []
        await page.keyboard.press("Enter")
        await expect(change).to_be_focused()
        assert await page.evaluate("called") == []
        await change.click()
        await page.get_by_role("button", name="Yes, change it").click()
        await expect(page.get_by_role("button", name="Yes, change it")).to_be_hidden()
        assert await page.evaluate("called") == [
            ["number", "set_value", {"entity_id": "number.deposit", "value": 130}]
        ]


async def test_prices_to_come_are_drawn(open_page: OpenPage) -> None:
    """From the attributes of whichever integration; one that tells none has a past at least."""
    today = [{"start": f"2026-01-09T{hour:02}:00:00+02:00", "value": hour} for hour in range(24)]
    tomorrow = [{"start": "2026-01-10T00:00:00+02:00", "value": -1.25}]
    told = {"raw_today": today, "raw_tomorrow": tomorrow, "unit_of_measurement": "c/kWh"}
    async with open_page(URL, {}) as page:
        await page.clock.set_fixed_time("2026-01-09T10:30:00Z")
        await show(page, "meter", price=told)
        (card,) = await page.evaluate(PRICE_CARDS)
        assert card["type"] == "custom:lumme-energy-prices"
        await page.evaluate(SHOW, {"type": "lumme-energy-prices", "entity": "sensor.price"})
        await expect(page.get_by_role("img", name="Electricity price")).to_be_visible()
        assert await complaints(page) == []
        await expect(page.locator("rect")).to_have_count(25)
        await expect(page.locator("rect.now")).to_have_attribute("x", "12.1")
        await expect(page.locator("rect.to-come")).to_have_count(12)
        # What is over is of no use any more; a negative price hangs below the others.
        await expect(page.locator(".cheapest")).to_contain_text("12:00 AM: -1.25 c/kWh")
        await expect(page.locator(".dearest")).to_contain_text("11:00 PM: 23 c/kWh")
        await expect(page.locator("rect").last).to_have_attribute("y", "23")

        await show(page, "meter", price={"unit_of_measurement": "EUR/kWh"})
        (card,) = await page.evaluate(PRICE_CARDS)
        assert card["type"] == "history-graph"


async def test_what_stands_in_the_way_is_told(open_page: OpenPage) -> None:
    async with open_page(URL, {}) as page:
        await show(page, "flat", possible=False, message="Not in this month.")
        await page.evaluate(SHOW, {"entity": "number.deposit", "suggested": "sensor.settlement"})
        await expect(page.get_by_text("Not in this month.")).to_be_visible()
        # The portal's own forecast, where there is none of ours.
        expected = "At the settlement you would pay about €600 more."
        await expect(page.get_by_role("status")).to_have_text(expected)
        await page.get_by_role("slider", name="Advance payment").press("ArrowRight")
        await expect(page.get_by_role("button", name="Change to €101")).to_be_disabled()
        await page.get_by_role("button", name="Suggested: €100").click()
        await expect(page.get_by_role("slider")).to_have_value("100")

        await show(page, "flat", error="The portal is away.")
        await page.evaluate(SHOW, {"entity": "number.deposit"})
        await expect(page.get_by_text("The portal is away.")).to_be_visible()
        await expect(page.get_by_role("status")).to_be_empty()


async def test_it_speaks_and_reads_as_the_user_does(open_page: OpenPage) -> None:
    async with open_page(URL, {}) as page:
        for language, said in SAID.items():
            direction = "rtl" if language == "ar" else "ltr"
            await show(page, "flat", language=language, direction=direction)
            await page.evaluate(SHOW, {"entity": "number.deposit"})
            await expect(page.get_by_role("status")).to_contain_text(said)
            name = await page.locator(".name").bounding_box()
            amount = await page.locator(".amount").bounding_box()
            assert name is not None
            assert amount is not None
            assert (name["x"] < amount["x"]) is (direction == "ltr")
