"""What people say, made of the templates of sentences."""

from collections.abc import Iterator, Mapping
from functools import cache
import json
from math import prod
from pathlib import Path

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import Intents, WildcardSlotList
from hassil.parse_expression import parse_sentence
from hassil.recognize import recognize_all
import home_assistant_intents

from custom_components.lumme_energy.voice.languages import LANGUAGES, language

SENTENCES = Path(home_assistant_intents.__file__).parent / "data"
# What is said where a template has free words.
PLACE = "Rantatie"
WHEN = {
    "en": "friday at six",
    "fi": "perjantaiksi kuudeksi",
    "sv": "fredag klockan sex",
    "nl": "vrijdag om zes uur",
    "fr": "vendredi à six heures",
    "de": "Freitag um sechs",
}


def count(template: str) -> int:
    """Return how many wordings a template has, without all that can be left out."""
    return _count(parse_sentence(template).expression)


def _count(expression: Expression) -> int:
    if isinstance(expression, Alternative):
        return 1 if expression.is_optional else sum(map(_count, expression.items))
    return prod(map(_count, expression.items)) if isinstance(expression, Group) else 1


def wordings(template: str, code: str) -> Iterator[str]:
    """Yield wordings in which every word of a template is said at least once."""
    expression = parse_sentence(template).expression
    slots = {"place": PLACE, "when": WHEN[code]}
    for turn in range(_longest(expression)):
        yield _tidy(_said(expression, turn, slots, {}))


def built_in(code: str) -> Iterator[str]:
    """Yield a wording of each sentence that Home Assistant knows by itself."""
    data = json.loads((SENTENCES / f"{code}.json").read_text(encoding="utf-8"))
    intents = Intents.from_dict(data)
    for intent in intents.intents.values():
        for block in intent.data:
            rules = {**intents.expansion_rules, **(block.expansion_rules or {})}
            for sentence in block.sentences:
                yield _tidy(_said(sentence.expression, 0, {}, rules))


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _longest(expression: Expression) -> int:
    """Return the most choices that there are at one place."""
    if not isinstance(expression, Group):
        return 1
    longest = max(map(_longest, expression.items), default=1)
    return max(longest, len(expression.items)) if isinstance(expression, Alternative) else longest


def _said(
    expression: Expression, turn: int, slots: Mapping[str, str], rules: Mapping[str, Sentence]
) -> str:
    """Return one wording; each turn says other words. What has no slot's words is a kitchen's."""
    match expression:
        case ListReference(list_name=name):
            return slots.get(name, "kitchen")
        case RuleReference(rule_name=name):
            return _said(rules[name].expression, turn, slots, rules)
        case TextChunk(original_text=text):
            return text
        case Alternative(items=items):
            return _said(items[turn % len(items)], turn // len(items), slots, rules)
        case Group(items=items):
            return "".join(_said(each, turn, slots, rules) for each in items)
    raise AssertionError(expression)


@cache
def sentences(codes: tuple[str, ...]) -> Intents:
    """Return all sentences of some languages together, as Home Assistant hears them."""
    keys = language(codes[0]).phrases
    intents = Intents.from_dict(
        {
            "language": "en",
            "intents": {
                key: {
                    "data": [
                        {
                            "sentences": [
                                each for code in codes for each in language(code).phrases[key]
                            ]
                        }
                    ]
                }
                for key in keys
            },
        }
    )
    for slot in ("place", "when"):
        intents.slot_lists[slot] = WildcardSlotList(slot)
    return intents


def heard(text: str, codes: tuple[str, ...] = LANGUAGES) -> set[str]:
    """Return the keys of what a sentence is taken for."""
    return {result.intent.name for result in recognize_all(text, sentences(codes))}
