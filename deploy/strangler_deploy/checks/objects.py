"""Each object by itself: does it fit its schema?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from strangler.model import Finding, Location, Severity
from strangler_deploy.checks.documents import Document
from strangler_deploy.checks.schema import Problem
from strangler_deploy.checks.schemas import Kind, Schemas

Locate = Callable[[str], Location]
_CRD_HINT = "give the folder of their CRDs with --crds"


def fits(documents: Iterable[Document], schemas: Schemas, locate: Locate) -> Iterator[Finding]:
    """A finding for every field that its schema refuses; one note on the kinds that have no schema here."""
    unchecked: set[tuple[str, str]] = set()
    for document in documents:
        api, kind = str(document.data["apiVersion"]), str(document.data["kind"])
        known = schemas.kind(api, kind)
        if known is None:
            unchecked.add((api, kind))
        else:
            yield from _problems(document, known, locate)
    if unchecked:
        kinds = ", ".join(f"{kind} ({api})" for api, kind in sorted(unchecked))
        message = f"not checked, for want of a schema: {kinds}"
        yield Finding("DEPLOY-UNCHECKED", message, None, _CRD_HINT, Severity.NOTE)


def _problems(document: Document, kind: Kind, locate: Locate) -> Iterator[Finding]:
    found: list[Problem] = []
    kind.check(document.data, "", found)
    metadata = document.data["metadata"]
    if kind.namespaced is not None and kind.namespaced != ("namespace" in metadata):
        wanted = "needs a namespace" if kind.namespaced else "is of the whole cluster, and can have no namespace"
        found.append(Problem("metadata.namespace", wanted))
    for problem in found:
        severity = Severity.WARNING if problem.is_unknown_field and kind.may_be_old else Severity.ERROR
        rule = "DEPLOY-FIELD" if problem.is_unknown_field else "DEPLOY-SCHEMA"
        message = f"{document.identity}: {problem.field or 'the object'} {problem.message}"
        yield Finding(rule, message, locate(document.origin), f"rendered as {document.path}", severity)
