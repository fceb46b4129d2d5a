"""What a file is for, by its path: tests, migrations, settings, an entry point; else a part of the product."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TEST = re.compile(r"(unit)?tests?|testing|testutils|conftest\.py|tests\.py|tests?_[^/]*|[^/]*_tests?\.py", re.DOTALL)
_MIGRATIONS = re.compile(
    r"(^|/)migrations/(\d[^/]*|__init__)\.py$|(^|/)\w+_migrations/\d{4}_[^/]*\.py$"
    r"|(^|/)(alembic|migrations|migrate_repo)/([^/]+/)*(versions/[^/]+|env)\.py$"
    # Alembic's revisions wherever they stand: the twelve digits of a revision are in the file's name.
    r"|(^|/)versions/([^/]*[^/0-9a-z])?[0-9a-f]{12}(_[^/]*)?\.py$"
)
_SETTINGS = re.compile(r"(^|/)settings(/|\.py$|_\w+\.py$)")
_STARTS = ("__main__.py", "manage.py", "wsgi.py", "asgi.py")
# What an application about tests is made of; one that is there to be tested with has settings of its own.
_PARTS = frozenset(["models.py", "views.py", "urls.py"])
_OWN = frozenset(["settings.py", "manage.py"])


def roles(path: str, inner: str, applications: frozenset[str]) -> tuple[str, ...]:
    """What the file at ``path`` (``inner`` its source root) is for, sorted; nothing for a part of the product.

    ``applications`` are folders that are named like tests and are none, see :func:`named_like_tests`.
    """
    name = path.rpartition("/")[2]
    found = []
    if _is_test(path, applications):
        found.append("tests")
    if _MIGRATIONS.search(path):
        found.append("migrations")
    if _SETTINGS.search(inner):
        found.append("settings")
    if name in _STARTS:
        found.append("entrypoint")
    return tuple(sorted(found))


def named_like_tests(paths: Iterable[str], packages: set[str]) -> frozenset[str]:
    """The folders of packages called ``test`` or ``test_…`` that are applications: parts of one, and no test."""
    held: dict[str, set[str]] = {}
    for path in paths:
        *folders, name = path.split("/")
        for depth, folder in enumerate(folders):
            if (folder == "test" or folder.startswith("test_")) and "/".join(folders[:depth]) in packages:
                held.setdefault("/".join(folders[: depth + 1]), set()).add("/".join((*folders[depth + 1 :], name)))
    return frozenset(
        folder
        for folder, names in held.items()
        if names & _PARTS and not any(_is_of_tests(name.rpartition("/")[2]) for name in names)
    )


def _is_of_tests(name: str) -> bool:
    return name in _OWN or _TEST.fullmatch(name) is not None


def _is_test(path: str, applications: frozenset[str]) -> bool:
    parts = path.split("/")
    return any(
        _TEST.fullmatch(part) and "/".join(parts[: depth + 1]) not in applications for depth, part in enumerate(parts)
    )
