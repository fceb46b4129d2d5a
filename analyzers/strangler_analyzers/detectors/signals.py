"""Signals and their receivers, management and command-line commands."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Task
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.world import World, argument, ref_of, text
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.hierarchy import linearised
from strangler_analyzers.resolve.values import Ext, Func, Items, Made, Member, Value, Values


def detect(world: World) -> Found:
    """Receivers and commands."""
    found = [*_connected(world), *_received(world), *_commands(world), *_click(world)]
    tasks = {(task.kind, task.name, task.handler): task for task in found}
    return Found(tasks=tuple(tasks[key] for key in sorted(tasks)))


def _connected(world: World) -> Iterator[Task]:
    """``signal.connect(receiver)``."""
    for event in world.named("connect", "connect_via"):
        callee = event.made.callee
        if isinstance(callee, Member) or (isinstance(callee, Ext) and ".signals." in callee.dotted):
            for receiver in argument(event.made, 0, "receiver"):
                if isinstance(receiver, Func) or ref_of(receiver):
                    signal = _signal_name(world, callee.base if isinstance(callee, Member) else callee)
                    sender = _sender(argument(event.made, 1, "sender"))
                    yield from _task(world, event, "signal", signal, receiver, sender)
        elif isinstance(callee, Made) and isinstance(callee.callee, Member):
            for receiver in argument(event.made, 0):
                yield from _task(world, event, "signal", _signal_name(world, callee.callee.base), receiver)


def _received(world: World) -> Iterator[Task]:
    """``@receiver(signal, sender=…)`` and ``@receiver([one, two])``."""
    for event in world.named("receiver"):
        decorator = event.made.callee
        if not isinstance(decorator, Made):
            continue
        for handler in argument(event.made, 0):
            for signal in _signals(argument(decorator, 0, "signal")):
                sender = _sender(argument(decorator, -1, "sender"))
                yield from _task(world, event, "signal", _signal_name(world, signal), handler, sender)


def _sender(values: Values) -> str | None:
    """Whose signals alone are received: the class's ref, or its name where it is none of the program's."""
    value = next(iter(values), None)
    return None if value is None else ref_of(value) or value.dotted


def _signals(values: Values) -> list[Value]:
    found: list[Value] = []
    for value in values:
        found.extend(value.all() if isinstance(value, Items) else [value])
    return found


def _signal_name(world: World, signal: Value) -> str:
    """The dotted name under which a module holds the signal."""
    if isinstance(signal, Made):
        for name, values in sorted(signal.module.env.items()):
            if signal in values:
                return f"{signal.module.name}.{name}"
    name = signal.dotted.removesuffix(".connect") if isinstance(signal, Ext) else signal.dotted
    return name


def _task(
    world: World, event: Event, kind: str, name: str, handler: Value, sender: str | None = None
) -> Iterator[Task]:
    ref = ref_of(handler)
    if ref is not None:
        where = (world.evidence(event.func.module, event.line, sender),)
        yield Task(kind, name, ref, ref.partition(":")[0], evidence=where)


def _commands(world: World) -> Iterator[Task]:
    """Management commands of Django."""
    for cls in world.derived("BaseCommand", "NoArgsCommand", "AppCommand", "LabelCommand"):
        parts = cls.module.name.split(".")
        if cls.scope.name == "Command" and "commands" in parts:
            handler = f"{cls.ref}.handle" if any("handle" in one.members for one in linearised(cls)[0]) else cls.ref
            where = (world.evidence(cls.module, cls.scope.line),)
            yield Task("command", parts[-1], handler, cls.module.name, evidence=where)


def _click(world: World) -> Iterator[Task]:
    """``@click.command()``, ``@group.command()``, ``@app.cli.command()``, Typer."""
    for func in world.functions:
        for value in world.decorators(func):
            name = value.dotted
            known = any(part in name.lower() for part in ("click", "typer", ".cli.", "flask"))
            if name.rpartition(".")[2] in ("command", "group") and known and isinstance(value, Ext | Member | Made):
                given = text(argument(value, 0, "name")) if isinstance(value, Made) else None
                where = (world.evidence(func.module, func.scope.line),)
                shown = given or func.scope.name.replace("_", "-")
                yield Task("command", shown, func.ref, func.module.name, evidence=where)


DETECTOR = Detector(
    "signals",
    "Signals (Django, blinker) and their receivers, management commands, Click, Typer and Flask commands.",
    detect,
    (
        Example(
            "receivers of a signal",
            {
                "shop/signals.py": "from django.dispatch import Signal\n\norder_placed = Signal()\n",
                "shop/mail.py": (
                    "from django.dispatch import receiver\nfrom shop.signals import order_placed\n\n\n"
                    "@receiver(order_placed)\ndef confirm(sender, **kwargs): ...\n\n\n"
                    "def remind(sender, **kwargs): ...\n\n\norder_placed.connect(remind)\n"
                ),
            },
            (
                "signal shop.signals.order_placed -> shop.mail:confirm",
                "signal shop.signals.order_placed -> shop.mail:remind",
            ),
        ),
        Example(
            "a management command and a Flask command",
            {
                "shop/management/commands/import_orders.py": (
                    "from django.core.management.base import BaseCommand\n\n\n"
                    "class Command(BaseCommand):\n    def handle(self, *args, **options): ...\n"
                ),
                "web.py": (
                    "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.cli.command('seed')\ndef seed(): ...\n"
                ),
            },
            (
                "command import_orders -> shop.management.commands.import_orders:Command.handle",
                "command seed -> web:seed",
            ),
        ),
    ),
)
