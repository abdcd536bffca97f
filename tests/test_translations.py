"""Tests that everything a user sees is translated, in every language alike."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
import string
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest
import yaml

from custom_components.lumme_energy import account
from custom_components.lumme_energy.account import (
    issues,
    link_flow,
    sensor as account_sensor,
)
from custom_components.lumme_energy.account.errors import REFUSALS
from custom_components.lumme_energy.account.readings import repairs
from custom_components.lumme_energy.account.readings.sensor import REGISTERS
from custom_components.lumme_energy.billing.imported import Problem
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.portal.model import (
    Delivery,
    DirectDebit,
    InvoiceStatus,
    Segment,
)
from custom_components.lumme_energy.portal.suppliers import Supplier
from custom_components.lumme_energy.readings.plan import Hold
from custom_components.lumme_energy.readings.plausibility import Rule
from custom_components.lumme_energy.readings.schedule import Rhythm
from custom_components.lumme_energy.services import ACTIONS

from .account.common import Demo, start

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "lumme_energy"
TRANSLATIONS = sorted((INTEGRATION / "translations").glob("*.json"))
ENGLISH = json.loads((INTEGRATION / "translations" / "en.json").read_text())
ICONS = json.loads((INTEGRATION / "icons.json").read_text())
# Texts that Home Assistant itself has for flows that we do not word ourselves.
OF_CORE = {"already_in_progress", "reauth_successful", "reconfigure_successful"}
# What is spoken in Finland and in Belgium, and English.
LANGUAGES = {"de", "en", "fi", "fr", "nl", "sv"}
# Words that are the same in another language, and texts that are nothing but what fills them in.
SAME_AS_ENGLISH = {
    "de": {
        "Boost",
        "Bridge",
        "Bridges",
        "Eco",
        "Host",
        "Modbus TCP",
        "Name",
        "Port",
        "Post",
        "Thermostat",
    },
    "fi": {"Modbus TCP"},
    "fr": {
        "Boost",
        "Cause",
        "E-mail",
        "Minutes",
        "Modbus TCP",
        "Mode",
        "Phases",
        "Port",
        "Possible",
        "Source",
        "Thermostat",
    },
    "nl": {
        "Account",
        "Boost",
        "Bridge",
        "Contract",
        "E-mail",
        "Eco",
        "Frames",
        "Host",
        "Lumme Energia, Finland (OmaLumme)",
        "Meter",
        "Modbus TCP",
        "Open",
        "Post",
        "RTU over TCP",
    },
    "sv": {"Boost", "Lumme Energia, Finland (OmaLumme)", "Modbus TCP", "Port", "Post", "Tariff"},
}
ONLY_FILLED_IN = {"{name}", "{place}", "{product}"}


def leaves(tree: dict[str, Any], *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text with its path."""
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from leaves(value, *path, key)
        else:
            yield (*path, key), value


def placeholders(text: str) -> set[str]:
    """Return the names that a text leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def read(path: Path) -> dict[str, Any]:
    """Return the texts of a language."""
    tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return tree


def links(text: str) -> list[str]:
    """Return where a text's Markdown links lead, in order."""
    return re.findall(r"\]\((.*?)\)", text)


def calls(name: str) -> Iterator[ast.Call]:
    """Yield every call of a function or method in the integration."""
    for path in INTEGRATION.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and name in {
                getattr(node.func, "attr", None),
                getattr(node.func, "id", None),
            }:
                yield node


def argument(call: ast.Call, name: str) -> str | None:
    """Return a literal keyword argument."""
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_languages_are_alike(path: Path) -> None:
    """Every language has the same texts with the same placeholders."""
    texts = dict(leaves(read(path)))
    english = dict(leaves(ENGLISH))
    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert text
        assert text == text.strip(), key
        assert placeholders(text) == placeholders(english[key]), key
        assert links(text) == links(english[key]), key


