from __future__ import annotations

import ast

import pytest

from strangler_scaffolds.proof import Mutant, mutants_of


def drawn(source: str) -> list[Mutant]:
    length = len(source.splitlines())
    return mutants_of({"m.py": source.encode()}, {"m.py": [range(1, length + 1)]}, count=50, seed=1)


def mutated(source: str) -> list[str]:
    return [mutant.data.decode() for mutant in drawn(source)]


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("a = (b + 1) < (c)\n", "a = (b + 1) >= (c)\n"),
        ("a = b is not c\n", "a = b is c\n"),
        ("a = b  not  in(c, d)\n", "a = b  in(c, d)\n"),
        ("a = (b\n     == c)\n", "a = (b\n     != c)\n"),
        ("a = b>=c\n", "a = b<c\n"),
    ],
)
def test_a_turned_comparison_can_be_read_by_python(source: str, mutant: str) -> None:
    assert mutated(source) == [mutant]
    ast.parse(mutant)


@pytest.mark.parametrize(
    "source",
    [
        "log.info('made')\n",
        "session.flush()\n",
        "self._logger.warning('made')\n",
        "logging.getLogger(__name__).debug('made')\n",
        "def f():\n    raise RuntimeError('as it was')\n",
        "def f():\n    return Made(a, b=None)\n",
        "def f():\n    return made(a, None)\n",
    ],
)
def test_no_fault_is_made_that_changes_nothing(source: str) -> None:
    assert drawn(source) == []


@pytest.mark.parametrize("source", ["logbook.add(entry)\n", "session.add(entry)\n", "self.log_out(user)\n"])
def test_what_only_sounds_like_a_log_is_lost(source: str) -> None:
    assert mutated(source) == ["pass\n"]


def test_a_fault_knows_all_its_lines() -> None:
    (mutant,) = drawn("\nstore.add(\n    a,\n)\n")
    assert (mutant.line, mutant.end) == (2, 4)
