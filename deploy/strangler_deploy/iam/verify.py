"""The matrix: every identity against every resource that any of its statements can reach, action by action."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from strangler.model import Finding, Location
from strangler.plan.platform import Data, Tenant
from strangler_deploy.documents import Document
from strangler_deploy.estate import Estate
from strangler_deploy.iam.actions import STORES
from strangler_deploy.iam.declared import Served, User, declared, served_in
from strangler_deploy.iam.documents import Statement
from strangler_deploy.iam.evaluate import Identity, Request, context_of, decide
from strangler_deploy.iam.identities import PodIdentity, pods, roles
from strangler_deploy.iam.logins import logins
from strangler_deploy.iam.owners import owners
from strangler_deploy.iam.patterns import Context, is_action, prefix, resolve
from strangler_deploy.iam.provisioners import Provisioner, provisioners
from strangler_deploy.iam.resources import Resource, request, resources
from strangler_deploy.iam.sessions import SessionRole, Takers, may_take, session_roles

_STRANGER = "another-tenant"
_WITHOUT_KEYS = frozenset({"dynamodb:Scan", "dynamodb:PartiQLSelect"})


@dataclass(frozen=True, slots=True)
class Subject:
    """An identity, and for whom it works; ``tenant`` "" is a pool's pod before it took anybody's part."""

    user: User
    identity: Identity
    document: Document

    def __str__(self) -> str:
        whose = f" for {self.user.tenant}" if self.user.tenant else ""
        return f"{self.user.cluster}/{self.user.namespace}/{self.user.service}{whose}"


def findings(documents: Sequence[Document], estate: Estate, tenants: Mapping[str, Tenant]) -> Iterator[Finding]:
    """Every difference between what AWS would allow and what the plan declares."""
    accounts = owners(documents, estate.control.account)
    reader = roles(documents, accounts)
    identities = pods(documents, reader)
    served = served_in(estate, tenants)
    sessions = list(session_roles(reader, identities))
    subjects = list(_subjects(identities, sessions, served))
    index = _Index(list(resources(documents, accounts, estate.control.region)))
    wanted = declared(estate, tenants)
    makers = list(provisioners(documents, reader))
    yield from reader.findings
    yield from _sessions(identities, sessions)
    yield from _absent(subjects, wanted)
    for subject in subjects:
        yield from _of(subject, wanted.get(subject.user, {}), index)
    yield from _provisioned(makers, index)
    yield from logins([(s.user, s.identity, s.document) for s in subjects])


def _subjects(
    identities: Sequence[PodIdentity], sessions: Sequence[SessionRole], served: Mapping[tuple[str, str], Served]
) -> Iterator[Subject]:
    by_role = _takers(identities, sessions)
    for pod in identities:
        here = served.get((pod.cluster, pod.namespace), Served())
        alone = here.tenants[0] if len(here.tenants) == 1 and not here.pool else ""
        user = User(pod.cluster, pod.namespace, pod.service_account, alone)
        yield Subject(user, pod.identity, pod.document)
        for role in by_role.get(pod.identity.role, []):
            for tenant in here.tenants:
                if may_take(pod.identity, role, {"tenant": tenant}):
                    yield Subject(replace(user, tenant=tenant, pool=here.pool), role.session(tenant), role.document)


def _takers(identities: Sequence[PodIdentity], sessions: Sequence[SessionRole]) -> dict[str, list[SessionRole]]:
    found: dict[str, list[SessionRole]] = defaultdict(list)
    takers = Takers(identities)
    for role in sessions:
        for pod in takers.of(role, {"tenant": _STRANGER}):
            found[pod.identity.role].append(role)
    return found


def _sessions(identities: Sequence[PodIdentity], sessions: Sequence[SessionRole]) -> Iterator[Finding]:
    """A role that works for one tenant at a time must be told for which, and be taken by its own service alone."""
    takers = Takers(identities)
    for role in sessions:
        if role.document.labels.get("strangler/role") != "tenant-session":
            continue
        own = role.document.labels.get("app.kubernetes.io/name")
        for pod in takers.of(role, {}):
            message = f"{pod} may take {role.document} without saying for which tenant"
            hint = 'add the condition Null: {"aws:RequestTag/tenant": "false"} to its trust'
            yield Finding("IAM-SESSION", message, role.document.location, hint)
        for pod in takers.of(role, {"tenant": _STRANGER}):
            if pod.service_account != own:
                message = f"{pod} may take {role.document}, which is of service '{own}'"
                yield Finding("IAM-SESSION", message, role.document.location, "trust the role of that service alone")


def _absent(subjects: Iterable[Subject], wanted: Mapping[User, Mapping[str, Data]]) -> Iterator[Finding]:
    present = {subject.user for subject in subjects}
    for user in sorted(
        set(wanted) - present, key=lambda user: (user.cluster, user.namespace, user.service, user.tenant)
    ):
        message = f"service '{user.service}' has no AWS identity for tenant '{user.tenant}', although it uses data"
        hint = "it needs a role and an association; in a pool, data is reached only where it says pooled: true"
        yield Finding("IAM-MISSING", message, Location("strangler.yaml platform.workloads." + user.service), hint)


class _Index:
    """Resources by ARN and by tag, so that an identity is asked only about what its statements can mean."""

    def __init__(self, every: Sequence[Resource]) -> None:
        self.every = every
        arns = sorted((arn, n) for n, r in enumerate(every) for arn in {r.arn, r.inside.partition("{")[0]})
        self._arns = [arn for arn, _ in arns]
        self._numbers = [number for _, number in arns]
        self._by_tag: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._by_data: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._open = [n for n, r in enumerate(every) if r.policy is not None]
        for number, resource in enumerate(every):
            self._by_data[resource.tenant, resource.data].append(number)
            for key, value in resource.tags.items():
                self._by_tag[key.lower(), value].add(number)

    def candidates(self, subject: Subject, names: Iterable[str]) -> set[int]:
        """What the identity might reach, and what it should: the data of those names."""
        found = self.reached(subject.identity)
        for name in names:
            found.update(self._by_data.get((subject.user.tenant, name), ()))
            found.update(self._by_data.get(("", name), ()))
        return found

    def reached(self, identity: Identity) -> set[int]:
        """What the identity might reach by its own statements, or by a resource's policy."""
        found = set(self._open)
        context = context_of(identity, _NOTHING)
        for policy in identity.policies:
            for statement in policy.statements:
                if statement.effect == "Allow" and _is_asked(statement.actions):
                    found |= self._reached(statement, context)
        return found

    def _reached(self, statement: Statement, context: Context) -> set[int]:
        if statement.resources is None:
            return set(range(len(self.every)))
        found: set[int] = set()
        tagged = self._tagged(statement, context)
        for pattern in statement.resources:
            start = prefix((resolve(pattern, context) or "").replace("\0", ""))
            if tagged is not None:
                found |= {n for n in tagged if self.every[n].arn.startswith(start)}
            else:
                first = bisect.bisect_left(self._arns, start)
                last = bisect.bisect_right(self._arns, start + "\uffff")
                found.update(self._numbers[first:last])
                found.update(self._holding(start))
        return found

    def _holding(self, start: str) -> Iterator[int]:
        """Buckets of which the pattern names a part."""
        bucket, slash, _ = start.partition("/")
        if slash and bucket.startswith("arn:aws:s3:::"):
            first = bisect.bisect_left(self._arns, bucket)
            while first < len(self._arns) and self._arns[first].startswith(bucket):
                yield self._numbers[first]
                first += 1

    def _tagged(self, statement: Statement, context: Context) -> set[int] | None:
        for condition in statement.conditions:
            plain = condition.operator == "StringEquals" and not condition.if_exists and not condition.quantifier
            if plain and condition.key.startswith("aws:resourcetag/"):
                key = condition.key.partition("/")[2]
                values = (resolve(value, context) for value in condition.values)
                return {n for v in values if v is not None for n in self._by_tag.get((key, v.replace("\0", "")), ())}
        return None


