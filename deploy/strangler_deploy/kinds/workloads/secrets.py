"""Secrets come from a store; none is in git."""

from __future__ import annotations

from collections.abc import Mapping

from strangler_deploy.manifest import Data, Manifest

STORE = "tenant-secrets"
_API = "external-secrets.io/v1"


def secret_store(namespace: str, region: str, service: str, role: str, *, origin: str) -> Manifest:
    """A store of one namespace, read with the role of one tenant; never shared by tenants."""
    provider = {"service": service, "region": region, "role": role}
    return Manifest(_API, "SecretStore", STORE, {"spec": {"provider": {"aws": provider}}}, namespace, origin=origin)


def empty_secret(name: str, namespace: str, *, origin: str) -> Manifest:
    """A Secret with nothing in it, for a controller that fills what is there; Argo CD owns no key of it."""
    return Manifest("v1", "Secret", name, {"type": "Opaque"}, namespace, origin=origin)


def external_secret(name: str, namespace: str, key: str, refresh: str, *, origin: str) -> Manifest:
    """The Secret ``name``, with every property of the store's entry ``key``."""
    spec: Data = {
        "refreshInterval": refresh,
        "secretStoreRef": {"kind": "SecretStore", "name": STORE},
        "target": {"name": name, "creationPolicy": "Owner"},
        "dataFrom": [{"extract": {"key": key}}],
    }
    return Manifest(_API, "ExternalSecret", name, {"spec": spec}, namespace, origin=origin)


def external_values(
    name: str, namespace: str, values: Mapping[str, tuple[str, str]], refresh: str, *, origin: str
) -> Manifest:
    """The Secret ``name``, each of its keys from a property of an entry: ``{"HOST": ("entry", "host")}``."""
    spec: Data = {
        "refreshInterval": refresh,
        "secretStoreRef": {"kind": "SecretStore", "name": STORE},
        "target": {"name": name, "creationPolicy": "Owner"},
        "data": [
            {"secretKey": key, "remoteRef": {"key": entry, "property": field}}
            for key, (entry, field) in sorted(values.items())
        ],
    }
    return Manifest(_API, "ExternalSecret", name, {"spec": spec}, namespace, origin=origin)


def push_secret(name: str, namespace: str, secret: str, key: str, refresh: str, *, origin: str) -> Manifest:
    """Puts a Secret of this cluster into the store, so that another cluster can have it."""
    spec: Data = {
        "refreshInterval": refresh,
        "deletionPolicy": "None",
        "secretStoreRefs": [{"kind": "SecretStore", "name": STORE}],
        "selector": {"secret": {"name": secret}},
        "data": [{"match": {"remoteRef": {"remoteKey": key}}}],
    }
    return Manifest("external-secrets.io/v1alpha1", "PushSecret", name, {"spec": spec}, namespace, origin=origin)
