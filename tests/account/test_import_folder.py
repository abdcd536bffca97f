"""Tests of the folder into which bills are put, on a real disk."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.lumme_energy.account import import_folder
from custom_components.lumme_energy.const import DOMAIN
from tests.billing.einvoice import samples

from .common import pass_time, restart, start
from .imports import allowed, files_entry, found, moved


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path, _near: None) -> Path:
    """Return a folder that may be read."""
    folder = allowed(hass, tmp_path) / "bills"
    folder.mkdir()
    return folder


async def test_a_bill_is_put_there(
    hass: HomeAssistant, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """A bill is read once it is written, once only, and left where it is."""
    (folder / "first.xml").write_bytes(samples.ubl_electricity())
    (folder / "notes.txt").write_text("no bill")
    (folder / "old.xml").mkdir()
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))

    def numbers() -> set[str]:
        return {invoice.number for invoice in entry.runtime_data.data.imported.invoices}

    assert numbers() == set()
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert numbers() == {"26-EX-000101"}
    (folder / "second.XML").write_bytes(samples.ubl_settlement())
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert numbers() == {"26-EX-000101"}
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert numbers() == {"26-EX-000101", "26-EX-000102"}
    data = entry.runtime_data.data
    (folder / "copy.xml").write_bytes(samples.ubl_electricity())
    await restart(hass, entry)
    for _ in range(3):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    assert entry.runtime_data.data.imported == data.imported
    assert [path.name for path in found(folder, "*")] == [
        "copy.xml",
        "first.xml",
        "notes.txt",
        "old.xml",
        "second.XML",
    ]
    assert not ir.async_get(hass).issues


async def test_a_file_that_grows(
    hass: HomeAssistant, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """A file that is still being written is not read, so that nothing is told about it."""
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))
    data = samples.ubl_electricity()
    for part in (100, 1000, len(data)):
        (folder / "bill.xml").write_bytes(data[:part])
        await pass_time(hass, freezer, minutes=2, seconds=1)
        assert not ir.async_get(hass).issues
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert len(entry.runtime_data.data.imported.invoices) == 1


async def test_a_bad_file(
    hass: HomeAssistant, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """A bad file is told by its name alone, as long as it is there and bad."""
    bad, other = folder / "b`ad.xml", folder / "other.csv"
    bad.write_bytes(b"<!DOCTYPE x []><x/>")
    other.write_bytes(b"nothing")
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))
    issue_id = f"import_failed_{entry.entry_id}"
    await pass_time(hass, freezer, minutes=2, seconds=1)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {
        "title": "Voorbeeld Energie",
        "files": "- `b ad.xml`\n- `other.csv`",
    }
    bad.write_bytes(samples.ubl_electricity())
    for _ in range(2):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["files"] == "- `other.csv`"
    other.unlink()
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
    assert len(entry.runtime_data.data.imported.invoices) == 1


async def test_no_harm(
    hass: HomeAssistant, folder: Path, tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    """Links are not followed; a folder that is away or not allowed any more is empty."""
    outside = tmp_path / "bill.xml"
    outside.write_bytes(samples.ubl_electricity())
    (folder / "link.xml").symlink_to(outside)
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))
    for _ in range(3):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    assert not entry.runtime_data.data.imported.files
    moved(outside, folder / "bill.xml")
    hass.config.allowlist_external_dirs = set()
    for _ in range(3):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    hass.config.allowlist_external_dirs = {str(folder.parent)}
    away = moved(folder, tmp_path / "away")
    for _ in range(3):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    assert not entry.runtime_data.data.imported.files
    moved(away, folder)
    for _ in range(2):
        await pass_time(hass, freezer, minutes=2, seconds=1)
    assert entry.runtime_data.data.imported.files


async def test_many_files(
    hass: HomeAssistant,
    folder: Path,
    freezer: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A folder with more files than a household gets in a life is not read to its end."""
    monkeypatch.setattr(import_folder, "MOST_FILES", 2)
    for number in range(3):
        (folder / f"{number}.xml").write_bytes(samples.ubl_electricity(number=f"N{number}"))
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert {each.number for each in entry.runtime_data.data.imported.invoices} == {"N0", "N1"}


async def test_a_full_disk(
    hass: HomeAssistant, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """A bill whose PDF cannot be kept is told like a bad one."""
    (folder / "bill.xml").write_bytes(samples.ubl_electricity())
    (folder.parent / "lumme_energy").write_text("a file where a folder should be")
    entry = await start(hass, files_entry(hass, import_folder=str(folder)))
    await pass_time(hass, freezer, minutes=2, seconds=1)
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"import_failed_{entry.entry_id}")
    assert not entry.runtime_data.data.imported.files
