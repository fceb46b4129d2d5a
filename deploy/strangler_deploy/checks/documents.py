"""The files of a tree, read: one object each, and the place in the plan it is due to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import yaml

from strangler.model import Finding, Location
from strangler_deploy.documents import Document

__all__ = ["Document", "is_object", "read"]

_HEADER = "# from "


def is_object(path: str) -> bool:
    """Whether a file of the tree holds a Kubernetes object that is applied."""
    name = path.rpartition("/")[2]
    return name.endswith(".yaml") and name not in ("kustomization.yaml", "tenant.yaml", "values.yaml")


def read(tree: Mapping[str, str], findings: list[Finding]) -> Iterator[Document]:
    """Every object of the tree; a file that holds none becomes a finding."""
    for path, text in tree.items():
        if is_object(path):
            document = _document(path, text, findings)
            if document is not None:
                yield document


def _document(path: str, text: str, findings: list[Finding]) -> Document | None:
    try:
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "cannot be read"
        findings.append(Finding("DEPLOY-YAML", f"is not YAML: {problem}", Location(path)))
        return None
    if not (isinstance(data, dict) and all(key in data for key in ("apiVersion", "kind", "metadata"))):
        findings.append(Finding("DEPLOY-YAML", "holds no Kubernetes object", Location(path)))
        return None
    if not (isinstance(data["metadata"], dict) and isinstance(data["metadata"].get("name"), str)):
        findings.append(Finding("DEPLOY-YAML", "holds an object without a name", Location(path)))
        return None
    first = text.partition("\n")[0]
    return Document(path, data, first.removeprefix(_HEADER) if first.startswith(_HEADER) else path)