_NOTHING = Request("", "")


@lru_cache(maxsize=4096)
def _is_asked(patterns: tuple[str, ...] | None) -> bool:
    """Whether a statement is about anything that the proof asks for; it may name what reads no data, on everything."""
    if patterns is None:
        return True
    every = {action for store in STORES.values() for action in store.every}
    return any(is_action(pattern, action) for pattern in patterns for action in every)


def _of(subject: Subject, uses: Mapping[str, Data], index: _Index) -> Iterator[Finding]:
    for number in sorted(index.candidates(subject, uses)):
        resource = index.every[number]
        yield from _pair(subject, resource, uses.get(resource.data) if _is_own(subject, resource) else None)


def _is_own(subject: Subject, resource: Resource) -> bool:
    """Whether a resource is the tenant's, or of the pool that it is in."""
    if resource.tenant:
        return resource.tenant == subject.user.tenant
    return bool(subject.user.tenant) and resource.document.namespace == subject.user.pool


def _pair(subject: Subject, resource: Resource, data: Data | None) -> Iterator[Finding]:
    store = STORES[resource.store]
    allowed_actions = store.of(data.access) if data else frozenset()
    required = {a for verb in data.access for a in store.access.get(verb, ())} if data else set()
    told: set[str] = set()
    for action in store.every:
        inside = action in store.inside
        for keys in _keys(subject, resource, action):
            wanted = action in allowed_actions and (bool(resource.tenant) or keys == (subject.user.tenant,))
            decision = decide(subject.identity, request(resource, action, keys, inside), resource.policy)
            if decision.allowed and not wanted:
                yield from _once(told, "more", _too_much(subject, resource, action, keys, decision.reason))
            elif wanted and action in required and not decision.allowed:
                yield from _once(told, "less", _too_little(subject, resource, action, decision.reason))


