"""Decides one request as IAM does inside an account (and, stricter, across accounts).

Source of the order: "Policy evaluation logic" of the IAM user guide. Left out, because nothing we emit uses them:
service control policies and VPC endpoint policies (both can only take away).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from strangler_deploy.iam.conditions import holds
from strangler_deploy.iam.documents import Policy, Statement
from strangler_deploy.iam.patterns import Context, is_action, is_arn, resolve


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a role's session with everything that grants to it or limits it.

    ``boundary`` and ``session`` are None where there is none, which limits nothing.
    """

    role: str
    session_arn: str
    policies: tuple[Policy, ...]
    boundary: Policy | None = None
    session: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    service: str = ""

    @property
    def account(self) -> str:
        """The account of the role."""
        return account_of(self.role)


@dataclass(frozen=True, slots=True)
class Request:
    """One action on one resource; ``context`` holds what the identity's tags do not say."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)
    owner: str = ""
    """The account of the resource, where its ARN does not say (S3)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and the one reason for it, in words."""

    allowed: bool
    reason: str


def account_of(arn: str) -> str:
    """The account in an ARN; "" if there is none."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 else ""


def decide(identity: Identity, request: Request, resource_policy: Policy | None = None) -> Decision:
    """Whether ``identity`` may do what ``request`` says."""
    context = context_of(identity, request)
    every = [*identity.policies, identity.boundary, identity.session, resource_policy]
    denial = _first(filter(None, every), "Deny", identity, request, context)
    if denial:
        return Decision(False, f"denied by {denial}")
    granted = _first(identity.policies, "Allow", identity, request, context)
    limit = _limit(identity, request, context)
    by_resource = _granted_by_resource(resource_policy, identity, request, context)
    if by_resource == "session" and _same_account(identity, request):
        return Decision(True, "the resource's policy names the session")
    if limit:
        return Decision(False, limit)
    return _without_limits(granted, bool(by_resource), _same_account(identity, request))


def _without_limits(granted: str, by_resource: bool, same_account: bool) -> Decision:
    if not same_account:
        both = bool(granted) and by_resource
        return Decision(both, "granted on both sides" if both else "another account: both sides must grant it")
    if granted:
        return Decision(True, f"allowed by {granted}")
    return Decision(by_resource, "allowed by the resource's policy" if by_resource else "nothing allows it")


def _limit(identity: Identity, request: Request, context: Context) -> str:
    for name, policy in (("permission boundary", identity.boundary), ("session policy", identity.session)):
        if policy is not None and not _first([policy], "Allow", identity, request, context):
            return f"the {name} does not allow it"
    return ""


def _granted_by_resource(policy: Policy | None, identity: Identity, request: Request, context: Context) -> str:
    """How the resource's policy grants it: to the "session", to the "role" (or anybody), or "" not at all."""
    found = ""
    for statement in policy.statements if policy else ():
        if statement.effect != "Allow" or not applies(statement, request, context, policy is None or policy.variables):
            continue
        kind = _named(statement, identity)
        if kind == "session":
            return kind
        found = found or kind
    return found


def _named(statement: Statement, identity: Identity) -> str:
    """As what a statement's principals name the identity; the account's root only hands the matter to IAM."""
    if statement.not_principals is not None:
        return "" if _is_named(statement.not_principals, identity) else "role"
    names = (statement.principals or {}).get("AWS", ())
    if identity.session_arn in names:
        return "session"
    return "role" if _is_named(statement.principals or {}, identity) else ""


def _is_named(principals: Mapping[str, tuple[str, ...]], identity: Identity) -> bool:
    if identity.service and identity.service in principals.get("Service", ()):
        return True
    return any(name in ("*", identity.role, identity.session_arn) for name in principals.get("AWS", ()))


def _same_account(identity: Identity, request: Request) -> bool:
    owner = request.owner or account_of(request.resource)
    return owner in ("", identity.account)


def context_of(identity: Identity, request: Request) -> Context:
    """All keys of a request: those of its caller and its own."""
    tags = {f"aws:principaltag/{key.lower()}": (value,) for key, value in identity.tags.items()}
    caller = {"aws:principalarn": (identity.role,), "aws:principalaccount": (identity.account,)}
    return {**tags, **caller, **request.context}


def _first(policies: Iterable[Policy], effect: str, identity: Identity, request: Request, context: Context) -> str:
    for policy in policies:
        for number, statement in enumerate(policy.statements, 1):
            concerned = statement.effect == effect and _concerns(statement, identity, effect)
            if concerned and applies(statement, request, context, policy.variables):
                return f"statement {statement.sid or number}"
    return ""


def _concerns(statement: Statement, identity: Identity, effect: str) -> bool:
    """An identity's own policies name nobody; a resource's policy must name the identity (or its account, to deny)."""
    if statement.not_principals is not None:
        return not _is_named(statement.not_principals, identity)
    if statement.principals is None:
        return True
    root = {identity.account, f"arn:aws:iam::{identity.account}:root"}
    of_account = effect == "Deny" and bool(root & set(statement.principals.get("AWS", ())))
    return of_account or _is_named(statement.principals, identity)


def applies(statement: Statement, request: Request, context: Context, variables: bool = True) -> bool:
    """Whether action, resource and conditions of ``statement`` fit the request; its principals are not looked at."""
    return (
        _action_fits(statement, request.action)
        and _resource_fits(statement, request.resource, context, variables)
        and all(holds(condition, context, variables) for condition in statement.conditions)
    )


def _action_fits(statement: Statement, action: str) -> bool:
    if statement.not_actions is not None:
        return not any(is_action(pattern, action) for pattern in statement.not_actions)
    return any(is_action(pattern, action) for pattern in statement.actions or ())


def _resource_fits(statement: Statement, arn: str, context: Context, variables: bool) -> bool:
    written = statement.resources if statement.not_resources is None else statement.not_resources
    if written is None:
        return True  # a trust policy: the role itself is the resource
    resolved = (resolve(pattern, context) if variables else pattern for pattern in written)
    found = any(pattern is not None and is_arn(pattern, arn) for pattern in resolved)
    return found if statement.not_resources is None else not found
