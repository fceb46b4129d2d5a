from __future__ import annotations

import pytest

from strangler_deploy.bundle import Bundle, files
from strangler_deploy.manifest import Manifest


def test_a_file_tells_where_its_object_comes_from() -> None:
    thing = Manifest("v1", "ConfigMap", "x", {"data": {}}, "acme", origin="strangler.yaml platform")
    found = dict(files(Bundle("f", (thing,), "acme")))
    assert found["f/configmap-x.yaml"].startswith("# from strangler.yaml platform\napiVersion: v1\n")


def test_a_foreign_namespace_and_an_aws_service_are_in_the_name() -> None:
    role = Manifest("iam.services.k8s.aws/v1alpha1", "Role", "x", {}, "acme")
    plain = Manifest("rbac.authorization.k8s.io/v1", "Role", "x", {}, "other")
    assert set(dict(files(Bundle("f", (role, plain), "acme")))) == {
        "f/iam-role-x.yaml",
        "f/other.role-x.yaml",
        "f/kustomization.yaml",
    }


def test_two_objects_in_one_file_are_our_bug() -> None:
    thing = Manifest("v1", "ConfigMap", "x", {}, "acme")
    with pytest.raises(AssertionError, match="is written for"):
        dict(files(Bundle("f", (thing, thing), "acme")))
