"""Pods that Pod Security refuses: C22. The two levels are the Pod Security Standards', field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from strangler.model import Finding
from strangler_deploy.conflicts.context import Context, conflict
from strangler_deploy.documents import containers, mapping, mappings

_LEVEL = "pod-security.kubernetes.io/enforce"
_VOLUMES = frozenset(
    ("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected")
) | {"secret"}
_BASELINE_CAPABILITIES = frozenset(
    ("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP")
) | {"SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"}
_PROFILES = ("RuntimeDefault", "Localhost")


def refused_pods(context: Context) -> Iterator[Finding]:
    """C22: a namespace that refuses the pods that are declared for it."""
    levels = {(d.cluster, d.name): str(d.labels.get(_LEVEL, "")) for d in context.by_kind.get("Namespace", ())}
    for document in context.documents:
        template = document.pod()
        level = levels.get((document.cluster, document.namespace), "")
        if template is not None and level in _LEVELS:
            reasons = list(_LEVELS[level](mapping(template.get("spec"))))
            if reasons:
                message = f"{document} would never get a pod: its namespace is '{level}', and {reasons[0]}"
                hint = "change the pod, or give the tier security: baseline if it is meant so"
                yield conflict(22, message, document.location, hint)


def _context(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(value.get("securityContext"))


def _baseline(spec: Mapping[str, Any]) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield f"it has {field}"
    for volume in mappings(spec.get("volumes")):
        if "hostPath" in volume:
            yield f"volume {volume.get('name')} is a hostPath"
    for container in containers(spec):
        yield from _baseline_container(container)


def _baseline_container(container: Mapping[str, Any]) -> Iterator[str]:
    own, name = _context(container), container.get("name")
    if own.get("privileged"):
        yield f"container {name} is privileged"
    added = {str(c) for c in mapping(own.get("capabilities")).get("add") or ()}
    if added - _BASELINE_CAPABILITIES:
        yield f"container {name} adds {', '.join(sorted(added - _BASELINE_CAPABILITIES))}"
    if any(port.get("hostPort") for port in mappings(container.get("ports"))):
        yield f"container {name} has a hostPort"


def _restricted(spec: Mapping[str, Any]) -> Iterator[str]:
    yield from _baseline(spec)
    for volume in mappings(spec.get("volumes")):
        if not set(volume) & _VOLUMES:
            yield f"volume {volume.get('name')} is of a kind that is not allowed"
    for container in containers(spec):
        yield from _restricted_container(container, _context(spec))


def _restricted_container(container: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[str]:
    own, name = _context(container), container.get("name")
    if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
        yield f"container {name} does not say runAsNonRoot: true"
    if own.get("runAsUser", pod.get("runAsUser")) == 0:
        yield f"container {name} runs as user 0"
    if own.get("allowPrivilegeEscalation") is not False:
        yield f"container {name} does not say allowPrivilegeEscalation: false"
    capabilities = mapping(own.get("capabilities"))
    if "ALL" not in (capabilities.get("drop") or ()):
        yield f"container {name} does not drop all capabilities"
    if set(capabilities.get("add") or ()) - {"NET_BIND_SERVICE"}:
        yield f"container {name} adds capabilities"
    profile = mapping(own.get("seccompProfile") or pod.get("seccompProfile")).get("type")
    if profile not in _PROFILES:
        yield f"container {name} has no seccompProfile"


_LEVELS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = {"baseline": _baseline, "restricted": _restricted}
