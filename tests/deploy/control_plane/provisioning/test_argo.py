from __future__ import annotations

from typing import Any

import pytest

from strangler_deploy.control_plane.provisioning.argo import progress, unhealthy
from strangler_deploy.control_plane.tenants.stages import State


def _application(sync: str = "Synced", revision: str = "abc", health: str = "Healthy", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "tenant-acme"},
        "status": {"sync": {"status": sync, "revision": revision}, "health": {"status": health}, **status},
    }


_STUCK = {
    "kind": "Bucket",
    "metadata": {"name": "files"},
    "status": {"conditions": [{"type": "ACK.Terminal", "status": "True", "message": "AccessDenied"}]},
}


@pytest.mark.parametrize(
    ("applications", "resources", "state", "reason"),
    [
        ([], [], State.COMMITTED, "no application"),
        ([_application(sync="OutOfSync")], [], State.COMMITTED, "OutOfSync"),
        ([_application(revision="old")], [], State.COMMITTED, "Synced"),
        (
            [_application(sync="OutOfSync", operationState={"phase": "Failed", "message": "denied by policy"})],
            [],
            State.COMMITTED,
            "denied by policy",
        ),
        ([_application(health="Progressing")], [], State.APPLIED, "Progressing"),
        ([_application(health="Degraded")], [_STUCK], State.APPLIED, "Bucket files: AccessDenied"),
        ([_application(), _application(health="Missing")], [], State.APPLIED, "Missing"),
        ([_application(), _application()], [], State.READY, ""),
    ],
)
def test_how_far_a_commit_is_and_why_no_further(
    applications: list[Any], resources: list[Any], state: State, reason: str
) -> None:
    found, said = progress(applications, resources, lambda revision: revision == "abc")
    assert found is state
    assert reason in said


def test_objects_of_aws_that_are_not_healthy_are_looked_into() -> None:
    items = [
        {"group": "s3.services.k8s.aws", "version": "v1alpha1", "kind": "Bucket", "namespace": "n", "name": "a"},
        {"group": "apps", "version": "v1", "kind": "Deployment", "name": "b"},
    ]
    assert unhealthy([_application(resources=items)]) == [("s3.services.k8s.aws", "v1alpha1", "Bucket", "n", "a")]
