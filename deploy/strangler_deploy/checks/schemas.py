"""Finds the schema of a kind: native ones by Kubernetes version, custom ones in a folder of CRDs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from strangler.errors import StranglerError
from strangler_deploy.checks.known import KNOWN
from strangler_deploy.checks.schema import Check, Compiler, Schema

_METADATA: Schema = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.:]*[a-z0-9])?$"},
        "namespace": {"type": "string", "maxLength": 63, "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 63}},
        "annotations": {"type": "object", "additionalProperties": {"type": "string"}},
        "finalizers": {"type": "array", "items": {"type": "string"}},
    },
}


_CONSTRAINT: Mapping[str, Any] = {
    "enforcementAction": {"type": "string", "enum": ["deny", "dryrun", "warn", "scoped"]},
    "match": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "scopedEnforcementActions": {"type": "array", "items": {"type": "object"}},
}


@dataclass(frozen=True, slots=True)
class Kind:
    """The check of one kind; ``namespaced`` None where the schema does not tell, ``may_be_old`` for derived schemas."""

    check: Check
    namespaced: bool | None
    may_be_old: bool = False


class Schemas:
    """Schemas by apiVersion and kind, each read when it is first needed."""

    def __init__(self, crds: Path | None, version: str) -> None:
        self._version = version
        self._crds = _Crds(crds) if crds else None
        self._known: dict[tuple[str, str], Kind | None] = {}

    def learn(self, data: Mapping[str, Any]) -> None:
        """Take in a kind that an object of the tree itself defines: Gatekeeper's constraints."""
        if data["kind"] == "ConstraintTemplate":
            declared = data["spec"]["crd"]["spec"]
            parameters = declared.get("validation", {}).get("openAPIV3Schema", {"type": "object"})
            spec = {**_CONSTRAINT, "parameters": parameters}
            schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": spec}}}
            key = ("constraints.gatekeeper.sh/v1beta1", declared["names"]["kind"])
            self._known[key] = Kind(_compile(schema), namespaced=False)

    def kind(self, api: str, kind: str) -> Kind | None:
        """The schema of a kind; None: there is none here."""
        key = (api, kind)
        if key not in self._known:
            stored = self._crds.find(api, kind) if self._crds else None
            self._known[key] = _native(api, kind, self._version) or stored or _written(api, kind)
        return self._known[key]


def _native(api: str, kind: str, version: str) -> Kind | None:
    group, _, number = api.rpartition("/")
    middle = f"-{group.split('.')[0]}" if group else ""
    source = _native_folder(version) / f"{kind.lower()}{middle}-{number}.json"
    if not source.is_file():
        return None
    schema = json.loads(source.read_text(encoding="utf-8"))
    if api not in (schema.get("properties", {}).get("apiVersion", {}).get("enum") or [api]):
        return None
    compiler = Compiler(_definitions(version))
    return Kind(compiler.compile(schema), None)


def _written(api: str, kind: str) -> Kind | None:
    """A kind that we hold a schema of ourselves; what it does not know may be newer than it."""
    known = KNOWN.get((api, kind))
    return Kind(_compile(known[0]), known[1], may_be_old=True) if known else None


@cache
def _native_folder(version: str) -> Path:
    """The folder of the newest stored version that is not newer than ``version`` (the oldest if all are)."""
    root = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema"
    found = {_number(path.name): path for path in root.glob("v*-local-strict")}
    fitting = [number for number in found if number <= _number(f"v{version}")] or [min(found)]
    return found[max(fitting)]


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name)[:2])


@cache
def _definitions(version: str) -> Any:
    document = json.loads((_native_folder(version) / "_definitions.json").read_text(encoding="utf-8"))

    def resolve(name: str) -> Schema:
        value: Any = document
        for step in name.partition("#/")[2].split("/"):
            value = value[step]
        return value  # type: ignore[no-any-return]

    return resolve


class _Crds:
    """A folder with CRDs in YAML (any names), and JSON schemas as ``<group>/<kind>_<version>.json``."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise StranglerError(f"there is no folder {folder}", hint="--crds takes a folder of CRD files")
        self._yaml = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))}
        self._json = {(path.parent.name, path.stem): path for path in sorted(folder.rglob("*.json"))}

    def find(self, api: str, kind: str) -> Kind | None:
        group, _, version = api.rpartition("/")
        for path, text in self._yaml.items():
            if f"group: {group}\n" in text and f"kind: {kind}\n" in text:
                for schema, namespaced in _versions(path, text, group, kind, version):
                    return Kind(_compile(schema), namespaced)
        stored = self._json.get((group, f"{kind.lower()}_{version}"))
        if stored is None:
            return None
        schema = json.loads(stored.read_text(encoding="utf-8"))
        return Kind(_compile(schema), None, may_be_old=True)


def _versions(path: Path, text: str, group: str, kind: str, version: str) -> Iterator[tuple[Schema, bool]]:
    try:
        documents = list(yaml.load_all(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        raise StranglerError(f"{path} is not YAML: {error}", hint="--crds takes a folder of CRD files") from error
    for document in documents:
        spec = document.get("spec", {}) if isinstance(document, Mapping) else {}
        if spec.get("group") == group and spec.get("names", {}).get("kind") == kind:
            for item in spec.get("versions", ()):
                if item["name"] == version:
                    yield item["schema"]["openAPIV3Schema"], spec["scope"] == "Namespaced"


def _compile(schema: Schema) -> Check:
    """The schema with the metadata that every object has, which CRDs leave to the API server."""
    properties = {**schema.get("properties", {}), "metadata": _METADATA}
    properties.setdefault("apiVersion", {"type": "string"})
    properties.setdefault("kind", {"type": "string"})
    return Compiler().compile({**schema, "properties": properties})
