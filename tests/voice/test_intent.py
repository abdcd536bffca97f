"""Tests of asking in intents, as other programs do."""

from typing import Any

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.intent import CANCEL, CONFIRM
from demo.cottage import DemoCottage
from tests.account.common import Demo

from .common import account, house


@pytest.fixture
async def client(
    assist: HomeAssistant,
    clock: FrozenDateTimeFactory,
    oma_lumme: Demo,
    cottage: DemoCottage,
    hass_client: ClientSessionGenerator,
) -> TestClient[Any, Any]:
    """Return a client of a Home Assistant that has an account and a cottage."""
    await account(assist, oma_lumme)
    await house(assist, cottage)
    return await hass_client()


async def ask(client: TestClient[Any, Any], name: str, language: str = "en", **slots: str) -> str:
    """Have an intent handled, and return what is said."""
    response = await client.post(
        "/api/intent/handle", json={"name": name, "data": slots, "language": language}
    )
    answer = await response.json()
    return str(answer["speech"]["plain"]["speech"])


async def test_questions(client: TestClient[Any, Any]) -> None:
    """A question is answered, about the place that is named, in the language that is asked for."""
    assert (await ask(client, "LummeLatestBill", "sv")).startswith("Den senaste räkningen")
    flat = await ask(client, "LummeContract", "en", place="Satamalahdenkuja")
    assert flat.startswith("The contract is called Lumme Spot.")
    nothing = await ask(client, "LummePowerNow", "de")
    assert nothing == "Hier gibt es keinen Zähler, der es wüsste."


async def test_wishes(client: TestClient[Any, Any], cottage: DemoCottage) -> None:
    """A wish is asked back, and done or forgotten by another intent."""
    asked = await ask(client, "LummeWarmUp", when="friday at six")
    assert asked.endswith("?")
    assert await ask(client, CANCEL) == "All right, I have changed nothing."
    assert (await ask(client, "LummeTurnDown", place="Mökki")).endswith("?")
    assert cottage.writes == []
    assert (await ask(client, CONFIRM)).startswith("I have passed it on.")
    assert cottage.writes
    assert await ask(client, CONFIRM) == "There is nothing that waits for a yes."
