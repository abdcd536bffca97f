"""Tests of the archive: what is fetched when, and what a portal or a disk in trouble does."""

from dataclasses import replace
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.archiving import RESERVE
from custom_components.lumme_energy.const import CONF_ARCHIVE, DOMAIN
from custom_components.lumme_energy.portal.model import Invoice, InvoiceStatus
from custom_components.lumme_energy.portal.politeness import MAX_REQUESTS_PER_DAY
from demo.documents import invoice_document
from demo.faults import FaultKind

from .common import Demo, bills, pass_time, restart, settled, start

TO_ARCHIVE = "sensor.supplier_demo_documents_to_archive"
DOCUMENT = "/FA-OmaLumme-Prod/v1/invoiceDocument"


def archived(hass: HomeAssistant, kind: str = "pdf") -> list[Path]:
    """Return the files in the media folder, oldest first."""
    return sorted(Path(hass.config.media_dirs["local"]).rglob(f"*.{kind}"))


def asked(demo: Demo) -> int:
    """Return how many documents the portal was asked for."""
    return sum(n for path, n in demo.portal.requests.paths.items() if "ocument" in path)


def some(demo: Demo, count: int) -> tuple[Invoice, ...]:
    """Let the customer have only so many bills, and return them, oldest first."""
    invoices = demo.customer.statement.invoices[:count]
    bills(demo, *invoices)
    return invoices[::-1]


async def begin(hass: HomeAssistant, demo: Demo) -> MockConfigEntry:
    """Set an account up whose invoices are archived."""
    entry = demo.entry(hass)
    hass.config_entries.async_update_entry(entry, options={CONF_ARCHIVE: True})
    return await start(hass, entry)


def remaining(hass: HomeAssistant) -> int:
    """Return what the sensor tells."""
    return int(hass.states.get(TO_ARCHIVE).state)


async def test_off(hass: HomeAssistant, entity_registry: er.EntityRegistry, demo: Demo) -> None:
    """Nobody has an archive who does not want one."""
    await start(hass, demo.entry(hass))
    assert archived(hass) == archived(hass, "json") == []
    assert asked(demo) == 0
    assert entity_registry.async_get(TO_ARCHIVE) is None


async def test_a_few_at_a_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """The oldest come first, a few after each poll, until all are there; data come at once."""
    told = some(oma_lumme, 5)
    await begin(hass, oma_lumme)
    assert len(archived(hass, "json")) == 5
    for count in (2, 4, 5, 5):
        assert len(archived(hass)) == asked(oma_lumme) == count
        assert remaining(hass) == 5 - count
        await pass_time(hass, freezer, hours=9)
    for path, invoice in zip(archived(hass), told, strict=True):
        assert path.read_bytes() == invoice_document(oma_lumme.customer, invoice)
        assert path.parent.name == str(invoice.issued.year)


