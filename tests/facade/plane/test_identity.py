from __future__ import annotations

from strangler_facade.table import Share, Split, StickyKey


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
                ask = (
                    b"GET /api/ HTTP/1.1\r\nHost: a\r\nX-Who: forged\r\nX_Who: forged\r\nCookie: user=%d\r\n\r\n"
                    % number
                )
                await lab.ask(ask)
            assert lab.service.requests and lab.monolith.requests
            for request in lab.service.requests:
                user = request.partition(b"user=")[2].partition(b"\r\n")[0]
                assert b"\r\nX-Who: %b\r\n" % user in request and b"\r\nX-Signature: billing\r\n" in request
            assert not any(b"forged" in request for request in lab.service.requests + lab.monolith.requests)
            assert not any(b"X-Signature" in request for request in lab.monolith.requests)

    run(scenario())
