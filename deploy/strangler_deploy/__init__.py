"""Deploy: plan and tenants → manifests, and the checks that hold for them.

What belongs here: which objects there are, how they look, what must hold for them, how they get into a cluster.
What is declared belongs to ``strangler.plan``.
"""

from strangler_deploy.check import check
from strangler_deploy.checks.ceilings import Ceiling
from strangler_deploy.checks.rules import RULES, Explanation, explain
from strangler_deploy.checks.stale import stale
from strangler_deploy.compare import Choice, compare
from strangler_deploy.render import render
from strangler_deploy.tenancy import require_placeable
from strangler_deploy.tenants import Kept, check_tenant, deleted, kept, summary, tenant_folder, tenant_text
from strangler_deploy.write import read_tree, remove_tenant, render_to, write, write_tenant

__all__ = [
    "RULES",
    "Ceiling",
    "Choice",
    "Explanation",
    "Kept",
    "check",
    "check_tenant",
    "compare",
    "deleted",
    "explain",
    "kept",
    "read_tree",
    "remove_tenant",
    "render",
    "render_to",
    "require_placeable",
    "stale",
    "summary",
    "tenant_folder",
    "tenant_text",
    "write",
    "write_tenant",
]
