"""Files for machines on premises: they are put on the host, not into a cluster."""

from __future__ import annotations

from strangler.plan.platform import Hybrid
from strangler_deploy.manifest import Data, Manifest


def node_config(cluster: str, region: str, hybrid: Hybrid, role: str, *, origin: str) -> Manifest:
    """What ``nodeadm init`` reads; the activation is put in by whoever installs the machine, never by git."""
    declared: Data = {"enableCredentialsFile": True}
    if hybrid.credentials == "ssm":
        declared["ssm"] = {"activationCode": "FILLED-IN-ON-THE-MACHINE", "activationId": "FILLED-IN-ON-THE-MACHINE"}
    else:
        declared["iamRolesAnywhere"] = {
            "trustAnchorArn": hybrid.trust_anchor or "FILLED-IN-ON-THE-MACHINE",
            "profileArn": hybrid.profile or "FILLED-IN-ON-THE-MACHINE",
            "roleArn": role,
            "certificatePath": "/etc/iam/pki/server.pem",
            "privateKeyPath": "/etc/iam/pki/server.key",
        }
    spec: Data = {"cluster": {"name": cluster, "region": region}, "hybrid": declared}
    return Manifest("node.eks.aws/v1alpha1", "NodeConfig", cluster, {"spec": spec}, origin=origin)
