"""Deploy: plan and tenants → manifests, and the checks that hold for them.

What belongs here: which objects there are, how they look, what must hold for them, how they get into a cluster.
What is declared belongs to ``strangler.plan``.
"""

from strangler_deploy.check import check
from strangler_deploy.checks.rules import RULES, Explanation, explain
from strangler_deploy.render import render
from strangler_deploy.write import read_tree, write

__all__ = ["RULES", "Explanation", "check", "explain", "read_tree", "render", "write"]
