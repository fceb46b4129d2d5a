from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from strangler_facade.shadow.compare import Side
from strangler_facade.shadow.findings import LEARNT_AFTER, Findings, Record, Totals, totals
from strangler_facade.shadow.redact import HIDDEN


def answer(body: object, *, status: int = 200, error: str = "") -> Side:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Side(status, (("content-type", "application/json"),), data, error=error)


def record(monolith: object, service: object, again: object = None) -> Record:
    third = None if again is None else answer(again)
    return Record("billing.0", "GET", "/api/invoices/7?full=1", answer(monolith), answer(service), third)


def test_a_field_that_differs_is_counted_with_a_sample() -> None:
    findings = Findings()
    for _ in range(10):
        findings.take(record({"total": 1}, {"total": 2}, again={"total": 1}))
    (route,) = findings.summary().values()
    assert (route["pairs"], route["compared"], route["differing"], route["learning"]) == (10, 10, 10, 0)
    (field,) = route["fields"]
    assert (field["field"], field["differed"], field["is_noise"]) == ("json:$.total", 10, False)
    assert field["samples"][-1] == {
        "method": "GET",
        "path": "/api/invoices/7?full=…",
        "kind": "value",
        "monolith": "1",
        "service": "2",
    }


def test_what_the_monolith_contradicts_itself_in_is_noise() -> None:
    findings, draw = Findings(), random.Random(3)
    for _ in range(50):
        mine, other, third = ({"at": draw.random(), "total": 1} for _ in range(3))
        findings.take(record(mine, other, again=third))
    (route,) = findings.summary().values()
    assert (route["compared"], route["differing"]) == (50, 0)
    assert route["fields"][0]["is_noise"]


def test_a_field_of_many_elements_counts_once_in_a_pair_and_is_noise_as_any_other() -> None:
    findings, draw = Findings(), random.Random(5)
    for index in range(40):
        mine, other, third = ([{"reference": draw.random()} for _ in range(6)] for _ in range(3))
        findings.take(record(mine, other, again=third if index % 10 == 0 else None))
    (route,) = findings.summary().values()
    (field,) = route["fields"]
    assert (field["field"], field["differed"], field["noise"]) == ("json:$[].reference", 40, 4)
    assert (field["kinds"], field["is_noise"], route["differing"]) == ({"value": 40}, True, 0)


def test_a_noisy_field_that_differs_far_more_often_than_the_monolith_counts_after_all() -> None:
    findings = Findings()
    for index in range(200):
        again = {"rank": 2 if index % 20 == 0 else 1}
        findings.take(record({"rank": 1}, {"rank": 9}, again=again))
    (route,) = findings.summary().values()
    assert not route["fields"][0]["is_noise"]
    assert route["differing"] > 100


def test_pairs_wait_until_the_routes_noise_is_known() -> None:
    findings = Findings()
    for _ in range(30):
        findings.take(record({"at": 1}, {"at": 2}))
    (route,) = findings.summary().values()
    assert (route["compared"], route["learning"]) == (0, 30)
    for index in range(LEARNT_AFTER):
        findings.take(record({"at": 1}, {"at": 2}, again={"at": 3 + index}))
    (route,) = findings.summary().values()
    assert (route["compared"], route["differing"], route["learning"]) == (30 + LEARNT_AFTER, 0, 0)


def test_nothing_grows_beyond_its_bound() -> None:
    findings = Findings()
    for index in range(700):
        findings.take(record({f"k{index}": 1}, {f"k{index}": 2}, again={f"k{index}": 1}))
    (route,) = findings.summary().values()
    assert len(route["fields"]) == 500
    assert findings.dropped > 0


def test_samples_show_no_secret() -> None:
    findings = Findings()
    old = {"password": "hunter2", "mail": "ada@example.org", "note": "card 4111 1111 1111 1111"}
    findings.take(record(old, {"password": "x", "mail": "bob@example.org", "note": "none"}, again=old))
    fields = {field["field"]: field["samples"][0] for field in findings.summary()["billing.0"]["fields"]}
    assert fields["json:$.password"]["monolith"] == HIDDEN
    assert fields["json:$.mail"]["service"] == HIDDEN
    assert fields["json:$.note"]["monolith"] == f"card {HIDDEN}"


def test_an_unanswered_second_question_teaches_nothing() -> None:
    findings = Findings()
    message = replace(record({"a": 1}, {"a": 1}), again=answer(b"", status=0, error="timeout"))
    findings.take(message)
    assert findings.routes["billing.0"].asked_twice == 0


