"""Tests of opening documents: through Home Assistant's own HTTP server, from the demo portals."""

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.account.coordinator import AccountCoordinator
from custom_components.lumme_energy.account.document_view import URL
from custom_components.lumme_energy.account.documents import MOST_HELD, Document
from custom_components.lumme_energy.billing.documents.names import token
from custom_components.lumme_energy.const import CONF_ARCHIVE, DOMAIN
from custom_components.lumme_energy.portal.errors import PortalUnexpectedAnswerError
from demo.documents import invoice_document
from demo.faults import FaultKind

from .common import Demo, start
from .test_archiving import asked, begin, some

DOCUMENT = "/FA-OmaLumme-Prod/v1/invoiceDocument"


def address(entry: MockConfigEntry, key: str) -> str:
    """Return a document's address, which is not signed."""
    return URL.format(entry_id=entry.entry_id, key=key)


def coordinator_of(entry: MockConfigEntry) -> AccountCoordinator:
    """Return a loaded account."""
    coordinator: AccountCoordinator = entry.runtime_data
    return coordinator


async def test_open(hass: HomeAssistant, hass_client: ClientSessionGenerator, demo: Demo) -> None:
    """Who is logged in gets the supplier's PDF, to be shown and not to be kept by anybody."""
    entry = await start(hass, demo.entry(hass))
    invoice = demo.customer.statement.invoices[0]
    client = await hass_client()
    response = await client.get(address(entry, token(invoice.number)))
    assert response.status == HTTPStatus.OK
    assert response.content_type == "application/pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("inline; filename=")
    assert await response.read() == invoice_document(demo.customer, invoice)


