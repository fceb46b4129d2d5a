"""Flask-Mail's messages: what the service sends while it answers is told in the test's process, where tests listen."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, Dict, List

from . import wire


class Mails:
    """The service's side: nothing leaves the machine, and what would have is kept for the test's process."""

    def __init__(self, application: Any) -> None:
        self._state: Any = getattr(application, "extensions", {}).get("mail")
        self._told: List[Any] = []
        self.is_there = "flask_mail" in sys.modules and self._state is not None
        if self.is_there:
            sys.modules["flask_mail"].email_dispatched.connect(self._keep, weak=False)

    def _keep(self, sender: Any, message: Any, **_: Any) -> None:
        self._told.append(message)

    @contextlib.contextmanager
    def configured(self, config: Dict[str, Any]) -> Iterator[None]:
        """Suppress mail where the test's application does; its configuration was read when it was made."""
        if not self.is_there:
            yield
            return
        before = self._state.suppress
        self._state.suppress = config.get("MAIL_SUPPRESS_SEND", config.get("TESTING", before))
        try:
            yield
        finally:
            self._state.suppress = before

    def taken(self) -> bytes:
        """The messages since the last time, packed; empty if there were none."""
        told, self._told = self._told, []
        return wire.dumps(told, lenient=True) if told else b""


def tell(application: Any, packed: bytes) -> None:
    """The test's side: tell who listens of each message, as if it had been sent here."""
    for message in wire.loads(packed):
        sys.modules["flask_mail"].email_dispatched.send(application, message=message)
