"""The trouble a user can do something about, as exceptions of one root."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strangler.model import Finding, Location


class StranglerError(Exception):
    """The command cannot go on, and the user can do something about it."""

    def __init__(self, message: str, *, hint: str = "", location: Location | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.location = location


class PlanError(StranglerError):
    """The plan cannot be used; ``findings`` holds every mistake in it, in the order of its lines."""

    def __init__(self, message: str, findings: Iterable[Finding] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = tuple(findings)


class OutputError(StranglerError):
    """A file or folder could not be written without destroying something, so nothing was."""


class UpstreamError(StranglerError):
    """A server we need does not answer, or not as it should."""
