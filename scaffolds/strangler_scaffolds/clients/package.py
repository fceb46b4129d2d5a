"""The files of a client package."""

from __future__ import annotations

import itertools
import pprint
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from strangler_scaffolds.clients.contract import contract_of
from strangler_scaffolds.clients.signature import annotation_names, stub
from strangler_scaffolds.entries import Entry
from strangler_scaffolds.seam_objects import SeamObject
from strangler_scaffolds.territory import Territory, module_of, parents

HEADER = "# Written by `strangler extract`; it is written anew each time, so change the plan instead.\n"


@dataclass(frozen=True)
class Client:
    """A client package: its import name in the monolith, its files, and which module stands in for which.

    ``names`` are the objects that texts may name, and where they are named then.
    """

    package: str
    files: Mapping[str, str]
    mirrors: Mapping[str, str]
    names: Mapping[str, str]


def client_of(
    territory: Territory, entries: Sequence[Entry], package: str, objects: Mapping[str, SeamObject] | None = None
) -> Client:
    """Write the client of a service as a package that is imported as ``package``."""
    objects = objects or {}
    base = _common_package([entry.module for entry in entries] or sorted(territory.moved))
    modules = {entry.module for entry in entries}
    around = {parent for module in modules for parent in parents(module) if _within(parent, base)}
    mirrors = {module: _mirror(module, base, package) for module in sorted(modules | around | {base})}
    written = runtime_files("_runtime/")
    written["_contract.py"] = f"{HEADER}CONTRACT = {pprint.pformat(contract_of(territory, entries), width=110)}\n"
    written["py.typed"] = ""
    written["_binding.py"] = _BINDING
    written["__init__.py"] = _module(base, mirrors, entries, territory, objects)
    packages = {parent for module in mirrors for parent in parents(module) if parent in mirrors and parent != base}
    for module in sorted(set(mirrors) - {base}):
        path = module[len(base) + 1 :].replace(".", "/")
        name = f"{path}/__init__.py" if module in packages else f"{path}.py"
        written[name] = _module(module, mirrors, entries, territory, objects)
    known = {module: mirror for module, mirror in mirrors.items() if module in territory.moved}
    names = {_dotted(entry): _dotted(entry, known[entry.module]) for entry in entries if not entry.is_method}
    names |= {ref.replace(":", "."): f"{known[module_of(ref)]}.{ref.partition(':')[2]}" for ref in objects}
    return Client(package, written, known, names)


def _dotted(entry: Entry, module: str = "") -> str:
    return f"{module or entry.module}.{entry.name}"


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


def _module(
    module: str,
    mirrors: Mapping[str, str],
    entries: Sequence[Entry],
    territory: Territory,
    objects: Mapping[str, SeamObject],
) -> str:
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
    parts += [_function(entry) for entry in own if not entry.is_method]
    parts += [_class(objects[ref], own) for ref in sorted(objects) if module_of(ref) == module]
    return "".join(parts)


def _function(entry: Entry) -> str:
    return f'\n\n@_client.entry("{entry.ref}")\n{stub(entry.function, entry.name)}'


def _class(one: SeamObject, entries: Sequence[Entry]) -> str:
    """A class with the methods that are called over the border; everything else comes from the one it stands for."""
    name = one.ref.partition(":")[2]
    methods = [entry for entry in entries if entry.ref.rpartition(".")[0] == one.ref]
    lines = [f'\n\n@_client.object("{one.ref}", {one.bases!r})\nclass {name}:\n']
    lines += [textwrap.indent(stub(entry.function, entry.name.rpartition(".")[2]), "    ") for entry in methods]
    return "".join(lines)


def _fallback(module: str, inner: Sequence[str], is_moved: bool) -> str:
    """What gives the names that are no function of the contract: sub-modules, classes, constants."""
    lines = ["", "", "def __getattr__(name: str) -> Any:"]
    if inner:
        lines += [f"    if name in {tuple(inner)!r}:", "        import importlib", ""]
        lines.append('        return importlib.import_module(f"{__name__}.{name}")')
    lines.append(f'    return _client.attribute("{module}", name)' if is_moved else "    raise AttributeError(name)")
    return "\n".join(lines) + "\n"
