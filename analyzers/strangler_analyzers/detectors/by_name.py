"""Functions that are run by name: a text that is the full name of a function, queued or put on a schedule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from strangler.analysis import Task
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.world import World
from strangler_analyzers.resolve.values import Const, Func, Items, Made, Module, Value, Values, unwrapped


class ByName(NamedTuple):
    """A place where ``module`` names a function by text in a call."""

    module: Module
    line: int
    func: Func
    text: str


def named(world: World, text: str) -> Func | None:
    """The function at the top of a module that ``text`` is the full name of."""
    path, _, name = text.replace(":", ".").rpartition(".")
    module = world.modules.get(path)
    for value in module.env.get(name, ()) if module is not None else ():
        inner = unwrapped(value)
        if isinstance(inner, Func):
            return inner
    return None


def handed_over(world: World) -> Iterator[ByName]:
    """Calls that are handed a function by its name: it will be run, later or elsewhere."""
    for func in world.functions:
        for record in world.records(func):
            for site in record.calls:
                for _, values in site.passes[:2]:
                    for value in values:
                        found = _by_text(world, value)
                        away = found is not None and found.module is not func.module
                        if found is not None and away and _stands_at(func.module, site.line, value):
                            yield ByName(func.module, site.line, found, str(getattr(value, "value", "")))


def _stands_at(module: Module, line: int, value: Value) -> bool:
    """Whether the text is written in the call: one that comes from a table of settings says what is configured."""
    text = getattr(value, "value", None)
    return any(one == text and 0 <= place - line <= _LONGEST_CALL for one, place in module.facts.strings)


# Lines of a call up to the name it is handed.
_LONGEST_CALL = 5


def _by_text(world: World, value: Value) -> Func | None:
    if isinstance(value, Const) and isinstance(value.value, str) and "." in value.value:
        return named(world, value.value)
    return None


def detect(world: World) -> Found:
    """Functions named in lists beside a number of seconds or a cron text, and those that calls are handed by name."""
    found: dict[tuple[str, str], Task] = {}
    for name in sorted(world.modules):
        module = world.modules[name]
        for values in module.env.values():
            for task in _scheduled(world, module, values):
                found.setdefault((task.kind, task.name), task)
    for one in handed_over(world):
        where = (world.evidence(one.module, one.line),)
        task = Task("scheduler", one.text, one.func.ref, one.func.module.name, evidence=where)
        found.setdefault(("scheduler", one.text), task)
    return Found(tasks=tuple(found[key] for key in sorted(found)))


def _scheduled(world: World, module: Module, values: Values) -> Iterator[Task]:
    for value in values:
        if not isinstance(value, Items) or value.maker is None or value.maker.module is not module:
            continue
        for key in sorted(value.keyed, key=str):
            for entry in value.keyed[key]:
                if isinstance(entry, Items) and entry.maker is not None and entry.maker.module is module:
                    yield from _entry(world, module, entry)


def _entry(world: World, module: Module, entry: Items) -> Iterator[Task]:
    """``("package.module.function", 60)``, ``{"task": "…", "schedule": 60}``."""
    constants = [value for key in sorted(entry.keyed, key=str) for value in entry.keyed[key]]
    functions = [(value, func) for value in constants if (func := _by_text(world, value)) is not None]
    numbers = [value.value for value in constants if isinstance(value, Const) and type(value.value) is int]
    if len(functions) == 1 and (numbers or any(_is_time(value) for value in constants)):
        text, func = functions[0]
        where = (world.evidence(module, _line(module, str(getattr(text, "value", "")), entry.line)),)
        schedule = f"every {numbers[0]} s" if len(numbers) == 1 else None
        yield Task("scheduler", str(getattr(text, "value", "")), func.ref, func.module.name, schedule, None, where)


def _is_time(value: Value) -> bool:
    """``crontab(hour=3)``, ``timedelta(days=1)``, ``"0 3 * * *"``; anything else beside a function is no schedule."""
    if isinstance(value, Made):
        return value.callee.dotted.endswith(("crontab", "timedelta", "schedule", "solar"))
    return isinstance(value, Const) and isinstance(value.value, str) and _CRON.match(value.value) is not None


# Five or six fields of figures, stars, ranges and steps.
_CRON = re.compile(r"(?:[\d*,/\-]+\s+){4,5}[\d*,/\-A-Za-z]+\Z")


def _line(module: Module, text: str, default: int) -> int:
    return next((line for one, line in module.facts.strings if one == text), default)


DETECTOR = Detector(
    "by name",
    "Functions that are run by name: texts that are the full name of a function, in a schedule or handed to a call.",
    detect,
    (
        Example(
            "a schedule and a queue of one's own",
            {
                "shop/jobs.py": ("SCHEDULE = (('shop.tasks.renew', 60),)\n\n\ndef enqueue(task, **arguments): ...\n"),
                "shop/settings.py": "HOOKS = {'default': {'ON_ERROR': 'shop.tasks.report'}}\n",
                "shop/tasks.py": "def renew(): ...\n\n\ndef mail(order): ...\n\n\ndef report(): ...\n",
                "shop/orders.py": (
                    "from shop.jobs import enqueue\n\n\n"
                    "def place(order):\n    enqueue('shop.tasks.mail', order=order)\n"
                ),
            },
            ("scheduler shop.tasks.mail -> shop.tasks:mail", "scheduler shop.tasks.renew -> shop.tasks:renew"),
        ),
    ),
)
