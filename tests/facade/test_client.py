from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from strangler.errors import StranglerError, UpstreamError
from strangler_facade import AdminClient


def client(answer: Callable[[httpx.Request], httpx.Response]) -> AdminClient:
    return AdminClient("127.0.0.1:1", "the token", transport=httpx.MockTransport(answer))


def test_each_call_carries_the_token_and_a_guard_where_one_is_given() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"weight": 25.0})

    with client(answer) as admin:
        assert admin.shift("billing", 25, "why", revision=7) == {"weight": 25.0}
        admin.rollback("billing", "why")
    shift, rollback = seen
    assert shift.url.path == "/v1/services/billing/shift"
    assert json.loads(shift.content) == {"percent": 25, "reason": "why"}
    assert (shift.headers["authorization"], shift.headers["if-match"]) == ("Bearer the token", '"r7"')
    assert "if-match" not in rollback.headers


def test_a_refusal_is_raised_with_its_message_and_hint() -> None:
    body = {"error": {"code": "illegal-move", "message": "canary is not next to extracted", "hint": "shadow first"}}
    with client(lambda request: httpx.Response(409, json=body)) as admin, pytest.raises(StranglerError) as caught:
        admin.shift("billing", 5, "why")
    assert (caught.value.message, caught.value.hint) == ("canary is not next to extracted", "shadow first")


def test_somebody_else_at_the_address_is_recognised() -> None:
    with client(lambda request: httpx.Response(404, text="nginx")) as admin, pytest.raises(UpstreamError) as caught:
        admin.status()
    assert caught.value.hint == "is this the facade's admin?"


@pytest.mark.parametrize(
    ("told", "said"), [("[Errno 111] Connection refused", "Connection refused"), ("", "ConnectError")]
)
def test_nobody_there_is_said_with_what_to_do(told: str, said: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(told)

    with client(refuse) as admin, pytest.raises(UpstreamError, match=f"does not answer: {said}$") as caught:
        admin.status()
    assert "strangler facade run" in caught.value.hint
