from __future__ import annotations

import random
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from strangler.plan.platform import Tenant
from strangler_deploy.control_plane.provisioning.declaration import Declaration
from strangler_deploy.control_plane.provisioning.follow import Follower
from strangler_deploy.control_plane.provisioning.git import Change, GitError
from strangler_deploy.control_plane.provisioning.wishes import unfit
from strangler_deploy.control_plane.store.tables import requests
from strangler_deploy.control_plane.tenants.requests import ask
from strangler_deploy.control_plane.tenants.stages import Kind

from .conftest import PLAN, World, git, trailers

MOMENT = "1700000000 +0000"


def _states(world: World) -> dict[int, tuple[str, str]]:
    with world.store.read() as connection:
        rows = connection.execute(select(requests.c.id, requests.c.state, requests.c.commit))
        return {number: (state, commit) for number, state, commit in rows}


def test_a_request_becomes_one_commit_with_the_tenants_file_and_folder(world: World) -> None:
    world.onboard("acme")
    assert world.subjects() == ["Declare the platform", "Onboard tenant acme"]
    changed = git(world.remote, "show", "--name-only", "--format=", "main").splitlines()
    assert "tenants/acme.yaml" in changed
    assert all(path.startswith(("tenants/acme/", "tenants/acme.yaml")) for path in changed)
    (state,) = _states(world).values()
    assert state == ("committed", git(world.remote, "rev-parse", "main"))


def test_commits_come_in_the_order_of_the_requests(world: World) -> None:
    names = [f"tenant-{number}" for number in random.Random(4).sample(range(100), 8)]
    world.onboard(*names)
    assert world.subjects()[1:] == [f"Onboard tenant {name}" for name in names]


