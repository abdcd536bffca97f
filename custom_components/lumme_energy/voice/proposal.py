"""What is asked back before anything is changed."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wishes something.

    Attributes:
        place: What the place is called that it is about.
        when: The words that tell when, if any were said.
        user_id: Home Assistant's user, if that is known.
    """

    place: str
    when: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A question, and what is done if the answer is yes.

    Attributes:
        question: It ends in a question mark, for which some assistants go on listening.
        act: Does it and returns what to say; raises HomeAssistantError where it cannot be done.
    """

    question: str
    act: Callable[[], Awaitable[Iterator[str]]]
