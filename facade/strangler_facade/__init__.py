"""The facade: routes live traffic between monolith and services, and moves it in small, reversible, proven steps.

A data plane of worker processes carries requests (``plane``), a control plane of its own decides by which table
(``control``). Nothing here reads source code or writes manifests.
"""

import strangler_facade.native  # noqa: F401 - before all others: it says which of them are compiled

# isort: split
from strangler_facade.admin.tokens import Role, Tokens, local_token
from strangler_facade.client import AdminClient
from strangler_facade.drift import drift
from strangler_facade.replays.simulate import Simulation, planned_table, simulate
from strangler_facade.run import RunOptions, run
from strangler_facade.sessions import identity_key

__all__ = [
    "AdminClient",
    "Role",
    "RunOptions",
    "Simulation",
    "Tokens",
    "drift",
    "identity_key",
    "local_token",
    "planned_table",
    "run",
    "simulate",
]
