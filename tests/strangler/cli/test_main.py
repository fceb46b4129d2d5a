from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from strangler.cli.main import _COMMANDS, main, root
from strangler.errors import StranglerError


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "strangler", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def _failing(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    def fail() -> None:
        raise request.param

    monkeypatch.setattr(root, "main", lambda *args, **kwargs: fail())


@pytest.mark.parametrize(
    ("_failing", "status"),
    [
        (StranglerError("no", hint="yes"), 2),
        (click.UsageError("no such"), 2),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (ZeroDivisionError("ours"), 3),
    ],
    indirect=["_failing"],
)
@pytest.mark.usefixtures("_failing")
def test_each_kind_of_trouble_has_its_exit_status(status: int) -> None:
    assert main([]) == status


def test_a_bug_of_ours_shows_its_traceback_only_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(root, "main", fail)
    main(["x"])
    assert "Traceback" not in capsys.readouterr().err
    main(["x", "--debug"])
    assert "Traceback" in capsys.readouterr().err


def test_errors_are_json_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "validate", "--json", "--plan", str(tmp_path / "absent.yaml")]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "cannot read the plan" in error["message"]
    assert error["hint"]


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frobnicate"]) == 2
    assert "frobnicate" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["plan"]])
def test_no_command_at_all_is_answered_with_help_and_no_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("Usage: strangler")


@pytest.mark.parametrize("name", ["deploy", "facade", "analyzers", "scaffolds", "click", "json"])
def test_a_users_own_modules_shadow_none_of_ours(name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong file')\n", encoding="utf-8")
    run = _run("--version", cwd=tmp_path)
    assert (run.returncode, run.stderr) == (0, "")
    assert _run("plan", "--help", cwd=tmp_path).returncode == 0


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "strangler", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_of_the_table_can_be_asked_for_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert "Example:" in text
    assert f"strangler {name}" in text
