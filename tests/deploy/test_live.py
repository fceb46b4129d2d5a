"""Diff, apply and status against a cluster in memory; `live/test_server.py` has the same against a real API server."""

from __future__ import annotations

import pytest

from strangler.errors import StranglerError
from strangler_deploy.live.apply import Clock, Step, apply, status
from strangler_deploy.live.changes import Action, changes, differences
from strangler_deploy.live.cluster import Conflict
from strangler_deploy.live.memory import MemoryCluster
from strangler_deploy.live.objects import OWNER, Key, is_data, key_of, plain, waves
from strangler_deploy.live.readiness import Health, State, state

from .live.conftest import config_map, deployment, namespace


def _actions(cluster: MemoryCluster, *documents: object, prune: bool = True) -> dict[str, Action]:
    found = changes(cluster, documents, "shop", prune=prune)  # type: ignore[arg-type]
    return {change.key.name: change.action for change in found}


class Ticking:
    """A clock whose every sleep is a second, in which somebody may do something."""

    def __init__(self, *then: object) -> None:
        self.seconds, self.then = 0.0, list(then)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if self.then:
            self.then.pop(0)()  # type: ignore[operator]

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self.sleep)


def _apply(cluster: MemoryCluster, *documents: object, clock: Clock | None = None, **options: object) -> list[Step]:
    return list(apply(cluster, documents, "shop", clock=clock or Ticking().clock, **options))  # type: ignore[arg-type]


def test_what_is_new_is_created_and_what_is_the_same_is_kept() -> None:
    cluster = MemoryCluster()
    assert _actions(cluster, config_map("a")) == {"a": Action.CREATE}
    _apply(cluster, config_map("a"))
    assert _actions(cluster, config_map("a")) == {"a": Action.KEEP}


def test_a_diff_names_fields_with_both_values_and_writes_nothing() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("a", x="1"))
    before = list(cluster.log)
    (change,) = changes(cluster, [config_map("a", x="2", y="3")], "shop", prune=False)
    assert change.fields == (("data.x", "1", "2"), ("data.y", None, "3"))
    assert cluster.log == before


def test_what_is_taken_out_of_the_tree_is_taken_out_of_the_object() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("a", x="1", y="2"))
    _apply(cluster, config_map("a", x="1"))
    found = cluster.get(key_of(config_map("a").data))
    assert found is not None
    assert found["data"] == {"x": "1"}


def test_waves_come_in_their_order_and_each_is_waited_for() -> None:
    cluster = MemoryCluster()
    key = key_of(deployment("web").data)
    ready = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 2}
    half = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 1}
    ticking = Ticking(lambda: cluster.set_status(key, half), lambda: cluster.set_status(key, ready))
    steps = _apply(cluster, config_map("after", 2), deployment("web", 1), config_map("first"), clock=ticking.clock)
    assert [(step.key.name, step.what) for step in steps] == [
        ("first", "applied"),
        ("web", "applied"),
        ("web", "waiting: no controller has taken it up"),
        ("web", "waiting: 1 of 2 pods are ready"),
        ("after", "applied"),
    ]


def test_a_wave_that_is_not_ready_in_time_ends_it_there() -> None:
    cluster = MemoryCluster()
    with pytest.raises(StranglerError, match="web is not ready after 5 s: no controller"):
        _apply(cluster, deployment("web"), config_map("after", 1), timeout=5.0)
    assert [key.name for _, key in cluster.log] == ["web"]


def test_what_fails_is_not_waited_for() -> None:
    cluster = MemoryCluster()
    failed = {"conditions": [{"type": "Progressing", "status": "False", "message": "no such image"}]}
    key = key_of(deployment("web").data)
    with pytest.raises(StranglerError, match="web failed: no such image"):
        _apply(cluster, deployment("web"), clock=Ticking(lambda: cluster.set_status(key, failed)).clock)


def test_a_field_of_somebody_else_is_a_conflict_and_nothing_is_written() -> None:
    cluster = MemoryCluster()
    cluster.apply(config_map("b", x="theirs").data, manager="kubectl")
    with pytest.raises(StranglerError, match=r'nothing was applied.*conflict with "kubectl": .data.x'):
        _apply(cluster, config_map("a"), config_map("b", x="ours"))
    assert [key.name for _, key in cluster.log] == ["b"]
    assert _actions(cluster, config_map("b", x="ours")) == {"b": Action.CONFLICT}
    _apply(cluster, config_map("b", x="ours"), force=True)
    assert _actions(cluster, config_map("b", x="ours")) == {"b": Action.KEEP}


def test_what_others_added_stays() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("a", x="1"))
    cluster.apply(config_map("a", z="theirs").data, manager="autoscaler")
    _apply(cluster, config_map("a", x="2"))
    found = cluster.get(key_of(config_map("a").data))
    assert found is not None
    assert found["data"] == {"x": "2", "z": "theirs"}
    with pytest.raises(Conflict):
        cluster.apply(config_map("a", x="3").data, manager="autoscaler")


