"""Gatekeeper: ConstraintTemplates in Rego and the constraints that put them in force."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strangler.errors import StranglerError
from strangler_deploy.admission.review import Review
from strangler_deploy.admission.vap import Denial, request
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.network.selectors import selector

_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)", re.MULTILINE)


class RegoError(Exception):
    """A template that cannot be read or run."""


@dataclass(frozen=True, slots=True)
class _Source:
    package: str
    text: str
    libraries: tuple[str, ...]
    is_old: bool
    """Whether it is written in Rego v0."""


class Constraints:
    """All constraints of one cluster that deny, each with its template's rule."""

    engine = "gatekeeper"

    def __init__(self, documents: Sequence[Document]) -> None:
        templates = [d for d in documents if d.kind == "ConstraintTemplate"]
        self._rules = {kind: _Rule(source) for kind, source in map(_read, templates)}
        constraints = [d for d in documents if d.group == "constraints.gatekeeper.sh" and d.kind in self._rules]
        self._constraints = [d for d in constraints if d.spec.get("enforcementAction", "deny") == "deny"]

    def denials(self, review: Review) -> Iterator[Denial]:
        """Who refuses the request; templates speak of creations and updates."""
        for constraint in self._constraints:
            if _is_matched(mapping(constraint.spec.get("match")), review):
                parameters = mapping(constraint.spec.get("parameters"))
                for message in self._rules[constraint.kind].messages(_input(review, parameters)):
                    yield Denial(self.engine, constraint.name, message)


class _Rule:
    """One template's rule in an engine of its own."""

    def __init__(self, source: _Source) -> None:
        self._query = f"data.{source.package}.violation"
        self._engine = _engine(source)

    def messages(self, data: Mapping[str, Any]) -> list[str]:
        try:
            self._engine.set_input_json(json.dumps(data))
            found = json.loads(self._engine.eval_rule_as_json(self._query) or "[]")
        except (RuntimeError, ValueError) as error:
            raise RegoError(str(error)) from error
        return sorted(str(mapping(item).get("msg")) for item in found) if isinstance(found, list) else []


def _engine(source: _Source) -> Any:
    try:
        from regorus import Engine
    except ImportError as error:
        hint = "install it with: pip install 'strangler[policies]'"
        raise StranglerError("running Gatekeeper's policies needs the Rego engine", hint=hint) from error
    engine = Engine()
    engine.set_rego_v0(source.is_old)
    try:
        for number, library in enumerate(source.libraries):
            engine.add_policy(f"library-{number}", library)
        engine.add_policy("template", source.text)
    except RuntimeError as error:
        raise RegoError(str(error)) from error
    return engine


def _read(document: Document) -> tuple[str, _Source]:
    """Kind and source of a template; the legacy field ``rego`` is v0, and takes precedence over ``code``."""
    kind = str(mapping(mapping(mapping(document.spec.get("crd")).get("spec")).get("names")).get("kind"))
    target = (mappings(document.spec.get("targets")) or [{}])[0]
    code = next((mapping(c.get("source")) for c in mappings(target.get("code")) if c.get("engine") == "Rego"), {})
    is_old = "rego" in target or code.get("version") != "v1"
    text = str(target.get("rego") or code.get("rego") or "")
    package = _PACKAGE.search(text)
    if package is None:
        raise RegoError(f"{document} holds no Rego")
    libraries = target.get("libs") if "rego" in target else code.get("libs")
    return kind, _Source(package[1], text, tuple(str(item) for item in libraries or ()), is_old)


def _input(review: Review, parameters: Mapping[str, Any]) -> dict[str, Any]:
    labels = review.namespace_labels
    namespace = {**mapping(review.namespace), "metadata": {"name": review.namespace_name, "labels": labels or {}}}
    fields = {
        **request(review),
        "object": review.object,
        "oldObject": review.old,
        "_unstable": {"namespace": namespace} if labels is not None else {},
    }
    return {"review": fields, "parameters": dict(parameters)}


def _is_matched(match: Mapping[str, Any], review: Review) -> bool:
    if review.operation not in ("CREATE", "UPDATE") and not mappings(match.get("kinds")):
        return False
    return _is_kind(match, review) and _is_placed(match, review) and _is_labelled(match, review)


def _is_kind(match: Mapping[str, Any], review: Review) -> bool:
    kinds = mappings(match.get("kinds"))
    return not kinds or any(
        _lists(item.get("apiGroups"), review.group) and _lists(item.get("kinds"), review.kind) for item in kinds
    )


def _lists(value: Any, wanted: str) -> bool:
    return not value or "*" in value or wanted in value


def _is_placed(match: Mapping[str, Any], review: Review) -> bool:
    name = review.namespace_name or (str(review.metadata.get("name")) if review.kind == "Namespace" else "")
    wanted, unwanted = match.get("namespaces") or (), match.get("excludedNamespaces") or ()
    scope = str(match.get("scope") or "*")
    if scope != "*" and (scope == "Namespaced") != bool(review.namespace_name):
        return False
    if any(fnmatch.fnmatchcase(name, str(pattern)) for pattern in unwanted):
        return False
    return not wanted or any(fnmatch.fnmatchcase(name, str(pattern)) for pattern in wanted)


def _is_labelled(match: Mapping[str, Any], review: Review) -> bool:
    if not selector(match.get("labelSelector")).matches(review.labels):
        return False
    by_namespace = mapping(match.get("namespaceSelector"))
    labels = review.labels if review.kind == "Namespace" and not review.group else review.namespace_labels
    return not by_namespace or labels is None or selector(by_namespace).matches(labels)
