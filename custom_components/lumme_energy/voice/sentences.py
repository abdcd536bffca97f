"""Listens for sentences in all our languages, without a line of YAML.

They are sentence triggers, as automations have them: Assist knows them before it asks any agent, a
language model neither. So only those are there that an entry can answer, and "yes" is one only for
the minute in which it may be the answer to a question of ours.
"""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_COMMAND, CONF_ID, CONF_PLATFORM
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.script import ScriptRunResult
from homeassistant.helpers.trigger import (
    async_initialize_triggers,
    async_validate_trigger_config,
)
from homeassistant.util.hass_dict import HassKey

from ..const import CONF_KIND, DOMAIN, LOGGER
from .dialogue import PATIENCE, Asked, Reply, Speaker, dialogue
from .languages import LANGUAGES, language
from .questions import SUBJECTS

CONVERSATION: Final = "conversation"
YES: Final = "yes"
NO: Final = "no"

type Heard = Callable[[str, Mapping[str, Any]], Coroutine[Any, Any, str]]


class Ears:
    """Hears what is asked, as long as an entry is there that can answer."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nobody to answer."""
        self._hass = hass
        self._entries: Counter[str] = Counter()
        self._deaf: dict[str, CALLBACK_TYPE] = {}
        self._awaited: list[CALLBACK_TYPE] = []

    async def async_open(self, kind: str) -> None:
        """Listen for what entries of a kind can answer, for another one."""
        self._entries[kind] += 1
        if self._entries[kind] == 1:
            keys = [each.key for each in SUBJECTS if each.kind == kind]
            self._deaf[kind] = await self._async_listen(keys, self._async_asked)

    @callback
    def async_close(self, kind: str) -> None:
        """Listen for it no more, if that was the last one."""
        self._entries[kind] -= 1
        if not self._entries[kind]:
            self._deaf.pop(kind)()
        if not self._entries.total():
            self._await_nothing()

    async def _async_asked(self, key: str, trigger: Mapping[str, Any]) -> str:
        """Answer what was asked, and listen for a yes if it was asked back."""
        subject = next(each for each in SUBJECTS if each.key == key)
        slots, said = trigger["slots"], trigger["user_input"]
        reply: Reply = await dialogue(self._hass).async_ask(
            subject,
            Asked(
                language=said["language"],
                speaker=_speaker(trigger),
                place=slots.get("place"),
                when=slots.get("when"),
            ),
        )
        if reply.token is not None:
            await self._async_await()
        return reply.text

    async def _async_await(self) -> None:
        """Listen for yes and no for a while."""
        self._await_nothing()
        stop = await self._async_listen((YES, NO), self._async_answered)
        give_up = async_call_later(self._hass, PATIENCE, lambda _: self._await_nothing())
        self._awaited = [stop, give_up]

    @callback
    def _await_nothing(self) -> None:
        while self._awaited:
            self._awaited.pop()()

    async def _async_answered(self, key: str, trigger: Mapping[str, Any]) -> str:
        """Take a yes or a no."""
        code, speaker = trigger["user_input"]["language"], _speaker(trigger)
        if key == YES:
            return await dialogue(self._hass).async_confirm(code, speaker)
        return await dialogue(self._hass).async_cancel(code, speaker)

    async def _async_listen(self, keys: Iterable[str], heard: Heard) -> CALLBACK_TYPE:
        """Have a function called with the key of what was asked, and the trigger."""
        found = await self._hass.async_add_executor_job(_commands, tuple(keys))
        config = await async_validate_trigger_config(self._hass, found)

        async def action(variables: Mapping[str, Any], _context: Any = None) -> ScriptRunResult:
            trigger = variables["trigger"]
            text = await heard(trigger["id"], trigger)
            return ScriptRunResult(conversation_response=text, service_response=None, variables={})

        stop = await async_initialize_triggers(
            self._hass, config, action, DOMAIN, DOMAIN, LOGGER.log
        )
        assert stop is not None  # noqa: S101
        return stop


EARS: Final[HassKey[Ears]] = HassKey(f"{DOMAIN}_ears")


async def async_listen(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Listen for what an entry can answer, as long as it is loaded. Without Assist nobody speaks."""
    if CONVERSATION not in hass.config.components:
        return
    ears = hass.data.setdefault(EARS, Ears(hass))
    kind = entry.data[CONF_KIND]
    await ears.async_open(kind)
    entry.async_on_unload(partial(ears.async_close, kind))


def _commands(keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return triggers of what some keys stand for, in all languages. Reads files."""
    return [
        {
            CONF_PLATFORM: CONVERSATION,
            CONF_ID: key,
            CONF_COMMAND: [
                template for code in LANGUAGES for template in language(code).phrases[key]
            ],
        }
        for key in keys
    ]


def _speaker(trigger: Mapping[str, Any]) -> Speaker:
    said = trigger["user_input"]
    return Speaker(
        conversation_id=said["conversation_id"],
        device_id=trigger["satellite_id"] or trigger["device_id"],
        user_id=said["context"]["user_id"],
    )
