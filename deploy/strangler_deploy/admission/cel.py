"""Evaluates CEL as the API server does: optional syntax, string functions, and Kubernetes' own library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from strangler.errors import StranglerError
from strangler_deploy.capacity.quantities import quantity

_NAMES = ("object", "oldObject", "request", "namespaceObject", "params", "variables", "authorizer")


class CelError(Exception):
    """An expression that cannot be compiled, or has no value for this input."""


class Expression:
    """One compiled expression.

    Raises:
        CelError: on construction if it is no CEL, on evaluation if it has no value.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._compiled = _environment().compile(text)
        except (RuntimeError, ValueError) as error:
            raise CelError(str(error)) from error

    def value(self, data: Mapping[str, Any]) -> Any:
        """Its value for ``data``."""
        from cel_expr_python import cel

        found = self._compiled.eval(data=dict(data))
        if found.type() == cel.Type.ERROR:
            raise CelError(str(found.value()))
        return found.plain_value()


@cache
def _environment() -> Any:
    try:
        from cel_expr_python import cel
        from cel_expr_python.ext import ext_bindings, ext_optional, ext_strings
    except ImportError as error:
        hint = "install it with: pip install 'strangler[policies]'"
        raise StranglerError("running policies needs the CEL engine", hint=hint) from error
    extensions = [ext_optional.ExtOptional(), ext_strings.ExtStrings(), ext_bindings.ExtBindings(), _library(cel)]
    return cel.NewEnv(variables=dict.fromkeys(_NAMES, cel.Type.DYN), extensions=extensions)


def _library(cel: Any) -> Any:
    """The functions that Kubernetes adds; those that rules in use call."""
    text, truth = cel.Type.STRING, cel.Type.BOOL
    listed = cel.Type.List(text)

    def member(name: str, result: Any, implementation: Any, *parameters: Any) -> Any:
        overload = cel.Overload(
            f"{name}_{len(parameters)}", result, list(parameters), is_member=True, impl=implementation
        )
        return cel.FunctionDecl(name, [overload])

    def plain(name: str, result: Any, implementation: Any, *parameters: Any) -> Any:
        return cel.FunctionDecl(
            name, [cel.Overload(f"{name}_{len(parameters)}", result, list(parameters), impl=implementation)]
        )

    return cel.CelExtension(
        "kubernetes",
        [
            member("find", text, _find, text, text),
            member("findAll", listed, lambda string, pattern: re.findall(pattern, string), text, text),
            plain("isQuantity", truth, _is_quantity, text),
            plain("isURL", truth, lambda string: bool(re.match(r"[a-z][a-z0-9+.-]*://[^/\s]+", string)), text),
        ],
    )


def _find(string: str, pattern: str) -> str:
    found = re.search(pattern, string)
    return found[0] if found else ""


def _is_quantity(string: str) -> bool:
    try:
        return isinstance(quantity(string), Decimal)
    except ValueError:
        return False
