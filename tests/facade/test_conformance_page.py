"""The page that says which rule is tested where names tests that are there, and leaves no rule out."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs/reference/facade-conformance.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of a text's tables, their heads left out."""
    lines = text.splitlines()
    heads = {number for number, line in enumerate(lines[1:]) if line.startswith("|---")}
    cells = (line for number, line in enumerate(lines) if line.startswith("| ") and number not in heads)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in cells]


RFC_9112 = ["2.2", "3.2", "5.1", "5.2", "6.1", "6.3", "7.1", "7.1.2", "8", "9.3", "9.6", "11.1", "11.2"]
RFC_9110 = ["4.2.3", "5.3", "5.4", "7.6.1", "7.6.2", "7.6.3", "7.7", "7.8", "9.2.2", "10.1.1", "15.2"]
PROBES = 19


@cache
def tree(file: str) -> ast.Module:
    return ast.parse((HERE / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`([\w/]+\.py::\w+)`", PAGE))))
def test_every_test_on_the_page_is_there(named: str) -> None:
    file, _, function = named.partition("::")
    assert function in {node.name for node in tree(file).body if isinstance(node, ast.FunctionDef)}


def test_every_probe_on_the_page_is_in_the_suite_and_the_other_way_round() -> None:
    (assigned,) = (
        node
        for node in tree("plane/test_conformance.py").body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PROBES"
    )
    assert isinstance(assigned.value, ast.Dict)
    names = [key.value for key in assigned.value.keys if isinstance(key, ast.Constant)]
    assert re.findall(r"\[([^]]+)\] \|$", PAGE, re.MULTILINE) == names


def section(title: str) -> list[list[str]]:
    return rows(PAGE.split(f"## {title}", 1)[1].split("\n## ", 1)[0])


def test_no_rule_is_left_out() -> None:
    assert len(section("What peers read differently")) == PROBES
    assert [row[0] for row in section("HTTP/1.1 (RFC 9112)")] == RFC_9112
    assert [row[0] for row in section("HTTP semantics (RFC 9110)")] == RFC_9110


def test_every_rule_names_a_test() -> None:
    found = rows(PAGE)
    assert len(found) > 50
    assert [row for row in found if "::test_" not in row[-1] and not row[-1].startswith("the same [")] == []
