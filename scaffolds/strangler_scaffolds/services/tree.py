"""The files of a service, as a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Any

import jinja2

from strangler_scaffolds.clients.package import HEADER, runtime_files
from strangler_scaffolds.hosting import Host
from strangler_scaffolds.links import Link
from strangler_scaffolds.moved_tests import MovedTests
from strangler_scaffolds.services.needs import Needs


@dataclass(frozen=True)
class Blueprint:
    """Everything a service is written from.

    ``domain`` holds the moved, shared and cut-down files by their path below the monolith's source root, and ``origin``
    says for each which of these it is. ``packages`` are the monolith's top-level names, ``roots`` the folders (with
    their slash, or nothing) that its code is imported from, ``orms`` what its models are made with, ``links`` the URLs
    of views that stay.
    """

    name: str
    contract: Mapping[str, Any]
    domain: Mapping[str, bytes]
    origin: Mapping[str, str]
    host: Host | None
    needs: Needs
    settings: tuple[str, ...]
    openapi: Mapping[str, Any]
    client_files: Mapping[str, str] = field(default_factory=dict)
    monolith: str = ""
    packages: tuple[str, ...] = ()
    roots: tuple[str, ...] = ("",)
    samples: tuple[Mapping[str, Any], ...] = ()
    orms: tuple[str, ...] = ()
    tests: MovedTests = field(default_factory=MovedTests)
    links: tuple[Link, ...] = ()

    @cached_property
    def carried(self) -> Mapping[str, bytes]:
        """The monolith's tests by their path in the service.

        Tests that lie within a package of the moved code lie there again, since they are imported by its name.
        """
        tops = {path.partition("/")[0] for path in self.domain}
        return {self._place(path, tops): data for path, data in self.tests.files.items()}

    def _place(self, path: str, tops: set[str]) -> str:
        inner = next((path[len(root) :] for root in self.roots if path[len(root) :].partition("/")[0] in tops), None)
        return f"tests/monolith/{path}" if inner is None else f"{self.package}/domain/{inner}"

    @property
    def unshipped(self) -> list[str]:
        """Tests within the package, as folders where nothing else lies in them: the image is built without."""
        kept = {f"{self.package}/domain/{path}" for path in self.domain}
        inside = [path for path in self.carried if path.startswith(self.package + "/") and path not in kept]
        return sorted({_alone(path, kept) for path in inside})

    @property
    def package(self) -> str:
        """The service's import name."""
        return package_of(self.name)


def _alone(path: str, kept: set[str]) -> str:
    """The outermost folder around ``path`` in which nothing lies that is kept, or ``path`` itself."""
    parts = path.split("/")
    folders = ["/".join(parts[:count]) + "/" for count in range(1, len(parts))]
    return next((folder for folder in folders if not any(one.startswith(folder) for one in kept)), path)


def package_of(service: str) -> str:
    """The import name of a service."""
    return f"{service.replace('-', '_')}_service"


#: What every image is built on; tests and mirrors override it when they build.
BASE = "python:3.12-slim-bookworm@sha256:a116514e19457bcb7af7efe9c3dd0b9b71e85b317694e7882a1c52aa15a78134"

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("strangler_scaffolds", "templates"),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)
_ENVIRONMENT.globals["BASE"] = BASE
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
    written["ci/api_gate.py"] = HEADER + (files("strangler_scaffolds") / "gate.py").read_text(encoding="utf-8")
    written[f"{package}/contract.py"] = f"{HEADER}CONTRACT = {_pretty(blueprint.contract)}\n"
    written["openapi.json"] = json.dumps(blueprint.openapi, indent=2, ensure_ascii=False) + "\n"
    if blueprint.samples:
        written["tests/contract/samples.json"] = json.dumps(blueprint.samples, indent=1, ensure_ascii=False) + "\n"
    written |= blueprint.carried
    written |= {f"{package}/domain/{path}": data for path, data in blueprint.domain.items()}
    written |= _client(blueprint)
    done = {path: data.encode() if isinstance(data, str) else data for path, data in sorted(written.items())}
    done["strangler.json"] = _manifest(blueprint, done)
    return done


def _folders(blueprint: Blueprint) -> list[str]:
    """Which templates a service is made of."""
    is_django = blueprint.host is not None and blueprint.host.framework == "django"
    has_tests = bool(blueprint.tests.paths)
    wanted = {
        "django": is_django,
        "flask": blueprint.links and blueprint.host is not None and blueprint.host.framework == "flask",
        "django_tests": is_django and has_tests,
        "sql_tests": has_tests and not is_django and {"sqlalchemy", "sqlmodel"} & set(blueprint.orms),
        "contract": blueprint.samples,
    }
    return ["service", *(folder for folder, is_wanted in wanted.items() if is_wanted)]


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
        "tests": list(blueprint.tests.paths),
        "files": {path: _digest(data) for path, data in sorted(written.items())},
    }
    return (json.dumps(content, indent=1) + "\n").encode()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
