"""What can go wrong with a bridge."""


class BridgeError(Exception):
    """A bridge did not do what it was asked."""


class UnreachableError(BridgeError):
    """Nothing answers, or not in time."""


class AnotherBridgeError(BridgeError):
    """Whoever answers does not have the certificate that was pinned."""


class UnauthorizedError(BridgeError):
    """The bridge does not know our token: it was reset, or we were removed there."""


class NotPairingError(BridgeError):
    """Nobody has pressed the button, or longer ago than half a minute."""


class TooManyClientsError(BridgeError):
    """As many clients are paired as there may be."""


class BusyError(BridgeError):
    """Too many attempts, or no memory just now; later it will work."""


class UnexpectedAnswerError(BridgeError):
    """It answers, but not as a bridge of an interface that we know."""


class RefusedError(BridgeError):
    """The bridge refuses a request.

    Attributes:
        reason: Its word for why.
        field: Which field of the request it does not take, if that is why.
        last: The greatest number of a lease that it has taken from us, if ours came too late.

    """

    def __init__(self, reason: str, *, field: str | None = None, last: int | None = None) -> None:
        """Take what the bridge says."""
        super().__init__(f"{reason} ({field})" if field else reason)
        self.reason = reason
        self.field = field
        self.last = last
