from __future__ import annotations

import subprocess
import sys

import pytest

import strangler_deploy as deploy
from strangler.errors import StranglerError


def test_rendering_manifests_loads_nothing_of_the_control_plane() -> None:
    code = "import sys, strangler_deploy; print(sorted({'fastapi', 'sqlalchemy', 'alembic', 'jwt'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_without_its_libraries_the_control_plane_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setitem(sys.modules, "strangler_deploy.control_plane.serve", None)
    options = deploy.ControlPlaneOptions(plan=tmp_path, state=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(StranglerError) as caught:
        deploy.control_plane_token(options, "alice", "operator")
    assert "strangler[control-plane]" in caught.value.hint
