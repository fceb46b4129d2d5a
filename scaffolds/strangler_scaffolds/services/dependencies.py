"""Which third-party distributions moved code needs, at the versions the monolith asks for."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from strangler_scaffolds.pyproject import pyproject
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.services.poetry import from_poetry
from strangler_scaffolds.sources import Sources, decode
from strangler_scaffolds.syntax import is_for_types, texts_in

# Import names whose distribution is called something else; the rest share their name up to case and dashes.
_DISTRIBUTIONS = {
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jose": "python-jose",
    "jwt": "pyjwt",
    "magic": "python-magic",
    "psycopg2": "psycopg2-binary",
    "rest_framework": "djangorestframework",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "yaml": "pyyaml",
}
# What a database engine of Django's needs; the first that the monolith asks for.
_DRIVERS = {
    "django.db.backends.postgresql": ("psycopg", "psycopg2", "psycopg2-binary"),
    "django.contrib.gis.db.backends.postgis": ("psycopg", "psycopg2", "psycopg2-binary"),
    "django.db.backends.mysql": ("mysqlclient", "pymysql"),
    "django.db.backends.oracle": ("oracledb", "cx-oracle"),
}
# Where dependencies that only tests need are stated, beside pyproject.toml.
_TEST_FILES = tuple(
    form.format(kind)
    for kind in ("dev", "test", "tests", "testing")
    for form in ("requirements-{}.txt", "requirements_{}.txt", "{}-requirements.txt", "requirements/{}.txt")
)
# How distributions are called after the package that they hold.
_FORMS = ("python-{}", "py{}", "{}-python", "{}-binary", "django-{}")
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Imported:
    """Top-level names of other people's code that files import: what they need, and what they can do without."""

    needed: frozenset[str]
    optional: frozenset[str]


def imported_packages(files: Mapping[str, bytes], internal: Iterable[str]) -> Imported:
    """What Python files import of other people's code.

    An import is optional if the file goes on without it (``try: import x`` with a handler that does not raise), and a
    package if all its imports are. What is imported for annotations alone is not imported when the code runs.
    """
    own = {*internal, *sys.stdlib_module_names}
    found = [(name, is_optional) for path, data in files.items() for name, is_optional in _imports(path, data)]
    needed = frozenset(name for name, is_optional in found if not is_optional) - own
    return Imported(needed, frozenset(name for name, _ in found) - own - needed)


def _imports(path: str, data: bytes) -> Iterator[tuple[str, bool]]:
    yield from _imports_in(parse(decode(data, path), path), False)


def _imports_in(node: ast.AST, is_optional: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Import):
        yield from ((alias.name.partition(".")[0], is_optional) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
        yield node.module.partition(".")[0], is_optional
    elif isinstance(node, ast.If) and is_for_types(node):
        yield from (found for child in node.orelse for found in _imports_in(child, is_optional))
    elif isinstance(node, ast.Try) and any(map(_goes_on, node.handlers)):
        yield from (found for child in node.body for found in _imports_in(child, True))
        rest = [*node.handlers, *node.orelse, *node.finalbody]
        yield from (found for child in rest for found in _imports_in(child, is_optional))
    else:
        yield from (found for child in ast.iter_child_nodes(node) for found in _imports_in(child, is_optional))


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes a missing module and the code after it runs."""
    kinds = (
        {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} if handler.type else {"Exception"}
    )
    raises = any(isinstance(node, ast.Raise) for statement in handler.body for node in ast.walk(statement))
    return bool(kinds & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}) and not raises


def requirements(packages: Iterable[str], sources: Sources) -> list[str]:
    """A requirement for each package: as the monolith states it, or by name alone where it states none."""
    stated = {_key(text): text for text in _stated(sources)}
    return sorted({_requirement(package, stated) for package in packages}, key=str.lower)


def requirements_of_tests(packages: Iterable[str], sources: Sources) -> list[str]:
    """The same for what only tests need, as the monolith's dependencies for development state it."""
    stated = {_key(text): text for text in (*_stated_for_tests(sources), *_stated(sources))}
    return sorted({_requirement(package, stated) for package in packages}, key=str.lower)


def is_stated(package: str, sources: Sources) -> bool:
    """Whether the monolith asks for a package itself."""
    return _find(package, {_key(text): text for text in _stated(sources)}) is not None


def named_packages(settings: bytes, path: str, sources: Sources) -> list[str]:
    """Top-level names of stated packages of other people's that a settings module names by a string."""
    stated = {_key(text): text for text in _stated(sources)}
    texts = set(texts_in(settings, path))
    names = {text.partition(".")[0] for text in texts if text.replace(".", "_").isidentifier()}
    found = {name for name in names if _find(name, stated) is not None}
    for engine, drivers in _DRIVERS.items():
        if engine in texts:
            found |= set([driver for driver in drivers if driver in stated][:1])
    return sorted(found)


def _requirement(package: str, stated: Mapping[str, str]) -> str:
    return _find(package, stated) or _DISTRIBUTIONS.get(package, package).lower()


def _find(package: str, stated: Mapping[str, str]) -> str | None:
    distribution = _DISTRIBUTIONS.get(package, package)
    candidates = (distribution, package, *(form.format(package) for form in _FORMS))
    exact = next((stated[_key(name)] for name in candidates if _key(name) in stated), None)
    return exact or _find_alike(candidates, stated)


def _find_alike(names: Iterable[str], stated: Mapping[str, str]) -> str | None:
    """Names often differ in dashes alone, or in a plural: ``django_filters`` is of ``django-filter``."""
    alike = {_squashed(key): text for key, text in stated.items()}
    return next((alike[_squashed(name)] for name in names if _squashed(name) in alike), None)


def _squashed(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower().removesuffix("s")


def _key(text: str) -> str:
    match = _NAME.match(text)
    return re.sub(r"[-_.]+", "-", match.group(1)).lower() if match else ""


def _stated(sources: Sources) -> Iterator[str]:
    yield from _from_lines("requirements.txt", sources)
    project = pyproject(sources)
    yield from project.get("project", {}).get("dependencies", ())
    for group in project.get("project", {}).get("optional-dependencies", {}).values():
        yield from group
    yield from _from_table(project.get("tool", {}).get("poetry", {}))


def _stated_for_tests(sources: Sources) -> Iterator[str]:
    for name in _TEST_FILES:
        yield from _from_lines(name, sources)
    project = pyproject(sources)
    for group in project.get("dependency-groups", {}).values():
        yield from (stated for stated in group if isinstance(stated, str))
    poetry = project.get("tool", {}).get("poetry", {})
    for table in ({"dependencies": poetry.get("dev-dependencies", {})}, *poetry.get("group", {}).values()):
        yield from _from_table(table)


def _from_lines(name: str, sources: Sources) -> Iterator[str]:
    if sources.is_file(name):
        lines = sources.read(name).decode("utf-8", "replace").splitlines()
        yield from (line.split("#")[0].strip() for line in lines if _key(line))


def _from_table(table: Mapping[str, Any]) -> Iterator[str]:
    stated = table.get("dependencies", {})
    yield from (from_poetry(name, versions) for name, versions in stated.items() if name != "python")
