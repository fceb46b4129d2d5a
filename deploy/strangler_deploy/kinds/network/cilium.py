"""What Cilium needs on hybrid nodes so that the rest of the network finds their pods."""

from __future__ import annotations

from strangler.plan.platform import Hybrid
from strangler.plan.platform.clusters import Bgp
from strangler_deploy.manifest import Data, Manifest

_HYBRID = {"matchLabels": {"eks.amazonaws.com/compute-type": "hybrid"}}


def bgp_cluster(bgp: Bgp, *, origin: str) -> Manifest:
    """Every hybrid node speaks BGP with the router."""
    peer = {"name": "router", "peerASN": bgp.peer_asn, "peerAddress": bgp.peer, "peerConfigRef": {"name": "router"}}
    instance = {"name": "on-premises", "localASN": bgp.local_asn, "peers": [peer]}
    spec: Data = {"nodeSelector": _HYBRID, "bgpInstances": [instance]}
    return Manifest("cilium.io/v2", "CiliumBGPClusterConfig", "on-premises", {"spec": spec}, origin=origin)


def bgp_peer(*, origin: str) -> Manifest:
    """How: restarts keep the routes."""
    spec: Data = {
        "timers": {"holdTimeSeconds": 30, "keepAliveTimeSeconds": 10},
        "gracefulRestart": {"enabled": True, "restartTimeSeconds": 120},
        "families": [{"afi": "ipv4", "safi": "unicast", "advertisements": {"matchLabels": {"advertise": "bgp"}}}],
    }
    return Manifest("cilium.io/v2", "CiliumBGPPeerConfig", "router", {"spec": spec}, origin=origin)


def bgp_advertisement(*, origin: str) -> Manifest:
    """What: the pod networks."""
    spec: Data = {"advertisements": [{"advertisementType": "PodCIDR"}]}
    labels = {"advertise": "bgp"}
    return Manifest("cilium.io/v2", "CiliumBGPAdvertisement", "pods", {"spec": spec}, labels=labels, origin=origin)


def address_pool(cidr: str, *, origin: str) -> Manifest:
    """Addresses for load balancers on premises."""
    return Manifest(
        "cilium.io/v2", "CiliumLoadBalancerIPPool", "on-premises", {"spec": {"blocks": [{"cidr": cidr}]}}, origin=origin
    )


def helm_values(hybrid: Hybrid) -> Data:
    """Values for the Cilium chart, as AWS supports it: on hybrid nodes only, with its own address management."""
    return {
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {"key": "eks.amazonaws.com/compute-type", "operator": "In", "values": ["hybrid"]}
                            ]
                        }
                    ]
                }
            }
        },
        "ipam": {
            "mode": "cluster-pool",
            "operator": {"clusterPoolIPv4PodCIDRList": list(hybrid.pods), "clusterPoolIPv4MaskSize": 25},
        },
        "loadBalancer": {"serviceTopology": True},
        "operator": {"unmanagedPodWatcher": {"restart": False}},
        "bgpControlPlane": {"enabled": hybrid.bgp is not None},
        "envoy": {"enabled": False},
        "kubeProxyReplacement": "false",
    }
