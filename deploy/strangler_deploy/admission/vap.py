"""ValidatingAdmissionPolicy: policies with their bindings and parameters, as the API server runs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strangler_deploy.admission.cel import CelError, Expression
from strangler_deploy.admission.matching import is_matched
from strangler_deploy.admission.review import Review
from strangler_deploy.documents import Document, mapping, mappings
from strangler_deploy.network.selectors import selector

_GROUP = "admissionregistration.k8s.io"


@dataclass(frozen=True, slots=True)
class Denial:
    """One refusal: by which engine, by which policy, with which words."""

    engine: str
    policy: str
    message: str


@dataclass(frozen=True, slots=True)
class _Validation:
    expression: Expression
    message: str
    message_expression: Expression | None


@dataclass(frozen=True, slots=True)
class CelPolicy:
    """What ValidatingAdmissionPolicy and Kyverno's ValidatingPolicy have in common, compiled."""

    name: str
    constraints: Mapping[str, Any]
    conditions: tuple[Expression, ...]
    variables: tuple[tuple[str, Expression], ...]
    validations: tuple[_Validation, ...]
    is_strict: bool
    """Whether an expression without a value refuses the request (``failurePolicy: Fail``)."""

    def complaint(self, review: Review, params: Any = None) -> str:
        """The message of the first validation that does not hold; "" if all do or the policy does not apply."""
        data = _inputs(review, params)
        try:
            if not all(condition.value(data) for condition in self.conditions):
                return ""
            data["variables"] = self._values(data)
            return next(filter(None, (_complaint(v, data) for v in self.validations)), "")
        except CelError as error:
            return f"cannot be evaluated: {error}" if self.is_strict else ""

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        """The variables in their order; one without a value is left out, so that only its use is an error."""
        values: dict[str, Any] = {}
        for name, expression in self.variables:
            try:
                values[name] = expression.value({**data, "variables": values})
            except CelError:
                continue
        return values


def _complaint(validation: _Validation, data: Mapping[str, Any]) -> str:
    if validation.expression.value(data):
        return ""
    if validation.message_expression is not None:
        try:
            return str(validation.message_expression.value(data)) or validation.message
        except CelError:
            return validation.message
    return validation.message


def compiled(document: Document) -> CelPolicy:
    """Compile a policy.

    Raises:
        CelError: an expression is none.
    """
    spec = document.spec
    return CelPolicy(
        name=document.name,
        constraints=mapping(spec.get("matchConstraints")),
        conditions=tuple(Expression(str(c.get("expression"))) for c in mappings(spec.get("matchConditions"))),
        variables=tuple((str(v["name"]), Expression(str(v["expression"]))) for v in mappings(spec.get("variables"))),
        validations=tuple(_validation(v) for v in mappings(spec.get("validations"))),
        is_strict=spec.get("failurePolicy", "Fail") == "Fail",
    )


def _validation(written: Mapping[str, Any]) -> _Validation:
    text = str(written.get("expression"))
    by_expression = written.get("messageExpression")
    message = str(written.get("message") or f"failed expression: {text}")
    return _Validation(Expression(text), message, Expression(str(by_expression)) if by_expression else None)


def _inputs(review: Review, params: Any) -> dict[str, Any]:
    return {
        "object": review.object,
        "oldObject": review.old,
        "request": request(review),
        "namespaceObject": _namespace(review),
        "params": params,
        "variables": {},
    }


def request(review: Review) -> dict[str, Any]:
    """The request's own fields, as policies see them."""
    kind = {"group": review.group, "version": review.version, "kind": review.kind}
    resource = {"group": review.group, "version": review.version, "resource": review.resource}
    return {
        "kind": kind,
        "resource": resource,
        "subResource": review.subresource,
        "requestKind": kind,
        "requestResource": resource,
        "name": str(review.metadata.get("name") or ""),
        "namespace": review.namespace_name,
        "operation": review.operation,
        "userInfo": {"username": review.user.name, "groups": list(review.user.groups)},
        "dryRun": False,
    }


def _namespace(review: Review) -> Mapping[str, Any] | None:
    labels = review.namespace_labels
    if labels is None:
        return None
    own = mapping(review.namespace)
    metadata = {**mapping(own.get("metadata")), "name": review.namespace_name, "labels": dict(labels)}
    return {"apiVersion": "v1", "kind": "Namespace", **own, "metadata": metadata}


class AdmissionPolicies:
    """All ValidatingAdmissionPolicies of one cluster that a binding puts in force."""

    engine = "vap"

    def __init__(self, documents: Sequence[Document]) -> None:
        own = [d for d in documents if d.group == _GROUP]
        self._policies = {d.name: (compiled(d), d) for d in own if d.kind == "ValidatingAdmissionPolicy"}
        bindings = [d for d in own if d.kind == "ValidatingAdmissionPolicyBinding"]
        self._bindings = [d for d in bindings if "Deny" in (d.spec.get("validationActions") or ())]
        self._objects = documents

    def denials(self, review: Review) -> Iterator[Denial]:
        """Who refuses the request."""
        for binding in self._bindings:
            found = self._policies.get(str(binding.spec.get("policyName")))
            if found and self._applies(found[0], binding, review):
                for params in self._params(found[1], binding, review):
                    complaint = found[0].complaint(review, params)
                    if complaint:
                        yield Denial(self.engine, found[0].name, complaint)

    def _applies(self, policy: CelPolicy, binding: Document, review: Review) -> bool:
        resources = mapping(binding.spec.get("matchResources"))
        return is_matched(policy.constraints, review) and is_matched(resources, review, rules_required=False)

    def _params(self, policy: Document, binding: Document, review: Review) -> Iterator[Any]:
        """The parameters that the binding names; once None where the policy takes none."""
        kind = mapping(policy.spec.get("paramKind"))
        reference = mapping(binding.spec.get("paramRef"))
        if not kind or not reference:
            yield None
            return
        found = [d for d in self._objects if _is_parameter(d, kind, reference, review)]
        if not found and reference.get("parameterNotFoundAction") == "Allow":
            return
        if not found:
            yield None
        for document in found:
            yield document.data


def _is_parameter(document: Document, kind: Mapping[str, Any], reference: Mapping[str, Any], review: Review) -> bool:
    if (document.api_version, document.kind) != (kind.get("apiVersion"), kind.get("kind")):
        return False
    namespace = reference.get("namespace") or (review.namespace_name if document.namespace else "")
    if document.namespace != namespace:
        return False
    if reference.get("name"):
        return bool(document.name == reference["name"])
    return selector(reference.get("selector")).matches(document.labels)