def test_concurrent_onboardings_all_end_in_order(world: World) -> None:
    world.onboard()
    operator, answers = world.client(), []
    threads = [
        threading.Thread(
            target=lambda name: answers.append(operator.post("/v1/tenants", json={"tenant": {"id": name}})),
            args=(f"tenant-{number}",),
        )
        for number in range(12)
    ]
    worker = threading.Thread(target=world.outbox.run)
    for thread in [worker, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    deadline = time.monotonic() + 60
    while any(state == "pending" for state, _ in _states(world).values()) and time.monotonic() < deadline:
        world.outbox.ring()
        threading.Event().wait(0.05)
    world.outbox.end()
    worker.join()
    assert {answer.status_code for answer in answers} == {202}
    assert {state for state, _ in _states(world).values()} == {"committed"}
    assert trailers(world.remote) == [str(number) for number in range(12, 0, -1)]


def test_offboarding_takes_file_and_folder_out_and_leaves_the_others_alone(world: World) -> None:
    world.onboard("acme", "globex")
    operator = world.client()
    tag = operator.get("/v1/tenants/acme").headers["etag"]
    assert operator.delete("/v1/tenants/acme", headers={"if-match": tag}).status_code == 202
    world.outbox.empty()
    assert not [path for path in world.files() if "acme" in path]
    assert "tenants/globex.yaml" in world.files()
    assert operator.get("/v1/tenants/acme").json()["standing"] == "offboarded"
    assert operator.post("/v1/tenants", json={"tenant": {"id": "acme"}}).status_code == 409


def test_a_change_is_made_on_what_git_says_not_on_what_we_remember(world: World) -> None:
    world.onboard("acme")
    clone = world.remote.parent / "clone"
    git(world.remote.parent, "clone", "--quiet", str(world.remote), str(clone))
    (clone / "tenants/acme.yaml").write_text("id: acme\nadministrators: [ops]\n", encoding="utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    git(clone, *who, "commit", "--quiet", "--all", "--message", "By hand")
    git(clone, "push", "--quiet", "origin", "HEAD:main")
    operator = world.client()
    tag = operator.get("/v1/tenants/acme").headers["etag"]
    change = {"patch": {"name": "Acme"}}
    assert operator.patch("/v1/tenants/acme", json=change, headers={"if-match": tag}).status_code == 202
    world.outbox.empty()
    text = git(world.remote, "show", "main:tenants/acme.yaml")
    assert "ops" in text
    assert "Acme" in text
    assert operator.get("/v1/tenants/acme").json()["document"]["administrators"] == ["ops"]


def test_a_forbidden_wish_is_refused_with_the_policys_reason_and_without_a_commit(world: World) -> None:
    world.onboard("acme")
    before = git(world.remote, "rev-parse", "main")
    operator = world.client()
    operator.post("/v1/tenants", json={"tenant": {"id": "evil", "cluster": "hub"}})
    world.outbox.empty()
    request = operator.get("/v1/requests/2").json()
    assert request["state"] == "failed"
    assert "no-tenant-workload" in request["reason"]
    assert request["findings"][0]["rule"] == "DEPLOY-TENANT"
    assert git(world.remote, "rev-parse", "main") == before
    again = {"tenant": {"id": "evil"}}
    assert operator.post("/v1/tenants", json=again).status_code == 202, "a refused id is free again"


@pytest.mark.parametrize(
    ("wish", "rule"),
    [
        ({"tier": "gold"}, "DEPLOY-TENANT"),
        ({"cluster": "moon"}, "DEPLOY-TENANT"),
        ({"services": ["nothing"]}, "DEPLOY-TENANT"),
        ({"data": {"files": {"kind": "s3", "services": ["nothing"]}}}, "DEPLOY-TENANT"),
        ({"cluster": "hub"}, "DEPLOY-TENANT"),
        ({"cluster": "own"}, "DEPLOY-TENANT"),
        ({"cluster": "app", "contract": {"residency": "us-east-1"}}, "TENANT-RESIDENCY"),
        ({"cluster": "app", "contract": {"residency": "eu-central-1"}}, None),
        ({"isolation": "silo", "contract": {"residency": "us-east-1"}}, None),
    ],
)
def test_what_the_platform_does_not_have_or_allow_is_named(wish: dict[str, Any], rule: str | None) -> None:
    declaration = Declaration(PLAN + "    own: {role: application, dedicated_to: other}\n")
    found = list(unfit(declaration, Tenant.model_validate({"id": "acme", **wish})))
    assert [finding.rule for finding in found] == ([rule] if rule else [])


STORED = (
    PLAN
    + "  tiers: {standard: {isolation: pool}, premium: {isolation: bridge}}\n"
    + ("  workloads: {billing: {data: {ledger: {kind: dynamodb, pooled: true}}}}\n")
)


def test_a_move_that_would_leave_data_behind_is_refused_until_somebody_says_that_it_was_brought_along(
    make_world: Callable[..., World],
) -> None:
    world = make_world(STORED)
    world.onboard("acme")
    operator = world.client()

    def change(**said: Any) -> dict[str, Any]:
        tag = operator.get("/v1/tenants/acme").headers["etag"]
        answer = operator.patch("/v1/tenants/acme", json=said, headers={"if-match": tag})
        world.outbox.empty()
        found: dict[str, Any] = operator.get(answer.headers["location"]).json()
        return found

    refused = change(patch={"tier": "premium"})
    assert (refused["state"], refused["findings"][0]["rule"]) == ("failed", "TENANT-DATA")
    assert "ledger" in refused["reason"]
    assert "strangler tenant move acme" in refused["findings"][0]["hint"]
    assert change(patch={"name": "Acme Ltd"})["state"] == "committed", "nothing is left behind by that"
    assert change(patch={"tier": "premium"}, leave_data=True)["state"] == "committed"
    assert change(patch={"cluster": "app"})["state"] == "committed", "its own data is where it was"


def test_a_push_that_somebody_else_was_faster_with_is_made_again_on_top(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.onboard("acme")
    publish, calls = world.repository.publish, []

    def overtaken(commit: str, base: str, branch: str = "") -> bool:
        if len(calls) < 3:
            change = Change(f"Somebody else {len(calls)}\n", MOMENT, (), {"README": str(len(calls))})
            other = world.repository.build(base, change)
            git(world.remote, "fetch", "--quiet", str(world.remote.parent / "state/repository.git"), other)
            git(world.remote, "update-ref", "refs/heads/main", other)
        calls.append(commit)
        return publish(commit, base, branch)

    monkeypatch.setattr(world.repository, "publish", overtaken)
    git(world.remote.parent / "state/repository.git", "config", "uploadpack.allowAnySHA1InWant", "true")
    world.onboard("globex")
    assert len(calls) == 4
    assert world.subjects()[2:] == [f"Somebody else {n}" for n in range(3)] + ["Onboard tenant globex"]


def test_an_answer_that_was_lost_after_the_push_makes_no_second_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.onboard("acme")
    publish = world.repository.publish

    def lost(commit: str, base: str, branch: str = "") -> bool:
        publish(commit, base, branch)
        raise GitError("the connection was lost")

    monkeypatch.setattr(world.repository, "publish", lost)
    operator = world.client()
    operator.post("/v1/tenants", json={"tenant": {"id": "globex"}})
    assert not world.outbox.empty()
    assert "connection was lost" in operator.get("/v1/requests/2").json()["reason"]
    assert world.outbox.empty()
    assert operator.get("/v1/requests/2").json()["state"] == "committed"
    assert sorted(trailers(world.remote)) == ["1", "2"]


def test_a_repository_that_is_away_delays_and_loses_nothing(world: World) -> None:
    world.onboard("acme")
    away = world.remote.rename(world.remote.with_name("away.git"))
    operator = world.client()
    operator.post("/v1/tenants", json={"tenant": {"id": "globex"}})
    assert not world.outbox.empty()
    assert operator.get("/v1/requests/2").json()["reason"].startswith("waiting: git ls-remote fails")
    away.rename(world.remote)
    assert world.outbox.empty()
    assert world.subjects()[2:] == ["Onboard tenant globex"]


@contextmanager
def _full_disk() -> Iterator[None]:
    """No file may grow: what the operating system says then is what a full disk says, one errno apart."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_answered_with_503_and_nothing_is_half_written(world: World) -> None:
    if not world.store.is_sqlite:
        pytest.skip("the disk of a PostgreSQL server is not ours to fill")
    world.onboard("acme")
    operator = world.client()
    with _full_disk():
        answer = operator.post("/v1/tenants", json={"tenant": {"id": "globex"}})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert operator.post("/v1/tenants", json={"tenant": {"id": "globex"}}).status_code == 202
    with _full_disk():
        assert not world.outbox.empty()
    assert world.outbox.empty(), operator.get("/v1/requests/2").json()
    assert sorted(trailers(world.remote)) == ["1", "2"]
    git(world.remote, "fsck", "--strict")


def test_two_workers_with_clones_of_their_own_make_one_commit_each_request(make_world: Callable[..., World]) -> None:
    first, second = make_world(state="one"), make_world(state="two")
    first.onboard()
    operator = first.client()
    for number in range(10):
        operator.post("/v1/tenants", json={"tenant": {"id": f"tenant-{number}"}})

    def work(world: World) -> None:
        for _ in range(50):
            if world.outbox.empty():
                return

    threads = [threading.Thread(target=work, args=(world,)) for world in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trailers(first.remote) == [str(number) for number in range(10, 0, -1)]
    assert {state for state, _ in _states(first).values()} == {"committed"}


def test_with_review_each_request_gets_a_branch_and_the_main_one_stays(make_world: Callable[..., World]) -> None:
    world = make_world(review=True)
    world.onboard("acme", "globex")
    assert world.subjects() == ["Declare the platform"]
    branches = git(world.remote, "for-each-ref", "--format=%(refname:short)", "refs/heads/strangler").splitlines()
    assert branches == ["strangler/request-1-acme", "strangler/request-2-globex"]
    assert world.outbox.empty()


def test_a_bug_of_ours_fails_one_request_and_not_those_behind_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.onboard()
    prepare = world.outbox._prepare

    def broken(asked: Any, head: str) -> Any:
        if asked.tenant == "acme":
            raise AssertionError("never happens")
        return prepare(asked, head)

    monkeypatch.setattr(world.outbox, "_prepare", broken)
    world.onboard("acme", "globex")
    assert [state for state, _ in _states(world).values()] == ["failed", "committed"]


def test_history_that_was_rewritten_is_searched_as_a_whole(world: World) -> None:
    world.onboard("acme")
    tree = git(world.remote, "rev-parse", "main^{tree}")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    fresh = git(world.remote, *who, "commit-tree", tree, "-m", "All at once")
    git(world.remote, "update-ref", "refs/heads/main", fresh)
    world.onboard("globex")
    assert world.subjects() == ["All at once", "Onboard tenant globex"]


def _application(sync: str = "Synced", revision: str = "abc", health: str = "Healthy", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "tenant-acme"},
        "status": {"sync": {"status": sync, "revision": revision}, "health": {"status": health}, **status},
    }


class _Cluster:
    def __init__(self) -> None:
        self.found: list[Any] = []

    def applications(self, tenant: str) -> list[Any]:
        return self.found

    def resource(self, *place: str) -> Any:
        return None


def test_a_committed_request_is_followed_to_ready(world: World) -> None:
    world.onboard("acme")
    cluster, operator = _Cluster(), world.client()
    follower = Follower(world.store, world.repository, cluster, world.clock)
    follower.look()
    assert "no application" in operator.get("/v1/requests/1").json()["reason"]
    head = git(world.remote, "rev-parse", "main")
    for health, state in (("Progressing", "applied"), ("Healthy", "ready")):
        cluster.found = [_application(revision=head, health=health)]
        follower.look()
        assert operator.get("/v1/requests/1").json()["state"] == state
    types = [event["type"] for event in operator.get("/v1/events").json()["items"]]
    assert types[-1] == "onboardingSuccess"


def test_a_tenant_with_a_request_under_way_takes_no_other(world: World) -> None:
    world.onboard("acme")
    now = world.clock()
    with world.store.write() as connection:
        ask(connection, "acme", Kind.CHANGE, {"name": "A"}, 2, "alice", now)
    operator = world.client()
    tag = operator.get("/v1/tenants/acme").headers["etag"]
    answer = operator.patch("/v1/tenants/acme", json={"patch": {"name": "B"}}, headers={"if-match": tag})
    assert answer.status_code == 409
    assert "under way" in answer.json()["detail"]
