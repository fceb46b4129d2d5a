"""Configuration that code reads: from the environment, and by the names of Django's and Flask's settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strangler.analysis import Evidence, Setting
from strangler_analyzers.assemble.functions import caller_of
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import argument, text
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.hierarchy import inherited, linearised
from strangler_analyzers.resolve.values import Class, Made

# What is asked for a variable by its name; of the libraries for it everything is (``environs.Env.bool``).
_READS_OF_ENVIRONMENT = frozenset(
    {"os.getenv", "os.environ.get", "os.environ.__getitem__", "os.environ.setdefault", "os.environ.pop"}
)
_READERS = ("decouple.", "environ.", "environs.", "starlette.config.")
_VARIABLE = re.compile(r"[A-Za-z_]\w*")
# pydantic's settings classes: each field is a variable, in whatever case.
_BASES = ("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.v1.BaseSettings")
_ALIASES = ("validation_alias", "alias", "env")

_Read = tuple[str, str, str, Evidence]


def settings(world: World) -> list[Setting]:
    """Each setting once, with the functions that read it and where; sorted by name."""
    found: dict[tuple[str, str], tuple[dict[str, None], dict[Evidence, None]]] = {}
    for name, source, reader, place in (*_asked(world), *_of_django(world), *_declared(world)):
        readers, places = found.setdefault((name, source), ({}, {}))
        readers[reader] = None
        places[place] = None
    return [
        Setting(name, source, tuple(sorted(readers)), tuple(sorted(places, key=lambda one: (one.path, one.line))))
        for (name, source), (readers, places) in sorted(found.items())
    ]


def _asked(world: World) -> Iterator[_Read]:
    for event in world.events:
        read = _setting(event)
        if read is not None:
            yield *read, caller_of(event.func), Evidence(event.func.module.path, event.line)


def _setting(event: Event) -> tuple[str, str] | None:
    if event.name in _READS_OF_ENVIRONMENT:
        name = text(argument(event.made, 0, "key"))
        return (name, "env") if name else None
    if event.name.startswith(_READERS) or event.name.endswith("decouple.config"):
        name = text(argument(event.made, 0, "key", "var", "name"))
        return (name, "env") if name and _VARIABLE.fullmatch(name) else None
    if event.name.endswith((".config.get", ".config.__getitem__")) and "lask" in event.name:
        name = text(argument(event.made, 0))
        return (name, "flask") if name else None
    return None


def _of_django(world: World) -> Iterator[_Read]:
    for func in world.functions:
        for record in world.records(func):
            for value, line in record.uses:
                if value.dotted.startswith("django.conf.settings."):
                    name = value.dotted.rpartition(".")[2]
                    yield name, "django", caller_of(func), Evidence(func.module.path, line)


def _declared(world: World) -> Iterator[_Read]:
    """The fields of settings classes; one that is inherited is named once more where the prefix is another."""
    for cls in world.derived(*_BASES):
        prefix = _prefix(cls)
        for one in linearised(cls)[0]:
            if one is cls or _prefix(one) != prefix:
                for name, line in _fields(one):
                    variable = _alias(one, name) or f"{prefix}{name}".upper()
                    yield variable, "env", cls.ref, Evidence(one.module.path, line)


def _fields(cls: Class) -> Iterator[tuple[str, int]]:
    for code in cls.scope.code():
        if code[0] == ":" and code[2][0] == "n" and not code[2][1].startswith(("_", "model_config")):
            yield code[2][1], code[1]


def _alias(cls: Class, name: str) -> str | None:
    made = (value for value in cls.members.get(name, ()) if isinstance(value, Made))
    return next((found for one in made if (found := text(argument(one, -1, *_ALIASES)))), None)


def _prefix(cls: Class) -> str:
    """``env_prefix`` of ``model_config``, or of the inner ``Config`` of older releases."""
    for name in ("model_config", "Config"):
        for value in inherited(cls, name):
            if isinstance(value, Made) and (prefix := text(argument(value, -1, "env_prefix"))):
                return prefix
            if isinstance(value, Class) and (prefix := text(value.members.get("env_prefix", ()))):
                return prefix
    return ""
