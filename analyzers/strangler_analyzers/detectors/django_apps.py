"""Django's application registry: configurations and their labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from strangler_analyzers.detectors.world import said, text
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.hierarchy import inherited, linearised
from strangler_analyzers.resolve.values import Class, Func, Made, Values, unwrapped


def is_config(cls: Class) -> bool:
    """Whether ``cls`` configures an application."""
    return any(base.dotted.endswith("AppConfig") for base in linearised(cls)[1])


def label_of(cls: Class) -> str | None:
    """The label of the application ``cls`` configures."""
    full = said(cls, "name")
    return said(cls, "label") or (full.rpartition(".")[2] if full else None)


def configs(classes: Iterable[Class], label: str) -> list[Class]:
    """The configurations with ``label`` that no other of them derives from."""
    found = [cls for cls in classes if is_config(cls) and label_of(cls) == label]
    return [cls for cls in found if not any(cls in linearised(other)[0] for other in found if other is not cls)]


def result(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """What ``apps.get_app_config("label")`` gives."""
    if made.callee.dotted.rpartition(".")[2] != "get_app_config" or not call.args:
        return None
    label = text(call.args[0])
    if label is None:
        return None
    program = frame.program
    for name in sorted(program.table.by_name):
        if name.rpartition(".")[2] in ("apps", "config"):
            program.run_module(program.table.by_name[name])
    classes = [program.classes[key] for key in sorted(program.classes)]
    return tuple(cls.instance for cls in configs(classes, label)) or None


def package_of(cls: Class) -> str:
    """The package of the application ``cls`` configures."""
    return said(cls, "name") or cls.module.name.rpartition(".")[0]


def started(program: Any) -> Iterator[Func]:
    """What Django calls of each application at the start: ``ready``."""
    for key in sorted(program.classes):
        cls = program.classes[key]
        for value in inherited(cls, "ready") if is_config(cls) else ():
            func = unwrapped(value)
            if isinstance(func, Func):
                yield func.on(cls)
