"""In which account of AWS an object's counterpart is: ACK makes it in the one that the object's namespace names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from strangler_deploy.documents import Document

OWNER = "services.k8s.aws/owner-account-id"


@dataclass(frozen=True)
class Owners:
    """Accounts by cluster and namespace, and the one where no namespace says."""

    default: str
    named: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of(self, document: Document) -> str:
        """The account that an object's counterpart is in."""
        return self.named.get((document.cluster, document.namespace), self.default)


def owners(tree: Iterable[Document], default: str) -> Owners:
    """What the namespaces of the tree say."""
    spaces = (document for document in tree if document.kind == "Namespace" and OWNER in document.annotations)
    return Owners(default, {(space.cluster, space.name): str(space.annotations[OWNER]) for space in spaces})
