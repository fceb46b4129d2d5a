from __future__ import annotations

import asyncio

import pytest

from strangler_facade.orders import Orders
from strangler_facade.shadow.repeat import Repeats
from strangler_facade.table import Mirror

GET = b"GET /api/x?q=1 HTTP/1.1\r\nHost: a\r\nCookie: sid=u\r\nAuthorization: secret\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nok"


async def records(lab, count):
    while len(lab.sent) < count:
        await asyncio.sleep(0.01)
    return lab.sent


def watched(lab):
    """Let what the worker hands over be asked again and gathered here, as the shadow process does."""
    lab.sent, orders = [], Orders()
    lab.repeats = Repeats(asyncio.get_running_loop(), lab.sent.append)
    lab.repeats.start()
    lab.closing.append(lab.repeats.stop)

    def send(data):
        for order in orders.feed(data):
            lab.repeats.take(order)
        return True

    lab.core.mirrors.send = send


def test_a_copy_goes_to_the_service_and_both_answers_are_handed_over(run, lab):
    async def scenario():
        lab.monolith.script, lab.service.script = OK, b"HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\nnot"
        async with lab.running(mirror=Mirror("service", strip=("Authorization",))):
            watched(lab)
            assert (await lab.ask(GET)).endswith(b"ok")
            (record,) = await records(lab, 1)
            assert (record.route, record.method, record.path) == ("api", "GET", "/api/x?q=1")
            primary, mirrored = record.primary, record.mirrored
            assert (primary.status, primary.body) == (200, b"ok")
            assert ("x-a", "1") in primary.headers and record.again is None
            assert (mirrored.status, mirrored.body, mirrored.error) == (404, b"not", "")
            copy = lab.service.requests[0]
            assert b"\r\nX-Strangler-Shadow: 1\r\n" in copy and b"secret" not in copy and b"Cookie: sid=u" in copy
            assert lab.tally("service").requests == 0 and lab.tally("monolith").requests == 1

    run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1;x\r\nk\r\n0\r\n\r\n",
    ],
)
def test_bodies_are_compared_without_their_framing(run, lab, answer):
    async def scenario():
        lab.monolith.script, lab.service.script = answer, OK
        async with lab.running(mirror=Mirror("service")):
            watched(lab)
            await lab.ask(GET)
            (record,) = await records(lab, 1)
            assert record.primary.body == record.mirrored.body == b"ok"

    run(scenario())


def test_the_monolith_is_asked_again_to_learn_its_noise(run, lab):
    async def scenario():
        async with lab.running(mirror=Mirror("service", noise=100)):
            watched(lab)
            await lab.ask(GET)
            (record,) = await records(lab, 1)
            assert record.again.status == 200 and len(lab.monolith.requests) == 2
            assert b"X-Strangler-Shadow: 1" in lab.monolith.requests[1]

    run(scenario())


@pytest.mark.parametrize("method", [b"POST", b"DELETE"])
def test_only_safe_methods_are_mirrored_unless_the_route_says_so(run, lab, method):
    async def scenario():
        async with lab.running(mirror=Mirror("service")):
            watched(lab)
            await lab.ask(GET.replace(b"GET", method).replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))
            await lab.ask(GET)
            await records(lab, 1)
            assert [request[:3] for request in lab.service.requests] == [b"GET"]
            lab.core.apply(lab.table(version=2, mirror=Mirror("service", methods=(method.decode(),))))
            watched(lab)
            await lab.ask(GET.replace(b"GET", method).replace(b"\r\n\r\n", b"\r\nContent-Length: 2\r\n\r\nhi"))
            await records(lab, 1)
            assert lab.service.requests[-1].endswith(b"\r\n\r\nhi")

    run(scenario())


def test_a_shadow_that_hangs_floods_or_refuses_changes_nothing_for_the_client(run, lab):
    async def scenario():
        scripts = [
            lambda request, writer: None,
            b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b"x" * 3_000_000,
            b"nonsense\r\n\r\n",
        ]
        async with lab.running(mirror=Mirror("service", timeout=0.3, cap=1000, concurrency=2)):
            watched(lab)
            for script in scripts:
                lab.service.script = script
                assert (await lab.ask(GET)).endswith(b"ok")
                await records(lab, 1)
                mirrored = lab.sent.pop().mirrored
                assert mirrored.error or mirrored.truncated
            await lab.service.stop()
            assert (await lab.ask(GET)).endswith(b"ok")
            (record,) = await records(lab, 1)
            assert record.mirrored.status == 0 and record.mirrored.error
            await lab.service.start()

    run(scenario())


def test_what_is_too_large_or_too_many_is_counted_and_left_out(run, lab):
    async def scenario():
        lab.service.script = lambda request, writer: None
        methods = ("GET", "POST")
        async with lab.running(mirror=Mirror("service", cap=10, concurrency=2, timeout=30, methods=methods)):
            watched(lab)
            await lab.ask(
                GET.replace(b"GET", b"POST").replace(b"\r\n\r\n", b"\r\nContent-Length: 11\r\n\r\n" + b"x" * 11)
            )
            for _ in range(4):
                await lab.ask(GET)

            def seen():  # the worker drops some itself, if they come faster than it hands over
                gauges = lab.core.gauges()
                return gauges.get("shadow_dropped", 0) + gauges.get("shadow_handed_over", 0)

            while seen() < 4:
                await asyncio.sleep(0.01)
            assert 1 <= lab.repeats.counts["sent"] <= 2
            assert lab.core.gauges()["shadow_too_large"] == 1

    run(scenario())


def test_what_nobody_takes_is_counted_and_harms_nobody(run, lab):
    async def scenario():
        async with lab.running(mirror=Mirror("service")):
            assert (await lab.ask(GET)).endswith(b"ok")
            while not lab.core.gauges().get("shadow_unsent"):
                await asyncio.sleep(0.01)
            assert not lab.service.requests

    run(scenario())


def test_a_route_of_a_new_table_is_mirrored_on_its_own_terms(run, lab):
    async def scenario():
        async with lab.running(mirror=Mirror("service", strip=("Cookie",))):
            watched(lab)
            await lab.ask(GET)
            await records(lab, 1)
            lab.core.apply(lab.table(version=2, mirror=Mirror("service", cap=1)))
            await lab.ask(GET)
            await records(lab, 2)
            assert lab.sent[1].mirrored.truncated and not lab.sent[0].mirrored.truncated
            assert [b"Cookie" in request for request in lab.service.requests] == [False, True]

    run(scenario())


def test_who_is_served_by_the_service_is_not_mirrored_to_it(run, lab):
    async def scenario():
        async with lab.running(100, mirror=Mirror("service")):
            watched(lab)
            await lab.ask(GET)
            assert len(lab.service.requests) == 1 and not lab.repeats.counts

    run(scenario())


def test_a_client_cannot_pass_for_a_shadow(run, lab):
    async def scenario():
        async with lab.running():
            await lab.ask(GET.replace(b"Cookie", b"X-Strangler-Shadow: 1\r\nStrangler-Canary: x\r\nCookie"))
            assert b"trangler-" not in lab.monolith.requests[0]

    run(scenario())
