"""Calls a function of the service: here, there, or both, by the service's state."""

from __future__ import annotations

import importlib
import logging
import os
import threading
import time
import uuid
from contextvars import ContextVar
from typing import Any, Callable, Dict, List, Mapping, Optional

from .codec import Codec, CodecError, class_finder
from .errors import RemoteError, ServiceUnavailable
from .guards import Breaker, Bulkhead
from .metrics import Metrics
from .remote import Remote
from .state import State, StateSource

log = logging.getLogger(__name__)

#: The header by which the facade tells the monolith that this user belongs to a canary: ``billing, metering``.
CANARY_HEADER = "Strangler-Canary"
#: Services whose canary the present user belongs to; set it where no web request is under way.
canary_services: ContextVar[frozenset] = ContextVar("canary_services", default=frozenset())  # type: ignore[type-arg]

Hook = Callable[["Client", str, Dict[str, Any], Callable[[], Any]], Any]


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
        self.codec = Codec(class_finder(list(contract["packages"])))
        self._remote: Optional[Remote] = None
        self._remote_url = ""
        self._breaker = Breaker()
        self._bulkhead = Bulkhead(int(os.environ.get("STRANGLER_CLIENT_SLOTS", "32")))

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

    def call(self, ref: str, arguments: Dict[str, Any]) -> Any:
        """Call a function of the contract by name, wherever it is to be called now."""
        run: Callable[[], Any] = lambda: self._dispatch(ref, arguments)
        for hook in self.hooks:
            run = _hooked(hook, self, ref, arguments, run)
        return run()

    # -- where to ---------------------------------------------------------------------------------------------------

    def _dispatch(self, ref: str, arguments: Dict[str, Any]) -> Any:
        state = self.state.current()
        if state.stage in ("planned", "extracted"):
            return self.run_local(ref, arguments)
        if state.stage == "shadow":
            return self._shadowed(ref, arguments, state)
        if state.stage == "canary" and not self._is_canary():
            return self.run_local(ref, arguments)
        return self._remote_or_back(ref, arguments, state)

    def _is_canary(self) -> bool:
        return self.service in (canary_services.get() or _requested_canaries())

    def run_local(self, ref: str, arguments: Dict[str, Any]) -> Any:
        """Call the monolith's own function, looked up at this moment, so that a patched one is found."""
        module_name, _, name = ref.partition(":")
        module = self.local(module_name)
        if module is None:
            raise RemoteError(f"{ref} has no local code any more and {self.service} is not in use")
        positional, keywords = spread(arguments)
        return getattr(module, name)(*positional, **keywords)

    def run_remote(self, ref: str, arguments: Dict[str, Any], state: Optional[State] = None) -> Any:
        """Call the service.

        Raises:
            ServiceUnavailable: it did not answer in time, the breaker is open, or too many calls are under way.
            RemoteError: it failed in a way the contract does not know.
        """
        policy = self.contract["entries"][ref]
        key = uuid.uuid4().hex
        deadline = time.monotonic() + policy["timeout_ms"] / 1000
        attempts = 3 if policy["kind"] == "query" or policy["idempotency"] != "none" else 1
        remote = self._remote_for(state or self.state.current())
        for attempt in range(attempts):
            self._breaker.enter()
            started = time.monotonic()
            try:
                left = max(deadline - started, 0.001)
                answer = self._bulkhead.run(lambda: remote.call(ref, arguments, key, left), left)
            except ServiceUnavailable:
                self._breaker.failed()
                self.metrics.count(ref, "unavailable", time.monotonic() - started)
                pause = 0.02 * 2**attempt
                if attempt + 1 == attempts or time.monotonic() + pause >= deadline:
                    raise
                time.sleep(pause)
                continue
            self._breaker.succeeded()
            self.metrics.count(ref, "error" if answer.is_error else "ok", time.monotonic() - started)
            return answer.result(arguments)

    def _remote_or_back(self, ref: str, arguments: Dict[str, Any], state: State) -> Any:
        """Call the service; a query it does not answer is answered here, while code and store are still shared."""
        try:
            return self.run_remote(ref, arguments, state)
        except ServiceUnavailable:
            may_fall_back = self.contract["entries"][ref]["kind"] == "query" and state.stage in ("canary", "live")
            if not may_fall_back or self.contract["store"] != "shared":
                raise
            log.warning("%s does not answer; %s runs locally", self.service, ref)
            self.metrics.count(ref, "fallback")
            return self.run_local(ref, arguments)

    def _remote_for(self, state: State) -> Remote:
        if not state.url:
            raise ServiceUnavailable(f"nobody said where {self.service} is: set STRANGLER_{self.service.upper()}_URL")
        if self._remote is None or self._remote_url != state.url:
            self._remote, self._remote_url = Remote(self.service, state.url, self.codec), state.url
        return self._remote

    def _shadowed(self, ref: str, arguments: Dict[str, Any], state: State) -> Any:
        """Answer locally; ask the service the same in the background, if that changes nothing, and compare."""
        result = self.run_local(ref, arguments)
        if self.contract["entries"][ref]["kind"] == "query":
            try:
                expected = self.codec.dumps(result)
                sent = self.codec.loads(self.codec.dumps(arguments))
            except CodecError as error:
                log.warning("%s cannot be shadowed: %s", ref, error)
                return result
            work = threading.Thread(target=self._compare, args=(ref, sent, state, expected), daemon=True)
            work.start()
        return result

    def _compare(self, ref: str, arguments: Dict[str, Any], state: State, expected: bytes) -> None:
        try:
            same = self.codec.dumps(self.run_remote(ref, arguments, state)) == expected
        except Exception as error:  # noqa: BLE001 - whatever a shadow does, the answer has been given
            log.info("shadow of %s: %s", ref, error)
            self.metrics.count(ref, "shadow_failed")
        else:
            self.metrics.count(ref, "shadow_same" if same else "shadow_different")


def spread(arguments: Dict[str, Any]) -> "tuple[list[Any], dict[str, Any]]":
    """Arguments by name as those of a call; ``*`` and ``**`` hold what has no name of its own.

    Positional-only parameters and those before ``*args`` come first, under names that begin with ``/``.
    """
    keywords = {name: value for name, value in arguments.items() if name[0] not in "*/"}
    keywords.update(arguments.get("**", {}))
    positional = [value for name, value in arguments.items() if name.startswith("/")]
    return [*positional, *arguments.get("*", ())], keywords


def _hooked(hook: Hook, client: Client, ref: str, arguments: Dict[str, Any], run: Callable[[], Any]) -> Callable[[], Any]:
    return lambda: hook(client, ref, arguments, run)


def _requested_canaries() -> "frozenset[str]":
    """What the facade said about the web request under way, if the framework can be asked for it."""
    import sys

    flask = sys.modules.get("flask")
    if flask is not None and flask.has_request_context():
        header = flask.request.headers.get(CANARY_HEADER, "")
        return frozenset(name.strip() for name in header.split(",") if name.strip())
    return frozenset()
