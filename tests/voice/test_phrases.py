"""Tests of the sentences: enough of them, each for one thing, and none of somebody else's."""

import pytest

from custom_components.lumme_energy.voice.languages import LANGUAGES, language, spoken
from custom_components.lumme_energy.voice.questions import SUBJECTS

from .wordings import built_in, count, heard, wordings

KEYS = {each.key for each in SUBJECTS}
AFTER_A_QUESTION = {"yes", "no"}


@pytest.mark.parametrize("code", LANGUAGES)
def test_there_are_enough(code: str) -> None:
    """Every question and wish can be said in at least fifteen ways, all that is optional left out."""
    phrases = language(code).phrases
    assert phrases.keys() == KEYS | AFTER_A_QUESTION
    few = {key for key in KEYS if sum(map(count, phrases[key])) < 15}
    assert not few


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_is_heard_as_itself(code: str) -> None:
    """Whatever is said has one meaning, with all languages listening at once."""
    found = {
        text: keys
        for key, templates in language(code).phrases.items()
        for template in templates
        for text in wordings(template, code)
        if (keys := heard(text)) != {key}
    }
    assert not found


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_home_assistant_knows_is_left_to_it(code: str) -> None:
    """No sentence that Home Assistant has itself is caught, but a no to a question of ours."""
    caught = {text for text in set(built_in(code)) if heard(text, (code,)) - {"no"}}
    assert not caught


@pytest.mark.parametrize(
    "text",
    [
        "turn off the lights",
        "turn down the heating in the bedroom",
        "how warm is it in the kitchen",
        "what is the temperature in the living room",
        "sammuta valot",
        "kuinka lämmin keittiössä on",
        "släck lampan i köket",
        "doe het licht uit in de keuken",
        "éteins la lumière dans le salon",
        "wie warm ist es im Schlafzimmer",
        "remind me to pay the water bill",
    ],
)
def test_other_wishes_are_left_alone(text: str) -> None:
    """What is not about energy or the cottage is for others."""
    assert heard(text) == set()


@pytest.mark.parametrize(
    ("asked", "code"),
    [("fi", "fi"), ("nl-BE", "nl"), ("fr_BE", "fr"), ("en-GB", "en"), ("es", "en"), (None, "en")],
)
def test_spoken(asked: str | None, code: str) -> None:
    """A country's form of a language is that language; foreigners hear English."""
    assert spoken(asked) == code
