from datetime import timedelta
from unittest.mock import patch

import pytest

from shop import clock, idempotency

EVENT = {"meter": "api_calls", "quantity": 3}
PATH = "/api/metering/events"


def used(client):
    return client.get("/api/metering/usage?meter=api_calls").json["quantity"]


def test_without_a_key_twice_is_twice(owner):
    owner.post(PATH, EVENT)
    owner.post(PATH, EVENT)
    assert used(owner) == 6


def test_same_key_is_done_once_and_answered_alike(owner):
    first = owner.post(PATH, EVENT, key="k1")
    second = owner.post(PATH, EVENT, key="k1")
    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert second.content_type == first.content_type
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert used(owner) == 3


def test_another_body_under_the_same_key_is_refused(owner):
    owner.post(PATH, EVENT, key="k1")
    assert owner.post(PATH, {**EVENT, "quantity": 4}, key="k1").status_code == 422
    assert used(owner) == 3


def test_keys_belong_to_a_path(owner):
    owner.post(PATH, EVENT, key="k1")
    batch = owner.post(f"{PATH}/batch", {"events": [EVENT]}, key="k1")
    assert batch.status_code == 201
    assert used(owner) == 6


def test_refused_requests_may_be_repeated(owner):
    assert owner.post(PATH, {"meter": "?"}, key="k1").status_code == 422
    assert owner.post(PATH, EVENT, key="k1").status_code == 201


def test_a_crash_leaves_no_key_behind(owner):
    with patch("shop.metering.service.record_usage", side_effect=RuntimeError("crash")):
        assert owner.post(PATH, EVENT, key="k1").status_code == 500
    assert owner.post(PATH, EVENT, key="k1").status_code == 201
    assert used(owner) == 3


def test_orders_are_not_placed_twice(owner):
    body = {"lines": [{"plan": "team"}]}
    numbers = {owner.post("/api/orders", body, key="o").json["order"]["number"] for _ in range(3)}
    assert len(numbers) == 1
    assert len(owner.get("/api/orders").json["orders"]) == 1


@pytest.mark.parametrize("key", ["x" * 101])
def test_odd_keys(owner, key):
    assert owner.post(PATH, EVENT, key=key).status_code == 422


def test_old_keys_are_purged(owner):
    owner.post(PATH, EVENT, key="k1")
    assert idempotency.purge_keys() == 0
    with patch("shop.clock.now", return_value=clock.now() + timedelta(days=8)):
        assert idempotency.purge_keys() == 1
