"""What the documents say is true where a machine can tell."""

from datetime import timedelta
import json
from pathlib import Path
import re

import pytest
import yaml

from custom_components.lumme_energy.account.actions.readings import OVERRIDABLE
from custom_components.lumme_energy.account.deposit import STANDINGS
from custom_components.lumme_energy.account.outbox import MAX_RECORDS
from custom_components.lumme_energy.billing.contacts import contact
from custom_components.lumme_energy.metering.profiles import PROFILES
from custom_components.lumme_energy.portal.model import Capability, Segment
from custom_components.lumme_energy.portal.my_luminus import MyLuminusPortal
from custom_components.lumme_energy.portal.oma_lumme import OmaLummePortal
from custom_components.lumme_energy.portal.outbox import GIVE_UP_AFTER, MAX_ATTEMPTS, RETRY_AFTER
from custom_components.lumme_energy.portal.politeness import MAX_REQUESTS_PER_DAY
from custom_components.lumme_energy.portal.suppliers import Supplier
from custom_components.lumme_energy.readings.estimates import TOLERATED, TOLERATED_SHARE
from custom_components.lumme_energy.readings.plausibility import BLOCK_ABOVE, WARN_ABOVE, Rule

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
README = (ROOT / "README.md").read_text()
ENGLISH = json.loads(
    (ROOT / "custom_components/lumme_energy/translations/en.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project has one."""
    links = re.findall(r'(?:\]\(|src="|srcset=")([^)"]+)', page.read_text())
    missing = [
        link
        for link in links
        if not link.startswith(("http", "#"))
        and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert not missing


@pytest.mark.parametrize(
    ("row", "capabilities"),
    [
        ("Prices of a contract", [Capability.PRICES]),
        ("Consumption", [Capability.CONSUMPTION]),
        (
            "Bills, payments, balance, advance payments",
            [Capability.STATEMENT, Capability.DEPOSIT],
        ),
    ],
)
def test_what_is_confirmed(row: str, capabilities: list[Capability]) -> None:
    """The README's table is the adapters' own."""
    (cells,) = re.findall(rf"^\| {row} \| (\w+) \| (\w+) \|$", README, re.MULTILINE)
    for cell, portal in zip(cells, (OmaLummePortal, MyLuminusPortal), strict=True):
        for capability in capabilities:
            assert capability in portal.capabilities
            assert cell == ("unconfirmed" if capability in portal.unconfirmed else "confirmed")


def test_changes() -> None:
    """What may stand against a change, and how often it is tried, is what the code says."""
    text = (ROOT / "docs" / "changes.md").read_text()
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [*STANDINGS[1:]]
    assert f"returns the last {MAX_RECORDS}:" in text
    assert (
        3,
        timedelta(minutes=15),
        timedelta(days=1),
    ) == (MAX_ATTEMPTS, RETRY_AFTER, GIVE_UP_AFTER)


def test_readings() -> None:
    """What is checked, and what can be overridden, is what the code says."""
    text = (ROOT / "docs" / "readings.md").read_text()
    rows = [
        (re.findall(r"`(\w+)`", rules), held)
        for rules, held in re.findall(r"^\| (`\w+`.*?) \| .* \| ([\w ]+) \|$", text, re.MULTILINE)
    ]
    assert [rule for rules, _ in rows for rule in rules] == [*Rule]
    always = {rule for rules, held in rows if held == "always" for rule in rules}
    assert always.isdisjoint(OVERRIDABLE)
    (overridable,) = re.findall(r"`override` names .*?:(.*?)\. What", text, re.DOTALL)
    assert re.findall(r"`(\w+)`", overridable) == [*OVERRIDABLE]
    assert f"more than {TOLERATED} kWh" in text
    assert f"more than {TOLERATED_SHARE:.0%} of the use" in text.replace("5 %", "5%")
    assert f"Over {WARN_ABOVE} times the daily average of a year; over {BLOCK_ABOVE} times" in text


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "account.md"])
def test_the_promise_to_portals(page: Path) -> None:
    """The number of requests is the one that the code keeps to."""
    assert {*re.findall(r"(\d+) requests a day", page.read_text())} == {str(MAX_REQUESTS_PER_DAY)}


def test_how_fast_meters_are() -> None:
    """The pace and the silence of each country are the profiles'."""
    page = (ROOT / "docs" / "meter.md").read_text().replace("\n", " ")
    silences = {profile.silence.seconds for profile in PROFILES.values()}
    assert {int(found) for found in re.findall(r"(\d+) seconds \(", page)} == silences


@pytest.mark.parametrize("kind", ["account", "bridge", "cottage", "energy", "meter", "readings"])
def test_entities_are_called_what_they_are_called(kind: str) -> None:
    """A name in italics is a name that the user finds."""
    names = {
        entity["name"] for platform in ENGLISH["entity"].values() for entity in platform.values()
    }
    page = (ROOT / "docs" / f"{kind}.md").read_text().partition("## Troubleshooting")[0]
    said = {" ".join(name.split()) for name in re.findall(r"(?<!\*)\*([A-Z][^*…]+)\*(?!\*)", page)}
    assert said - {"For testing only"} <= names


@pytest.mark.parametrize(
    ("row", "supplier", "segment"),
    [
        ("Lumme Energia", Supplier.OMA_LUMME, Segment.PRIVATE),
        ("Lumme Energia", Supplier.OMA_LUMME, Segment.BUSINESS),
        ("Luminus, private", Supplier.MY_LUMINUS, Segment.PRIVATE),
        ("Luminus, business", Supplier.MY_LUMINUS, Segment.BUSINESS),
    ],
)
def test_customer_services(row: str, supplier: Supplier, segment: Segment) -> None:
    """The documents name the customer services that the code names."""
    page = (ROOT / "docs" / "account.md").read_text()
    (cells,) = re.findall(rf"^\| {row} \| ([+\d ]+?)(?: \(.*\))? \| (\S*) ?\|", page, re.MULTILINE)
    found = contact(supplier, segment)
    assert cells == (found.phone, found.email or "")


def rows(section: str, columns: int) -> list[list[str]]:
    """Return the cells of a section's tables, without heads and lines."""
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines]
    return [row for row in cells if len(row) == columns and row[0].startswith(("`", "*"))]


