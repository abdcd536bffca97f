"""The four ways in which a portal can let a caller down, and no others.

No message ever carries a secret, an identifier or a value from an answer: these texts reach logs.
"""

from .model import Capability


class PortalError(Exception):
    """Anything that went wrong between us and a portal."""


class PortalAuthenticationError(PortalError):
    """The portal itself said that the e-mail or password is wrong. Never raised for 5xx or 403."""


class PortalUnavailableError(PortalError):
    """The portal cannot answer now: network, time-out, 5xx, 429, or too soon after a log-in."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Remember for how many seconds the portal asked to be left alone."""
        super().__init__(message)
        self.retry_after = retry_after


class PortalBudgetError(PortalUnavailableError):
    """We have asked the portal for as much as we promised to in a day. It may well be fine."""


class PortalOutcomeUnknownError(PortalUnavailableError):
    """A change was sent, and no answer tells whether the portal has made it.

    Only what the portal shows afterwards does. Of every other error one knows that it has not.
    """


class PortalUnexpectedAnswerError(PortalError):
    """The answer does not have the shape we know: the portal was changed.

    `call` is our name of the request, `keys` the key names seen (never values).
    """

    def __init__(self, call: str, reason: str, keys: tuple[str, ...] = ()) -> None:
        """Describe the drift by names only."""
        super().__init__(f"{call}: {reason}")
        self.call = call
        self.reason = reason
        self.keys = keys


class PortalCapabilityError(PortalError):
    """An unconfirmed call does not exist at this portal (404 or a web page instead of data)."""

    def __init__(self, capability: Capability, call: str) -> None:
        """Name what is missing and the request that showed it."""
        super().__init__(f"{call}: not offered by this portal")
        self.capability = capability
        self.call = call


class PortalRefusedError(PortalError):
    """The portal understood a request and said no. `reason` is a translation key."""

    def __init__(self, reason: str) -> None:
        """Keep the reason for the user's language."""
        super().__init__(f"refused: {reason}")
        self.reason = reason
