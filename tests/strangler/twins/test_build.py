"""The twins are the same source, compiled; stale ones, and those of another Python, are not used."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.machinery import ExtensionFileLoader
from pathlib import Path

import pytest

from strangler import twins
from strangler.errors import StranglerError
from strangler.twins import Group, build

_COUNTER = """
class Counter:
    def __init__(self, most: int) -> None:
        self.most = most
        self.seen: dict[str, int] = {}

    def count(self, word: str) -> int:
        if len(self.seen) >= self.most:
            self.seen.clear()
        self.seen[word] = self.seen.get(word, 0) + 1
        return self.seen[word]
"""


def _group(folder: Path) -> Group:
    package = folder / "counted"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "counter.py").write_text(_COUNTER)
    (package / "other.py").touch()
    return Group("counted_native", package, ("counted.counter",), package / "built")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Group:
    if shutil.which("cc") is None:
        pytest.skip("compiled twins are NOT tested here: there is no C compiler")
    group = _group(tmp_path_factory.mktemp("twins"))
    assert build.build_twins(group) == group.folder
    return group


def test_a_twin_is_found_before_its_source(built: Group) -> None:
    found = twins.usable(built)
    assert found is not None
    spec = found.find_spec("counted.counter", None)
    assert spec is not None and isinstance(spec.loader, ExtensionFileLoader)
    assert found.find_spec("counted.other", None) is None


_SCRIPT = """
import sys
from pathlib import Path
from strangler.twins import Group, use
package = Path(sys.argv[1])
sys.path.insert(0, str(package.parent))
used = use(Group("counted_native", package, ("counted.counter",), package / "built"))
from counted import counter
one = counter.Counter(2)
print(used, Path(counter.__file__).suffix, [one.count(word) for word in "aabca"])
"""


@pytest.mark.parametrize(("pure", "said"), [("", "True .so"), ("1", "False .py")])
def test_a_twin_does_what_its_source_does(built: Group, pure: str, said: str) -> None:
    command = [sys.executable, "-c", _SCRIPT, str(built.package)]
    run = subprocess.run(command, env={"STRANGLER_PURE": pure}, capture_output=True, text=True, check=True)
    assert run.stdout == f"{said} [1, 2, 1, 1, 1]\n"


def test_twins_of_other_sources_are_not_used(built: Group, tmp_path: Path) -> None:
    package = shutil.copytree(built.package, tmp_path / "counted")
    (package / "counter.py").write_text(_COUNTER + "# edited\n")
    assert twins.usable(built._replace(package=package, folder=package / "built")) is None


def test_twins_for_another_python_are_not_used(built: Group, tmp_path: Path) -> None:
    other = shutil.copytree(built.folder, tmp_path / "other")
    for file in other.rglob("*.so"):
        file.rename(file.with_name(file.name.replace("cpython", "snake")))
    assert twins.usable(built._replace(folder=other)) is None


def test_where_nothing_was_built_nothing_is_used(tmp_path: Path) -> None:
    group = _group(tmp_path)
    assert twins.usable(group) is None
    assert not twins.use(group)


def test_what_does_not_compile_is_an_error_with_the_compilers_words_and_leaves_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = _group(tmp_path)
    group.folder.mkdir()
    (group.folder / "old").touch()
    monkeypatch.setattr(build, "_SETUP", "raise SystemExit('no such luck')")
    with pytest.raises(StranglerError, match="no such luck"):
        build.build_twins(group)
    assert (group.folder / "old").exists()
    assert not list(group.package.glob(".twins-*"))


def test_without_mypyc_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    group = _group(tmp_path)
    with pytest.raises(StranglerError, match="mypyc is not installed"):
        build.build_twins(group)
    assert build.main_of(group) == 1
    assert "mypyc is not installed" in capsys.readouterr().err