def test_languages() -> None:
    """What is spoken where the suppliers are is there."""
    assert {path.stem for path in TRANSLATIONS} == LANGUAGES


@pytest.mark.parametrize("language", SAME_AS_ENGLISH)
def test_everything_is_translated(language: str) -> None:
    """Nothing was left in English."""
    path = INTEGRATION / "translations" / f"{language}.json"
    english = dict(leaves(ENGLISH))
    same = {text for key, text in leaves(read(path)) if text == english[key]}
    assert same - ONLY_FILLED_IN == SAME_AS_ENGLISH[language]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_file(path: Path) -> None:
    """A file is written as json.dump writes it, in the order of the English one."""
    text = path.read_text(encoding="utf-8")
    tree = read(path)
    assert text == json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
    assert [key for key, _ in leaves(tree)] == [key for key, _ in leaves(ENGLISH)]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
def test_texts_call_things_by_their_names(path: Path) -> None:
    """A text that names an entity names it as it is called in its own language."""
    tree = read(path)
    name = tree["entity"]["sensor"]["last_updated"]["name"]
    assert f"*{name}*" in tree["issues"]["stale_data"]["description"]


@pytest.mark.parametrize("path", TRANSLATIONS, ids=lambda path: path.stem)
async def test_home_assistant_loads(hass: HomeAssistant, path: Path) -> None:
    """Home Assistant takes every text of every language as it is written."""
    for category, texts in read(path).items():
        loaded = await async_get_translations(hass, path.stem, category, {DOMAIN})
        prefix = f"component.{DOMAIN}.{category}"
        assert loaded == {".".join((prefix, *key)): text for key, text in leaves(texts)}


def test_no_references() -> None:
    """References to core's texts work in core alone; addresses do not belong into texts."""
    assert not (INTEGRATION / "strings.json").exists()
    assert [text for _, text in leaves(ENGLISH) if "[%key:" in text or "://" in text] == []


def test_steps() -> None:
    """Every step of a flow has a title, and a name and a help text for every field."""
    steps = ENGLISH["config"]["step"] | ENGLISH["options"]["step"]
    for subentry in ENGLISH["config_subentries"].values():
        steps |= subentry["step"]
    shown = {argument(call, "step_id") for call in calls("async_show_form")}
    shown |= {argument(call, "step_id") for call in calls("async_show_menu")}
    fixes = {"confirm"}
    assert {step for step in shown if step is not None} - fixes <= steps.keys()
    for step in steps.values():
        assert step["title"]
        assert step.get("data", {}).keys() == step.get("data_description", {}).keys()
        for part in step.get("sections", {}).values():
            assert part["name"]
            assert part["data"].keys() == part["data_description"].keys()


