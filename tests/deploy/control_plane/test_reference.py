from __future__ import annotations

from strangler_deploy.control_plane.identity.caller import Role
from strangler_deploy.control_plane.reference import control_plane_reference

from .test_api import OPERATIONS


def test_the_page_has_every_endpoint_and_every_role() -> None:
    page = control_plane_reference()
    assert all(f"`{method} {path}`" in page for method, path in OPERATIONS)
    assert all(f"| `{role}` |" in page for role in Role)
