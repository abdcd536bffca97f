"""Tests of what language models are told, in Assist and over the Model Context Protocol."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.llm import async_get_tools
from demo.cottage import DemoCottage
from tests.account.common import Demo

from .common import account, house

PREFIX = f"{DOMAIN}__"


def expose(hass: HomeAssistant, *keys: str, is_exposed: bool = True) -> None:
    """Have the user expose the entities of some translation keys to Assist, or hide them."""
    for entity in er.async_get(hass).entities.values():
        if entity.platform == DOMAIN and (not keys or entity.translation_key in keys):
            async_expose_entity(hass, "conversation", entity.entity_id, is_exposed)


async def tools_of(hass: HomeAssistant) -> tuple[dict[str, llm.Tool], llm.APIInstance]:
    """Return our tools in Assist, and Assist."""
    context = llm.LLMContext(
        platform="test", context=Context(), language="fi", assistant="conversation", device_id=None
    )
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)
    tools = {tool.name: tool for tool in api.tools if tool.name.startswith(PREFIX)}
    return tools, api


async def use(api: llm.APIInstance, name: str, **args: str) -> dict[str, Any]:
    """Have a model use a tool."""
    result = await api.async_call_tool(llm.ToolInput(tool_name=PREFIX + name, tool_args=args))
    assert isinstance(result, llm.ToolResult)
    return dict(result.data)


async def test_only_what_is_exposed(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo, cottage: DemoCottage
) -> None:
    """A model has no tool for what the user hides, and of two places it is told about one."""
    await account(assist, oma_lumme)
    await house(assist, cottage)
    expose(assist, is_exposed=False)
    assert (await tools_of(assist))[0] == {}

    expose(assist, "latest_invoice")
    tools, api = await tools_of(assist)
    assert tools.keys() == {f"{PREFIX}latest_bill", f"{PREFIX}bill_arrived"}
    assert PREFIX in api.api_prompt
    assert await use(api, "latest_bill") == {
        "answer": "Viimeisin lasku on 27 euroa ja 94 senttiä, ja se tuli 20. marraskuuta. "
        "Se on vielä maksamatta. Eräpäivä on 4. joulukuuta."
    }

    async_expose_entity(assist, "conversation", "sensor.kuikkarannantie_140_contract", True)
    _, api = await tools_of(assist)
    (answer,) = (await use(api, "contract")).values()
    assert answer.startswith("Sopimuksen nimi on Vuosisähkö")
    assert "Lumme Spot" not in answer
    # Nor by its name.
    (answer,) = (await use(api, "contract", place="Satamalahdenkuja")).values()
    assert answer == "Täällä ei ole energiayhtiön tiliä, joka sen tietäisi."


async def test_tools_say_what_they_do(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo, cottage: DemoCottage
) -> None:
    """Questions read and wishes write, and each is marked so."""
    await account(assist, oma_lumme)
    await house(assist, cottage)
    expose(assist)
    tools, _ = await tools_of(assist)
    assert all(tool.integration == DOMAIN for tool in tools.values())
    wishes = {PREFIX + key for key in ("turn_down", "warm_up")}
    for name, tool in tools.items():
        assert tool.annotations.read_only is (name not in wishes)
        assert tool.annotations.destructive is (name in wishes)
    assert wishes < tools.keys()
    # Another API than Assist gets none.
    context = llm.LLMContext("test", None, "en", "conversation", None)
    assert async_get_tools(assist, context, "other") is None


async def test_wish_is_confirmed_by_its_token(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage
) -> None:
    """A model gets a question to put to the user, and what fulfils the wish after a yes."""
    await house(assist, cottage)
    expose(assist)
    _, api = await tools_of(assist)
    asked = await use(api, "turn_down")
    assert asked["question"].endswith("?")
    assert cottage.writes == []
    assert await use(api, "turn_down", confirmation="made up") == {
        "answer": "Mikään ei odota vahvistusta."
    }
    done = await use(api, "turn_down", confirmation=asked["confirmation"])
    assert done["answer"].startswith("Se on välitetty.")
    assert cottage.writes
    when = await use(api, "warm_up", when="sitten joskus")
    assert when == {"answer": "En ymmärtänyt, milloin. Sano esimerkiksi: perjantaina kuudelta."}


async def test_over_the_model_context_protocol(
    assist: HomeAssistant,
    clock: FrozenDateTimeFactory,
    oma_lumme: Demo,
    hass_client: ClientSessionGenerator,
) -> None:
    """A client of the MCP server has the same tools."""
    await account(assist, oma_lumme)
    expose(assist, "balance")
    entry = MockConfigEntry(
        domain="mcp_server",
        data={"llm_hass_api": ["assist"], "all_llm_apis": False, "require_admin": False},
        version=2,
    )
    entry.add_to_hass(assist)
    assert await async_setup_component(assist, "mcp_server", {})
    await assist.async_block_till_done()
    client = await hass_client()

    async def call(method: str, **params: Any) -> dict[str, Any]:
        response = await client.post(
            "/api/mcp/assist",
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers={"Accept": "application/json"},
        )
        answer: dict[str, Any] = await response.json()
        return answer["result"]

    listed = await call("tools/list")
    (tool,) = [each for each in listed["tools"] if each["name"].startswith(PREFIX)]
    assert tool["name"] == f"{PREFIX}balance"
    assert tool["annotations"]["readOnlyHint"] is True
    said = await call("tools/call", name=tool["name"], arguments={})
    assert "You owe Lumme Energia (demo) 27 euros and 94 cents." in said["content"][0]["text"]
