"""Tests of the action that takes bills over from files."""

from dataclasses import replace
from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.lumme_energy.account.feeds import Feed, Task, missing, with_files
from tests.billing.einvoice import samples

from ..common import Demo, next_bill, pass_time, restart, settled, start
from ..imports import allowed, files_entry, found
from .common import call


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path, _near: None) -> Path:
    """Return a folder that may be read."""
    return allowed(hass, tmp_path)


async def test_import(hass: HomeAssistant, folder: Path) -> None:
    """A bill becomes entities, can be paid, opened as PDF, and is there after a restart."""
    entry = await start(hass, files_entry(hass))
    assert hass.states.get("sensor.voorbeeld_energie_payment_status") is None
    file = folder / "bill.xml"
    file.write_bytes(samples.ubl_electricity())

    looked = await call(hass, "import_invoice", file=str(file), dry_run=True)
    assert (looked["imported"], looked["imported_before"]) == (False, False)
    assert entry.runtime_data.data.statement is None
    answer = await call(hass, "import_invoice", file=str(file))
    await settled(hass)
    assert answer["file"] == "bill.xml"
    assert (answer["imported"], answer["imported_before"]) == (True, False)
    (invoice,) = answer["invoices"]
    assert (invoice["number"], invoice["amount"]) == ("26-EX-000101", 185.53)
    assert (invoice["seller"], invoice["has_document"]) == ("Voorbeeld Energie", True)
    assert not invoice["known"]
    assert answer["payments"] == []

    for _ in range(2):
        state = hass.states.get("sensor.voorbeeld_energie_payment_status")
        assert state is not None
        assert state.state == "payment_due"
        payment = await call(hass, "get_payment")
        assert payment["amount"] == 185.53
        assert payment["epc"] is not None
        document = await call(hass, "get_document")
        assert document["invoice"] == "26-EX-000101"
        await restart(hass, entry)
    assert hass.states.get("binary_sensor.voorbeeld_energie_portal_connection") is None
    assert hass.states.get("sensor.voorbeeld_energie_last_updated") is None
    points = entry.runtime_data.data.supply_points
    assert [point.gsrn for point in points or ()] == [samples.EAN]

    again = await call(hass, "import_invoice", file=str(file))
    assert (again["imported"], again["imported_before"]) == (False, True)
    assert again["invoices"][0]["known"]
    assert len(found(folder, "**/*.pdf")) == 1
    assert file.exists()


async def test_beside_a_portal(hass: HomeAssistant, folder: Path, my_luminus: Demo) -> None:
    """A file fills gaps of what the portal tells, over polls and restarts; the portal wins."""
    entry = await start(hass, my_luminus.entry(hass))
    coordinator = entry.runtime_data
    bill = next_bill(my_luminus)
    file = folder / "bill.xml"
    file.write_bytes(samples.ubl_electricity(number=bill.number))
    (folder / "old.xml").write_bytes(samples.ubl_credit_note())
    before = len(my_luminus.customer.statement.invoices)
    await call(hass, "import_invoice", file=str(file))
    await call(hass, "import_invoice", file=str(folder / "old.xml"))
    await coordinator.async_reread("statement")
    await restart(hass, entry)

    answer = await call(hass, "list_invoices")
    assert len(answer["invoices"]) == before + 1
    found = {each["number"]: each for each in answer["invoices"]}
    assert found[bill.number]["amount"] == float(bill.amount)
    assert found[bill.number]["status"] == bill.status
    assert found["26-EX-000103"]["status"] == "credit_note"
    points = {point.gsrn for point in entry.runtime_data.data.supply_points or ()}
    assert points == {point.gsrn for point in my_luminus.customer.supply_points}


async def test_a_portal_without_bills(hass: HomeAssistant, folder: Path, oma_lumme: Demo) -> None:
    """Where the portal has no statement, files are the statement."""
    entry = await start(hass, oma_lumme.entry(hass))
    coordinator = entry.runtime_data
    file = folder / "lasku.xml"
    file.write_bytes(samples.finvoice_electricity())
    await call(hass, "import_invoice", file=str(file))
    data = replace(coordinator.data, fetched={})
    lost = missing(Task(feed=Feed.STATEMENT), data, coordinator.store.data.fetched["statement"])
    alone = with_files(lost, coordinator.today, has_portal=True).statement
    assert alone is not None
    assert [invoice.number for invoice in alone.invoices] == ["26101681"]


async def test_media(hass: HomeAssistant, folder: Path) -> None:
    """A file of the media folder can be named as media."""
    assert await async_setup_component(hass, "media_source", {})
    await start(hass, files_entry(hass, "files_fi"))
    (folder / "lasku.xml").write_bytes(samples.finvoice_electricity())
    media = "media-source://media_source/local/lasku.xml"
    answer = await call(hass, "import_invoice", media_content_id=media)
    assert answer["invoices"][0]["number"] == "26101681"
    for nowhere in ("media-source://media_source/local/no.xml", "nonsense", "media-source://x/y"):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "import_invoice", media_content_id=nowhere)
        assert caught.value.translation_key == "import_not_found"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "import_unknown_format"),
        (b"Date;Amount\n", "import_empty"),
        (b"<Invoice", "import_not_readable"),
        (b"<!DOCTYPE x []><x/>", "import_forbidden"),
        (b"x" * (5 * 1024 * 1024 + 1), "import_too_large"),
        (b"<x>" + b"<a>" * 50, "import_too_complex"),
        (samples.ubl_electricity().replace(b">75.00<", b">7.50<"), "import_sum_mismatch"),
        (samples.ubl_electricity().replace(b">75.00<", b">NaN<"), "import_invalid"),
        (samples.ubl_electricity(number=""), "import_missing"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_refused(hass: HomeAssistant, folder: Path, content: bytes, key: str) -> None:
    """What cannot be read is told in words, which exist, and nothing of it is kept."""
    entry = await start(hass, files_entry(hass))
    file = folder / "bill.xml"
    file.write_bytes(content)
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "import_invoice", file=str(file))
    assert caught.value.translation_key == key
    assert caught.value.translation_placeholders is not None
    assert caught.value.translation_placeholders["file"] == "bill.xml"
    assert "bill.xml" in str(caught.value)
    assert not entry.runtime_data.data.imported.files


