"""Tests of the invoice events: each thing once, over restarts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.lumme_energy.portal.model import (
    Benefit,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Statement,
)
from demo.faults import FaultKind
from demo.households import Customer

from .actions.common import call
from .common import Demo, pass_time, restart, settled, start

INVOICE = "event.supplier_demo_invoice"


@pytest.fixture
def told(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return what has been told, as it happens: event and invoice number."""
    found: list[tuple[str, str]] = []

    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == INVOICE and state and state.state != "unavailable":
            happened = (state.attributes.get("event_type"), state.attributes.get("number"))
            if happened[0] and happened not in found:
                found.append(happened)

    hass.bus.async_listen("state_changed", note)
    return found


def bill(demo: Demo, **details: object) -> Invoice:
    """Return a new bill of today."""
    today = demo.portal.clock().date()
    invoice = Invoice(
        number="90000001",
        kind=InvoiceKind.CONSUMPTION,
        issued=today,
        due=today + timedelta(days=14),
        amount=Decimal("12.30"),
        open_amount=Decimal("12.30"),
        status=InvoiceStatus.OPEN,
    )
    return replace(invoice, **details)


def show(demo: Demo, *invoices: Invoice) -> None:
    """Let the portal show these invoices, and nothing else."""

    def change(customer: Customer) -> Customer:
        return replace(customer, statement=Statement(invoices=invoices))

    demo.revise(change)


async def test_life_of_an_invoice(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    told: list[tuple[str, str]],
) -> None:
    """Everything that happens to an invoice is told once, in order, restarts or not."""
    entry = await start(hass, oma_lumme.entry(hass))
    old = oma_lumme.customer.statement.invoices
    await restart(hass, entry)
    assert told == []

    new = bill(oma_lumme)
    credit = bill(
        oma_lumme,
        number="90000002",
        kind=InvoiceKind.CREDIT_NOTE,
        status=InvoiceStatus.CREDIT_NOTE,
        amount=Decimal("-5.00"),
        open_amount=Decimal("0.00"),
        due=None,
    )
    show(oma_lumme, credit, new, *old)
    await pass_time(hass, freezer, hours=9)
    assert set(told) == {("issued", "90000001"), ("credited", "90000002")}
    state = hass.states.get(INVOICE)
    assert state.attributes["currency"] == "EUR"
    await restart(hass, entry)
    assert len(told) == 2

    freezer.tick(timedelta(days=11))
    await pass_time(hass, freezer, hours=1)
    expected = [("due_soon", "90000001")]
    assert [each for each in told[2:] if each[1] == "90000001"] == expected

    show(oma_lumme, replace(new, status=InvoiceStatus.OVERDUE), *old)
    freezer.tick(timedelta(days=4))
    await pass_time(hass, freezer, hours=1)
    expected.append(("overdue", "90000001"))
    assert [each for each in told[2:] if each[1] == "90000001"] == expected

    paid = replace(new, status=InvoiceStatus.PAID, open_amount=Decimal("0.00"))
    # While Home Assistant is down, too.
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(days=1))
    show(oma_lumme, paid, *old)
    await start(hass, entry)
    expected.append(("paid", "90000001"))
    assert [each for each in told[2:] if each[1] == "90000001"] == expected

    # An invoice that the portal forgets for a day is no new one.
    show(oma_lumme, *old)
    await pass_time(hass, freezer, hours=9)
    show(oma_lumme, paid, *old)
    await pass_time(hass, freezer, hours=9)
    await restart(hass, entry)
    assert [each for each in told[2:] if each[1] == "90000001"] == expected


async def test_written_before_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    hass_storage: dict[str, dict[str, dict[str, object]]],
) -> None:
    """When an event is told it is on disk already, so that a crash cannot repeat it."""
    entry = await start(hass, oma_lumme.entry(hass))
    show(oma_lumme, bill(oma_lumme))
    on_disk: list[bool] = []

    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == INVOICE and state and state.attributes.get("event_type"):
            bearings = hass_storage[f"lumme_energy.{entry.entry_id}"]["data"]["bearings"]
            on_disk.append("90000001" in bearings)

    hass.bus.async_listen("state_changed", note)
    await pass_time(hass, freezer, hours=9)
    assert on_disk == [True]


async def test_due_soon_while_the_portal_is_down(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    told: list[tuple[str, str]],
) -> None:
    """A reminder does not wait for the portal; that a bill is overdue is the portal's to say."""
    invoice = bill(oma_lumme, due=oma_lumme.portal.clock().date() + timedelta(days=4))
    show(oma_lumme, invoice)
    await start(hass, oma_lumme.entry(hass))
    await oma_lumme.stop()
    for _ in range(24 * 6):
        await pass_time(hass, freezer, hours=1)
    assert told == [("due_soon", invoice.number)]


async def test_benefits(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A new benefit is told, and that one was used; what was there before is no news."""
    found: list[tuple[str, str]] = []

    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == "event.supplier_demo_customer_benefit" and state:
            happened = (state.attributes.get("event_type"), state.attributes.get("title"))
            if happened[0] and happened not in found:
                found.append(happened)

    hass.bus.async_listen("state_changed", note)
    entry = await start(hass, oma_lumme.entry(hass))
    assert found == []
    await call(hass, "redeem_benefit", benefit="LT-1", confirm=True)
    await settled(hass)
    assert found == [("redeemed", "Saunatuoksu kaupan päälle")]
    new = Benefit(benefit_id="LT-9", title="Järvikartta")
    oma_lumme.revise(lambda customer: replace(customer, benefits=(*customer.benefits, new)))
    await pass_time(hass, freezer, hours=25)
    assert found[1:] == [("offered", "Järvikartta")]
    await restart(hass, entry)
    assert len(found) == 2


async def test_benefits_go(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """When the portal has no benefits any more, nothing can happen to them."""
    await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(
        FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/customerBenefits", method="GET"
    )
    for _ in range(4):
        await pass_time(hass, freezer, days=1)
    assert hass.states.get("event.supplier_demo_customer_benefit").state == "unavailable"


async def test_changes(hass: HomeAssistant, my_luminus: Demo) -> None:
    """How a change ended is told; that we refuse one ourselves is told to whoever asked."""
    await start(hass, my_luminus.entry(hass, 1))
    change = "event.supplier_demo_change_at_the_supplier"
    assert hass.states.get(change).state == "unknown"
    await call(hass, "set_delivery", delivery="post", confirm=True)
    attributes = hass.states.get(change).attributes
    assert (attributes["event_type"], attributes["change"]) == ("accepted", "delivery")
    assert attributes["refusal"] is None
    my_luminus.portal.faults.add(FaultKind.MISSING, path="/myluminus/api/budget", method="POST")
    with pytest.raises(HomeAssistantError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    attributes = hass.states.get(change).attributes
    assert (attributes["event_type"], attributes["change"]) == ("refused", "deposit")
    assert attributes["refusal"] == "not_offered"
