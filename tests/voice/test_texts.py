"""Tests that what is said is what can be said."""

import json
from pathlib import Path
import re

import custom_components.lumme_energy

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
