from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from strangler.cli.command import Session, command, group


def test_a_command_has_the_common_flags_and_its_example() -> None:
    @command("greet", example="strangler greet --json")
    def greet(session: Session) -> None:
        """Say hello."""

    text = CliRunner().invoke(greet, ["--help"]).output
    assert all(flag in text for flag in ("--plan", "--json", "--quiet", "--debug", "strangler greet --json"))


def test_a_command_returns_its_exit_status() -> None:
    @command("greet", example="x")
    @click.option("--status", type=int)
    def greet(session: Session, status: int) -> int:
        """Say hello."""
        assert session.plan_path == Path("other.yaml")
        return status

    assert greet.main(["--status", "1", "--plan", "other.yaml"], standalone_mode=False) == 1


def test_a_sub_command_belongs_to_its_group() -> None:
    parent = group("greetings", "All of them.", example="x")

    @command("hello", example="x", parent=parent)
    def hello(session: Session) -> None:
        """Say hello."""

    assert list(parent.commands) == ["hello"]


def test_a_group_knows_what_was_meant_and_says_the_whole_of_what_it_has() -> None:
    parent = group("greetings", "All of them.", example="x")

    @command("hello", example="x", parent=parent)
    def hello(session: Session) -> None:
        """Say hello to everybody who is in the room at this very moment.

        And a second paragraph, which starts where the line does.
        """

    runner = CliRunner()
    listed = " ".join(runner.invoke(parent, ["--help"]).output.split())
    assert "hello Say hello to everybody who is in the room at this very moment." in listed
    assert "no command 'helo'; did you mean 'hello'?" in runner.invoke(parent, ["helo"]).output
    assert "\n  And a second" in runner.invoke(hello, ["--help"]).output


def test_the_root_is_the_folder_of_the_monolith(tmp_path: Path) -> None:
    from strangler.cli.output import Output

    plan = tmp_path / "strangler.yaml"
    plan.write_text("version: 1\nmonolith: {name: shop, root: src, packages: [shop]}\n", encoding="utf-8")
    assert Session(Output(), plan).root == (tmp_path / "src").resolve()
    assert Session(Output(), plan).tenants() == {}


@pytest.mark.parametrize("flag", ["--json", "--quiet"])
def test_flags_reach_the_output(flag: str) -> None:
    @command("greet", example="x")
    def greet(session: Session) -> int:
        """Say hello."""
        return int(session.out.as_json) + 2 * int(session.out.quiet)

    assert greet.main([flag], standalone_mode=False) == {"--json": 1, "--quiet": 2}[flag]


@pytest.mark.parametrize(
    ("command", "analysed"),
    [
        ("extract", True),
        ("extract --check", True),
        ("prove", False),
        ("update", True),
        ("undo", False),
        ("retire", True),
        ("scaffold", False),
        ("build", False),
        ("plan remove", False),
        ("facade identity-key", False),
    ],
)
def test_a_service_that_the_plan_lacks_is_no_bug_of_ours(
    command: str, analysed: bool, run: Callable[..., tuple[int, dict[str, Any]]]
) -> None:
    status, said = run(*command.split(), "stick", analysis=analysed)
    assert status == 2
    assert "stick" in said["error"]["message"]
    assert said["error"]["hint"]
