from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from strangler_scaffolds.alembic_ini import environments, migrations
from strangler_scaffolds.sources import Sources

SCRIPTS = ("alembic/env.py", "alembic/script.py.mako", "alembic/versions/1_first.py")


def made(root: Path, ini: str, *settings: str, scripts: tuple[str, ...] = SCRIPTS) -> dict[str, bytes]:
    for path in (*scripts, "alembic/__pycache__/env.pyc", "more/2_second.py"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x")
    (root / ini).parent.mkdir(parents=True, exist_ok=True)
    (root / ini).write_text("\n".join(["# ours", "[alembic]", *settings, "[loggers]", "keys = root", ""]))
    return migrations([ini, "alembic/script.py.mako"], Sources(root), place=lambda path: path)


def settings_of(found: dict[str, bytes], ini: str) -> list[str]:
    return found[ini].decode().splitlines()[2:-2]


@pytest.mark.parametrize("named", ["alembic", "./alembic/", "%(here)s/alembic"])
def test_the_folder_goes_along_and_is_found_beside_the_file(tmp_path: Path, named: str) -> None:
    found = made(tmp_path, "alembic.ini", f"script_location = {named}", "prepend_sys_path = .")
    assert found.keys() == {"alembic.ini", *SCRIPTS}
    assert settings_of(found, "alembic.ini") == ["script_location = %(here)s/alembic", "prepend_sys_path = ."]


@pytest.mark.parametrize(
    ("named", "written"),
    [("alembic", "../alembic"), ("scripts", "scripts"), ("%(here)s/scripts", "scripts"), ("%(here)s", ".")],
)
def test_a_folder_is_meant_from_the_working_folder_then_from_the_file(tmp_path: Path, named: str, written: str) -> None:
    found = made(tmp_path, "db/alembic.ini", f"script_location: {named}", scripts=(*SCRIPTS, "db/scripts/env.py"))
    assert settings_of(found, "db/alembic.ini") == [f"script_location: %(here)s/{written}"]
    assert ("alembic/env.py" in found) is (named == "alembic")
    assert ("db/scripts/env.py" in found) is (named != "alembic")


@pytest.mark.parametrize("named", ["alembic:versions", "/etc", "../elsewhere", "nowhere", ".", "%(here)s"])
def test_what_is_no_folder_below_the_root_stays_as_it_is(tmp_path: Path, named: str) -> None:
    found = made(tmp_path, "alembic.ini", f"script_location = {named}")
    assert found.keys() == {"alembic.ini"}
    assert found["alembic.ini"] == (tmp_path / "alembic.ini").read_bytes()


@pytest.mark.parametrize("between", [" ", ", ", ":", ";", "\n    "])
def test_several_folders_of_versions(tmp_path: Path, between: str) -> None:
    found = made(tmp_path, "alembic.ini", f"version_locations = alembic/versions{between}more")
    assert {"more/2_second.py", "alembic/versions/1_first.py"} < found.keys()
    written = f"version_locations = %(here)s/alembic/versions{between}%(here)s/more"
    assert "\n".join(settings_of(found, "alembic.ini")) == written


def test_what_git_does_not_have_stays_and_other_files_are_none_of_its_business(tmp_path: Path) -> None:
    made(tmp_path, "alembic.ini", "script_location = alembic")
    for words in (["init", "-q"], ["add", "alembic.ini", "alembic/env.py"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)
    (tmp_path / "setup.ini").write_text("script_location = alembic\n")
    as_it_is: Callable[[str], str] = str
    assert migrations(["setup.ini"], Sources(tmp_path), as_it_is) == {}
    assert migrations(["alembic.ini"], Sources(tmp_path), as_it_is).keys() == {"alembic.ini", "alembic/env.py"}


def test_the_way_is_that_within_the_service(tmp_path: Path) -> None:
    made(tmp_path, "back/alembic.ini", "script_location = alembic")
    found = migrations(["back/alembic.ini"], Sources(tmp_path), place=lambda path: path.removeprefix("back/"))
    assert settings_of(found, "back/alembic.ini") == ["script_location = %(here)s/alembic"]


def test_the_environment_beside_an_application_goes_if_its_code_names_it(tmp_path: Path) -> None:
    made(tmp_path, "alembic.ini", scripts=tuple(f"shop/{script}" for script in SCRIPTS))
    for folder in ("shop/pages", "shop/other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "shop/other/env.py").write_text("x")
    folders = ["shop", "nowhere", "more"]
    found = environments(folders, {"alembic", "other", "pages"}, Sources(tmp_path))
    assert found == sorted(f"shop/{script}" for script in SCRIPTS)
    assert environments(folders, {"other", "pages"}, Sources(tmp_path)) == []
