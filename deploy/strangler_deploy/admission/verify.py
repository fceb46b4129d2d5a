"""Runs every engine over every object, and over broken copies: ours must pass, the others must not."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from strangler.errors import StranglerError
from strangler.model import Finding, Severity
from strangler_deploy.admission.cel import CelError
from strangler_deploy.admission.gatekeeper import Constraints, RegoError
from strangler_deploy.admission.kyverno import ValidatingPolicies
from strangler_deploy.admission.mutations import mutants
from strangler_deploy.admission.review import Review, User, reviews
from strangler_deploy.admission.vap import AdmissionPolicies, Denial
from strangler_deploy.documents import Document, mapping

_POLICY_GROUPS = {
    "admissionregistration.k8s.io",
    "templates.gatekeeper.sh",
    "constraints.gatekeeper.sh",
    "policies.kyverno.io",
}
_LABEL = "saas/tenant"


class Judge(Protocol):
    """One engine with the policies of one cluster."""

    engine: str

    def denials(self, review: Review) -> Iterator[Denial]:
        """Who refuses the request."""
        ...


_ENGINES: tuple[Callable[[Sequence[Document]], Judge], ...] = (AdmissionPolicies, Constraints, ValidatingPolicies)


def findings(documents: Sequence[Document], deliverer: User | None = None) -> Iterator[Finding]:
    """What the policies of each cluster make of its objects, when ``deliverer`` (default: Argo CD) brings them."""
    by_cluster: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_cluster[document.cluster].append(document)
    for cluster, members in sorted(by_cluster.items()):
        if cluster:
            yield from _of_cluster(cluster, members, deliverer or User())


def _of_cluster(cluster: str, documents: Sequence[Document], deliverer: User) -> Iterator[Finding]:
    policies = [d for d in documents if d.group in _POLICY_GROUPS]
    if not policies:
        return
    try:
        judges = [engine(policies) for engine in _ENGINES]
    except StranglerError as error:
        yield Finding("POLICY-ENGINE", error.message, None, error.hint, Severity.WARNING)
        return
    except (CelError, RegoError) as error:
        yield Finding("POLICY-BROKEN", f"a policy of '{cluster}' cannot be compiled: {error}", policies[0].location)
        return
    names = {(judge.engine, d.name) for judge in judges for d in policies if _is_of(judge.engine, d)}
    toothless: set[tuple[str, str, str]] = set()
    for document, review in _classes(documents, policies, deliverer):
        yield from _refused(judges, document, review)
        yield from _missed(judges, document, review, names, toothless)


def _is_of(engine: str, document: Document) -> bool:
    kinds = {
        "vap": document.kind == "ValidatingAdmissionPolicy",
        "gatekeeper": document.group == "constraints.gatekeeper.sh",
        "kyverno": document.kind == "ValidatingPolicy",
    }
    return kinds[engine]


def _refused(judges: Sequence[Judge], document: Document, review: Review) -> Iterator[Finding]:
    for judge in judges:
        for denial in judge.denials(review):
            asked = "its pods" if review.kind != document.kind else "it"
            message = f"{document}: the policy {denial.policy} ({judge.engine}) refuses {asked}: {denial.message}"
            yield Finding("POLICY-DENIED", message, document.location, f"rendered as {document.path}")


def _missed(
    judges: Sequence[Judge],
    document: Document,
    review: Review,
    names: set[tuple[str, str]],
    toothless: set[tuple[str, str, str]],
) -> Iterator[Finding]:
    """Broken copies that pass although the rule that should refuse them is in the cluster (each is said once)."""
    for mutation, mutant in mutants(review):
        for judge in judges:
            key = (judge.engine, mutation.rule, mutation.what)
            if (judge.engine, mutation.rule) not in names or key in toothless:
                continue
            if not any(denial.policy == mutation.rule for denial in judge.denials(mutant)):
                toothless.add(key)
                message = f"the policy {mutation.rule} ({judge.engine}) lets pass: {mutation.what}, in {document}"
                hint = "was the policy edited, or its scope narrowed?"
                yield Finding("POLICY-TOOTHLESS", message, document.location, hint)


def _classes(
    documents: Sequence[Document], policies: Sequence[Document], deliverer: User
) -> Iterator[tuple[Document, Review]]:
    """One request of each kind of request.

    Requests that differ in their tenant's name alone are one kind, unless a policy names that tenant.
    """
    namespaces = {d.name: d.data for d in documents if d.kind == "Namespace" and not d.group}
    text = json.dumps([d.data for d in policies])
    seen: set[str] = set()
    for document in documents:
        if document.group in _POLICY_GROUPS:
            continue
        namespace = namespaces.get(document.namespace)
        key = _key(document, namespace, text)
        if key not in seen:
            seen.add(key)
            for review in reviews(document, namespace, deliverer):
                yield document, review


def _key(document: Document, namespace: Mapping[str, Any] | None, policies: str) -> str:
    own = document.data if document.kind == "Namespace" else namespace
    labels = mapping(mapping(mapping(own).get("metadata")).get("labels"))
    key = json.dumps([document.data, labels], sort_keys=True)
    tenant = str(labels.get(_LABEL) or "")
    return key.replace(tenant, "\0") if tenant and tenant not in policies else key
