"""Whose folders are looked at in full, when most are filled in from the same mould.

A folder that is byte for byte what its mould gives differs from others of its class in names only, so that what is
found of some of them holds for all. In full are looked at: every folder that is otherwise; of each class the shortest
and longest ids and one of each shape (what patterns and limits can tell apart), at least two (for what one tenant may
do to another); and every tenant that is named where the tree is not as rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from strangler.model import Finding
from strangler.plan.platform import Tenant
from strangler_deploy.checks.stale import stale
from strangler_deploy.mould import Moulds
from strangler_deploy.parts import forked
from strangler_deploy.source import Tree

_WORTH_A_PROCESS = 100
_NAME = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")


@dataclass
class Compared:
    """What the tree is against what the plan renders.

    ``cast`` are the tenants whose folders are as their mould gives them, ``others`` the rest with their files;
    ``changed`` is every line that a render would not have.
    """

    cast: list[str] = field(default_factory=list)
    others: dict[str, dict[str, str]] = field(default_factory=dict)
    stale: list[Finding] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    files: int = 0

    def add(self, actual: Mapping[str, str], rendered: Mapping[str, str]) -> None:
        """Take in a folder."""
        self.files += len(actual)
        if actual == rendered:
            return
        self.stale += stale(actual, rendered)
        for path, text in actual.items():
            known = set(rendered.get(path, "").splitlines())
            self.changed += [path] if path not in rendered else []
            self.changed += [line for line in text.splitlines() if line not in known]

    def join(self, other: Compared) -> None:
        """Take in what another process has compared."""
        self.cast += other.cast
        self.others.update(other.others)
        self.stale += other.stale
        self.changed += other.changed
        self.files += other.files


def compared(tree: Tree, moulds: Moulds, tenants: Mapping[str, Tenant], processes: int) -> Compared:
    """Hold every tenant's folder against what it should be."""
    for members in moulds.classes.values():
        moulds.of(members[0].id)  # made here, for all processes
    every = sorted(tenants)
    count = max(1, min(processes, len(every) // _WORTH_A_PROCESS))
    shares = [every[number::count] for number in range(count)]
    result = Compared()
    for part in forked(lambda share: _compared(tree, moulds, share), shares, processes):
        result.join(part)
    for stranger in sorted(set(tree.tenants()) - set(tenants)):
        files = tree.folder(stranger)
        result.add(files, {})
        result.others[stranger] = files
    return result


def _compared(tree: Tree, moulds: Moulds, tenants: Iterable[str]) -> Compared:
    result = Compared()
    for tenant in tenants:
        actual, rendered = tree.folder(tenant), moulds.files(tenant)
        result.add(actual, rendered)
        if actual == rendered and moulds.of(tenant):
            result.cast.append(tenant)
        else:
            result.others[tenant] = actual
    return result


@dataclass(frozen=True, slots=True)
class Example:
    """A tenant that is looked at for others: of which class it is, and how many others are not looked at."""

    kind: int
    others: int


@dataclass(frozen=True)
class Sample:
    """Whom to look at: tenants by id with their files, and which of them are examples."""

    folders: Mapping[str, Mapping[str, str]]
    examples: Mapping[str, Example]


def sample(found: Compared, shared: Mapping[str, str], moulds: Moulds, tenants: Mapping[str, Tenant]) -> Sample:
    """Choose the tenants that are looked at in full."""
    examples: dict[str, Example] = {}
    cast = set(found.cast)
    wanted = _mentioned(cast, found.changed, shared, moulds, tenants)
    for kind, members in enumerate(moulds.classes.values()):
        alike = sorted((tenant.id for tenant in members if tenant.id in cast), key=lambda id_: (len(id_), id_))
        chosen = _examples(alike)
        wanted |= chosen
        others = len(alike) - len(wanted.intersection(alike))
        examples.update(dict.fromkeys(chosen, Example(kind, others)))
    folders = {**found.others, **{id_: moulds.files(id_) for id_ in wanted}}
    return Sample(dict(sorted(folders.items())), examples)


def _examples(alike: list[str]) -> set[str]:
    """Of tenants that differ in their ids only: the first two, the longest, and one of each shape."""
    shapes: dict[object, str] = {}
    for id_ in alike:
        shapes.setdefault((id_[0].isdigit(), any(map(str.isdigit, id_)), "--" in id_), id_)
    return {*alike[:2], *alike[-1:], *shapes.values()}


def _mentioned(
    cast: set[str], changed: list[str], shared: Mapping[str, str], moulds: Moulds, tenants: Mapping[str, Tenant]
) -> set[str]:
    """The tenants that something names which is not in their own folder, or not as rendered."""
    words = {word for text in shared.values() for word in _NAME.findall(text)}
    found = cast & words
    text = "\n".join(changed)
    if text:
        for id_ in cast - found:
            mould = moulds.of(id_)
            if mould and any(name in text for name in mould.names(tenants[id_])):
                found.add(id_)
    return found


def told(findings: Iterable[Finding], examples: Mapping[str, Example]) -> Iterator[Finding]:
    """The findings; those about an example once for its class, with the number of tenants that it stands for."""
    seen: set[tuple[object, ...]] = set()
    for finding in sorted(findings, key=lambda finding: finding.order):
        place = finding.location.path if finding.location else ""
        texts = (finding.message, place, finding.hint)
        about = max((id_ for id_ in examples if any(id_ in text for text in texts)), key=len, default="")
        example = examples.get(about)
        if example is None or not example.others:
            yield finding
            continue
        key = (example.kind, finding.rule, *(text.replace(about, "\0") for text in texts))
        if key not in seen:
            seen.add(key)
            more = f" (and so for {example.others} more that are declared alike)"
            yield replace(finding, message=finding.message + more)
