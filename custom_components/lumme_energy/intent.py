"""Intents: what can be asked and wished by whoever speaks to Home Assistant in intents."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, intent
import probatio

from .voice.dialogue import Asked, Speaker, dialogue
from .voice.questions import SUBJECTS, Question, Wish

SLOT_PLACE: Final = "place"
SLOT_WHEN: Final = "when"
CONFIRM: Final = "LummeConfirm"
CANCEL: Final = "LummeCancel"


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, which are there whatever becomes of the entries."""
    for subject in SUBJECTS:
        intent.async_register(hass, SubjectIntent(subject))
    intent.async_register(hass, ConfirmIntent())
    intent.async_register(hass, CancelIntent())


class SubjectIntent(intent.IntentHandler):
    """Answers a question, or asks back before it fulfils a wish."""

    def __init__(self, subject: Question[Any] | Wish[Any]) -> None:
        """Answer one of them."""
        self._subject = subject
        self.intent_type = subject.intent_type
        self.description = subject.description

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        slots: dict[Any, Any] = {probatio.Optional(SLOT_PLACE): cv.string}
        if isinstance(self._subject, Wish) and self._subject.takes_when:
            slots[probatio.Optional(SLOT_WHEN)] = cv.string
        return slots

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        said = {key: slots[key]["value"] for key in (SLOT_PLACE, SLOT_WHEN) if key in slots}
        reply = await dialogue(intent_obj.hass).async_ask(
            self._subject,
            Asked(language=intent_obj.language, speaker=_speaker(intent_obj), **said),
        )
        return _spoken(intent_obj, reply.text, intent.IntentResponseType.QUERY_ANSWER)


class ConfirmIntent(intent.IntentHandler):
    """Takes a yes to what was asked back."""

    intent_type = CONFIRM
    description = "Confirms what was asked back about energy or heating"

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        text = await dialogue(intent_obj.hass).async_confirm(
            intent_obj.language, _speaker(intent_obj)
        )
        return _spoken(intent_obj, text, intent.IntentResponseType.ACTION_DONE)


class CancelIntent(intent.IntentHandler):
    """Takes a no."""

    intent_type = CANCEL
    description = "Cancels what was asked back about energy or heating"

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        text = await dialogue(intent_obj.hass).async_cancel(
            intent_obj.language, _speaker(intent_obj)
        )
        return _spoken(intent_obj, text, intent.IntentResponseType.ACTION_DONE)


def _spoken(
    intent_obj: intent.Intent, text: str, kind: intent.IntentResponseType
) -> intent.IntentResponse:
    response = intent_obj.create_response()
    response.response_type = kind
    response.async_set_speech(text)
    return response


def _speaker(intent_obj: intent.Intent) -> Speaker:
    return Speaker(
        device_id=intent_obj.satellite_id or intent_obj.device_id,
        user_id=intent_obj.context.user_id,
    )
