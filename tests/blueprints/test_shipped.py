"""Every blueprint is one, is found where it says, and is told about."""

from pathlib import Path
from urllib.parse import quote

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.util.yaml import load_yaml
import pytest

from custom_components.lumme_energy.blueprints import SHIPPED

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/lumme-energy/lumme-energy/blob/main"


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_is_a_blueprint(path: Path) -> None:
    """Home Assistant can load it, it is found where it says, and a page has its import link."""
    blueprint = Blueprint(
        load_yaml(path),
        path=str(path),
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    source = f"{REPOSITORY}/{path.relative_to(ROOT)}"
    assert blueprint.metadata["source_url"] == source
    link = (
        "https://my.home-assistant.io/redirect/blueprint_import/"
        f"?blueprint_url={quote(source, safe='')}"
    )
    assert any(link in page.read_text() for page in (ROOT / "docs").glob("*.md"))
