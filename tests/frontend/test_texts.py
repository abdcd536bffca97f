"""The module says the same in every language, and asks for nothing that is not there."""

import json
import re
import string

import pytest

from custom_components.lumme_energy.frontend import MODULE

SOURCE = MODULE.read_text()
TRANSLATIONS = MODULE.parent.parent / "translations"
ENGLISH = json.loads((TRANSLATIONS / "en.json").read_text())
LANGUAGES = {path.stem for path in TRANSLATIONS.glob("*.json")}
# Words that are the same in another language.
SAME_AS_ENGLISH = {"nl": {"Meters", "Bridges"}, "de": {"Bridges"}}


def texts() -> dict[str, dict[str, str]]:
    """Return what the module says, by language and key."""
    table = SOURCE.partition("const TEXTS = {\n")[2].partition("\n};")[0]
    by_language = re.findall(r"^  (\w+): \{\n(.*?)^  \},?$", table, re.MULTILINE | re.DOTALL)
    return {
        language: dict(re.findall(r'^    (\w+):\s+"(.*)",$', body, re.MULTILINE))
        for language, body in by_language
    }


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_says_the_same(language: str) -> None:
    english, own = texts()["en"], texts()[language]
    assert len(english) > 20
    assert own.keys() == english.keys()
    for key, text in own.items():
        assert text.strip()
        assert placeholders(text) == placeholders(english[key])
        if language != "en":
            assert text != english[key] or text in SAME_AS_ENGLISH.get(language, ())


def test_every_text_is_said_and_none_is_missing() -> None:
    said = set(re.findall(r"texts\.(\w+)", SOURCE))
    said |= set(re.findall(r"textsOf\(.*\)\.(\w+)", SOURCE))
    assert said == texts()["en"].keys()


def test_every_entity_it_looks_for_exists() -> None:
    entities = ENGLISH["entity"]
    asked = set(re.findall(rf'"({"|".join(entities)})\.(\w+)"', SOURCE))
    asked.remove(("button", "press"))  # an action
    assert len(asked) > 40
    for domain, key in asked:
        named = entities[domain]
        assert key in named or any(each.startswith(key) for each in named), f"{domain}.{key}"


def test_it_asks_nobody_else() -> None:
    """No library, no font, no picture from elsewhere: what is served is all there is."""
    assert "import " not in re.sub(r"/\*.*?\*/", "", SOURCE, flags=re.DOTALL)
    addresses = re.findall(r"https?://[^\s\"']+", SOURCE)
    assert all(each.startswith("https://github.com/lumme-energy/") for each in addresses)
