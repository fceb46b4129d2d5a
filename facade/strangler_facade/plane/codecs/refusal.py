"""A message that is not forwarded, and the status that says so."""

from __future__ import annotations


class Refusal(Exception):
    """The message is malformed or more than we take; ``status`` is the answer, ``reason`` one sentence for it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
