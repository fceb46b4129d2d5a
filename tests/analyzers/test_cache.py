from __future__ import annotations

from pathlib import Path

import pytest

from strangler.analysis import dumps
from strangler_analyzers import gather
from strangler_analyzers.analyze import survey
from strangler_analyzers.options import Options

FILES = {"a.py": "import b\n", "b.py": "def f(): ...\n"}


@pytest.fixture
def extracted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each extraction was given."""
    seen: list[int] = []
    real = gather.extract

    def counting(data: bytes, *, light: bool = False):
        seen.append(len(data))
        return real(data, light=light)

    monkeypatch.setattr(gather, "extract", counting)
    return seen


def run(root: Path, folder: Path) -> str:
    return dumps(survey(root, Options(cache=folder, processes=1)))


def test_nothing_is_extracted_twice(write, tmp_path: Path, extracted: list[int]) -> None:
    root = write(FILES)
    first = run(root, tmp_path / "cache")
    extracted.clear()
    assert run(root, tmp_path / "cache") == first
    assert extracted == []


def test_only_what_changed_is_extracted_again(write, tmp_path: Path, extracted: list[int]) -> None:
    root = write(FILES)
    run(root, tmp_path / "cache")
    extracted.clear()
    write({"b.py": "def g(): ...\n# longer\n"})
    run(root, tmp_path / "cache")
    assert extracted == [22]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-5],
        lambda data: b"\0" * len(data),
        lambda data: data[:40] + b"x" + data[41:],
    ],
    ids=["empty", "short", "zeros", "changed"],
)
def test_a_spoilt_cache_is_an_empty_one(write, tmp_path: Path, spoil) -> None:
    root = write(FILES)
    first = run(root, tmp_path / "cache")
    for path in (tmp_path / "cache").glob("*.bin"):
        path.write_bytes(spoil(path.read_bytes()))
    assert run(root, tmp_path / "cache") == first


def test_facts_of_another_extractor_are_not_believed(write, tmp_path: Path, monkeypatch, extracted: list[int]) -> None:
    root = write(FILES)
    run(root, tmp_path / "cache")
    extracted.clear()
    monkeypatch.setattr("strangler_analyzers.cache.EXTRACTOR", "another")
    (tmp_path / "cache" / "survey.bin").unlink()
    run(root, tmp_path / "cache")
    assert len(extracted) == 2


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(write, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert run(write(FILES), tmp_path / "cache") == run(write(FILES), tmp_path / "other")


def test_the_cache_keeps_itself_out_of_git(write, tmp_path: Path) -> None:
    run(write(FILES), tmp_path / "cache")
    assert (tmp_path / "cache" / ".gitignore").read_text() == "*\n"
