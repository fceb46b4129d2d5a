from __future__ import annotations

import json
from pathlib import Path

import pytest
import small

import strangler_scaffolds as scaffolds
from strangler_scaffolds.services.dependencies import imported_packages, requirements, requirements_of_tests
from strangler_scaffolds.services.needs import needs_of
from strangler_scaffolds.sources import Sources

STATED = b'[project]\nname = "shop"\nversion = "1"\ndependencies = ["Flask>=3,<4", "requests"]\n'


def test_dependencies_are_those_of_the_moved_code_as_the_monolith_states_them() -> None:
    files = {"a.py": b"import os, flask\nfrom yaml import load\nfrom shop import x\nfrom . import y\n"}
    packages = imported_packages(files, ["shop"]).needed
    assert packages == {"flask", "yaml"}
    assert requirements(packages, Sources(Path("/nowhere"), {"pyproject.toml": STATED})) == ["Flask>=3,<4", "pyyaml"]


def test_names_that_differ_in_dashes_or_a_plural_are_one() -> None:
    stated = b"django-filter==25.1\ndjango-cors-headers==4.6\nmarkupsafe==3\n"
    sources = Sources(Path("/nowhere"), {"requirements.txt": stated})
    found = requirements(["django_filters", "corsheaders", "markup"], sources)
    assert found == ["django-cors-headers==4.6", "django-filter==25.1", "markup"]


def test_requirements_files_are_read_as_well() -> None:
    sources = Sources(Path("/nowhere"), {"requirements.txt": b"# pinned\nflask==3.1.0  # web\n-r other.txt\n"})
    assert requirements(["flask"], sources) == ["flask==3.1.0"]


@pytest.mark.parametrize(
    ("code", "needed", "optional"),
    [
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", set(), {"a"}),
        ("try:\n    import a.b\nexcept (OSError, ModuleNotFoundError):\n    pass\n", set(), {"a"}),
        ("try:\n    import a\nexcept:\n    pass\nelse:\n    import b\n", {"b"}, {"a"}),
        ("try:\n    import a\nexcept ImportError:\n    import b as a\n", {"b"}, {"a"}),
        ("try:\n    import a\nexcept ImportError as e:\n    raise Missing from e\n", {"a"}, set()),
        ("try:\n    import a\nexcept ValueError:\n    pass\n", {"a"}, set()),
        ("try:\n    import a\nexcept ImportError:\n    pass\ndef f():\n    import a\n", {"a"}, set()),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b\n", {"b"}, set()),
    ],
)
def test_what_code_goes_on_without_is_not_needed(code: str, needed: set[str], optional: set[str]) -> None:
    found = imported_packages({"m.py": code.encode()}, [])
    assert (found.needed, found.optional) == (needed, optional)


def test_an_optional_package_is_an_extra_unless_the_monolith_asks_for_it() -> None:
    code = {"m.py": b"try:\n    import requests, fast\nexcept ImportError:\n    pass\n"}
    tests = {"t.py": b"import pytest, requests, freezegun, shop\n", "data.json": b"{"}
    sources = Sources(Path("/nowhere"), {"pyproject.toml": STATED, "requirements-dev.txt": b"freezegun==1.5\n"})
    needs = needs_of(code, tests, ["pytest-mock"], ["shop"], sources)
    assert (needs.required, needs.optional) == (("requests",), ("fast",))
    assert needs.tests == ("freezegun==1.5", "pytest-mock")


@pytest.mark.parametrize(
    "stated",
    [
        b'[dependency-groups]\ntest = ["freezegun>=1", {include-group = "x"}]\n',
        b'[tool.poetry.group.dev.dependencies]\nfreezegun = ">=1"\n',
        b'[tool.poetry.dev-dependencies]\nfreezegun = ">=1"\n',
        b'[project.optional-dependencies]\ntest = ["freezegun>=1"]\n',
    ],
)
def test_what_tests_need_is_stated_in_many_places(stated: bytes) -> None:
    sources = Sources(Path("/nowhere"), {"pyproject.toml": stated})
    assert requirements_of_tests(["freezegun"], sources) == ["freezegun>=1"]


@pytest.fixture
def tree(tmp_path: Path) -> dict[str, bytes]:
    root = small.lay_out(tmp_path)
    return dict(scaffolds.extract(small.analysis(), small.plan(), "stock", root).tree)


def test_every_python_file_of_a_service_compiles(tree: dict[str, bytes]) -> None:
    for path, data in tree.items():
        if path.endswith(".py"):
            compile(data, path, "exec")


def test_the_manifest_has_the_digest_of_every_file(tree: dict[str, bytes]) -> None:
    manifest = json.loads(tree["strangler.json"])
    assert set(manifest["files"]) == set(tree) - {"strangler.json"}
    assert manifest["domain"]["shop/stock/service.py"]["origin"] == "moved"


def test_an_image_is_built_without_root_and_without_the_builder(tree: dict[str, bytes]) -> None:
    lines = tree["Dockerfile"].decode().splitlines()
    assert sum(line.startswith("FROM") for line in lines) == 2
    assert "USER 10001:10001" in lines
    assert any(line.startswith("ARG BASE=") and "@sha256:" in line for line in lines)
    assert not any("--mount" in line for line in lines)


def test_a_shell_has_everything_but_code() -> None:
    files = scaffolds.shell(small.plan(), "stock")
    assert "stock_service/app.py" in files
    assert not any("/domain/" in path for path in files)
