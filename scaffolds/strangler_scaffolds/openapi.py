"""The call endpoints of a service as an OpenAPI document, from annotations and from what was seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from strangler.analysis import Function, Param
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.territory import Territory

Schema = dict[str, Any]
# A class as an observation names it (module:Outer.Inner); schemas know classes by their last name.
_CLASS = re.compile(r"[\w.]+:(?:\w+\.)*(\w+)")


def _tagged(tag: str, content: Schema) -> Schema:
    return {"type": "object", "properties": {tag: content}, "required": [tag], "additionalProperties": False}


_TEXT: Schema = {"type": "string"}
_SIMPLE: Mapping[str, Schema] = {
    "str": _TEXT,
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "bytes": _tagged("$bytes", {"type": "string", "contentEncoding": "base64"}),
    "date": _tagged("$date", {"type": "string", "format": "date"}),
    "datetime": _tagged("$datetime", {"type": ["string", "array"]}),
    "timedelta": _tagged("$timedelta", {"type": "array", "items": {"type": "integer"}}),
    "Decimal": _tagged("$decimal", _TEXT),
    "UUID": _tagged("$uuid", {"type": "string", "format": "uuid"}),
}


def describe(territory: Territory, graph: CallGraph) -> Schema:
    """The whole document, in a fixed order."""
    described = Describer(graph)
    paths = {
        f"/_strangler/calls/{entry.ref.replace(':', '/')}": described.operation(entry.ref, as_seen(entry))
        for entry in graph.entries
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": territory.name, "version": "1", "description": f"Calls of the service {territory.name}."},
        "paths": paths,
        "components": {"schemas": dict(sorted(described.schemas.items()))},
    }


def as_seen(entry: Entry) -> Function:
    """The function with the types that were seen where it states none itself."""
    function, seen = entry.function, entry.seen
    if seen is None:
        return function
    params = [
        p if p.annotation else replace(p, annotation=_union(seen.arguments.get(p.name, {}))) for p in function.params
    ]
    return replace(function, params=tuple(params), returns=function.returns or _union(seen.returns))


def _union(kinds: Mapping[str, int]) -> str | None:
    """An annotation for the types that were seen, or None if it would say nothing."""
    names = [_CLASS.sub(r"\1", kind).replace("NoneType", "None") for kind in kinds]
    return " | ".join(names) or None


class Describer:
    """Describes values and calls, and gathers the ``schemas`` of the classes they name."""

    def __init__(self, graph: CallGraph) -> None:
        self._classes = {
            ref.rpartition(":")[2]: function for ref, function in graph.functions.items() if function.kind == "class"
        }
        self.schemas: dict[str, Schema] = {
            "Error": {
                "type": "object",
                "properties": {"type": _TEXT, "args": {"type": "array"}, "state": {"type": "object"}, "text": _TEXT},
                "required": ["type", "args", "state"],
            }
        }

    def operation(self, ref: str, function: Function) -> Schema:
        """The path item of a function that can be called: its arguments, its result, and what it raised."""
        error = {
            "type": "object",
            "properties": {"error": {"$ref": "#/components/schemas/Error"}},
            "required": ["error"],
        }
        result = {"type": "object", "properties": {"result": self.schema(function.returns)}, "required": ["result"]}
        return {
            "post": {
                "operationId": ref.replace(":", ".").replace(".", "_"),
                "requestBody": {"required": True, "content": _json(self._arguments(function.params))},
                "responses": {
                    "200": {"description": "the result", "content": _json(result)},
                    "422": {"description": "the function raised", "content": _json(error)},
                },
            }
        }

    def _arguments(self, params: Sequence[Param]) -> Schema:
        named = [param for param in params if not param.kind.startswith("var_")]
        arguments: Schema = {"type": "object", "properties": {p.name: self.schema(p.annotation) for p in named}}
        arguments["required"] = [param.name for param in named if param.default is None]
        return {"type": "object", "properties": {"arguments": arguments}, "required": ["arguments"]}

    def schema(self, annotation: str | None) -> Schema:
        """The schema of a value with this annotation; ``{}`` (anything) where it says nothing."""
        if not annotation:
            return {}
        try:
            return self._of(ast.parse(annotation.strip("'\""), mode="eval").body)
        except SyntaxError:
            return {}

    def _of(self, node: ast.expr) -> Schema:
        if isinstance(node, ast.Constant):
            return {"type": "null"} if node.value is None else self.schema(str(node.value))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return {"anyOf": [self._of(node.left), self._of(node.right)]}
        if isinstance(node, ast.Subscript):
            return self._generic(_last_name(node.value), _items(node.slice))
        return self._named(_last_name(node))

    def _named(self, name: str) -> Schema:
        if name in _SIMPLE:
            return dict(_SIMPLE[name])
        if name in ("list", "List", "Sequence", "Iterable"):
            return {"type": "array"}
        if name in ("dict", "Dict", "Mapping", "MutableMapping"):
            return {"type": "object"}
        if name in self._classes and self._classes[name].params:
            return self._data(self._classes[name], name)
        return {}

    def _generic(self, name: str, items: list[ast.expr]) -> Schema:
        if name in ("list", "List", "Sequence", "Iterable", "Collection"):
            return {"type": "array", "items": self._of(items[0])}
        if name in ("dict", "Dict", "Mapping") and len(items) == 2:
            return {"type": "object", "additionalProperties": self._of(items[1])}
        if name == "Optional":
            return {"anyOf": [self._of(items[0]), {"type": "null"}]}
        if name == "Union":
            return {"anyOf": [self._of(item) for item in items]}
        if name in ("tuple", "Tuple", "set", "Set", "frozenset"):
            return _tagged(f"${name.lower()}", {"type": "array"})
        return {}

    def _data(self, function: Function, name: str) -> Schema:
        if name not in self.schemas:
            self.schemas[name] = {}  # a class that refers to itself finds this
            members = {param.name: self.schema(param.annotation) for param in function.params}
            content = {"type": "object", "properties": members}
            self.schemas[name] = _tagged("$data", {"type": "array", "prefixItems": [{"const": function.ref}, content]})
        return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _items(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]
