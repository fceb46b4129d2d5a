from __future__ import annotations

from strangler_deploy.manifest import WAVE, Identity, Manifest, set_wave


def test_keys_stand_in_the_order_people_expect() -> None:
    data = Manifest("apps/v1", "Deployment", "orders", {"spec": {}}, "acme", {"b": "1", "a": "2"}).data()
    set_wave(data, 3)
    assert list(data) == ["apiVersion", "kind", "metadata", "spec"]
    assert data["metadata"] == {
        "name": "orders",
        "namespace": "acme",
        "labels": {"a": "2", "b": "1"},
        "annotations": {WAVE: "3"},
    }


def test_an_iam_role_is_another_thing_than_a_role() -> None:
    iam = Manifest("iam.services.k8s.aws/v1alpha1", "Role", "a", {}, "acme").identity
    assert iam != Manifest("rbac.authorization.k8s.io/v1", "Role", "a", {}, "acme").identity
    assert str(iam) == "Role.iam.services.k8s.aws acme/a"
    assert str(Identity("", "Namespace", "", "acme")) == "Namespace acme"