def named(cell: str) -> list[str]:
    """Return what a cell names as code."""
    return re.findall(r"`(\w+)`", cell)


def test_actions() -> None:
    """Every action is documented with all of its fields, and no other is."""
    page = (ROOT / "docs" / "actions.md").read_text()
    actions, _, rest = page.partition("## Fields")
    fields, _, _ = rest.partition("## Events")
    described = yaml.safe_load(
        (ROOT / "custom_components" / "lumme_energy" / "services.yaml").read_text()
    )
    told = {named(name)[0]: {*named(taken)} for name, taken, _ in rows(actions, 3)}
    common = {"config_entry_id"}
    assert told == {name: action["fields"].keys() - common for name, action in described.items()}
    explained = [name for names, _ in rows(fields, 2) for name in named(names)]
    assert len(explained) == len({*explained})
    assert {*explained} == common.union(*told.values())


def test_choices_of_actions() -> None:
    """Whatever can be chosen in an action is named."""
    page = (ROOT / "docs" / "actions.md").read_text()
    _, _, fields = page.partition("## Fields")
    choices = ENGLISH["selector"]
    for choice in ("invoice_status", "statement_format", "mode", "moving_party"):
        assert {*choices[choice]["options"]} <= {*named(fields)}
    assert {*choices["register"]["fields"]} <= {*named(fields)}


def test_events() -> None:
    """Every event is documented, with all that can happen and what is told of it."""
    _, _, events = (ROOT / "docs" / "actions.md").read_text().partition("## Events")
    told = {
        name.strip("*"): (named(types), named(attributes))
        for name, types, attributes in rows(events, 3)
    }
    assert told == {
        entity["name"]: (
            [*entity["state_attributes"]["event_type"]["state"]],
            [each for each in entity["state_attributes"] if each != "event_type"],
        )
        for entity in ENGLISH["entity"]["event"].values()
    }


def test_every_page_is_in_the_index() -> None:
    """The index leads to every page."""
    index = (ROOT / "docs" / "README.md").read_text()
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name})" in index


@pytest.mark.parametrize("kind", ["account", "bridge", "cottage", "meter"])
def test_a_kind_of_entry_is_told_about_in_full(kind: str) -> None:
    """Each page says what the quality scale asks for, and has an example."""
    page = (ROOT / "docs" / f"{kind}.md").read_text()
    asked = [
        "Set up",
        "What you get",
        "How data are updated",
        "Known limits",
        "Troubleshooting",
        "Remove",
    ]
    headings = re.findall(r"^## (.+)$", page, re.MULTILINE)
    assert [heading for heading in headings if heading in asked] == asked
    assert "```yaml" in page


def test_contributors_find_every_package() -> None:
    """The tree that contributors see has all the packages."""
    tree = (ROOT / "CONTRIBUTING.md").read_text()
    for package in (ROOT / "custom_components" / "lumme_energy").glob("*/__init__.py"):
        assert f"\n  {package.parent.name}/" in tree
