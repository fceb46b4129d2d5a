"""What can go wrong with a call that a local function knows nothing of."""

from __future__ import annotations


class RemoteError(RuntimeError):
    """The service failed in a way its contract does not know; ``kind`` is what it called it."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind


class ServiceUnavailable(RemoteError):
    """The service was not reached, or too late; ``sent`` says whether it may have done the work."""

    def __init__(self, message: str, sent: bool = False) -> None:
        super().__init__(message, "unavailable")
        self.sent = sent


class NotNow(ServiceUnavailable):
    """Nothing was sent: the breaker is open, or too many calls are under way; asking again at once is no use."""
