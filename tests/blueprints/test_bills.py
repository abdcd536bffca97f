"""Tests of the blueprints about bills, with an account at a demo portal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.portal.model import Invoice
from tests.account.common import Demo, bills, next_bill, pass_time, start

from .conftest import Automate, Told

INVOICE = "event.supplier_demo_invoice"
NEXT_DUE = "sensor.supplier_demo_next_due_date"


@pytest.fixture(autouse=True)
async def _the_same_day(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Begin every test on the same day, in Finland."""
    await hass.config.async_set_time_zone("Europe/Helsinki")
    freezer.move_to(datetime(2026, 11, 24, 9, 30, tzinfo=UTC))


@pytest.fixture
def home_check(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, entity_registry: er.EntityRegistry
) -> str:
    """Return the check of bills of a home."""
    entry = MockConfigEntry(domain="demo")
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("demo", "1")}, name="Home"
    )
    return entity_registry.async_get_or_create(
        "sensor", "demo", "1", config_entry=entry, device_id=device.id
    ).entity_id


def another(invoice: Invoice, number: str, **details: object) -> Invoice:
    """Return a bill like another one."""
    return replace(invoice, number=number, **details)


async def test_bill_arrived(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    automate: Automate,
    phone: str,
    pushed: list[ServiceCall],
    told: Told,
) -> None:
    """A new bill is told on the phone, with a button that opens it; what it is not about is not."""
    await start(hass, oma_lumme.entry(hass))
    await automate("bill_arrived", {"invoices": [INVOICE], "phones": [phone]})
    first = next_bill(oma_lumme)
    new = another(first, "90000001", issued=oma_lumme.portal.clock().date())
    paid = another(first, "90000002", collected=(first.due or new.issued) + timedelta(days=1))
    bills(oma_lumme, first, new, paid)
    await pass_time(hass, freezer, hours=9)
    message = f"New invoice 90000001: {first.amount:.2f} EUR, due {first.due}"
    by_number = {call.data["data"]["tag"]: call.data for call in pushed}
    assert by_number["lumme_energy_90000001"]["title"] == "Supplier (demo)"
    assert by_number["lumme_energy_90000001"]["message"].replace("issued", "New invoice") == message
    assert by_number["lumme_energy_90000002"]["message"].endswith(
        f", will be collected on {paid.collected}"
    )
    assert len(pushed) == 2
    assert told() == []


async def test_bill_arrived_with_its_document(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    automate: Automate,
    phone: str,
    pushed: list[ServiceCall],
    told: Told,
) -> None:
    """Where the portal has the document, the button opens it; so does a link without a phone."""
    newest, *others = oma_lumme.customer.statement.invoices
    bills(oma_lumme, *others)
    await start(hass, oma_lumme.entry(hass))
    await automate("bill_arrived", {"invoices": [INVOICE], "phones": [phone], "open": "Avaa"})
    bills(oma_lumme, newest, *others)
    await pass_time(hass, freezer, hours=9)
    (call,) = pushed
    (button,) = call.data["data"]["actions"]
    assert button["action"] == "URI"
    assert button["title"] == "Avaa"
    assert button["uri"].startswith("/api/lumme_energy/")
    assert "authSig=" in button["uri"]
    assert told() == []


@pytest.mark.parametrize("daily", [False, True])
async def test_bill_due(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    automate: Automate,
    told: Told,
    *,
    daily: bool,
) -> None:
    """One is reminded on the day, with what the bank asks for; every day only if one wants it."""
    today = oma_lumme.portal.clock().date()
    bill = replace(next_bill(oma_lumme), due=today + timedelta(days=3))
    bills(oma_lumme, bill)
    await start(hass, oma_lumme.entry(hass))
    await automate("bill_due", {"next_due": NEXT_DUE, "days": 2, "daily": daily, "document": False})
    reminded = []
    for _ in range(5):
        await pass_time(hass, freezer, hours=12)
        await pass_time(hass, freezer, hours=12)
        reminded.append(told())
    text = f"Due {bill.due}: {bill.amount:.2f} EUR to {bill.payee.name}"
    assert [len(each) for each in reminded] == [1, 1 * daily, 1 * daily, 0, 0]
    for title, message in (text for each in reminded for text in each):
        assert title == "Supplier (demo)"
        assert message.startswith(text)
        assert (bill.payment_reference or "") in message.replace(" ", "")


async def test_nothing_due(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    automate: Automate,
    told: Told,
) -> None:
    """What direct debit collects is no reminder; nor is a bill that is not known."""
    due = oma_lumme.portal.clock().date() + timedelta(days=1)
    bills(oma_lumme, replace(next_bill(oma_lumme), due=due, collected=due))
    await start(hass, oma_lumme.entry(hass))
    await automate("bill_due", {"next_due": NEXT_DUE, "daily": True})
    for _ in range(4):
        await pass_time(hass, freezer, hours=12)
    assert told() == []


async def test_bill_differs(
    hass: HomeAssistant, home_check: str, automate: Automate, told: Told
) -> None:
    """Each bill that differs is told once, and a restart is no news."""
    difference = {"energy_difference": 41.3, "amount_difference": 5.2}

    async def becomes(state: str, **attributes: object) -> list[tuple[str, str]]:
        hass.states.async_set(home_check, state, attributes)
        await hass.async_block_till_done()
        return told()

    await becomes("matches", invoice=1)
    await automate("bill_differs", {"checks": [home_check], "document": False})
    ((title, message),) = await becomes("differs", invoice=2, **difference)
    assert title == "Home"
    assert message == "Bill 2 does not match the meter: +41 kWh, +5.20 €"
    assert await becomes("differs", invoice=2, **difference | {"estimated": True}) == []
    assert await becomes("unavailable") == []
    assert await becomes("differs", invoice=2, **difference) == []
    ((_, message),) = await becomes("differs", invoice=3, energy_difference=None)
    assert message == "Bill 3 does not match the meter"
    assert await becomes("unknown") == []
    assert len(await becomes("differs", invoice=4, **difference)) == 1
    hass.states.async_remove(home_check)
    await hass.async_block_till_done()
    assert told() == []
