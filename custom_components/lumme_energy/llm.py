"""Tools for language models, in Assist and over the Model Context Protocol.

A model is told only what the user exposes to its assistant: each tool is there for the places whose
entities show the same. Before anything is changed, a tool has its question put to the user.
"""

from typing import Any, Final, override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
import probatio

from .const import DOMAIN
from .voice.dialogue import Asked, Speaker, dialogue
from .voice.places import Place
from .voice.questions import SUBJECTS, Question, Wish

PLACE: Final = probatio.Optional(
    "place", description="Name of the home, cottage or address; leave out for all"
)
WHEN: Final = probatio.Optional(
    "when", description="The user's own words for the moment, in the user's language"
)
CONFIRMATION: Final = probatio.Optional(
    "confirmation", description="What the tool returned, once the user has said yes to its question"
)
ASK_BACK: Final = (
    " The first call changes nothing: it returns a question and a confirmation. Put the question to"
    " the user, and only if they say yes call again with the confirmation alone, within a minute."
)
PROMPT: Final = (
    "Tools whose names begin with lumme_energy__ know the user's energy bills, contract, consumption,"
    " meter readings and the cottage's heating. Pass on their answers in the user's language."
)


@callback
def async_get_tools(hass: HomeAssistant, llm_context: LLMContext, api_id: str) -> LLMTools | None:
    """Return a tool for whatever the user exposes."""
    if api_id != LLM_API_ASSIST:
        return None
    tools: list[Tool] = [
        WishTool(subject) if isinstance(subject, Wish) else QuestionTool(subject)
        for subject in SUBJECTS
        if any(
            _is_exposed(hass, llm_context, subject, place) for place in subject.places(hass, None)
        )
    ]
    return LLMTools(tools=tools, prompt=PROMPT) if tools else None


class QuestionTool(Tool):
    """Answers a question."""

    integration = DOMAIN
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    def __init__(self, subject: Question[Any]) -> None:
        """Answer one of them."""
        self._subject = subject
        self.name = f"{DOMAIN}__{subject.key}"
        self.title = subject.title
        self.description = subject.description
        self.parameters = probatio.Schema({PLACE: cv.string})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        said = self.parameters(tool_input.tool_args)
        asked = _asked(hass, llm_context, self._subject, said)
        reply = await dialogue(hass).async_ask(self._subject, asked)
        return ToolResult(data={"answer": reply.text})


class WishTool(Tool):
    """Asks back, and fulfils a wish once that was confirmed."""

    integration = DOMAIN
    annotations = ToolAnnotations(
        read_only=False, destructive=True, idempotent=False, open_world=True
    )

    def __init__(self, subject: Wish[Any]) -> None:
        """Fulfil one of them."""
        self._subject = subject
        self.name = f"{DOMAIN}__{subject.key}"
        self.title = subject.title
        self.description = subject.description + ASK_BACK
        when = {WHEN: cv.string} if subject.takes_when else {}
        self.parameters = probatio.Schema({PLACE: cv.string, **when, CONFIRMATION: cv.string})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        said = self.parameters(tool_input.tool_args)
        if (token := said.pop("confirmation", None)) is not None:
            text = await dialogue(hass).async_confirm(llm_context.language, Speaker(), token)
            return ToolResult(data={"answer": text})
        asked = _asked(hass, llm_context, self._subject, said)
        reply = await dialogue(hass).async_ask(self._subject, asked)
        if reply.token is None:
            return ToolResult(data={"answer": reply.text})
        return ToolResult(data={"question": reply.text, "confirmation": reply.token})


def _asked(
    hass: HomeAssistant,
    llm_context: LLMContext,
    subject: Question[Any] | Wish[Any],
    said: dict[str, str],
) -> Asked:
    return Asked(
        language=llm_context.language,
        may_tell=lambda place: _is_exposed(hass, llm_context, subject, place),
        place=said.get("place"),
        when=said.get("when"),
    )


@callback
def _is_exposed(
    hass: HomeAssistant,
    llm_context: LLMContext,
    subject: Question[Any] | Wish[Any],
    place: Place[Any],
) -> bool:
    """Whether the user exposes an entity that shows the same."""
    registry = er.async_get(hass)
    return any(
        entity.translation_key in subject.rests_on
        and async_should_expose(hass, llm_context.assistant, entity.entity_id)
        for device_id in place.device_ids
        for entity in er.async_entries_for_device(registry, device_id)
    )
