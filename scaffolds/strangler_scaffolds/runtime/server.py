"""The service's side of a call: looks the function up, runs it, puts what happened into an envelope."""

from __future__ import annotations

import asyncio
import collections
import importlib
import inspect
import json
import logging
import operator
import threading
from typing import Any, Callable, ContextManager, Dict, List, Mapping, Tuple

from .calls import spread
from .codec import Codec, CodecError, class_finder
from .orm import hooks as orm_hooks

_REMEMBERED = 10_000
log = logging.getLogger(__name__)


class CallServer:
    """Runs the functions of a contract.

    ``around`` gives a context manager for each call, in which the host framework does what it does around a request
    (an application context, closing the session). Answers to calls with an idempotency key are remembered, so that a
    repeated call is answered and not run again.
    """

    def __init__(
        self, contract: Mapping[str, Any], around: Callable[[], ContextManager[Any]], every_function: bool = False
    ) -> None:
        self.contract = contract
        self._every_function = every_function  # a proof also calls what only tests call
        self.codec = Codec(class_finder(list(contract["packages"])), **orm_hooks(contract))
        self._around = around
        self._answers: "collections.OrderedDict[str, Tuple[int, bytes]]" = collections.OrderedDict()
        self._lock = threading.Lock()
        self._under_way: Dict[str, threading.Lock] = {}

    def answer(self, ref: str, body: bytes, key: str = "") -> Tuple[int, bytes]:
        """Status and body for one call."""
        policy = self.contract["entries"].get(ref)
        if policy is None and self._every_function:
            policy = {"kind": "command", "idempotency": "none"}
        if policy is None:
            return _refusal(404, f"there is no function {ref}")
        if not key or policy["kind"] == "query" or policy["idempotency"] == "none":
            return self._run(ref, policy, body)
        with self._turn(key):
            if key not in self._answers:
                self._remember(key, self._run(ref, policy, body))
            return self._answers[key]

    def _turn(self, key: str) -> threading.Lock:
        with self._lock:
            return self._under_way.setdefault(key, threading.Lock())

    def _remember(self, key: str, answer: Tuple[int, bytes]) -> None:
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > _REMEMBERED:
                old, _ = self._answers.popitem(last=False)
                self._under_way.pop(old, None)

    def _run(self, ref: str, policy: Mapping[str, Any], body: bytes) -> Tuple[int, bytes]:
        with self._around():
            try:
                sent = json.loads(body)["arguments"]
                arguments = self.codec.decode(sent)
            except (CodecError, ValueError, KeyError, TypeError) as error:
                return _refusal(400, f"cannot read the arguments: {error}")
            return self._call(ref, policy, arguments, sent)

    def _call(
        self, ref: str, policy: Mapping[str, Any], arguments: Dict[str, Any], sent: Mapping[str, Any]
    ) -> Tuple[int, bytes]:
        module, _, name = ref.partition(":")
        positional, keywords = spread(arguments)
        try:
            result = operator.attrgetter(name)(importlib.import_module(module))(*positional, **keywords)
            if inspect.isawaitable(result):
                result = asyncio.run(_wait(result))
            content: Dict[str, Any] = {"result": self.codec.encode(result, "result")}
            status = 200
        except CodecError as error:
            return _refusal(406, str(error))
        except Exception as error:
            log.info("%s raised %s", ref, type(error).__name__, exc_info=error)
            content, status = {"error": {**self.codec.encode_error(error), "text": str(error)}}, 422
        changed = self._changed(policy.get("mutates", []), arguments)
        if "." in name:  # a method may change its object, and seldom does
            changed = {key: value for key, value in changed.items() if value != sent.get(key)}
        if changed:
            content["changed"] = changed
        return status, json.dumps(content, separators=(",", ":")).encode()

    def _changed(self, names: List[str], arguments: Dict[str, Any]) -> Dict[str, Any]:
        return {name: self.codec.encode(arguments[name], name) for name in names if name in arguments}


async def _wait(result: Any) -> Any:
    return await result


def _refusal(status: int, detail: str) -> Tuple[int, bytes]:
    return status, json.dumps({"detail": detail}).encode()
