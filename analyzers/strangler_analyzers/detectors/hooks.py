"""What a framework calls around requests, at start-up and around the store, and for which application it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from strangler.analysis import Evidence, Task
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.mounts import kind_of, receiver_of
from strangler_analyzers.detectors.world import World, argument, ref_of
from strangler_analyzers.resolve.frames import Event
from strangler_analyzers.resolve.values import Class, Func, Made, Module, Value

_STARTUP = ("on_event", "add_event_handler")
_STORE = ("listens_for", "listen")
_HOLDERS = """
before_request after_request teardown_request teardown_appcontext before_first_request errorhandler
register_error_handler context_processor url_defaults url_value_preprocessor exception_handler add_exception_handler
middleware add_middleware
"""
_OF_A_HOLDER = tuple(_HOLDERS.split())
# A blueprint's own way to say: for every request of the application; and what a log-in manager has one of.
_ALL = """
before_app_request after_app_request teardown_app_request app_context_processor app_errorhandler app_url_defaults
app_url_value_preprocessor user_loader request_loader unauthorized_handler
"""
_OF_ALL = tuple(_ALL.split())
_PARTS = ("Blueprint", "APIBlueprint", "APIRouter", "Namespace", "routing.Router")


def detect(world: World) -> Found:
    """Every hook once, with the first place that says so."""
    tasks: dict[tuple[str, str, str], Task] = {}
    for event in world.named(*sorted((*_STARTUP, *_STORE, *_OF_A_HOLDER, *_OF_ALL))):
        for task in _tasks(world, event):
            tasks.setdefault((task.kind, task.name, task.handler), task)
    return Found(tasks=tuple(tasks[key] for key in sorted(tasks)))


def _tasks(world: World, event: Event) -> Iterator[Task]:
    hook = event.name.rpartition(".")[2]
    decorator = event.made.callee if isinstance(event.made.callee, Made) else None
    told = decorator or event.made
    for handler in _handlers(event.made, hook, is_decorated=decorator is not None):
        ref = ref_of(handler)
        if ref is not None:
            where = _place(world.evidence(event.func.module, event.line), told, hook)
            kind = "startup" if hook in _STARTUP else "signal"
            yield Task(kind, hook, ref, ref.partition(":")[0], evidence=(where,))


def _handlers(made: Made, hook: str, *, is_decorated: bool) -> Iterator[Value]:
    """What is called: a function, also one among other arguments, or a class of middleware."""
    for values in made.args[: 1 if is_decorated else 3]:
        for value in values:
            is_class = isinstance(value, Class)
            if isinstance(value, Func) or (hook == "add_middleware" if is_class else _is_callable(value)):
                yield value


def _is_callable(value: Value) -> bool:
    return ref_of(value) is not None and not isinstance(value, Module)


def _place(where: Evidence, told: Made, hook: str) -> Evidence:
    """Whose hook it is: a class of the store, the module that made the application, or a part of one."""
    if hook in _STORE:
        target = next(iter(argument(told, 0, "target")), None)
        return replace(where, symbol=(ref_of(target) or target.dotted) if target is not None else None)
    holder = receiver_of(told)
    if hook not in _OF_ALL and holder is not None and kind_of(holder).endswith(_PARTS):
        return replace(where, scope="part")
    made_in = holder.module.name if isinstance(holder, Made) and hook not in _OF_ALL else None
    return replace(where, scope="application", symbol=made_in)


DETECTOR = Detector(
    "hooks",
    "What is called around every request (Flask's hooks of applications and blueprints, error handlers, log-in "
    "managers; FastAPI's middleware and exception handlers), at start-up, and by SQLAlchemy's events.",
    detect,
    (
        Example(
            "hooks of an application and of a part of it",
            {
                "web.py": (
                    "from flask import Blueprint, Flask\nfrom pages import bp\n\napp = Flask(__name__)\n"
                    "app.register_blueprint(bp)\n\n\n@app.before_request\ndef who(): ...\n\n\n"
                    "def lost(error): ...\n\n\napp.register_error_handler(404, lost)\n"
                ),
                "pages.py": (
                    "from flask import Blueprint\n\nbp = Blueprint('pages', __name__)\n\n\n"
                    "@bp.after_request\ndef mark(response): ...\n\n\n@bp.app_context_processor\ndef menu(): ...\n"
                ),
            },
            (
                "signal after_request -> pages:mark",
                "signal app_context_processor -> pages:menu",
                "signal before_request -> web:who",
                "signal register_error_handler -> web:lost",
            ),
        ),
        Example(
            "middleware, an exception handler, start-up and an event of the store",
            {
                "app.py": (
                    "from fastapi import FastAPI\nfrom sqlalchemy import event\nfrom sqlalchemy.orm import Session\n\n"
                    "app = FastAPI()\n\n\nclass Timed: ...\n\n\napp.add_middleware(Timed)\n\n\n"
                    "@app.exception_handler(KeyError)\nasync def missing(request, error): ...\n\n\n"
                    "@app.on_event('startup')\ndef warm(): ...\n\n\n"
                    "@event.listens_for(Session, 'before_flush')\ndef note(session, context, instances): ...\n"
                ),
            },
            (
                "signal add_middleware -> app:Timed",
                "signal exception_handler -> app:missing",
                "signal listens_for -> app:note",
                "startup on_event -> app:warm",
            ),
        ),
    ),
)
