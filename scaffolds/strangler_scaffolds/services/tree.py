"""The files of a service, as a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import jinja2

from strangler_scaffolds.clients.package import HEADER, runtime_files
from strangler_scaffolds.hosting import Host


@dataclass(frozen=True)
class Blueprint:
    """Everything a service is written from.

    ``domain`` holds the moved, shared and cut-down files by their path below the monolith's source root, and ``origin``
    says for each which of these it is. ``packages`` are the monolith's top-level names.
    """

    name: str
    contract: Mapping[str, Any]
    domain: Mapping[str, bytes]
    origin: Mapping[str, str]
    host: Host | None
    requirements: tuple[str, ...]
    settings: tuple[str, ...]
    openapi: Mapping[str, Any]
    client_files: Mapping[str, str] = field(default_factory=dict)
    monolith: str = ""
    packages: tuple[str, ...] = ()
    samples: tuple[Mapping[str, Any], ...] = ()

    @property
    def package(self) -> str:
        """The service's import name."""
        return package_of(self.name)


def package_of(service: str) -> str:
    """The import name of a service."""
    return f"{service.replace('-', '_')}_service"


_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("strangler_scaffolds", "templates"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)
_ENVIRONMENT.filters["python"] = repr
_ENVIRONMENT.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)


def service_files(blueprint: Blueprint) -> dict[str, bytes]:
    """Every file of the service's folder by path."""
    package = blueprint.package
    written: dict[str, str | bytes] = {}
    for folder in _folders(blueprint):
        for name in _templates(folder):
            target = name.removesuffix(".jinja").replace("PACKAGE", package).replace("DOT", ".")
            written[target] = _render(f"{folder}/{name}", blueprint)
    written |= runtime_files(f"{package}/_runtime/")
    written[f"{package}/contract.py"] = f"{HEADER}CONTRACT = {_pretty(blueprint.contract)}\n"
    written["openapi.json"] = json.dumps(blueprint.openapi, indent=2, ensure_ascii=False) + "\n"
    if blueprint.samples:
        written["tests/contract/samples.json"] = json.dumps(blueprint.samples, indent=1, ensure_ascii=False) + "\n"
    written |= {f"{package}/domain/{path}": data for path, data in blueprint.domain.items()}
    written |= _client(blueprint)
    done = {path: data.encode() if isinstance(data, str) else data for path, data in sorted(written.items())}
    done["strangler.json"] = _manifest(blueprint, done)
    return done


def _folders(blueprint: Blueprint) -> list[str]:
    """Which templates a service is made of."""
    is_django = blueprint.host is not None and blueprint.host.framework == "django"
    return ["service", *(["django"] if is_django else []), *(["contract"] if blueprint.samples else [])]


def _client(blueprint: Blueprint) -> dict[str, str | bytes]:
    name = f"{blueprint.name.replace('-', '_')}_client"
    written: dict[str, str | bytes] = {f"client/{name}/{path}": text for path, text in blueprint.client_files.items()}
    written["client/pyproject.toml"] = _render("client/pyproject.toml.jinja", blueprint)
    return written


def _pretty(value: Any) -> str:
    import pprint

    return pprint.pformat(dict(value), width=110, sort_dicts=False)


def _templates(folder: str) -> list[str]:
    prefix = f"{folder}/"
    return sorted(name.removeprefix(prefix) for name in _ENVIRONMENT.list_templates() if name.startswith(prefix))


def _render(template: str, blueprint: Blueprint) -> str:
    return render(template, it=blueprint, host=blueprint.host, header=HEADER)


def render(template: str, **values: Any) -> str:
    """One of our templates, filled in; a value that it wants and does not get is an error."""
    return _ENVIRONMENT.get_template(template).render(values)


def _manifest(blueprint: Blueprint, written: Mapping[str, bytes]) -> bytes:
    """What was written, from what: the base of every later update, check and undo."""
    host = blueprint.host
    content = {
        "schema": "strangler.service/1",
        "service": blueprint.name,
        "monolith": blueprint.monolith,
        "host": {"framework": host.framework, "module": host.module} if host else None,
        "domain": {
            path: {"origin": blueprint.origin[path], "sha256": _digest(data)}
            for path, data in sorted(blueprint.domain.items())
        },
        "files": {path: _digest(data) for path, data in sorted(written.items())},
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
