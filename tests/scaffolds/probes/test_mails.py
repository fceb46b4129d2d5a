from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from strangler_scaffolds.probes.edge import path_of
from strangler_scaffolds.probes.mails import Mails, tell


class Dispatched:
    """A signal, as blinker makes them."""

    def __init__(self) -> None:
        self.receivers: list[Callable[..., None]] = []

    def connect(self, receiver: Callable[..., None], weak: bool) -> None:
        assert not weak
        self.receivers.append(receiver)

    def send(self, sender: Any, **told: Any) -> None:
        for receiver in self.receivers:
            receiver(sender, **told)


@pytest.fixture
def dispatched(monkeypatch: pytest.MonkeyPatch) -> Dispatched:
    signal = Dispatched()
    monkeypatch.setitem(sys.modules, "flask_mail", types.SimpleNamespace(email_dispatched=signal))
    return signal


def application() -> Any:
    return types.SimpleNamespace(extensions={"mail": types.SimpleNamespace(suppress=False)})


def test_messages_are_told_where_tests_listen(dispatched: Dispatched) -> None:
    mails = Mails(application())
    assert mails.is_there and mails.taken() == b""
    dispatched.send("the service", message={"subject": "hello", "to": ["a@example.org"]})
    packed = mails.taken()
    assert mails.taken() == b""
    dispatched.receivers.clear()
    heard: list[Any] = []
    dispatched.connect(lambda sender, message: heard.append((sender, message)), weak=False)
    tell("the test's", packed)
    assert heard == [("the test's", {"subject": "hello", "to": ["a@example.org"]})]


@pytest.mark.parametrize(
    ("config", "suppressed"),
    [({"TESTING": True}, True), ({"TESTING": True, "MAIL_SUPPRESS_SEND": False}, False), ({}, False)],
)
def test_mail_stays_here_where_the_test_keeps_it(
    dispatched: Dispatched, config: dict[str, Any], suppressed: bool
) -> None:
    app = application()
    with Mails(app).configured(config):
        assert app.extensions["mail"].suppress is suppressed
    assert app.extensions["mail"].suppress is False


def test_an_application_without_it_is_left_alone() -> None:
    mails = Mails(types.SimpleNamespace())
    with mails.configured({"TESTING": True}):
        assert not mails.is_there


@pytest.mark.parametrize("path", ["/api/x", "api/x", "//api/x"])
def test_a_path_begins_with_a_slash_whatever_middleware_has_left_of_it(path: str) -> None:
    assert path_of({"PATH_INFO": path}) == "/api/x"
