from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from strangler_scaffolds.wheel import installed_versions, wheel_of_this


def test_its_wheel_can_be_installed_and_run(tmp_path: Path) -> None:
    name, data = wheel_of_this()
    (tmp_path / name).write_bytes(data)
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True)
    script = "import strangler, strangler_facade.native; print(strangler.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(target)}
    command = [sys.executable, "-c", script]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert ran.stdout.startswith(str(target))
    with zipfile.ZipFile(tmp_path / name) as archive:
        assert not [path for path in archive.namelist() if path.endswith((".so", ".pyc"))]


def test_versions_are_those_of_the_extras_that_are_wanted() -> None:
    names = {line.partition("==")[0] for line in installed_versions(["facade"])}
    assert {"click", "uvicorn"} <= names
    assert "libcst" not in names
