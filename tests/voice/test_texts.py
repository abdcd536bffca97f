"""Tests that what is said is what can be said."""

import json
from pathlib import Path
import re

import custom_components.lumme_energy
from custom_components.lumme_energy.voice.questions import SUBJECTS

INTEGRATION = Path(custom_components.lumme_energy.__file__).parent
COMMON = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))["common"]
# Keys that are put together of what a portal tells.
TOLD = {
    *(f"contract_{kind}" for kind in ("fixed", "variable", "spot")),
    *(f"deposit_{frequency}" for frequency in ("monthly", "bimonthly", "quarterly", "yearly")),
}


def test_every_text_is_said() -> None:
    """No text is left that nobody says, and none is said that there is not."""
    texts = {key.removeprefix("voice_") for key in COMMON if key.startswith("voice_")}
    sources = "".join(path.read_text("utf-8") for path in (INTEGRATION / "voice").rglob("*.py"))
    words = set(re.findall(r'"([a-z_]+)"', sources))
    assert texts - words - TOLD == set()
    said = set(re.findall(r'say\(\s*"([a-z_]+)"', sources))
    assert said <= texts


def test_page_tells_of_everything() -> None:
    """The page names every intent and tool, and entities by the names that the user sees."""
    page = (INTEGRATION.parent.parent / "docs" / "voice.md").read_text("utf-8")
    english = json.loads((INTEGRATION / "translations" / "en.json").read_text("utf-8"))
    names = {
        entity["name"].partition(" {")[0]
        for entities in english["entity"].values()
        for entity in entities.values()
        if "name" in entity
    }
    for subject in SUBJECTS:
        assert f"| `{subject.intent_type}` | `{subject.key}` |" in page
    table = page.partition("| tool | exposed by any of |")[2].partition("\n\n")[0]
    exposed = re.findall(r"^\| `.*` \| (.*) \|$", table, re.MULTILINE)
    written = {name.strip() for row in exposed for name in row.split(",")}
    assert written - names == {"any reading", "a thermostat"}
