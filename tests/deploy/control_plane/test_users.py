from __future__ import annotations

from datetime import timedelta

from .conftest import World


def _invited(world: World, tenant: str, email: str) -> dict[str, str]:
    form = {"email": email, "role": "member"}
    answer = world.client("administrator", tenant).post(f"/v1/tenants/{tenant}/invitations", json=form)
    assert answer.status_code == 201
    body: dict[str, str] = answer.json()
    return body


def test_an_invitation_is_taken_once_and_makes_a_user(world: World) -> None:
    world.onboard("acme")
    secret = {"secret": _invited(world, "acme", "bob@example.com")["secret"]}
    bob = world.client("member", "acme", "bob")
    taken = bob.post("/v1/invitations/accept", json=secret)
    assert (taken.status_code, taken.json()["state"], taken.json()["subject"]) == (200, "active", "bob")
    assert bob.post("/v1/invitations/accept", json=secret).status_code == 404
    again = world.client("administrator", "acme").post(
        "/v1/tenants/acme/invitations", json={"email": "bob@example.com"}
    )
    assert again.status_code == 409


def test_an_invitation_into_another_tenant_is_not_taken_and_stays_open(world: World) -> None:
    world.onboard("acme", "globex")
    secret = {"secret": _invited(world, "acme", "bob@example.com")["secret"]}
    assert world.client("member", "globex", "eve").post("/v1/invitations/accept", json=secret).status_code == 404
    assert world.client("member", "acme", "bob").post("/v1/invitations/accept", json=secret).status_code == 200


def test_an_invitation_ends_after_a_week_and_can_be_made_anew(world: World) -> None:
    world.onboard("acme")
    secret = {"secret": _invited(world, "acme", "bob@example.com")["secret"]}
    world.clock.moment += timedelta(days=8)
    bob = world.client("member", "acme", "bob")
    assert bob.post("/v1/invitations/accept", json=secret).status_code == 404
    fresh = {"secret": _invited(world, "acme", "bob@example.com")["secret"]}
    assert bob.post("/v1/invitations/accept", json=fresh).status_code == 200


def test_the_secret_is_not_kept(world: World) -> None:
    world.onboard("acme")
    secret = _invited(world, "acme", "bob@example.com")["secret"]
    with world.store.read() as connection:
        dump = "".join(str(row) for row in connection.exec_driver_sql("SELECT * FROM users"))
    assert secret not in dump


def test_the_token_of_somebody_who_was_removed_does_not_count_any_more(world: World) -> None:
    world.onboard("acme")
    invited = _invited(world, "acme", "bob@example.com")
    bob, admin = world.client("member", "acme", "bob"), world.client("administrator", "acme")
    bob.post("/v1/invitations/accept", json={"secret": invited["secret"]})
    assert bob.get("/v1/tenants/acme").status_code == 200
    assert bob.delete(f"/v1/tenants/acme/users/{invited['user']}").status_code == 403
    assert admin.delete(f"/v1/tenants/acme/users/{invited['user']}").status_code == 204
    assert admin.delete(f"/v1/tenants/acme/users/{invited['user']}").status_code == 404
    assert bob.get("/v1/tenants/acme").status_code == 401
