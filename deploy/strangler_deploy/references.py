"""What an object names: one table, by which waves are ordered and references are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from strangler_deploy.manifest import Identity, group_of


@dataclass(frozen=True, slots=True)
class Reference:
    """The object that is named, and the path of the field that names it."""

    target: Identity
    field: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """A field (``a.b[].c``) that names objects of one kind; the value is a name, or has ``name`` and ``namespace``."""

    field: str
    kind: str
    group: str = ""
    cluster_wide: bool = False


_POD = (
    _Rule("serviceAccountName", "ServiceAccount"),
    _Rule("priorityClassName", "PriorityClass", "scheduling.k8s.io", True),
    _Rule("volumes[].configMap.name", "ConfigMap"),
    _Rule("volumes[].secret.secretName", "Secret"),
    _Rule("volumes[].persistentVolumeClaim.claimName", "PersistentVolumeClaim"),
    _Rule("containers[].envFrom[].configMapRef.name", "ConfigMap"),
    _Rule("containers[].envFrom[].secretRef.name", "Secret"),
    _Rule("containers[].env[].valueFrom.secretKeyRef.name", "Secret"),
    _Rule("containers[].env[].valueFrom.configMapKeyRef.name", "ConfigMap"),
)
_TEMPLATE = tuple(_Rule(f"spec.template.spec.{r.field}", r.kind, r.group, r.cluster_wide) for r in _POD)
_IAM, _EC2, _EKS = "iam.services.k8s.aws", "ec2.services.k8s.aws", "eks.services.k8s.aws"
_SAGEMAKER, _RDS = "sagemaker.services.k8s.aws", "rds.services.k8s.aws"
_ADMISSION = "admissionregistration.k8s.io"

# kind → fields; a kind that names nothing is not here.
_RULES: Mapping[str, tuple[_Rule, ...]] = {
    "Deployment": _TEMPLATE,
    "StatefulSet": (
        *_TEMPLATE,
        _Rule("spec.serviceName", "Service"),
        _Rule("spec.volumeClaimTemplates[].spec.storageClassName", "StorageClass", "storage.k8s.io", True),
    ),
    "DaemonSet": _TEMPLATE,
    "Rollout": (
        *_TEMPLATE,
        _Rule("spec.strategy.canary.analysis.templates[].templateName", "AnalysisTemplate", "argoproj.io"),
    ),
    "PersistentVolumeClaim": (_Rule("spec.storageClassName", "StorageClass", "storage.k8s.io", True),),
    "HTTPRoute": (
        _Rule("spec.parentRefs[]", "Gateway", "gateway.networking.k8s.io"),
        _Rule("spec.rules[].backendRefs[]", "Service"),
    ),
    "Gateway": (_Rule("spec.gatewayClassName", "GatewayClass", "gateway.networking.k8s.io", True),),
    "Ingress": (
        _Rule("spec.ingressClassName", "IngressClass", "networking.k8s.io", True),
        _Rule("spec.rules[].http.paths[].backend.service.name", "Service"),
    ),
    "ReferenceGrant": (_Rule("spec.to[].name", "Service"),),
    "RoleBinding": (_Rule("subjects[].serviceAccount", "ServiceAccount"),),
    "ValidatingAdmissionPolicyBinding": (_Rule("spec.policyName", "ValidatingAdmissionPolicy", _ADMISSION, True),),
    "MutatingAdmissionPolicyBinding": (_Rule("spec.policyName", "MutatingAdmissionPolicy", _ADMISSION, True),),
    "AnalysisTemplate": (),
    "ExternalSecret": (_Rule("spec.secretStoreRef.name", "SecretStore", "external-secrets.io"),),
    "PushSecret": (
        _Rule("spec.secretStoreRefs[].name", "SecretStore", "external-secrets.io"),
        _Rule("spec.selector.secret.name", "Secret"),
    ),
    "Application": (_Rule("spec.project", "AppProject", "argoproj.io"),),
    "ApplicationSet": (),
    "Role": (_Rule("spec.policyRefs[].from", "Policy", _IAM),),
    "PodIdentityAssociation": (
        _Rule("spec.roleRef.from", "Role", _IAM),
        _Rule("spec.clusterRef.from", "Cluster", _EKS),
    ),
    "Nodegroup": (_Rule("spec.clusterRef.from", "Cluster", _EKS), _Rule("spec.nodeRoleRef.from", "Role", _IAM)),
    "AccessEntry": (_Rule("spec.clusterRef.from", "Cluster", _EKS),),
    "Addon": (
        _Rule("spec.clusterRef.from", "Cluster", _EKS),
        _Rule("spec.serviceAccountRoleRef.from", "Role", _IAM),
    ),
    "Capability": (_Rule("spec.clusterRef.from", "Cluster", _EKS), _Rule("spec.roleRef.from", "Role", _IAM)),
    "Cluster": (
        _Rule("spec.roleRef.from", "Role", _IAM),
        _Rule("spec.resourcesVPCConfig.subnetRefs[].from", "Subnet", _EC2),
    ),
    "Subnet": (_Rule("spec.vpcRef.from", "VPC", _EC2),),
    "FlowLog": (),
    "TransitGatewayVPCAttachment": (
        _Rule("spec.vpcRef.from", "VPC", _EC2),
        _Rule("spec.subnetRefs[].from", "Subnet", _EC2),
    ),
    "SecurityGroup": (_Rule("spec.vpcRef.from", "VPC", _EC2),),
    "DBInstance": (_Rule("spec.dbSubnetGroupRef.from", "DBSubnetGroup", _RDS),),
    "DBSubnetGroup": (_Rule("spec.subnetRefs[].from", "Subnet", _EC2),),
    "EndpointConfig": (_Rule("spec.productionVariants[].modelName", "", ""),),
    "FieldExport": (_Rule("spec.from.resource.name", "", ""),),
    "ClusterSecretStore": (),
    "Trail": (),
}


def references(data: Mapping[str, Any]) -> Iterator[Reference]:
    """Every object that ``data`` (an object as plain data) names."""
    metadata = data["metadata"]
    namespace = metadata.get("namespace", "")
    if namespace:
        yield Reference(Identity("", "Namespace", "", namespace), "metadata.namespace")
    for rule, steps in _compiled(data["kind"]):
        for value in _values(data, steps):
            target = _target(rule, value, namespace)
            if target is not None:
                yield Reference(target, rule.field)
    yield from _by_shape(data, namespace)


@cache
def _compiled(kind: str) -> tuple[tuple[_Rule, tuple[str, ...]], ...]:
    rules = (rule for rule in _RULES.get(kind, ()) if rule.kind)
    return tuple((rule, tuple(rule.field.replace("[]", ".[]").split("."))) for rule in rules)


def _values(value: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    for index, step in enumerate(steps):
        if step == "[]":
            for item in value:
                yield from _values(item, steps[index + 1 :])
            return
        value = value.get(step) if isinstance(value, Mapping) else None
        if value is None:
            return
    yield value


def _target(rule: _Rule, value: Any, namespace: str) -> Identity | None:
    if isinstance(value, Mapping):
        where = value.get("namespace", namespace)
        name = value.get("name", "")
    else:
        where, name = namespace, value
    return Identity(rule.group, rule.kind, "" if rule.cluster_wide else where, name) if name else None


def _by_shape(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    """References that carry the kind of their target themselves."""
    extract = _SHAPES.get(data["kind"])
    if extract is not None:
        yield from extract(data, namespace)


def _scaled(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    target = data["spec"]["scaleTargetRef"]
    group = group_of(target.get("apiVersion", "apps/v1"))
    yield Reference(Identity(group, target.get("kind", "Deployment"), namespace, target["name"]), "spec.scaleTargetRef")


def _bound(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    role = data["roleRef"]
    where = namespace if role["kind"] == "Role" else ""
    yield Reference(Identity(role["apiGroup"], role["kind"], where, role["name"]), "roleRef")
    for subject in data.get("subjects", ()):
        if subject["kind"] == "ServiceAccount":
            target = Identity("", "ServiceAccount", subject.get("namespace", namespace), subject["name"])
            yield Reference(target, "subjects")


def _noded(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    node_class = data["spec"]["template"]["spec"]["nodeClassRef"]
    target = Identity(node_class["group"], node_class["kind"], "", node_class["name"])
    yield Reference(target, "spec.template.spec.nodeClassRef")


def _exported(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    resource = data["spec"]["from"]["resource"]
    target = Identity(resource["group"], resource["kind"], namespace, resource["name"])
    yield Reference(target, "spec.from.resource")


def _parameters(data: Mapping[str, Any], namespace: str) -> Iterator[Reference]:
    parameters = data["spec"].get("parameters") or data["spec"].get("parametersRef")
    if parameters:
        group = parameters.get("apiGroup") or parameters.get("group", "")
        target = Identity(group, parameters["kind"], parameters.get("namespace", ""), parameters["name"])
        yield Reference(target, "spec.parameters")


_SHAPES = {
    "HorizontalPodAutoscaler": _scaled,
    "ScaledObject": _scaled,
    "RoleBinding": _bound,
    "ClusterRoleBinding": _bound,
    "NodePool": _noded,
    "FieldExport": _exported,
    "IngressClass": _parameters,
    "GatewayClass": _parameters,
}
