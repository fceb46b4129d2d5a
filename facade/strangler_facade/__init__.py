"""The facade: routes live traffic between monolith and services, and moves it in small, reversible, proven steps.

A data plane of worker processes carries requests (``plane``), a control plane of its own decides by which table
(``control``). Nothing here reads source code or writes manifests.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import strangler_facade.native  # noqa: F401 - before all others: it says which of them are compiled

# isort: split
if TYPE_CHECKING:
    from strangler_facade.admin.tokens import Role, Tokens, local_token
    from strangler_facade.client import AdminClient
    from strangler_facade.divergence import drift
    from strangler_facade.foreground import RunOptions, run
    from strangler_facade.replays.simulate import Simulation, planned_table, simulate
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

_PLACES = {
    "admin.tokens": ("Role", "Tokens", "local_token"),
    "client": ("AdminClient",),
    "divergence": ("drift",),
    "replays.simulate": ("Simulation", "planned_table", "simulate"),
    "foreground": ("RunOptions", "run"),
    "sessions": ("identity_key",),
}


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for: a worker needs neither FastAPI nor the plan's schema."""
    for place, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{place}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
