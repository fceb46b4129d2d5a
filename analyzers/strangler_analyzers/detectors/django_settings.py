"""Django's settings: which module has them, and what they are when nothing outside the source changes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strangler_analyzers.resolve.frames import Frame
from strangler_analyzers.resolve.hierarchy import member
from strangler_analyzers.resolve.values import EMPTY, Class, Const, Items, Module, Value, Values

_VARIABLE = "DJANGO_SETTINGS_MODULE"
_SETTINGS = "django.conf.settings"
_FIRST = ("manage", "wsgi", "asgi")


def main_modules(program: Any) -> list[Module]:
    """The settings that each project's start files name, ``manage.py`` before others; in a stable order."""
    return program.noted("django settings", lambda: list(dict.fromkeys(_named(program))))  # type: ignore[no-any-return]


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
    mains = main_modules(frame.program)
    for module in sorted(mains, key=lambda one: (_folder(one) != _folder(frame.module), one.name))[:1]:
        if module is not frame.module and not module.stage:
            frame.program.run_module(module)
        values = values_of(module, attr)
        if values and all(isinstance(one, Const | Items) for one in values):
            return values
    return EMPTY
