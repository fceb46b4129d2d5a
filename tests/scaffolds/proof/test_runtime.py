from __future__ import annotations

import sys
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_scaffolds.proof.runtime import interpreter_of, require_framework


def script(path: Path, first: str) -> str:
    path.write_text(f"{first}\n")
    path.chmod(0o755)
    return str(path)


def test_the_python_of_a_command_is_the_one_that_will_run_it(tmp_path: Path) -> None:
    assert interpreter_of([sys.executable, "-m", "pytest"]) == sys.executable
    assert interpreter_of([script(tmp_path / "pytest", f"#!{sys.executable}"), "-q"]) == sys.executable
    assert interpreter_of([script(tmp_path / "tests", "#!/bin/sh"), "-q"]) is None
    assert interpreter_of([str(tmp_path / "absent")]) is None


def test_a_python_without_the_monoliths_framework_is_named_before_anything_is_run(tmp_path: Path) -> None:
    require_framework([sys.executable, "-m", "pytest"], "json", tmp_path)
    require_framework(["make", "test"], "no_such_framework", tmp_path)  # whatever that runs
    with pytest.raises(StranglerError, match=r"in which 'no_such_framework' is not installed") as caught:
        require_framework([sys.executable, "manage.py", "test"], "no_such_framework", tmp_path)
    assert sys.executable in str(caught.value)
