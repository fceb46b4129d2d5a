from __future__ import annotations

import os
import subprocess
import sys

import pytest

from strangler.cli import main


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    assert "_STRANGLER_COMPLETE" in capsys.readouterr().out


def test_commands_are_completed() -> None:
    asked = {"_STRANGLER_COMPLETE": "bash_complete", "COMP_WORDS": "strangler pl", "COMP_CWORD": "1"}
    command = [sys.executable, "-c", "from strangler.cli import main; raise SystemExit(main())"]
    run = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "plain,plan"
