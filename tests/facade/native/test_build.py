"""The twins are the same source, compiled; stale ones, and those of another Python, are not used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.machinery import ExtensionFileLoader
from pathlib import Path

import pytest

from strangler.errors import StranglerError
from strangler_facade import native
from strangler_facade.native import build

ONE = ("strangler_facade.memo",)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """One module, compiled here and now; all of them take half a minute, which .ci/steps/50-facade spends."""
    if shutil.which("cc") is None:
        pytest.skip("compiled twins are NOT tested here: there is no C compiler")
    return build.build_twins(tmp_path_factory.mktemp("native") / "built", ONE)


def test_a_twin_is_found_before_its_source(built: Path):
    twins = native.usable(built, ONE)
    assert twins is not None
    spec = twins.find_spec(ONE[0], None)
    assert spec is not None and isinstance(spec.loader, ExtensionFileLoader)
    assert twins.find_spec("strangler_facade.table", None) is None


def test_a_twin_does_what_its_source_does(built: Path):
    script = (
        "import sys; from pathlib import Path; import strangler_facade.native as native\n"
        "sys.modules.pop('strangler_facade.memo', None)\n"
        f"sys.meta_path.insert(0, native.usable(Path({str(built)!r}), {ONE!r}))\n"
        "import importlib; memo = importlib.import_module('strangler_facade.memo')\n"
        "one = memo.Memo(str.upper, longest=2, most=2)\n"
        "print(memo.__file__.endswith('.so'), [one[key] for key in ('a', 'b', 'abc', 'c', 'a')], len(one))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "True ['A', 'B', 'ABC', 'C', 'A'] 2\n"


def test_twins_of_other_sources_are_not_used(built: Path, tmp_path: Path):
    stale = shutil.copytree(built, tmp_path / "stale")
    (stale / native.MARK).write_text("0" * 64)
    assert native.usable(stale, ONE) is None


def test_twins_for_another_python_are_not_used(built: Path, tmp_path: Path):
    other = shutil.copytree(built, tmp_path / "other")
    for file in other.rglob("*.so"):
        file.rename(file.with_name(file.name.replace("cpython", "snake")))
    assert native.usable(other, ONE) is None


def test_where_nothing_was_built_nothing_is_used(tmp_path: Path):
    assert native.usable(tmp_path) is None


def test_plain_python_when_asked_for():
    script = "import strangler_facade.native as n, strangler_facade.memo as m; print(n.in_use, m.__file__[-3:])"
    run = subprocess.run(
        [sys.executable, "-c", script], env={"STRANGLER_PURE": "1"}, capture_output=True, text=True, check=True
    )
    assert run.stdout == "False .py\n"


def test_what_does_not_compile_is_an_error_with_the_compilers_words_and_leaves_the_old(tmp_path: Path, monkeypatch):
    folder = tmp_path / "built"
    folder.mkdir()
    (folder / "old").touch()
    monkeypatch.setattr(build, "_SETUP", "raise SystemExit('no such luck')")
    with pytest.raises(StranglerError, match="no such luck"):
        build.build_twins(folder, ONE)
    assert [entry.name for entry in tmp_path.iterdir()] == ["built"] and (folder / "old").exists()


def test_without_mypyc_the_error_says_what_to_install(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(StranglerError, match="mypyc is not installed"):
        build.build_twins(tmp_path / "built", ONE)
