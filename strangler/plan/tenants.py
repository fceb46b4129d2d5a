"""Reads the tenants' files: quickly where they are as they should be, with every mistake and its line where not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from strangler.errors import PlanError, StranglerError
from strangler.model import Finding
from strangler.plan.load import unless, validate
from strangler.plan.platform import Tenant
from strangler.plan.source import Source, duplicate_keys, parse


def load_tenants(directory: Path) -> dict[str, Tenant]:
    """Read every ``*.yaml`` of ``directory``, by tenant id; an absent folder holds no tenants.

    Raises:
        PlanError: a file has mistakes, or its name is not its tenant's id.
    """
    tenants: dict[str, Tenant] = {}
    findings: list[Finding] = []
    for path in sorted(directory.glob("*.yaml")):
        tenant = _read(path, findings)
        if tenant is not None:
            tenants[tenant.id] = tenant
    return unless(findings, tenants, str(directory))


def load_tenant(path: Path) -> Tenant:
    """Read one tenant's file.

    Raises:
        PlanError: it has mistakes, or its name is not its tenant's id.
    """
    findings: list[Finding] = []
    return unless(findings, _read(path, findings), str(path))


def tenant_from(values: Mapping[str, Any]) -> Tenant:
    """A tenant of plain values, as an interface hands them in.

    Raises:
        PlanError: they have mistakes; nothing has lines here.
    """
    findings: list[Finding] = []
    source = Source(f"tenant {values.get('id')!r}"[:80], "", None, dict(values))
    return unless(findings, validate(Tenant, source, findings), source.name)


def _read(path: Path, findings: list[Finding]) -> Tenant | None:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StranglerError(f"cannot read {path}: {error}") from error
    tenant = quickly(text)
    if tenant is not None and tenant.id == path.stem:
        return tenant
    return _slowly(path, text, findings)


def _slowly(path: Path, text: str, findings: list[Finding]) -> Tenant | None:
    try:
        source = parse(text, str(path))
    except PlanError as error:
        findings.extend(error.findings)
        return None
    findings.extend(duplicate_keys(source))
    tenant = validate(Tenant, source, findings)
    if tenant is not None:
        findings.extend(_misnamed(tenant, path, source))
    return tenant


def _misnamed(tenant: Tenant, path: Path, source: Source) -> Iterator[Finding]:
    if path.stem != tenant.id:
        message = f"tenant '{tenant.id}' is in a file named {path.name}"
        yield Finding("PLAN-TENANT-FILE", message, source.location(("id",)), f"name the file {tenant.id}.yaml")


class _DoubtError(Exception):
    """The text may mean something else to a YAML 1.2 reader, or has mistakes: to be read slowly."""


class _Loader(yaml.CSafeLoader):
    """Plain scalars that YAML 1.1 and 1.2 read alike; any other one is a doubt."""

    yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - the library's own way to set them

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise _DoubtError
        return mapping


def _doubt(_loader: Any, _node: Any) -> None:
    raise _DoubtError


_NUMBERS = r"[-+]?[0-9_][0-9_.eExXoObBa-fA-F:+-]*"
for _tag, _pattern in (
    ("bool", r"true|false"),
    ("null", r"null|~|"),
    ("int", r"0|[1-9][0-9]{0,17}"),
    ("doubt", rf"{_NUMBERS}|[-+]?\..*|(?i:y|n|yes|no|on|off|true|false|null)|<<|="),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), None)
_Loader.add_constructor("tag:yaml.org,2002:doubt", _doubt)


def quickly(text: str) -> Tenant | None:
    """The tenant of a file that leaves no doubt, ten times as fast; None: read it slowly."""
    try:
        return Tenant.model_validate(yaml.load(text, Loader=_Loader))
    except (_DoubtError, yaml.YAMLError, ValidationError, ValueError, TypeError):
        return None
