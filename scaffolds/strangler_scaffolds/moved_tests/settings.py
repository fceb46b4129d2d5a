"""How the monolith sets pytest up, as far as that is about its tests and not about a run of all of them."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from typing import Any

from strangler.errors import StranglerError
from strangler.model import Location
from strangler_scaffolds.pyproject import pyproject
from strangler_scaffolds.sources import Sources

# Setting → whether it is a list.
_KEPT = {
    "asyncio_default_fixture_loop_scope": False,
    "asyncio_default_test_loop_scope": False,
    "asyncio_mode": False,
    "markers": True,
    "python_classes": True,
    "python_functions": True,
    "usefixtures": True,
}
# As Django's commands, pytest's plugin and the environment are told.
_IN_COMMAND = re.compile(r"""(?:^|\s)(?:--settings|--ds|DJANGO_SETTINGS_MODULE)[=\s]\s*["']?([\w.]+)""")
_UNITTEST = re.compile(r"\bunittest\b|\b(?:manage\.py|django|django-admin)\s+test\b")
# File of settings → the section that is pytest's.
_FILES = {"pytest.ini": "pytest", "tox.ini": "pytest", "setup.cfg": "tool:pytest"}


def pytest_settings(sources: Sources) -> dict[str, str | list[str]]:
    """The settings that the monolith's tests need to be found and run, sorted by name.

    Raises:
        StranglerError: a file of settings cannot be read.
    """
    stated = _stated(sources)
    return {name: _value(stated[name], is_list=_KEPT[name]) for name in sorted(stated.keys() & _KEPT.keys())}


def django_settings(command: str, sources: Sources) -> str:
    """The settings module that a test command names for Django, else the one that pytest is told; empty if none is.

    Raises:
        StranglerError: a file of settings cannot be read.
    """
    named = _IN_COMMAND.search(command)
    if named:
        return named[1]
    stated = {name.lower(): value for name, value in _stated(sources).items()}
    return str(stated.get("django_settings_module", "")).strip()


def unittest_settings(command: str) -> dict[str, str | list[str]]:
    """What pytest is told so that it takes no more for tests than the monolith's own command does.

    unittest, and Django's command, look for test cases in modules only; pytest also takes classes for tests by their
    name, and looks for test cases in them, where bases are kept that are not meant to run.
    """
    return {"python_classes": []} if _UNITTEST.search(command) else {}


def _value(stated: Any, *, is_list: bool) -> str | list[str]:
    if not is_list:
        return str(stated)
    lines = stated.splitlines() if isinstance(stated, str) else stated
    return [str(line).strip() for line in lines if str(line).strip()]


def _stated(sources: Sources) -> Mapping[str, Any]:
    found = {name: _section(name, section, sources) for name, section in _FILES.items() if sources.is_file(name)}
    found["pyproject.toml"] = pyproject(sources).get("tool", {}).get("pytest", {}).get("ini_options", {})
    order = ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
    return next((found[name] for name in order if found.get(name)), {})


def _section(name: str, section: str, sources: Sources) -> Mapping[str, Any]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(sources.read(name).decode("utf-8", "replace"))
    except configparser.Error as error:
        raise StranglerError(f"{name} cannot be read: {error.message}", location=Location(name)) from error
    return dict(parser[section]) if parser.has_section(section) else {}
