"""What Django's tests ask of an answer that no wire carries: REST framework's data, the templates and their context.

And what its middleware has left active in the thread: see :mod:`activated`.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any, Dict, List, Tuple

from . import wire
from .activated import NOTHING, activate, active

#: How many bytes at the end of an answer's body are this.
HEADER = "Strangler-Prove-Beside"
# What every context has, and what is the request's own: big, and nothing that a view has put there.
_LEFT_OUT = frozenset({"request", "csrf_token", "True", "False", "None", "forloop", "block", "perms", "debug"})


class Beside:
    """The service's side: collects it while a request is answered."""

    def __init__(self) -> None:
        self.active: Dict[str, Any] = NOTHING
        self._rendered: List[Tuple[str, Dict[str, Any]]] = []
        self._packed = b""

    def follow(self) -> None:
        """Note every template that is rendered, and the answer of every request."""
        from django.core.handlers.base import BaseHandler
        from django.template.base import Template

        Template._render = self._noting(Template._render)
        BaseHandler.get_response = self._collecting(BaseHandler.get_response)

    def _noting(self, render: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(render)
        def noted(template: Any, context: Any) -> Any:
            self._rendered.append((template.name, context.flatten()))
            return render(template, context)

        return noted

    def _collecting(self, get_response: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(get_response)
        def collected(handler: Any, request: Any) -> Any:
            self._rendered.clear()
            activate(self.active)
            response = get_response(handler, request)
            # Here and not later: to pack a value may ask the store, which this thread has a connection to.
            self._packed = self._pack(response)
            self._rendered.clear()
            activate(NOTHING)
            return response

        return collected

    def _pack(self, response: Any) -> bytes:
        values: Dict[int, bytes] = {}
        templates = [(name, _packed(context, values)) for name, context in self._rendered]
        data = {"data": _dumps(response.data)} if hasattr(response, "data") else {}
        return wire.dumps({**data, "templates": templates, "values": values, "active": active()})

    def taken(self) -> bytes:
        """What the last answer has beside it; empty if nothing."""
        packed, self._packed = self._packed, b""
        return packed


def _packed(context: Dict[str, Any], values: Dict[int, bytes]) -> Dict[str, int]:
    """A context by the numbers of its values; one that several templates are given is packed once."""
    names = {name: value for name, value in context.items() if isinstance(name, str) and name not in _LEFT_OUT}
    for value in names.values():
        if id(value) not in values:
            values[id(value)] = _dumps(value)
    return {name: id(value) for name, value in names.items() if values[id(value)]}


def _dumps(value: Any) -> bytes:
    try:
        return wire.dumps(value, lenient=True)
    except Exception:  # whatever its own code raises: a test that asks for it will not find it
        return b""


class _Named:
    """Stands for a template, of which tests ask the name."""

    def __init__(self, name: Any) -> None:
        self.name = name


def with_more(messages: List[Dict[str, Any]], more: bytes) -> List[Dict[str, Any]]:
    """The messages of a whole ASGI answer, with ``more`` at the end of its body."""
    start, *parts = messages
    if not more:
        return messages
    body = b"".join(part.get("body", b"") for part in parts) + more
    told = [(HEADER.lower().encode(), str(len(more)).encode()), (b"content-length", str(len(body)).encode())]
    headers = [header for header in start["headers"] if header[0].lower() != b"content-length"]
    return [{**start, "headers": [*headers, *told]}, {"type": "http.response.body", "body": body}]


def restore(response: Any, packed: bytes) -> None:
    """The test's side: let an answer have it, and tell the test's client of the templates."""
    told = wire.loads(packed)
    activate(told["active"])
    if told.get("data"):
        response.data = wire.loads(told["data"])
    values = {number: value for number, data in told["values"].items() for value in _loaded(data)}
    template, rendered = sys.modules["django.template"], sys.modules["django.test.signals"].template_rendered
    for name, numbers in told["templates"]:
        context = {key: values[number] for key, number in numbers.items() if number in values}
        stand_in = _Named(name)
        rendered.send(sender=stand_in, template=stand_in, context=template.Context(context))


def _loaded(data: bytes) -> List[Any]:
    """A value, or nothing if this process cannot have it."""
    try:
        return [wire.loads(data)]
    except Exception:
        return []
