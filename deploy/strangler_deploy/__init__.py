"""Deploy: plan and tenants → manifests, and the checks that hold for them.

What belongs here: which objects there are, how they look, what must hold for them, how they get into a cluster.
What is declared belongs to ``strangler.plan``.
"""

from strangler_deploy.check import Declaration, Report, check, report
from strangler_deploy.checks.ceilings import Ceiling, first_ceilings
from strangler_deploy.checks.rules import RULES, Explanation, explain
from strangler_deploy.compare import Choice, compare
from strangler_deploy.control_plane.front import run as run_control_plane
from strangler_deploy.control_plane.front import token as control_plane_token
from strangler_deploy.control_plane.options import Options as ControlPlaneOptions
from strangler_deploy.evidence.report import document as evidence_document
from strangler_deploy.evidence.report import evidence
from strangler_deploy.hosting import control_plane_manifests
from strangler_deploy.live.apply import apply, status
from strangler_deploy.live.changes import Change, changes
from strangler_deploy.live.session import connect, objects_of
from strangler_deploy.move.steps import move
from strangler_deploy.reference import platform_reference
from strangler_deploy.render import render
from strangler_deploy.source import read_tree
from strangler_deploy.tenancy import require_placeable
from strangler_deploy.tenants import Kept, check_tenant, deleted, kept, summary, tenant_folder, tenant_text
from strangler_deploy.write import remove_tenant, render_to, write, write_tenant

__all__ = [
    "RULES",
    "Ceiling",
    "Change",
    "Choice",
    "ControlPlaneOptions",
    "Declaration",
    "Explanation",
    "Kept",
    "Report",
    "apply",
    "changes",
    "check",
    "check_tenant",
    "compare",
    "connect",
    "control_plane_manifests",
    "control_plane_token",
    "deleted",
    "evidence",
    "evidence_document",
    "explain",
    "first_ceilings",
    "kept",
    "move",
    "objects_of",
    "platform_reference",
    "read_tree",
    "remove_tenant",
    "render",
    "render_to",
    "report",
    "require_placeable",
    "run_control_plane",
    "status",
    "summary",
    "tenant_folder",
    "tenant_text",
    "write",
    "write_tenant",
]
