"""From analysis and plan to everything an extraction writes, as one value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from strangler.analysis import Analysis
from strangler.model import Finding
from strangler.plan import Plan
from strangler_scaffolds.alembic_ini import environments, migrations
from strangler_scaffolds.clients import Client, client_of, contract_of
from strangler_scaffolds.clients.package import HEADER
from strangler_scaffolds.crossings import crossings_of, cut_hooks, judged
from strangler_scaffolds.datafiles import data_files, names_in
from strangler_scaffolds.django_project import stand_in
from strangler_scaffolds.entries import CallGraph, Entry
from strangler_scaffolds.hosting import Cut, Host, cut_down, find_host, lost_host
from strangler_scaffolds.links import links_elsewhere
from strangler_scaffolds.migration_imports import missed, scripts_among
from strangler_scaffolds.moved_tests import MovedTests, choose
from strangler_scaffolds.openapi import describe
from strangler_scaffolds.rewriting import Move, StandIn, rewrite_imports, rewrite_strings
from strangler_scaffolds.rewriting.splice import parse
from strangler_scaffolds.seen import recall
from strangler_scaffolds.services import Blueprint, Needs, needs_of, package_of, service_files
from strangler_scaffolds.services.contracts import examples
from strangler_scaffolds.sources import Sources, decode
from strangler_scaffolds.territory import Territory, parents, survey
from strangler_scaffolds.through import CLIENTS, clients_used, through_clients


@dataclass(frozen=True)
class Edit:
    """A file of the monolith before and after; ``before`` is None for a new one."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True)
class Extraction:
    """One service taken out: its own tree, the changes in the monolith, and what a person must know.

    ``steps`` are the changes in the monolith in the order in which they can be committed one by one, each of which
    leaves it working: first the client package, then the call sites.
    """

    service: str
    tree: Mapping[str, bytes]
    steps: tuple[tuple[str, tuple[Edit, ...]], ...]
    findings: tuple[Finding, ...]
    entries: tuple[Entry, ...]
    origin: Mapping[str, str]
    tests: MovedTests = field(default_factory=MovedTests)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All changes in the monolith."""
        return tuple(edit for _, edits in self.steps for edit in edits)

    @property
    def data(self) -> dict[str, int]:
        """The files taken along that are no code, by their path below the source root: their size in bytes."""
        domain = f"{package_of(self.service)}/domain"
        taken = [path for path, origin in self.origin.items() if origin in ("data", "rewritten")]
        return {path: len(self.tree[f"{domain}/{path}"]) for path in sorted(taken)}


def extract_service(analysis: Analysis, plan: Plan, name: str, sources: Sources) -> Extraction:
    """Work out the extraction of a service; nothing is written.

    Raises:
        StranglerError: the plan has no such service, it has no modules, or a source file cannot be read or parsed.
    """
    used, analysis = clients_used(analysis), through_clients(analysis)
    host = find_host(survey(analysis, plan, name), sources)
    territory = survey(analysis, plan, name, hosts=host.chain if host else (), parts=host.parts if host else ())
    graph = CallGraph(territory, recall(sources))
    findings = [found.finding for found in crossings_of(territory, graph)]
    client = client_of(territory, graph.entries, _client_package(territory, sources), graph.objects.by_ref)
    partial = _partial(territory, host)
    monolith, sources = sources, direct(sources, territory, partial, client)
    stands_in = stand_in(package_of(name)) if host is not None and host.framework == "django" else None
    code = _code(territory, partial, sources, stands_in)
    scripts = scripts_among(territory, code.taken("data"), lambda path: _below_root(territory, path))
    if scripts:
        hosts = (*(host.chain if host else ()), *scripts)
        grown = survey(analysis, plan, name, hosts=hosts, parts=host.parts if host else ())
        partial = _partial(grown, host)
        sources = direct(monolith, grown, partial, client)
        code = _code(grown, partial, sources, stands_in)
        findings += missed(grown, {*scripts, *(grown.shared - territory.shared)}, {*code.modules, *scripts})
        territory = grown
    findings += [*_lost_hooks(territory, code), *lost_host(host, code.cuts, monolith)]
    domain, origin = code.domain, code.origin
    for path, data in _other_clients(territory, used, client, sources).items():
        domain[_below_root(territory, path)], origin[_below_root(territory, path)] = data, "client"
    tests = choose(territory, sources, code.cuts, plan.monolith.test or "")
    tree = service_files(_blueprint(territory, graph, host, domain, origin, client, sources, plan, tests))
    steps = _steps(territory, client, monolith)
    ordered = sorted([*findings, *code.findings], key=lambda finding: finding.order)
    return Extraction(name, tree, steps, tuple(ordered), graph.entries, origin, tests)


def _partial(territory: Territory, host: Host | None) -> set[str]:
    """The modules the service has in part: the way to the application, and packages around what it has."""
    partial = set(host.chain) if host else set()
    for name in territory.taken | partial:
        partial |= {parent for parent in parents(name) if parent in territory.modules}
    return partial - territory.taken


@dataclass(frozen=True)
class _Code:
    """The service's copy of code by path below its source root, where each file comes from, and what was cut."""

    domain: dict[str, bytes]
    origin: dict[str, str]
    cuts: list[Cut]
    findings: list[Finding]
    modules: frozenset[str]

    def taken(self, kind: str) -> list[str]:
        """The paths that come from there."""
        return [path for path, origin in self.origin.items() if origin == kind]


