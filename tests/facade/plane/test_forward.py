from __future__ import annotations

from strangler_facade.plane.forward import Forwarder
from strangler_facade.table import Forwarding, Match, Rewrite, Route, RouteTable, Split, Target


def test_trace_context_goes_on_if_it_is_well_formed_and_begins_anew_otherwise(run, lab):
    async def scenario():
        good = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        async with lab.running():
            for value in (good, b"00-" + b"0" * 32 + b"-b7ad6b7169203331-01", b"nonsense"):
                await lab.ask(b"GET / HTTP/1.1\r\nHost: a\r\ntracestate: k=v\r\ntraceparent: %b\r\n\r\n" % value)
            first, second, third = lab.monolith.requests
            assert b"\r\ntraceparent: " + good + b"\r\n" in first and b"\r\ntracestate: k=v\r\n" in first
            for request in (second, third):
                assert request.count(b"traceparent:") == 1
                made = request.partition(b"traceparent: ")[2].partition(b"\r\n")[0]
                assert len(made) == 55 and made != good and made[3:35] != b"0" * 32

    run(scenario())


def test_the_path_is_rewritten_for_the_service_only(run, lab):
    async def scenario():
        async with lab.running(100, rewrite=Rewrite("/api", "/v2")):
            await lab.ask(b"GET /api/x%2F?q HTTP/1.1\r\nHost: a\r\n\r\n")
            assert lab.service.requests[0].startswith(b"GET /v2/x%2F?q HTTP/1.1\r\n")
            await lab.service.stop()
            await lab.ask(b"GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n")
            assert lab.monolith.requests[0].startswith(b"GET /api/x HTTP/1.1\r\n")
            await lab.service.start()

    run(scenario())


def test_a_target_may_have_a_base_path_and_a_name_of_its_own(run, lab):
    async def scenario():
        async with lab.running():
            url = f"http://127.0.0.1:{lab.service.port}/base/"
            targets = (Target("monolith", url, preserve_host=False),)
            lab.core.apply(RouteTable(2, targets, "monolith", (Route("r", Match(("/r",)), Split("monolith")),)))
            await lab.ask(b"GET /r HTTP/1.1\r\nHost: a\r\n\r\n")
            got = lab.service.requests[0]
            assert got.startswith(b"GET /base/r HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % lab.service.port)
            assert b"\r\nX-Forwarded-Host: a\r\n" in got

    run(scenario())


def test_only_named_networks_are_trusted_and_the_chain_is_read_from_its_end():
    forwarder = Forwarder(Forwarding(trusted=("10.0.0.0/8", "fd00::/8")))
    assert forwarder.trusts("10.1.2.3") and forwarder.trusts("fd00::1")
    assert not any(forwarder.trusts(address) for address in ("11.0.0.1", "", "nonsense", "::1"))
    chain = {b"x-forwarded-for": b"6.6.6.6, 7.7.7.7, 10.0.0.9"}
    assert forwarder.client_address("10.0.0.1", chain) == "7.7.7.7"
    assert forwarder.client_address("10.0.0.1", {}) == "10.0.0.1"


def test_the_standard_field_is_added_on_request():
    lines = Forwarder(Forwarding(forwarded=True)).lines("::1", True, b"a")
    assert b'Forwarded: for="[::1]";proto=https\r\n' in lines