async def test_the_whole_household(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """In a day a portal is never asked for more than was promised, and polls go on."""
    entry = await begin(hass, oma_lumme)
    for _ in range(8):
        before = oma_lumme.calls() + asked(oma_lumme)
        for _ in range(3):
            await pass_time(hass, freezer, hours=8)
        assert oma_lumme.calls() + asked(oma_lumme) - before <= MAX_REQUESTS_PER_DAY
        assert entry.runtime_data.last_update_success
    assert len(archived(hass)) == asked(oma_lumme) >= 8 * 3


async def test_no_budget_left(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """The polls' share of the day is not touched."""
    some(oma_lumme, 5)
    entry = await start(hass, oma_lumme.entry(hass))
    politeness = entry.runtime_data.portal.session.politeness
    while politeness.requests_left > RESERVE + 1:
        await politeness.before_request()
    hass.config_entries.async_update_entry(entry, options={CONF_ARCHIVE: True})
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert asked(oma_lumme) <= 1


async def test_over_a_restart(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """What is there is not fetched again."""
    some(oma_lumme, 2)
    entry = await begin(hass, oma_lumme)
    assert asked(oma_lumme) == 2
    await restart(hass, entry)
    await pass_time(hass, freezer, hours=9)
    assert asked(oma_lumme) == 2
    assert remaining(hass) == 0


async def test_what_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A bill that is paid is kept as it was and as it is, without another request for its PDF."""
    (invoice,) = some(oma_lumme, 1)
    await begin(hass, oma_lumme)
    bills(oma_lumme, replace(invoice, status=InvoiceStatus.PAID))
    await pass_time(hass, freezer, hours=9)
    assert len(archived(hass, "json")) == 2
    assert len(archived(hass)) == asked(oma_lumme) == 1


async def test_after_it_left_the_portal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """What the portal has forgotten is still there."""
    old, new = some(oma_lumme, 2)
    entry = await begin(hass, oma_lumme)
    bills(oma_lumme, new)
    await pass_time(hass, freezer, hours=9)
    documents = entry.runtime_data.documents
    assert [each.number for each in documents.invoices().values()] == [new.number, old.number]
    assert remaining(hass) == 0


async def test_one_that_is_not_handed_out(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """It does not stand in the way of the others, and is asked for again a week later."""
    told = some(oma_lumme, 4)
    entry = await begin(hass, oma_lumme)
    path = f"{DOCUMENT}/{oma_lumme.customer.account.account_id}/{told[2].document_id}"
    oma_lumme.portal.faults.add(FaultKind.MISSING, path=path)
    await pass_time(hass, freezer, hours=9)
    assert (len(archived(hass)), asked(oma_lumme)) == (3, 4)
    await pass_time(hass, freezer, hours=9)
    assert asked(oma_lumme) == 4
    oma_lumme.portal.faults.clear()
    await pass_time(hass, freezer, days=7)
    assert len(archived(hass)) == 4
    assert entry.runtime_data.last_update_success


async def test_a_portal_without_documents(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """It is asked once, and again in a week: the call is unconfirmed."""
    oma_lumme.portal.faults.add(FaultKind.HTML, path=DOCUMENT)
    await begin(hass, oma_lumme)
    for _ in range(6):
        await pass_time(hass, freezer, hours=9)
    assert asked(oma_lumme) == 1
    await pass_time(hass, freezer, days=7)
    assert asked(oma_lumme) == 2
    assert archived(hass) == []
    assert archived(hass, "json")


async def test_a_portal_in_trouble(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """It is left alone, and the next poll goes on."""
    some(oma_lumme, 2)
    oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR, path=DOCUMENT)
    await begin(hass, oma_lumme)
    assert remaining(hass) == 2
    oma_lumme.portal.faults.clear()
    await pass_time(hass, freezer, hours=9)
    assert remaining(hass) == 0


async def test_a_folder_that_cannot_be_written(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
    oma_lumme: Demo,
) -> None:
    """A repair tells so while it is true, and everything else goes on."""
    some(oma_lumme, 1)
    media = Path(hass.config.media_dirs["local"])
    media.write_text("a file where the folder should be")  # noqa: ASYNC240
    entry = await begin(hass, oma_lumme)
    issue_id = f"archive_failed_{entry.entry_id}"
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"title": entry.title}
    assert remaining(hass) == 1
    media.unlink()  # noqa: ASYNC240
    await pass_time(hass, freezer, hours=9)
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    assert len(archived(hass)) == 1


async def test_switched_off_again(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, oma_lumme: Demo
) -> None:
    """Without an archive its trouble is over, and what is in it stays."""
    media = Path(hass.config.media_dirs["local"])
    media.write_text("a file")  # noqa: ASYNC240
    entry = await begin(hass, oma_lumme)
    hass.config_entries.async_update_entry(entry, options={CONF_ARCHIVE: False})
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert not issue_registry.issues


async def test_the_account_goes(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry, oma_lumme: Demo
) -> None:
    """The archive is the user's; who adds the account again finds it."""
    some(oma_lumme, 1)
    entry = await begin(hass, oma_lumme)
    await hass.config_entries.async_remove(entry.entry_id)
    assert len(archived(hass)) == 1
    assert not issue_registry.issues
    assert str(oma_lumme.customer.account.account_id) not in archived(hass)[0].parts[-3]
    entry = await start(hass, oma_lumme.entry(hass))
    assert len(entry.runtime_data.documents.archive.invoices) == 1


@pytest.mark.parametrize("kind", [FaultKind.EXPIRED_SESSION])
async def test_a_lost_session(hass: HomeAssistant, my_luminus: Demo, kind: FaultKind) -> None:
    """The portal of several customers hands out each its own, over a new log-in too."""
    told = some(my_luminus, 2)
    my_luminus.portal.faults.add(kind, times=1, path="/myluminus/api/invoice-document")
    await begin(hass, my_luminus)
    assert [path.read_bytes() for path in archived(hass)] == [
        invoice_document(my_luminus.customer, invoice)
        for invoice in sorted(told, key=lambda each: each.issued)
    ]
