"""Schemas of kinds that are published as no CRD, or that nobody's folder has; written from their documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strangler_deploy.checks.schema import Schema

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"]
_LEVELS = ["None", "Metadata", "Request", "RequestResponse"]


def _object(properties: Mapping[str, Any], *required: str) -> Schema:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _array(item: Schema) -> Schema:
    return {"type": "array", "items": item}


_RESOURCES = _object({"group": _TEXT, "resources": _TEXTS, "resourceNames": _TEXTS})
_AUDIT_RULE = _object(
    {
        "level": {"type": "string", "enum": _LEVELS},
        "users": _TEXTS,
        "userGroups": _TEXTS,
        "verbs": _TEXTS,
        "resources": _array(_RESOURCES),
        "namespaces": _TEXTS,
        "nonResourceURLs": _TEXTS,
        "omitStages": _array({"type": "string", "enum": _STAGES}),
        "omitManagedFields": {"type": "boolean"},
    },
    "level",
)
_AUDIT_POLICY = _object(
    {
        "rules": _array(_AUDIT_RULE),
        "omitStages": _array({"type": "string", "enum": _STAGES}),
        "omitManagedFields": {"type": "boolean"},
    },
    "rules",
)
_STORE = _object({"kind": {"type": "string", "enum": ["SecretStore", "ClusterSecretStore"]}, "name": _TEXT}, "name")
_REMOTE = _object({"remoteKey": _TEXT, "property": _TEXT}, "remoteKey")
_MATCH = _object({"secretKey": _TEXT, "remoteRef": _REMOTE}, "remoteRef")
_PUSHED = _object({"match": _MATCH}, "match")
_PUSH_SECRET = _object(
    {
        "spec": _object(
            {
                "refreshInterval": _TEXT,
                "deletionPolicy": {"type": "string", "enum": ["Delete", "None"]},
                "updatePolicy": {"type": "string", "enum": ["Replace", "IfNotExists"]},
                "secretStoreRefs": _array(_STORE),
                "selector": _object({"secret": _object({"name": _TEXT})}),
                "data": _array(_PUSHED),
            },
            "secretStoreRefs",
            "selector",
        )
    },
    "spec",
)

# apiVersion and kind → schema, and whether its objects are in a namespace.
KNOWN: Mapping[tuple[str, str], tuple[Schema, bool]] = {
    ("audit.k8s.io/v1", "Policy"): (_AUDIT_POLICY, False),
    ("external-secrets.io/v1alpha1", "PushSecret"): (_PUSH_SECRET, True),
}
