from __future__ import annotations

import importlib
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from strangler.analysis import dumps
from strangler_analyzers import Options
from strangler_analyzers.analyze import survey
from strangler_analyzers.detectors import DETECTORS
from strangler_analyzers.facts import Moves

ANALYZE = importlib.import_module("strangler_analyzers.analyze")
SAMPLE = Path(__file__).parents[2] / "sample_monolith"
EXAMPLES = [example for detector in DETECTORS for example in detector.examples]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each abstract run of the program."""
    found: list[int] = []
    resolve = ANALYZE.resolve
    monkeypatch.setattr(ANALYZE, "resolve", lambda *arguments: found.append(1) or resolve(*arguments))
    return found


class Tree:
    """A tree with a cache; asked again after each change, it must say what a run from nothing says."""

    def __init__(self, root: Path, cache: Path, runs: list[int]) -> None:
        self.root = root
        self._options = Options(processes=1, cache=cache)
        self._runs = runs
        survey(root, self._options)

    def is_right(self) -> bool:
        """Whether both say the same bytes."""
        self._runs.clear()
        again = dumps(survey(self.root, self._options))
        self.was_run = bool(self._runs)
        return again == dumps(survey(self.root, Options(processes=1)))


@pytest.fixture
def sample(tmp_path: Path, runs: list[int]) -> Tree:
    """The sample monolith in a folder in which it may be edited."""
    shutil.copytree(SAMPLE, tmp_path / "tree", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    return Tree(tmp_path / "tree", tmp_path / "cache", runs)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_what_is_known_of_every_framework_moves_with_its_lines(write, tmp_path: Path, runs: list[int], example) -> None:
    tree = Tree(write(example.files), tmp_path / "cache", runs)
    for number, path in enumerate(sorted(example.files)):
        text = (tree.root / path).read_text()
        (tree.root / path).write_text("# moved\n" * (10 + 7 * number) + text)
    assert tree.is_right()
    assert not tree.was_run


Edit = Callable[[random.Random, list[str]], None]


def _comment(chance: random.Random, lines: list[str]) -> None:
    """Inside of a text, this is no comment but another text."""
    lines.insert(chance.randrange(len(lines) + 1), "# a comment\n")


def _blank(chance: random.Random, lines: list[str]) -> None:
    lines[:] = [line for one in lines for line in ([one, "\n"] if chance.random() < 0.1 else [one])]


def _drop(chance: random.Random, lines: list[str]) -> None:
    del lines[chance.randrange(len(lines))]


def _swap(chance: random.Random, lines: list[str]) -> None:
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _double(chance: random.Random, lines: list[str]) -> None:
    place = chance.randrange(len(lines))
    lines.insert(place, lines[place])


def _join(chance: random.Random, lines: list[str]) -> None:
    """Two statements on one line: what was told apart by lines is not any more."""
    place = chance.randrange(len(lines))
    lines[place : place + 2] = [lines[place].rstrip("\n") + "; " + "".join(lines[place + 1 : place + 2]).lstrip()]


def _define(chance: random.Random, lines: list[str]) -> None:
    lines.append(f"\n\ndef added_{chance.randrange(10)}(order):\n    return order.total(1)\n")


def _count(chance: random.Random, lines: list[str]) -> None:
    lines[:] = [line.replace("1", "2") for line in lines]


EDITS: tuple[Edit, ...] = (_comment, _comment, _blank, _drop, _swap, _double, _join, _define, _count)


@pytest.mark.parametrize("seed", range(2))
def test_any_edit_gives_what_a_run_from_nothing_gives(sample: Tree, seed: int) -> None:
    chance, tree = random.Random(seed), sample
    paths = sorted(tree.root.rglob("*.py"))
    was_run = []
    for _ in range(4):
        for path in chance.sample(paths, chance.choice([1, 1, 3])):
            lines = path.read_text().splitlines(keepends=True)
            if lines:
                chance.choice(EDITS)(chance, lines)
                path.write_text("".join(lines))
        assert tree.is_right()
        was_run.append(tree.was_run)
    assert not all(was_run)


_LINES = (
    "from shop.orders import service as added\n",
    "import shop.billing.invoices, shop.nowhere\n",
    "import json as added_too\n",
    "from tests.test_orders import *\n",
    "MARKS = patch('shop.money.Money'), patch('shop.nowhere.Money'), setattr('shop.clock.now.x', 1)\n",
    "def test_added(order):\n    from shop.payments import gateway\n    with patch('shop.clock.now'):\n        pass\n",
    "class TestAdded:\n    def test_it(self): ...\n",
    "async def fixture(): ...\n",
)


def _tests(chance: random.Random, lines: list[str]) -> None:
    """At the end, so that it stays what the parser takes."""
    lines.extend(chance.sample(_LINES, chance.choice([1, 2])))
    imports = [place for place, line in enumerate(lines) if line.startswith(("import ", "from "))]
    if imports and chance.random() < 0.5:
        del lines[chance.choice(imports)]


@pytest.mark.parametrize("seed", range(1))
def test_any_edit_of_a_test_gives_what_a_run_from_nothing_gives(sample: Tree, seed: int) -> None:
    chance, tree = random.Random(seed), sample
    paths = sorted((tree.root / "tests").rglob("*.py"))
    was_run = []
    for _ in range(4):
        for path in chance.sample(paths, chance.choice([1, 3])):
            lines = path.read_text().splitlines(keepends=True)
            chance.choice((_tests, _tests, _define, _drop, _blank))(chance, lines)
            path.write_text("".join(lines))
        assert tree.is_right()
        was_run.append(tree.was_run)
    assert was_run.count(False) > len(was_run) / 2


def test_a_test_that_defines_what_is_looked_for_by_name_is_run(write, tmp_path: Path, runs: list[int]) -> None:
    """A loader finds definitions by their names alone: one more may be one too many."""
    load = "from shop.loading import load\n\n\ndef made():\n    return load('shop.forms', 'OrderForm')()\n"
    files = {
        "shop/__init__.py": "",
        "shop/loading.py": "def load(module, name): ...\n",
        "shop/forms.py": "class OrderForm: ...\n",
        "shop/orders.py": load,
        "tests/shop/forms.py": "",
    }
    tree = Tree(write(files), tmp_path / "cache", runs)
    write({"tests/shop/forms.py": "class PaymentForm: ...\n"})
    assert tree.is_right()
    assert not tree.was_run
    for text in ("class OrderForm: ...\n", "orderform = 1\n", "from shop.x import y as OrderForm\n"):
        write({"tests/shop/forms.py": text})
        assert tree.is_right()
        assert tree.was_run


def test_a_test_whose_imports_name_modules_otherwise_is_run(write, tmp_path: Path, runs: list[int]) -> None:
    files = {"src/app/orders.py": "import x\n", "src/app/money.py": "", "src/tests/test_orders.py": "import json\n"}
    tree = Tree(write(files), tmp_path / "cache", runs)
    write({"src/tests/test_orders.py": "import json\nimport app.orders\n"})
    assert tree.is_right()


def test_files_left_out_change_nothing(write, tmp_path: Path, runs: list[int]) -> None:
    """One of two files with the name of the other: it is not in the document, and neither is its length."""
    files = {"a/__init__.py": "", "a.py": "x = 1\n", "b.py": "import a\n"}
    tree = Tree(write(files), tmp_path / "cache", runs)
    for path in ("a.py", "a/__init__.py"):
        write({path: "# longer\n" + files[path]})
        assert tree.is_right()


def test_a_wrong_move_would_be_noticed(write, tmp_path: Path, runs: list[int], monkeypatch) -> None:
    """The comparison above can fail: lines that stay where they were are another document."""
    tree = Tree(write(EXAMPLES[0].files), tmp_path / "cache", runs)
    for path in EXAMPLES[0].files:
        (tree.root / path).write_text("# moved\n" + (tree.root / path).read_text())
    monkeypatch.setattr("strangler_analyzers.again.moves", lambda old, new: Moves(_Same(), _Last()))  # type: ignore[arg-type]
    assert not tree.is_right()
    assert not tree.was_run


class _Same(dict[int, int]):
    def __missing__(self, line: int) -> int:
        return line


class _Last(dict[tuple[int, int], int]):
    def __missing__(self, place: tuple[int, int]) -> int:
        return place[1]


def test_a_file_that_comes_or_goes_or_says_something_else_is_run(write, tmp_path: Path, runs: list[int]) -> None:
    files = {"a.py": "import b\n\nb.f(1)\n", "b.py": "def f(x): ...\n"}
    tree = Tree(write(files), tmp_path / "cache", runs)
    changes: list[dict[str, str]] = [
        {"c.py": "import a\n"},
        {"b.py": "def f(x): ...\n\n\ndef g(): ...\n"},
        {"a.py": "import b\n\nb.f('1')\n"},
        {"a.py": "import b; b.f('1')\n"},
        {"b.py": "def f(x=None): ...\n\n\ndef g(): ...\n"},
    ]
    for change in changes:
        write(change)
        assert tree.is_right()
        assert tree.was_run
    (tree.root / "c.py").unlink()
    assert tree.is_right()
    assert tree.was_run


def test_transactions_are_named_by_their_new_lines_and_in_their_order(write, tmp_path: Path, runs: list[int]) -> None:
    body = "".join(f"    with transaction.atomic():\n        Order.objects.create(n={n})\n\n" for n in range(6))
    models = "from django.db import models\n\n\nclass Order(models.Model):\n    n = models.IntegerField()\n"
    files = {
        "shop/__init__.py": "",
        "shop/models.py": models,
        "shop/views.py": f"from django.db import transaction\nfrom shop.models import Order\n\n\ndef place():\n{body}",
    }
    tree = Tree(write(files), tmp_path / "cache", runs)
    assert len(survey(tree.root, Options(processes=1)).transactions) == 6
    write({"shop/views.py": "#\n" * 83 + files["shop/views.py"]})
    assert tree.is_right()
    assert not tree.was_run
