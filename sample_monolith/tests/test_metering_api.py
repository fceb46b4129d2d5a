from unittest.mock import patch

import pytest

from shop import clock
from shop.metering.service import RecordedUsage


def test_needs_a_login(anyone):
    answer = anyone.post("/api/metering/events", {"meter": "api_calls"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "unauthenticated"


def test_record_and_read_back(owner):
    answer = owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 3})
    assert answer.status_code == 201
    assert answer.json["event"]["quantity"] == 3
    assert owner.get("/api/metering/usage?meter=api_calls").json["quantity"] == 3


def test_duplicate_event_id_answers_200(owner):
    body = {"meter": "api_calls", "quantity": 3, "event_id": "x"}
    assert owner.post("/api/metering/events", body).status_code == 201
    again = owner.post("/api/metering/events", body)
    assert again.status_code == 200 and again.json["event"]["duplicate"]


@pytest.mark.parametrize(
    "body",
    [
        {"meter": "api_calls", "quantity": "3"},
        {"meter": "api_calls", "quantity": 0},
        {"meter": "api_calls", "quantity": True},
        {"meter": "nope"},
        {"quantity": 1},
        {"meter": "api_calls", "occurred_at": "yesterday"},
        [],
    ],
)
def test_wrong_bodies(owner, body):
    answer = owner.post("/api/metering/events", body)
    assert answer.status_code == 422
    assert answer.json["code"] == "validation_failed"


def test_batch(owner):
    events = [{"meter": "api_calls", "quantity": 2}, {"meter": "documents", "quantity": 1}]
    answer = owner.post("/api/metering/events/batch", {"events": events})
    assert answer.json == {"accepted": 2, "duplicates": 0}
    summary = {m["meter"]: m["quantity"] for m in owner.get("/api/metering/summary").json["meters"]}
    assert summary["api_calls"] == 2 and summary["documents"] == 1


def test_batch_must_be_a_list_of_objects(owner):
    assert owner.post("/api/metering/events/batch", {"events": [1]}).status_code == 422


def test_daily(owner):
    owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 2})
    answer = owner.get("/api/metering/rollups?meter=api_calls").json
    assert answer["total"] == 2
    assert answer["days"][0]["events"] == 1


def test_period_must_be_the_right_way_round(owner):
    answer = owner.get("/api/metering/summary?from=2025-02-01&to=2025-01-01")
    assert answer.status_code == 422


def test_meters_are_public(anyone):
    assert len(anyone.get("/api/metering/meters").json["meters"]) == 4


def test_customers_do_not_see_each_other(owner, other_owner):
    owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 3})
    assert other_owner.get("/api/metering/usage?meter=api_calls").json["quantity"] == 0


def test_staff_set_quotas(api_world, owner, staff):
    path = f"/api/metering/accounts/{api_world.account_id}/quotas/api_calls"
    assert owner.put(path, {"limit": 5}).status_code == 403
    answer = staff.put(path, {"limit": 5, "hard": True})
    assert answer.json["quota"]["limit"] == 5
    refused = owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 6})
    assert refused.status_code == 429
    assert refused.json["code"] == "quota_exceeded" and refused.json["limit"] == 5


def test_staff_fold_events(owner, staff):
    owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 3})
    assert staff.post("/api/metering/rollups/run").json == {"folded": 1}
    assert owner.get("/api/metering/usage?meter=api_calls").json["quantity"] == 3


def test_quotas_lists_every_meter(owner):
    quotas = owner.get("/api/metering/quotas").json["quotas"]
    assert {q["meter"] for q in quotas} == {"api_calls", "documents", "storage_mb", "messages"}


def test_api_hands_plain_values_to_the_service(api_world, owner):
    recorded = RecordedUsage(7, "api_calls", 2, clock.now(), None, False)
    with patch("shop.metering.service.record_usage", return_value=recorded) as record:
        answer = owner.post("/api/metering/events", {"meter": "api_calls", "quantity": 2})
    assert answer.json["event"]["id"] == 7
    record.assert_called_once_with(
        api_world.tenant_id,
        api_world.account_id,
        meter="api_calls",
        quantity=2,
        occurred_at=None,
        event_id=None,
    )


@pytest.mark.parametrize("path", ["rollups", "usage"])
def test_an_unknown_meter_is_refused(owner, path):
    answer = owner.get(f"/api/metering/{path}?meter=nope")
    assert answer.status_code == 422
    assert answer.json["code"] == "validation_failed"
