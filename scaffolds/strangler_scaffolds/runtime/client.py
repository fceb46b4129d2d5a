"""Calls a function of the service: here, there, or both, by the service's state."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import importlib
import inspect
import logging
import os
import sys
import threading
import time
import uuid
from contextvars import ContextVar
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence

from .calls import Call
from .codec import STANDS_FOR, Codec, CodecError, class_finder
from .errors import NotNow, RemoteError, ServiceUnavailable
from .guards import Breaker, Bulkhead
from .metrics import Metrics
from .orm import hooks as orm_hooks
from .remote import Answer, Remote, write_back
from .state import State, StateSource

__all__ = ["CANARY_HEADER", "Call", "Client", "Hook", "canary_services", "write_back"]

log = logging.getLogger(__name__)

#: The header by which the facade tells the monolith that this user belongs to a canary: ``billing, metering``.
CANARY_HEADER = "Strangler-Canary"
#: Services whose canary the present user belongs to; set it where no web request is under way.
canary_services: "ContextVar[FrozenSet[str]]" = ContextVar("canary_services", default=frozenset())

# The functions that this thread or task is running locally.
_running: "ContextVar[FrozenSet[str]]" = ContextVar("running", default=frozenset())

#: Sees a call before it is made: the client, the call, and what makes it and gives its result.
Hook = Callable[["Client", Call, Callable[[], Any]], Any]

# How long to wait before the second and the third attempt.
_PAUSES = (0.02, 0.05)
# How many shadows may be under way at once; more are left out, and counted.
_SHADOWS = 16


class Client:
    """One service as seen from the monolith.

    ``contract`` is what extraction wrote: the service's name, its functions with their policies, and the packages whose
    classes may cross. ``hooks`` see every call first (``observe`` and ``prove`` use that); normally there are none.
    """

    def __init__(self, contract: Mapping[str, Any]) -> None:
        self.contract = contract
        self.service: str = contract["service"]
        self.state = StateSource(self.service)
        self.metrics = Metrics("strangler_client")
        self.hooks: List[Hook] = []
        self.codec = Codec(class_finder(list(contract["packages"])), **orm_hooks(contract))
        self._originals: Dict[str, Callable[..., Any]] = {}
        self._remote: Optional[Remote] = None
        self._remote_url = ""
        self._breaker = Breaker()
        self._bulkhead = Bulkhead(int(os.environ.get("STRANGLER_CLIENT_SLOTS", "32")))
        self._shadows = threading.BoundedSemaphore(_SHADOWS)
        for spec in os.environ.get("STRANGLER_HOOKS", "").split():
            module, _, name = spec.partition(":")
            getattr(importlib.import_module(module), name)(self)

    # -- what the generated modules use ---------------------------------------------------------------------------

    def local(self, module: str) -> Any:
        """The monolith's own module, or None when its code has gone for good."""
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name is None or not (module == error.name or module.startswith(error.name + ".")):
                raise
            return None

    def attribute(self, module: str, name: str) -> Any:
        """Anything in the module that is no function of the contract: classes, constants, exceptions."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.local(module)
        if found is None:
            raise AttributeError(f"{module} was moved to the service {self.service}; {name} is not part of its client")
        return getattr(found, name)

    def close(self) -> None:
        """Close what is open; the next call opens it again."""
        if self._remote is not None:
            self._remote.transport.close()

    def entry(self, ref: str) -> Callable[[Callable[..., Any]], Any]:
        """Make a function with the signature of the decorated one, which calls ``ref`` wherever that is."""

        def wrap(stub: Callable[..., Any]) -> Any:
            signature = inspect.signature(stub)
            module, _, name = ref.partition(":")
            found = _named(sys.modules.get(module), name)
            if found is not None:
                self._originals[ref] = found

            @functools.wraps(stub)
            def call(*args: Any, **kwargs: Any) -> Any:
                return self.call(Call(ref, signature, args, kwargs))

            @functools.wraps(stub)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                return await self.call_async(Call(ref, signature, args, kwargs, is_async=True))

            return call_async if inspect.iscoroutinefunction(stub) else call

        return wrap

    def object(self, ref: str, bases: Sequence[str] = ()) -> Callable[[type], Any]:
        """Make the class that stands for ``ref``: the same, but that the methods of the decorated one call ``ref``'s.

        When the code has gone from here, it is built on ``bases`` alone (what of the class's bases has stayed).
        """

        def wrap(stubs: type) -> Any:
            module, _, name = ref.partition(":")
            local = self.local(module)
            made_of = [_named(local, name)] if local is not None else [_imported(base) for base in bases]
            methods = {
                name: self.entry(f"{ref}.{name}")(stub)
                for name, stub in vars(stubs).items()
                if inspect.isfunction(stub)
            }
            members = {**methods, "__module__": module, "__qualname__": name, STANDS_FOR: ref}
            return type(name.rpartition(".")[2], tuple(made_of), members)

        return wrap

    def call(self, call: Call) -> Any:
        """Make a call, wherever it is to be made now."""
        run = functools.partial(self._dispatch, call)
        for hook in self.hooks:
            run = functools.partial(hook, self, call, run)
        return run()

    async def call_async(self, call: Call) -> Any:
        """Make a call of an async function; one over HTTP runs in a thread, so the event loop goes on."""
        if self.hooks or self._is_local(self.state.current()):
            result = self.call(call)
            return await result if inspect.isawaitable(result) else result
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(None, context.run, self.call, call)

    # -- where to ---------------------------------------------------------------------------------------------------

    def _dispatch(self, call: Call) -> Any:
        state = self.state.current()
        if state.stage == "shadow":
            return self._shadowed(call, state)
        if self._is_local(state):
            return self.run_local(call)
        return self._remote_or_back(call, state)

    def _is_local(self, state: State) -> bool:
        if state.stage == "canary":
            return self.service not in (canary_services.get() or _requested_canaries())
        return state.stage in ("planned", "extracted", "shadow")

    def run_local(self, call: Call) -> Any:
        """Call the monolith's own function, looked up at this moment, so that a patched one is found."""
        module_name, _, name = call.ref.partition(":")
        module = self.local(module_name)
        if module is None:
            raise RemoteError(f"{call.ref} has no local code any more and {self.service} is not in use")
        function = _named(module, name)
        running = _running.get()
        if call.ref in running:
            # Somebody put a wrapper around our function in the place of the module's: it means the original.
            function = self._originals.get(call.ref, function)
        token = _running.set(running | {call.ref})
        try:
            return function(*call.args, **call.kwargs)
        finally:
            _running.reset(token)

    def run_remote(self, call: Call, state: Optional[State] = None) -> Any:
        """Call the service.

        Raises:
            ServiceUnavailable: it did not answer in time, the breaker is open, or too many calls are under way.
            RemoteError: it failed in a way the contract does not know.
        """
        ref, arguments = call.ref, call.arguments()
        policy = self.contract["entries"][ref]
        repeatable = policy["kind"] == "query" or policy["idempotency"] != "none"
        remote = self.remote_for(state or self.state.current())
        deadline = time.monotonic() + policy["timeout_ms"] / 1000
        send = functools.partial(remote.call, ref, arguments, uuid.uuid4().hex, repeatable)
        for pause in _PAUSES if repeatable else ():
            try:
                return self._attempt(ref, send, deadline).result(arguments)
            except ServiceUnavailable as error:
                if isinstance(error, NotNow) or time.monotonic() + pause >= deadline:
                    raise
                time.sleep(pause)
        return self._attempt(ref, send, deadline).result(arguments)

    def _attempt(self, ref: str, send: Callable[[float], Answer], deadline: float) -> Answer:
        self._breaker.enter()
        started = time.monotonic()
        left = max(deadline - started, 0.001)
        try:
            answer: Answer = self._bulkhead.run(functools.partial(send, left), left)
        except ServiceUnavailable as error:
            if not isinstance(error, NotNow):
                self._breaker.failed()
            self.metrics.count(ref, "unavailable", time.monotonic() - started)
            raise
        self._breaker.succeeded()
        self.metrics.count(ref, "error" if answer.is_error else "ok", time.monotonic() - started)
        return answer

    def _remote_or_back(self, call: Call, state: State) -> Any:
        """Call the service; a query it does not answer is answered here, while code and store are still shared."""
        try:
            return self.run_remote(call, state)
        except ServiceUnavailable:
            may_fall_back = self.contract["entries"][call.ref]["kind"] == "query" and state.stage in ("canary", "live")
            if not may_fall_back or self.contract["store"] != "shared":
                raise
            log.warning("%s does not answer; %s runs locally", self.service, call.ref)
            self.metrics.count(call.ref, "fallback")
            return self.run_local(call)

    def remote_for(self, state: State) -> Remote:
        """The service at the address that ``state`` names.

        Raises:
            ServiceUnavailable: it names none.
        """
        if not state.url:
            raise ServiceUnavailable(f"nobody said where {self.service} is: set STRANGLER_{self.service.upper()}_URL")
        if self._remote is None or self._remote_url != state.url:
            self.close()
            self._remote, self._remote_url = Remote(self.service, state.url, self.codec), state.url
        return self._remote

    def _shadowed(self, call: Call, state: State) -> Any:
        """Answer locally; ask the service the same in the background, if that changes nothing, and compare."""
        if self.contract["entries"][call.ref]["kind"] != "query":
            return self.run_local(call)
        shadow = self._copied(call)  # before the local call, which may change its arguments
        if call.is_async:
            return self._shadowed_later(call, shadow, state)
        try:
            result = self.run_local(call)
        except Exception as error:
            self._mirror(shadow, state, self._raised(error))
            raise
        self._mirror(shadow, state, self._returned(result))
        return result

    async def _shadowed_later(self, call: Call, shadow: Optional[Call], state: State) -> Any:
        try:
            result = await self.run_local(call)
        except Exception as error:
            self._mirror(shadow, state, self._raised(error))
            raise
        self._mirror(shadow, state, self._returned(result))
        return result

    def _copied(self, call: Call) -> Optional[Call]:
        try:
            return call.copied(self.codec)
        except (CodecError, TypeError) as error:
            log.warning("%s cannot be shadowed: %s", call.ref, error)
            return None

    def _returned(self, result: Any) -> Optional[bytes]:
        try:
            return self.codec.dumps(result)
        except CodecError as error:
            log.warning("a result cannot be compared: %s", error)
            return None

    @staticmethod
    def _raised(error: Exception) -> bytes:
        return f"raised {type(error).__module__}:{type(error).__qualname__}".encode()

    def _mirror(self, call: Optional[Call], state: State, expected: Optional[bytes]) -> None:
        if call is None or expected is None:
            return
        if not self._shadows.acquire(blocking=False):  # so many wait for the service already
            self.metrics.count(call.ref, "shadow_skipped")
            return
        threading.Thread(target=self._compare, args=(call, state, expected), daemon=True).start()

    def _compare(self, call: Call, state: State, expected: bytes) -> None:
        try:
            found = self.codec.dumps(self.run_remote(call, state))
        except (CodecError, RemoteError) as error:
            # Whatever becomes of a shadow, the answer has been given.
            log.info("shadow of %s: %s", call.ref, error)
            self.metrics.count(call.ref, "shadow_failed")
            return
        except Exception as error:
            found = self._raised(error)
        finally:
            self._shadows.release()
        self.metrics.count(call.ref, "shadow_same" if found == expected else "shadow_different")


def _named(owner: Any, name: str) -> Any:
    """What a module has under a name, or under a name in a class; None if there is no such thing."""
    for part in name.split("."):
        owner = getattr(owner, part, None)
    return owner


def _imported(ref: str) -> Any:
    module, _, name = ref.partition(":")
    return _named(importlib.import_module(module), name)


def _requested_canaries() -> "frozenset[str]":
    """What the facade said about the web request under way, if the framework can be asked for it."""
    flask = sys.modules.get("flask")
    if flask is not None and flask.has_request_context():
        header = flask.request.headers.get(CANARY_HEADER, "")
        return frozenset(name.strip() for name in header.split(",") if name.strip())
    return frozenset()
