"""What tenants used, until the control plane has written it down: no count is lost with it, and none counts twice."""

from __future__ import annotations

import uuid
from typing import Final

from strangler_facade.channel import UsageMessage

_MOST: Final = 10_000
_TOO_MANY: Final = 429


class Usage:
    """Counts since the last batch, and the batch that nobody has confirmed yet."""

    def __init__(self) -> None:
        self._life, self._number = uuid.uuid4().hex, 0
        self._counts: dict[tuple[str, str], int] = {}
        self._sent: UsageMessage | None = None

    def count(self, tenant: str, service: str, status: int) -> None:
        """Count a request that was served: answered, neither with a failure of ours or theirs nor for being too many.

        While nobody takes the counts, what tenants beyond ten thousand use is counted without their names.
        """
        if not 0 < status < 500 or status == _TOO_MANY:
            return
        key = (tenant, service)
        if key not in self._counts and len(self._counts) >= _MOST:
            key = ("", service)
        self._counts[key] = self._counts.get(key, 0) + 1

    def batch(self) -> UsageMessage | None:
        """The batch that is not confirmed yet, else a new one; None if there is nothing to tell."""
        if self._sent is None and self._counts:
            self._number += 1
            counts = [(tenant, service, count) for (tenant, service), count in self._counts.items()]
            self._counts = {}
            self._sent = {"type": "usage", "life": self._life, "number": self._number, "counts": counts}
        return self._sent

    def confirmed(self, number: int) -> None:
        """The control plane has written batch ``number`` down."""
        if number == self._number:
            self._sent = None

    @property
    def is_told(self) -> bool:
        """Whether everything is confirmed."""
        return self._sent is None and not self._counts
