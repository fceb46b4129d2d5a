"""Pools, breakers, probes and the budget of fallbacks."""

from __future__ import annotations

import asyncio

import pytest

from strangler_facade.plane.limits import Settings
from strangler_facade.plane.upstreams.breaker import Switch
from strangler_facade.plane.upstreams.budget import Allowance
from strangler_facade.table import Breaker, Budget, Health, Share, Split

GET = b"GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_breaker_opens_after_failures_in_a_row_and_closes_after_one_success(clock):
    switch = Switch(Breaker(consecutive=3, rest=5), clock)
    for _ in range(3):
        assert switch.passes()
        switch.failed()
    assert not switch.passes() and switch.state == "open"
    clock.now += 5
    assert switch.passes() and switch.state == "half-open"
    assert not switch.passes()
    switch.answered()
    assert switch.passes() and switch.state == "closed"


def test_a_trial_that_fails_opens_the_breaker_again(clock):
    switch = Switch(Breaker(consecutive=1, rest=5), clock)
    switch.failed()
    clock.now += 5
    assert switch.passes()
    switch.failed()
    clock.now += 4.9
    assert not switch.passes()


def test_a_trial_that_is_never_answered_does_not_close_the_way_for_ever(clock):
    switch = Switch(Breaker(consecutive=1, rest=5), clock)
    switch.failed()
    clock.now += 5
    assert switch.passes()
    clock.now += 5
    assert switch.passes()


def test_a_breaker_opens_at_a_share_of_failures(clock):
    switch = Switch(Breaker(consecutive=100, minimum=20, ratio=0.5), clock)
    for _ in range(10):
        switch.answered()
        switch.failed()
    assert switch.state == "open"


def test_failures_of_an_old_window_are_forgotten(clock):
    switch = Switch(Breaker(consecutive=100, minimum=20, ratio=0.5, window=10), clock)
    for _ in range(9):
        switch.answered()
        switch.failed()
    clock.now += 11
    switch.sweep(clock.now)
    switch.answered()
    switch.failed()
    assert switch.state == "closed"


def test_a_new_decision_grants_an_open_breaker_a_trial(clock):
    switch = Switch(Breaker(consecutive=1), clock)
    switch.failed()
    assert not switch.passes()
    switch.trial()
    assert switch.passes()


def test_fallbacks_are_a_share_of_requests_and_some_each_second():
    allowance = Allowance(Budget(percent=10, minimum=0))
    while allowance.take():
        pass
    allowance.earned(100, 1.0)
    assert sum(allowance.take() for _ in range(50)) == 10
    seconds = Allowance(Budget(percent=0, minimum=5))
    while seconds.take():
        pass
    seconds.earned(0, 1.0)
    seconds.earned(0, 2.0)
    assert sum(seconds.take() for _ in range(50)) == 5


def test_while_a_breaker_is_open_requests_fall_back_and_are_counted_against_the_service(run, lab):
    async def scenario():
        async with lab.running(100, target={"breaker": Breaker(consecutive=2, rest=60)}):
            await lab.service.stop()
            answers = [await lab.ask(POST) for _ in range(5)]
            assert all(b"X-Served-By: monolith" in answer for answer in answers)
            tally = lab.tally("service")
            assert (tally.requests, tally.failures, tally.skipped, tally.fallbacks) == (5, 5, 3, 5)
            assert lab.core.pools()[1].switch.state == "open"
            await lab.service.start()
            lab.core.apply(lab.table(50, version=2, target={"breaker": Breaker(consecutive=2, rest=60)}))
            lab.core.apply(lab.table(100, version=3, target={"breaker": Breaker(consecutive=2, rest=60)}))
            assert b"X-Served-By: service" in await lab.ask(POST)

    run(scenario())


def test_without_a_budget_there_is_no_fallback(run, lab):
    async def scenario():
        async with lab.running(100, budget=Budget(percent=0, minimum=0), target={"breaker": Breaker(consecutive=1000)}):
            await lab.service.stop()
            statuses = [(await lab.ask(GET))[9:12] for _ in range(12)]
            assert statuses.count(b"200") == 10 and statuses[-1] == b"503"

    run(scenario())


def test_a_route_without_a_fallback_answers_for_the_service(run, lab):
    async def scenario():
        async with lab.running(100, fallback=None):
            await lab.service.stop()
            answer = await lab.ask(GET)
            assert answer.startswith(b"HTTP/1.1 503 ") and b"Indeterminate" not in answer

    run(scenario())


