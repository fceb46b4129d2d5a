from unittest.mock import patch

import pytest

from shop.errors import Conflict, Forbidden, NotFound, TooMany, Unauthenticated, ValidationFailed
from shop.identity import service, throttle


def test_register(world):
    user = service.register("New Ltd", "Nia", "Nia@New.example", "long-enough", country="fr")
    assert user.email == "nia@new.example" and user.role == "owner"
    assert user.account.country == "FR"
    assert service.authenticate("nia@new.example", "long-enough").last_login_at is not None


@pytest.mark.parametrize("email", ["nobody", "@x.example", "a b@x.example", "a@localhost"])
def test_odd_addresses(email):
    with pytest.raises(ValidationFailed):
        service.normalise_email(email)


def test_taken_address(world):
    with pytest.raises(Conflict):
        service.register("X", "X", "owner@buyer.example", "long-enough")


def test_short_password(world):
    with pytest.raises(ValidationFailed):
        service.register("X", "X", "x@x.example", "short")


@pytest.mark.parametrize(
    "email, password", [("owner@buyer.example", "wrong"), ("who@buyer.example", "correct-horse")]
)
def test_wrong_login_says_the_same(world, email, password):
    with pytest.raises(Unauthenticated, match="E-mail address or password is wrong"):
        service.authenticate(email, password)


def test_guessing_is_slowed_down(world):
    for _ in range(throttle.MAX_FAILURES):
        with pytest.raises(Unauthenticated):
            service.authenticate("owner@buyer.example", "wrong")
    with pytest.raises(TooMany):
        service.authenticate("owner@buyer.example", "correct-horse")


def test_throttle_forgets_after_its_window(world):
    with patch("shop.identity.throttle.time.monotonic", return_value=0.0):
        for _ in range(throttle.MAX_FAILURES):
            throttle.record_failure(1, "a")
        with pytest.raises(TooMany):
            throttle.check(1, "a")
    with patch("shop.identity.throttle.time.monotonic", return_value=301.0):
        throttle.check(1, "a")


def test_invited_colleague_can_log_in(world):
    user, password = service.invite(world.account, "Kim", "kim@buyer.example")
    assert service.authenticate("kim@buyer.example", password).id == user.id


def test_staff_cannot_be_invited(world):
    with pytest.raises(ValidationFailed):
        service.invite(world.account, "Kim", "kim@buyer.example", role="staff")


def test_change_password(world):
    with pytest.raises(Forbidden):
        service.change_password(world.owner, "wrong", "another-one")
    service.change_password(world.owner, "correct-horse", "another-one")
    assert service.authenticate("owner@buyer.example", "another-one")


def test_deactivated_user_cannot_log_in(world):
    service.deactivate(world.member_id, by=world.owner)
    with pytest.raises(Unauthenticated):
        service.authenticate("member@buyer.example", "correct-horse")


def test_nobody_locks_themselves_out(world):
    with pytest.raises(Conflict):
        service.deactivate(world.owner_id, by=world.owner)


def test_owners_only_reach_their_own_people(world):
    with pytest.raises(NotFound):
        service.deactivate(world.other_owner_id, by=world.owner)


def test_login_sets_a_signed_cookie(anyone):
    answer = anyone.post(
        "/api/identity/login", {"email": "owner@buyer.example", "password": "correct-horse"}
    )
    assert "shop_session=" in answer.headers["Set-Cookie"]
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert anyone.get("/api/identity/me").json["user"]["role"] == "owner"


def test_logout(owner):
    assert owner.post("/api/identity/logout").status_code == 204
    assert owner.get("/api/identity/me").status_code == 401


def test_deactivation_ends_a_running_session(api_world, owner, member):
    assert member.get("/api/orders").status_code == 200
    owner.post(f"/api/identity/users/{api_world.member_id}/deactivate")
    assert member.get("/api/orders").status_code == 401


def test_members_do_not_manage_users(member, owner):
    assert member.get("/api/identity/users").status_code == 403
    assert len(owner.get("/api/identity/users").json["users"]) == 2


def test_register_and_rename_over_http(anyone):
    body = {"company": "N", "name": "Nia", "email": "n@n.example", "password": "long-enough"}
    assert anyone.post("/api/identity/register", body, key="r1").status_code == 201
    assert anyone.post("/api/identity/register", body, key="r1").status_code == 201
    assert anyone.post("/api/identity/register", body).status_code == 409
    anyone.post("/api/identity/login", {"email": "n@n.example", "password": "long-enough"})
    answer = anyone.call("PATCH", "/api/identity/me", json={"name": "Nina"})
    assert answer.json["user"]["name"] == "Nina"


def test_invite_over_http(owner):
    answer = owner.post("/api/identity/users", {"name": "Kim", "email": "kim@buyer.example"})
    assert answer.status_code == 201 and len(answer.json["one_time_password"]) >= 8
