"""The facade: routes live traffic between monolith and services, and moves it in small, reversible, proven steps.

A data plane of worker processes carries requests (``plane``), a control plane of its own decides by which table
(``control``). Nothing here reads source code or writes manifests.
"""

from strangler_facade.admin.tokens import Role, Tokens, local_token
from strangler_facade.client import AdminClient
from strangler_facade.run import RunOptions, run

__all__ = ["AdminClient", "Role", "RunOptions", "Tokens", "local_token", "run"]