def test_only_our_own_is_pruned_and_never_data() -> None:
    cluster = MemoryCluster()
    secret = config_map("secret")
    secret = type(secret)(secret.path, {**secret.data, "kind": "Secret"})
    _apply(cluster, namespace(), config_map("old"), secret, config_map("kept"))
    cluster.apply(config_map("foreign").data, manager="kubectl")
    assert _actions(cluster, config_map("kept")) == {
        "kept": Action.KEEP,
        "old": Action.PRUNE,
        "secret": Action.KEEP,
        "shop": Action.KEEP,
    }
    steps = _apply(cluster, config_map("kept"), prune=True)
    assert [(s.key.name, s.what) for s in steps if "applied" not in s.what] == [
        ("old", "pruned"),
        ("shop", "kept: data is never pruned"),
        ("secret", "kept: data is never pruned"),
    ]
    assert cluster.get(key_of(config_map("foreign").data)) is not None


def test_without_prune_nothing_goes() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("old"))
    _apply(cluster, config_map("new"))
    assert cluster.get(key_of(config_map("old").data)) is not None


def test_everything_we_bring_carries_our_label() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("a"))
    assert [o["metadata"]["labels"] for o in cluster.owned("shop")] == [{OWNER: "shop"}]
    assert list(cluster.owned("another")) == []


def test_what_comes_into_a_new_namespace_needs_no_dry_run() -> None:
    assert _actions(MemoryCluster(), namespace(), config_map("a")) == {"shop": Action.CREATE, "a": Action.CREATE}


def test_resources_of_aws_are_data() -> None:
    assert is_data(Key("s3.services.k8s.aws/v1alpha1", "Bucket", "t", "b"))
    assert not is_data(Key("apps/v1", "Deployment", "t", "d"))


def test_status_says_how_everything_stands() -> None:
    cluster = MemoryCluster()
    _apply(cluster, config_map("a"))
    told = status(cluster, [config_map("a"), config_map("b")])
    assert [(key.name, found.health) for key, found in told] == [("a", Health.READY), ("b", Health.MISSING)]


@pytest.mark.parametrize(
    ("kind", "given", "health"),
    [
        ("ConfigMap", {}, Health.READY),
        ("DaemonSet", {"desiredNumberScheduled": 3, "numberReady": 2}, Health.WAITING),
        ("DaemonSet", {"desiredNumberScheduled": 3, "numberReady": 3}, Health.READY),
        ("Job", {"conditions": [{"type": "Complete", "status": "True"}]}, Health.READY),
        ("Job", {"conditions": [{"type": "Failed", "status": "True"}]}, Health.FAILED),
        ("Job", {"active": 1}, Health.WAITING),
        ("Pod", {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, Health.READY),
        ("Pod", {"phase": "Pending"}, Health.WAITING),
        ("Pod", {"phase": "Failed"}, Health.FAILED),
        ("PersistentVolumeClaim", {"phase": "Pending"}, Health.READY),
        ("PersistentVolumeClaim", {"phase": "Lost"}, Health.FAILED),
        ("Rollout", {"phase": "Degraded"}, Health.FAILED),
        ("Rollout", {"phase": "Progressing"}, Health.WAITING),
        ("Rollout", {"phase": "Paused"}, Health.READY),
        ("CustomResourceDefinition", {}, Health.WAITING),
        ("CustomResourceDefinition", {"conditions": [{"type": "Established", "status": "True"}]}, Health.READY),
        ("Bucket", {"conditions": [{"type": "ACK.ResourceSynced", "status": "False"}]}, Health.WAITING),
        ("Bucket", {"conditions": [{"type": "ACK.Terminal", "status": "True"}]}, Health.FAILED),
        ("NodePool", {"conditions": [{"type": "Ready", "status": "True"}]}, Health.READY),
    ],
)
def test_health_is_read_as_each_kind_means_it(kind: str, given: dict[str, object], health: Health) -> None:
    assert state({"kind": kind, "metadata": {}, "status": given}).health is health


def test_a_status_of_an_older_generation_says_nothing() -> None:
    seen = {"observedGeneration": 1, "conditions": [{"type": "Ready", "status": "True"}]}
    found = state({"kind": "NodePool", "metadata": {"generation": 2}, "status": seen})
    assert found == State(Health.WAITING, "its controller has not seen the change yet")


def test_waves_are_numbers_not_texts() -> None:
    given = [config_map("b", 10), config_map("a", 9), config_map("c", -1)]
    assert [[document.name for document in wave] for wave in waves(given)] == [["c"], ["a"], ["b"]]


def test_a_difference_is_shown_at_its_field() -> None:
    assert list(differences({"a": {"b": 1, "c": [1]}}, {"a": {"b": 1, "c": [2]}})) == [("a.c", [1], [2])]
    assert plain({"status": {}, "metadata": {"uid": "x", "name": "a"}}) == {"metadata": {"name": "a"}}
