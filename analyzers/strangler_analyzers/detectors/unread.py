"""Web frameworks whose routes are not read: said, as a program without routes in the report may have many."""

from __future__ import annotations

from collections.abc import Iterator

from strangler.analysis import Diagnostic
from strangler_analyzers.detectors.kinds import Detector, Example, Found
from strangler_analyzers.detectors.world import World
from strangler_analyzers.resolve.values import Module

# The module that whoever serves with it imports.
_SERVERS = {
    "blacksheep": "BlackSheep",
    "bottle": "Bottle",
    "cherrypy": "CherryPy",
    "falcon": "Falcon",
    "litestar": "Litestar",
    "pyramid.config": "Pyramid",
    "robyn": "Robyn",
    "sanic": "Sanic",
    "tornado.web": "Tornado",
    "twisted.web": "Twisted",
}


def detect(world: World) -> Found:
    """A note for each framework, where it is imported first."""
    found: dict[str, Diagnostic] = {}
    for name in sorted(world.modules):
        for library, line in _served_with(world.modules[name]):
            message = f"routes of {library} are not read: what this program serves is not in the report"
            found.setdefault(library, Diagnostic("routes-unread", "note", message, world.modules[name].path, line))
    return Found(diagnostics=tuple(found[library] for library in sorted(found)))


def _served_with(module: Module) -> Iterator[tuple[str, int]]:
    for one in module.facts.imports if module.facts.grade != "light" else ():
        if one.level:
            continue
        named = [one.module, *(f"{one.module}.{name}" for name, _ in one.names or ())]
        for server, library in _SERVERS.items():
            if any(name == server or name.startswith(f"{server}.") for name in named):
                yield (library, one.line)


DETECTOR = Detector(
    "not read",
    "Programs that serve with BlackSheep, Bottle, CherryPy, Falcon, Litestar, Pyramid, Robyn, Sanic, "
    "Tornado or Twisted: a note says that their routes are not read.",
    detect,
    (
        Example(
            "a handler of Tornado",
            {
                "app.py": (
                    "from tornado import ioloop, web\n\n\nclass Home(web.RequestHandler):\n    def get(self): ...\n\n\n"
                    "app = web.Application([('/', Home)])\n"
                ),
            },
            ("routes-unread app.py:1",),
        ),
    ),
)
