from __future__ import annotations

import asyncio

from strangler_facade.plane.records.access import AccessLog
from strangler_facade.table import Match, Route, RouteTable, Share, Split, StickyKey, Target, TenantSource


class Bridge:
    """Believes a cookie that says so."""

    names = ("X-Who", "X-Signature")

    def claims(self, cookie_header, authorization):
        return {"sub": cookie_header.removeprefix("user=")} if cookie_header.startswith("user=") else {}

    def headers(self, cookie_header, authorization, service):
        claims = self.claims(cookie_header, authorization)
        return (("X-Who", claims["sub"]), ("X-Signature", service)) if claims else ()


def test_a_verified_session_decides_and_is_vouched_for(run, lab):
    async def scenario():
        split = Split("monolith", (Share("service", 50),), (StickyKey("claim", "sub"),))
        async with lab.running(split=split):
            lab.core._make_bridge = lambda config: Bridge()
            lab.core.identify({"kind": "test"})
            for number in range(20):
                ask = b"GET /api/ HTTP/1.1\r\nHost: a\r\nX-Who: forged\r\nCookie: user=%d\r\n\r\n" % number
                await lab.ask(ask)
            assert lab.service.requests and lab.monolith.requests
            for request in lab.service.requests:
                user = request.partition(b"user=")[2].partition(b"\r\n")[0]
                assert b"\r\nX-Who: %b\r\n" % user in request and b"\r\nX-Signature: billing\r\n" in request
            assert not any(b"forged" in request for request in lab.service.requests + lab.monolith.requests)
            assert not any(b"X-Signature" in request for request in lab.monolith.requests)

    run(scenario())


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


def test_services_own_paths_are_not_there_for_the_outside(run, lab):
    async def scenario():
        async with lab.running(100):
            for path in (b"/_strangler/calls/x", b"/api/../_strangler", b"/%5Fstrangler/"):
                answer = await lab.ask(b"POST %b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi" % path)
                assert answer.startswith(b"HTTP/1.1 404 ")
            assert not lab.monolith.requests and not lab.service.requests

    run(scenario())


def test_requests_are_counted_by_tenant_and_without_a_key(run, lab):
    async def scenario():
        async with lab.running(50, tenant=TenantSource("host", "example.org")):
            for host in (b"acme.example.org", b"acme.example.org", b"x.example.org"):
                await lab.ask(b"GET /api/ HTTP/1.1\r\nHost: %b\r\n\r\n" % host)
            assert lab.core.ledger.tenants == {"acme": 2, "x": 1}
            assert lab.tally("monolith").keyless == 3

    run(scenario())


def test_the_path_is_rewritten_for_the_service_only(run, lab):
    async def scenario():
        from strangler_facade.table import Rewrite

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


def test_figures_outlive_tables_and_connections_of_targets_that_are_gone_end(run, lab):
    async def scenario():
        async with lab.running(100):
            await lab.ask(b"GET /api/ HTTP/1.1\r\nHost: a\r\n\r\n")
            lab.core.apply(RouteTable(2, (Target("monolith", f"http://127.0.0.1:{lab.monolith.port}"),), "monolith"))
            assert lab.tally("service").requests == 1
            assert [pool.target.name for pool in lab.core.pools()] == ["monolith"]
            await lab.ask(b"GET /api/ HTTP/1.1\r\nHost: a\r\n\r\n")
            assert lab.tally("monolith", "default").requests == 1
            while lab.service._tasks:
                await asyncio.sleep(0.01)

    run(scenario())


def test_a_log_can_be_rotated_and_never_holds_credentials(run, lab, tmp_path):
    async def scenario():
        async with lab.running():
            lab.core.log = AccessLog(str(tmp_path / "log"))
            await lab.ask(b"GET /one HTTP/1.1\r\nHost: a\r\nCookie: s3cret\r\nAuthorization: s3cret\r\n\r\n")
            lab.core.log.flush()
            (tmp_path / "log").rename(tmp_path / "old")
            lab.core.log.reopen()
            await lab.ask(b"GET /two HTTP/1.1\r\nHost: a\r\n\r\n")
            lab.core.log.flush()
            old, new = (tmp_path / "old").read_text(), (tmp_path / "log").read_text()
            assert "/one" in old and "/two" in new and "s3cret" not in old

    run(scenario())


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
