from __future__ import annotations

import re

from strangler_facade.plane.spans import Spans

TRACE = b"0af7651916cd43dd8448eb211c80319c"
PARENT = b"00-" + TRACE + b"-00f067aa0ba902b7-01"


def test_a_sampled_request_is_a_span_between_the_clients_and_the_targets(run, lab):
    async def scenario():
        async with lab.running():
            sent = []
            lab.core.trace(Spans(1, lambda message: sent.append(message) or True))
            await lab.ask(
                b"GET /api/7?secret=1 HTTP/1.1\r\nHost: a\r\nCookie: sid=1\r\ntraceparent: %b\r\n\r\n" % PARENT
            )
            await lab.ask(b"BREW /tea HTTP/1.1\r\nHost: a\r\n\r\n")
            lab.core.flush()
            first, second = sent[0]["spans"]
            given = re.search(rb"traceparent: 00-([0-9a-f]{32})-([0-9a-f]{16})-01\r\n", lab.monolith.requests[0])
            assert given[1] == TRACE == first["trace"].encode() and given[2] == first["span"].encode()
            assert first["parent"] == "00f067aa0ba902b7" and first["span"] != first["parent"]
            assert (first["path"], first["status"], first["template"]) == ("/api/7", 200, "/api/**")
            assert "secret" not in str(first) and "sid" not in str(first)
            assert (second["method"], second["parent"], second["route"]) == ("_OTHER", "", "default")
            assert second["end"] >= second["begin"] >= first["begin"]

    run(scenario())


def test_what_is_not_sampled_is_no_span_and_stays_so_further_on():
    spans = Spans(0, lambda message: True)
    assert spans.context(None).endswith(b"-00")
    assert spans.context(PARENT[:-2] + b"00").endswith(b"-00") and spans.context(PARENT).endswith(b"-01")
    half = Spans(0.5, lambda message: True)
    sampled = sum(half.context(None).endswith(b"-01") for _ in range(4000))
    assert 1800 < sampled < 2200


def test_spans_that_cannot_be_sent_are_counted_and_no_more_than_some_wait(run, lab):
    async def scenario():
        async with lab.running():
            spans = Spans(1, lambda message: False)
            lab.core.trace(spans)
            await lab.ask(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            lab.core.flush()
            assert spans.lost == lab.core.gauges()["spans_lost"] == 1

    run(scenario())
