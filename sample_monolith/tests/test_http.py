from unittest.mock import patch

import pytest
from sqlalchemy.exc import OperationalError


def test_healthz(anyone):
    assert anyone.http.get("/healthz").json == {"status": "ok"}


def test_head_has_the_length_and_no_body(anyone):
    get, head = anyone.get("/api/catalogue/plans"), anyone.call("HEAD", "/api/catalogue/plans")
    assert head.data == b"" and head.status_code == 200
    assert head.headers["Content-Length"] == str(len(get.data)) == get.headers["Content-Length"]


def test_unknown_api_path_is_a_problem(anyone):
    answer = anyone.get("/api/nothing")
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "not_found"


def test_wrong_method_is_a_problem_with_allow(anyone):
    answer = anyone.post("/api/catalogue/plans/team", {})
    assert answer.status_code == 405 and "GET" in answer.headers["Allow"]


def test_unexpected_errors_tell_nothing_about_the_inside(anyone, app):
    with patch("shop.catalogue.service.public_plans", side_effect=RuntimeError("secret")):
        answer = anyone.get("/api/catalogue/plans")
    assert answer.status_code == 500
    assert answer.json["code"] == "internal_error" and "secret" not in answer.text


def test_a_locked_store_is_503(anyone):
    error = OperationalError("SELECT", {}, Exception("database is locked"))
    with patch("shop.catalogue.service.public_plans", side_effect=error):
        answer = anyone.get("/api/catalogue/plans")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"'])
def test_bodies_that_are_no_objects(anyone, body):
    answer = anyone.http.post(
        "/api/identity/login",
        data=body,
        headers={"X-Tenant": "acme"},
        content_type="application/json",
    )
    assert answer.status_code == 422


def test_stylesheet(anyone):
    answer = anyone.http.get("/static/shop.css")
    assert answer.mimetype == "text/css" and b"prefers-color-scheme: dark" in answer.data
