from __future__ import annotations

import pytest

from strangler_facade.decide import Router
from strangler_facade.match import Request
from strangler_facade.table import Match, Route, RouteTable, Split, Target


def test_the_monolith_hears_of_canaries_and_the_service_does_not(run, lab):
    async def scenario():
        async with lab.running(50):
            for number in range(20):
                for path in (b"/api/x", b"/other"):
                    await lab.ask(b"GET %b HTTP/1.1\r\nHost: a\r\nCookie: sid=%d\r\n\r\n" % (path, number))
            told = {
                r.partition(b"sid=")[2][:2].strip()
                for r in lab.monolith.requests
                if b"Strangler-Canary: billing\r\n" in r
            }
            moved = {request.partition(b"sid=")[2][:2].strip() for request in lab.service.requests}
            assert told == moved and moved
            assert not any(b"Strangler-Canary" in request for request in lab.service.requests)

    run(scenario())


@pytest.mark.parametrize(
    ("safety", "method", "keyed", "expected"),
    [
        ("method", b"GET", False, True),
        ("method", b"PUT", False, False),
        ("method", b"PUT", True, True),
        ("unsafe", b"GET", False, False),
        ("unsafe", b"GET", True, True),
        ("safe", b"POST", False, True),
    ],
)
def test_what_may_be_repeated_is_for_method_key_and_route_to_say(run, lab, safety, method, keyed, expected):
    async def scenario():
        async with lab.running(safety=safety):
            applied = lab.core.applied
            course = applied.courses[applied.router.decide(Request(method, b"/api/x"))]
            assert course.repeatable(method, keyed) is expected

    run(scenario())


def test_a_decision_is_made_once_for_each_route_target_and_reason():
    targets = (Target("monolith", "http://127.0.0.1:1"),)
    router = Router(RouteTable(1, targets, "monolith", (Route("a", Match(("/a",)), Split("monolith")),)))
    request = Request(b"GET", b"/a")
    assert router.decide(request) is router.decide(request)