async def test_not_allowed(hass: HomeAssistant, folder: Path, tmp_path: Path) -> None:
    """A file elsewhere is not read, not through a link either; one that is not there neither."""
    await start(hass, files_entry(hass))
    outside = tmp_path / "bill.xml"
    outside.write_bytes(samples.ubl_electricity())
    link = folder / "link.xml"
    link.symlink_to(outside)
    for path, key in (
        (outside, "import_not_allowed"),
        (link, "import_not_allowed"),
        (folder / ".." / "bill.xml", "import_not_allowed"),
        (folder / "none.xml", "import_not_found"),
        (folder, "import_not_found"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await call(hass, "import_invoice", file=str(path))
        assert caught.value.translation_key == key, path
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "import_invoice")
    assert caught.value.translation_key == "import_which"


async def test_full_disk(hass: HomeAssistant, folder: Path) -> None:
    """A bill whose PDF cannot be kept is not imported by halves."""
    entry = await start(hass, files_entry(hass))
    file = folder / "bill.xml"
    file.write_bytes(samples.ubl_electricity())
    (folder / "lumme_energy").write_text("a file where a folder should be")
    with pytest.raises(ServiceValidationError) as caught:
        await call(hass, "import_invoice", file=str(file))
    assert caught.value.translation_key == "import_not_kept"
    assert not entry.runtime_data.data.imported.files


async def test_statement(hass: HomeAssistant, folder: Path) -> None:
    """A statement tells what was paid."""
    await start(hass, files_entry(hass))
    bill, table = folder / "bill.xml", folder / "statement.csv"
    bill.write_bytes(samples.ubl_electricity())
    table.write_text("Datum;Factuurnummer;Bedrag\n23/11/2026;26-EX-000101;185,53\n")
    await call(hass, "import_invoice", file=str(bill))
    answer = await call(hass, "import_invoice", file=str(table))
    assert answer["payments"][0]["amount"] == 185.53
    (invoice,) = (await call(hass, "list_invoices"))["invoices"]
    assert invoice["status"] == "paid"
    assert len(invoice["payments"]) == 1


async def test_what_we_export(hass: HomeAssistant, folder: Path) -> None:
    """A statement that one account hands out is read by another."""
    first = await start(hass, files_entry(hass))
    second = await start(hass, files_entry(hass, "files_fi"))
    bill, table = folder / "bill.xml", folder / "statement.csv"
    bill.write_bytes(samples.ubl_electricity())
    table.write_text("Datum;Factuurnummer;Bedrag\n23/11/2026;26-EX-000101;85,53\n")
    for file in (bill, table):
        await call(hass, "import_invoice", config_entry_id=first.entry_id, file=str(file))
    await call(hass, "export_statement", config_entry_id=first.entry_id, format="xlsx")
    (path,) = found(folder, "**/*.xlsx")
    answer = await call(hass, "import_invoice", config_entry_id=second.entry_id, file=str(path))
    (invoice,) = answer["invoices"]
    assert (invoice["number"], invoice["amount"]) == ("26-EX-000101", 185.53)
    assert (invoice["status"], invoice["open_amount"]) == ("partly_paid", 100.0)
    assert invoice["gsrns"] == [samples.EAN]
    assert [payment["amount"] for payment in answer["payments"]] == [85.53]


async def test_what_became_of_it(
    hass: HomeAssistant, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """A bill that was due is not said to be paid, nor to be owed, until something tells."""
    await start(hass, files_entry(hass))
    bill, table = folder / "bill.xml", folder / "statement.csv"
    bill.write_bytes(samples.ubl_electricity())
    table.write_text("Datum;Factuurnummer;Bedrag\n4/12/2026;26-EX-000101;185,53\n")
    await call(hass, "import_invoice", file=str(bill))
    for file, status, still_open, overdue in (
        (None, "payment_due", "185.53", "off"),
        (bill, "unknown", "unknown", "unknown"),
        (table, "nothing_due", "0.00", "off"),
    ):
        if file is not None:
            await pass_time(hass, freezer, days=15)
            await call(hass, "import_invoice", file=str(file))
        await settled(hass)
        for entity_id, value in (
            ("sensor.voorbeeld_energie_payment_status", status),
            ("sensor.voorbeeld_energie_to_be_paid", still_open),
            ("binary_sensor.voorbeeld_energie_invoice_overdue", overdue),
        ):
            state = hass.states.get(entity_id)
            assert state is not None
            assert state.state == value
