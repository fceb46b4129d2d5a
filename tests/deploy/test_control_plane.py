from __future__ import annotations

import subprocess
import sys


def _said(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", code], text=True).strip()


def test_rendering_manifests_loads_nothing_of_the_control_plane() -> None:
    loaded = "sorted({'fastapi', 'sqlalchemy', 'alembic', 'jwt'} & set(sys.modules))"
    assert _said(f"import sys, strangler_deploy; print({loaded})") == "[]"


def test_without_its_libraries_the_control_plane_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['alembic'] = None\n"
        "from strangler.cli.main import main\n"
        "sys.exit(main(['control-plane', 'token', 'alice', '--json']) != 2)"
    )
    assert "strangler[control-plane]" in _said(code)
