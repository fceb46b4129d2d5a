"""The monolith's side of a proof: sends calls and requests for the seam through codec or service, as the phase asks."""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import json
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any, Dict, List

from . import asgi, django_edge, edge, records, stores
from .broker import Broker
from .doubles import Replaced, set_aside, watch_mocks
from .loading import AfterLoading
from .patched import Changes, Originals, carried
from .process import ServiceProcess

HEADER = "Strangler-Prove"


class Bridge:
    """What one process of the test run needs to know; ``settings`` were written by `strangler prove`."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.phase: str = settings["phase"]
        self.settings = settings
        self.moved = frozenset(settings["moved"])
        self._in_service = self.moved | frozenset(settings["shared"])
        self._tree = os.getcwd() + os.sep
        self.originals = Originals([*settings["moved"], *settings["shared"]])
        self._direct = ServiceProcess(settings)
        # Calls that borrow a connection have a process of their own: one that holds the store's lock must never wait
        # behind one that waits for it.
        self._borrowing = ServiceProcess(settings)
        self._client: Any = None
        self._contracted: frozenset[str] = frozenset()
        self._local = threading.local()
        self._inside: ContextVar[bool] = ContextVar("inside", default=False)

    # -- setting up -------------------------------------------------------------------------------------------------

    def watch_modules(self) -> None:
        """Look at the modules of the seam, of the library and of the web framework when they are loaded."""
        actions: dict[str, Callable[[Any], None]] = {name: self._loaded for name in self.settings["shared"]}
        actions.update({name: self._wrap for name in self.moved})
        for watcher in (asgi, django_edge, edge):
            actions.update({name: functools.partial(watcher.watch, self) for name in watcher.FRAMEWORKS})
        AfterLoading(actions).install()

    @property
    def client(self) -> Any:
        """The client of the service; one that nothing in the monolith imports is imported here."""
        if self._client is None:
            importlib.import_module(self.settings["client"] + "._binding")  # attaches it, see STRANGLER_HOOKS
        return self._client

    def attach(self, client: Any) -> None:
        """Stand between a client and where it would call to."""
        self._client = client
        self._contracted = frozenset(client.contract["entries"])  # others are called by tests only
        client.hooks.append(self._hook)
        for policy in client.contract["entries"].values():
            policy["timeout_ms"] = 60_000  # a proof is about answers, not about time

    def _loaded(self, module: Any) -> None:
        self.originals.take()

    def _wrap(self, module: Any) -> None:
        """Let calls from outside the seam to any function of a moved module take the way that the phase is about."""
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType) and value.__module__ == module.__name__ and _can_cross(value):
                setattr(module, name, self._standing_in(f"{module.__name__}:{name}", value))
        self.originals.take()

    def _standing_in(self, ref: str, original: Callable[..., Any]) -> Callable[..., Any]:
        signature, is_async = inspect.signature(original), inspect.iscoroutinefunction(original)

        def call(*args: Any, **kwargs: Any) -> Any:
            caller = sys._getframe(1 if not is_async else 2).f_globals.get("__name__", "")
            if caller in self.moved or self.is_inside:
                return original(*args, **kwargs)
            policy = {"kind": "command", "idempotency": "none", "timeout_ms": 60_000, "mutates": []}
            self.client.contract["entries"].setdefault(ref, policy)
            made = self._call_class()(ref, signature, args, kwargs, is_async)
            return self._take(made, lambda: original(*args, **kwargs), must_cross=ref in self._contracted)

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            result = call(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        return functools.wraps(original)(call_async if is_async else call)

    def _call_class(self) -> Any:
        return sys.modules[type(self.client).__module__].Call

    # -- one call ---------------------------------------------------------------------------------------------------

    @property
    def is_inside(self) -> bool:
        """Whether this thread or task is carrying out a call of the seam locally."""
        return self._inside.get()

    def _hook(self, client: Any, call: Any, run: Callable[[], Any]) -> Any:
        if self.is_inside:
            return run()
        return self._take(call, run, must_cross=True)

    def _take(self, call: Any, run: Callable[[], Any], *, must_cross: bool) -> Any:
        """Make a call in the way of the phase; gives its result, or what to await for it."""
        self.originals.take()
        changes = carried(self.originals)
        # Where the function itself is replaced, nothing of the service would run.
        here = [*changes.stuck, *(double.ref for double in changes.doubles if double.ref == call.ref)]
        if here and self.phase == "remote":
            return self._locally(call, run, f"the test replaces {', '.join(here)}")
        if self.phase == "loopback":
            return self._looped(call, run, must_cross)
        if self.phase == "remote":
            try:
                return self._remotely(call, changes)
            except self._codec_error() as error:
                if must_cross:
                    raise
                return self._locally(call, run, str(error))
        return self._locally(call, run, "")

    def _codec_error(self) -> Any:
        return sys.modules[type(self.client.codec).__module__].CodecError

    def _locally(self, call: Any, run: Callable[[], Any], reason: str) -> Any:
        way = "local-only" if reason and self.phase != "local" else "local"
        records.write("call", ref=call.ref, way=way, reason=reason)
        return self.within_later(run) if call.is_async else self.within(run)

    def within(self, run: Callable[[], Any]) -> Any:
        """Do something as the service would: what it calls of the seam is called directly."""
        token = self._inside.set(True)
        try:
            return run()
        finally:
            self._inside.reset(token)

    async def within_later(self, run: Callable[[], Any]) -> Any:
        """The same, for what is awaited."""
        token = self._inside.set(True)
        try:
            return await run()
        finally:
            self._inside.reset(token)

    def _looped(self, call: Any, run: Callable[[], Any], must_cross: bool) -> Any:
        """Arguments, result, exception and changed arguments through the codec, in this process."""
        try:
            copied = call.copied(self.client.codec)
        except self._codec_error() as error:
            if must_cross:
                raise
            return self._locally(call, run, str(error))
        made = functools.partial(self.client.run_local, copied)
        if call.is_async:
            return self._looped_later(call, copied, made, must_cross)
        with self._carried_over(call, copied):
            result = self._locally(call, made, "")
        return self._crossed(call, result, must_cross)

    async def _looped_later(self, call: Any, copied: Any, made: Callable[[], Any], must_cross: bool) -> Any:
        with self._carried_over(call, copied):
            result = await self._locally(call, made, "")
        return self._crossed(call, result, must_cross)

    def _crossed(self, call: Any, result: Any, must_cross: bool) -> Any:
        """A result as the other side would get it; one that cannot cross is itself, where nobody but a test asked."""
        codec = self.client.codec
        try:
            return codec.loads(codec.dumps(result))
        except self._codec_error() as error:
            if must_cross:
                raise
            records.write("call", ref=call.ref, way="local-only", reason=str(error))
            return result

    @contextlib.contextmanager
    def _carried_over(self, call: Any, copied: Any) -> Iterator[None]:
        """Bring an exception, and what the function changed in its arguments, back through the codec."""
        codec, arguments = self.client.codec, call.arguments()
        try:
            yield
        except Exception as error:
            self._write_back(call.ref, arguments, copied.arguments())
            raise codec.decode_error(json.loads(json.dumps(codec.encode_error(error)))) from error
        self._write_back(call.ref, arguments, copied.arguments())

    def _write_back(self, ref: str, arguments: dict[str, Any], copies: dict[str, Any]) -> None:
        codec = self.client.codec
        write_back = sys.modules[type(self.client).__module__].write_back
        for name in self.client.contract["entries"][ref].get("mutates", ()):
            if name in arguments:
                write_back(arguments[name], codec.loads(codec.dumps(copies[name])))

    def _remotely(self, call: Any, changes: Changes) -> Any:
        self.client.codec.dumps(call.arguments())  # what cannot cross is known before anything is sent

        def send() -> Any:
            state = self.client.state.current()._replace(stage="live", url=self.service_url())
            self._watch_transport(self.client.remote_for(state))
            return self.client.run_remote(call, state)

        return self.sent(changes, {}, send, call.ref)

    def service_url(self) -> str:
        """Where the call under way is to be sent."""
        broker = getattr(self._local, "broker", None)
        return (self._borrowing if broker and broker.lends else self._direct).url()

    def _watch_transport(self, remote: Any) -> None:
        """Let each exchange with the service go through :meth:`exchange`."""
        transport = remote.transport
        if not getattr(transport, "watched", False):
            post = transport.post
            transport.post = lambda *args: self.exchange(lambda: post(*args))
            transport.watched = True

    # -- the store --------------------------------------------------------------------------------------------------

    def sent(
        self,
        changes: Changes,
        config: Dict[str, Any],
        send: Callable[[], Any],
        what: str,
        more: Dict[str, Any] | None = None,
    ) -> Any:
        """Make the service work on the store as this thread sees it, then ``send``; notes which way was used.

        ``more`` are further conditions, as the service's side knows them.
        """
        with set_aside():
            return self._sent(changes, config, send, what, more or {})

    def _sent(
        self,
        changes: Changes,
        config: Dict[str, Any],
        send: Callable[[], Any],
        what: str,
        more: Dict[str, Any],
    ) -> Any:
        stores.watch()
        stores.flush()
        connections = stores.lendable()
        conditions = {
            "values": changes.values,
            "config": {**django_edge.configured(self.settings), **config},
            **more,
        }
        if not connections and not changes.doubles:
            records.write("call", ref=what, way="remote", reason="")
            return self._with_header({**conditions, "store": stores.address()}, send)
        broker = Broker(connections, self._is_in_service)
        conditions["store"] = {"lent": broker.address, "aliases": sorted(connections)}
        if not connections:
            conditions["store"] = stores.address()
        conditions["doubles"] = {"at": broker.address, "which": [_told(d, broker) for d in changes.doubles]}
        self._local.broker = broker
        try:
            return self._with_header(conditions, send)
        finally:
            self._local.broker = None
            self._note(what, broker, changes)
            broker.close()
            if broker.wrote:
                stores.expire()

    def _is_in_service(self, cls: type) -> bool:
        """Whether the service can have this class: no code of the monolith's that is neither moved nor shared."""
        path = str(getattr(sys.modules.get(cls.__module__), "__file__", None) or "")
        is_monolith = path.startswith(self._tree) and "site-packages" not in path
        return not is_monolith or cls.__module__ in self._in_service

    def _note(self, what: str, broker: Broker, changes: Changes) -> None:
        """Note the ways of a call that is over: by what was lent to it, and by the doubles that it really met."""
        met = [double for double in changes.doubles if broker.held.was_asked(double.value)]
        stores = [double.ref for double in met if double.kind == "store"]
        doubles = [double.ref for double in met if double.kind != "store"]
        if broker.lends or stores:
            reason = "the test holds an uncommitted transaction" if broker.lends else f"{stores[0]} is the test's"
            records.write("call", ref=what, way="remote-lent", reason=reason)
        if doubles:
            records.write("call", ref=what, way="remote-doubled", reason=f"the test replaces {', '.join(doubles)}")
        if not broker.lends and not met:
            records.write("call", ref=what, way="remote", reason="")

    def answers_here(self, request: str) -> bool:
        """Whether a request for the seam is answered in this process, in this phase; it is noted that it was made."""
        if self.phase == "remote":
            return False
        records.write("call", ref=request, way="local", reason="")
        return True

    def exchange(self, send: Callable[[], Any]) -> Any:
        """Send something to the service and wait; meanwhile this thread lends its connection, if it does."""
        broker = getattr(self._local, "broker", None)
        return broker.run(send) if broker else send()

    def _with_header(self, conditions: Dict[str, Any], send: Callable[[], Any]) -> Any:
        content = {**conditions, "test": records.current_test}
        headers = self.context_headers()
        token = headers.set({HEADER: self.client.codec.dumps(content).decode()})
        try:
            return send()
        finally:
            headers.reset(token)

    def context_headers(self) -> Any:
        """The context variable with the headers that each call takes along."""
        name = type(self.client).__module__.rpartition(".")[0] + ".remote"
        return sys.modules[name].context_headers


def _told(double: Replaced, broker: Broker) -> List[Any]:
    return [double.module, double.within, double.name, double.kind, broker.held.number(double.value)]


def _can_cross(function: types.FunctionType) -> bool:
    return not (inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function))


bridge: Bridge


def start() -> None:
    """Set up this process, if it belongs to a proof."""
    global bridge
    with open(os.environ["STRANGLER_PROVE"], encoding="utf-8") as stream:
        bridge = Bridge(json.load(stream))
    stores.watch_when_loaded()
    watch_mocks()
    bridge.watch_modules()


def attach(client: Any) -> None:
    """Called by the client when it is made (STRANGLER_HOOKS)."""
    bridge.attach(client)
