"""Databases: an instance's id is not known beforehand, so that tenants are told apart by the user they sign in as."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from strangler.model import Finding
from strangler_deploy.documents import Document
from strangler_deploy.iam.declared import User
from strangler_deploy.iam.evaluate import Identity, Request, context_of, decide
from strangler_deploy.iam.patterns import is_action, resolve

_ACTION = "rds-db:connect"
_SERVICE = "arn:aws:rds-db:"


def logins(subjects: Sequence[tuple[User, Identity, Document]]) -> Iterator[Finding]:
    """A finding where two tenants may sign in as one user, or a tenant as any."""
    owners: dict[str, set[str]] = defaultdict(set)
    for user, identity, _ in subjects:
        for pattern in _patterns(identity):
            if "*" not in _name(pattern):
                owners[_name(pattern)].add(_whose(user))
    for user, identity, document in subjects:
        mine = _whose(user)
        for pattern in _patterns(identity):
            name = _name(pattern)
            others = [n for n, whose in owners.items() if whose != {mine}] if "*" in name else [name]
            for other in others:
                if owners[other] - {mine} and _may_sign_in(identity, pattern, other):
                    message = f"{user.cluster}/{user.namespace}/{user.service} may sign in to databases as '{other}', "
                    message += f"who is also of {', '.join(sorted(owners[other] - {mine}))}"
                    hint = "give every tenant's service a database user of its own"
                    yield Finding("IAM-CROSS", message, document.location, hint)
                    break


def _whose(user: User) -> str:
    """Whose a database user is: the databases of a pool are shared as a whole, and so are those who sign in to them."""
    return user.pool or user.tenant or user.namespace


def _patterns(identity: Identity) -> Iterator[str]:
    context = context_of(identity, Request(_ACTION, ""))
    for policy in identity.policies:
        for statement in policy.statements:
            if statement.effect == "Allow" and any(is_action(p, _ACTION) for p in statement.actions or ()):
                for pattern in statement.resources or ():
                    resolved = resolve(pattern, context) if policy.variables else pattern
                    if resolved is not None:
                        yield resolved.replace("\0", "")


def _name(pattern: str) -> str:
    return pattern.rpartition("/")[2] if pattern.startswith(_SERVICE) and "/" in pattern else "*"


def _may_sign_in(identity: Identity, pattern: str, user: str) -> bool:
    parts = pattern.split(":", 5) if pattern.startswith(_SERVICE) else []
    place = parts[3:5] if len(parts) == 6 else ["any-region", identity.account]
    place = [text if "*" not in text else "any" for text in place]
    arn = f"{_SERVICE}{place[0]}:{identity.account}:dbuser:db-unknown/{user}"
    return decide(identity, Request(_ACTION, arn)).allowed
