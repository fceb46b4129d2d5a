"""Which third-party distributions moved code needs, at the versions the monolith asks for."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping

from strangler.errors import StranglerError
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.services.poetry import from_poetry
from strangler_scaffolds.sources import Sources, decode

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
# How distributions are called after the package that they hold.
_FORMS = ("python-{}", "py{}", "{}-python", "{}-binary", "django-{}")
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def imported_packages(files: Mapping[str, bytes], internal: Iterable[str]) -> list[str]:
    """Top-level names of other people's code that these files import, sorted."""
    own = {*internal, *sys.stdlib_module_names}
    names = {name for path, data in files.items() for name in _imports(path, data)}
    return sorted(names - own)


def _imports(path: str, data: bytes) -> Iterator[str]:
    for node in ast.walk(parse(decode(data, path), path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def requirements(packages: Iterable[str], sources: Sources) -> list[str]:
    """A requirement for each package: as the monolith states it, or by name alone where it states none."""
    stated = {_key(text): text for text in _stated(sources)}
    return sorted({_requirement(package, stated) for package in packages}, key=str.lower)


def named_packages(settings: bytes, path: str, sources: Sources) -> list[str]:
    """Top-level names of stated packages of other people's that a settings module names by a string."""
    stated = {_key(text): text for text in _stated(sources)}
    tree = parse(decode(settings, path), path)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
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
    return next((stated[_key(name)] for name in candidates if _key(name) in stated), None)


def _key(text: str) -> str:
    match = _NAME.match(text)
    return re.sub(r"[-_.]+", "-", match.group(1)).lower() if match else ""


def _stated(sources: Sources) -> Iterator[str]:
    if sources.exists("requirements.txt"):
        lines = sources.read("requirements.txt").decode("utf-8", "replace").splitlines()
        yield from (line.split("#")[0].strip() for line in lines if _key(line))
    if sources.exists("pyproject.toml"):
        yield from _from_pyproject(sources.read("pyproject.toml"))


def _from_pyproject(data: bytes) -> Iterator[str]:
    try:
        project = tomllib.loads(data.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StranglerError(f"pyproject.toml cannot be read: {error}") from error
    yield from project.get("project", {}).get("dependencies", ())
    for group in project.get("project", {}).get("optional-dependencies", {}).values():
        yield from group
    poetry = project.get("tool", {}).get("poetry", {}).get("dependencies", {})
    yield from (from_poetry(name, stated) for name, stated in poetry.items() if name != "python")
