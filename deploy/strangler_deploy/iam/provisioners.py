"""What ACK may do for a namespace: the role that an IAMRoleSelector has it take there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from strangler.model import Finding
from strangler_deploy.documents import Document, mapping
from strangler_deploy.iam.evaluate import Identity
from strangler_deploy.iam.identities import Roles


@dataclass(frozen=True, slots=True)
class Provisioner:
    """The role that makes what some namespaces of a cluster ask for."""

    namespaces: frozenset[str]
    identity: Identity
    document: Document

    def serves(self, document: Document) -> bool:
        """Whether an object is one that it makes."""
        return document.cluster == self.document.cluster and document.namespace in self.namespaces


def provisioners(tree: Sequence[Document], reader: Roles) -> Iterator[Provisioner]:
    """Every role that ACK takes; one that is not in the tree becomes a finding."""
    for document in tree:
        if document.kind == "IAMRoleSelector":
            names = mapping(document.spec.get("namespaceSelector")).get("names") or ()
            role = reader.identity(str(document.spec.get("arn")), "ack")
            if role is not None:
                yield Provisioner(frozenset(map(str, names)), role, document)
            else:
                message = f"{document} names a role that is not in the tree: what ACK may do there cannot be proven"
                reader.findings.append(Finding("IAM-UNKNOWN", message, document.location, "declare the role beside it"))
