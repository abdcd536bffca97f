"""Answers what is asked, and remembers for a minute what was asked back."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN
from .places import Place
from .proposal import Asker, Proposal
from .questions import Question, Wish
from .speech import Speech
from .texts import async_speech, told

# A yes that comes later is the answer to something else.
PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks, as far as Home Assistant knows: in which conversation, at which device, which user."""

    conversation_id: str | None = None
    device_id: str | None = None
    user_id: str | None = None

    def is_answered_by(self, other: Speaker) -> bool:
        """Whether another sentence comes from the same mouth.

        A user counts only where nothing else was known: one user may have many devices.
        """
        if self.device_id is not None:
            return self.device_id == other.device_id
        if self.conversation_id is not None:
            return self.conversation_id == other.conversation_id
        return self.user_id is not None and self.user_id == other.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks.

    Attributes:
        language: In which language; None is Home Assistant's.
        speaker: Who asks; a language model's user is not known.
        place: The name of the place that was said.
        when: The words that tell when.
        may_tell: Whether the asker may be told about a place.
    """

    language: str | None
    speaker: Speaker = Speaker()
    place: str | None = None
    when: str | None = None
    may_tell: Callable[[Place[Any]], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is said; `token` stands for the yes that it waits for."""

    text: str
    token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """What is done after a yes."""

    speaker: Speaker
    until: datetime
    act: Callable[[], Awaitable[Iterator[str]]]


class Dialogue:
    """All conversations about energy."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin with nothing asked."""
        self._hass = hass
        self._waiting: dict[str, _Waiting] = {}

    async def async_ask(self, subject: Question[Any] | Wish[Any], asked: Asked) -> Reply:
        """Return the answer to a question, or the question that a wish leads to."""
        # Whoever says anything else than yes has not said yes.
        self._take(asked.speaker)
        speech = await async_speech(self._hass, asked.language)
        places = [each for each in subject.places(self._hass, asked.place) if asked.may_tell(each)]
        if not places:
            return Reply(text=speech.say(subject.nothing))
        if isinstance(subject, Question):
            return Reply(text=_answered(speech, subject, places))
        if len(places) > 1:
            return Reply(
                text=speech.say("which", places=speech.listed(each.name for each in places))
            )
        return await self._async_propose(speech, subject, places[0], asked)

    async def async_confirm(
        self, language: str | None, speaker: Speaker, token: str | None = None
    ) -> str:
        """Do what was asked back for, if it was this speaker who was asked, or who has its token."""
        speech = await async_speech(self._hass, language)
        if (waiting := self._take(speaker, token)) is None:
            return speech.say("nothing_to_confirm")
        try:
            return " ".join(await waiting.act())
        except HomeAssistantError as err:
            return told(speech, err)

    async def async_cancel(self, language: str | None, speaker: Speaker) -> str:
        """Forget what was asked back for."""
        speech = await async_speech(self._hass, language)
        waiting = self._take(speaker)
        return speech.say("nothing_to_confirm" if waiting is None else "cancelled")

    def _take(self, speaker: Speaker, token: str | None = None) -> _Waiting | None:
        """Take what waits for a speaker, or has a token; it cannot be done twice."""
        now = dt_util.utcnow()
        self._waiting = {key: each for key, each in self._waiting.items() if now < each.until}
        mine = [
            key
            for key, each in self._waiting.items()
            if key == token or (token is None and each.speaker.is_answered_by(speaker))
        ]
        found = [self._waiting.pop(key) for key in mine]
        return found[-1] if found else None

    async def _async_propose(
        self, speech: Speech, wish: Wish[Any], place: Place[Any], asked: Asked
    ) -> Reply:
        asker = Asker(place=place.name, when=asked.when, user_id=asked.speaker.user_id)
        try:
            proposal = await wish.propose(speech, place.about, asker)
        except HomeAssistantError as err:
            return Reply(text=told(speech, err))
        if not isinstance(proposal, Proposal):
            return Reply(text=proposal)
        token = ulid_now()
        self._waiting[token] = _Waiting(
            speaker=asked.speaker, until=dt_util.utcnow() + PATIENCE, act=proposal.act
        )
        return Reply(text=proposal.question, token=token)


DIALOGUE: Final[HassKey[Dialogue]] = HassKey(f"{DOMAIN}_dialogue")


def dialogue(hass: HomeAssistant) -> Dialogue:
    """Return the one that there is."""
    return hass.data.setdefault(DIALOGUE, Dialogue(hass))


def _answered(speech: Speech, question: Question[Any], places: list[Place[Any]]) -> str:
    """Return the answer about each place; several are named, those together of which it is the same."""
    answers: dict[str, list[str]] = {}
    for place in places:
        answers.setdefault(" ".join(question.answer(speech, place.about)), []).append(place.name)
    if len(answers) == 1:
        return next(iter(answers))
    return " ".join(f"{speech.listed(names)}: {answer}" for answer, names in answers.items())
