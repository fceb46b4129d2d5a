"""A pool's services work for one tenant at a time: they take a second role, with that tenant as a tag."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from strangler_deploy.documents import Document
from strangler_deploy.iam.documents import Policy, Statement
from strangler_deploy.iam.evaluate import Identity, Request, applies, context_of, decide
from strangler_deploy.iam.identities import PodIdentity, Roles
from strangler_deploy.iam.patterns import is_action

TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class SessionRole:
    """A role that pods take by ``sts:AssumeRole``, and who may."""

    document: Document
    identity: Identity
    trust: Policy

    def session(self, tenant: str) -> Identity:
        """What a pod is after it took the role for ``tenant``."""
        return replace(self.identity, tags={**self.identity.tags, TENANT: tenant})


def session_roles(roles: Roles, pods: Sequence[PodIdentity]) -> Iterator[SessionRole]:
    """The roles of the tree that are no pod's own and trust some principal of AWS."""
    own = {pod.identity.role for pod in pods}
    for document, identity, trust in roles.taken_by_others():
        if identity.role not in own:
            yield SessionRole(document, identity, trust)


def may_take(pod: Identity, role: SessionRole, tags: Mapping[str, str]) -> bool:
    """Whether ``pod`` may take the role with these session tags: the role's trust must say so, in any case.

    Where it trusts the account as a whole, the pod's own policies must say so too.
    """
    actions = ["sts:AssumeRole", "sts:TagSession"] if tags else ["sts:AssumeRole"]
    context = {f"aws:requesttag/{key.lower()}": (value,) for key, value in tags.items()}
    return all(_is_let_in(pod, role, Request(action, role.identity.role, context)) for action in actions)


def _is_let_in(pod: Identity, role: SessionRole, request: Request) -> bool:
    context = context_of(pod, request)
    speaking = [s for s in role.trust.statements if applies(s, request, context) and _trusts(s, pod)]
    if not speaking or any(s.effect == "Deny" for s in speaking):
        return False
    return any(_names(s, pod) for s in speaking) or decide(pod, request).allowed


def _names(statement: Statement, pod: Identity) -> bool:
    """Whether the role itself is named, not just its account."""
    return any(name in ("*", pod.role, pod.session_arn) for name in (statement.principals or {}).get("AWS", ()))


def _trusts(statement: Statement, pod: Identity) -> bool:
    root = {pod.account, f"arn:aws:iam::{pod.account}:root"}
    return _names(statement, pod) or bool(root & set((statement.principals or {}).get("AWS", ())))


class Takers:
    """The pods, found by whom a role could let in, so that not every role is asked about every pod."""

    def __init__(self, pods: Sequence[PodIdentity]) -> None:
        self._pods = pods
        self._by_role = {pod.identity.role: pod for pod in pods}
        self._asking = [pod for pod in pods if any(_asks(s) for p in pod.identity.policies for s in p.statements)]

    def of(self, role: SessionRole, tags: Mapping[str, str]) -> list[PodIdentity]:
        """The pods that may take ``role`` with these tags."""
        return [pod for pod in self._candidates(role) if may_take(pod.identity, role, tags)]

    def _candidates(self, role: SessionRole) -> Iterable[PodIdentity]:
        names = {name for s in role.trust.statements for name in (s.principals or {}).get("AWS", ())}
        if "*" in names or any(":assumed-role/" in name for name in names):
            return self._pods
        named = [self._by_role[name] for name in sorted(names) if name in self._by_role]
        return {pod.identity.role: pod for pod in (*self._asking, *named)}.values()


def _asks(statement: Statement) -> bool:
    """Whether a pod's own statement may let it take some role."""
    patterns = statement.actions
    return statement.effect == "Allow" and (patterns is None or any(is_action(p, "sts:AssumeRole") for p in patterns))
