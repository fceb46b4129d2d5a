"""Volumes and their classes; the EBS drivers of Auto Mode and of the add-on do not share volumes."""

from __future__ import annotations

from strangler.plan.platform import Cluster
from strangler_deploy.manifest import Manifest

CLASS = "encrypted"


def storage_class(cluster: Cluster, *, origin: str) -> Manifest:
    """Encrypted volumes that are made where the pod is; the data stays when the claim goes."""
    auto = cluster.compute == "auto"
    body = {
        "provisioner": "ebs.csi.eks.amazonaws.com" if auto else "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true"},
        "volumeBindingMode": "WaitForFirstConsumer",
        "reclaimPolicy": "Retain",
        "allowVolumeExpansion": True,
    }
    return Manifest("storage.k8s.io/v1", "StorageClass", CLASS, body, origin=origin)


def local_storage_class(*, origin: str) -> Manifest:
    """Volumes on the machine itself, for clusters without EBS."""
    body = {
        "provisioner": "rancher.io/local-path",
        "volumeBindingMode": "WaitForFirstConsumer",
        "reclaimPolicy": "Retain",
    }
    return Manifest("storage.k8s.io/v1", "StorageClass", CLASS, body, origin=origin)


def claim(name: str, namespace: str, gigabytes: int, *, origin: str) -> Manifest:
    """A claim on one volume; it is never pruned with the service that has it."""
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": CLASS,
        "resources": {"requests": {"storage": f"{gigabytes}Gi"}},
    }
    annotations = {"argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
    return Manifest(
        "v1", "PersistentVolumeClaim", name, {"spec": spec}, namespace, annotations=annotations, origin=origin
    )
