"""State, patches and what goes outside."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from strangler.analysis import Evidence, Outbound, Patch, State
from strangler_analyzers.assemble.functions import caller_of
from strangler_analyzers.assemble.strings import resolved
from strangler_analyzers.detectors import World
from strangler_analyzers.detectors.world import Names, argument, text
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.values import Items, Module


def states(world: World) -> list[State]:
    """Module-level values that code changes while it runs."""
    readers: dict[tuple[str, str], dict[str, None]] = {}
    writers: dict[tuple[str, str], dict[str, Evidence]] = {}
    for func in world.functions:
        caller = caller_of(func)
        for record in world.records(func):
            for key in record.state_reads:
                readers.setdefault(key, {})[caller] = None
            for key, line in record.state_writes.items():
                writers.setdefault(key, {}).setdefault(caller, Evidence(func.module.path, line))
    found = []
    for key in sorted(writers):
        module, name = key
        changed = sorted(set(writers[key].values()), key=lambda one: (one.path, one.line))
        places = [*_defined_at(world, module, name), *changed]
        who = tuple(sorted(readers.get(key, ()))), tuple(sorted(writers[key]))
        found.append(State(f"{module}:{name}", module, name, _kind(world, module, name), *who, tuple(places)))
    return found


def _defined_at(world: World, module: str, name: str) -> Iterator[Evidence]:
    """The line that binds the name first."""
    home = world.modules.get(module)
    for code in home.facts.scopes[0].code() if home is not None else ():
        targets = code[2] if code[0] == "=" else (code[2],) if code[0] == ":" else ()
        if home is not None and ("n", name) in targets:
            yield Evidence(home.path, code[1])
            return


def _kind(world: World, module: str, name: str) -> str:
    values = world.modules[module].env.get(name, ()) if module in world.modules else ()
    if any(isinstance(value, Items) for value in values):
        return "container"
    return "object" if values else "variable"


def patches(world: World) -> list[Patch]:
    """Attributes of other modules that are replaced, by code and by tests."""
    found: dict[tuple[str, str], dict[Evidence, None]] = {}
    for source, target, attr, line in world.program.patches:
        place = Evidence(world.modules[source].path, line)
        found.setdefault((f"{target}:{attr}", source), {})[place] = None
    for name in sorted(world.modules):
        for ref, place in patched(world.names, world.modules[name]):
            found.setdefault((ref, name), {})[place] = None
    return [
        Patch(target, module, tuple(sorted(places, key=lambda one: (one.path, one.line))))
        for (target, module), places in sorted(found.items())
    ]


def patched(names: Names, module: Module) -> Iterator[tuple[str, Evidence]]:
    """What a module patches by name, and where."""
    for target, line in module.facts.patches:
        found = resolved(names, target)
        if found is not None:
            yield (f"{found[0]}:{found[1]}", Evidence(module.path, line))


_OUTBOUND = (
    ("http", ("requests.", "httpx.", "urllib.request.", "aiohttp.ClientSession", "urllib3.", "http.client.")),
    ("mail", ("smtplib.", "django.core.mail.", "flask_mail.", "sendgrid.", "aiosmtplib.", "fastapi_mail.")),
    (
        "queue",
        ("pika.", "kafka.", "confluent_kafka.", "kombu.", "aio_pika.", "aiokafka.", "stomp.", "google.cloud.pubsub"),
    ),
    ("cloud", ("boto3.", "botocore.", "google.cloud.", "azure.", "stripe.", "twilio.")),
    ("cache", ("redis.", "memcache.", "pymemcache.", "django.core.cache.")),
    ("process", ("subprocess.", "os.system", "os.popen")),
)
_FILES = ("<builtin>.open", "shutil.", "os.remove", "os.rename", "os.unlink", "os.makedirs", "pathlib.Path.write_")


def outbound(world: World) -> list[Outbound]:
    """Calls that leave the process: HTTP, mail, queues, clouds, caches, processes, files."""
    found: dict[tuple[str, str, str], dict[Evidence, None]] = {}
    for event in world.events:
        kind = _outbound_kind(event.name)
        if kind is not None:
            target = _target(event)
            key = (kind, caller_of(event.func), target or event.name)
            found.setdefault(key, {})[Evidence(event.func.module.path, event.line, symbol=event.name)] = None
    for func in world.functions:
        for record in world.records(func):
            line = record.outside.get("<builtin>.open")
            if line is not None:
                found.setdefault(("file", caller_of(func), "open"), {})[Evidence(func.module.path, line)] = None
    return [
        Outbound(kind, function, target, tuple(sorted(places, key=lambda one: (one.path, one.line))))
        for (kind, function, target), places in sorted(found.items())
    ]


@functools.cache
def _outbound_kind(name: str) -> str | None:
    for kind, starts in _OUTBOUND:
        if name.startswith(starts):
            return kind
    return "file" if name.startswith(_FILES) else None


def _target(event: Event) -> str | None:
    for place in (0, 1):
        found = text(argument(event.made, place, "url"))
        if found and ("://" in found or found.startswith("/")):
            return found
    return text(argument(event.made, 0, "url", "queue", "topic"))