def _provisioned(every: Sequence[Provisioner], index: _Index) -> Iterator[Finding]:
    """What ACK makes for one namespace it must not touch for another."""
    for one in every:
        for number in sorted(index.reached(one.identity)):
            resource = index.every[number]
            if one.serves(resource.document):
                continue
            for action in STORES[resource.store].every:
                asked = request(resource, action, None, action in STORES[resource.store].inside)
                if decide(one.identity, asked, resource.policy).allowed:
                    message = f"what {one.document} lets ACK do for its namespace goes as far as {action} on {resource}"
                    hint = "name the tenant's own resources, or hold the statement to its tag"
                    yield Finding("IAM-CROSS", message, one.document.location, hint)
                    break


def _once(told: set[str], what: str, finding: Finding) -> Iterator[Finding]:
    """One finding of each kind for a pair says enough."""
    if what not in told:
        told.add(what)
        yield finding


def _keys(subject: Subject, resource: Resource, action: str) -> list[tuple[str, ...] | None]:
    """The parts of a pool that are reached for: one's own, another's, both, and no part in particular."""
    if resource.tenant or resource.store not in ("dynamodb", "s3"):
        return [None] if resource.tenant else [(subject.user.tenant,)]
    if action in _WITHOUT_KEYS or action in STORES[resource.store].administration:
        return [None]
    own = subject.user.tenant or "nobody"
    both: list[tuple[str, ...] | None] = [(own, _STRANGER), None] if resource.store == "dynamodb" else [None]
    return [(own,), (_STRANGER,), *both]


def _too_much(subject: Subject, resource: Resource, action: str, keys: object, reason: str) -> Finding:
    tenant = resource.tenant
    if tenant and tenant != subject.user.tenant:
        rule, whose = "IAM-CROSS", f"of tenant '{tenant}'"
    elif not tenant and keys != (subject.user.tenant,):
        rule, whose = "IAM-CROSS", "of a pool, beyond its tenant's part"
    else:
        rule, whose = "IAM-BEYOND", "beyond what is declared"
    message = f"{subject} may {action} on {resource} {whose}: {reason}"
    return Finding(rule, message, subject.document.location, "narrow action, resource or condition of that statement")


def _too_little(subject: Subject, resource: Resource, action: str, reason: str) -> Finding:
    message = f"{subject} may not {action} on {resource}, as declared: {reason}"
    hint = "s3:ListBucket is of the bucket, objects are of its /*; a tag or key that is missing matches nothing"
    return Finding("IAM-MISSING", message, resource.document.location, hint)