async def test_nobody_else(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """Who is not logged in gets nothing, and the portal does not hear of it."""
    entry = await start(hass, oma_lumme.entry(hass))
    client = await hass_client_no_auth()
    number = oma_lumme.customer.statement.invoices[0].number
    response = await client.get(address(entry, token(number)))
    assert response.status == HTTPStatus.UNAUTHORIZED
    assert asked(oma_lumme) == 0


async def test_many_at_once(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """Readers that ask for the same, together or one after the other, cost one request."""
    entry = await start(hass, oma_lumme.entry(hass))
    client = await hass_client()
    where = address(entry, token(oma_lumme.customer.statement.invoices[0].number))
    answers = await asyncio.gather(*(client.get(where) for _ in range(5)))
    assert {each.status for each in answers} == {HTTPStatus.OK}
    assert (await client.get(where)).status == HTTPStatus.OK
    assert asked(oma_lumme) == 1


async def test_only_some_are_held(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Memory does not fill up with what was opened once."""
    documents = coordinator_of(await start(hass, oma_lumme.entry(hass))).documents
    keys = [documents.hold(Document(name="x.pdf", content=b"")) for _ in range(MOST_HELD + 1)]
    assert await documents.async_open(keys[0]) is None
    assert await documents.async_open(keys[1]) is not None


async def test_from_the_archive(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """What is archived needs no portal."""
    (invoice,) = some(oma_lumme, 1)
    entry = await begin(hass, oma_lumme)
    await oma_lumme.stop()
    client = await hass_client()
    response = await client.get(address(entry, token(invoice.number)))
    assert response.status == HTTPStatus.OK
    assert response.content_type == "application/pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert await response.read() == invoice_document(oma_lumme.customer, invoice)
    assert asked(oma_lumme) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (FaultKind.MISSING, "+358 29 1800 056"),
        (FaultKind.HTML, "+358 29 1800 056"),
        (FaultKind.SERVER_ERROR, "cannot be reached at the moment"),
    ],
)
async def test_a_portal_that_does_not_hand_it_out(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    oma_lumme: Demo,
    kind: FaultKind,
    words: str,
) -> None:
    """The page says in words what is the matter, and who can help."""
    entry = await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(kind, path=DOCUMENT)
    number = oma_lumme.customer.statement.invoices[0].number
    response = await (await hass_client()).get(address(entry, token(number)))
    assert response.status == HTTPStatus.BAD_GATEWAY
    message = (await response.json())["message"]
    assert words in message
    assert "OmaLumme" in message
    assert number not in message


async def test_a_changed_password(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """Home Assistant asks for the new one."""
    entry = await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    oma_lumme.portal.faults.add(FaultKind.EXPIRED_SESSION)
    number = oma_lumme.customer.statement.invoices[0].number
    response = await (await hass_client()).get(address(entry, token(number)))
    assert response.status == HTTPStatus.BAD_GATEWAY
    await hass.async_block_till_done()
    assert [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()] == [
        "reauth"
    ]


async def test_what_is_no_pdf(
    hass: HomeAssistant, oma_lumme: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the portal calls it, only a PDF is shown as one."""
    documents = coordinator_of(await start(hass, oma_lumme.entry(hass))).documents
    monkeypatch.setattr("demo.unconfirmed.documents.invoice_document", lambda *_: b"<html>")
    with pytest.raises(PortalUnexpectedAnswerError):
        await documents.async_fetch(oma_lumme.customer.statement.invoices[0])


@pytest.mark.parametrize(
    "key", ["none", "..%2F..%2Fsecrets.yaml", "%2Fetc%2Fpasswd", "2026-11-20_26101681.pdf"]
)
async def test_no_such_document(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, oma_lumme: Demo, key: str
) -> None:
    """What is no token of ours leads nowhere, paths least of all."""
    some(oma_lumme, 1)
    entry = await begin(hass, oma_lumme)
    response = await (await hass_client()).get(address(entry, key))
    assert response.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}


async def test_no_such_account(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """An account that is not there, or not loaded, has no documents."""
    entry = await start(hass, oma_lumme.entry(hass))
    other = MockConfigEntry(domain="sun")
    other.add_to_hass(hass)
    client = await hass_client()
    key = token(oma_lumme.customer.statement.invoices[0].number)
    for entry_id in ("none", other.entry_id):
        response = await client.get(URL.format(entry_id=entry_id, key=key))
        assert response.status == HTTPStatus.NOT_FOUND
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await client.get(address(entry, key))).status == HTTPStatus.NOT_FOUND


async def test_what_the_portal_does_not_show(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Without a statement there is what is archived."""
    some(oma_lumme, 1)
    entry = await begin(hass, oma_lumme)
    coordinator = coordinator_of(entry)
    oma_lumme.portal.faults.add(FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/accountStatement")
    await hass.config_entries.async_unload(entry.entry_id)
    await coordinator.store.async_remove()
    await start(hass, entry)
    coordinator = coordinator_of(entry)
    assert coordinator.data.statement is None
    assert len(coordinator.documents.invoices()) == 1
    assert hass.states.get("sensor.supplier_demo_documents_to_archive").state == "unknown"


async def test_the_users_own_media_folders(
    hass: HomeAssistant, tmp_path: Path, oma_lumme: Demo, issue_registry: ir.IssueRegistry
) -> None:
    """Where the user named other folders, the first of them is taken."""
    hass.config.media_dirs = {"music": str(tmp_path / "music"), "films": str(tmp_path / "films")}
    some(oma_lumme, 1)
    await begin(hass, oma_lumme)
    assert list((tmp_path / "music" / "lumme_energy").rglob("*.pdf"))


async def test_secrets_stay_out_of_the_log(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    oma_lumme: Demo,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither an invoice's number nor the customer's is in the log, whatever goes wrong."""
    entry = oma_lumme.entry(hass)
    hass.config_entries.async_update_entry(entry, options={CONF_ARCHIVE: True})
    oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR, path=DOCUMENT)
    await start(hass, entry)
    number = oma_lumme.customer.statement.invoices[0].number
    await (await hass_client()).get(address(entry, token(number)))
    ours = [each for each in caplog.records if DOMAIN in each.name]
    told: Any = " ".join(each.getMessage() for each in ours)
    assert number not in told
    assert oma_lumme.customer.account.account_id not in told