def test_totals_are_of_the_routes_asked_for() -> None:
    summary = {
        "billing.0": {"compared": 5, "differing": 1, "pairs": 6, "unanswered": 2, "moved_on": 3},
        "billing.1": {"compared": 7, "differing": 0, "pairs": 9, "unanswered": 0, "moved_on": 0},
    }
    assert totals(summary, ["billing.0", "billing.1", "orders.0"]) == Totals(
        12, 1, shadowed=15, unanswered=2, moved_on=3
    )


def test_mirrored_requests_without_an_answer_are_counted_and_in_a_row_until_one_is_answered() -> None:
    findings, down = Findings(), answer(b"", status=0, error="no connection")
    for index in range(3):
        findings.take(replace(record({"a": 1}, {"a": 1}), route=f"billing.{index % 2}", mirrored=down))
    assert findings.silent == {"billing": 3}
    findings.take(record({"a": 1}, {"a": 1}))
    assert findings.silent == {"billing": 0}
    assert [(route["pairs"], route["unanswered"]) for route in findings.summary().values()] == [(3, 2), (1, 1)]


def looked_twice(monolith: object, service: object, second: object) -> Record:
    return replace(record(monolith, service), second=answer(second))


def learnt() -> Findings:
    findings = Findings()
    for _ in range(LEARNT_AFTER):
        findings.take(record({"total": 1}, {"total": 1}, again={"total": 1}))
    return findings


@pytest.mark.parametrize(
    ("second", "differing"),
    [({"total": 2}, 0), ({"total": 3}, 0), ({"total": 1}, 1)],
    ids=["says what the service said", "says something else again", "stands by its first answer"],
)
def test_a_difference_counts_only_if_the_monolith_stands_by_its_answer(second: object, differing: int) -> None:
    findings = learnt()
    findings.take(looked_twice({"total": 1}, {"total": 2}, second))
    (route,) = findings.summary().values()
    assert (route["compared"], route["differing"]) == (LEARNT_AFTER + 1, differing)
    assert route["moved_on"] == 1 - differing
    assert [field["differed"] for field in route["fields"]] == [1] * differing


def test_what_moved_on_does_not_hide_what_differs_beside_it() -> None:
    findings = learnt()
    findings.take(looked_twice({"total": 1, "name": "a"}, {"total": 2, "name": "b"}, {"total": 2, "name": "a"}))
    (route,) = findings.summary().values()
    assert (route["differing"], route["moved_on"]) == (1, 0)
    assert [field["field"] for field in route["fields"]] == ["json:$.name"]


def test_a_list_that_grew_meanwhile_has_moved_on_and_a_status_too() -> None:
    findings = learnt()
    findings.take(looked_twice([{"id": 1}], [{"id": 1}, {"id": 2}], [{"id": 1}, {"id": 2}, {"id": 3}]))
    gone = answer({"error": "gone"}, status=404)
    findings.take(replace(record({"id": 1}, {}), mirrored=gone, second=gone))
    (route,) = findings.summary().values()
    assert (route["differing"], route["moved_on"]) == (0, 2)


def test_a_second_look_without_an_answer_changes_nothing() -> None:
    findings = learnt()
    findings.take(replace(record({"total": 1}, {"total": 2}), second=answer(b"", status=0, error="timeout")))
    (route,) = findings.summary().values()
    assert (route["differing"], route["moved_on"]) == (1, 0)


def test_only_what_would_count_is_doubted() -> None:
    findings, draw = learnt(), random.Random(7)
    assert not findings.doubts(record({"total": 1}, {"total": 1}))
    assert findings.doubts(record({"total": 1}, {"total": 2}))
    assert not findings.doubts(replace(record({"total": 1}, {}), mirrored=answer(b"", status=0, error="no connection")))
    for _ in range(30):
        mine, other, third = ({"at": draw.random()} for _ in range(3))
        findings.take(record(mine, other, again=third))
    assert not findings.doubts(record({"at": 1}, {"at": 2}))


def test_second_looks_teach_nothing_about_noise() -> None:
    findings = learnt()
    for index in range(50):
        findings.take(looked_twice({"total": index}, {"total": index + 1}, {"total": index + 2}))
    route = findings.routes["billing.0"]
    assert (route.asked_twice, route.moved_on) == (LEARNT_AFTER, 50)
    assert findings.doubts(record({"total": 1}, {"total": 2}))
