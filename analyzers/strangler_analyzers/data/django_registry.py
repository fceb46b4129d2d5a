"""What Django knows of models once they are loaded: ``Model._meta`` and the models of an application."""

from __future__ import annotations

from typing import Any

from strangler_analyzers.data.django_models import is_abstract
from strangler_analyzers.data.kinds import orm_of
from strangler_analyzers.detectors.django_apps import is_config, package_of
from strangler_analyzers.detectors.django_labels import model_names
from strangler_analyzers.detectors.django_settings import default_of
from strangler_analyzers.detectors.world import text
from strangler_analyzers.resolve.frames import CallOf, Frame
from strangler_analyzers.resolve.objects import class_behind, instance_of
from strangler_analyzers.resolve.values import EMPTY, Class, Made, Member, Value, Values

_OF_MODELS = frozenset(["app_label", "label", "label_lower", "model_name", "object_name"])


def attribute(frame: Frame, value: Value, attr: str) -> Values:
    """``Model._meta.app_label`` and the other names of a model."""
    if attr not in _OF_MODELS or not isinstance(value, Member) or value.attr != "_meta":
        return EMPTY
    cls = class_behind(value.base)
    if not isinstance(cls, Class) or orm_of(cls) != "django":
        return EMPTY
    label, name = model_names(frame.program, cls)
    known = {"app_label": label, "object_name": name, "model_name": name.lower(), "label": f"{label}.{name}"}
    return frame.program.constant(known.get(attr, f"{label}.{name.lower()}"))  # type: ignore[no-any-return]


def result(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """What ``get_models()`` of an application's configuration gives: its models in the order of the source."""
    callee = made.callee
    if not isinstance(callee, Member) or callee.attr != "get_models" or call.args:
        return None
    config = instance_of(callee.base)
    if config is None or not is_config(config.cls):
        return None
    models = f"{package_of(config.cls)}.models"
    known: list[Values] = [
        (cls,) for cls in _loaded(frame.program, models) if orm_of(cls) == "django" and not is_abstract(cls)
    ]
    return (frame.program.container(frame, "[", known, EMPTY),)


def user_model(frame: Frame, made: Made, call: CallOf) -> Values | None:
    """What ``get_user_model()`` gives: the model that ``AUTH_USER_MODEL`` names, or Django's own."""
    if made.callee.dotted != "django.contrib.auth.get_user_model" or call.args:
        return None
    label, _, name = (text(default_of(frame, "AUTH_USER_MODEL")) or "auth.User").rpartition(".")
    modules = frame.program.table.by_name
    for module in (modules[one] for one in sorted(modules) if _may_define(one, label)):
        frame.program.run_module(module)
        found = tuple(value for value in module.env.get(name, EMPTY) if isinstance(value, Class))
        if found:
            return found
    return (frame.program.outside("django.contrib.auth.models.User"),) if label == "auth" else None


def _may_define(module: str, label: str) -> bool:
    parts = module.split(".")
    return "models" in parts and label in parts[: parts.index("models")]


def _loaded(program: Any, package: str) -> list[Class]:
    """The classes of the module (or package) of models."""
    inside = [name for name in sorted(program.table.by_name) if name == package or name.startswith(f"{package}.")]
    for name in inside:
        program.run_module(program.table.by_name[name])
    return [program.classes[key] for key in sorted(program.classes) if key[0] in inside]
