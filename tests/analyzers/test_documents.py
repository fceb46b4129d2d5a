from __future__ import annotations

import importlib
import marshal
import os
from pathlib import Path

import pytest

from strangler import __version__
from strangler.analysis import Analysis, dumps
from strangler_analyzers import Options, SeamOptions, analyze, conclude
from strangler_analyzers.analyze import survey
from strangler_analyzers.documents import Kept, key_of, read_document, read_kept, write_document
from strangler_analyzers.sealed import seal

ANALYZE = importlib.import_module("strangler_analyzers.analyze")
FILES = {"shop/__init__.py": "", "shop/a.py": "from shop import b\nb.f()\n", "shop/b.py": "def f(): ...\n"}


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each abstract run of the program."""
    found: list[int] = []
    resolve = ANALYZE.resolve

    def noted(*arguments):
        found.append(1)
        return resolve(*arguments)

    monkeypatch.setattr(ANALYZE, "resolve", noted)
    return found


def _concluded(root: Path, options: Options, beside: tuple[str, ...] = ()) -> str:
    return dumps(conclude(root, options, beside, lambda _: SeamOptions()))


def test_nothing_is_worked_out_twice(write, tmp_path: Path, runs: list[int]) -> None:
    root, options = write(FILES), Options(processes=1, cache=tmp_path / "cache")
    assert survey(root, options) == survey(root, options) == survey(root, Options(processes=1))
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/b.py", "def g(): ...\n"),
        ("shop/b.py", "def f(): ...\n# one more line\n"),
        ("shop/c.py", ""),
        ("shop/b.py", None),
    ],
)
def test_any_change_of_a_file_gives_what_a_first_run_gives(write, tmp_path: Path, path: str, text: str | None) -> None:
    root, options = write(FILES), Options(processes=1, cache=tmp_path / "cache")
    before = _concluded(root, options)
    if text is None:
        (root / path).unlink()
    else:
        (root / path).write_text(text)
    after = _concluded(root, options)
    assert after != before
    assert after == dumps(analyze(root, Options(processes=1)))


def test_other_options_and_another_surrounding_give_another_document(write, tmp_path: Path, runs: list[int]) -> None:
    root, cache = write(FILES), tmp_path / "cache"
    _concluded(root, Options(processes=1, cache=cache))
    assert '"max_evidence":1' in _concluded(root, Options(processes=1, cache=cache, max_evidence=1))
    made: list[int] = []
    for beside in (("a",), ("a",), ("b",)):
        conclude(
            root,
            Options(processes=1, cache=cache, max_evidence=1),
            beside,
            lambda _: made.append(1) or SeamOptions(),
        )
    assert len(runs) == 2
    assert len(made) == 2


def test_a_document_of_another_key_or_a_spoilt_one_is_none(tmp_path: Path) -> None:
    key = key_of(tmp_path, {"a.py": "1"}, Options())
    analysis = Analysis(__version__, packages=("shop",))
    write_document(tmp_path, "x.bin", Kept(key, {"a.py": "1"}, analysis))
    assert read_document(tmp_path, "x.bin", key) == analysis
    assert read_document(tmp_path, "x.bin", key_of(tmp_path, {"a.py": "2"}, Options())) is None
    (tmp_path / "x.bin").write_bytes((tmp_path / "x.bin").read_bytes()[:-1])
    assert read_document(tmp_path, "x.bin", key) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", bytes(32) + b'{"schema":"strangler.analysis/1"}', bytes(range(256)) * 8, marshal.dumps(({}, {}))],
    ids=["empty", "short", "of the first version", "anything", "of another state"],
)
def test_what_other_code_kept_is_nothing(write, tmp_path: Path, body: bytes) -> None:
    """It is whole, and sealed as ours is."""
    root, cache = write(FILES), tmp_path / "cache"
    for name in ("survey.bin", "conclusion.bin"):
        seal(cache, name, body)
    assert read_kept(cache, "survey.bin") is None
    assert _concluded(root, Options(processes=1, cache=cache)) == dumps(analyze(root, Options(processes=1)))


def test_a_file_that_changes_under_way_leaves_no_wrong_document(write, tmp_path: Path, monkeypatch) -> None:
    """It was hashed as it was and read as it is."""
    root, options = write(FILES), Options(processes=1, cache=tmp_path / "cache")
    gathering = ANALYZE.Gathering

    def late(*arguments):
        (root / "shop/b.py").write_text("def changed(): ...\n")
        return gathering(*arguments)

    monkeypatch.setattr(ANALYZE, "Gathering", late)
    analysis = survey(root, options)
    monkeypatch.setattr(ANALYZE, "Gathering", gathering)
    assert "shop.b:changed" in {one.ref for one in analysis.functions}
    os.utime(root / "shop/b.py")
    (root / "shop/b.py").write_text(FILES["shop/b.py"])
    assert survey(root, options) == survey(root, Options(processes=1))
