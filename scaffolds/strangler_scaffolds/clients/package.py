"""The files of a client package."""

from __future__ import annotations

import itertools
import pprint
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from strangler_scaffolds.clients.contract import contract_of
from strangler_scaffolds.clients.signature import annotation_names, stub
from strangler_scaffolds.entries import Entry
from strangler_scaffolds.territory import Territory, parents

HEADER = "# Written by `strangler extract`; it is written anew each time, so change the plan instead.\n"


@dataclass(frozen=True)
class Client:
    """A client package: its import name in the monolith, its files, and which module stands in for which."""

    package: str
    files: Mapping[str, str]
    mirrors: Mapping[str, str]


def client_of(territory: Territory, entries: Sequence[Entry], package: str) -> Client:
    """Write the client of a service as a package that is imported as ``package``."""
    base = _common_package([entry.module for entry in entries] or sorted(territory.moved))
    modules = {entry.module for entry in entries}
    around = {parent for module in modules for parent in parents(module) if _within(parent, base)}
    mirrors = {module: _mirror(module, base, package) for module in sorted(modules | around | {base})}
    written = runtime_files("_runtime/")
    written["_contract.py"] = f"{HEADER}CONTRACT = {pprint.pformat(contract_of(territory, entries), width=110)}\n"
    written["py.typed"] = ""
    written["_binding.py"] = _BINDING
    written["__init__.py"] = _module(base, mirrors, entries, territory)
    packages = {parent for module in mirrors for parent in parents(module) if parent in mirrors and parent != base}
    for module in sorted(set(mirrors) - {base}):
        path = module[len(base) + 1 :].replace(".", "/")
        name = f"{path}/__init__.py" if module in packages else f"{path}.py"
        written[name] = _module(module, mirrors, entries, territory)
    known = {module: mirror for module, mirror in mirrors.items() if module in territory.moved}
    return Client(package, written, known)


def runtime_files(prefix: str) -> dict[str, str]:
    """The run-time library, by path below ``prefix``."""
    folder = files("strangler_scaffolds") / "runtime"
    found = {item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".py")}
    return {prefix + name: found[name] for name in sorted(found)}


def _common_package(modules: Sequence[str]) -> str:
    """The innermost package around all of ``modules``, or their common top-level name."""
    split = [module.split(".")[:-1] or module.split(".") for module in modules]
    common = itertools.takewhile(lambda names: len(set(names)) == 1, zip(*split, strict=False))
    return ".".join(names[0] for names in common) or modules[0].partition(".")[0]


def _within(module: str, base: str) -> bool:
    return module == base or module.startswith(base + ".")


def _mirror(module: str, base: str, package: str) -> str:
    return package + module[len(base) :]


_BINDING = (
    HEADER
    + '''"""The one client object that the modules of this package share."""

from __future__ import annotations

from ._contract import CONTRACT
from ._runtime.client import Client

client = Client(CONTRACT)
'''
)


def _module(module: str, mirrors: Mapping[str, str], entries: Sequence[Entry], territory: Territory) -> str:
    own = [entry for entry in entries if entry.module == module]
    inner = sorted(name.rpartition(".")[2] for name in mirrors if name.rpartition(".")[0] == module)
    base = min(mirrors, key=len)
    depth = module.count(".") - base.count(".") + (1 if inner or module == base else 0)
    dots = "." * max(depth, 1)
    parts = [HEADER, f'"""Stands in for `{module}`: its functions go where the service is."""\n\n']
    parts.append("from __future__ import annotations\n\nfrom typing import TYPE_CHECKING, Any\n\n")
    parts.append(f"from {dots}_binding import client as _client\n")
    names = annotation_names(entry.function for entry in own)
    if names:
        parts.append(f"\nif TYPE_CHECKING:\n    from {module} import {', '.join(names)}\n")
    if module in territory.moved:
        parts.append(f'\n_local = _client.local("{module}")\n')
    parts.append(_fallback(module, inner, module in territory.moved))
    parts += [f'\n\n@_client.entry("{entry.ref}")\n{stub(entry.function, entry.name)}' for entry in own]
    return "".join(parts)


def _fallback(module: str, inner: Sequence[str], is_moved: bool) -> str:
    """What gives the names that are no function of the contract: sub-modules, classes, constants."""
    lines = ["", "", "def __getattr__(name: str) -> Any:"]
    if inner:
        lines += [f"    if name in {tuple(inner)!r}:", "        import importlib", ""]
        lines.append('        return importlib.import_module(f"{__name__}.{name}")')
    lines.append(f'    return _client.attribute("{module}", name)' if is_moved else "    raise AttributeError(name)")
    return "\n".join(lines) + "\n"
