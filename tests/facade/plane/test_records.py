from __future__ import annotations

import asyncio

from strangler_facade.channel import BOUNDS
from strangler_facade.hash import bucket
from strangler_facade.plane.records.access import AccessLog
from strangler_facade.plane.records.capture import Capture
from strangler_facade.plane.records.metrics import Ledger
from strangler_facade.plane.records.usage import Usage
from strangler_facade.table import RouteTable, Target, TenantSource


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
            await lab.ask(b"GET /api/7 HTTP/1.1\r\nHost: a\r\nCookie: sid=u1\r\n\r\n")
            lab.core.flush()
            old, new = (tmp_path / "old").read_text(), (tmp_path / "log").read_text()
            assert f'"bucket":{bucket("strangler", "u1")},' in new and '"bucket":null' in new
            assert "/one" in old and "/two" in new and "s3cret" not in old

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


def test_requests_are_counted_by_tenant_and_without_a_key(run, lab):
    async def scenario():
        async with lab.running(50, tenant=TenantSource("host", "example.org")):
            for host in (b"acme.example.org", b"acme.example.org", b"x.example.org"):
                await lab.ask(b"GET /api/ HTTP/1.1\r\nHost: %b\r\n\r\n" % host)
            assert used(lab.core.ledger.usage) == {("acme", "billing"): 2, ("x", "billing"): 1}
            assert lab.tally("monolith").keyless == 3

    run(scenario())


def test_a_tally_counts_answers_failures_and_what_was_passed_over():
    tally = Ledger().tally("api", "service")
    tally.answered(200, BOUNDS[0])
    tally.answered(503, BOUNDS[3])
    tally.failed(1e9)
    tally.passed_over()
    record = tally.record()
    assert (record["requests"], record["failures"], record["skipped"]) == (4, 3, 1)
    assert record["statuses"] == [2, 0, 1, 0, 0, 1]
    assert (record["buckets"][0], record["buckets"][3], record["buckets"][-1]) == (1, 1, 1)


def used(usage):
    return {(tenant, service): count for tenant, service, count in usage.batch()["counts"]}


def test_only_what_was_served_is_usage():
    usage = Usage()
    for status in (200, 301, 404, 101, 500, 503, 429, 0):
        usage.count("acme", "billing", status)
    assert used(usage) == {("acme", "billing"): 4}


def test_beyond_ten_thousand_tenants_the_rest_is_counted_for_nobody():
    usage = Usage()
    for number in range(10_500):
        usage.count(f"t{number}", "billing", 200)
    counts = used(usage)
    assert len(counts) == 10_001 and counts["", "billing"] == 500


def test_a_batch_is_told_until_it_is_confirmed_and_the_next_one_only_then():
    usage = Usage()
    assert usage.batch() is None and usage.is_told
    usage.count("acme", "billing", 200)
    first = usage.batch()
    usage.count("acme", "billing", 200)
    assert usage.batch() is first and not usage.is_told
    usage.confirmed(first["number"])
    second = usage.batch()
    assert (second["life"], second["number"]) == (first["life"], first["number"] + 1)
    usage.confirmed(first["number"])  # late, and of the batch before
    assert usage.batch() is second
    usage.confirmed(second["number"])
    assert usage.is_told


def test_a_capture_keeps_no_more_than_its_cap():
    capture = Capture(5)
    capture.request_body(b"abc")
    capture.answer_body(b"abcd")
    capture.answer_body(b"efgh")
    assert b"".join(capture.answer) == b"abcde" and capture.truncated and not capture.too_large
    capture.request_body(b"def")
    assert capture.too_large and not capture.body
