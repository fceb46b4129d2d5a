from __future__ import annotations

import pytest

from strangler.cli.main import _COMMANDS
from strangler.cli.reference import commands_reference

PAGE = commands_reference()


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_is_on_the_page_with_an_example(name: str) -> None:
    section = PAGE.split(f"## `strangler {name}", 1)[1]
    assert f"```text\nstrangler {name}" in section


def test_flags_stay_in_their_cells() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert rows and all(row.replace("\\|", "").count("|") == 3 for row in rows)
    assert not any("--debug" in row for row in rows)


def test_every_flag_says_what_it_is_for() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert [row for row in rows if row.split("` |", 1)[1].strip(" |").startswith("[") or row.endswith("` | |")] == []
