from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from strangler_facade.decide import NO_KEY, RESERVED, Router
from strangler_facade.hash import bucket, threshold
from strangler_facade.match import Request
from strangler_facade.table import Match, Route, RouteTable, Share, Split, StickyKey, Target, TenantSource

COOKIE = (StickyKey("cookie", "sid"),)


def table(*routes, **values):
    targets = tuple(Target(name, f"http://127.0.0.1:{port}") for port, name in enumerate(("old", "new", "third"), 8000))
    return RouteTable(1, targets, "old", routes, **values)


def split(percent, sticky=COOKIE, **values):
    return Split("old", (Share("new", percent),), sticky, **values)


def target(router, cookie=b"", path=b"/api/x", **values):
    return router.decide(Request(b"GET", path, cookie=cookie, **values)).target.name


def test_the_first_route_that_matches_decides():
    router = Router(
        table(
            Route("narrow", Match(("/api/x",), methods=("POST",)), split(100)),
            Route("wide", Match(("/api/**",)), Split("third")),
        )
    )
    assert target(router) == "third" and target(router, path=b"/else") == "old"
    assert router.decide(Request(b"POST", b"/api/x")).route.name == "narrow"


def test_a_route_that_matches_any_path_is_tried_in_its_place():
    routes = [Route("beta", Match(hosts=("beta.x",)), Split("third")), Route("api", Match(("/api/**",)), Split("new"))]
    router = Router(table(*routes))
    assert target(router, host=b"beta.x") == "third" and target(router) == "new"


def test_a_request_without_a_key_is_never_drawn():
    router = Router(table(Route("api", Match(("/api/**",)), split(99.9))))
    decision = router.decide(Request(b"GET", b"/api/x"))
    assert (decision.target.name, decision.reason) == ("old", NO_KEY)


def test_the_first_key_that_is_there_counts():
    sticky = (
        StickyKey("cookie", "sid"),
        StickyKey("header", "X-User"),
        StickyKey("claim", "sub"),
        StickyKey("address"),
    )
    router = Router(table(Route("api", Match(("/api/**",)), split(50, sticky))))
    request = Request(b"GET", b"/api/x", lines=b"X-User: h\r\n", address="9.9.9.9", claims={"sub": "c"})
    for change, expected in ((None, ("header", "h")), ("lines", ("claim", "c")), ("claims", ("address", "9.9.9.9"))):
        if change:
            setattr(request, change, b"" if change == "lines" else {})
        explained = router.explain(request)
        assert (explained.key_kind, explained.bucket) == (expected[0], bucket("strangler", expected[1]))


def test_pinned_tenants_come_before_buckets():
    values = {"tenant": TenantSource("host", "example.org")}
    router = Router(table(Route("api", Match(("/api/**",)), split(0.01, pinned=("acme",))), **values))
    assert target(router, host=b"acme.example.org:80") == "new"
    assert target(router, host=b"other.example.org") == "old"


def test_a_tenant_header_counts_only_from_a_trusted_proxy():
    router = Router(
        table(Route("t", Match(tenants=("acme",)), Split("new")), tenant=TenantSource("header", "X-Tenant"))
    )
    assert target(router, lines=b"X-Tenant: acme\r\n") == "old"
    assert target(router, lines=b"X-Tenant: acme\r\n", trusted=True) == "new"


def test_services_own_paths_are_reserved_however_they_are_written():
    router = Router(table(Route("all", Match(("/**",)), Split("new"))))
    for path in (b"/_strangler", b"/_strangler/calls", b"/a/../_strangler/x", b"/%5fstrangler/x", b"//_strangler/"):
        assert router.decide(Request(b"GET", path)).route.name == RESERVED
    assert router.decide(Request(b"GET", b"/_stranglerx")).route.name == "all"


def test_the_monolith_learns_whose_canaries_a_user_is_in():
    routes = (
        Route("a", Match(("/a/**",)), split(50, salt="a"), service="a"),
        Route("a2", Match(("/a2/**",)), split(50, salt="a"), service="a"),
        Route("b", Match(("/b/**",)), split(100), service="b"),
        Route("c", Match(("/c/**",)), split(0), service="c"),
    )
    router = Router(table(*routes))
    seen = {router.canaries(Request(b"GET", b"/", cookie=b"sid=%d" % number)) for number in range(20)}
    assert seen == {"", "a"}


@given(st.text(min_size=1, max_size=20), st.lists(st.floats(0, 100), min_size=2, max_size=8))
@settings(max_examples=100)
def test_raising_a_weight_moves_nobody_back(key, percentages):
    sticky = (StickyKey("claim", "sub"),)
    request = Request(b"GET", b"/", claims={"sub": key})
    seen = [
        Router(table(Route("all", Match(), split(percent, sticky)))).decide(request).target.name
        for percent in sorted(percentages)
    ]
    assert seen == sorted(seen, reverse=True)


def test_explain_says_why_and_what_was_passed_over():
    routes = (
        Route("post", Match(("/api/**",), methods=("POST",)), split(50)),
        Route("other", Match(("/other",)), split(50)),
        Route("api", Match(("/api/**",)), split(40), service="billing", fallback="old"),
    )
    found = Router(table(*routes)).explain(Request(b"GET", b"/api/x", cookie=b"sid=u1"))
    assert found.passed_over == (("post", "methods"), ("other", "path"))
    assert (found.route, found.service, found.reason, found.key_kind) == ("api", "billing", "bucket", "cookie")
    assert found.target == ("new" if found.bucket < threshold(40) else "old")


def test_three_targets_share_the_buckets_in_order():
    router = Router(table(Route("all", Match(), Split("old", (Share("new", 30), Share("third", 30)), COOKIE))))
    for number in range(300):
        place = bucket("strangler", str(number))
        expected = "new" if place < threshold(30) else "third" if place < threshold(60) else "old"
        assert target(router, cookie=b"sid=%d" % number) == expected
