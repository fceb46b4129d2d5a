"""The walkthrough of the control plane is run as it is printed, and ends where it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from strangler.demo.processes import free_address

pytest.importorskip("sqlalchemy", reason="the control plane needs the control-plane extra")
PAGE = Path(__file__).parents[2] / "docs/reference/control-plane-first-hour.md"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the walkthrough is written with curl")
def test_every_command_of_the_first_hour_works(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.S | re.M)
    script = "set -eu\ntrap 'kill %1' EXIT\n" + "".join(blocks)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    script = script.replace("127.0.0.1:8090", free_address())
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr + (tmp_path / "control-plane.log").read_text()
    assert "no-tenant-workload" in said
    assert '"total":"104.00"' in said
    assert "has not ended" in said
    assert "nothing of acme is left in git" in said
    assert said.count('"state":"committed"') == 6
    log = subprocess.check_output(["git", "-C", "gitops.git", "log", "--format=%s", "main"], cwd=tmp_path, text=True)
    assert len(log.splitlines()) == 1 + 6