def _code(territory: Territory, partial: set[str], sources: Sources, stands_in: StandIn | None) -> _Code:
    cuts, findings = cut_down(territory, sources, partial, stands_in)
    domain, origin = _domain(territory, sources, cuts)
    modules = {*territory.taken, *(cut.module for cut in cuts)}
    return _Code(domain, origin, cuts, findings, frozenset(modules))


def _lost_hooks(territory: Territory, code: _Code) -> list[Finding]:
    """What is called around requests and was cut from the application."""
    left = {cut.module: parse(decode(cut.data, cut.path), cut.path) for cut in code.cuts}
    gone = {found.location for found in code.findings if found.rule == "HOST-CUT" and found.location}
    return [found.finding for found in judged(territory, cut_hooks(territory, left, gone))]


def _domain(territory: Territory, sources: Sources, cuts: Sequence[Cut]) -> tuple[dict[str, bytes], dict[str, str]]:
    """The service's copy of code by path below its source root, and where each file comes from."""
    domain: dict[str, bytes] = {}
    origin: dict[str, str] = {}
    for kind, names in (("moved", territory.moved), ("shared", territory.shared)):
        for name in sorted(names):
            path = territory.modules[name].path
            domain[_below_root(territory, path)] = sources.read(path)
            origin[_below_root(territory, path)] = kind
    for cut in cuts:
        domain[_below_root(territory, cut.path)] = cut.data
        origin[_below_root(territory, cut.path)] = "cut"
    data = {path: sources.read(path) for path in _data_files(territory, sources, domain, [cut.module for cut in cuts])}
    added = migrations(data, sources, lambda path: _below_root(territory, path))
    rewritten = {path for path, content in added.items() if path in data and data[path] != content}
    for path, content in sorted({**data, **added}.items()):
        place = _below_root(territory, path)
        if place not in domain:
            domain[place], origin[place] = content, "rewritten" if path in rewritten else "data"
    return domain, origin


def _other_clients(
    territory: Territory, used: Mapping[str, Iterable[str]], own: Client, sources: Sources
) -> dict[str, bytes]:
    """The clients of services that were taken out before, which code of this one calls through."""
    packages = {package for module in territory.taken for package in used.get(module, ())} - {own.package}
    folders = [_folder_of(territory, package) for package in sorted(packages)]
    found = {f"{folder.rpartition('/')[0]}/__init__.py" for folder in folders}
    found |= {path for folder in folders for path in sources.python_below(folder)}
    return {path: sources.read(path) for path in sorted(found)}


def _data_files(territory: Territory, sources: Sources, code: Mapping[str, bytes], partial: Sequence[str]) -> list[str]:
    modules = [territory.modules[name] for name in (*territory.moved, *territory.shared, *partial)]
    # Not only packages: a folder without __init__.py is imported from, and has data, just as well.
    folders = {module.path.rpartition("/")[0] for module in modules} - {"", *territory.analysis.source_roots}
    # A text of one source root names nothing beside the packages of another, from which nothing was taken.
    roots = sorted({_root_of(territory, module.path) or "." for module in modules})
    names = names_in(code)
    # Flask-Migrate's folder is named from that of the application.
    migrating = environments(sorted(folders), names, sources)
    return sorted({*data_files(sorted(folders), roots, names, sources), *migrating})


def _root_of(territory: Territory, path: str) -> str | None:
    roots = sorted((root for root in territory.analysis.source_roots if root != "."), key=len, reverse=True)
    return next((root for root in roots if path.startswith(f"{root}/")), None)


def _below_root(territory: Territory, path: str) -> str:
    root = _root_of(territory, path)
    return path[len(root) + 1 :] if root else path


def _client_package(territory: Territory, sources: Sources) -> str:
    """Where in the monolith the client is imported from: below the package that the seam lies in."""
    package = min(territory.moved).partition(".")[0]
    return f"{package}.{CLIENTS}.{territory.name.replace('-', '_')}"


