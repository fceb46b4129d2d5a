"""The service's side of a proof: the real service, made to work on the store and clock of the test that is running."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .beside import with_more
from .django_agent import DjangoSide
from .far import overriding, standing_in
from .lent import LentConnection
from .mails import Mails
from .patched import applied
from .reached import Reached

HEADER = b"strangler-prove"
_START = "http.response.start"


class Agent:
    """Stands before the service's application."""

    def __init__(self, package: str, app: Any, folder: str) -> None:
        self._app = app
        self._host = importlib.import_module(f"{package}.host")
        self._codec = _any_codec(importlib.import_module(f"{package}.contract").CONTRACT, package)
        self._turn = asyncio.Lock()
        self._store: dict[str, Any] = {}
        self._test = ""
        self._engines = _engines()
        home = Path(importlib.import_module(package).__file__ or "").parent
        self._state = _State(home / "domain")
        self._followed = Reached(home.parent, home / "domain", folder).during if folder else contextlib.nullcontext
        self._django = DjangoSide(self._host.application)
        self._mails = Mails(self._host.application)
        self._follow_store()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Serve one request, alone, under the conditions its header names."""
        told = dict(scope.get("headers", ())).get(HEADER)
        if told is None:
            await self._app(scope, receive, send)
            return
        async with self._turn:
            conditions = self._codec.loads(told)
            if conditions["test"] != self._test:
                self._state.restore()
                self._test = conditions["test"]
            self._use(conditions["store"])
            asked = _dependency(conditions["application"]) if conditions.get("application") else None
            made = asked or self._host.application
            doubles = conditions.get("doubles", {"which": [], "at": ""})
            doubled = standing_in(doubles["which"], doubles["at"], made)
            overrides = conditions.get("overrides", [])
            replaced = overriding(made, ((_dependency(one["dependency"]), one["value"]) for one in overrides))
            held, followed = applied(conditions["values"]), self._followed(self._test)
            with doubled, held, self._configured(conditions["config"]), replaced, followed:
                await (asked or self._app)(scope, receive, self._with_what_is_beside(scope, send))
            if "lent" in self._store:
                self._use({})

    def _with_what_is_beside(self, scope: dict[str, Any], send: Any) -> Any:
        """Add to an answer's body what the test's process is to have of it besides."""
        source = self._django.beside if self._django.is_there else self._mails
        if not (self._django.is_there or self._mails.is_there) or scope.get("method") == "HEAD":
            return send
        held: list[dict[str, Any]] = []

        async def sending(message: dict[str, Any]) -> None:
            nonlocal held
            held.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                whole = with_more(held, source.taken()) if held[0]["type"] == _START else []
                held = []  # an empty part may still follow the last
                for one in whole:
                    await send(one)

        return sending

    @contextlib.contextmanager
    def _configured(self, config: dict[str, Any]) -> Iterator[None]:
        """Let the mounted application have the test's configuration."""
        if self._django.is_there:
            with self._django.configured(config):
                yield
            return
        held = getattr(self._host.application, "config", None)
        if not config or held is None:
            yield
            return
        before = dict(held)
        held.update(config)
        try:
            with self._mails.configured(config):
                yield
        finally:
            held.clear()
            held.update(before)

    def _use(self, store: dict[str, Any]) -> None:
        if store != self._store:
            self._store = store
            self._django.use(store)
            for engine in self._engines:
                _let_go(engine)

    def _follow_store(self) -> None:
        """From now on SQLAlchemy connects to the store of the test, whatever the engine was made for."""
        if "sqlalchemy" not in sys.modules:
            return
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "do_connect", self._connect)
        event.listen(Engine, "engine_connect", self._met)
        for engine in self._engines:
            _let_go(engine)

    def _met(self, connection: Any) -> None:
        """Know an engine that the application made when it started."""
        if not any(engine is connection.engine for engine in self._engines):
            self._engines.append(connection.engine)

    def _connect(self, dialect: Any, record: Any, cargs: Any, cparams: Any) -> Any:
        if "lent" in self._store:
            return LentConnection(self._store["lent"], dialect.loaded_dbapi)
        if not self._store.get("url"):
            return None
        from sqlalchemy import make_url

        args, params = dialect.create_connect_args(make_url(self._store["url"]))
        return dialect.loaded_dbapi.connect(*args, **params)


class _State:
    """Module-level containers and caches of the moved and shared code, as they are when a process has just started.

    Tests start from that state in the monolith, by their own fixtures, which do not reach this process.
    """

    def __init__(self, domain: Path) -> None:
        root, loaded = str(domain), list(sys.modules.values())
        modules = [m for m in loaded if str(getattr(m, "__file__", None) or "").startswith(root)]
        # By type(): a proxy of a framework would look for a request that is not there.
        values = [value for module in modules for name, value in vars(module).items() if not name.startswith("__")]
        self._held: list[tuple[Any, Any]] = [(v, v.copy()) for v in values if issubclass(type(v), (dict, list, set))]
        self._cached: list[Callable[[], None]] = [v.cache_clear for v in values if hasattr(type(v), "cache_clear")]

    def restore(self) -> None:
        """Bring everything back."""
        for value, content in self._held:
            value.clear()
            if isinstance(value, list):
                value.extend(content)
            else:
                value.update(content)
        for clear in self._cached:
            clear()


def _dependency(name: str) -> Any:
    """The function of a name (``module:qualname``) in this process, if its module is loaded."""
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    return found


def _any_codec(contract: Any, package: str) -> Any:
    codec = importlib.import_module(f"{package}._runtime.codec")
    return codec.Codec(codec.class_finder(list(contract["packages"])))


def _let_go(engine: Any) -> None:
    """Keep no connection of an engine's; those for asyncio can be closed by their own task only, and are left alone."""
    engine.dispose(close=not getattr(engine.dialect, "is_async", False))


def _engines() -> list[Any]:
    if "sqlalchemy" not in sys.modules:
        return []
    from sqlalchemy.engine import Engine

    # Not isinstance: a library's stand-in for one that is not installed answers the question for its class by failing.
    return [found for found in gc.get_objects() if issubclass(type(found), Engine)]


def main() -> None:
    """Serve a service's package on a free port, whose number goes into a file; a folder gets the lines that are run."""
    package, path, folder = sys.argv[1:4]
    uvicorn: Any = importlib.import_module("uvicorn")  # the service's, in its environment
    app = importlib.import_module(f"{package}.app").create_app(every_function=True)
    listener = socket.create_server(("127.0.0.1", 0))
    part = Path(path + ".part")
    part.write_text(str(listener.getsockname()[1]), encoding="utf-8")
    part.replace(path)
    server = uvicorn.Server(uvicorn.Config(Agent(package, app, folder), log_level="warning", lifespan="on"))
    asyncio.run(server.serve(sockets=[listener]))


if __name__ == "__main__":
    main()
