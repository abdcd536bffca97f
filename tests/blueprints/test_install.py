"""Tests of the action that installs the blueprints."""

from pathlib import Path

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_mock_service

from custom_components.lumme_energy import blueprints
from custom_components.lumme_energy.const import DOMAIN
from tests.account.actions.common import call

NAMES = sorted(path.name for path in blueprints.SHIPPED.glob("*.yaml"))
MINE = "bill_due.yaml"


@pytest.fixture(autouse=True)
async def _integration(hass: HomeAssistant, folder: Path) -> None:
    """Set the integration up, without any entry."""
    assert await async_setup_component(hass, DOMAIN, {})


def files(folder: Path) -> list[str]:
    """Return the names of the files in a folder; none, if there is no folder."""
    return sorted(path.name for path in folder.glob("*"))


async def outcomes(hass: HomeAssistant, *, overwrite: bool = False) -> dict[str, str]:
    """Install, and return what became of each file."""
    told = await call(hass, "install_blueprints", overwrite=overwrite)
    return {path.removeprefix("lumme-energy/"): outcome for path, outcome in told.items()}


async def test_installs_and_updates(
    hass: HomeAssistant, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is as it was installed follows the versions of the integration."""
    reloads = async_mock_service(hass, "automation", "reload")
    assert await outcomes(hass) == dict.fromkeys(NAMES, "installed")
    assert files(folder) == NAMES
    text = (folder / MINE).read_text()
    assert text.endswith((blueprints.SHIPPED / MINE).read_text())
    assert len(reloads) == 1
    assert await outcomes(hass) == dict.fromkeys(NAMES, "unchanged")
    assert len(reloads) == 1

    next_version = tmp_path / "next"
    next_version.mkdir()
    (next_version / MINE).write_text("blueprint:\n  name: Anew ☂\n", encoding="utf-8")
    monkeypatch.setattr(blueprints, "SHIPPED", next_version)
    assert await outcomes(hass) == {MINE: "updated"}
    assert (folder / MINE).read_text(encoding="utf-8").endswith("name: Anew ☂\n")
    assert len(reloads) == 2


@pytest.mark.parametrize("mine", ["blueprint:\n", "", None])
async def test_keeps_what_is_the_users(hass: HomeAssistant, folder: Path, mine: str | None) -> None:
    """What the user has changed or brought along is replaced only on demand."""
    await outcomes(hass)
    path = folder / MINE
    path.write_text(path.read_text() + "# Mine\n" if mine is None else mine)
    changed = path.read_text()
    assert await outcomes(hass) == {**dict.fromkeys(NAMES, "unchanged"), MINE: "kept"}
    assert path.read_text() == changed
    assert (await outcomes(hass, overwrite=True))[MINE] == "updated"
    assert path.read_text().endswith((blueprints.SHIPPED / MINE).read_text())


async def test_is_used_at_once(hass: HomeAssistant) -> None:
    """An automation can be made from what was installed."""
    await outcomes(hass)
    use = {"path": "lumme-energy/bill_differs.yaml", "input": {"checks": ["sensor.bill_check"]}}
    assert await async_setup_component(hass, "automation", {"automation": {"use_blueprint": use}})
    assert len(hass.states.async_entity_ids("automation")) == 1


async def test_only_administrators(hass: HomeAssistant, folder: Path) -> None:
    """Others may not change the configuration."""
    user = MockUser(is_owner=False).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await call(hass, "install_blueprints", Context(user_id=user.id))
    assert files(folder) == []


async def test_a_folder_that_cannot_be_written(hass: HomeAssistant, folder: Path) -> None:
    """The user is told what is wrong."""
    folder.parent.parent.write_text("in the way")
    with pytest.raises(HomeAssistantError) as failure:
        await call(hass, "install_blueprints")
    assert failure.value.translation_key == "blueprints_not_written"
