"""Labels of Django's applications, and the names models have by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from strangler_analyzers.detectors.django_apps import is_config, label_of
from strangler_analyzers.detectors.django_settings import main_modules, values_of
from strangler_analyzers.detectors.world import text, texts
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Class, Module, Values


def meta(cls: Class, name: str) -> Values:
    """``Meta.name``, inherited as Django does (``abstract`` never is)."""
    for one in linearised(cls)[0] if name != "abstract" else [cls]:
        for meta in one.members.get("Meta", ()):
            if isinstance(meta, Class):
                for level in linearised(meta)[0] if name != "abstract" else [meta]:
                    if name in level.members:
                        return level.members[name]
    return ()


def label_of_model(labels: Mapping[str, str], cls: Class) -> str:
    """What ``Meta`` says, or the label (by package, of ``labels``) of the application nearest around the class."""
    given = text(meta(cls, "app_label"))
    if given:
        return given
    parts = cls.module.name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        package = ".".join(parts[:end])
        if package in labels:
            return labels[package]
    place = next((index for index, part in enumerate(parts) if part in ("models", "abstract_models")), len(parts))
    return parts[place - 1] if place else parts[0]


def labels(classes: Iterable[Class], modules: Mapping[str, Module]) -> dict[str, str]:
    """The label of each application by its package."""
    found: dict[str, str] = {}
    for cls in classes:
        label = label_of(cls) if is_config(cls) else None
        if label and "name" in cls.members:
            found.setdefault(text(cls.members["name"]) or "", label)
        elif label:
            found.setdefault(cls.module.name.rpartition(".")[0], label)
    for name in _installed(module for _, module in sorted(modules.items())):
        if name in modules:
            found.setdefault(name, name.rpartition(".")[2])
    return found


def _installed(modules: Iterable[Module]) -> list[str]:
    """The applications that settings list; without an application list of its own a package is one by being there."""
    return [name for module in modules for name in texts(values_of(module, "INSTALLED_APPS"))]


def model_names(program: Any, cls: Class) -> tuple[str, str]:
    """The label of the application of a model, and its name."""
    known = program.noted("labels of applications", lambda: _all_labels(program))
    return (label_of_model(known, cls), cls.scope.name)


def _all_labels(program: Any) -> Mapping[str, str]:
    modules = program.table.by_name
    for name in [name for name in sorted(modules) if name.rpartition(".")[2] in ("apps", "config")]:
        program.run_module(modules[name])
    for module in main_modules(program):
        program.run_module(module)
    return labels([program.classes[key] for key in sorted(program.classes)], modules)
