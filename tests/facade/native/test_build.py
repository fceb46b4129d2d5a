"""Which modules of the plane have twins (what holds for all twins: tests/strangler/twins)."""

from __future__ import annotations

import subprocess
import sys

from strangler.twins import source
from strangler_facade.native import GROUP, build


def test_every_module_of_the_group_is_there() -> None:
    assert [module for module in GROUP.modules if not source(GROUP, module).exists()] == []


def test_plain_python_when_asked_for() -> None:
    script = "import strangler_facade.native as n, strangler_facade.memo as m; print(n.in_use, m.__file__[-3:])"
    run = subprocess.run(
        [sys.executable, "-c", script], env={"STRANGLER_PURE": "1"}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False .py\n"


def test_the_codec_is_built_and_told_whatever_becomes_of_the_twins(monkeypatch, capsys) -> None:
    groups = []
    monkeypatch.setattr(build, "build_codec", lambda: "the codec")
    monkeypatch.setattr(build, "main_of", lambda group: groups.append(group) or 1)
    assert build.main() == 1
    assert (capsys.readouterr().out, groups) == ("built the codec\n", [GROUP])