def _blueprint(
    territory: Territory,
    graph: CallGraph,
    host: Host | None,
    domain: Mapping[str, bytes],
    origin: Mapping[str, str],
    client: Client,
    sources: Sources,
    plan: Plan,
    tests: MovedTests,
) -> Blueprint:
    internal = {name.partition(".")[0] for name in territory.modules}
    settings = [
        s.name for s in territory.analysis.settings if territory.taken & {ref.partition(":")[0] for ref in s.readers}
    ]
    return Blueprint(
        name=territory.name,
        contract=contract_of(territory, graph.entries),
        domain=domain,
        origin=origin,
        host=host,
        needs=_needs(territory, host, domain, tests, internal, sources),
        settings=tuple(sorted(set(settings))),
        openapi=describe(territory, graph),
        client_files=client.files,
        monolith=plan.monolith.name,
        packages=tuple(sorted(internal)),
        roots=tuple(sorted(("" if root == "." else f"{root}/" for root in territory.analysis.source_roots), key=len)),
        orms=tuple(sorted({model.orm for model in territory.analysis.models if model.module in territory.taken})),
        tests=tests,
        links=links_elsewhere(territory),
        samples=examples(graph, sources),
    )


def _needs(
    territory: Territory,
    host: Host | None,
    domain: Mapping[str, bytes],
    tests: MovedTests,
    internal: set[str],
    sources: Sources,
) -> Needs:
    settings = [territory.modules[name].path for name in (host.settings if host else ())]
    variants = [_below_root(territory, territory.modules[name].path) for name in (host.variants if host else ())]
    own = internal | {package_of(territory.name)}
    return needs_of(domain, tests.files, tests.plugins, own, sources, settings, variants)


def _steps(territory: Territory, client: Client, sources: Sources) -> tuple[tuple[str, tuple[Edit, ...]], ...]:
    folder = _folder_of(territory, client.package)
    added = {f"{folder}/{path}": text.encode() for path, text in client.files.items()}
    home = folder.rpartition("/")[0] + "/__init__.py"
    if not sources.exists(home):
        added[home] = f'{HEADER}"""Clients of the services that were taken out of this application."""\n'.encode()
    before = _former(folder, added, sources)
    package = tuple(
        Edit(path, before.get(path), data) for path, data in sorted(added.items()) if not _is_same(sources, path, data)
    )
    calls = tuple(_call_sites(territory, client, sources))
    return (("add the client package", package), ("call through the client", calls))


def _former(folder: str, added: Iterable[str], sources: Sources) -> dict[str, bytes]:
    """The files that an earlier extraction of this service wrote in the places of the new ones."""
    binding = f"{folder}/_binding.py"
    if not sources.exists(binding) or HEADER.encode() not in sources.read(binding):
        return {}
    return {path: sources.read(path) for path in added if sources.exists(path)}


def _is_same(sources: Sources, path: str, data: bytes) -> bool:
    return sources.exists(path) and sources.read(path) == data


def _folder_of(territory: Territory, package: str) -> str:
    top, _, rest = package.partition(".")
    inside = min((m.path for m in territory.analysis.modules if m.name.partition(".")[0] == top), key=len)
    root = inside[: inside.index(f"{top}/")] if f"{top}/" in inside else ""
    return f"{root}{top}/{rest.replace('.', '/')}"


def _call_sites(territory: Territory, client: Client, sources: Sources) -> list[Edit]:
    """Each module outside, or of the library, that imports one with entries, with its imports pointed at the client."""
    move = Move(client.mirrors, frozenset(territory.modules))
    edits = []
    for name in sorted(territory.modules):
        targets = {edge.target for edge in territory.imports.get(name, ())}
        stays = territory.calls_in(name) and not name.startswith(client.package)
        if not stays or not any(_touches(target, client.mirrors) for target in targets):
            continue
        module = territory.modules[name]
        before = sources.read(module.path)
        if not move.touches(before) and not any(named.encode() in before for named in client.names):
            continue
        text = decode(before, module.path)
        moved = rewrite_imports(text, move, module=name, is_package=module.package, path=module.path)
        after = rewrite_strings(moved, client.names, path=module.path).data
        if after != before:
            edits.append(Edit(module.path, before, after))
    return edits


def direct(sources: Sources, territory: Territory, partial: Iterable[str], client: Client) -> Sources:
    """The sources of the library, and of what the service has in part, with their calls of the seam direct again.

    An earlier extraction may have pointed them at the client.
    """
    back = Move({mirror: name for name, mirror in client.mirrors.items()}, frozenset(client.mirrors.values()))
    names = {there: here for here, there in client.names.items()}
    changed: dict[str, bytes] = {}
    for name in sorted({*territory.shared, *partial}):
        module = territory.modules[name]
        data = sources.read(module.path)
        if client.package.encode() in data:
            text = decode(data, module.path)
            text = rewrite_imports(text, back, module=name, is_package=module.package, path=module.path)
            changed[module.path] = rewrite_strings(text, names, path=module.path).data
    return Sources(sources.root, {**sources.overlay, **changed})


def _touches(target: str, mirrors: Mapping[str, str]) -> bool:
    return target in mirrors or any(mirror.startswith(target + ".") for mirror in mirrors)