def test_a_probe_that_fails_takes_the_service_out_and_one_that_succeeds_puts_it_in(run, lab):
    async def scenario():
        def script(request, writer):
            if b"strangler-probe" in request and not well:
                return b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"
            return OK

        well = True
        lab.service.script = script
        async with lab.running(100, target={"health": Health("/readyz", interval=0.05, rise=1, fall=2)}):
            pool = lab.core.pools()[1]
            assert b"X-Served-By: service" in await lab.ask(GET)
            well = False
            while pool.switch.healthy:
                await asyncio.sleep(0.02)
            assert b"X-Served-By: monolith" in await lab.ask(POST)
            well = True
            while not pool.switch.healthy:
                await asyncio.sleep(0.02)
            assert b"X-Served-By: service" in await lab.ask(GET)
            assert any(request.startswith(b"GET /readyz HTTP/1.1\r\n") for request in lab.service.requests)

    run(scenario())


@pytest.mark.parametrize(("request_bytes", "status", "served"), [(GET, b"200", 1), (POST, b"504", 0)])
def test_a_service_that_hangs_is_given_up(run, lab, request_bytes, status, served):
    async def scenario():
        lab.service.script = lambda request, writer: None
        async with lab.running(100, target={"answer_timeout": 0.2}):
            answer = await lab.ask(request_bytes)
            assert answer[9:12] == status and len(lab.monolith.requests) == served
            assert (b"X-Strangler-Indeterminate: 1" in answer) == (status == b"504")

    run(scenario())


def test_a_service_that_stops_in_the_middle_is_given_up(run, lab):
    async def scenario():
        async with lab.running(100, target={"idle_timeout": 0.2}):
            lab.service.script = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nabc"
            assert (await lab.talk(GET)).endswith(b"\r\n\r\nabc")
            lab.service.script = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
            assert b"X-Served-By: monolith" in await lab.ask(GET)

    run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more than it said",
        OK + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison",
    ],
)
def test_bytes_nobody_asked_for_never_reach_the_next_client(run, lab, answer_of, answer):
    async def scenario():
        lab.service.script = answer
        async with lab.running(100):
            reader, writer = await lab.connect()
            for _ in range(5):
                writer.write(GET)
                assert (await answer_of(reader)).endswith(b"\r\n\r\nok")
            assert lab.service.connections == 5

    run(scenario())


@pytest.mark.parametrize(
    "flood", [b"x" * 100_000, b"HTTP/1.1 103 Hint\r\n\r\n" * 50, b"HTTP/1.1 200 OK\r\nX : y\r\n\r\n"]
)
def test_a_service_that_floods_instead_of_answering_is_given_up(run, lab, flood):
    async def scenario():
        lab.service.script = flood
        async with lab.running(100):
            assert b"X-Served-By: monolith" in await lab.ask(GET)

    run(scenario())


def test_connections_are_used_again_last_first_and_closed_when_idle(run, lab):
    async def scenario():
        async with lab.running(target={"keep_idle": 0.3}):
            lab.core.apply(lab.table(100, version=2, target={"keep_idle": 0.3}))
            for _ in range(5):
                await lab.ask(GET)
            assert lab.service.connections == 1
            pool = lab.core.pools()[1]
            while pool.open:
                await asyncio.sleep(0.05)
            await lab.ask(GET)
            assert lab.service.connections == 2

    run(scenario())


def test_beyond_its_connections_requests_wait_for_a_target(run, lab):
    async def scenario():
        async def slow(request, writer):
            await asyncio.sleep(0.02)
            return OK

        lab.service.script = slow
        async with lab.running(100, target={"connections": 2}):
            answers = await asyncio.gather(*(lab.ask(GET) for _ in range(4)))
            assert all(b"X-Served-By: service" in answer for answer in answers)
            assert lab.service.connections == 2

    run(scenario())


def test_a_body_does_not_pile_up_before_a_slow_service(run, make_lab):
    async def scenario():
        lab = make_lab(Settings(high_water=65536))
        read = 0

        async def slowly(reader, writer):
            nonlocal read
            await reader.readuntil(b"\r\n\r\n")
            await gate.wait()
            while read < size:
                read += len(await reader.read(65536))
            writer.write(OK)
            await writer.drain()

        gate, size = asyncio.Event(), 10_000_000
        lab.service.serve = slowly
        async with lab.running(100):
            reader, writer = await lab.connect()
            writer.write(b"PUT /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size)
            writer.write(b"x" * size)
            while not lab.core.clients:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)
            client = next(iter(lab.core.clients))
            assert client.exchange.connection.transport.get_write_buffer_size() < 400_000
            gate.set()
            assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 ")
            assert read == size

    run(scenario())


def test_a_split_of_two_services_falls_back_each_for_itself(run, lab):
    async def scenario():
        both = Split("service", (Share("monolith", 0.01),))
        async with lab.running(split=both, fallback="monolith"):
            await lab.service.stop()
            assert b"X-Served-By: monolith" in await lab.ask(GET)

    run(scenario())
