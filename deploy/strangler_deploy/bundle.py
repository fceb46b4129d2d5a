"""A folder of the tree: objects that one Argo CD application brings to one cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from strangler_deploy import names as naming
from strangler_deploy.blanks import Function, has_blank, later
from strangler_deploy.dump import CALLS as DUMP_CALLS
from strangler_deploy.dump import dump
from strangler_deploy.manifest import Data, Identity, Manifest, set_wave
from strangler_deploy.waves import waves


@dataclass(frozen=True, slots=True)
class Bundle:
    """Objects under ``folder``; those of ``namespace`` have it not in their file names."""

    folder: str
    manifests: tuple[Manifest, ...]
    namespace: str = ""


def files(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Path and text of each object, and of the kustomization that lists them."""
    names: list[str] = []
    for path, manifest, data in objects(bundle):
        names.append(path.removeprefix(f"{bundle.folder}/"))
        yield path, f"# from {manifest.origin}\n{dump(data)}"
    yield f"{bundle.folder}/kustomization.yaml", _kustomization(*names)


def objects(bundle: Bundle) -> Iterator[tuple[str, Manifest, Data]]:
    """Each object with its path, and as the plain data that is written there."""
    every = [manifest.data() for manifest in bundle.manifests]
    order = waves(bundle.manifests, every)
    taken: dict[str, Identity] = {}
    for manifest, data in zip(bundle.manifests, every, strict=True):
        path = f"{bundle.folder}/{_file_name(manifest, bundle.namespace)}"
        if path in taken:
            raise AssertionError(f"{path} is written for {taken[path]} and for {manifest.identity}")
        taken[path] = manifest.identity
        set_wave(data, order[manifest.identity])
        yield path, manifest, data


def _file_name(manifest: Manifest, home: str) -> str:
    kind = manifest.kind.lower()
    service, _, provider = manifest.api.partition("/")[0].partition(".")
    if provider == "services.k8s.aws":  # an IAM role is another thing than a role
        kind = f"{service}-{kind}"
    if manifest.namespace in ("", home):
        return f"{kind}-{manifest.name}.yaml"
    return f"{manifest.namespace}.{kind}-{manifest.name}.yaml"


def _kustomization(*names: str) -> str:
    if any(map(has_blank, names)):
        return later("kustomization", *names)
    data = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": sorted(names)}
    return dump(data)


# What may stand in a text with blanks, to be called when they are filled.
CALLS: Mapping[str, Function] = {**naming.CALLS, **DUMP_CALLS, "kustomization": _kustomization}
