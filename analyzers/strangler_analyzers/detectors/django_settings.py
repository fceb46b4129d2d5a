"""Django's settings: which module has them, and what they are when nothing outside the source changes them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from strangler_analyzers.facts.records import Code
from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.hierarchy import member
from strangler_analyzers.resolve.values import EMPTY, Class, Const, Items, Module, Value, Values

_VARIABLE = "DJANGO_SETTINGS_MODULE"
_SETTINGS = "django.conf.settings"
_FIRST = ("manage", "wsgi", "asgi")


def main_modules(program: Any) -> list[Module]:
    """The settings that each project's start files name, ``manage.py`` before others; in a stable order."""
    return [module for project in _projects(program) for module in project]


def _projects(program: Any) -> list[tuple[Module, ...]]:
    """The modules of each project's settings: what one runs in its own place counts more, the last the most."""
    return program.noted(  # type: ignore[no-any-return]
        "django settings",
        lambda: [(*reversed(_included(program, one)), one) for one in dict.fromkeys(_named(program))],
    )


def _included(program: Any, module: Module) -> list[Module]:
    """The files that split-settings' ``include("base.py", "parts/*.py")`` runs in the place of ``module``."""
    if not any(one.module.startswith("split_settings") for one in module.facts.imports):
        return []
    folder = posixpath.dirname(module.path)
    named = (text for text in _texts(module.facts.scopes[0].code()) if text.endswith(".py"))
    paths = [posixpath.normpath(posixpath.join(folder, text)) for text in named]
    others = [one for _, one in sorted(program.table.by_name.items()) if one is not module]
    return [one for path in paths for one in others if fnmatchcase(one.path, path)]


def _texts(code: Code) -> Iterator[str]:
    """The texts in a body, in the order of the source."""
    if not isinstance(code, tuple):
        return
    if len(code) == 2 and code[0] == "k" and isinstance(code[1], str):
        yield code[1]
    else:
        for part in code:
            yield from _texts(part)


def _named(program: Any) -> Iterator[Module]:
    modules: dict[str, Module] = program.table.by_name
    naming = [one for _, one in sorted(modules.items()) if _VARIABLE in one.facts.tokens and one.facts.grade != "light"]
    for folder in sorted({_folder(one) for one in naming}):
        here = sorted((one for one in naming if _folder(one) == folder), key=_rank)
        settings = [module for one in here for module in _settings_of(modules, one)]
        yield from settings[:1]


def _folder(module: Module) -> str:
    """The folder names start from: each project of a repository has its own."""
    depth = module.name.count(".") + (2 if module.is_package else 1)
    return "/".join(module.path.split("/")[:-depth])


def _rank(module: Module) -> tuple[int, str]:
    tail = module.name.rpartition(".")[2]
    return (_FIRST.index(tail) if tail in _FIRST else len(_FIRST), module.name)


def _settings_of(modules: dict[str, Module], naming: Module) -> Iterator[Module]:
    for text in (*(text for text, _ in naming.facts.strings), *sorted(naming.facts.tokens)):
        module = modules.get(text)
        if module is not None and "settings" in text.lower():
            yield module


def values_of(module: Module, name: str) -> Values:
    """What ``module`` sets ``name`` to, itself or in a class of settings."""
    found: Values = module.env.get(name, EMPTY)
    if found:
        return found
    for values in reversed(list(module.env.values())):
        for value in values:
            defined = member(value, name) if isinstance(value, Class) and value.module is module else None
            if defined is not None:
                return defined[1]
    return EMPTY


def setting(frame: Frame, value: Value, attr: str) -> Values:
    """What ``django.conf.settings.NAME`` is by default, as far as it is constant."""
    if value.dotted != _SETTINGS or not attr.isupper():
        return EMPTY
    frame.record.uses.append((value.child(attr), frame.line))  # type: ignore[attr-defined]
    return default_of(frame, attr)


def default_of(frame: Frame, name: str) -> Values:
    """What the settings of the nearest project have as ``name``, where that is constant."""
    projects = _projects(frame.program)
    nearest = min(projects, key=lambda one: (_folder(one[-1]) != _folder(frame.module), one[-1].name), default=())
    return next((values for one in nearest if (values := _constant(frame, one, name))), EMPTY)


def _constant(frame: Frame, module: Module, name: str) -> Values:
    if module is not frame.module and not module.stage:
        frame.program.run_module(module)
    values = values_of(module, name)
    return values if all(isinstance(one, Const | Items) for one in values) else EMPTY
