from __future__ import annotations

import pytest

from strangler.model import Location
from strangler_deploy.documents import Document, containers, mapping, mappings

TEMPLATE = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c"}]}}


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Pod", TEMPLATE),
        ("Deployment", {"spec": {"template": TEMPLATE}}),
        ("Rollout", {"spec": {"template": TEMPLATE}}),
        ("CronJob", {"spec": {"jobTemplate": {"spec": {"template": TEMPLATE}}}}),
    ],
)
def test_the_pods_of_every_workload_are_found(kind: str, body: dict[str, object]) -> None:
    pod = Document("p", {"kind": kind, **body}).pod()
    assert pod is not None
    assert pod["spec"] == TEMPLATE["spec"]


def test_what_makes_no_pods_has_none() -> None:
    assert Document("p", {"kind": "Service", "spec": {"template": TEMPLATE}}).pod() is None


def test_a_manifest_may_hold_anything_anywhere() -> None:
    odd = Document("p.yaml", {"kind": None, "metadata": [], "spec": "text"})
    assert (odd.kind, odd.name, odd.namespace, odd.labels, odd.spec) == ("", "", "", {}, {})
    assert mapping([1]) == {}
    assert mappings({"a": 1}) == []


def test_the_place_is_the_plans_line_where_it_is_known() -> None:
    assert Document("p.yaml", {}).location == Location("p.yaml")
    assert Document("p.yaml", {}, source=Location("strangler.yaml", 3)).location == Location("strangler.yaml", 3)


def test_a_document_says_what_it_is() -> None:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "namespace": "n"}}
    assert str(Document("p", body)) == "Deployment n/a"
    assert Document("p", body).group == "apps"


def test_every_kind_of_container_counts() -> None:
    spec = {"containers": [{"name": "a"}], "initContainers": [{"name": "b"}], "ephemeralContainers": [{"name": "c"}]}
    assert {c["name"] for c in containers(spec)} == {"a", "b", "c"}