def test_errors_and_aborts() -> None:
    """Every error and every reason to stop is told in words."""
    errors = {
        node.value.value
        for path in INTEGRATION.rglob("flow.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and getattr(node.targets[0].value, "id", None) == "errors"
        and isinstance(node.value, ast.Constant)
    }
    assert errors
    assert errors <= ENGLISH["config"]["error"].keys()
    reasons = {argument(call, "reason") for call in calls("async_abort")} - {None}
    reasons |= {argument(call, "reason") for call in calls("_abort_if_unique_id_mismatch")} - {None}
    of_fixes = {"still_missing", "reading_not_held"}
    told = ENGLISH["config"]["abort"].keys()
    for subentry in ENGLISH["config_subentries"].values():
        told |= subentry["abort"].keys()
    assert reasons - of_fixes - OF_CORE <= told
    assert "already_configured" in ENGLISH["config"]["abort"]


def test_meter_link() -> None:
    """Whatever can be wrong with a linked meter is told in words, and nothing else is."""
    tree = ast.parse((INTEGRATION / "account" / "link_flow.py").read_text())
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    texts = ENGLISH["config_subentries"]["meter_link"]
    assert texts["error"].keys() | texts["abort"].keys() <= words
    assert texts["error"].keys() == {
        "both_registers",
        "no_register",
        "no_statistics",
        "same_entity",
        "single_or_both",
        "wrong_price_unit",
        "wrong_unit",
    }
    names = {*link_flow.REGISTERS, "price", "price_has_vat"}
    assert texts["step"]["registers"]["data"].keys() == names


def test_selectors() -> None:
    """Every choice is translated."""
    assert ENGLISH["selector"]["supplier"]["options"].keys() == {*Supplier}
    assert ENGLISH["selector"]["segment"]["options"].keys() == {*Segment}
    assert ENGLISH["selector"]["invoice_status"]["options"].keys() == {*InvoiceStatus}
    assert ENGLISH["selector"]["delivery"]["options"].keys() == {*Delivery}
    assert ENGLISH["selector"]["direct_debit"]["options"].keys() == {*DirectDebit}
    assert ENGLISH["selector"]["rhythm"]["options"].keys() == {*Rhythm}
    assert ENGLISH["selector"]["register"]["fields"].keys() == {*REGISTERS}


def test_actions() -> None:
    """Every action and every field of it is described, named and, the action, has an icon."""
    described = yaml.safe_load((INTEGRATION / "services.yaml").read_text())
    named = ENGLISH["services"]
    names = {action.name for action in ACTIONS}
    assert len(names) == len(ACTIONS)
    assert described.keys() == named.keys() == ICONS["services"].keys() == names
    for action in ACTIONS:
        taken = {str(field) for field in action.fields}
        fields = described[action.name]["fields"]
        assert fields.keys() == taken == named[action.name]["fields"].keys(), action.name
        for name, field in fields.items():
            assert named[action.name]["fields"][name].keys() == {"name", "description"}
            choice = field["selector"].get("select")
            if choice is not None:
                options = ENGLISH["selector"][choice["translation_key"]]["options"]
                assert options.keys() == set(choice["options"])


def test_refusals() -> None:
    """What is refused is told in words, with what they leave open filled in."""
    for call in calls("invalid"):
        if call.args and isinstance(call.args[0], ast.Constant):
            text = ENGLISH["exceptions"][call.args[0].value]["message"]
            assert {each.arg for each in call.keywords} == placeholders(text)
    for call in calls("failed"):
        if isinstance(call.args[1], ast.Constant):
            text = ENGLISH["exceptions"][call.args[1].value]["message"]
            assert placeholders(text) == {"portal"}
    for refusal in REFUSALS:
        text = ENGLISH["exceptions"][f"refused_{refusal}"]["message"]
        assert placeholders(text) <= {"portal", "contact"}


def test_findings() -> None:
    """Whatever can be odd about a reading is told in words, with nothing that nobody fills in."""
    told = {"day", "value", "previous", "previous_day", "daily", "usual", "factor", "registers"}
    told |= {"hours", "digits", "rise", "register", "contact"}
    for rule in Rule:
        assert placeholders(ENGLISH["exceptions"][f"finding_{rule}"]["message"]) <= told


def test_files() -> None:
    """Every reason not to take a file is told in words, with its name."""
    for problem in Problem:
        text = ENGLISH["exceptions"][f"import_{problem}"]["message"]
        assert {"file"} <= placeholders(text) <= {"file", "field"}


def test_exceptions() -> None:
    """Every exception that reaches a user is told in words, with what it leaves open filled in."""
    for name in (
        "ConfigEntryAuthFailed",
        "ConfigEntryNotReady",
        "ConfigEntryError",
        "UpdateFailed",
    ):
        for call in calls(name):
            key = argument(call, "translation_key")
            assert key in ENGLISH["exceptions"], ast.unparse(call)
            given = next(
                (each.value for each in call.keywords if each.arg == "translation_placeholders"),
                None,
            )
            if isinstance(given, ast.Dict) or given is None:
                names = {ast.literal_eval(each) for each in getattr(given, "keys", [])}
                assert names == placeholders(ENGLISH["exceptions"][key]["message"])


def test_issues() -> None:
    """Every repair is told in words; one that can be worked on has its steps."""
    texts = ENGLISH["issues"]
    fixable = {f"{issues.CAPABILITY_LOST}_{each}" for each in issues.CAPABILITIES}
    assert {issues.PORTAL_CHANGED, issues.STALE_DATA, *fixable} <= texts.keys()
    assert {issues.BILL_DIFFERS, issues.METER_LINK_LOST, issues.IMPORT_FAILED} <= texts.keys()
    assert {issues.ARCHIVE_FAILED, issues.ESTIMATE_DOUBTFUL} <= texts.keys()
    assert {repairs.WINDOW_CLOSES, repairs.NOT_SENT, repairs.LOST} <= texts.keys()
    for hold in Hold:
        flow = texts[f"{repairs.HELD}_{hold}"]["fix_flow"]
        options = flow["step"]["init"]["menu_options"].keys()
        assert {"skip"} <= options <= {"send", "skip", "meter_changed"}
        assert flow["abort"].keys() == {"reading_not_held"}
    for key in fixable:
        assert texts[key]["fix_flow"]["step"]["confirm"].keys() == {"title", "description"}
        assert texts[key]["fix_flow"]["abort"].keys() == {"still_missing"}


async def test_entities(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    demo: Demo,
) -> None:
    """Every entity of an account has a name, an icon or a device class, and words for its states."""
    entry = await start(hass, demo.entry(hass))
    entities = er.async_entries_for_config_entry(entity_registry, entry.entry_id)
    # The Finnish household pays no deposits.
    none = {Platform.NUMBER} if demo.supplier == Supplier.OMA_LUMME else set()
    # No meter is linked whose readings could be sent in.
    none.add(Platform.BUTTON)
    assert {entity.domain for entity in entities} == {*account.PLATFORMS} - none
    for entity in entities:
        text = ENGLISH["entity"][entity.domain][entity.translation_key]
        assert text["name"]
        icon = ICONS["entity"].get(entity.domain, {}).get(entity.translation_key)
        assert icon or entity.original_device_class
        options = (entity.capabilities or {}).get("options")
        if options is not None:
            assert text["state"].keys() == set(options)
        events = (entity.capabilities or {}).get("event_types")
        if events is not None:
            assert text["state_attributes"]["event_type"]["state"].keys() == set(events)


def test_descriptions() -> None:
    """Every sensor that an account may have is translated and has an icon."""
    for description in (*account_sensor.STATEMENT_SENSORS, *account_sensor.SUPPLY_POINT_SENSORS):
        assert description.translation_key in ENGLISH["entity"]["sensor"]
        assert description.translation_key in ICONS["entity"]["sensor"]


def test_icons_belong_to_entities() -> None:
    """No icon is left over, and each state of an icon is a state of its entity."""
    for platform, entities in ICONS["entity"].items():
        for key, icon in entities.items():
            text = ENGLISH["entity"][platform][key]
            assert icon["default"].startswith("mdi:")
            if platform == "sensor":
                assert icon.get("state", {}).keys() <= text.get("state", {}).keys()


@pytest.mark.parametrize(
    ("language", "formal"),
    [
        # At the beginning of a sentence it is “they”.
        ("de", r"(?<!^)(?<![.:!?] )\b(Sie|Ihnen|Ihre?[mnrs]?)\b"),
        ("nl", r"\b[Uu]w?\b"),
        ("fi", r"\b[Tt]eidän\b"),
        ("sv", r"\b[Nn]i\b"),
    ],
)
def test_one_form_of_address(language: str, formal: str) -> None:
    """Home Assistant is on first-name terms; what is sent or signed is not."""
    texts = read(INTEGRATION / "translations" / f"{language}.json")
    found = [
        path
        for path, text in leaves(texts)
        if re.search(formal, text, re.MULTILINE)
        and not path[-1].startswith(("fee_cancellation", "document_"))
    ]
    assert found == []
