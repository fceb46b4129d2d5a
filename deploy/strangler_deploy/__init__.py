"""Deploy: plan and tenants → manifests, and the checks that hold for them.

What belongs here: which objects there are, how they look, what must hold for them, how they get into a cluster.
What is declared belongs to ``strangler.plan``.
"""

from strangler_deploy.check import check
from strangler_deploy.checks.rules import RULES, Explanation, explain
from strangler_deploy.control_plane.front import run as run_control_plane
from strangler_deploy.control_plane.front import token as control_plane_token
from strangler_deploy.control_plane.options import Options as ControlPlaneOptions
from strangler_deploy.render import render
from strangler_deploy.write import read_tree, write

__all__ = [
    "RULES",
    "ControlPlaneOptions",
    "Explanation",
    "check",
    "control_plane_token",
    "explain",
    "read_tree",
    "render",
    "run_control_plane",
    "write",
]
